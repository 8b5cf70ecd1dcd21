#include <stdlib.h>
#include <string.h>

#include "pricing_case.h"

#define PRODUCT(model, more) \
	"\"produtos\":[{\"produto\":\"a\",\"modelo\":\"" model "\"" more "}]"
#define Q ",\"metrica\":\"q\""
#define USED(n) "\"a\":{\"q\":" n "}"
#define BANDS \
	Q ",\"faixas\":[{\"ate\":\"10\",\"preco_unitario\":\"2\"}," \
	  "{\"ate\":\"20\",\"preco_unitario\":\"1.5\",\"valor_fixo\":\"7\"}," \
	  "{\"ate\":null,\"preco_unitario\":\"1\"}]"
#define FREE(n) ",\"franquia\":\"" n "\""
#define IN_BANDS ",\"franquia_consome_faixa\":true"
#define UNUSED ",\"cobra_sem_uso\":true"
#define ONE_BAND \
	Q ",\"faixas\":[{\"ate\":null,\"preco_unitario\":\"1\"," \
	  "\"valor_fixo\":\"5.5\"}]"

static void
graduated_bands_add_up(void **state)
{
	static const struct row rows[] = {
		{ PRODUCT("graduado", BANDS), USED("0"), "P 0.00: a 0 x 0.00" },
		{ PRODUCT("graduado", BANDS), USED("10"),
		    "P 20.00: a 10 x 20.00" },
		/* Past the edge by the smallest unit: the fee is due. */
		{ PRODUCT("graduado", BANDS), USED("10.000001"),
		    "P 27.00: a 10.000001 x 27.00" },
		{ PRODUCT("graduado", BANDS), USED("20"),
		    "P 42.00: a 20 x 42.00" },
		{ PRODUCT("graduado", BANDS), USED("21.005"),
		    "P 43.01: a 21.005 x 43.01" },
		{ PRODUCT("graduado", BANDS FREE("10")), USED("20"),
		    "P 20.00: a 20 x 20.00" },
		{ PRODUCT("graduado", BANDS FREE("10")), USED("10"),
		    "P 0.00: a 10 x 0.00" },
		{ PRODUCT("graduado", BANDS FREE("10") IN_BANDS), USED("20"),
		    "P 22.00: a 20 x 22.00" },
		{ PRODUCT("graduado", BANDS FREE("15") IN_BANDS), USED("20"),
		    "P 14.50: a 20 x 14.50" },
		/* A band that is all free still asks its fee. */
		{ PRODUCT("graduado", BANDS FREE("30") IN_BANDS), USED("12"),
		    "P 7.00: a 12 x 7.00" },
		{ PRODUCT("graduado", ONE_BAND), USED("0"),
		    "P 0.00: a 0 x 0.00" },
		{ PRODUCT("graduado", ONE_BAND UNUSED), USED("0"),
		    "P 5.50: a 0 x 5.50" },
		{ PRODUCT("graduado", ONE_BAND UNUSED FREE("3")), USED("2"),
		    "P 5.50: a 2 x 5.50" },
		{ PRODUCT("graduado", ONE_BAND FREE("3")), USED("2"),
		    "P 0.00: a 2 x 0.00" },
		{ PRODUCT("graduado", ONE_BAND FREE("3") IN_BANDS), USED("2"),
		    "P 5.50: a 2 x 5.50" },
		{ PRODUCT("graduado", ONE_BAND FREE("3") IN_BANDS), USED("0"),
		    "P 0.00: a 0 x 0.00" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
one_band_prices_all(void **state)
{
	static const struct row rows[] = {
		{ PRODUCT("volume", BANDS), USED("0"), "P 0.00: a 0 x 0.00" },
		{ PRODUCT("volume", BANDS), USED("10"),
		    "P 20.00: a 10 x 20.00" },
		{ PRODUCT("volume", BANDS), USED("10.000001"),
		    "P 22.00: a 10.000001 x 22.00" },
		{ PRODUCT("volume", BANDS), USED("20"),
		    "P 37.00: a 20 x 37.00" },
		{ PRODUCT("volume", BANDS), USED("21"),
		    "P 21.00: a 21 x 21.00" },
		{ PRODUCT("volume", BANDS FREE("11")), USED("21"),
		    "P 20.00: a 21 x 20.00" },
		{ PRODUCT("volume", BANDS FREE("11") IN_BANDS), USED("21"),
		    "P 10.00: a 21 x 10.00" },
		{ PRODUCT("volume", BANDS FREE("30") IN_BANDS), USED("12"),
		    "P 7.00: a 12 x 7.00" },
		{ PRODUCT("volume", ONE_BAND UNUSED), USED("0"),
		    "P 5.50: a 0 x 5.50" },
		{ PRODUCT("volume", ONE_BAND), USED("0"),
		    "P 0.00: a 0 x 0.00" },
		{ PRODUCT("volume", ONE_BAND UNUSED FREE("9")), USED("9"),
		    "P 5.50: a 9 x 5.50" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

#define PACK Q ",\"tamanho\":\"2.5\",\"preco_pacote\":\"10.005\""
#define RATE(r) Q ",\"aliquota\":\"" r "\""

static void
packs_and_rates(void **state)
{
	static const struct row rows[] = {
		{ PRODUCT("pacote", PACK), USED("0"), "P 0.00: a 0 x 0.00" },
		{ PRODUCT("pacote", PACK), USED("0.000001"),
		    "P 10.01: a 0.000001 x 10.01" },
		{ PRODUCT("pacote", PACK), USED("5"), "P 20.01: a 5 x 20.01" },
		{ PRODUCT("pacote", PACK), USED("5.1"),
		    "P 30.02: a 5.1 x 30.02" },
		{ PRODUCT("pacote", PACK FREE("5")), USED("5.1"),
		    "P 10.01: a 5.1 x 10.01" },
		{ PRODUCT("pacote", PACK FREE("5")), USED("5"),
		    "P 0.00: a 5 x 0.00" },
		{ PRODUCT("percentual", RATE("0.65")), USED("10.00"),
		    "P 0.07: a 10 x 0.07" },
		{ PRODUCT("percentual", RATE("0.65")), USED("50.00"),
		    "P 0.33: a 50 x 0.33" },
		{ PRODUCT("percentual", RATE("0.65")), USED("90.00"),
		    "P 0.59: a 90 x 0.59" },
		{ PRODUCT("percentual", RATE("1.5")), USED("103.00"),
		    "P 1.55: a 103 x 1.55" },
		{ PRODUCT("percentual", RATE("1")), USED("0.50"),
		    "P 0.01: a 0.5 x 0.01" },
		{ PRODUCT("percentual", RATE("3")), USED("12.50"),
		    "P 0.38: a 12.5 x 0.38" },
		{ PRODUCT("percentual", RATE("100")), USED("12.345"),
		    "P 12.35: a 12.345 x 12.35" },
		{ PRODUCT("percentual", RATE("0")), USED("5"),
		    "P 0.00: a 5 x 0.00" },
		{ PRODUCT("percentual", RATE("2.5") FREE("100")),
		    USED("17967.80"), "P 446.70: a 17967.8 x 446.70" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
what_is_fixed_or_free(void **state)
{
	static const struct row rows[] = {
		{ PRODUCT("fixo", ",\"valor_fixo\":\"49.90\""), "",
		    "P 49.90: a 1 x 49.90" },
		/* Nothing is read, so nothing can be wrong. */
		{ PRODUCT("fixo", ",\"valor_fixo\":\"0.005\""),
		    "\"a\":{\"error\":\"x\"}", "P 0.01: a 1 x 0.01" },
		{ PRODUCT("fixo",
		      ",\"valor_fixo\":\"3\",\"minimo\":\"5\",\"teto\":\"5\""),
		    "",
		    "P 5.00: a 1 x 3.00, Complemento de mínimo - a 1 x 2.00" },
		{ PRODUCT("fixo", ",\"valor_fixo\":\"3\",\"teto\":\"2\""), "",
		    "P 2.00: a 1 x 2.00" },
		{ PRODUCT("gratuito", ""), "\"a\":5", "P 0.00: a 1 x 0.00" },
		{ PRODUCT("gratuito", Q), USED("7"), "P 0.00: a 7 x 0.00" },
		{ PRODUCT("gratuito", Q ",\"nulo_e_zero\":true"), USED("null"),
		    "P 0.00: a 0 x 0.00" },
		{ PRODUCT("gratuito", Q), "",
		    "dados_incompletos: volumetriaData[0].a: missing" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

/* A fee of 310 in a proposal with these days, in a month. */
static void
assert_days(const char *rule, const char *from, const char *until,
    const char *month, const char *want)
{
	struct buf json = BUF_INIT, out = BUF_INIT;
	struct error err = { 0 };
	struct proposal *p;

	buf_printf(&json,
	    "{\"proposta\":{\"esquema\":1,\"empresaId\":7,\"numeroProposta\":"
	    "\"P\",\"vigencia\":{\"inicio\":\"%s\",\"fim\":%s},\"produtos\":"
	    "[{\"produto\":\"a\",\"modelo\":\"fixo\",\"valor_fixo\":\"310\","
	    "\"pro_rata\":%s}]}}",
	    from, until, rule);
	p = proposal_of(buf_text(&json), &err);
	if (p == NULL)
		fail_msg("%s", err.text);
	price_text(&out, NULL, "{\"idEmpresa\":7}", month, &p, 1);
	assert_string_equal(buf_cstr(&out), want);
	proposal_free(p);
	buf_clear(&json);
	buf_clear(&out);
}

static void
pro_rata_counts_the_days(void **state)
{
	static const struct {
		const char *rule, *from, *until, *month, *want;
	} rows[] = {
		{ "\"dias_corridos\"", "2026-01-31", "null", "2026-01",
		    "P 10.00: a 1 x 10.00" },
		{ "\"dias_corridos\"", "2026-01-02", "null", "2026-01",
		    "P 300.00: a 1 x 300.00" },
		{ "\"dias_corridos\"", "2026-01-01", "null", "2026-01",
		    "P 310.00: a 1 x 310.00" },
		{ "\"dias_corridos\"", "2025-12-31", "\"2026-01-01\"",
		    "2026-01", "P 10.00: a 1 x 10.00" },
		{ "\"dias_corridos\"", "2025-12-31", "\"2026-01-30\"",
		    "2026-01", "P 300.00: a 1 x 300.00" },
		{ "\"dias_corridos\"", "2025-12-31", "\"2026-01-31\"",
		    "2026-01", "P 310.00: a 1 x 310.00" },
		{ "\"dias_corridos\"", "2026-01-10", "\"2026-01-19\"",
		    "2026-01", "P 100.00: a 1 x 100.00" },
		{ "\"dias_corridos\"", "2028-02-29", "null", "2028-02",
		    "P 10.69: a 1 x 10.69" },
		{ "\"mes_30\"", "2026-01-31", "null", "2026-01",
		    "P 10.33: a 1 x 10.33" },
		{ "\"mes_30\"", "2026-01-02", "null", "2026-01",
		    "P 310.00: a 1 x 310.00" },
		{ "\"mes_30\"", "2026-02-01", "null", "2026-02",
		    "P 310.00: a 1 x 310.00" },
		{ "\"mes_30\"", "2026-02-02", "null", "2026-02",
		    "P 279.00: a 1 x 279.00" },
		{ "\"nenhum\"", "2026-01-31", "null", "2026-01",
		    "P 310.00: a 1 x 310.00" },
		{ "null", "2026-01-31", "null", "2026-01",
		    "P 310.00: a 1 x 310.00" },
		{ "null", "2026-01-31", "\"2026-02-01\"", "2026-02",
		    "P 310.00: a 1 x 310.00" },
		{ "null", "2026-01-31", "\"2026-02-01\"", "2026-03",
		    "proposta_desconhecida: empresaId 7: no proposal in force "
		    "in 2026-03" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		assert_days(rows[i].rule, rows[i].from, rows[i].until,
		    rows[i].month, rows[i].want);
}

#define TERMS(up, factor) \
	",\"reajuste\":{\"indice\":\"IPCA\",\"so_positivo\":" up "," \
	"\"aplicado\":[{\"competencia\":\"2026-01\",\"fator\":\"" factor \
	"\"}]}"
#define TENTH \
	",\"descontos\":[{\"tipo\":\"percentual\",\"valor\":\"10\"," \
	"\"de\":\"2026-01\"}]"

static void
prices_and_fees_are_adjusted(void **state)
{
	static const struct row rows[] = {
		{ PRODUCT("graduado", BANDS) TERMS("true", "1.1"), USED("20"),
		    "P 46.20: a 20 x 46.20" },
		{ PRODUCT("volume", BANDS) TERMS("true", "1.1"), USED("20"),
		    "P 40.70: a 20 x 40.70" },
		{ PRODUCT("volume", BANDS) TERMS("true", "0.9"), USED("20"),
		    "P 37.00: a 20 x 37.00" },
		{ PRODUCT("volume", BANDS) TERMS("false", "0.9"), USED("20"),
		    "P 33.30: a 20 x 33.30" },
		{ PRODUCT("pacote", PACK) TERMS("true", "2"), USED("1"),
		    "P 20.01: a 1 x 20.01" },
		{ PRODUCT("fixo", ",\"valor_fixo\":\"10\"") TERMS("true", "2"),
		    "", "P 20.00: a 1 x 20.00" },
		{ PRODUCT("percentual", RATE("10")) TERMS("true", "2"),
		    USED("50"), "P 5.00: a 50 x 5.00" },
		/* A discount is for every model. */
		{ PRODUCT("graduado", BANDS) TENTH, USED("20"),
		    "P 37.80: a 20 x 37.80" },
		{ PRODUCT("fixo", ",\"valor_fixo\":\"10\"") TENTH, "",
		    "P 9.00: a 1 x 9.00" },
		{ PRODUCT("percentual", RATE("10")) TENTH, USED("50"),
		    "P 4.50: a 50 x 4.50" },
		{ PRODUCT("gratuito", Q) TENTH, USED("50"),
		    "P 0.00: a 50 x 0.00" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

#define NINES "999999999999.999999"
#define PROPOSAL "proposta_invalida: numeroProposta P, a: "

static void
nothing_wraps(void **state)
{
	static const struct row rows[] = {
		{ PRODUCT("graduado",
		      Q ",\"faixas\":[{\"ate\":null,"
			"\"preco_unitario\":\"" NINES "\"}]"),
		    USED(NINES), PROPOSAL "a value reaches 10^15" },
		{ PRODUCT("volume",
		      Q ",\"faixas\":[{\"ate\":null,"
			"\"preco_unitario\":\"" NINES "\"}]"),
		    USED("1000"), PROPOSAL "the sum reaches 10^15" },
		{ PRODUCT("pacote",
		      Q ",\"tamanho\":\"0.000001\",\"preco_pacote\":\"" NINES
			"\""),
		    USED(NINES), PROPOSAL "a value reaches 10^15" },
		{ PRODUCT("percentual", RATE("100")), USED(NINES),
		    "P 1000000000000.00: a 999999999999.999999 x "
		    "1000000000000.00" },
		{ PRODUCT("fixo", ",\"valor_fixo\":\"" NINES "\"")
			TERMS("true", "1.1"),
		    "", PROPOSAL "an adjusted price reaches 10^12" },
		{ PRODUCT("pacote",
		      Q ",\"tamanho\":\"1\",\"preco_pacote\":\"" NINES "\"")
			TERMS("true", "1.1"),
		    USED("0"), PROPOSAL "an adjusted price reaches 10^12" },
		/* Of a band that is not reached, too. */
		{ PRODUCT("graduado",
		      Q ",\"faixas\":[{\"ate\":\"5\",\"preco_unitario\":"
			"\"1\"},{\"ate\":null,\"preco_unitario\":\"" NINES
			"\"}]") TERMS("true", "1.1"),
		    USED("1"), PROPOSAL "an adjusted price reaches 10^12" },
		{ PRODUCT("volume",
		      Q ",\"faixas\":[{\"ate\":\"5\",\"preco_unitario\":"
			"\"1\"},{\"ate\":null,\"preco_unitario\":\"1\","
			"\"valor_fixo\":\"" NINES "\"}]") TERMS("true", "1.1"),
		    USED("1"), PROPOSAL "an adjusted price reaches 10^12" },
		/* 10^9 units, and a total of 10^11. */
		{ PRODUCT("graduado",
		      Q ",\"faixas\":[{\"ate\":\"1\",\"preco_unitario\":"
			"\"0.005\"},{\"ate\":null,\"preco_unitario\":"
			"\"100\"}]"),
		    USED("1000000000"),
		    "P 99999999900.01: a 1000000000 x 99999999900.01" },
		{ PRODUCT("unitario", Q ",\"preco_unitario\":\"123.456785\""),
		    USED("1000000000"),
		    "P 123456785000.00: a 1000000000 x 123456785000.00" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(graduated_bands_add_up),
		cmocka_unit_test(one_band_prices_all),
		cmocka_unit_test(packs_and_rates),
		cmocka_unit_test(what_is_fixed_or_free),
		cmocka_unit_test(pro_rata_counts_the_days),
		cmocka_unit_test(prices_and_fees_are_adjusted),
		cmocka_unit_test(nothing_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
