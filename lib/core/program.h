/* Where this program lies, for what is installed with it. */
#ifndef VOLUM_CORE_PROGRAM_H
#define VOLUM_CORE_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

/* `relative` ("../lib/volum") from the folder of the program that runs. False:
 * that isn't known, or too long. */
bool program_path(const char *relative, char out[PATH_MAX]);

#endif
