#include "core/transport.h"

#include <stdio.h>
#include <strings.h>

#include "core/base64.h"

enum { MAX_CODED = 8 }; /* base64 in base64; what is deeper goes as a whole */

static const char *const BLANKED[] = { "headers", "multiValueHeaders",
	"requestContext", "cookies", NULL };
static const char *const CODED[] = { "body", "registroBase64", NULL };

/* A walk over text that may be JSON. In JSON text inside of JSON text a quote
 * has 1 backslash before it, one further in 3, then 7. */
struct walk {
	const char *at, *end;
	struct buf *out;
	int coded; /* base64 around it */
};

static bool blank(struct buf *out, struct text t, int coded);

/* The backslashes at `at`. */
static size_t
slashes(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && *at == '\\')
		at++;
	return (size_t)(at - from);
}

/* White space, and what stands for it in text: \n, \\n ... */
static const char *
skip_space(const char *at, const char *end)
{
	for (;;) {
		const char *next = at + slashes(at, end);

		if (next == end)
			return at;
		if (next == at ? strchr(" \t\r\n", *at) == NULL || *at == '\0'
			       : *next != 'n' && *next != 'r' && *next != 't')
			return at;
		at = next + 1;
	}
}

/*
 * From behind the opening quote of a string to behind the closing one, which
 * has `depth` backslashes before it; any 2 x (depth + 1) more are content.
 * Stops before a quote that ends the text around it.
 */
static const char *
skip_string(const char *at, const char *end, size_t depth)
{
	while (at < end) {
		size_t n = slashes(at, end);

		if (at + n == end)
			return end;
		if (at[n] != '"') {
			at += n + 1;
			continue;
		}
		if (n < depth)
			return at;
		at += n + 1;
		if ((n - depth) % (2 * (depth + 1)) == 0)
			return at;
	}
	return end;
}

/* From an open bracket to behind the one that closes it. */
static const char *
skip_nested(const char *at, const char *end, size_t depth)
{
	size_t open = 0;

	do {
		size_t n = slashes(at, end);

		if (at + n == end)
			return end;
		if (n < depth && at[n] == '"')
			return at;
		if (at[n] == '"') {
			at = skip_string(at + n + 1, end, depth);
			continue;
		}
		if (n == 0 && (*at == '{' || *at == '['))
			open++;
		if (n == 0 && (*at == '}' || *at == ']'))
			open--;
		at += n + 1;
	} while (open > 0 && at < end);
	return at;
}

/* Behind the value at `at`, or to where the text around it ends. */
static const char *
skip_value(const char *at, const char *end, size_t depth)
{
	size_t n = slashes(at, end);

	if (at + n < end && at[n] == '"')
		return n < depth ? at : skip_string(at + n + 1, end, depth);
	if (at < end && (*at == '{' || *at == '['))
		return skip_nested(at, end, depth);
	while (at < end && strchr(",}] \t\r\n\\\"", *at) == NULL)
		at++;
	return at;
}

/* Behind `name`, some of its letters perhaps written \u0068; or NULL. */
static const char *
skip_name(const char *at, const char *end, const char *name)
{
	for (; *name != '\0'; name++) {
		size_t n = slashes(at, end);
		char code[8];

		if (n == 0 && at < end && *at == *name) {
			at++;
			continue;
		}
		snprintf(code, sizeof(code), "u%04x", (unsigned char)*name);
		if (n == 0 || (size_t)(end - at) < n + 5 ||
		    strncasecmp(at + n, code, 5) != 0)
			return NULL;
		at += n + 5;
	}
	return at;
}

/* Behind `"name":` and white space, when one of `names` is at `at`; or NULL. */
static const char *
value_of(
    const char *at, const char *end, const char *const *names, size_t depth)
{
	const char *behind = NULL;

	while (*names != NULL && behind == NULL)
		behind = skip_name(at, end, *names++);
	if (behind == NULL || slashes(behind, end) != depth ||
	    behind + depth == end || behind[depth] != '"')
		return NULL;
	at = skip_space(behind + depth + 1, end);
	return at < end && *at == ':' ? skip_space(at + 1, end) : NULL;
}

/* The text of base64 that a string holds, blanked inside. */
static bool
blank_coded(struct walk *w, const char *from, const char *to)
{
	struct buf coded = BUF_INIT, plain = BUF_INIT, clean = BUF_INIT;
	bool found;

	for (; from < to; from++)
		if (*from != '\\') /* of \/ */
			buf_add_byte(&coded, *from);
	found = coded.len > 0 && base64_decode(&plain, buf_text(&coded)) &&
	    (w->coded == MAX_CODED ||
		blank(&clean, buf_text(&plain), w->coded + 1));
	if (found)
		base64_add(w->out, buf_text(&clean));
	buf_clear(&coded);
	buf_clear(&plain);
	buf_clear(&clean);
	return found;
}

/* At a quote with `depth` backslashes before it, all of which are copied. */
static bool
take_quote(struct walk *w, size_t depth)
{
	const char *value, *to;
	bool found;

	if ((value = value_of(w->at, w->end, BLANKED, depth)) != NULL) {
		buf_add(w->out, w->at, (size_t)(value - w->at));
		buf_add_str(w->out, "null");
		w->at = skip_value(value, w->end, depth);
		return true;
	}
	if ((value = value_of(w->at, w->end, CODED, depth)) == NULL ||
	    slashes(value, w->end) != depth || value + depth == w->end ||
	    value[depth] != '"')
		return false;
	value += depth + 1;
	to = skip_string(value, w->end, depth);
	if (to[-1] == '"')
		to -= depth + 1;
	buf_add(w->out, w->at, (size_t)(value - w->at));
	if ((found = blank_coded(w, value, to)))
		value = to;
	w->at = value;
	return found;
}

static bool
blank(struct buf *out, struct text t, int coded)
{
	struct walk w = { t.at, t.at + t.len, out, coded };
	bool found = false;

	while (w.at < w.end) {
		const char *quote = memchr(w.at, '"', (size_t)(w.end - w.at));
		size_t depth = 0;

		if (quote == NULL)
			break;
		while (quote - depth > w.at &&
		    quote[-1 - (ptrdiff_t)depth] == '\\')
			depth++;
		buf_add(out, w.at, (size_t)(quote + 1 - w.at));
		w.at = quote + 1;
		found = take_quote(&w, depth) || found;
	}
	buf_add(out, w.at, (size_t)(w.end - w.at));
	return found;
}

static bool
may_hold(struct text t, const char *name)
{
	return memmem(t.at, t.len, name, strlen(name)) != NULL;
}

bool
transport_blank(struct buf *out, struct text t)
{
	size_t before = out->len;

	/* Most hold none of them, and are not copied. */
	if (t.len == 0 ||
	    (!may_hold(t, "eaders\"") && !may_hold(t, "eaders\\") &&
		!may_hold(t, "requestContext") && !may_hold(t, "cookies") &&
		!may_hold(t, "ase64") && !may_hold(t, "\\u00")))
		return false;
	if (blank(out, t, 0))
		return true;
	out->len = before;
	return false;
}
