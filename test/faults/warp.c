/*
 * Time as in a film: preloaded into a program, its clocks run WARP times as
 * fast as ours, and what it waits for comes so much sooner. Beside omie-sim
 * --time-scale of the same number every limit keeps its real length (a window
 * of 60 s, a wait of 1800), and an hour takes seconds. Only clocks and waits:
 * SQLite waits for locks by usleep(), which stays as it is. WARP_WALL=1, for a
 * server: only the time of day runs faster, nothing comes sooner.
 */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NS = 1000000000 };

static int64_t wall = 1, waits = 1, origin;

/* The C library's, which makes no system call that killat would count. */
static int (*real_gettime)(clockid_t, struct timespec *);

static int64_t
real_ns(clockid_t which)
{
	struct timespec t = { 0 };

	if (real_gettime != NULL)
		real_gettime(which, &t);
	else /* another library's constructor was first */
		syscall(SYS_clock_gettime, which, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

/* WARP_SINCE (s since 1970) is when all processes of a run had the real time:
 * what one of them has noted is in the past of the next. */
__attribute__((constructor)) static void
set_up(void)
{
	const char *times = getenv("WARP"), *since = getenv("WARP_SINCE");
	void *found = dlsym(RTLD_NEXT, "clock_gettime");

	/* ISO C knows no way from an object to a function but this. */
	memcpy(&real_gettime, &found, sizeof(found));
	if (times != NULL && strtoll(times, NULL, 10) > 0)
		wall = strtoll(times, NULL, 10);
	if (getenv("WARP_WALL") == NULL)
		waits = wall;
	if (since != NULL)
		origin = strtoll(since, NULL, 10) * NS;
}

static struct timespec
timespec_of(int64_t ns)
{
	return (struct timespec){ ns / NS, ns % NS };
}

static int64_t
warped(clockid_t which)
{
	int64_t now = real_ns(which);

	switch (which) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return origin + (now - origin) * wall;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		return now * waits;
	default:
		return now; /* processor time is what it is */
	}
}

int
clock_gettime(clockid_t which, struct timespec *out)
{
	*out = timespec_of(warped(which));
	return 0;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	int64_t now = warped(CLOCK_REALTIME);

	(void)zone;
	out->tv_sec = now / NS;
	out->tv_usec = now % NS / 1000;
	return 0;
}

time_t
time(time_t *out)
{
	time_t now = warped(CLOCK_REALTIME) / NS;

	if (out != NULL)
		*out = now;
	return now;
}

/* Rounded up, so that no wait ends before its time. */
static int64_t
shortened(int64_t ns)
{
	return (ns + waits - 1) / waits;
}

int
clock_nanosleep(clockid_t which, int flags, const struct timespec *want,
    struct timespec *rest)
{
	int64_t until = (int64_t)want->tv_sec * NS + want->tv_nsec, left;
	struct timespec wait, after;

	if (flags & TIMER_ABSTIME)
		until -= warped(which);
	if (until <= 0)
		return 0;
	wait = timespec_of(shortened(until));
	if (syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &wait, &after) ==
	    0)
		return 0;
	if (errno == EINTR && rest != NULL && !(flags & TIMER_ABSTIME)) {
		left = (int64_t)after.tv_sec * NS + after.tv_nsec;
		*rest = timespec_of(left * waits);
	}
	return errno;
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct timespec wait =
	    timespec_of(shortened((int64_t)timeout * (NS / 1000)));

	/* ppoll takes away from `wait`, which is ours. */
	return (int)syscall(
	    SYS_ppoll, fds, count, timeout < 0 ? NULL : &wait, NULL, 0);
}
