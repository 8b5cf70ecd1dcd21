/* The bands of a product: `faixas`. */
#include "domain/proposal.h"

struct band_draft {
	struct decimal until, price, fee;
};

static const struct member band_members[] = {
	{ .name = "ate",
	    .read = field_decimal,
	    .above_zero = true,
	    .places = 6,
	    .offset = offsetof(struct band_draft, until) },
	{ .name = "preco_unitario",
	    .read = field_decimal,
	    .required = true,
	    .places = 6,
	    .offset = offsetof(struct band_draft, price) },
	{ .name = "valor_fixo",
	    .read = field_decimal,
	    .places = 6,
	    .offset = offsetof(struct band_draft, fee) },
	{ .name = NULL },
};

/* `before`: the edge of the band before it. */
static enum status
check_edge(struct value item, const struct band_draft *b, int64_t before,
    bool is_last, struct error *err)
{
	struct value at = value_member(item, "ate");

	if (value_kind(at) == ABSENT)
		return value_reject(
		    item, err, "`ate` is missing (null in the last band)");
	if (!b->until.given && !is_last)
		return value_reject(
		    at, err, "is null, which only the last band may be");
	if (b->until.given && is_last)
		return value_reject(
		    at, err, "must be null in the last band, which has no end");
	if (b->until.given && b->until.micro <= before)
		return value_reject(
		    at, err, "is not above the one of the band before");
	return DONE;
}

enum status
bands_read(struct value faixas, struct draft *d, struct decimal *place,
    struct error *err)
{
	struct each it = value_each(faixas);
	size_t left = value_count(faixas);
	int64_t before = 0;
	enum status s;

	if (value_kind(faixas) != IS_ARRAY)
		return value_reject(faixas, err, "must be a list");
	if (left == 0)
		return value_reject(faixas, err, "must name a band");
	place->given = true;
	place->micro =
	    (int64_t)(d->bands.len / sizeof(struct band)) * BAND_FIRST +
	    (int64_t)left;
	for (; each_next(&it); left--) {
		struct band_draft b = { 0 };
		struct band kept = { 0 };

		if ((s = members_read(it.at, band_members, &b, err)) != DONE ||
		    (s = check_edge(it.at, &b, before, left == 1, err)) != DONE)
			return s;
		kept.until = b.until.given ? b.until.micro : OPEN_BAND;
		kept.price = b.price.micro;
		kept.price_places = b.price.places;
		kept.fee = b.fee.micro;
		kept.fee_places = b.fee.places;
		before = kept.until;
		buf_add(&d->bands, &kept, sizeof(kept));
	}
	return DONE;
}
