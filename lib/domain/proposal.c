/* A proposal: from its record to one block of memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/proposal.h"

static const struct day FOREVER = { 9999, 12, 31 };

struct validity {
	struct day from, until;
};

static const struct member validity_members[] = {
	{ .name = "inicio",
	    .read = field_day,
	    .required = true,
	    .offset = offsetof(struct validity, from) },
	{ .name = "fim",
	    .read = field_day,
	    .offset = offsetof(struct validity, until) },
	{ .name = NULL },
};

static enum status
field_validity(const struct field *f, void *target, struct error *err)
{
	struct validity v = { .until = FOREVER };
	struct draft *d = target;
	enum status s;

	if ((s = members_read(f->at, validity_members, &v, err)) != DONE)
		return s;
	if (day_order(v.until, v.from) < 0)
		return value_reject(
		    value_member(f->at, "fim"), err, "is before `inicio`");
	d->from = v.from;
	d->until = v.until;
	return DONE;
}

static const struct member rounding_members[] = {
	{ .name = "modo", .read = field_word, .only = "meio_acima" },
	{ .name = "casas", .read = field_integer, .min = 2, .max = 2 },
	{ .name = "nivel", .read = field_word, .only = "linha" },
	{ .name = NULL },
};

static enum status
field_rounding(const struct field *f, void *target, struct error *err)
{
	return members_read(f->at, rounding_members, target, err);
}

static const struct member proposal_members[] = {
	{ .name = "esquema",
	    .read = field_integer,
	    .required = true,
	    .min = 1,
	    .max = 1 },
	{ .name = "empresaId",
	    .read = field_identifier,
	    .required = true,
	    .offset = offsetof(struct draft, company) },
	{ .name = "numeroProposta",
	    .read = field_identifier,
	    .required = true,
	    .offset = offsetof(struct draft, number) },
	{ .name = "cnpj", .read = field_text },
	{ .name = "vigencia", .read = field_validity, .required = true },
	{ .name = "moeda", .read = field_word, .only = "BRL" },
	{ .name = "arredondamento", .read = field_rounding },
	{ .name = "produtos", .read = field_products, .required = true },
	{ .name = "minimo_mensal",
	    .read = field_decimal,
	    .places = 2,
	    .offset = offsetof(struct draft, minimum) },
	{ .name = "teto_mensal",
	    .read = field_decimal,
	    .places = 2,
	    .offset = offsetof(struct draft, cap) },
	{ .name = "descontos", .read = field_discounts },
	{ .name = "reajuste", .read = field_adjustments },
	{ .name = NULL },
};

uint32_t
draft_text(struct draft *d, struct text t)
{
	uint32_t at = (uint32_t)d->texts.len;

	buf_add_text(&d->texts, t);
	buf_add_byte(&d->texts, '\0');
	return at;
}

uint8_t
draft_numbers(struct draft *d, const struct decimal numbers[SLOT_COUNT])
{
	unsigned present = 0;

	for (int slot = 0; slot < SLOT_COUNT; slot++)
		if (numbers[slot].given) {
			buf_add(&d->numbers, &numbers[slot].micro,
			    sizeof(numbers[slot].micro));
			present |= 1U << slot;
		}
	return (uint8_t)present;
}

static uint32_t
pack_day(struct day d)
{
	return (uint32_t)(d.year * 10000 + d.month * 100 + d.day);
}

static struct day
unpack_day(uint32_t packed)
{
	return (struct day){ (int)(packed / 10000), (int)(packed / 100 % 100),
		(int)(packed % 100) };
}

/* Appends a part to the block; gives its offset. */
static uint32_t
add_part(struct proposal *p, const struct buf *part)
{
	uint32_t at = p->bytes;

	if (part->len > 0)
		memcpy((char *)p + at, part->data, part->len);
	p->bytes += (uint32_t)part->len;
	return at;
}

static uint32_t
count_of(const struct buf *part, size_t size)
{
	return (uint32_t)(part->len / size);
}

static struct proposal *
assemble(struct draft *d)
{
	const struct decimal limits[SLOT_COUNT] = {
		[SLOT_MINIMUM] = d->minimum, [SLOT_CAP] = d->cap
	};
	struct proposal head = { .bytes = sizeof(head),
		.from = pack_day(d->from),
		.until = pack_day(d->until),
		.company = draft_text(d, d->company),
		.number = draft_text(d, d->number),
		.only_up = d->only_up };
	struct proposal *p;

	head.first = count_of(&d->numbers, sizeof(int64_t));
	head.present = draft_numbers(d, limits);
	head.adjustment_count =
	    count_of(&d->adjustments, sizeof(struct adjustment));
	head.product_count = count_of(&d->products, sizeof(struct product));
	head.discount_count = count_of(&d->discounts, sizeof(struct discount));
	p = mem_alloc(sizeof(head) + d->numbers.len + d->bands.len +
	    d->adjustments.len + d->products.len + d->discounts.len +
	    d->texts.len);
	*p = head;
	add_part(p, &d->numbers);
	p->bands = add_part(p, &d->bands);
	p->adjustments = add_part(p, &d->adjustments);
	p->products = add_part(p, &d->products);
	p->discounts = add_part(p, &d->discounts);
	p->texts = add_part(p, &d->texts);
	return p;
}

static void
draft_clear(struct draft *d)
{
	buf_clear(&d->numbers);
	buf_clear(&d->bands);
	buf_clear(&d->adjustments);
	buf_clear(&d->products);
	buf_clear(&d->discounts);
	buf_clear(&d->texts);
}

enum status
proposal_read(struct value proposta, struct proposal **out, struct error *err)
{
	struct draft d = { 0 };
	enum status s;

	*out = NULL;
	if (value_kind(proposta) == ABSENT)
		return reject(err, "proposta_invalida", "proposta: missing");
	if ((s = members_read(proposta, proposal_members, &d, err)) == DONE)
		s = limits_check(
		    proposta, &d.minimum, &d.cap, "minimo_mensal", err);
	if (s == DONE)
		*out = assemble(&d);
	else /* the readers of fields give codes of their own */
		snprintf(err->code, sizeof(err->code), "proposta_invalida");
	draft_clear(&d);
	return s;
}

void
proposal_free(struct proposal *p)
{
	free(p);
}

size_t
proposal_bytes(const struct proposal *p)
{
	return p->bytes;
}

/* FNV-1a, folded: it tells the versions of one proposal apart. */
void
proposal_mark(struct proposal *p, struct text document)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < document.len; i++)
		h = (h ^ (unsigned char)document.at[i]) *
		    UINT64_C(1099511628211);
	p->mark = (uint32_t)(h ^ h >> 32);
}

struct text
proposal_company(const struct proposal *p)
{
	return text_of(proposal_text(p, p->company));
}

struct text
proposal_number(const struct proposal *p)
{
	return text_of(proposal_text(p, p->number));
}

struct day
proposal_from(const struct proposal *p)
{
	return unpack_day(p->from);
}

struct day
proposal_until(const struct proposal *p)
{
	return unpack_day(p->until);
}

bool
proposal_in_force(const struct proposal *p, competencia month)
{
	return competencia_of(proposal_from(p)) <= month &&
	    month <= competencia_of(proposal_until(p));
}

bool
proposal_compatible(const struct proposal *a, const struct proposal *b)
{
	if (!text_same(proposal_company(a), proposal_company(b)) ||
	    !text_same(proposal_number(a), proposal_number(b)) ||
	    a->from == b->from)
		return true;
	return competencia_of(proposal_until(a)) <
	    competencia_of(proposal_from(b)) ||
	    competencia_of(proposal_until(b)) <
	    competencia_of(proposal_from(a));
}

static int64_t
number_at(const struct proposal *p, uint32_t first, unsigned present,
    enum slot slot, int64_t none)
{
	const int64_t *numbers = (const void *)(p + 1);
	unsigned before = present & ((1U << slot) - 1);

	if ((present >> slot & 1) == 0)
		return none;
	return numbers[first + (unsigned)__builtin_popcount(before)];
}

int64_t
product_number(const struct proposal *p, const struct product *product,
    enum slot slot, int64_t none)
{
	return number_at(p, product->first, product->present, slot, none);
}

const struct band *
product_bands(
    const struct proposal *p, const struct product *product, uint32_t *count)
{
	const struct band *all = (const void *)((const char *)p + p->bands);
	int64_t place = product_number(p, product, SLOT_BANDS, 0);

	*count = (uint32_t)(place % BAND_FIRST);
	return *count > 0 ? all + place / BAND_FIRST : NULL;
}

int64_t
month_number(const struct proposal *p, enum slot slot, int64_t none)
{
	return number_at(p, p->first, p->present, slot, none);
}
