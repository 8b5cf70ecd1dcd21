/* The parts of a proposal that run by months: discounts and adjustments. */
#include <stdlib.h>

#include "domain/proposal.h"

/* After every month that can be written. */
static const competencia OPEN_END = 10000 * 12;

struct discount_draft {
	struct decimal percent;
	competencia from, until;
	struct value at;
};

static const struct member discount_members[] = {
	{ .name = "tipo",
	    .read = field_word,
	    .required = true,
	    .only = "percentual" },
	{ .name = "valor",
	    .read = field_decimal,
	    .required = true,
	    .places = 2,
	    .at_most = 100,
	    .offset = offsetof(struct discount_draft, percent) },
	{ .name = "de",
	    .read = field_month,
	    .required = true,
	    .offset = offsetof(struct discount_draft, from) },
	{ .name = "ate",
	    .read = field_month,
	    .offset = offsetof(struct discount_draft, until) },
	{ .name = NULL },
};

/* `out` is a buf of discount_draft. */
static enum status
read_discount(struct value item, void *out, struct error *err)
{
	struct discount_draft d = { .until = OPEN_END, .at = item };
	enum status s;

	if ((s = members_read(item, discount_members, &d, err)) != DONE)
		return s;
	if (d.until < d.from)
		return value_reject(
		    value_member(item, "ate"), err, "is before `de`");
	buf_add(out, &d, sizeof(d));
	return DONE;
}

static int
by_month(const void *a, const void *b)
{
	const struct discount_draft *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* In the order of their months, so that two neighbours tell of an overlap. */
static enum status
add_discounts(struct draft *d, struct discount_draft *list, size_t count,
    struct error *err)
{
	qsort(list, count, sizeof(*list), by_month);
	for (size_t i = 0; i < count; i++) {
		struct discount kept = { list[i].from, list[i].until,
			(int32_t)(list[i].percent.micro / MICRO_PER_CENT) };

		if (i > 0 && list[i].from <= list[i - 1].until)
			return value_reject(list[i].at, err,
			    "has a month in common with another discount");
		buf_add(&d->discounts, &kept, sizeof(kept));
	}
	return DONE;
}

enum status
field_discounts(const struct field *f, void *target, struct error *err)
{
	struct buf list = BUF_INIT;
	enum status s;

	s = items_read(f->at, read_discount, &list, err);
	if (s == DONE && list.len > 0)
		s = add_discounts(target, (void *)list.data,
		    list.len / sizeof(struct discount_draft), err);
	buf_clear(&list);
	return s;
}

struct adjustment_draft {
	struct decimal factor;
	competencia from;
};

static const struct member adjustment_members[] = {
	{ .name = "competencia",
	    .read = field_month,
	    .required = true,
	    .offset = offsetof(struct adjustment_draft, from) },
	{ .name = "fator",
	    .read = field_decimal,
	    .required = true,
	    .above_zero = true,
	    .places = 6,
	    .offset = offsetof(struct adjustment_draft, factor) },
	{ .name = NULL },
};

/* `out` is the buf of the adjustments before it. */
static enum status
read_adjustment(struct value item, void *out, struct error *err)
{
	struct buf *list = out;
	struct adjustment_draft d = { 0 };
	struct adjustment kept = { 0 };
	enum status s;

	if ((s = members_read(item, adjustment_members, &d, err)) != DONE)
		return s;
	if (list->len > 0 &&
	    d.from <=
		((struct adjustment *)(void *)(list->data + list->len))[-1]
		    .from)
		return value_reject(value_member(item, "competencia"), err,
		    "is not after the one before");
	kept.from = d.from;
	kept.factor_micro = d.factor.micro;
	buf_add(list, &kept, sizeof(kept));
	return DONE;
}

static enum status
field_applied(const struct field *f, void *target, struct error *err)
{
	struct draft *d = target;

	return items_read(f->at, read_adjustment, &d->adjustments, err);
}

static const struct member terms_members[] = {
	{ .name = "indice", .read = field_text, .required = true },
	{ .name = "meses", .read = field_integer, .min = 12, .max = INT64_MAX },
	{ .name = "defasagem", .read = field_integer, .max = INT64_MAX },
	{ .name = "so_positivo",
	    .read = field_bool,
	    .required = true,
	    .offset = offsetof(struct draft, only_up) },
	{ .name = "aplicado", .read = field_applied },
	{ .name = NULL },
};

enum status
field_adjustments(const struct field *f, void *target, struct error *err)
{
	return members_read(f->at, terms_members, target, err);
}
