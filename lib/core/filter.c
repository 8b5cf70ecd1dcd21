#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/filter_internal.h"
#include "core/language.h"
#include "core/state.h"

const char VOLUM_VERSION[] = VERSION;

/* It stands in log lines, results and messages of other systems: one word. */
static enum status
take_request_id(struct filter *f, struct error *err)
{
	const char *given = f->options->request_id;
	uint64_t random = 0;

	if (given == NULL) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return fail(err, TRY_LATER, "no random bytes: %m");
		snprintf(
		    f->run_id, sizeof(f->run_id), "req-%016" PRIx64, random);
		return DONE;
	}
	for (const char *c = given; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			return fail(err, BAD_USAGE,
			    "--request-id: printable ASCII without blanks");
	if (strlen(given) >= sizeof(f->run_id))
		return fail(err, BAD_USAGE, "--request-id: at most %zu bytes",
		    sizeof(f->run_id) - 1);
	strncpy(f->run_id, given, sizeof(f->run_id) - 1);
	return DONE;
}

static enum status
open_rejected(struct filter *f, struct error *err)
{
	const char *path = f->options->rejected;
	char usual[PATH_MAX];
	enum status s;

	if (path == NULL) {
		s = state_path("rejected.ndjson", usual, sizeof(usual), err);
		if (s != DONE)
			return s;
		path = usual;
	}
	s = rejected_open(&f->rejected, path, f->command->name, &f->clock, err);
	if (s == DONE)
		f->rejected_path = mem_strdup(path);
	return s;
}

/* A wrong one is as good as none (W3C Trace Context 3.2.2); the log says so. */
static void
take_trace(struct filter *f)
{
	const char *given = getenv("TRACEPARENT");
	bool known = given != NULL && *given != '\0';

	if (known && !trace_parse(text_of(given), &f->run_trace))
		log_event(f->log, LOG_WARN, f->request_id, (struct text){ 0 },
		    "TRACEPARENT is ignored, it is none");
	trace_set(&f->run_trace);
}

static void
log_start(struct filter *f)
{
	struct buf data = BUF_INIT;

	build_open(&data, '{');
	build_text_member(&data, "version", text_of(VOLUM_VERSION));
	build_name(&data, "pid");
	build_integer(&data, getpid());
	build_name(&data, "dryRun");
	build_bool(&data, f->options->dry_run);
	build_close(&data, '}');
	log_event(f->log, LOG_INFO, f->request_id, buf_text(&data),
	    "Iniciando %s", f->command->name);
	buf_clear(&data);
}

enum status
filter_start(struct filter *f, const struct command *command,
    const struct common_options *options, struct error *err)
{
	enum status s;

	*f = (struct filter){ .command = command,
		.options = options,
		.clock = { options->as_of },
		.metrics = metrics_new() };
	f->began = clock_now(&f->clock);
	f->shown.command = command->name;
	if (!filter_fill_descriptors())
		return fail(err, BAD_CONFIG, "/dev/null: %m");
	filter_catch_signals();
	/* Dead letters, database and log hold personal data. */
	umask(077);
	if ((s = take_request_id(f, err)) != DONE)
		return s;
	f->request_id = text_of(f->run_id);
	s = log_open(&f->log, options->log, command->name, &f->clock, err);
	if (s != DONE)
		return s;
	if ((s = open_rejected(f, err)) != DONE)
		return s;
	f->progress = progress_open(options->progress, options->quiet);
	take_trace(f);
	log_start(f);
	return DONE;
}

int
filter_refuse_start(
    const struct command *command, enum status status, const struct error *err)
{
	struct filter f = { .command = command };

	filter_print(&f, true, error_told(err));
	if (status == BAD_USAGE) {
		char hint[160];
		snprintf(
		    hint, sizeof(hint), _("try '%s --help'"), command->name);
		filter_print(&f, false, hint);
	}
	return (int)status;
}

bool
filter_begin(struct filter *f, const struct command *command, void *options,
    int argc, char **argv, int *code)
{
	struct error err;
	bool done = false;
	enum status s;

	s = options_parse(command, options, argc, argv, NULL, &done, &err);
	if (s != DONE || done) {
		*code =
		    s == DONE ? DONE : filter_refuse_start(command, s, &err);
		return false;
	}
	if ((s = filter_start(f, command, options, &err)) == DONE)
		return true;
	*code = filter_finish(f, s, &err);
	return false;
}

static void
log_refusal(struct filter *f, const struct refusal *refusal)
{
	struct buf data = BUF_INIT;

	build_open(&data, '{');
	build_text_member(&data, "codigo", text_of(refusal->why->code));
	build_text_member(&data, "classe", text_of(refusal->why->class_));
	if (refusal->line > 0) {
		build_name(&data, "linha");
		build_integer(&data, (int64_t)refusal->line);
	}
	build_close(&data, '}');
	log_event(f->log, LOG_WARN, refusal->request_id, buf_text(&data),
	    "Rejeitado: %s", refusal->why->text);
	buf_clear(&data);
}

static void
print_refusal(struct filter *f, const struct refusal *refusal)
{
	if (f->counters.rejected > FILTER_REFUSALS_SHOWN &&
	    !f->options->verbose)
		return;
	if (refusal->line > 0)
		filter_warn(f, "line %" PRIu64 ": %s (%s)", refusal->line,
		    error_told(refusal->why), refusal->why->code);
	else
		filter_warn(
		    f, "%s (%s)", error_told(refusal->why), refusal->why->code);
}

static enum status
refuse(struct filter *f, struct refusal refusal, struct error *err)
{
	struct error why = *refusal.why; /* `err` may be the same */
	enum status s;

	refusal.why = &why;
	refusal.line = f->line;
	refusal.request_id = f->request_id;
	refusal.attempts = f->attempts + 1;
	refusal.from = f->from;
	refusal.to = f->to;
	if ((s = rejected_add(f->rejected, &refusal, err)) != DONE)
		return s;
	f->counters.rejected++;
	f->status = worst(f->status, SOME_REJECTED);
	log_refusal(f, &refusal);
	print_refusal(f, &refusal);
	return DONE;
}

enum status
filter_reject(struct filter *f, struct text record, const struct error *why,
    struct error *err)
{
	struct refusal refusal = {
		.why = why, .record = record, .is_json = record.len > 0
	};

	return refuse(f, refusal, err);
}

enum status
filter_reject_bytes(struct filter *f, struct text line, const struct error *why,
    struct error *err)
{
	struct refusal refusal = { .why = why, .record = line };

	return refuse(f, refusal, err);
}

enum status
filter_is_test(const struct filter *f, const struct record *rec, bool *test,
    struct error *err)
{
	enum status s = record_flag(record_root(rec), "test", test, err);

	if (s == DONE && f->options->dry_run)
		*test = true;
	return s;
}
