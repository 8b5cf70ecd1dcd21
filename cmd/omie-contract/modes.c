#include "omie-contract/modes.h"

#include <string.h>
#include <unistd.h>

enum { FLUSH_BYTES = 65536 };

const char *
mode_task(const struct mode_options *m, bool plan)
{
	return m->reconcile   ? "--reconcile"
	    : m->verify	      ? "--verify"
	    : m->show != NULL ? "--show"
	    : plan	      ? "--plan"
			      : NULL;
}

bool
mode_is_local(const struct mode_options *m)
{
	return m->verify || m->show != NULL;
}

bool
mode_for_person(const struct mode_options *m)
{
	return !m->json && isatty(STDOUT_FILENO);
}

static bool
is_link(const char *text)
{
	return strlen(text) == HASH_TEXT - 1 &&
	    strspn(text, "0123456789abcdef") == HASH_TEXT - 1;
}

/* What belongs to one mode, and is given without it. */
static enum status
check_belonging(const struct mode_options *m, struct error *err)
{
	if (!m->reconcile && m->competencia != NULL)
		return fail(err, BAD_USAGE,
		    "--competencia goes with "
		    "--reconcile");
	if (!m->reconcile && m->all)
		return fail(err, BAD_USAGE, "--all goes with --reconcile");
	if (!m->verify && m->expect != NULL)
		return fail(err, BAD_USAGE, "--expect goes with --verify");
	if (m->json && !m->reconcile && !mode_is_local(m))
		return fail(err, BAD_USAGE,
		    "--json goes with --reconcile, --verify or --show: "
		    "contracts are JSON anyway");
	return DONE;
}

enum status
modes_check(const struct mode_options *m, const struct common_options *common,
    bool for_sending, struct error *err)
{
	int modes = m->reconcile + m->verify + (m->show != NULL);
	enum status s = check_belonging(m, err);

	if (s != DONE || modes == 0)
		return s;
	if (modes > 1)
		return fail(err, BAD_USAGE,
		    "--reconcile, --verify and --show: one at a time");
	if (m->reconcile && m->competencia == NULL)
		return fail(err, BAD_USAGE,
		    "--reconcile compares one month: give --competencia");
	if (m->expect != NULL && !is_link(m->expect))
		return fail(err, BAD_USAGE,
		    "--expect: the link of a line, 64 hexadecimal digits, "
		    "expected");
	if (for_sending || common->dry_run)
		return fail(err, BAD_USAGE,
		    "--reconcile, --verify and --show change nothing: no %s "
		    "with them",
		    for_sending ? "--template, --plan, --max-contracts or "
				  "--max-total"
				: "--dry-run");
	return DONE;
}

enum status
mode_flush(struct run *run, struct error *err)
{
	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	return filter_out(run->filter)->len < FLUSH_BYTES
	    ? DONE
	    : filter_flush(run->filter, err);
}
