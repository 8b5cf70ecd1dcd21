/* Of the migration alone: whose key several documents have. */
#ifndef VOLUM_STORE_MIGRATE_KEYS_H
#define VOLUM_STORE_MIGRATE_KEYS_H

#include "domain/earlier.h"

struct migration_key {
	struct text key, id;
};

/* Filled by add, looked into after sort. Starts as {0}. */
struct migration_keys {
	struct migration_key *list;
	size_t count, room;
	struct arena texts;
};

void
migration_keys_add(struct migration_keys *k, struct text key, struct text id);
void migration_keys_sort(struct migration_keys *k);
/* A fault that names the others, when `id` isn't the only one with `key`. */
void migration_keys_check(const struct migration_keys *k, struct text key,
    struct text id, struct earlier_notes *notes);
void migration_keys_reset(struct migration_keys *k);
void migration_keys_clear(struct migration_keys *k);

#endif
