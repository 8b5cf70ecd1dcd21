/* What the groups of checks share. */
#ifndef VOLUM_DOCTOR_DOCTOR_H
#define VOLUM_DOCTOR_DOCTOR_H

#include "core/filter.h"
#include "core/shared.h"
#include "net/omie_settings.h"

struct options {
	struct common_options common; /* first, for options_parse() */
	struct omie_settings omie;
	const char *usage_url, *company_url;
	bool json, offline, strict;
};

enum finding { FINE, WARNING, FAILURE, SKIPPED };

struct doctor {
	struct filter *filter;
	const struct options *options;
	const char *rejected;		       /* of the settings, or NULL */
	enum status status;		       /* the worst failure */
	bool has_usage, has_company, has_omie; /* set up well enough to call */
	unsigned count[4];		       /* by finding */
	int width; /* of the terminal, 0: there is none */
	/* Omie's limits, where hosts share them; or NULL. Away: with the store
	 * that keeps them. */
	struct shared *shared;
	bool limits_away;
};

/* One line; `status` matters for FAILURE: the exit code it makes. `advice` is
 * what to do about it, N_() or NULL. Nothing secret goes in. */
void tell(struct doctor *d, enum finding finding, enum status status,
    const char *name, const char *advice, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* The same of a failure that a library told. */
void tell_error(struct doctor *d, enum status status, const char *name,
    const char *advice, const struct error *err);
/* The closing line for people. */
void tell_sum(struct doctor *d);

/* In this order. None creates or changes anything but the limits that a call
 * to Omie counts towards. */
void check_versions(struct doctor *d);
void check_settings(struct doctor *d);
void check_clock(struct doctor *d);
void check_folder(struct doctor *d);
/* Part of check_folder(): refused records that wait. */
void check_letters(struct doctor *d, const char *folder);
/* Opens d->shared, too. */
void check_store(struct doctor *d);
/* Omie's limits, as the commands before left them. */
void check_limits(struct doctor *d);
void check_services(struct doctor *d);

#endif
