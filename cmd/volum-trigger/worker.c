#include "volum-trigger/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is logged from here on is of this request's trace, if it has one. */
static void
follow(const struct request *r)
{
	struct trace trace = { 0 };

	if (!trace_parse(text_of(r->traceparent), &trace))
		trace = (struct trace){ 0 };
	trace_set(&trace);
}

static void
log_end(const struct worker *w, const struct request *r)
{
	struct buf data = BUF_INIT;

	follow(r);
	build_open(&data, '{');
	build_name(&data, "saida");
	build_integer(&data, r->code);
	build_name(&data, "tentativas");
	build_integer(&data, r->attempts);
	if (r->reason[0] != '\0')
		build_text_member(&data, "motivo", text_of(r->reason));
	build_close(&data, '}');
	log_event(w->log, r->code == DONE ? LOG_INFO : LOG_WARN, text_of(r->id),
	    buf_text(&data), "Finalizando gatilho");
	buf_clear(&data);
}

static void
tell(const struct worker *w, const struct request *r)
{
	log_end(w, r);
	if (w->told != NULL)
		w->told(r, w->ctx);
}

/* ----------------------------------------------------- after somebody's crash
 */

static enum status
give_up(const struct worker *w, struct request *r, struct error *err)
{
	enum status s;

	r->code = TRY_LATER;
	snprintf(r->reason, sizeof(r->reason), "interrompido");
	instant_format(clock_now(w->run.clock), r->ended);
	s = desk_move(w->run.desk, RUNNING, ENDED, r, err);
	if (s == DONE)
		tell(w, r);
	return s;
}

/* To run it again does no harm: whatever it did is found done. */
static enum status
take_up(const struct worker *w, struct request *r, struct error *err)
{
	const struct desk *desk = w->run.desk;
	struct request known = { 0 };
	enum place place;
	enum status s = desk_find(desk, r->id, &known, &place, err);

	if (s == DONE && place == ENDED)
		s = desk_drop(desk, RUNNING, r, err);
	else if (s == DONE && r->attempts >= WORKER_MAX_ATTEMPTS)
		s = give_up(w, r, err);
	else if (s == DONE)
		s = desk_move(desk, RUNNING, WAITING, r, err);
	request_clear(&known);
	return s;
}

/* Whoever holds the lock of the workers runs; nobody else does. */
static enum status
take_up_all(const struct worker *w, struct error *err)
{
	struct request r = { 0 };
	char name[DESK_NAME] = "";
	bool there;
	enum status s;

	do {
		s = desk_next(w->run.desk, RUNNING, name, &r, &there, err);
		if (s == DONE && there)
			s = take_up(w, &r, err);
	} while (there && s != OUTPUT_FAILED);
	request_clear(&r);
	return s;
}

/* ----------------------------------------------------------------- the queue
 */

static enum status
run_next(
    const struct worker *w, struct request *r, bool *ended, struct error *err)
{
	struct request known = { 0 };
	enum place place;
	enum status s = desk_find(w->run.desk, r->id, &known, &place, err);

	request_clear(&known);
	*ended = true;
	if (s != DONE)
		return s;
	/* A kill came between its end and its leaving the queue. */
	if (place == ENDED)
		return desk_drop(w->run.desk, WAITING, r, err);
	follow(r);
	log_event(w->log, LOG_INFO, text_of(r->id), (struct text){ 0 },
	    "Iniciando gatilho");
	s = run_request(&w->run, r, ended, err);
	if (s == DONE && *ended)
		tell(w, r);
	return s;
}

/* `last` becomes the name of the last one that was looked at. *more: what is
 * left must wait, for a lock or for a healthier disk. */
static enum status
run_all(
    const struct worker *w, char last[DESK_NAME], bool *more, struct error *err)
{
	struct request r = { 0 };
	enum status damaged = DONE, s;
	bool there, ended = true;

	last[0] = '\0';
	for (;;) {
		s = desk_next(w->run.desk, WAITING, last, &r, &there, err);
		if (s == DONE && there)
			s = run_next(w, &r, &ended, err);
		if (s == BAD_INPUT)
			damaged = s;
		if (!there || (s != DONE && s != BAD_INPUT) || !ended ||
		    filter_stop)
			break;
	}
	*more = there;
	request_clear(&r);
	return s != DONE ? s : damaged;
}

static bool
somebody_waits(const struct worker *w, const char *behind)
{
	struct request r = { 0 };
	char name[DESK_NAME];
	struct error ignored;
	enum status s;
	bool there;

	snprintf(name, sizeof(name), "%s", behind);
	do
		s = desk_next(w->run.desk, WAITING, name, &r, &there, &ignored);
	while (s != DONE && there);
	request_clear(&r);
	return there;
}

enum status
worker_drain(const struct worker *w, struct error *err)
{
	char last[DESK_NAME] = "";
	enum status s = DONE;
	bool left = false;
	int lock;

	lock = openat(w->run.desk->folder, "worker",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0)
		return fail(err, OUTPUT_FAILED, "worker: %m");
	/* Who comes while we let go has seen the lock taken, and left: so look
	 * once more when it is free. Of what is damaged, behind it alone: it
	 * would be found again and again. */
	while (!left && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		s = take_up_all(w, err);
		if (s != OUTPUT_FAILED)
			s = worst(s, run_all(w, last, &left, err));
		desk_prune(w->run.desk, w->keep_days);
		flock(lock, LOCK_UN);
		if ((s != DONE && s != BAD_INPUT) || left ||
		    !somebody_waits(w, s == DONE ? "" : last))
			break;
	}
	close(lock);
	return s;
}

/* ------------------------------------------------------------ on its own */

static void
leave_everything(void)
{
	sigset_t none;

	setsid();
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close_range(0, ~0U, 0);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (open("/dev/null", O_RDWR) != fd)
			_exit(BAD_CONFIG);
}

/* The child in between ends at once, so that init takes over the grandchild;
 * without room for either, the request waits for the next one that comes. */
bool
worker_detach(void)
{
	pid_t pid = fork();

	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (pid != 0)
		return false;
	pid = fork();
	if (pid != 0)
		_exit(DONE);
	leave_everything();
	return true;
}
