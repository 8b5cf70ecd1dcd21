/* core/secret: from NAME or NAME_FILE, and gone from the environment. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/secret.h"
#include "unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char path[] = "/tmp/volum-secret-XXXXXX";

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) != 0;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void
write_file(const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static const struct {
	const char *given;
	const char *text; /* NULL: refused */
	const char *why;
} rows[] = {
	{ "s3cret", "s3cret", NULL },
	{ "s3cret\n", "s3cret", NULL },
	{ " \t s3cret with blanks \r\n\n", "s3cret with blanks", NULL },
	{ "sen\xc3\xa7\xc3\xa3o", "sen\xc3\xa7\xc3\xa3o", NULL },
	{ "", NULL, "empty" },
	{ " \n\t", NULL, "empty" },
	{ "two\nlines", NULL, "control" },
	{ "tab\there", NULL, "control" },
	{ "del\x7f", NULL, "control" },
	{ "esc\x1b[0m", NULL, "control" },
};

static void
expect(enum status got, size_t row, struct secret *s, const struct error *err)
{
	if (rows[row].text) {
		assert_int_equal(got, DONE);
		assert_string_equal(s->text, rows[row].text);
	} else {
		assert_int_equal(got, BAD_CONFIG);
		assert_null(s->text);
		assert_non_null(strstr(err->text, rows[row].why));
		assert_non_null(strstr(err->text, "VOLUM_T_KEY"));
		if (*rows[row].given)
			assert_null(strstr(err->text, rows[row].given));
	}
	secret_clear(s);
	secret_clear(s);
	assert_null(s->text);
	assert_null(getenv("VOLUM_T_KEY"));
	assert_null(getenv("VOLUM_T_KEY_FILE"));
}

static void
taken_from_the_variable(void **state)
{
	struct secret s = { 0 };
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		setenv("VOLUM_T_KEY", rows[i].given, 1);
		expect(secret_take("VOLUM_T_KEY", &s, &err), i, &s, &err);
	}
}

static void
taken_from_the_file(void **state)
{
	struct secret s = { 0 };
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_file(rows[i].given, strlen(rows[i].given));
		setenv("VOLUM_T_KEY_FILE", path, 1);
		expect(secret_require("VOLUM_T_KEY", &s, &err), i, &s, &err);
	}
}

static void
refuse_file(const char *name, const char *why)
{
	struct secret s = { 0 };
	struct error err = { 0 };

	setenv("VOLUM_T_KEY_FILE", name, 1);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), BAD_CONFIG);
	assert_null(s.text);
	assert_non_null(strstr(err.text, "VOLUM_T_KEY_FILE"));
	assert_non_null(strstr(err.text, why));
	assert_null(getenv("VOLUM_T_KEY_FILE"));
}

static void
files_that_hold_no_secret(void **state)
{
	static char large[64 * 1024 + 1];
	struct secret s = { 0 };
	struct error err = { 0 };

	(void)state;
	refuse_file("/nonexistent/key", "No such file");
	refuse_file("/", "directory");
	refuse_file("", "No such file");
	write_file("a\0b", 3);
	refuse_file(path, "control");
	memset(large, 'x', sizeof(large));
	write_file(large, sizeof(large));
	refuse_file(path, "64 KiB");
	write_file(large, sizeof(large) - 1);
	setenv("VOLUM_T_KEY_FILE", path, 1);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), DONE);
	assert_int_equal(strlen(s.text), sizeof(large) - 1);
	secret_clear(&s);
}

static void
taken_from_a_pipe_too(void **state)
{
	struct secret s = { 0 };
	struct error err = { 0 };
	char name[40];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "s3cret\n", 7), 7);
	close(ends[1]);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[0]);
	setenv("VOLUM_T_KEY_FILE", name, 1);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), DONE);
	assert_string_equal(s.text, "s3cret");
	secret_clear(&s);
	close(ends[0]);
}

static void
both_or_neither(void **state)
{
	struct secret s = { 0 };
	struct error err = { 0 };

	(void)state;
	setenv("VOLUM_T_KEY", "a-very-secret-one", 1);
	setenv("VOLUM_T_KEY_FILE", path, 1);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), BAD_CONFIG);
	assert_null(s.text);
	assert_string_equal(
	    err.text, "VOLUM_T_KEY and VOLUM_T_KEY_FILE are both set");
	assert_null(getenv("VOLUM_T_KEY"));
	assert_null(getenv("VOLUM_T_KEY_FILE"));
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), DONE);
	assert_null(s.text);
	assert_int_equal(secret_require("VOLUM_T_KEY", &s, &err), BAD_CONFIG);
	assert_string_equal(
	    err.text, "neither VOLUM_T_KEY nor VOLUM_T_KEY_FILE is set");
}

static void
taken_from_the_service_manager(void **state)
{
	char folder[] = "/tmp/volum-credentials-XXXXXX", name[64];
	struct secret s = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/VOLUM_T_KEY", folder);
	write_file("of the manager\n", 15);
	assert_int_equal(symlink(path, name), 0);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	assert_int_equal(secret_require("VOLUM_T_KEY", &s, &err), DONE);
	assert_string_equal(s.text, "of the manager");
	secret_clear(&s);
	setenv("VOLUM_T_KEY", "of the variable", 1);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), DONE);
	assert_string_equal(s.text, "of the variable");
	secret_clear(&s);
	assert_int_equal(secret_take("VOLUM_T_OTHER", &s, &err), DONE);
	assert_null(s.text);
	write_file("", 0);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, "VOLUM_T_KEY"));
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(name);
	rmdir(folder);
}

static void
the_old_place_is_overwritten(void **state)
{
	static char entry[] = "VOLUM_T_KEY=s3cret";
	struct secret s = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(putenv(entry), 0);
	assert_int_equal(secret_take("VOLUM_T_KEY", &s, &err), DONE);
	assert_memory_equal(entry, "VOLUM_T_KEY=\0\0\0\0\0\0", sizeof(entry));
	assert_string_equal(s.text, "s3cret");
	secret_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_from_the_variable),
		cmocka_unit_test(taken_from_the_file),
		cmocka_unit_test(files_that_hold_no_secret),
		cmocka_unit_test(taken_from_a_pipe_too),
		cmocka_unit_test(both_or_neither),
		cmocka_unit_test(taken_from_the_service_manager),
		cmocka_unit_test(the_old_place_is_overwritten),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
