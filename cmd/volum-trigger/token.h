/* The caller's token, and what is made of texts that nobody shall guess. */
#ifndef VOLUM_TRIGGER_TOKEN_H
#define VOLUM_TRIGGER_TOKEN_H

#include <stdbool.h>

#include "core/buf.h"

/* Whether both are the same text, in a time that tells neither how much of it
 * is right nor how long it is. */
bool token_same(struct text a, struct text b);

/* `Bearer TOKEN` (RFC 6750), the scheme in any case; empty when it is not. */
struct text token_of_header(const char *authorization);

enum { TOKEN_HEX = 2 * 32 + 1 };
/* SHA-256 of `t` in base 16. */
void token_hex(struct text t, char out[TOKEN_HEX]);

#endif
