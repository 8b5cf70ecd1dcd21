/*
 * Who keeps the state of an account, and lets one process at a time have it:
 * a file for the processes of one host (pace_file.c), a database for those of
 * several (pace_shared.c). The rules are in pace_state.h, the waiting in
 * pace.h; a keeper knows neither.
 */
#ifndef VOLUM_NET_PACE_KEEPER_H
#define VOLUM_NET_PACE_KEEPER_H

#include "core/shared.h"
#include "net/pace_state.h"

struct pace_keeper;

/* What enter() found beside the state itself. */
enum pace_trust {
	PACE_KNOWN,   /* it is as it was left, or there never was any */
	PACE_DAMAGED, /* the newest can't be read: an older one, or none */
	PACE_GONE     /* it was taken away under a running process */
};

struct pace_keeper_ops {
	/*
	 * Waits for its turn, then gives the state, to be changed in place, and
	 * the moment. TRY_LATER: a signal asked to stop, or nobody's turn ends.
	 */
	enum status (*enter)(struct pace_keeper *k, struct pace_state **state,
	    struct pace_now *now, enum pace_trust *trust, struct error *err);
	/* Ends the turn. With `keep` the state is kept first; `durable`: on the
	 * disk too. OUTPUT_FAILED: it could not be kept; the turn is over. */
	enum status (*leave)(
	    struct pace_keeper *k, bool keep, bool durable, struct error *err);
	/*
	 * A right that one process has at a time, and that ends with it however
	 * it ends: `what` is any number, of which the lowest three bits don't
	 * count. Never waits: *mine says whether it is
	 * ours now.
	 */
	enum status (*take)(struct pace_keeper *k, uint64_t what, bool *mine,
	    struct error *err);
	void (*give)(struct pace_keeper *k, uint64_t what);
	/* Asked at every moment of a wait with a right in hand. TRY_LATER: it
	 * was lost. NULL: none is ever lost. */
	enum status (*hold)(struct pace_keeper *k, struct error *err);
	void (*close)(struct pace_keeper *k);
	/* For messages: what keeps it. */
	const char *(*name)(const struct pace_keeper *k);
};

/* The first member of every keeper. */
struct pace_keeper {
	const struct pace_keeper_ops *ops;
};

/*
 * Keeps it in a file, made (mode 0600) where it is missing, with its folder.
 * BAD_CONFIG: it can't be made, opened, locked or written.
 */
enum status
pace_file_open(struct pace_keeper **out, const char *path, struct error *err);

/*
 * The same, in the state folder, under a name that is a hash of the key and the
 * host (and port) of `url`, so that a key is in no name of a file.
 */
enum status pace_file_open_account(struct pace_keeper **out, const char *url,
    const char *app_key, struct error *err);

/* What the names of that begin with, in what several hosts share. */
#define PACE_SHARED_NAMES "limites/"

/* The same, in what several hosts share, which is to outlive it. A right
 * whose holder shows no life for `life_ms`, which is to be more than the
 * longest call, goes to others. */
struct pace_keeper *
pace_shared_open(struct shared *shared, const char *account, int64_t life_ms);

/* Where the two places of that file begin. */
enum { PACE_PLACE = (sizeof(struct pace_state) + 4095) / 4096 * 4096 };

/* What the next command would find. */
struct pace_standing {
	instant_ms blocked_until; /* 0: not shut out */
	unsigned errors, most;	  /* of the method with most; calls end there */
};
/*
 * Reads that file without a lock and without changing it. BAD_CONFIG: it can't
 * be read, or holds no state of ours.
 */
enum status pace_look(const char *path, const struct pace_limits *l,
    struct pace_standing *out, struct error *err);
/* The same of the bytes that several hosts share under `name`. */
enum status pace_look_shared(const char *name, struct text bytes,
    const struct pace_limits *l, struct pace_standing *out, struct error *err);

#endif
