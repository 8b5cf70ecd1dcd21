/* One line on a terminal while long work runs; silent everywhere else. */
#ifndef VOLUM_CORE_PROGRESS_H
#define VOLUM_CORE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* What stands in the line. `total` 0: unknown. `per_minute` is the ceiling that
 * a limit sets on the speed, 0: none; it makes the time of arrival honest. */
struct progress_state {
	const char *command;
	uint64_t done, total, rejected;
	double per_minute;
};

struct progress;

/* Auto shows when stderr is a terminal (other than TERM=dumb, and not quiet).
 * NULL when nothing is to be shown; the functions below take it. */
struct progress *progress_open(enum progress_when when, bool quiet);
/* Redraws at most five times a second; cheap to call per record. */
void progress_show(struct progress *p, const struct progress_state *s);
/* Clears the line, so that other text on stderr starts on a clean one. */
void progress_wipe(struct progress *p);
void progress_close(struct progress *p); /* wipes; NULL is fine */

/*
 * The line, at most `columns` long. `measured` is the speed of the last seconds
 * in records a minute, 0: unknown; the time left is that of the slower one, it
 * or the ceiling.
 */
void progress_format(const struct progress_state *s, double measured,
    size_t columns, char *out, size_t size);

#endif
