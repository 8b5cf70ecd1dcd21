/*
 * Made-up documents that must survive being read and written. Shared by the
 * unit test (a few) and the tool (as many as one likes).
 */
#ifndef VOLUM_TEST_ROUNDTRIP_H
#define VOLUM_TEST_ROUNDTRIP_H

#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"

/* One document, written compactly and with white space between its tokens. */
struct made {
	struct buf compact, spaced;
	uint64_t seed;
};

/* splitmix64: any seed does, the same numbers everywhere. */
static uint64_t
chance(struct made *m, uint64_t below)
{
	uint64_t z = m->seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

static void
put(struct made *m, const char *bytes, size_t len)
{
	buf_add(&m->compact, bytes, len);
	buf_add(&m->spaced, bytes, len);
}

static void
put_str(struct made *m, const char *s)
{
	put(m, s, strlen(s));
}

static void
put_space(struct made *m)
{
	while (chance(m, 4) == 0)
		buf_add_byte(&m->spaced, " \t\r\n"[chance(m, 4)]);
}

/* A code point of two to four bytes, those at the borders often. */
static void
put_utf8(struct made *m)
{
	static const unsigned borders[] = { 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000,
		0xfeff, 0xffff, 0x10000, 0x10ffff };
	unsigned c = borders[chance(m, 9)];
	char out[4];
	size_t len = 0;

	if (chance(m, 2))
		c = (unsigned)(0x80 + chance(m, 0x10ff80));
	if (c >= 0xd800 && c <= 0xdfff)
		c = 0xe3;
	if (c < 0x800) {
		out[len++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		out[len++] = (char)(0xe0 | c >> 12);
		out[len++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		out[len++] = (char)(0xf0 | c >> 18);
		out[len++] = (char)(0x80 | (c >> 12 & 0x3f));
		out[len++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	out[len++] = (char)(0x80 | (c & 0x3f));
	put(m, out, len);
}

static void
put_escape(struct made *m)
{
	char out[16];
	unsigned c;

	if (chance(m, 2)) {
		out[0] = '\\';
		out[1] = "\"\\/bfnrt"[chance(m, 8)];
		put(m, out, 2);
		return;
	}
	c = (unsigned)chance(m, chance(m, 2) ? 0x10000 : 0x80);
	if (c >= 0xd800 && c <= 0xdfff) {
		snprintf(out, sizeof(out), "\\u%04x\\u%04X", c & 0xdbff,
		    (unsigned)(0xdc00 + chance(m, 0x400)));
		put_str(m, out);
		return;
	}
	snprintf(out, sizeof(out), "\\u%02x%02X", c >> 8, c & 0xff);
	put_str(m, out);
}

static void
put_plain(struct made *m)
{
	char c = (char)(' ' + chance(m, 0x60)); /* to 0x7f */

	if (c == '"' || c == '\\')
		c = '_';
	put(m, &c, 1);
}

/* What stands between the quotes. */
static void
put_content(struct made *m)
{
	uint64_t pieces = chance(m, chance(m, 8) ? 12 : 80);
	uint64_t kind = chance(m, 4);

	while (pieces-- > 0) {
		if (kind == 0 || chance(m, 3))
			put_plain(m);
		else if (kind == 1 || (kind == 3 && chance(m, 2)))
			put_utf8(m);
		else
			put_escape(m);
	}
}

static void
put_string(struct made *m)
{
	put_str(m, "\"");
	put_content(m);
	put_str(m, "\"");
}

static void
put_digits(struct made *m, uint64_t most)
{
	uint64_t digits = 1 + chance(m, most);

	while (digits-- > 0)
		put(m, &"0123456789"[chance(m, 10)], 1);
}

static void
put_number(struct made *m)
{
	if (chance(m, 3) == 0)
		put_str(m, "-");
	if (chance(m, 4) == 0) {
		put_str(m, "0");
	} else {
		put(m, &"123456789"[chance(m, 9)], 1);
		if (chance(m, 3))
			put_digits(m, 25);
	}
	if (chance(m, 2)) {
		put_str(m, ".");
		put_digits(m, 20);
	}
	if (chance(m, 4) == 0) {
		put(m, &"eE"[chance(m, 2)], 1);
		if (chance(m, 2))
			put(m, &"+-"[chance(m, 2)], 1);
		put_digits(m, 4);
	}
}

static void put_value(struct made *m, int levels);

/* Names differ by the number at their end. */
static void
put_name(struct made *m, unsigned number)
{
	char tail[16];

	put_str(m, "\"");
	put_content(m);
	snprintf(tail, sizeof(tail), "#%u\"", number);
	put_str(m, tail);
	put_space(m);
	put_str(m, ":");
	put_space(m);
}

/* `levels` are left; the first one inside goes on to the deepest. */
static void
put_container(struct made *m, bool object, int levels)
{
	unsigned members = (unsigned)chance(m, chance(m, 20) ? 5 : 40);

	if (levels > 3)
		members++;
	put_str(m, object ? "{" : "[");
	put_space(m);
	for (unsigned i = 0; i < members; i++) {
		if (i > 0) {
			put_str(m, ",");
			put_space(m);
		}
		if (object)
			put_name(m, i);
		put_value(m, i == 0 ? levels : levels % 3);
		put_space(m);
	}
	put_str(m, object ? "}" : "]");
}

static void
put_value(struct made *m, int levels)
{
	static const char *const words[] = { "true", "false", "null" };
	uint64_t kind = chance(m, 8);

	if (levels > 0 && (kind < 3 || levels > 3))
		put_container(m, kind % 2, levels - 1);
	else if (kind < 5)
		put_string(m);
	else if (kind < 7)
		put_number(m);
	else
		put_str(m, words[chance(m, 3)]);
}

static void
make_document(struct made *m)
{
	buf_reset(&m->compact);
	buf_reset(&m->spaced);
	put_container(m, true,
	    chance(m, 50) ? (int)chance(m, 8) : (int)NDJSON_MAX_DEPTH - 1);
}

/* The document again from its decoded parts: only numbers keep their text. */
static void
rebuild(struct buf *out, struct value v)
{
	enum kind kind = value_kind(v);
	struct each it = value_each(v);

	if (kind == IS_TEXT) {
		build_text(out, value_text(v));
	} else if (kind == IS_OBJECT || kind == IS_ARRAY) {
		build_open(out, kind == IS_OBJECT ? '{' : '[');
		while (each_next(&it)) {
			if (kind == IS_OBJECT)
				build_name_text(out, it.name);
			rebuild(out, it.at);
		}
		build_close(out, kind == IS_OBJECT ? '}' : ']');
	} else {
		build_raw(out, value_raw(v));
	}
}

/* Reads `json` and writes it: as it was, or from its decoded parts. */
static bool
survives(struct record *rec, struct text json, struct text want,
    void (*write)(struct buf *, struct value), struct buf *out)
{
	struct error err;

	buf_reset(out);
	if (ndjson_parse(rec, json, &err) != DONE) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	write(out, record_root(rec));
	return want.at == NULL || text_same(buf_text(out), want);
}

/*
 * Makes `count` documents and gives the number of the first (from 1) that did
 * not survive, whose text is left in `m`; 0: all did. Each is written byte for
 * byte from its compact form and from the one with white space; and what is
 * built from its decoded parts stays the same when that is done twice.
 */
static uint64_t
first_lost(struct made *m, uint64_t count)
{
	struct record *rec = record_new();
	struct buf out = BUF_INIT, again = BUF_INIT;
	uint64_t i, lost = 0;

	for (i = 1; i <= count && lost == 0; i++) {
		make_document(m);
		if (!survives(rec, buf_text(&m->compact), buf_text(&m->compact),
			build_value, &out) ||
		    !survives(rec, buf_text(&m->spaced), buf_text(&m->compact),
			build_value, &out) ||
		    !survives(rec, buf_text(&m->compact),
			(struct text){ NULL, 0 }, rebuild, &out) ||
		    !survives(
			rec, buf_text(&out), buf_text(&out), rebuild, &again))
			lost = i;
	}
	buf_clear(&out);
	buf_clear(&again);
	record_free(rec);
	return lost;
}

#endif
