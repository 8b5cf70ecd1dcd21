/*
 * MongoDB's driver starts in twice the time that a command does, so only who
 * uses it loads it: volum/mongo.so, beside the program (../lib from where it
 * lies) or where it was installed.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/filter.h"
#include "core/program.h"
#include "store/backend.h"

#ifndef VOLUM_MODULEDIR
#define VOLUM_MODULEDIR "/usr/local/lib/volum"
#endif

static void *
load(void)
{
	char path[PATH_MAX];

	/* The driver's counters, a file in /dev/shm that outlives a kill. */
	setenv("MONGOC_DISABLE_SHM", "1", 1);
	if (program_path("../lib/volum/mongo.so", path) &&
	    access(path, F_OK) == 0)
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	return dlopen(VOLUM_MODULEDIR "/mongo.so", RTLD_NOW | RTLD_LOCAL);
}

static enum status
find(const struct store_module **out, struct error *err)
{
	void *library = load();
	const char *why;

	if (library == NULL) {
		why = dlerror();
		return fail(err, BAD_CONFIG,
		    "this installation can't use MongoDB: %.300s",
		    why != NULL ? why : "its part for it is missing");
	}
	*out = dlsym(library, "volum_store_module");
	if (*out == NULL || (*out)->interface != STORE_INTERFACE ||
	    strcmp((*out)->version, VOLUM_VERSION) != 0)
		return fail(err, BAD_CONFIG,
		    "the part for MongoDB is of another version of this "
		    "program: install both anew");
	return DONE;
}

enum status
mongo_store_open(struct store **out, const char *uri, enum store_mode mode,
    struct error *err)
{
	const struct store_module *module = NULL;
	enum status status = find(&module, err);

	if (status != DONE)
		return status;
	return module->open(out, uri, mode, &filter_stop, err);
}

enum status
mongo_store_share(struct shared **out, const char *uri, struct error *err)
{
	const struct store_module *module = NULL;
	enum status status = find(&module, err);

	if (status != DONE)
		return status;
	return module->share(out, uri, &filter_stop, err);
}
