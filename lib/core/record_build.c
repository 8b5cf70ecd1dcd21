/* Building JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/tokens.h"

static void
comma(struct buf *b)
{
	char last = b->len ? b->data[b->len - 1] : '\n';

	if (last != '{' && last != '[' && last != ':' && last != '\n')
		buf_add_byte(b, ',');
}

void
build_open(struct buf *b, char bracket)
{
	comma(b);
	buf_add_byte(b, bracket);
}

void
build_close(struct buf *b, char bracket)
{
	buf_add_byte(b, bracket);
}

void
build_name_text(struct buf *b, struct text name)
{
	build_text(b, name);
	buf_add_byte(b, ':');
}

static void
add_escape(struct buf *b, char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	static const char hex[] = "0123456789abcdef";
	const char *found = memchr(from, c, sizeof(from) - 1);

	if (found) {
		buf_add_byte(b, '\\');
		buf_add_byte(b, to[found - from]);
		return;
	}
	buf_add(b, "\\u00", 4);
	buf_add_byte(b, hex[c >> 4]);
	buf_add_byte(b, hex[c & 15]);
}

void
build_text(struct buf *b, struct text t)
{
	const char *at = t.at, *end = t.at + t.len, *run;

	comma(b);
	buf_add_byte(b, '"');
	while (at < end) {
		run = at;
		at = clean_run(at, end, false);
		buf_add(b, run, (size_t)(at - run));
		if (at < end)
			add_escape(b, *at++);
	}
	buf_add_byte(b, '"');
}

void
build_integer(struct buf *b, int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n);

	comma(b);
	buf_add(b, digits, (size_t)len);
}

void
build_bool(struct buf *b, bool truth)
{
	build_raw(b, truth ? TEXT("true") : TEXT("false"));
}

void
build_null(struct buf *b)
{
	build_raw(b, TEXT("null"));
}

void
build_raw(struct buf *b, struct text json)
{
	comma(b);
	buf_add_text(b, json);
}

/* What stands between two tokens: brackets, commas, colons and white space. */
static void
add_between(struct buf *b, const char *at, const char *end)
{
	for (; at < end; at++)
		if (*at > ' ')
			buf_add_byte(b, *at);
}

/* Scalars byte for byte; the brackets stand between them. */
static void
add_compact(struct buf *b, const struct record *rec, uint32_t index)
{
	const struct token *t = rec->tokens + index;
	const struct token *end = rec->tokens + t->next;
	const char *at = rec->line + t->start;
	const char *last = rec->line + t->end;

	for (; t < end; t++) {
		if (t->kind == IS_OBJECT || t->kind == IS_ARRAY ||
		    t->kind == ABSENT)
			continue;
		add_between(b, at, rec->line + t->start);
		buf_add(b, rec->line + t->start, t->end - t->start);
		at = rec->line + t->end;
	}
	add_between(b, at, last);
}

void
build_value(struct buf *b, struct value v)
{
	if (v.record == NULL) {
		build_null(b);
	} else if (v.record->spaced) {
		comma(b);
		add_compact(b, v.record, v.token);
	} else {
		build_raw(b, value_raw(v));
	}
}

void
build_text_member(struct buf *b, const char *name, struct text t)
{
	build_name(b, name);
	build_text(b, t);
}

/* As it stands in the line: the name is the text token before its value. */
static struct text
raw_name(const struct each *it)
{
	const struct record *rec = it->at.record;
	const struct token *t = rec->tokens + it->at.token - 1;

	if (t->kind == ABSENT)
		t--;
	return (struct text){ rec->line + t->start, t->end - t->start };
}

static bool
is_one_of(struct text name, const char *const *names)
{
	for (; names && *names; names++)
		if (text_is(name, *names))
			return true;
	return false;
}

void
build_members_but(struct buf *b, struct value object, const char *const *except)
{
	struct each it = value_each(object);

	while (each_next(&it)) {
		if (is_one_of(it.name, except))
			continue;
		comma(b);
		buf_add_text(b, raw_name(&it));
		buf_add_byte(b, ':');
		build_value(b, it.at);
	}
}
