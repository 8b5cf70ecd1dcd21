#include "core/jqprog_value.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_DEPTH = 256,
	EXACT_DIGITS = 15 /* any decimal of so many survives a double */
};

#define MAX_EXACT 9007199254740992.0 /* 2^53: whole numbers up to it do too */

static const char *write_value(struct buf *b, const jv *v, int depth);

/* The digits of a JSON number from the first that is not 0 to the last such;
 * at most `size` are kept, all are counted. */
static size_t
significant_digits(struct text number, char *digits, size_t size)
{
	size_t count = 0, last = 0;

	for (size_t i = 0; i < number.len && (number.at[i] | 0x20) != 'e';
	     i++) {
		char c = number.at[i];

		if (c < '0' || c > '9' || (c == '0' && count == 0))
			continue;
		if (count < size)
			digits[count] = c;
		count++;
		if (c != '0')
			last = count;
	}
	return last;
}

/*
 * Whether a double carries `number` as it is written. Beyond 2^53 nothing is
 * let in: jq 1.6 aborts when it makes a date of it.
 */
static bool
is_exact(struct text number, double d, bool in_range)
{
	char digits[EXACT_DIGITS + 1];
	size_t count = significant_digits(number, digits, sizeof(digits));

	if (count == 0)
		return true;
	if (!in_range || fabs(d) > MAX_EXACT)
		return false;
	if (count <= EXACT_DIGITS)
		return true;
	/* 2^53 is also what 2^53 + 1 is read as. */
	return count == EXACT_DIGITS + 1 && d == (double)(int64_t)d &&
	    (fabs(d) < MAX_EXACT ||
		memcmp(digits, "9007199254740992", sizeof(digits)) == 0);
}

static enum status
take_number(const char *program, struct value v, jv *out, struct error *err)
{
	struct buf text = BUF_INIT; /* strtod() wants an end */
	char path[160];
	bool in_range;
	double d;

	buf_add_text(&text, value_raw(v));
	errno = 0;
	d = strtod(buf_cstr(&text), NULL);
	in_range = errno != ERANGE;
	buf_clear(&text);
	if (!is_exact(value_raw(v), d, in_range)) {
		value_path(v, path, sizeof(path));
		reject(err, "programa_falhou",
		    "%s: %s: a number that jq can't carry as written", program,
		    path);
		error_advise(err, "send it as text");
		return SOME_REJECTED;
	}
	*out = jv_number(d == 0 ? 0 : d); /* -0 and 0 are one number */
	return DONE;
}

static jv
take_text(struct text t)
{
	return jv_string_sized(t.at, (int)t.len);
}

/* Not deeper than the parser let it be, NDJSON_MAX_DEPTH. */
static enum status
take_container(const char *program, struct value v, jv *out, struct error *err)
{
	bool is_object = value_kind(v) == IS_OBJECT;
	jv whole = is_object ? jv_object() : jv_array(), part;
	struct each it = value_each(v);

	while (each_next(&it)) {
		if (take_jv(program, it.at, &part, err) != DONE) {
			jv_free(whole);
			return SOME_REJECTED;
		}
		whole = is_object
		    ? jv_object_set(whole, take_text(it.name), part)
		    : jv_array_append(whole, part);
	}
	*out = whole;
	return DONE;
}

/*
 * Not through libjq's parser: from 1.7 on that keeps the text of a number, and
 * `tostring` would give another string than 1.6 does.
 */
enum status
take_jv(const char *program, struct value v, jv *out, struct error *err)
{
	switch (value_kind(v)) {
	case IS_BOOL:
		*out = jv_bool(value_is_true(v));
		return DONE;
	case IS_NUMBER:
		return take_number(program, v, out, err);
	case IS_TEXT:
		*out = take_text(value_text(v));
		return DONE;
	case IS_ARRAY:
	case IS_OBJECT:
		return take_container(program, v, out, err);
	default:
		*out = jv_null();
		return DONE;
	}
}

/* A finite number: its digits, without zeros behind, and where the point is. */
struct decimal {
	char digits[20];
	int count, exponent; /* d.ddd times 10 to the exponent */
};

/* The shortest decimal that is read as `d` again. */
static struct decimal
shortest(double d)
{
	struct decimal out = { .count = 0 };
	char text[32], *at = text;
	/* Fewer digits tell a subnormal one from its neighbours. */
	int precision = fabs(d) < DBL_MIN ? 0 : EXACT_DIGITS - 1;

	do
		snprintf(text, sizeof(text), "%.*e", precision, d);
	while (strtod(text, NULL) != d && precision++ < 16);
	for (; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			out.digits[out.count++] = *at;
	while (out.count > 1 && out.digits[out.count - 1] == '0')
		out.count--;
	out.exponent = (int)strtol(at + 1, NULL, 10);
	return out;
}

/* Without an exponent in [1e-7, 1e17). */
static void
write_number(struct buf *b, double d)
{
	struct decimal n = shortest(d);
	struct buf text = BUF_INIT;
	bool plain = n.exponent >= -7 && n.exponent < 17;
	int point = plain ? n.exponent : 0; /* the digit before the point */

	if (d < 0)
		buf_add_byte(&text, '-');
	for (int i = point < 0 ? point : 0; i < n.count || i <= point; i++) {
		if (i == point + 1)
			buf_add_byte(&text, '.');
		buf_add_byte(&text, i < 0 || i >= n.count ? '0' : n.digits[i]);
	}
	if (!plain)
		buf_printf(&text, "e%d", n.exponent);
	build_raw(b, buf_text(&text));
	buf_clear(&text);
}

struct text
text_of_jv(const jv *v)
{
	return (struct text){ jv_string_value(*v),
		(size_t)jv_string_length_bytes(jv_copy(*v)) };
}

static const char *
write_array(struct buf *b, const jv *v, int depth)
{
	int count = jv_array_length(jv_copy(*v));
	const char *why = NULL;

	build_open(b, '[');
	for (int i = 0; i < count && !why; i++) {
		jv item = jv_array_get(jv_copy(*v), i);

		why = write_value(b, &item, depth + 1);
		jv_free(item);
	}
	build_close(b, ']');
	return why;
}

static const char *
write_object(struct buf *b, const jv *v, int depth)
{
	const char *why = NULL;
	int i;

	build_open(b, '{');
	for (i = jv_object_iter(*v); jv_object_iter_valid(*v, i) && !why;
	     i = jv_object_iter_next(*v, i)) {
		jv name = jv_object_iter_key(*v, i);
		jv member = jv_object_iter_value(*v, i);

		build_name_text(b, text_of_jv(&name));
		why = write_value(b, &member, depth + 1);
		jv_free(name);
		jv_free(member);
	}
	build_close(b, '}');
	return why;
}

/* Appends `v` as JSON; NULL, or why it has none. */
static const char *
write_value(struct buf *b, const jv *v, int depth)
{
	if (depth > MAX_DEPTH)
		return "a result of more than 256 levels";
	switch (jv_get_kind(*v)) {
	case JV_KIND_NULL:
		build_null(b);
		return NULL;
	case JV_KIND_FALSE:
	case JV_KIND_TRUE:
		build_bool(b, jv_get_kind(*v) == JV_KIND_TRUE);
		return NULL;
	case JV_KIND_NUMBER:
		if (!isfinite(jv_number_value(*v)))
			return "a result with a number that is not finite";
		write_number(b, jv_number_value(*v));
		return NULL;
	case JV_KIND_STRING:
		build_text(b, text_of_jv(v));
		return NULL;
	case JV_KIND_ARRAY:
		return write_array(b, v, depth);
	case JV_KIND_OBJECT:
		return write_object(b, v, depth);
	default:
		return "a result that is no value";
	}
}

const char *
add_jv(struct buf *b, const jv *v)
{
	return write_value(b, v, 0);
}
