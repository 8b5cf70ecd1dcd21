/* Which variables are set; never what a secret is. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "volum-doctor/doctor.h"

static const char *
variable(const char *name, const char *suffix)
{
	char full[80];
	const char *value;

	snprintf(full, sizeof(full), "%s%s", name, suffix);
	value = getenv(full);
	return value != NULL && *value != '\0' ? value : NULL;
}

static bool
has_credential(const char *name)
{
	const char *folder = variable("CREDENTIALS_DIRECTORY", "");
	char path[4096];

	if (folder == NULL)
		return false;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static bool
check_file(struct doctor *d, const char *name, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, R_OK) != 0) {
		tell(d, FAILURE, BAD_CONFIG, name,
		    N_("make it readable for this user"), "%s_FILE: %s: %m",
		    name, path);
		return false;
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		tell(d, WARNING, DONE, name, N_("chmod 600 it"),
		    "%s_FILE: %s has mode %04o: others can use it", name, path,
		    (unsigned)(st.st_mode & 07777));
	else
		tell(d, FINE, DONE, name, NULL, "in a file");
	return true;
}

/* `other` is a second name that it may have, or NULL. */
static bool
check_secret(struct doctor *d, const char *name, const char *other)
{
	const char *path = variable(name, "_FILE");

	if (variable(name, "") != NULL && path != NULL) {
		tell(d, FAILURE, BAD_CONFIG, name, N_("keep one of them"),
		    "%s and %s_FILE are both set", name, name);
		return false;
	}
	if (path != NULL)
		return check_file(d, name, path);
	if (variable(name, "") != NULL || has_credential(name)) {
		tell(d, FINE, DONE, name, NULL, "set");
		return true;
	}
	if (other != NULL &&
	    (variable(other, "") || variable(other, "_FILE") ||
		has_credential(other)))
		return check_secret(d, other, NULL);
	char advice[160];
	snprintf(advice, sizeof(advice),
	    d->options->json ? "e.g. %s_FILE=/etc/volum/secret"
			     : _("e.g. %s_FILE=/etc/volum/secret"),
	    name);
	tell(d, FAILURE, BAD_CONFIG, name, advice, "not set");
	return false;
}

static bool
check_url(
    struct doctor *d, const char *name, const char *url, const char *example)
{
	if (url != NULL && *url != '\0') {
		tell(d, FINE, DONE, name, NULL, "set");
		return true;
	}
	tell(d, FAILURE, BAD_CONFIG, name, example, "not set");
	return false;
}

void
check_settings(struct doctor *d)
{
	bool url, key;

	url = check_url(d, "VOLUMETRIA_API_URL", d->options->usage_url,
	    N_("e.g. VOLUMETRIA_API_URL=https://usage.example.com/"));
	key = check_secret(d, "VOLUMETRIA_API_TOKEN", "VOLUMETRIA_API_KEY");
	d->has_usage = url && key;
	url = check_url(d, "INANBETEC_API_URL", d->options->company_url,
	    N_("e.g. INANBETEC_API_URL=https://companies.example.com/"));
	key = check_secret(d, "INANBETEC_API_KEY", NULL);
	d->has_company = url && key;
	key = check_secret(d, "OMIE_APP_KEY", NULL);
	d->has_omie = check_secret(d, "OMIE_APP_SECRET", NULL) && key;
}
