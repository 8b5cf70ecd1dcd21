/* Section 2: rate, concurrency, redundancy, and the block for misuse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "sim/omie-sim/sim.h"

enum { MINUTE_MS = 60 * 1000, SWEEP_ABOVE = 4096 };

/* Moments of a sliding window, oldest first. */
struct moments {
	int64_t *at;
	size_t first, count, room;
};

/* An identical call inside the window. */
struct seen {
	int64_t first; /* simulated ms */
	int times;
	struct sim_answer answer; /* --redundancy third */
	bool kept;
};

struct gate {
	struct moments calls, errors;
	int64_t blocked_until;
	int64_t in_flight;
	int64_t held_until; /* real ms: a hanging call is still in work */
	struct table seen;
};

static void
moments_expire(struct moments *m, int64_t before)
{
	while (m->count > 0 && m->at[m->first] <= before) {
		m->first++;
		m->count--;
	}
	if (m->count == 0)
		m->first = 0;
}

static void
moments_add(struct moments *m, int64_t now)
{
	if (m->first > 0 && m->first + m->count == m->room) {
		memmove(m->at, m->at + m->first, m->count * sizeof(*m->at));
		m->first = 0;
	}
	if (m->count == m->room) {
		m->room = m->room == 0 ? 32 : m->room * 2;
		m->at = mem_realloc(m->at, m->room * sizeof(*m->at));
	}
	m->at[m->first + m->count++] = now;
}

static struct gate *
gate_of(struct limits *l, const char *method)
{
	struct gate *gate = table_get(&l->methods, text_of(method));

	if (gate == NULL) {
		gate = mem_zalloc(sizeof(*gate));
		table_put(&l->methods, text_of(method), gate);
	}
	return gate;
}

/*
 * 2.5: every HTTP 500 counts [S], also "not registered" and "no records". The
 * tenth of one method in the window blocks it [S]; the length of the window is
 * [?]. The whole key instead of the method: --block-scope key [1].
 */
static void
count_error(struct call *c, struct gate *gate)
{
	const struct settings *set = c->sim->set;
	struct limits *l = &c->sim->limits;

	c->sim->faults++;
	if (set->error_budget == 0)
		return;
	moments_expire(&gate->errors, c->now - set->error_window_s * 1000);
	moments_add(&gate->errors, c->now);
	if ((int64_t)gate->errors.count < set->error_budget)
		return;
	gate->errors.count = 0;
	if (set->block_scope == BLOCK_KEY)
		l->blocked_until = c->now + set->block_s * 1000;
	else
		gate->blocked_until = c->now + set->block_s * 1000;
	call_note(
	    c, "%sblocked from now on", c->answer->note[0] != '\0' ? "; " : "");
}

/* A wait of so many seconds is enough: rounded up. */
static long long
seconds_until(int64_t until, int64_t now)
{
	return (until - now + 999) / 1000;
}

/* 2.5 [S]. That a further call prolongs the block is [S], by how much is [?]:
 * --block-extend, never beyond a whole block from now. */
static bool
pass_block(struct call *c, struct gate *gate)
{
	const struct settings *set = c->sim->set;
	int64_t *until = set->block_scope == BLOCK_KEY
	    ? &c->sim->limits.blocked_until
	    : &gate->blocked_until;
	int64_t most = c->now + set->block_s * 1000;

	if (c->now >= *until)
		return true;
	*until += set->block_extend_s * 1000;
	*until = *until < most ? *until : most;
	return call_fault_as(c, 425, "MISUSE_API_PROCESS",
	    "ERROR: API bloqueada por consumo indevido. Tente novamente em "
	    "%lld segundos.",
	    seconds_until(*until, c->now));
}

/* 2.1 [D]: 240 a minute per method of one key and address, 960 per address.
 * The body is [?] (2.6), so it is not even JSON here. */
static bool
pass_rate(struct call *c, struct gate *gate)
{
	const struct settings *set = c->sim->set;
	struct limits *l = &c->sim->limits;

	if (l->address == NULL)
		l->address = mem_zalloc(sizeof(*l->address));
	moments_expire(&gate->calls, c->now - MINUTE_MS);
	moments_expire(&l->address->calls, c->now - MINUTE_MS);
	if ((set->rate > 0 && (int64_t)gate->calls.count >= set->rate) ||
	    (set->ip_rate > 0 &&
		(int64_t)l->address->calls.count >= set->ip_rate)) {
		reply_page(c->answer, 429, "429: Too many Requests",
		    "Too many Requests");
		call_note(c, "rate");
		return false;
	}
	moments_add(&gate->calls, c->now);
	moments_add(&l->address->calls, c->now);
	return true;
}

/* 2.1 [?]: documented are 4, measured was 1 per method [R]; the text is that
 * of 2.4 [R, Oct 2026]. */
static bool
pass_concurrency(struct call *c, const struct gate *gate)
{
	int64_t held = clock_monotonic_ms() < gate->held_until;

	if (gate->in_flight + held < c->sim->set->concurrency)
		return true;
	return call_fault(c, 1880,
	    "ERROR: Já existe uma requisição desse método sendo executada e "
	    "você pode tentar novamente em alguns instantes. (1)");
}

static void
release_seen(void *item)
{
	struct seen *seen = item;

	buf_clear(&seen->answer.body);
	free(seen);
}

static bool
seen_is_over(void *item, void *ctx)
{
	return ((struct seen *)item)->first <= *(int64_t *)ctx;
}

static struct seen *
seen_of(struct call *c, struct gate *gate, struct text identity)
{
	int64_t before = c->now - c->sim->set->window_s * 1000;
	struct seen *seen = table_get(&gate->seen, identity);

	if (seen != NULL && seen->first <= before) {
		seen->first = c->now;
		seen->times = 0;
		seen->kept = false;
	}
	if (seen != NULL)
		return seen;
	if (gate->seen.count > SWEEP_ABOVE)
		table_sweep(&gate->seen, seen_is_over, release_seen, &before);
	seen = mem_zalloc(sizeof(*seen));
	seen->first = c->now;
	table_put(&gate->seen, identity, seen);
	return seen;
}

static void
answer_from_cache(struct call *c, const struct seen *seen)
{
	struct buf body = BUF_INIT;

	buf_add_text(&body, buf_text(&seen->answer.body));
	buf_clear(&c->answer->body);
	*c->answer = seen->answer;
	c->answer->body = body;
	c->encoded = true;
	snprintf(c->answer->note, sizeof(c->answer->note), "from the cache");
}

/*
 * 2.3: the same method with the same parameters inside the window [S], for
 * writes too [R]. Whether the second or the third is refused is [?]; a cache
 * that answers the second read is [I]. Counting from the first call, a retry
 * doesn't restart the window (58, then 54, in one log [?]).
 */
static bool
pass_redundancy(struct call *c, struct gate *gate, struct text identity)
{
	const struct settings *set = c->sim->set;
	bool third = set->redundancy == REDUNDANT_THIRD;
	struct seen *seen;
	int64_t until;

	if (set->redundancy == REDUNDANT_OFF || set->window_s == 0 ||
	    (set->redundancy == REDUNDANT_READS && c->method->write))
		return true;
	seen = seen_of(c, gate, identity);
	if (++seen->times <= 1 || (third && seen->times == 2)) {
		if (seen->times == 1 || !seen->kept)
			return true;
		answer_from_cache(c, seen);
		return false;
	}
	until = seen->first + set->window_s * 1000;
	return call_fault(c, 6,
	    "ERROR: Consumo redundante detectado. Aguarde %lld segundos para "
	    "tentar novamente (REDUNDANT).",
	    seconds_until(until, c->now));
}

/* 3: `Method "X" not exists`, wording approximate [1], code invented. */
static bool
pass_method(struct call *c, const char *name)
{
	if (c->method != NULL)
		return true;
	return call_fault(c, 9001, "ERROR: Method \"%s\" not exists !", name);
}

struct gate *
limits_enter(struct call *c, const char *method, struct text identity)
{
	/* One gate for all that don't exist, or names would fill memory. */
	struct gate *gate =
	    gate_of(&c->sim->limits, c->method == NULL ? "" : method);

	if (pass_block(c, gate) && pass_rate(c, gate) &&
	    pass_method(c, method) && pass_concurrency(c, gate) &&
	    pass_redundancy(c, gate, identity)) {
		gate->in_flight++;
		return gate;
	}
	if (c->answer->status == 500)
		count_error(c, gate);
	return NULL;
}

void
limits_leave(struct call *c, struct gate *gate, struct text identity)
{
	struct seen *seen = table_get(&gate->seen, identity);

	gate->in_flight--;
	if (c->answer->status == 500)
		count_error(c, gate);
	if (seen == NULL || c->method->write || seen->times != 1 ||
	    c->answer->cut != SIM_WHOLE ||
	    c->sim->set->redundancy != REDUNDANT_THIRD)
		return;
	buf_clear(&seen->answer.body);
	seen->answer = *c->answer;
	seen->answer.body = BUF_INIT;
	buf_add_text(&seen->answer.body, buf_text(&c->answer->body));
	seen->kept = true;
}

void
limits_hold(struct gate *gate, int64_t real_ms)
{
	gate->held_until = clock_monotonic_ms() + real_ms;
}

static bool
any(void *item, void *ctx)
{
	(void)item;
	(void)ctx;
	return true;
}

/* The gate stays: a call may be in flight through it. */
static bool
reset_gate(void *item, void *ctx)
{
	struct gate *gate = item;

	(void)ctx;
	gate->calls.count = gate->errors.count = 0;
	gate->blocked_until = gate->held_until = 0;
	table_sweep(&gate->seen, any, release_seen, NULL);
	return false;
}

void
limits_reset(struct limits *l)
{
	table_sweep(&l->methods, reset_gate, free, NULL);
	if (l->address != NULL)
		l->address->calls.count = 0;
	l->blocked_until = 0;
}
