/* Prices by bands: graduado and volume. */
#include "domain/proposal.h"

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The units that are counted through the bands: all, or without the allowance.
 */
static int64_t
counted_units(const struct tariff *t, const struct figures *f)
{
	if (t->product->flags & ALLOWANCE_IN_BANDS)
		return f->quantity_micro;
	return tariff_charged(t, f);
}

/* Of the units in the band those that are paid. */
static int64_t
paid_units(const struct tariff *t, const struct figures *f,
    const struct band_part *part)
{
	int64_t end = least(counted_units(t, f), part->until);
	int64_t begin = part->from, free = 0;

	if (model_at(t->product->model)->one_band)
		return tariff_charged(t, f);
	if (t->product->flags & ALLOWANCE_IN_BANDS)
		free =
		    product_number(t->proposal, t->product, SLOT_ALLOWANCE, 0);
	if (begin < free)
		begin = free;
	return end > begin ? end - begin : 0;
}

static bool
is_reached(const struct tariff *t, int64_t counted, uint32_t i,
    const struct band_part *part)
{
	if (counted == 0)
		return i == 0 && (t->product->flags & CHARGES_UNUSED) != 0;
	if (model_at(t->product->model)->one_band && counted > part->until)
		return false;
	return counted > part->from;
}

bool
tariff_band(const struct tariff *t, const struct figures *f, uint32_t i,
    struct band_part *out)
{
	uint32_t count;
	const struct band *band =
	    &product_bands(t->proposal, t->product, &count)[i];

	*out = (struct band_part){ .from = i > 0 ? band[-1].until : 0,
		.until = band->until,
		.price = band->price,
		.fee = band->fee };
	if (!tariff_price(t, &out->price, band->price_places) ||
	    !tariff_price(t, &out->fee, band->fee_places))
		return false;
	out->reached = is_reached(t, counted_units(t, f), i, out);
	if (out->reached)
		out->units = paid_units(t, f, out);
	return true;
}

bool
tariff_by_bands(
    const struct tariff *t, const struct figures *f, struct amount *value)
{
	struct band_part part;
	uint32_t count;
	wide n = 0;

	product_bands(t->proposal, t->product, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (!tariff_band(t, f, i, &part))
			return false;
		if (part.reached)
			n += (wide)part.units * part.price +
			    (wide)part.fee * MICRO;
	}
	*value = (struct amount){ n, (wide)MICRO * MICRO };
	return true;
}
