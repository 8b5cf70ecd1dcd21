/* What the filter_*.c share; nobody else includes it. */
#ifndef VOLUM_CORE_FILTER_INTERNAL_H
#define VOLUM_CORE_FILTER_INTERNAL_H

#include "core/filter.h"

enum {
	FILTER_OUT_MAX = 4 * 1024 * 1024, /* flushed when more waits */
	FILTER_REFUSALS_SHOWN = 20	  /* on stderr; --verbose: all */
};

/* Opens what is missing of descriptors 0 to 2, so that no file of ours gets
 * their number; false: errno says why not. */
bool filter_fill_descriptors(void);

/* Ignores SIGPIPE; SIGINT and SIGTERM set filter_stop, and wake up whoever
 * waits, now and every second. Takes SIGALRM for that. */
void filter_catch_signals(void);

/* "command: text" on stderr, in one write, the progress line wiped first. With
 * `masked`, core/mask is applied to the text. */
void filter_print(struct filter *f, bool masked, const char *text);

/* Takes back a line that was begun and not ended. */
void filter_drop_unfinished(struct filter *f);

#endif
