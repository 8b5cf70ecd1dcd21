/* core/trace: what is a traceparent, and what is made of it. */
#include "core/trace.h"
#include "unit/unit.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"

static void
what_is_a_traceparent(void **state)
{
	static const struct {
		const char *text;
		bool good, sampled;
	} rows[] = {
		{ "00-" ID "-" PARENT "-01", true, true },
		{ "00-" ID "-" PARENT "-00", true, false },
		/* Flags that are not known are left alone. */
		{ "00-" ID "-" PARENT "-fe", true, false },
		{ "00-" ID "-" PARENT "-0b", true, true },
		/* A later version may say more, behind a dash. */
		{ "01-" ID "-" PARENT "-01", true, true },
		{ "cc-" ID "-" PARENT "-01-what-the-future-holds", true, true },
		{ "cc-" ID "-" PARENT "-01.what", false, false },
		{ "00-" ID "-" PARENT "-01-", false, false },
		{ "00-" ID "-" PARENT "-01-more", false, false },
		{ "00-" ID "-" PARENT "-01 ", false, false },
		{ " 00-" ID "-" PARENT "-01", false, false },
		{ "ff-" ID "-" PARENT "-01", false, false },
		{ "0-" ID "-" PARENT "-01", false, false },
		{ "00-" ID "-" PARENT "-1", false, false },
		{ "00-" ID "-" PARENT, false, false },
		{ "00-" ID "_" PARENT "-01", false, false },
		{ "00-4BF92f3577b34da6a3ce929d0e0e4736-" PARENT "-01", false,
		    false },
		{ "00-" ID "-00F067aa0ba902b7-01", false, false },
		{ "00-" ID "-" PARENT "-0A", false, false },
		{ "0X-" ID "-" PARENT "-01", false, false },
		{ "00-" ID "-" PARENT "-0\x80", false, false },
		{ "00-00000000000000000000000000000000-" PARENT "-01", false,
		    false },
		{ "00-" ID "-0000000000000000-01", false, false },
		{ "00-" ID "g-" PARENT "-01", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trace t = { "x", true };

		if (trace_parse(text_of(rows[i].text), &t) != rows[i].good)
			assert_string_equal(rows[i].text, "");
		assert_string_equal(t.id, rows[i].good ? ID : "");
		assert_int_equal(t.sampled, rows[i].sampled);
	}
}

static void
a_request_has_a_parent_of_ours(void **state)
{
	char first[TRACEPARENT_TEXT], second[TRACEPARENT_TEXT];
	struct trace t;

	(void)state;
	assert_false(trace_header(first));
	assert_true(trace_parse(TEXT("00-" ID "-" PARENT "-01"), &t));
	trace_set(&t);
	assert_string_equal(trace_id(), ID);
	assert_true(trace_header(first));
	assert_true(trace_parse(text_of(first), &t));
	assert_string_equal(t.id, ID);
	assert_true(t.sampled);
	assert_null(strstr(first, PARENT));
	t.sampled = false;
	trace_set(&t);
	assert_true(trace_header(second));
	assert_memory_equal(first, second, 53);
	assert_string_equal(second + 53, "00");
	trace_set(&(struct trace){ 0 });
	assert_string_equal(trace_id(), "");
	assert_false(trace_header(first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_traceparent),
		cmocka_unit_test(a_request_has_a_parent_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
