#include <stdlib.h>
#include <string.h>

#include "pricing_case.h"

/* One product, `a`, and why it is refused; NULL: it is not. */
struct
try {
	const char *product, *want;
};

static void
assert_products(const struct try *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf terms = BUF_INIT, want = BUF_INIT;
		struct error err = { 0 };
		struct proposal *p;

		buf_printf(&terms, "\"produtos\":[{\"produto\":\"a\",%s}]",
		    rows[i].product);
		buf_printf(&want, "proposta.produtos[0]%s",
		    rows[i].want != NULL ? rows[i].want : "");
		p = proposal_with(buf_cstr(&terms), &err);
		if (rows[i].want == NULL && p == NULL)
			fail_msg("%s", err.text);
		if (rows[i].want != NULL) {
			assert_null(p);
			assert_string_equal(err.text, buf_cstr(&want));
			assert_string_equal(err.code, "proposta_invalida");
		}
		proposal_free(p);
		buf_clear(&terms);
		buf_clear(&want);
	}
}

#define MODEL(name) "\"modelo\":\"" name "\""
#define Q ",\"metrica\":\"q\""
#define COMMON \
	",\"agregacao\":\"soma\",\"nulo_e_zero\":true," \
	"\"ausente_e_zero\":false,\"minimo\":\"1\",\"teto\":\"2\""
#define BAND ",\"faixas\":[{\"ate\":null,\"preco_unitario\":\"1\"}]"
#define BANDED \
	",\"franquia\":\"1\",\"franquia_consome_faixa\":null," \
	"\"cobra_sem_uso\":true"
#define PACK ",\"tamanho\":\"1\",\"preco_pacote\":\"1\""

static void
each_model_has_its_members(void **state)
{
	static const struct try rows[] = {
		{ MODEL("graduado") Q COMMON BAND BANDED, NULL },
		{ MODEL("volume") Q COMMON BAND BANDED, NULL },
		{ MODEL("pacote") Q COMMON PACK ",\"franquia\":\"1\"", NULL },
		{ MODEL("percentual") Q COMMON
		    ",\"aliquota\":\"1\",\"franquia\":\"1\"",
		    NULL },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\",\"pro_rata\":\"mes_30\","
				"\"minimo\":\"1\",\"teto\":\"2\"",
		    NULL },
		{ MODEL("gratuito"), NULL },
		{ MODEL("gratuito") Q ",\"agregacao\":\"soma\",\"nulo_e_zero\":"
				      "true,\"ausente_e_zero\":true",
		    NULL },
		{ MODEL("graduado") BAND, ".metrica: missing" },
		{ MODEL("graduado") Q, ".faixas: missing" },
		{ MODEL("volume") Q ",\"faixas\":null", ".faixas: missing" },
		{ MODEL("pacote") PACK, ".metrica: missing" },
		{ MODEL("pacote") Q ",\"tamanho\":\"1\"",
		    ".preco_pacote: missing" },
		{ MODEL("pacote") Q ",\"preco_pacote\":\"1\"",
		    ".tamanho: missing" },
		{ MODEL("percentual") Q, ".aliquota: missing" },
		{ MODEL("fixo"), ".valor_fixo: missing" },
		{ MODEL("graduado") Q BAND ",\"preco_unitario\":\"1\"",
		    ".preco_unitario: no member of modelo `graduado`" },
		{ MODEL("unitario") Q ",\"preco_unitario\":\"1\","
				      "\"cobra_sem_uso\":true",
		    ".cobra_sem_uso: no member of modelo `unitario`" },
		{ MODEL("pacote") Q PACK ",\"franquia_consome_faixa\":true",
		    ".franquia_consome_faixa: no member of modelo `pacote`" },
		{ MODEL("percentual") Q ",\"aliquota\":\"1\",\"pro_rata\":"
					"\"mes_30\"",
		    ".pro_rata: no member of modelo `percentual`" },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\"" Q,
		    ".metrica: no member of modelo `fixo`" },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\",\"franquia\":\"1\"",
		    ".franquia: no member of modelo `fixo`" },
		{ MODEL("gratuito") ",\"minimo\":\"1\"",
		    ".minimo: no member of modelo `gratuito`" },
		{ MODEL("gratuito") ",\"valor_fixo\":\"1\"",
		    ".valor_fixo: no member of modelo `gratuito`" },
	};

	(void)state;
	assert_products(rows, LENGTH(rows));
}

#define PLACES(n) \
	"must be a decimal below 10^12 without sign, at most " n " decimals"

static void
numbers_of_the_models(void **state)
{
	static const struct try rows[] = {
		{ MODEL("pacote") Q
		    ",\"tamanho\":\"0.000000\",\"preco_pacote\":\"1\"",
		    ".tamanho: must be above zero" },
		{ MODEL("pacote") Q
		    ",\"tamanho\":\"0.000001\",\"preco_pacote\":\"0\"",
		    NULL },
		{ MODEL("pacote") Q ",\"tamanho\":1000,\"preco_pacote\":\"0\"",
		    ".tamanho: must be a decimal in quotes, such as "
		    "\"0.12\"" },
		{ MODEL("percentual") Q ",\"aliquota\":\"100.000000\"", NULL },
		{ MODEL("percentual") Q ",\"aliquota\":\"100.000001\"",
		    ".aliquota: must be 0 to 100" },
		{ MODEL("fixo") ",\"valor_fixo\":\"1.0000000\"",
		    ".valor_fixo: " PLACES("6") },
		{ MODEL("fixo") ",\"valor_fixo\":\"-1\"",
		    ".valor_fixo: " PLACES("6") },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\",\"minimo\":\"3\","
				"\"teto\":\"2\"",
		    ".minimo: is above the cap" },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\",\"pro_rata\":"
				"\"nenhum\"",
		    NULL },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\",\"pro_rata\":"
				"\"mensal\"",
		    ".pro_rata: must be \"nenhum\", \"dias_corridos\" or "
		    "\"mes_30\"" },
		{ MODEL("fixo") ",\"valor_fixo\":\"1\",\"pro_rata\":true",
		    ".pro_rata: must be \"nenhum\", \"dias_corridos\" or "
		    "\"mes_30\"" },
	};

	(void)state;
	assert_products(rows, LENGTH(rows));
}

#define FAIXAS(list) MODEL("graduado") Q ",\"faixas\":" list
#define TO(edge) "{\"ate\":" edge ",\"preco_unitario\":\"1\"}"

static void
bands_have_an_order_and_an_end(void **state)
{
	static const struct try rows[] = {
		{ FAIXAS("[" TO("null") "]"), NULL },
		{ FAIXAS("[" TO("\"0.000001\"") "," TO("\"2\"") "," TO(
		      "null") "]"),
		    NULL },
		{ FAIXAS("[]"), ".faixas: must name a band" },
		{ FAIXAS("{}"), ".faixas: must be a list" },
		{ FAIXAS("\"x\""), ".faixas: must be a list" },
		{ FAIXAS("[null]"), ".faixas[0]: must be an object" },
		{ FAIXAS("[{\"preco_unitario\":\"1\"}]"),
		    ".faixas[0]: `ate` is missing (null in the last band)" },
		{ FAIXAS("[" TO("null") "," TO("null") "]"),
		    ".faixas[0].ate: is null, which only the last band may "
		    "be" },
		{ FAIXAS("[" TO("\"10\"") "]"),
		    ".faixas[0].ate: must be null in the last band, which has "
		    "no end" },
		{ FAIXAS("[" TO("\"10\"") "," TO("\"10\"") "," TO("null") "]"),
		    ".faixas[1].ate: is not above the one of the band "
		    "before" },
		{ FAIXAS("[" TO("\"10\"") "," TO("\"9\"") "," TO("null") "]"),
		    ".faixas[1].ate: is not above the one of the band "
		    "before" },
		{ FAIXAS("[" TO("\"0\"") "," TO("null") "]"),
		    ".faixas[0].ate: must be above zero" },
		{ FAIXAS("[" TO("10") "," TO("null") "]"),
		    ".faixas[0].ate: must be a decimal in quotes, such as "
		    "\"0.12\"" },
		{ FAIXAS("[{\"ate\":null}]"),
		    ".faixas[0].preco_unitario: missing" },
		{ FAIXAS("[{\"ate\":null,\"preco_unitario\":null}]"),
		    ".faixas[0].preco_unitario: missing" },
		{ FAIXAS("[{\"ate\":null,\"preco_unitario\":\"1\","
			 "\"valor_fixo\":null}]"),
		    NULL },
		{ FAIXAS("[{\"ate\":null,\"preco_unitario\":\"1\","
			 "\"valor_fixo\":\"0.1234567\"}]"),
		    ".faixas[0].valor_fixo: " PLACES("6") },
		{ FAIXAS("[{\"ate\":null,\"preco_unitario\":\"1\","
			 "\"teto\":\"1\"}]"),
		    ".faixas[0].teto: no such member in a proposal" },
	};

	(void)state;
	assert_products(rows, LENGTH(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_model_has_its_members),
		cmocka_unit_test(numbers_of_the_models),
		cmocka_unit_test(bands_have_an_order_and_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
