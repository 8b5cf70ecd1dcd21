/* core/state: where a run leaves what outlives it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/state.h"
#include "unit/unit.h"

static void
set(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void
the_first_of_four_places_is_taken(void **state)
{
	static const struct {
		const char *own, *xdg, *home, *path;
	} cases[] = {
		{ "/s", "/x", "/h", "/s/f" },
		{ "rel", NULL, NULL, "rel/f" },
		{ NULL, "/x", "/h", "/x/volum/f" },
		{ "", "/x", "/h", "/x/volum/f" },
		{ NULL, "x", "/h", "/h/.local/state/volum/f" },
		{ NULL, "", "/h", "/h/.local/state/volum/f" },
		{ NULL, NULL, "/h", "/h/.local/state/volum/f" },
		{ NULL, NULL, "", NULL },
		{ NULL, NULL, NULL, NULL },
	};
	char path[100];
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set("VOLUM_STATE_DIR", cases[i].own);
		set("XDG_STATE_HOME", cases[i].xdg);
		set("HOME", cases[i].home);
		/* Root has a place of its own; be someone else for a while. */
		bool root = geteuid() == 0 && seteuid(65534) == 0;
		enum status s = state_path("f", path, sizeof(path), &err);
		assert_false(root && seteuid(0) != 0);
		assert_int_equal(s, cases[i].path != NULL ? DONE : BAD_CONFIG);
		if (s == DONE)
			assert_string_equal(path, cases[i].path);
		if (!root || (cases[i].own != NULL && *cases[i].own != '\0'))
			continue;
		assert_int_equal(
		    state_path("f", path, sizeof(path), &err), DONE);
		assert_string_equal(path, "/var/lib/volum/f");
	}
	set("VOLUM_STATE_DIR", "/1234");
	assert_int_equal(state_path("78", path, 9, &err), DONE);
	assert_string_equal(path, "/1234/78");
	assert_int_equal(state_path("789", path, 9, &err), BAD_CONFIG);
}

static void
the_folder_is_made_for_its_owner_only(void **state)
{
	char top[] = "/tmp/volum-test-state-XXXXXX", deep[100], file[100];
	struct error err;
	struct stat is;

	(void)state;
	assert_non_null(mkdtemp(top));
	snprintf(deep, sizeof(deep), "%s/a/b", top);
	set("VOLUM_STATE_DIR", deep);
	assert_int_equal(state_make(&err), DONE);
	assert_int_equal(state_make(&err), DONE);
	assert_int_equal(stat(deep, &is), 0);
	assert_int_equal(is.st_mode & 07777, 0700);
	snprintf(file, sizeof(file), "%s/file", top);
	fclose(fopen(file, "w"));
	snprintf(deep, sizeof(deep), "%s/file/b", top);
	set("VOLUM_STATE_DIR", deep);
	assert_int_equal(state_make(&err), BAD_CONFIG);
	assert_non_null(strstr(err.text, file));
	set("VOLUM_STATE_DIR", file);
	assert_int_equal(state_make(&err), BAD_CONFIG);
	unlink(file);
	snprintf(deep, sizeof(deep), "%s/a/b", top);
	rmdir(deep);
	snprintf(deep, sizeof(deep), "%s/a", top);
	rmdir(deep);
	rmdir(top);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_of_four_places_is_taken),
		cmocka_unit_test(the_folder_is_made_for_its_owner_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
