/* The end of a run: nothing is lost in a buffer, and the exit code is true. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/filter_internal.h"
#include "core/language.h"

static enum status
close_stdout(struct error *err)
{
	bool failed = fflush(stdout) != 0 || ferror(stdout);

	if (fclose(stdout) != 0 || failed)
		return fail(err, OUTPUT_FAILED, "stdout: %m");
	return DONE;
}

/* An error is printed even when --quiet. */
static void
report(struct filter *f, enum status s, const struct error *err)
{
	char data[32];

	f->status = worst(f->status, s);
	if (s == DONE || s == SOME_REJECTED || err->text[0] == '\0')
		return;
	int len = snprintf(data, sizeof(data), "{\"status\":%d}", (int)s);
	log_event(f->log, LOG_ERROR, f->request_id,
	    (struct text){ data, (size_t)len }, "Erro: %s", err->text);
	filter_print(f, true, error_told(err));
}

static void
flush_all(struct filter *f)
{
	struct error err;

	filter_drop_unfinished(f);
	report(f, filter_flush(f, &err), &err);
	report(f, close_stdout(&err), &err);
	if (f->rejected != NULL)
		report(f, rejected_sync(f->rejected, &err), &err);
}

/* Each status from the first run on: a counter that begins with 1 has not
 * increased, as Prometheus sees it. */
static void
count_run(struct metrics *m, enum status status)
{
	static const enum status all[] = { DONE, SOME_REJECTED, BAD_USAGE,
		BAD_INPUT, BLOCKED, OUTPUT_FAILED, TRY_LATER, NOT_ALLOWED,
		BAD_CONFIG };
	char word[8];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		snprintf(word, sizeof(word), "%d", (int)all[i]);
		metrics_count(m, METRIC_RUNS, word, all[i] == status);
	}
}

static void
measure(struct filter *f, instant_ms ended)
{
	const struct counters *c = &f->counters;
	struct metrics *m = f->metrics;

	count_run(m, f->status);
	metrics_count(m, METRIC_READ, NULL, (int64_t)c->read);
	metrics_count(m, METRIC_DONE, NULL, (int64_t)c->done);
	metrics_count(m, METRIC_REJECTED, NULL, (int64_t)c->rejected);
	metrics_count(m, METRIC_UNCHANGED, NULL, (int64_t)c->unchanged);
	metrics_count(m, METRIC_CENTS, NULL, c->cents);
	metrics_set(m, METRIC_STATUS, NULL, f->status);
	metrics_set(m, METRIC_START_MS, NULL, f->began);
	metrics_set(m, METRIC_END_MS, NULL, ended);
	metrics_set(m, METRIC_DURATION_MS, NULL, ended - f->began);
	if (f->status == DONE || f->status == SOME_REJECTED)
		metrics_set(m, METRIC_SUCCESS_MS, NULL, ended);
}

/* A rehearsal is no run that anybody waits for. And what was done is done,
 * counted or not: the exit code stays what the work came to. */
static void
write_metrics(struct filter *f, instant_ms ended)
{
	const char *path = f->options->metrics;
	struct error err;

	if (path == NULL || f->options->dry_run)
		return;
	measure(f, ended);
	if (metrics_write(f->metrics, path, f->command->name, f->task, &err) ==
	    DONE)
		return;
	log_event(f->log, LOG_WARN, f->request_id, (struct text){ 0 }, "%s",
	    err.text);
	filter_warn(f, "%s", error_told(&err));
}

static void
add_count(struct buf *out, const char *name, int64_t value)
{
	build_name(out, name);
	build_integer(out, value);
}

static void
log_end(struct filter *f, instant_ms ended)
{
	const struct counters *c = &f->counters;
	struct buf data = BUF_INIT;

	build_open(&data, '{');
	add_count(&data, "read", (int64_t)c->read);
	add_count(&data, "done", (int64_t)c->done);
	add_count(&data, "rejected", (int64_t)c->rejected);
	add_count(&data, "unchanged", (int64_t)c->unchanged);
	add_count(&data, "cents", c->cents);
	add_count(&data, "status", f->status);
	add_count(&data, "ms", ended - f->began);
	build_close(&data, '}');
	log_event(f->log, LOG_INFO, f->request_id, buf_text(&data),
	    "Finalizando %s", f->command->name);
	buf_clear(&data);
}

static void
build_outcome(struct buf *line, const struct filter *f)
{
	const struct counters *c = &f->counters;

	build_open(line, '{');
	build_text_member(line, "comando", text_of(f->command->name));
	add_count(line, "saida", f->status);
	add_count(line, "lidos", (int64_t)c->read);
	add_count(line, "feitos", (int64_t)c->done);
	add_count(line, "rejeitados", (int64_t)c->rejected);
	add_count(line, "inalterados", (int64_t)c->unchanged);
	build_close(line, '}');
	buf_add_byte(line, '\n');
}

/* VOLUM_OUTCOME: whoever started a pipe learns of each of its stages, which in
 * the metrics are one run among others. */
static void
tell_outcome(struct filter *f)
{
	const char *path = getenv("VOLUM_OUTCOME");
	struct buf line = BUF_INIT;
	struct error err;

	if (path == NULL || *path == '\0')
		return;
	build_outcome(&line, f);
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0 || write(fd, line.data, line.len) != (ssize_t)line.len)
		report(f,
		    fail(&err, OUTPUT_FAILED, "VOLUM_OUTCOME %s: %m", path),
		    &err);
	if (fd >= 0)
		close(fd);
	buf_clear(&line);
}

static void
print_summary(struct filter *f, instant_ms ended)
{
	const struct counters *c = &f->counters;
	struct buf line = BUF_INIT;

	if (c->rejected > 0 && !f->options->quiet) {
		buf_printf(&line,
		    _("%" PRIu64 " of %" PRIu64
		      " records rejected, kept in %s"),
		    c->rejected, c->done + c->rejected, f->rejected_path);
		if (c->rejected > FILTER_REFUSALS_SHOWN && !f->options->verbose)
			buf_printf(&line, _(" (the first %d are shown)"),
			    FILTER_REFUSALS_SHOWN);
		filter_print(f, false, buf_cstr(&line));
	}
	if (f->options->verbose)
		filter_say(f,
		    "%" PRIu64 " read, %" PRIu64 " done, %" PRIu64
		    " rejected, %.1f s",
		    c->read, c->done, c->rejected,
		    (double)(ended - f->began) / 1000);
	buf_clear(&line);
}

int
filter_finish(struct filter *f, enum status status, struct error *err)
{
	int code;

	f->request_id = text_of(f->run_id);
	trace_set(&f->run_trace);
	report(f, status, err);
	flush_all(f);
	instant_ms ended = clock_now(&f->clock);
	write_metrics(f, ended);
	tell_outcome(f);
	log_end(f, ended);
	print_summary(f, ended);
	code = (int)f->status;
	progress_close(f->progress);
	rejected_close(f->rejected);
	log_close(f->log);
	metrics_free(f->metrics);
	buf_clear(&f->out);
	free(f->rejected_path);
	*f = (struct filter){ 0 };
	return code;
}
