/*
 * The life that every command shares: start, one call per record, batches, an
 * honest exit. The one module of lib that prints.
 */
#ifndef VOLUM_CORE_FILTER_H
#define VOLUM_CORE_FILTER_H

#include <signal.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/ndjson.h"
#include "core/options.h"
#include "core/progress.h"
#include "core/record.h"
#include "core/rejected.h"
#include "core/trace.h"

extern const char VOLUM_VERSION[];

/* Set by SIGINT and SIGTERM; whoever waits looks at it. */
extern volatile sig_atomic_t filter_stop;

struct filter {
	const struct command *command;
	const struct common_options *options;
	struct clock clock;
	struct log *log;
	struct rejected *rejected;
	struct progress *progress;
	struct progress_state
	    shown; /* total and per_minute are the command's */
	/* filter_run counts what is read, and one done per record whose
	 * function neither counted nor refused; the rest is the command's. */
	struct counters counters;
	struct metrics *metrics; /* what the command measures beside them */
	/* Set after filter_begin by an option that makes it another job, which
	 * only looks ("--verify"): its metrics are apart. Else NULL. */
	const char *task;
	struct buf out;		 /* lines not yet written to stdout */
	uint64_t line;		 /* of the record in hand; 0: none */
	struct text request_id;	 /* of the record in hand, else of the run */
	struct text raw;	 /* JSON of the record in hand */
	struct trace run_trace;	 /* TRACEPARENT's */
	struct text traceparent; /* of the record in hand, when it has one */
	int attempts;		 /* that refused the record in hand before */
	char run_id[64];	 /* --request-id, or made at start */
	enum status status;	 /* worst so far */
	instant_ms began;
	/* Of a command that goes both ways, set after filter_begin; else NULL:
	 * which way a refused record was to go. */
	const char *from, *to;
	char *rejected_path; /* where `rejected` is, for messages */
};

/*
 * The beginning of every main: reads `options` (core/options.h; its first
 * member is struct common_options) and starts the filter. False: it is over,
 * with --help or with a message, and *code is the exit code; nothing is to be
 * finished.
 */
bool filter_begin(struct filter *f, const struct command *command,
    void *options, int argc, char **argv, int *code);

/*
 * Opens what the common options name, ignores SIGPIPE, catches SIGINT and
 * SIGTERM, makes sure that descriptors 0 to 2 are open, logs `Iniciando`.
 */
enum status filter_start(struct filter *f, const struct command *command,
    const struct common_options *options, struct error *err);

/*
 * One record. SOME_REJECTED: `err` says why and the filter writes the rejected
 * line (the function has put nothing on the output for it). Any other status
 * ends the run.
 */
typedef enum status (*record_fn)(
    struct filter *f, const struct record *rec, void *ctx, struct error *err);
/*
 * End of a batch: make it durable. Only when it returns DONE do the batch's
 * output lines leave. May be NULL.
 */
typedef enum status (*flush_fn)(struct filter *f, void *ctx, struct error *err);

struct filter_work {
	record_fn record;
	flush_fn flush;
	void *ctx;
	uint64_t batch;		 /* records per flush, at least 1 */
	void (*drop)(void *ctx); /* roll back the open batch; may be NULL */
	/* Shown each record of a batch that is at hand before the first of them
	 * is handled, without its envelope's; false: not now, ask again. May be
	 * NULL. */
	bool (*ahead)(const struct record *rec, void *ctx);
};

/*
 * Reads stdin to its end: envelopes off, `requestId` noted, one call per
 * record, bad lines rejected by number, a flush per batch, per 4 MB of output,
 * and before waiting for more input. On SIGTERM or SIGINT the batch in hand is
 * flushed and the run ends with TRY_LATER. Returns the worst status; `err`
 * holds what ended the run early, and is empty when the input was read to its
 * end.
 */
enum status
filter_run(struct filter *f, const struct filter_work *work, struct error *err);

/* One output line is built in filter_out() and ended by filter_end_line(). */
struct buf *filter_out(struct filter *f);
void filter_end_line(struct filter *f);
/* Writes what waits, for commands without filter_run. OUTPUT_FAILED: a full
 * disk or a reader that went away. TRY_LATER: a signal asked to stop, and the
 * reader took no more for some seconds. */
enum status filter_flush(struct filter *f, struct error *err);

/* Refuses `record` (JSON): rejected line, counters, log, one line on stderr
 * (of the first 20; all when verbose; none when quiet). Returns DONE, or
 * OUTPUT_FAILED when the rejected file can't be written. */
enum status filter_reject(struct filter *f, struct text record,
    const struct error *why, struct error *err);

/* The same for a line that is no record, whatever its bytes. */
enum status filter_reject_bytes(struct filter *f, struct text line,
    const struct error *why, struct error *err);

/* "command: text" on stderr, the progress line wiped first. */
void filter_warn(struct filter *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Only with --verbose. */
void filter_say(struct filter *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* "command: text" on stderr, where there is no filter; takes %m. */
void filter_tell(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* `test`:true in the record, or --dry-run: nothing may be written. */
enum status filter_is_test(const struct filter *f, const struct record *rec,
    bool *test, struct error *err);

/* Options or settings that are wrong before anything started: the message, how
 * to get help for BAD_USAGE, and the exit code. */
int filter_refuse_start(
    const struct command *command, enum status status, const struct error *err);

/*
 * The end: flushes and closes stdout (checked), logs `Finalizando` with the
 * counters or `Erro`, writes the metrics, prints `err` when the run was ended
 * by it, the summary (number rejected and the file they are in, when any; one
 * closing line with --verbose), and returns the exit code.
 */
int filter_finish(struct filter *f, enum status status, struct error *err);

#endif
