/* The command at work: its stderr is passed on, and its end kept. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "volum-ping/ping.h"

enum {
	STEP_MS = 100,
	TAIL_MAX = 8 * 1024,
	NOT_RUN = 126,
	NOT_FOUND = 127,
	/* Of what it left behind with its stderr. */
	LEFT_BEHIND_MS = 500
};

static volatile sig_atomic_t to_pass_on;

static void
note_signal(int signal)
{
	to_pass_on = signal;
}

/* The terminal sends SIGINT to the command as well: it decides. */
static void
catch_signals(void)
{
	struct sigaction note = { .sa_handler = note_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &note, NULL);
	sigaction(SIGHUP, &note, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

static void
become(char **argv, int err)
{
	int why;

	if (dup2(err, STDERR_FILENO) >= 0)
		execvp(argv[0], argv);
	why = errno;
	filter_tell("volum-ping", "%s: %m", argv[0]);
	_exit(why == ENOENT ? NOT_FOUND : NOT_RUN);
}

static void
keep(struct buf *tail, const char *at, size_t len)
{
	buf_add(tail, at, len);
	if (tail->len > 2 * TAIL_MAX) {
		memmove(
		    tail->data, tail->data + tail->len - TAIL_MAX, TAIL_MAX);
		tail->len = TAIL_MAX;
	}
}

/* Nothing can be said about a stderr that fails. */
static void
pass_on(const char *at, size_t len)
{
	while (len > 0) {
		ssize_t put = write(STDERR_FILENO, at, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return;
		at += put;
		len -= (size_t)put;
	}
}

/* What has come within `ms`; false: there will be no more. */
static bool
read_some(int fd, int ms, struct buf *tail)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	char bytes[4096];
	ssize_t got;

	if (poll(&input, 1, ms) <= 0)
		return true;
	got = read(fd, bytes, sizeof(bytes));
	if (got > 0) {
		pass_on(bytes, (size_t)got);
		keep(tail, bytes, (size_t)got);
	}
	return got > 0 || (got < 0 && errno == EINTR);
}

static bool
has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static int
follow(pid_t pid, int fd, struct teller *t, struct buf *tail)
{
	bool open = true, ended = false;
	int64_t until = 0;
	int status = 0;

	while (!ended || (open && clock_monotonic_ms() < until)) {
		bool telling = teller_step(t);

		if (open)
			open = read_some(fd, telling ? 10 : STEP_MS, tail);
		else
			clock_sleep_ms(telling ? 10 : STEP_MS);
		if (to_pass_on != 0 && !ended) {
			kill(pid, to_pass_on);
			to_pass_on = 0;
		}
		if (!ended && (ended = has_ended(pid, &status)))
			until = clock_monotonic_ms() + LEFT_BEHIND_MS;
	}
	return status;
}

int
watch(char **argv, struct teller *t, struct buf *tail)
{
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0) {
		filter_tell("volum-ping", "%s: %m", argv[0]);
		return NOT_RUN;
	}
	if (pid == 0)
		become(argv, ends[1]);
	catch_signals();
	close(ends[1]);
	teller_start(t);
	status = follow(pid, ends[0], t, tail);
	close(ends[0]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
