/* The state as it is kept: stamped, checked, carried over a reboot. */
#include <string.h>

#include "net/pace_state.h"

enum { MAGIC = 0x65636170 }; /* "pace" */

/* Far from overflow whatever is added, and within 48 bits. */
static const int64_t FAR = INT64_C(1) << 45;

static void
stamp(struct pace_state *s, const struct pace_now *now)
{
	s->magic = MAGIC;
	s->version = PACE_VERSION;
	s->size = sizeof(*s);
	memcpy(s->boot, now->boot, sizeof(s->boot));
	s->saved_at = now->ms;
	s->saved_wall = now->wall;
}

void
pace_begin_state(struct pace_state *s, const struct pace_now *now)
{
	memset(s, 0, sizeof(*s));
	stamp(s, now);
	s->blocked_until = s->careful_until = s->wait_until = now->ms;
}

/* Eight bytes at a time, in four sums side by side: it is taken four times for
 * every call. */
static uint64_t
sum(const struct pace_state *s)
{
	enum { LANES = 4 };
	const unsigned char *at = (const unsigned char *)s;
	size_t words = offsetof(struct pace_state, checksum) / sizeof(uint64_t);
	uint64_t h[LANES] = { 1, 2, 3, 4 }, word, all = words;

	for (size_t i = 0; i < words; i++) {
		memcpy(&word, at + i * sizeof(word), sizeof(word));
		h[i % LANES] =
		    (h[i % LANES] ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h[i % LANES] ^= h[i % LANES] >> 32;
	}
	for (size_t i = 0; i < LANES; i++) {
		all = (all ^ h[i]) * UINT64_C(0xff51afd7ed558ccd);
		all ^= all >> 32;
	}
	return all;
}

void
pace_seal(struct pace_state *s, const struct pace_now *now)
{
	stamp(s, now);
	s->serial++;
	s->checksum = sum(s);
}

static bool
near(int64_t at)
{
	return at > -FAR && at < FAR;
}

/* A checksum is no promise: what indexes or is added to is looked at. */
static bool
is_sound(const struct pace_state *s)
{
	if (s->sent_count > PACE_SENT || s->seen_count > PACE_CALLS ||
	    !near(s->saved_at) || !near(s->saved_wall) ||
	    !near(s->blocked_until) || !near(s->careful_until) ||
	    !near(s->wait_until) || s->boot[PACE_BOOT - 1] != '\0')
		return false;
	for (uint32_t i = 0; i < s->seen_count; i++)
		if (!near(s->seen[i].at))
			return false;
	for (size_t i = 0; i < PACE_METHODS; i++) {
		const struct pace_method *m = &s->methods[i];

		if (m->sent_count > PACE_SENT ||
		    m->errors_count > PACE_ERRORS || !near(m->slot) ||
		    !near(m->wait_until))
			return false;
	}
	return true;
}

enum pace_found
pace_check(const struct pace_state *s)
{
	if (s->magic == MAGIC && s->version > PACE_VERSION)
		return PACE_NEWER;
	if (s->magic != MAGIC || s->version != PACE_VERSION ||
	    s->size != sizeof(*s))
		return PACE_FOREIGN;
	return s->checksum == sum(s) && is_sound(s) ? PACE_INTACT : PACE_TORN;
}

static int64_t
moved(int64_t at, int64_t by)
{
	at += by;
	return at < -FAR ? -FAR : at > FAR ? FAR : at;
}

static void
move_marks(struct pace_mark *list, uint32_t count, int64_t by)
{
	for (uint32_t i = 0; i < count; i++)
		list[i].at = moved(list[i].at, by);
}

static void
move(struct pace_state *s, int64_t by)
{
	s->blocked_until = moved(s->blocked_until, by);
	s->careful_until = moved(s->careful_until, by);
	s->wait_until = moved(s->wait_until, by);
	move_marks(s->sent, s->sent_count, by);
	for (uint32_t i = 0; i < s->seen_count; i++)
		s->seen[i].at = moved(s->seen[i].at, by);
	for (size_t i = 0; i < PACE_METHODS; i++) {
		struct pace_method *m = &s->methods[i];

		m->slot = moved(m->slot, by);
		m->wait_until = moved(m->wait_until, by);
		move_marks(m->sent, m->sent_count, by);
		move_marks(m->errors, m->errors_count, by);
	}
}

bool
pace_carry(struct pace_state *s, const struct pace_limits *l,
    const struct pace_now *now)
{
	bool rebooted = strncmp(s->boot, now->boot, PACE_BOOT) != 0;
	int64_t passed = 0;

	if (!rebooted && s->saved_at <= now->ms)
		return false;
	/* No less than since the boot, whatever the time of day says. */
	if (rebooted)
		passed = now->wall - s->saved_wall > now->ms
		    ? now->wall - s->saved_wall
		    : now->ms;
	move(s, now->ms - passed - s->saved_at);
	/* Saved last was not necessarily written last: power may have gone
	 * first. But all of it was before the boot. */
	pace_be_careful(s, l, rebooted ? 0 : now->ms);
	stamp(s, now);
	return true;
}
