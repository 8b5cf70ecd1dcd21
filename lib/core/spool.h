/* A file without a name, for what is too long for memory. */
#ifndef VOLUM_CORE_SPOOL_H
#define VOLUM_CORE_SPOOL_H

#include "core/error.h"

/* Opens it in TMPDIR (/tmp); it is gone when `*fd` is closed. OUTPUT_FAILED:
 * there is no room, or no such folder. */
enum status spool_open(int *fd, struct error *err);

#endif
