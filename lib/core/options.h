/* The table of options that a command declares; parsing and help read it. */
#ifndef VOLUM_CORE_OPTIONS_H
#define VOLUM_CORE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/language.h"

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_TEXT,   /* const char * */
	OPTION_NUMBER, /* int64_t within [min, max] */
	OPTION_LIST,   /* struct option_list: may be given several times */
	OPTION_CHOICE, /* int: index of the word in `value`
			  ("auto|always|never") */
	OPTION_INSTANT /* instant_ms */
};

struct option_list {
	const char **items; /* grown by the parser, freed at exit */
	size_t count;
};

struct option_row {
	const char *name; /* long name, without dashes */
	char letter;	  /* short name, or 0 */
	enum option_kind kind;
	const char *value; /* name of the value in the help, NULL for flags;
			      N_() unless it is to be written so */
	size_t offset;	   /* of the target in the command's options */
	const char *env;   /* variable that it falls back to, or NULL */
	const char *help;  /* N_(), one line */
	int64_t min, max;  /* OPTION_NUMBER */
};

/* What every command takes (design section 3); first member of a command's own
 * options. */
struct common_options {
	bool verbose, quiet, dry_run;
	const char *log, *rejected, *metrics, *env_file, *db, *request_id;
	int progress;	  /* enum progress_when */
	instant_ms as_of; /* 0: now */
};

struct command {
	const char *name;
	const char *summary;  /* N_(), one line under the name in --help */
	const char *synopsis; /* N_(), usage, after the name */
	const struct option_row
	    *rows;     /* own rows, ended by a row without name */
	bool operands; /* operands are allowed (else a usage error) */
	/* Which of its options go together, once all are read; or NULL. */
	enum status (*check)(const void *options, struct error *err);
};

/*
 * Fills `options` (its first member is struct common_options; defaults are the
 * caller's initial values) from the environment, then --env-file, then the
 * command line: the option wins over the environment, which wins over the file.
 * *first_operand is set when not NULL. --help and --version print and set
 * *done. BAD_USAGE: unknown, abbreviated, repeated (other than lists) or wrong
 * option, named in the text, or what the command's check says. BAD_CONFIG: a
 * variable or the file is wrong, named too.
 */
enum status options_parse(const struct command *command, void *options,
    int argc, char **argv, int *first_operand, bool *done, struct error *err);

#endif
