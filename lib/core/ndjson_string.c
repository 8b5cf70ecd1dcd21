/* Strings of JSON: UTF-8 checked, escapes decoded. */
#include <string.h>

#include "core/parser.h"

/* RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */
static size_t
utf8_length(const unsigned char *at, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len = *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;

	if (*at < 0xc2 || *at > 0xf4 || left < len)
		return 0;
	if (*at == 0xe0)
		low = 0xa0;
	else if (*at == 0xed)
		high = 0x9f;
	else if (*at == 0xf0)
		low = 0x90;
	else if (*at == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Bytes beyond ASCII, to the next one within. */
static const char *
read_utf8(struct parser *p, const char *at)
{
	while (at < p->end && (*at & 0x80)) {
		size_t len = utf8_length(
		    (const unsigned char *)at, (size_t)(p->end - at));

		if (len == 0)
			return refuse(p, at, N_(": invalid UTF-8"));
		at += len;
	}
	return at;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind `\u`. */
static const char *
read_hex(struct parser *p, const char *at, unsigned *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, at++) {
		int digit = at < p->end ? hex_digit(*at) : -1;

		if (digit < 0)
			return unexpected(
			    p, at, N_(", four hexadecimal digits expected"));
		*unit = *unit * 16 + (unsigned)digit;
	}
	return at;
}

static void
add_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_add_byte(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_byte(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_add_byte(out, (char)(0xe0 | c >> 12));
		} else {
			buf_add_byte(out, (char)(0xf0 | c >> 18));
			buf_add_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_add_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_add_byte(out, (char)(0x80 | (c & 0x3f)));
}

/* Behind `\u`: one code point, of one or two escapes. */
static const char *
read_code_point(struct parser *p, const char *at)
{
	const char *escape = at - 2;
	unsigned c, low;

	if (!(at = read_hex(p, at, &c)))
		return NULL;
	if (c >= 0xd800 && c <= 0xdfff) {
		if (c > 0xdbff || p->end - at < 2 || memcmp(at, "\\u", 2) != 0)
			return refuse(p, escape, N_(": lone surrogate escape"));
		if (!(at = read_hex(p, at + 2, &low)))
			return NULL;
		if (low < 0xdc00 || low > 0xdfff)
			return refuse(p, escape, N_(": lone surrogate escape"));
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	add_utf8(&p->rec->decoded, c);
	return at;
}

/* At a backslash. */
static const char *
read_escape(struct parser *p, const char *at)
{
	static const char from[] = "\"\\/bfnrtu", to[] = "\"\\/\b\f\n\r\t";
	const char *found = NULL;

	if (++at < p->end)
		found = memchr(from, *at, sizeof(from) - 1);
	if (found == NULL)
		return unexpected(p, at, N_(", one of \"\\/bfnrtu expected"));
	if (*found == 'u')
		return read_code_point(p, at + 1);
	buf_add_byte(&p->rec->decoded, to[found - from]);
	return at + 1;
}

static const char *
string_fault(struct parser *p, const char *at)
{
	if (at == p->end)
		return unexpected(p, at, N_(", the closing quote expected"));
	return refuse(p, at, N_(": control character not escaped"));
}

/* A string with at least one escape, again from its first byte. */
static const char *
read_escaped(struct parser *p, const char *start)
{
	struct buf *out = &p->rec->decoded;
	const char *at = start + 1, *run;
	uint32_t from = (uint32_t)out->len;
	struct token *t;

	for (;;) {
		run = at;
		while (
		    (at = clean_run(at, p->end, true)) < p->end && (*at & 0x80))
			if (!(at = read_utf8(p, at)))
				return NULL;
		buf_add(out, run, (size_t)(at - run));
		if (at == p->end || *at != '\\')
			break;
		if (!(at = read_escape(p, at)))
			return NULL;
	}
	if (at == p->end || *at != '"')
		return string_fault(p, at);
	t = add_token(p, IS_TEXT, start, at + 1);
	t->escaped = true;
	t->next++;
	t->mark = text_mark(out->data + from, out->len - from);
	t = add_token(p, ABSENT, p->line, p->line);
	t->start = from;
	t->end = (uint32_t)out->len;
	return at + 1;
}

const char *
read_string(struct parser *p, const char *start)
{
	const char *at = start + 1;

	while ((at = clean_run(at, p->end, true)) < p->end && (*at & 0x80))
		if (!(at = read_utf8(p, at)))
			return NULL;
	if (at == p->end)
		return string_fault(p, at);
	if (*at == '\\')
		return read_escaped(p, start);
	if (*at != '"')
		return string_fault(p, at);
	add_token(p, IS_TEXT, start, at + 1)->mark =
	    text_mark(start + 1, (size_t)(at - start - 1));
	return at + 1;
}
