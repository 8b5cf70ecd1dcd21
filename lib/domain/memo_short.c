/*
 * The short memo: `1a2b3c4d,652084`, the mark of the proposal, then in cents
 * what the usage API reported for each product that is priced by that. All
 * other figures stand in the lines. In full it would be as long as the
 * consolidation, and keeping half a million of them a second would take half as
 * long again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/memo.h"
#include "domain/proposal.h"

enum { MARK_TEXT = 9 };

static void
mark_text(const struct proposal *p, char out[MARK_TEXT])
{
	snprintf(out, MARK_TEXT, "%08" PRIx32, p->mark);
}

void
memo_write_short(struct buf *b, const struct consolidation *c)
{
	const struct proposal *p = c->memo->proposal;
	const struct product *products = proposal_products(p);
	char mark[MARK_TEXT];

	mark_text(p, mark);
	buf_add(b, mark, MARK_TEXT - 1);
	for (uint32_t i = 0; i < p->product_count; i++)
		if (model_at(products[i].model)->reads_value)
			buf_printf(
			    b, ",%" PRId64, c->memo->figures[i].value_cents);
}

bool
memo_is_short(struct text memo)
{
	return memo.len > 0 && memo.at[0] != '{';
}

/* The next number behind a comma; false: there is none. */
static bool
take_cents(struct text *rest, int64_t *cents)
{
	char digits[20];
	size_t len = 0;

	if (rest->len == 0 || rest->at[0] != ',')
		return false;
	rest->at++;
	rest->len--;
	while (len < rest->len && rest->at[len] != ',')
		len++;
	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, rest->at, len);
	digits[len] = '\0';
	*cents = strtoll(digits, NULL, 10);
	rest->at += len;
	rest->len -= len;
	return true;
}

/* No product has such a name. */
static bool
is_complement(const struct billing_line *line)
{
	const struct text prefix = TEXT("Complemento de mínimo");

	return line->name.len >= prefix.len &&
	    memcmp(line->name.at, prefix.at, prefix.len) == 0;
}

/* What was read then, out of the lines and the short memo. */
static bool
read_figures(const struct consolidation *c, struct text values,
    const struct proposal *p, struct figures *out)
{
	const struct product *products = proposal_products(p);
	size_t line = 0;

	for (uint32_t i = 0; i < p->product_count; i++, line++) {
		while (line < c->line_count && is_complement(&c->lines[line]))
			line++;
		if (line == c->line_count)
			return false;
		out[i] = (struct figures){ c->lines[line].quantity_micro, 0 };
		if (model_at(products[i].model)->reads_value &&
		    !take_cents(&values, &out[i].value_cents))
			return false;
	}
	return values.len == 0;
}

static bool
same_lines(const struct consolidation *a, const struct consolidation *b)
{
	if (a->line_count != b->line_count)
		return false;
	for (size_t i = 0; i < a->line_count; i++)
		if (!text_same(a->lines[i].name, b->lines[i].name) ||
		    a->lines[i].quantity_micro != b->lines[i].quantity_micro ||
		    a->lines[i].cents != b->lines[i].cents)
			return false;
	return true;
}

bool
memo_rebuild(struct buf *b, const struct consolidation *c,
    struct text short_memo, const struct proposal *p, struct arena *scratch)
{
	struct text values = { short_memo.at + MARK_TEXT - 1,
		short_memo.len - (MARK_TEXT - 1) };
	struct consolidation again;
	struct figures *figures;
	struct error ignored;
	char mark[MARK_TEXT];

	mark_text(p, mark);
	if (short_memo.len < MARK_TEXT - 1 ||
	    memcmp(short_memo.at, mark, MARK_TEXT - 1) != 0)
		return false;
	figures = arena_alloc(scratch, p->product_count * sizeof(*figures));
	if (!read_figures(c, values, p, figures) ||
	    price_figures(
		p, c->key.month, figures, scratch, &again, &ignored) != DONE ||
	    !same_lines(c, &again))
		return false;
	memo_write(b, &again);
	return true;
}
