/* From stdin to the command's functions, batch by batch. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/envelope.h"
#include "core/filter_internal.h"

struct run {
	struct filter *f;
	const struct filter_work *work;
	struct ndjson_reader *reader;
	struct record *outer;
	struct envelope *envelope;
	/* The open batch. */
	uint64_t records;     /* handed to the command */
	uint64_t first, last; /* their lines */
	struct counters before;
	uint64_t input, taken; /* bytes of a file, 0: none; and of its lines */
	struct record *coming; /* of the lines that are shown ahead */
	uint64_t shown;	       /* lines up to this one were */
};

/* How many records a file has, by the lines so far: what is left to do can be
 * told, and said. A pipe can't be asked. */
static void
estimate_total(struct run *run, const struct ndjson_line *line)
{
	struct filter *f = run->f;

	run->taken += line->text.len + 1;
	if (run->input == 0 || f->progress == NULL)
		return;
	f->shown.total = (uint64_t)((double)f->counters.read *
	    (double)run->input / (double)run->taken);
	if (f->shown.total < f->counters.read)
		f->shown.total = f->counters.read;
}

static uint64_t
size_of_input(void)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}

static void
begin_batch(struct run *run)
{
	run->records = 0;
	run->before = run->f->counters;
}

/* Which lines a failure hit: what a person has to look after. */
static void
add_not_stored(const struct run *run, struct error *err)
{
	if (run->first == run->last)
		error_add(err, "; line %" PRIu64 " was not stored", run->first);
	else
		error_add(err,
		    "; lines %" PRIu64 " to %" PRIu64 " were not stored",
		    run->first, run->last);
}

static void
add_not_told(const struct run *run, struct error *err)
{
	if (run->first == run->last)
		error_add(err,
		    "; line %" PRIu64 " done, but not all results were written",
		    run->first);
	else
		error_add(err,
		    "; lines %" PRIu64 " to %" PRIu64
		    " done, but not all results were written",
		    run->first, run->last);
}

/* The batch did not become durable, so nothing of it is claimed. */
static void
give_up_batch(struct run *run, struct error *err)
{
	struct counters *now = &run->f->counters;

	buf_reset(&run->f->out);
	now->done = run->before.done;
	now->unchanged = run->before.unchanged;
	now->cents = run->before.cents;
	if (run->work->drop != NULL)
		run->work->drop(run->work->ctx);
	add_not_stored(run, err);
}

/* Durable first, told downstream afterwards. */
static enum status
commit_batch(struct run *run, struct error *err)
{
	struct filter *f = run->f;
	enum status s = DONE;

	if (f->out.overflown) {
		s = filter_flush(f, err);
		give_up_batch(run, err);
		return s;
	}
	if (run->records > 0 && run->work->flush != NULL &&
	    (s = run->work->flush(f, run->work->ctx, err)) != DONE) {
		give_up_batch(run, err);
		/* A record can be refused; a batch can only be tried again. */
		return s == SOME_REJECTED ? TRY_LATER : s;
	}
	if ((s = filter_flush(f, err)) != DONE && run->records > 0)
		add_not_told(run, err);
	return s;
}

static enum status
flush_batch(struct run *run, struct error *err)
{
	enum status s = commit_batch(run, err);
	struct error syncing;

	if (run->f->counters.rejected != run->before.rejected &&
	    rejected_sync(run->f->rejected, &syncing) != DONE) {
		if (s == DONE)
			*err = syncing;
		s = worst(s, OUTPUT_FAILED);
	}
	begin_batch(run);
	return s;
}

static enum status
flush_when_full(struct run *run, struct error *err)
{
	if (run->records < run->work->batch && run->f->out.len < FILTER_OUT_MAX)
		return DONE;
	return flush_batch(run, err);
}

/* The record's own, else that of the run. */
static void
note_trace(struct filter *f, const struct record *rec)
{
	struct value v = value_member(record_root(rec), "traceparent");
	struct trace own;

	f->traceparent = value_text(v);
	if (trace_parse(f->traceparent, &own)) {
		trace_set(&own);
		return;
	}
	trace_set(&f->run_trace);
	f->traceparent = (struct text){ "", 0 };
	if (!value_is_empty(v))
		log_event(f->log, LOG_WARN, f->request_id, (struct text){ 0 },
		    "line %" PRIu64 ": traceparent is ignored, it is none",
		    f->line);
}

/* The record's own requestId, else that of the run. */
static void
note_record(struct filter *f, const struct record *rec, struct text raw)
{
	struct value v = value_member(record_root(rec), "requestId");
	struct text id =
	    value_kind(v) == IS_NUMBER ? value_raw(v) : value_text(v);

	f->request_id = id.len > 0 ? id : text_of(f->run_id);
	f->raw = raw;
	note_trace(f, rec);
}

static void
note_none(struct filter *f)
{
	f->request_id = text_of(f->run_id);
	f->raw = (struct text){ NULL, 0 };
	f->attempts = 0;
	f->line = 0;
	f->traceparent = (struct text){ "", 0 };
	trace_set(&f->run_trace);
}

/* Counts and refuses by what the record's function said. */
static enum status
settle(struct run *run, enum status s, const struct counters *before,
    struct error *err)
{
	struct filter *f = run->f;
	bool counted = f->counters.done != before->done;
	bool refused = f->counters.rejected != before->rejected;

	if (s != DONE)
		filter_drop_unfinished(f);
	if (s == DONE && !counted && !refused)
		f->counters.done++;
	if (s == SOME_REJECTED)
		s = filter_reject(f, f->raw, err, err);
	if (s != DONE)
		fail_at(err, s, "line %" PRIu64, f->line);
	f->shown.done = f->counters.done + f->counters.rejected;
	f->shown.rejected = f->counters.rejected;
	return s;
}

/* envelope_fn: one record, taken out of what it came in. */
static enum status
take_record(
    const struct record *rec, struct text raw, void *ctx, struct error *err)
{
	struct run *run = ctx;
	struct filter *f = run->f;
	struct counters before = f->counters;

	note_record(f, rec, raw);
	f->attempts = envelope_attempts(run->envelope);
	f->counters.read++;
	/* Before the call: what it did until it failed is part of the batch. */
	if (run->records++ == 0)
		run->first = f->line;
	run->last = f->line;
	enum status s = run->work->record(f, rec, run->work->ctx, err);
	if ((s = settle(run, s, &before, err)) != DONE)
		return s;
	/* Shown last: what is written to a screen wipes the line off it. */
	s = flush_when_full(run, err);
	progress_show(f->progress, &f->shown);
	return s;
}

static enum status
take_line(struct run *run, const struct ndjson_line *line, struct error *err)
{
	enum status s;

	run->f->line = line->number;
	if (line->too_long)
		s = reject(err, "linha_longa", "the line is longer than %d MiB",
		    NDJSON_MAX_LINE / (1024 * 1024));
	else
		s = ndjson_parse(run->outer, line->text, err);
	if (s == SOME_REJECTED) {
		run->f->counters.read++;
		s = filter_reject_bytes(run->f, line->text, err, err);
	} else {
		s = envelope_open(run->envelope, run->outer, line->text,
		    take_record, run, err);
		if (s == SOME_REJECTED) {
			run->f->counters.read++;
			run->f->attempts = envelope_attempts(run->envelope);
			s = filter_reject(run->f, line->text, err, err);
		}
	}
	estimate_total(run, line);
	note_none(run->f);
	return s;
}

static bool
show_line(struct run *run, struct text line)
{
	struct error ignored; /* told when it is its turn */

	return ndjson_parse(run->coming, line, &ignored) != DONE ||
	    run->work->ahead(run->coming, run->work->ctx);
}

/* The line in hand and those behind it, as far as the batch goes. */
static void
look_ahead(struct run *run, const struct ndjson_line *line)
{
	uint64_t left = run->work->batch - run->records, number = line->number;
	struct text next = line->text;
	size_t place = 0;

	if (run->work->ahead == NULL || line->number <= run->shown)
		return;
	do {
		if (!show_line(run, next))
			return;
		run->shown = number++;
	} while (--left > 0 && ndjson_peek(run->reader, &place, &next));
}

/* Nobody downstream waits for results while we wait for input. */
static enum status
flush_before_waiting(struct run *run, struct error *err)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (ndjson_has_line(run->reader) || poll(&input, 1, 0) != 0)
		return DONE;
	return flush_batch(run, err);
}

static enum status
read_all(struct run *run, struct error *err)
{
	struct ndjson_line line = { 0 };
	enum status s = DONE;

	while (s == DONE && (s = flush_before_waiting(run, err)) == DONE) {
		if (filter_stop)
			return fail(err, TRY_LATER,
			    "stopped by a signal after line %" PRIu64,
			    line.number);
		if (run->work->ahead != NULL && run->records == 0)
			ndjson_read_on(run->reader);
		/* Not further: the rest of a line may be long in coming. */
		int got = ndjson_step(run->reader, &line);
		if (got == 0)
			return DONE;
		if (got == -1)
			return fail(err, BAD_INPUT,
			    "stdin: %s, after line %" PRIu64, strerror(errno),
			    line.number);
		if (got != 1)
			continue;
		look_ahead(run, &line);
		s = take_line(run, &line, err);
	}
	return s;
}

enum status
filter_run(struct filter *f, const struct filter_work *work, struct error *err)
{
	struct run run = { .f = f,
		.work = work,
		.reader = ndjson_open(STDIN_FILENO),
		.outer = record_new(),
		.envelope = envelope_new(),
		.coming = work->ahead != NULL ? record_new() : NULL,
		.input = size_of_input() };
	struct error flushing;

	begin_batch(&run);
	enum status s = read_all(&run, err);
	enum status t = flush_batch(&run, &flushing);
	if (t != DONE && s != DONE)
		error_join(err, "; ", &flushing);
	else if (t != DONE)
		*err = flushing;
	else if (s == DONE)
		*err = (struct error){ 0 }; /* refusals have passed here */
	envelope_free(run.envelope);
	record_free(run.outer);
	record_free(run.coming);
	ndjson_close(run.reader);
	f->status = worst(f->status, worst(s, t));
	return f->status;
}
