#include "core/rejected.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base64.h"
#include "core/mask.h"
#include "core/ndjson.h"
#include "core/transport.h"

/* A byte of a line that is no JSON becomes six at most (\u0000). */
enum { LINE_MAX_BYTES = 6 * NDJSON_MAX_LINE + 64 * 1024 };

struct rejected {
	char *path, *command;
	const struct clock *clock;
	int fd; /* -1: nothing refused yet */
	bool is_file, unsynced;
	uint64_t count;
	struct buf line, scratch, clean;
	struct record *inner;
};

/* The folder that `path` is in, or NULL when nothing is left to cut. */
static char *
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

/* Whether `path` can be written, or made in the nearest folder there is. */
static bool
can_be_written(const char *path)
{
	char *at = mem_strdup(path), *up;
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

enum status
rejected_open(struct rejected **out, const char *path, const char *command,
    const struct clock *clock, struct error *err)
{
	struct rejected *r;

	*out = NULL;
	if (strcmp(path, "-") == 0)
		return fail(err, BAD_USAGE,
		    "rejected records can't go to stdout, it carries results");
	if (!can_be_written(path))
		return fail(err, BAD_CONFIG, "rejected records to %s: %s", path,
		    strerror(errno));
	r = mem_zalloc(sizeof(*r));
	r->path = mem_strdup(path);
	r->command = mem_strdup(command);
	r->clock = clock;
	r->fd = -1;
	r->line.max = r->clean.max = LINE_MAX_BYTES;
	r->inner = record_new();
	*out = r;
	return DONE;
}

void
rejected_close(struct rejected *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		close(r->fd);
	record_free(r->inner);
	buf_clear(&r->scratch);
	buf_clear(&r->clean);
	buf_clear(&r->line);
	free(r->command);
	free(r->path);
	free(r);
}

static enum status
not_written(const struct rejected *r, struct error *err)
{
	return fail(err, OUTPUT_FAILED, "rejected records to %s: %s", r->path,
	    strerror(errno));
}

static void
add_masked(struct rejected *r, const char *name, const char *text)
{
	buf_reset(&r->scratch);
	mask_add(&r->scratch, text_of(text));
	build_text_member(&r->line, name, buf_text(&r->scratch));
}

static void
add_reason(struct rejected *r, const struct refusal *refusal)
{
	const struct error *why = refusal->why;
	struct buf *b = &r->line;
	char now[INSTANT_TEXT];

	build_name(b, "rejeitado");
	build_open(b, '{');
	build_text_member(b, "comando", text_of(r->command));
	build_text_member(b, "codigo", text_of(why->code));
	build_text_member(b, "classe", text_of(why->class_));
	add_masked(r, "mensagem", why->text);
	if (*why->advice)
		add_masked(r, "conselho", why->advice);
	build_name(b, "tentativas");
	build_integer(b, refusal->attempts);
	if (refusal->line > 0) {
		build_name(b, "linha");
		build_integer(b, (int64_t)refusal->line);
	}
	if (refusal->request_id.len > 0)
		build_text_member(b, "requestId", refusal->request_id);
	instant_format(clock_now(r->clock), now);
	build_text_member(b, "quando", text_of(now));
	build_close(b, '}');
}

/*
 * A rejected line that is refused again as it stands gives its own record, or
 * every redrive of a hopeless line would wrap it once more. False: it is none.
 */
static bool
add_inner_record(struct rejected *r, struct text record)
{
	struct value at, inner;
	struct error err;

	if (!memmem(record.at, record.len, "\"rejeitado\"", 11) ||
	    ndjson_parse(r->inner, record, &err) != DONE)
		return false;
	at = record_root(r->inner);
	inner = value_member(at, "registroBase64");
	if (value_kind(value_member(at, "rejeitado")) != IS_OBJECT)
		return false;
	if (value_kind(inner) == IS_TEXT) {
		build_name(&r->line, "registroBase64");
		build_value(&r->line, inner);
		return true;
	}
	inner = value_member(at, "registro");
	if (value_is_empty(inner))
		return false;
	build_name(&r->line, "registro");
	build_value(&r->line, inner);
	return true;
}

/* As a JSON string, or in base64 when the parser finds it to be no UTF-8. */
static void
add_as_text(struct rejected *r, struct text record)
{
	struct buf *b = &r->line;
	struct record *checked = record_new(); /* its table may be large */
	size_t before = b->len, from;
	struct error err;

	build_name(b, "registro");
	from = b->len;
	build_text(b, record.len ? record : TEXT(""));
	if (!b->overflown &&
	    ndjson_parse_any(checked,
		(struct text){ b->data + from, b->len - from }, &err) != DONE) {
		b->len = before;
		build_name(b, "registroBase64");
		buf_add_str(b, "\"");
		base64_add(b, record);
		buf_add_str(b, "\"");
	}
	record_free(checked);
}

/* The newline in front is written only behind a torn line. */
static void
build_line(struct rejected *r, const struct refusal *refusal)
{
	struct text record = refusal->record;
	struct buf *b = &r->line;
	char *at, *end;

	buf_reset(&r->clean);
	if (transport_blank(&r->clean, record))
		record = buf_text(&r->clean);
	buf_reset(b);
	buf_add_byte(b, '\n');
	build_open(b, '{');
	add_reason(r, refusal);
	if (!refusal->is_json)
		add_as_text(r, record);
	else if (!add_inner_record(r, record)) {
		build_name(b, "registro");
		build_raw(b, record);
	}
	build_close(b, '}');
	/* JSON out of an envelope may span lines: only white space does. */
	for (at = b->data + 1, end = b->data + b->len;
	     (at = memchr(at, '\n', (size_t)(end - at))); at++)
		*at = ' ';
	buf_add_byte(b, '\n');
}

/* A name is durable only when its folder is. */
static bool
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

static enum status
open_file(struct rejected *r, struct error *err)
{
	struct stat st;

	if (r->fd >= 0)
		return DONE;
	if (!make_folder_of(r->path))
		return not_written(r, err);
	r->fd = open(
	    r->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (r->fd < 0 || fstat(r->fd, &st) != 0)
		return not_written(r, err);
	r->is_file = S_ISREG(st.st_mode);
	if (r->is_file && st.st_size == 0 && !sync_folder_of(r->path))
		return not_written(r, err);
	return DONE;
}

/* Appends to a file of `size` bytes: all of it, or errno says why not. */
static bool
write_whole(const struct rejected *r, const char *at, size_t len, off_t size)
{
	ssize_t put;
	int why;

	for (; len > 0; at += put, len -= (size_t)put) {
		put = write(r->fd, at, len);
		if (put < 0 && errno == EINTR)
			put = 0;
		if (put >= 0)
			continue;
		why = errno;
		/* Should the cut fail too, the next line closes the torn one.
		 */
		if (r->is_file && ftruncate(r->fd, size) != 0)
			why = errno;
		errno = why;
		return false;
	}
	return true;
}

/* Under the lock, so that no other process' line is cut or torn. */
static bool
append_locked(const struct rejected *r)
{
	const char *at = r->line.data;
	size_t len = r->line.len;
	struct stat st;
	char last = '\n';

	if (fstat(r->fd, &st) != 0)
		return false;
	if (r->is_file && st.st_size > 0 &&
	    pread(r->fd, &last, 1, st.st_size - 1) != 1)
		return false;
	if (last == '\n')
		at++, len--;
	return write_whole(r, at, len, st.st_size);
}

static enum status
append(struct rejected *r, struct error *err)
{
	enum status status = DONE;

	while (flock(r->fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return not_written(r, err);
	if (!append_locked(r))
		status = not_written(r, err);
	flock(r->fd, LOCK_UN);
	return status;
}

enum status
rejected_add(
    struct rejected *r, const struct refusal *refusal, struct error *err)
{
	enum { KEPT_BYTES = 1024 * 1024 };
	enum status status;

	build_line(r, refusal);
	errno = EFBIG;
	status = r->line.overflown ? not_written(r, err) : open_file(r, err);
	if (status == DONE)
		status = append(r, err);
	if (status == DONE) {
		r->count++;
		r->unsynced = true;
	}
	if (r->line.cap > KEPT_BYTES)
		buf_clear(&r->line);
	if (r->clean.cap > KEPT_BYTES)
		buf_clear(&r->clean);
	return status;
}

enum status
rejected_sync(struct rejected *r, struct error *err)
{
	if (!r->unsynced || !r->is_file)
		return DONE;
	if (fdatasync(r->fd) != 0)
		return not_written(r, err);
	r->unsynced = false;
	return DONE;
}

uint64_t
rejected_count(const struct rejected *r)
{
	return r->count;
}
