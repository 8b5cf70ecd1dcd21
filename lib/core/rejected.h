/* The dead-letter file: every refused record, with its reason. */
#ifndef VOLUM_CORE_REJECTED_H
#define VOLUM_CORE_REJECTED_H

#include <stdint.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"

struct rejected;

/*
 * `path` is created (0600, its folder too) only by the first refusal; "-" is
 * BAD_USAGE, a folder that can't be made or written is BAD_CONFIG at once.
 */
enum status rejected_open(struct rejected **out, const char *path,
    const char *command, const struct clock *clock, struct error *err);
void rejected_close(struct rejected *r);

struct refusal {
	const struct error *why;
	struct text record; /* the line as it came; any bytes */
	bool is_json;	    /* it is one valid JSON object */
	uint64_t line;	    /* 0: no input line */
	int attempts;	    /* how often it was refused, this time included */
	struct text request_id;
	const char *from, *to; /* of a command that goes both ways, or NULL */
};

/*
 * Where time may help (classe is not "dados") the line says when to try again,
 * `proxima`: after the first pause, then twice as long, to the longest. The
 * first one is what the source system's queue kept a message back for.
 */
enum { REJECTED_FIRST_PAUSE_S = 300, REJECTED_LONGEST_PAUSE_S = 6 * 3600 };

/*
 * Appends one line {"rejeitado":{...},"registro":...} (design section 2) to the
 * file that has the name now (core/shared_file.h). A record that is no JSON
 * object becomes a JSON string, or `registroBase64` when it is not UTF-8. What
 * its transport added is blanked (core/transport.h). OUTPUT_FAILED when it is
 * not written whole (a part is cut off again).
 */
enum status rejected_add(
    struct rejected *r, const struct refusal *refusal, struct error *err);
/* fdatasync, once per batch; nothing to do is fine. */
enum status rejected_sync(struct rejected *r, struct error *err);
uint64_t rejected_count(const struct rejected *r);

#endif
