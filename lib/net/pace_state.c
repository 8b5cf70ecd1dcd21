/* Limits as bookkeeping: what left when, and what came back as an error. */
#include "net/pace_state.h"

#include <string.h>

#include "core/civil.h"
#include "net/pace_marks.h"

enum {
	MINUTE_MS = 60000,
	IP_PER_MINUTE = 960, /* omie-api 2.1 */
	MIN_MARGIN_MS = 50,
	/* A late call may be made up for: so many leave without their gap. */
	CAUGHT_UP = 4,
	MARKS_PER_WINDOW = 240,
	ASK_AGAIN_MS = 1000
};

static int64_t
at_least(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---------------------------------------------------------------- limits */

static int64_t
percent_free(const struct pace_limits *l)
{
	return at_least(100 - at_least(l->reserve, 0), 1);
}

static int64_t
ip_per_minute(const struct pace_limits *l)
{
	return l->ip_per_minute > 0 ? l->ip_per_minute : IP_PER_MINUTE;
}

int64_t
pace_rate_window(const struct pace_limits *l)
{
	return l->rate_window_ms > 0 ? l->rate_window_ms : MINUTE_MS;
}

static int64_t
most_per_window(const struct pace_limits *l, int64_t per_minute)
{
	return at_least(per_minute * percent_free(l) * pace_rate_window(l) /
		(INT64_C(100) * MINUTE_MS),
	    1);
}

/* Rounded down: the window holds no more all the same. */
int64_t
pace_apart(const struct pace_limits *l)
{
	return INT64_C(100) * MINUTE_MS /
	    (at_least(l->per_minute, 1) * percent_free(l));
}

int64_t
pace_same_window(const struct pace_limits *l)
{
	if (l->window_ms <= 0)
		return 0;
	return l->window_ms + at_least(l->window_ms / 30, MIN_MARGIN_MS);
}

/* Calls of one 240th of the window share a mark, at its end: any rate fits. */
static int64_t
quantum(const struct pace_limits *l, int64_t at)
{
	int64_t step = at_least(pace_rate_window(l) / MARKS_PER_WINDOW, 1);

	return floor_div(at + step - 1, step) * step;
}

/* --------------------------------------------------------------- methods */

/* FNV-1a. Two that meet by chance cost a needless wait, nothing else. */
static uint64_t
hash(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ at[i]) * UINT64_C(1099511628211);
	return h;
}

struct pace_call
pace_call_of(const char *method, struct text params)
{
	struct pace_call c;

	c.method =
	    hash(UINT64_C(14695981039346656037), method, strlen(method) + 1);
	c.call = hash(c.method, params.at, params.len);
	c.method |= 1; /* 0 is no method */
	return c;
}

static bool
at_rest(struct pace_method *m, const struct pace_limits *l, int64_t now)
{
	marks_forget(MARKS(m, sent), now - pace_rate_window(l));
	marks_forget(MARKS(m, errors), now - l->block_ms);
	return m->sent_count == 0 && m->errors_count == 0 &&
	    m->wait_until <= now && m->slot <= now;
}

/* The method's place; else, with `make`, a free one, or one of which there is
 * nothing to remember any more. NULL: there is none. */
static struct pace_method *
method_of(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t now, bool make)
{
	struct pace_method *place = NULL;

	for (size_t i = 0; i < PACE_METHODS; i++) {
		struct pace_method *m = &s->methods[i];

		if (m->name == call->method)
			return m;
		if (place == NULL && make &&
		    (m->name == 0 || at_rest(m, l, now)))
			place = m;
	}
	if (place == NULL)
		return NULL;
	memset(place, 0, sizeof(*place));
	place->name = call->method;
	place->slot = place->wait_until = now;
	return place;
}

/* ------------------------------------------------------------------- ask */

/* When the call may leave, by one rule after the other. */
static void
not_before(
    struct pace_wait *wait, int64_t now, int64_t until, enum pace_why why)
{
	if (until > now && until - now > wait->ms)
		*wait = (struct pace_wait){ until - now, why };
}

static int64_t
identical_until(
    const struct pace_state *s, const struct pace_limits *l, uint64_t call)
{
	for (uint32_t i = s->seen_count; i-- > 0;)
		if (s->seen[i].call == call)
			return s->seen[i].at + pace_same_window(l);
	return INT64_MIN;
}

static void
forget_seen(struct pace_state *s, int64_t until)
{
	uint32_t gone = 0;

	while (gone < s->seen_count && s->seen[gone].at <= until)
		gone++;
	if (gone == 0)
		return;
	s->seen_count -= gone;
	memmove(s->seen, s->seen + gone, s->seen_count * sizeof(*s->seen));
}

/* No window, both ends included, holds more than the limit. */
static void
ask_rate(struct marks sent, const struct pace_limits *l, int64_t per_minute,
    int64_t now, enum pace_why why, struct pace_wait *wait)
{
	int64_t at;

	marks_forget(sent, now - pace_rate_window(l));
	at =
	    marks_in_the_way(sent, most_per_window(l, at_least(per_minute, 1)));
	if (at != INT64_MIN)
		not_before(wait, now, at + pace_rate_window(l) + 1, why);
}

static enum status
refuse(const char *why, int64_t until, const struct pace_now *now,
    struct pace_wait *wait, struct error *err)
{
	char when[INSTANT_TEXT];

	*wait = (struct pace_wait){ until - now->ms, PACE_STATED };
	instant_format(now->wall + wait->ms + 999, when);
	return fail(err, BLOCKED, "%s; it ends in %lld seconds, at %s", why,
	    (long long)((wait->ms + 999) / 1000), when);
}

static enum status
ask_errors(struct pace_method *m, const struct pace_limits *l,
    const struct pace_now *now, struct pace_wait *wait, struct error *err)
{
	int64_t most = at_least(l->error_budget - PACE_ERRORS_SPARED, 1), at;

	marks_forget(MARKS(m, errors), now->ms - l->block_ms + 1);
	if ((at = marks_in_the_way(MARKS(m, errors), most)) == INT64_MIN)
		return DONE;
	return refuse("Omie answered with nearly as many errors as it takes to "
		      "be shut out",
	    at + l->block_ms, now, wait, err);
}

enum status
pace_ask(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, const struct pace_now *now,
    struct pace_wait *wait, struct error *err)
{
	struct pace_method *m = method_of(s, l, call, now->ms, true);
	enum status status = DONE;

	*wait = (struct pace_wait){ 0, PACE_FREE };
	if (s->blocked_until > now->ms)
		return refuse("Omie shut this account out", s->blocked_until,
		    now, wait, err);
	forget_seen(s, now->ms - pace_same_window(l));
	if (m == NULL) {
		*wait = (struct pace_wait){ ASK_AGAIN_MS, PACE_FULL };
		return DONE;
	}
	if ((status = ask_errors(m, l, now, wait, err)) != DONE)
		return status;
	not_before(wait, now->ms, m->slot, PACE_RATE);
	ask_rate(MARKS(m, sent), l, l->per_minute, now->ms, PACE_RATE, wait);
	ask_rate(
	    MARKS(s, sent), l, ip_per_minute(l), now->ms, PACE_ADDRESS, wait);
	if (s->seen_count == PACE_CALLS)
		not_before(wait, now->ms, s->seen[0].at + pace_same_window(l),
		    PACE_FULL);
	not_before(wait, now->ms, identical_until(s, l, call->call), PACE_SAME);
	not_before(wait, now->ms, m->wait_until, PACE_STATED);
	not_before(wait, now->ms, s->wait_until, PACE_LIMITED);
	not_before(wait, now->ms, s->careful_until, PACE_CAREFUL);
	return DONE;
}

/* -------------------------------------------------------------- accounts */

static void
see(struct pace_state *s, const struct pace_limits *l, uint64_t call,
    int64_t now)
{
	forget_seen(s, now - pace_same_window(l));
	if (pace_same_window(l) == 0)
		return;
	/* Nobody sends without asking, and who asked has waited for room. */
	if (s->seen_count == PACE_CALLS)
		forget_seen(s, s->seen[0].at);
	s->seen[s->seen_count++] = (struct pace_seen){ call, now };
}

/* Takes away the newest of that call. */
static void
unsee(struct pace_state *s, uint64_t call)
{
	for (uint32_t i = s->seen_count; i-- > 0;) {
		if (s->seen[i].call != call)
			continue;
		s->seen_count--;
		memmove(s->seen + i, s->seen + i + 1,
		    (s->seen_count - i) * sizeof(*s->seen));
		return;
	}
}

void
pace_sent(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t now)
{
	struct pace_method *m = method_of(s, l, call, now, true);
	int64_t apart = pace_apart(l);

	see(s, l, call->call, now);
	marks_add(MARKS(s, sent), quantum(l, now));
	if (m == NULL)
		return;
	marks_add(MARKS(m, sent), quantum(l, now));
	m->slot = at_least(m->slot, now - CAUGHT_UP * apart) + apart;
}

void
pace_withdraw(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t sent)
{
	struct pace_method *m = method_of(s, l, call, sent, false);

	unsee(s, call->call);
	marks_take(MARKS(s, sent), quantum(l, sent));
	if (m != NULL)
		marks_take(MARKS(m, sent), quantum(l, sent));
}

void
pace_answered(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t sent, int64_t now)
{
	struct pace_method *m = method_of(s, l, call, now, true);

	pace_withdraw(s, l, call, sent);
	see(s, l, call->call, now);
	marks_add(MARKS(s, sent), quantum(l, now));
	if (m != NULL)
		marks_add(MARKS(m, sent), quantum(l, now));
}

void
pace_error(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t now)
{
	struct pace_method *m = method_of(s, l, call, now, true);

	if (m == NULL) /* it would be lost: nothing leaves instead */
		pace_be_careful(s, l, now + l->block_ms);
	else
		marks_add(MARKS(m, errors), now);
}

void
pace_wait_until(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t until, int64_t now)
{
	struct pace_method *m = method_of(s, l, call, now, true);

	if (m == NULL)
		pace_limited_until(s, until);
	else
		m->wait_until = at_least(m->wait_until, until);
}

void
pace_limited_until(struct pace_state *s, int64_t until)
{
	s->wait_until = at_least(s->wait_until, until);
}

void
pace_blocked_until(struct pace_state *s, int64_t until)
{
	s->blocked_until = at_least(s->blocked_until, until);
}

void
pace_be_careful(
    struct pace_state *s, const struct pace_limits *l, int64_t since)
{
	s->careful_until = at_least(s->careful_until,
	    since + at_least(pace_same_window(l), pace_rate_window(l) + 1));
}
