/*
 * JSON text to tokens: one pass, no recursion. A function that reads something
 * takes the place where it begins and gives the place behind it, or NULL when
 * it refused.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/parser.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *
skip_space(struct parser *p, const char *at)
{
	if (at == p->end || !is_space(*at))
		return at;
	if (p->depth > 0)
		p->rec->spaced = true;
	do
		at++;
	while (at < p->end && is_space(*at));
	return at;
}

static const char *
read_digits(struct parser *p, const char *at)
{
	const char *first = at;

	while (at < p->end && *at >= '0' && *at <= '9')
		at++;
	return at > first ? at : unexpected(p, at, N_(", a digit expected"));
}

/* At a digit or the sign. */
static const char *
read_number(struct parser *p, const char *start)
{
	const char *at = start + (*start == '-'), *first = at;

	if (!(at = read_digits(p, at)))
		return NULL;
	if (*first == '0' && at > first + 1)
		return refuse(p, first, N_(": number with a leading zero"));
	if (at < p->end && *at == '.' && !(at = read_digits(p, at + 1)))
		return NULL;
	if (at < p->end && (*at | 0x20) == 'e') {
		at++;
		if (at < p->end && (*at == '+' || *at == '-'))
			at++;
		if (!(at = read_digits(p, at)))
			return NULL;
	}
	add_token(p, IS_NUMBER, start, at);
	return at;
}

static const char *
read_word(struct parser *p, const char *start, const char *word, enum kind kind)
{
	const char *at = start;

	for (; *word; word++, at++)
		if (at == p->end || *at != *word)
			return unexpected(p, at, N_(", a value expected"));
	add_token(p, kind, start, at);
	return at;
}

static const char *
read_scalar(struct parser *p, const char *at)
{
	char c = at < p->end ? *at : '\0';

	if (c == '"')
		return read_string(p, at);
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(p, at);
	if (c == 't')
		return read_word(p, at, "true", IS_BOOL);
	if (c == 'f')
		return read_word(p, at, "false", IS_BOOL);
	if (c == 'n')
		return read_word(p, at, "null", IS_NULL);
	return unexpected(p, at, N_(", a value expected"));
}

/* A member's name and its colon. */
static const char *
read_name(struct parser *p, const char *at)
{
	struct token *name = p->rec->tokens + p->rec->count;

	at = skip_space(p, at);
	if (at == p->end || *at != '"')
		return unexpected(p, at, N_(", a name expected"));
	if (!(at = read_string(p, at)))
		return NULL;
	name->is_name = true;
	at = skip_space(p, at);
	if (at == p->end || *at != ':')
		return unexpected(p, at, N_(", `:` expected"));
	return at + 1;
}

static const char *
open_container(struct parser *p, const char *at)
{
	if (p->depth == NDJSON_MAX_DEPTH)
		return refuse(p, at, N_(": more than 64 levels"));
	p->open[p->depth++] = p->rec->count;
	add_token(p, *at == '{' ? IS_OBJECT : IS_ARRAY, at, at + 1);
	return at + 1;
}

/* At the closing bracket. */
static const char *
close_container(struct parser *p, const char *at)
{
	uint32_t index = p->open[--p->depth], repeated;
	struct token *t = p->rec->tokens + index;

	t->end = (uint32_t)(at + 1 - p->line);
	t->next = p->rec->count;
	if (t->kind == IS_OBJECT && (repeated = names_repeated(p->rec, index)))
		return refuse(p, p->line + p->rec->tokens[repeated].start,
		    N_(": name repeated in its object"));
	return at + 1;
}

/* Behind a value: closes what ends here, up to the place where the next value
 * begins. p->depth is 0 when the whole is done. */
static const char *
read_end(struct parser *p, const char *at)
{
	while (p->depth > 0) {
		uint32_t index = p->open[p->depth - 1];
		bool object = p->rec->tokens[index].kind == IS_OBJECT;

		at = skip_space(p, at);
		if (at < p->end && *at == ',')
			return object ? read_name(p, at + 1) : at + 1;
		if (at == p->end || *at != (object ? '}' : ']'))
			return unexpected(p, at,
			    object ? N_(", `,` or `}` expected")
				   : N_(", `,` or `]` expected"));
		if (!(at = close_container(p, at)))
			return NULL;
	}
	return at;
}

/* At an opening bracket: up to the first value inside, or past an empty one. */
static const char *
read_start(struct parser *p, const char *at)
{
	bool object = *at == '{';

	if (!(at = open_container(p, at)))
		return NULL;
	at = skip_space(p, at);
	if (at < p->end && *at == (object ? '}' : ']'))
		return read_end(p, at);
	return object ? read_name(p, at) : at;
}

static const char *
read_document(struct parser *p, const char *at)
{
	do {
		at = skip_space(p, at);
		if (at < p->end && (*at == '{' || *at == '[')) {
			at = read_start(p, at);
			continue;
		}
		if ((at = read_scalar(p, at)))
			at = read_end(p, at);
	} while (at && p->depth > 0);
	return at;
}

/* Of the content, the message shows one byte at most. */
static void
name_found(const struct parser *p, size_t column, struct error *err)
{
	if (p->bad == p->end)
		reject(
		    err, "json_invalido", "column %zu: unexpected end", column);
	else if (*p->bad > ' ' && *p->bad < 0x7f)
		reject(err, "json_invalido", "column %zu: unexpected `%c`",
		    column, *p->bad);
	else
		reject(err, "json_invalido",
		    "column %zu: unexpected byte 0x%02x", column,
		    (unsigned char)*p->bad);
}

static enum status
report(const struct parser *p, struct error *err)
{
	size_t column = (size_t)(p->bad - p->line) + 1;

	if (p->why)
		reject(err, "json_invalido", "column %zu", column);
	else
		name_found(p, column, err);
	error_add_words(err, p->why ? p->why : p->wanted);
	return SOME_REJECTED;
}

/* Room for the most tokens that `len` bytes can give, so that adding one needs
 * no check: a value takes a byte and one that parts it from the next, and of
 * opened containers at most NDJSON_MAX_DEPTH are not closed. */
static void
clear_record(struct record *rec, size_t len)
{
	size_t need = len / 2 + NDJSON_MAX_DEPTH + 2;

	if (need > rec->cap) {
		free(rec->tokens);
		rec->tokens = mem_alloc(need * sizeof(*rec->tokens));
		rec->cap = need;
	}
	rec->count = 0;
	rec->spaced = false;
	buf_reset(&rec->decoded);
}

/* All of the text; false with the fault in `p`. */
static bool
read_all(struct parser *p)
{
	const char *at = p->line;

	if (p->end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		return refuse(p, at, N_(": byte order mark")) != NULL;
	if (!(at = read_document(p, at)))
		return false;
	at = skip_space(p, at);
	return at == p->end ||
	    unexpected(p, at, N_(", the end expected")) != NULL;
}

enum status
ndjson_parse_any(struct record *rec, struct text json, struct error *err)
{
	struct parser p = {
		.rec = rec, .line = json.at, .end = json.at + json.len
	};

	if (json.len > BUF_DEFAULT_MAX) {
		rec->count = 0;
		return reject(err, "json_invalido", "longer than %d bytes",
		    BUF_DEFAULT_MAX);
	}
	rec->line = json.at;
	clear_record(rec, json.len);
	if (read_all(&p))
		return DONE;
	rec->count = 0;
	return report(&p, err);
}

enum status
ndjson_parse(struct record *rec, struct text line, struct error *err)
{
	enum status status = ndjson_parse_any(rec, line, err);
	uint32_t start;

	if (status != DONE || rec->tokens[0].kind == IS_OBJECT)
		return status;
	start = rec->tokens[0].start;
	rec->count = 0;
	return reject(err, "json_invalido",
	    "column %" PRIu32 ": a record must be an object", start + 1);
}
