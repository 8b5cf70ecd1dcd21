#include "core/rejected.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/mask.h"
#include "core/ndjson.h"
#include "core/shared_file.h"
#include "core/transport.h"

/* A byte of a line that is no JSON becomes six at most (\u0000). */
enum { LINE_MAX_BYTES = 6 * NDJSON_MAX_LINE + 64 * 1024 };

struct rejected {
	struct shared_file file;
	char *command;
	const struct clock *clock;
	uint64_t count;
	struct buf line, scratch, clean;
	struct record *inner;
};

enum status
rejected_open(struct rejected **out, const char *path, const char *command,
    const struct clock *clock, struct error *err)
{
	struct rejected *r;

	*out = NULL;
	if (strcmp(path, "-") == 0)
		return fail(err, BAD_USAGE,
		    "rejected records can't go to stdout, it carries results");
	r = mem_zalloc(sizeof(*r));
	shared_file_init(&r->file, path);
	if (!shared_file_is_writable(&r->file)) {
		fail(err, BAD_CONFIG, "rejected records to %s: %m", path);
		shared_file_clear(&r->file);
		free(r);
		return BAD_CONFIG;
	}
	r->command = mem_strdup(command);
	r->clock = clock;
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
	shared_file_clear(&r->file);
	record_free(r->inner);
	buf_clear(&r->scratch);
	buf_clear(&r->clean);
	buf_clear(&r->line);
	free(r->command);
	free(r);
}

static enum status
not_written(const struct rejected *r, struct error *err)
{
	return fail(
	    err, OUTPUT_FAILED, "rejected records to %s: %m", r->file.path);
}

static void
add_masked(struct rejected *r, const char *name, const char *text)
{
	buf_reset(&r->scratch);
	mask_add(&r->scratch, text_of(text));
	build_text_member(&r->line, name, buf_text(&r->scratch));
}

/* A record that is wrong stays so; with all others, time may help. */
static bool
may_pass_later(const struct error *why)
{
	return strcmp(why->class_, "dados") != 0;
}

/* When it is worth trying again: each refusal doubles the pause. */
static void
add_next_time(struct buf *b, instant_ms now, int attempts)
{
	int64_t pause_s = REJECTED_FIRST_PAUSE_S;
	char next[INSTANT_TEXT];

	while (--attempts > 0 && pause_s < REJECTED_LONGEST_PAUSE_S)
		pause_s *= 2;
	if (pause_s > REJECTED_LONGEST_PAUSE_S)
		pause_s = REJECTED_LONGEST_PAUSE_S;
	instant_format(now + pause_s * 1000, next);
	build_text_member(b, "proxima", text_of(next));
}

static void
add_reason(struct rejected *r, const struct refusal *refusal)
{
	const struct error *why = refusal->why;
	struct buf *b = &r->line;
	instant_ms now = clock_now(r->clock);
	char when[INSTANT_TEXT];

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
	if (refusal->from != NULL && refusal->to != NULL) {
		build_text_member(b, "de", text_of(refusal->from));
		build_text_member(b, "para", text_of(refusal->to));
	}
	instant_format(now, when);
	build_text_member(b, "quando", text_of(when));
	if (may_pass_later(why))
		add_next_time(b, now, refusal->attempts);
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

enum status
rejected_add(
    struct rejected *r, const struct refusal *refusal, struct error *err)
{
	enum { KEPT_BYTES = 1024 * 1024 };
	enum status status = DONE;

	build_line(r, refusal);
	errno = EFBIG;
	if (r->line.overflown ||
	    !shared_file_append(&r->file, r->line.data, r->line.len))
		status = not_written(r, err);
	else
		r->count++;
	if (r->line.cap > KEPT_BYTES)
		buf_clear(&r->line);
	if (r->clean.cap > KEPT_BYTES)
		buf_clear(&r->clean);
	return status;
}

enum status
rejected_sync(struct rejected *r, struct error *err)
{
	return shared_file_sync(&r->file) ? DONE : not_written(r, err);
}

uint64_t
rejected_count(const struct rejected *r)
{
	return r->count;
}
