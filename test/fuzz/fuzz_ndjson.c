/*
 * The parser against libjq's, on any bytes. Whatever we take, libjq takes; what
 * we write of it is equal to libjq; and what we refuse libjq refuses too, but
 * for the reasons in `stricter`, in which libjq 1.6 is lax.
 */
#include <jv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/*
 * Part of our message, and what libjq 1.6 does instead. Its tokens are words
 * of any letters and digits that strtod() takes, hence the numbers; it drops a
 * byte order mark, replaces bad UTF-8 and lone low surrogates, keeps the last
 * of equal names, takes control characters in strings, ends at a NUL, and
 * nests 256 levels deep.
 */
static const char *const stricter[] = {
	"byte order mark",
	"invalid UTF-8",
	"lone surrogate escape",
	"name repeated in its object",
	"control character not escaped",
	"more than 64 levels",
	"number with a leading zero",
	"a digit expected",	   /* `1.` and `1.e5` */
	"unexpected `.`, a value", /* `.5` */
	"unexpected `+`, a value", /* `+1` */
	"unexpected `a`, a value", /* `nan`, and so on in any case */
	"unexpected `A`, a value",
	"unexpected `N`, a value",
	"unexpected `I`, a value", /* `Infinity`, `inf` */
	"unexpected `i`, a value",
	"byte 0x0b, a value", /* strtod() skips these before a number */
	"byte 0x0c, a value",
	"byte 0x00",
};

static void
wrong(const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s\n", what, detail);
	abort();
}

static jv
parse_with_jq(struct text json)
{
	return jv_parse_sized(json.at, (int)json.len);
}

static void
check_taken(struct record *rec, struct text json)
{
	jv whole = parse_with_jq(json), again;
	struct buf out = BUF_INIT;

	if (!jv_is_valid(whole))
		wrong("libjq refuses what we take", "");
	build_value(&out, record_root(rec));
	again = parse_with_jq(buf_text(&out));
	if (!jv_equal(whole, again))
		wrong("written differently", buf_cstr(&out));
	buf_clear(&out);
}

static void
check_refused(struct text json, const char *why)
{
	jv theirs = parse_with_jq(json);
	bool taken = jv_is_valid(theirs);

	jv_free(theirs);
	/* RFC 7464's mark makes libjq forget all that it read before. */
	if (!taken || memchr(json.at, 0x1e, json.len))
		return;
	for (size_t i = 0; i < sizeof(stricter) / sizeof(*stricter); i++)
		if (strstr(why, stricter[i]))
			return;
	wrong("libjq takes what we refuse", why);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct record *rec;
	struct text json = { (const char *)data, size };
	struct error err;

	if (rec == NULL)
		rec = record_new();
	if (ndjson_parse_any(rec, json, &err) == DONE)
		check_taken(rec, json);
	else
		check_refused(json, err.text);
	return 0;
}
