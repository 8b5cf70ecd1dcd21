/* Text, growing buffers and arenas. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/error.h"
#include "unit/unit.h"

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
texts_compare_by_bytes_and_length(void **state)
{
	static const struct {
		struct text a, b;
		int order;
	} rows[] = {
		{ { "", 0 }, { "", 0 }, 0 },
		{ { NULL, 0 }, { "", 0 }, 0 },
		{ { NULL, 0 }, { NULL, 0 }, 0 },
		{ { "", 0 }, { "a", 1 }, -1 },
		{ { "a", 1 }, { "ab", 2 }, -1 },
		{ { "b", 1 }, { "ab", 2 }, 1 },
		{ { "a\0b", 3 }, { "a\0c", 3 }, -1 },
		{ { "\xc3\xa3", 2 }, { "z", 1 }, 1 },
		{ { "same", 4 }, { "same", 4 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct text a = rows[i].a, b = rows[i].b;

		assert_int_equal(sign(text_order(a, b)), rows[i].order);
		assert_int_equal(sign(text_order(b, a)), -rows[i].order);
		assert_int_equal(text_same(a, b), rows[i].order == 0);
	}
	assert_true(text_is(TEXT("abc"), "abc"));
	assert_false(text_is(TEXT("abc"), "ab"));
	assert_false(text_is(TEXT("a\0b"), "a"));
	assert_int_equal(text_of("abc").len, 3);
}

static void
a_buffer_grows(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_text(&b).len, 0);
	buf_add(&b, NULL, 0);
	buf_add_str(&b, "one ");
	buf_add_text(&b, TEXT("two "));
	buf_add_byte(&b, '3');
	buf_printf(&b, " %d%s", 4, " five");
	buf_printf(&b, "%s", "");
	assert_string_equal(buf_cstr(&b), "one two 3 4 five");
	assert_true(text_is(buf_text(&b), "one two 3 4 five"));
	for (int i = 0; i < 100000; i++)
		buf_add_byte(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 100016);
	assert_int_equal(b.data[100015], 'a' + 99999 % 26);
	assert_int_equal(buf_cstr(&b)[100016], 0);
	assert_false(b.overflown);
	buf_clear(&b);
	buf_clear(&b);
	buf_add_str(&b, "again");
	assert_string_equal(buf_cstr(&b), "again");
	buf_clear(&b);
}

static void
a_buffer_stops_at_its_ceiling(void **state)
{
	/* Around the first allocation, and around a doubled one. */
	static const size_t ceilings[] = { 1, 10, 250, 255, 256, 257, 512,
		1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(ceilings) / sizeof(*ceilings); i++) {
		struct buf b = { .max = ceilings[i] };

		for (size_t n = 0; n < ceilings[i]; n++)
			buf_add_byte(&b, 'x');
		assert_false(b.overflown);
		assert_int_equal(strlen(buf_cstr(&b)), ceilings[i]);
		buf_add_str(&b, "");
		assert_false(b.overflown);
		buf_add_byte(&b, 'y');
		assert_true(b.overflown);
		buf_add_str(&b, "");
		assert_int_equal(b.len, ceilings[i]);
		buf_reset(&b);
		assert_false(b.overflown);
		buf_add_byte(&b, 'z');
		assert_string_equal(buf_cstr(&b), "z");
		buf_clear(&b);
		assert_int_equal(b.max, ceilings[i]);
	}
}

static void
what_does_not_fit_is_dropped_whole(void **state)
{
	struct buf b = { .max = 5 };

	(void)state;
	buf_add_str(&b, "abc");
	buf_printf(&b, "%s", "def");
	buf_add_str(&b, "g");
	assert_true(b.overflown);
	assert_string_equal(buf_cstr(&b), "abc");
	assert_false(buf_reserve(&b, 0));
	buf_reset(&b);
	assert_true(buf_reserve(&b, 5));
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_true(b.overflown);
	buf_clear(&b);
	b = BUF_INIT;
	assert_false(buf_reserve(&b, BUF_DEFAULT_MAX + (size_t)1));
	buf_clear(&b);
}

static void
memory_is_copied_and_zeroed(void **state)
{
	char *s = mem_strdup("abc"), *t = mem_text(TEXT("d\0e"));
	char *zero = mem_zalloc(100);
	char *none = mem_text((struct text){ NULL, 0 });

	(void)state;
	assert_string_equal(s, "abc");
	assert_memory_equal(t, "d\0e", 4);
	assert_string_equal(none, "");
	for (int i = 0; i < 100; i++)
		assert_int_equal(zero[i], 0);
	s = mem_realloc(s, 1000);
	assert_string_equal(s, "abc");
	free(s);
	free(t);
	free(zero);
	free(none);
	free(mem_alloc(0));
}

/* The address sanitizer would end the process itself, with other words. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
no_memory_ends_the_process_with_one_line(void **state)
{
	static const char want[] = "test_buf: out of memory\n";
	char said[4096];
	int ends[2], exit_status;
	ssize_t len;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		mem_alloc(SIZE_MAX / 4);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(child, &exit_status, 0), child);
	len = read(ends[0], said, sizeof(said) - 1);
	close(ends[0]);
	assert_true(len >= (ssize_t)sizeof(want) - 1);
	said[len] = '\0';
	assert_string_equal(said + len - (sizeof(want) - 1), want);
	assert_true(WIFEXITED(exit_status));
	assert_int_equal(WEXITSTATUS(exit_status), TRY_LATER);
}

static void
an_arena_gives_memory_that_stays(void **state)
{
	struct arena a = ARENA_INIT;
	char *kept[500];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 500; i++) {
			kept[i] = arena_alloc(&a, (size_t)i);
			assert_int_equal((uintptr_t)kept[i] % 16, 0);
			memset(kept[i], i & 0xff, (size_t)i);
		}
		for (int i = 0; i < 500; i++)
			for (int k = 0; k < i; k++)
				assert_int_equal(
				    (unsigned char)kept[i][k], i & 0xff);
		assert_true(a.used <= a.size);
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_clear(&a);
	arena_clear(&a);
	arena_reset(&a);
}

/* One chunk holds a whole round by then, so that a reset frees nothing. */
static void
a_warm_arena_asks_for_no_more(void **state)
{
	struct arena a = ARENA_INIT;
	size_t held;

	(void)state;
	for (int round = 0; round < 10; round++) {
		held = a.size;
		for (int i = 0; i < 1000; i++)
			arena_alloc(&a, 100);
		if (round > 2)
			assert_int_equal(a.size, held);
		arena_reset(&a);
	}
	arena_clear(&a);
}

static void
an_arena_copies_text(void **state)
{
	struct arena a = ARENA_INIT;
	struct text t = arena_text(&a, TEXT("a\0b"));

	(void)state;
	assert_true(text_same(t, TEXT("a\0b")));
	assert_int_equal(t.at[3], 0);
	t = arena_text(&a, (struct text){ NULL, 0 });
	assert_string_equal(t.at, "");
	arena_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_compare_by_bytes_and_length),
		cmocka_unit_test(a_buffer_grows),
		cmocka_unit_test(a_buffer_stops_at_its_ceiling),
		cmocka_unit_test(what_does_not_fit_is_dropped_whole),
		cmocka_unit_test(memory_is_copied_and_zeroed),
		cmocka_unit_test(no_memory_ends_the_process_with_one_line),
		cmocka_unit_test(an_arena_gives_memory_that_stays),
		cmocka_unit_test(a_warm_arena_asks_for_no_more),
		cmocka_unit_test(an_arena_copies_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
