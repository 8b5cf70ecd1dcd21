#include "volum-trigger/cgi.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "volum-trigger/token.h"

enum { BODY_WAIT_MS = 30000, PIECE = 65536, DRAIN_MAX = 2 * 1024 * 1024 };

/* A variable of the CGI server, not one of our settings. */
static const char *
meta(const char *name)
{
	return getenv(name);
}

bool
cgi_is_asked(void)
{
	return meta("GATEWAY_INTERFACE") != NULL ||
	    meta("REQUEST_METHOD") != NULL;
}

void
cgi_take(struct question *q)
{
	*q = (struct question){ .method = meta("REQUEST_METHOD"),
		.path = meta("PATH_INFO"),
		.type = meta("CONTENT_TYPE"),
		.key = meta("HTTP_IDEMPOTENCY_KEY"),
		.traceparent = meta("HTTP_TRACEPARENT"),
		.token = token_of_header(meta("HTTP_AUTHORIZATION")),
		.deadline_ms = clock_monotonic_ms() + BODY_WAIT_MS };
	if (q->method == NULL)
		q->method = "";
	if (q->path == NULL)
		q->path = "";
}

/* -1: there is none, or it is no number. */
static int64_t
content_length(void)
{
	const char *text = meta("CONTENT_LENGTH");
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || strspn(text, "0123456789") != len)
		return -1;
	return len > 18 ? INT64_MAX : strtoll(text, NULL, 10);
}

/* False: nothing comes in time. */
static bool
wait_for_piece(const struct question *q)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t left = q->deadline_ms - clock_monotonic_ms();

	return left > 0 && poll(&in, 1, (int)left) != 0;
}

/* False: it ended early, or took too long. */
static bool
read_bytes(struct question *q, size_t want, struct answer *a)
{
	struct buf *body = &q->body;

	while (body->len < want && buf_reserve(body, PIECE)) {
		if (!wait_for_piece(q)) {
			answer_error(a, 408, "corpo_incompleto",
			    "the body did not come in time");
			return false;
		}
		size_t piece =
		    want - body->len < PIECE ? want - body->len : PIECE;
		ssize_t got = read(STDIN_FILENO, body->data + body->len, piece);
		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		body->len += got > 0 ? (size_t)got : 0;
	}
	if (body->len == want)
		return true;
	answer_error(a, 400, "corpo_incompleto",
	    "the body is shorter than its Content-Length says");
	return false;
}

bool
cgi_read_body(struct question *q, int64_t max, struct answer *a)
{
	int64_t length = content_length();

	if (length > max) {
		answer_error(a, 413, "corpo_longo",
		    "the body is longer than %" PRId64 " bytes", max);
		return false;
	}
	if (length <= 0) {
		answer_error(a, 400, "corpo_ausente",
		    "there is no body, or no Content-Length");
		return false;
	}
	return read_bytes(q, (size_t)length, a);
}

void
cgi_drain(const struct question *q)
{
	int64_t rest = content_length() - (int64_t)q->body.len;
	char waste[4096];
	ssize_t got = 1;

	if (rest > DRAIN_MAX)
		return;
	while (rest > 0 && got > 0 && wait_for_piece(q)) {
		got = read(STDIN_FILENO, waste, sizeof(waste));
		rest -= got > 0 ? got : 0;
	}
}

static bool
is_of_server(const char *setting)
{
	static const char *const begins[] = { "AUTH_TYPE=", "CONTENT_",
		"DOCUMENT_", "FCGI_", "GATEWAY_INTERFACE=", "HTTP_", "HTTPS=",
		"PATH_INFO=", "PATH_TRANSLATED=", "QUERY_STRING=", "REDIRECT_",
		"REMOTE_", "REQUEST_", "SCRIPT_", "SERVER_" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(setting, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

void
cgi_forget(struct question *q)
{
	extern char **environ;
	char **to = environ;

	for (char **from = environ; *from != NULL; from++)
		if (is_of_server(*from))
			explicit_bzero(*from, strlen(*from));
		else
			*to++ = *from;
	*to = NULL;
	buf_clear(&q->body);
	*q = (struct question){ 0 };
}
