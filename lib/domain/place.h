/* Places as they are written in Brazil: states, postcodes, towns. */
#ifndef VOLUM_DOMAIN_PLACE_H
#define VOLUM_DOMAIN_PLACE_H

#include "core/buf.h"

enum { STATE_TEXT = 3, CEP_TEXT = 9 };

/* One of the 27 states, or EX for abroad, in upper case. False: neither. */
bool place_state(struct text typed, char out[STATE_TEXT]);
/* CEP: 8 digits, with or without `-` and `.`. */
bool place_cep(struct text typed, char out[CEP_TEXT]);
/* A town's code of IBGE: 7 digits, the first two the state's. The check digit
 * is not looked at: some towns have another (domain-br 5). */
bool place_ibge(struct text code, const char *state);
/* Appends a town the way Omie writes it, `SAO PAULO (SP)`; a state that is
 * there already counts once. "" as `state` leaves it as it is. */
void place_town(struct buf *out, struct text typed, const char *state);
/* The town without the state behind it. */
struct text place_bare_town(struct text town);

#endif
