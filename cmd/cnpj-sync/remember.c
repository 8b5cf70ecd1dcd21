/* The store: bases and links, and creations that may be at work. */
#include "cnpj-sync/step.h"
#include "core/ndjson.h"
#include "core/state.h"
#include "domain/settings.h"
#include "store/target.h"

enum { MARGIN_MS = 2000, LOOK_MS = 500 };

enum status
open_store(struct run *run, struct error *err)
{
	char target[STORE_TARGET_MAX];
	enum status s;

	if ((s = store_target(run->options->common.db, target, err)) != DONE)
		return s;
	if (run->mode == STORE_WRITE && run->options->common.db == NULL &&
	    (s = state_make(err)) != DONE)
		return s;
	s = store_open(&run->store, target, run->mode, &run->filter->clock,
	    run->filter->run_id, err);
	return s == DONE ? store_share(&run->limits, target, err) : s;
}

enum status
look(struct run *run, struct job *job, struct error *err)
{
	enum status s = sync_look(run->store, text_of(run->account),
	    job->empresa_id, &job->state, err);

	if (s == DONE)
		job->state.base = arena_text(&run->scratch, job->state.base);
	return s;
}

static enum status
begin(struct run *run, struct error *err)
{
	enum status s;

	if (run->batch)
		return DONE;
	s = store_begin(run->store, err);
	run->batch = s == DONE;
	return s;
}

enum status
commit(struct run *run, struct error *err)
{
	if (!run->batch)
		return DONE;
	run->batch = false;
	return store_commit(run->store, err);
}

static enum status
put_state(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	job->state.account = text_of(run->account);
	job->state.empresa_id = job->empresa_id;
	if (job->state.base.len == 0)
		job->state.base = TEXT("{}");
	if ((s = begin(run, err)) != DONE)
		return s;
	if ((s = sync_put(run->store, &job->state, err)) != DONE) {
		run->batch = false; /* it was undone */
		return s;
	}
	job->state.version = job->state.known ? job->state.version + 1 : 1;
	job->state.known = true;
	return DONE;
}

enum status
remember_state(struct run *run, struct job *job, struct error *err)
{
	enum status s = put_state(run, job, err);

	return s == DONE ? commit(run, err) : s;
}

/* ------------------------------------------------------------- companies */

static void
write_company(struct buf *out, const struct job *job, struct value old)
{
	static const char *const ours[] = { "empresaId", "cnpj", "razaoSocial",
		"codigoClienteOmie", NULL };
	const struct cadastro *c = &job->r.base;

	build_open(out, '{');
	build_name(out, "empresa");
	build_open(out, '{');
	build_text_member(out, "empresaId", job->empresa_id);
	build_text_member(out, "cnpj", job->cnpj);
	if (c->known[RAZAO_SOCIAL])
		build_text_member(out, "razaoSocial", c->value[RAZAO_SOCIAL]);
	if (job->omie_code != 0) {
		build_name(out, "codigoClienteOmie");
		build_integer(out, job->omie_code);
	}
	build_members_but(out, old, ours);
	build_close(out, '}');
	build_close(out, '}');
}

/* `configuracao` of the company API, when volum-store would take it. */
static struct value
configuration(struct run *run, const struct job *job)
{
	struct error ignored;
	struct value settings;

	if (job->company == NULL ||
	    ndjson_parse(run->doc, job->company->json, &ignored) != DONE)
		return NO_VALUE;
	settings = value_member(record_root(run->doc), "configuracao");
	return value_kind(settings) == IS_OBJECT &&
		settings_check(settings, &ignored) == DONE
	    ? settings
	    : NO_VALUE;
}

void
write_empresa(struct run *run, struct buf *out, const struct job *job)
{
	struct value settings = configuration(run, job);
	struct record *rec = record_new();
	struct buf only = BUF_INIT;
	struct error ignored;

	build_open(&only, '{');
	if (value_kind(settings) != ABSENT) {
		build_name(&only, "configuracao");
		build_value(&only, settings);
	}
	build_close(&only, '}');
	ndjson_parse(rec, buf_text(&only), &ignored);
	write_company(out, job, record_root(rec));
	record_free(rec);
	buf_clear(&only);
}

/* What somebody else stored of the company stays as it is. */
static enum status
link_company(struct run *run, struct job *job, struct error *err)
{
	struct company known,
	    put = { .empresa_id = job->empresa_id,
		    .cnpj = job->cnpj,
		    .omie_code = job->omie_code };
	bool found;
	enum status s;

	s = store_get_company(run->store, job->empresa_id, &known, &found, err);
	if (s != DONE)
		return s;
	if (found && known.omie_code == job->omie_code &&
	    text_same(known.cnpj, job->cnpj))
		return DONE;
	buf_reset(&run->line);
	if (found) {
		if ((s = ndjson_parse(run->base, known.doc, err)) != DONE)
			return s;
		write_company(&run->line, job,
		    value_member(record_root(run->base), "empresa"));
	} else {
		write_empresa(run, &run->line, job);
	}
	put.doc = buf_text(&run->line);
	if ((s = begin(run, err)) == DONE &&
	    (s = store_put_company(run->store, &put, err)) != DONE)
		run->batch = false;
	return s;
}

/* A conflict is told by every run. And what is the other direction's to write
 * may have changed while it could not be: it comes to know of it by this. */
static bool
is_to_be_looked_at(const struct run *run, const struct job *job)
{
	return job->r.conflicts != 0 ||
	    (run->from == INANBETEC_OWNS && job->r.kept != 0);
}

enum status
remember(struct run *run, struct job *job, struct error *err)
{
	struct buf base = BUF_INIT;
	struct sync_state *state = &job->state;
	bool same;
	enum status s = DONE;

	cadastro_write_base(&base, &job->r.base);
	same = state->known && !state->open &&
	    state->omie_code == job->omie_code &&
	    state->conflict == is_to_be_looked_at(run, job) &&
	    text_same(state->base, buf_text(&base));
	if (!same) {
		state->open = false;
		state->deadline = 0;
		state->omie_code = job->omie_code;
		state->conflict = is_to_be_looked_at(run, job);
		state->base = arena_text(&run->scratch, buf_text(&base));
		s = put_state(run, job, err);
	}
	buf_clear(&base);
	return s == DONE ? link_company(run, job, err) : s;
}

enum status
remember_position(struct run *run, instant_ms at, struct error *err)
{
	enum status s = begin(run, err);

	if (s != DONE)
		return s;
	s = sync_move(run->store, text_of(run->account), at, err);
	if (s == DONE)
		return commit(run, err);
	run->batch = false;
	return s;
}

enum status
remember_situation(struct run *run, struct job *job, struct error *err)
{
	enum status s = begin(run, err);

	if (s != DONE)
		return s;
	s = registry_put(run->store, job->cnpj, text_of(job->situation), err);
	if (s != DONE)
		run->batch = false;
	return s;
}

/* ------------------------------------------------------- open creations */

enum status
wait_for_open(struct run *run, struct error *err)
{
	const struct clock real = { 0 };
	instant_ms deadline;
	int64_t left;
	enum status s;

	for (;;) {
		s = sync_open_until(
		    run->store, text_of(run->account), &deadline, err);
		if (s != DONE || deadline == 0)
			return s;
		left = deadline + run->options->omie.window_s * 1000 +
		    MARGIN_MS - clock_now(&real);
		if (left <= 0)
			return DONE;
		filter_say(run->filter,
		    "an earlier creation may be at work: waiting %lld s",
		    (long long)(left / 1000));
		clock_sleep_ms(left < LOOK_MS ? left : LOOK_MS);
		if (filter_stop)
			return fail(err, TRY_LATER, "stopped by a signal");
	}
}
