/* A file of settings, for cron and for services that have no environment. */
#ifndef VOLUM_CORE_ENV_FILE_H
#define VOLUM_CORE_ENV_FILE_H

#include "core/error.h"

/*
 * Adds the NAME=VALUE lines of `path` to the environment; a variable that is
 * there already wins, of two lines with the same name the last. Blank lines,
 * # comments and a leading `export ` are allowed. A value stands bare (without
 * blanks, quotes and backslashes), in 'single quotes' (byte for byte) or in
 * "double quotes" (backslash before \ " $ and ` as in a shell); nothing is
 * expanded. BAD_CONFIG: the file can't be read, others than its owner may read
 * or write it, it belongs to another user than this one or root, or a line is
 * none of these; it is named by its number and its variable only, since it may
 * hold a secret. Then nothing is set.
 */
enum status env_file_load(const char *path, struct error *err);

#endif
