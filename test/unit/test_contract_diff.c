/* A contract as sent beside the one that Omie holds: differences and merging.
 */
#include <string.h>

#include "core/ndjson.h"
#include "domain/contract.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

#define ITEM(code, more) \
	"{\"itemCabecalho\":{\"codIntItem\":\"" code "\"," more "}}"
#define HELD_ITEM(id, code, more) \
	"{\"itemCabecalho\":{\"codItem\":" id ",\"codIntItem\":\"" code \
	"\"," more "}}"
#define WITH(head, items) \
	"{\"cabecalho\":{" head "},\"itensContrato\":[" items "]}"

static size_t
differences(const char *sent, const char *held, struct buf *out)
{
	struct record *a = record_new(), *b = record_new();
	struct error err;
	size_t count;

	assert_int_equal(ndjson_parse(a, text_of(sent), &err), DONE);
	assert_int_equal(ndjson_parse(b, text_of(held), &err), DONE);
	count = contract_differences(record_root(a), record_root(b), out);
	record_free(a);
	record_free(b);
	return count;
}

static void
what_differs_is_named(void **state)
{
	static const struct {
		const char *sent, *held, *said; /* NULL: no difference */
	} rows[] = {
		/* Numbers are numbers, as text too; nothing is nothing. */
		{ WITH("\"nCodCli\":7", ""), WITH("\"nCodCli\":\"7\"", ""),
		    NULL },
		{ WITH("\"nDiaFat\":5", ""), WITH("\"nDiaFat\":5.0", ""),
		    NULL },
		{ WITH("\"cTipoFat\":\"01\"", ""),
		    WITH("\"cTipoFat\":\"01\"", ""), NULL },
		{ "{\"infAdic\":{\"cContato\":\"\"}}",
		    "{\"infAdic\":{\"cContato\":null}}", NULL },
		{ "{\"infAdic\":{}}", "{}", NULL },
		/* No is what Omie says of a flag that nobody set
		   (omie-api 5.2). */
		{ "{\"emailCliente\":{\"cEnviarPix\":\"N\"}}",
		    "{\"emailCliente\":{\"cEnviarPix\":\"\"}}", NULL },
		{ "{\"infAdic\":{\"cUsoConsumo\":0}}",
		    "{\"infAdic\":{\"cUsoConsumo\":\"N\"}}", NULL },
		{ "{\"emailCliente\":{\"cEnviarPix\":\"S\"}}",
		    "{\"emailCliente\":{\"cEnviarPix\":\"N\"}}",
		    "\"emailCliente.cEnviarPix: sent S, in Omie N\"" },
		/* Computed and unknown members of Omie's don't count. */
		{ WITH("\"nCodCli\":7", ITEM("1", "\"valorUnit\":1.10")),
		    WITH("\"nCodCli\":7,\"nValTotMes\":1.1,\"nCodCtr\":9",
			HELD_ITEM("3", "1",
			    "\"valorUnit\":\"1.1\",\"valorTotal\":1.1")),
		    NULL },
		{ WITH("\"nCodCli\":7", ""), WITH("\"nCodCli\":8", ""),
		    "\"cabecalho.nCodCli: sent 7, in Omie 8\"" },
		{ WITH("\"cTipoFat\":\"01\"", ""),
		    WITH("\"cTipoFat\":\"1\"", ""),
		    "\"cabecalho.cTipoFat: sent 01, in Omie 1\"" },
		/* Left out: of weight where it decides who pays what. */
		{ WITH("\"nDiaFat\":5", ""), WITH("\"x\":1", ""),
		    "\"cabecalho.nDiaFat: sent 5, in Omie \"" },
		{ WITH("\"cNumCtr\":\"A\"", ""), WITH("\"x\":1", ""), NULL },
		{ "{\"observacoes\":{\"cObsContrato\":\"a\"}}",
		    "{\"observacoes\":{\"cObsContrato\":\"\"}}",
		    "\"observacoes.cObsContrato: sent a, in Omie \"" },
		/* Items by their code, by place where Omie has none. */
		{ WITH("",
		      ITEM("1", "\"quant\":1") "," ITEM("2", "\"quant\":2")),
		    WITH("",
			HELD_ITEM("8", "2", "\"quant\":2") "," HELD_ITEM(
			    "9", "1", "\"quant\":1")),
		    NULL },
		{ WITH("", ITEM("1", "\"quant\":1")),
		    WITH("", "{\"itemCabecalho\":{\"codItem\":8,\"quant\":1}}"),
		    NULL },
		{ WITH("", ITEM("1", "\"quant\":1")),
		    WITH("", HELD_ITEM("8", "1", "\"quant\":3")),
		    "\"itensContrato[0].itemCabecalho.quant: sent 1, in Omie "
		    "3\"" },
		{ WITH("", ITEM("1", "\"quant\":1")),
		    WITH("", HELD_ITEM("8", "2", "\"quant\":1")),
		    "\"itensContrato[0]: sent {\\\"codIntItem\\\":\\\"1\\\","
		    "\\\"quant\\\":1}, in Omie \"" },
		/* What was not sent makes it cheaper or dearer all the same. */
		{ WITH("", ITEM("1", "\"quant\":1")),
		    WITH("",
			HELD_ITEM("8", "1", "\"quant\":1,\"valorDesconto\":5")),
		    "\"itensContrato[0].itemCabecalho.valorDesconto: sent , in "
		    "Omie 5\"" },
		{ WITH("", ITEM("1", "\"quant\":1")),
		    WITH("",
			HELD_ITEM("8", "1",
			    "\"quant\":1,\"valorAcrescimo\":\"0.01\"")),
		    "\"itensContrato[0].itemCabecalho.valorAcrescimo: sent , "
		    "in Omie 0.01\"" },
		{ WITH("", ITEM("1", "\"quant\":1")),
		    WITH("",
			HELD_ITEM("8", "1",
			    "\"quant\":1,\"valorDesconto\":0,"
			    "\"aliqDesconto\":\"\"")),
		    NULL },
		/* Omie reckons one form of a discount out of the other. */
		{ WITH("",
		      ITEM("1", "\"cTpDesconto\":\"P\",\"aliqDesconto\":10")),
		    WITH("",
			HELD_ITEM("8", "1",
			    "\"cTpDesconto\":\"P\",\"aliqDesconto\":10,"
			    "\"valorDesconto\":1.1")),
		    NULL },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		size_t want = rows[i].said != NULL;

		buf_reset(&out);
		if (differences(rows[i].sent, rows[i].held, &out) != want)
			fail_msg("%s | %s: %s", rows[i].sent, rows[i].held,
			    buf_cstr(&out));
		if (want)
			assert_string_equal(buf_cstr(&out), rows[i].said);
	}
	buf_clear(&out);
}

static void
collect(struct value item, void *ctx)
{
	build_value(
	    ctx, value_member(value_member(item, "itemCabecalho"), "codItem"));
}

static void
what_is_too_much_is_found(void **state)
{
	struct record *a = record_new(), *b = record_new();
	struct buf ids = BUF_INIT;
	struct error err;

	(void)state;
	assert_int_equal(
	    ndjson_parse(a, TEXT(WITH("", ITEM("1", "\"quant\":1"))), &err),
	    DONE);
	assert_int_equal(
	    ndjson_parse(b,
		TEXT(WITH("",
		    HELD_ITEM("8", "2", "\"quant\":1") "," HELD_ITEM("9", "1",
			"\"quant\":1") "," HELD_ITEM("7", "3", "\"quant\":1"))),
		&err),
	    DONE);
	assert_int_equal(
	    contract_surplus(record_root(a), record_root(b), collect, &ids), 2);
	assert_string_equal(buf_cstr(&ids), "8,7");
	assert_int_equal(
	    contract_surplus(record_root(b), record_root(b), NULL, NULL), 0);
	buf_clear(&ids);
	record_free(a);
	record_free(b);
}

static void
what_only_omie_has_is_kept(void **state)
{
	static const char held[] =
	    "{\"cabecalho\":{\"nCodCtr\":9,\"cCodIntCtr\":\"C\",\"nCodCli\":7,"
	    "\"nDiaFat\":5,\"nValTotMes\":3.3,\"novo\":1},"
	    "\"departamentos\":[{\"cCodDep\":\"1\",\"nPerDep\":100,"
	    "\"nValDep\":3.3,\"cDesDep\":\"x\"}],"
	    "\"infoCadastro\":{\"uInc\":\"W\"},"
	    "\"itensContrato\":[{\"itemCabecalho\":{\"codItem\":8,"
	    "\"codIntItem\":\"1\",\"quant\":1,\"valorUnit\":3.3,"
	    "\"valorTotal\":3.3},\"itemImpostos\":{\"aliqISS\":2,"
	    "\"valorISS\":0.066,\"retISS\":\"N\",\"manCbs\":\"N\"}}],"
	    "\"observacoes\":{\"cObsContrato\":\"a\"}}";
	static const char sent[] =
	    "{\"cabecalho\":{\"cCodIntCtr\":\"C\",\"nCodCli\":7,\"nDiaFat\":6},"
	    "\"itensContrato\":[{\"itemCabecalho\":{\"codIntItem\":\"1\","
	    "\"quant\":1,\"valorUnit\":4.40}},{\"itemCabecalho\":{"
	    "\"codIntItem\":\"2\",\"quant\":1,\"valorUnit\":1}}],"
	    "\"vencTextos\":{\"cAdPeriodo\":\"N\"}}";
	struct record *a = record_new(), *b = record_new();
	struct buf out = BUF_INIT;
	struct error err;

	(void)state;
	assert_int_equal(ndjson_parse(a, text_of(held), &err), DONE);
	assert_int_equal(ndjson_parse(b, text_of(sent), &err), DONE);
	contract_merge(&out, record_root(a), record_root(b), 9);
	assert_string_equal(buf_cstr(&out),
	    "{\"cabecalho\":{\"nCodCtr\":9,\"novo\":1,\"nCodCli\":7,"
	    "\"nDiaFat\":6},"
	    "\"departamentos\":[{\"cCodDep\":\"1\",\"nPerDep\":100}],"
	    "\"observacoes\":{\"cObsContrato\":\"a\"},"
	    "\"itensContrato\":[{\"itemImpostos\":{\"aliqISS\":2,"
	    "\"retISS\":\"N\"},\"itemCabecalho\":{\"codItem\":8,"
	    "\"codIntItem\":\"1\",\"quant\":1,\"valorUnit\":4.40}},"
	    "{\"itemCabecalho\":{\"codIntItem\":\"2\",\"quant\":1,"
	    "\"valorUnit\":1}}],\"vencTextos\":{\"cAdPeriodo\":\"N\"}}");
	buf_clear(&out);
	record_free(a);
	record_free(b);
}

static void
fingerprint(const char *json, char out[HASH_TEXT])
{
	struct record *rec = record_new();
	struct error err;

	assert_int_equal(ndjson_parse(rec, text_of(json), &err), DONE);
	contract_fingerprint(record_root(rec), out);
	record_free(rec);
}

static bool
is_x(struct text name, void *ctx)
{
	++*(int *)ctx;
	return text_is(name, "x");
}

static void
members_are_left_out_at_every_level(void **state)
{
	static const char whole[] =
	    "{\"x\":1,\"a\":{\"x\":{},\"b\":2.50},\"c\":[{\"x\":[1]},[\"x\","
	    "null]]}";
	struct record *rec = record_new();
	struct buf out = BUF_INIT;
	struct error err;
	int asked = 0;

	(void)state;
	assert_int_equal(ndjson_parse(rec, text_of(whole), &err), DONE);
	contract_without(&out, record_root(rec), is_x, &asked);
	assert_string_equal(
	    buf_cstr(&out), "{\"a\":{\"b\":2.50},\"c\":[{},[\"x\",null]]}");
	assert_int_equal(asked, 6);
	buf_clear(&out);
	record_free(rec);
}

static void
a_fingerprint_is_of_what_matters(void **state)
{
	static const struct {
		const char *json;
		bool same;
	} rows[] = {
		{ WITH("\"nCodCli\":\"7\",\"nValTotMes\":1",
		      HELD_ITEM("8", "1", "\"quant\":1.0,\"valorUnit\":\"2\"")),
		    true },
		{ WITH("\"nCodCli\":8",
		      HELD_ITEM("8", "1", "\"quant\":1,\"valorUnit\":2")),
		    false },
		{ WITH("\"nCodCli\":7",
		      HELD_ITEM("8", "1", "\"quant\":2,\"valorUnit\":2")),
		    false },
		{ WITH("\"nCodCli\":7,\"cCodSit\":\"99\"",
		      HELD_ITEM("8", "1", "\"quant\":1,\"valorUnit\":2")),
		    false },
		{ WITH("\"nCodCli\":7", ""), false },
	};
	char want[HASH_TEXT], got[HASH_TEXT];

	(void)state;
	fingerprint(WITH("\"nCodCli\":7",
			HELD_ITEM("8", "1", "\"quant\":1,\"valorUnit\":2")),
	    want);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		fingerprint(rows[i].json, got);
		if ((strcmp(got, want) == 0) != rows[i].same)
			fail_msg("%s", rows[i].json);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_differs_is_named),
		cmocka_unit_test(what_is_too_much_is_found),
		cmocka_unit_test(what_only_omie_has_is_kept),
		cmocka_unit_test(members_are_left_out_at_every_level),
		cmocka_unit_test(a_fingerprint_is_of_what_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
