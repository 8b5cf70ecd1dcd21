/* How the limits stand, for who only wants to know. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/pace_keeper.h"

/* A process may be writing one of the places: the other is whole then. */
static bool
read_newest(int fd, struct pace_state *out)
{
	static struct pace_state s;
	bool found = false;

	for (int place = 0; place < 2; place++) {
		if (pread(fd, &s, sizeof(s), (off_t)place * PACE_PLACE) !=
		    (ssize_t)sizeof(s))
			continue;
		if (pace_check(&s) != PACE_INTACT ||
		    (found && s.serial < out->serial))
			continue;
		*out = s;
		found = true;
	}
	return found;
}

static enum status
damaged(const char *where, struct error *err)
{
	return fail(err, BAD_CONFIG, "limits of Omie: %s: damaged", where);
}

static enum status
load(const char *path, struct pace_state *s, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool found;

	if (fd < 0)
		return fail(err, BAD_CONFIG, "limits of Omie: %s: %m", path);
	found = read_newest(fd, s);
	close(fd);
	return found ? DONE : damaged(path, err);
}

/* The clock of the state ran on, unless the machine was started anew or it is
 * of another one: then by the time of day, as pace_carry() does. */
static int64_t
now_of(const struct pace_state *s, instant_ms wall)
{
	char boot[PACE_BOOT] = { 0 };
	struct timespec at;
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, boot, sizeof(boot) - 1);

	if (fd >= 0)
		close(fd);
	boot[strcspn(boot, "\n")] = '\0';
	clock_gettime(CLOCK_BOOTTIME, &at);
	if (n > 0 && strcmp(boot, s->boot) == 0)
		return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
	return s->saved_at + (wall > s->saved_wall ? wall - s->saved_wall : 0);
}

static unsigned
errors_of(const struct pace_method *m, int64_t since)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < m->errors_count; i++)
		if (m->errors[i].at > since)
			sum += (unsigned)m->errors[i].times;
	return sum;
}

static void
judge(const struct pace_state *s, const struct pace_limits *l,
    struct pace_standing *out)
{
	static const struct clock real = { 0 };
	instant_ms wall = clock_now(&real);
	int64_t now = now_of(s, wall);

	*out = (struct pace_standing){ 0 };
	if (s->blocked_until > now)
		out->blocked_until = wall + s->blocked_until - now;
	out->most = (unsigned)(l->error_budget > PACE_ERRORS_SPARED
		? l->error_budget - PACE_ERRORS_SPARED
		: 1);
	for (size_t i = 0; i < PACE_METHODS; i++) {
		unsigned n = errors_of(&s->methods[i], now - l->block_ms);
		if (n > out->errors)
			out->errors = n;
	}
}

enum status
pace_look(const char *path, const struct pace_limits *l,
    struct pace_standing *out, struct error *err)
{
	static struct pace_state s;
	enum status status = load(path, &s, err);

	if (status == DONE)
		judge(&s, l, out);
	return status;
}

enum status
pace_look_shared(const char *name, struct text bytes,
    const struct pace_limits *l, struct pace_standing *out, struct error *err)
{
	static struct pace_state s;

	if (bytes.len != sizeof(s))
		return damaged(name, err);
	memcpy(&s, bytes.at, sizeof(s));
	if (pace_check(&s) != PACE_INTACT)
		return damaged(name, err);
	judge(&s, l, out);
	return DONE;
}
