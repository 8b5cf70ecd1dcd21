#include "core/envelope.h"

#include <stdlib.h>

#include "core/base64.h"
#include "core/ndjson.h"

enum { MAX_NESTED = 8 };

/* What was unpacked, by how many envelopes were around it. */
struct envelope {
	struct record *inner[MAX_NESTED];
	struct buf decoded[MAX_NESTED];
	int attempts; /* before, of the record in hand */
};

enum shape { PLAIN, GATEWAY_EVENT, RULES, REJECTED_LINE };

/* One walk through all that is inside. Without `each` it only checks. */
struct walk {
	struct envelope *e;
	envelope_fn each;
	void *ctx;
	struct error *err;
	int depth; /* envelopes opened */
};

static enum status
open_record(struct walk *w, const struct record *rec, struct text raw);

struct envelope *
envelope_new(void)
{
	struct envelope *e = mem_zalloc(sizeof(*e));

	for (int i = 0; i < MAX_NESTED; i++)
		e->inner[i] = record_new();
	return e;
}

void
envelope_free(struct envelope *e)
{
	if (e == NULL)
		return;
	for (int i = 0; i < MAX_NESTED; i++) {
		record_free(e->inner[i]);
		buf_clear(&e->decoded[i]);
	}
	free(e);
}

static enum shape
shape_of(struct value root)
{
	if (value_kind(value_member(root, "httpMethod")) == IS_TEXT)
		return GATEWAY_EVENT;
	if (value_kind(value_member(root, "Rules")) == IS_ARRAY)
		return RULES;
	if (value_kind(value_member(root, "rejeitado")) == IS_OBJECT)
		return REJECTED_LINE;
	return PLAIN;
}

static enum status
invalid(struct walk *w, const char *where, const char *why)
{
	return reject(w->err, "envelope_invalido", "%s: %s", where, why);
}

static enum status
open_json(struct walk *w, const char *where, struct text json)
{
	struct record *inner;
	enum status status;

	if (w->depth == MAX_NESTED)
		return invalid(
		    w, where, "more than 8 envelopes, one in another");
	inner = w->e->inner[w->depth];
	if (ndjson_parse(inner, json, w->err) != DONE)
		return invalid(w, where, w->err->text);
	w->depth++;
	status = open_record(w, inner, value_raw(record_root(inner)));
	w->depth--;
	return status;
}

static enum status
open_base64(struct walk *w, const char *where, struct value v)
{
	struct buf *bytes = &w->e->decoded[w->depth];

	buf_reset(bytes);
	if (value_kind(v) != IS_TEXT || !base64_decode(bytes, value_text(v)))
		return invalid(w, where, "no base64 text");
	return open_json(w, where, buf_text(bytes));
}

/* A record as it is, or as the text of a JSON string. */
static enum status
open_value(struct walk *w, const char *where, struct value v)
{
	switch (value_kind(v)) {
	case IS_OBJECT:
		return open_json(w, where, value_raw(v));
	case IS_TEXT:
		return open_json(w, where, value_text(v));
	case ABSENT:
		return invalid(w, where, "missing");
	case IS_NULL:
		return invalid(w, where, "null");
	default:
		return invalid(w, where, "no object and no JSON text");
	}
}

static enum status
open_gateway_event(struct walk *w, struct value root)
{
	struct value body = value_member(root, "body");

	if (value_is_true(value_member(root, "isBase64Encoded")) &&
	    !value_is_empty(body))
		return open_base64(w, "body", body);
	return open_value(w, "body", body);
}

static enum status
open_rules(struct walk *w, struct value root)
{
	struct each rule = value_each(value_member(root, "Rules"));
	enum status status = invalid(w, "Rules", "no Targets with an Input");
	char where[80];

	while (each_next(&rule)) {
		struct each target =
		    value_each(value_member(rule.at, "Targets"));

		while (each_next(&target)) {
			struct value input = value_member(target.at, "Input");

			if (value_kind(input) == ABSENT)
				continue;
			value_path(input, where, sizeof(where));
			if ((status = open_value(w, where, input)) != DONE)
				return status;
		}
	}
	return status;
}

/* Whatever stands there: the line is here because it was refused once. */
static int
read_attempts(struct value root)
{
	int64_t attempts = 1;
	struct error ignored;

	record_integer(value_member(root, "rejeitado"), "tentativas", 1,
	    INT64_MAX, &attempts, &ignored);
	return attempts < ENVELOPE_MAX_ATTEMPTS ? (int)attempts
						: ENVELOPE_MAX_ATTEMPTS;
}

static enum status
open_rejected_line(struct walk *w, struct value root)
{
	struct value coded = value_member(root, "registroBase64");
	int before = w->e->attempts, attempts = read_attempts(root);
	enum status s;

	if (attempts > before)
		w->e->attempts = attempts;
	if (value_kind(coded) != ABSENT)
		s = open_base64(w, "registroBase64", coded);
	else
		s = open_value(w, "registro", value_member(root, "registro"));
	if (s == DONE)
		w->e->attempts = before;
	return s;
}

static enum status
hand_on(struct walk *w, const struct record *rec, struct text raw)
{
	enum status status = DONE;

	if (w->each)
		status = w->each(rec, raw, w->ctx, w->err);
	return status == SOME_REJECTED ? DONE : status;
}

static enum status
open_record(struct walk *w, const struct record *rec, struct text raw)
{
	struct value root = record_root(rec);

	switch (shape_of(root)) {
	case GATEWAY_EVENT:
		return open_gateway_event(w, root);
	case RULES:
		return open_rules(w, root);
	case REJECTED_LINE:
		return open_rejected_line(w, root);
	default:
		return hand_on(w, rec, raw);
	}
}

enum status
envelope_open(struct envelope *e, const struct record *outer, struct text raw,
    envelope_fn each, void *ctx, struct error *err)
{
	struct walk check = { .e = e, .err = err }, w = check;
	enum status status;

	e->attempts = 0;
	w.each = each;
	w.ctx = ctx;
	if (shape_of(record_root(outer)) == PLAIN)
		return hand_on(&w, outer, raw);
	/* All or nothing: a refused envelope is fed in again as a whole. */
	if ((status = open_record(&check, outer, raw)) != DONE)
		return status;
	return open_record(&w, outer, raw);
}

int
envelope_attempts(const struct envelope *e)
{
	return e->attempts;
}
