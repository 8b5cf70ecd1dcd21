#include "volum-trigger/request.h"

#include <stdio.h>

#include "core/ndjson.h"

void
request_clear(struct request *r)
{
	buf_clear(&r->stages);
	buf_clear(&r->trigger);
	*r = (struct request){ 0 };
}

void
request_restart(struct request *r)
{
	buf_reset(&r->stages);
	r->started[0] = r->ended[0] = r->reason[0] = '\0';
	r->attempts = r->code = 0;
}

bool
request_id_is_valid(struct text id)
{
	if (id.len != REQUEST_ID_TEXT - 1 || memcmp(id.at, "req-", 4) != 0)
		return false;
	for (size_t i = 4; i < id.len; i++)
		if (memchr("0123456789abcdef", id.at[i], 16) == NULL)
			return false;
	return true;
}

static void
add_text(struct buf *out, const char *name, const char *content)
{
	if (*content != '\0')
		build_text_member(out, name, text_of(content));
}

static void
add_number(struct buf *out, const char *name, int64_t n)
{
	build_name(out, name);
	build_integer(out, n);
}

static void
add_course(struct buf *out, const struct request *r)
{
	add_text(out, "recebido", r->received);
	add_text(out, "iniciado", r->started);
	add_text(out, "terminado", r->ended);
	add_number(out, "tentativas", r->attempts);
	if (r->ended[0] != '\0')
		add_number(out, "saida", r->code);
	add_text(out, "motivo", r->reason);
	build_name(out, "etapas");
	build_open(out, '[');
	build_raw(out, buf_text(&r->stages));
	build_close(out, ']');
}

void
request_build(struct buf *out, const struct request *r)
{
	build_open(out, '{');
	add_text(out, "requestId", r->id);
	add_number(out, "ordem", r->order);
	add_course(out, r);
	add_text(out, "traceparent", r->traceparent);
	build_name(out, "gatilho");
	build_raw(out, buf_text(&r->trigger));
	build_close(out, '}');
	buf_add_byte(out, '\n');
}

void
request_tell(struct buf *out, const struct request *r, enum place place)
{
	static const char *const words[] = {
		[WAITING] = "queued", [RUNNING] = "running"
	};

	build_open(out, '{');
	add_text(out, "requestId", r->id);
	if (place == ENDED)
		add_text(out, "status", r->code == DONE ? "done" : "failed");
	else
		add_text(out, "status", words[place]);
	add_course(out, r);
	build_close(out, '}');
	buf_add_byte(out, '\n');
}

/* Missing is "", and too long can only be somebody else's. */
static enum status
take_text(struct value root, const char *name, char *to, size_t size,
    struct error *err)
{
	struct text t;
	enum status s = record_optional_text(root, name, &t, err);

	if (s != DONE)
		return s;
	if (t.len >= size)
		return fail(err, BAD_INPUT, "%s: too long", name);
	if (t.len > 0)
		memcpy(to, t.at, t.len);
	to[t.len] = '\0';
	return DONE;
}

static enum status
take_numbers(struct request *r, struct value root, struct error *err)
{
	enum status s;

	if ((s = record_integer(root, "ordem", 0, INT64_MAX, &r->order, err)) !=
		DONE ||
	    (s = record_integer(
		 root, "tentativas", 0, INT32_MAX, &r->attempts, err)) != DONE)
		return s;
	if (r->ended[0] == '\0')
		return DONE;
	return record_integer(root, "saida", 0, 255, &r->code, err);
}

static enum status
take_members(struct request *r, struct value root, struct error *err)
{
	struct each stage = value_each(value_member(root, "etapas"));
	struct value trigger;
	enum status s;

	if ((s = take_text(root, "requestId", r->id, sizeof(r->id), err)) !=
		DONE ||
	    (s = take_text(root, "recebido", r->received, sizeof(r->received),
		 err)) != DONE ||
	    (s = take_text(root, "iniciado", r->started, sizeof(r->started),
		 err)) != DONE ||
	    (s = take_text(
		 root, "terminado", r->ended, sizeof(r->ended), err)) != DONE ||
	    (s = take_text(
		 root, "motivo", r->reason, sizeof(r->reason), err)) != DONE ||
	    (s = take_text(root, "traceparent", r->traceparent,
		 sizeof(r->traceparent), err)) != DONE ||
	    (s = record_object(root, "gatilho", &trigger, err)) != DONE)
		return s;
	build_value(&r->trigger, trigger);
	while (each_next(&stage))
		build_value(&r->stages, stage.at);
	return take_numbers(r, root, err);
}

enum status
request_read(struct request *r, struct text json, struct error *err)
{
	struct record *rec = record_new();
	struct error why;
	enum status s;

	s = ndjson_parse(rec, json, &why);
	if (s == DONE)
		s = take_members(r, record_root(rec), &why);
	if (s == DONE && !request_id_is_valid(text_of(r->id)))
		s = fail(&why, BAD_INPUT, "requestId: none of ours");
	record_free(rec);
	if (s != DONE)
		return fail(err, BAD_INPUT, "a request on file: %s", why.text);
	return DONE;
}
