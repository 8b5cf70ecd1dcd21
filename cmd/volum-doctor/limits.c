/* Omie's limits, as the commands before left them in the state folder. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "net/pace_keeper.h"
#include "volum-doctor/doctor.h"

static void
tell_standing(struct doctor *d, const char *path)
{
	const struct omie_settings *o = &d->options->omie;
	const struct pace_limits limits = { .error_budget = o->error_budget,
		.block_ms = o->block_s * 1000 };
	struct pace_standing p;
	char until[INSTANT_TEXT];
	struct error err;
	enum status s = pace_look(path, &limits, &p, &err);

	if (s != DONE) {
		tell_error(d, s, "limits", NULL, &err);
	} else if (p.blocked_until != 0) {
		instant_format(p.blocked_until, until);
		tell(d, FAILURE, BLOCKED, "limits", N_("call nothing before"),
		    "Omie shut the account out until %s", until);
	} else if (p.errors >= p.most) {
		tell(d, FAILURE, BLOCKED, "limits",
		    N_("wait; see the log for the errors"),
		    "%u errors of %u are spent: no call may leave", p.errors,
		    p.most);
	} else {
		tell(d, p.errors * 2 > p.most ? WARNING : FINE, DONE, "limits",
		    NULL, "%u of %u errors left, not shut out",
		    p.most - p.errors, p.most);
	}
}

/* One file an account; the name of one that is being made has a dot. */
static bool
is_kept(const char *name)
{
	return strncmp(name, "omie-limits-", 12) == 0 &&
	    strchr(name, '.') == NULL;
}

void
check_limits(struct doctor *d, const char *folder)
{
	char path[PATH_MAX + 300];
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool any = false;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!is_kept(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		tell_standing(d, path);
		any = true;
	}
	if (dir != NULL)
		closedir(dir);
	if (!any)
		tell(d, FINE, DONE, "limits", NULL, "none kept here yet");
}
