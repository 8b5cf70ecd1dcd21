/*
 * What the two halves of the parser share (ndjson_parse.c, ndjson_string.c). A
 * function that reads something takes the place where it begins and gives the
 * place behind it, or NULL when it refused.
 */
#ifndef VOLUM_CORE_PARSER_H
#define VOLUM_CORE_PARSER_H

#include "core/language.h"
#include "core/tokens.h"

struct parser {
	struct record *rec;
	const char *line, *end;
	int depth;
	uint32_t open[NDJSON_MAX_DEPTH]; /* tokens of the open containers */
	/* The fault: where, what is wrong, and what should stand there, as the
	 * end of a message. */
	const char *bad, *why, *wanted;
};

/* `why` and `wanted` are marked by N_(). */
static inline const char *
refuse(struct parser *p, const char *at, const char *why)
{
	p->bad = at;
	p->why = why;
	return NULL;
}

/* The byte at `at` (or the end) where `wanted` should stand. */
static inline const char *
unexpected(struct parser *p, const char *at, const char *wanted)
{
	p->bad = at;
	p->wanted = wanted;
	return NULL;
}

static inline struct token *
add_token(struct parser *p, enum kind kind, const char *start, const char *end)
{
	struct token *t = p->rec->tokens + p->rec->count++;

	*t = (struct token){ .start = (uint32_t)(start - p->line),
		.end = (uint32_t)(end - p->line),
		.next = p->rec->count,
		.kind = (uint8_t)kind };
	return t;
}

/* At the opening quote. */
const char *read_string(struct parser *p, const char *at);

#endif
