#include <string.h>

#include "core/ndjson.h"
#include "domain/contract.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static struct billing_key
key_of(const char *month, const char *empresa_id, const char *proposta)
{
	return (struct billing_key){ competencia_read(text_of(month)),
		text_of(empresa_id), text_of(proposta) };
}

static void
codes_are_what_they_always_were(void **state)
{
	static const struct {
		const char *month, *empresa_id, *proposta, *code;
	} rows[] = {
		{ "2024-01", "1", "PROP-2024-001", "2401-HRZYZC6DHQ4CQBK" },
		{ "2026-12", "EMP-7", "Proposta nº 9", "2612-GDXH36YCP0GMQE3" },
		{ "2024-01", "12", "3", "2401-88K37V1BZZKA5MR" },
		{ "2024-01", "1", "23", "2401-8ZKEAKPCHJHVZHA" },
	};
	char code[INT_CTR_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct billing_key key =
		    key_of(rows[i].month, rows[i].empresa_id, rows[i].proposta);

		contract_code(&key, code);
		assert_string_equal(code, rows[i].code);
		assert_int_equal(strlen(code), INT_CTR_TEXT - 1);
	}
}

/* FIPS 180-4's own vectors. */
static void
hashes_are_sha256(void **state)
{
	char hash[HASH_TEXT];

	(void)state;
	hash_text(TEXT(""), hash);
	assert_string_equal(hash,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_text(TEXT("abc"), hash);
	assert_string_equal(hash,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#define HEAD \
	"\"cabecalho\":{\"cCodIntCtr\":\"2401-HRZYZC6DHQ4CQBK\"," \
	"\"nCodCli\":4477000001,\"cCodSit\":\"10\"," \
	"\"dVigInicial\":\"01/02/2024\",\"dVigFinal\":\"29/02/2024\"," \
	"\"nDiaFat\":5,\"cTipoFat\":\"01\""
#define CODES \
	"\"natOperacao\":\"01\",\"codServMunic\":\"0620\",\"codLC116\":" \
	"\"1.06\""
#define ITEM(members) "{\"itemCabecalho\":{" CODES "," members "}}"
#define CONTRACT(head, items, rest) \
	"{" HEAD head "},\"itensContrato\":[" items "]" rest "}"
#define PLAIN(members) CONTRACT("", ITEM(members), "")
#define TOTAL "\"quant\":1,\"valorUnit\":200.00"

static const struct day today = { 2024, 2, 3 };

/* Checks `json` for a consolidation of 200.00. */
static enum status
check(const char *json, struct error *err)
{
	struct record *rec = record_new();
	struct consolidation c = { .total_cents = 20000 };
	enum status status;

	assert_int_equal(ndjson_parse_any(rec, text_of(json), err), DONE);
	status = contract_check(record_root(rec), &c, "2401-HRZYZC6DHQ4CQBK",
	    4477000001, today, err);
	record_free(rec);
	return status;
}

static void
good_contracts_pass(void **state)
{
	static const char *const rows[] = {
		PLAIN(TOTAL),
		PLAIN("\"quant\":1.0,\"valorUnit\":2e2"),
		PLAIN("\"quant\":1600,\"valorUnit\":0.125"),
		PLAIN("\"quant\":2.5,\"valorUnit\":80"),
		PLAIN("\"quant\":40000,\"valorUnit\":0.005000"),
		PLAIN("\"quant\":3,\"valorUnit\":70,\"cTpDesconto\":\"V\","
		      "\"valorDesconto\":10.00"),
		PLAIN("\"quant\":1,\"valorUnit\":250.00,\"cTpDesconto\":\"P\","
		      "\"aliqDesconto\":20"),
		PLAIN("\"quant\":1,\"valorUnit\":200,\"cTpDesconto\":null,"
		      "\"valorDesconto\":0,\"aliqDesconto\":0"),
		CONTRACT("",
		    ITEM("\"quant\":1,\"valorUnit\":150") "," ITEM(
			"\"quant\":1,\"valorUnit\":50"),
		    ""),
		CONTRACT("",
		    "{\"itemCabecalho\":{\"codServico\":5000000001,"
		    "\"valorUnit\":200}}",
		    ""),
		CONTRACT("",
		    "{\"itemCabecalho\":{\"codServico\":5000000001,\"quant\":2,"
		    "\"valorUnit\":100}}",
		    ""),
		CONTRACT("", ITEM(TOTAL),
		    ",\"emailCliente\":{\"cEnviarRecibo\":\"N\","
		    "\"cEnviarLinkNfse\":\"S\"}"),
		/* Twenty characters, of two bytes each. */
		CONTRACT(
		    ",\"cNumCtr\":\"áéíóúáéíóúáéíóúáéíóú\"", ITEM(TOTAL), ""),
		PLAIN(TOTAL ",\"valorAcrescimo\":0.00,"
			    "\"cNaoGerarFinanceiro\":\"N\""),
		CONTRACT("", ITEM(TOTAL),
		    ",\"produtosUtilizados\":{\"produtoUtilizado\":[]}"),
		CONTRACT("", ITEM(TOTAL),
		    ",\"infAdic\":{\"cCodCateg\":\"1.01.02\",\"nCodCC\":9},"
		    "\"departamentos\":[{\"cCodDep\":\"9\"}],"
		    "\"x\":{\"y\":1}"),
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		if (check(rows[i], &err) != DONE)
			fail_msg("%s: %s", rows[i], err.text);
}

static void
faults_are_named_by_their_path(void **state)
{
	static const struct {
		const char *json, *in_text;
	} rows[] = {
		{ "[]", "object" },
		{ "{}", "cabecalho" },
		{ "{" HEAD "}}", "itensContrato" },
		{ CONTRACT("", "", ""), "itensContrato" },
		{ CONTRACT(",\"nValTotMes\":200", ITEM(TOTAL), ""),
		    "cabecalho.nValTotMes" },
		{ PLAIN(TOTAL ",\"valorTotal\":200"), "valorTotal" },
		{ PLAIN(TOTAL ",\"valorDed\":null"), "valorDed" },
		/* Amounts. */
		{ PLAIN("\"quant\":1,\"valorUnit\":199.99"), "199.99" },
		{ PLAIN("\"quant\":1,\"valorUnit\":199.99"), "200.00" },
		{ PLAIN("\"quant\":3,\"valorUnit\":66.666667"), "cents" },
		{ PLAIN("\"quant\":1,\"valorUnit\":200.004"),
		    "itensContrato[0].itemCabecalho" },
		{ PLAIN("\"quant\":1,\"valorUnit\":0.0000001"), "valorUnit" },
		{ PLAIN("\"quant\":1,\"valorUnit\":-200"), "valorUnit" },
		{ PLAIN("\"quant\":1,\"valorUnit\":\"200\""), "valorUnit" },
		{ PLAIN("\"quant\":1"), "valorUnit" },
		{ PLAIN("\"valorUnit\":200"), "quant" },
		{ CONTRACT("",
		      ITEM(TOTAL) "," ITEM("\"quant\":1,\"valorUnit\":0.00"),
		      ""),
		    "itensContrato[1].itemCabecalho" },
		{ PLAIN("\"quant\":0,\"valorUnit\":200"), "0.00" },
		{ PLAIN("\"quant\":999999999999,\"valorUnit\":999999999999"),
		    "10^15" },
		{ CONTRACT("", "1", ""), "itensContrato[0]" },
		{ CONTRACT("", "{}", ""), "itemCabecalho" },
		/* Discounts. */
		{ PLAIN("\"quant\":1,\"valorUnit\":210,\"valorDesconto\":10"),
		    "valorDesconto" },
		{ PLAIN("\"quant\":1,\"valorUnit\":210,\"aliqDesconto\":1"),
		    "aliqDesconto" },
		{ PLAIN("\"quant\":1,\"valorUnit\":250,\"cTpDesconto\":\"P\","
			"\"aliqDesconto\":20,\"valorDesconto\":50"),
		    "valorDesconto" },
		{ PLAIN(TOTAL ",\"cTpDesconto\":\"X\""), "cTpDesconto" },
		{ PLAIN("\"quant\":1,\"valorUnit\":200.005,\"cTpDesconto\":"
			"\"V\",\"valorDesconto\":0.005"),
		    "quant x valorUnit" },
		{ PLAIN("\"quant\":1,\"valorUnit\":200.01,\"cTpDesconto\":"
			"\"P\",\"aliqDesconto\":0.001"),
		    "discount" },
		{ PLAIN(TOTAL ",\"cTpDesconto\":\"P\",\"aliqDesconto\":101"),
		    "100 %" },
		{ PLAIN(TOTAL ",\"cTpDesconto\":\"P\",\"aliqDesconto\":100"),
		    "0.00" },
		{ PLAIN(TOTAL ",\"cTpDesconto\":\"V\",\"valorDesconto\":201"),
		    "0.00" },
		/* Services. */
		{ CONTRACT("",
		      "{\"itemCabecalho\":{\"codServMunic\":\"1\","
		      "\"codLC116\":\"1\"," TOTAL "}}",
		      ""),
		    "natOperacao" },
		{ CONTRACT("",
		      "{\"itemCabecalho\":{\"natOperacao\":\"01\","
		      "\"codLC116\":\"1\"," TOTAL "}}",
		      ""),
		    "codServMunic" },
		{ CONTRACT("",
		      "{\"itemCabecalho\":{\"natOperacao\":\"01\","
		      "\"codServMunic\":\"1\"," TOTAL "}}",
		      ""),
		    "codLC116" },
		{ CONTRACT("",
		      "{\"itemCabecalho\":{\"codServico\":\"x\"," TOTAL "}}",
		      ""),
		    "codServico" },
		/* Lengths. */
		{ CONTRACT(",\"cNumCtr\":\"123456789012345678901\"",
		      ITEM(TOTAL), ""),
		    "cabecalho.cNumCtr" },
		{ CONTRACT("", ITEM(TOTAL ",\"codNBS\":\"1234567890\""), ""),
		    "itemCabecalho.codNBS" },
		{ CONTRACT("", ITEM(TOTAL),
		      ",\"departamentos\":[{},{\"cCodDep\":\"12345678901234567"
		      "890123456789012345678901\"}]"),
		    "departamentos[1].cCodDep" },
		{ CONTRACT("", ITEM(TOTAL),
		      ",\"vencTextos\":{\"cTpVenc\":\"0001\"}"),
		    "vencTextos.cTpVenc" },
		{ CONTRACT("", ITEM(TOTAL),
		      ",\"emailCliente\":{\"cEnviarRecibo\":\"S\","
		      "\"cEnviarLinkNfse\":\"S\"}"),
		    "emailCliente" },
		/* What would be billed beside the consolidation, or not. */
		{ PLAIN(TOTAL ",\"valorAcrescimo\":0.01"), "valorAcrescimo" },
		{ PLAIN(TOTAL ",\"valorAcrescimo\":\"1\""), "valorAcrescimo" },
		{ PLAIN(TOTAL ",\"valorOutrasRetencoes\":5"),
		    "valorOutrasRetencoes" },
		{ PLAIN(TOTAL ",\"cNaoGerarFinanceiro\":\"S\""),
		    "cNaoGerarFinanceiro" },
		{ CONTRACT("", ITEM(TOTAL),
		      ",\"despesasReembolsaveis\":{\"despesaReembolsavel\":"
		      "[{\"nValorReemb\":1}]}"),
		    "despesaReembolsavel" },
		{ CONTRACT("", ITEM(TOTAL),
		      ",\"produtosUtilizados\":{\"produtoUtilizado\":[{}]}"),
		    "produtoUtilizado" },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		if (check(rows[i].json, &err) != SOME_REJECTED ||
		    strcmp(err.code, "contrato_invalido") != 0 ||
		    strstr(err.text, rows[i].in_text) == NULL ||
		    err.advice[0] == '\0')
			fail_msg("%s: %s", rows[i].json, err.text);
}

/* An active contract bills again each month of its validity. */
static void
a_second_billing_is_refused(void **state)
{
	static const struct {
		const char *until, *next_only;
		bool good;
	} rows[] = {
		{ "29/02/2024", "", true },
		{ "01/03/2024", "", false },
		{ "01/03/2024", ",\"itemOutrasInf\":{\"nTipoItVigFinal\":2}",
		    false },
		{ "01/03/2024", ",\"itemOutrasInf\":{\"nTipoItVigFinal\":3}",
		    true },
		{ "28/02/2025", "", false },
	};
	struct buf json = BUF_INIT;
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		buf_reset(&json);
		buf_printf(&json,
		    "{\"cabecalho\":{\"cCodIntCtr\":\"2401-HRZYZC6DHQ4CQBK\","
		    "\"nCodCli\":4477000001,\"cCodSit\":\"10\","
		    "\"dVigInicial\":\"01/02/2024\",\"dVigFinal\":\"%s\","
		    "\"nDiaFat\":5,\"cTipoFat\":\"01\"},\"itensContrato\":["
		    "{\"itemCabecalho\":{\"codServico\":1,\"valorUnit\":200}"
		    "%s}]}",
		    rows[i].until, rows[i].next_only);
		if ((check(buf_cstr(&json), &err) == DONE) != rows[i].good)
			fail_msg("%s %s", rows[i].until, rows[i].next_only);
		if (!rows[i].good)
			assert_non_null(strstr(err.text, "every month"));
	}
	buf_clear(&json);
}

/* Each row puts one member of a good cabecalho right or wrong. */
static void
the_head_is_checked(void **state)
{
	static const struct {
		const char *member, *value;
		bool good;
	} rows[] = {
		{ "cCodIntCtr", "\"2401-HRZYZC6DHQ4CQBJ\"", false },
		{ "cCodIntCtr", "\"2401-hrzyzc6dhq4cqbk\"", false },
		{ "cCodIntCtr", "null", false },
		{ "nCodCli", "4477000002", false },
		{ "nCodCli", "4477000001.0", false },
		{ "nCodCli", "\"4477000001\"", false },
		{ "nCodCli", "182032705", false }, /* the same in 32 bits */
		{ "nCodCli", "0", false },
		{ "cCodSit", "10", false },
		{ "cCodSit", "\"\"", false },
		{ "cTipoFat", "null", false },
		{ "nDiaFat", "1", true },
		{ "nDiaFat", "31", true },
		{ "nDiaFat", "0", false },
		{ "nDiaFat", "32", false },
		{ "nDiaFat", "\"5\"", false },
		{ "dVigInicial", "\"29/02/2024\"", true },
		{ "dVigInicial", "\"01/03/2024\"", false },
		{ "dVigInicial", "\"2024-02-01\"", false },
		{ "dVigInicial", "\"1/02/2024\"", false },
		{ "dVigInicial", "\"30/02/2024\"", false },
		{ "dVigInicial", "\"01-02-2024\"", false },
		{ "dVigFinal", "\"03/02/2024\"", true },
		{ "dVigFinal", "\"02/02/2024\"", false },
		{ "dVigFinal", "\"31/01/2024\"", false },
		{ "dVigFinal", "\"28/02/2024\"", true },
		{ "dVigFinal", "\"\"", false },
		{ "dVigFinal", "20240229", false },
	};
	static const char *const good[][2] = { { "cCodIntCtr",
						   "\"2401-HRZYZC6DHQ4CQBK\"" },
		{ "nCodCli", "4477000001" }, { "cCodSit", "\"10\"" },
		{ "dVigInicial", "\"01/02/2024\"" },
		{ "dVigFinal", "\"29/02/2024\"" }, { "nDiaFat", "5" },
		{ "cTipoFat", "\"01\"" } };
	struct buf json = BUF_INIT;
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		buf_reset(&json);
		buf_add_str(&json, "{\"cabecalho\":{");
		for (size_t j = 0; j < LENGTH(good); j++) {
			bool ours = strcmp(good[j][0], rows[i].member) == 0;

			build_name(&json, good[j][0]);
			build_raw(
			    &json, text_of(ours ? rows[i].value : good[j][1]));
		}
		buf_add_str(&json, "},\"itensContrato\":[" ITEM(TOTAL) "]}");
		if ((check(buf_cstr(&json), &err) == DONE) != rows[i].good)
			fail_msg("%s = %s", rows[i].member, rows[i].value);
		if (!rows[i].good && strncmp(err.text, "cabecalho.", 10) != 0)
			fail_msg("no path: %s", err.text);
	}
	buf_clear(&json);
}

#define HELD(members) "{\"itensContrato\":[{\"itemCabecalho\":{" members "}}]}"

static void
totals_as_omie_reckons(void **state)
{
	static const struct {
		const char *json;
		bool readable;
		int64_t cents;
	} rows[] = {
		{ "{\"itensContrato\":[]}", true, 0 },
		{ HELD("\"quant\":1,\"valorUnit\":20000.00,\"valorTotal\":9"),
		    true, 2000000 },
		{ HELD("\"quant\":\"1\",\"valorUnit\":\"150.10\""), true,
		    15010 },
		{ HELD("\"quant\":\"\",\"valorUnit\":150.1"), true, 15010 },
		{ HELD("\"valorUnit\":150.1"), true, 15010 },
		{ HELD("\"quant\":33333,\"valorUnit\":0.066400"), true,
		    221331 },
		{ HELD("\"quant\":333,\"valorUnit\":0.055"), true, 1832 },
		{ HELD("\"quant\":1,\"valorUnit\":1.005"), true, 101 },
		{ HELD("\"quant\":3,\"valorUnit\":33.333333"), true, 10000 },
		{ HELD("\"quant\":1,\"valorUnit\":10,\"cTpDesconto\":\"V\","
		       "\"valorDesconto\":0.25,\"aliqDesconto\":50"),
		    true, 975 },
		{ HELD("\"quant\":1,\"valorUnit\":10,\"cTpDesconto\":\"P\","
		       "\"valorDesconto\":9,\"aliqDesconto\":\"0.55\""),
		    true, 995 },
		{ HELD("\"quant\":1,\"valorUnit\":10,\"cTpDesconto\":\"P\","
		       "\"aliqDesconto\":\"\""),
		    true, 1000 },
		{ HELD("\"quant\":1,\"valorUnit\":10,\"valorDesconto\":1"),
		    true, 900 },
		/* Each item is rounded by itself. */
		{ "{\"itensContrato\":["
		  "{\"itemCabecalho\":{\"quant\":1,\"valorUnit\":0.005}},"
		  "{\"itemCabecalho\":{\"quant\":1,\"valorUnit\":0.005}}]}",
		    true, 2 },
		{ "{}", false, 0 },
		{ "{\"itensContrato\":[{}]}", false, 0 },
		{ "{\"itensContrato\":[1]}", false, 0 },
		{ HELD("\"quant\":1"), false, 0 },
		{ HELD("\"quant\":1,\"valorUnit\":\"\""), false, 0 },
		{ HELD("\"quant\":1,\"valorUnit\":\"1,50\""), false, 0 },
		{ HELD("\"quant\":1,\"valorUnit\":true"), false, 0 },
		{ HELD("\"quant\":[],\"valorUnit\":1"), false, 0 },
		{ HELD("\"quant\":999999999999,\"valorUnit\":999999999999"),
		    false, 0 },
		{ HELD("\"quant\":1,\"valorUnit\":1,\"cTpDesconto\":\"P\","
		       "\"aliqDesconto\":100.1"),
		    false, 0 },
	};
	struct record *rec = record_new();
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int64_t cents = 42;
		bool readable;

		assert_int_equal(
		    ndjson_parse(rec, text_of(rows[i].json), &err), DONE);
		readable = contract_total(record_root(rec), &cents);
		if (readable != rows[i].readable ||
		    cents != (readable ? rows[i].cents : 42))
			fail_msg("%s: %d, %lld", rows[i].json, readable,
			    (long long)cents);
	}
	record_free(rec);
}

#define RESULT \
	"{\"competencia\":\"2024-01\",\"empresaId\":\"1\"," \
	"\"numeroProposta\":\"PROP-2024-001\",\"acao\":\"incluido\"," \
	"\"cCodIntCtr\":\"2401-HRZYZC6DHQ4CQBK\",\"nCodCtr\":7700000001," \
	"\"valorTotal\":20000.00,\"status\":\"sent\"}"

static enum status
read_result(struct record *rec, const char *json, struct contract_result *r,
    char code[INT_CTR_TEXT], struct error *err)
{
	assert_int_equal(ndjson_parse(rec, text_of(json), err), DONE);
	return contract_read(record_root(rec), r, code, err);
}

static void
results_are_read_and_written(void **state)
{
	struct record *rec = record_new();
	struct contract_result r;
	struct buf b = BUF_INIT;
	struct error err;
	char code[INT_CTR_TEXT];

	(void)state;
	assert_int_equal(read_result(rec, RESULT, &r, code, &err), DONE);
	assert_int_equal(r.action, CONTRACT_INCLUDED);
	assert_int_equal(r.nCodCtr, 7700000001);
	assert_int_equal(r.total_cents, 2000000);
	assert_int_equal(r.status, CONSOLIDATION_SENT);
	contract_write(&b, &r);
	assert_string_equal(buf_cstr(&b), RESULT);
	r.nCodCtr = 0;
	r.action = CONTRACT_PLANNED;
	r.status = CONSOLIDATION_COMPLETED;
	buf_reset(&b);
	contract_write(&b, &r);
	assert_string_equal(buf_cstr(&b),
	    "{\"competencia\":\"2024-01\",\"empresaId\":\"1\","
	    "\"numeroProposta\":\"PROP-2024-001\",\"acao\":\"planejado\","
	    "\"cCodIntCtr\":\"2401-HRZYZC6DHQ4CQBK\",\"valorTotal\":20000.00,"
	    "\"status\":\"completed\"}");
	assert_int_equal(read_result(rec, buf_cstr(&b), &r, code, &err), DONE);
	assert_int_equal(r.nCodCtr, 0);
	buf_clear(&b);
	record_free(rec);
}

static void
every_action_has_its_word(void **state)
{
	static const char *const words[] = { "incluido", "alterado",
		"inalterado", "dispensado", "divergente", "planejado" };

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++)
		assert_string_equal(
		    contract_action_name((enum contract_action)i), words[i]);
}

#define BEGIN \
	"{\"competencia\":\"2024-01\",\"empresaId\":\"1\"," \
	"\"numeroProposta\":\"PROP-2024-001\","
#define END "\"valorTotal\":1.00,\"status\":\"sent\"}"

#define CODE "\"cCodIntCtr\":\"2401-HRZYZC6DHQ4CQBK\""

static void
results_that_are_none(void **state)
{
	static const struct {
		const char *json, *code;
	} rows[] = {
		{ "{}", "campo_ausente" },
		{ BEGIN "" CODE "," END, "campo_ausente" },
		{ BEGIN "\"acao\":\"feito\"," CODE "," END, "campo_invalido" },
		{ BEGIN "\"acao\":\"alterado\"," END, "campo_ausente" },
		{ BEGIN "\"acao\":\"alterado\",\"cCodIntCtr\":"
			"\"2401-HRZYZC6DHQ4CQBJ\"," END,
		    "campo_invalido" },
		{ BEGIN "\"acao\":\"alterado\"," CODE ","
			"\"nCodCtr\":-1," END,
		    "campo_invalido" },
		{ BEGIN "\"acao\":\"alterado\"," CODE ","
			"\"nCodCtr\":\"7\"," END,
		    "campo_invalido" },
		{ BEGIN "\"acao\":\"alterado\"," CODE ","
			"\"valorTotal\":1.001,\"status\":\"sent\"}",
		    "campo_invalido" },
		{ BEGIN "\"acao\":\"alterado\"," CODE ","
			"\"valorTotal\":1}",
		    "campo_ausente" },
	};
	struct record *rec = record_new();
	struct contract_result r;
	struct error err;
	char code[INT_CTR_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		if (read_result(rec, rows[i].json, &r, code, &err) !=
			SOME_REJECTED ||
		    strcmp(err.code, rows[i].code) != 0)
			fail_msg("%s: %s", rows[i].json, err.text);
	assert_int_equal(
	    contract_read(NO_VALUE, &r, code, &err), SOME_REJECTED);
	record_free(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_what_they_always_were),
		cmocka_unit_test(hashes_are_sha256),
		cmocka_unit_test(good_contracts_pass),
		cmocka_unit_test(faults_are_named_by_their_path),
		cmocka_unit_test(a_second_billing_is_refused),
		cmocka_unit_test(the_head_is_checked),
		cmocka_unit_test(totals_as_omie_reckons),
		cmocka_unit_test(results_are_read_and_written),
		cmocka_unit_test(every_action_has_its_word),
		cmocka_unit_test(results_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
