/* Which store the settings name. */
#ifndef VOLUM_STORE_TARGET_H
#define VOLUM_STORE_TARGET_H

#include <stddef.h>

#include "core/error.h"

enum { STORE_TARGET_MAX = 4096 };

/*
 * The URI for store_open(): `db` (--db or VOLUM_DB), else MONGODB_URI with
 * MONGODB_DATABASE, else `sqlite:` volum.db in the state directory. BAD_CONFIG:
 * it can't be told, or it doesn't fit. Never prints the URI, which may hold a
 * password.
 */
enum status
store_target(const char *db, char out[STORE_TARGET_MAX], struct error *err);

#endif
