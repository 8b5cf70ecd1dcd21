/* Descriptors, signals and the two streams that a filter prints on. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/filter_internal.h"
#include "core/language.h"
#include "core/mask.h"

enum {
	MESSAGE_MAX = 1024,
	STOP_GRACE_MS = 3000 /* for the reader, once a signal asked to stop */
};

volatile sig_atomic_t filter_stop;

/*
 * The mode is the wrong one on purpose: reading a stdin or writing a stdout
 * that was closed must fail, while nothing else can take their place.
 */
bool
filter_fill_descriptors(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDWR };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", modes[fd]) != fd)
			return false;
	return true;
}

/* Again every second: the first one may come just before a read that waits. */
static void
stop(int signal)
{
	(void)signal;
	filter_stop = 1;
	alarm(1);
}

/* No SA_RESTART: whoever waits shall wake up. */
static void catch (int signal)
{
	struct sigaction action = { .sa_handler = stop };

	sigemptyset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

static bool
is_ignored(int signal)
{
	struct sigaction now;

	return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void
filter_catch_signals(void)
{
	static const int stops[] = { SIGINT, SIGTERM };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL); /* ulimit -f: a failed write */
	catch (SIGALRM);
	/* What was ignored from the start stays so: nohup, and the background
	 * jobs of a shell script. */
	for (int i = 0; i < 2; i++)
		if (!is_ignored(stops[i]))
			catch (stops[i]);
}

struct buf *
filter_out(struct filter *f)
{
	return &f->out;
}

void
filter_end_line(struct filter *f)
{
	buf_add_byte(&f->out, '\n');
}

void
filter_drop_unfinished(struct filter *f)
{
	const char *end = NULL;

	if (f->out.len > 0)
		end = memrchr(f->out.data, '\n', f->out.len);
	f->out.len = end != NULL ? (size_t)(end + 1 - f->out.data) : 0;
}

/* As many whole lines as a pipe takes at once or not at all (pipe(7)), so that
 * a reader who stops reading leaves none of them torn; a longer one alone. */
static size_t
next_piece(const struct text *t)
{
	const char *end;

	if (t->len <= PIPE_BUF)
		return t->len;
	if ((end = memrchr(t->at, '\n', PIPE_BUF)) == NULL)
		end = memchr(t->at, '\n', t->len);
	return end != NULL ? (size_t)(end + 1 - t->at) : t->len;
}

/* Whether a signal asked to stop, and the reader has had its time since. */
static bool
is_over(int64_t *deadline)
{
	int64_t now;

	if (!filter_stop)
		return false;
	now = clock_monotonic_ms();
	if (*deadline == 0)
		*deadline = now + STOP_GRACE_MS;
	return now >= *deadline;
}

/* A descriptor that some other process made non-blocking is waited for. False:
 * errno says why not; EINTR is a signal, and a reader that doesn't read. */
static bool
write_piece(int fd, struct text *t, size_t len, int64_t *deadline)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	while (len > 0) {
		ssize_t put = write(fd, t->at, len);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (put < 0 && is_over(deadline)) {
			errno = EINTR;
			return false;
		}
		if (put < 0 && errno == EAGAIN)
			poll(&wait, 1, -1); /* woken by each signal */
		if (put > 0) {
			t->at += put;
			t->len -= (size_t)put;
			len -= (size_t)put;
		}
	}
	return true;
}

/* Leaves in `t` what was not written. */
static bool
write_whole(int fd, struct text *t)
{
	int64_t deadline = 0;
	struct stat st;
	bool blocks = fstat(fd, &st) != 0 || !S_ISREG(st.st_mode);

	while (t->len > 0) {
		if (!write_piece(
			fd, t, blocks ? next_piece(t) : t->len, &deadline))
			return false;
		if (t->len > 0 && is_over(&deadline)) {
			errno = EINTR;
			return false;
		}
	}
	return true;
}

static enum status
not_written(const struct buf *out, struct text rest, struct error *err)
{
	bool torn = rest.len < out->len && rest.at[-1] != '\n';
	uint64_t lines = 0;

	if (errno == EPIPE)
		return fail(err, OUTPUT_FAILED, "stdout: the reader went away");
	if (errno != EINTR)
		return fail(err, OUTPUT_FAILED, "stdout: %m");
	for (size_t i = 0; i < rest.len; i++)
		lines += rest.at[i] == '\n';
	fail(err, TRY_LATER,
	    "stopped by a signal, and the reader of stdout reads no more: "
	    "%" PRIu64 " lines not written",
	    lines);
	if (torn)
		error_add(err, ", the first of them in part");
	return TRY_LATER;
}

enum status
filter_flush(struct filter *f, struct error *err)
{
	struct text rest = buf_text(&f->out);
	enum status s = DONE;

	if (f->out.overflown)
		s = fail(err, OUTPUT_FAILED,
		    "stdout: the results of one record take more than %d MiB",
		    BUF_DEFAULT_MAX / (1024 * 1024));
	else if (f->out.len > 0) {
		/* Only where results and progress share the screen. */
		if (f->progress != NULL && isatty(STDOUT_FILENO))
			progress_wipe(f->progress);
		if (!write_whole(STDOUT_FILENO, &rest))
			s = not_written(&f->out, rest, err);
	}
	buf_reset(&f->out);
	return s;
}

void
filter_print(struct filter *f, bool masked, const char *text)
{
	struct buf line = BUF_INIT;

	progress_wipe(f->progress);
	buf_printf(&line, "%s: ", f->command->name);
	if (masked)
		mask_add(&line, text_of(text));
	else
		buf_add_str(&line, text);
	buf_add_byte(&line, '\n');
	/* Nothing can be said about a stderr that fails. */
	(void)!write(STDERR_FILENO, line.data, line.len);
	buf_clear(&line);
}

__attribute__((format(printf, 2, 0))) static void
print_formatted(struct filter *f, const char *fmt, va_list args)
{
	char text[MESSAGE_MAX];

	language_format(text, sizeof(text), fmt, args);
	text_to_line(text);
	filter_print(f, true, text);
}

void
filter_warn(struct filter *f, const char *fmt, ...)
{
	va_list args;

	if (f->options->quiet)
		return;
	va_start(args, fmt);
	print_formatted(f, fmt, args);
	va_end(args);
}

void
filter_say(struct filter *f, const char *fmt, ...)
{
	va_list args;

	if (!f->options->verbose)
		return;
	va_start(args, fmt);
	print_formatted(f, fmt, args);
	va_end(args);
}

void
filter_tell(const char *command, const char *fmt, ...)
{
	const struct command named = { .name = command };
	struct filter f = { .command = &named };
	va_list args;

	va_start(args, fmt);
	print_formatted(&f, fmt, args);
	va_end(args);
}
