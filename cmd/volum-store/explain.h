/* volum-store --explain. */
#ifndef VOLUM_STORE_EXPLAIN_H
#define VOLUM_STORE_EXPLAIN_H

#include "core/filter.h"
#include "store/store.h"

struct explain_what {
	const char *proposta; /* only this one; NULL: all */
	bool as_json;	      /* as `memoria` records, else as text */
	bool only_kept;	      /* pass over what has no memo, in silence */
};

/*
 * Tells how what is stored came about, as the filter says. SOME_REJECTED, and
 * a line on stderr: there is nothing to tell.
 */
enum status explain_month(struct filter *f, struct store *store,
    const struct store_filter *filter, const struct explain_what *what,
    struct error *err);

#endif
