/* core/options and core/env_file: what a crontab may say, and what not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/filter.h"
#include "core/options_internal.h"
#include "unit/unit.h"

struct options {
	struct common_options common;
	int64_t batch, total;
	struct option_list company;
	const char *template_;
	bool plan;
	int order;
};

#define OWN(member) offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "batch", 'b', OPTION_NUMBER, "N", OWN(batch), "T_BATCH",
	    "records per transaction", 1, 500 },
	{ "total", 0, OPTION_NUMBER, "N", OWN(total), NULL, "cents", INT64_MIN,
	    INT64_MAX },
	{ "empresa", 'e', OPTION_LIST, "ID", OWN(company), "T_EMPRESA",
	    "this company", 0, 0 },
	{ "template-of-the-contract", 0, OPTION_TEXT, "FILE.jq", OWN(template_),
	    NULL,
	    "a help text that is long enough to need more than the one line "
	    "that most of them need, with cobran\u00E7a in it",
	    0, 0 },
	{ "plan", 0, OPTION_FLAG, NULL, OWN(plan), "T_PLAN", "only plan", 0,
	    0 },
	{ "order", 0, OPTION_CHOICE, "key|age", OWN(order), "T_ORDER",
	    "sorted by", 0, 0 },
	{ 0 },
};

static const struct command command = { .name = "volum-test",
	.summary = "Tests what can be tested.",
	.synopsis = "[--batch N] [--empresa ID]... [--order key|age] [--plan] "
		    "[--template-of-the-contract FILE.jq]",
	.rows = rows };

static const struct options defaults = { .batch = 100, .order = 1 };

/* Splits `line` at blanks; the words live until the next call. */
static enum status
parse(const struct command *which, const char *line, struct options *out,
    int *first, struct error *err)
{
	static char words[512];
	static char *argv[32];
	int argc = 0;
	bool done;

	snprintf(words, sizeof(words), "volum-test %s", line);
	for (char *w = strtok_r(words, " ", &argv[31]); w != NULL;
	     w = strtok_r(NULL, " ", &argv[31]))
		argv[argc++] = w;
	argv[argc] = NULL;
	*out = defaults;
	memset(err, 0, sizeof(*err));
	enum status s =
	    options_parse(which, out, argc, argv, first, &done, err);
	assert_false(done);
	return s;
}

static void
forget(void)
{
	static const char *const names[] = { "VOLUM_LOG", "VOLUM_REJECTED",
		"VOLUM_METRICS", "VOLUM_DB", "T_BATCH", "T_EMPRESA", "T_PLAN",
		"T_ORDER" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

static void
good_lines_are_understood(void **state)
{
	struct options o;
	struct error err;
	int first = -1;

	(void)state;
	forget();
	assert_int_equal(parse(&command, "", &o, &first, &err), DONE);
	assert_memory_equal(&o, &defaults, sizeof(o));
	assert_int_equal(first, 1);
	assert_int_equal(parse(&command,
			     "-vn -b7 -e 1 --empresa=2 -e3 --plan --order key "
			     "--log L --rejected=R --metrics M --db D "
			     "--request-id I --progress always "
			     "--template-of-the-contract T "
			     "--as-of 2026-11-24T05:00:03Z",
			     &o, NULL, &err),
	    DONE);
	assert_true(o.common.verbose && o.common.dry_run && o.plan);
	assert_false(o.common.quiet);
	assert_int_equal(o.batch, 7);
	assert_int_equal(o.company.count, 3);
	assert_string_equal(o.company.items[0], "1");
	assert_string_equal(o.company.items[1], "2");
	assert_string_equal(o.company.items[2], "3");
	assert_int_equal(o.order, 0);
	assert_string_equal(o.common.log, "L");
	assert_string_equal(o.common.rejected, "R");
	assert_string_equal(o.common.metrics, "M");
	assert_string_equal(o.common.db, "D");
	assert_string_equal(o.common.request_id, "I");
	assert_string_equal(o.template_, "T");
	assert_int_equal(o.common.progress, PROGRESS_ALWAYS);
	assert_int_equal(o.common.as_of, 1795496403000);
}

static void
wrong_lines_are_named(void **state)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{ "--nonsense", "unknown option --nonsense" },
		{ "--secret=hunter2", "unknown option --secret" },
		{ "-x", "unknown option -x" },
		{ "-vx", "unknown option -x" },
		{ "--bat 3", "unknown option --bat (write --batch in full)" },
		{ "--bat=3", "unknown option --bat (write --batch in full)" },
		{ "--verb", "unknown option --verb (write --verbose in full)" },
		{ "--v", "unknown option --v" },
		{ "--batch", "option --batch needs a value" },
		{ "-b", "option --batch needs a value" },
		{ "--plan=1", "option --plan takes no value" },
		{ "--version=3", "option --version takes no value" },
		{ "--batch 0",
		    "--batch: '0' is not a whole number from 1 to 500" },
		{ "--batch 501",
		    "--batch: '501' is not a whole number from 1 to 500" },
		{ "--batch 9x",
		    "--batch: '9x' is not a whole number from 1 to 500" },
		{ "--batch +9",
		    "--batch: '+9' is not a whole number from 1 to 500" },
		{ "--batch -9",
		    "--batch: '-9' is not a whole number from 1 to 500" },
		{ "--batch 0x9",
		    "--batch: '0x9' is not a whole number from 1 to 500" },
		{ "--batch 99999999999999999999",
		    "--batch: '99999999999999999999' is not a whole number "
		    "from 1 to 500" },
		{ "--total 9223372036854775808",
		    "--total: '9223372036854775808' is not a whole number from "
		    "-9223372036854775808 to 9223372036854775807" },
		{ "--batch=", "--batch: the value is empty" },
		{ "--log=", "--log: the value is empty" },
		{ "--empresa=", "--empresa: the value is empty" },
		{ "--order ke", "--order: 'ke' is none of key|age" },
		{ "--order key|age", "--order: 'key|age' is none of key|age" },
		{ "--batch 3 --batch 3", "--batch is given twice" },
		{ "-v --verbose", "--verbose is given twice" },
		{ "-vv", "--verbose is given twice" },
		{ "-v -q", "--verbose and --quiet exclude each other" },
		{ "-v file", "'file': only options are expected" },
		{ "file -v", "'file': only options are expected" },
	};
	struct options o;
	struct error err;

	(void)state;
	forget();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    parse(&command, cases[i].line, &o, NULL, &err), BAD_USAGE);
		assert_string_equal(err.text, cases[i].text);
	}
	assert_int_equal(
	    parse(&command, "--as-of yesterday", &o, NULL, &err), BAD_USAGE);
	assert_non_null(strstr(err.text, "--as-of: "));
}

static void
operands_are_for_the_commands_that_take_them(void **state)
{
	struct command with = command;
	struct options o;
	struct error err;
	int first = 0;

	(void)state;
	with.operands = true;
	assert_int_equal(parse(&with, "-v a -q", &o, &first, &err), DONE);
	assert_int_equal(first, 2);
	assert_true(o.common.verbose);
	assert_false(o.common.quiet);
	assert_int_equal(parse(&with, "-- -v", &o, &first, &err), DONE);
	assert_int_equal(first, 2);
	assert_false(o.common.verbose);
}

static void
the_environment_is_the_second_choice(void **state)
{
	struct options o;
	struct error err;

	(void)state;
	forget();
	setenv("VOLUM_LOG", "env-log", 1);
	setenv("VOLUM_DB", "env-db", 1);
	setenv("VOLUM_REJECTED", "", 1);
	setenv("T_BATCH", "9", 1);
	setenv("T_PLAN", "1", 1);
	setenv("T_ORDER", "key", 1);
	setenv("T_EMPRESA", "77", 1);
	assert_int_equal(
	    parse(&command, "--log mine --batch 3", &o, NULL, &err), DONE);
	assert_string_equal(o.common.log, "mine");
	assert_string_equal(o.common.db, "env-db");
	assert_null(o.common.rejected);
	assert_int_equal(o.batch, 3);
	assert_int_equal(o.order, 0);
	assert_true(o.plan);
	assert_int_equal(o.company.count, 1);
	assert_string_equal(o.company.items[0], "77");
	assert_int_equal(parse(&command, "-e1", &o, NULL, &err), DONE);
	assert_int_equal(o.company.count, 1);
	assert_string_equal(o.company.items[0], "1");
	assert_int_equal(o.batch, 9);
}

static void
a_wrong_variable_is_named(void **state)
{
	static const struct {
		const char *name, *value, *text;
	} cases[] = {
		{ "T_BATCH", "many",
		    "T_BATCH: 'many' is not a whole number from 1 to 500" },
		{ "T_PLAN", "yes", "T_PLAN: 'yes' is neither 1 nor 0" },
		{ "T_ORDER", "up", "T_ORDER: 'up' is none of key|age" },
	};
	struct options o;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		forget();
		setenv(cases[i].name, cases[i].value, 1);
		assert_int_equal(
		    parse(&command, "", &o, NULL, &err), BAD_CONFIG);
		assert_string_equal(err.text, cases[i].text);
	}
	forget();
}

static char path[] = "/tmp/volum-test-options-XXXXXX";

static void
a_file_is_the_third_choice(void **state)
{
	char line[80];
	struct options o;
	struct error err;
	FILE *f = fopen(path, "w");

	(void)state;
	forget();
	assert_non_null(f);
	fputs("VOLUM_LOG=file-log\nVOLUM_DB=file-db\nT_BATCH=12\n", f);
	assert_int_equal(fclose(f), 0);
	setenv("VOLUM_DB", "env-db", 1);
	snprintf(line, sizeof(line), "--batch 3 --env-file %s", path);
	assert_int_equal(parse(&command, line, &o, NULL, &err), DONE);
	assert_string_equal(o.common.log, "file-log");
	assert_string_equal(o.common.db, "env-db");
	assert_int_equal(o.batch, 3);
	assert_int_equal(
	    parse(&command, "--env-file /nowhere/at/all", &o, NULL, &err),
	    BAD_CONFIG);
	forget();
}

static void
the_help_fits_a_terminal(void **state)
{
	struct buf out = BUF_INIT;
	size_t column = 0;

	(void)state;
	options_help(&command, &defaults, &out);
	const char *help = buf_cstr(&out);
	for (const char *c = help; *c != '\0'; c++) {
		column = *c == '\n' ? 0 : column + ((*c & 0xC0) != 0x80);
		assert_true(column < 80);
		assert_false(*c == '\n' && c > help && c[-1] == ' ');
	}
	for (size_t i = 0; options_row(&command, i) != NULL; i++) {
		char name[80];
		snprintf(
		    name, sizeof(name), "--%s", options_row(&command, i)->name);
		assert_non_null(strstr(help, name));
	}
	static const char *const must[] = { "Usage: volum-test [--batch N] ",
		"Tests what can be tested.\n", "default 100, at most 500",
		"[$T_BATCH]", "default age", "default auto", "[$VOLUM_LOG]",
		"may be repeated", "Exit status:", "See man volum-test.\n" };
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		assert_non_null(strstr(help, must[i]));
	buf_clear(&out);
}

static enum status
refuse_large_plans(const void *options, struct error *err)
{
	const struct options *o = options;

	if (o->plan && o->batch > 100)
		return fail(err, BAD_USAGE, "--plan: not of %d", (int)o->batch);
	return DONE;
}

/* Once all are read, wherever they came from. */
static void
a_command_says_what_goes_together(void **state)
{
	struct command checked = command;
	struct options o;
	struct error err;

	(void)state;
	forget();
	checked.check = refuse_large_plans;
	assert_int_equal(parse(&checked, "--plan", &o, NULL, &err), DONE);
	assert_int_equal(
	    parse(&checked, "--plan --batch 101", &o, NULL, &err), BAD_USAGE);
	assert_string_equal(err.text, "--plan: not of 101");
	setenv("T_BATCH", "300", 1);
	assert_int_equal(parse(&checked, "--plan", &o, NULL, &err), BAD_USAGE);
	assert_string_equal(err.text, "--plan: not of 300");
	assert_int_equal(
	    parse(&checked, "--plan --batch 7", &o, NULL, &err), DONE);
	/* What is wrong by itself is said first. */
	assert_int_equal(
	    parse(&checked, "--plan --batch x", &o, NULL, &err), BAD_USAGE);
	assert_non_null(strstr(err.text, "--batch"));
	forget();
}

/* Runs `line` with stdout in a file and gives what was printed. */
static enum status
printed(const char *line, const char *to, bool *done, char *out, size_t size)
{
	char words[2][40] = { "volum-test" };
	char *argv[] = { words[0], words[1], NULL };
	struct options o = defaults;
	struct error err;
	int keep = dup(1);

	snprintf(words[1], sizeof(words[1]), "%s", line);
	fflush(stdout);
	assert_non_null(freopen(to, "w", stdout));
	enum status s = options_parse(&command, &o, 2, argv, NULL, done, &err);
	fflush(stdout);
	dup2(keep, 1);
	close(keep);
	clearerr(stdout);
	FILE *f = fopen(to, "r");
	assert_non_null(f);
	size_t got = s == DONE ? fread(out, 1, size - 1, f) : 0;
	out[got] = '\0';
	fclose(f);
	return s;
}

static void
help_and_version_print_and_are_checked(void **state)
{
	char out[8192], want[80];
	bool done = false;

	(void)state;
	assert_int_equal(
	    printed("--version", path, &done, out, sizeof(out)), DONE);
	assert_true(done);
	snprintf(want, sizeof(want), "volum-test %s\n", VOLUM_VERSION);
	assert_string_equal(out, want);
	done = false;
	assert_int_equal(
	    printed("--help", path, &done, out, sizeof(out)), DONE);
	assert_true(done);
	assert_non_null(strstr(out, "Usage: volum-test"));
	assert_int_equal(printed("-h", path, &done, out, sizeof(out)), DONE);
	assert_int_equal(
	    printed("--help", "/dev/full", &done, out, sizeof(out)),
	    OUTPUT_FAILED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_are_understood),
		cmocka_unit_test(wrong_lines_are_named),
		cmocka_unit_test(operands_are_for_the_commands_that_take_them),
		cmocka_unit_test(the_environment_is_the_second_choice),
		cmocka_unit_test(a_wrong_variable_is_named),
		cmocka_unit_test(a_file_is_the_third_choice),
		cmocka_unit_test(a_command_says_what_goes_together),
		cmocka_unit_test(the_help_fits_a_terminal),
		cmocka_unit_test(help_and_version_print_and_are_checked),
	};
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
