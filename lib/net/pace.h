/* How soon the next call to Omie may leave, within this process. */
#ifndef VOLUM_NET_PACE_H
#define VOLUM_NET_PACE_H

#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

struct pace_limits {
	int64_t per_minute;   /* calls per method: OMIE_RATE_PER_MIN */
	int64_t window_ms;    /* identical call: OMIE_SAME_CALL_WINDOW_S */
	int64_t error_budget; /* errors that lock out: OMIE_ERROR_BUDGET; we
				 stop two before */
	int64_t block_ms;     /* their window and the lock-out: OMIE_BLOCK_S */
};

struct pace;

struct pace *pace_open(const struct pace_limits *limits);
void pace_close(struct pace *p); /* NULL is fine */

/*
 * How many ms from now this call (method and exact parameters) may leave: 0 is
 * now. Pure bookkeeping on the `now` given (clock_monotonic_ms). BLOCKED: shut
 * out, or the error budget is nearly spent; the text says in how many seconds
 * it ends, and so does *wait_ms.
 */
enum status pace_ask(struct pace *p, const char *method, struct text params,
    int64_t now, int64_t *wait_ms, struct error *err);
/* The call leaves now. */
void
pace_sent(struct pace *p, const char *method, struct text params, int64_t now);
/* It was answered with an error (HTTP 500 and the like count, omie-api 2.5). */
void pace_error(struct pace *p, const char *method, int64_t now);
/* Omie stated a wait for this method ("Aguarde N segundos"): nothing of it
 * leaves before. */
void pace_wait(struct pace *p, const char *method, int64_t until);
/* Omie shut the account out until then. */
void pace_block(struct pace *p, int64_t until);

#endif
