/* The price of a month: lines, discounts, limits. Rules: volum(7), proposta. */
#include <stdio.h>
#include <string.h>

#include "domain/pricing.h"
#include "domain/proposal.h"

enum { NOTE_TEXT = 320 };

/* 10^15 reais: no amount reaches it, so that all fit in 128 bits exactly. */
static const int64_t TOO_MUCH = INT64_C(1000000000000000);

/* One proposal in force, and the consolidation it becomes. */
struct bill {
	const struct proposal *proposal;
	struct figures *figures;    /* one per product */
	struct billing_line *lines; /* room for two per product and one more */
	size_t line_count;
	int64_t total_cents;
	struct memo memo;
};

/* One element of volumetriaData. */
struct pricing {
	struct value element;
	competencia month;
	struct arena *scratch;
	struct bill *bills;
	size_t count;
	price_note_fn note;
	void *ctx;
};

/* TEXT() is no constant. */
#define LITERAL(s) \
	{ \
		s, sizeof(s) - 1 \
	}

static const struct {
	struct text product, name;
} names[] = {
	{ LITERAL("cobranca"), LITERAL("Cobrança Bancária") },
	{ LITERAL("pixpay"), LITERAL("PIX Pay") },
	{ LITERAL("bolepix"), LITERAL("BolePix") },
	{ LITERAL("webcheckout"), LITERAL("Web Checkout") },
	{ LITERAL("pagamentos"), LITERAL("Pagamentos") },
};

struct text
product_name(struct text product)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (text_same(names[i].product, product))
			return names[i].name;
	return product;
}

static struct text
line_name(const struct bill *b, const struct product *product)
{
	return product_name(text_of(proposal_text(b->proposal, product->name)));
}

static enum status
refuse_size(
    const struct bill *b, struct text line, const char *what, struct error *err)
{
	return reject(err, "proposta_invalida",
	    "numeroProposta %.200s, %.*s: %s",
	    proposal_text(b->proposal, b->proposal->number),
	    (int)(line.len < 100 ? line.len : 100), line.at, what);
}

/* Every line goes through here, so that the sum is checked before it can wrap.
 */
static enum status
add_line(struct bill *b, struct text name, int64_t quantity_micro,
    int64_t cents, struct error *err)
{
	b->lines[b->line_count++] =
	    (struct billing_line){ name, quantity_micro, cents };
	b->total_cents += cents;
	if (b->total_cents >= TOO_MUCH * 100)
		return refuse_size(b, name, "the sum reaches 10^15", err);
	return DONE;
}

static struct text
complement_name(struct arena *scratch, struct text name)
{
	static const char prefix[] = "Complemento de mínimo - ";
	size_t len = sizeof(prefix) - 1;
	char *at = arena_alloc(scratch, len + name.len);

	memcpy(at, prefix, len);
	memcpy(at + len, name.at, name.len);
	return (struct text){ at, len + name.len };
}

static enum status
price_product(const struct pricing *run, struct bill *b,
    const struct product *product, const struct figures *figures,
    struct error *err)
{
	const struct tariff tariff = { b->proposal, product, run->month };
	struct text name = line_name(b, product);
	struct amount value;
	int64_t cents, minimum;
	enum status s;

	if (!model_at(product->model)->value(&tariff, figures, &value))
		return refuse_size(
		    b, name, "an adjusted price reaches 10^12", err);
	if (value.n >= TOO_MUCH * value.d)
		return refuse_size(b, name, "a value reaches 10^15", err);
	cents = amount_round(
	    &value, b->memo.percent_left, tariff_cap_cents(&tariff));
	s = add_line(b, name, figures->quantity_micro, cents, err);
	minimum = tariff_minimum_cents(&tariff);
	if (s != DONE || cents >= minimum)
		return s;
	return add_line(b, complement_name(run->scratch, name), MICRO,
	    minimum - cents, err);
}

/* What is above the cap leaves the last line, then the one before. */
static void
apply_month_cap(struct bill *b, int64_t cap_cents)
{
	for (size_t i = b->line_count; b->total_cents > cap_cents && i-- > 0;) {
		int64_t *cents = &b->lines[i].cents;
		int64_t excess = b->total_cents - cap_cents;
		int64_t taken = excess < *cents ? excess : *cents;

		*cents -= taken;
		b->total_cents -= taken;
	}
}

static enum status
apply_month_limits(struct bill *b, struct error *err)
{
	int64_t cap = month_number(b->proposal, SLOT_CAP, -1);
	int64_t minimum =
	    month_number(b->proposal, SLOT_MINIMUM, 0) / MICRO_PER_CENT;

	if (cap >= 0)
		apply_month_cap(b, cap / MICRO_PER_CENT);
	if (b->total_cents >= minimum)
		return DONE;
	return add_line(b, TEXT("Complemento de mínimo mensal"), MICRO,
	    minimum - b->total_cents, err);
}

static int64_t
percent_left(const struct proposal *p, competencia month)
{
	const struct discount *d = proposal_discounts(p);

	for (uint32_t i = 0; i < p->discount_count; i++)
		if (d[i].from <= month && month <= d[i].until)
			return PERCENT_CENTS - d[i].percent_cents;
	return PERCENT_CENTS;
}

static enum status
price_bill(const struct pricing *run, struct bill *b, struct error *err)
{
	const struct product *products = proposal_products(b->proposal);
	size_t count = b->proposal->product_count;
	enum status s;

	b->memo = (struct memo){ .proposal = b->proposal,
		.month = run->month,
		.figures = b->figures,
		.percent_left = percent_left(b->proposal, run->month) };
	b->lines =
	    arena_alloc(run->scratch, (2 * count + 1) * sizeof(*b->lines));
	for (size_t i = 0; i < count; i++)
		if ((s = price_product(
			 run, b, &products[i], &b->figures[i], err)) != DONE)
			return s;
	return apply_month_limits(b, err);
}

static enum status
read_bill(const struct pricing *run, struct bill *b, struct error *err)
{
	const struct product *products = proposal_products(b->proposal);
	size_t count = b->proposal->product_count;
	enum status s;

	b->figures = arena_alloc(run->scratch, count * sizeof(*b->figures));
	for (size_t i = 0; i < count; i++)
		if ((s = figures_read(run->element, b->proposal, &products[i],
			 &b->figures[i], run->note, run->ctx, err)) != DONE)
			return s;
	return DONE;
}

/* Those in force, by number; a company has few, so each finds its place. */
static void
select_bills(
    struct pricing *run, struct proposal *const *proposals, size_t count)
{
	run->bills = arena_alloc(run->scratch, count * sizeof(*run->bills));
	for (size_t i = 0; i < count; i++) {
		struct text number = proposal_number(proposals[i]);
		size_t at = run->count;

		if (!proposal_in_force(proposals[i], run->month))
			continue;
		while (at > 0 &&
		    text_order(proposal_number(run->bills[at - 1].proposal),
			number) > 0) {
			run->bills[at] = run->bills[at - 1];
			at--;
		}
		run->bills[at] = (struct bill){ .proposal = proposals[i] };
		run->count++;
	}
}

static enum status
refuse_unknown(const struct pricing *run, struct error *err)
{
	char month[COMPETENCIA_TEXT];
	struct text id = { "", 0 };

	value_identifier(value_member(run->element, "idEmpresa"), &id, err);
	competencia_format(run->month, month);
	return reject(err, "proposta_desconhecida",
	    "empresaId %.*s: no proposal in force in %s", (int)id.len, id.at,
	    month);
}

static bool
is_listed(const struct pricing *run, struct text product)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct proposal *p = run->bills[i].proposal;
		const struct product *products = proposal_products(p);

		for (uint32_t k = 0; k < p->product_count; k++)
			if (text_is(
				product, proposal_text(p, products[k].name)))
				return true;
	}
	return false;
}

/* An object in the volumes is a product; who lists it must not be guessed. */
static void
note_unbilled(const struct pricing *run)
{
	struct each it = value_each(run->element);
	const struct proposal *p = run->bills[0].proposal;
	char note[NOTE_TEXT];

	while (each_next(&it)) {
		if (value_kind(it.at) != IS_OBJECT || is_listed(run, it.name))
			continue;
		snprintf(note, sizeof(note),
		    "empresaId %.200s: no proposal in force bills %.*s",
		    proposal_text(p, p->company),
		    (int)(it.name.len < 60 ? it.name.len : 60), it.name.at);
		run->note(note, run->ctx);
	}
}

static enum status
price_bills(struct pricing *run, struct error *err)
{
	enum status s;
	size_t i;

	for (i = 0; i < run->count; i++)
		if ((s = read_bill(run, &run->bills[i], err)) != DONE)
			return s;
	for (i = 0; i < run->count; i++)
		if ((s = price_bill(run, &run->bills[i], err)) != DONE)
			return s;
	return DONE;
}

static struct consolidation
consolidation_of(const struct pricing *run, const struct bill *b)
{
	return (struct consolidation){ .key = { run->month,
					   proposal_company(b->proposal),
					   proposal_number(b->proposal) },
		.total_cents = b->total_cents,
		.status = CONSOLIDATION_COMPLETED,
		.revision = 1,
		.lines = b->lines,
		.line_count = b->line_count,
		.source = NO_VALUE,
		.memo = &b->memo };
}

enum status
price_figures(const struct proposal *p, competencia month,
    struct figures *figures, struct arena *scratch, struct consolidation *out,
    struct error *err)
{
	const struct pricing run = { .month = month, .scratch = scratch };
	struct bill *b = arena_alloc(scratch, sizeof(*b));
	enum status s;

	*b = (struct bill){ .proposal = p, .figures = figures };
	if ((s = price_bill(&run, b, err)) == DONE)
		*out = consolidation_of(&run, b);
	return s;
}

enum status
price_element(struct value element, competencia month,
    struct proposal *const *proposals, size_t count, struct arena *scratch,
    price_fn each, price_note_fn note, void *ctx, struct error *err)
{
	struct pricing run = { .element = element,
		.month = month,
		.scratch = scratch,
		.note = note,
		.ctx = ctx };
	enum status s;

	select_bills(&run, proposals, count);
	if (run.count == 0)
		return refuse_unknown(&run, err);
	if ((s = price_bills(&run, err)) != DONE)
		return s;
	if (note != NULL)
		note_unbilled(&run);
	for (size_t i = 0; i < run.count; i++) {
		struct consolidation c = consolidation_of(&run, &run.bills[i]);

		if ((s = each(&c, ctx, err)) != DONE)
			return s;
	}
	return DONE;
}
