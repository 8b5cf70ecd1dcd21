/* What Omie's answers mean: every row of the catalogue, reworded too. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "net/omie.h"

#define FAULT(code, text) \
	"{\"faultstring\":\"" text "\",\"faultcode\":\"" code "\"}"
#define C "SOAP-ENV:Client-"
#define S "SOAP-ENV:Server"

/* The verdicts that a read and a write get. */
#define OK OMIE_OK
#define PERM OMIE_PERMANENT
#define NONE OMIE_NOTHING
#define DUP OMIE_DUPLICATE
#define WAIT OMIE_TRANSIENT
#define OPEN OMIE_UNCLEAR
#define KEY OMIE_DENIED
#define OUT OMIE_SHUT_OUT

static const struct {
	long status;
	const char *body;
	enum omie_verdict read, write;
	const char *code; /* NULL: not looked at */
	int64_t wait_s, id;
} rows[] = {
	/* nothing there */
	{ 500,
	    FAULT(C "5113",
		"ERROR: N\\u00e3o existem registros para a p\\u00e1gina [1]!"),
	    NONE, PERM, "5113", -1, 0 },
	{ 500,
	    FAULT(C "5113", "ERROR: NAO EXISTEM CADASTROS PARA A PAGINA (1)"),
	    NONE, PERM, "5113", -1, 0 },
	{ 500, FAULT(C "77", "Na\\u0303o existe nenhum registro na pagina 1"),
	    NONE, PERM, "77", -1, 0 },
	{ 500, FAULT("5113", "Lista vazia"), NONE, PERM, "5113", -1, 0 },
	{ 500, "{\"faultcode\":5113,\"faultstring\":\"fim\"}", NONE, PERM,
	    "5113", -1, 0 },
	{ 500, FAULT(S "-5113", "N\xc3\xa3o existem registros"), WAIT, OPEN,
	    NULL, -1, 0 },
	{ 500,
	    FAULT(C "105",
		"ERROR: Cliente n\xc3\xa3o cadastrado para o C\xc3\xb3"
		"digo [999999999] !"),
	    NONE, PERM, "105", -1, 0 },
	{ 500,
	    FAULT(C "103",
		"ERROR: OS n\\u00e3o cadastrada para o C\\u00f3digo de "
		"Integra\\u00e7\\u00e3o [X] !"),
	    NONE, PERM, "103", -1, 0 },
	{ 500,
	    FAULT(C "105",
		"ERROR: Contrato ainda nao esta cadastrado: codigo <4>"),
	    NONE, PERM, "105", -1, 0 },
	{ 500,
	    FAULT(C "5002",
		"ERROR: Cliente n\\u00e3o cadastrado para o C\\u00f3digo [7] ! "
		"Tag [nCodCli]!"),
	    NONE, PERM, "5002", -1, 0 },
	{ 500, FAULT(C "101", "ERROR: Nenhuma OS foi encontrada!"), NONE, PERM,
	    "101", -1, 0 },
	{ 500, FAULT(C "9", "Dados do Web Service n\\u00e3o cadastrados"), WAIT,
	    OPEN, "9", -1, 0 },
	/* taken */
	{ 500,
	    FAULT(C "102",
		"ERROR: Cliente j\\u00e1 cadastrado para o C\\u00f3digo de "
		"Integra\\u00e7\\u00e3o [X] com o nCod [4477000001] !"),
	    DUP, DUP, "102", -1, 4477000001 },
	{ 500,
	    FAULT(C "102",
		"ERROR: Cliente j\\u00e1 cadastrado para o CPF/CNPJ "
		"[11.222.333\\/0001-81] com o Id [77000000012] e c\\u00f3digo "
		"de integra\\u00e7\\u00e3o [999] ! (add)"),
	    DUP, DUP, "102", -1, 77000000012 },
	{ 500,
	    FAULT(C "103",
		"CLIENTE JA CADASTRADO para o documento 1, com o ID (5)."),
	    DUP, DUP, "103", -1, 5 },
	{ 500,
	    FAULT(C "102",
		"ERROR: Contrato j\xc3\xa1 est\xc3\xa1 cadastrado para o "
		"C\xc3\xb3"
		"digo de Integra\xc3\xa7\xc3\xa3o [2401-X] com o nCodCtr: "
		"7700000001"),
	    DUP, DUP, "102", -1, 7700000001 },
	{ 500,
	    FAULT(C "101",
		"Pedido j\xc3\xa1 cadastrado para o codigo de integracao "
		"[123]!"),
	    DUP, DUP, "101", -1, 0 },
	{ 500,
	    FAULT("",
		"J\xc3\xa1 existe um contrato com este c\xc3\xb3"
		"digo de integra\xc3\xa7\xc3\xa3o"),
	    DUP, DUP, "", -1, 0 },
	{ 500,
	    FAULT(C "102",
		"j\xc3\xa1 cadastrado com o Id [99999999999999999999]"),
	    DUP, DUP, "102", -1, 0 },
	{ 500, FAULT(C "102", "j\xc3\xa1 cadastrado com o Id [12AB]"), DUP, DUP,
	    "102", -1, 0 },
	/* the data is refused */
	{ 500,
	    FAULT(C "5001",
		"ERROR: Tag [CNPJ_CPF] n\\u00e3o faz parte da estrutura do "
		"tipo complexo [clientes_cadastro_chave]!"),
	    PERM, PERM, "5001", -1, 0 },
	{ 500, FAULT(C "5001", "campo desconhecido"), PERM, PERM, "5001", -1,
	    0 },
	{ 500,
	    FAULT(C "71",
		"ERROR: O preenchimento da tag [cnpj_cpf] \\u00e9 "
		"obrigat\\u00f3rio!"),
	    PERM, PERM, "71", -1, 0 },
	{ 500,
	    FAULT(C "224", "O preenchimento das tags (a) ou (b) e obrigatorio"),
	    PERM, PERM, "224", -1, 0 },
	{ 500, FAULT(C "3102", "A tag nValor espera um decimal"), PERM, PERM,
	    "3102", -1, 0 },
	{ 500,
	    FAULT("?",
		"N\xc3\xa3o \xc3\xa9 poss\xc3\xadvel alterar esse c\xc3\xb3"
		"digo de integra\xc3\xa7\xc3\xa3o (Cliente Consumidor)!"),
	    PERM, PERM, "?", -1, 0 },
	{ 500,
	    FAULT(C "1",
		"\xc3\x89 obrigat\xc3\xb3rio informar o valor unit\xc3\xa1rio "
		"do item, tag [valorUnit]"),
	    PERM, PERM, "1", -1, 0 },
	{ 500,
	    FAULT(C "1",
		"Data de Vig\xc3\xaancia Inicial [dVigInicial] maior que a "
		"Data de Vig\xc3\xaancia Final [dVigFinal]!"),
	    PERM, PERM, "1", -1, 0 },
	{ 500,
	    FAULT(C "1",
		"ERROR: O CNPJ/CPF informado est\xc3\xa1 inv\xc3\xa1lido [X] "
		"!"),
	    PERM, PERM, "1", -1, 0 },
	{ 500, FAULT(C "1", "Invalid JSON Object"), PERM, PERM, "1", -1, 0 },
	{ 500, FAULT("", "JSON request with SyntaxError"), PERM, PERM, "", -1,
	    0 },
	{ 500, FAULT(C "1", "Method \\\"X\\\" not exists"), PERM, PERM, "1", -1,
	    0 },
	{ 400, "{}", PERM, PERM, NULL, -1, 0 },
	{ 404, "<h1>404</h1>", PERM, PERM, NULL, -1, 0 },
	{ 301, "", PERM, PERM, NULL, -1, 0 },
	/* executed or not: nobody knows */
	{ 500,
	    FAULT(C "31",
		"Informe a Tag [nCodOS] ou [cCodIntOS] na "
		"altera\xc3\xa7\xc3\xa3o!"),
	    WAIT, OPEN, "31", -1, 0 },
	{ 500,
	    FAULT(C "31",
		"Deve ser informado nCodCtr ou cCodIntCtr para alterar"),
	    WAIT, OPEN, "31", -1, 0 },
	{ 500,
	    FAULT(C "6",
		"ERROR: Consumo redundante detectado. Aguarde 58 segundos para "
		"tentar novamente (REDUNDANT)."),
	    WAIT, OPEN, "6", 58, 0 },
	{ 500, FAULT(C "66", "Chamada redundante; espere [7] SEGUNDOS"), WAIT,
	    OPEN, "66", 7, 0 },
	{ 500, FAULT(C "6", "repetida"), WAIT, OPEN, "6", -1, 0 },
	{ 500,
	    FAULT(C "1880",
		"ERROR: J\\u00e1 existe uma requisi\\u00e7\\u00e3o desse "
		"m\\u00e9todo sendo executada e voc\\u00ea pode tentar "
		"novamente em alguns instantes. (1)"),
	    WAIT, OPEN, "1880", -1, 0 },
	{ 500,
	    FAULT(C "8020",
		"ERROR: Esta requisi\\u00e7\\u00e3o j\\u00e1 foi processada ou "
		"est\\u00e1 sendo processada e voc\\u00ea pode tentar "
		"novamente \\u00e0s 19:04:08. (1)"),
	    WAIT, OPEN, "8020", -1, 0 },
	{ 500, FAULT(C "42", "JA EXISTE UMA REQUISICAO DESSE METODO"), WAIT,
	    OPEN, "42", -1, 0 },
	{ 500, FAULT(C "1100", "ocupado"), WAIT, OPEN, "1100", -1, 0 },
	{ 500,
	    FAULT(
		S, "SOAP-ERROR: Broken response from Application Server (BG)"),
	    WAIT, OPEN, S, -1, 0 },
	{ 500,
	    FAULT(C "5113",
		"SOAP-ERROR: broken  response from application server (4); nao "
		"existem registros"),
	    WAIT, OPEN, "5113", -1, 0 },
	{ 500, FAULT(S, "PROTO_BYEBYE"), WAIT, OPEN, S, -1, 0 },
	{ 500, FAULT(C "105", "n\xc3\xa3o cadastrado proto_byebye"), WAIT, OPEN,
	    "105", -1, 0 },
	{ 429, FAULT("x", "PROTO_BYEBYE"), WAIT, OPEN, "x", -1, 0 },
	{ 429, "PROTO_BYEBYE", WAIT, OPEN, NULL, -1, 0 },
	{ 429, "{\"faultstring\":\"x\",\"more\":\"PROTO_BYEBYE\"}", WAIT, OPEN,
	    NULL, -1, 0 },
	{ 404, "<html>Broken response from Application Server", WAIT, OPEN,
	    NULL, -1, 0 },
	{ 500, FAULT(C "1", "ERROR: Request timeout"), WAIT, OPEN, "1", -1, 0 },
	{ 500, FAULT(C "1", "Timeout na consulta"), WAIT, OPEN, "1", -1, 0 },
	{ 500, FAULT(C "1", "algo nunca visto"), WAIT, OPEN, "1", -1, 0 },
	{ 500, FAULT(S, "N\xc3\xa3o existem registros"), WAIT, OPEN, S, -1, 0 },
	{ 503, FAULT(C "105", "Cliente n\xc3\xa3o cadastrado"), WAIT, OPEN,
	    "105", -1, 0 },
	{ 500, "{}", WAIT, OPEN, NULL, -1, 0 },
	{ 500, "", WAIT, OPEN, NULL, -1, 0 },
	{ 500, "{\"faultstring\":\"Cliente n", WAIT, OPEN, NULL, -1, 0 },
	{ 500,
	    "{\"faultstring\":\"Cliente n\xe3o cadastrado\",\"faultcode\":\"" C
	    "105\"}",
	    WAIT, OPEN, NULL, -1, 0 },
	{ 502, "<html>Bad Gateway</html>", WAIT, OPEN, NULL, -1, 0 },
	{ 503, "", WAIT, OPEN, NULL, -1, 0 },
	{ 504, "x", WAIT, OPEN, NULL, -1, 0 },
	{ 408, "", WAIT, OPEN, NULL, -1, 0 },
	{ 200, "<html>chave de acesso invalida</html>", WAIT, OPEN, NULL, -1,
	    0 },
	{ 200, "", WAIT, OPEN, NULL, -1, 0 },
	{ 200, "[]", WAIT, OPEN, NULL, -1, 0 },
	{ 200, "{\"nCodCtr\":7700000001,\"cCodSta", WAIT, OPEN, NULL, -1, 0 },
	{ 201, "{\"nCodCtr\":1,\"cCodStatus\":\"0\"}", WAIT, OPEN, NULL, -1,
	    0 },
	/* the account */
	{ 425,
	    FAULT("MISUSE_API_PROCESS",
		"ERROR: API bloqueada por consumo indevido. Tente novamente em "
		"1789 segundos."),
	    OUT, OUT, "MISUSE_API_PROCESS", 1789, 0 },
	{ 500, FAULT("MISUSE_API_PROCESS", "bloqueio"), OUT, OUT, NULL, 1800,
	    0 },
	{ 500, FAULT(C "1", "Bloqueado por CONSUMO INDEVIDO, 30 minutos"), OUT,
	    OUT, "1", 1800, 0 },
	{ 425, "", OUT, OUT, NULL, 1800, 0 },
	{ 425, "<h1>PROTO_BYEBYE", OUT, OUT, NULL, 1800, 0 },
	{ 403,
	    FAULT(S,
		"A chave de acesso est\\u00e1 inv\\u00e1lida ou o aplicativo "
		"est\\u00e1 suspenso."),
	    KEY, KEY, S, -1, 0 },
	{ 500, FAULT(S, "A CHAVE DE ACESSO ESTA INVALIDA"), KEY, KEY, S, -1,
	    0 },
	{ 500, FAULT(C "1", "O aplicativo encontra-se suspenso"), KEY, KEY, "1",
	    -1, 0 },
	{ 500, FAULT(C "1", "Omie API is not enabled"), KEY, KEY, "1", -1, 0 },
	{ 500,
	    FAULT(C "1",
		"Os dados de autentica\xc3\xa7\xc3\xa3o informados s\xc3\xa3o "
		"inv\xc3\xa1lidos"),
	    KEY, KEY, "1", -1, 0 },
	{ 403, "<h1>Forbidden", KEY, KEY, NULL, -1, 0 },
	{ 401, "", KEY, KEY, NULL, -1, 0 },
	{ 429, "Too many Requests", WAIT, WAIT, NULL, -1, 0 },
	{ 429, "", WAIT, WAIT, NULL, -1, 0 },
	{ 429, FAULT("429", "429: Too many Requests"), WAIT, WAIT, "429", -1,
	    0 },
	{ 429, FAULT(C "6", "Consumo redundante. Aguarde 5 segundos"), WAIT,
	    OPEN, "6", 5, 0 },
	/* a fault under any status, the other kind of fault object */
	{ 200, FAULT(C "105", "Cliente n\xc3\xa3o cadastrado"), NONE, PERM,
	    "105", -1, 0 },
	{ 200,
	    "{\"error_code\":105,\"error_message\":\"Cliente n\xc3\xa3o "
	    "cadastrado\"}",
	    NONE, PERM, "105", -1, 0 },
	{ 200, "{\"faultstring\":\"algo\",\"nCodCtr\":1,\"cCodStatus\":\"0\"}",
	    WAIT, OPEN, NULL, -1, 0 },
	/* success */
	{ 200,
	    "{\"cCodIntCtr\":\"X\",\"nCodCtr\":7700000001,\"cCodStatus\":\"0\","
	    "\"cDescStatus\":\"ok\"}",
	    OK, OK, "", -1, 0 },
	{ 200, "{\"nCodCtr\":\"7700000001\",\"cCodStatus\":0}", OK, OK, NULL,
	    -1, 0 },
	{ 200,
	    "{\"codigo_cliente_omie\":4477000001,\"codigo_status\":\"0\","
	    "\"descricao_status\":\"PROTO_BYEBYE\"}",
	    OK, OK, NULL, -1, 0 },
	{ 200, "{\"faultstring\":null,\"nCodCtr\":1,\"cCodStatus\":\"00\"}", OK,
	    OK, NULL, -1, 0 },
	/* a success on paper only */
	{ 200, "{\"nCodCtr\":0,\"cCodStatus\":\"0\"}", OK, OPEN, NULL, -1, 0 },
	{ 200, "{\"nCodCtr\":-1,\"cCodStatus\":\"0\"}", OK, OPEN, NULL, -1, 0 },
	{ 200, "{\"nCodCtr\":7.5,\"cCodStatus\":\"0\"}", OK, OPEN, NULL, -1,
	    0 },
	{ 200, "{\"nCodCtr\":\"\",\"cCodStatus\":\"0\"}", OK, OPEN, NULL, -1,
	    0 },
	{ 200, "{\"nCodCtr\":[1],\"cCodStatus\":\"0\"}", OK, OPEN, NULL, -1,
	    0 },
	{ 200, "{\"cCodStatus\":\"0\"}", OK, OPEN, NULL, -1, 0 },
	{ 200, "{\"codigo_cliente_omie\":5,\"cCodStatus\":\"0\"}", OK, OPEN,
	    NULL, -1, 0 },
	{ 200, "{\"nCodCtr\":5,\"codigo_status\":\"0\"}", OK, OPEN, NULL, -1,
	    0 },
	{ 200, "{\"nCodCtr\":5}", OK, OPEN, NULL, -1, 0 },
	{ 200, "{\"nCodCtr\":5,\"cCodStatus\":null}", OK, OPEN, NULL, -1, 0 },
	{ 200, "{\"nCodCtr\":5,\"cCodStatus\":\"\"}", OK, OPEN, NULL, -1, 0 },
	{ 200, "{}", OK, OPEN, NULL, -1, 0 },
	/* soft refusals */
	{ 200,
	    "{\"nCodCtr\":5,\"cCodStatus\":\"1\",\"cDescStatus\":\"O "
	    "\\\"CNPJ\\/CPF\\\" deste cliente est\\u00e1 inv\\u00e1lido.\"}",
	    OK, PERM, NULL, -1, 0 },
	{ 200, "{\"cCodStatus\":\"105\",\"cDescStatus\":\"qualquer\"}", OK,
	    PERM, NULL, -1, 0 },
	{ 200, "{\"codigo_status\":\"1880\",\"descricao_status\":\"qualquer\"}",
	    OK, PERM, NULL, -1, 0 },
	{ 200, "{\"cCodStatus\":\"1\",\"cDescStatus\":\"PROTO_BYEBYE\"}", OK,
	    OPEN, NULL, -1, 0 },
	{ 200,
	    "{\"cCodStatus\":\"1\",\"cDescStatus\":\"Contrato j\xc3\xa1 "
	    "cadastrado com o nCod [8]\"}",
	    OK, DUP, NULL, -1, 8 },
	{ 200,
	    "{\"cCodStatus\":\"1\",\"cDescStatus\":\"Cliente n\xc3\xa3o "
	    "cadastrado\"}",
	    OK, PERM, NULL, -1, 0 },
};

static void
test_catalogue(void **state)
{
	struct record *rec = record_new();

	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(rows) / sizeof(*rows)); i++) {
		const bool write = i % 2 == 1;
		const size_t row = i / 2;
		enum omie_verdict want =
		    write ? rows[row].write : rows[row].read;
		struct http_answer http = { .outcome = HTTP_ANSWERED,
			.status = rows[row].status,
			.retry_after_s = -1,
			.why = "HTTP" };
		struct omie_fault fault;

		buf_add_str(&http.body, rows[row].body);
		omie_judge(&http, write, rec, &fault);
		if (fault.verdict != want)
			fail_msg("%ld %s: %s is %d, not %d", rows[row].status,
			    rows[row].body, write ? "write" : "read",
			    fault.verdict, want);
		if (want != OMIE_OK) {
			if (fault.wait_s != rows[row].wait_s)
				fail_msg("%s: wait %ld", rows[row].body,
				    (long)fault.wait_s);
			if (fault.existing_id != rows[row].id)
				fail_msg("%s: id %ld", rows[row].body,
				    (long)fault.existing_id);
			if (rows[row].code != NULL)
				assert_string_equal(fault.code, rows[row].code);
			assert_true(fault.text[0] != '\0');
		}
		assert_int_equal(fault.http_status, rows[row].status);
		http_answer_clear(&http);
	}
	record_free(rec);
}

static void
test_outcomes(void **state)
{
	static const struct {
		enum http_outcome outcome;
		long status;
		const char *body;
		int64_t retry_after_s;
		enum omie_verdict read, write;
		int64_t wait_s;
	} cut[] = {
		{ HTTP_NOT_SENT, 0, "", -1, WAIT, WAIT, -1 },
		{ HTTP_STOPPED, 0, "", -1, WAIT, WAIT, -1 },
		{ HTTP_UNCLEAR, 0, "", -1, WAIT, OPEN, -1 },
		{ HTTP_UNCLEAR, 200, "{\"nCodCtr\":1,\"cCodStatus\":\"0\"}", -1,
		    WAIT, OPEN, -1 },
		{ HTTP_UNCLEAR, 500, FAULT(C "105", "n\xc3\xa3o cadastrado"),
		    -1, WAIT, OPEN, -1 },
		{ HTTP_UNCLEAR, 425, "", -1, OUT, OUT, 1800 },
		{ HTTP_UNCLEAR, 403, "", -1, KEY, KEY, -1 },
		{ HTTP_UNCLEAR, 429, "", 9, WAIT, WAIT, 9 },
		{ HTTP_UNCLEAR, 429, "PROTO_BYEBYE", -1, WAIT, OPEN, -1 },
		{ HTTP_TOO_LARGE, 200, "", -1, PERM, OPEN, -1 },
		{ HTTP_ANSWERED, 429, "", 12, WAIT, WAIT, 12 },
		{ HTTP_ANSWERED, 425, "", 300, OUT, OUT, 300 },
		{ HTTP_ANSWERED, 425, FAULT("x", "em 5 segundos"), 300, OUT,
		    OUT, 5 },
	};
	struct record *rec = record_new();

	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(cut) / sizeof(*cut)); i++) {
		const size_t row = i / 2;
		struct http_answer http = { .outcome = cut[row].outcome,
			.status = cut[row].status,
			.retry_after_s = cut[row].retry_after_s,
			.why = "why" };
		struct omie_fault fault;

		buf_add_str(&http.body, cut[row].body);
		omie_judge(&http, i % 2 == 1, rec, &fault);
		if (fault.verdict != (i % 2 ? cut[row].write : cut[row].read))
			fail_msg("row %zu: %d", i, fault.verdict);
		assert_int_equal(fault.wait_s, cut[row].wait_s);
		http_answer_clear(&http);
	}
	record_free(rec);
}

static void
test_text_is_one_line(void **state)
{
	struct record *rec = record_new();
	struct http_answer http = {
		.outcome = HTTP_ANSWERED, .status = 500, .retry_after_s = -1
	};
	struct omie_fault fault;

	(void)state;
	buf_add_str(&http.body,
	    "{\"faultcode\":\"" C
	    "1\",\"faultstring\":\"a\\nb\\u0000\\/\\u00e7");
	for (int i = 0; i < 300; i++)
		buf_add_str(&http.body, "\xc3\xa7");
	buf_add_str(&http.body, "\"}");
	omie_judge(&http, false, rec, &fault);
	assert_memory_equal(fault.text, "a b /\xc3\xa7", 7);
	/* Cut, and between two characters. */
	assert_int_equal(strlen(fault.text),
	    sizeof(fault.text) - 1 - (sizeof(fault.text) - 1 - 5) % 2);
	http_answer_clear(&http);

	/* What was parsed is the caller's to look into. */
	http.status = 200;
	buf_add_str(&http.body, "{\"a\":1}");
	omie_judge(&http, false, rec, &fault);
	assert_true(
	    text_is(value_raw(value_member(record_root(rec), "a")), "1"));
	http_answer_clear(&http);
	record_free(rec);
}

static void
test_ids(void **state)
{
	static const struct {
		const char *json;
		int64_t want;
	} ids[] = { { "7700000001", 7700000001 },
		{ "\"7700000001\"", 7700000001 },
		{ "999999999999999999", 999999999999999999 },
		{ "9999999999999999999", 0 }, { "0", 0 }, { "-1", 0 },
		{ "1.0", 0 }, { "1e3", 0 }, { "\"\"", 0 }, { "\" 1\"", 0 },
		{ "null", 0 }, { "true", 0 }, { "[1]", 0 }, { "{}", 0 } };
	struct record *rec = record_new();
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		assert_int_equal(
		    ndjson_parse_any(rec, text_of(ids[i].json), &err), DONE);
		if (omie_id(record_root(rec)) != ids[i].want)
			fail_msg("%s", ids[i].json);
	}
	assert_int_equal(omie_id(NO_VALUE), 0);
	record_free(rec);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_text_is_one_line),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
