/* core/env_file: settings of a file, and lines that are none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/env_file.h"
#include "unit/unit.h"

static char path[] = "/tmp/volum-test-env-XXXXXX";

static void
forget(void)
{
	char name[] = "T_A";

	for (; name[2] <= 'F'; name[2]++)
		unsetenv(name);
}

static enum status
load(const char *text, size_t len, struct error *err)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return env_file_load(path, err);
}

static void
settings_are_read_as_a_shell_would(void **state)
{
	static const char text[] = "# settings\n\n"
				   "T_A=theirs\r\n"
				   "  export T_B='a b\\$\"#' # why\n"
				   "export\tT_C=\"a\\\"\\\\b $X'\\n\"\n"
				   "T_D=first\nT_D=a#b\t# last wins\n"
				   "T_E=\n"
				   "\t\n"
				   "T_F=''";
	struct error err;

	(void)state;
	forget();
	setenv("T_A", "mine", 1);
	assert_int_equal(load(text, strlen(text), &err), DONE);
	assert_string_equal(getenv("T_A"), "mine");
	assert_string_equal(getenv("T_B"), "a b\\$\"#");
	assert_string_equal(getenv("T_C"), "a\"\\b $X'\\n");
	assert_string_equal(getenv("T_D"), "a#b");
	assert_string_equal(getenv("T_E"), "");
	assert_string_equal(getenv("T_F"), "");
	forget();
}

static void
a_bad_line_is_named_without_its_value(void **state)
{
	static const char *const lines[] = { "hunter2", "T_B", "T_B = hunter2",
		"1B=hunter2", "=hunter2", "T-B=hunter2", "T_B=hunter2 more",
		"T_B='hunter2", "T_B=\"hunter2", "T_B='hunter2'more",
		"T_B=hun'ter2'", "T_B=hun\\ter2", "exportT_B hunter2",
		"T_B=\"hunter2\\\"", "T_B='hunter2'#" };
	struct error err;
	char text[200];

	(void)state;
	forget();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		int len = snprintf(
		    text, sizeof(text), "T_A=x\n\n%s\nT_C=y\n", lines[i]);
		assert_int_equal(load(text, (size_t)len, &err), BAD_CONFIG);
		assert_non_null(strstr(err.text, "line 3 "));
		assert_null(strstr(err.text, "hun"));
		assert_null(getenv("T_A"));
	}
	assert_int_equal(load("T_B='x\n", 7, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, "quotes of T_B"));
}

static void
only_its_owner_may_touch_it(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602 };
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		assert_int_equal(load("T_A=x\n", 6, &err), BAD_CONFIG);
		assert_non_null(strstr(err.text, "chmod 600"));
		assert_null(getenv("T_A"));
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(env_file_load(path, &err), DONE);
	assert_int_equal(chmod(path, 0600), 0);
	forget();
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
	assert_int_equal(env_file_load(path, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, "user 12345"));
	assert_int_equal(chown(path, 0, (gid_t)-1), 0);
}

static void
a_file_that_cant_be_read_is_named(void **state)
{
	struct error err;
	size_t large = 1024 * 1024 + 1;
	char *text = malloc(large);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', large);
	assert_int_equal(load(text, large - 1, &err), DONE);
	assert_int_equal(load(text, large, &err), BAD_CONFIG);
	free(text);
	assert_int_equal(load("T_A=x\0y\n", 8, &err), BAD_CONFIG);
	assert_null(getenv("T_A"));
	assert_int_equal(env_file_load("/", &err), BAD_CONFIG);
	assert_int_equal(env_file_load("/nowhere/at/all", &err), BAD_CONFIG);
	assert_string_equal(
	    err.text, "--env-file /nowhere/at/all: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_read_as_a_shell_would),
		cmocka_unit_test(a_bad_line_is_named_without_its_value),
		cmocka_unit_test(only_its_owner_may_touch_it),
		cmocka_unit_test(a_file_that_cant_be_read_is_named),
	};
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
