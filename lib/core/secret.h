/* Secrets come from NAME, the file that NAME_FILE names, or the service
 * manager's credentials; never argv. */
#ifndef VOLUM_CORE_SECRET_H
#define VOLUM_CORE_SECRET_H

#include "core/error.h"

struct secret {
	char *text; /* NULL: not set */
};

/*
 * Reads NAME or NAME_FILE, blanks and newline at both ends cut, and takes both
 * out of the environment, so that no jq program and no child sees them. With
 * neither, the file NAME in $CREDENTIALS_DIRECTORY is read, where there is one.
 * BAD_CONFIG: both are set, the file can't be read, is larger than 64 KiB, or
 * the text is empty or holds control characters. None of the three:
 * DONE and text NULL.
 */
enum status
secret_take(const char *name, struct secret *out, struct error *err);
/* Like it, but BAD_CONFIG naming both variables when neither is set. */
enum status
secret_require(const char *name, struct secret *out, struct error *err);
/* Overwrites and frees; a second time is harmless. */
void secret_clear(struct secret *s);

#endif
