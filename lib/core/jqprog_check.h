/* What a jq program may not name; jqprog.c asks before it compiles one. */
#ifndef VOLUM_CORE_JQPROG_CHECK_H
#define VOLUM_CORE_JQPROG_CHECK_H

#include "core/buf.h"
#include "core/error.h"

/* BAD_CONFIG, naming line and word: `program` reaches for the environment,
 * files, other input, the clock, or for the process itself. */
enum status
jqprog_check(const char *name, struct text program, struct error *err);

#endif
