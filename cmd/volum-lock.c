/*
 * volum-lock - holds the lock that all hosts on one database have in common.
 *
 * in:  open for as long as it is wanted; a line gives it back, and is kept
 * out: one line: that it is ours, or who has it
 */
#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "core/filter.h"
#include "store/store.h"
#include "store/target.h"

enum {
	STEP_MS = 250,
	NAME_TEXT = 64,
	JOB_MAX = 40,
	HOST_TEXT = 80,
	LINE_MAX_BYTES = 200
};

/* The right; what a job left is kept under its name behind that. */
static const char LOCK[] = "trava";

struct options {
	struct common_options common;
	int64_t wait_s, life_s;
};

static const struct option_row ROWS[] = {
	{ "wait", 0, OPTION_NUMBER, N_("S"), offsetof(struct options, wait_s),
	    NULL, N_("wait so long for it; unless given, until it is free"), 0,
	    604800 },
	{ "life", 0, OPTION_NUMBER, N_("S"), offsetof(struct options, life_s),
	    "VOLUM_LOCK_LIFE_S",
	    N_("seconds without a sign of life that end it"), 3, 3600 },
	{ 0 },
};

static const struct command COMMAND = {
	.name = "volum-lock",
	.summary =
	    N_("hold the lock of all hosts on one database, while stdin is "
	       "open"),
	.synopsis = N_("[--wait S] [--life S] JOB"),
	.rows = ROWS,
	.operands = true,
};

struct lock {
	const struct options *o;
	struct shared *shared;
	char note[NAME_TEXT]; /* where what the job left is kept */
	bool held;
	struct buf who, last; /* who has it or had it; what the job left */
	bool troubled;	      /* it may have been another's meanwhile */
};

static void
note_signal(int signal)
{
	(void)signal;
	filter_stop = 1;
}

/* Before it is ours a signal ends the waiting. After that only the input does:
 * who is told to stop is still at work for a while. */
static void
set_signals(void (*what)(int))
{
	struct sigaction action = { .sa_handler = what };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static enum status
check_job(const char *job, struct error *err)
{
	size_t i;

	for (i = 0; job[i] != '\0'; i++)
		if (!isalnum((unsigned char)job[i]) && job[i] != '-')
			break;
	if (i == 0 || job[i] != '\0' || i > JOB_MAX)
		return fail(err, BAD_USAGE,
		    "'%.80s': a job is a word of at most %d letters", job,
		    JOB_MAX);
	return DONE;
}

/* -------------------------------------------------------------- taking it */

/* "billing 2026-11-26T05:00:03Z 4711 host": since when, and the process that
 * started this one. */
static void
tell_who(struct buf *b, const char *job)
{
	static const struct clock real = { 0 };
	char since[INSTANT_TEXT], host[HOST_TEXT];

	instant_format(clock_now(&real) / 1000 * 1000, since);
	if (gethostname(host, sizeof(host)) != 0)
		host[0] = '\0';
	host[sizeof(host) - 1] = '\0';
	buf_printf(b, "%s %s %d %s", job, since, (int)getppid(), host);
}

static enum status
take(struct lock *l, const char *job, bool *mine, struct error *err)
{
	int64_t until = clock_monotonic_ms() + l->o->wait_s * 1000;
	enum shared_right whose = SHARED_UNCLEAR;
	struct buf who = BUF_INIT;
	struct text text;
	enum status status;

	tell_who(&who, job);
	text = buf_text(&who);
	while ((status = l->shared->ops->take(l->shared, LOCK,
		    l->o->life_s * 1000, &text, &whose, err)) == DONE &&
	    whose != SHARED_OURS) {
		if (whose == SHARED_THEIRS && l->o->wait_s >= 0 &&
		    clock_monotonic_ms() >= until)
			break;
		if (!filter_stop)
			clock_sleep_ms(STEP_MS);
		if (filter_stop) {
			status = fail(err, TRY_LATER,
			    "a signal asked to stop before the lock was free");
			break;
		}
	}
	*mine = status == DONE && whose == SHARED_OURS;
	buf_clear(&who);
	return status;
}

static enum status
note_bytes(const char *name, struct text bytes, bool held, void *ctx,
    struct error *err)
{
	struct lock *l = ctx;
	struct buf *kept = strcmp(name, LOCK) == 0 ? &l->who
	    : strcmp(name, l->note) == 0	   ? &l->last
						   : NULL;

	(void)err;
	if (kept == &l->who)
		l->held = held;
	if (kept != NULL) {
		buf_reset(kept);
		buf_add_text(kept, bytes);
	}
	return DONE;
}

static enum status
tell(const struct lock *l, bool mine, struct error *err)
{
	struct text t = buf_text(mine ? &l->last : &l->who);

	printf("%s%s%.*s\n", mine ? "mine" : "", mine && t.len > 0 ? " " : "",
	    (int)t.len, t.len > 0 ? t.at : "");
	if (fflush(stdout) != 0)
		return fail(err, OUTPUT_FAILED, "stdout: %m");
	return DONE;
}

/* ------------------------------------------------------------- holding it */

/* False: a line is there, or there will be none. */
static bool
read_some(struct buf *line)
{
	char bytes[LINE_MAX_BYTES];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (got <= 0)
		return false;
	buf_add(line, bytes, (size_t)got);
	return memchr(line->data, '\n', line->len) == NULL &&
	    line->len < LINE_MAX_BYTES;
}

/* Said at once: the job goes on, and whoever waits for its end may act. */
static void
complain(struct lock *l, struct log *log, const struct error *why)
{
	if (l->troubled)
		return;
	l->troubled = true;
	fprintf(stderr, "volum-lock: %s\n", error_told(why));
	log_event(log, LOG_WARN, (struct text){ 0 }, (struct text){ 0 },
	    "the lock of all hosts: %s", why->text);
}

static void
hold(struct lock *l, struct log *log, struct buf *line)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	struct error why;

	while (poll(&input, 1, STEP_MS) <= 0 || read_some(line))
		if (l->shared->ops->hold(l->shared, &why) != DONE)
			complain(l, log, &why);
}

/* A line that was not ended is of somebody who was killed. */
static enum status
keep_line(struct lock *l, const struct buf *line, struct error *err)
{
	const char *end =
	    line->len > 0 ? memchr(line->data, '\n', line->len) : NULL;
	struct text bytes, unused;
	instant_ms now;
	enum status status;

	if (end == NULL || end == line->data)
		return DONE;
	bytes = (struct text){ line->data, (size_t)(end - line->data) };
	status = l->shared->ops->enter(l->shared, l->note, &unused, &now, err);
	return status == DONE
	    ? l->shared->ops->leave(l->shared, l->note, &bytes, err)
	    : status;
}

static enum status
hold_to_the_end(struct lock *l, struct log *log, struct error *err)
{
	struct buf line = BUF_INIT;
	enum status status = DONE;

	set_signals(SIG_IGN);
	hold(l, log, &line);
	if (l->troubled)
		status = TRY_LATER; /* which was told */
	else
		status = keep_line(l, &line, err);
	buf_clear(&line);
	return status;
}

/* -------------------------------------------------------------------- run */

static enum status
look_and_tell(struct lock *l, bool *mine, struct error *err)
{
	enum status status =
	    l->shared->ops->look(l->shared, LOCK, note_bytes, l, err);

	if (l->o->common.dry_run)
		*mine = !l->held;
	return status == DONE ? tell(l, *mine, err) : status;
}

/* TRY_LATER without a text: it was told, on stdout or at once. */
static enum status
take_and_hold(
    struct lock *l, struct log *log, const char *job, struct error *err)
{
	bool mine = false, dry = l->o->common.dry_run;
	enum status status = dry ? DONE : take(l, job, &mine, err);
	bool ours = mine;

	if (status == DONE)
		status = look_and_tell(l, &mine, err);
	if (status == DONE)
		*err = (struct error){ 0 };
	if (status == DONE && !mine)
		status = TRY_LATER;
	if (status == DONE && ours)
		status = hold_to_the_end(l, log, err);
	if (ours)
		l->shared->ops->give(l->shared, LOCK);
	return status;
}

static enum status
run(const struct options *o, struct log *log, const char *job,
    struct error *err)
{
	char uri[STORE_TARGET_MAX];
	struct lock l = { .o = o };
	enum status status;

	set_signals(note_signal);
	signal(SIGPIPE, SIG_IGN);
	snprintf(l.note, sizeof(l.note), "%s/%s", LOCK, job);
	if ((status = store_target(o->common.db, uri, err)) == DONE)
		status = store_share(&l.shared, uri, err);
	/* A store of this host alone needs no such lock. */
	if (status == DONE && l.shared != NULL)
		status = take_and_hold(&l, log, job, err);
	shared_close(l.shared);
	buf_clear(&l.who);
	buf_clear(&l.last);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct clock wall = { 0 };
	struct options o = { .wait_s = -1, .life_s = 60 };
	struct log *log = NULL;
	struct error err = { 0 };
	bool done;
	int first;
	enum status s =
	    options_parse(&COMMAND, &o, argc, argv, &first, &done, &err);

	if (s == DONE && !done && first != argc - 1)
		s = fail(&err, BAD_USAGE, "one job is expected");
	if (s == DONE && !done)
		s = check_job(argv[first], &err);
	if (s == DONE && !done)
		s = log_open(&log, o.common.log, COMMAND.name, &wall, &err);
	if (s == DONE && !done)
		s = run(&o, log, argv[first], &err);
	log_close(log);
	return s == DONE || err.text[0] == '\0'
	    ? (int)s
	    : filter_refuse_start(&COMMAND, s, &err);
}
