/*
 * The models: which members each has and what it makes of the figures. A new
 * one is a row here and a function above it.
 */
#include "domain/proposal.h"

/* Prices and quantities in millionths multiply to units of 10^-12. */
static const wide UNIT = (wide)MICRO * MICRO;

static const int64_t TOO_DEAR = INT64_C(1000000000000) * MICRO;

static const int64_t POWER[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

bool
tariff_price(const struct tariff *t, int64_t *price, int places)
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

int64_t
tariff_charged(const struct tariff *t, const struct figures *f)
{
	int64_t allowance =
	    product_number(t->proposal, t->product, SLOT_ALLOWANCE, 0);

	return f->quantity_micro > allowance ? f->quantity_micro - allowance
					     : 0;
}

int64_t
tariff_packs(const struct tariff *t, const struct figures *f)
{
	int64_t size = product_number(t->proposal, t->product, SLOT_SIZE, 1);

	return (tariff_charged(t, f) + size - 1) / size;
}

void
tariff_days(const struct tariff *t, int *days, int *of_days)
{
	struct day first = competencia_first_day(t->month);
	struct day last = competencia_last_day(t->month);
	struct day from = proposal_from(t->proposal);
	struct day until = proposal_until(t->proposal);

	*days = *of_days = 1;
	if ((t->product->flags & (PER_DAY | PER_DAY_OF_30)) == 0)
		return;
	if (day_order(from, first) < 0)
		from = first;
	if (day_order(until, last) > 0)
		until = last;
	if (from.day == first.day && until.day == last.day)
		return;
	*days = until.day - from.day + 1;
	*of_days = t->product->flags & PER_DAY ? last.day : 30;
}

int64_t
tariff_cap_cents(const struct tariff *t)
{
	int64_t cap = product_number(t->proposal, t->product, SLOT_CAP, -1);

	return cap < 0 ? cap : cap / MICRO_PER_CENT;
}

int64_t
tariff_minimum_cents(const struct tariff *t)
{
	return product_number(t->proposal, t->product, SLOT_MINIMUM, 0) /
	    MICRO_PER_CENT;
}

struct amount
amount_discounted(const struct amount *value, int64_t percent_left)
{
	if (percent_left == PERCENT_CENTS)
		return *value;
	return (
	    struct amount){ value->n * percent_left, value->d * PERCENT_CENTS };
}

int64_t
amount_round(
    const struct amount *value, int64_t percent_left, int64_t cap_cents)
{
	struct amount left = amount_discounted(value, percent_left);

	if (cap_cents >= 0 && left.n * 100 > cap_cents * left.d)
		return cap_cents;
	return (int64_t)round_half_up(left.n * 100, left.d);
}

/* SLOT_PRICE as the proposal writes it. */
static int64_t
written_price(const struct tariff *t)
{
	return product_number(t->proposal, t->product, SLOT_PRICE, 0);
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
	int64_t price = written_price(t);

	if (!tariff_price(t, &price, t->product->price_places))
		return false;
	*value = (struct amount){ (wide)tariff_charged(t, f) * price, UNIT };
	return true;
}

static bool
value_per_pack(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	int64_t price = written_price(t);

	if (!tariff_price(t, &price, t->product->price_places))
		return false;
	*value = (struct amount){ (wide)tariff_packs(t, f) * price, MICRO };
	return true;
}

/* A rate is no price: no adjustment changes it. */
static bool
value_by_rate(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	*value = (struct amount){ (wide)tariff_charged(t, f) * written_price(t),
		UNIT * 100 };
	return true;
}

static bool
value_fixed(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	int64_t price = written_price(t);
	int days, of_days;

	(void)f;
	if (!tariff_price(t, &price, t->product->price_places))
		return false;
	tariff_days(t, &days, &of_days);
	*value = (struct amount){ (wide)price * days, (wide)MICRO * of_days };
	return true;
}

static bool
value_free(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	(void)t;
	(void)f;
	*value = (struct amount){ 0, 1 };
	return true;
}

#define IN(member) (UINT32_C(1) << MEMBER_##member)
#define ALWAYS (IN(PRODUTO) | IN(MODELO))
#define READING (ALWAYS | IN(AGREGACAO) | IN(NULO_E_ZERO) | IN(AUSENTE_E_ZERO))
#define COMMON (READING | IN(MINIMO) | IN(TETO))
#define BANDED \
	(COMMON | IN(FRANQUIA) | IN(FRANQUIA_CONSOME_FAIXA) | IN(COBRA_SEM_USO))

static const struct model models[] = {
	{ .name = "informado",
	    .optional = COMMON | IN(METRICA),
	    .reads_value = true,
	    .value = value_reported },
	{ .name = "unitario",
	    .required = IN(METRICA) | IN(PRECO_UNITARIO),
	    .optional = COMMON | IN(FRANQUIA),
	    .value = value_per_unit },
	{ .name = "graduado",
	    .required = IN(METRICA) | IN(FAIXAS),
	    .optional = BANDED,
	    .value = tariff_by_bands },
	{ .name = "volume",
	    .required = IN(METRICA) | IN(FAIXAS),
	    .optional = BANDED,
	    .one_band = true,
	    .value = tariff_by_bands },
	{ .name = "pacote",
	    .required = IN(METRICA) | IN(TAMANHO) | IN(PRECO_PACOTE),
	    .optional = COMMON | IN(FRANQUIA),
	    .value = value_per_pack },
	{ .name = "percentual",
	    .required = IN(METRICA) | IN(ALIQUOTA),
	    .optional = COMMON | IN(FRANQUIA),
	    .is_rate = true,
	    .value = value_by_rate },
	{ .name = "fixo",
	    .required = IN(VALOR_FIXO),
	    .optional = ALWAYS | IN(PRO_RATA) | IN(MINIMO) | IN(TETO),
	    .is_fixed = true,
	    .value = value_fixed },
	{ .name = "gratuito",
	    .optional = READING | IN(METRICA),
	    .value = value_free },
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
