/* A company of the earlier functions, as the record that it becomes. */
#include <stdio.h>
#include <stdlib.h>

#include "domain/earlier.h"

enum { PATH_TEXT = 120, DOUBLE_TEXT = 40, LONGEST_NUMBER = 60 };

/* The shortest text that is the same double; a whole one has no fraction. */
static void
write_double(struct buf *out, struct text number)
{
	char text[LONGEST_NUMBER + 1], shorter[DOUBLE_TEXT];
	double d;
	int digits;

	snprintf(text, sizeof(text), "%.*s", (int)number.len, number.at);
	d = strtod(text, NULL);
	for (digits = 15; digits <= 17; digits++) {
		snprintf(shorter, sizeof(shorter), "%.*g", digits, d);
		if (strtod(shorter, NULL) == d)
			break;
	}
	build_raw(out, text_of(shorter));
}

static void
write_number(struct buf *out, struct value v)
{
	struct text number = value_raw(v);

	/* Integers of 64 bits have more digits than a double. */
	if (number.len <= LONGEST_NUMBER &&
	    (memchr(number.at, '.', number.len) != NULL ||
		memchr(number.at, 'e', number.len) != NULL))
		write_double(out, number);
	else
		build_value(out, v);
}

static void
write_value(struct buf *out, struct value v, struct earlier_notes *notes);

static void
write_members(struct buf *out, struct value v, struct earlier_notes *notes)
{
	bool is_object = value_kind(v) == IS_OBJECT;
	struct each it;

	build_open(out, is_object ? '{' : '[');
	for (it = value_each(v); each_next(&it);) {
		if (is_object)
			build_name_text(out, it.name);
		write_value(out, it.at, notes);
	}
	build_close(out, is_object ? '}' : ']');
}

/* Types that JSON lacks stand in an object whose first name begins with `$`:
 * an instant and an ObjectId become their text. */
static bool
write_special(struct buf *out, struct value v, struct earlier_notes *notes)
{
	struct each it = value_each(v);
	char path[PATH_TEXT];

	if (!each_next(&it) || it.name.len == 0 || it.name.at[0] != '$')
		return false;
	if ((text_is(it.name, "$date") || text_is(it.name, "$oid")) &&
	    value_kind(it.at) == IS_TEXT) {
		build_text(out, value_text(it.at));
		return true;
	}
	value_path(v, path, sizeof(path));
	earlier_fault(notes, path, "has a type that no record has (%.*s)",
	    it.name.len < 40 ? (int)it.name.len : 40, it.name.at);
	build_null(out);
	return true;
}

static void
write_value(struct buf *out, struct value v, struct earlier_notes *notes)
{
	switch (value_kind(v)) {
	case IS_NUMBER:
		write_number(out, v);
		break;
	case IS_OBJECT:
		if (!write_special(out, v, notes))
			write_members(out, v, notes);
		break;
	case IS_ARRAY:
		write_members(out, v, notes);
		break;
	default:
		build_value(out, v);
	}
}

/* `_id` and `__v` are the database's and its library's. */
void
earlier_company_write(
    struct value doc, struct buf *record, struct earlier_notes *notes)
{
	struct each it;

	buf_reset(record);
	build_open(record, '{');
	build_name(record, "empresa");
	build_open(record, '{');
	for (it = value_each(doc); each_next(&it);) {
		if (text_is(it.name, "_id") || text_is(it.name, "__v"))
			continue;
		build_name_text(record, it.name);
		write_value(record, it.at, notes);
	}
	build_close(record, '}');
	build_close(record, '}');
}
