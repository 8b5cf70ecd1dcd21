/* core/metrics: counters that outlive a run, in the textfile format. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/metrics.h"
#include "unit/unit.h"

static char folder[] = "/tmp/volum-test-metrics-XXXXXX";

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

static enum status
write_some(const char *path, const char *command, const char *task,
    int64_t read, struct error *err)
{
	struct metrics *m = metrics_new();
	enum status s;

	metrics_count(m, METRIC_RUNS, read > 0 ? "0" : "75", 1);
	metrics_count(m, METRIC_READ, NULL, read);
	metrics_count(m, METRIC_CONTRACTS, "incluido", 1);
	metrics_count(m, METRIC_CONTRACTS, "incluido", 1);
	metrics_count(m, METRIC_LIMIT_WAIT_MS, NULL, 1999);
	metrics_set(m, METRIC_START_MS, NULL, 1795496403007);
	if (read > 0)
		metrics_set(m, METRIC_SUCCESS_MS, NULL, 1795496404000 + read);
	s = metrics_write(m, path, command, task, err);
	metrics_free(m);
	return s;
}

static void
expect_file(const char *name, const char *want)
{
	char path[100], text[8192];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	read_file(path, text, sizeof(text));
	assert_string_equal(text, want);
	unlink(path);
}

/* Prometheus sees what a run did by the difference alone. */
static void
counters_go_on_and_gauges_are_the_last(void **state)
{
	char path[100];
	struct error err;
	struct stat is;

	(void)state;
	snprintf(path, sizeof(path), "%s/x.prom", folder);
	assert_int_equal(write_some(path, "volum-test", NULL, 7, &err), DONE);
	assert_int_equal(write_some(path, "volum-test", NULL, 5, &err), DONE);
	/* A run that failed leaves the last success as it was. */
	assert_int_equal(write_some(path, "volum-test", NULL, 0, &err), DONE);
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(stat(path, &is), 0);
	assert_int_equal(is.st_mode & 07777, 0644);
	expect_file("x.prom",
	    "# HELP volum_runs_total Runs, by exit status.\n"
	    "# TYPE volum_runs_total counter\n"
	    "volum_runs_total{command=\"volum-test\",status=\"0\"} 2\n"
	    "volum_runs_total{command=\"volum-test\",status=\"75\"} 1\n"
	    "# HELP volum_records_read_total Records read.\n"
	    "# TYPE volum_records_read_total counter\n"
	    "volum_records_read_total{command=\"volum-test\"} 12\n"
	    "# HELP volum_contracts_total Results for contracts, by what was "
	    "done.\n"
	    "# TYPE volum_contracts_total counter\n"
	    "volum_contracts_total{command=\"volum-test\",acao=\"incluido\"} "
	    "6\n"
	    "# HELP volum_limit_wait_seconds_total Time spent waiting for the "
	    "limits of Omie.\n"
	    "# TYPE volum_limit_wait_seconds_total counter\n"
	    "volum_limit_wait_seconds_total{command=\"volum-test\"} 5.997\n"
	    "# HELP volum_run_start_seconds When the last run began.\n"
	    "# TYPE volum_run_start_seconds gauge\n"
	    "volum_run_start_seconds{command=\"volum-test\"} "
	    "1795496403.007\n"
	    "# HELP volum_last_success_timestamp_seconds When a run last ended "
	    "with 0 or 1.\n"
	    "# TYPE volum_last_success_timestamp_seconds gauge\n"
	    "volum_last_success_timestamp_seconds{command=\"volum-test\"} "
	    "1795496404.005\n");
}

static size_t
times(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

static void
commands_share_a_folder_or_a_file(void **state)
{
	char path[100], text[8192];
	struct error err;

	(void)state;
	assert_int_equal(write_some(folder, "volum-a", NULL, 1, &err), DONE);
	assert_int_equal(
	    write_some(folder, "volum-a", "--list", 2, &err), DONE);
	assert_int_equal(files_in_folder(), 2);
	snprintf(path, sizeof(path), "%s/volum-a--list.prom", folder);
	read_file(path, text, sizeof(text));
	assert_non_null(strstr(text, "{command=\"volum-a --list\"} 2\n"));
	/* What is of others stays, each metric in one piece. */
	assert_int_equal(write_some(path, "volum-b", NULL, 3, &err), DONE);
	assert_int_equal(write_some(path, "volum-a", "--list", 2, &err), DONE);
	read_file(path, text, sizeof(text));
	assert_non_null(strstr(text, "{command=\"volum-a --list\"} 4\n"));
	assert_non_null(strstr(text, "{command=\"volum-b\"} 3\n"));
	assert_int_equal(times(text, "# TYPE volum_records_read_total"), 1);
	unlink(path);
	snprintf(path, sizeof(path), "%s/volum-a.prom", folder);
	unlink(path);
}

/* What is damaged or no longer ours is left out; the rest goes on. */
static void
a_damaged_file_starts_again(void **state)
{
	static const char *const bad[] = { "", "nonsense\n", "\n\n#\n",
		"volum_records_read_total{command=\"volum-test\"} -3\n",
		"volum_records_read_total{command=\"volum-test\"} 3.5\n",
		"volum_records_read_total{command=\"volum-test\"} 3x\n",
		"volum_records_read_total{command=\"volum-test\"}\n",
		"volum_records_read_total{command=\"volum-test\"",
		"volum_records_read_total{command=\"volum-test\",a=\"b\"} 3\n",
		"volum_records_read_total{command=\"v\\\"\"} 3\n",
		("volum_records_read_total{command=\"volum-test\"} "
		 "99999999999999999999\n"),
		"volum_old_total{command=\"volum-test\"} 3\n" };
	char path[100], text[8192];
	struct error err;

	(void)state;
	snprintf(path, sizeof(path), "%s/x.prom", folder);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(bad[i], f);
		fclose(f);
		assert_int_equal(
		    write_some(path, "volum-test", NULL, 7, &err), DONE);
		read_file(path, text, sizeof(text));
		assert_non_null(strstr(text,
		    "\nvolum_records_read_total{command=\"volum-test\"} 7\n"));
		assert_int_equal(times(text, "\nvolum_records_read_total{"), 1);
	}
	unlink(path);
}

static void
processes_take_turns(void **state)
{
	enum { EACH = 25, PROCESSES = 4 };
	char path[100], text[8192];
	struct error err;
	int status;

	(void)state;
	snprintf(path, sizeof(path), "%s/x.prom", folder);
	for (int p = 0; p < PROCESSES; p++)
		if (fork() == 0) {
			for (int i = 0; i < EACH; i++)
				write_some(path, "volum-test", NULL, 1, &err);
			_exit(0);
		}
	for (int p = 0; p < PROCESSES; p++)
		assert_true(wait(&status) > 0);
	read_file(path, text, sizeof(text));
	assert_non_null(
	    strstr(text, "read_total{command=\"volum-test\"} 100\n"));
	unlink(path);
}

/* A difference has a sign; what counts has none. */
static void
a_gauge_can_be_below_zero(void **state)
{
	char path[100], text[8192];
	struct error err;

	(void)state;
	snprintf(path, sizeof(path), "%s/x.prom", folder);
	struct metrics *m = metrics_new();
	metrics_set(m, METRIC_DIFFERENCE_CENTS, NULL, -1234);
	metrics_set(m, METRIC_DISAGREEMENTS, NULL, 2);
	assert_int_equal(metrics_write(m, path, "c", NULL, &err), DONE);
	metrics_free(m);
	/* It is still there when another job wrote. */
	assert_int_equal(write_some(path, "d", NULL, 1, &err), DONE);
	read_file(path, text, sizeof(text));
	assert_non_null(strstr(
	    text, "volum_reconcile_difference_cents{command=\"c\"} -1234\n"));
	assert_non_null(
	    strstr(text, "volum_reconcile_disagreements{command=\"c\"} 2\n"));
	unlink(path);
}

/* Whoever can open the folder can lock it, and would hold up the night. */
static void
a_lock_that_is_held_is_not_waited_for_long(void **state)
{
	char path[100];
	struct error err;
	int fd = open(folder, O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	snprintf(path, sizeof(path), "%s/x.prom", folder);
	int64_t began = clock_monotonic_ms();
	assert_int_equal(write_some(path, "c", NULL, 1, &err), OUTPUT_FAILED);
	assert_in_range(clock_monotonic_ms() - began, 1000, 30000);
	assert_non_null(strstr(err.text, ": its folder is locked for long"));
	assert_int_equal(files_in_folder(), 0);
	close(fd);
	assert_int_equal(write_some(path, "c", NULL, 1, &err), DONE);
	unlink(path);
}

static void
what_is_no_file_is_not_replaced(void **state)
{
	char path[100];
	struct error err;
	struct stat is;

	(void)state;
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(write_some(path, "c", NULL, 1, &err), OUTPUT_FAILED);
	assert_non_null(strstr(err.text, "/pipe: is no file"));
	assert_int_equal(stat(path, &is), 0);
	assert_true(S_ISFIFO(is.st_mode));
	assert_int_equal(files_in_folder(), 1);
	unlink(path);
}

static void
a_failure_is_named_and_leaves_nothing(void **state)
{
	char path[100], below[120];
	struct error err;

	(void)state;
	assert_int_equal(
	    write_some("/nowhere/at.prom", "c", NULL, 1, &err), OUTPUT_FAILED);
	assert_string_equal(
	    err.text, "--metrics /nowhere/at.prom: No such file or directory");
	/* rename() over a folder fails after the file was written. */
	snprintf(path, sizeof(path), "%s/c.prom", folder);
	snprintf(below, sizeof(below), "%s/x", path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mkdir(below, 0700), 0);
	assert_int_equal(write_some(folder, "c", NULL, 1, &err), OUTPUT_FAILED);
	assert_int_equal(files_in_folder(), 1);
	rmdir(below);
	rmdir(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_go_on_and_gauges_are_the_last),
		cmocka_unit_test(commands_share_a_folder_or_a_file),
		cmocka_unit_test(a_damaged_file_starts_again),
		cmocka_unit_test(processes_take_turns),
		cmocka_unit_test(a_gauge_can_be_below_zero),
		cmocka_unit_test(a_lock_that_is_held_is_not_waited_for_long),
		cmocka_unit_test(what_is_no_file_is_not_replaced),
		cmocka_unit_test(a_failure_is_named_and_leaves_nothing),
	};

	if (mkdtemp(folder) == NULL)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
