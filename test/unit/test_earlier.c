#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/earlier.h"
#include "domain/money.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static void
doubles_are_whole_cents_or_refused(void **state)
{
	static const struct {
		double d;
		int64_t cents; /* -1: refused */
		bool noisy;
	} rows[] = {
		{ 0.0, 0, false },
		{ -0.0, 0, false },
		{ 0.01, 1, false },
		{ 0.1 + 0.2, 30, true },
		{ 1.005, -1, false },
		{ 10.0000001, -1, false },
		{ 5974258.47, 597425847, false },
		{ 5974258.470000001, 597425847, true },
		{ 1.1 * 3, 330, true },
		{ 99999999999.99, 9999999999999, false },
		/* Doubles are too far apart there; whole ones are sure. */
		{ 600000000000.10, -1, false },
		{ 600000000000.0, 60000000000000, false },
		{ 999999999999.0, 99999999999900, false },
		{ 1e12, -1, false },
		{ 1e300, -1, false },
		{ 1e-300, -1, false },
		{ NAN, -1, false },
		{ INFINITY, -1, false },
		{ -INFINITY, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int64_t cents = -1;
		bool noisy = false;

		if (!decimal_of_double(rows[i].d, 2, &cents, &noisy)) {
			cents = -1;
			noisy = false;
		}
		if (cents != rows[i].cents || noisy != rows[i].noisy)
			fail_msg("row %zu: %lld, %s", i, (long long)cents,
			    noisy ? "noisy" : "exact");
	}
}

/* Each amount of cents is read back from the double next to it; one that lies
 * the twentieth part of a cent beside it is not. */
static void
every_amount_is_read_back(void **state)
{
	static const int64_t STEPS[] = { 1, 997, 999983, 123456789 };
	int64_t cents, got;
	bool noisy;

	(void)state;
	for (size_t i = 0; i < LENGTH(STEPS); i++)
		for (cents = STEPS[i]; cents < STEPS[i] * 20000;
		     cents += STEPS[i]) {
			double d = (double)cents / 100;

			assert_true(decimal_of_double(d, 2, &got, &noisy));
			assert_int_equal(got, cents);
			assert_false(noisy);
			assert_true(decimal_of_double(-d, 2, &got, &noisy));
			assert_int_equal(got, -cents);
			assert_false(
			    decimal_of_double(d + 0.0005, 2, &got, &noisy));
		}
	assert_true(decimal_of_double(12.5, 6, &got, &noisy));
	assert_int_equal(got, 12500000);
	assert_true(decimal_of_double(0.000001, 6, &got, &noisy));
	assert_int_equal(got, 1);
	assert_false(decimal_of_double(0.0000015, 6, &got, &noisy));
}

/* A sum of many amounts, as a program with doubles adds them. */
static void
sums_are_read(void **state)
{
	int64_t cents = 0, got;
	double sum = 0;
	bool noisy;

	(void)state;
	for (int i = 1; i <= 30; i++) {
		sum += (double)(i * 7919) / 100;
		cents += i * 7919;
		assert_true(decimal_of_double(sum, 2, &got, &noisy));
		assert_int_equal(got, cents);
	}
}

#define KEY \
	"\"competencia\":\"2024-01\",\"empresaId\":1,\"numeroProposta\":" \
	"\"P\"," \
	"\"valorTotal\":1.0," \
	"\"produtos\":[{\"nome\":\"enviado\",\"quantidade\":1,\"valor\":1.0}]"

static void
what_was_sent(void **state)
{
	static const struct {
		const char *members;
		int sent; /* -1: nobody can tell */
		int64_t nCodCtr;
	} rows[] = {
		{ "\"status\":\"completed\"", 0, 0 },
		{ "\"status\":\"ready_to_send\",\"nCodCtr\":null", 0, 0 },
		{ "\"status\":\"error\",\"nCodCtr\":0", 0, 0 },
		{ "\"status\":\"sent\"", 1, 0 },
		{ "\"status\":\"sent\",\"dataEnvio\":\"x\"", 1, 0 },
		{ "\"status\":\"completed\",\"nCodCtr\":7", 1, 7 },
		{ "\"status\":\"completed\",\"ncodctr\":\"7\"", 1, 7 },
		{ "\"nCodCtr\":7700000001.0", 1, INT64_C(7700000001) },
		{ "\"status\":\"x\",\"omie\":{\"r\":[{\"nCodCtr\":9}]}", 1, 9 },
		{ "\"status\":\"sent\",\"a\":{\"nCodCtr\":9},\"nCodCtr\":9", 1,
		    9 },
		{ "\"status\":\"sent\",\"a\":{\"nCodCtr\":9},\"nCodCtr\":8", -1,
		    9 },
		{ "\"status\":\"sent\",\"nCodCtr\":1.5", -1, 0 },
		{ "\"status\":\"sent\",\"nCodCtr\":-1", -1, 0 },
		{ "\"status\":\"sent\",\"nCodCtr\":1234567890123456", -1, 0 },
		{ "\"status\":\"sent\",\"nCodCtr\":\"12x\"", -1, 0 },
		{ "\"status\":\"completed\",\"cCodIntCtr\":5", -1, 0 },
		{ "\"status\":\"completed\",\"notas\":[[\"x\"]]", 0, 0 },
		{ "\"status\":null", -1, 0 },
		{ "\"x\":1", -1, 0 },
		{ "\"status\":\"SENT\"", -1, 0 },
		{ "\"status\":\"completed\",\"cCodIntCtr\":\"EMP1\"", -1, 0 },
		{ "\"status\":\"completed\",\"numeroContrato\":\"5\"", -1, 0 },
		{ "\"status\":\"error\",\"enviadoCliente\":true", -1, 0 },
		{ "\"status\":\"error\",\"enviadoCliente\":false", 0, 0 },
		{ "\"status\":\"completed\",\"omieStatus\":\"ok\"", -1, 0 },
		{ "\"status\":\"completed\",\"codigoClienteOmie\":5", 0, 0 },
		{ "\"status\":\"completed\",\"tipoFaturamento\":\"01\"", 0, 0 },
		{ "\"status\":\"completed\",\"diaFaturamento\":5", 0, 0 },
		{ "\"status\":\"completed\",\"a\":{\"b\":{\"sentAt\":1}}", -1,
		    0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct record *rec = record_new();
		struct arena arena = ARENA_INIT;
		struct earlier_notes notes = { BUF_INIT, BUF_INIT };
		struct earlier_bill bill;
		struct error err;
		char json[600];
		int sent;

		snprintf(json, sizeof(json), "{" KEY ",%s}", rows[i].members);
		assert_int_equal(ndjson_parse(rec, text_of(json), &err), DONE);
		earlier_bill_read(record_root(rec), &bill, &arena, &notes);
		sent = earlier_is_refused(&notes) ? -1 : bill.billed;
		if (sent != rows[i].sent || bill.nCodCtr != rows[i].nCodCtr)
			fail_msg("%s: %d, %lld; %s", rows[i].members, sent,
			    (long long)bill.nCodCtr, buf_cstr(&notes.faults));
		if (sent == 1)
			assert_int_equal(bill.c.status, CONSOLIDATION_SENT);
		earlier_notes_clear(&notes);
		arena_clear(&arena);
		record_free(rec);
	}
}

/* "campo motivo; ..." of a list of notes. */
static void
flatten(const struct buf *list, struct buf *out)
{
	struct record *rec = record_new();
	struct buf json = BUF_INIT;
	struct error err;
	struct each it;

	buf_reset(out);
	buf_printf(
	    &json, "[%.*s]", (int)list->len, list->len > 0 ? list->data : "");
	assert_int_equal(ndjson_parse_any(rec, buf_text(&json), &err), DONE);
	for (it = value_each(record_root(rec)); each_next(&it);) {
		if (out->len > 0)
			buf_add_str(out, "; ");
		buf_add_text(out, value_text(value_member(it.at, "campo")));
		buf_add_byte(out, ' ');
		buf_add_text(out, value_text(value_member(it.at, "motivo")));
	}
	buf_clear(&json);
	record_free(rec);
}

#define BILL(id, total, products) \
	"{\"competencia\":\"2024-01\",\"empresaId\":" id \
	",\"numeroProposta\":\"P\",\"status\":\"completed\"," \
	"\"valorTotal\":" total ",\"produtos\":" products "}"
#define LINE(name, quantity, amount) \
	"[{\"nome\":" name ",\"quantidade\":" quantity ",\"valor\":" amount "}]"
#define ONE LINE("\"X\"", "1", "1.0")

static void
each_member_is_told(void **state)
{
	static const struct {
		const char *json, *faults, *notices;
	} rows[] = {
		{ BILL("\"1\"", "1.0", ONE), "", "" },
		{ BILL("12.0", "1", ONE), "", "" },
		{ BILL("1.5", "1", ONE),
		    "empresaId is no identifier: text, or a whole number, "
		    "without blanks at either end",
		    "" },
		{ BILL("1000000000000000.0", "1", ONE),
		    "empresaId is no identifier: text, or a whole number, "
		    "without blanks at either end",
		    "" },
		{ BILL("\"\"", "1", ONE),
		    "empresaId is no identifier: text, or a whole number, "
		    "without blanks at either end",
		    "" },
		{ BILL("-5.0", "1", ONE),
		    "empresaId is no identifier: text, or a whole number, "
		    "without blanks at either end",
		    "" },
		{ "{\"empresaId\":\"1\",\"numeroProposta\":\"P\","
		  "\"status\":\"error\",\"valorTotal\":1,\"produtos\":" ONE "}",
		    "competencia is missing", "" },
		{ BILL("1",
		      "1.000000000000000000000000000000000000000000000000000"
		      "00000000000005",
		      ONE),
		    "", "" },
		{ BILL("1",
		      "1.500500000000000000000000000000000000000000000000000"
		      "00000000000005",
		      ONE),
		    "valorTotal is 1.50050000000000000000000000000000000000"
		    "00000000000000000000, which is no whole number of cents",
		    "" },
		{ BILL("null", "1", ONE), "empresaId is missing", "" },
		{ BILL("1", "1", "null"), "produtos is missing", "" },
		{ BILL("1", "1", "[]"), "produtos is no list of products", "" },
		{ BILL("1", "1", "{}"), "produtos is no list of products", "" },
		{ BILL("1", "1", "[1]"),
		    "produtos[0].nome is missing; produtos[0].quantidade is "
		    "missing; produtos[0].valor is missing",
		    "" },
		{ BILL("1", "1", LINE("5", "1", "1")),
		    "produtos[0].nome is no text", "" },
		{ BILL("1", "1", LINE("\"X\"", "\"1\"", "true")),
		    "produtos[0].quantidade is no number; produtos[0].valor is "
		    "no number",
		    "" },
		{ BILL("1", "2", ONE),
		    "valorTotal is 2.00, the produtos add up to 1.00", "" },
		{ BILL("1", "1e12", ONE), "valorTotal is 10^12 or more", "" },
		{ BILL("1", "{\"$numberDecimal\":\"1.00\"}", ONE), "", "" },
		{ BILL("1", "{\"$numberDecimal\":\"1E+0\"}", ONE), "", "" },
		{ BILL("1", "{\"$numberDecimal\":\"NaN\"}", ONE),
		    "valorTotal is no number", "" },
		{ BILL("1", "{\"$numberDecimal\":\"1.0000000001\"}", ONE),
		    "valorTotal is 1.0000000001, which is no whole number of "
		    "cents",
		    "" },
		{ BILL("1", "{\"$numberDouble\":\"-Infinity\"}", ONE),
		    "valorTotal is -Infinity", "" },
		{ BILL("1", "0.30000000000000004441",
		      LINE("\"X\"", "0.30000000000000004441", "0.3")),
		    "",
		    "valorTotal is 0.30000000000000004441, taken as 0.30; "
		    "produtos[0].quantidade is 0.30000000000000004441, taken "
		    "as 0.3" },
		{ BILL("1", "1", LINE("\"X\"", "0.12345678", "1")),
		    "produtos[0].quantidade is 0.12345678, which is no whole "
		    "number of millionths",
		    "" },
		{ BILL("1", "-1", ONE), "valorTotal is negative: -1", "" },
		{ "{\"competencia\":\"2024-13\",\"empresaId\":\"1\","
		  "\"numeroProposta\":\"P\",\"status\":\"completed\","
		  "\"valorTotal\":1,\"produtos\":" ONE "}",
		    "competencia is no month, like 2026-01", "" },
	};
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct record *rec = record_new();
		struct arena arena = ARENA_INIT;
		struct earlier_notes notes = { BUF_INIT, BUF_INIT };
		struct earlier_bill bill;
		struct error err;

		assert_int_equal(
		    ndjson_parse(rec, text_of(rows[i].json), &err), DONE);
		earlier_bill_read(record_root(rec), &bill, &arena, &notes);
		flatten(&notes.faults, &text);
		assert_string_equal(buf_cstr(&text), rows[i].faults);
		flatten(&notes.notices, &text);
		assert_string_equal(buf_cstr(&text), rows[i].notices);
		earlier_notes_clear(&notes);
		arena_clear(&arena);
		record_free(rec);
	}
	buf_clear(&text);
}

static void
companies_become_records(void **state)
{
	static const struct {
		const char *json, *record, *faults;
	} rows[] = {
		{ "{\"_id\":{\"$oid\":\"65a0\"},\"__v\":0,\"empresaId\":7.0}",
		    "{\"empresa\":{\"empresaId\":7}}", "" },
		{ "{\"a\":0.10000000000000000555,\"b\":9007199254740993,"
		  "\"c\":1.0e+300,\"d\":5974258.4700000006706}",
		    "{\"empresa\":{\"a\":0.1,\"b\":9007199254740993,"
		    "\"c\":1e+300,\"d\":5974258.470000001}}",
		    "" },
		{ "{\"a\":{\"b\":[1,null,true,\"x\"],\"c\":{}},"
		  "\"d\":{\"$date\":\"2024-01-01T00:00:00Z\"},"
		  "\"e\":{\"$oid\":\"65a0\"}}",
		    "{\"empresa\":{\"a\":{\"b\":[1,null,true,\"x\"],\"c\":{}},"
		    "\"d\":\"2024-01-01T00:00:00Z\",\"e\":\"65a0\"}}",
		    "" },
		{ "{\"a\":{\"$date\":{\"$numberLong\":\"-1\"}}}", NULL,
		    "a has a type that no record has ($date)" },
		{ "{\"a\":{\"b\":[{\"$binary\":{}}]}}", NULL,
		    "a.b[0] has a type that no record has ($binary)" },
		{ "{\"a\":1e5,\"b\":0.30000000000000004441}",
		    "{\"empresa\":{\"a\":100000,\"b\":0.30000000000000004}}",
		    "" },
		{ "{\"a\":{\"\":1}}", "{\"empresa\":{\"a\":{\"\":1}}}", "" },
	};
	struct buf text = BUF_INIT, out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct record *rec = record_new();
		struct earlier_notes notes = { BUF_INIT, BUF_INIT };
		struct error err;

		assert_int_equal(
		    ndjson_parse(rec, text_of(rows[i].json), &err), DONE);
		earlier_company_write(record_root(rec), &out, &notes);
		if (rows[i].record != NULL)
			assert_string_equal(buf_cstr(&out), rows[i].record);
		flatten(&notes.faults, &text);
		assert_string_equal(buf_cstr(&text), rows[i].faults);
		earlier_notes_clear(&notes);
		record_free(rec);
	}
	buf_clear(&text);
	buf_clear(&out);
}

static void
the_mark_says_what_is_known(void **state)
{
	static const struct {
		int64_t nCodCtr;
		const char *code, *mark;
	} rows[] = {
		{ 0, "", "{\"migrado\":{\"_id\":\"65a0\"}}" },
		{ 7, "", "{\"migrado\":{\"_id\":\"65a0\",\"nCodCtr\":7}}" },
		{ 7, "EMP1",
		    "{\"migrado\":{\"_id\":\"65a0\",\"cCodIntCtr\":\"EMP1\","
		    "\"nCodCtr\":7}}" },
	};
	struct record *rec = record_new();
	struct buf out = BUF_INIT;
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct earlier_bill bill = { .nCodCtr = rows[i].nCodCtr,
			.code = text_of(rows[i].code) };

		buf_reset(&out);
		build_open(&out, '{');
		earlier_mark_write(&out, TEXT("65a0"), &bill);
		build_close(&out, '}');
		assert_string_equal(buf_cstr(&out), rows[i].mark);
		assert_int_equal(ndjson_parse(rec, buf_text(&out), &err), DONE);
		assert_true(earlier_is_marked(record_root(rec)));
	}
	assert_int_equal(
	    ndjson_parse(rec, TEXT("{\"migrado\":null}"), &err), DONE);
	assert_false(earlier_is_marked(record_root(rec)));
	buf_clear(&out);
	record_free(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_are_whole_cents_or_refused),
		cmocka_unit_test(every_amount_is_read_back),
		cmocka_unit_test(sums_are_read),
		cmocka_unit_test(what_was_sent),
		cmocka_unit_test(each_member_is_told),
		cmocka_unit_test(companies_become_records),
		cmocka_unit_test(the_mark_says_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
