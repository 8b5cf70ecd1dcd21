/*
 * The models: which members each has and what it makes of the figures. A new
 * one is a row here and a function above it.
 */
#include "domain/proposal.h"

/* Prices and quantities in millionths multiply to units of 10^-12. */
static const wide UNIT = (wide)MICRO * MICRO;

static const int64_t TOO_DEAR = INT64_C(1000000000000) * MICRO;

static const int64_t POWER[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

/* The price of the month: each step rounds, at the price's own decimals but at
 * least four. False: it reaches 10^12. */
static bool
adjust_price(const struct tariff *t, int64_t *price, int places)
{
	const struct adjustment *a = proposal_adjustments(t->proposal);
	uint32_t count = t->proposal->adjustment_count;
	wide grain = POWER[6 - (places > 4 ? places : 4)];

	for (uint32_t i = 0; i < count && a[i].from <= t->month; i++) {
		wide next;

		if (t->proposal->only_up && a[i].factor_micro < MICRO)
			continue;
		next = (wide)*price * a[i].factor_micro;
		next = round_half_up(next, grain * MICRO) * grain;
		if (next >= TOO_DEAR)
			return false;
		*price = (int64_t)next;
	}
	return true;
}

/* What is left of the figure behind the allowance. */
static int64_t
charged_quantity(const struct tariff *t, const struct figures *f)
{
	int64_t allowance =
	    product_number(t->proposal, t->product, SLOT_ALLOWANCE, 0);

	return f->quantity_micro > allowance ? f->quantity_micro - allowance
					     : 0;
}

static bool
value_reported(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	(void)t;
	*value = (struct amount){ f->value_cents, 100 };
	return true;
}

static bool
value_per_unit(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	int64_t price = product_number(t->proposal, t->product, SLOT_PRICE, 0);

	if (!adjust_price(t, &price, t->product->price_places))
		return false;
	*value = (struct amount){ (wide)charged_quantity(t, f) * price, UNIT };
	return true;
}

#define IN(member) (UINT32_C(1) << MEMBER_##member)
#define ALWAYS (IN(PRODUTO) | IN(MODELO))
#define COMMON \
	(ALWAYS | IN(AGREGACAO) | IN(NULO_E_ZERO) | IN(AUSENTE_E_ZERO) | \
	    IN(MINIMO) | IN(TETO))

static const struct model models[] = {
	{ .name = "informado",
	    .optional = COMMON | IN(METRICA),
	    .reads_value = true,
	    .value = value_reported },
	{ .name = "unitario",
	    .required = IN(METRICA) | IN(PRECO_UNITARIO),
	    .optional = COMMON | IN(FRANQUIA),
	    .value = value_per_unit },
	{ .name = "graduado" },
	{ .name = "volume" },
	{ .name = "pacote" },
	{ .name = "percentual" },
	{ .name = "fixo" },
	{ .name = "gratuito" },
};

const struct model *
model_find(struct text name)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++)
		if (text_is(name, models[i].name))
			return &models[i];
	return NULL;
}

uint8_t
model_index(const struct model *m)
{
	return (uint8_t)(m - models);
}

const struct model *
model_at(uint8_t index)
{
	return &models[index];
}
