/* core/transport: credentials go wherever they stand, all else stays. */
#include "core/transport.h"

#include <stdlib.h>

#include "core/base64.h"
#include "unit/unit.h"

static const struct {
	const char *in, *out; /* out NULL: nothing to blank */
} rows[] = {
	{ "{\"a\":1}", NULL },
	{ "", NULL },
	{ "{\"headersx\":{\"A\":1}}", NULL },
	{ "{\"a\":\"headers\"}", NULL },
	{ "{\"a\":\"the headers\",\"cookies", NULL },
	{ "{\"headers\":{\"A\":\"s3\"},\"b\":[1]}",
	    "{\"headers\":null,\"b\":[1]}" },
	{ "{\"b\":1,\"headers\" :\n\t{\"A\":{\"}\":\"]\"}}}",
	    "{\"b\":1,\"headers\" :\n\tnull}" },
	{ "{\"multiValueHeaders\":{\"A\":[\"s3\",\"s4\"]},"
	  "\"requestContext\":{},\"cookies\":[\"s3\"],\"b\":2}",
	    "{\"multiValueHeaders\":null,\"requestContext\":null,"
	    "\"cookies\":null,\"b\":2}" },
	{ "{\"headers\":\"A: s3\\\"\\\\\",\"b\":2}",
	    "{\"headers\":null,\"b\":2}" },
	{ "{\"headers\":12,\"b\":2}", "{\"headers\":null,\"b\":2}" },
	{ "[{\"headers\":true}]", "[{\"headers\":null}]" },
	{ "{\"x\":[{\"y\":{\"headers\":[\"s3\"]}}]}",
	    "{\"x\":[{\"y\":{\"headers\":null}}]}" },
	{ "{\"\\u0068eader\\u0073\":{\"A\":\"s3\"}}",
	    "{\"\\u0068eader\\u0073\":null}" },
	{ "{\"a\":\"{\\\"c\\\\u006Fokies\\\":[\\\"s3\\\"]}\"}",
	    "{\"a\":\"{\\\"c\\\\u006Fokies\\\":null}\"}" },
	{ "{\"\\u0068eade\":\"x\",\"\\u00", NULL },
	/* JSON text in JSON text, one and two deep */
	{ "{\"body\":\"{\\\"headers\\\":{\\\"A\\\":\\\"s3}\\\\\\\"\\\"},"
	  "\\\"b\\\":2}\",\"c\":3}",
	    "{\"body\":\"{\\\"headers\\\":null,\\\"b\\\":2}\",\"c\":3}" },
	{ "{\"body\":\"{\\n \\\"headers\\\":\\n {\\\"A\\\":\\\"s3\\\"}\\n}\"}",
	    "{\"body\":\"{\\n \\\"headers\\\":\\n null\\n}\"}" },
	{ "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"cookies\\\\\\\":"
	  "[\\\\\\\"s3\\\\\\\\\\\\\\\"\\\\\\\"],\\\\\\\"c\\\\\\\":1}\\\"}\"}",
	    "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"cookies\\\\\\\":"
	    "null,\\\\\\\"c\\\\\\\":1}\\\"}\"}" },
	/* no JSON: cut, an open bracket, a wrong number */
	{ "{\"headers\":{\"A\":\"s3", "{\"headers\":null" },
	{ "{\"headers\":\"s3\\", "{\"headers\":null" },
	{ "{\"headers\":", "{\"headers\":null" },
	{ "{\"headers\":{\"A\":\"s3\"},\"b\":01}",
	    "{\"headers\":null,\"b\":01}" },
	{ "{\"body\":\"{\\\"headers\\\":{\\\"A\\\":\\\"s3\",\"c\":3}",
	    "{\"body\":\"{\\\"headers\\\":null\",\"c\":3}" },
	{ "{\"body\":\"{\\\"headers\\\":{\\\"A\\\":[\",\"c\":3}",
	    "{\"body\":\"{\\\"headers\\\":null\",\"c\":3}" },
};

static void
values_are_blanked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;
		bool found;

		buf_add_str(&out, ">");
		found = transport_blank(&out, text_of(rows[i].in));
		assert_int_equal(found, rows[i].out != NULL);
		assert_string_equal(
		    buf_cstr(&out) + 1, rows[i].out ? rows[i].out : "");
		buf_clear(&out);
	}
}

/* {"isBase64Encoded":true,"body":"..."} around `inner`, `times` over. */
static void
wrap(struct buf *out, const char *inner, int times)
{
	struct buf plain = BUF_INIT;

	buf_add_str(&plain, inner);
	for (; times > 0; times--) {
		buf_reset(out);
		buf_add_str(out, "{\"isBase64Encoded\":true,\"body\":\"");
		base64_add(out, buf_text(&plain));
		buf_add_str(out, "\"}");
		buf_reset(&plain);
		buf_add_text(&plain, buf_text(out));
	}
	buf_clear(&plain);
}

static void
base64_is_looked_into(void **state)
{
	struct buf in = BUF_INIT, want = BUF_INIT, out = BUF_INIT;

	(void)state;
	for (int times = 1; times <= 8; times++) {
		wrap(&in, "{\"headers\":{\"A\":\"s3\"},\"b\":2}", times);
		wrap(&want, "{\"headers\":null,\"b\":2}", times);
		buf_reset(&out);
		assert_true(transport_blank(&out, buf_text(&in)));
		assert_string_equal(buf_cstr(&out), buf_cstr(&want));
	}
	/* Deeper than any envelope: nobody looks, nobody keeps. */
	wrap(&in, "{\"headers\":{\"A\":\"s3\"},\"b\":2}", 9);
	wrap(&want, "{\"isBase64Encoded\":true,\"body\":\"\"}", 8);
	buf_reset(&out);
	assert_true(transport_blank(&out, buf_text(&in)));
	assert_string_equal(buf_cstr(&out), buf_cstr(&want));
	/* Slashes may be escaped; what holds nothing stays as it is. */
	buf_reset(&out);
	assert_true(transport_blank(&out,
	    TEXT("{\"registroBase64\":\"eyJoZWFkZXJzIjp7IkEiOiI\\/"
		 "Pz8ifX0=\"}")));
	assert_string_equal(buf_cstr(&out),
	    "{\"registroBase64\":\"eyJoZWFkZXJzIjpudWxsfQ==\"}");
	wrap(&in, "{\"b\":2}", 3);
	buf_reset(&out);
	assert_false(transport_blank(&out, buf_text(&in)));
	assert_int_equal(out.len, 0);
	buf_clear(&in);
	buf_clear(&want);
	buf_clear(&out);
}

/* Any cut of any row: no byte is read that isn't there, no secret is left. */
static void
cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t len = 0; len <= strlen(rows[i].in); len++) {
			struct text t = { rows[i].in, len };
			char *exact = mem_text(t);
			struct buf out = BUF_INIT;

			t.at = exact = mem_realloc(exact, len ? len : 1);
			if (transport_blank(&out, t))
				assert_null(strstr(buf_cstr(&out), "s3"));
			else if (strstr(rows[i].in, "headersx") == NULL)
				assert_null(memmem(t.at, t.len, "s3", 2));
			buf_clear(&out);
			free(exact);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_blanked),
		cmocka_unit_test(base64_is_looked_into),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
