#include "store/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"
#include "store/store.h"

static bool
is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && value[0] != '\0';
}

enum status
store_target(const char *db, char out[STORE_TARGET_MAX], struct error *err)
{
	static const char scheme[] = "sqlite:";
	size_t n = sizeof(scheme) - 1;

	if (db != NULL) {
		if (strlen(db) >= STORE_TARGET_MAX)
			return fail(err, BAD_CONFIG, "--db is too long");
		memcpy(out, db, strlen(db) + 1);
		return store_check(out, err);
	}
	if (is_set("MONGODB_URI"))
		return fail(err, BAD_CONFIG,
		    "MONGODB_URI is set, but this build stores in SQLite "
		    "only: set VOLUM_DB=sqlite:PATH");
	memcpy(out, scheme, n);
	return state_path("volum.db", out + n, STORE_TARGET_MAX - n, err);
}
