/*
 * The lines at work. Each step is one rename, so that a run that is killed
 * leaves one of these, and the next one goes on from there:
 *
 *   taken            The lines were taken. Whatever the commands did with them,
 *                    they are fed again: that bills nothing twice. What was
 *                    refused meanwhile is in `again`, and is dropped, since it
 *                    will be refused again.
 *   left [poison]    All is decided: `left` goes back into the rejected file,
 *                    `poison` into its own; the rest is dropped.
 *   NAME.proof       NAME is being added to its file, which is replaced by
 *                    NAME.merged. The proof is another link to that: once it is
 *                    alone, the file has been replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/shared_file.h"
#include "volum-redrive/redrive.h"

static char *
joined(const char *a, const char *b)
{
	struct buf path = BUF_INIT;
	char *out;

	buf_printf(&path, "%s%s", a, b);
	out = mem_strdup(buf_cstr(&path));
	buf_clear(&path);
	return out;
}

static enum status
broken(const struct desk *d, struct error *err)
{
	return fail(err, OUTPUT_FAILED, "%s: %m", d->folder);
}

static bool
exists(const struct desk *d, const char *name)
{
	return faccessat(d->lock, name, F_OK, 0) == 0;
}

/* What is not there is dropped. */
static bool
drop(const struct desk *d, const char *name)
{
	return unlinkat(d->lock, name, 0) == 0 || errno == ENOENT;
}

static int
create(const struct desk *d, const char *name)
{
	return openat(
	    d->lock, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static bool
close_synced(int fd, bool good)
{
	good = good && fsync(fd) == 0;
	return close(fd) == 0 && good;
}

/* --------------------------------------------------------------- copying */

/* All of `from`, its last line closed. */
static bool
copy(int to, int from)
{
	struct stat st;
	char last = '\n';
	off_t at = 0;

	if (fstat(from, &st) != 0)
		return false;
	while (at < st.st_size)
		if (sendfile(to, from, &at, (size_t)(st.st_size - at)) <= 0)
			return false;
	if (st.st_size > 0 && pread(from, &last, 1, st.st_size - 1) != 1)
		return false;
	return last == '\n' || write(to, "\n", 1) == 1;
}

static bool
copy_by_name(const struct desk *d, int to, const char *name)
{
	int from = openat(d->lock, name, O_RDONLY | O_CLOEXEC);
	bool good;

	if (from < 0)
		return errno == ENOENT;
	good = copy(to, from);
	close(from);
	return good;
}

/* ------------------------------------------------------- putting it back */

/* The file at `path`, whose lock is held, gets NAME at its end. */
static bool
replace(const struct desk *d, const char *name, const char *merged,
    const char *proof, const char *path, int target)
{
	int to = create(d, merged);

	return to >= 0 &&
	    close_synced(to, copy(to, target) && copy_by_name(d, to, name)) &&
	    linkat(d->lock, merged, d->lock, proof, 0) == 0 &&
	    fsync(d->lock) == 0 &&
	    renameat(d->lock, merged, AT_FDCWD, path) == 0 &&
	    sync_folder_of(path);
}

static bool
add_locked(const struct desk *d, const char *name, const char *merged,
    const char *proof, const char *path)
{
	int target = shared_file_lock(path, O_RDWR | O_CREAT);
	bool good;

	if (target < 0)
		return false;
	good = replace(d, name, merged, proof, path, target);
	close(target);
	return good;
}

static bool
has_lines(const struct desk *d, const char *name)
{
	struct stat st;

	return fstatat(d->lock, name, &st, 0) == 0 && st.st_size > 0;
}

/* Exactly once, by the proof; a proof with its `merged` is none. */
static bool
add_once(const struct desk *d, const char *name, const char *path)
{
	char *merged = joined(name, ".merged"), *proof = joined(name, ".proof");
	bool good = !exists(d, merged) || (drop(d, proof) && drop(d, merged));

	if (good && has_lines(d, name) && !exists(d, proof))
		good = add_locked(d, name, merged, proof, path);
	good = good && drop(d, name) && drop(d, proof);
	free(merged);
	free(proof);
	return good;
}

static bool
put_back(const struct desk *d)
{
	return drop(d, "taken") && drop(d, "again") && drop(d, "feed") &&
	    add_once(d, "poison", d->poison) && add_once(d, "left", d->file);
}

/* ----------------------------------------------------------- open, close */

static bool
recover(const struct desk *d)
{
	if (exists(d, "left") || exists(d, "left.proof"))
		return put_back(d);
	return drop(d, "left.new") && drop(d, "poison.new") &&
	    drop(d, "poison") && drop(d, "again") && drop(d, "feed");
}

static enum status
lock(struct desk *d, struct error *err)
{
	/* Without O_CLOEXEC: what a killed run started is still at work. */
	d->lock = open(d->folder, O_RDONLY | O_DIRECTORY);
	if (d->lock < 0)
		return broken(d, err);
	if (flock(d->lock, LOCK_EX | LOCK_NB) == 0)
		return DONE;
	if (errno == EWOULDBLOCK)
		return fail(err, TRY_LATER, "another redrive of %s is at work",
		    d->file);
	return broken(d, err);
}

/* It is renamed: what is behind a link, or no file, is no matter of ours. */
static enum status
check_file(const struct desk *d, bool *there, struct error *err)
{
	struct stat st;

	*there = lstat(d->file, &st) == 0;
	if (*there && !S_ISREG(st.st_mode))
		return fail(err, BAD_CONFIG,
		    "rejected records in %s: not a regular file", d->file);
	if (!*there && errno != ENOENT)
		return fail(
		    err, BAD_CONFIG, "rejected records in %s: %m", d->file);
	return DONE;
}

enum status
desk_open(struct desk *d, const char *file, bool to_look, struct error *err)
{
	bool there;
	enum status s;

	*d = (struct desk){ .file = mem_strdup(file),
		.folder = joined(file, ".redrive"),
		.poison = joined(file, ".poison"),
		.lock = -1 };
	if ((s = check_file(d, &there, err)) != DONE)
		return s;
	if (to_look || (!there && access(d->folder, F_OK) != 0))
		return DONE;
	if (mkdir(d->folder, 0700) != 0 && errno != EEXIST)
		return broken(d, err);
	if ((s = lock(d, err)) != DONE)
		return s;
	return recover(d) ? DONE : broken(d, err);
}

void
desk_close(struct desk *d)
{
	if (d->lock >= 0)
		close(d->lock);
	free(d->file);
	free(d->folder);
	free(d->poison);
	*d = (struct desk){ .lock = -1 };
}

char *
desk_path(const struct desk *d, const char *name)
{
	char *with_slash = joined(d->folder, "/");
	char *path = joined(with_slash, name);

	free(with_slash);
	return path;
}

/* ------------------------------------------------------------ take, give */

static bool
take_file(const struct desk *d)
{
	int fd = shared_file_lock(d->file, O_RDWR);
	bool good;

	if (fd < 0)
		return errno == ENOENT;
	good = renameat(AT_FDCWD, d->file, d->lock, "taken") == 0 &&
	    fsync(d->lock) == 0 && sync_folder_of(d->file);
	close(fd);
	return good;
}

enum status
desk_take(struct desk *d, int *out, struct error *err)
{
	if (!exists(d, "taken") && !take_file(d))
		return broken(d, err);
	*out = openat(d->lock, "taken", O_RDONLY | O_CLOEXEC);
	return *out >= 0 || errno == ENOENT ? DONE : broken(d, err);
}

bool
desk_has_work(const struct desk *d)
{
	return exists(d, "taken");
}

static bool
write_lines(const struct letters *l, bool poison, int fd)
{
	FILE *out = fdopen(dup(fd), "w");

	if (out == NULL)
		return false;
	for (size_t i = 0; i < l->count; i++) {
		const struct letter *a = &l->at[i];

		if (a->fate == FED || (a->fate == POISON) != poison)
			continue;
		fwrite(a->line.at, 1, a->line.len, out);
		putc('\n', out);
	}
	bool good = !ferror(out);
	return fclose(out) == 0 && good;
}

static bool
write_file(const struct desk *d, const struct letters *l, bool poison,
    const char *temporary, const char *name)
{
	int fd = create(d, temporary);

	return fd >= 0 &&
	    close_synced(fd,
		write_lines(l, poison, fd) &&
		    (poison || copy_by_name(d, fd, "again"))) &&
	    renameat(d->lock, temporary, d->lock, name) == 0;
}

enum status
desk_settle(struct desk *d, const struct letters *l, struct error *err)
{
	if (!write_file(d, l, true, "poison.new", "poison") ||
	    !write_file(d, l, false, "left.new", "left") ||
	    fsync(d->lock) != 0 || !put_back(d))
		return broken(d, err);
	return DONE;
}
