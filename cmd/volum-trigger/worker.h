/* The one who runs what waits, in order; one at a time on a host. */
#ifndef VOLUM_TRIGGER_WORKER_H
#define VOLUM_TRIGGER_WORKER_H

#include "core/filter.h"
#include "volum-trigger/run.h"

struct worker {
	struct run run;
	struct log *log;
	int64_t keep_days;
	/* Called with each request that has ended; may be NULL. */
	void (*told)(const struct request *r, void *ctx);
	void *ctx;
};

/* A run that was broken off so often (a crash, a power cut) is not tried again:
 * it may be what breaks it. */
enum { WORKER_MAX_ATTEMPTS = 5 };

/*
 * Runs all that waits, what a crash broke off first, and returns when nothing
 * does any more, when somebody else is at it already, or when filter_stop is
 * set. Old requests are deleted. BAD_INPUT: some files are damaged and were
 * passed over; other statuses: it had to stop, and what is left waits on.
 */
enum status worker_drain(const struct worker *w, struct error *err);

/* Goes on in a process of its own that the caller's parent doesn't wait for,
 * with none of its descriptors. True in that process, false in ours. */
bool worker_detach(void);

#endif
