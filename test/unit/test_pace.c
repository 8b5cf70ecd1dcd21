#include <stdio.h>

#include "net/pace.h"

#include "unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static const struct pace_limits documented = { .per_minute = 240,
	.window_ms = 60000,
	.error_budget = 10,
	.block_ms = 1800000 };

/* -1: BLOCKED. */
static int64_t
ask(struct pace *p, const char *method, const char *params, int64_t now)
{
	struct error err = { 0 };
	int64_t wait_ms = -2;
	enum status s =
	    pace_ask(p, method, text_of(params), now, &wait_ms, &err);

	assert_true(s == DONE || s == BLOCKED);
	return s == DONE ? wait_ms : -1;
}

static void
leave(struct pace *p, const char *method, const char *params, int64_t now)
{
	pace_sent(p, method, text_of(params), now);
}

static void
the_first_call_leaves_at_once(void **state)
{
	struct pace *p = pace_open(&documented);

	(void)state;
	assert_int_equal(ask(p, "A", "{}", 0), 0);
	/* Asking is not sending. */
	assert_int_equal(ask(p, "A", "{}", 0), 0);
	assert_int_equal(ask(p, "A", "{}", -5000), 0);
	pace_close(p);
	pace_close(NULL);
}

static void
calls_of_a_method_keep_apart(void **state)
{
	static const struct {
		int64_t per_minute, apart_ms;
	} rows[] = { { 240, 250 }, { 60, 1000 }, { 7, 8572 }, { 1, 60001 },
		{ 0, 60001 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace_limits limits = documented;
		struct pace *p;

		limits.per_minute = rows[i].per_minute;
		p = pace_open(&limits);
		leave(p, "A", "1", 1000);
		assert_int_equal(ask(p, "A", "2", 1000), rows[i].apart_ms);
		assert_int_equal(ask(p, "A", "2", 1001), rows[i].apart_ms - 1);
		assert_int_equal(ask(p, "A", "2", 1000 + rows[i].apart_ms), 0);
		assert_int_equal(ask(p, "B", "2", 1000), 0);
		pace_close(p);
	}
}

/* Eager and late calls in turn: count what falls into each 60 s. */
static void
no_minute_holds_more_than_the_limit(void **state)
{
	enum { CALLS = 3000 };
	static int64_t at[CALLS];
	static const int64_t limits[] = { 240, 100, 7, 1 };

	(void)state;
	for (size_t k = 0; k < LENGTH(limits); k++) {
		struct pace_limits l = documented;
		int64_t now = 12345, most = limits[k];
		struct pace *p;

		l.per_minute = most;
		p = pace_open(&l);
		for (int64_t i = 0; i < CALLS; i++) {
			char params[20];

			snprintf(params, sizeof(params), "%d", (int)i);
			now += ask(p, "A", params, now);
			assert_int_equal(ask(p, "A", params, now), 0);
			leave(p, "A", params, now);
			at[i] = now;
			now += i % 700 == 0 ? 40000 : i % 3;
			if (i >= most)
				assert_true(at[i] - at[i - most] > 60000);
		}
		pace_close(p);
	}
}

static void
identical_calls_wait_out_the_window(void **state)
{
	static const struct {
		int64_t window_ms, wait_ms; /* after 10 s of it */
	} rows[] = { { 60000, 52000 }, { 30000, 21000 }, { 10100, 436 },
		{ 1000, 0 }, { 0, 0 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace_limits limits = documented;
		struct pace *p;

		limits.window_ms = rows[i].window_ms;
		p = pace_open(&limits);
		leave(p, "A", "{\"p\":1}", 0);
		leave(p, "A", "{\"p\":2}", 5000);
		assert_int_equal(
		    ask(p, "A", "{\"p\":1}", 10000), rows[i].wait_ms);
		assert_int_equal(ask(p, "A", "{\"p\":3}", 10000), 0);
		assert_int_equal(ask(p, "B", "{\"p\":1}", 10000), 0);
		assert_int_equal(
		    ask(p, "A", "{\"p\":1}", 10000 + rows[i].wait_ms), 0);
		pace_close(p);
	}
}

static void
the_window_begins_again_with_each_call(void **state)
{
	struct pace *p = pace_open(&documented);

	(void)state;
	leave(p, "A", "x", 0);
	assert_int_equal(ask(p, "A", "x", 61999), 1);
	leave(p, "A", "x", 62000);
	assert_int_equal(ask(p, "A", "x", 63000), 61000);
	/* Where method ends and parameters begin matters. */
	leave(p, "AB", "C", 70000);
	assert_int_equal(ask(p, "A", "BC", 70000), 0);
	pace_close(p);
}

static void
errors_stop_before_the_lock_out(void **state)
{
	struct pace *p = pace_open(&documented);
	struct error err = { 0 };
	int64_t wait_ms;

	(void)state;
	for (int i = 0; i < 7; i++)
		pace_error(p, "A", i * 1000);
	assert_int_equal(ask(p, "A", "x", 7000), 0);
	pace_error(p, "A", 7000);
	assert_int_equal(
	    pace_ask(p, "A", TEXT("x"), 7001, &wait_ms, &err), BLOCKED);
	assert_string_equal(err.text,
	    "Omie answered with nearly as many errors as it takes to be shut "
	    "out; it ends in 1793 seconds");
	assert_int_equal(wait_ms, 1792999);
	assert_int_equal(ask(p, "B", "x", 7001), 0);
	assert_int_equal(ask(p, "A", "x", 1799999), -1);
	assert_int_equal(ask(p, "A", "x", 1800000), 0);
	/* One more: the second of the first eight must grow old as well. */
	pace_error(p, "A", 1800500);
	assert_int_equal(ask(p, "A", "x", 1800999), -1);
	assert_int_equal(ask(p, "A", "x", 1801000), 0);
	assert_int_equal(ask(p, "A", "x", 9000000), 0);
	pace_close(p);
}

static void
a_small_budget_allows_one_error(void **state)
{
	static const int64_t budgets[] = { 0, 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < LENGTH(budgets); i++) {
		struct pace_limits limits = documented;
		struct pace *p;

		limits.error_budget = budgets[i];
		p = pace_open(&limits);
		assert_int_equal(ask(p, "A", "x", 0), 0);
		pace_error(p, "A", 0);
		assert_int_equal(ask(p, "A", "x", 1), -1);
		pace_close(p);
	}
}

static void
stated_waits_are_obeyed(void **state)
{
	struct pace *p = pace_open(&documented);

	(void)state;
	pace_wait(p, "A", 30000);
	pace_wait(p, "A", 20000);
	assert_int_equal(ask(p, "A", "x", 1000), 29000);
	assert_int_equal(ask(p, "B", "x", 1000), 0);
	assert_int_equal(ask(p, "A", "x", 30000), 0);
	/* The longest wait holds. */
	leave(p, "A", "x", 30000);
	pace_wait(p, "A", 40000);
	assert_int_equal(ask(p, "A", "y", 30000), 10000);
	assert_int_equal(ask(p, "A", "x", 30000), 62000);
	pace_close(p);
}

static void
a_block_stops_every_method(void **state)
{
	struct pace *p = pace_open(&documented);
	struct error err = { 0 };
	int64_t wait_ms;

	(void)state;
	pace_block(p, 1789000);
	pace_block(p, 5000);
	assert_int_equal(
	    pace_ask(p, "A", TEXT("x"), 1, &wait_ms, &err), BLOCKED);
	assert_string_equal(
	    err.text, "Omie shut this account out; it ends in 1789 seconds");
	assert_int_equal(ask(p, "B", "x", 1788999), -1);
	assert_int_equal(ask(p, "B", "x", 1789000), 0);
	pace_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_call_leaves_at_once),
		cmocka_unit_test(calls_of_a_method_keep_apart),
		cmocka_unit_test(no_minute_holds_more_than_the_limit),
		cmocka_unit_test(identical_calls_wait_out_the_window),
		cmocka_unit_test(the_window_begins_again_with_each_call),
		cmocka_unit_test(errors_stop_before_the_lock_out),
		cmocka_unit_test(a_small_budget_allows_one_error),
		cmocka_unit_test(stated_waits_are_obeyed),
		cmocka_unit_test(a_block_stops_every_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
