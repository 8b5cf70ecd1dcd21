/* What goes back to the caller: a status, a few headers, one JSON object. */
#ifndef VOLUM_TRIGGER_ANSWER_H
#define VOLUM_TRIGGER_ANSWER_H

#include <stdint.h>

#include "core/buf.h"

struct answer {
	int code;	       /* of HTTP */
	const char *allow;     /* methods, with 405 */
	const char *challenge; /* with 401 */
	int64_t retry_after_s; /* 0: none */
	bool no_body;	       /* the question was HEAD */
	struct buf body;
};

/* The error `word` (volum-trigger(1) lists them) with a message for people. */
void answer_error(struct answer *a, int code, const char *word,
    const char *message, ...) __attribute__((format(printf, 4, 5)));

/* Writes it to stdout as a CGI answer (RFC 3875, section 6). False: nobody
 * reads it any more. */
bool answer_write(const struct answer *a);

#endif
