/* Typed members of a record, and messages that name the field. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/tokens.h"

enum { IDENTIFIER_MAX = 200, PATH_SIZE = 200 };

static const char *const kind_names[] = { "nothing", "null", "true or false",
	"number", "text", "array", "object" };

/* A name as it may stand in a message: one line whatever it holds. */
static void
add_name(struct buf *path, struct text name)
{
	if (path->len)
		buf_add_byte(path, '.');
	for (size_t i = 0; i < name.len; i++)
		buf_add_byte(path,
		    (unsigned char)name.at[i] < ' ' || name.at[i] == 0x7f
			? '?'
			: name.at[i]);
}

/* From the root down, into whatever holds the wanted token. */
static void
add_path(struct buf *path, struct value wanted)
{
	struct value in = { wanted.record, 0 };

	while (in.token != wanted.token) {
		struct each it = value_each(in);
		size_t index = 0;

		while (each_next(&it) &&
		    wanted.record->tokens[it.at.token].next <= wanted.token)
			index++;
		if (value_kind(in) == IS_OBJECT)
			add_name(path, it.name);
		else
			buf_printf(path, "[%zu]", index);
		in = it.at;
	}
}

/* Copies what fits, whole characters only. */
static void
copy_cut(struct text t, char *out, size_t size)
{
	size_t len = t.len;

	if (size == 0)
		return;
	if (len > size - 1) {
		len = size - 1;
		while (len > 0 && (t.at[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(out, t.at, len);
	out[len] = '\0';
}

void
value_path(struct value v, char *out, size_t size)
{
	struct buf path = BUF_INIT;

	if (v.record)
		add_path(&path, v);
	copy_cut(buf_text(&path), out, size);
	buf_clear(&path);
}

/* The path of a member, there or not. */
static void
member_path(struct value object, const char *name, char *out, size_t size)
{
	struct buf path = BUF_INIT;

	if (object.record)
		add_path(&path, object);
	add_name(&path, text_of(name));
	copy_cut(buf_text(&path), out, size);
	buf_clear(&path);
}

enum status
value_reject(struct value v, struct error *err, const char *fmt, ...)
{
	char path[PATH_SIZE];
	va_list args;

	value_path(v, path, sizeof(path));
	va_start(args, fmt);
	enum status s = reject_at(err, "campo_invalido", path, fmt, args);
	va_end(args);
	return s;
}

static enum status
wrong_kind(struct value v, const char *expected, struct error *err)
{
	return value_reject(v, err, "%s expected, %s found", expected,
	    kind_names[value_kind(v)]);
}

/* The member, or why it says nothing. */
static enum status
need_member(
    struct value object, const char *name, struct value *out, struct error *err)
{
	char path[PATH_SIZE];

	*out = value_member(object, name);
	if (!value_is_empty(*out))
		return DONE;
	member_path(object, name, path, sizeof(path));
	return reject(err, "campo_ausente", "%s: %s", path,
	    out->record ? "missing (null)" : "missing");
}

enum status
record_text(
    struct value object, const char *name, struct text *out, struct error *err)
{
	struct value v;
	enum status status = need_member(object, name, &v, err);

	if (status != DONE)
		return status;
	if (value_kind(v) != IS_TEXT)
		return wrong_kind(v, "text", err);
	if (value_text(v).len == 0)
		return value_reject(v, err, "empty");
	*out = value_text(v);
	return DONE;
}

enum status
record_optional_text(
    struct value object, const char *name, struct text *out, struct error *err)
{
	struct value v = value_member(object, name);

	if (!value_is_empty(v) && value_kind(v) != IS_TEXT)
		return wrong_kind(v, "text", err);
	*out = value_text(v);
	return DONE;
}

/* C0, DEL and C1 (U+0080 to U+009F); the text is valid UTF-8. */
static bool
has_control(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];

		if (c < ' ' || c == 0x7f)
			return true;
		if (c == 0xc2 && (unsigned char)t.at[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static bool
all_digits(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] < '0' || t.at[i] > '9')
			return false;
	return t.len > 0;
}

/* White space, or what takes no room, by its place in Unicode. */
static bool
is_blank(unsigned c)
{
	return c == ' ' || c == 0xa0 || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000 ||
	    c == 0xfeff;
}

/* The character at `at`, when it has two or three bytes or is ASCII; or 0. */
static unsigned
character(const char *at, size_t len)
{
	const unsigned char *c = (const unsigned char *)at;

	if (c[0] < 0x80)
		return c[0];
	if (len >= 2 && c[0] >= 0xc2 && c[0] < 0xe0)
		return (c[0] & 0x1fU) << 6 | (c[1] & 0x3fU);
	if (len >= 3 && (c[0] & 0xf0) == 0xe0)
		return (c[0] & 0xfU) << 12 | (c[1] & 0x3fU) << 6 |
		    (c[2] & 0x3fU);
	return 0;
}

/* Nobody sees it, and who compares finds another company. */
static bool
has_blank_end(struct text t)
{
	size_t last = t.len - 1;

	while (last > 0 && (t.at[last] & 0xc0) == 0x80)
		last--;
	return is_blank(character(t.at, t.len)) ||
	    is_blank(character(t.at + last, t.len - last));
}

/* What is wrong with an identifier, or NULL. */
static const char *
identifier_fault(struct text t)
{
	if (t.len == 0)
		return "empty";
	if (t.len > IDENTIFIER_MAX)
		return "longer than 200 bytes";
	if (has_control(t))
		return "holds a control character";
	return has_blank_end(t) ? "begins or ends with white space" : NULL;
}

enum status
identifier_check(struct text t, struct error *err)
{
	const char *fault = identifier_fault(t);
	char line[IDENTIFIER_MAX + 1] = "";

	if (fault == NULL) {
		memcpy(line, t.at, t.len);
		text_to_line(line); /* changes what is no UTF-8 */
		if (memcmp(line, t.at, t.len) == 0)
			return DONE;
		fault = "invalid UTF-8";
	}
	return reject(err, "campo_invalido", "identifier: %s", fault);
}

enum status
value_identifier(struct value v, struct text *out, struct error *err)
{
	enum kind kind = value_kind(v);
	struct text t = kind == IS_NUMBER ? value_raw(v) : value_text(v);
	const char *fault;

	if (kind != IS_TEXT && kind != IS_NUMBER)
		return wrong_kind(v, "text or whole number", err);
	if ((fault = identifier_fault(t)) != NULL)
		return value_reject(v, err, "%s", fault);
	if (kind == IS_NUMBER && !all_digits(t))
		return value_reject(
		    v, err, "a number here has no sign, fraction or exponent");
	*out = t;
	return DONE;
}

enum status
record_identifier(
    struct value object, const char *name, struct text *out, struct error *err)
{
	struct value v;
	enum status status = need_member(object, name, &v, err);

	return status == DONE ? value_identifier(v, out, err) : status;
}

/* `-?[0-9]+`, which the parser has checked to be a number; false beyond 64
 * bits. Counts downwards, where there is one more. */
static bool
whole_number(struct text t, int64_t *out)
{
	bool minus = t.at[0] == '-';
	int64_t n = 0;

	for (size_t i = minus; i < t.len; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, t.at[i] - '0', &n))
			return false;
	if (!minus && n == INT64_MIN)
		return false;
	*out = minus ? n : -n;
	return true;
}

enum status
record_integer(struct value object, const char *name, int64_t min, int64_t max,
    int64_t *out, struct error *err)
{
	struct value v;
	struct text raw;
	int64_t n;
	enum status status = need_member(object, name, &v, err);

	if (status != DONE)
		return status;
	if (value_kind(v) != IS_NUMBER)
		return wrong_kind(v, "whole number", err);
	raw = value_raw(v);
	if (!all_digits((struct text){
		raw.at + (*raw.at == '-'), raw.len - (*raw.at == '-') }))
		return value_reject(v, err, "whole number expected");
	if (!whole_number(raw, &n) || n < min || n > max)
		return value_reject(
		    v, err, "not between %" PRId64 " and %" PRId64, min, max);
	*out = n;
	return DONE;
}

enum status
record_flag(struct value object, const char *name, bool *out, struct error *err)
{
	struct value v = value_member(object, name);

	if (!value_is_empty(v) && value_kind(v) != IS_BOOL)
		return wrong_kind(v, kind_names[IS_BOOL], err);
	*out = value_is_true(v);
	return DONE;
}

static enum status
need_kind(struct value object, const char *name, enum kind kind,
    struct value *out, struct error *err)
{
	struct value v;
	enum status status = need_member(object, name, &v, err);

	if (status != DONE)
		return status;
	if (value_kind(v) != kind)
		return wrong_kind(v, kind_names[kind], err);
	*out = v;
	return DONE;
}

enum status
record_object(
    struct value object, const char *name, struct value *out, struct error *err)
{
	return need_kind(object, name, IS_OBJECT, out, err);
}

enum status
record_array(
    struct value object, const char *name, struct value *out, struct error *err)
{
	return need_kind(object, name, IS_ARRAY, out, err);
}
