#include "volum-trigger/options.h"

#include "volum-trigger/request.h"

static const struct option_row ROWS[] = {
	{ "resume", 0, OPTION_FLAG, NULL, offsetof(struct options, resume),
	    NULL, N_("run what waits, and what a crash broke off"), 0, 0 },
	{ "again", 0, OPTION_TEXT, N_("ID"), offsetof(struct options, again),
	    NULL, N_("let a request that has ended wait once more"), 0, 0 },
	{ "run", 0, OPTION_TEXT, N_("PROGRAM"), offsetof(struct options, run),
	    "VOLUM_TRIGGER_RUN",
	    N_("what runs a trigger; unless given, the volum-trigger-run that "
	       "is "
	       "installed"),
	    0, 0 },
	{ "max-bytes", 0, OPTION_NUMBER, N_("N"),
	    offsetof(struct options, max_bytes), "VOLUM_TRIGGER_MAX_BYTES",
	    N_("longest body"), 1, 1048576 },
	{ "rate", 0, OPTION_NUMBER, N_("N"), offsetof(struct options, rate),
	    "VOLUM_TRIGGER_RATE_PER_MIN", N_("requests taken a minute"), 1,
	    100000 },
	{ "queue", 0, OPTION_NUMBER, N_("N"), offsetof(struct options, queue),
	    "VOLUM_TRIGGER_QUEUE", N_("requests that may wait"), 1, 100000 },
	{ "keep-days", 0, OPTION_NUMBER, N_("DAYS"),
	    offsetof(struct options, keep_days), "VOLUM_TRIGGER_KEEP_DAYS",
	    N_("how long a request that has ended is known"), 1, 3660 },
	{ 0 },
};

static enum status
check_options(const void *options, struct error *err)
{
	const struct options *o = options;

	if (o->resume && o->again != NULL)
		return fail(err, BAD_USAGE, "give either --resume or --again");
	if (o->again != NULL && !request_id_is_valid(text_of(o->again)))
		return fail(err, BAD_USAGE, "--again: no requestId of ours");
	return DONE;
}

const struct command COMMAND = {
	.name = "volum-trigger",
	.summary = N_("take triggers over HTTP, as a CGI program"),
	.synopsis = N_("--resume|--again ID"),
	.rows = ROWS,
	.check = check_options,
};

const struct options DEFAULTS = {
	.max_bytes = 65536, .rate = 60, .queue = 1000, .keep_days = 30
};
