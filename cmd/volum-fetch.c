/*
 * volum-fetch - asks the usage API for the volumes of a month.
 *
 * in:  triggers (with --competencia: none)
 * out: one `volumetriaData` event per company, in the order asked
 */
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "domain/competencia.h"
#include "volum-fetch/question.h"

static const struct option_row ROWS[] = {
	{ "competencia", 'c', OPTION_TEXT, N_("M"),
	    offsetof(struct options, competencia), NULL,
	    N_("the month: YYYY-MM, fechada, corrente, auto; reads no trigger"),
	    0, 0 },
	{ "empresa", 'e', OPTION_LIST, N_("ID"),
	    offsetof(struct options, empresa), NULL,
	    N_("this company; default: all"), 0, 0 },
	{ "empresas", 0, OPTION_TEXT, N_("FILE"),
	    offsetof(struct options, empresas), NULL,
	    N_("companies from a file (- is stdin): ids or records, one a "
	       "line"),
	    0, 0 },
	{ "batch", 'b', OPTION_NUMBER, N_("N"), offsetof(struct options, batch),
	    NULL, N_("companies per request"), 1, 1000 },
	{ "jobs", 'j', OPTION_NUMBER, N_("N"), offsetof(struct options, jobs),
	    NULL, N_("requests side by side"), 1, 32 },
	{ "map", 'm', OPTION_TEXT, N_("FILE.jq"), offsetof(struct options, map),
	    NULL, N_("jq program that reshapes each answer"), 0, 0 },
	{ "api-url", 0, OPTION_TEXT, N_("URL"), offsetof(struct options, url),
	    "VOLUMETRIA_API_URL", N_("the usage API"), 0, 0 },
	{ "path", 0, OPTION_TEXT, N_("PATH"), offsetof(struct options, path),
	    NULL, N_("path of the volumes under it"), 0, 0 },
	{ "retries", 0, OPTION_NUMBER, N_("N"),
	    offsetof(struct options, retries), NULL,
	    N_("repeats of a request that failed"), 0, 20 },
	{ "retry-wait", 0, OPTION_NUMBER, N_("MS"),
	    offsetof(struct options, retry_wait_ms), NULL,
	    N_("pause before a repeat, times its number"), 0, 600000 },
	{ "timeout", 0, OPTION_NUMBER, N_("S"),
	    offsetof(struct options, timeout_s), NULL,
	    N_("seconds for one whole answer"), 1, 3600 },
	{ 0 },
};

static enum status
check_options(const void *options, struct error *err)
{
	const struct options *o = options;

	if (o->competencia == NULL &&
	    (o->empresa.count > 0 || o->empresas != NULL))
		return fail(err, BAD_USAGE,
		    "--empresa and --empresas go with --competencia");
	for (size_t i = 0; i < o->empresa.count; i++)
		if (identifier_check(text_of(o->empresa.items[i]), err) != DONE)
			return fail_at(err, BAD_USAGE, "--empresa");
	if (o->empresa.count > 0 && o->empresas != NULL)
		return fail(
		    err, BAD_USAGE, "give either --empresa or --empresas");
	return DONE;
}

static const struct command COMMAND = {
	.name = "volum-fetch",
	.summary = N_("fetch the volumes of a month, one event per company"),
	.synopsis =
	    N_("[--competencia M] [--empresa ID]... [--empresas FILE|-] "
	       "[--batch N] [--jobs N] [--map FILE.jq]"),
	.rows = ROWS,
	.check = check_options,
};

/* --------------------------------------------------------------- events */

static void
add_members(struct buf *out, const struct question *q)
{
	/* What is written here is not carried as well. */
	static const char *const used[] = { "competencia", "empresaId",
		"empresaIds", "trigger", "test", "parcial", "requestId",
		"volumetriaData", NULL };

	if (q->partial) {
		build_name(out, "parcial");
		build_bool(out, true);
	}
	build_members_but(out, q->trigger, used);
	if (q->test) {
		build_name(out, "test");
		build_bool(out, true);
	}
	build_text_member(out, "requestId", q->request_id);
}

/* The trigger that asks for this one company again. */
static enum status
refuse_company(struct question *q, struct text id, const struct error *why,
    struct error *err)
{
	char month[COMPETENCIA_TEXT];
	struct buf again = BUF_INIT;
	enum status s;

	competencia_format(q->month, month);
	build_open(&again, '{');
	build_text_member(&again, "competencia", text_of(month));
	if (id.len > 0)
		build_text_member(&again, "empresaId", id);
	build_text_member(&again, "trigger", TEXT("manual"));
	add_members(&again, q);
	build_close(&again, '}');
	s = filter_reject(q->run->filter, buf_text(&again), why, err);
	buf_clear(&again);
	return s;
}

static enum status
put_company(struct text id, struct text element, const struct error *why,
    int attempts, void *ctx, struct error *err)
{
	struct question *q = ctx;
	struct filter *f = q->run->filter;
	char month[COMPETENCIA_TEXT];
	struct buf *out = filter_out(f);

	(void)attempts; /* `why` tells them */
	if (why != NULL)
		return refuse_company(q, id, why, err);
	competencia_format(q->month, month);
	build_open(out, '{');
	build_name(out, "volumetriaData");
	build_open(out, '[');
	build_raw(out, element);
	build_close(out, ']');
	build_text_member(out, "competencia", text_of(month));
	build_text_member(out, "trigger", TEXT("volumetria-fetch"));
	add_members(out, q);
	build_close(out, '}');
	filter_end_line(f);
	f->counters.done++;
	f->shown.done++;
	progress_show(f->progress, &f->shown);
	return out->len < 65536 ? DONE : filter_flush(f, err);
}

/* ------------------------------------------------------------ questions */

static enum status
ask(struct question *q, usage_next_fn next, struct error *err)
{
	enum status s;

	s = usage_fetch(q->run->usage, q->month, next, put_company, q, err);
	if (q->status != DONE) {
		*err = q->broken;
		s = worst(s, q->status);
	}
	return s;
}

static enum status
resolve_month(struct question *q, struct text word, struct error *err)
{
	struct day today;
	enum status s;

	s = clock_today(&q->run->filter->clock, &today, err);
	if (s != DONE)
		return s;
	return competencia_resolve(word, today, &q->month, &q->partial, err);
}

/* ------------------------------------------------------- without trigger */

static enum status
fetch_by_options(struct run *run, struct error *err)
{
	const struct options *o = run->options;
	struct question q = { .run = run, .test = o->common.dry_run };
	usage_next_fn next = o->empresa.count > 0 ? next_of_options : NULL;
	enum status s;

	q.request_id = text_of(run->filter->run_id);
	run->filter->shown.total = o->empresa.count;
	s = resolve_month(&q, text_of(o->competencia), err);
	if (s == SOME_REJECTED)
		return fail_at(err, BAD_USAGE, "--competencia");
	if (s != DONE)
		return s;
	if (o->empresas != NULL) {
		if ((s = open_list(&q, err)) != DONE)
			return s;
		next = next_of_file;
	}
	s = ask(&q, next, err);
	close_list(&q);
	return s;
}

/* --------------------------------------------------------- with triggers */

static enum status
read_trigger(struct filter *f, const struct record *rec, struct question *q,
    struct error *err)
{
	struct value root = record_root(rec);
	struct text word = TEXT("auto"); /* a test needs no month */
	bool partial;
	enum status s;

	q->trigger = root;
	q->request_id = f->request_id;
	if ((s = filter_is_test(f, rec, &q->test, err)) != DONE ||
	    (s = record_flag(root, "parcial", &partial, err)) != DONE ||
	    (s = read_companies(q, root, &q->listed, err)) != DONE)
		return s;
	if (!(q->test && value_is_empty(value_member(root, "competencia"))) &&
	    (s = record_text(root, "competencia", &word, err)) != DONE)
		return s;
	if ((s = resolve_month(q, word, err)) != DONE)
		return s;
	/* Whoever wants no contract of a closed month gets none. */
	q->partial = q->partial || partial;
	return DONE;
}

/* It named no company that could be refused, so it is refused itself. */
static enum status
refuse_trigger(struct filter *f, enum status s, struct error *err)
{
	f->status = worst(f->status, s);
	reject(err,
	    s == TRY_LATER ? "servico_indisponivel" : "resposta_invalida", "%s",
	    err->text);
	memcpy(err->class_, "servico", sizeof("servico"));
	return SOME_REJECTED;
}

static enum status
fetch_by_trigger(
    struct filter *f, const struct record *rec, void *ctx, struct error *err)
{
	struct run *run = ctx;
	struct question q = { .run = run };
	enum status s;

	if ((s = read_trigger(f, rec, &q, err)) != DONE)
		return s;
	s = ask(&q, q.listed ? next_of_trigger : NULL, err);
	/* Its companies are in the rejected file; other triggers go on. */
	if (filter_stop || (s != TRY_LATER && s != BAD_INPUT))
		return s;
	if (!q.listed)
		return refuse_trigger(f, s, err);
	f->status = worst(f->status, s);
	return DONE;
}

/* ---------------------------------------------------------------- start */

/* The token has two names; both set is a mistake that nobody should guess. */
static enum status
take_token(struct secret *token, struct error *err)
{
	struct secret key = { 0 };
	enum status s;

	if ((s = secret_take("VOLUMETRIA_API_TOKEN", token, err)) != DONE ||
	    (s = secret_take("VOLUMETRIA_API_KEY", &key, err)) != DONE)
		return s;
	if (token->text != NULL && key.text != NULL) {
		secret_clear(&key);
		return fail(err, BAD_CONFIG,
		    "both VOLUMETRIA_API_TOKEN and "
		    "VOLUMETRIA_API_KEY are set");
	}
	if (token->text == NULL)
		*token = key;
	if (token->text == NULL)
		return fail(err, BAD_CONFIG,
		    "VOLUMETRIA_API_TOKEN or VOLUMETRIA_API_TOKEN_FILE must "
		    "be set");
	return DONE;
}

static enum status
open_usage(struct run *run, struct error *err)
{
	const struct options *o = run->options;
	const char *plain = getenv("VOLUM_ALLOW_HTTP");
	struct secret token = { 0 };
	struct usage_config config = { .url = o->url,
		.path = o->path,
		.allow_plain = plain != NULL && strcmp(plain, "1") == 0,
		.batch = (int)o->batch,
		.jobs = (int)o->jobs,
		.retries = (int)o->retries,
		.timeout_ms = (long)o->timeout_s * 1000,
		.max_answer = 64 * 1024 * 1024,
		.retry_wait_ms = o->retry_wait_ms };
	enum status s;

	if (o->url == NULL)
		return fail(err, BAD_CONFIG, "VOLUMETRIA_API_URL must be set");
	s = take_token(&token, err);
	if (s == DONE && o->map != NULL)
		s = jqprog_open_file(&run->map, o->map, err);
	config.token = token.text;
	config.map = run->map;
	if (s == DONE)
		s = usage_open(&run->usage, &config, err);
	secret_clear(&token);
	return s;
}

static enum status
run_all(struct run *run, struct error *err)
{
	const struct filter_work work = {
		.record = fetch_by_trigger, .ctx = run, .batch = 1
	};
	enum status s;

	if ((s = open_usage(run, err)) != DONE)
		return s;
	if (run->options->competencia != NULL)
		return fetch_by_options(run, err);
	return filter_run(run->filter, &work, err);
}

int
main(int argc, char **argv)
{
	struct options o = { .path = "volumetria",
		.batch = 100,
		.jobs = 4,
		.retries = 3,
		.retry_wait_ms = 1000,
		.timeout_s = 60 };
	struct filter f;
	struct run run = { .filter = &f, .options = &o };
	struct error err;
	enum status s;
	int code;

	if (!filter_begin(&f, &COMMAND, &o, argc, argv, &code))
		return code;
	s = run_all(&run, &err);
	usage_close(run.usage);
	jqprog_close(run.map);
	return filter_finish(&f, s, &err);
}
