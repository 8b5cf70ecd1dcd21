/* domain/settings: what a company may say to the template, and what not. */
#include "domain/settings.h"

#include <stdio.h>

#include "core/ndjson.h"
#include "unit/unit.h"

static const struct {
	const char *settings, *why; /* NULL: taken */
} rows[] = {
	{ "null", NULL },
	{ "{}", NULL },
	{ "{\"x\":[1],\"diaVencimento\":\"5\",\"Categoria\":7}", NULL },
	{ "{\"diaFaturamento\":5,\"tipoFaturamento\":\"01\",\"codServico\":1,"
	  "\"servico\":{\"natOperacao\":\"01\",\"codServMunic\":\"0620\","
	  "\"codLC116\":\"1.06\",\"codNBS\":7},\"categoria\":\"1.01.02\","
	  "\"contaCorrente\":900000002,\"cidadePrestacao\":"
	  "\"S\xc3\xa3o Jos\xc3\xa9 do Rio Preto e mais um nom (SP)\","
	  "\"impostos\":{},\"vencimento\":{\"cTpVenc\":\"001\"}}",
	    NULL },
	{ "{\"diaFaturamento\":null,\"servico\":null,\"categoria\":null}",
	    NULL },
	{ "{\"diaFaturamento\":31}", NULL },
	{ "{\"servico\":{\"natOperacao\":null}}", NULL },
	{ "\"x\"", "object expected" },
	{ "[]", "object expected" },
	{ "{\"diaFaturamento\":\"5\"}",
	    "diaFaturamento: whole number expected, text found" },
	{ "{\"diaFaturamento\":5.0}", "diaFaturamento: whole number expected" },
	{ "{\"diaFaturamento\":0}", "diaFaturamento: not between 1 and 31" },
	{ "{\"diaFaturamento\":32}", "diaFaturamento: not between 1 and 31" },
	{ "{\"diaFaturamento\":false}",
	    "diaFaturamento: whole number expected, true or false found" },
	{ "{\"tipoFaturamento\":1}",
	    "tipoFaturamento: text expected, number found" },
	{ "{\"tipoFaturamento\":\"\"}", "tipoFaturamento: empty" },
	{ "{\"tipoFaturamento\":\"001\"}",
	    "tipoFaturamento: must be at most 2 characters" },
	{ "{\"codServico\":\"1\"}",
	    "codServico: whole number expected, text found" },
	{ "{\"codServico\":0}", "codServico: not between 1 and" },
	{ "{\"servico\":\"1.06\"}", "servico: object expected, text found" },
	{ "{\"servico\":{\"codLC116\":1.06}}",
	    "servico.codLC116: text expected, number found" },
	{ "{\"servico\":{\"natOperacao\":1}}", "servico.natOperacao: text" },
	{ "{\"servico\":{\"codServMunic\":620}}",
	    "servico.codServMunic: text" },
	{ "{\"categoria\":1.01}", "categoria: text expected, number found" },
	{ "{\"contaCorrente\":\"900000002\"}",
	    "contaCorrente: whole number expected, text found" },
	{ "{\"cidadePrestacao\":[]}",
	    "cidadePrestacao: text expected, array found" },
	{ "{\"cidadePrestacao\":\"01234567890123456789012345678901234567890\"}",
	    "cidadePrestacao: must be at most 40 characters" },
	{ "{\"impostos\":[]}", "impostos: object expected, array found" },
	{ "{\"vencimento\":\"001\"}", "vencimento: object expected" },
};

static void
kinds_and_ranges(void **state)
{
	struct record *rec = record_new();
	char line[400];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		enum status s;

		snprintf(line, sizeof(line), "{\"c\":%s}", rows[i].settings);
		assert_int_equal(ndjson_parse(rec, text_of(line), &err), DONE);
		s = settings_check(value_member(record_root(rec), "c"), &err);
		if (rows[i].why == NULL && s != DONE)
			fail_msg("%s: %s", line, err.text);
		if (rows[i].why == NULL)
			continue;
		assert_int_equal(s, SOME_REJECTED);
		assert_string_equal(err.code, "campo_invalido");
		if (strstr(err.text, rows[i].why) == NULL)
			fail_msg("%s: %s", line, err.text);
	}
	assert_int_equal(settings_check(NO_VALUE, &(struct error){ 0 }), DONE);
	record_free(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
