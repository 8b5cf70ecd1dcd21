/* core/filter: how a run ends that could not go on. */
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "unit/filter_child.h"

#define ID "\"requestId\":\"req-1\""
#define LINE(n) "{\"id\":" #n "," ID ",\"line\":" #n "}\n"

static struct scene
scene(void)
{
	return (struct scene){ .options = { .request_id = "req-1" } };
}

static void
a_batch_that_is_not_stored_is_not_claimed(void **state)
{
	struct scene s = scene();

	(void)state;
	s.batch = 2;
	s.fail_flush = 2;
	expect(&s,
	    "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n{\"id\":4}\n{\"id\":5}\n", 75,
	    LINE(1) LINE(2),
	    "volum-test: the store is away; lines 3 to 4 were not stored\n",
	    "2;2;drop;");
	assert_non_null(strstr(left("log"),
	    "{\"read\":4,\"done\":2,\"rejected\":0,\"unchanged\":0,"
	    "\"cents\":200,\"status\":75,"));
	assert_non_null(strstr(left("log"), "\"Erro: the store is away;"));
	s.batch = 1;
	expect(&s, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n", 75, LINE(1),
	    "volum-test: the store is away; line 2 was not stored\n",
	    "1;1;drop;");
	s.options.quiet = true;
	expect(&s, "{\"id\":1}\n{\"id\":2}\n", 75, LINE(1),
	    "volum-test: the store is away; line 2 was not stored\n",
	    "1;1;drop;");
}

static void
what_came_before_a_failure_is_kept(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "{\"id\":1}\n{\"id\":2}\n{\"do\":\"later\"}\n{\"id\":4}\n",
	    75, LINE(1) LINE(2), "volum-test: line 3: away\n", "3;");
	expect(&s, "{\"id\":1}\n{\"do\":\"half-later\"}\n", 75, LINE(1),
	    "volum-test: line 2: away\n", "2;");
	s.fail_flush = 1;
	expect(&s, "{\"id\":1}\n{\"do\":\"later\"}\n", 75, "",
	    "volum-test: line 2: away; the store is away; lines 1 to 2 were "
	    "not stored\n",
	    "2;drop;");
}

static void
a_status_that_the_command_noted_wins(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "{\"do\":\"shut\",\"id\":1}\n{\"id\":2}\n", 69,
	    LINE(1) LINE(2), "", NULL);
}

static void
a_reader_that_went_away_is_no_success(void **state)
{
	struct scene s = scene();

	(void)state;
	s.deaf = true;
	s.batch = 1;
	expect(&s, "{\"id\":1}\n{\"id\":2}\n", 74, "",
	    "volum-test: stdout: the reader went away; line 1 done, but not "
	    "all results were written\n",
	    "1;");
	expect(&s, "", 0, "", "", "");
}

static void
a_full_disk_is_no_success(void **state)
{
	struct scene s = scene();

	(void)state;
	s.stdout_path = "/dev/full";
	expect(&s, "{\"id\":1}\n{\"id\":2}\n", 74, "",
	    "volum-test: stdout: No space left on device; lines 1 to 2 done, "
	    "but not all results were written\n",
	    "2;");
}

static void
results_beyond_the_ceiling_are_no_success(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "{\"do\":\"huge\"}\n", 74, "",
	    "volum-test: stdout: the results of one record take more than "
	    "64 MiB; line 1 was not stored\n",
	    "drop;");
}

static void
closed_descriptors_are_noticed(void **state)
{
	struct scene s = scene();

	(void)state;
	s.no_stdin = true;
	expect(&s, "", 65, "",
	    "volum-test: stdin: Bad file descriptor, after line 0\n", "");
	s = scene();
	s.closed = 1;
	expect(&s, "{\"id\":1}\n", 74, "",
	    "volum-test: stdout: Bad file descriptor; line 1 done, but not "
	    "all results were written\n",
	    NULL);
	expect(&s, "", 0, "", "", "");
	s.closed = 2;
	expect(&s, "{\"id\":1}\n", 0, LINE(1), "", NULL);
	expect(&s, "x\n", 1, "", "", NULL);
}

static void
a_stdin_that_cant_be_read_is_named(void **state)
{
	struct scene s = scene();

	(void)state;
	s.stdin_path = "/";
	expect(&s, "", 65, "",
	    "volum-test: stdin: Is a directory, after line 0\n", "");
}

static void
a_signal_ends_the_batch_in_hand(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "{\"id\":1}\n{\"do\":\"signal\",\"id\":2}\n{\"id\":3}\n", 75,
	    LINE(1) LINE(2), "volum-test: stopped by a signal after line 2\n",
	    "2;");
	s.nohup = true;
	expect(&s, "{\"do\":\"signal\",\"id\":1}\n{\"id\":2}\n", 0,
	    LINE(1) LINE(2), "", "2;");
}

static void
a_signal_wakes_a_filter_that_waits(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };
	struct scene s = scene();

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct child c = start(&s);
		feed(&c, "{\"id\":1}\n", 9);
		expect_line(&c, LINE(1));
		feed(&c, "{\"id\":", 6);
		kill(c.pid, signals[i]);
		/* The input stays open until the child has ended. */
		drain(c.out, &c.output);
		c.out = -1;
		finish(&c);
		assert_int_equal(c.code, 75);
		assert_int_equal(c.output.len, 0);
		assert_string_equal(buf_cstr(&c.errors),
		    "volum-test: stopped by a signal after line 1\n");
		child_clear(&c);
	}
}

/* Until the pipe has not grown for a while: nobody reads, the child waits. */
static void
wait_until_full(int pipe)
{
	int before = -1, now = 0;

	while (now == 0 || now != before) {
		before = now;
		usleep(100000);
		assert_int_equal(ioctl(pipe, FIONREAD, &now), 0);
	}
}

/* The child ends while its output is still in the pipe, or is killed. */
static void
assert_ends(pid_t pid)
{
	siginfo_t info = { 0 };

	for (int i = 0; i < 200 && info.si_pid == 0; i++) {
		usleep(50000);
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
	}
	if (info.si_pid == 0)
		kill(pid, SIGKILL);
	assert_int_equal(info.si_pid, pid);
}

static struct child
stop_while_stdout_blocks(const struct scene *s, const char *input)
{
	struct child c = start(s);

	feed(&c, input, strlen(input));
	wait_until_full(c.out);
	kill(c.pid, SIGTERM);
	assert_ends(c.pid);
	finish(&c);
	return c;
}

static void
a_reader_that_does_not_read_holds_up_no_end(void **state)
{
	struct scene s = scene();
	struct buf input = BUF_INIT;
	struct child c;

	(void)state;
	for (int i = 1; i <= 4000; i++)
		buf_printf(&input, "{\"id\":%d}\n", i);
	c = stop_while_stdout_blocks(&s, buf_cstr(&input));
	assert_int_equal(c.code, 75);
	assert_non_null(strstr(buf_cstr(&c.errors),
	    "volum-test: stopped by a signal, and the reader of stdout reads "
	    "no more: "));
	assert_non_null(strstr(buf_cstr(&c.errors),
	    " lines not written; lines 1001 to 2000 done, but not all results "
	    "were written\n"));
	/* What did leave are whole lines. */
	assert_true(c.output.len > 1000);
	assert_int_equal(c.output.data[c.output.len - 1], '\n');
	assert_non_null(strstr(left("log"), "\"status\":75,"));
	child_clear(&c);
	buf_clear(&input);
	/* Longer than a pipe: what is in it can't be taken back. */
	c = stop_while_stdout_blocks(&s, "{\"do\":\"big\"}\n");
	assert_int_equal(c.code, 75);
	assert_non_null(strstr(buf_cstr(&c.errors),
	    ": 5 lines not written, the first of them in part; line 1 done, "));
	child_clear(&c);
}

static void
a_slow_reader_has_time_after_a_signal(void **state)
{
	struct scene s = scene();
	struct child c = start(&s);

	(void)state;
	feed(&c, "{\"do\":\"big\"}\n", 13);
	wait_until_full(c.out);
	kill(c.pid, SIGTERM);
	usleep(1500000);
	finish(&c); /* reads */
	assert_int_equal(c.code, 75);
	assert_int_equal(c.output.len, 5 * 1024 * 1024);
	assert_string_equal(buf_cstr(&c.errors),
	    "volum-test: stopped by a signal after line 1\n");
	child_clear(&c);
}

static void
a_dead_letter_that_cant_be_kept_ends_the_run(void **state)
{
	struct scene s = scene();
	struct child c;

	(void)state;
	s.options.rejected = "/dev/full";
	c = play(&s, "{\"id\":1}\n{\"do\":\"reject\"}\n{\"id\":3}\n");
	assert_int_equal(c.code, 74);
	assert_string_equal(buf_cstr(&c.output), LINE(1));
	assert_non_null(strstr(buf_cstr(&c.errors), "volum-test: line 2: "));
	assert_non_null(strstr(buf_cstr(&c.errors), "/dev/full"));
	assert_null(strstr(buf_cstr(&c.errors), "kept in"));
	child_clear(&c);
	s.options.rejected = "-";
	c = play(&s, "");
	assert_int_equal(c.code, 64);
	child_clear(&c);
	s.options.rejected = "/dev/null/rejected";
	c = play(&s, "");
	assert_int_equal(c.code, 78);
	child_clear(&c);
}

static void
the_state_folder_is_the_default(void **state)
{
	char made[120], path[160];
	struct scene s = scene();
	struct stat is;

	(void)state;
	snprintf(made, sizeof(made), "%s/state/deep", folder);
	snprintf(path, sizeof(path), "%s/rejected.ndjson", made);
	setenv("VOLUM_STATE_DIR", made, 1);
	s.options.rejected = "";
	struct child c = start(&s);
	feed(&c, "x\n", 2);
	finish(&c);
	child_clear(&c);
	unsetenv("VOLUM_STATE_DIR");
	assert_int_equal(c.code, 1);
	assert_int_equal(stat(path, &is), 0);
	assert_int_equal(is.st_mode & 07777, 0600);
	unlink(path);
	assert_int_equal(stat(made, &is), 0);
	assert_int_equal(is.st_mode & 07777, 0700);
	rmdir(made);
	snprintf(made, sizeof(made), "%s/state", folder);
	rmdir(made);
}

static void
metrics_tell_the_exit_status(void **state)
{
	struct scene s = scene();
	struct child c;
	char path[100];

	(void)state;
	snprintf(path, sizeof(path), "%s", in_folder("metrics"));
	s.options.metrics = path;
	c = play(&s, "{\"id\":1}\nx\n");
	assert_int_equal(c.code, 1);
	assert_non_null(strstr(left("metrics"),
	    "volum_exit_status{command=\"volum-test\"}"
	    " 1\n"));
	assert_non_null(strstr(left("metrics"),
	    "volum_records_read_total{command=\"volum-test\"} 2\n"));
	/* From the first run on, so that increase() sees the first of each. */
	assert_non_null(strstr(left("metrics"),
	    "volum_runs_total{command=\"volum-test\",status=\"1\"} 1\n"));
	assert_non_null(strstr(left("metrics"),
	    "volum_runs_total{command=\"volum-test\",status=\"78\"} 0\n"));
	child_clear(&c);
}

/* The work is done, counted or not; somebody is told, and the log knows. */
static void
metrics_that_fail_fail_nothing(void **state)
{
	struct scene s = scene();

	(void)state;
	s.options.metrics = "/nowhere/at/all";
	expect(&s, "{\"id\":1}\n", 0, LINE(1),
	    "volum-test: --metrics /nowhere/at/all: No such file or "
	    "directory\n",
	    NULL);
	assert_non_null(strstr(left("log"), "\"level\":\"WARN\""));
	assert_non_null(strstr(left("log"),
	    "\"--metrics /nowhere/at/all: No such file or directory\""));
	assert_non_null(strstr(left("log"), "\"status\":0,"));
	s.options.quiet = true;
	expect(&s, "{\"id\":1}\n", 0, LINE(1), "", NULL);
}

static void
whoever_started_it_is_told_how_it_ended(void **state)
{
	struct scene s = scene();

	(void)state;
	setenv("VOLUM_OUTCOME", in_folder("outcome"), 1);
	for (int i = 0; i < 2; i++) {
		struct child c = play(&s, "{\"id\":1}\nx\n");
		assert_int_equal(c.code, 1);
		child_clear(&c);
		s.options.dry_run = true;
	}
	assert_string_equal(left("outcome"),
	    "{\"comando\":\"volum-test\",\"saida\":1,\"lidos\":2,"
	    "\"feitos\":1,\"rejeitados\":1,\"inalterados\":0}\n"
	    "{\"comando\":\"volum-test\",\"saida\":1,\"lidos\":2,"
	    "\"feitos\":1,\"rejeitados\":1,\"inalterados\":0}\n");
	s.options.dry_run = false;
	setenv("VOLUM_OUTCOME", "/nowhere/at/all", 1);
	expect(&s, "{\"id\":1}\n", 74, LINE(1),
	    "volum-test: VOLUM_OUTCOME /nowhere/at/all: No such file or "
	    "directory\n",
	    NULL);
	unsetenv("VOLUM_OUTCOME");
}

static void
a_log_that_cant_be_opened_stops_the_start(void **state)
{
	struct scene s = scene();

	(void)state;
	s.options.log = "/nowhere/at/all";
	expect(&s, "{\"id\":1}\n", 78, "",
	    "volum-test: --log /nowhere/at/all: No such file or directory\n",
	    "");
}

static void
a_start_that_is_refused_says_where_help_is(void **state)
{
	static const struct command command = { .name = "volum-test" };
	struct error err;
	struct buf said = BUF_INIT;
	int ends[2], keep = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	fail(&err, BAD_CONFIG, "one");
	int config = filter_refuse_start(&command, BAD_CONFIG, &err);
	fail(&err, BAD_USAGE, "two");
	int usage = filter_refuse_start(&command, BAD_USAGE, &err);
	dup2(keep, STDERR_FILENO);
	close(keep);
	close(ends[1]);
	drain(ends[0], &said);
	assert_int_equal(config, 78);
	assert_int_equal(usage, 64);
	assert_string_equal(buf_cstr(&said),
	    "volum-test: one\nvolum-test: two\n"
	    "volum-test: try 'volum-test --help'\n");
	buf_clear(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_that_is_not_stored_is_not_claimed),
		cmocka_unit_test(what_came_before_a_failure_is_kept),
		cmocka_unit_test(a_status_that_the_command_noted_wins),
		cmocka_unit_test(a_reader_that_went_away_is_no_success),
		cmocka_unit_test(a_full_disk_is_no_success),
		cmocka_unit_test(results_beyond_the_ceiling_are_no_success),
		cmocka_unit_test(closed_descriptors_are_noticed),
		cmocka_unit_test(a_stdin_that_cant_be_read_is_named),
		cmocka_unit_test(a_signal_ends_the_batch_in_hand),
		cmocka_unit_test(a_signal_wakes_a_filter_that_waits),
		cmocka_unit_test(a_reader_that_does_not_read_holds_up_no_end),
		cmocka_unit_test(a_slow_reader_has_time_after_a_signal),
		cmocka_unit_test(a_dead_letter_that_cant_be_kept_ends_the_run),
		cmocka_unit_test(the_state_folder_is_the_default),
		cmocka_unit_test(metrics_tell_the_exit_status),
		cmocka_unit_test(whoever_started_it_is_told_how_it_ended),
		cmocka_unit_test(metrics_that_fail_fail_nothing),
		cmocka_unit_test(a_log_that_cant_be_opened_stops_the_start),
		cmocka_unit_test(a_start_that_is_refused_says_where_help_is),
	};

	return run_in_folder(
	    tests, sizeof(tests) / sizeof(tests[0]), "filter ends");
}
