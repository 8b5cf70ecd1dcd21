/* One line on a terminal while long work runs; silent everywhere else. */
#ifndef VOLUM_CORE_PROGRESS_H
#define VOLUM_CORE_PROGRESS_H

#include <stdbool.h>
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

/* Auto shows when stderr is a terminal (and not quiet). */
struct progress *progress_open(enum progress_when when, bool quiet);
/* Redraws at most five times a second; cheap to call per record. */
void progress_show(struct progress *p, const struct progress_state *s);
/* Clears the line, so that other text on stderr starts on a clean one. */
void progress_wipe(struct progress *p);
void progress_close(struct progress *p); /* wipes; NULL is fine */

#endif
