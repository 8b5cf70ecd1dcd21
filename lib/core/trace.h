/*
 * W3C Trace Context, level 1 (www.w3.org/TR/trace-context): whose work this is,
 * as told by the `traceparent` of a record, else of the environment. It goes
 * into log lines and outgoing requests. One per process: what is in hand.
 */
#ifndef VOLUM_CORE_TRACE_H
#define VOLUM_CORE_TRACE_H

#include <stdbool.h>

#include "core/buf.h"

enum { TRACE_ID_TEXT = 33, TRACEPARENT_TEXT = 56 };

struct trace {
	char id[TRACE_ID_TEXT]; /* "": none */
	bool sampled;
};

/* Reads a traceparent. False: it is none, and must be ignored: lower-case hex
 * of the right lengths, no id of zeros, version 00 without anything behind it,
 * a later one with nothing or `-` and more behind it, never ff. */
bool trace_parse(struct text traceparent, struct trace *out);

/* From now on; an empty one is none. */
void trace_set(const struct trace *t);
/* The id in hand, "" when there is none. */
const char *trace_id(void);
/* The header for a request of ours, its parent-id a number of this process;
 * false: there is no trace. */
bool trace_header(char out[TRACEPARENT_TEXT]);

#endif
