/*
 * The token table that the parser fills and core/record reads; shared by
 * ndjson_*.c and record*.c, nobody else looks in here.
 *
 * A value is one token; the tokens of its members or items follow it. A name is
 * a text token, its value starts at the name's `next`. A string with escapes
 * has a second token of kind ABSENT behind it: the place of its decoded text in
 * `decoded`.
 */
#ifndef VOLUM_CORE_TOKENS_H
#define VOLUM_CORE_TOKENS_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/ndjson.h"

struct token {
	uint32_t start, end; /* bytes of the line, quotes and brackets too */
	uint32_t next;	     /* first token behind this one and all inside it */
	uint16_t mark;	     /* of a text: equal texts have equal marks */
	uint8_t kind;	     /* enum kind */
	bool escaped : 1;    /* a text whose decoded form follows */
	bool is_name : 1;    /* of a member: its value is at `next` */
};

/* A place in the table of names that finds repeated ones (ndjson_names.c). */
struct name_slot {
	uint32_t token, round; /* empty unless `round` is the current one */
};

struct record {
	const char *line;
	struct token *tokens;
	uint32_t count;
	size_t cap;
	bool spaced; /* white space stands between tokens */
	struct buf decoded;
	struct name_slot *slots;
	size_t slot_cap;
	uint32_t round;
};

/* The content of a text token. */
static inline struct text
token_text(const struct record *rec, const struct token *t)
{
	if (t->escaped)
		return (struct text){ rec->decoded.data + t[1].start,
			t[1].end - t[1].start };
	return (struct text){ rec->line + t->start + 1, t->end - t->start - 2 };
}

/* Cheap to compare before the bytes are: length, first and last byte. */
static inline uint16_t
text_mark(const char *at, size_t len)
{
	unsigned first = len ? (unsigned char)at[0] : 0;
	unsigned last = len ? (unsigned char)at[len - 1] : 0;

	return (uint16_t)(len * 7 + first * 256 + last * 32);
}

/* The first token of the object at `object` whose name an earlier one has too
 * (0: none). */
uint32_t names_repeated(struct record *rec, uint32_t object);

/*
 * The end of the run from `at` that a JSON string may hold as it is: stops at
 * `"`, `\` and control characters, and with `ascii` at bytes beyond ASCII.
 */
static inline const char *
clean_run(const char *at, const char *end, bool ascii)
{
#ifdef __SSE2__
	while (end - at >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
		/* As signed bytes, all beyond ASCII are below the space. */
		__m128i low = ascii
		    ? _mm_cmplt_epi8(v, _mm_set1_epi8(' '))
		    : _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(31)), v);
		__m128i stop = _mm_or_si128(low,
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
		unsigned found = (unsigned)_mm_movemask_epi8(stop);

		if (found)
			return at + __builtin_ctz(found);
		at += 16;
	}
#endif
	while (at < end && *at != '"' && *at != '\\' &&
	    (unsigned char)*at >= ' ' && !(ascii && (*at & 0x80)))
		at++;
	return at;
}

#endif
