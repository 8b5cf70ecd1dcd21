#include "core/shared_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"

bool
file_write_all(int fd, struct text t)
{
	while (t.len > 0) {
		ssize_t put = write(fd, t.at, t.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		t.at += put;
		t.len -= (size_t)put;
	}
	return true;
}

void
shared_file_init(struct shared_file *f, const char *path)
{
	*f = (struct shared_file){ .path = mem_strdup(path), .fd = -1 };
}

static void
close_file(struct shared_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void
shared_file_clear(struct shared_file *f)
{
	close_file(f);
	free(f->path);
	f->path = NULL;
}

char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == path && path[1] == '\0')
		return NULL;
	if (slash == path)
		return mem_strdup("/");
	if (slash == NULL)
		return *path == '\0' || strcmp(path, ".") == 0
		    ? NULL
		    : mem_strdup(".");
	return mem_text((struct text){ path, (size_t)(slash - path) });
}

bool
shared_file_is_writable(const struct shared_file *f)
{
	char *at = mem_strdup(f->path), *up;
	struct stat st;
	bool found = stat(at, &st) == 0, good;

	if (found && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		good = false;
	} else if (found) {
		good = access(at, R_OK | W_OK) == 0;
	} else {
		while (!found && errno == ENOENT && (up = folder_of(at))) {
			free(at);
			at = up;
			found = stat(at, &st) == 0;
		}
		if (found && !S_ISDIR(st.st_mode)) {
			errno = ENOTDIR;
			found = false;
		}
		good = found && access(at, W_OK | X_OK) == 0;
	}
	free(at);
	return good;
}

bool
sync_folder_of(const char *path)
{
	char *folder = folder_of(path);
	int fd =
	    open(folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (fd >= 0)
		close(fd);
	free(folder);
	return good;
}

/* Another process may make the same one at the same time. */
static bool
make_folder(const char *folder)
{
	if (mkdir(folder, 0700) != 0)
		return errno == EEXIST;
	return sync_folder_of(folder);
}

/* The folder of `path`, and those it is in where they are missing. */
static bool
make_folder_of(const char *path)
{
	char *folder = folder_of(path);
	bool good = !folder || make_folder(folder) ||
	    (errno == ENOENT && make_folder_of(folder) && make_folder(folder));

	free(folder);
	return good;
}

static bool
open_file(struct shared_file *f)
{
	struct stat st;

	if (f->fd >= 0)
		return true;
	if (!make_folder_of(f->path))
		return false;
	f->fd = open(
	    f->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (f->fd < 0 || fstat(f->fd, &st) != 0)
		return false;
	f->is_file = S_ISREG(st.st_mode);
	return !f->is_file || st.st_size > 0 || sync_folder_of(f->path);
}

static bool
lock(int fd)
{
	while (flock(fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

/* Whether the open file still has this name. */
static bool
has_name(int fd, const char *path)
{
	struct stat open, named;

	return fstat(fd, &open) == 0 && stat(path, &named) == 0 &&
	    open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

int
shared_file_lock(const char *path, int flags)
{
	for (;;) {
		int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0600);

		if (fd < 0)
			return -1;
		if (!lock(fd)) {
			close(fd);
			return -1;
		}
		if (has_name(fd, path))
			return fd;
		close(fd);
	}
}

/* Who took the name away holds the lock meanwhile, or (logrotate) reads the
 * file later: so whoever has the lock and finds the name in place may write. */
static bool
lock_by_name(struct shared_file *f)
{
	for (;;) {
		if (!open_file(f) || !lock(f->fd))
			return false;
		if (!f->is_file || has_name(f->fd, f->path))
			return true;
		if (!shared_file_sync(f))
			return false;
		close_file(f);
	}
}

/* Appends to a file of `size` bytes: all of it, or errno says why not. */
static bool
write_whole(const struct shared_file *f, const char *at, size_t len, off_t size)
{
	int why;

	if (file_write_all(f->fd, (struct text){ at, len }))
		return true;
	why = errno;
	/* Should the cut fail too, the next line closes the torn one. */
	if (f->is_file && ftruncate(f->fd, size) != 0)
		why = errno;
	errno = why;
	return false;
}

static bool
append_locked(struct shared_file *f, const char *line, size_t len)
{
	struct stat st;
	char last = '\n';

	if (fstat(f->fd, &st) != 0)
		return false;
	if (f->is_file && st.st_size > 0 &&
	    pread(f->fd, &last, 1, st.st_size - 1) != 1)
		return false;
	if (last == '\n')
		line++, len--;
	return write_whole(f, line, len, st.st_size);
}

bool
shared_file_append(struct shared_file *f, const char *line, size_t len)
{
	if (!lock_by_name(f))
		return false;

	bool good = append_locked(f, line, len);
	int why = errno;

	flock(f->fd, LOCK_UN);
	f->unsynced |= good;
	errno = why;
	return good;
}

bool
shared_file_sync(struct shared_file *f)
{
	if (!f->unsynced || !f->is_file)
		return true;
	if (fdatasync(f->fd) != 0)
		return false;
	f->unsynced = false;
	return true;
}
