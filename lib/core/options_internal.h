/* What options.c and options_help.c share; nobody else includes it. */
#ifndef VOLUM_CORE_OPTIONS_INTERNAL_H
#define VOLUM_CORE_OPTIONS_INTERNAL_H

#include "core/buf.h"
#include "core/options.h"

/* The rows that every command has come first. */
enum { ROW_HELP, ROW_VERSION };

/* NULL behind the last row of the command. */
const struct option_row *options_row(const struct command *command, size_t i);

/*
 * Puts one value into its place. `source` is the option or variable that the
 * message names, `wrong` the status of a bad value; a list has room for as many
 * items as there are arguments.
 */
enum status options_store(const struct option_row *row, void *options, int argc,
    const char *text, const char *source, enum status wrong, struct error *err);

/* The help of --help; `options` still holds the defaults. */
void options_help(
    const struct command *command, const void *options, struct buf *out);

#endif
