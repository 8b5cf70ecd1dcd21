/* omie_call against a loopback server: envelope, repeats, waits, secrets. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

#include "core/clock.h"
#include "core/filter.h"
#include "core/ndjson.h"
#include "net/omie.h"
#include "raw_server.h"

static const char KEY[] = "4711004711", SECRET[] = "0123456789abcdef-secret";

#define GONE \
	"{\"faultstring\":\"ERROR: Contrato n\\u00e3o cadastrado\"," \
	"\"faultcode\":\"SOAP-ENV:Client-105\"}"
#define BUSY \
	"{\"faultstring\":\"J\\u00e1 existe uma requisi\\u00e7\\u00e3o\"," \
	"\"faultcode\":\"SOAP-ENV:Client-1880\"}"
#define DONE_7 "{\"nCodCtr\":7,\"cCodStatus\":\"0\",\"cDescStatus\":\"\"}"

struct said {
	int status; /* -1: the connection is cut */
	const char *headers, *body;
};

enum { SCRIPT = 6 };

static char last_request[RAW_REQUEST];

static bool
by_script(struct raw_server *s, int fd, const char *request, int number)
{
	const struct said *script = s->ctx;
	int n = 0;

	snprintf(last_request, sizeof(last_request), "%s", request);
	while (n + 1 < number && n + 1 < SCRIPT && script[n + 1].status != 0)
		n++;
	if (script[n].status < 0)
		return false;
	raw_reply(fd, script[n].status,
	    script[n].headers ? script[n].headers : "", script[n].body,
	    strlen(script[n].body));
	return true;
}

static struct omie *
open_omie(const struct raw_server *s, int64_t window_ms)
{
	struct omie_config config = { .url = s->url,
		.app_key = KEY,
		.app_secret = "  0123456789abcdef-secret\n",
		.limits = { .per_minute = 100000,
		    .window_ms = window_ms,
		    .error_budget = 10,
		    .block_ms = 1800000 } };
	struct omie *o = NULL;
	struct error err;

	assert_int_equal(omie_open(&o, &config, &err), DONE);
	return o;
}

static const struct {
	const char *name;
	bool write;
	struct said script[SCRIPT];
	enum status status;
	enum omie_verdict verdict;
	int calls;
} calls[] = {
	{ "a write", true, { { 200, 0, DONE_7 } }, DONE, OMIE_OK, 1 },
	{ "a write that is cut", true, { { -1, 0, 0 }, { 200, 0, DONE_7 } },
	    DONE, OMIE_UNCLEAR, 1 },
	{ "a write that fails", true, { { 502, 0, "" }, { 200, 0, DONE_7 } },
	    DONE, OMIE_UNCLEAR, 1 },
	{ "a write that is limited", true,
	    { { 429, "Retry-After: 7\r\n", "" }, { 200, 0, DONE_7 } }, DONE,
	    OMIE_TRANSIENT, 1 },
	{ "a read", false, { { 200, 0, "{\"a\":1}" } }, DONE, OMIE_OK, 1 },
	{ "a read of nothing", false, { { 500, 0, GONE } }, DONE, OMIE_NOTHING,
	    1 },
	{ "a read that is cut", false, { { -1, 0, 0 }, { 200, 0, "{}" } }, DONE,
	    OMIE_OK, 2 },
	{ "a read at a bad time", false,
	    { { 500, 0, BUSY }, { 502, 0, "<h1>" }, { 500, 0, GONE } }, DONE,
	    OMIE_NOTHING, 3 },
	{ "a read that never comes", false, { { 503, 0, "" } }, DONE,
	    OMIE_TRANSIENT, 4 },
	{ "a redirect", true, { { 302, "Location: /x\r\n", "" } }, DONE,
	    OMIE_PERMANENT, 1 },
	{ "a refused key", true,
	    { { 403, 0,
		"{\"faultstring\":\"chave 4711004711 com "
		"0123456789abcdef-secret\"}" } },
	    NOT_ALLOWED, OMIE_DENIED, 1 },
	{ "misuse", false, { { 425, 0, "" } }, BLOCKED, OMIE_SHUT_OUT, 1 },
};

static void
test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct raw_server *s =
		    raw_open(by_script, (void *)(uintptr_t)calls[i].script);
		struct omie *o = open_omie(s, 1);
		struct record *rec = record_new();
		struct omie_fault fault;
		struct error err = { 0 };
		enum status status = omie_call(o, OMIE_CONTRATO, "Method",
		    calls[i].write, TEXT("{\"x\":1}"), rec, &fault, &err);

		if (status != calls[i].status ||
		    fault.verdict != calls[i].verdict ||
		    s->requests != calls[i].calls)
			fail_msg("%s: status %d (%s), verdict %d, %d requests",
			    calls[i].name, status, err.text, fault.verdict,
			    s->requests);
		assert_int_equal(omie_calls(o), calls[i].calls);
		assert_null(strstr(fault.text, SECRET));
		assert_null(strstr(err.text, SECRET));
		assert_null(strstr(fault.text, KEY));
		assert_null(strstr(err.text, KEY));
		record_free(rec);
		omie_close(o);
		raw_close(s);
	}
}

static void
test_envelope(void **state)
{
	static const struct said script[SCRIPT] = { { 200, 0, DONE_7 } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct omie *o = open_omie(s, 1);
	struct record *rec = record_new();
	struct omie_fault fault;
	struct error err;

	(void)state;
	assert_int_equal(omie_call(o, OMIE_CONTRATO, "IncluirContrato", true,
			     TEXT("{\"v\":15000.00}"), rec, &fault, &err),
	    DONE);
	assert_ptr_equal(
	    strstr(last_request, "POST /servicos/contrato/ HTTP/1.1\r\n"),
	    last_request);
	assert_non_null(
	    strstr(last_request, "\r\nContent-Type: application/json\r\n"));
	assert_string_equal(strstr(last_request, "\r\n\r\n") + 4,
	    "{\"call\":\"IncluirContrato\",\"app_key\":\"4711004711\","
	    "\"app_secret\":\"0123456789abcdef-secret\","
	    "\"param\":[{\"v\":15000.00}]}");
	assert_int_equal(omie_call(o, OMIE_CLIENTES, "ListarClientes", false,
			     TEXT("{}"), rec, &fault, &err),
	    DONE);
	assert_ptr_equal(
	    strstr(last_request, "POST /geral/clientes/ "), last_request);
	record_free(rec);
	omie_close(o);
	raw_close(s);
}

/* The same call waits for its window, another one doesn't. */
static void
test_window(void **state)
{
	static const struct said script[SCRIPT] = { { 200, 0, "{}" } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct omie *o = open_omie(s, 400);
	struct record *rec = record_new();
	int64_t began = clock_monotonic_ms(), took[3];
	struct text params[] = { TEXT("{\"a\":1}"), TEXT("{\"a\":2}"),
		TEXT("{\"a\":1}") };
	struct omie_fault fault;
	struct error err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(omie_call(o, OMIE_CONTRATO, "Consultar", false,
				     params[i], rec, &fault, &err),
		    DONE);
		took[i] = clock_monotonic_ms() - began;
	}
	assert_true(took[2] >= 400);
	assert_true(took[2] - took[1] > took[1] - took[0]);
	record_free(rec);
	omie_close(o);
	raw_close(s);
}

static void
count_wait(int64_t ms, const char *why, void *ctx)
{
	assert_true(ms > 31000); /* 30 s and two */
	assert_non_null(strstr(why, "Listar: Omie stated so"));
	++*(int *)ctx;
	filter_stop = 1; /* nobody waits that long here */
}

/* A stated wait is told, and a stop ends it before anything leaves. */
static void
test_stated_wait(void **state)
{
	static const struct said script[SCRIPT] = { { 500, 0,
	    "{\"faultstring\":\"Consumo redundante. Aguarde 30 segundos\","
	    "\"faultcode\":\"SOAP-ENV:Client-6\"}" } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	int told = 0;
	struct omie_config config = { .url = s->url,
		.app_key = KEY,
		.app_secret = SECRET,
		.limits = { .per_minute = 1000,
		    .window_ms = 1,
		    .error_budget = 10,
		    .block_ms = 1800000 },
		.waiting = count_wait,
		.ctx = &told };
	struct record *rec = record_new();
	struct omie *o = NULL;
	struct omie_fault fault;
	struct error err;

	(void)state;
	assert_int_equal(omie_open(&o, &config, &err), DONE);
	assert_int_equal(omie_call(o, OMIE_CONTRATO, "Listar", false,
			     TEXT("{}"), rec, &fault, &err),
	    TRY_LATER);
	filter_stop = 0;
	assert_int_equal(told, 1);
	assert_int_equal(s->requests, 1);
	record_free(rec);
	omie_close(o);
	raw_close(s);
}

/* Errors are counted: the run stops before Omie shuts it out. */
static void
test_error_budget(void **state)
{
	static const struct said script[SCRIPT] = { { 500, 0, GONE } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct omie *o = open_omie(s, 1);
	struct record *rec = record_new();
	struct omie_fault fault;
	struct error err;
	char params[40];
	enum status status = DONE;

	(void)state;
	for (int i = 0; i < 20 && status == DONE; i++) {
		snprintf(params, sizeof(params), "{\"n\":%d}", i);
		status = omie_call(o, OMIE_CONTRATO, "Consultar", false,
		    text_of(params), rec, &fault, &err);
	}
	assert_int_equal(status, BLOCKED);
	assert_int_equal(s->requests, 8);
	record_free(rec);
	omie_close(o);
	raw_close(s);
}

/* Two answers side by side: each lives as long as its record. */
static void
test_answers_are_kept(void **state)
{
	static const struct said script[SCRIPT] = { { 200, 0, "{\"a\":1}" },
		{ 200, 0, "{\"a\":2}" }, { 200, 0, "{\"a\":3}" } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct omie *o = open_omie(s, 1);
	struct record *one = record_new(), *two = record_new();
	struct record *in[] = { one, two, two, two, two, two };
	struct omie_fault fault;
	struct error err;

	(void)state;
	for (int i = 0; i < 6; i++)
		assert_int_equal(omie_call(o, OMIE_CONTRATO, "Listar", false,
				     TEXT("{}"), in[i], &fault, &err),
		    DONE);
	assert_true(
	    text_is(value_raw(value_member(record_root(one), "a")), "1"));
	assert_true(
	    text_is(value_raw(value_member(record_root(two), "a")), "3"));
	record_free(one);
	record_free(two);
	omie_close(o);
	raw_close(s);
}

static void
test_open_refuses(void **state)
{
	static const struct {
		const char *url, *key, *secret, *word;
	} rows[] = {
		{ "http://example.invalid/api/v1/", KEY, SECRET,
		    "OMIE_API_URL" },
		{ "nowhere", KEY, SECRET, "OMIE_API_URL" },
		{ "https://example.invalid/api/v1/", " \n", SECRET,
		    "OMIE_APP_KEY" },
		{ "https://example.invalid/api/v1", KEY, NULL,
		    "OMIE_APP_SECRET" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct omie_config config = { .url = rows[i].url,
			.app_key = rows[i].key,
			.app_secret = rows[i].secret,
			.limits = { .per_minute = 240,
			    .window_ms = 60000,
			    .error_budget = 10,
			    .block_ms = 1800000 } };
		struct omie *o = NULL;
		struct error err;

		assert_int_equal(omie_open(&o, &config, &err), BAD_CONFIG);
		assert_non_null(strstr(err.text, rows[i].word));
		assert_null(strstr(err.text, SECRET));
		assert_null(o);
	}
	omie_close(NULL);
}

static char state_folder[] = "/tmp/volum-test-omie-XXXXXX";

static int
make_state(void **state)
{
	(void)state;
	return mkdtemp(state_folder) == NULL ||
	    setenv("VOLUM_STATE_DIR", state_folder, 1) != 0;
}

/* What a test leaves behind is no limit of the next. */
static int
empty_state(void **state)
{
	DIR *d = opendir(state_folder);

	(void)state;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		unlinkat(dirfd(d), e->d_name, 0);
	return closedir(d);
}

static int
remove_state(void **state)
{
	(void)state;
	return rmdir(state_folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_calls, empty_state),
		cmocka_unit_test_teardown(test_envelope, empty_state),
		cmocka_unit_test_teardown(test_window, empty_state),
		cmocka_unit_test_teardown(test_stated_wait, empty_state),
		cmocka_unit_test_teardown(test_error_budget, empty_state),
		cmocka_unit_test_teardown(test_answers_are_kept, empty_state),
		cmocka_unit_test_teardown(test_open_refuses, empty_state),
	};

	return cmocka_run_group_tests(tests, make_state, remove_state);
}
