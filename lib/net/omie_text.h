/* Reading Omie's messages, whose wording changes; private to omie. */
#ifndef VOLUM_NET_OMIE_TEXT_H
#define VOLUM_NET_OMIE_TEXT_H

#include <stdint.h>

#include "core/buf.h"

/* Appends `t` in lower case ASCII: accents gone (composed or not), white space
 * as single blanks, other letters as `?`. */
void omie_fold(struct buf *out, struct text t);

/* All below read folded text. */

/* `word`, and `after` beginning at most `reach` bytes behind it, no `never`
 * between. */
bool omie_near(const char *said, const char *word, const char *after,
    size_t reach, const char *never);
/* "58 segundos", "[30] minutos": seconds, or -1. */
int64_t omie_stated_wait(const char *said);
/* The first `Id [N]` or `nCod [N]`, whatever the brackets; 0: none. */
int64_t omie_existing_id(const char *said);

#endif
