/* lib/net/http against a server that misbehaves in every way we know. */
#include "unit.h"

#include <fcntl.h>

#include "core/clock.h"
#include "core/filter.h"
#include "net/http.h"
#include "raw_server.h"

enum { MAX_BYTES = 100 * 1000, TIMEOUT_MS = 500 };

static const char SECRET[] = "s3cret-token";

/* How the server treats a request. */
enum way {
	WHOLE,
	UNREAD_FIN,
	UNREAD_RST,
	READ_CLOSE,
	HALF_STATUS,
	HALF_HEADER,
	HALF_BODY,
	CUT_CHUNKS,
	DRIP,
	HANG,
	REDIRECT,
	FLOOD,
	BOMB,
	EMPTY_TO_CLOSE,
	BODY_TO_CLOSE,
	NO_CONTENT,
	FAULT_500,
	BAD_GZIP
};

static void
send_flood(int fd)
{
	char chunk[4096 + 16];

	memset(chunk, '0', sizeof(chunk));
	memcpy(chunk, "1000\r\n", 6);
	memcpy(chunk + 6 + 4096, "\r\n", 2);
	raw_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 100; i++)
		raw_send(fd, chunk, 6 + 4096 + 2);
	raw_say(fd, "0\r\n\r\n");
}

static void
send_bomb(int fd)
{
	char body[8192];
	int file = open("test/data/http/bomb.gz", O_RDONLY);
	ssize_t n = read(file, body, sizeof(body));

	close(file);
	raw_reply(fd, 200, "Content-Encoding: gzip\r\n", body, (size_t)n);
}

static void
send_drip(struct raw_server *s, int fd)
{
	raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 40; i++) {
		raw_say(fd, "x");
		raw_pause(s, 50);
	}
}

static bool
misbehave(struct raw_server *s, int fd, const char *request, int number)
{
	static const char *const said[] = {
		[HALF_STATUS] = "HTTP/1.1 20",
		[HALF_HEADER] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConte",
		[HALF_BODY] =
		    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
		[CUT_CHUNKS] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
			       "\r\n\r\n4\r\nhalf\r\n",
		[REDIRECT] = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
			     "Content-Length: 0\r\n\r\n",
		[EMPTY_TO_CLOSE] = "HTTP/1.1 200 OK\r\nX: y\r\n\r\n",
		[BODY_TO_CLOSE] = "HTTP/1.1 200 OK\r\n\r\nbody",
		[NO_CONTENT] = "HTTP/1.1 204 No\r\n\r\n",
		[FAULT_500] =
		    "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nfault",
		[BAD_GZIP] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
			     "Content-Length: 5\r\n\r\nplain",
	};
	enum way way = *(const enum way *)s->ctx;

	(void)request;
	(void)number;
	if (way == WHOLE)
		raw_reply(fd, 200, "", "whole", 5);
	else if (way == FLOOD)
		send_flood(fd);
	else if (way == BOMB)
		send_bomb(fd);
	else if (way == DRIP)
		send_drip(s, fd);
	else if (way == HANG)
		raw_pause(s, 3000);
	else if (way < sizeof(said) / sizeof(*said) && said[way] != NULL)
		raw_say(fd, said[way]);
	return way == WHOLE;
}

static struct http_request
request_to(char *url, size_t size, const struct raw_server *s)
{
	snprintf(url, size, "%s/path/?key=%s", s->url, SECRET);
	return (struct http_request){ .url = url,
		.bearer = SECRET,
		.connect_timeout_ms = 2000,
		.timeout_ms = TIMEOUT_MS,
		.max_bytes = MAX_BYTES };
}

static void
test_outcomes(void **state)
{
	static const struct {
		enum way way;
		enum http_outcome outcome;
		long status;
		const char *body;
	} rows[] = {
		{ WHOLE, HTTP_ANSWERED, 200, "whole" },
		{ UNREAD_FIN, HTTP_UNCLEAR, 0, NULL },
		{ UNREAD_RST, HTTP_UNCLEAR, 0, NULL },
		{ READ_CLOSE, HTTP_UNCLEAR, 0, NULL },
		{ HALF_STATUS, HTTP_UNCLEAR, -1, NULL },
		{ HALF_HEADER, HTTP_UNCLEAR, -1, NULL },
		{ HALF_BODY, HTTP_UNCLEAR, 200, NULL },
		{ CUT_CHUNKS, HTTP_UNCLEAR, 200, NULL },
		{ DRIP, HTTP_UNCLEAR, 200, NULL },
		{ HANG, HTTP_UNCLEAR, 0, NULL },
		{ REDIRECT, HTTP_ANSWERED, 302, "" },
		{ FLOOD, HTTP_TOO_LARGE, 200, NULL },
		{ BOMB, HTTP_TOO_LARGE, 200, NULL },
		{ EMPTY_TO_CLOSE, HTTP_UNCLEAR, 200, NULL },
		{ BODY_TO_CLOSE, HTTP_ANSWERED, 200, "body" },
		{ NO_CONTENT, HTTP_ANSWERED, 204, "" },
		{ FAULT_500, HTTP_ANSWERED, 500, "fault" },
		{ BAD_GZIP, HTTP_UNCLEAR, 200, NULL },
	};

	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(rows) / sizeof(*rows)); i++) {
		const size_t row = i / 2;
		enum way way = rows[row].way;
		struct raw_server *s = raw_open(misbehave, &way);
		struct http *h = http_open(false);
		struct http_answer a;
		struct http_request req;
		char url[200];

		s->reading = way == UNREAD_FIN ? RAW_FIN
		    : way == UNREAD_RST	       ? RAW_RST
					       : RAW_READS;
		req = request_to(url, sizeof(url), s);
		if (i % 2 == 1) { /* as a write: sent once, whatever happens */
			req.body = TEXT("{\"a\":1}");
			req.fresh = true;
		}
		http_call(h, &req, &a);
		if (a.outcome != rows[row].outcome)
			fail_msg(
			    "row %zu: outcome %d (%s)", i, a.outcome, a.why);
		if (rows[row].status >= 0)
			assert_int_equal(a.status, rows[row].status);
		if (rows[row].body != NULL)
			assert_string_equal(buf_cstr(&a.body), rows[row].body);
		assert_null(strstr(a.why, SECRET));
		assert_true(a.why[0] != '\0');
		if (s->reading == RAW_READS)
			assert_int_equal(s->requests, 1);
		http_answer_clear(&a);
		http_close(h);
		raw_close(s);
	}
}

static void
test_not_sent(void **state)
{
	enum way way = WHOLE;
	struct raw_server *s = raw_open(misbehave, &way);
	struct http *h = http_open(false);
	struct http_answer a;
	char url[200];
	struct http_request req = request_to(url, sizeof(url), s);

	(void)state;
	raw_close(s); /* nobody listens any more */
	http_call(h, &req, &a);
	assert_int_equal(a.outcome, HTTP_NOT_SENT);
	assert_int_equal(a.status, 0);
	assert_null(strstr(a.why, SECRET));
	http_answer_clear(&a);
	req.url = "file:///etc/passwd";
	http_call(h, &req, &a);
	assert_int_equal(a.outcome, HTTP_NOT_SENT);
	http_answer_clear(&a);
	http_close(h);
}

/* Keeps the first exchange of a connection alive and drops it at the second
 * request: the moment at which libcurl sends again on its own. */
static bool
drop_second(struct raw_server *s, int fd, const char *request, int number)
{
	(void)s;
	(void)number;
	if (strncmp(request, "POST", 4) == 0)
		return false;
	raw_reply(fd, 200, "", "kept", 4);
	return true;
}

static void
test_post_arrives_once(void **state)
{
	(void)state;
	for (int fresh = 0; fresh <= 1; fresh++) {
		struct raw_server *s = raw_open(drop_second, NULL);
		struct http *h = http_open(false);
		struct http_answer a;
		char url[200];
		struct http_request req = request_to(url, sizeof(url), s);

		http_call(h, &req, &a);
		assert_int_equal(a.outcome, HTTP_ANSWERED);
		http_answer_clear(&a);
		req.body = TEXT("{}");
		req.fresh = fresh;
		http_call(h, &req, &a);
		assert_int_equal(a.outcome, HTTP_UNCLEAR);
		http_answer_clear(&a);
		assert_int_equal(s->posts, 1);
		if (fresh)
			assert_int_equal(s->connections, 2);
		http_close(h);
		raw_close(s);
	}
}

static char seen[RAW_REQUEST];

static bool
remember(struct raw_server *s, int fd, const char *request, int number)
{
	(void)s;
	(void)number;
	snprintf(seen, sizeof(seen), "%s", request);
	raw_reply(fd, 200, "", "{}", 2);
	return true;
}

static void
test_what_is_sent(void **state)
{
	struct raw_server *s = raw_open(remember, NULL);
	struct http *h = http_open(false);
	struct http_answer a;
	char url[200];
	struct http_request req = request_to(url, sizeof(url), s);

	(void)state;
	/* A proxy that isn't there: loopback never goes through one. */
	setenv("http_proxy", "http://user:pass@127.0.0.1:1", 1);
	req.content_type = "application/json";
	req.body = TEXT("{\"a\":\"b\"}");
	http_call(h, &req, &a);
	unsetenv("http_proxy");
	assert_int_equal(a.outcome, HTTP_ANSWERED);
	http_answer_clear(&a);
	assert_ptr_equal(strstr(seen, "POST /path/?key="), seen);
	assert_non_null(strstr(seen, " HTTP/1.1\r\n"));
	assert_non_null(strstr(seen, "\r\nUser-Agent: volum/" VERSION "\r\n"));
	assert_non_null(
	    strstr(seen, "\r\nAuthorization: Bearer s3cret-token\r\n"));
	assert_non_null(strstr(seen, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(seen, "\r\nAccept-Encoding: "));
	assert_non_null(strstr(seen, "\r\n\r\n{\"a\":\"b\"}"));
	assert_null(strstr(seen, "Expect"));

	/* The handle is reused: nothing of the POST stays behind. */
	req = request_to(url, sizeof(url), s);
	req.bearer = NULL;
	http_call(h, &req, &a);
	http_answer_clear(&a);
	assert_ptr_equal(strstr(seen, "GET "), seen);
	assert_null(strstr(seen, "Authorization"));
	assert_null(strstr(seen, "Content-Type"));
	assert_int_equal(s->connections, 1);
	http_close(h);
	raw_close(s);
}

static bool
say_retry_after(struct raw_server *s, int fd, const char *request, int number)
{
	char header[100] = "";

	(void)request;
	(void)number;
	if (s->ctx != NULL)
		snprintf(header, sizeof(header), "retry-after: %s\r\n",
		    (const char *)s->ctx);
	raw_reply(fd, 429, header, "", 0);
	return true;
}

static void
test_retry_after(void **state)
{
	static const struct {
		const char *value;
		int64_t want;
	} rows[] = { { NULL, -1 }, { "0", 0 }, { "7", 7 }, { "3.5", 3 },
		{ "86401", 86400 }, { "99999999999999999999999", 86400 },
		{ "-3", -1 }, { "soon", -1 }, { "", -1 },
		{ "Wed, 21 Oct 2015 07:28:00 GMT", 0 },
		{ "Fri, 31 Dec 2099 23:59:59 GMT", 86400 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct raw_server *s =
		    raw_open(say_retry_after, (void *)(uintptr_t)rows[i].value);
		struct http *h = http_open(false);
		struct http_answer a;
		char url[200];
		struct http_request req = request_to(url, sizeof(url), s);

		http_call(h, &req, &a);
		assert_int_equal(a.status, 429);
		if (a.retry_after_s != rows[i].want)
			fail_msg("Retry-After %s: %lld", rows[i].value,
			    (long long)a.retry_after_s);
		http_answer_clear(&a);
		http_close(h);
		raw_close(s);
	}
}

static void
test_spool(void **state)
{
	enum way way = WHOLE;
	struct raw_server *s = raw_open(misbehave, &way);
	struct http *h = http_open(false);
	FILE *file = tmpfile();
	int full = open("/dev/full", O_WRONLY);
	struct http_answer a;
	char url[200], text[16] = "";
	struct http_request req = request_to(url, sizeof(url), s);

	(void)state;
	req.spool_fd = fileno(file);
	http_call(h, &req, &a);
	assert_int_equal(a.outcome, HTTP_ANSWERED);
	assert_int_equal(a.body.len, 0);
	assert_int_equal(pread(req.spool_fd, text, sizeof(text), 0), 5);
	assert_string_equal(text, "whole");
	http_answer_clear(&a);

	req.spool_fd = full;
	http_call(h, &req, &a);
	assert_int_equal(a.outcome, HTTP_UNCLEAR);
	assert_non_null(strstr(a.why, "No space left"));
	http_answer_clear(&a);
	http_close(h);
	raw_close(s);
	close(full);
	fclose(file);
}

/* `/slow` waits, so that the answers end in another order than they began. */
static bool
slow_or_fast(struct raw_server *s, int fd, const char *request, int number)
{
	(void)number;
	if (strstr(request, "slow") != NULL)
		raw_pause(s, 300);
	raw_reply(fd, 200, "", "ok", 2);
	return true;
}

static void
test_many(void **state)
{
	struct raw_server *s = raw_open(slow_or_fast, NULL);
	struct http *h = http_open(false);
	struct http_answer a;
	char slow[200], fast[200];
	struct http_request req = request_to(fast, sizeof(fast), s);
	void *tag = NULL;
	int64_t began = clock_monotonic_ms();

	(void)state;
	snprintf(slow, sizeof(slow), "%s/slow", s->url);
	req.timeout_ms = 5000;
	req.url = slow;
	http_start(h, &req, slow);
	req.url = fast;
	http_start(h, &req, fast);
	assert_int_equal(http_running(h), 2);
	assert_true(http_next(h, 5000, &tag, &a));
	assert_ptr_equal(tag, fast);
	http_answer_clear(&a);
	assert_false(http_next(h, 20, &tag, &a)); /* the slow one is out */
	assert_int_equal(http_running(h), 1);
	assert_true(http_next(h, 5000, &tag, &a));
	assert_ptr_equal(tag, slow);
	assert_int_equal(a.outcome, HTTP_ANSWERED);
	http_answer_clear(&a);
	assert_int_equal(http_running(h), 0);
	assert_true(clock_monotonic_ms() - began < 4000);

	began = clock_monotonic_ms();
	assert_false(http_next(h, 100, &tag, &a)); /* it still waits */
	assert_true(clock_monotonic_ms() - began >= 100);
	req.url = slow;
	http_start(h, &req, slow); /* closing aborts it */
	http_close(h);
	raw_close(s);
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
	static const struct {
		long grace_ms;
		const char *path;
		enum http_outcome want;
	} rows[] = { { 0, "slow", HTTP_UNCLEAR },
		{ 10000, "slow", HTTP_ANSWERED } };
	struct raw_server *s = raw_open(slow_or_fast, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct http *h = http_open(false);
		struct http_answer a;
		char url[200];
		struct http_request req = request_to(url, sizeof(url), s);
		pthread_t stopper;
		int before;

		snprintf(url, sizeof(url), "%s/%s", s->url, rows[i].path);
		req.timeout_ms = 20000;
		req.stop_grace_ms = rows[i].grace_ms;
		pthread_create(&stopper, NULL, stop_soon, NULL);
		http_call(h, &req, &a);
		pthread_join(stopper, NULL);
		assert_int_equal(a.outcome, rows[i].want);
		http_answer_clear(&a);
		before = s->requests;
		http_call(h, &req, &a); /* stopped already: it doesn't leave */
		assert_int_equal(a.outcome, HTTP_STOPPED);
		http_answer_clear(&a);
		assert_int_equal(s->requests, before);
		filter_stop = 0;
		http_close(h);
	}
	raw_close(s);
}

static void
test_check_url(void **state)
{
	static const struct {
		const char *url;
		bool allow_plain;
		enum status want;
	} rows[] = {
		{ "https://api.example.invalid/v1", false, DONE },
		{ "HTTPS://api.example.invalid:8443", false, DONE },
		{ "http://127.0.0.1:8080/", false, DONE },
		{ "http://127.9.8.7/", false, DONE },
		{ "http://[::1]:80/", false, DONE },
		{ "http://LOCALHOST/", false, DONE },
		{ "http://example.invalid/", false, BAD_CONFIG },
		{ "http://example.invalid/", true, DONE },
		{ "http://127.0.0.1.example.invalid/", false, BAD_CONFIG },
		{ "http://localhost.example.invalid/", false, BAD_CONFIG },
		{ "http://128.0.0.1/", false, BAD_CONFIG },
		{ "http://10.0.0.1/", false, BAD_CONFIG },
		{ "https://user@example.invalid/", true, BAD_CONFIG },
		{ "https://user:s3cret-token@example.invalid/", true,
		    BAD_CONFIG },
		{ "http://127.0.0.1@example.invalid/", false, BAD_CONFIG },
		{ "https://example.invalid/?k=s3cret-token", true, BAD_CONFIG },
		{ "https://example.invalid/#x", true, BAD_CONFIG },
		{ "ftp://example.invalid/", true, BAD_CONFIG },
		{ "file:///etc/passwd", true, BAD_CONFIG },
		{ "example.invalid", true, BAD_CONFIG },
		{ "", true, BAD_CONFIG },
		{ "https://", true, BAD_CONFIG },
		{ "https://exa mple.invalid/", true, BAD_CONFIG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct http *h = http_open(rows[i].allow_plain);
		struct error err = { 0 };

		if (http_check_url(h, "SOME_URL", rows[i].url, &err) !=
		    rows[i].want)
			fail_msg("%s: %s", rows[i].url, err.text);
		if (rows[i].want != DONE) {
			assert_ptr_equal(
			    strstr(err.text, "SOME_URL: "), err.text);
			assert_null(strstr(err.text, SECRET));
		}
		http_close(h);
	}
	http_close(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_not_sent),
		cmocka_unit_test(test_post_arrives_once),
		cmocka_unit_test(test_what_is_sent),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_spool),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_check_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
