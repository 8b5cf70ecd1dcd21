/* What Omie's messages say, whatever their wording; private to omie. */
#ifndef VOLUM_NET_OMIE_RULES_H
#define VOLUM_NET_OMIE_RULES_H

#include "net/omie.h"

/* `said` is folded (omie_fold), `number` that of the faultcode, 0: none. */

/* Something broke while the call was at work. */
bool rule_broken(const char *said);
/* The account is shut out or its key refused. */
bool rule_account(const char *said, enum omie_verdict *out);
/* It was not executed now, but one like it was sent and may be running; or the
 * service was in no state to know. */
bool rule_busy(const char *said, long number);
/* The data is refused (OMIE_PERMANENT), taken (OMIE_DUPLICATE) or not there
 * (OMIE_NOTHING). */
bool rule_data(const char *said, long number, enum omie_verdict *out);

#endif
