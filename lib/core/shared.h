/*
 * What the processes of several hosts have in common: bytes under a name, that
 * they change in turns, and rights that one of them has at a time. A store that
 * all of them reach keeps both; who uses them needs to know no store.
 */
#ifndef VOLUM_CORE_SHARED_H
#define VOLUM_CORE_SHARED_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"

struct shared;

enum shared_right {
	SHARED_OURS,
	SHARED_THEIRS, /* and they were seen alive */
	SHARED_UNCLEAR /* theirs, unless they show no life */
};

/* `held`: somebody has his turn at `name`, or the right to it. */
typedef enum status (*shared_look_fn)(const char *name, struct text bytes,
    bool held, void *ctx, struct error *err);

/*
 * A right, and a turn, is a lease: whoever ends without giving it back loses
 * it, at once where others can see that the process is gone (on its host), else
 * when it has shown no life for as long as it said. So it is held by one, or by
 * one and another who was held up for longer than that: what must not happen
 * twice needs a guard of its own.
 *
 * All of these may give TRY_LATER: what keeps it is away, or a signal asked to
 * stop.
 */
struct shared_ops {
	/*
	 * Waits for its turn at `name`. *bytes as they were left, until the
	 * next call; {"",0}: there are none yet. *now: of one clock for all
	 * hosts, close to the time of day; it may be put back.
	 */
	enum status (*enter)(struct shared *s, const char *name,
	    struct text *bytes, instant_ms *now, struct error *err);
	/* Ends the turn; `bytes` are kept first, NULL: they stay. TRY_LATER:
	 * the turn was lost meanwhile, and they were not kept. */
	enum status (*leave)(struct shared *s, const char *name,
	    const struct text *bytes, struct error *err);
	/* Never waits: whose the right `name` is now. Its holder may show no
	 * life for `life_ms`. `who` is left there for those who look; NULL:
	 * nothing is. */
	enum status (*take)(struct shared *s, const char *name, int64_t life_ms,
	    const struct text *who, enum shared_right *whose,
	    struct error *err);
	void (*give)(struct shared *s, const char *name);
	/* Shows life, for all rights in hand; cheap enough for every moment of
	 * a wait. TRY_LATER: one of them was lost. */
	enum status (*hold)(struct shared *s, struct error *err);
	/* The bytes of each name that begins with `prefix`, as they are now: it
	 * waits for nobody's turn, and changes nothing. */
	enum status (*look)(struct shared *s, const char *prefix,
	    shared_look_fn each, void *ctx, struct error *err);
	void (*close)(struct shared *s);
	/* For messages: where it is kept. */
	const char *(*name)(const struct shared *s);
};

/* The first member of everything that keeps it. */
struct shared {
	const struct shared_ops *ops;
};

static inline void
shared_close(struct shared *s) /* NULL is fine */
{
	if (s != NULL)
		s->ops->close(s);
}

#endif
