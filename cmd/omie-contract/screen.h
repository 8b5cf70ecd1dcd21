/* Text for a person's terminal: columns, amounts, nothing that moves it. */
#ifndef VOLUM_OMIE_CONTRACT_SCREEN_H
#define VOLUM_OMIE_CONTRACT_SCREEN_H

#include <stdint.h>

#include "core/record.h"

/* `t` without control characters and marks that turn the writing round: each
 * becomes `?`. */
void screen_text(struct buf *b, struct text t);

enum side { LEFT, RIGHT };

/* `t` in so many columns of the screen, at one side of them; what is longer is
 * cut and ends in `…`. Accents take no column, wide signs two. */
void screen_column(struct buf *b, struct text t, size_t columns, enum side at);
/* `1.234,56` at the right. */
void screen_cents(struct buf *b, int64_t cents, size_t columns);
/* A value as indented JSON; lines after the first begin with `indent` blanks.
 */
void screen_json(struct buf *b, struct value v, size_t indent);

#endif
