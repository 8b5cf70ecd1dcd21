/* core/metrics: a whole file or the old one, in the textfile format. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/metrics.h"
#include "unit/unit.h"

static char folder[] = "/tmp/volum-test-metrics-XXXXXX";
static const struct counters some = {
	.read = 7, .done = 5, .rejected = 2, .unchanged = 1, .cents = 1500007
};

static void
read_file(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	out[fread(out, 1, size - 1, f)] = '\0';
	fclose(f);
}

static int
files_in_folder(void)
{
	DIR *d = opendir(folder);
	int count = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		count += e->d_name[0] != '.';
	closedir(d);
	return count;
}

static void
every_metric_stands_in_the_file(void **state)
{
	static const char *const lines[] = {
		"# TYPE volum_records_read_total counter\n"
		"volum_records_read_total{command=\"volum-test\"} 7\n",
		"volum_records_done_total{command=\"volum-test\"} 5\n",
		"volum_records_rejected_total{command=\"volum-test\"} 2\n",
		"volum_records_unchanged_total{command=\"volum-test\"} 1\n",
		"volum_amount_cents_total{command=\"volum-test\"} 1500007\n",
		"# TYPE volum_exit_status gauge\n"
		"volum_exit_status{command=\"volum-test\"} 75\n",
		"volum_run_start_seconds{command=\"volum-test\"} 12.007\n",
		"volum_run_end_seconds{command=\"volum-test\"} 13.000\n",
	};
	char path[100], text[4096];
	struct error err;
	struct stat is;

	(void)state;
	snprintf(path, sizeof(path), "%s/x.prom", folder);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(metrics_write(path, "volum-test", &some,
				     TRY_LATER, 12007, 13000, &err),
		    DONE);
		assert_int_equal(files_in_folder(), 1);
	}
	read_file(path, text, sizeof(text));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_non_null(strstr(text, lines[i]));
	for (char *at = text, *end; (end = strchr(at, '\n')) != NULL;
	     at = end + 1)
		assert_true(strncmp(at, "# HELP volum_", 13) == 0 ||
		    strncmp(at, "# TYPE volum_", 13) == 0 ||
		    strncmp(at, "volum_", 6) == 0);
	assert_int_equal(stat(path, &is), 0);
	assert_int_equal(is.st_mode & 07777, 0644);
	unlink(path);
}

static void
the_commands_of_a_pipe_share_a_folder(void **state)
{
	char path[100], text[4096];
	struct error err;

	(void)state;
	assert_int_equal(
	    metrics_write(folder, "volum-a", &some, DONE, 1, 2, &err), DONE);
	assert_int_equal(
	    metrics_write(folder, "volum-b", &some, DONE, 1, 2, &err), DONE);
	assert_int_equal(files_in_folder(), 2);
	snprintf(path, sizeof(path), "%s/volum-b.prom", folder);
	read_file(path, text, sizeof(text));
	assert_non_null(strstr(text, "{command=\"volum-b\"} 7\n"));
	unlink(path);
	snprintf(path, sizeof(path), "%s/volum-a.prom", folder);
	unlink(path);
}

static void
a_failure_is_named_and_leaves_nothing(void **state)
{
	char path[100], below[120];
	struct error err;

	(void)state;
	assert_int_equal(
	    metrics_write("/nowhere/at.prom", "c", &some, DONE, 1, 2, &err),
	    OUTPUT_FAILED);
	assert_string_equal(
	    err.text, "--metrics /nowhere/at.prom: No such file or directory");
	/* rename() over a folder fails after the file was written. */
	snprintf(path, sizeof(path), "%s/c.prom", folder);
	snprintf(below, sizeof(below), "%s/x", path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mkdir(below, 0700), 0);
	assert_int_equal(
	    metrics_write(folder, "c", &some, DONE, 1, 2, &err), OUTPUT_FAILED);
	assert_int_equal(files_in_folder(), 1);
	rmdir(below);
	rmdir(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_metric_stands_in_the_file),
		cmocka_unit_test(the_commands_of_a_pipe_share_a_folder),
		cmocka_unit_test(a_failure_is_named_and_leaves_nothing),
	};

	if (mkdtemp(folder) == NULL)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
