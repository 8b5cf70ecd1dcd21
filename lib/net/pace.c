/* The limits of an account, waited for in turn by all of its processes. */
#include "net/pace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/filter.h"

enum {
	TOLD_MS = 1000,
	STEP_MS = 200,
	/* No run sleeps longer: it ends and says when to come back. */
	MAX_WAIT_MS = 600 * 1000,
	MARGIN_S = 2, /* omie-api 2.3: wait N + 2 */
	QUEUE_STEP_MAX_MS = 50,
	/* Of the time waited so far, between two looks at a call's end. */
	LOOK_DIVISOR = 24,
	LOOK_MAX_MS = 20
};

struct pace {
	struct pace_limits limits;
	struct pace_keeper *keeper;
	pace_waiting_fn waiting;
	void *ctx;
	/* The call in hand. */
	const char *method;
	struct pace_call call;
	uint64_t queue, flight; /* rights; the second while it is in flight */
	int64_t sent, waited_ms;
	int told; /* the enum pace_why that was said last, -1: none */
	char why_careful[300];
	struct error broken; /* of the last pace_end */
	enum status broken_status;
};

struct pace *
pace_open(const struct pace_limits *limits, struct pace_keeper *keeper,
    pace_waiting_fn waiting, void *ctx)
{
	struct pace *p = mem_zalloc(sizeof(*p));

	p->limits = *limits;
	p->keeper = keeper;
	p->waiting = waiting;
	p->ctx = ctx;
	return p;
}

void
pace_close(struct pace *p)
{
	if (p == NULL)
		return;
	if (p->keeper != NULL)
		p->keeper->ops->close(p->keeper);
	free(p);
}

void
pace_when(int64_t s, char out[INSTANT_TEXT])
{
	static const struct clock wall = { 0 };

	instant_format(clock_now(&wall) + s * 1000, out);
}

/* ----------------------------------------------------------------- turns */

/* A turn at the state; what was not left as it should be is noted at once. */
static enum status
enter(struct pace *p, struct pace_state **s, struct pace_now *now, bool *keep,
    struct error *err)
{
	enum pace_trust trust;
	enum status status =
	    p->keeper->ops->enter(p->keeper, s, now, &trust, err);
	const char *what = NULL;

	*keep = false;
	if (status != DONE)
		return status;
	if (pace_carry(*s, &p->limits, now))
		what = "was left by another boot";
	if (trust != PACE_KNOWN) {
		pace_be_careful(*s, &p->limits, now->ms);
		what = trust == PACE_GONE ? "was taken away" : "is damaged";
	}
	if (what == NULL)
		return DONE;
	snprintf(p->why_careful, sizeof(p->why_careful),
	    "what left before is not known: %s %s",
	    p->keeper->ops->name(p->keeper), what);
	*keep = true;
	return DONE;
}

static enum status
leave(struct pace *p, bool keep, bool durable, struct error *err)
{
	return p->keeper->ops->leave(p->keeper, keep, durable, err);
}

/* How long, and for what; with `count`, a call that may leave is counted. */
static enum status
ask(struct pace *p, bool count, struct pace_wait *wait, struct error *err)
{
	struct pace_state *s;
	struct pace_now now;
	struct error why;
	enum status status, kept;
	bool keep;

	if ((status = enter(p, &s, &now, &keep, err)) != DONE)
		return status;
	status = pace_ask(s, &p->limits, &p->call, &now, wait, err);
	if (status == DONE && wait->ms <= 0 && count) {
		pace_sent(s, &p->limits, &p->call, now.ms);
		p->sent = now.ms;
		keep = true;
	}
	if ((kept = leave(p, keep, false, &why)) != DONE && status == DONE) {
		*err = why;
		return kept;
	}
	return status;
}

/* --------------------------------------------------------------- waiting */

static enum status
stopped(const struct pace *p, struct error *err)
{
	return fail(err, TRY_LATER,
	    "Omie %s: a signal asked to stop before the call", p->method);
}

static enum status
nap(struct pace *p, int64_t ms, struct error *err)
{
	if (!filter_stop)
		clock_sleep_ms(ms < STEP_MS ? ms : STEP_MS);
	if (filter_stop)
		return stopped(p, err);
	return p->keeper->ops->hold == NULL
	    ? DONE
	    : p->keeper->ops->hold(p->keeper, err);
}

static const char *
reason(const struct pace *p, enum pace_why why)
{
	switch (why) {
	case PACE_RATE:
		return "the calls a minute of the method";
	case PACE_ADDRESS:
		return "the calls a minute of this address";
	case PACE_FULL:
		return "more calls than the limiter can remember";
	case PACE_SAME:
		return "the same call left a while ago";
	case PACE_STATED:
		return "Omie stated so";
	case PACE_LIMITED:
		return "Omie refused the rate: others use the account too";
	case PACE_CAREFUL:
		return p->why_careful[0] != '\0'
		    ? p->why_careful
		    : "what left before is not known";
	default:
		return "another process has its call";
	}
}

/* PACE_FREE: another process is at work. */
static void
tell(struct pace *p, int64_t ms, enum pace_why why)
{
	char text[400];

	if (p->waiting == NULL || p->told == (int)why)
		return;
	p->told = (int)why;
	snprintf(text, sizeof(text), "%s: %s", p->method, reason(p, why));
	p->waiting(ms, text, p->ctx);
}

static enum status
sleep_for(struct pace *p, const struct pace_wait *wait, struct error *err)
{
	int64_t until = clock_monotonic_ms() + wait->ms, left;
	enum status status;
	char when[INSTANT_TEXT];

	if (wait->ms > MAX_WAIT_MS) {
		pace_when((wait->ms + 999) / 1000, when);
		return fail(err, BLOCKED,
		    "Omie %s: nothing may leave for another %" PRId64
		    " s, until %s",
		    p->method, (wait->ms + 999) / 1000, when);
	}
	if (wait->ms > TOLD_MS || wait->why == PACE_CAREFUL)
		tell(p, wait->ms, wait->why);
	while ((left = until - clock_monotonic_ms()) > 0)
		if ((status = nap(p, left, err)) != DONE)
			return status;
	return DONE;
}

/* What is waited for with the right to send in hand: it is the same for
 * whoever is next. The rest would keep others from calls that may leave. */
static bool
is_common(const struct pace_wait *wait)
{
	return wait->why <= PACE_FULL;
}

static enum status
wait_outside(struct pace *p, struct error *err)
{
	struct pace_wait wait;
	enum status status;

	while (
	    (status = ask(p, false, &wait, err)) == DONE && !is_common(&wait))
		if ((status = sleep_for(p, &wait, err)) != DONE)
			return status;
	return status;
}

/* Looks again and again, less often the longer it takes. */
static enum status
take(struct pace *p, uint64_t what, int64_t longest_ms, struct error *err)
{
	int64_t began = clock_monotonic_ms(), waited = 0, step;
	enum status status;
	bool mine = false;

	for (;;) {
		status = p->keeper->ops->take(p->keeper, what, &mine, err);
		if (status != DONE || mine)
			return status;
		if ((waited = clock_monotonic_ms() - began) > TOLD_MS)
			tell(p, 0, PACE_FREE);
		step = waited / LOOK_DIVISOR;
		step = step > longest_ms ? longest_ms : step < 1 ? 1 : step;
		if ((status = nap(p, step, err)) != DONE)
			return status;
	}
}

static void
give(struct pace *p, uint64_t what)
{
	p->keeper->ops->give(p->keeper, what);
}

/*
 * Two rights: one to have a call in flight, one to be the next that gets it. So
 * nobody who just had one takes it again while somebody waits: he has to queue,
 * and the place is taken.
 */
static enum status
take_turn(struct pace *p, struct error *err)
{
	int64_t step = pace_apart(&p->limits) / 5;
	enum status status;

	step = step > QUEUE_STEP_MAX_MS ? QUEUE_STEP_MAX_MS : step;
	if ((status = take(p, p->queue, step < 1 ? 1 : step, err)) != DONE)
		return status;
	status = take(p, p->flight, LOOK_MAX_MS, err);
	give(p, p->queue);
	return status;
}

/* With the right in hand: DONE and *off when the call may leave. */
static enum status
wait_inside(struct pace *p, bool *off, struct error *err)
{
	struct pace_wait wait;
	enum status status;

	for (*off = false;;) {
		if ((status = ask(p, !filter_stop, &wait, err)) != DONE)
			return status;
		if (filter_stop)
			return stopped(p, err);
		if ((*off = wait.ms <= 0) || !is_common(&wait))
			return DONE;
		if ((status = sleep_for(p, &wait, err)) != DONE)
			return status;
	}
}

static enum status
wait_for_own(struct pace *p, int64_t not_before, struct error *err)
{
	struct pace_wait wait = { not_before - clock_monotonic_ms(),
		PACE_STATED };

	return not_before == 0 || wait.ms <= 0 ? DONE
					       : sleep_for(p, &wait, err);
}

int64_t
pace_waited_ms(const struct pace *p)
{
	return p->waited_ms;
}

static enum status
wait_for_all(struct pace *p, int64_t not_before, struct error *err)
{
	enum status status;
	bool off;

	if ((status = wait_for_own(p, not_before, err)) != DONE)
		return status;
	for (;;) {
		if ((status = take_turn(p, err)) != DONE)
			return status;
		status = wait_inside(p, &off, err);
		if (off)
			return DONE;
		give(p, p->flight);
		if (status != DONE || (status = wait_outside(p, err)) != DONE)
			return status;
	}
}

enum status
pace_begin(struct pace *p, const char *method, bool write, struct text params,
    int64_t not_before, struct error *err)
{
	int64_t began = clock_monotonic_ms();
	enum status status;

	if (p->broken_status != DONE) {
		*err = p->broken;
		return p->broken_status;
	}
	p->method = method;
	p->told = -1;
	p->call = pace_call_of(method, params);
	/* Writes of all methods are one after another (omie-api 2.1). */
	p->flight = write ? 0 : p->call.method << 4;
	p->queue = p->flight + 8;
	status = wait_for_all(p, not_before, err);
	p->waited_ms += clock_monotonic_ms() - began;
	return status;
}

/* ---------------------------------------------------------------- outcome */

static void
note(struct pace *p, struct pace_state *s, int64_t now,
    const struct pace_outcome *o)
{
	const struct pace_limits *l = &p->limits;

	if (o->sent)
		pace_answered(s, l, &p->call, p->sent, now);
	else
		pace_withdraw(s, l, &p->call, p->sent);
	if (o->error)
		pace_error(s, l, &p->call, now);
	if (o->wait_s > 0)
		pace_wait_until(
		    s, l, &p->call, now + (o->wait_s + MARGIN_S) * 1000, now);
	else if (o->limited)
		pace_limited_until(s, now + pace_rate_window(l) + 1);
	if (o->shut_s > 0)
		pace_blocked_until(s, now + (o->shut_s + MARGIN_S) * 1000);
}

void
pace_end(struct pace *p, const struct pace_outcome *outcome)
{
	struct pace_state *s;
	struct pace_now now;
	struct error err;
	enum status status;
	bool keep;

	if ((status = enter(p, &s, &now, &keep, &err)) == DONE) {
		note(p, s, now.ms, outcome);
		status =
		    leave(p, true, outcome->error || outcome->shut_s > 0, &err);
	}
	give(p, p->flight);
	if (status != DONE) {
		p->broken = err;
		p->broken_status = status;
	}
}
