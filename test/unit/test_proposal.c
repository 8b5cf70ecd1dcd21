#include <string.h>

#include "pricing_case.h"

/* The proposal with one member put in place of another, or added. */
struct change {
	const char *member, *value; /* NULL value: the member is left out */
	const char *want;	    /* NULL: accepted */
};

static const struct {
	const char *member, *value;
} whole[] = { { "esquema", "1" }, { "empresaId", "\"7\"" },
	{ "numeroProposta", "\"P\"" },
	{ "vigencia", "{\"inicio\":\"2026-01-01\"}" },
	{ "produtos", "[{\"produto\":\"a\"}]" } };

static void
add_member(struct buf *json, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(json, "%s\"%s\":%s",
		    json->data[json->len - 1] == '{' ? "" : ",", name, value);
}

static void
write_changed(struct buf *json, const struct change *c)
{
	bool replaced = false;

	buf_add_str(json, "{\"proposta\":{");
	for (size_t i = 0; i < LENGTH(whole); i++) {
		bool this = strcmp(whole[i].member, c->member) == 0;

		add_member(
		    json, whole[i].member, this ? c->value : whole[i].value);
		replaced |= this;
	}
	if (!replaced)
		add_member(json, c->member, c->value);
	buf_add_str(json, "},\"requestId\":\"r\",\"other\":[1]}");
}

static void
assert_changes(const struct change *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error err = { 0 };
		struct buf json = BUF_INIT;
		struct proposal *p;

		write_changed(&json, &rows[i]);
		p = proposal_of(buf_text(&json), &err);
		if ((p != NULL) != (rows[i].want == NULL))
			fail_msg("%s: %s", buf_cstr(&json),
			    p ? "accepted" : err.text);
		if (rows[i].want != NULL) {
			assert_string_equal(err.text, rows[i].want);
			assert_string_equal(err.code, "proposta_invalida");
			assert_string_equal(err.class_, "dados");
		}
		proposal_free(p);
		buf_clear(&json);
	}
}

static void
the_head_is_strict(void **state)
{
	static const struct change rows[] = {
		{ "esquema", NULL, "proposta.esquema: missing" },
		{ "esquema", "null", "proposta.esquema: missing" },
		{ "empresaId", NULL, "proposta.empresaId: missing" },
		{ "empresaId", "12", NULL },
		{ "numeroProposta", NULL, "proposta.numeroProposta: missing" },
		{ "numeroProposta", "2024001", NULL },
		{ "vigencia", NULL, "proposta.vigencia: missing" },
		{ "produtos", NULL, "proposta.produtos: missing" },
		{ "produtos", "null", "proposta.produtos: missing" },
		{ "cnpj", "\"12ABC34501DE35\"", NULL },
		{ "cnpj", "null", NULL },
		{ "cnpj", "10527452000180", "proposta.cnpj: must be text" },
		{ "moeda", "\"BRL\"", NULL },
		{ "moeda", "null", NULL },
		{ "moeda", "\"USD\"", "proposta.moeda: must be \"BRL\"" },
		{ "moeda", "\"brl\"", "proposta.moeda: must be \"BRL\"" },
		{ "arredondamento", "{}", NULL },
		{ "arredondamento",
		    "{\"modo\":\"meio_acima\",\"casas\":2,\"nivel\":\"linha\"}",
		    NULL },
		{ "arredondamento", "{\"modo\":null}", NULL },
		{ "arredondamento", "{\"modo\":\"meio_par\"}",
		    "proposta.arredondamento.modo: must be \"meio_acima\"" },
		{ "arredondamento", "{\"nivel\":\"total\"}",
		    "proposta.arredondamento.nivel: must be \"linha\"" },
		{ "arredondamento", "{\"escala\":2}",
		    "proposta.arredondamento.escala: no such member in a "
		    "proposal" },
		{ "arredondamento", "[]",
		    "proposta.arredondamento: must be an object" },
		{ "observacao", "null",
		    "proposta.observacao: no such member in a proposal" },
		{ "minimo_mensal", "\"500.00\"", NULL },
		{ "minimo_mensal", "null", NULL },
		{ "minimo_mensal", "\"500.000\"",
		    "proposta.minimo_mensal: must be a decimal below 10^12 "
		    "without sign, at most 2 decimals" },
	};
	/* The words of these are core/record's. */
	static const struct change refused[] = {
		{ "esquema", "2", "proposta.esquema: " },
		{ "esquema", "1.0", "proposta.esquema: " },
		{ "esquema", "\"1\"", "proposta.esquema: " },
		{ "empresaId", "\"\"", "proposta.empresaId: " },
		{ "empresaId", "1.5", "proposta.empresaId: " },
		{ "empresaId", "true", "proposta.empresaId: " },
		{ "numeroProposta", "-1", "proposta.numeroProposta: " },
		{ "arredondamento", "{\"casas\":3}",
		    "proposta.arredondamento.casas: " },
		{ "arredondamento", "{\"casas\":\"2\"}",
		    "proposta.arredondamento.casas: " },
		{ "reajuste",
		    "{\"indice\":\"IPCA\",\"so_positivo\":true,\"meses\":11}",
		    "proposta.reajuste.meses: " },
		{ "reajuste",
		    "{\"indice\":\"IPCA\",\"so_positivo\":true,"
		    "\"defasagem\":-1}",
		    "proposta.reajuste.defasagem: " },
		{ "reajuste", "{\"indice\":\"IPCA\",\"so_positivo\":1}",
		    "proposta.reajuste.so_positivo: " },
		{ "produtos", "[{\"produto\":\"a\",\"nulo_e_zero\":\"sim\"}]",
		    "proposta.produtos[0].nulo_e_zero: " },
	};

	(void)state;
	assert_changes(rows, LENGTH(rows));
	for (size_t i = 0; i < LENGTH(refused); i++) {
		struct error err = { 0 };
		struct buf json = BUF_INIT;

		write_changed(&json, &refused[i]);
		assert_null(proposal_of(buf_text(&json), &err));
		assert_string_equal(err.code, "proposta_invalida");
		assert_memory_equal(
		    err.text, refused[i].want, strlen(refused[i].want));
		buf_clear(&json);
	}
}

static void
days_are_of_the_calendar(void **state)
{
#define DAY_FAULT "must be a day of the calendar, \"2026-01-31\""
	static const struct change rows[] = {
		{ "vigencia", "{\"inicio\":\"2026-01-31\",\"fim\":null}",
		    NULL },
		{ "vigencia",
		    "{\"inicio\":\"2028-02-29\",\"fim\":\"2028-02-29\"}",
		    NULL },
		{ "vigencia", "{}", "proposta.vigencia.inicio: missing" },
		{ "vigencia", "{\"inicio\":null}",
		    "proposta.vigencia.inicio: missing" },
		{ "vigencia", "{\"inicio\":\"2026-02-29\"}",
		    "proposta.vigencia.inicio: " DAY_FAULT },
		{ "vigencia", "{\"inicio\":\"2026-2-01\"}",
		    "proposta.vigencia.inicio: " DAY_FAULT },
		{ "vigencia", "{\"inicio\":\"01/02/2026\"}",
		    "proposta.vigencia.inicio: " DAY_FAULT },
		{ "vigencia", "{\"inicio\":20260101}",
		    "proposta.vigencia.inicio: " DAY_FAULT },
		{ "vigencia",
		    "{\"inicio\":\"2026-01-01\",\"fim\":\"2026-04-31\"}",
		    "proposta.vigencia.fim: " DAY_FAULT },
		{ "vigencia",
		    "{\"inicio\":\"2026-01-02\",\"fim\":\"2026-01-01\"}",
		    "proposta.vigencia.fim: is before `inicio`" },
		{ "vigencia", "{\"inicio\":\"2026-01-01\",\"ate\":null}",
		    "proposta.vigencia.ate: no such member in a proposal" },
		{ "vigencia", "\"2026-01-01\"",
		    "proposta.vigencia: must be an object" },
	};

	(void)state;
	assert_changes(rows, LENGTH(rows));
}

#define BY_UNIT(more) \
	"[{\"produto\":\"a\",\"modelo\":\"unitario\",\"metrica\":\"q\"," more \
	"}]"
#define AT "proposta.produtos[0]."
#define NAME_FAULT "must be a name such as `qtde_titulos`"

static void
products_are_strict(void **state)
{
	static const struct change rows[] = {
		{ "produtos", "[]", "proposta.produtos: must name a product" },
		{ "produtos", "{}", "proposta.produtos: must be a list" },
		{ "produtos", "[null]",
		    "proposta.produtos[0]: must be an object" },
		{ "produtos", "[{}]", AT "produto: missing" },
		{ "produtos", "[{\"produto\":\"a_1_b2\"},{\"produto\":\"a\"}]",
		    NULL },
		{ "produtos", "[{\"produto\":\"A\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"1a\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"a_\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"a__b\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"_a\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"a b\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"\"}]",
		    AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":5}]", AT "produto: " NAME_FAULT },
		{ "produtos", "[{\"produto\":\"a\",\"metrica\":\"qT\"}]",
		    AT "metrica: " NAME_FAULT },
		{ "produtos",
		    "[{\"produto\":\"b\"},{\"produto\":\"a\"},"
		    "{\"produto\":\"b\",\"metrica\":\"q\"}]",
		    "proposta.produtos[2].produto: stands twice in the list" },
		{ "produtos", "[{\"produto\":\"a\",\"modelo\":\"por_faixa\"}]",
		    AT "modelo: there is no such modelo" },
		{ "produtos", "[{\"produto\":\"a\",\"modelo\":1}]",
		    AT "modelo: there is no such modelo" },
		{ "produtos", "[{\"produto\":\"a\",\"modelo\":null}]", NULL },
		{ "produtos", "[{\"produto\":\"a\",\"agregacao\":\"soma\"}]",
		    NULL },
		{ "produtos", "[{\"produto\":\"a\",\"agregacao\":\"max\"}]",
		    AT "agregacao: must be \"soma\"" },
		{ "produtos", "[{\"produto\":\"a\",\"preco\":\"1\"}]",
		    AT "preco: no such member in a proposal" },
		{ "produtos", "[{\"produto\":\"a\",\"preco_unitario\":\"1\"}]",
		    AT "preco_unitario: no member of modelo `informado`" },
		/* Null is absence only where the member may stand. */
		{ "produtos", "[{\"produto\":\"a\",\"franquia\":null}]",
		    AT "franquia: no member of modelo `informado`" },
		{ "produtos",
		    BY_UNIT("\"preco_unitario\":\"1\",\"minimo\":\"5\","
			    "\"teto\":\"4.99\""),
		    AT "minimo: is above the cap" },
		{ "produtos",
		    BY_UNIT("\"preco_unitario\":\"1\",\"minimo\":\"5\","
			    "\"teto\":\"5.00\""),
		    NULL },
		{ "produtos", BY_UNIT("\"franquia\":\"1\""),
		    AT "preco_unitario: missing" },
		{ "produtos", BY_UNIT("\"preco_unitario\":null"),
		    AT "preco_unitario: missing" },
		{ "produtos",
		    "[{\"produto\":\"a\",\"modelo\":\"unitario\","
		    "\"preco_unitario\":\"1\"}]",
		    AT "metrica: missing" },
	};

	(void)state;
	assert_changes(rows, LENGTH(rows));
}

static void
decimals_are_strings(void **state)
{
#define QUOTES "must be a decimal in quotes, such as \"0.12\""
#define PLACES(n) \
	"must be a decimal below 10^12 without sign, at most " n " decimals"
	static const struct {
		const char *text, *fault; /* of preco_unitario; NULL: right */
	} rows[] = { { "\"0\"", NULL }, { "\"0.000001\"", NULL },
		{ "\"999999999999.999999\"", NULL }, { "\"1.500000\"", NULL },
		{ "\"1.5000000\"", PLACES("6") }, { "\"01\"", PLACES("6") },
		{ "\"1.\"", PLACES("6") }, { "\".5\"", PLACES("6") },
		{ "\"-1\"", PLACES("6") }, { "\"+1\"", PLACES("6") },
		{ "\" 1\"", PLACES("6") }, { "\"1 \"", PLACES("6") },
		{ "\"1e2\"", PLACES("6") }, { "\"1,5\"", PLACES("6") },
		{ "\"\"", PLACES("6") }, { "\"1000000000000\"", PLACES("6") },
		{ "1", QUOTES }, { "0.12", QUOTES }, { "true", QUOTES },
		{ "[\"1\"]", QUOTES } };
	char value[200], want[200];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct change c = { "produtos", value,
			rows[i].fault ? want : NULL };

		snprintf(value, sizeof(value), BY_UNIT("\"preco_unitario\":%s"),
		    rows[i].text);
		if (rows[i].fault != NULL)
			snprintf(want, sizeof(want), AT "preco_unitario: %s",
			    rows[i].fault);
		assert_changes(&c, 1);
	}
	assert_changes(
	    &(struct change){ "produtos",
		BY_UNIT("\"preco_unitario\":\"1\",\"minimo\":\"1.000\""),
		AT "minimo: " PLACES("2") },
	    1);
	assert_changes(&(struct change){ "produtos",
			   BY_UNIT("\"preco_unitario\":\"1\",\"teto\":1"),
			   AT "teto: " QUOTES },
	    1);
}

#define DISCOUNT(value, from, more) \
	"{\"tipo\":\"percentual\",\"valor\":" value ",\"de\":\"" from \
	"\"" more "}"
#define TO(month) ",\"ate\":\"" month "\""

static void
discounts_are_strict(void **state)
{
#define FIRST "proposta.descontos[0]."
	static const struct change rows[] = {
		{ "descontos", "null", NULL },
		{ "descontos", "[]", NULL },
		{ "descontos", "{}", "proposta.descontos: must be a list" },
		{ "descontos", "[5]",
		    "proposta.descontos[0]: must be an object" },
		{ "descontos", "[" DISCOUNT("\"0\"", "2026-01", "") "]", NULL },
		{ "descontos", "[" DISCOUNT("\"100.00\"", "2026-01", "") "]",
		    NULL },
		{ "descontos", "[" DISCOUNT("\"100.01\"", "2026-01", "") "]",
		    FIRST "valor: must be 0 to 100" },
		{ "descontos", "[" DISCOUNT("\"9.999\"", "2026-01", "") "]",
		    FIRST "valor: " PLACES("2") },
		{ "descontos", "[" DISCOUNT("10", "2026-01", "") "]",
		    FIRST "valor: " QUOTES },
		{ "descontos", "[" DISCOUNT("null", "2026-01", "") "]",
		    FIRST "valor: missing" },
		{ "descontos", "[" DISCOUNT("\"1\"", "2026-13", "") "]",
		    FIRST "de: must be a month, \"2026-01\"" },
		{ "descontos",
		    "[" DISCOUNT("\"1\"", "2026-02", TO("2026-02")) "]", NULL },
		{ "descontos",
		    "[" DISCOUNT("\"1\"", "2026-02", TO("2026-01")) "]",
		    FIRST "ate: is before `de`" },
		{ "descontos", "[" DISCOUNT("\"1\"", "2026-02", TO("2026")) "]",
		    FIRST "ate: must be a month, \"2026-01\"" },
		{ "descontos",
		    "[" DISCOUNT("\"1\"", "2026-02", ",\"mes\":1") "]",
		    FIRST "mes: no such member in a proposal" },
		{ "descontos",
		    "[{\"tipo\":\"valor\",\"valor\":\"1\",\"de\":\"2026-01\"}]",
		    FIRST "tipo: must be \"percentual\"" },
		{ "descontos", "[{\"valor\":\"1\",\"de\":\"2026-01\"}]",
		    FIRST "tipo: missing" },
		{ "descontos", "[{\"tipo\":\"percentual\",\"valor\":\"1\"}]",
		    FIRST "de: missing" },
		{ "descontos",
		    "[" DISCOUNT("\"1\"", "2026-02", "") "," DISCOUNT(
			"\"1\"", "2026-01", TO("2026-01")) "]",
		    NULL },
		/* The one that begins later is named. */
		{ "descontos",
		    "[" DISCOUNT("\"1\"", "2026-02", "") "," DISCOUNT(
			"\"1\"", "2026-01", TO("2026-02")) "]",
		    "proposta.descontos[0]: has a month in common with another "
		    "discount" },
		{ "descontos",
		    "[" DISCOUNT("\"1\"", "2026-01",
			",\"ate\":null") "," DISCOUNT("\"1\"", "9999-12",
			"") "]",
		    "proposta.descontos[1]: has a month in common with another "
		    "discount" },
	};

	(void)state;
	assert_changes(rows, LENGTH(rows));
}

#define TERMS(more) "{\"indice\":\"IPCA\",\"so_positivo\":true" more "}"
#define STEP(month, factor) \
	"{\"competencia\":\"" month "\",\"fator\":\"" factor "\"}"

static void
adjustments_are_strict(void **state)
{
#define APPLIED "proposta.reajuste.aplicado"
	static const struct change rows[] = {
		{ "reajuste", TERMS(""), NULL },
		{ "reajuste", TERMS(",\"meses\":12,\"defasagem\":0"), NULL },
		{ "reajuste", TERMS(",\"meses\":null,\"aplicado\":null"),
		    NULL },
		{ "reajuste", "{\"so_positivo\":true}",
		    "proposta.reajuste.indice: missing" },
		{ "reajuste", "{\"indice\":\"IPCA\"}",
		    "proposta.reajuste.so_positivo: missing" },
		{ "reajuste", "{\"indice\":\"IPCA\",\"so_positivo\":null}",
		    "proposta.reajuste.so_positivo: missing" },
		{ "reajuste", "{\"indice\":433,\"so_positivo\":false}",
		    "proposta.reajuste.indice: must be text" },
		{ "reajuste", TERMS(",\"mes\":1"),
		    "proposta.reajuste.mes: no such member in a proposal" },
		{ "reajuste", TERMS(",\"aplicado\":[]"), NULL },
		{ "reajuste", TERMS(",\"aplicado\":{}"),
		    APPLIED ": must be a list" },
		{ "reajuste",
		    TERMS(",\"aplicado\":[" STEP("2027-01", "1.0463") "," STEP(
			"2027-02", "0.000001") "]"),
		    NULL },
		{ "reajuste",
		    TERMS(",\"aplicado\":[" STEP("2027-01", "1") "," STEP(
			"2027-01", "1") "]"),
		    APPLIED "[1].competencia: is not after the one before" },
		{ "reajuste",
		    TERMS(",\"aplicado\":[" STEP("2027-02", "1") "," STEP(
			"2027-01", "1") "]"),
		    APPLIED "[1].competencia: is not after the one before" },
		{ "reajuste",
		    TERMS(",\"aplicado\":[" STEP("2027-02", "0.000") "]"),
		    APPLIED "[0].fator: must be above zero" },
		{ "reajuste",
		    TERMS(",\"aplicado\":[" STEP("2027-02", "1.0000001") "]"),
		    APPLIED "[0].fator: " PLACES("6") },
		{ "reajuste", TERMS(",\"aplicado\":[{\"fator\":\"1\"}]"),
		    APPLIED "[0].competencia: missing" },
		{ "reajuste",
		    TERMS(",\"aplicado\":[{\"competencia\":\"2027-01\"}]"),
		    APPLIED "[0].fator: missing" },
		{ "reajuste",
		    TERMS(",\"aplicado\":[{\"competencia\":\"2027-01\","
			  "\"fator\":\"1\",\"indice\":1}]"),
		    APPLIED "[0].indice: no such member in a proposal" },
	};

	(void)state;
	assert_changes(rows, LENGTH(rows));
}

static void
month_limits_are_in_order(void **state)
{
	struct error err = { 0 };
	struct proposal *p = proposal_with(
	    "\"produtos\":[{\"produto\":\"a\"}],\"minimo_mensal\":\"10.01\","
	    "\"teto_mensal\":\"10\"",
	    &err);

	(void)state;
	assert_null(p);
	assert_string_equal(
	    err.text, "proposta.minimo_mensal: is above the cap");
	p = proposal_with("\"produtos\":[{\"produto\":\"a\"}],"
			  "\"minimo_mensal\":\"10\",\"teto_mensal\":\"10\"",
	    &err);
	assert_non_null(p);
	proposal_free(p);
	assert_null(proposal_of(TEXT("{\"proposta\":[]}"), &err));
	assert_string_equal(err.text, "proposta: must be an object");
	assert_null(proposal_of(TEXT("{\"propostas\":{}}"), &err));
	assert_string_equal(err.text, "proposta: missing");
	assert_string_equal(err.code, "proposta_invalida");
}

static struct proposal *
version(const char *company, const char *number, const char *from,
    const char *until)
{
	struct error err = { 0 };
	struct buf json = BUF_INIT;
	struct proposal *p;

	buf_printf(&json,
	    "{\"proposta\":{\"esquema\":1,\"empresaId\":%s,\"numeroProposta\":"
	    "%s,\"vigencia\":{\"inicio\":\"%s\",\"fim\":%s},\"produtos\":"
	    "[{\"produto\":\"a\"}]}}",
	    company, number, from, until);
	p = proposal_of(buf_text(&json), &err);
	assert_non_null(p);
	buf_clear(&json);
	return p;
}

static void
versions_share_no_month(void **state)
{
	static const struct {
		const char *company, *number, *from, *until;
		bool compatible; /* with 7, 1, 2026-03-10 to 2026-05-20 */
	} rows[] = {
		{ "7", "1", "2026-03-10", "null", true }, /* it replaces */
		{ "7", "1", "2026-03-11", "null", false },
		{ "7", "1", "2026-05-31", "null", false },
		{ "7", "1", "2026-06-01", "null", true },
		{ "7", "1", "2026-01-01", "\"2026-02-28\"", true },
		{ "7", "1", "2026-01-01", "\"2026-03-01\"", false },
		{ "7", "1", "2026-01-01", "null", false },
		{ "7", "1", "2025-05-01", "\"2025-05-31\"", true },
		{ "\"7\"", "\"1\"", "2026-03-11", "null", false },
		{ "7", "2", "2026-03-11", "null", true },
		{ "8", "1", "2026-03-11", "null", true },
		{ "7", "\"01\"", "2026-03-11", "null", true },
	};
	struct proposal *a = version("7", "1", "2026-03-10", "\"2026-05-20\"");

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct proposal *b = version(rows[i].company, rows[i].number,
		    rows[i].from, rows[i].until);

		assert_int_equal(proposal_compatible(a, b), rows[i].compatible);
		assert_int_equal(proposal_compatible(b, a), rows[i].compatible);
		proposal_free(b);
	}
	proposal_free(a);
}

static void
what_was_read_can_be_asked(void **state)
{
	struct proposal *p =
	    version("15", "\"P-\\u0031\"", "2026-01-31", "null");
	struct day until = proposal_until(p), from = proposal_from(p);

	(void)state;
	assert_true(text_is(proposal_company(p), "15"));
	assert_true(text_is(proposal_number(p), "P-1"));
	assert_int_equal(day_order(from, (struct day){ 2026, 1, 31 }), 0);
	assert_int_equal(day_order(until, (struct day){ 9999, 12, 31 }), 0);
	proposal_free(p);
	p = version("15", "1", "2026-01-31", "\"2027-12-05\"");
	until = proposal_until(p);
	assert_int_equal(day_order(until, (struct day){ 2027, 12, 5 }), 0);
	proposal_free(p);
	proposal_free(NULL);
}

/* A catalogue holds 100,000 of them. */
static void
two_products_are_small(void **state)
{
	struct error err = { 0 };
	struct proposal *p = proposal_with(
	    "\"produtos\":[{\"produto\":\"cobranca\",\"metrica\":"
	    "\"qtde_titulos\",\"modelo\":\"unitario\",\"preco_unitario\":"
	    "\"0.12\"},{\"produto\":\"pixpay\",\"metrica\":\"qtde_motoristas\","
	    "\"modelo\":\"unitario\",\"preco_unitario\":\"20.00\"}]",
	    &err);

	(void)state;
	assert_non_null(p);
	assert_in_range(proposal_bytes(p), 100, 200);
	proposal_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_is_strict),
		cmocka_unit_test(days_are_of_the_calendar),
		cmocka_unit_test(products_are_strict),
		cmocka_unit_test(decimals_are_strings),
		cmocka_unit_test(discounts_are_strict),
		cmocka_unit_test(adjustments_are_strict),
		cmocka_unit_test(month_limits_are_in_order),
		cmocka_unit_test(versions_share_no_month),
		cmocka_unit_test(what_was_read_can_be_asked),
		cmocka_unit_test(two_products_are_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
