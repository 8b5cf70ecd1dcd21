/* core/error: one line, whole characters, and which status wins. */
#include <string.h>

#include "core/error.h"
#include "unit/unit.h"

static void
every_pair_gives_the_worse(void **state)
{
	static const enum status order[] = { BAD_USAGE, BAD_CONFIG, NOT_ALLOWED,
		BLOCKED, TRY_LATER, OUTPUT_FAILED, BAD_INPUT, SOME_REJECTED,
		DONE };
	enum { COUNT = sizeof(order) / sizeof(order[0]) };

	(void)state;
	for (int a = 0; a < COUNT; a++)
		for (int b = 0; b < COUNT; b++)
			assert_int_equal(
			    worst(order[a], order[b]), order[a < b ? a : b]);
}

static void
the_numbers_are_interface(void **state)
{
	(void)state;
	assert_int_equal(DONE, 0);
	assert_int_equal(SOME_REJECTED, 1);
	assert_int_equal(BAD_USAGE, 64);
	assert_int_equal(BAD_INPUT, 65);
	assert_int_equal(BLOCKED, 69);
	assert_int_equal(OUTPUT_FAILED, 74);
	assert_int_equal(TRY_LATER, 75);
	assert_int_equal(NOT_ALLOWED, 77);
	assert_int_equal(BAD_CONFIG, 78);
}

static void
fail_fills_one_line(void **state)
{
	struct error err;

	(void)state;
	memset(&err, 'x', sizeof(err));
	assert_int_equal(
	    fail(&err, TRY_LATER, "a\nb\tc%c%s", 0x7F, "d"), TRY_LATER);
	assert_string_equal(err.text, "a b c d");
	assert_string_equal(err.code, "");
	assert_string_equal(err.class_, "");
	assert_string_equal(err.advice, "");
}

static void
fail_may_quote_the_text_it_replaces(void **state)
{
	struct error err;

	(void)state;
	fail(&err, BAD_CONFIG, "inner");
	fail(&err, BAD_CONFIG, "outer: %s", err.text);
	assert_string_equal(err.text, "outer: inner");
	reject(&err, "a", "inner");
	reject(&err, err.code, "outer: %s", err.text);
	assert_string_equal(err.code, "a");
	assert_string_equal(err.text, "outer: inner");
	error_add(&err, ": %s", err.text);
	assert_string_equal(err.text, "outer: inner: outer: inner");
	error_say(&err, "%s", "inner");
	error_join(&err, "; ", &err);
	assert_string_equal(err.text, "inner; inner");
	assert_string_equal(err.code, "a");
	fail_at(&err, BAD_INPUT, "line %d", 7);
	assert_string_equal(err.text, "line 7: inner; inner");
	assert_string_equal(error_told(&err), err.text);
	assert_string_equal(err.code, "");
	error_advise(&err, "first");
	error_advise(&err, "%s, then second", err.advice);
	assert_string_equal(err.advice, "first, then second");
}

static void
reject_is_for_the_record(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(
	    reject(&err, "campo_ausente", "%s is missing", "id"), 1);
	assert_string_equal(err.code, "campo_ausente");
	assert_string_equal(err.class_, "dados");
	assert_string_equal(err.text, "id is missing");
	assert_string_equal(err.advice, "");
	error_advise(&err, "add %s", "it");
	assert_string_equal(err.advice, "add it");
}

static void
a_long_text_ends_at_a_whole_character(void **state)
{
	static const char *const characters[] = { "x", "\u00E7", "\u20AC",
		"\U0001F600" };
	char big[2048];
	struct error err;

	(void)state;
	for (size_t c = 0; c < 4; c++) {
		size_t width = strlen(characters[c]);
		for (size_t lead = 0; lead < 4; lead++) {
			memset(big, 'a', lead);
			for (size_t i = 0; i < 300; i++)
				memcpy(big + lead + i * width, characters[c],
				    width);
			big[lead + 300 * width] = '\0';
			fail(&err, BAD_INPUT, "%s%s", big, big);
			size_t room = sizeof(err.text) - 1;
			assert_true(strlen(err.text) <= room);
			assert_true(strlen(err.text) + 4 > room);
			size_t whole = (strlen(err.text) - lead) % width;
			if (300 * width > room)
				assert_int_equal(whole, 0);
		}
	}
}

static void
a_line_is_utf8_without_controls(void **state)
{
	static const char *const cases[][2] = {
		{ "a\nb\r\x7F\x01z", "a b   z" },
		{ "S\xE3o", "S?o" },
		{ "\xE3", "?" },
		{ "\xC3", "?" },
		{ "S\xC3\xA3o \xE2\x82\xAC \xF0\x9F\x98\x80",
		    "S\xC3\xA3o \xE2\x82\xAC \xF0\x9F\x98\x80" },
		{ "\xC0\x80", "??" },		/* overlong */
		{ "\xED\xA0\x80", "???" },	/* surrogate */
		{ "\xF4\x90\x80\x80", "????" }, /* beyond U+10FFFF */
		{ "\xFF\xFE", "??" },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fail(&err, BAD_INPUT, "%s", cases[i][0]);
		assert_string_equal(err.text, cases[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_gives_the_worse),
		cmocka_unit_test(the_numbers_are_interface),
		cmocka_unit_test(fail_fills_one_line),
		cmocka_unit_test(fail_may_quote_the_text_it_replaces),
		cmocka_unit_test(reject_is_for_the_record),
		cmocka_unit_test(a_line_is_utf8_without_controls),
		cmocka_unit_test(a_long_text_ends_at_a_whole_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
