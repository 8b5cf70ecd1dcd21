#include "core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"

enum { MAX_SECRET_BYTES = 64 * 1024 };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
has_control(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] < 0x20 || t.at[i] == 0x7f)
			return true;
	return false;
}

/* Keeps a copy of `t` without its blank ends; `name` is for messages. */
static enum status
keep(const char *name, struct text t, struct secret *out, struct error *err)
{
	while (t.len > 0 && is_blank(t.at[0]))
		t.at++, t.len--;
	while (t.len > 0 && is_blank(t.at[t.len - 1]))
		t.len--;
	if (t.len == 0)
		return fail(err, BAD_CONFIG, "%s: set, but empty", name);
	if (t.len > MAX_SECRET_BYTES)
		return fail(err, BAD_CONFIG, "%s: more than 64 KiB", name);
	if (has_control(t))
		return fail(err, BAD_CONFIG,
		    "%s: holds a line break or another control character",
		    name);
	out->text = mem_text(t);
	return DONE;
}

/* Reads at most `size` bytes; -1 and errno. A pipe is as good as a file. */
static ssize_t
read_file(const char *path, char *bytes, size_t size)
{
	size_t len = 0;
	ssize_t got = 1;
	int why, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -1;
	while (len < size && got != 0) {
		got = read(fd, bytes + len, size - len);
		if (got < 0 && errno != EINTR)
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	why = errno;
	close(fd);
	errno = why;
	return got < 0 ? -1 : (ssize_t)len;
}

static enum status
keep_file(
    const char *name, const char *path, struct secret *out, struct error *err)
{
	enum { SIZE = MAX_SECRET_BYTES + 1 };
	char *bytes = mem_alloc(SIZE);
	ssize_t len = read_file(path, bytes, SIZE);
	enum status status;

	if (len < 0)
		status = fail(
		    err, BAD_CONFIG, "%s: %s: %s", name, path, strerror(errno));
	else if (len == SIZE)
		status = fail(
		    err, BAD_CONFIG, "%s: %s: more than 64 KiB", name, path);
	else
		status =
		    keep(name, (struct text){ bytes, (size_t)len }, out, err);
	explicit_bzero(bytes, SIZE);
	free(bytes);
	return status;
}

/* Also from the memory that the process was started with. */
static void
forget(const char *name, char *value)
{
	if (value)
		explicit_bzero(value, strlen(value));
	unsetenv(name);
}

/* The service manager's file for `name` (systemd.exec(5), LoadCredential=); it
 * stays out of the environment's way: no such file is no such secret. */
static enum status
keep_credential(const char *name, struct secret *out, struct error *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf path = BUF_INIT;
	enum status status = DONE;

	if (folder == NULL || *folder == '\0')
		return DONE;
	buf_printf(&path, "%s/%s", folder, name);
	if (access(buf_cstr(&path), F_OK) == 0)
		status = keep_file(name, buf_cstr(&path), out, err);
	else if (errno != ENOENT)
		status = fail(err, BAD_CONFIG, "%s: %s: %s", name,
		    buf_cstr(&path), strerror(errno));
	buf_clear(&path);
	return status;
}

enum status
secret_take(const char *name, struct secret *out, struct error *err)
{
	struct buf other = BUF_INIT;
	const char *name_file;
	char *value, *path;
	enum status status = DONE;

	out->text = NULL;
	buf_printf(&other, "%s_FILE", name);
	name_file = buf_cstr(&other);
	value = getenv(name);
	path = getenv(name_file);
	if (value && path)
		status = fail(
		    err, BAD_CONFIG, "%s and %s are both set", name, name_file);
	else if (value)
		status = keep(name, text_of(value), out, err);
	else if (path)
		status = keep_file(name_file, path, out, err);
	else
		status = keep_credential(name, out, err);
	forget(name, value);
	forget(name_file, path);
	buf_clear(&other);
	return status;
}

enum status
secret_require(const char *name, struct secret *out, struct error *err)
{
	enum status status = secret_take(name, out, err);

	if (status == DONE && !out->text)
		return fail(err, BAD_CONFIG, "neither %s nor %s_FILE is set",
		    name, name);
	return status;
}

void
secret_clear(struct secret *s)
{
	if (s->text)
		explicit_bzero(s->text, strlen(s->text));
	free(s->text);
	s->text = NULL;
}
