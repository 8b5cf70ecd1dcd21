/* Bytes as text and back (RFC 4648 section 4, padded). */
#ifndef VOLUM_CORE_BASE64_H
#define VOLUM_CORE_BASE64_H

#include <stdbool.h>

#include "core/buf.h"

void base64_add(struct buf *out, struct text bytes);
/* Appends what `text` stands for; false, and nothing of use in `out`, when it
 * is anything else than whole padded groups without spaces. */
bool base64_decode(struct buf *out, struct text text);

#endif
