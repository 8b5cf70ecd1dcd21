/* The strict reading of a proposal's members, by tables. */
#include <stdio.h>
#include <string.h>

#include "domain/proposal.h"

enum { PATH_TEXT = 200 };

static const struct member *
find_member(const struct member *table, struct text name, uint32_t *bit)
{
	uint32_t i;

	for (i = 0; table[i].name != NULL; i++)
		if (text_is(name, table[i].name)) {
			*bit = UINT32_C(1) << i;
			return &table[i];
		}
	return NULL;
}

static enum status
refuse_missing(struct value object, const char *name, struct error *err)
{
	char path[PATH_TEXT];

	value_path(object, path, sizeof(path));
	return reject(err, "campo_ausente", "%s.%s: missing", path, name);
}

static enum status
check_required(struct value object, const struct member *table,
    uint32_t required, uint32_t seen, struct error *err)
{
	for (uint32_t i = 0; table[i].name != NULL; i++)
		if ((required & ~seen) >> i & 1)
			return refuse_missing(object, table[i].name, err);
	return DONE;
}

/* `model` is NULL outside of a product. */
static enum status
read_all(struct value object, const struct member *table, uint32_t required,
    const struct model *model, void *out, struct error *err)
{
	uint32_t allowed = model ? model->optional | required : UINT32_MAX;
	struct each it = value_each(object);
	uint32_t seen = 0, bit = 0;
	enum status s;

	while (each_next(&it)) {
		struct field f = { .object = object, .at = it.at };

		f.member = find_member(table, it.name, &bit);
		if (f.member == NULL)
			return value_reject(
			    it.at, err, "no such member in a proposal");
		if ((allowed & bit) == 0)
			return value_reject(it.at, err,
			    "no member of modelo `%s`", model->name);
		if (value_is_empty(it.at))
			continue;
		seen |= bit;
		if (f.member->read != NULL &&
		    (s = f.member->read(
			 &f, (char *)out + f.member->offset, err)) != DONE)
			return s;
	}
	return check_required(object, table, required, seen, err);
}

static enum status
check_object(struct value v, struct error *err)
{
	if (value_kind(v) == IS_OBJECT)
		return DONE;
	return value_reject(v, err, "must be an object");
}

enum status
members_read(struct value object, const struct member *table, void *out,
    struct error *err)
{
	uint32_t required = 0, i;
	enum status s;

	for (i = 0; table[i].name != NULL; i++)
		required |= (uint32_t)table[i].required << i;
	if ((s = check_object(object, err)) != DONE)
		return s;
	return read_all(object, table, required, NULL, out, err);
}

enum status
members_read_model(struct value object, const struct member *table,
    const struct model *model, void *out, struct error *err)
{
	return read_all(object, table,
	    model->required | UINT32_C(1) << MEMBER_PRODUTO, model, out, err);
}

enum status
items_read(struct value list,
    enum status (*each)(struct value item, void *out, struct error *err),
    void *out, struct error *err)
{
	struct each it = value_each(list);
	enum status s;

	if (value_kind(list) != IS_ARRAY)
		return value_reject(list, err, "must be a list");
	while (each_next(&it))
		if ((s = each(it.at, out, err)) != DONE)
			return s;
	return DONE;
}

enum status
field_decimal(const struct field *f, void *target, struct error *err)
{
	struct decimal *d = target;
	const struct member *m = f->member;
	int places;

	if (value_kind(f->at) != IS_TEXT)
		return value_reject(f->at, err,
		    "must be a decimal in quotes, such as \"0.12\"");
	if (decimal_string_read(
		value_text(f->at), m->places, &d->micro, &places) != DECIMAL_OK)
		return value_reject(f->at, err,
		    "must be a decimal below 10^12 without sign, at most %d "
		    "decimals",
		    m->places);
	if (m->above_zero && d->micro == 0)
		return value_reject(f->at, err, "must be above zero");
	if (m->at_most != 0 && d->micro > (int64_t)m->at_most * MICRO)
		return value_reject(f->at, err, "must be 0 to %d", m->at_most);
	d->places = (uint8_t)places;
	d->given = true;
	return DONE;
}

enum status
field_word(const struct field *f, void *target, struct error *err)
{
	(void)target;
	if (value_is_text(f->at, f->member->only))
		return DONE;
	return value_reject(f->at, err, "must be \"%s\"", f->member->only);
}

enum status
field_integer(const struct field *f, void *target, struct error *err)
{
	int64_t n;

	(void)target;
	return record_integer(f->object, f->member->name, f->member->min,
	    f->member->max, &n, err);
}

enum status
field_text(const struct field *f, void *target, struct error *err)
{
	(void)target;
	if (value_kind(f->at) == IS_TEXT)
		return DONE;
	return value_reject(f->at, err, "must be text");
}

enum status
field_bool(const struct field *f, void *target, struct error *err)
{
	return record_flag(f->object, f->member->name, target, err);
}

enum status
field_identifier(const struct field *f, void *target, struct error *err)
{
	return value_identifier(f->at, target, err);
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* [a-z][a-z0-9]*(_[a-z0-9]+)* */
static bool
is_name(struct text t)
{
	bool after_mark = false;

	if (t.len == 0 || !is_lower(t.at[0]))
		return false;
	for (size_t i = 1; i < t.len; i++) {
		char c = t.at[i];

		if (c == '_' ? after_mark
			     : !is_lower(c) && (c < '0' || c > '9'))
			return false;
		after_mark = c == '_';
	}
	return !after_mark;
}

enum status
field_name(const struct field *f, void *target, struct error *err)
{
	struct text *name = target;

	*name = value_text(f->at);
	if (value_kind(f->at) == IS_TEXT && is_name(*name))
		return DONE;
	return value_reject(
	    f->at, err, "must be a name such as `qtde_titulos`");
}

enum status
field_month(const struct field *f, void *target, struct error *err)
{
	competencia month = 0;

	if (value_kind(f->at) == IS_TEXT)
		month = competencia_read(value_text(f->at));
	if (month == 0)
		return value_reject(f->at, err, "must be a month, \"2026-01\"");
	memcpy(target, &month, sizeof(month));
	return DONE;
}

enum status
field_day(const struct field *f, void *target, struct error *err)
{
	if (value_kind(f->at) == IS_TEXT && day_read(value_text(f->at), target))
		return DONE;
	return value_reject(
	    f->at, err, "must be a day of the calendar, \"2026-01-31\"");
}

enum status
limits_check(struct value object, const struct decimal *minimum,
    const struct decimal *cap, const char *minimum_name, struct error *err)
{
	if (!minimum->given || !cap->given || minimum->micro <= cap->micro)
		return DONE;
	return value_reject(
	    value_member(object, minimum_name), err, "is above the cap");
}
