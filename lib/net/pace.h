/* How soon the next call to Omie may leave, for all processes of an account. */
#ifndef VOLUM_NET_PACE_H
#define VOLUM_NET_PACE_H

#include "net/pace_keeper.h"

struct pace;

/* Told before a wait of more than a second, or of any length when what left
 * before is not known; and again when the reason changes. 0 ms: nobody knows
 * how long, another process has its call. */
typedef void (*pace_waiting_fn)(int64_t ms, const char *why, void *ctx);

/* The keeper is the limiter's from now on. `waiting` may be NULL. */
struct pace *pace_open(const struct pace_limits *limits,
    struct pace_keeper *keeper, pace_waiting_fn waiting, void *ctx);
void pace_close(struct pace *p); /* NULL is fine */

/* How long pace_begin() has waited, in all. */
int64_t pace_waited_ms(const struct pace *p);

/* How the call that began went. */
struct pace_outcome {
	bool sent;	/* something left, or may have */
	bool error;	/* an answer that counts towards the lock-out */
	bool limited;	/* the rate was refused: 429 */
	int64_t wait_s; /* Omie stated that this method waits; 0: nothing */
	int64_t shut_s; /* Omie shut the account out for so long; 0: no */
};

/*
 * Waits until this call (method and exact parameters) may leave, with every
 * other process of the account: one write at a time, one read per method, and
 * the limits of pace_state.h. The call is counted before this returns DONE, and
 * pace_end() must follow it. `not_before` (clock_monotonic_ms) is the caller's
 * own wait, 0: none.
 * BLOCKED: shut out, or the error budget is nearly spent, or a wait of more
 * than ten minutes is due; the text says until when. TRY_LATER: a signal asked
 * to stop. OUTPUT_FAILED, BAD_CONFIG: what left can't be kept, so nothing
 * leaves.
 */
enum status pace_begin(struct pace *p, const char *method, bool write,
    struct text params, int64_t not_before, struct error *err);

/* The call is over: what its answer means to the calls to come is kept, and
 * another process may have its turn. Where that can't be kept, the next
 * pace_begin() fails. */
void pace_end(struct pace *p, const struct pace_outcome *outcome);

/* The time of day in `s` seconds, as messages show it. */
void pace_when(int64_t s, char out[INSTANT_TEXT]);

#endif
