/*
 * The state in a file of two places that are written in turn, so that a kill
 * while one is written leaves the other. Locks are those of the open file
 * (F_OFD_SETLK): the kernel ends them with the process, so a dead holder holds
 * nothing.
 *
 * No fsync for a call: a killed process loses nothing that it wrote, and after
 * a power cut the windows of a minute are over by waiting one from the boot on
 * (pace_carry). Only what is remembered for longer goes to the disk: errors and
 * lock-outs, a few times an hour at most.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/filter.h"
#include "core/state.h"
#include "domain/contract.h"
#include "net/pace_keeper.h"

enum {
	PLACE = PACE_PLACE,
	FILE_BYTES = 2 * PLACE,
	/* A turn takes microseconds: whoever holds it longer was stopped. */
	TURN_MAX_MS = 30000,
	TURN_STOPPED_MS = 200,
	REOPENS = 100
};

struct file_keeper {
	struct pace_keeper base;
	char *path;
	int fd;
	int place; /* that the newest state is in */
	bool mend; /* the other holds no older one */
	char boot[PACE_BOOT];
	struct pace_now now;
	struct pace_state state;
};

static struct file_keeper *
of(struct pace_keeper *k)
{
	return (struct file_keeper *)k;
}

static enum status
cannot(const struct file_keeper *f, enum status status, const char *what,
    struct error *err)
{
	return fail(err, status, "limits of Omie: %s: %s: %m", f->path, what);
}

/* ----------------------------------------------------------------- clock */

static enum status
read_boot(struct file_keeper *f, struct error *err)
{
	static const char from[] = "/proc/sys/kernel/random/boot_id";
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, f->boot, sizeof(f->boot) - 1);

	if (fd >= 0)
		close(fd);
	/* Without it a reboot would not be noticed. */
	if (n <= 0)
		return fail(err, BAD_CONFIG, "limits of Omie: %s: %m", from);
	f->boot[strcspn(f->boot, "\n")] = '\0';
	return DONE;
}

static void
read_clocks(struct file_keeper *f)
{
	static const struct clock wall = { 0 };
	struct timespec at;

	clock_gettime(CLOCK_BOOTTIME, &at);
	f->now.ms = (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
	f->now.wall = clock_now(&wall);
	memcpy(f->now.boot, f->boot, sizeof(f->now.boot));
}

/* ----------------------------------------------------------------- locks */

static bool
lock_byte(int fd, short type, off_t at)
{
	struct flock range = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1
	};

	return fcntl(fd, F_OFD_SETLK, &range) == 0;
}

/* Byte 0 is the turn; the others are far behind the end of the file. */
static off_t
byte_of(uint64_t what)
{
	return (off_t)(what >> 3 | UINT64_C(1) << 61);
}

static enum status
wait_for_turn(struct file_keeper *f, struct error *err)
{
	int64_t began = clock_monotonic_ms(), most;

	while (!lock_byte(f->fd, F_WRLCK, 0)) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return cannot(f, BAD_CONFIG, "lock", err);
		most = filter_stop ? TURN_STOPPED_MS : TURN_MAX_MS;
		if (clock_monotonic_ms() - began > most)
			return fail(err, TRY_LATER,
			    "limits of Omie: %s: another process holds them "
			    "and doesn't move",
			    f->path);
		clock_sleep_ms(1);
	}
	return DONE;
}

static enum status
file_take(struct pace_keeper *k, uint64_t what, bool *mine, struct error *err)
{
	struct file_keeper *f = of(k);

	*mine = lock_byte(f->fd, F_WRLCK, byte_of(what));
	if (*mine || errno == EAGAIN || errno == EACCES || errno == EINTR)
		return DONE;
	return cannot(f, BAD_CONFIG, "lock", err);
}

static void
file_give(struct pace_keeper *k, uint64_t what)
{
	lock_byte(of(k)->fd, F_UNLCK, byte_of(what));
}

/* ------------------------------------------------------------- the file */

static bool
write_all(int fd, const void *bytes, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = (const char *)bytes + n;
		len -= (size_t)n;
		at += n;
	}
	return true;
}

/* Zeros where the file is too short: no state of ours is all zeros. */
static bool
read_at(const struct file_keeper *f, void *out, size_t len, off_t at)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = pread(
		    f->fd, (char *)out + have, len - have, at + (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	memset((char *)out + have, 0, len - have);
	return have == len;
}

static bool
write_place(const struct file_keeper *f, int place)
{
	return write_all(
	    f->fd, &f->state, sizeof(f->state), (off_t)place * PLACE);
}

/* A new file is whole before it has its name: one that is found empty, or too
 * short, was damaged. */
static enum status
make_file(struct file_keeper *f, struct error *err)
{
	char temporary[PATH_MAX];
	bool good;
	int fd;

	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", f->path);
	if ((fd = mkostemp(temporary, O_CLOEXEC)) < 0)
		return cannot(f, BAD_CONFIG, "make it", err);
	read_clocks(f);
	pace_begin_state(&f->state, &f->now);
	pace_seal(&f->state, &f->now);
	good = ftruncate(fd, FILE_BYTES) == 0 &&
	    write_all(fd, &f->state, sizeof(f->state), 0) && fsync(fd) == 0 &&
	    (link(temporary, f->path) == 0 || errno == EEXIST);
	if (!good)
		cannot(f, BAD_CONFIG, "make it", err);
	close(fd);
	unlink(temporary);
	return good ? DONE : BAD_CONFIG;
}

static enum status
open_file(struct file_keeper *f, struct error *err)
{
	enum status status;

	for (int i = 0; i < REOPENS; i++) {
		f->fd = open(f->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (f->fd >= 0)
			return DONE;
		if (errno != ENOENT)
			break;
		if ((status = make_file(f, err)) != DONE)
			return status;
	}
	return cannot(f, BAD_CONFIG, "open it", err);
}

/* ----------------------------------------------------------------- turns */

static enum pace_found
read_place(struct file_keeper *f, int place)
{
	f->place = place;
	read_at(f, &f->state, sizeof(f->state), (off_t)place * PLACE);
	return pace_check(&f->state);
}

/*
 * The newer of both places into f->state. Where the newest is whole, the other
 * is the one before, or was being written over by a process that ended there,
 * so that what it was about to do never happened: its end still has the serial
 * of what was there. Anything else is damage, and a call may be missing.
 */
static void
load(struct file_keeper *f, enum pace_trust *trust)
{
	const off_t at = offsetof(struct pace_state, serial);
	uint64_t serial[2];
	bool whole = read_at(f, &serial[0], sizeof(serial[0]), at);
	int newest;

	whole = read_at(f, &serial[1], sizeof(serial[1]), PLACE + at) && whole;
	newest = serial[1] > serial[0];
	f->mend = true;
	if (read_place(f, newest) == PACE_INTACT) {
		f->mend = !whole || serial[newest] - serial[!newest] > 1;
		if (f->mend)
			*trust = PACE_DAMAGED;
		return;
	}
	*trust = PACE_DAMAGED;
	if (read_place(f, !newest) != PACE_INTACT)
		pace_begin_state(&f->state, &f->now);
}

static enum status
reopen(struct file_keeper *f, struct error *err)
{
	close(f->fd);
	f->fd = -1;
	return open_file(f, err);
}

static enum status
file_enter(struct pace_keeper *k, struct pace_state **state,
    struct pace_now *now, enum pace_trust *trust, struct error *err)
{
	struct file_keeper *f = of(k);
	struct stat is;
	enum status status;

	*trust = PACE_KNOWN;
	for (int i = 0; i < REOPENS; i++) {
		if ((status = wait_for_turn(f, err)) != DONE)
			return status;
		if (fstat(f->fd, &is) != 0)
			is.st_nlink = 0;
		if (is.st_nlink > 0)
			break;
		*trust = PACE_GONE;
		if ((status = reopen(f, err)) != DONE)
			return status;
	}
	read_clocks(f);
	load(f, trust);
	*state = &f->state;
	*now = f->now;
	return DONE;
}

static enum status
file_leave(struct pace_keeper *k, bool keep, bool durable, struct error *err)
{
	struct file_keeper *f = of(k);
	enum status status = DONE;

	if (keep) {
		pace_seal(&f->state, &f->now);
		if (!write_place(f, !f->place) ||
		    (f->mend && !write_place(f, f->place)) ||
		    (durable && fdatasync(f->fd) != 0))
			status = cannot(f, OUTPUT_FAILED, "write it", err);
	}
	lock_byte(f->fd, F_UNLCK, 0);
	return status;
}

static void
file_close(struct pace_keeper *k)
{
	struct file_keeper *f = of(k);

	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
}

static const char *
file_name(const struct pace_keeper *k)
{
	return ((const struct file_keeper *)k)->path;
}

static const struct pace_keeper_ops OPS = { file_enter, file_leave, file_take,
	file_give, NULL, file_close, file_name };

enum status
pace_file_open(struct pace_keeper **out, const char *path, struct error *err)
{
	struct file_keeper *f = mem_zalloc(sizeof(*f));
	enum status status;

	f->base.ops = &OPS;
	f->path = mem_strdup(path);
	f->fd = -1;
	if ((status = read_boot(f, err)) == DONE)
		status = open_file(f, err);
	if (status == DONE)
		*out = &f->base;
	else
		file_close(&f->base);
	return status;
}

enum status
pace_file_open_account(struct pace_keeper **out, const char *url,
    const char *app_key, struct error *err)
{
	const char *host = strstr(url, "://");
	char path[PATH_MAX - 8], digest[HASH_TEXT], name[64];
	struct buf account = BUF_INIT;
	enum status status;

	host = host == NULL ? url : host + 3;
	buf_printf(
	    &account, "%.*s\n%s", (int)strcspn(host, "/"), host, app_key);
	hash_text(buf_text(&account), digest);
	explicit_bzero(account.data, account.len);
	buf_clear(&account);
	snprintf(name, sizeof(name), "omie-limits-%.32s", digest);
	if ((status = state_make(err)) == DONE &&
	    (status = state_path(name, path, sizeof(path), err)) == DONE)
		status = pace_file_open(out, path, err);
	return status;
}
