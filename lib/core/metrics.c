#include "core/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"

static void
add_metric(struct buf *out, const char *name, const char *type,
    const char *help, const char *command, const char *value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s{command=\"%s\"} %s\n",
	    name, help, name, type, name, command, value);
}

static void
add_count(struct buf *out, const char *name, const char *help,
    const char *command, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	add_metric(out, name, "counter", help, command, text);
}

static void
add_instant(struct buf *out, const char *name, const char *help,
    const char *command, instant_ms at)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 ".%03d", at / 1000,
	    (int)(at % 1000));
	add_metric(out, name, "gauge", help, command, text);
}

static void
add_all(struct buf *out, const char *command, const struct counters *c,
    enum status status, instant_ms began, instant_ms ended)
{
	char code[8];

	snprintf(code, sizeof(code), "%d", (int)status);
	add_count(out, "volum_records_read_total", "Records read by the run.",
	    command, (int64_t)c->read);
	add_count(out, "volum_records_done_total", "Records handled.", command,
	    (int64_t)c->done);
	add_count(out, "volum_records_rejected_total", "Records refused.",
	    command, (int64_t)c->rejected);
	add_count(out, "volum_records_unchanged_total",
	    "Records that were there already, with the same content.", command,
	    (int64_t)c->unchanged);
	add_count(out, "volum_amount_cents_total",
	    "Sum of the amounts handled, in cents.", command, c->cents);
	add_metric(out, "volum_exit_status", "gauge",
	    "Exit status of the run, 0 when all went well.", command, code);
	add_instant(out, "volum_run_start_seconds", "When the run began.",
	    command, began);
	add_instant(out, "volum_run_end_seconds", "When the run ended.",
	    command, ended);
}

static bool
write_whole(int fd, struct text t)
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

/* Readable for all: the exporter that collects it is another user. */
static bool
write_file(const char *path, struct text content)
{
	unlink(path); /* left by a run that was killed */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	bool well =
	    write_whole(fd, content) && fchmod(fd, 0644) == 0 && fsync(fd) == 0;
	int why = errno;
	if (close(fd) != 0 && well) {
		why = errno;
		well = false;
	}
	errno = why;
	return well;
}

static void
name_files(const char *path, const char *command, struct buf *to,
    struct buf *temporary)
{
	struct stat is;
	bool folder = stat(path, &is) == 0 && S_ISDIR(is.st_mode);

	if (folder)
		buf_printf(to, "%s/%s.prom", path, command);
	else
		buf_add_str(to, path);
	buf_printf(temporary, "%s.%ld.new", buf_cstr(to), (long)getpid());
}

enum status
metrics_write(const char *path, const char *command, const struct counters *c,
    enum status status, instant_ms began, instant_ms ended, struct error *err)
{
	struct buf to = BUF_INIT, temporary = BUF_INIT, content = BUF_INIT;
	enum status s = DONE;

	name_files(path, command, &to, &temporary);
	add_all(&content, command, c, status, began, ended);
	const char *made = buf_cstr(&temporary);
	if (!write_file(made, buf_text(&content)) ||
	    rename(made, buf_cstr(&to)) != 0) {
		s = fail(err, OUTPUT_FAILED, "--metrics %s: %m", path);
		unlink(made);
	}
	buf_clear(&to);
	buf_clear(&temporary);
	buf_clear(&content);
	return s;
}
