#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mask.h"
#include "core/ndjson.h"
#include "core/trace.h"

enum { MESSAGE_MAX = 1024, LINE_MAX_BYTES = 64 * 1024 };

struct log {
	int fd; /* -1: everything is dropped */
	const char *service;
	const struct clock *clock;
	struct record *data;
	struct buf line, masked;
	bool torn; /* the last write left a part of a line */
};

enum status
log_open(struct log **out, const char *path, const char *service,
    const struct clock *clock, struct error *err)
{
	int fd = -1;

	*out = NULL;
	if (path != NULL) {
		fd = open(path,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
		if (fd < 0)
			return fail(err, BAD_CONFIG, "--log %s: %m", path);
	}
	struct log *log = mem_zalloc(sizeof(*log));
	log->fd = fd;
	log->service = service;
	log->clock = clock;
	log->data = record_new();
	log->line.max = LINE_MAX_BYTES;
	*out = log;
	return DONE;
}

void
log_close(struct log *log)
{
	if (log == NULL)
		return;
	if (log->fd >= 0)
		close(log->fd);
	record_free(log->data);
	buf_clear(&log->line);
	buf_clear(&log->masked);
	free(log);
}

static void
add_masked(struct log *log, struct text t)
{
	buf_reset(&log->masked);
	mask_add(&log->masked, t);
	build_text(&log->line, buf_text(&log->masked));
}

/* The parser allows NDJSON_MAX_DEPTH levels, so this recursion ends. */
static void
add_value(struct log *log, struct value v)
{
	enum kind kind = value_kind(v);
	struct each it = value_each(v);

	if (kind == IS_TEXT) {
		add_masked(log, value_text(v));
		return;
	}
	if (kind != IS_OBJECT && kind != IS_ARRAY) {
		build_value(&log->line, v);
		return;
	}
	build_open(&log->line, kind == IS_OBJECT ? '{' : '[');
	while (each_next(&it)) {
		if (kind == IS_OBJECT)
			build_name_text(&log->line, it.name);
		add_value(log, it.at);
	}
	build_close(&log->line, kind == IS_OBJECT ? '}' : ']');
}

static void
add_text_member(struct log *log, const char *name, const char *content)
{
	build_text_member(&log->line, name, text_of(content));
}

static void
build_line(struct log *log, enum log_level level, struct text request_id,
    struct text data, const char *message)
{
	static const char *const words[] = { [LOG_DEBUG] = "DEBUG",
		[LOG_INFO] = "INFO",
		[LOG_WARN] = "WARN",
		[LOG_ERROR] = "ERROR" };
	char now[INSTANT_TEXT];
	struct error ignored;

	instant_format_ms(clock_now(log->clock), now);
	buf_reset(&log->line);
	build_open(&log->line, '{');
	add_text_member(log, "timestamp", now);
	add_text_member(log, "level", words[level]);
	add_text_member(log, "service", log->service);
	build_name(&log->line, "message");
	add_masked(log, text_of(message));
	if (request_id.len > 0)
		build_text_member(&log->line, "requestId", request_id);
	if (trace_id()[0] != '\0')
		build_text_member(&log->line, "traceId", text_of(trace_id()));
	if (data.len > 0 && ndjson_parse(log->data, data, &ignored) == DONE) {
		build_name(&log->line, "data");
		add_value(log, record_root(log->data));
	}
	build_close(&log->line, '}');
}

/* One write, so that processes that share the file don't mix their lines. */
static void
write_line(struct log *log)
{
	struct buf *line = &log->line;

	buf_add_byte(line, '\n');
	if (line->overflown)
		return;
	ssize_t put;
	do
		put = write(log->fd, line->data, line->len);
	while (put < 0 && errno == EINTR);
	log->torn = put > 0 && (size_t)put < line->len;
}

void
log_event(struct log *log, enum log_level level, struct text request_id,
    struct text data, const char *message, ...)
{
	char text[MESSAGE_MAX];
	va_list args;

	if (log == NULL || log->fd < 0)
		return;
	va_start(args, message);
	vsnprintf(text, sizeof(text), message, args);
	va_end(args);
	text_to_line(text);
	if (log->torn && write(log->fd, "\n", 1) != 1)
		return;
	log->torn = false;
	build_line(log, level, request_id, data, text);
	if (log->line.overflown)
		build_line(log, level, request_id, (struct text){ 0 }, text);
	write_line(log);
}
