#include "store/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "core/state.h"
#include "store/store.h"

/* What stands between `//` and `@`, with a password in it. */
static bool
has_password(const char *uri)
{
	const char *from = strstr(uri, "//"), *at, *colon;

	if (from == NULL || (at = strchr(from, '@')) == NULL)
		return false;
	colon = strchr(from, ':');
	return colon != NULL && colon < at;
}

static enum status
keep(const char *uri, char out[STORE_TARGET_MAX], struct error *err)
{
	if (strlen(uri) >= STORE_TARGET_MAX)
		return fail(
		    err, BAD_CONFIG, "the URI of the store is too long");
	memcpy(out, uri, strlen(uri) + 1);
	return store_check(out, err);
}

/* An argument is seen by everybody on the machine; a variable is not, and no
 * program that we start needs it. */
static enum status
take_given(const char *db, char out[STORE_TARGET_MAX], struct error *err)
{
	const char *variable = getenv("VOLUM_DB");
	enum status s = keep(db, out, err);

	if (s != DONE || !has_password(out))
		return s;
	if (variable == NULL || strcmp(variable, db) != 0)
		return fail(err, BAD_USAGE,
		    "--db: a password does not belong on the command line: "
		    "set VOLUM_DB, or VOLUM_DB_FILE to a file that holds it");
	unsetenv("VOLUM_DB");
	return DONE;
}

/* *found false: the variable is not set, nor the one that names a file. */
static enum status
take_secret(const char *name, char out[STORE_TARGET_MAX], bool *found,
    struct error *err)
{
	struct secret secret;
	enum status s = secret_take(name, &secret, err);

	*found = s == DONE && secret.text != NULL;
	if (*found)
		s = keep(secret.text, out, err);
	if (s == DONE || *found)
		secret_clear(&secret);
	return s;
}

enum status
store_target(const char *db, char out[STORE_TARGET_MAX], struct error *err)
{
	static const char scheme[] = "sqlite:";
	size_t n = sizeof(scheme) - 1;
	bool found;
	enum status s;

	if (db != NULL)
		return take_given(db, out, err);
	if ((s = take_secret("VOLUM_DB", out, &found, err)) != DONE || found)
		return s;
	if ((s = take_secret("MONGODB_URI", out, &found, err)) != DONE || found)
		return s;
	memcpy(out, scheme, n);
	return state_path("volum.db", out + n, STORE_TARGET_MAX - n, err);
}
