/*
 * Taking over what the earlier functions stored: bills and companies that lack
 * the shape of ours become records of ours, what they were is kept as it was,
 * and what can't be read for certain stays where it is, with the reasons.
 */
#ifndef VOLUM_STORE_MIGRATE_H
#define VOLUM_STORE_MIGRATE_H

#include "store/store.h"

struct migration_sum {
	uint64_t taken;	  /* taken over, or could be */
	uint64_t billed;  /* of these: sent by the earlier functions */
	uint64_t refused; /* with reasons */
	int64_t cents;	  /* of the bills that were taken */
};

/* One line of the report, {"migracao":{...}}; it lives until `each` returns. */
typedef enum status (*migration_fn)(
    struct text line, bool refused, void *ctx, struct error *err);

/*
 * Reports on each document, companies first; with `apply` (a store opened with
 * STORE_MIGRATE) takes over each that has no fault. It may be killed at any
 * moment and run again, also twice at once. Two that have one key are both
 * refused. `today` says which months are over. BAD_USAGE: this kind of store
 * can have no such documents. BAD_CONFIG: an index stands in the way.
 * TRY_LATER: the server is away, or somebody changed a document meanwhile.
 */
enum status store_migrate(struct store *s, bool apply, struct day today,
    migration_fn each, void *ctx, struct migration_sum *sum, struct error *err);

#endif
