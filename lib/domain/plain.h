/* Text reduced to what is compared: blanks, case and accents put aside. */
#ifndef VOLUM_DOMAIN_PLAIN_H
#define VOLUM_DOMAIN_PLAIN_H

#include "core/buf.h"

/* Characters of UTF-8, not bytes. */
size_t plain_length(struct text t);
/* The longest beginning of `t` with at most `characters` of them. */
struct text plain_cut(struct text t, size_t characters);

/* Appends `t` without blanks at its ends, and with one blank for each run of
 * blanks, no-break spaces, control characters and marks of layout inside. */
void plain_clean(struct buf *out, struct text t);
/* Appends `t` in upper case without accents: what Latin-1 has of letters. Other
 * characters beyond ASCII are left as they are. */
void plain_fold(struct buf *out, struct text t);

/*
 * Whether two names of companies have a word in common, legal forms and
 * articles left out. Names without such words are compared whole.
 */
bool plain_share_word(struct text a, struct text b);

#endif
