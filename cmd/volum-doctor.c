/*
 * volum-doctor - says whether the suite could work here, and what is missing.
 *
 * in:  nothing
 * out: one line a check
 */
#include <stdlib.h>
#include <unistd.h>

#include "core/screen.h"
#include "volum-doctor/doctor.h"

static const struct option_row ROWS[] = {
	{ "json", 'j', OPTION_FLAG, NULL, offsetof(struct options, json), NULL,
	    N_("one JSON object a check"), 0, 0 },
	{ "offline", 0, OPTION_FLAG, NULL, offsetof(struct options, offline),
	    NULL, N_("call no service"), 0, 0 },
	{ "strict", 0, OPTION_FLAG, NULL, offsetof(struct options, strict),
	    NULL, N_("a warning is a failure: exit 1"), 0, 0 },
	{ "usage-url", 0, OPTION_TEXT, N_("URL"),
	    offsetof(struct options, usage_url), "VOLUMETRIA_API_URL",
	    N_("the usage API"), 0, 0 },
	{ "api-url", 0, OPTION_TEXT, N_("URL"),
	    offsetof(struct options, company_url), "INANBETEC_API_URL",
	    N_("the company API"), 0, 0 },
	OMIE_ROWS("omie-url", omie),
	{ 0 },
};

static const struct command COMMAND = {
	.name = "volum-doctor",
	.summary = N_("check settings, store, machine and services"),
	.synopsis = N_("[--offline] [--json] [--strict]"),
	.rows = ROWS,
};

static void
check_all(struct doctor *d)
{
	check_versions(d);
	check_settings(d);
	check_clock(d);
	check_folder(d);
	check_store(d);
	check_limits(d);
	check_services(d);
	tell_sum(d);
	if (d->options->strict && d->count[WARNING] > 0)
		d->status = worst(d->status, SOME_REJECTED);
}

int
main(int argc, char **argv)
{
	struct options o = { .omie = OMIE_SETTINGS };
	struct filter f;
	struct doctor d = { .filter = &f, .options = &o };
	struct error err;
	bool done = false;
	enum status s;

	o.omie.timeout_s = 20;
	s = options_parse(&COMMAND, &o, argc, argv, NULL, &done, &err);
	if (s != DONE)
		return filter_refuse_start(&COMMAND, s, &err);
	if (done)
		return DONE;
	/* It rejects nothing, and a file that can't be is a finding. */
	d.rejected = o.common.rejected;
	o.common.rejected = "/dev/null";
	if ((s = filter_start(&f, &COMMAND, &o.common, &err)) != DONE)
		return filter_finish(&f, s, &err);
	d.width = isatty(STDOUT_FILENO) ? (int)screen_width(STDOUT_FILENO) : 0;
	check_all(&d);
	shared_close(d.shared);
	err = (struct error){ 0 };
	return filter_finish(&f, d.status, &err);
}
