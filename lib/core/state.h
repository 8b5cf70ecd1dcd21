/* The folder for what outlives a run: default database, dead letters, limits.
 */
#ifndef VOLUM_CORE_STATE_H
#define VOLUM_CORE_STATE_H

#include <stddef.h>

#include "core/error.h"

/*
 * The path of `file` in the state folder: VOLUM_STATE_DIR, else /var/lib/volum
 * for root, else $XDG_STATE_HOME/volum, else $HOME/.local/state/volum.
 * BAD_CONFIG: none of them is set, or the path is longer than `size`.
 */
enum status
state_path(const char *file, char *out, size_t size, struct error *err);

/* Makes that folder where it is missing, its parents too, mode 0700.
 * BAD_CONFIG: it can't be made. */
enum status state_make(struct error *err);

#endif
