/* core/envelope: what a record arrives in is taken off, or says why not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/envelope.h"
#include "core/ndjson.h"
#include "unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct seen {
	struct buf lines;    /* each inner record, with a newline */
	enum status answers; /* what the callback gives back */
	int calls;
	const struct envelope *envelope;
	int attempts; /* of the last record */
};

static enum status
note(const struct record *inner, struct text raw, void *ctx, struct error *err)
{
	struct seen *seen = ctx;
	struct text whole = value_raw(record_root(inner));

	assert_true(text_same(whole, raw));
	seen->calls++;
	seen->attempts = envelope_attempts(seen->envelope);
	buf_add_text(&seen->lines, raw);
	buf_add_str(&seen->lines, "\n");
	if (seen->answers != DONE)
		reject(err, "x", "not wanted");
	return seen->answers;
}

static enum status
unpack(const char *line, struct seen *seen, struct error *err)
{
	struct envelope *e = envelope_new();
	struct record *rec = record_new();
	enum status status;

	memset(err, 0, sizeof(*err));
	if (ndjson_parse(rec, text_of(line), err) != DONE)
		assert_string_equal(err->text, "");
	seen->envelope = e;
	status = envelope_open(e, rec, text_of(line), note, seen, err);
	if (status == SOME_REJECTED)
		seen->attempts = envelope_attempts(e);
	record_free(rec);
	envelope_free(e);
	return status;
}

static const struct {
	const char *in, *out;
} good[] = {
	/* no envelope */
	{ "{}", "{}\n" },
	{ "{\"competencia\": \"2024-01\"}",
	    "{\"competencia\": \"2024-01\"}\n" },
	{ "{\"body\":{\"a\":1}}", "{\"body\":{\"a\":1}}\n" },
	{ "{\"httpMethod\":null,\"a\":1}", "{\"httpMethod\":null,\"a\":1}\n" },
	{ "{\"Rules\":{}}", "{\"Rules\":{}}\n" },
	{ "{\"rejeitado\":true}", "{\"rejeitado\":true}\n" },
	/* API Gateway */
	{ "{\"httpMethod\":\"POST\",\"headers\":{\"Authorization\":\"x\"},"
	  "\"body\":{\"a\": 1.00}}",
	    "{\"a\": 1.00}\n" },
	{ "{\"httpMethod\":\"POST\",\"body\":\" {\\\"a\\\":\\n\\\"\\u00e9\\\"} "
	  "\"}",
	    "{\"a\":\n\"\xc3\xa9\"}\n" },
	{ "{\"httpMethod\":\"POST\",\"isBase64Encoded\":true,"
	  "\"body\":\"eyJhIjoxfQ==\"}",
	    "{\"a\":1}\n" },
	{ "{\"httpMethod\":\"POST\",\"isBase64Encoded\":false,"
	  "\"body\":\"{}\"}",
	    "{}\n" },
	/* rules */
	{ "{\"Rules\":[{\"Targets\":[{\"Input\":\"{\\\"a\\\":1}\"},"
	  "{\"Id\":\"no input\"},{\"Input\":{\"a\":2}}]},"
	  "{\"Name\":\"no targets\"},"
	  "{\"Targets\":[{\"Input\":{\"a\":3}}]}]}",
	    "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n" },
	/* our own rejected lines */
	{ "{\"rejeitado\":{\"codigo\":\"x\"},\"registro\":{\"a\":1}}",
	    "{\"a\":1}\n" },
	{ "{\"rejeitado\":{},\"registro\":\"{\\\"a\\\":1}\"}", "{\"a\":1}\n" },
	{ "{\"rejeitado\":{},\"registroBase64\":\"eyJhIjoxfQ==\"}",
	    "{\"a\":1}\n" },
	/* one in another */
	{ "{\"rejeitado\":{},\"registro\":{\"httpMethod\":\"POST\","
	  "\"body\":\"{\\\"Rules\\\":[{\\\"Targets\\\":[{\\\"Input\\\":"
	  "{\\\"a\\\":1}},{\\\"Input\\\":{\\\"a\\\":2}}]}]}\"}}",
	    "{\"a\":1}\n{\"a\":2}\n" },
};

static const struct {
	const char *in, *why;
} bad[] = {
	{ "{\"httpMethod\":\"GET\"}", "body: missing" },
	{ "{\"httpMethod\":\"GET\",\"body\":null}", "body: null" },
	{ "{\"httpMethod\":\"GET\",\"body\":null,\"isBase64Encoded\":true}",
	    "body: null" },
	{ "{\"httpMethod\":\"POST\",\"body\":\"\"}", "body: column 1: " },
	{ "{\"httpMethod\":\"POST\",\"body\":\"a=1\"}", "body: column 1: " },
	{ "{\"httpMethod\":\"POST\",\"body\":\"[1]\"}", "body: " },
	{ "{\"httpMethod\":\"POST\",\"body\":[{}]}",
	    "body: no object and no JSON text" },
	{ "{\"httpMethod\":\"POST\",\"body\":7}",
	    "body: no object and no JSON text" },
	{ "{\"httpMethod\":\"POST\",\"body\":\"{}\",\"isBase64Encoded\":true}",
	    "body: no base64 text" },
	{ "{\"httpMethod\":\"POST\",\"body\":{},\"isBase64Encoded\":true}",
	    "body: no base64 text" },
	{ "{\"httpMethod\":\"POST\",\"body\":\"/"
	  "w==\",\"isBase64Encoded\":true}",
	    "body: column 1: " },
	{ "{\"Rules\":[]}", "Rules: no Targets with an Input" },
	{ "{\"Rules\":[1,{\"Targets\":{}},{\"Targets\":[2]}]}",
	    "Rules: no Targets with an Input" },
	/* the good one before it is not handed on either */
	{ "{\"Rules\":[{\"Targets\":[{\"Input\":{}},{\"Input\":\"x\"}]}]}",
	    "Rules[0].Targets[1].Input: column 1: " },
	{ "{\"Rules\":[{\"Targets\":[{\"Input\":null}]}]}",
	    "Rules[0].Targets[0].Input: null" },
	{ "{\"rejeitado\":{}}", "registro: missing" },
	{ "{\"rejeitado\":{},\"registro\":\"x\"}", "registro: column 1: " },
	{ "{\"rejeitado\":{},\"registroBase64\":null}",
	    "registroBase64: no base64 text" },
	{ "{\"rejeitado\":{},\"registroBase64\":\"Sm/jbw==\"}",
	    "registroBase64: column 1: " },
};

static void
what_is_inside_is_handed_on(void **state)
{
	struct seen seen = { .answers = DONE };
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		buf_reset(&seen.lines);
		assert_int_equal(unpack(good[i].in, &seen, &err), DONE);
		assert_string_equal(buf_cstr(&seen.lines), good[i].out);
	}
	buf_clear(&seen.lines);
}

static void
what_holds_no_record_is_refused(void **state)
{
	struct seen seen = { .answers = DONE };
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(unpack(bad[i].in, &seen, &err), SOME_REJECTED);
		assert_string_equal(err.code, "envelope_invalido");
		assert_string_equal(err.class_, "dados");
		if (strncmp(err.text, bad[i].why, strlen(bad[i].why)) != 0)
			assert_string_equal(err.text, bad[i].why);
	}
	assert_int_equal(seen.calls, 0);
}

static void
a_refused_record_stops_nothing_the_rest_does(void **state)
{
	const char *two = "{\"Rules\":[{\"Targets\":[{\"Input\":{\"a\":1}},"
			  "{\"Input\":{\"a\":2}}]}]}";
	struct seen seen = { .answers = SOME_REJECTED };
	struct error err;

	(void)state;
	assert_int_equal(unpack(two, &seen, &err), DONE);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(unpack("{}", &seen, &err), DONE);
	assert_int_equal(seen.calls, 3);
	seen.answers = OUTPUT_FAILED;
	assert_int_equal(unpack(two, &seen, &err), OUTPUT_FAILED);
	assert_int_equal(seen.calls, 4);
	assert_string_equal(err.text, "not wanted");
	buf_clear(&seen.lines);
}

/* `{"a":1}` with `depth` envelopes around it. */
static void
nest(struct buf *out, int depth)
{
	buf_reset(out);
	for (int i = 0; i < depth; i++)
		buf_add_str(out, "{\"rejeitado\":{},\"registro\":");
	buf_add_str(out, "{\"a\":1}");
	for (int i = 0; i < depth; i++)
		buf_add_str(out, "}");
}

static void
eight_deep_and_no_deeper(void **state)
{
	struct seen seen = { .answers = DONE };
	struct buf line = BUF_INIT;
	struct error err;

	(void)state;
	nest(&line, 8);
	assert_int_equal(unpack(buf_cstr(&line), &seen, &err), DONE);
	assert_string_equal(buf_cstr(&seen.lines), "{\"a\":1}\n");
	nest(&line, 9);
	assert_int_equal(unpack(buf_cstr(&line), &seen, &err), SOME_REJECTED);
	assert_string_equal(err.code, "envelope_invalido");
	assert_string_equal(
	    err.text, "registro: more than 8 envelopes, one in another");
	buf_clear(&line);
	buf_clear(&seen.lines);
}

static void
earlier_refusals_are_counted(void **state)
{
	static const struct {
		const char *member;
		int attempts;
	} counts[] = { { "\"tentativas\":1", 1 }, { "\"tentativas\":41", 41 },
		{ "\"tentativas\":1000001", 1000000 },
		{ "\"tentativas\":9223372036854775807", 1000000 },
		/* no count: but the line stands there */
		{ "\"x\":1", 1 }, { "\"tentativas\":null", 1 },
		{ "\"tentativas\":0", 1 }, { "\"tentativas\":-3", 1 },
		{ "\"tentativas\":2.5", 1 }, { "\"tentativas\":\"7\"", 1 },
		{ "\"tentativas\":[7]", 1 },
		{ "\"tentativas\":99999999999999999999", 1 } };
	struct seen seen = { .answers = DONE };
	struct buf line = BUF_INIT;
	struct error err;

	(void)state;
	for (size_t row = 0; row < COUNT(counts); row++) {
		static const char *const insides[] = { "{}", "\"no JSON\"" };

		for (int i = 0; i < 2; i++) {
			buf_reset(&line);
			buf_printf(&line,
			    "{\"rejeitado\":{%s},\"registro\":%s}",
			    counts[row].member, insides[i]);
			seen.attempts = -1;
			assert_int_equal(unpack(buf_cstr(&line), &seen, &err),
			    i ? SOME_REJECTED : DONE);
			assert_int_equal(seen.attempts, counts[row].attempts);
		}
	}
	assert_int_equal(unpack("{\"tentativas\":7}", &seen, &err), DONE);
	assert_int_equal(seen.attempts, 0);
	/* Each record has its own; of two around one the higher counts. */
	assert_int_equal(
	    unpack("{\"Rules\":[{\"Targets\":[{\"Input\":{\"rejeitado\":"
		   "{\"tentativas\":5},\"registro\":{}}},{\"Input\":{}}]}]}",
		&seen, &err),
	    DONE);
	assert_int_equal(seen.attempts, 0);
	assert_int_equal(
	    unpack("{\"rejeitado\":{\"tentativas\":5},"
		   "\"registro\":{\"rejeitado\":{\"tentativas\":3},"
		   "\"registro\":{}}}",
		&seen, &err),
	    DONE);
	assert_int_equal(seen.attempts, 5);
	buf_clear(&line);
	buf_clear(&seen.lines);
}

static void
any_number_side_by_side(void **state)
{
	struct seen seen = { .answers = DONE };
	struct buf line = BUF_INIT;
	struct error err;

	(void)state;
	buf_add_str(&line, "{\"Rules\":[{\"Targets\":[");
	for (int i = 0; i < 20; i++)
		buf_printf(&line, "%s{\"Input\":{}}", i ? "," : "");
	buf_add_str(&line, "]}]}");
	assert_int_equal(unpack(buf_cstr(&line), &seen, &err), DONE);
	assert_int_equal(seen.calls, 20);
	buf_clear(&line);
	buf_clear(&seen.lines);
}

/* The events of the source system, as they are. */
static void
expect_file(const char *path, const char *want)
{
	struct seen seen = { .answers = DONE };
	struct error err;
	char *line = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r");
	bool whole = strstr(path, ".json") && !strstr(path, ".ndjson");

	assert_non_null(f);
	while (getdelim(&line, &size, whole ? '\0' : '\n', f) > 0)
		assert_int_equal(unpack(line, &seen, &err), DONE);
	assert_string_equal(buf_cstr(&seen.lines), want);
	buf_clear(&seen.lines);
	free(line);
	fclose(f);
}

static void
events_of_the_source_system(void **state)
{
	(void)state;
	expect_file("test/data/events/api-gateway.ndjson",
	    "{\"competencia\":\"2024-01\",\"empresaId\":\"12345\"}\n"
	    "{\"competencia\":\"2024-01\",\"empresaId\":\"12345\"}\n");
	expect_file("test/data/events/scheduled-rule.json",
	    "{\"competencia\": \"auto\", \"trigger\": \"scheduled\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_inside_is_handed_on),
		cmocka_unit_test(what_holds_no_record_is_refused),
		cmocka_unit_test(a_refused_record_stops_nothing_the_rest_does),
		cmocka_unit_test(eight_deep_and_no_deeper),
		cmocka_unit_test(earlier_refusals_are_counted),
		cmocka_unit_test(any_number_side_by_side),
		cmocka_unit_test(events_of_the_source_system),
	};

	envelope_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
