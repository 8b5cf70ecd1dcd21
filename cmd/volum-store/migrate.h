/* volum-store --migrate. */
#ifndef VOLUM_STORE_CMD_MIGRATE_H
#define VOLUM_STORE_CMD_MIGRATE_H

#include "core/filter.h"
#include "store/store.h"

/*
 * Puts one line out for each document that the earlier functions left, and with
 * `apply` takes over those without faults. SOME_REJECTED: some have faults.
 */
enum status
migrate(struct filter *f, struct store *store, bool apply, struct error *err);

#endif
