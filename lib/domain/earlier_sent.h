/* Of earlier.c alone: whether a bill of the earlier functions was sent. */
#ifndef VOLUM_DOMAIN_EARLIER_SENT_H
#define VOLUM_DOMAIN_EARLIER_SENT_H

#include "domain/earlier.h"

/* Fills status, billed, nCodCtr and code of `out`. */
void earlier_judge_sent(
    struct value doc, struct earlier_bill *out, struct earlier_notes *notes);

#endif
