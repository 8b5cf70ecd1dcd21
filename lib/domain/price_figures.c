/* What the volumes say of a product. */
#include <stdio.h>

#include "domain/proposal.h"

enum { PATH_TEXT = 200, NOTE_TEXT = 320 };

struct reader {
	const struct proposal *proposal;
	const struct product *product;
	price_note_fn note;
	void *ctx;
	struct error *err;
};

static enum status
refuse(const struct reader *r, struct value at, const char *why)
{
	char path[PATH_TEXT];

	value_path(at, path, sizeof(path));
	return reject(r->err, "dados_incompletos", "%s: %s", path, why);
}

static enum status
refuse_absent(const struct reader *r, struct value in, const char *name)
{
	char path[PATH_TEXT];

	value_path(in, path, sizeof(path));
	return reject(
	    r->err, "dados_incompletos", "%s.%s: missing", path, name);
}

static void
note_residue(const struct reader *r, struct value at, int64_t millionths)
{
	char note[NOTE_TEXT], path[PATH_TEXT];

	if (r->note == NULL || millionths <= 1)
		return;
	value_path(at, path, sizeof(path));
	snprintf(note, sizeof(note),
	    "empresaId %.60s: %s: %lld millionths rounded away",
	    proposal_text(r->proposal, r->proposal->company), path,
	    (long long)millionths);
	r->note(note, r->ctx);
}

/* One figure of the product `in`, in units of its decimals. */
static enum status
read_figure(const struct reader *r, struct value in, const char *name,
    int places, int64_t *out)
{
	struct value at = value_member(in, name);
	int64_t residue = 0;

	switch (value_kind(at)) {
	case ABSENT:
		return refuse_absent(r, in, name);
	case IS_NULL:
		if ((r->product->flags & NULL_IS_ZERO) == 0)
			return refuse(r, at, "null is not zero");
		*out = 0;
		return DONE;
	case IS_NUMBER:
		break;
	default:
		return refuse(r, at, "must be a number");
	}
	if (decimal_read(value_raw(at), places, out, &residue) != DECIMAL_OK)
		return refuse(r, at, "is 10^12 or more");
	if (*out < 0)
		return refuse(r, at, "is negative");
	note_residue(r, at, residue);
	return DONE;
}

static enum status
read_figures(const struct reader *r, struct value in, struct figures *out)
{
	bool money = (r->product->flags & FIGURE_IS_MONEY) != 0;
	enum status s;

	if (r->product->figure != 0) {
		s = read_figure(r, in,
		    proposal_text(r->proposal, r->product->figure),
		    money ? 2 : 6, &out->quantity_micro);
		if (s != DONE)
			return s;
		if (money)
			out->quantity_micro *= MICRO_PER_CENT;
	}
	if (model_at(r->product->model)->reads_value)
		return read_figure(r, in, "valorTotal", 2, &out->value_cents);
	return DONE;
}

static bool
is_filled(struct value error)
{
	switch (value_kind(error)) {
	case ABSENT:
	case IS_NULL:
		return false;
	case IS_BOOL:
		return value_is_true(error);
	case IS_TEXT:
		return value_text(error).len > 0;
	default:
		return true;
	}
}

enum status
figures_read(struct value element, const struct proposal *p,
    const struct product *product, struct figures *out, price_note_fn note,
    void *ctx, struct error *err)
{
	const struct reader r = { p, product, note, ctx, err };
	const char *name = proposal_text(p, product->name);
	struct value at;

	*out = (struct figures){ product->figure ? 0 : MICRO, 0 };
	if (product->figure == 0 && !model_at(product->model)->reads_value)
		return DONE;
	at = value_member(element, name);
	switch (value_kind(at)) {
	case ABSENT:
		if (product->flags & ABSENT_IS_ZERO)
			return DONE;
		return refuse_absent(&r, element, name);
	case IS_NULL:
		if (product->flags & NULL_IS_ZERO)
			return DONE;
		return refuse(&r, at, "null is not zero");
	case IS_OBJECT:
		break;
	default:
		return refuse(&r, at, "must be an object");
	}
	if (is_filled(value_member(at, "error")))
		return refuse(&r, value_member(at, "error"),
		    "is filled, so the figures can't be trusted");
	return read_figures(&r, at, out);
}
