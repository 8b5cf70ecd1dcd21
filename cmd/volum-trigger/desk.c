#include "volum-trigger/desk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/shared_file.h"
#include "core/state.h"

enum { FILE_MAX = 16 * 1024 * 1024, DAY_S = 24 * 60 * 60 };

/* ------------------------------------------------------------- the folders */

static int
open_folder(int above, const char *name)
{
	if (mkdirat(above, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(
	    above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

enum status
desk_open(struct desk *d, struct error *err)
{
	static const char *const names[] = {
		[WAITING] = "waiting", [RUNNING] = "running", [ENDED] = "ended"
	};
	char path[PATH_MAX];
	bool well;
	enum status s;

	*d = (struct desk){ -1, { -1, -1, -1 }, -1 };
	if ((s = state_path("trigger", path, sizeof(path), err)) != DONE)
		return s;
	/* How a request stands is told of a folder that can't be written, too:
	 * so what is there is enough. */
	d->folder = open_folder(AT_FDCWD, path);
	if (d->folder < 0) {
		if ((s = state_make(err)) != DONE)
			return s;
		d->folder = open_folder(AT_FDCWD, path);
	}
	well = d->folder >= 0;
	for (int i = 0; well && i < PLACES; i++)
		well = (d->places[i] = open_folder(d->folder, names[i])) >= 0;
	if (well)
		well = (d->messages = open_folder(d->folder, "stderr")) >= 0;
	return well ? DONE : fail(err, BAD_CONFIG, "%s: %m", path);
}

void
desk_close(struct desk *d)
{
	for (int i = 0; i < PLACES; i++)
		if (d->places[i] >= 0)
			close(d->places[i]);
	if (d->messages >= 0)
		close(d->messages);
	if (d->folder >= 0)
		close(d->folder);
}

/* In WAITING the name is the order. */
static void
name_file(enum place place, const struct request *r, char name[DESK_NAME])
{
	if (place == WAITING)
		snprintf(name, DESK_NAME, "%020" PRId64 ".%s", r->order, r->id);
	else
		snprintf(name, DESK_NAME, "%s", r->id);
}

/* Calls `each` with every name of a folder; unfinished files begin with a dot.
 */
typedef void (*name_fn)(const char *name, void *ctx);

static void
walk(int folder, name_fn each, void *ctx)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		each(entry->d_name, ctx);
	closedir(dir);
}

/* ---------------------------------------------------------------- one file */

static bool
write_file(int folder, const char *name, struct text content)
{
	int fd = openat(folder, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return false;
	bool well = file_write_all(fd, content) && fsync(fd) == 0;
	int why = errno;
	close(fd);
	errno = why;
	return well;
}

enum status
desk_put(const struct desk *d, enum place place, const struct request *r,
    struct error *err)
{
	int folder = d->places[place];
	struct buf line = BUF_INIT;
	char name[DESK_NAME], made[DESK_NAME];
	enum status s = DONE;

	name_file(place, r, name);
	snprintf(made, sizeof(made), ".new-%ld", (long)getpid());
	request_build(&line, r);
	if (!write_file(folder, made, buf_text(&line)) ||
	    renameat(folder, made, folder, name) != 0 || fsync(folder) != 0) {
		s = fail(err, OUTPUT_FAILED, "%s: not kept: %m", r->id);
		unlinkat(folder, made, 0);
	}
	buf_clear(&line);
	return s;
}

enum status
desk_drop(const struct desk *d, enum place place, const struct request *r,
    struct error *err)
{
	char name[DESK_NAME];

	name_file(place, r, name);
	if (unlinkat(d->places[place], name, 0) != 0 && errno != ENOENT)
		return fail(err, OUTPUT_FAILED, "%s: not moved: %m", r->id);
	fsync(d->places[place]);
	return DONE;
}

enum status
desk_move(const struct desk *d, enum place from, enum place to,
    const struct request *r, struct error *err)
{
	enum status s = desk_put(d, to, r, err);

	return s == DONE && from != to ? desk_drop(d, from, r, err) : s;
}

/* False: there is no such file, or none that can be read. */
static bool
read_file(int folder, const char *name, struct buf *content)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = -1;

	if (fd < 0)
		return false;
	content->max = FILE_MAX;
	while (buf_reserve(content, 65536) &&
	    (got = read(fd, content->data + content->len, 65536)) > 0)
		content->len += (size_t)got;
	close(fd);
	return got == 0;
}

static enum status
load(int folder, const char *name, struct request *r, bool *there,
    struct error *err)
{
	struct buf content = BUF_INIT;
	enum status s = DONE;

	*there = read_file(folder, name, &content);
	if (*there)
		s = request_read(r, buf_text(&content), err);
	buf_clear(&content);
	return s;
}

/* --------------------------------------------------------------- to look up */

struct search {
	const char *behind; /* names up to this one are passed over */
	const char *id;	    /* which a name must end with, or NULL */
	char first[DESK_NAME];
};

static void
keep_first(const char *name, void *ctx)
{
	struct search *s = ctx;
	size_t len = strlen(name);

	if (*name == '.' || len >= DESK_NAME || strcmp(name, s->behind) <= 0)
		return;
	if (s->id != NULL &&
	    (len < strlen(s->id) ||
		strcmp(name + len - strlen(s->id), s->id) != 0))
		return;
	if (s->first[0] == '\0' || strcmp(name, s->first) < 0)
		memcpy(s->first, name, len + 1);
}

/* The name of a request in a place; "" when it is not there. */
static void
find_name(const struct desk *d, enum place place, const char *id,
    struct search *search)
{
	*search = (struct search){ .behind = "", .id = id };
	if (place == WAITING)
		walk(d->places[place], keep_first, search);
	else
		snprintf(search->first, DESK_NAME, "%s", id);
}

enum status
desk_find(const struct desk *d, const char *id, struct request *r,
    enum place *place, struct error *err)
{
	enum status s = DONE;

	*place = NOWHERE;
	for (int at = WAITING; at < PLACES && s == DONE; at++) {
		struct request found = { 0 };
		struct search search;
		bool there;

		find_name(d, (enum place)at, id, &search);
		if (search.first[0] == '\0')
			continue;
		s = load(d->places[at], search.first, &found, &there, err);
		if (!there)
			continue;
		/* Where it was before is what a kill in desk_move() left. */
		request_clear(r);
		*r = found;
		*place = (enum place)at;
	}
	return s;
}

enum status
desk_next(const struct desk *d, enum place place, char after[DESK_NAME],
    struct request *r, bool *there, struct error *err)
{
	struct search search = { .behind = after };

	*there = false;
	walk(d->places[place], keep_first, &search);
	if (search.first[0] == '\0')
		return DONE;
	memcpy(after, search.first, DESK_NAME);
	request_clear(r);
	enum status s = load(d->places[place], after, r, there, err);
	if (*there)
		return s;
	*there = true;
	return fail(err, BAD_INPUT, "%s: can't be read", after);
}

static void
count_one(const char *name, void *ctx)
{
	*(size_t *)ctx += *name != '.';
}

size_t
desk_count(const struct desk *d, enum place place)
{
	size_t count = 0;

	walk(d->places[place], count_one, &count);
	return count;
}

/* --------------------------------------------------------------- to clear up
 */

struct pruning {
	int folder;
	time_t before;
	bool unfinished; /* these only */
};

static void
delete_old(const char *name, void *ctx)
{
	const struct pruning *p = ctx;
	struct stat is;

	if (p->unfinished && *name != '.')
		return;
	if (fstatat(p->folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(is.st_mode) && is.st_mtime < p->before)
		unlinkat(p->folder, name, 0);
}

static void
prune(int folder, int64_t days, bool unfinished)
{
	struct pruning p = { folder, time(NULL) - days * DAY_S, unfinished };

	walk(folder, delete_old, &p);
}

void
desk_prune(const struct desk *d, int64_t days)
{
	prune(d->places[ENDED], days, false);
	prune(d->messages, days, false);
	prune(d->places[WAITING], 1, true);
	prune(d->places[RUNNING], 1, true);
}
