/* One request: its options, what comes back, and what that amounts to. */
#include "net/http_transfer.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "core/trace.h"

enum { MAX_RETRY_AFTER_S = 86400 };

void
http_answer_clear(struct http_answer *a)
{
	buf_clear(&a->body);
	*a = (struct http_answer){ .retry_after_s = -1 };
}

static bool
spool(struct transfer *t, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(t->spool_fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			t->spool_errno = n < 0 ? errno : EIO;
			return false;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Counts here, behind the decoder: MAXFILESIZE knows neither chunked nor
 * compressed answers. */
static size_t
on_body(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * n;

	if (len > t->max_bytes - t->received) {
		t->too_large = true;
		return 0;
	}
	t->received += len;
	if (t->spool_fd > 0)
		return spool(t, bytes, len) ? len : 0;
	buf_add(&t->answer.body, bytes, len);
	return len;
}

/* Seconds or a date; -1 for anything else. CURLINFO_RETRY_AFTER can't tell 0
 * from absent and lets absurd values through. */
static int64_t
read_retry_after(const char *value)
{
	char text[64];
	time_t at;
	int64_t s = 0;

	snprintf(text, sizeof(text), "%s", value + strspn(value, " \t"));
	if (isdigit((unsigned char)text[0])) {
		for (const char *p = text; isdigit((unsigned char)*p); p++)
			if (s < MAX_RETRY_AFTER_S)
				s = s * 10 + (*p - '0');
	} else if ((at = curl_getdate(text, NULL)) != -1) {
		s = (int64_t)at - (int64_t)time(NULL);
	} else {
		return -1;
	}
	return s < 0 ? 0 : s > MAX_RETRY_AFTER_S ? MAX_RETRY_AFTER_S : s;
}

static int64_t
read_date(const char *value)
{
	char text[64];
	time_t at;

	snprintf(text, sizeof(text), "%s", value + strspn(value, " \t"));
	at = curl_getdate(text, NULL);
	return at == -1 ? 0 : (int64_t)at;
}

static bool
header_is(const char *line, const char *name, const char **value)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return false;
	*value = line + len + 1;
	return true;
}

static size_t
on_header(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	char line[256];
	const char *value;

	snprintf(line, sizeof(line), "%.*s", (int)(size * n), bytes);
	if (strncasecmp(line, "HTTP/", 5) == 0) {
		t->has_headers = t->has_length = false;
		t->answer.retry_after_s = -1;
		t->answer.date_s = 0;
	} else if (header_is(line, "Date", &value)) {
		t->answer.date_s = read_date(value);
	} else if (line[0] == '\r' || line[0] == '\n') {
		t->has_headers = true;
	} else if (header_is(line, "Retry-After", &value)) {
		t->answer.retry_after_s = read_retry_after(value);
	} else if (header_is(line, "Content-Length", &value) ||
	    header_is(line, "Transfer-Encoding", &value)) {
		t->has_length = true;
	}
	return size * n;
}

static bool
add_header(struct transfer *t, const char *name, const char *value)
{
	struct buf line = BUF_INIT;
	struct curl_slist *longer;

	buf_printf(&line, "%s: %s", name, value);
	longer = curl_slist_append(t->headers, buf_cstr(&line));
	explicit_bzero(line.data, line.len); /* may hold a token */
	buf_clear(&line);
	if (longer != NULL)
		t->headers = longer;
	return longer != NULL;
}

static bool
set_up_headers(struct transfer *t, const struct http_request *req)
{
	char trace[TRACEPARENT_TEXT];

	if (req->bearer != NULL) {
		struct buf value = BUF_INIT;
		bool added;

		buf_printf(&value, "Bearer %s", req->bearer);
		added = add_header(t, "Authorization", buf_cstr(&value));
		explicit_bzero(value.data, value.len);
		buf_clear(&value);
		if (!added)
			return false;
	}
	if (req->content_type != NULL &&
	    !add_header(t, "Content-Type", req->content_type))
		return false;
	if (trace_header(trace) && !add_header(t, "traceparent", trace))
		return false;
	/* No 100-continue: one round trip, one answer. */
	return add_header(t, "Accept", "application/json") &&
	    (req->body.at == NULL || add_header(t, "Expect", "")) &&
	    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) ==
	    CURLE_OK;
}

static bool
set_up_transport(struct transfer *t, const struct http_request *req)
{
	CURL *c = t->easy;
	int bad = 0; /* any refused option: the request must not leave */

	bad |= curl_easy_setopt(c, CURLOPT_URL, req->url);
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(
	    c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(
	    c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	bad |= curl_easy_setopt(
	    c, CURLOPT_CONNECTTIMEOUT_MS, req->connect_timeout_ms);
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, req->timeout_ms);
	bad |= curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)req->fresh);
	bad |= curl_easy_setopt(c, CURLOPT_FORBID_REUSE, (long)req->fresh);
	if (url_is_loopback(req->url))
		bad |= curl_easy_setopt(c, CURLOPT_PROXY, "");
	return bad == 0;
}

/* libcurl sends again on its own what a reused connection died of; a body that
 * it can't have twice ends the request instead. */
static size_t
give_body(char *out, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = t->body.len - t->given;

	if (len > size * n)
		len = size * n;
	memcpy(out, t->body.data + t->given, len);
	t->given += len;
	return len;
}

static int
refuse_to_repeat(void *ctx, curl_off_t offset, int origin)
{
	(void)ctx;
	(void)offset;
	(void)origin;
	return CURL_SEEKFUNC_FAIL;
}

static int
set_up_body(struct transfer *t, struct text body)
{
	CURL *c = t->easy;
	int bad = 0;

	buf_add_text(&t->body, body);
	bad |= curl_easy_setopt(c, CURLOPT_POST, 1L);
	bad |= curl_easy_setopt(
	    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	bad |= curl_easy_setopt(c, CURLOPT_READFUNCTION, give_body);
	bad |= curl_easy_setopt(c, CURLOPT_READDATA, t);
	bad |= curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, refuse_to_repeat);
	return bad;
}

static bool
set_up_client(struct transfer *t, const struct http_request *req)
{
	CURL *c = t->easy;
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	bad |= curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->said);
	bad |= curl_easy_setopt(c, CURLOPT_USERAGENT, "volum/" VERSION);
	bad |= curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	bad |= curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	bad |= curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	if (req->body.at != NULL)
		bad |= set_up_body(t, req->body);
	if (req->method != NULL)
		bad |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, req->method);
	return bad == 0;
}

bool
transfer_set_up(struct transfer *t, const struct http_request *req)
{
	t->max_bytes = req->max_bytes ? req->max_bytes : BUF_DEFAULT_MAX;
	t->spool_fd = req->spool_fd;
	t->timeout_ms = req->timeout_ms;
	t->answer = (struct http_answer){ .retry_after_s = -1,
		.body = { .max = t->max_bytes } };
	if (t->easy == NULL)
		t->easy = curl_easy_init();
	return t->easy != NULL && set_up_client(t, req) &&
	    set_up_transport(t, req) && set_up_headers(t, req);
}

static void say(struct transfer *t, enum http_outcome outcome, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static void
say(struct transfer *t, enum http_outcome outcome, const char *fmt, ...)
{
	va_list args;

	t->answer.outcome = outcome;
	va_start(args, fmt);
	vsnprintf(t->answer.why, sizeof(t->answer.why), fmt, args);
	va_end(args);
	for (char *p = t->answer.why; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
}

/* Something was sent, and the answer is missing or cut. */
static void
judge_unclear(struct transfer *t, CURLcode rc)
{
	if (t->spool_errno != 0)
		say(t, HTTP_UNCLEAR, "the answer can't be kept: %s",
		    strerror(t->spool_errno));
	else if (rc == CURLE_OPERATION_TIMEDOUT)
		say(t, HTTP_UNCLEAR, "no whole answer in %ld ms",
		    t->timeout_ms);
	else if (rc == CURLE_OK)
		say(t, HTTP_UNCLEAR, "the answer was cut");
	else /* never libcurl's own text: it may quote the answer */
		say(t, HTTP_UNCLEAR, "the answer was cut: %s",
		    curl_easy_strerror(rc));
}

/* libcurl's own words name host and port; those on proxies name passwords. */
static const char *
not_sent_why(const struct transfer *t, CURLcode rc)
{
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
		if (t->said[0] != '\0')
			return t->said;
		break;
	default:
		break;
	}
	return curl_easy_strerror(rc);
}

/*
 * libcurl calls headers that were cut a success. A success that promises no
 * length and brings nothing can't be told from one that was cut.
 */
static bool
is_whole(const struct transfer *t)
{
	long status = t->answer.status;

	if (!t->has_headers)
		return false;
	return t->received > 0 || t->has_length || status >= 300 ||
	    status == 204;
}

void
transfer_judge(struct transfer *t, CURLcode rc)
{
	long sent = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->answer.status);
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
	if (t->too_large)
		say(t, HTTP_TOO_LARGE, "the answer is larger than %zu bytes",
		    t->max_bytes);
	else if (rc == CURLE_OK && is_whole(t))
		say(t, HTTP_ANSWERED, "HTTP %ld", t->answer.status);
	else if (rc != CURLE_OK && sent == 0)
		say(t, HTTP_NOT_SENT, "%s", not_sent_why(t, rc));
	else
		judge_unclear(t, rc);
}

void
transfer_stop(struct transfer *t)
{
	long sent = 0;

	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
	say(t, sent == 0 ? HTTP_STOPPED : HTTP_UNCLEAR,
	    "a signal asked to stop");
}

void
transfer_refuse(struct transfer *t)
{
	say(t, HTTP_NOT_SENT, "libcurl can't make this request");
}

void
transfer_reset(struct transfer *t)
{
	CURL *easy = t->easy;

	curl_slist_free_all(t->headers);
	buf_clear(&t->answer.body);
	if (t->body.len > 0) /* may hold a key */
		explicit_bzero(t->body.data, t->body.len);
	buf_clear(&t->body);
	if (easy != NULL)
		curl_easy_reset(easy);
	*t = (struct transfer){ .easy = easy };
}

void
transfer_free(struct transfer *t)
{
	transfer_reset(t);
	curl_easy_cleanup(t->easy);
	free(t);
}
