#include "core/state.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Empty counts as unset: cron can't unset a variable. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static enum status
state_folder(const char **base, const char **below, struct error *err)
{
	*below = "";
	if ((*base = variable("VOLUM_STATE_DIR")) != NULL)
		return DONE;
	*base = "/var/lib";
	*below = "/volum";
	if (geteuid() == 0)
		return DONE;
	/* The XDG specification: a relative path is to be ignored. */
	if ((*base = variable("XDG_STATE_HOME")) != NULL && **base == '/')
		return DONE;
	*below = "/.local/state/volum";
	if ((*base = variable("HOME")) != NULL)
		return DONE;
	return fail(err, BAD_CONFIG, "neither VOLUM_STATE_DIR nor HOME is set");
}

enum status
state_path(const char *file, char *out, size_t size, struct error *err)
{
	const char *base, *below;
	enum status s = state_folder(&base, &below, err);

	if (s != DONE)
		return s;
	int len = snprintf(out, size, "%s%s/%s", base, below, file);
	if (len < 0 || (size_t)len >= size)
		return fail(err, BAD_CONFIG,
		    "the path of the state folder is too long");
	return DONE;
}

/* A folder above may be one that we may not write into, but is there. */
static bool
make_folder(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	int why = errno;
	bool there = access(path, X_OK) == 0;
	errno = why;
	return there;
}

enum status
state_make(struct error *err)
{
	char path[PATH_MAX];
	enum status s = state_path("", path, sizeof(path), err);

	if (s != DONE)
		return s;
	for (char *c = path + 1; *c != '\0'; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (!make_folder(path))
			return fail(
			    err, BAD_CONFIG, "state folder %s: %m", path);
		*c = '/';
	}
	/* With its slash at the end this fails for a file. */
	if (access(path, W_OK | X_OK) != 0)
		return fail(err, BAD_CONFIG, "state folder %s: %m", path);
	return DONE;
}
