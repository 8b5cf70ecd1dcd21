/* Telephone numbers and e-mail addresses (domain-br 5). */
#ifndef VOLUM_DOMAIN_CONTACT_H
#define VOLUM_DOMAIN_CONTACT_H

#include "core/buf.h"

enum { PHONE_TEXT = 12, PHONE_AREA = 2 };

/*
 * Area code (DDD) and number, 10 or 11 digits: a landline has 8 digits that
 * begin with 2 to 5, a mobile 9 that begin with 9. +55, a leading 0 and the
 * code of a carrier go. False: it can't be told apart, e.g. without area code.
 */
bool phone_read(struct text typed, char out[PHONE_TEXT]);

/*
 * Appends the addresses of a list separated by commas, semicolons or blanks,
 * with `,` between them, domains in lower case, each once. False: one of them
 * is no address; nothing is appended then.
 */
bool email_list(struct buf *out, struct text typed);

#endif
