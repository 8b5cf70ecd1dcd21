/* The limits as rules over one state: no file, no clock, no other process. */
#include <stdio.h>
#include <stdlib.h>

#include "net/pace_state.h"

#include "unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static const struct pace_limits documented = { .per_minute = 240,
	.window_ms = 60000,
	.error_budget = 10,
	.block_ms = 1800000 };

/* 2026-11-26T00:00:00Z */
static const int64_t WALL = INT64_C(1795651200000);

/* A state and the limits it is looked at with. */
struct pace {
	struct pace_limits limits;
	struct pace_state s;
};

static struct pace_now
moment(int64_t ms)
{
	return (struct pace_now){ .ms = ms, .wall = WALL + ms, .boot = "one" };
}

static struct pace *
open_at(const struct pace_limits *limits, int64_t ms)
{
	struct pace *p = malloc(sizeof(*p));
	struct pace_now now = moment(ms);

	assert_non_null(p);
	p->limits = *limits;
	pace_begin_state(&p->s, &now);
	return p;
}

static struct pace *
open_new(const struct pace_limits *limits)
{
	return open_at(limits, -10000);
}

static enum status
ask_why(struct pace *p, const char *method, const char *params, int64_t ms,
    struct pace_wait *wait, struct error *err)
{
	struct pace_call call = pace_call_of(method, text_of(params));
	struct pace_now now = moment(ms);

	return pace_ask(&p->s, &p->limits, &call, &now, wait, err);
}

/* -1: BLOCKED. */
static int64_t
ask(struct pace *p, const char *method, const char *params, int64_t ms)
{
	struct error err = { 0 };
	struct pace_wait wait;
	enum status s = ask_why(p, method, params, ms, &wait, &err);

	assert_true(s == DONE || s == BLOCKED);
	return s == DONE ? wait.ms : -1;
}

static enum pace_why
why(struct pace *p, const char *method, const char *params, int64_t ms)
{
	struct error err = { 0 };
	struct pace_wait wait;

	assert_int_equal(ask_why(p, method, params, ms, &wait, &err), DONE);
	return wait.why;
}

static void
leave(struct pace *p, const char *method, const char *params, int64_t now)
{
	struct pace_call call = pace_call_of(method, text_of(params));

	pace_sent(&p->s, &p->limits, &call, now);
}

static void
come_back(struct pace *p, const char *method, const char *params, int64_t sent,
    int64_t now)
{
	struct pace_call call = pace_call_of(method, text_of(params));

	pace_answered(&p->s, &p->limits, &call, sent, now);
}

static void
go_wrong(struct pace *p, const char *method, int64_t now)
{
	struct pace_call call = pace_call_of(method, TEXT(""));

	pace_error(&p->s, &p->limits, &call, now);
}

static void
hold(struct pace *p, const char *method, int64_t until)
{
	struct pace_call call = pace_call_of(method, TEXT(""));

	pace_wait_until(&p->s, &p->limits, &call, until, 0);
}

static void
the_first_call_leaves_at_once(void **state)
{
	struct pace *p = open_new(&documented);

	(void)state;
	assert_int_equal(ask(p, "A", "{}", 0), 0);
	/* Asking is not sending. */
	assert_int_equal(ask(p, "A", "{}", 0), 0);
	free(p);
}

static void
calls_of_a_method_keep_apart(void **state)
{
	static const struct {
		int64_t per_minute, apart_ms;
	} rows[] = { { 240, 250 }, { 60, 1000 }, { 7, 8571 }, { 1, 60001 },
		{ 0, 60001 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace_limits limits = documented;
		struct pace *p;

		limits.per_minute = rows[i].per_minute;
		p = open_new(&limits);
		leave(p, "A", "1", 1000);
		assert_int_equal(ask(p, "A", "2", 1000), rows[i].apart_ms);
		assert_int_equal(ask(p, "A", "2", 1001), rows[i].apart_ms - 1);
		assert_int_equal(ask(p, "A", "2", 1000 + rows[i].apart_ms), 0);
		assert_int_equal(ask(p, "B", "2", 1000), 0);
		free(p);
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
		p = open_new(&l);
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
		free(p);
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
		p = open_new(&limits);
		leave(p, "A", "{\"p\":1}", 0);
		leave(p, "A", "{\"p\":2}", 5000);
		assert_int_equal(
		    ask(p, "A", "{\"p\":1}", 10000), rows[i].wait_ms);
		assert_int_equal(ask(p, "A", "{\"p\":3}", 10000), 0);
		assert_int_equal(ask(p, "B", "{\"p\":1}", 10000), 0);
		assert_int_equal(
		    ask(p, "A", "{\"p\":1}", 10000 + rows[i].wait_ms), 0);
		free(p);
	}
}

static void
the_window_begins_again_with_each_call(void **state)
{
	struct pace *p = open_new(&documented);

	(void)state;
	leave(p, "A", "x", 0);
	assert_int_equal(ask(p, "A", "x", 61999), 1);
	leave(p, "A", "x", 62000);
	assert_int_equal(ask(p, "A", "x", 63000), 61000);
	/* Where method ends and parameters begin matters. */
	leave(p, "AB", "C", 70000);
	assert_int_equal(ask(p, "A", "BC", 70000), 0);
	free(p);
}

static void
errors_stop_before_the_lock_out(void **state)
{
	struct pace *p = open_new(&documented);
	struct error err = { 0 };
	struct pace_wait wait;

	(void)state;
	for (int i = 0; i < 7; i++)
		go_wrong(p, "A", i * 1000);
	assert_int_equal(ask(p, "A", "x", 7000), 0);
	go_wrong(p, "A", 7000);
	assert_int_equal(ask_why(p, "A", "x", 7001, &wait, &err), BLOCKED);
	assert_string_equal(err.text,
	    "Omie answered with nearly as many errors as it takes to be shut "
	    "out; it ends in 1793 seconds, at 2026-11-26T00:30:00Z");
	assert_int_equal(wait.ms, 1792999);
	assert_int_equal(ask(p, "B", "x", 7001), 0);
	assert_int_equal(ask(p, "A", "x", 1799999), -1);
	assert_int_equal(ask(p, "A", "x", 1800000), 0);
	/* One more: the second of the first eight must grow old as well. */
	go_wrong(p, "A", 1800500);
	assert_int_equal(ask(p, "A", "x", 1800999), -1);
	assert_int_equal(ask(p, "A", "x", 1801000), 0);
	assert_int_equal(ask(p, "A", "x", 9000000), 0);
	free(p);
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
		p = open_new(&limits);
		assert_int_equal(ask(p, "A", "x", 0), 0);
		go_wrong(p, "A", 0);
		assert_int_equal(ask(p, "A", "x", 1), -1);
		free(p);
	}
}

static void
stated_waits_are_obeyed(void **state)
{
	struct pace *p = open_new(&documented);

	(void)state;
	hold(p, "A", 30000);
	hold(p, "A", 20000);
	assert_int_equal(ask(p, "A", "x", 1000), 29000);
	assert_int_equal(ask(p, "B", "x", 1000), 0);
	assert_int_equal(ask(p, "A", "x", 30000), 0);
	/* The longest wait holds. */
	leave(p, "A", "x", 30000);
	hold(p, "A", 40000);
	assert_int_equal(ask(p, "A", "y", 30000), 10000);
	assert_int_equal(ask(p, "A", "x", 30000), 62000);
	free(p);
}

static void
a_block_stops_every_method(void **state)
{
	struct pace *p = open_new(&documented);
	struct error err = { 0 };
	struct pace_wait wait;

	(void)state;
	pace_blocked_until(&p->s, 1789000);
	pace_blocked_until(&p->s, 5000);
	assert_int_equal(ask_why(p, "A", "x", 1, &wait, &err), BLOCKED);
	assert_string_equal(err.text,
	    "Omie shut this account out; it ends in 1789 seconds, "
	    "at 2026-11-26T00:29:49Z");
	assert_int_equal(ask(p, "B", "x", 1788999), -1);
	assert_int_equal(ask(p, "B", "x", 1789000), 0);
	free(p);
}

/* ------------------------------------------------------ what is shared too */

static void
the_reserve_is_left_to_others(void **state)
{
	static const struct {
		int64_t per_minute, reserve, apart_ms, most;
	} rows[] = { { 240, 0, 250, 240 }, { 240, 25, 333, 180 },
		{ 240, 50, 500, 120 }, { 240, 90, 2500, 24 },
		{ 1, 50, 120000, 1 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace_limits limits = documented;
		struct pace *p;
		int64_t now = 0, last = 0;

		limits.per_minute = rows[i].per_minute;
		limits.reserve = rows[i].reserve;
		limits.window_ms = 0;
		assert_int_equal(pace_apart(&limits), rows[i].apart_ms);
		p = open_new(&limits);
		for (int n = 0; n < rows[i].most; n++) {
			now += ask(p, "A", "", now);
			leave(p, "A", "", now);
			last = now;
		}
		assert_true(last < 60000);
		assert_true(last + ask(p, "A", "", last) > 60000);
		free(p);
	}
}

/* Four methods at full rate share one address. */
static void
the_address_has_a_rate_of_its_own(void **state)
{
	static const char *const methods[] = { "A", "B", "C", "D" };
	struct pace_limits limits = documented;
	struct pace *p;

	(void)state;
	limits.ip_per_minute = 6;
	p = open_new(&limits);
	for (int i = 0; i < 6; i++)
		leave(p, methods[i % 4], "", 1000);
	assert_int_equal(why(p, "E", "x", 1000), PACE_ADDRESS);
	/* The mark is at the end of its quarter of a second. */
	assert_int_equal(ask(p, "E", "x", 1000), 60001);
	assert_int_equal(ask(p, "E", "x", 61001), 0);
	limits.ip_per_minute = 0; /* 960 */
	free(p);
	p = open_new(&limits);
	for (int i = 0; i < 960; i++)
		leave(p, methods[i % 4], "", 1000 + i);
	assert_int_equal(why(p, "E", "x", 2000), PACE_ADDRESS);
	free(p);
}

/* Omie's clock begins between sending and answer: the later one is safe. */
static void
what_is_answered_late_counts_from_then(void **state)
{
	struct pace_limits limits = documented;
	struct pace *p;

	(void)state;
	limits.per_minute = 1;
	limits.window_ms = 90000;
	p = open_new(&limits);
	leave(p, "A", "x", 1000);
	assert_int_equal(ask(p, "A", "y", 60000), 1001);
	assert_int_equal(ask(p, "A", "x", 60000), 34000);
	come_back(p, "A", "x", 1000, 21000);
	assert_int_equal(ask(p, "A", "y", 60000), 21001);
	assert_int_equal(ask(p, "A", "x", 60000), 54000);
	/* Once, not twice. */
	assert_int_equal(ask(p, "A", "y", 81001), 0);
	free(p);
}

static void
what_never_left_is_taken_back(void **state)
{
	struct pace_limits limits = documented;
	struct pace_call call = pace_call_of("A", TEXT("x"));
	struct pace *p;

	(void)state;
	limits.ip_per_minute = limits.per_minute = 2;
	p = open_new(&limits);
	leave(p, "A", "y", 0);
	leave(p, "A", "x", 30000);
	pace_withdraw(&p->s, &limits, &call, 30000);
	assert_int_equal(ask(p, "A", "x", 60000), 0);
	leave(p, "A", "x", 60000);
	assert_int_equal(ask(p, "A", "z", 60000), 30000);
	free(p);
}

/* A call that left late is made up for, a long rest is not. */
static void
a_late_call_is_caught_up(void **state)
{
	struct pace *p = open_new(&documented);
	int64_t at[] = { 0, 250, 900, 1000, 1001, 1250 };

	(void)state;
	for (size_t i = 0; i < LENGTH(at); i++) {
		int64_t from = i > 0 ? at[i - 1] : 0, wait;
		char params[8];

		snprintf(params, sizeof(params), "%zu", i);
		wait = ask(p, "A", params, from);
		assert_true(from + wait <= at[i]);
		leave(p, "A", params, at[i]);
	}
	/* Six calls: on time again. */
	assert_int_equal(ask(p, "A", "x", 1250), 250);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ask(p, "A", "x", 30000), 0);
		leave(p, "A", "y", 30000);
	}
	assert_int_equal(ask(p, "A", "x", 30000), 250);
	free(p);
}

/* Any rate fits in the same room, and uses what is permitted. */
static void
the_rate_is_used(void **state)
{
	static const struct {
		int64_t per_minute, window_ms, late_ms;
	} rows[] = { { 240, 60000, 0 }, { 240, 60000, 100 }, { 2400, 6000, 5 },
		{ 14400, 1000, 1 }, { 60000, 60000, 0 }, { 1000, 60000, 13 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace_limits l = { .per_minute = rows[i].per_minute,
			.ip_per_minute = rows[i].per_minute,
			.error_budget = 10,
			.block_ms = 1,
			.rate_window_ms = rows[i].window_ms };
		struct pace *p = open_new(&l);
		int64_t now = 0, calls = 3 * rows[i].per_minute, wait;

		for (int64_t n = 0; n < calls; n++) {
			while ((wait = ask(p, "A", "", now)) > 0)
				now += wait;
			leave(p, "A", "", now);
			come_back(p, "A", "", now, now + rows[i].late_ms);
			now += rows[i].late_ms;
		}
		/* Three minutes' worth, in no more than 3 % above it. */
		if (now < 3 * 60000 * 99 / 100 || now > 3 * 60000 * 103 / 100)
			fail_msg("row %zu: %lld ms", i, (long long)now);
		free(p);
	}
}

static void
a_refused_rate_holds_every_method(void **state)
{
	struct pace *p = open_new(&documented);

	(void)state;
	pace_limited_until(&p->s, 60001);
	pace_limited_until(&p->s, 30000);
	assert_int_equal(ask(p, "A", "x", 0), 60001);
	assert_int_equal(why(p, "B", "x", 60000), PACE_LIMITED);
	assert_int_equal(ask(p, "A", "x", 60001), 0);
	free(p);
}

/* What there is no room for waits; nothing is forgotten for it. */
static void
a_full_state_waits(void **state)
{
	struct pace_limits limits = documented;
	struct pace *p;
	char params[20];

	(void)state;
	limits.per_minute = limits.ip_per_minute = 60000;
	p = open_new(&limits);
	for (int i = 0; i < PACE_CALLS; i++) {
		snprintf(params, sizeof(params), "%d", i);
		leave(p, "A", params, i);
	}
	assert_int_equal(why(p, "A", "x", 2000), PACE_FULL);
	assert_int_equal(ask(p, "A", "x", 2000), 60000);
	assert_int_equal(ask(p, "A", "0", 62000), 0);
	assert_int_equal(ask(p, "A", "1", 62000), 1);
	free(p);

	p = open_new(&documented);
	for (int i = 0; i < PACE_METHODS; i++) {
		snprintf(params, sizeof(params), "M%d", i);
		leave(p, params, "", 0);
	}
	assert_int_equal(why(p, "A", "x", 1000), PACE_FULL);
	assert_int_equal(ask(p, "M0", "x", 1000), 0);
	/* An error of a method without a place is not lost. */
	go_wrong(p, "A", 1000);
	assert_int_equal(why(p, "M0", "x", 1000), PACE_CAREFUL);
	assert_true(ask(p, "M0", "x", 1801000) > 0);
	free(p);

	/* A place is free again once there is nothing to remember. */
	p = open_new(&documented);
	for (int i = 0; i < PACE_METHODS; i++) {
		snprintf(params, sizeof(params), "M%d", i);
		leave(p, params, "", 0);
		if (i > 0)
			go_wrong(p, params, 0);
	}
	assert_int_equal(ask(p, "A", "x", 60001), 0);
	leave(p, "A", "x", 60001);
	assert_int_equal(why(p, "B", "x", 60002), PACE_FULL);
	free(p);
}

/* More errors than there is room for: each counts, some for longer. */
static void
no_error_is_forgotten(void **state)
{
	struct pace_limits limits = documented;
	struct pace *p;

	(void)state;
	limits.error_budget = 1002;
	p = open_new(&limits);
	for (int i = 0; i < 999; i++)
		go_wrong(p, "A", i * 1000);
	assert_int_equal(ask(p, "A", "x", 999000), 0);
	go_wrong(p, "A", 999000);
	assert_int_equal(ask(p, "A", "x", 999001), -1);
	assert_int_equal(ask(p, "A", "x", 1799999), -1);
	assert_int_equal(ask(p, "A", "x", 999000 + 1800000), 0);
	free(p);
}

/* --------------------------------------------------- kept, and found again */

static void
a_state_is_what_it_was_sealed_as(void **state)
{
	struct pace *p = open_at(&documented, 5000);
	struct pace_now now = moment(6000);
	unsigned char *bytes = (unsigned char *)&p->s;

	(void)state;
	assert_int_equal(pace_check(&p->s), PACE_TORN); /* never sealed */
	leave(p, "A", "x", 5500);
	pace_seal(&p->s, &now);
	assert_int_equal(p->s.serial, 1);
	assert_int_equal(pace_check(&p->s), PACE_INTACT);
	/* Any byte of it. */
	for (size_t i = 0; i < sizeof(p->s); i += 7) {
		bytes[i] ^= 0x10;
		assert_int_not_equal(pace_check(&p->s), PACE_INTACT);
		bytes[i] ^= 0x10;
	}
	p->s.version++;
	assert_int_equal(pace_check(&p->s), PACE_NEWER);
	p->s.version = 0;
	assert_int_equal(pace_check(&p->s), PACE_FOREIGN);
	p->s.version = PACE_VERSION;
	p->s.size--;
	assert_int_equal(pace_check(&p->s), PACE_FOREIGN);
	p->s.size++;
	/* The right checksum over figures that would lead astray. */
	for (int i = 0; i < 5; i++) {
		struct pace_state bad = p->s;

		bad.sent_count = i == 0 ? PACE_SENT + 1 : 0;
		bad.seen_count = i == 1 ? PACE_CALLS + 1 : 0;
		bad.methods[3].errors_count = i == 2 ? PACE_ERRORS + 1 : 0;
		bad.methods[3].slot = i == 3 ? INT64_MIN : 0;
		bad.blocked_until = i == 4 ? INT64_MAX : 0;
		pace_seal(&bad, &now);
		assert_int_equal(pace_check(&bad), PACE_TORN);
	}
	memset(&p->s, 0xff, sizeof(p->s));
	assert_int_equal(pace_check(&p->s), PACE_FOREIGN);
	memset(&p->s, 0, sizeof(p->s));
	assert_int_equal(pace_check(&p->s), PACE_FOREIGN);
	free(p);
}

/* A lock-out until 2,000,000 and eight errors at 1,000,000, saved then, and
 * looked at later. */
static void
a_state_is_carried_over_a_reboot(void **state)
{
	static const struct {
		const char *name, *boot;
		int64_t ms, wall_ms; /* since the boot; since it was saved */
		bool carried;
		int64_t blocked, careful, errors; /* for how long from then */
	} rows[] = {
		{ "the same boot", "one", 1100000, 100000, false, 900000, 0,
		    1700000 },
		{ "the time of day was set", "one", 1100000, -5000000, false,
		    900000, 0, 1700000 },
		{ "a reboot", "two", 20000, 100000, true, 900000, 42000,
		    1700000 },
		{ "a long while after", "two", 9000000, 9100000, true, 0, 0,
		    0 },
		{ "the time of day went back", "two", 20000, -3600000, true,
		    980000, 42000, 1780000 },
		{ "it stood still", "two", 20000, 0, true, 980000, 42000,
		    1780000 },
		{ "a clock behind, the same boot", "one", 400000, 50000, true,
		    1000000, 62000, 1800000 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace *p = open_at(&documented, 0);
		struct pace_now now = moment(1000000);

		for (int n = 0; n < 8; n++)
			go_wrong(p, "A", 1000000);
		leave(p, "B", "x", 1000000);
		pace_blocked_until(&p->s, 2000000);
		pace_seal(&p->s, &now);
		now.ms = rows[i].ms;
		now.wall += rows[i].wall_ms;
		snprintf(now.boot, sizeof(now.boot), "%s", rows[i].boot);
		if (pace_carry(&p->s, &documented, &now) != rows[i].carried)
			fail_msg("%s: carried", rows[i].name);
		assert_false(pace_carry(&p->s, &documented, &now));
		now.wall = WALL;
		for (int n = 0; n < 3; n++) {
			int64_t want = n == 0 ? rows[i].blocked
			    : n == 1	      ? rows[i].careful
					      : rows[i].errors;
			int64_t end = n == 0 ? p->s.blocked_until
			    : n == 1	     ? p->s.careful_until
				     : p->s.methods[0].errors[0].at + 1800000;

			end -= now.ms;
			if ((end > 0 ? end : 0) != want)
				fail_msg("%s: %d: %lld, not %lld", rows[i].name,
				    n, (long long)end, (long long)want);
		}
		pace_seal(&p->s, &now);
		assert_int_equal(pace_check(&p->s), PACE_INTACT);
		free(p);
	}
}

static void
care_is_taken_for_the_longer_window(void **state)
{
	static const struct {
		int64_t window_ms, rate_window_ms, ms;
	} rows[] = { { 60000, 0, 62000 }, { 0, 0, 60001 },
		{ 1000, 5000, 5001 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace_limits limits = documented;
		struct pace *p;

		limits.window_ms = rows[i].window_ms;
		limits.rate_window_ms = rows[i].rate_window_ms;
		p = open_at(&limits, 0);
		pace_be_careful(&p->s, &limits, 1000);
		assert_int_equal(why(p, "A", "x", 1000), PACE_CAREFUL);
		assert_int_equal(ask(p, "A", "x", 1000), rows[i].ms);
		assert_int_equal(ask(p, "A", "x", 1000 + rows[i].ms), 0);
		free(p);
	}
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
		cmocka_unit_test(the_reserve_is_left_to_others),
		cmocka_unit_test(the_address_has_a_rate_of_its_own),
		cmocka_unit_test(what_is_answered_late_counts_from_then),
		cmocka_unit_test(what_never_left_is_taken_back),
		cmocka_unit_test(a_late_call_is_caught_up),
		cmocka_unit_test(the_rate_is_used),
		cmocka_unit_test(a_refused_rate_holds_every_method),
		cmocka_unit_test(a_full_state_waits),
		cmocka_unit_test(no_error_is_forgotten),
		cmocka_unit_test(a_state_is_what_it_was_sealed_as),
		cmocka_unit_test(a_state_is_carried_over_a_reboot),
		cmocka_unit_test(care_is_taken_for_the_longer_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
