/* What a company's `configuracao` says to the contract template. */
#ifndef VOLUM_DOMAIN_SETTINGS_H
#define VOLUM_DOMAIN_SETTINGS_H

#include "core/record.h"

/*
 * Checks kind and range of the members that the template which ships reads, so
 * that it never sets a text beside a number; null counts as absent, all other
 * members are anybody's. SOME_REJECTED, "campo_invalido", with the path.
 */
enum status settings_check(struct value configuracao, struct error *err);

#endif
