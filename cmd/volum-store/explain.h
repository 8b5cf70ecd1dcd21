/* volum-store --explain. */
#ifndef VOLUM_STORE_EXPLAIN_H
#define VOLUM_STORE_EXPLAIN_H

#include "core/filter.h"
#include "store/store.h"

/*
 * Tells how what is stored of a company and month came about, each proposal or
 * only `proposta` (NULL: all): as text, or as `memoria` records.
 * SOME_REJECTED: nothing is stored there.
 */
enum status explain_month(struct filter *f, struct store *store,
    const struct store_filter *filter, const char *proposta, bool as_json,
    struct error *err);

#endif
