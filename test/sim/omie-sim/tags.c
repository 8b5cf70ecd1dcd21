/* Reading an object against the tags that its structure knows. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "domain/money.h"
#include "sim/omie-sim/tags.h"

/* Upper and lower case do not matter for the match (1.2 [I]). */
static const struct tag *
find_tag(const struct structure *s, struct text name)
{
	for (const struct tag *t = s->tags; t->name != NULL; t++)
		if (strlen(t->name) == name.len &&
		    strncasecmp(t->name, name.at, name.len) == 0)
			return t;
	return NULL;
}

static struct value
find_member(struct value v, const char *name)
{
	struct value exact = value_member(v, name);
	struct each it;

	if (value_kind(exact) != ABSENT)
		return exact;
	for (it = value_each(v); each_next(&it);)
		if (it.name.len == strlen(name) &&
		    strncasecmp(name, it.name.at, it.name.len) == 0)
			return it.at;
	return NO_VALUE;
}

/* 1.2, 3: one tag per answer, in UPPER CASE [R; S]. */
static bool
unknown_tag(struct call *c, const struct structure *s, struct text name)
{
	char upper[64];

	copy_text(upper, sizeof(upper), name);
	for (char *p = upper; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	return call_fault(c, 5001,
	    "ERROR: Tag [%s] não faz parte da estrutura do tipo complexo "
	    "[%s]!",
	    upper, s->name);
}

bool
tags_known(struct call *c, const struct structure *s, struct value v)
{
	struct each it, item;

	for (it = value_each(v); each_next(&it);) {
		const struct tag *t = find_tag(s, it.name);

		if (t == NULL)
			return unknown_tag(c, s, it.name);
		if (t->kind == TAG_OBJECT && value_kind(it.at) == IS_OBJECT &&
		    !tags_known(c, t->inner, it.at))
			return false;
		if (t->kind != TAG_LIST || value_kind(it.at) != IS_ARRAY)
			continue;
		for (item = value_each(it.at); each_next(&item);)
			if (value_kind(item.at) == IS_OBJECT &&
			    !tags_known(c, t->inner, item.at))
				return false;
	}
	return true;
}

/* 3: code 3102 for a type problem [1]; the text is invented. */
static bool
wrong_kind(struct call *c, const struct tag *t)
{
	return call_fault(
	    c, 3102, "ERROR: O conteúdo da tag [%s] é inválido!", t->name);
}

static size_t
characters(struct text t)
{
	size_t n = 0;

	for (size_t i = 0; i < t.len; i++)
		n += ((unsigned char)t.at[i] & 0xc0) != 0x80;
	return n;
}

static struct text
cut(struct text t, size_t most)
{
	size_t n = 0, i = 0;

	for (; i < t.len; i++)
		if (((unsigned char)t.at[i] & 0xc0) != 0x80 && n++ == most)
			break;
	return (struct text){ t.at, i };
}

/*
 * 4.2 [?]: what happens to over-long text is unknown, hence --long-strings; a
 * cCodIntCtr above 20 was refused (5.4 [1]) and always is. Lengths are in
 * characters. The text and its code are invented.
 */
static bool
read_text(struct call *c, const struct tag *t, struct text text, struct buf *b)
{
	if (t->length > 0 && characters(text) > t->length) {
		if (c->sim->set->long_strings == FIRST ||
		    strcmp(t->name, "cCodIntCtr") == 0)
			return call_fault(c, 3102,
			    "ERROR: O conteúdo da tag [%s] excede %zu "
			    "caracteres !",
			    t->name, t->length);
		text = cut(text, t->length);
	}
	build_text_member(b, t->name, text);
	return true;
}

/* A number, also as text: Omie is a PHP service (1.1); "" is as if absent. */
static bool
read_number(struct call *c, const struct tag *t, struct value v, struct buf *b)
{
	struct text text =
	    value_kind(v) == IS_TEXT ? value_text(v) : value_raw(v);
	int64_t micro;

	if (text.len == 0)
		return true;
	if (t->kind == TAG_DECIMAL) {
		if (decimal_read(text, 6, &micro, NULL) != DECIMAL_OK)
			return wrong_kind(c, t);
		build_decimal(b, t->name, micro);
		return true;
	}
	for (size_t i = text.at[0] == '-'; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9' || i > 18 ||
		    (text.at[0] == '0' && text.len > 1))
			return wrong_kind(c, t);
	build_name(b, t->name);
	build_raw(b, text);
	return true;
}

static bool
read_scalar(struct call *c, const struct tag *t, struct value v, struct buf *b)
{
	enum kind kind = value_kind(v);
	int64_t day;

	if (kind == IS_OBJECT || kind == IS_ARRAY ||
	    (kind == IS_BOOL) != (t->kind == TAG_BOOL))
		return wrong_kind(c, t);
	switch (t->kind) {
	case TAG_BOOL:
		build_name(b, t->name);
		build_bool(b, value_is_true(v));
		return true;
	case TAG_DECIMAL:
	case TAG_INTEGER:
		return read_number(c, t, v, b);
	case TAG_DATE:
		if (value_given(v) && !date_read(value_text(v), &day))
			return wrong_kind(c, t);
		build_text_member(b, t->name, value_text(v));
		return true;
	default:
		return read_text(
		    c, t, kind == IS_TEXT ? value_text(v) : value_raw(v), b);
	}
}

static bool read_object(
    struct call *c, const struct structure *s, struct value v, struct buf *b);

static bool
read_list(struct call *c, const struct tag *t, struct value v, struct buf *b)
{
	struct each it;

	if (value_kind(v) != IS_ARRAY)
		return wrong_kind(c, t);
	build_name(b, t->name);
	build_open(b, '[');
	for (it = value_each(v); each_next(&it);) {
		if (value_kind(it.at) != IS_OBJECT)
			return wrong_kind(c, t);
		if (!read_object(c, t->inner, it.at, b))
			return false;
	}
	build_close(b, ']');
	return true;
}

static bool
read_member(struct call *c, const struct tag *t, struct value v, struct buf *b)
{
	if (t->kind == TAG_OUTPUT || value_is_empty(v))
		return true;
	if (t->kind == TAG_LIST)
		return read_list(c, t, v, b);
	if (t->kind != TAG_OBJECT)
		return read_scalar(c, t, v, b);
	if (value_kind(v) != IS_OBJECT) {
		/* PHP writes an empty object as [] (1.1 [I]). */
		if (!value_given(v))
			return true;
		return wrong_kind(c, t);
	}
	build_name(b, t->name);
	return read_object(c, t->inner, v, b);
}

static bool
read_object(
    struct call *c, const struct structure *s, struct value v, struct buf *b)
{
	build_open(b, '{');
	for (const struct tag *t = s->tags; t->name != NULL; t++)
		if (!read_member(c, t, find_member(v, t->name), b))
			return false;
	build_close(b, '}');
	return true;
}

bool
tags_read(struct call *c, const struct structure *s, struct value v,
    struct value *out)
{
	struct buf b = BUF_INIT;
	bool good = read_object(c, s, v, &b);

	if (good)
		*out = call_parse(c, buf_text(&b));
	buf_clear(&b);
	return good;
}

void
tags_merge(struct buf *b, const struct structure *s, struct value old,
    struct value sent, bool deep)
{
	for (const struct tag *t = s->tags; t->name != NULL; t++) {
		struct value was = value_member(old, t->name);
		struct value is = value_member(sent, t->name);

		if (value_kind(is) == ABSENT && value_kind(was) == ABSENT)
			continue;
		/* An empty array is ignored, not a deletion (5.2 [R]). */
		if (deep && t->kind == TAG_LIST && value_count(is) == 0 &&
		    value_kind(was) != ABSENT)
			is = was;
		build_name(b, t->name);
		if (deep && t->kind == TAG_OBJECT) {
			build_open(b, '{');
			tags_merge(b, t->inner, was, is, true);
			build_close(b, '}');
		} else {
			build_value(b, value_kind(is) == ABSENT ? was : is);
		}
	}
}
