/* Which store the settings name. */
#ifndef VOLUM_STORE_TARGET_H
#define VOLUM_STORE_TARGET_H

#include <stddef.h>

#include "core/error.h"

enum { STORE_TARGET_MAX = 4096 };

/*
 * The URI for store_open(): `db` (--db or VOLUM_DB), else what the file of
 * VOLUM_DB_FILE holds, else MONGODB_URI or the file of MONGODB_URI_FILE (with
 * MONGODB_DATABASE), else `sqlite:` volum.db in the state directory. What holds
 * a password is taken out of the environment, and never printed. BAD_CONFIG: it
 * can't be told, or it doesn't fit; BAD_USAGE: a password in `--db`.
 */
enum status
store_target(const char *db, char out[STORE_TARGET_MAX], struct error *err);

#endif
