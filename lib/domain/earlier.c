#include "domain/earlier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/earlier_sent.h"
#include "domain/money.h"

enum { PATH_MAX_TEXT = 120, NUMBER_TEXT_MAX = 400 };

/* ---------------------------------------------------------------- notes */

void
earlier_notes_clear(struct earlier_notes *n)
{
	buf_clear(&n->faults);
	buf_clear(&n->notices);
}

__attribute__((format(printf, 3, 0))) static void
add(struct buf *list, const char *member, const char *fmt, va_list args)
{
	char why[400];

	vsnprintf(why, sizeof(why), fmt, args);
	text_to_line(why);
	build_open(list, '{');
	build_text_member(list, "campo", text_of(member));
	build_text_member(list, "motivo", text_of(why));
	build_close(list, '}');
}

void
earlier_fault(struct earlier_notes *n, const char *member, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(&n->faults, member, fmt, args);
	va_end(args);
}

void
earlier_notice(
    struct earlier_notes *n, const char *member, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(&n->notices, member, fmt, args);
	va_end(args);
}

/* --------------------------------------------------------------- numbers */

/* The text of a number or of a Decimal128; {"",0}: it is neither. */
static struct text
number_text(struct value v)
{
	if (value_kind(v) == IS_NUMBER)
		return value_raw(v);
	return value_text(value_member(v, "$numberDecimal"));
}

static bool
is_special(struct value v)
{
	return value_kind(value_member(v, "$numberDouble")) == IS_TEXT;
}

static bool
refuse_number(struct earlier_notes *n, const char *path, struct value v)
{
	struct text special = value_text(value_member(v, "$numberDouble"));

	if (value_is_empty(v))
		earlier_fault(n, path, "is missing");
	else if (is_special(v))
		earlier_fault(n, path, "is %.*s", (int)special.len, special.at);
	else
		earlier_fault(n, path, "is no number");
	return false;
}

static void
tell_noise(struct earlier_notes *n, const char *path, struct text number,
    int places, int64_t units)
{
	struct buf taken = BUF_INIT;

	if (places == 2)
		money_add(&taken, units);
	else
		decimal_add_micro(&taken, units);
	earlier_notice(n, path, "is %.*s, taken as %s", (int)number.len,
	    number.at, buf_cstr(&taken));
	buf_clear(&taken);
}

/* A number that isn't exact as it is written: the double that it stands for,
 * unless it was a Decimal128, which has no noise to be forgiven. */
static bool
read_double(struct value v, const char *path, int places, int64_t *out,
    struct earlier_notes *n)
{
	char text[NUMBER_TEXT_MAX];
	struct text number = number_text(v);
	bool noisy;

	snprintf(text, sizeof(text), "%.*s", (int)number.len, number.at);
	if (value_kind(v) != IS_NUMBER ||
	    !decimal_of_double(strtod(text, NULL), places, out, &noisy)) {
		earlier_fault(n, path,
		    "is %.*s, which is no whole number of %s",
		    number.len < 60 ? (int)number.len : 60, number.at,
		    places == 2 ? "cents" : "millionths");
		return false;
	}
	if (noisy)
		tell_noise(n, path, number, places, *out);
	return true;
}

/* The member `name` in units of 10^-places, not negative. */
static bool
read_amount(struct value object, const char *name, const char *path, int places,
    int64_t *out, struct earlier_notes *n)
{
	struct value v = value_member(object, name);
	struct text number = number_text(v);
	int64_t residue = 0;
	enum decimal_fault fault = decimal_read(number, places, out, &residue);

	if (number.len == 0)
		return refuse_number(n, path, v);
	if (fault != DECIMAL_OK) {
		earlier_fault(n, path,
		    fault == DECIMAL_RANGE ? "is 10^12 or more"
					   : "is no number");
		return false;
	}
	if (residue > 0 && !read_double(v, path, places, out, n))
		return false;
	if (*out < 0) {
		earlier_fault(n, path, "is negative: %.*s",
		    number.len < 60 ? (int)number.len : 60, number.at);
		return false;
	}
	return true;
}

/* ------------------------------------------------------------------- key */

/* `12345.0`, as a double that is a whole number is written. */
static bool
is_whole_double(struct text number)
{
	size_t i, digits = number.len - 2;

	if (number.len < 3 || digits > 15 ||
	    memcmp(number.at + digits, ".0", 2) != 0)
		return false;
	for (i = 0; i < digits; i++)
		if (number.at[i] < '0' || number.at[i] > '9')
			return false;
	return true;
}

static bool
read_identifier(struct value doc, const char *name, struct text *out,
    struct earlier_notes *n)
{
	struct value v = value_member(doc, name);
	struct text number = value_raw(v);
	struct error why;

	*out = TEXT("");
	if (value_is_empty(v)) {
		earlier_fault(n, name, "is missing");
		return false;
	}
	if (value_kind(v) == IS_NUMBER && is_whole_double(number)) {
		*out = (struct text){ number.at, number.len - 2 };
		return true;
	}
	if (value_identifier(v, out, &why) == DONE)
		return true;
	*out = TEXT("");
	earlier_fault(n, name,
	    "is no identifier: text, or a whole number, without blanks at "
	    "either end");
	return false;
}

bool
earlier_key_read(struct value doc, struct billing_key *out, struct arena *arena,
    struct earlier_notes *notes)
{
	struct value month = value_member(doc, "competencia");
	bool well;

	out->month = competencia_read(value_text(month));
	if (value_is_empty(month))
		earlier_fault(notes, "competencia", "is missing");
	else if (out->month == 0)
		earlier_fault(
		    notes, "competencia", "is no month, like 2026-01");
	well = read_identifier(doc, "empresaId", &out->empresa_id, notes);
	well &= read_identifier(doc, "numeroProposta", &out->proposta, notes);
	out->empresa_id = arena_text(arena, out->empresa_id);
	out->proposta = arena_text(arena, out->proposta);
	return well && out->month != 0;
}

/* ----------------------------------------------------------------- lines */

static bool
read_line(struct value v, size_t place, struct billing_line *line,
    struct earlier_notes *n)
{
	struct value name = value_member(v, "nome");
	char path[PATH_MAX_TEXT];
	bool well = true;

	line->name = value_text(name);
	if (line->name.len == 0) {
		snprintf(path, sizeof(path), "produtos[%zu].nome", place);
		earlier_fault(n, path,
		    value_is_empty(name) ? "is missing" : "is no text");
		well = false;
	}
	snprintf(path, sizeof(path), "produtos[%zu].quantidade", place);
	well &= read_amount(v, "quantidade", path, 6, &line->quantity_micro, n);
	snprintf(path, sizeof(path), "produtos[%zu].valor", place);
	return read_amount(v, "valor", path, 2, &line->cents, n) && well;
}

static void
check_sum(const struct consolidation *c, wide sum, struct earlier_notes *n)
{
	struct buf lines = BUF_INIT, total = BUF_INIT;

	if (sum == c->total_cents)
		return;
	money_add(&lines, sum > INT64_MAX ? INT64_MAX : (int64_t)sum);
	money_add(&total, c->total_cents);
	earlier_fault(n, "valorTotal", "is %s, the produtos add up to %s",
	    buf_cstr(&total), buf_cstr(&lines));
	buf_clear(&lines);
	buf_clear(&total);
}

static void
read_money(struct value doc, struct consolidation *c, struct arena *arena,
    struct earlier_notes *n)
{
	struct value products = value_member(doc, "produtos");
	struct billing_line *lines;
	struct each it;
	wide sum = 0;
	bool well =
	    read_amount(doc, "valorTotal", "valorTotal", 2, &c->total_cents, n);

	if (value_kind(products) != IS_ARRAY || value_count(products) == 0) {
		earlier_fault(n, "produtos",
		    value_is_empty(products) ? "is missing"
					     : "is no list of products");
		return;
	}
	lines = arena_alloc(arena, value_count(products) * sizeof(*lines));
	c->lines = lines;
	for (it = value_each(products); each_next(&it); c->line_count++) {
		well &=
		    read_line(it.at, c->line_count, &lines[c->line_count], n);
		if (well)
			sum += lines[c->line_count].cents;
	}
	if (well)
		check_sum(c, sum, n);
}

/* ------------------------------------------------------------------ bill */

void
earlier_bill_read(struct value doc, struct earlier_bill *out,
    struct arena *arena, struct earlier_notes *notes)
{
	*out = (struct earlier_bill){ .code = TEXT("") };
	out->c.source = NO_VALUE;
	out->c.revision = 1;
	earlier_key_read(doc, &out->c.key, arena, notes);
	read_money(doc, &out->c, arena, notes);
	earlier_judge_sent(doc, out, notes);
}
