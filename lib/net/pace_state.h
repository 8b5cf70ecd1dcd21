/*
 * What is known of the calls that left for one account: plain data of a fixed
 * size, and the rules over it, without any input or output. Who keeps it, and
 * how processes take turns at it, is pace_keeper.h.
 */
#ifndef VOLUM_NET_PACE_STATE_H
#define VOLUM_NET_PACE_STATE_H

#include <stdint.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"

struct pace_limits {
	int64_t per_minute;    /* calls per method: OMIE_RATE_PER_MIN */
	int64_t window_ms;     /* identical call: OMIE_SAME_CALL_WINDOW_S */
	int64_t error_budget;  /* errors that lock out: OMIE_ERROR_BUDGET; we
				  stop two before */
	int64_t block_ms;      /* their window and the lock-out: OMIE_BLOCK_S */
	int64_t ip_per_minute; /* OMIE_IP_RATE_PER_MIN; 0: 960 */
	int64_t reserve;       /* percent of both rates that stays free:
				  OMIE_RESERVE */
	int64_t rate_window_ms; /* that the rates are counted over:
				   OMIE_RATE_WINDOW_S; 0: 60 s */
};

enum {
	PACE_VERSION = 1,
	PACE_BOOT = 40,
	PACE_METHODS = 8,
	PACE_SENT = 256,   /* moments of sending, 240 to a rate window */
	PACE_ERRORS = 64,  /* moments of errors; the oldest are put together */
	PACE_CALLS = 1024, /* 960 a minute for 62 s, and some */
	/* Errors that a run may leave unused before the lock-out. */
	PACE_ERRORS_SPARED = 2
};

/* So many times at (or, put together, until) that moment. */
struct pace_mark {
	int64_t at : 48;
	uint64_t times : 16;
};

struct pace_method {
	uint64_t name;	    /* its hash; 0: this place is free */
	int64_t slot;	    /* of the next call at an even pace */
	int64_t wait_until; /* stated by Omie */
	uint32_t sent_count, errors_count;
	struct pace_mark sent[PACE_SENT], errors[PACE_ERRORS];
};

/* One that an identical one has to keep away from. */
struct pace_seen {
	uint64_t call;
	int64_t at;
};

/*
 * All moments are of one clock that runs through suspension and never jumps
 * (CLOCK_BOOTTIME, ms), but for `saved_wall`. Lists are oldest first.
 */
struct pace_state {
	uint32_t magic, version, size, unused;
	char boot[PACE_BOOT]; /* of that clock */
	int64_t saved_at, saved_wall;
	int64_t blocked_until; /* Omie shut the account out */
	int64_t careful_until; /* what happened before is not known */
	int64_t wait_until;    /* the rate was refused: others use it too */
	uint32_t sent_count, seen_count;
	struct pace_mark sent[PACE_SENT]; /* of all methods: the address */
	struct pace_method methods[PACE_METHODS];
	struct pace_seen seen[PACE_CALLS];
	uint64_t serial, checksum; /* last, so written last */
};

/* One moment, as both clocks show it. */
struct pace_now {
	int64_t ms; /* since the boot, suspension included */
	instant_ms wall;
	char boot[PACE_BOOT];
};

/* A call as far as the limits care: hashes of method, and of both. */
struct pace_call {
	uint64_t method, call;
};

struct pace_call pace_call_of(const char *method, struct text params);

/* ----------------------------------------------------------- the rules */

enum pace_why {
	PACE_FREE,
	PACE_RATE,    /* of the method */
	PACE_ADDRESS, /* of all methods */
	PACE_FULL,    /* more calls than can be remembered */
	PACE_SAME,    /* the same call left a while ago */
	PACE_STATED,  /* Omie said so */
	PACE_LIMITED, /* Omie refused the rate, and said no time */
	PACE_CAREFUL  /* what left before is not known */
};

struct pace_wait {
	int64_t ms; /* 0: it may leave now */
	enum pace_why why;
};

/*
 * How long this call has to wait, and for what. BLOCKED: shut out, or the error
 * budget is nearly spent; the text says when that ends, and wait->ms in how
 * long.
 */
enum status pace_ask(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, const struct pace_now *now,
    struct pace_wait *wait, struct error *err);

/* It leaves now: counted before, since nobody may be there to do it after. */
void pace_sent(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t now);
/* It left at `sent`, and an answer came (or was given up on): counted from now,
 * as Omie's clock began somewhere in between. */
void pace_answered(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t sent, int64_t now);
/* It never left. */
void pace_withdraw(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t sent);
/* It was answered with an error (HTTP 500 and the like count, omie-api 2.5). */
void pace_error(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t now);
/* Omie stated a wait for this method: nothing of it leaves before. */
void pace_wait_until(struct pace_state *s, const struct pace_limits *l,
    const struct pace_call *call, int64_t until, int64_t now);
/* The rate was refused (429) without a time: nothing leaves before. */
void pace_limited_until(struct pace_state *s, int64_t until);
/* Omie shut the account out until then. */
void pace_blocked_until(struct pace_state *s, int64_t until);

/* ms between two calls of a method at an even pace. */
int64_t pace_apart(const struct pace_limits *l);
/* ms over which the rates are counted. */
int64_t pace_rate_window(const struct pace_limits *l);
/* The window of the identical call and some more: our clock and Omie's begin it
 * at other moments. 0: none. */
int64_t pace_same_window(const struct pace_limits *l);

/* ------------------------------------------- kept, and found again later */

/* Nothing has happened yet. */
void pace_begin_state(struct pace_state *s, const struct pace_now *now);
/* Stamps `s` for keeping, one serial number higher. */
void pace_seal(struct pace_state *s, const struct pace_now *now);

enum pace_found {
	PACE_INTACT,
	PACE_NEWER,   /* of a later version */
	PACE_FOREIGN, /* no state of ours, or of an earlier version */
	PACE_TORN     /* ours, but for its checksum or its figures */
};

/* What `s`, read from somewhere, is; whatever its bytes. */
enum pace_found pace_check(const struct pace_state *s);

/*
 * Makes an intact state of another boot, or of a clock that stood further, one
 * of `now`: by the time of day, of which no more is taken to have passed than
 * it says, and with nothing leaving until what may have left unseen is old.
 * Changes nothing within one boot. True: it had to.
 */
bool pace_carry(struct pace_state *s, const struct pace_limits *l,
    const struct pace_now *now);
/* Nothing leaves until what may have left unseen is old. */
void pace_be_careful(
    struct pace_state *s, const struct pace_limits *l, int64_t since);

#endif
