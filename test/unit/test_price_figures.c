#include "pricing_case.h"

/* The figure alone: `"preco_unitario":"1"` with flags, and what is refused. */
static void
figures_are_read_strictly(void **state)
{
#define ONE UNIT("\"preco_unitario\":\"1\"")
#define NULLS UNIT("\"preco_unitario\":\"1\",\"nulo_e_zero\":true")
#define GAPS UNIT("\"preco_unitario\":\"1\",\"ausente_e_zero\":true")
#define ZERO "P 0.00: Cobrança Bancária 0 x 0.00"
#define AT "dados_incompletos: volumetriaData[0].cobranca"
#define UNTRUSTED AT ".error: is filled, so the figures can't be trusted"
	static const struct row rows[] = {
		{ ONE, TITLES("0"), ZERO },
		{ ONE, TITLES("-0"), ZERO },
		{ ONE, TITLES("-0.0000004"), ZERO },
		{ ONE, TITLES("1e3"),
		    "P 1000.00: Cobrança Bancária 1000 x "
		    "1000.00" },
		{ ONE, TITLES("1.25E1"),
		    "P 12.50: Cobrança Bancária 12.5 x "
		    "12.50" },
		{ ONE, TITLES("0.0000005"),
		    "P 0.00: Cobrança Bancária 0.000001 x 0.00" },
		{ ONE, TITLES("999999999999.999999"),
		    "P 1000000000000.00: Cobrança Bancária "
		    "999999999999.999999 x 1000000000000.00" },
		{ ONE, TITLES("999999999999.9999995"),
		    AT ".qtdeTitulos: is 10^12 or more" },
		{ ONE, TITLES("1e12"), AT ".qtdeTitulos: is 10^12 or more" },
		{ ONE, TITLES("-1e12"), AT ".qtdeTitulos: is 10^12 or more" },
		{ ONE, TITLES("-0.0000005"), AT ".qtdeTitulos: is negative" },
		{ ONE, TITLES("-1"), AT ".qtdeTitulos: is negative" },
		{ ONE, TITLES("\"12\""), AT ".qtdeTitulos: must be a number" },
		{ ONE, TITLES("true"), AT ".qtdeTitulos: must be a number" },
		{ ONE, TITLES("[1]"), AT ".qtdeTitulos: must be a number" },
		{ ONE, TITLES("{}"), AT ".qtdeTitulos: must be a number" },
		{ NULLS, TITLES("\"\""), AT ".qtdeTitulos: must be a number" },
		{ ONE, TITLES("null"), AT ".qtdeTitulos: null is not zero" },
		{ GAPS, TITLES("null"), AT ".qtdeTitulos: null is not zero" },
		{ NULLS, TITLES("null"), ZERO },
		{ ONE, "\"cobranca\":null", AT ": null is not zero" },
		{ GAPS, "\"cobranca\":null", AT ": null is not zero" },
		{ NULLS, "\"cobranca\":null", ZERO },
		{ ONE, "", AT ": missing" },
		{ NULLS, "", AT ": missing" },
		{ GAPS, "", ZERO },
		/* Only a product may be absent, not its figure. */
		{ GAPS, "\"cobranca\":{}", AT ".qtdeTitulos: missing" },
		{ NULLS, "\"cobranca\":{}", AT ".qtdeTitulos: missing" },
		{ GAPS, "\"cobranca\":[]", AT ": must be an object" },
		{ NULLS, "\"cobranca\":\"\"", AT ": must be an object" },
		{ NULLS, "\"cobranca\":false", AT ": must be an object" },
		{ ONE, "\"cobranca\":5", AT ": must be an object" },
		{ ONE, "\"cobranca\":{\"qtdeTitulos\":0,\"error\":null}",
		    ZERO },
		{ ONE, "\"cobranca\":{\"qtdeTitulos\":0,\"error\":false}",
		    ZERO },
		{ ONE, "\"cobranca\":{\"qtdeTitulos\":0,\"error\":\"\"}",
		    ZERO },
		{ ONE, "\"cobranca\":{\"error\":true,\"qtdeTitulos\":0}",
		    UNTRUSTED },
		{ ONE, "\"cobranca\":{\"error\":0,\"qtdeTitulos\":0}",
		    UNTRUSTED },
		{ ONE, "\"cobranca\":{\"error\":\" \",\"qtdeTitulos\":0}",
		    UNTRUSTED },
		{ ONE, "\"cobranca\":{\"error\":{},\"qtdeTitulos\":0}",
		    UNTRUSTED },
		{ NULLS, "\"cobranca\":{\"error\":[],\"qtdeTitulos\":null}",
		    UNTRUSTED },
		/* What nobody reads is not looked at. */
		{ ONE, TITLES("0") ",\"pixpay\":{\"error\":\"x\"},\"b\":null",
		    ZERO },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
money_figures_have_cents(void **state)
{
	static const char terms[] =
	    "\"produtos\":[{\"produto\":\"pagamentos\",\"modelo\":"
	    "\"unitario\",\"metrica\":\"valor_total\",\"preco_unitario\":"
	    "\"0.01\"}]";
	static const struct row rows[] = {
		{ terms, "\"pagamentos\":{\"valorTotal\":5974258.470000001}",
		    "P 59742.58: Pagamentos 5974258.47 x 59742.58" },
		{ terms, "\"pagamentos\":{\"valorTotal\":1.004999999999}",
		    "P 0.01: Pagamentos 1 x 0.01" },
		{ terms, "\"pagamentos\":{\"valorTotal\":1.005}",
		    "P 0.01: Pagamentos 1.01 x 0.01" },
		{ terms, "\"pagamentos\":{\"valorTotal\":999999999999.99}",
		    "P 10000000000.00: Pagamentos 999999999999.99 x "
		    "10000000000.00" },
		{ terms, "\"pagamentos\":{\"valorTotal\":999999999999.995}",
		    "dados_incompletos: volumetriaData[0].pagamentos.valorTotal"
		    ": is 10^12 or more" },
	};

	(void)state;
	assert_rows(rows, LENGTH(rows));
}

static void
what_is_odd_is_noted(void **state)
{
	static const struct {
		const char *element, *want;
	} rows[] = {
		{ "{\"a\":{\"q\":1.0000014}}", "" },
		{ "{\"a\":{\"q\":1.00000049}}", "" },
		{ "{\"a\":{\"q\":2},\"razao\":\"x\",\"n\":5,\"b\":null}", "" },
		{ "{\"a\":{\"q\":2},\"b\":{\"q\":1},\"endereco\":{}}",
		    "empresaId 7: no proposal in force bills b; empresaId 7: "
		    "no proposal in force bills endereco" },
		{ "{\"a\":{\"q\":2,\"valorTotal\":1.001}}", "" },
	};
	static const struct {
		const char *figure, *want;
	} cents[] = { { "1.000001", "" },
		{ "1.0000010001",
		    "empresaId 7: volumetriaData[0].pixpay."
		    "valorTotal: 2 millionths rounded away" },
		{ "5974258.470000001", "" },
		{ "1.005",
		    "empresaId 7: volumetriaData[0].pixpay.valorTotal: "
		    "5000 millionths rounded away" } };
	struct proposal *p = dated("P", "2026-01-01", "null", "a");
	struct error err = { 0 };
	struct buf out = BUF_INIT, notes = BUF_INIT;
	char element[100];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		buf_reset(&notes);
		price_text(&out, &notes, rows[i].element, "2026-01", &p, 1);
		assert_string_equal(buf_cstr(&notes), rows[i].want);
	}
	proposal_free(p);
	p = proposal_with("\"produtos\":[{\"produto\":\"pixpay\"}]", &err);
	for (size_t i = 0; i < LENGTH(cents); i++) {
		snprintf(element, sizeof(element),
		    "{\"pixpay\":{\"valorTotal\":%s}}", cents[i].figure);
		buf_reset(&notes);
		price_text(&out, &notes, element, "2026-01", &p, 1);
		assert_string_equal(buf_cstr(&notes), cents[i].want);
	}
	proposal_free(p);
	buf_clear(&notes);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_read_strictly),
		cmocka_unit_test(money_figures_have_cents),
		cmocka_unit_test(what_is_odd_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
