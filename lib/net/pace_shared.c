/*
 * The state of an account as bytes that several hosts share (core/shared.h).
 * Its clock is that of whoever keeps them. It runs on when a host is booted
 * anew, so the boot is always the same; where it is put back by a little
 * (another server took over), time stands still until it has caught up.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/pace_keeper.h"

enum { NAME_TEXT = 96, PUT_BACK_MS = 5000 };

struct shared_keeper {
	struct pace_keeper base;
	struct shared *shared;
	char account[64];
	int64_t life_ms;
	struct pace_now now;
	uint64_t serial; /* of the newest state seen; 0: none yet */
	struct pace_state state;
};

static struct shared_keeper *
of(struct pace_keeper *k)
{
	return (struct shared_keeper *)k;
}

static void
right_name(const struct shared_keeper *k, uint64_t what, char out[NAME_TEXT])
{
	snprintf(out, NAME_TEXT, "%s/%" PRIx64, k->account, what >> 3);
}

static void
begin_anew(struct shared_keeper *k)
{
	pace_begin_state(&k->state, &k->now);
	k->state.serial = k->serial;
}

/* What was seen once is there, and never older than it was. */
static void
load(struct shared_keeper *k, struct text bytes, enum pace_trust *trust)
{
	struct pace_state *s = &k->state;

	*trust = PACE_KNOWN;
	if (bytes.len == 0) {
		if (k->serial != 0)
			*trust = PACE_GONE;
		begin_anew(k);
		return;
	}
	memset(s, 0, sizeof(*s));
	if (bytes.len == sizeof(*s))
		memcpy(s, bytes.at, sizeof(*s));
	if (pace_check(s) != PACE_INTACT) {
		*trust = PACE_DAMAGED;
		begin_anew(k);
	} else if (s->serial < k->serial) {
		*trust = PACE_DAMAGED;
	}
}

static enum status
common_enter(struct pace_keeper *base, struct pace_state **state,
    struct pace_now *now, enum pace_trust *trust, struct error *err)
{
	struct shared_keeper *k = of(base);
	struct text bytes;
	enum status status = k->shared->ops->enter(
	    k->shared, k->account, &bytes, &k->now.wall, err);

	if (status != DONE)
		return status;
	k->now.ms = k->now.wall;
	load(k, bytes, trust);
	if (k->state.saved_at > k->now.ms &&
	    k->state.saved_at - k->now.ms <= PUT_BACK_MS)
		k->now.ms = k->state.saved_at;
	k->serial = k->state.serial;
	*state = &k->state;
	*now = k->now;
	return DONE;
}

/* Whatever is kept there is durable. */
static enum status
common_leave(
    struct pace_keeper *base, bool keep, bool durable, struct error *err)
{
	struct shared_keeper *k = of(base);
	const struct text bytes = { (const char *)&k->state, sizeof(k->state) };
	enum status status;

	(void)durable;
	if (!keep)
		return k->shared->ops->leave(k->shared, k->account, NULL, err);
	pace_seal(&k->state, &k->now);
	status = k->shared->ops->leave(k->shared, k->account, &bytes, err);
	if (status == DONE)
		k->serial = k->state.serial;
	return status;
}

static enum status
common_take(
    struct pace_keeper *base, uint64_t what, bool *mine, struct error *err)
{
	struct shared_keeper *k = of(base);
	enum shared_right whose = SHARED_UNCLEAR;
	char name[NAME_TEXT];
	enum status status;

	right_name(k, what, name);
	status = k->shared->ops->take(
	    k->shared, name, k->life_ms, NULL, &whose, err);
	*mine = whose == SHARED_OURS;
	return status;
}

static void
common_give(struct pace_keeper *base, uint64_t what)
{
	struct shared_keeper *k = of(base);
	char name[NAME_TEXT];

	right_name(k, what, name);
	k->shared->ops->give(k->shared, name);
}

static enum status
common_hold(struct pace_keeper *base, struct error *err)
{
	struct shared_keeper *k = of(base);

	return k->shared->ops->hold(k->shared, err);
}

static void
common_close(struct pace_keeper *base)
{
	free(of(base));
}

static const char *
common_name(const struct pace_keeper *base)
{
	const struct shared_keeper *k = (const struct shared_keeper *)base;

	return k->shared->ops->name(k->shared);
}

static const struct pace_keeper_ops OPS = { common_enter, common_leave,
	common_take, common_give, common_hold, common_close, common_name };

struct pace_keeper *
pace_shared_open(struct shared *shared, const char *account, int64_t life_ms)
{
	struct shared_keeper *k = mem_zalloc(sizeof(*k));

	k->base.ops = &OPS;
	k->shared = shared;
	k->life_ms = life_ms;
	snprintf(
	    k->account, sizeof(k->account), PACE_SHARED_NAMES "%s", account);
	snprintf(k->now.boot, sizeof(k->now.boot), "shared");
	return &k->base;
}
