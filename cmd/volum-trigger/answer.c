#include "volum-trigger/answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "core/error.h"
#include "core/record.h"

static const char *
phrase(int code)
{
	switch (code) {
	case 200:
		return "OK";
	case 202:
		return "Accepted";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 413:
		return "Content Too Large";
	case 415:
		return "Unsupported Media Type";
	case 422:
		return "Unprocessable Content";
	case 429:
		return "Too Many Requests";
	default:
		return "Service Unavailable";
	}
}

void
answer_error(
    struct answer *a, int code, const char *word, const char *message, ...)
{
	char text[512];
	va_list args;

	va_start(args, message);
	vsnprintf(text, sizeof(text), message, args);
	va_end(args);
	text_to_line(text);
	a->code = code;
	buf_reset(&a->body);
	build_open(&a->body, '{');
	build_name(&a->body, "erro");
	build_open(&a->body, '{');
	build_text_member(&a->body, "codigo", text_of(word));
	build_text_member(&a->body, "mensagem", text_of(text));
	build_close(&a->body, '}');
	build_close(&a->body, '}');
	buf_add_byte(&a->body, '\n');
}

static void
add_headers(struct buf *out, const struct answer *a)
{
	buf_printf(out, "Status: %d %s\r\n", a->code, phrase(a->code));
	buf_add_str(out,
	    "Content-Type: application/json\r\nCache-Control: no-store\r\n");
	if (a->allow != NULL)
		buf_printf(out, "Allow: %s\r\n", a->allow);
	if (a->challenge != NULL)
		buf_printf(out, "WWW-Authenticate: %s\r\n", a->challenge);
	if (a->retry_after_s > 0)
		buf_printf(
		    out, "Retry-After: %" PRId64 "\r\n", a->retry_after_s);
	buf_printf(out, "Content-Length: %zu\r\n\r\n", a->body.len);
}

bool
answer_write(const struct answer *a)
{
	struct buf out = BUF_INIT;
	size_t done = 0;
	ssize_t put = 0;

	add_headers(&out, a);
	if (!a->no_body)
		buf_add_text(&out, buf_text(&a->body));
	while (done < out.len && (put >= 0 || errno == EINTR)) {
		put = write(STDOUT_FILENO, out.data + done, out.len - done);
		done += put > 0 ? (size_t)put : 0;
	}
	bool well = done == out.len;
	buf_clear(&out);
	return well;
}
