/* One request that was taken: what it asks for, and how it stands. */
#ifndef VOLUM_TRIGGER_REQUEST_H
#define VOLUM_TRIGGER_REQUEST_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/trace.h"

/* `req-` and 32 digits of base 16: nothing else is ever part of a path. */
enum { REQUEST_ID_TEXT = 4 + 32 + 1, REQUEST_REASON = 24 };

/* Where a request is, in the order in which it gets there. */
enum place { WAITING, RUNNING, ENDED, PLACES, NOWHERE = PLACES };

struct request {
	char id[REQUEST_ID_TEXT];
	int64_t order; /* of arrival: microseconds, never the same twice */
	char received[INSTANT_TEXT], started[INSTANT_TEXT],
	    ended[INSTANT_TEXT];     /* "": not yet */
	int64_t attempts;	     /* runs that began */
	int64_t code;		     /* worst exit code of the last run */
	char reason[REQUEST_REASON]; /* why there are no stages, or "" */
	char traceparent[TRACEPARENT_TEXT]; /* of the caller, or "" */
	struct buf stages;		    /* JSON objects, one per stage */
	struct buf trigger; /* the record for the run: JSON, one line */
};

/* Ready to be filled again; the memory is given back. */
void request_clear(struct request *r);
/* As if it had just been taken, in its old place in the order. */
void request_restart(struct request *r);
bool request_id_is_valid(struct text id);

/* The request as its file holds it, one line. */
void request_build(struct buf *out, const struct request *r);
/* What a caller may know of it: all but the trigger. */
void request_tell(struct buf *out, const struct request *r, enum place place);
/* Reads what request_build() wrote into a cleared `r`. BAD_INPUT: the file is
 * damaged. */
enum status
request_read(struct request *r, struct text json, struct error *err);

#endif
