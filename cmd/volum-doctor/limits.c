/* Omie's limits, as the commands before left them: in the state folder, or
 * where several hosts share them. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/state.h"
#include "net/pace_keeper.h"
#include "volum-doctor/doctor.h"

static struct pace_limits
limits_of(const struct doctor *d)
{
	const struct omie_settings *o = &d->options->omie;

	return (struct pace_limits){ .error_budget = o->error_budget,
		.block_ms = o->block_s * 1000 };
}

static void
tell_standing(struct doctor *d, enum status s, const struct pace_standing *p,
    const struct error *err)
{
	char until[INSTANT_TEXT];

	if (s != DONE) {
		tell_error(d, s, "limits", NULL, err);
	} else if (p->blocked_until != 0) {
		instant_format(p->blocked_until, until);
		tell(d, FAILURE, BLOCKED, "limits", N_("call nothing before"),
		    "Omie shut the account out until %s", until);
	} else if (p->errors >= p->most) {
		tell(d, FAILURE, BLOCKED, "limits",
		    N_("wait; see the log for the errors"),
		    "%u errors of %u are spent: no call may leave", p->errors,
		    p->most);
	} else {
		tell(d, p->errors * 2 > p->most ? WARNING : FINE, DONE,
		    "limits", NULL, "%u of %u errors left, not shut out",
		    p->most - p->errors, p->most);
	}
}

/* One file an account; the name of one that is being made has a dot. */
static bool
is_kept(const char *name)
{
	return strncmp(name, "omie-limits-", 12) == 0 &&
	    strchr(name, '.') == NULL;
}

static bool
check_files(struct doctor *d, const char *folder)
{
	const struct pace_limits limits = limits_of(d);
	char path[PATH_MAX + 300];
	DIR *dir = opendir(folder);
	struct pace_standing p;
	struct dirent *entry;
	struct error err;
	bool any = false;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!is_kept(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s%s", folder, entry->d_name);
		tell_standing(d, pace_look(path, &limits, &p, &err), &p, &err);
		any = true;
	}
	if (dir != NULL)
		closedir(dir);
	return any;
}

struct seen {
	struct doctor *d;
	bool any;
};

static enum status
take_account(const char *name, struct text bytes, bool held, void *ctx,
    struct error *err)
{
	struct seen *seen = ctx;
	const struct pace_limits limits = limits_of(seen->d);
	struct pace_standing p;

	(void)held;
	tell_standing(
	    seen->d, pace_look_shared(name, bytes, &limits, &p, err), &p, err);
	seen->any = true;
	return DONE;
}

static bool
check_shared(struct doctor *d)
{
	struct seen seen = { .d = d };
	struct error err;
	enum status s = d->shared->ops->look(
	    d->shared, PACE_SHARED_NAMES, take_account, &seen, &err);

	if (s != DONE)
		tell_error(d, s, "limits", NULL, &err);
	return seen.any || s != DONE;
}

void
check_limits(struct doctor *d)
{
	char folder[PATH_MAX];
	struct error err;
	bool any = false;

	if (d->limits_away) {
		tell(d, SKIPPED, DONE, "limits", NULL,
		    "they are in the store, see above");
		return;
	}
	if (d->shared != NULL)
		any = check_shared(d);
	else if (state_path("", folder, sizeof(folder), &err) == DONE)
		any = check_files(d, folder);
	if (!any)
		tell(d, FINE, DONE, "limits", NULL, "none kept here yet");
}
