/* core/screen: text in columns, whatever it is made of. */
#include <string.h>

#include "core/screen.h"
#include "unit/unit.h"

static const struct {
	const char *text;
	size_t columns;
	const char *in_ten; /* as ten columns show it, at the left */
} CASES[] = {
	{ "", 0, "          " },
	{ "abc", 3, "abc       " },
	{ "São João", 8, "São João  " },
	/* The accents are signs of their own. */
	{ "Sa\u0303o Joa\u0303o", 8, "Sa\u0303o Joa\u0303o  " },
	{ "exactly 10", 10, "exactly 10" },
	{ "one more 11", 11, "one more …" },
	{ "東京物流", 8, "東京物流  " },
	{ "東京物流会", 10, "東京物流会" },
	/* Half of a wide sign is none: a blank in its place. */
	{ "東京物流会社", 12, "東京物流… " },
	{ "caminhão 🚚", 11, "caminhão …" },
	/* What would move the terminal or turn the text round. */
	{ "a\033[2Jb", 6, "a?[2Jb    " },
	{ "a\u202eb\xc2\x85"
	  "c",
	    5, "a?b?c     " },
	/* A character that was torn counts as one. */
	{ "abc\xc3", 4, "abc\xc3      " },
};

enum { COUNT = sizeof(CASES) / sizeof(CASES[0]) };

static void
columns_are_counted_as_they_are_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		if (screen_columns(text_of(CASES[i].text)) != CASES[i].columns)
			fail_msg("%s: %zu", CASES[i].text,
			    screen_columns(text_of(CASES[i].text)));
}

static void
a_column_is_filled_to_its_width(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		buf_reset(&out);
		screen_column(&out, text_of(CASES[i].text), 10, LEFT);
		assert_string_equal(buf_cstr(&out), CASES[i].in_ten);
	}
	buf_reset(&out);
	screen_column(&out, TEXT("1.234,56"), 10, RIGHT);
	assert_string_equal(buf_cstr(&out), "  1.234,56");
	buf_clear(&out);
}

static void
text_is_cut_between_characters(void **state)
{
	struct text t = TEXT("não sei");

	(void)state;
	assert_int_equal(screen_fit(&t, 2), 2);
	assert_int_equal(t.len, 3);
	t = TEXT("東京");
	assert_int_equal(screen_fit(&t, 3), 2);
	assert_int_equal(t.len, 3);
	t = TEXT("abc");
	assert_int_equal(screen_fit(&t, 0), 0);
	assert_int_equal(t.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_counted_as_they_are_shown),
		cmocka_unit_test(a_column_is_filled_to_its_width),
		cmocka_unit_test(text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
