/* What the files of volum-ping share. */
#ifndef VOLUM_PING_H
#define VOLUM_PING_H

#include "core/filter.h"
#include "net/http.h"

struct options {
	struct common_options common;
	const char *url;
	bool strict;
};

/* ---------------------------------------------------------------- tell.c */

/* The dead man's switch, and whoever can't be told. */
struct teller {
	const struct options *o;
	struct log *log;
	struct http *http; /* NULL: nobody is told */
	char *pending;	   /* the URL that is being told, or NULL */
};

/* Never fails: where nobody can be told it says so, and the run goes on. */
void teller_open(struct teller *t, const struct options *o, struct log *log);
void teller_close(struct teller *t);

/* Begins to tell URL/start, without waiting. */
void teller_start(struct teller *t);
/* Goes on with that; false: nothing is on its way any more. */
bool teller_step(struct teller *t);
/* Tells URL (`good`) or URL/fail, with `body`; waits some seconds at most. */
void teller_end(struct teller *t, bool good, struct text body);

/* ---------------------------------------------------------------- watch.c */

/*
 * Runs `argv` with our stdin and stdout, passes its stderr on, and keeps the
 * end of that in `tail`. Returns its exit code: 128 + signal when one ended it,
 * 126 and 127 as a shell has them.
 */
int watch(char **argv, struct teller *t, struct buf *tail);

#endif
