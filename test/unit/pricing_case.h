/* Proposals and volumes as text, for the tests of prices: what comes out is
 * one line that a table can hold. */
#ifndef VOLUM_TEST_PRICING_CASE_H
#define VOLUM_TEST_PRICING_CASE_H

#include <stdio.h>

#include "core/ndjson.h"
#include "domain/catalog.h"
#include "domain/money.h"
#include "domain/pricing.h"

#include "unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

/* One product by the unit, and what the volumes say of it. */
#define UNIT(more) \
	"\"produtos\":[{\"produto\":\"cobranca\",\"metrica\":\"qtde_" \
	"titulos\"," \
	"\"modelo\":\"unitario\"," more "}]"
#define TITLES(n) "\"cobranca\":{\"qtdeTitulos\":" n "}"

/* Parses `json`, which must be right; the record looks into it. */
static inline struct value
parsed(struct record *rec, struct text json)
{
	struct error err = { 0 };

	if (ndjson_parse(rec, json, &err) != DONE)
		fail_msg("%s in %.*s", err.text, (int)json.len, json.at);
	return record_root(rec);
}

/* NULL: refused, `err` says why. */
static inline struct proposal *
proposal_of(struct text json, struct error *err)
{
	struct record *rec = record_new();
	struct proposal *p = NULL;
	enum status s =
	    proposal_read(value_member(parsed(rec, json), "proposta"), &p, err);

	assert_true(s == DONE ? p != NULL : s == SOME_REJECTED && p == NULL);
	record_free(rec);
	return p;
}

/* The record around `terms`: company 7, proposal P, from January 2026 on. */
static inline struct proposal *
proposal_with(const char *terms, struct error *err)
{
	struct buf json = BUF_INIT;
	struct proposal *p;

	buf_printf(&json,
	    "{\"proposta\":{\"esquema\":1,\"empresaId\":\"7\","
	    "\"numeroProposta\":\"P\",\"vigencia\":{\"inicio\":\"2026-01-01\"},"
	    "%s}}",
	    terms);
	p = proposal_of(buf_text(&json), err);
	buf_clear(&json);
	return p;
}

/* `P 101.01: Cobrança Bancária 3 x 1.01, ...`, proposals apart by `; `. */
static inline enum status
add_consolidation(const struct consolidation *c, void *ctx, struct error *err)
{
	struct buf *out = ctx;

	(void)err;
	assert_int_equal(c->status, CONSOLIDATION_COMPLETED);
	assert_int_equal(c->revision, 1);
	assert_int_equal(value_kind(c->source), ABSENT);
	if (out->len > 0)
		buf_add_str(out, "; ");
	buf_add_text(out, c->key.proposta);
	buf_add_byte(out, ' ');
	money_add(out, c->total_cents);
	for (size_t i = 0; i < c->line_count; i++) {
		buf_add_str(out, i ? ", " : ": ");
		buf_add_text(out, c->lines[i].name);
		buf_add_byte(out, ' ');
		decimal_add_micro(out, c->lines[i].quantity_micro);
		buf_add_str(out, " x ");
		money_add(out, c->lines[i].cents);
	}
	return DONE;
}

struct notes {
	struct buf *out, *notes;
};

static inline enum status
add_noted(const struct consolidation *c, void *ctx, struct error *err)
{
	return add_consolidation(c, ((struct notes *)ctx)->out, err);
}

static inline void
add_note(const char *note, void *ctx)
{
	struct buf *notes = ((struct notes *)ctx)->notes;

	if (notes->len > 0)
		buf_add_str(notes, "; ");
	buf_add_str(notes, note);
}

/* What becomes of one element, or `code: text` of its refusal. */
static inline void
price_text(struct buf *out, struct buf *notes, const char *element,
    const char *month, struct proposal *const *proposals, size_t count)
{
	struct record *rec = record_new();
	struct arena scratch = ARENA_INIT;
	struct error err = { 0 };
	struct buf json = BUF_INIT;
	struct notes both = { out, notes };
	struct each it;
	enum status s;

	buf_printf(&json, "{\"volumetriaData\":[%s]}", element);
	it = value_each(
	    value_member(parsed(rec, buf_text(&json)), "volumetriaData"));
	assert_true(each_next(&it));
	s = price_element(it.at, competencia_read(text_of(month)), proposals,
	    count, &scratch, add_noted, notes ? add_note : NULL, &both, &err);
	if (s != DONE) {
		assert_int_equal(s, SOME_REJECTED);
		assert_int_equal(out->len, 0);
		buf_printf(out, "%s: %s", err.code, err.text);
	}
	buf_clear(&json);
	arena_clear(&scratch);
	record_free(rec);
}

/* One proposal with these terms prices one element of company 7. */
static inline void
assert_price(const char *terms, const char *month, const char *products,
    const char *want)
{
	struct buf out = BUF_INIT, element = BUF_INIT;
	struct error err = { 0 };
	struct proposal *p = proposal_with(terms, &err);

	if (p == NULL)
		fail_msg("%s in %s", err.text, terms);
	buf_printf(
	    &element, "{\"idEmpresa\":7%s%s}", *products ? "," : "", products);
	price_text(&out, NULL, buf_cstr(&element), month, &p, 1);
	assert_string_equal(buf_cstr(&out), want);
	buf_clear(&element);
	buf_clear(&out);
	proposal_free(p);
}

/* Terms of a proposal, what the volumes say in January, and what comes of it.
 */
struct row {
	const char *terms, *products, *want;
};

static inline void
assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_price(
		    rows[i].terms, "2026-01", rows[i].products, rows[i].want);
}

/* A proposal of company 7 with its number and days; one real per unit. */
static inline struct proposal *
dated(const char *number, const char *from, const char *until,
    const char *product)
{
	struct error err = { 0 };
	struct buf json = BUF_INIT;
	struct proposal *p;

	buf_printf(&json,
	    "{\"proposta\":{\"esquema\":1,\"empresaId\":7,\"numeroProposta\":"
	    "\"%s\",\"vigencia\":{\"inicio\":\"%s\",\"fim\":%s},\"produtos\":"
	    "[{\"produto\":\"%s\",\"modelo\":\"unitario\",\"metrica\":\"q\","
	    "\"preco_unitario\":\"1\"}]}}",
	    number, from, until, product);
	p = proposal_of(buf_text(&json), &err);
	assert_non_null(p);
	buf_clear(&json);
	return p;
}

#endif
