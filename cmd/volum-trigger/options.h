/* The settings; each of them is a variable as well, since a CGI program has no
 * command line of its own. */
#ifndef VOLUM_TRIGGER_OPTIONS_H
#define VOLUM_TRIGGER_OPTIONS_H

#include "core/options.h"

struct options {
	struct common_options common;
	bool resume;
	const char *again; /* a requestId */
	const char *run;   /* the program that runs a trigger; NULL: ours */
	int64_t max_bytes, rate, queue, keep_days;
};

extern const struct command COMMAND;
/* Before they are read. */
extern const struct options DEFAULTS;

#endif
