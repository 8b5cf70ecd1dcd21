/* How an answer leaves: PHP's json_encode, recorded headers, HTML pages. */
#include <stdio.h>
#include <string.h>

#include "sim/omie-sim/sim.h"

static void
add_escape(struct buf *out, unsigned unit)
{
	buf_printf(out, "\\u%04x", unit);
}

/* One UTF-8 sequence as one or two \uXXXX; returns its length. */
static size_t
escape_sequence(struct buf *out, const unsigned char *p)
{
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	unsigned point = p[0] & (0x7fu >> len);

	for (size_t i = 1; i < len; i++)
		point = point << 6 | (p[i] & 0x3fu);
	if (point < 0x10000) {
		add_escape(out, point);
	} else {
		add_escape(out, 0xd800u + ((point - 0x10000) >> 10));
		add_escape(out, 0xdc00u + ((point - 0x10000) & 0x3ffu));
	}
	return len;
}

/* From an opening quote to behind the closing one: non-ASCII as \uXXXX and `/`
 * as `\/` (1.3 [R R1,C1]). */
static size_t
encode_string(struct buf *out, const char *json, size_t i)
{
	buf_add_byte(out, json[i++]);
	while (json[i] != '"') {
		if (json[i] == '\\') {
			buf_add(out, json + i, 2);
			i += 2;
		} else if ((unsigned char)json[i] >= 0x80) {
			i += escape_sequence(
			    out, (const unsigned char *)json + i);
		} else {
			if (json[i] == '/')
				buf_add_byte(out, '\\');
			buf_add_byte(out, json[i++]);
		}
	}
	buf_add_byte(out, '"');
	return i + 1;
}

static size_t
encode_number(struct buf *out, const char *json, size_t len, size_t i,
    const struct settings *set)
{
	size_t start = i;

	while (i < len && strchr("+-.eE0123456789", json[i]) != NULL)
		i++;
	if (set->numbers_as_strings)
		buf_add_byte(out, '"');
	buf_add(out, json + start, i - start);
	if (set->numbers_as_strings)
		buf_add_byte(out, '"');
	return i;
}

/* 10.3: members that no client knows, in each object. */
static void
add_extra(struct buf *out, bool more)
{
	buf_add_str(out,
	    "\"membroNovo\":{\"lista\":[1,null,\"\\u00e7\"],\"sinal\":true}");
	if (more)
		buf_add_byte(out, ',');
}

void
reply_encode(struct buf *body, const struct settings *set)
{
	struct buf out = BUF_INIT;
	const char *json = body->data;

	for (size_t i = 0; i < body->len;) {
		if (json[i] == '"') {
			i = encode_string(&out, json, i);
		} else if (strchr("-0123456789", json[i]) != NULL) {
			i = encode_number(&out, json, body->len, i, set);
		} else {
			buf_add_byte(&out, json[i++]);
			if (json[i - 1] == '{' && set->extra_members)
				add_extra(&out, json[i] != '}');
		}
	}
	buf_clear(body);
	*body = out;
}

/* As recorded in 2020 (1.3 [R R1]); the id is made from the request number. */
void
reply_headers(struct sim_answer *answer, uint64_t number)
{
	char id[48];

	snprintf(id, sizeof(id), "%08llx-0000-4000-8000-%012llx",
	    (unsigned long long)(number & 0xffffffffu),
	    (unsigned long long)number);
	sim_header(answer, "server", "nginx");
	sim_header(answer, "x-omie-request-id", id);
	sim_header(
	    answer, "cache-control", "no-store, no-cache, must-revalidate");
	sim_header(answer, "strict-transport-security", "max-age=31536000");
}

void
reply_page(
    struct sim_answer *answer, int status, const char *title, const char *text)
{
	answer->status = status;
	answer->content_type = "text/html; charset=UTF-8";
	buf_reset(&answer->body);
	buf_printf(&answer->body,
	    "<!DOCTYPE html><html><head><title>%s</title></head>"
	    "<body><h1>%s</h1><p>%s</p></body></html>\n",
	    title, title, text);
}
