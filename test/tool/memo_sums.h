/* Whether what a memo says multiplies and adds up to the lines it explains. */
#ifndef VOLUM_TEST_MEMO_SUMS_H
#define VOLUM_TEST_MEMO_SUMS_H

#include "core/ndjson.h"
#include "domain/memo.h"
#include "domain/proposal.h"

/* A number member in units of 10^-`places`; 0 when it is absent. */
static inline wide
memo_number(struct value object, const char *name, int places)
{
	struct text t = value_raw(value_member(object, name));
	bool behind = false;
	wide n = 0;

	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] == '.')
			behind = true;
		if (t.at[i] == '.' || t.at[i] == '-')
			continue;
		n = n * 10 + (t.at[i] - '0');
		places -= behind;
	}
	for (; places > 0; places--)
		n *= 10;
	return t.len > 0 && t.at[0] == '-' ? -n : n;
}

static inline wide
memo_atto(struct value object, const char *name)
{
	return memo_number(object, name, 18);
}

/* Units times price, in 10^-12. */
static inline wide
memo_product(struct value object, const char *units, const char *price)
{
	return memo_number(object, units, 6) * memo_number(object, price, 6);
}

static inline bool
memo_bands_add_up(struct value line)
{
	struct each it = value_each(value_member(line, "faixas"));
	wide sum = 0;

	while (each_next(&it)) {
		wide subtotal = memo_number(it.at, "subtotal", 12);

		if (subtotal !=
		    memo_product(it.at, "quantidade", "preco_unitario") +
			memo_number(it.at, "valor_fixo", 12))
			return false;
		sum += subtotal;
	}
	return sum == memo_number(line, "valor", 12);
}

static inline bool
memo_value_is_right(struct value line)
{
	struct value modelo = value_member(line, "modelo");
	bool free = value_kind(value_member(line, "franquia")) != ABSENT;
	const char *units = free ? "cobrado" : "quantidade";

	if (value_kind(value_member(line, "faixas")) != ABSENT)
		return memo_bands_add_up(line);
	if (value_is_text(modelo, "unitario"))
		return memo_number(line, "valor", 12) ==
		    memo_product(line, units, "preco_unitario");
	if (value_is_text(modelo, "percentual"))
		return memo_number(line, "valor", 14) ==
		    memo_product(line, units, "aliquota");
	if (value_is_text(modelo, "pacote"))
		return memo_number(line, "valor", 6) ==
		    memo_number(line, "pacotes", 0) *
		    memo_number(line, "preco_pacote", 6);
	if (value_is_text(modelo, "gratuito"))
		return memo_atto(line, "valor") == 0;
	return true;
}

static inline bool
memo_line_adds_up(struct value line, const struct billing_line *want)
{
	wide total = memo_atto(line, "total");
	wide sum = memo_atto(line, "valor") + memo_atto(line, "minimo") +
	    memo_atto(line, "minimo_mensal") - memo_atto(line, "alcancado") +
	    memo_atto(line, "desconto") + memo_atto(line, "acima_do_teto") +
	    memo_atto(line, "arredondamento") + memo_atto(line, "teto_mensal");

	return memo_value_is_right(line) && sum == total &&
	    memo_number(line, "total", 2) == want->cents &&
	    text_same(value_text(value_member(line, "nome")), want->name);
}

/* The short memo grows back into the same one. */
static inline bool
memo_comes_back(const struct consolidation *c, struct text memo)
{
	struct buf small = BUF_INIT, again = BUF_INIT;
	struct arena arena = ARENA_INIT;
	bool same;

	memo_write_short(&small, c);
	same = memo_rebuild(
		   &again, c, buf_text(&small), c->memo->proposal, &arena) &&
	    text_same(buf_text(&again), memo);
	buf_clear(&small);
	buf_clear(&again);
	arena_clear(&arena);
	return same;
}

static inline bool
memo_adds_up(const struct consolidation *c)
{
	struct record *rec = record_new();
	struct buf json = BUF_INIT;
	struct error err;
	struct each it;
	size_t i = 0;
	bool good;

	memo_write(&json, c);
	good = ndjson_parse(rec, buf_text(&json), &err) == DONE;
	it = value_each(value_member(record_root(rec), "linhas"));
	for (; good && each_next(&it); i++)
		good =
		    i < c->line_count && memo_line_adds_up(it.at, &c->lines[i]);
	good =
	    good && i == c->line_count && memo_comes_back(c, buf_text(&json));
	record_free(rec);
	buf_clear(&json);
	return good;
}

#endif
