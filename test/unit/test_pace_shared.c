/* net/pace_shared: the limits in what several hosts share; here, in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "net/pace.h"

#include <cmocka.h>

static const struct pace_limits LIMITS = { .per_minute = 60,
	.window_ms = 2000,
	.error_budget = 10,
	.block_ms = 60000,
	.rate_window_ms = 60000 };

/* Of all hosts: the bytes, the clock, who has which right. */
struct memory {
	struct shared base;
	struct buf bytes;
	instant_ms now;
	int turns, holds, life_ms;
	bool lost; /* the turn, when it ends */
	char rights[200];
};

static enum status
enter(struct shared *s, const char *name, struct text *bytes, instant_ms *now,
    struct error *err)
{
	struct memory *m = (struct memory *)s;

	(void)err;
	assert_string_equal(name, "limites/account");
	assert_int_equal(m->turns++, 0);
	*bytes = buf_text(&m->bytes);
	*now = m->now;
	return DONE;
}

static enum status
leave(struct shared *s, const char *name, const struct text *bytes,
    struct error *err)
{
	struct memory *m = (struct memory *)s;
	struct buf kept = BUF_INIT;

	(void)name;
	assert_int_equal(m->turns--, 1);
	if (m->lost)
		return (fail)(err, TRY_LATER, "lost");
	if (bytes == NULL)
		return DONE;
	buf_add(&kept, bytes->at, bytes->len);
	buf_clear(&m->bytes);
	m->bytes = kept;
	return DONE;
}

static enum status
take(struct shared *s, const char *name, int64_t life_ms,
    const struct text *who, enum shared_right *whose, struct error *err)
{
	struct memory *m = (struct memory *)s;

	(void)err;
	(void)who;
	m->life_ms = (int)life_ms;
	*whose = strstr(m->rights, name) == NULL ? SHARED_OURS : SHARED_THEIRS;
	if (*whose == SHARED_OURS)
		snprintf(m->rights + strlen(m->rights),
		    sizeof(m->rights) - strlen(m->rights), "%s;", name);
	return DONE;
}

static void
give(struct shared *s, const char *name)
{
	struct memory *m = (struct memory *)s;
	char *at = strstr(m->rights, name);

	assert_non_null(at);
	memmove(at, strchr(at, ';') + 1, strlen(strchr(at, ';') + 1) + 1);
}

static enum status
hold(struct shared *s, struct error *err)
{
	(void)err;
	((struct memory *)s)->holds++;
	return DONE;
}

static const char *
name(const struct shared *s)
{
	(void)s;
	return "memory";
}

static const struct shared_ops OPS = { enter, leave, take, give, hold, NULL,
	NULL, name };

static struct memory
new_memory(void)
{
	return (struct memory){ .base = { &OPS },
		.bytes = BUF_INIT,
		.now = INT64_C(1790000000000) };
}

static char told[400];

static void
note_wait(int64_t ms, const char *why, void *ctx)
{
	(void)ms;
	(void)ctx;
	snprintf(told, sizeof(told), "%s", why);
}

static struct pace *
host(struct memory *m)
{
	told[0] = '\0';
	return pace_open(&LIMITS, pace_shared_open(&m->base, "account", 4711),
	    note_wait, NULL);
}

/* What a wait would take, without waiting: of the state that was left. */
static int64_t
wait_of(struct memory *m, const char *params)
{
	static struct pace_state state;
	const struct pace_now now = { .ms = m->now, .wall = m->now };
	struct pace_call call = pace_call_of("Listar", text_of(params));
	struct pace_wait wait;
	struct error err;

	assert_int_equal(m->bytes.len, sizeof(state));
	memcpy(&state, m->bytes.data, sizeof(state));
	assert_int_equal(
	    pace_ask(&state, &LIMITS, &call, &now, &wait, &err), DONE);
	return wait.ms;
}

static void
call(struct pace *p, const char *params)
{
	const struct pace_outcome well = { .sent = true };
	struct error err;

	assert_int_equal(
	    pace_begin(p, "Listar", false, text_of(params), 0, &err), DONE);
	pace_end(p, &well);
}

static void
test_one_host_knows_what_the_other_sent(void **unused)
{
	struct memory m = new_memory();
	struct pace *one = host(&m), *two = host(&m);

	(void)unused;
	call(one, "{}");
	assert_int_equal(m.life_ms, 4711);
	assert_string_equal(m.rights, "");
	assert_true(wait_of(&m, "{}") >= 2000);
	m.now += 3000;
	call(two, "{}"); /* nothing to wait for: it is known, and over */
	assert_string_equal(told, "");
	m.now += 1100;
	call(one, "{\"n\":2}");
	assert_string_equal(told, "");
	pace_close(one);
	pace_close(two);
	buf_clear(&m.bytes);
}

/* What the keeper says of the bytes that it finds, and of the moment. */
static enum pace_trust
look(struct memory *m, struct pace_keeper *k, struct pace_now *now)
{
	enum pace_trust trust = PACE_KNOWN;
	struct pace_state *state;
	struct error err;

	(void)m;
	assert_int_equal(k->ops->enter(k, &state, now, &trust, &err), DONE);
	assert_int_equal(k->ops->leave(k, false, false, &err), DONE);
	return trust;
}

static void
test_what_was_seen_is_missed_when_it_goes(void **unused)
{
	struct memory m = new_memory();
	struct pace_keeper *k = pace_shared_open(&m.base, "account", 1000);
	struct pace *other = host(&m);
	struct buf old = BUF_INIT;
	struct pace_now now;

	(void)unused;
	assert_int_equal(
	    look(&m, k, &now), PACE_KNOWN); /* there never was any */
	call(other, "{}");
	assert_int_equal(look(&m, k, &now), PACE_KNOWN);
	buf_add(&old, m.bytes.data, m.bytes.len);
	m.now += 5000;
	call(other, "{}");
	assert_int_equal(look(&m, k, &now), PACE_KNOWN);
	/* An older one, as from a copy; a torn one; a shorter one; none. */
	memcpy(m.bytes.data, old.data, old.len);
	assert_int_equal(look(&m, k, &now), PACE_DAMAGED);
	m.bytes.data[100] ^= 1;
	assert_int_equal(look(&m, k, &now), PACE_DAMAGED);
	m.bytes.len--;
	assert_int_equal(look(&m, k, &now), PACE_DAMAGED);
	m.bytes.len = 0;
	assert_int_equal(look(&m, k, &now), PACE_GONE);
	k->ops->close(k);
	pace_close(other);
	buf_clear(&old);
	buf_clear(&m.bytes);
}

static void
test_a_clock_put_back_a_little_stands_still(void **unused)
{
	struct memory m = new_memory();
	struct pace_keeper *k = pace_shared_open(&m.base, "account", 1000);
	struct pace *other = host(&m);
	instant_ms left = m.now;
	struct pace_now now;

	(void)unused;
	call(other, "{}");
	m.now = left - 4000; /* another server took over */
	look(&m, k, &now);
	assert_int_equal(now.ms, left);
	assert_int_equal(now.wall, left - 4000);
	m.now = left - 6000; /* that is not known any more: pace_carry()'s */
	look(&m, k, &now);
	assert_int_equal(now.ms, left - 6000);
	k->ops->close(k);
	pace_close(other);
	buf_clear(&m.bytes);
}

static void
test_a_turn_that_was_lost_lets_nothing_leave(void **unused)
{
	struct memory m = new_memory();
	struct pace *p = host(&m);
	struct error err;

	(void)unused;
	m.lost = true;
	assert_int_equal(
	    pace_begin(p, "Listar", false, TEXT("{}"), 0, &err), TRY_LATER);
	assert_string_equal(m.rights, "");
	pace_close(p);
	buf_clear(&m.bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_host_knows_what_the_other_sent),
		cmocka_unit_test(test_what_was_seen_is_missed_when_it_goes),
		cmocka_unit_test(test_a_clock_put_back_a_little_stands_still),
		cmocka_unit_test(test_a_turn_that_was_lost_lets_nothing_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
