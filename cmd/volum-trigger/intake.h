/* Taking a request: how fast, once per key, and onto the disk. */
#ifndef VOLUM_TRIGGER_INTAKE_H
#define VOLUM_TRIGGER_INTAKE_H

#include "core/record.h"
#include "volum-trigger/answer.h"
#include "volum-trigger/desk.h"
#include "volum-trigger/options.h"

/* One caller after the other, over all processes, since what is decided here
 * hangs on what is there already. */
struct intake {
	const struct desk *desk;
	const struct options *options;
	const struct clock *clock;
};

/*
 * Takes a checked `trigger` into `r` (cleared but for its trace), under `key`
 * (NULL: none): it waits on the disk when this returns true. The same key with
 * the same trigger gives the request that was taken before. False: it is not
 * taken, and the answer says why: 422 the key belongs to another trigger, 429
 * too many, 503 too many wait. Any other status than DONE in *s: it could not
 * be written.
 */
bool intake_take(const struct intake *in, struct value trigger, const char *key,
    struct request *r, struct answer *a, enum status *s, struct error *err);

#endif
