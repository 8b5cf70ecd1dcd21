#include <string.h>

#include "core/ndjson.h"
#include "domain/consolidation.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

#define KEY \
	"\"competencia\":\"2024-01\",\"empresaId\":\"1\"," \
	"\"numeroProposta\":\"PROP-2024-001\","
#define LINES \
	"\"produtos\":[{\"nome\":\"Cobrança Bancária\",\"quantidade\":150," \
	"\"valor\":15000.00},{\"nome\":\"PIX Pay\",\"quantidade\":50," \
	"\"valor\":5000.00}]"
#define EXAMPLE \
	"{" KEY "\"valorTotal\":20000.00," LINES ",\"status\":\"completed\"}"

/* One consolidation and everything that it looks into. */
struct held {
	struct record *rec;
	struct arena arena;
	struct consolidation c;
	struct error err;
	enum status status;
	struct buf out;
};

static void
held_read(struct held *h, const char *json)
{
	*h = (struct held){ .rec = record_new(), .arena = ARENA_INIT };
	assert_int_equal(ndjson_parse(h->rec, text_of(json), &h->err), DONE);
	h->status =
	    consolidation_read(record_root(h->rec), &h->c, &h->arena, &h->err);
}

static void
held_clear(struct held *h)
{
	buf_clear(&h->out);
	arena_clear(&h->arena);
	record_free(h->rec);
}

static void
status_words(void **state)
{
	static const char *const words[] = { "processing", "completed",
		"ready_to_send", "sent", "error" };

	(void)state;
	for (int i = 0; i < (int)LENGTH(words); i++) {
		assert_string_equal(
		    consolidation_status_name((enum consolidation_status)i),
		    words[i]);
		assert_int_equal(
		    consolidation_status_read(text_of(words[i])), i);
	}
	assert_int_equal(consolidation_status_read(TEXT("Sent")), -1);
	assert_int_equal(consolidation_status_read(TEXT("")), -1);
}

static void
reads_every_member(void **state)
{
	struct held h;

	(void)state;
	held_read(&h, EXAMPLE);
	assert_int_equal(h.status, DONE);
	assert_int_equal(h.c.key.month, competencia_read(TEXT("2024-01")));
	assert_true(text_is(h.c.key.empresa_id, "1"));
	assert_true(text_is(h.c.key.proposta, "PROP-2024-001"));
	assert_int_equal(h.c.total_cents, 2000000);
	assert_int_equal(h.c.status, CONSOLIDATION_COMPLETED);
	assert_int_equal(h.c.revision, 1);
	assert_int_equal(h.c.line_count, 2);
	assert_true(text_is(h.c.lines[0].name, "Cobrança Bancária"));
	assert_int_equal(h.c.lines[0].quantity_micro, 150000000);
	assert_int_equal(h.c.lines[0].cents, 1500000);
	assert_int_equal(h.c.lines[1].cents, 500000);
	held_clear(&h);
}

static void
writes_what_it_read(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: the same bytes */
	} rows[] = {
		{ EXAMPLE, NULL },
		/* Numbers, an id as number, another order, empty members. */
		{ "{\"status\":\"sent\",\"revisao\":1,\"produtos\":[{\"valor\":"
		  "2.5e1,\"quantidade\":12.50,\"nome\":\"a\"}],"
		  "\"valorTotal\":25,\"numeroProposta\":7,\"empresaId\":12,"
		  "\"competencia\":\"2026-12\"}",
		    "{\"competencia\":\"2026-12\",\"empresaId\":\"12\","
		    "\"numeroProposta\":\"7\",\"valorTotal\":25.00,"
		    "\"produtos\":[{\"nome\":\"a\",\"quantidade\":12.5,"
		    "\"valor\":25.00}],\"status\":\"sent\"}" },
		{ "{" KEY "\"valorTotal\":0.00,\"produtos\":[],"
		  "\"status\":\"ready_to_send\",\"revisao\":2}",
		    NULL },
		{ "{" KEY "\"valorTotal\":0.00,\"produtos\":[],"
		  "\"status\":\"error\",\"revisao\":null}",
		    "{" KEY "\"valorTotal\":0.00,\"produtos\":[],"
		    "\"status\":\"error\"}" },
		/* Members we don't know, in it and in a line, keep their
		   text. */
		{ "{" KEY "\"valorTotal\":0.50,\"produtos\":[{\"nome\":\"a\","
		  "\"quantidade\":1,\"valor\":0.25,\"x\":1.10},{\"nome\":"
		  "\"b\",\"quantidade\":0,\"valor\":0.25}],"
		  "\"memoria_de_calculo\":{\"q\":1e3},\"y\":null,"
		  "\"status\":\"processing\"}",
		    NULL },
	};
	struct held h;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		held_read(&h, rows[i].in);
		assert_int_equal(h.status, DONE);
		consolidation_write(&h.out, &h.c);
		assert_string_equal(
		    buf_cstr(&h.out), rows[i].out ? rows[i].out : rows[i].in);
		held_clear(&h);
	}
}

static void
content_is_all_but_status_and_revision(void **state)
{
	static const char content[] =
	    "{" KEY "\"valorTotal\":20000.00," LINES ",\"x\":1}";
	struct held h;

	(void)state;
	held_read(&h,
	    "{\"x\":1,\"status\":\"sent\",\"revisao\":3," KEY
	    "\"valorTotal\":20000," LINES "}");
	assert_int_equal(h.status, DONE);
	consolidation_write_content(&h.out, &h.c);
	assert_string_equal(buf_cstr(&h.out), content);
	buf_reset(&h.out);
	consolidation_write_stored(
	    &h.out, text_of(content), CONSOLIDATION_SENT, 3);
	assert_string_equal(buf_cstr(&h.out),
	    "{" KEY "\"valorTotal\":20000.00," LINES
	    ",\"x\":1,\"status\":\"sent\",\"revisao\":3}");
	/* Behind a name, as a member of a record. */
	buf_reset(&h.out);
	build_open(&h.out, '{');
	build_name(&h.out, "consolidacaoData");
	consolidation_write_stored(
	    &h.out, text_of(content), CONSOLIDATION_ERROR, 1);
	build_close(&h.out, '}');
	assert_string_equal(buf_cstr(&h.out),
	    "{\"consolidacaoData\":{" KEY "\"valorTotal\":20000.00," LINES
	    ",\"x\":1,\"status\":\"error\"}}");
	held_clear(&h);
}

#define TAIL "\"produtos\":[],\"status\":\"completed\"}"
#define LINE(members) \
	"{" KEY "\"valorTotal\":0,\"produtos\":[" members \
	"],\"status\":\"completed\"}"

static void
refuses_what_is_not_one(void **state)
{
	static const struct {
		const char *json, *code, *in_text;
	} rows[] = {
		{ "{\"empresaId\":\"1\",\"numeroProposta\":\"2\","
		  "\"valorTotal\":0," TAIL,
		    "campo_ausente", "competencia" },
		{ "{\"competencia\":\"2024-13\",\"empresaId\":\"1\","
		  "\"numeroProposta\":\"2\",\"valorTotal\":0," TAIL,
		    "campo_invalido", "competencia" },
		{ "{\"competencia\":\"2024-01\",\"empresaId\":1.5,"
		  "\"numeroProposta\":\"2\",\"valorTotal\":0," TAIL,
		    "campo_invalido", "empresaId" },
		{ "{\"competencia\":\"2024-01\",\"empresaId\":1,"
		  "\"numeroProposta\":\"\",\"valorTotal\":0," TAIL,
		    "campo_invalido", "numeroProposta" },
		{ "{" KEY TAIL, "campo_ausente", "valorTotal" },
		{ "{" KEY "\"valorTotal\":null," TAIL, "campo_ausente",
		    "valorTotal" },
		{ "{" KEY "\"valorTotal\":\"0\"," TAIL, "campo_invalido",
		    "valorTotal" },
		{ "{" KEY "\"valorTotal\":-1," TAIL, "campo_invalido",
		    "valorTotal" },
		{ "{" KEY "\"valorTotal\":0.001," TAIL, "campo_invalido",
		    "valorTotal" },
		{ "{" KEY "\"valorTotal\":0.01," TAIL, "soma_divergente",
		    "0.01" },
		{ "{" KEY "\"valorTotal\":20000.01," LINES
		  ",\"status\":\"completed\"}",
		    "soma_divergente", "20000.00" },
		{ "{" KEY "\"valorTotal\":0,\"produtos\":[]}", "campo_ausente",
		    "status" },
		{ "{" KEY "\"valorTotal\":0,\"produtos\":[],\"status\":\"ok\"}",
		    "campo_invalido", "status" },
		{ "{" KEY "\"valorTotal\":0,\"revisao\":0," TAIL,
		    "campo_invalido", "revisao" },
		{ "{" KEY "\"valorTotal\":0,\"revisao\":1000001," TAIL,
		    "campo_invalido", "revisao" },
		{ "{" KEY "\"valorTotal\":0,\"status\":\"sent\"}",
		    "campo_ausente", "produtos" },
		{ LINE("1"), "campo_invalido", "produtos[0]" },
		{ LINE("{\"quantidade\":1,\"valor\":0}"), "campo_ausente",
		    "produtos[0].nome" },
		{ LINE("{\"nome\":\"\",\"quantidade\":1,\"valor\":0}"),
		    "campo_invalido", "produtos[0].nome" },
		{ LINE("{\"nome\":\"a\",\"valor\":0}"), "campo_ausente",
		    "quantidade" },
		{ LINE("{\"nome\":\"a\",\"quantidade\":-1,\"valor\":0}"),
		    "campo_invalido", "quantidade" },
		{ LINE("{\"nome\":\"a\",\"quantidade\":1}"), "campo_ausente",
		    "valor" },
		{ LINE("{\"nome\":\"a\",\"quantidade\":1,\"valor\":1},"
		       "{\"nome\":\"a\",\"quantidade\":1,\"valor\":-1}"),
		    "campo_invalido", "produtos[1].valor" },
	};
	struct held h;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		held_read(&h, rows[i].json);
		if (h.status != SOME_REJECTED ||
		    strcmp(h.err.code, rows[i].code) != 0 ||
		    strstr(h.err.text, rows[i].in_text) == NULL)
			fail_msg(
			    "%s: %s, %s", rows[i].json, h.err.code, h.err.text);
		held_clear(&h);
	}
	held_read(&h, EXAMPLE);
	assert_int_equal(consolidation_read(NO_VALUE, &h.c, &h.arena, &h.err),
	    SOME_REJECTED);
	assert_string_equal(h.err.code, "campo_ausente");
	held_clear(&h);
}

/* Sums beyond 64 bits: 200 lines of the largest amount. */
static void
adds_without_overflow(void **state)
{
	struct buf json = BUF_INIT;
	struct held h;

	(void)state;
	buf_add_str(&json, "{" KEY "\"valorTotal\":0,\"produtos\":[");
	for (int i = 0; i < 200; i++)
		buf_printf(&json,
		    "%s{\"nome\":\"a\",\"quantidade\":0,"
		    "\"valor\":999999999999999.99}",
		    i > 0 ? "," : "");
	buf_add_str(&json, "],\"status\":\"completed\"}");
	held_read(&h, buf_cstr(&json));
	assert_int_equal(h.status, SOME_REJECTED);
	assert_string_equal(h.err.code, "soma_divergente");
	held_clear(&h);
	buf_clear(&json);
}

/* Three contents: A, A with a member that is not billed, B. */
static const char *
content_of(char which)
{
	switch (which) {
	case 'A':
		return "{" KEY "\"valorTotal\":20000.00," LINES "}";
	case 'a':
		return "{" KEY "\"valorTotal\":20000.00," LINES
		       ",\"nota\":\"x\"}";
	case 'q':
		return "{" KEY "\"valorTotal\":20000.00,\"produtos\":["
		       "{\"nome\":\"Cobrança Bancária\",\"quantidade\":151,"
		       "\"valor\":15000.00},{\"nome\":\"PIX Pay\","
		       "\"quantidade\":50,\"valor\":5000.00}]}";
	default:
		return "{" KEY "\"valorTotal\":20000.01,\"produtos\":["
		       "{\"nome\":\"x\",\"quantidade\":1,"
		       "\"valor\":20000.01}]}";
	}
}

enum {
	P = CONSOLIDATION_PROCESSING,
	C = CONSOLIDATION_COMPLETED,
	R = CONSOLIDATION_READY_TO_SEND,
	S = CONSOLIDATION_SENT,
	E = CONSOLIDATION_ERROR,
	NEW = CONSOLIDATION_NEW,
	SAME = CONSOLIDATION_SAME,
	STATUS = CONSOLIDATION_STATUS,
	REPLACE = CONSOLIDATION_REPLACE,
	REVISE = CONSOLIDATION_REVISE,
	REFUSED = CONSOLIDATION_REFUSED
};

/* stored and incoming: content, status, revision. */
struct decision {
	char old;
	int old_status, old_revision;
	char new;
	int new_status, new_revision;
	bool revise;
	int want;
};

static int
decide(const struct decision *d, struct error *err)
{
	struct consolidation_stored stored = {
		.exists = d->old != ' ',
		.status = (enum consolidation_status)d->old_status,
		.revision = d->old_revision,
		.total_cents = d->old == 'B' ? 2000001 : 2000000,
		.content = text_of(content_of(d->old)),
	};
	struct buf whole = BUF_INIT, content = BUF_INIT;
	struct held h;
	int verdict;

	consolidation_write_stored(&whole, text_of(content_of(d->new)),
	    (enum consolidation_status)d->new_status, d->new_revision);
	held_read(&h, buf_cstr(&whole));
	assert_int_equal(h.status, DONE);
	consolidation_write_content(&content, &h.c);
	verdict = (int)consolidation_decide(
	    &stored, &h.c, buf_text(&content), d->revise, err);
	held_clear(&h);
	buf_clear(&whole);
	buf_clear(&content);
	return verdict;
}

static void
decides_what_replaces_what(void **state)
{
	static const struct decision rows[] = {
		{ ' ', 0, 0, 'A', C, 1, false, NEW },
		{ ' ', 0, 0, 'A', S, 3, true, NEW },
		/* The same content: the status goes forward or nothing does. */
		{ 'A', P, 1, 'A', P, 1, false, SAME },
		{ 'A', P, 1, 'A', C, 1, false, STATUS },
		{ 'A', P, 1, 'A', S, 1, false, STATUS },
		{ 'A', C, 1, 'A', P, 1, false, SAME },
		{ 'A', C, 1, 'A', C, 1, false, SAME },
		{ 'A', C, 1, 'A', C, 1, true, SAME },
		{ 'A', C, 1, 'A', R, 1, false, STATUS },
		{ 'A', R, 1, 'A', C, 1, false, SAME },
		{ 'A', R, 2, 'A', C, 1, false, SAME },
		{ 'A', R, 1, 'A', S, 1, false, STATUS },
		{ 'A', S, 1, 'A', C, 1, false, SAME },
		{ 'A', S, 1, 'A', S, 1, false, SAME },
		{ 'A', S, 1, 'A', S, 1, true, SAME },
		/* error: from anywhere but sent, and back. */
		{ 'A', P, 1, 'A', E, 1, false, STATUS },
		{ 'A', R, 1, 'A', E, 1, false, STATUS },
		{ 'A', S, 1, 'A', E, 1, false, SAME },
		{ 'A', E, 1, 'A', E, 1, false, SAME },
		{ 'A', E, 1, 'A', P, 1, false, STATUS },
		{ 'A', E, 1, 'A', C, 1, false, STATUS },
		{ 'A', E, 1, 'A', S, 1, false, STATUS },
		/* Another content before it was sent. */
		{ 'A', P, 1, 'B', C, 1, false, REPLACE },
		{ 'A', C, 1, 'B', C, 1, true, REPLACE },
		{ 'A', C, 1, 'a', C, 1, false, REPLACE },
		{ 'A', R, 1, 'B', C, 1, false, REPLACE },
		{ 'A', R, 2, 'B', C, 1, false, REPLACE },
		{ 'A', E, 1, 'B', C, 1, false, REPLACE },
		/* Another content after it was sent. */
		{ 'A', S, 1, 'B', C, 1, false, REFUSED },
		{ 'A', S, 1, 'B', S, 1, false, REFUSED },
		{ 'A', S, 2, 'B', E, 1, false, REFUSED },
		{ 'A', S, 1, 'q', C, 1, false, REFUSED },
		{ 'A', S, 1, 'B', C, 1, true, REVISE },
		{ 'A', S, 1, 'q', C, 1, true, REVISE },
		{ 'A', S, 1, 'a', C, 1, false, SAME },
		{ 'a', S, 1, 'A', C, 1, true, SAME },
		/* A dump that is restored over an older state. */
		{ 'A', S, 1, 'B', R, 2, false, REFUSED },
		{ 'A', S, 1, 'B', R, 2, true, REPLACE },
		{ 'A', R, 1, 'B', R, 2, false, REPLACE },
		{ 'A', S, 1, 'A', R, 2, false, REPLACE },
		{ 'A', C, 1, 'B', S, 2, true, REPLACE },
		{ 'A', S, 2, 'B', S, 1, false, REFUSED },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int got = decide(&rows[i], &err);

		if (got != rows[i].want)
			fail_msg("row %zu: verdict %d, not %d", i, got,
			    rows[i].want);
	}
}

static void
a_refusal_says_both_totals(void **state)
{
	static const struct decision other = { 'A', S, 1, 'B', C, 1, false,
		REFUSED };
	static const struct decision lines = { 'A', S, 1, 'q', C, 1, false,
		REFUSED };
	struct error err;

	(void)state;
	assert_int_equal(decide(&other, &err), REFUSED);
	assert_string_equal(err.code, "ja_enviada");
	assert_string_equal(err.class_, "dados");
	assert_string_equal(err.text,
	    "consolidation 2024-01/1/PROP-2024-001 was sent with valorTotal "
	    "20000.00, this one says 20000.01");
	assert_non_null(strstr(err.advice, "--revise"));
	assert_int_equal(decide(&lines, &err), REFUSED);
	assert_non_null(strstr(err.text, "with other produtos"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_words),
		cmocka_unit_test(reads_every_member),
		cmocka_unit_test(writes_what_it_read),
		cmocka_unit_test(content_is_all_but_status_and_revision),
		cmocka_unit_test(refuses_what_is_not_one),
		cmocka_unit_test(adds_without_overflow),
		cmocka_unit_test(decides_what_replaces_what),
		cmocka_unit_test(a_refusal_says_both_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
