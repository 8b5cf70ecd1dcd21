/*
 * cnpj-sync - keeps companies of InAnbetec and customers of Omie in step.
 *
 * in:  companies (with --all: none)
 * out: one `sync` result each
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnpj-sync/step.h"
#include "core/ndjson.h"
#include "core/secret.h"

enum { OWNER_MAX = 64 * 1024 };

static const struct option_row ROWS[] = {
	{ "from", 0, OPTION_TEXT, "inanbetec|omie",
	    offsetof(struct options, from), NULL,
	    N_("where companies come from"), 0, 0 },
	{ "to", 0, OPTION_TEXT, "inanbetec|omie", offsetof(struct options, to),
	    NULL, N_("where they are written"), 0, 0 },
	{ "all", 'a', OPTION_FLAG, NULL, offsetof(struct options, all), NULL,
	    N_("all of the source, no records are read"), 0, 0 },
	{ "full", 0, OPTION_FLAG, NULL, offsetof(struct options, full), NULL,
	    N_("with --all from omie: not only what changed"), 0, 0 },
	{ "plan", 'p', OPTION_FLAG, NULL, offsetof(struct options, plan), NULL,
	    N_("write what would be done; fed back in, it is"), 0, 0 },
	{ "diff", 0, OPTION_FLAG, NULL, offsetof(struct options, diff), NULL,
	    N_("the plan as text for people"), 0, 0 },
	{ "records", 0, OPTION_FLAG, NULL, offsetof(struct options, records),
	    NULL, N_("an empresa record before each result"), 0, 0 },
	{ "owner", 'o', OPTION_TEXT, N_("FILE"),
	    offsetof(struct options, owner), NULL,
	    N_("whose word counts, by field"), 0, 0 },
	{ "map", 'm', OPTION_TEXT, N_("FILE.jq"), offsetof(struct options, map),
	    NULL, N_("jq program that reshapes answers of the company API"), 0,
	    0 },
	{ "check-registry", 0, OPTION_TEXT, N_("URL"),
	    offsetof(struct options, registry), NULL,
	    N_("flag what the public registry has not as active"), 0, 0 },
	{ "api-url", 0, OPTION_TEXT, N_("URL"), offsetof(struct options, url),
	    "INANBETEC_API_URL", N_("the company API"), 0, 0 },
	{ "page", 0, OPTION_NUMBER, N_("N"), offsetof(struct options, page),
	    NULL, N_("companies asked for at a time"), 1, 10000 },
	{ "retries", 0, OPTION_NUMBER, N_("N"),
	    offsetof(struct options, retries), NULL,
	    N_("repeats of a read that failed"), 0, 20 },
	{ "retry-wait", 0, OPTION_NUMBER, N_("MS"),
	    offsetof(struct options, retry_wait_ms), NULL,
	    N_("pause before a repeat, times its number"), 0, 600000 },
	OMIE_ROWS("omie-url", omie),
	{ 0 },
};

static bool
is_omie(const char *word)
{
	return strcmp(word, "omie") == 0;
}

static bool
is_register(const char *word)
{
	return is_omie(word) || strcmp(word, "inanbetec") == 0;
}

static enum status
check_options(const void *options, struct error *err)
{
	const struct options *o = options;

	if (o->from == NULL || o->to == NULL)
		return fail(err, BAD_USAGE, "--from and --to must be given");
	if (!is_register(o->from) || !is_register(o->to))
		return fail(
		    err, BAD_USAGE, "--from, --to: inanbetec or omie expected");
	if (strcmp(o->from, o->to) == 0)
		return fail(err, BAD_USAGE, "--from and --to are the same");
	if (o->full && !(o->all && is_omie(o->from)))
		return fail(
		    err, BAD_USAGE, "--full goes with --all --from omie");
	if (o->map != NULL && is_omie(o->from))
		return fail(err, BAD_USAGE,
		    "--map goes with --from inanbetec: it reads, and does not "
		    "write, another shape");
	if (o->diff && o->records)
		return fail(err, BAD_USAGE, "give either --diff or --records");
	return DONE;
}

static const struct command COMMAND = {
	.name = "cnpj-sync",
	.summary = N_("keep companies and customers in step by their CNPJ"),
	.synopsis = N_("--from inanbetec --to omie [--all] [--plan] "
		       "[--owner FILE]"),
	.rows = ROWS,
	.check = check_options,
};

/* ---------------------------------------------------------------- start */

static void
tell_waiting(int64_t ms, const char *why, void *ctx)
{
	struct run *run = ctx;

	filter_say(
	    run->filter, "waiting %lld s: %s", (long long)(ms / 1000), why);
}

static bool
plain_allowed(void)
{
	const char *plain = getenv("VOLUM_ALLOW_HTTP");

	return plain != NULL && strcmp(plain, "1") == 0;
}

static enum status
open_omie(struct run *run, const struct options *o, struct error *err)
{
	const struct omie_config hooks = { .waiting = tell_waiting,
		.leaving = leaving,
		.ctx = run,
		.shared = run->limits };

	return omie_open_by(&run->omie, &o->omie, &hooks, run->account, err);
}

static enum status
open_inanbetec(struct run *run, const struct options *o, struct error *err)
{
	struct secret key = { 0 };
	struct inanbetec_config config = { .url = o->url,
		.allow_plain = plain_allowed(),
		.retries = (int)o->retries,
		.retry_wait_ms = o->retry_wait_ms,
		.timeout_ms = (long)o->omie.timeout_s * 1000,
		.page = (int)o->page };
	enum status s;

	if (o->url == NULL)
		return fail(err, BAD_CONFIG, "INANBETEC_API_URL must be set");
	s = secret_require("INANBETEC_API_KEY", &key, err);
	if (s == DONE && o->map != NULL)
		s = jqprog_open_file(&run->map, o->map, err);
	config.key = key.text;
	config.map = run->map;
	if (s == DONE)
		s = inanbetec_open(&run->inanbetec, &config, err);
	secret_clear(&key);
	return s;
}

static enum status
parse_owners(struct run *run, const struct buf *text, struct error *err)
{
	struct error why;
	enum status s;

	s = ndjson_parse(run->doc, buf_text(text), &why);
	if (s == DONE)
		s = owners_read(&run->owners, record_root(run->doc), &why);
	return s == DONE ? DONE
			 : fail(err, BAD_CONFIG, "--owner %s: %s",
			       run->options->owner, why.text);
}

/* Up to its end, which a pipe may be slow to reach. */
static bool
read_whole(int fd, struct buf *out)
{
	ssize_t got = 1;

	while (got > 0 && out->len < OWNER_MAX) {
		got = read(fd, out->data + out->len, OWNER_MAX - out->len);
		out->len += got > 0 ? (size_t)got : 0;
	}
	return got >= 0;
}

static enum status
read_owners(struct run *run, struct error *err)
{
	const char *path = run->options->owner;
	struct buf text = BUF_INIT;
	enum status s;
	int fd;

	owners_default(&run->owners);
	if (path == NULL)
		return DONE;
	buf_reserve(&text, OWNER_MAX);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !read_whole(fd, &text))
		s = fail(
		    err, BAD_CONFIG, "--owner %s: %s", path, strerror(errno));
	else if (text.len == OWNER_MAX)
		s = fail(
		    err, BAD_CONFIG, "--owner %s: larger than 64 KiB", path);
	else
		s = parse_owners(run, &text, err);
	if (fd >= 0)
		close(fd);
	buf_clear(&text);
	return s;
}

static enum status
open_registry(struct run *run, const struct options *o, struct error *err)
{
	if (o->registry == NULL)
		return DONE;
	run->registry = http_open(plain_allowed());
	return http_check_url(
	    run->registry, "--check-registry", o->registry, err);
}

static enum status
run_all(struct run *run, const struct options *o, struct error *err)
{
	const struct filter_work work = {
		.record = from_record, .flush = flush, .ctx = run, .batch = 100
	};
	enum status s;

	run->filter->shown.per_minute = (double)o->omie.rate;
	if ((s = read_owners(run, err)) != DONE ||
	    (s = open_inanbetec(run, o, err)) != DONE ||
	    (s = open_registry(run, o, err)) != DONE ||
	    (s = open_store(run, err)) != DONE ||
	    (s = open_omie(run, o, err)) != DONE)
		return s;
	s = o->all ? from_all(run, err) : filter_run(run->filter, &work, err);
	if (run->shut != DONE && worst(s, run->shut) != s) {
		*err = run->shut_why; /* what ended the writing ends the run */
		s = run->shut;
	}
	return s;
}

static void
run_clear(struct run *run)
{
	omie_close(run->omie);
	shared_close(run->limits);
	inanbetec_close(run->inanbetec);
	http_close(run->registry);
	jqprog_close(run->map);
	store_close(run->store);
	register_clear(&run->customers);
	register_clear(&run->companies);
	register_clear(&run->written);
	record_free(run->answer);
	record_free(run->doc);
	record_free(run->base);
	arena_clear(&run->scratch);
	buf_clear(&run->payload);
	buf_clear(&run->line);
}

int
main(int argc, char **argv)
{
	struct options o = { .omie = OMIE_SETTINGS,
		.page = 500,
		.retries = 3,
		.retry_wait_ms = 1000 };
	struct filter f;
	struct run run = { .filter = &f, .options = &o };
	struct error err;
	enum status s;
	int code;

	if (!filter_begin(&f, &COMMAND, &o, argc, argv, &code))
		return code;
	o.plan |= o.diff || o.common.dry_run;
	run.from = is_omie(o.from) ? OMIE_OWNS : INANBETEC_OWNS;
	f.from = o.from;
	f.to = o.to;
	run.mode = o.plan ? STORE_READ : STORE_WRITE;
	run.registry_left = 200;
	run.answer = record_new();
	run.doc = record_new();
	run.base = record_new();
	f.task = o.plan ? "--plan" : NULL;
	s = run_all(&run, &o, &err);
	metrics_count(
	    f.metrics, METRIC_LIMIT_WAIT_MS, NULL, omie_waited_ms(run.omie));
	run_clear(&run);
	return filter_finish(&f, s, &err);
}
