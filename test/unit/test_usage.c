/* lib/net/usage against a small usage API that also misbehaves. */
#include "unit.h"

#include <fcntl.h>

#include "core/clock.h"
#include "core/filter.h"
#include "core/ndjson.h"
#include "net/usage.h"
#include "net/usage_answer.h"
#include "raw_server.h"

enum { JANUARY = 2024 * 12 };

/* What was handed on, one line per company. */
struct seen {
	struct buf lines;
	size_t count;
	enum status answer; /* of the callback, after `stop_after` calls */
	size_t stop_after;
};

static enum status
see(struct text id, struct text element, const struct error *why, int attempts,
    void *ctx, struct error *err)
{
	struct seen *seen = ctx;

	(void)err;
	buf_add_text(&seen->lines, id);
	if (why != NULL) {
		assert_null(element.at);
		assert_string_equal(why->class_, "servico");
		assert_true(why->text[0] != '\0');
		buf_printf(&seen->lines, " !%s/%d", why->code, attempts);
	} else {
		buf_printf(&seen->lines, " %.*s/%d", (int)element.len,
		    element.at, attempts);
	}
	buf_add_byte(&seen->lines, '\n');
	seen->count++;
	return seen->stop_after == seen->count ? seen->answer : DONE;
}

/* Ids from a list ended by NULL. */
static bool
from_list(struct text *id, void *ctx)
{
	const char *const **at = ctx;

	if (**at == NULL)
		return false;
	*id = text_of(*(*at)++);
	return true;
}

/* usage_next_fn and usage_each_fn share one ctx. */
struct both {
	struct seen seen;
	const char *const *list;
	long from, to; /* or the numbers of a range */
	char text[24];
};

static bool
next_of_both(struct text *id, void *ctx)
{
	struct both *b = ctx;

	if (b->list != NULL)
		return from_list(id, &b->list);
	if (b->from > b->to)
		return false;
	snprintf(b->text, sizeof(b->text), "%ld", b->from++);
	*id = text_of(b->text);
	return true;
}

static enum status
see_of_both(struct text id, struct text element, const struct error *why,
    int attempts, void *ctx, struct error *err)
{
	return see(
	    id, element, why, attempts, &((struct both *)ctx)->seen, err);
}

static struct usage *
open_usage(const struct raw_server *s, int batch, int jobs)
{
	struct usage_config config = { .url = s->url,
		.path = "volumetria",
		.token = "tok",
		.batch = batch,
		.jobs = jobs,
		.retries = 3,
		.timeout_ms = 20000,
		.max_answer = 10000,
		.retry_wait_ms = 2 };
	struct usage *u = NULL;
	struct error err;

	assert_int_equal(usage_open(&u, &config, &err), DONE);
	return u;
}

/* --- one batch, answers from a script --- */

struct said {
	int status;
	const char *headers, *body;
};

enum { SCRIPT = 5 };

static char last_request[RAW_REQUEST];

static bool
by_script(struct raw_server *s, int fd, const char *request, int number)
{
	const struct said *script = s->ctx;
	int n = 0;

	snprintf(last_request, sizeof(last_request), "%s", request);
	while (n + 1 < number && n + 1 < SCRIPT && script[n + 1].status != 0)
		n++;
	if (script[n].status < 0) { /* cut: less than was promised */
		raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
		raw_say(fd, script[n].body);
		return false;
	}
	raw_reply(fd, script[n].status,
	    script[n].headers ? script[n].headers : "", script[n].body,
	    strlen(script[n].body));
	return true;
}

#define ONE_TWO "[{\"idEmpresa\":1},{\"idEmpresa\":2}]"
#define GOOD "1 {\"idEmpresa\":1}/1\n2 {\"idEmpresa\":2}/1\n"
#define AFTER_2 "1 {\"idEmpresa\":1}/2\n2 {\"idEmpresa\":2}/2\n"
#define BAD_1 "1 !resposta_invalida/1\n2 !resposta_invalida/1\n"
#define BAD_4 "1 !resposta_invalida/4\n2 !resposta_invalida/4\n"
#define DOWN_4 "1 !servico_indisponivel/4\n2 !servico_indisponivel/4\n"
#define TEN_KB(x) TEN(TEN(TEN(TEN(x))))
#define TEN(x) x x x x x x x x x x

static const struct {
	const char *name;
	struct said script[SCRIPT];
	const char *want;
	enum status status;
	uint64_t unasked;
} one_batch[] = {
	{ "array", { { 200, 0, ONE_TWO } }, GOOD, DONE, 0 },
	{ "another order, text ids",
	    { { 200, 0, "[{\"idEmpresa\":\"2\"},{\"idEmpresa\":\"1\"}]" } },
	    "1 {\"idEmpresa\":\"1\"}/1\n2 {\"idEmpresa\":\"2\"}/1\n", DONE, 0 },
	{ "data", { { 200, 0, "{\"data\":" ONE_TWO "}" } }, GOOD, DONE, 0 },
	{ "data between others",
	    { { 200, 0,
		" { \"total\" : 2 , \"data\" : " ONE_TWO
		" , \"x\":{\"data\":[1]}, \"y\" : \"]\" } \n" } },
	    GOOD, DONE, 0 },
	{ "escaped name", { { 200, 0, "{\"d\\u0061ta\":" ONE_TWO "}" } }, GOOD,
	    DONE, 0 },
	{ "pretty",
	    { { 200, 0,
		"[\n {\n  \"idEmpresa\" : 1\n },\n"
		" { \"idEmpresa\":\t2 }\n]\n" } },
	    GOOD, DONE, 0 },
	{ "one missing", { { 200, 0, "[{\"idEmpresa\":2}]" } },
	    "1 !sem_dados/1\n2 {\"idEmpresa\":2}/1\n", DONE, 0 },
	{ "none", { { 200, 0, "[]" } }, "1 !sem_dados/1\n2 !sem_dados/1\n",
	    DONE, 0 },
	{ "twice",
	    { { 200, 0,
		"[{\"idEmpresa\":1,\"a\":1},{\"idEmpresa\":2},"
		"{\"idEmpresa\":\"1\",\"a\":2}]" } },
	    "1 !resposta_invalida/1\n2 {\"idEmpresa\":2}/1\n", DONE, 0 },
	{ "three times",
	    { { 200, 0,
		"[{\"idEmpresa\":1},{\"idEmpresa\":1},{\"idEmpresa\":1},"
		"{\"idEmpresa\":2}]" } },
	    "1 !resposta_invalida/1\n2 {\"idEmpresa\":2}/1\n", DONE, 0 },
	{ "nobody asked",
	    { { 200, 0,
		"[{\"idEmpresa\":1},{\"idEmpresa\":3},{\"idEmpresa\":2}]" } },
	    GOOD, DONE, 1 },
	{ "no object", { { 200, 0, "[{\"idEmpresa\":1},2]" } }, BAD_1, DONE,
	    0 },
	{ "no id", { { 200, 0, "[{\"idEmpresa\":1},{\"id\":2}]" } }, BAD_1,
	    DONE, 0 },
	{ "null id", { { 200, 0, "[{\"idEmpresa\":null}]" } }, BAD_1, DONE, 0 },
	{ "fraction as id", { { 200, 0, "[{\"idEmpresa\":1.0}]" } }, BAD_1,
	    DONE, 0 },
	{ "an object without data", { { 200, 0, "{\"erro\":\"x\"}" } }, BAD_1,
	    DONE, 0 },
	{ "data is null", { { 200, 0, "{\"data\":null}" } }, BAD_1, DONE, 0 },
	{ "two data", { { 200, 0, "{\"data\":[],\"data\":" ONE_TWO "}" } },
	    BAD_1, DONE, 0 },
	{ "html", { { 200, 0, "<html>sorry</html>" } }, BAD_4, TRY_LATER, 0 },
	{ "empty", { { 200, 0, "" } }, BAD_4, TRY_LATER, 0 },
	{ "a word", { { 200, 0, "null" } }, BAD_4, TRY_LATER, 0 },
	{ "cut in an element", { { 200, 0, "[{\"idEmpresa\":1},{\"idEm" } },
	    BAD_4, TRY_LATER, 0 },
	{ "cut between", { { 200, 0, "[{\"idEmpresa\":1}," } }, BAD_4,
	    TRY_LATER, 0 },
	{ "cut at the end", { { 200, 0, "[{\"idEmpresa\":1}" } }, BAD_4,
	    TRY_LATER, 0 },
	{ "cut object", { { 200, 0, "{\"data\":" ONE_TWO } }, BAD_4, TRY_LATER,
	    0 },
	{ "cut before data", { { 200, 0, "{\"data\"" } }, BAD_4, TRY_LATER, 0 },
	{ "trailing", { { 200, 0, ONE_TWO "]" } }, BAD_4, TRY_LATER, 0 },
	{ "trailing comma", { { 200, 0, "[{\"idEmpresa\":1},]" } }, BAD_4,
	    TRY_LATER, 0 },
	{ "no comma", { { 200, 0, "[{\"idEmpresa\":1}{\"idEmpresa\":2}]" } },
	    BAD_4, TRY_LATER, 0 },
	{ "bad member", { { 200, 0, "{\"x\":nul,\"data\":" ONE_TWO "}" } },
	    BAD_4, TRY_LATER, 0 },
	{ "name without quotes", { { 200, 0, "{data:" ONE_TWO "}" } }, BAD_4,
	    TRY_LATER, 0 },
	{ "Latin-1", { { 200, 0, "[{\"idEmpresa\":1,\"x\":\"\xe7\"}]" } },
	    BAD_4, TRY_LATER, 0 },
	{ "503, then well", { { 503, 0, "<h1>" }, { 200, 0, ONE_TWO } },
	    AFTER_2, DONE, 0 },
	{ "429, then well",
	    { { 429, "Retry-After: 0\r\n", "" }, { 200, 0, ONE_TWO } }, AFTER_2,
	    DONE, 0 },
	{ "html, then well",
	    { { 200, 0, "<h1>longer than what comes next</h1> " ONE_TWO },
		{ 200, 0, ONE_TWO } },
	    AFTER_2, DONE, 0 },
	{ "cut, then well", { { -1, 0, "[{\"id" }, { 200, 0, ONE_TWO } },
	    AFTER_2, DONE, 0 },
	{ "a duplicate, then down, then well",
	    { { 200, 0, "[{\"idEmpresa\":1},{\"idEmpresa\":1}" },
		{ 500, 0, "x" }, { 200, 0, ONE_TWO } },
	    "1 {\"idEmpresa\":1}/3\n2 {\"idEmpresa\":2}/3\n", DONE, 0 },
	{ "down", { { 500, 0, "{}" } }, DOWN_4, TRY_LATER, 0 },
	{ "limited", { { 429, 0, "slow" } }, DOWN_4, TRY_LATER, 0 },
	{ "cut", { { -1, 0, "[" } }, DOWN_4, TRY_LATER, 0 },
	{ "400", { { 400, 0, "" } }, BAD_1, DONE, 0 },
	{ "413", { { 413, 0, "" } }, BAD_1, DONE, 0 },
	{ "408, then well", { { 408, 0, "" }, { 200, 0, ONE_TWO } }, AFTER_2,
	    DONE, 0 },
	{ "425", { { 425, 0, "" } }, DOWN_4, TRY_LATER, 0 },
	/* a wrong address, whatever it says */
	{ "404", { { 404, 0, ONE_TWO } }, "", BAD_CONFIG, 0 },
	{ "405", { { 405, 0, "" } }, "", BAD_CONFIG, 0 },
	{ "407", { { 407, 0, "" } }, "", BAD_CONFIG, 0 },
	{ "410", { { 410, 0, "{}" } }, "", BAD_CONFIG, 0 },
	{ "301", { { 301, "Location: /s3cret\r\n", "" } }, "", BAD_CONFIG, 0 },
	{ "302", { { 302, "Location: /x\r\n", "" } }, "", BAD_CONFIG, 0 },
	{ "304", { { 304, 0, "" } }, "", BAD_CONFIG, 0 },
	{ "201", { { 201, 0, ONE_TWO } }, BAD_1, DONE, 0 },
	{ "too large", { { 200, 0, TEN_KB(" ") ONE_TWO } }, BAD_1, DONE, 0 },
	{ "401", { { 401, 0, ONE_TWO } }, "", NOT_ALLOWED, 0 },
	{ "403", { { 403, 0, "" } }, "", NOT_ALLOWED, 0 },
};

static void
test_one_batch(void **state)
{
	static const char *const ids[] = { "1", "2", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(one_batch) / sizeof(*one_batch); i++) {
		struct raw_server *s =
		    raw_open(by_script, (void *)(uintptr_t)one_batch[i].script);
		struct usage *u = open_usage(s, 10, 2);
		struct both b = { .list = ids };
		struct error err = { 0 };
		enum status status = usage_fetch(
		    u, JANUARY, next_of_both, see_of_both, &b, &err);

		if (status != one_batch[i].status ||
		    strcmp(buf_cstr(&b.seen.lines), one_batch[i].want) != 0)
			fail_msg("%s: status %d (%s)\n%s", one_batch[i].name,
			    status, err.text, buf_cstr(&b.seen.lines));
		assert_int_equal(usage_unasked(u), one_batch[i].unasked);
		assert_null(strstr(err.text, "dataInicial"));
		assert_null(strstr(err.text, "s3cret"));
		if (status == BAD_CONFIG)
			assert_non_null(strstr(err.text, s->url));
		buf_clear(&b.seen.lines);
		usage_close(u);
		raw_close(s);
	}
}

/* The same answers without a list. */
static void
test_all_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(one_batch) / sizeof(*one_batch); i++) {
		struct raw_server *s =
		    raw_open(by_script, (void *)(uintptr_t)one_batch[i].script);
		struct usage *u = open_usage(s, 10, 2);
		struct seen seen = { 0 };
		struct error err = { 0 };
		enum status want = one_batch[i].status;
		enum status status =
		    usage_fetch(u, JANUARY, NULL, see, &seen, &err);

		if (strcmp(one_batch[i].want, BAD_1) == 0)
			want = BAD_INPUT;
		if (strcmp(one_batch[i].name, "too large") == 0)
			want = DONE; /* the ceiling is one of memory */
		if (status != want)
			fail_msg("%s: status %d (%s)", one_batch[i].name,
			    status, err.text);
		if (status != DONE)
			assert_int_equal(seen.count, 0);
		else if (strcmp(one_batch[i].want, GOOD) == 0 &&
		    one_batch[i].unasked == 0)
			assert_string_equal(
			    buf_cstr(&seen.lines), one_batch[i].want);
		assert_null(strstr(last_request, "empresas"));
		buf_clear(&seen.lines);
		usage_close(u);
		raw_close(s);
	}
}

static void
test_request(void **state)
{
	static const char *const ids[] = { "1", "a b", "1", "x,y&z", "\xc3\xa7",
		NULL };
	static const struct said script[SCRIPT] = { { 200, 0,
	    "[{\"idEmpresa\":1},{\"idEmpresa\":\"x,y&z\"}]" } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct usage *u = open_usage(s, 10, 1);
	struct both b = { .list = ids };
	struct error err;

	(void)state;
	assert_int_equal(
	    usage_fetch(u, JANUARY + 1, next_of_both, see_of_both, &b, &err),
	    DONE);
	assert_ptr_equal(strstr(last_request,
			     "GET /volumetria?dataInicial=2024-02-01"
			     "&dataFinal=2024-02-29"
			     "&empresas=1,a%20b,x%2Cy%26z,%C3%A7 HTTP/1.1\r\n"),
	    last_request);
	assert_non_null(
	    strstr(last_request, "\r\nAuthorization: Bearer tok\r\n"));
	/* Asked twice is answered twice. */
	assert_string_equal(buf_cstr(&b.seen.lines),
	    "1 {\"idEmpresa\":1}/1\na b !sem_dados/1\n1 {\"idEmpresa\":1}/1\n"
	    "x,y&z {\"idEmpresa\":\"x,y&z\"}/1\n\xc3\xa7 !sem_dados/1\n");
	buf_clear(&b.seen.lines);
	usage_close(u);
	raw_close(s);
}

/* --- many batches --- */

/* Answers for the ids asked, the last first; every third request waits. */
static bool
answer_asked(struct raw_server *s, int fd, const char *request, int number)
{
	struct buf body = BUF_INIT;
	const char *p = strstr(request, "empresas=");
	const char *starts[1000];
	size_t n = 0;

	(void)s;
	for (p += 9; n < 1000; p++) {
		starts[n++] = p;
		p += strspn(p, "0123456789");
		if (*p != ',')
			break;
	}
	buf_add_byte(&body, '[');
	while (n-- > 0)
		buf_printf(&body,
		    "%s{\"idEmpresa\":%.*s,\"cobranca\":"
		    "{\"qtdeTitulos\":1,\"valorTotal\":5974258.470000001}}",
		    body.len > 1 ? "," : "",
		    (int)strspn(starts[n], "0123456789"), starts[n]);
	buf_add_byte(&body, ']');
	if (number % 3 == 0)
		raw_pause(s, 30);
	if (number % 5 == 0)
		raw_reply(fd, 503, "", "", 0);
	else
		raw_reply(fd, 200, "", body.data, body.len);
	buf_clear(&body);
	return true;
}

static void
test_order(void **state)
{
	struct raw_server *s = raw_open(answer_asked, NULL);
	struct usage *u = open_usage(s, 7, 3);
	struct both b = { .from = 1, .to = 200 };
	struct error err;
	char want[100];
	const char *at;

	(void)state;
	assert_int_equal(
	    usage_fetch(u, JANUARY, next_of_both, see_of_both, &b, &err), DONE);
	assert_int_equal(b.seen.count, 200);
	at = buf_cstr(&b.seen.lines);
	for (int i = 1; i <= 200; i++) {
		snprintf(want, sizeof(want),
		    "%d {\"idEmpresa\":%d,\"cobranca\":{\"qtdeTitulos\":1,"
		    "\"valorTotal\":5974258.470000001}}/",
		    i, i);
		assert_memory_equal(at, want, strlen(want));
		at = strchr(at, '\n') + 1;
	}
	assert_true(s->connections <= 3);
	buf_clear(&b.seen.lines);
	usage_close(u);
	raw_close(s);
}

/* The callback's status ends the run, requests in the air and all. */
static void
test_callback_ends(void **state)
{
	struct raw_server *s = raw_open(answer_asked, NULL);
	struct usage *u = open_usage(s, 2, 4);
	struct both b = { .seen = { .answer = OUTPUT_FAILED, .stop_after = 3 },
		.from = 1,
		.to = 50 };
	struct error err;

	(void)state;
	assert_int_equal(
	    usage_fetch(u, JANUARY, next_of_both, see_of_both, &b, &err),
	    OUTPUT_FAILED);
	assert_int_equal(b.seen.count, 3);
	b.seen.stop_after = 0;
	b.from = 1;
	assert_int_equal(
	    usage_fetch(u, JANUARY, next_of_both, see_of_both, &b, &err), DONE);
	assert_int_equal(b.seen.count, 53);
	buf_clear(&b.seen.lines);
	usage_close(u);
	raw_close(s);
}

static bool
hang(struct raw_server *s, int fd, const char *request, int number)
{
	(void)fd;
	(void)request;
	(void)number;
	raw_pause(s, 5000);
	return false;
}

static void *
stop_soon(void *arg)
{
	(void)arg;
	clock_sleep_ms(100);
	filter_stop = 1;
	return NULL;
}

static void
test_stop(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct raw_server *s = raw_open(hang, NULL);
		struct usage *u = open_usage(s, 2, 2);
		struct both b = { .from = 1, .to = 9 };
		struct error err;
		pthread_t stopper;

		pthread_create(&stopper, NULL, stop_soon, NULL);
		assert_int_equal(
		    usage_fetch(u, JANUARY, all ? NULL : next_of_both,
			see_of_both, &b, &err),
		    TRY_LATER);
		pthread_join(stopper, NULL);
		filter_stop = 0;
		assert_int_equal(b.seen.count, 0);
		usage_close(u);
		raw_close(s);
	}
}

static enum status
stop_at_first(struct text id, struct text element, const struct error *why,
    int attempts, void *ctx, struct error *err)
{
	filter_stop = 1;
	return see(id, element, why, attempts, ctx, err);
}

/* A stop between two companies: the first was handed on, no more are. */
static void
test_stop_between(void **state)
{
	static const struct said script[SCRIPT] = { { 200, 0, ONE_TWO } };
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct usage *u = open_usage(s, 10, 1);
	struct seen seen = { 0 };
	struct error err;

	(void)state;
	assert_int_equal(
	    usage_fetch(u, JANUARY, NULL, stop_at_first, &seen, &err),
	    TRY_LATER);
	filter_stop = 0;
	assert_int_equal(seen.count, 1);
	buf_clear(&seen.lines);
	usage_close(u);
	raw_close(s);
}

static void
test_retry_after(void **state)
{
	static const char *const ids[] = { "1", "2", NULL };
	static const struct said script[SCRIPT] = {
		{ 429, "Retry-After: 1\r\n", "" }, { 200, 0, ONE_TWO }
	};
	struct raw_server *s = raw_open(by_script, (void *)(uintptr_t)script);
	struct usage *u = open_usage(s, 10, 1);
	struct both b = { .list = ids };
	struct error err;
	int64_t began = clock_monotonic_ms();

	(void)state;
	assert_int_equal(
	    usage_fetch(u, JANUARY, next_of_both, see_of_both, &b, &err), DONE);
	assert_true(clock_monotonic_ms() - began >= 1000);
	assert_string_equal(buf_cstr(&b.seen.lines), AFTER_2);
	buf_clear(&b.seen.lines);
	usage_close(u);
	raw_close(s);
}

/* --- elements --- */

static void
test_normalise(void **state)
{
	static const struct {
		const char *in, *out; /* out NULL: unchanged */
	} rows[] = {
		{ "{\"idEmpresa\":1,\"cobranca\":{\"qtdeTitulos\":150,"
		  "\"valorTotal\":15000.00,\"quantidade\":null}}",
		    NULL },
		{ "{\"cobranca\":{\"qtdeTitulos\":0,\"quantidade\":7}}", NULL },
		{ "{\"cobranca\":{\"qtdeTitulos\":null,\"quantidade\":7}}",
		    "{\"cobranca\":{\"quantidade\":7,\"qtdeTitulos\":7}}" },
		{ "{\"cobranca\":{\"valorTotal\":1.50,\"quantidade\":7}}",
		    "{\"cobranca\":{\"valorTotal\":1.50,\"quantidade\":7,"
		    "\"qtdeTitulos\":7}}" },
		{ "{\"bolepix\":{\"quantidade\":12345678901234567890}}",
		    "{\"bolepix\":{\"quantidade\":12345678901234567890,"
		    "\"qtdeTitulos\":12345678901234567890}}" },
		{ "{\"webcheckout\":{\"quantidade\":1}}",
		    "{\"webcheckout\":{\"quantidade\":1,\"qtdeTitulos\":1}}" },
		{ "{\"pagamentos\":{\"quantidade\":2}}",
		    "{\"pagamentos\":{\"quantidade\":2,\"qtdeTitulos\":2}}" },
		{ "{\"pixpay\":{\"quantidade\":3}}",
		    "{\"pixpay\":{\"quantidade\":3,\"qtdeMotoristas\":3}}" },
		{ "{\"pixpay\":{\"qtdeTitulos\":3,\"quantidade\":4}}",
		    "{\"pixpay\":{\"qtdeTitulos\":3,\"quantidade\":4,"
		    "\"qtdeMotoristas\":4}}" },
		{ "{\"cobranca\":{\"quantidade\":\"7\"}}", NULL },
		{ "{\"cobranca\":{\"quantidade\":null}}", NULL },
		{ "{\"outro\":{\"quantidade\":7}}", NULL },
		{ "{\"cobranca\":null,\"pixpay\":[]}", NULL },
		{ "{\"x\":\"\\u00e7\\/\",\"n\":1.10e2,\"y\":\"\xc3\xa7\"}",
		    NULL },
		{ "{}", NULL },
	};
	struct record *rec = record_new();
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error err;

		buf_reset(&out);
		assert_int_equal(
		    ndjson_parse(rec, text_of(rows[i].in), &err), DONE);
		answer_normalise(&out, record_root(rec));
		assert_string_equal(
		    buf_cstr(&out), rows[i].out ? rows[i].out : rows[i].in);
	}
	buf_clear(&out);
	record_free(rec);
}

/* Strings full of what looks like structure, across many chunk boundaries. */
static void
test_pieces(void **state)
{
	static const char *const strings[] = { "", "}", "]}", "\\\"", "\\\\",
		"{[", "\\u005d,", "\\\\\\\"]", ":\\n" };
	struct answer *a = answer_new();
	struct buf json = BUF_INIT;
	FILE *file = tmpfile();
	struct value element;
	struct error why;
	struct text id;

	(void)state;
	buf_add_str(&json, "{\"a\":[1,{\"b\":\"]}\"}],\"data\":[");
	for (int i = 0; i < 20000; i++)
		buf_printf(&json, "%s{\"idEmpresa\":%d,\"x\":[\"%s\"]}",
		    i ? " ,\n" : "", i, strings[i % 9]);
	buf_add_str(&json, "]}");
	fwrite(json.data, 1, json.len, file);
	fflush(file);
	answer_over_file(a, fileno(file));
	for (int i = 0; i < 20000; i++) {
		char want[64];

		assert_int_equal(
		    answer_next(a, &id, &element, &why), ANSWER_ELEMENT);
		snprintf(want, sizeof(want),
		    "{\"idEmpresa\":%d,\"x\":[\"%s\"]}", i, strings[i % 9]);
		assert_true(text_is(value_raw(element), want));
	}
	assert_int_equal(answer_next(a, &id, &element, &why), ANSWER_END);
	buf_clear(&json);
	answer_free(a);
	fclose(file);
}

/* --- memory --- */

enum { BLOCKS = 400, PER_BLOCK = 1000 }; /* 400,000 companies, 44 MB */

static bool
stream_many(struct raw_server *s, int fd, const char *request, int number)
{
	struct buf block = BUF_INIT;

	(void)s;
	(void)request;
	(void)number;
	for (int i = 0; i < PER_BLOCK; i++)
		buf_printf(&block,
		    ",{\"idEmpresa\":%07d1,\"cobranca\":{\"qtdeTitulos\":null,"
		    "\"quantidade\":150,\"valorTotal\":15000.00,\"e\":null}}",
		    1000000 + i);
	raw_say(fd, "HTTP/1.1 200 OK\r\n\r\n[");
	raw_send(fd, block.data + 1, block.len - 1);
	for (int i = 1; i < BLOCKS; i++)
		raw_send(fd, block.data, block.len);
	raw_say(fd, "]");
	buf_clear(&block);
	return false;
}

static enum status
count_only(struct text id, struct text element, const struct error *why,
    int attempts, void *ctx, struct error *err)
{
	(void)id;
	(void)attempts;
	(void)err;
	assert_null(why);
	assert_non_null(element.at);
	++*(size_t *)ctx;
	return DONE;
}

/* The largest this process has been since it was reset, in KiB; 0: unknown. */
static long
peak_kib(bool reset)
{
	char line[200];
	FILE *file;
	long kib = 0;
	int fd;

	if (reset && (fd = open("/proc/self/clear_refs", O_WRONLY)) >= 0) {
		ssize_t n = write(fd, "5", 1);

		close(fd);
		if (n != 1)
			return 0;
	}
	if ((file = fopen("/proc/self/status", "r")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	fclose(file);
	return kib;
}

static void
test_flat_memory(void **state)
{
	struct raw_server *s = raw_open(stream_many, NULL);
	struct usage *u = open_usage(s, 100, 4);
	struct error err;
	size_t count = 0;
	long before = peak_kib(true), after;

	(void)state;
	assert_int_equal(
	    usage_fetch(u, JANUARY, NULL, count_only, &count, &err), DONE);
	assert_int_equal(count, BLOCKS * PER_BLOCK);
	after = peak_kib(false);
	if (before != 0 && after - before > 8 * 1024)
		fail_msg("grew by %ld KiB", after - before);
	usage_close(u);
	raw_close(s);
}

/* --- configuration, map --- */

static void
test_open_refuses(void **state)
{
	static const struct {
		const char *url, *path, *word;
	} rows[] = {
		{ "ftp://example.invalid", "volumetria", "VOLUMETRIA_API_URL" },
		{ "http://example.invalid", "volumetria", "VOLUM_ALLOW_HTTP" },
		{ "https://example.invalid", "volumetria?x=1", "--path" },
		{ "https://example.invalid", "volu metria", "--path" },
		{ "https://example.invalid", "volumetria#x", "--path" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct usage_config config = { .url = rows[i].url,
			.path = rows[i].path };
		struct usage *u = NULL;
		struct error err;

		assert_int_equal(usage_open(&u, &config, &err), BAD_CONFIG);
		assert_non_null(strstr(err.text, rows[i].word));
		assert_null(u);
	}
	usage_close(NULL);
}

static void
test_map(void **state)
{
	static const struct {
		const char *program, *body, *want;
		enum status status, all_status;
	} rows[] = {
		{ ".empresas[] | {idEmpresa: .id, n}",
		    "{\"empresas\":[{\"id\":2,\"n\":1},{\"id\":1,\"n\":2.5}]}",
		    "1 {\"idEmpresa\":1,\"n\":2.5}/1\n"
		    "2 {\"idEmpresa\":2,\"n\":1}/1\n",
		    DONE, DONE },
		{ ".empresas, []", "{\"empresas\":" ONE_TWO "}", GOOD, DONE,
		    DONE },
		{ ".", ONE_TWO, GOOD, DONE, DONE },
		{ "empty", ONE_TWO, "1 !sem_dados/1\n2 !sem_dados/1\n", DONE,
		    DONE },
		{ ".a", ONE_TWO, BAD_1, DONE, BAD_INPUT },
		{ "1", ONE_TWO, BAD_1, DONE, BAD_INPUT },
		{ ".", "<h1>", BAD_4, TRY_LATER, TRY_LATER },
	};
	static const char *const ids[] = { "1", "2", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct said script[SCRIPT] = { { 200, 0, rows[i].body } };
		struct raw_server *s =
		    raw_open(by_script, (void *)(uintptr_t)script);
		struct usage_config config = { .url = s->url,
			.path = "/v/",
			.batch = 5,
			.jobs = 1,
			.retries = 3,
			.timeout_ms = 20000,
			.max_answer = 10000 };
		struct both b = { .list = ids };
		struct seen all = { 0 };
		struct usage *u = NULL;
		struct error err = { 0 };

		assert_int_equal(jqprog_open(&config.map, "--map",
				     text_of(rows[i].program), &err),
		    DONE);
		assert_int_equal(usage_open(&u, &config, &err), DONE);
		assert_int_equal(usage_fetch(u, JANUARY, next_of_both,
				     see_of_both, &b, &err),
		    rows[i].status);
		assert_string_equal(buf_cstr(&b.seen.lines), rows[i].want);
		assert_int_equal(usage_fetch(u, JANUARY, NULL, see, &all, &err),
		    rows[i].all_status);
		buf_clear(&all.lines);
		buf_clear(&b.seen.lines);
		usage_close(u);
		jqprog_close(config.map);
		raw_close(s);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_batch),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_callback_ends),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_between),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_flat_memory),
		cmocka_unit_test(test_open_refuses),
		cmocka_unit_test(test_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
