/*
 * volum-store - keeps records and passes on what it kept.
 *
 * in:  any record of volum-records(5)
 * out: the same records after the commit; a `volumetriaData` event leaves as
 *      one `consolidacaoData` event per proposal. With --list: what is stored.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/filter.h"
#include "core/state.h"
#include "store/keep.h"
#include "store/target.h"
#include "volum-store/explain.h"
#include "volum-store/migrate.h"
#include "volum-store/options.h"

static const struct option_row ROWS[] = {
	{ "batch", 'b', OPTION_NUMBER, N_("N"), offsetof(struct options, batch),
	    NULL, N_("records per transaction"), 1, 100000 },
	{ "revise", 0, OPTION_FLAG, NULL, offsetof(struct options, revise),
	    NULL, N_("a sent consolidation may change: revision n+1"), 0, 0 },
	{ "max-change", 0, OPTION_NUMBER, N_("PCT"),
	    offsetof(struct options, max_change), NULL,
	    N_("refuse a company whose total moved more since the month "
	       "before"),
	    0, 1000000 },
	{ "dia-corte", 0, OPTION_NUMBER, N_("DAY"),
	    offsetof(struct options, dia_corte), NULL,
	    N_("months are closed after this day of the next one"), 1, 28 },
	{ "reopen", 0, OPTION_TEXT, N_("REASON"),
	    offsetof(struct options, reopen), NULL,
	    N_("closed months may change; why is kept in the history"), 0, 0 },
	{ "catalog", 0, OPTION_TEXT, N_("FILE"),
	    offsetof(struct options, catalog), NULL,
	    N_("proposals to price by, without a store (with --dry-run)"), 0,
	    0 },
	{ "list", 'l', OPTION_TEXT, N_("KIND"), offsetof(struct options, list),
	    NULL,
	    N_("write what is stored: volumetria, consolidacoes, contratos, "
	       "empresas, propostas, memorias, historico"),
	    0, 0 },
	{ "explain", 0, OPTION_FLAG, NULL, offsetof(struct options, explain),
	    NULL, N_("say how the lines of a company's month came about"), 0,
	    0 },
	{ "json", 0, OPTION_FLAG, NULL, offsetof(struct options, json), NULL,
	    N_("with --explain: as `memoria` records"), 0, 0 },
	{ "competencia", 'c', OPTION_TEXT, N_("M"),
	    offsetof(struct options, competencia), NULL,
	    N_("with --list, --explain: this month (YYYY-MM, fechada, "
	       "corrente, "
	       "auto)"),
	    0, 0 },
	{ "empresa", 'e', OPTION_TEXT, N_("ID"),
	    offsetof(struct options, empresa), NULL,
	    N_("with --list, --explain: this company"), 0, 0 },
	{ "proposta", 0, OPTION_TEXT, N_("N"),
	    offsetof(struct options, proposta), NULL,
	    N_("price by, or explain, this proposal alone"), 0, 0 },
	{ "status", 0, OPTION_TEXT, N_("S"), offsetof(struct options, status),
	    NULL, N_("with --list consolidacoes: this status"), 0, 0 },
	{ "migrate", 0, OPTION_FLAG, NULL, offsetof(struct options, migrate),
	    NULL, N_("report on what the earlier functions stored in MongoDB"),
	    0, 0 },
	{ "apply", 0, OPTION_FLAG, NULL, offsetof(struct options, apply), NULL,
	    N_("with --migrate: take over what has no fault"), 0, 0 },
	{ 0 },
};

static const struct command COMMAND = {
	.name = "volum-store",
	.summary = N_("keep records, price volumes, pass on what was kept"),
	.synopsis =
	    N_("[--db URI] [--batch N] [--revise] [--proposta N] "
	       "[--max-change PCT] [--dia-corte DAY [--reopen REASON]]\n"
	       "--list KIND [--competencia M] [--empresa ID] "
	       "[--status S]\n"
	       "--explain --competencia M --empresa ID [--proposta N] "
	       "[--json]\n"
	       "--migrate [--apply]\n"
	       "--dry-run --catalog FILE"),
	.rows = ROWS,
	.check = check_options,
};

static const char *const KINDS[] = { "volumetria", "consolidacoes", "contratos",
	"empresas", "propostas", "historico" };

struct work {
	struct filter *filter;
	struct keeper keeper;
	char target[STORE_TARGET_MAX];
	bool default_target;
	enum store_mode mode;
	bool in_batch;
};

/* ----------------------------------------------------------- as a filter */

/* Opened by the first record that needs it: a test alone creates nothing. */
static enum status
need_store(struct work *w, enum store_mode mode, struct error *err)
{
	enum status s;

	if (w->keeper.catalog != NULL ||
	    (w->keeper.store != NULL && w->mode == STORE_WRITE) ||
	    (w->keeper.store != NULL && mode == STORE_READ))
		return DONE;
	store_close(w->keeper.store);
	w->keeper.store = NULL;
	keeper_begin_batch(&w->keeper);
	if (mode == STORE_WRITE && w->default_target &&
	    (s = state_make(err)) != DONE)
		return s;
	w->mode = mode;
	s = store_open(&w->keeper.store, w->target, mode, &w->filter->clock,
	    w->filter->run_id, err);
	if (s == DONE)
		store_follow_request(w->keeper.store, &w->filter->request_id);
	return s;
}

static enum status
need_batch(struct work *w, bool test, struct error *err)
{
	enum status s;

	if (test || w->in_batch)
		return DONE;
	if ((s = store_begin(w->keeper.store, err)) != DONE)
		return s;
	w->in_batch = true;
	/* What tests before it asked for was not asked behind its lock. */
	keeper_begin_batch(&w->keeper);
	return DONE;
}

static enum status
put_record(
    struct filter *f, const struct record *rec, void *ctx, struct error *err)
{
	struct work *w = ctx;
	bool test;
	enum status s;

	if ((s = filter_is_test(f, rec, &test, err)) != DONE ||
	    (s = need_store(w, test ? STORE_READ : STORE_WRITE, err)) != DONE ||
	    (s = need_batch(w, test, err)) != DONE)
		return s;
	return keep_record(&w->keeper, rec, err);
}

/* Before the store is open nothing can be expected of it. */
static bool
look_ahead(const struct record *rec, void *ctx)
{
	struct work *w = ctx;

	if (w->keeper.store == NULL)
		return false;
	keep_ahead(&w->keeper, rec);
	return true;
}

static enum status
commit_batch(struct filter *f, void *ctx, struct error *err)
{
	struct work *w = ctx;

	(void)f;
	keeper_begin_batch(&w->keeper);
	if (!w->in_batch)
		return DONE;
	w->in_batch = false;
	return store_commit(w->keeper.store, err);
}

static void
drop_batch(void *ctx)
{
	struct work *w = ctx;

	if (w->in_batch)
		store_rollback(w->keeper.store);
	w->in_batch = false;
}

/* A month is open to the end of that day of the next one. */
static enum status
close_months(struct work *w, int64_t last_day, struct error *err)
{
	struct day today;
	enum status s;

	if (last_day == 0)
		return DONE;
	if ((s = clock_today(&w->filter->clock, &today, err)) != DONE)
		return s;
	w->keeper.closed =
	    competencia_of(today) - (today.day > last_day ? 1 : 2);
	return DONE;
}

static enum status
run_filter(struct work *w, const struct options *o, struct error *err)
{
	int64_t batch = o->batch != 0 ? o->batch : store_batch(w->target);
	const struct filter_work work = { .record = put_record,
		.flush = commit_batch,
		.drop = drop_batch,
		.ahead = store_is_server(w->target) ? look_ahead : NULL,
		.ctx = w,
		.batch = (uint64_t)batch };
	enum status s;

	w->keeper.revise = o->revise;
	w->keeper.proposta = o->proposta;
	w->keeper.max_change = o->max_change;
	w->keeper.reopen = o->reopen;
	if ((s = close_months(w, o->dia_corte, err)) != DONE)
		return s;
	return filter_run(w->filter, &work, err);
}

/* --------------------------------------------------------------- --list */

static enum status
put_line(struct text doc, void *ctx, struct error *err)
{
	struct filter *f = ctx;

	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	buf_add_text(filter_out(f), doc);
	filter_end_line(f);
	f->counters.read++;
	f->counters.done++;
	return filter_out(f)->len < 65536 ? DONE : filter_flush(f, err);
}

static enum status
read_filter(struct filter *f, const struct options *o, struct store_filter *out,
    struct error *err)
{
	struct day today;
	bool partial;
	enum status s;

	*out = (struct store_filter){ .status = -1 };
	if (o->empresa != NULL)
		out->empresa_id = text_of(o->empresa);
	if (o->status != NULL &&
	    (out->status = consolidation_status_read(text_of(o->status))) < 0)
		return fail(err, BAD_USAGE,
		    "--status: processing, completed, ready_to_send, sent or "
		    "error expected");
	if (o->competencia == NULL)
		return DONE;
	if ((s = clock_today(&f->clock, &today, err)) != DONE)
		return s;
	if (competencia_resolve(text_of(o->competencia), today, &out->month,
		&partial, err) != DONE)
		return fail(err, BAD_USAGE, "--%s", err->text);
	return DONE;
}

static enum status
list(struct work *w, const struct options *o, struct error *err)
{
	struct store_filter filter;
	size_t kind, n = sizeof(KINDS) / sizeof(KINDS[0]);
	enum status s;

	for (kind = 0; kind < n && strcmp(KINDS[kind], o->list) != 0; kind++)
		;
	if (kind == n)
		return fail(err, BAD_USAGE,
		    "--list: volumetria, consolidacoes, contratos, empresas, "
		    "propostas, memorias or historico expected");
	if ((s = read_filter(w->filter, o, &filter, err)) != DONE ||
	    (s = need_store(w, STORE_READ, err)) != DONE)
		return s;
	return store_list(w->keeper.store, (enum store_kind)kind, &filter,
	    put_line, w->filter, err);
}

/* ------------------------------------------------------------ --explain */

static enum status
explain(struct work *w, const struct options *o, struct error *err)
{
	const struct explain_what what = { .proposta = o->proposta,
		.as_json = !o->explain || o->json,
		.only_kept = !o->explain };
	struct store_filter filter;
	enum status s;

	if ((s = read_filter(w->filter, o, &filter, err)) != DONE ||
	    (s = need_store(w, STORE_READ, err)) != DONE)
		return s;
	return explain_month(w->filter, w->keeper.store, &filter, &what, err);
}

/* ------------------------------------------------------------------ run */

static enum status
run(struct work *w, const struct options *o, struct error *err)
{
	enum status s;

	if (o->catalog != NULL) {
		w->keeper.catalog = catalog_new(0);
		s = keep_read_catalog(&w->keeper, o->catalog, err);
		return s == DONE ? run_filter(w, o, err) : s;
	}
	w->default_target = o->common.db == NULL;
	if ((s = store_target(o->common.db, w->target, err)) != DONE)
		return s;
	if (o->migrate) {
		s = need_store(w, o->apply ? STORE_MIGRATE : STORE_READ, err);
		return s == DONE
		    ? migrate(w->filter, w->keeper.store, o->apply, err)
		    : s;
	}
	/* --list memorias tells all of them, as records. */
	if (o->explain || (o->list != NULL && strcmp(o->list, "memorias") == 0))
		return explain(w, o, err);
	return o->list != NULL ? list(w, o, err) : run_filter(w, o, err);
}

int
main(int argc, char **argv)
{
	struct options o = { .max_change = -1 };
	struct filter f;
	struct work w = { .filter = &f };
	struct error err;
	enum status s;
	int code;

	if (!filter_begin(&f, &COMMAND, &o, argc, argv, &code))
		return code;
	f.task = o.list != NULL ? "--list" : o.explain ? "--explain" : NULL;
	keeper_init(&w.keeper, &f);
	s = run(&w, &o, &err);
	store_close(w.keeper.store);
	catalog_free(w.keeper.catalog);
	keeper_clear(&w.keeper);
	return filter_finish(&f, s, &err);
}
