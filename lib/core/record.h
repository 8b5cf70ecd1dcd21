/*
 * One record: looking into it and building it. A record holds a table of
 * tokens over the line that it was parsed from (core/ndjson.h); a value is a
 * place in that table. Nothing here copies unless it says so; what is looked at
 * lives as long as the line and is gone with the next parse.
 */
#ifndef VOLUM_CORE_RECORD_H
#define VOLUM_CORE_RECORD_H

#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

struct record;

struct record *record_new(void);
void record_free(struct record *rec); /* NULL is fine */

enum kind { ABSENT, IS_NULL, IS_BOOL, IS_NUMBER, IS_TEXT, IS_ARRAY, IS_OBJECT };

struct value {
	const struct record *record; /* NULL: absent */
	uint32_t token;
};

#define NO_VALUE ((struct value){ NULL, 0 })

/* The whole record. Absent when the last parse failed. */
struct value record_root(const struct record *rec);

enum kind value_kind(struct value v);
/* Absent and null alike: nothing was said. */
bool value_is_empty(struct value v);
/* The member of an object; absent when there is none or `v` is no object. */
struct value value_member_text(struct value v, struct text name);
/* Inline: the length of a name in the program is known when it is built. */
static inline struct value
value_member(struct value v, const char *name)
{
	return value_member_text(v, text_of(name));
}
/* Members of an object or items of an array. */
size_t value_count(struct value v);
/* As it stands in the line: quotes, escapes and inner white space included. */
struct text value_raw(struct value v);
/* The decoded text of a string ({"",0} for other kinds). May hold NUL only if
 * the line escaped one. Lives until the next parse into this record. */
struct text value_text(struct value v);
/* A string with exactly this content. */
bool value_is_text(struct value v, const char *content);
bool value_is_true(struct value v);
/* Writes where `v` stands, like `consolidacaoData.produtos[1].valor`, for
 * messages; cut to `size`, always ended. The record itself is "". */
void value_path(struct value v, char *out, size_t size);

/* Walks over an object or array: for (it = value_each(v); each_next(&it); ) */
struct each {
	struct value at;  /* the current value */
	struct text name; /* its decoded name in an object */
	uint32_t next, end;
};

struct each value_each(struct value container);
bool each_next(struct each *it);

/*
 * Typed members of `object`. Each leaves its target alone and says why when it
 * can't: SOME_REJECTED with code "campo_ausente" (missing or null) or
 * "campo_invalido" (wrong kind or out of range), the message naming the path.
 */
/* Text that is not empty. */
enum status record_text(
    struct value object, const char *name, struct text *out, struct error *err);
/* Text that may be missing or null: then {"",0}. */
enum status record_optional_text(
    struct value object, const char *name, struct text *out, struct error *err);
/*
 * An identifier: text that is not empty, or a whole JSON number without sign,
 * fraction or exponent, which becomes its decimal text (design section 2). At
 * most 200 bytes, no control characters, no white space at either end.
 */
enum status record_identifier(
    struct value object, const char *name, struct text *out, struct error *err);
/* The same rule, and UTF-8, for text that comes from elsewhere (an option, a
 * list). */
enum status identifier_check(struct text t, struct error *err);
enum status
value_identifier(struct value v, struct text *out, struct error *err);
/* A whole JSON number (`1`, not `1.0`) within [min, max]. */
enum status record_integer(struct value object, const char *name, int64_t min,
    int64_t max, int64_t *out, struct error *err);
/* true or false; missing or null is false. */
enum status record_flag(
    struct value object, const char *name, bool *out, struct error *err);
enum status record_object(struct value object, const char *name,
    struct value *out, struct error *err);
enum status record_array(struct value object, const char *name,
    struct value *out, struct error *err);
/* "campo_invalido" for `v`: "`path`: `why`"; for rules that a module checks. */
enum status value_reject(struct value v, struct error *err, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * Building: JSON is appended to a buffer. Commas come by themselves: one is put
 * before a name or value unless the last byte is `{`, `[`, `:` or a newline, or
 * the buffer is empty.
 */
void build_open(struct buf *b, char bracket);  /* '{' or '[' */
void build_close(struct buf *b, char bracket); /* '}' or ']' */
void build_name_text(struct buf *b, struct text name);
static inline void
build_name(struct buf *b, const char *name)
{
	build_name_text(b, text_of(name));
}
/* A string; what must be escaped is, everything else stays UTF-8. */
void build_text(struct buf *b, struct text t);
void build_integer(struct buf *b, int64_t n);
void build_bool(struct buf *b, bool truth);
void build_null(struct buf *b);
/* JSON text that is known to be valid (a number's text, a stored object). */
void build_raw(struct buf *b, struct text json);
/* A value as it was read: numbers and strings byte for byte, white space
 * between tokens left out. */
void build_value(struct buf *b, struct value v);
/* name and string in one; the commonest case. */
void build_text_member(struct buf *b, const char *name, struct text t);
/* All members of `object` but those named in `except` (NULL-ended list). */
void build_members_but(
    struct buf *b, struct value object, const char *const *except);

#endif
