/* Text for a person's terminal: columns, amounts, nothing that moves it. */
#ifndef VOLUM_CORE_SCREEN_H
#define VOLUM_CORE_SCREEN_H

#include "core/record.h"

/* `t` without control characters and marks that turn the writing round: each
 * becomes `?`. */
void screen_text(struct buf *b, struct text t);

/* Columns of the terminal at `fd`; 80 where there is none. */
size_t screen_width(int fd);

/* How many columns `t` takes: none for an accent of its own, two for a wide
 * sign. */
size_t screen_columns(struct text t);
/* Cuts `t` to what goes into `columns`; returns how many of them it takes. */
size_t screen_fit(struct text *t, size_t columns);

enum side { LEFT, RIGHT };

/* `t` in so many columns of the screen, at one side of them; what is longer is
 * cut and ends in `…`. */
void screen_column(struct buf *b, struct text t, size_t columns, enum side at);
/* A value as indented JSON; lines after the first begin with `indent` blanks.
 */
void screen_json(struct buf *b, struct value v, size_t indent);

#endif
