/* What a transport adds to a record and nobody may keep: credentials. */
#ifndef VOLUM_CORE_TRANSPORT_H
#define VOLUM_CORE_TRANSPORT_H

#include "core/buf.h"

/*
 * Appends `t` with the value of each member named `headers`,
 * `multiValueHeaders`, `requestContext` or `cookies` replaced by null: wherever
 * it stands, in JSON text inside JSON text, in a `body` or `registroBase64` of
 * base64, and in text that is no JSON (there what follows an open bracket goes
 * too). False, and `out` as it was: nothing of the kind is in it.
 */
bool transport_blank(struct buf *out, struct text t);

#endif
