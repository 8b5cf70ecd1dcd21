/* Walks over an answer of any size while holding one element of it. */
#include "net/usage_answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"

enum { CHUNK = 64 * 1024 };

enum place { AT_START, IN_LIST, AT_END };

struct answer {
	const char *at, *end; /* the window over what was read */
	int fd;		      /* where more comes from; -1: nowhere */
	char *chunk;
	struct buf value; /* of the element in hand */
	struct record *record;
	enum place place;
	bool in_object, has_data, first;
};

struct answer *
answer_new(void)
{
	struct answer *a = mem_zalloc(sizeof(*a));

	a->record = record_new();
	a->value.max = NDJSON_MAX_LINE;
	a->fd = -1;
	return a;
}

void
answer_free(struct answer *a)
{
	if (a == NULL)
		return;
	record_free(a->record);
	buf_clear(&a->value);
	free(a->chunk);
	free(a);
}

static void
start(struct answer *a, struct text window, int fd)
{
	a->at = window.at;
	a->end = window.at + window.len;
	a->fd = fd;
	a->place = AT_START;
	a->in_object = a->has_data = false;
	a->first = true;
}

void
answer_over_text(struct answer *a, struct text json)
{
	start(a, json.at == NULL ? TEXT("") : json, -1);
}

void
answer_over_file(struct answer *a, int fd)
{
	if (a->chunk == NULL)
		a->chunk = mem_alloc(CHUNK);
	lseek(fd, 0, SEEK_SET);
	start(a, (struct text){ a->chunk, 0 }, fd);
}

/* False at the end; a file that can't be read ends there, which is a cut. */
static bool
refill(struct answer *a)
{
	ssize_t n;

	if (a->at < a->end)
		return true;
	if (a->fd < 0)
		return false;
	do
		n = read(a->fd, a->chunk, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	a->at = a->chunk;
	a->end = a->chunk + n;
	return true;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The next byte that is no white space, left in place; -1 at the end. */
static int
peek(struct answer *a)
{
	while (refill(a)) {
		if (!is_space(*a->at))
			return (unsigned char)*a->at;
		a->at++;
	}
	return -1;
}

static bool
take(struct answer *a, char wanted)
{
	if (peek(a) != (unsigned char)wanted)
		return false;
	a->at++;
	return true;
}

/* How far a value has been followed. Only its end is looked for here; whether
 * it is valid is the parser's question. */
struct trace {
	int depth;
	bool in_string, escaped, done;
};

/* True: `c` belongs to the value. Sets `done` with or after its last byte. */
static bool
follow(struct trace *t, char c)
{
	if (t->in_string) {
		if (t->escaped)
			t->escaped = false;
		else if (c == '\\')
			t->escaped = true;
		else if (c == '"')
			t->in_string = false;
		t->done = !t->in_string && t->depth == 0;
		return true;
	}
	if (c == '"') {
		t->in_string = true;
	} else if (c == '{' || c == '[') {
		t->depth++;
	} else if (t->depth == 0) { /* a number or a word, or behind it */
		t->done = is_space(c) || strchr(",:]}", c) != NULL;
		return !t->done;
	} else if (c == '}' || c == ']') {
		t->done = --t->depth == 0;
	}
	return true;
}

/* One value into a->value; false when it was cut or is too large. */
static bool
collect(struct answer *a)
{
	struct trace t = { 0 };

	buf_reset(&a->value);
	if (peek(a) < 0)
		return false;
	while (!t.done && refill(a)) {
		const char *from = a->at;

		while (a->at < a->end && !t.done)
			if (follow(&t, *a->at))
				a->at++;
		buf_add(&a->value, from, (size_t)(a->at - from));
	}
	return t.done && !a->value.overflown;
}

static enum answer_step
not_json(struct error *why)
{
	error_say(why, "usage API: the answer was cut or isn't JSON");
	return ANSWER_NOT_JSON;
}

static enum answer_step
bad_shape(struct error *why, const char *text)
{
	error_say(why, "usage API: the answer %s", text);
	return ANSWER_BAD_SHAPE;
}

static bool
parse_value(struct answer *a)
{
	struct error unused;

	return collect(a) &&
	    ndjson_parse_any(a->record, buf_text(&a->value), &unused) == DONE;
}

/* One member of the outer object; ANSWER_ELEMENT: the list has begun. */
static enum answer_step
next_member(struct answer *a, struct error *why)
{
	bool is_data;

	if (peek(a) != '"' || !parse_value(a))
		return not_json(why);
	is_data = value_is_text(record_root(a->record), "data");
	if (!take(a, ':'))
		return not_json(why);
	if (!is_data)
		return parse_value(a) ? ANSWER_END : not_json(why);
	if (a->has_data)
		return bad_shape(why, "has two members `data`");
	if (!take(a, '['))
		return peek(a) < 0
		    ? not_json(why)
		    : bad_shape(why, "has a `data` that is no array");
	a->has_data = true;
	return ANSWER_ELEMENT;
}

/* Goes through the members of the outer object until its list begins or it
 * ends. */
static enum answer_step
walk_object(struct answer *a, struct error *why)
{
	enum answer_step step;

	while (!take(a, '}')) {
		if (!a->first && !take(a, ','))
			return not_json(why);
		a->first = false;
		if ((step = next_member(a, why)) != ANSWER_END) {
			a->place = IN_LIST;
			a->first = true;
			return step;
		}
	}
	a->place = AT_END;
	return a->has_data ? ANSWER_END
			   : bad_shape(why, "is an object without `data`");
}

static enum answer_step
begin(struct answer *a, struct error *why)
{
	if (take(a, '[')) {
		a->place = IN_LIST;
		return ANSWER_ELEMENT;
	}
	if (take(a, '{')) {
		a->in_object = true;
		return walk_object(a, why);
	}
	return not_json(why);
}

static enum answer_step
take_element(
    struct answer *a, struct text *id, struct value *element, struct error *why)
{
	struct error unused;

	if (!parse_value(a))
		return a->value.overflown
		    ? bad_shape(why, "has an element that is too large")
		    : not_json(why);
	*element = record_root(a->record);
	if (value_kind(*element) != IS_OBJECT)
		return bad_shape(why, "has an element that is no object");
	if (record_identifier(*element, "idEmpresa", id, &unused) != DONE)
		return bad_shape(
		    why, "has an element without a valid `idEmpresa`");
	return ANSWER_ELEMENT;
}

/* Behind the list: the rest of the object, then nothing more. */
static enum answer_step
finish(struct answer *a, struct error *why)
{
	enum answer_step step;

	a->place = AT_END;
	a->first = false;
	if (a->in_object && (step = walk_object(a, why)) != ANSWER_END)
		return step;
	return peek(a) < 0 ? ANSWER_END : not_json(why);
}

enum answer_step
answer_next(
    struct answer *a, struct text *id, struct value *element, struct error *why)
{
	enum answer_step step = ANSWER_ELEMENT;

	if (a->place == AT_START)
		step = begin(a, why);
	if (step != ANSWER_ELEMENT)
		return step;
	if (a->place == AT_END)
		return ANSWER_END;
	if (take(a, ']'))
		return finish(a, why);
	if (!a->first && !take(a, ','))
		return not_json(why);
	a->first = false;
	return take_element(a, id, element, why);
}
