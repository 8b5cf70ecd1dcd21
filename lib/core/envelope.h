/* The envelopes that a record may arrive in, taken off. */
#ifndef VOLUM_CORE_ENVELOPE_H
#define VOLUM_CORE_ENVELOPE_H

#include "core/error.h"
#include "core/record.h"

/*
 * Known are (design section 2): an API Gateway proxy event (`httpMethod` with
 * `body`, an object or a JSON string, base64 when `isBase64Encoded`), the
 * scheduler's rules document (`Rules[].Targets[].Input`), and our own rejected
 * line (`rejeitado` with `registro` or `registroBase64`). Envelopes may be
 * nested, at most 8 deep.
 */
struct envelope; /* holds the records that were unpacked */

struct envelope *envelope_new(void);
void envelope_free(struct envelope *e); /* NULL is fine */

typedef enum status (*envelope_fn)(
    const struct record *inner, struct text raw, void *ctx, struct error *err);

/*
 * Calls `each` once per record inside (a plain record: once, with itself).
 * `raw` is the JSON of that record: what is rejected when `each` refuses it.
 * Stops at the first status that
 * is neither DONE nor SOME_REJECTED and returns it. SOME_REJECTED,
 * "envelope_invalido": the envelope holds no record; `each` was not called for
 * it. When `each` itself returns SOME_REJECTED it has dealt with the refusal:
 * DONE goes on.
 */
enum status envelope_open(struct envelope *e, const struct record *outer,
    struct text raw, envelope_fn each, void *ctx, struct error *err);

/*
 * How often the record in hand was refused before, by `rejeitado.tentativas` of
 * the rejected line around it (the highest, if there are several): 0 without
 * one, 1 when that says nothing of use, at most ENVELOPE_MAX_ATTEMPTS. After
 * "envelope_invalido": of the part that was refused.
 */
enum { ENVELOPE_MAX_ATTEMPTS = 1000000 };
int envelope_attempts(const struct envelope *e);

#endif
