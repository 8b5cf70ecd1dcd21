#include <stdlib.h>
#include <string.h>

#include "pricing_case.h"

#define DISCOUNT(percent) \
	",\"descontos\":[{\"tipo\":\"percentual\",\"valor\":\"" percent \
	"\",\"de\":\"2026-01\"}]"

static void
a_line_is_rounded_once(void **state)
{
	static const struct row rows[] = {
		{ UNIT("\"preco_unitario\":\"0.005\""), TITLES("1"),
		    "P 0.01: Cobrança Bancária 1 x 0.01" },
		{ UNIT("\"preco_unitario\":\"0.004999\""), TITLES("1"),
		    "P 0.00: Cobrança Bancária 1 x 0.00" },
		{ UNIT("\"preco_unitario\":\"0.015\""), TITLES("3"),
		    "P 0.05: Cobrança Bancária 3 x 0.05" },
		{ UNIT("\"preco_unitario\":\"0.000001\""), TITLES("5000"),
		    "P 0.01: Cobrança Bancária 5000 x 0.01" },
		{ UNIT("\"preco_unitario\":\"0.000001\""),
		    TITLES("4999.999999"),
		    "P 0.00: Cobrança Bancária 4999.999999 x 0.00" },
		{ UNIT("\"preco_unitario\":\"0\""), TITLES("5"),
		    "P 0.00: Cobrança Bancária 5 x 0.00" },
		{ UNIT("\"preco_unitario\":\"0.12\",\"franquia\":\"2.5\""),
		    TITLES("10"), "P 0.90: Cobrança Bancária 10 x 0.90" },
		{ UNIT("\"preco_unitario\":\"0.12\",\"franquia\":\"10\""),
		    TITLES("10"), "P 0.00: Cobrança Bancária 10 x 0.00" },
		{ UNIT("\"preco_unitario\":\"0.12\",\"franquia\":\"11\""),
		    TITLES("10"), "P 0.00: Cobrança Bancária 10 x 0.00" },
		{ UNIT("\"preco_unitario\":\"999999999999.999999\""),
		    TITLES("1000"),
		    "P 1000000000000000.00: Cobrança Bancária 1000 x "
		    "1000000000000000.00" },
	};

	(void)state;
	/* The last one's value stays below 10^15, its cents do not. */
	assert_rows(rows, LENGTH(rows) - 1);
	assert_price(rows[LENGTH(rows) - 1].terms, "2026-01",
	    rows[LENGTH(rows) - 1].products,
	    "proposta_invalida: numeroProposta P, Cobrança Bancária: the sum "
	    "reaches 10^15");
}

/* Two products by `informado`: what the API reports, at cents. */
#define REPORTED(more) \
	"\"produtos\":[{\"produto\":\"cobranca\",\"metrica\":\"qtde_" \
	"titulos\"" more "}]"

static void
a_reported_value_is_taken(void **state)
{
	static const struct row rows[] = {
		{ REPORTED(""),
		    "\"cobranca\":{\"qtdeTitulos\":3,\"valorTotal\":1.005}",
		    "P 1.01: Cobrança Bancária 3 x 1.01" },
		{ REPORTED(",\"modelo\":\"informado\""),
		    "\"cobranca\":{\"qtdeTitulos\":0,\"valorTotal\":9.99}",
		    "P 9.99: Cobrança Bancária 0 x 9.99" },
		{ REPORTED(",\"modelo\":null,\"minimo\":null"),
		    "\"cobranca\":{\"qtdeTitulos\":2,\"valorTotal\":2}",
		    "P 2.00: Cobrança Bancária 2 x 2.00" },
		{ REPORTED(""), TITLES("3"),
		    "dados_incompletos: volumetriaData[0].cobranca.valorTotal: "
		    "missing" },
		{ REPORTED(""), "\"cobranca\":{\"valorTotal\":3}",
		    "dados_incompletos: "
		    "volumetriaData[0].cobranca.qtdeTitulos: missing" },
		{ "\"produtos\":[{\"produto\":\"pixpay\"}]",
		    "\"pixpay\":{\"valorTotal\":3.14159}",
		    "P 3.14: PIX Pay 1 x 3.14" },
		{ "\"produtos\":[{\"produto\":\"pixpay\",\"metrica\":"
		  "\"valor_total\"}]",
		    "\"pixpay\":{\"valorTotal\":3.145}",
		    "P 3.15: PIX Pay 3.15 x 3.15" },
		{ "\"produtos\":[{\"produto\":\"pixpay\",\"metrica\":"
		  "\"qtde_2_via\",\"nulo_e_zero\":true}]",
		    "\"pixpay\":{\"valorTotal\":null,\"qtde2Via\":4}",
		    "P 0.00: PIX Pay 4 x 0.00" },
		{ REPORTED(",\"teto\":\"5\",\"minimo\":\"4.99\""),
		    "\"cobranca\":{\"qtdeTitulos\":3,\"valorTotal\":5.004}",
		    "P 5.00: Cobrança Bancária 3 x 5.00" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
limits_of_a_line(void **state)
{
	static const struct row rows[] = {
		{ UNIT("\"preco_unitario\":\"1\",\"minimo\":\"10\""),
		    TITLES("0"),
		    "P 10.00: Cobrança Bancária 0 x 0.00, Complemento de "
		    "mínimo - Cobrança Bancária 1 x 10.00" },
		{ UNIT("\"preco_unitario\":\"1\",\"minimo\":\"10\""),
		    TITLES("9.99"),
		    "P 10.00: Cobrança Bancária 9.99 x 9.99, Complemento de "
		    "mínimo - Cobrança Bancária 1 x 0.01" },
		/* Rounding comes first: nothing is left to fill up. */
		{ UNIT("\"preco_unitario\":\"1\",\"minimo\":\"10\""),
		    TITLES("9.995"),
		    "P 10.00: Cobrança Bancária 9.995 x 10.00" },
		{ UNIT("\"preco_unitario\":\"1\",\"teto\":\"10\""),
		    TITLES("10.006"),
		    "P 10.00: Cobrança Bancária 10.006 x 10.00" },
		{ UNIT("\"preco_unitario\":\"1\",\"teto\":\"0\""), TITLES("3"),
		    "P 0.00: Cobrança Bancária 3 x 0.00" },
		{ UNIT("\"preco_unitario\":\"1\",\"minimo\":\"7\","
		       "\"teto\":\"7\""),
		    TITLES("8"), "P 7.00: Cobrança Bancária 8 x 7.00" },
		/* The discount comes before the cap, the minimum after both. */
		{ UNIT("\"preco_unitario\":\"1\",\"teto\":\"10\","
		       "\"minimo\":\"6\"") DISCOUNT("50"),
		    TITLES("16"), "P 8.00: Cobrança Bancária 16 x 8.00" },
		{ UNIT("\"preco_unitario\":\"1\",\"minimo\":\"6\"")
			DISCOUNT("100"),
		    TITLES("16"),
		    "P 6.00: Cobrança Bancária 16 x 0.00, Complemento de "
		    "mínimo - Cobrança Bancária 1 x 6.00" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

#define THREE \
	"\"produtos\":[" \
	"{\"produto\":\"a\",\"modelo\":\"unitario\",\"metrica\":\"q\"," \
	"\"preco_unitario\":\"1\"}," \
	"{\"produto\":\"b\",\"modelo\":\"unitario\",\"metrica\":\"q\"," \
	"\"preco_unitario\":\"1\",\"minimo\":\"20\"}," \
	"{\"produto\":\"c_d\",\"modelo\":\"unitario\",\"metrica\":\"q\"," \
	"\"preco_unitario\":\"1\"}]"
#define ABC(a, b, c) \
	"\"a\":{\"q\":" a "},\"b\":{\"q\":" b "},\"c_d\":{\"q\":" c "}"

static void
limits_of_the_month(void **state)
{
	static const struct row rows[] = {
		{ THREE, ABC("10", "5", "3"),
		    "P 33.00: a 10 x 10.00, b 5 x 5.00, Complemento de mínimo "
		    "- b 1 x 15.00, c_d 3 x 3.00" },
		/* Stronger than a product's minimum, from the last line on. */
		{ THREE ",\"teto_mensal\":\"16\"", ABC("10", "5", "3"),
		    "P 16.00: a 10 x 10.00, b 5 x 5.00, Complemento de mínimo "
		    "- b 1 x 1.00, c_d 3 x 0.00" },
		{ THREE ",\"teto_mensal\":\"0\"", ABC("10", "5", "3"),
		    "P 0.00: a 10 x 0.00, b 5 x 0.00, Complemento de mínimo - "
		    "b 1 x 0.00, c_d 3 x 0.00" },
		{ THREE ",\"teto_mensal\":\"33\"", ABC("10", "5", "3"),
		    "P 33.00: a 10 x 10.00, b 5 x 5.00, Complemento de mínimo "
		    "- b 1 x 15.00, c_d 3 x 3.00" },
		{ THREE ",\"minimo_mensal\":\"33\"", ABC("10", "5", "3"),
		    "P 33.00: a 10 x 10.00, b 5 x 5.00, Complemento de mínimo "
		    "- b 1 x 15.00, c_d 3 x 3.00" },
		{ THREE ",\"minimo_mensal\":\"33.01\"", ABC("10", "5", "3"),
		    "P 33.01: a 10 x 10.00, b 5 x 5.00, Complemento de mínimo "
		    "- b 1 x 15.00, c_d 3 x 3.00, Complemento de mínimo mensal "
		    "1 x 0.01" },
		{ THREE ",\"minimo_mensal\":\"9\",\"teto_mensal\":\"9\"",
		    ABC("10", "5", "3"),
		    "P 9.00: a 10 x 9.00, b 5 x 0.00, Complemento de mínimo - "
		    "b 1 x 0.00, c_d 3 x 0.00" },
		{ THREE ",\"minimo_mensal\":\"50\",\"teto_mensal\":\"60\"",
		    ABC("0", "0", "0"),
		    "P 50.00: a 0 x 0.00, b 0 x 0.00, Complemento de mínimo - "
		    "b 1 x 20.00, c_d 0 x 0.00, Complemento de mínimo mensal 1 "
		    "x 30.00" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
discounts_hold_in_their_months(void **state)
{
	static const char terms[] = UNIT(
	    "\"preco_unitario\":\"1\"") ",\"descontos\":[{\"tipo\":"
					"\"percentual\",\"valor\":\"12.5\","
					"\"de\":\"2026-05\"},"
					"{\"tipo\":\"percentual\",\"valor\":"
					"\"33.33\",\"de\":\"2026-02\","
					"\"ate\":\"2026-03\"}]";
	static const struct {
		const char *month, *cents;
	} rows[] = { { "2026-01", "1000.00" }, { "2026-02", "666.70" },
		{ "2026-03", "666.70" }, { "2026-04", "1000.00" },
		{ "2026-05", "875.00" }, { "9999-12", "875.00" } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char want[100];

		snprintf(want, sizeof(want),
		    "P %s: Cobrança Bancária 1000 x %s", rows[i].cents,
		    rows[i].cents);
		assert_price(terms, rows[i].month, TITLES("1000"), want);
	}
}

#define ADJUSTED(price, only_up, applied) \
	UNIT("\"preco_unitario\":\"" price "\"") \
	",\"reajuste\":{\"indice\":\"IPCA\",\"so_positivo\":" only_up \
	",\"aplicado\":[" applied "]}"
#define STEP(month, factor) \
	"{\"competencia\":\"" month "\",\"fator\":\"" factor "\"}"

static void
prices_are_adjusted_in_order(void **state)
{
	static const struct {
		const char *terms, *month, *cents; /* of 100,000 units */
	} rows[] = {
		/* 0.1256 (of 0.125556) x 1.05 = 0.13188: 0.1319. */
		{ ADJUSTED("0.12", "true",
		      STEP("2027-01", "1.0463") "," STEP("2028-01", "1.05")),
		    "2026-12", "12000.00" },
		{ ADJUSTED("0.12", "true",
		      STEP("2027-01", "1.0463") "," STEP("2028-01", "1.05")),
		    "2027-01", "12560.00" },
		{ ADJUSTED("0.12", "true",
		      STEP("2027-01", "1.0463") "," STEP("2028-01", "1.05")),
		    "2027-12", "12560.00" },
		{ ADJUSTED("0.12", "true",
		      STEP("2027-01", "1.0463") "," STEP("2028-01", "1.05")),
		    "2028-01", "13190.00" },
		/* As written: final zeros count. */
		{ ADJUSTED("0.12000", "true", STEP("2026-01", "1.0463")),
		    "2026-01", "12556.00" },
		{ ADJUSTED("0.120000", "true", STEP("2026-01", "1.0463")),
		    "2026-01", "12555.60" },
		{ ADJUSTED("1", "false", STEP("2026-01", "0.98765")), "2026-01",
		    "98770.00" },
		{ ADJUSTED("1", "true", STEP("2026-01", "0.98765")), "2026-01",
		    "100000.00" },
		{ ADJUSTED("1", "true",
		      STEP("2026-01", "0.5") "," STEP("2026-02", "2")),
		    "2026-02", "200000.00" },
		{ ADJUSTED("0.00005", "false", STEP("2026-01", "0.9")),
		    "2026-01", "5.00" },
		{ ADJUSTED("0.00", "true", STEP("2026-01", "2")), "2026-01",
		    "0.00" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char want[100];

		snprintf(want, sizeof(want),
		    "P %s: Cobrança Bancária 100000 x %s", rows[i].cents,
		    rows[i].cents);
		assert_price(rows[i].terms, rows[i].month, TITLES("1e5"), want);
	}
}

static void
amounts_have_a_ceiling(void **state)
{
#define DEAR "proposta_invalida: numeroProposta P, Cobrança Bancária: "
	static const struct row rows[] = {
		{ UNIT("\"preco_unitario\":\"1000\""),
		    TITLES("999999999999.99"),
		    "P 999999999999990.00: Cobrança Bancária 999999999999.99 "
		    "x 999999999999990.00" },
		{ UNIT("\"preco_unitario\":\"100000\""), TITLES("1e10"),
		    DEAR "a value reaches 10^15" },
		/* Not even where a cap or a discount would take it away. */
		{ UNIT("\"preco_unitario\":\"999999999999.999999\","
		       "\"teto\":\"1\""),
		    TITLES("999999999999.999999"),
		    DEAR "a value reaches 10^15" },
		{ UNIT("\"preco_unitario\":\"999999999999.999999\"")
			DISCOUNT("0.01"),
		    TITLES("999.999999"),
		    "P 999899999000100.00: Cobrança Bancária 999.999999 x "
		    "999899999000100.00" },
		{ ADJUSTED("999999999999", "true", STEP("2026-01", "1.000001")),
		    TITLES("0"), DEAR "an adjusted price reaches 10^12" },
		{ ADJUSTED("999999999999.999999", "true",
		      STEP("2026-01", "999999999999.999999")),
		    TITLES("0"), DEAR "an adjusted price reaches 10^12" },
		{ ADJUSTED("500000000000", "true", STEP("2026-01", "2")),
		    TITLES("0"), DEAR "an adjusted price reaches 10^12" },
		{ ADJUSTED("999999999999.99", "true", STEP("2026-01", "1")),
		    TITLES("1"),
		    "P 999999999999.99: Cobrança Bancária 1 x "
		    "999999999999.99" },
		{ THREE ",\"teto_mensal\":\"1\"",
		    ABC("999999999999", "999999999999", "999999999999"),
		    "P 1.00: a 999999999999 x 1.00, b 999999999999 x 0.00, "
		    "c_d 999999999999 x 0.00" },
		{ "\"produtos\":[{\"produto\":\"a\",\"modelo\":\"unitario\","
		  "\"metrica\":\"q\",\"preco_unitario\":\"999\"},"
		  "{\"produto\":\"b\",\"modelo\":\"unitario\",\"metrica\":"
		  "\"q\",\"preco_unitario\":\"999\"}],\"teto_mensal\":\"1\"",
		    "\"a\":{\"q\":6e11},\"b\":{\"q\":6e11}",
		    "proposta_invalida: numeroProposta P, b: the sum reaches "
		    "10^15" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
a_day_in_the_month_is_enough(void **state)
{
	static const struct {
		const char *from, *until, *month;
		bool in_force;
	} rows[] = { { "2026-01-31", "\"2026-02-01\"", "2025-12", false },
		{ "2026-01-31", "\"2026-02-01\"", "2026-01", true },
		{ "2026-01-31", "\"2026-02-01\"", "2026-02", true },
		{ "2026-01-31", "\"2026-02-01\"", "2026-03", false },
		{ "2026-12-31", "\"2026-12-31\"", "2026-12", true },
		{ "2026-12-31", "\"2026-12-31\"", "2027-01", false },
		{ "2026-01-01", "null", "9999-12", true },
		{ "2026-01-01", "null", "2025-12", false } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct proposal *p =
		    dated("P", rows[i].from, rows[i].until, "a");
		struct buf out = BUF_INIT;

		price_text(&out, NULL, "{\"idEmpresa\":7,\"a\":{\"q\":2}}",
		    rows[i].month, &p, 1);
		if (rows[i].in_force)
			assert_string_equal(
			    buf_cstr(&out), "P 2.00: a 2 x 2.00");
		else
			assert_non_null(strstr(buf_cstr(&out),
			    "proposta_desconhecida: empresaId 7: no proposal "
			    "in force in "));
		buf_clear(&out);
		proposal_free(p);
	}
}

static void
proposals_come_in_byte_order(void **state)
{
	struct proposal *p[] = { dated("b", "2026-01-01", "null", "x"),
		dated("a", "2026-01-01", "null", "y"),
		dated("\xc3\xa1", "2026-01-01", "null", "x"),
		dated("0", "2025-01-01", "\"2025-12-31\"", "z"),
		dated("B", "2026-01-01", "null", "x") };
	struct buf out = BUF_INIT;

	(void)state;
	price_text(&out, NULL, "{\"x\":{\"q\":2},\"y\":{\"q\":3}}", "2026-01",
	    p, LENGTH(p));
	assert_string_equal(buf_cstr(&out),
	    "B 2.00: x 2 x 2.00; a 3.00: y 3 x 3.00; b 2.00: x 2 x 2.00; "
	    "\xc3\xa1 2.00: x 2 x 2.00");
	buf_reset(&out);
	/* The last one's figure is missing: none is given. */
	price_text(&out, NULL, "{\"x\":{\"q\":2}}", "2026-01", p, LENGTH(p));
	assert_string_equal(
	    buf_cstr(&out), "dados_incompletos: volumetriaData[0].y: missing");
	buf_reset(&out);
	price_text(&out, NULL, "{\"idEmpresa\":\"x1\"}", "2026-01", NULL, 0);
	assert_string_equal(buf_cstr(&out),
	    "proposta_desconhecida: empresaId x1: no proposal in force in "
	    "2026-01");
	for (size_t i = 0; i < LENGTH(p); i++)
		proposal_free(p[i]);
	buf_clear(&out);
}

static enum status
refuse_all(const struct consolidation *c, void *ctx, struct error *err)
{
	++*(int *)ctx;
	return fail(err, OUTPUT_FAILED, "no room for %.*s",
	    (int)c->key.proposta.len, c->key.proposta.at);
}

static void
the_receiver_can_stop(void **state)
{
	struct proposal *p[] = { dated("a", "2026-01-01", "null", "x"),
		dated("b", "2026-01-01", "null", "x") };
	struct record *rec = record_new();
	struct arena scratch = ARENA_INIT;
	struct error err = { 0 };
	int calls = 0;

	(void)state;
	assert_int_equal(price_element(parsed(rec, TEXT("{\"x\":{\"q\":1}}")),
			     competencia_read(TEXT("2026-01")), p, 2, &scratch,
			     refuse_all, NULL, &calls, &err),
	    OUTPUT_FAILED);
	assert_string_equal(err.text, "no room for a");
	assert_int_equal(calls, 1);
	arena_clear(&scratch);
	record_free(rec);
	proposal_free(p[0]);
	proposal_free(p[1]);
}

static void
products_have_names(void **state)
{
	static const struct {
		const char *product, *name;
	} rows[] = { { "cobranca", "Cobrança Bancária" },
		{ "pixpay", "PIX Pay" }, { "bolepix", "BolePix" },
		{ "webcheckout", "Web Checkout" },
		{ "pagamentos", "Pagamentos" }, { "suporte", "suporte" },
		{ "cobranca_2", "cobranca_2" } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		assert_true(text_is(
		    product_name(text_of(rows[i].product)), rows[i].name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_rounded_once),
		cmocka_unit_test(a_reported_value_is_taken),
		cmocka_unit_test(limits_of_a_line),
		cmocka_unit_test(limits_of_the_month),
		cmocka_unit_test(discounts_hold_in_their_months),
		cmocka_unit_test(prices_are_adjusted_in_order),
		cmocka_unit_test(amounts_have_a_ceiling),
		cmocka_unit_test(a_day_in_the_month_is_enough),
		cmocka_unit_test(proposals_come_in_byte_order),
		cmocka_unit_test(the_receiver_can_stop),
		cmocka_unit_test(products_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
