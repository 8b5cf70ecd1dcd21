/* core/jqprog: what a program gets, what it may give, what it can't reach. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/jqprog.h"
#include "unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CANARY "canary-in-the-environment"

struct seen {
	struct buf lines;
	int calls, stop_after;
};

static enum status
note(struct text json, void *ctx, struct error *err)
{
	struct seen *seen = ctx;

	buf_add_text(&seen->lines, json);
	buf_add_str(&seen->lines, "\n");
	if (++seen->calls == seen->stop_after)
		return fail(err, OUTPUT_FAILED, "enough");
	return DONE;
}

static enum status
ignore(struct text json, void *ctx, struct error *err)
{
	(void)json;
	(void)ctx;
	(void)err;
	return DONE;
}

static struct jqprog *
compiled(const char *program)
{
	struct jqprog *p;
	struct error err = { 0 };

	if (jqprog_open(&p, "t.jq", text_of(program), &err) != DONE)
		assert_string_equal(err.text, program);
	return p;
}

/* The results, a line each, or `! ` and the message. */
static void
expect(const char *program, const char *input, const char *want)
{
	struct jqprog *p = compiled(program);
	struct seen seen = { .stop_after = -1 };
	struct error err = { 0 };
	enum status status = jqprog_run(p, text_of(input), note, &seen, &err);

	if (status != DONE) {
		assert_int_equal(status, SOME_REJECTED);
		assert_string_equal(err.code, "programa_falhou");
		assert_string_equal(err.class_, "dados");
		assert_null(strchr(err.text, '\n'));
		buf_printf(&seen.lines, "! %s\n", err.text);
	}
	assert_string_equal(buf_cstr(&seen.lines), want);
	buf_clear(&seen.lines);
	jqprog_close(p);
}

static void
values_come_and_go_unchanged(void **state)
{
	static const char *const rows[] = { "null", "true", "false", "[]", "{}",
		"\"\"", "[[],{},[{}]]", "{\"z\":1,\"a\":2,\"m\":[true,null]}",
		"\"Cobran\303\247a \xf0\x9f\x98\x80 \xef\xbf\xbf\"",
		"\"\\u0000\\u001f\\\"\\\\\\n\"", "{\"a\\u0000b\":1,\"\":2}",
		"\"a\x7f\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char want[200];

		snprintf(want, sizeof(want), "%s\n", rows[i]);
		expect(".", rows[i], want);
	}
	expect(".", " { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}\n");
	expect("empty", "{}", "");
	expect(".[]", "[1,\"x\",null]", "1\n\"x\"\nnull\n");
	expect(
	    "\"\\u00e9\\ud83d\\ude00\"", "0", "\"\xc3\xa9\xf0\x9f\x98\x80\"\n");
}

static const struct {
	const char *in, *out; /* out NULL: refused */
} numbers[] = {
	{ "0", "0" },
	{ "-0", "0" },
	{ "-0.0e5", "0" },
	{ "0e999999999", "0" },
	{ "15000.00", "15000" },
	{ "1.10", "1.1" },
	{ "-20000.05", "-20000.05" },
	{ "1e2", "100" },
	{ "1E+2", "100" },
	{ "12e-1", "1.2" },
	{ "9999999999999.99", "9999999999999.99" },
	{ "7700000001", "7700000001" },
	{ "123456789012345", "123456789012345" },
	{ "1234567890123450", "1234567890123450" },
	{ "9007199254740991", "9007199254740991" },
	{ "9007199254740992", "9007199254740992" },
	{ "-9007199254740992", "-9007199254740992" },
	{ "9007199254740992.0", "9007199254740992" },
	{ "1e15", "1000000000000000" },
	{ "0.1", "0.1" },
	{ "0.0000001", "0.0000001" },
	{ "0.000000123456789012345", "0.000000123456789012345" },
	{ "1e-7", "0.0000001" },
	{ "1e-8", "1e-8" },
	{ "1.5e-8", "1.5e-8" },
	{ "-2.5e-300", "-2.5e-300" },
	{ "0.30000000000000004", NULL },
	{ "1234567.1234567891", NULL },
	{ "123456789012345.6", NULL },
	{ "9007199254740993", NULL },
	{ "-9007199254740993", NULL },
	{ "9007199254740994", NULL },
	{ "12345678901234567890", NULL },
	{ "1e16", NULL },
	{ "1e400", NULL },
	{ "-1e400", NULL },
	{ "1e-400", NULL },
};

static void
numbers_keep_their_value_or_are_refused(void **state)
{
	char in[80], want[120];

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		/* In a record, and with nothing behind it. */
		snprintf(in, sizeof(in), "{\"a\":[1,%s]}", numbers[i].in);
		if (numbers[i].out) {
			snprintf(want, sizeof(want), "%s\n", numbers[i].out);
			expect(".", numbers[i].in, want);
		} else {
			snprintf(want, sizeof(want),
			    "! t.jq: a[1]: a number that jq can't carry as "
			    "written\n");
		}
		expect(".a[1]", in, want);
	}
}

/* The same text from every version of libjq, whatever the program does. */
static void
numbers_that_programs_make(void **state)
{
	static const struct {
		const char *program, *out;
	} rows[] = {
		{ "0.1+0.2", "0.30000000000000004\n" },
		{ "1/3", "0.3333333333333333\n" },
		{ "-1/3", "-0.3333333333333333\n" },
		{ "15000.00", "15000\n" },
		{ "1e15", "1000000000000000\n" },
		{ "1e16", "10000000000000000\n" },
		{ "12345678901234567", "12345678901234568\n" },
		{ "99999999999999984", "99999999999999980\n" },
		{ "1e17", "1e17\n" },
		{ "1.5e17", "1.5e17\n" },
		{ "-1e300*10", "-1e301\n" },
		{ "1.7976931348623157e308", "1.7976931348623157e308\n" },
		{ "5e-324", "5e-324\n" },
		{ "1e-5", "0.00001\n" },
		{ "0*-1", "0\n" },
		{ ".+0|tostring", "\"15000\"\n" },
		{ "tostring", "\"15000\"\n" },
		{ "tojson", "\"15000\"\n" },
		{ "\"\\(.)\"", "\"15000\"\n" },
		{ "nan",
		    "! t.jq: a result with a number that is not finite\n" },
		{ "[infinite]",
		    "! t.jq: a result with a number that is not finite\n" },
		{ "{a:-infinite}",
		    "! t.jq: a result with a number that is not finite\n" },
		{ "\"nan\"|tonumber",
		    "! t.jq: a result with a number that is not finite\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].program, "15000.00", rows[i].out);
}

/* Shorter text must not give the same double. */
static void
is_shortest(const char *text, double d)
{
	char shorter[40];
	int digits = 0;

	for (const char *c = text; *c && *c != 'e'; c++)
		if (*c != '.' && *c != '-' && (digits || *c != '0'))
			digits++;
	if (digits < 16)
		return; /* with so few it is the only one */
	snprintf(shorter, sizeof(shorter), "%.*e", 14, d);
	assert_true(strtod(shorter, NULL) != d || digits == 16);
}

static void
any_double_is_written_so_that_it_reads_back(void **state)
{
	struct jqprog *p = compiled(".[0] / .[1]");
	struct seen seen = { .stop_after = -1 };
	struct error err = { 0 };
	unsigned long long random = 88172645463325252ull;
	struct buf in = BUF_INIT;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		long long n, m;
		double got;
		char *end;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		n = (long long)(random >> (11 + i % 40)) - 1000;
		m = 1 + (long long)(random % (i % 3 ? 100 : 1000000007));
		buf_reset(&in);
		buf_printf(&in, "[%lld,%lld]", n, m);
		buf_reset(&seen.lines);
		assert_int_equal(
		    jqprog_run(p, buf_text(&in), note, &seen, &err), DONE);
		got = strtod(buf_cstr(&seen.lines), &end);
		assert_string_equal(end, "\n");
		assert_true(got == (double)n / (double)m);
		if (fabs(got) >= 1e-7 && fabs(got) < 1e17)
			assert_null(strchr(buf_cstr(&seen.lines), 'e'));
		*end = '\0';
		is_shortest(buf_cstr(&seen.lines), got);
	}
	buf_clear(&in);
	buf_clear(&seen.lines);
	jqprog_close(p);
}

/* Accessors of libjq abort on a wrong kind; the program and we must not. */
static void
wrong_kinds_refuse_the_record(void **state)
{
	static const char *const inputs[] = { "null", "true", "1", "\"x\"",
		"[1]", "{\"a\":1}" };
	static const char *const programs[] = { ".a", ".[0]", ".a.b.c", ".[]",
		"keys", "length", "tonumber", "fromjson", "explode", "implode",
		"ltrimstr(1)", "split(\",\")", "test(\"x\")", "test(1)",
		"join(\",\")", "from_entries", "to_entries", "add", "floor",
		"todate", "strptime(\"%Y\")", "mktime", "@csv", "@base64d",
		"getpath([1,\"a\"])", "setpath([[]];1)", "del(.[0])", "del(.a)",
		".[1:2]", ".[\"a\":]", ".[1e18]", ".a=1", ".[0]=1",
		"sort_by(.a)", "group_by(.a)", "unique", "min_by(.a)",
		"flatten", "has(0)", "has(\"a\")", "indices(1)", "inside(1)",
		"contains([1])", "{(.):1}", "tostream", "walk(.)", "error",
		"ascii_downcase", "gsub(\"x\";\"y\")", "[.,1]|max", "range(.)",
		"limit(.;1)", "-.", ".+1", ".-\"x\"", ".*{}", "./2", ".%0",
		"sqrt", "pow(.;2)" };
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(programs); i++) {
		struct jqprog *p = compiled(programs[i]);

		for (size_t n = 0; n < COUNT(inputs); n++) {
			enum status status = jqprog_run(
			    p, text_of(inputs[n]), ignore, NULL, &err);

			assert_true(status == DONE || status == SOME_REJECTED);
		}
		jqprog_close(p);
	}
}

static void
runtime_errors_say_why(void **state)
{
	char *large, want[400];

	(void)state;
	expect(".a", "[1]", "! t.jq: Cannot index array with string \"a\"\n");
	expect("1,2,error(\"no\")", "0", "1\n2\n! t.jq: no\n");
	expect("error({\"a\":[1,null]})", "0", "! t.jq: {\"a\":[1,null]}\n");
	expect("error([nan])", "0", "! t.jq: error without a text\n");
	expect("error(7.50)", "0", "! t.jq: 7.5\n");
	expect(
	    "error(\"two\\nlines\\u0000end\")", "0", "! t.jq: two lines end\n");
	expect("error(.)", "\"12345678909 f@x.org 12ABC34501DE35\"",
	    "! t.jq: ***456789** f***@x.org 12.***.***/01DE-**\n");
	expect("try error(\"x\") catch .", "0", "\"x\"\n");
	expect(".[]?", "1", "");

	large = malloc(100001);
	memset(large, 'x', 100000);
	large[0] = large[99999] = '"';
	large[100000] = '\0';
	snprintf(want, sizeof(want), "! t.jq: %.*s\n", 200, large + 1);
	expect("error(.)", large, want);
	free(large);
}

/* libjq 1.6 takes it for `empty`, later ones for an error. */
static void
an_error_of_null_may_pass_for_nothing(void **state)
{
	struct jqprog *p = compiled("1, error(null), 2");
	struct seen seen = { .stop_after = -1 };
	struct error err;
	enum status status = jqprog_run(p, TEXT("0"), note, &seen, &err);

	(void)state;
	if (status != DONE)
		assert_int_equal(status, SOME_REJECTED);
	assert_string_equal(
	    buf_cstr(&seen.lines), status == DONE ? "1\n2\n" : "1\n");
	buf_clear(&seen.lines);
	jqprog_close(p);
}

static void
input_that_is_no_json_never_reaches_libjq(void **state)
{
	static const char *const rows[] = { "", "{", "{\"a\":1} x", "nan", "+1",
		".5", "1.", "00012345000100", "{\"a\":1,\"a\":2}",
		"\"Jo\xe3o\"", "\"\\ud800\"", "\xef\xbb\xbf{}", "'a'" };
	struct jqprog *p = compiled(".");
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
		    jqprog_run(p, text_of(rows[i]), ignore, NULL, &err),
		    SOME_REJECTED);
		assert_string_equal(err.code, "programa_falhou");
	}
	assert_int_equal(jqprog_run(p, TEXT("1\0garbage"), ignore, NULL, &err),
	    SOME_REJECTED);
	assert_int_equal(jqprog_run(p, TEXT("{}"), ignore, NULL, &err), DONE);
	jqprog_close(p);
}

static void
results_have_limits(void **state)
{
	(void)state;
	expect("reduce range(256) as $i (0; [.])|[length]", "0", "[1]\n");
	expect("reduce range(300) as $i (0; [.])", "0",
	    "! t.jq: a result of more than 256 levels\n");
	expect("reduce range(300) as $i (0; {a:.})", "0",
	    "! t.jq: a result of more than 256 levels\n");
	expect("\"x\" * 1e6 | [range(70) as $i | .]", "0",
	    "! t.jq: a result of more than 64 MiB\n");
}

static void
a_million_results_are_enough(void **state)
{
	struct jqprog *p = compiled("range(1000001)");
	struct seen seen = { .stop_after = -1 };
	struct error err;

	(void)state;
	assert_int_equal(
	    jqprog_run(p, TEXT("0"), note, &seen, &err), SOME_REJECTED);
	assert_int_equal(seen.calls, 1000000);
	assert_string_equal(err.text, "t.jq: more than 1000000 results");
	buf_clear(&seen.lines);
	jqprog_close(p);
}

static void
programs_that_do_not_compile(void **state)
{
	static const struct {
		const char *program, *why;
	} rows[] = {
		{ "", NULL }, /* jq takes it for `.` */
		{ ".a | )", "syntax error" },
		{ "nosuch", "nosuch/0 is not defined" },
		{ "\"\\(1", "" },
		{ "{", "" },
		{ "break $x", "" },
		{ "$x", "$x is not defined" },
	};
	struct jqprog *p;
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum status status =
		    jqprog_open(&p, "t.jq", text_of(rows[i].program), &err);

		if (!rows[i].why) {
			assert_int_equal(status, DONE);
			jqprog_close(p);
			continue;
		}
		assert_int_equal(status, BAD_CONFIG);
		assert_null(p);
		assert_null(strchr(err.text, '\n'));
		assert_int_equal(strncmp(err.text, "t.jq: jq: error: ", 17), 0);
		assert_non_null(strstr(err.text, rows[i].why));
	}
	assert_int_equal(
	    jqprog_open(&p, "t.jq", TEXT(".a\0.b"), &err), BAD_CONFIG);
	jqprog_close(NULL);
}

/* Each names what it may not; the line and the word are said. */
static const struct {
	const char *program;
	int line;
	const char *word;
} refused[] = {
	{ "env", 1, "env" },
	{ "env.PATH", 1, "env" },
	{ "$ENV", 1, "ENV" },
	{ "$ENV.PATH", 1, "ENV" },
	{ "$ ENV", 1, "ENV" },
	{ "$\n#c\nENV", 3, "ENV" },
	{ "{$ENV}", 1, "ENV" },
	{ ".a|env|.b", 1, "env" },
	{ "..|env", 1, "env" },
	{ "..env", 1, "env" },
	{ ". env", 1, "env" },
	{ "1.env", 1, "env" },
	{ ".[env]", 1, "env" },
	{ ".[env:1]", 1, "env" },
	{ "{(env|tojson):1}", 1, "env" },
	{ "{a:env}", 1, "env" },
	{ "\"\\(env)\"", 1, "env" },
	{ "\"a\\\\\\(env)\"", 1, "env" },
	{ "\"\\(\"\\(1)\\(env)\")\"", 1, "env" },
	{ "\"\\((1)|env)\"", 1, "env" },
	{ "@base64 \"\\(env)\"", 1, "env" },
	{ ".\"a\\(env)\"", 1, "env" },
	{ "{\"a\\(env)\":1}", 1, "env" },
	{ "\"#\" | env", 1, "env" },
	{ "\"\\\"\" | env", 1, "env" },
	{ "# comment\n# \"\nenv # \"", 3, "env" },
	{ "1 # c\r\n|env", 2, "env" },
	{ ") env", 1, "env" },
	{ "1)) env", 1, "env" },
	{ "def f: env; 1", 1, "env" },
	{ "input", 1, "input" },
	{ "[inputs]", 1, "inputs" },
	{ "debug", 1, "debug" },
	{ "debug(\"x\")", 1, "debug" },
	{ ".|stderr", 1, "stderr" },
	{ "input_filename", 1, "input_filename" },
	{ "input_line_number", 1, "input_line_number" },
	{ "halt", 1, "halt" },
	{ "\"x\"|halt_error(1)", 1, "halt_error" },
	{ "import \"x\" as $d {search:\"/etc\"}; $d", 1, "import" },
	{ "import \"x\" as x; .", 1, "import" },
	{ "include \"x\"; .", 1, "include" },
	{ "\"x\"|modulemeta", 1, "modulemeta" },
	{ "get_search_list", 1, "get_search_list" },
	{ "now", 1, "now" },
	{ "0|localtime", 1, "localtime" },
	{ "0|strflocaltime(\"%H\")", 1, "strflocaltime" },
	{ "# one \\\nenv", 1, "#" },
	{ "# one \\\r\nenv", 1, "#" },
	{ "# one \r env", 1, "#" },
	{ ".\n# \\", 2, "#" },
};

static void
what_a_program_may_not_name(void **state)
{
	struct jqprog *p;
	struct error err;
	char want[80];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		if (jqprog_open(&p, "t.jq", text_of(refused[i].program),
			&err) != BAD_CONFIG)
			assert_string_equal(refused[i].program, "refused");
		snprintf(want, sizeof(want), "t.jq: line %d: `%s` ",
		    refused[i].line, refused[i].word);
		if (strncmp(err.text, want, strlen(want)) != 0)
			assert_string_equal(err.text, want);
	}
}

static void
words_that_only_look_like_it(void **state)
{
	static const struct {
		const char *program, *out;
	} rows[] = {
		{ ".env", "1\n" },
		{ ".env?, .input?", "1\n2\n" },
		{ ".[\"env\"]", "1\n" },
		{ ".\"env\"", "1\n" },
		{ "{\"env\":.now}", "{\"env\":3}\n" },
		{ ".env as $env | $env", "1\n" },
		{ ".input as $input | [$input]", "[2]\n" },
		{ "\"env $ENV input\"", "\"env $ENV input\"\n" },
		{ "\"\\\\(env)\"", "\"\\\\(env)\"\n" },
		{ "\"a\\\"(env)\"", "\"a\\\"(env)\"\n" },
		{ "\"\\(1) env\"", "\"1 env\"\n" },
		{ "# env\n.env # now", "1\n" },
		{ "def environment: 5; environment", "5\n" },
		{ "def my_env: 5; my_env", "5\n" },
		{ "[.. | .env?]|length", "1\n" },
		{ "$__loc__.line", "1\n" },
		{ "@sh \"\\(\"it's\")\"", "\"'it'\\\\''s'\"\n" },
		{ "getpath([\"env\"])", "1\n" },
		{ "\"2024-02-01\"|strptime(\"%Y-%m-%d\")|mktime",
		    "1706745600\n" },
		{ "builtins|length>50", "true\n" },
		{ "\"\\(1 + (2))\\(\"\\(3)\")\"", "\"33\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].program,
		    "{\"env\":1,\"input\":2,\"now\":3,\"x\":[1.5]}",
		    rows[i].out);
}

/* Ways to a secret in the environment: refused, or without it. */
static void
no_program_sees_the_environment(void **state)
{
	static const char *const more[] = { "$__loc__", "builtins", ".",
		"[paths]", "$__prog_args", "input_filename?", "@text \"\"",
		"getpath([\"VOLUM_T_CANARY\"])", "[limit(9;repeat(1))]",
		"\"env\"", "\"$ENV\"|tojson", "[splits(\"x\")?]",
		"try error catch .", "[.[]?]", "ltrimstr(\"env\")" };
	struct seen seen = { .stop_after = -1 };
	struct jqprog *p;
	struct error err;

	(void)state;
	setenv("VOLUM_T_CANARY", CANARY, 1);
	for (size_t i = 0; i < COUNT(refused) + COUNT(more); i++) {
		const char *program = i < COUNT(refused)
		    ? refused[i].program
		    : more[i - COUNT(refused)];

		memset(&err, 0, sizeof(err));
		if (jqprog_open(&p, "t.jq", text_of(program), &err) == DONE)
			jqprog_run(p, TEXT("null"), note, &seen, &err);
		assert_null(strstr(err.text, CANARY));
		jqprog_close(p);
	}
	assert_null(strstr(buf_cstr(&seen.lines), CANARY));
	assert_string_equal(getenv("VOLUM_T_CANARY"), CANARY);
	unsetenv("VOLUM_T_CANARY");
	buf_clear(&seen.lines);
}

/* libjq would read $HOME/.jq into every program. */
static void
no_file_of_the_user_changes_a_program(void **state)
{
	char folder[] = "/tmp/volum-jq-XXXXXX", path[64];
	struct jqprog *p;
	struct error err;
	FILE *f;
	char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/.jq", folder);
	assert_non_null(f = fopen(path, "w"));
	fputs("def mine: 42; def length: 7;", f);
	fclose(f);
	setenv("HOME", folder, 1);
	expect("length", "[]", "0\n");
	assert_int_equal(
	    jqprog_open(&p, "t.jq", TEXT("mine"), &err), BAD_CONFIG);
	assert_string_equal(getenv("HOME"), folder);
	unsetenv("HOME");
	expect("length", "[]", "0\n");
	assert_null(getenv("HOME"));
	if (home)
		setenv("HOME", home, 1);
	free(home);
	unlink(path);
	rmdir(folder);
}

static void
a_record_does_not_touch_the_next(void **state)
{
	struct jqprog *p = compiled(".a[] | if . < 0 then error(\"neg\") "
				    "else {v: (. * 2), s: tostring} end");
	struct seen seen = { .stop_after = 2 };
	struct error err;

	(void)state;
	/* Stopped by the callback, by an error, by bad JSON; then again. */
	assert_int_equal(
	    jqprog_run(p, TEXT("{\"a\":[1,2,3]}"), note, &seen, &err),
	    OUTPUT_FAILED);
	assert_string_equal(err.text, "enough");
	seen.stop_after = -1;
	buf_reset(&seen.lines);
	for (int i = 0; i < 300; i++) {
		assert_int_equal(
		    jqprog_run(p, TEXT("{\"a\":[-1]}"), note, &seen, &err),
		    SOME_REJECTED);
		assert_int_equal(
		    jqprog_run(p, TEXT("{"), note, &seen, &err), SOME_REJECTED);
		assert_int_equal(
		    jqprog_run(p, TEXT("{\"a\":[1e99]}"), note, &seen, &err),
		    SOME_REJECTED);
		assert_int_equal(seen.lines.len, 0);
		assert_int_equal(
		    jqprog_run(p, TEXT("{\"a\":[4.5]}"), note, &seen, &err),
		    DONE);
		assert_string_equal(
		    buf_cstr(&seen.lines), "{\"v\":9,\"s\":\"4.5\"}\n");
		buf_reset(&seen.lines);
	}
	buf_clear(&seen.lines);
	jqprog_close(p);
}

static void
programs_come_from_files(void **state)
{
	char path[] = "/tmp/volum-jq-XXXXXX";
	struct jqprog *p;
	struct error err;
	FILE *f;

	(void)state;
	assert_non_null(f = fdopen(mkstemp(path), "w"));
	fputs("# doubled\n. * 2\n", f);
	fclose(f);
	assert_int_equal(jqprog_open_file(&p, path, &err), DONE);
	assert_int_equal(jqprog_run(p, TEXT("4"), ignore, NULL, &err), DONE);
	assert_int_equal(
	    jqprog_run(p, TEXT("{}"), ignore, NULL, &err), SOME_REJECTED);
	assert_non_null(strstr(err.text, path));
	jqprog_close(p);
	assert_int_equal(truncate(path, 1024 * 1024 + 1), 0);
	assert_int_equal(jqprog_open_file(&p, path, &err), BAD_CONFIG);
	assert_null(p);
	assert_non_null(strstr(err.text, "1 MiB"));
	assert_int_equal(jqprog_open_file(&p, "/", &err), BAD_CONFIG);
	unlink(path);
	assert_int_equal(jqprog_open_file(&p, path, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, "No such file"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_and_go_unchanged),
		cmocka_unit_test(numbers_keep_their_value_or_are_refused),
		cmocka_unit_test(numbers_that_programs_make),
		cmocka_unit_test(any_double_is_written_so_that_it_reads_back),
		cmocka_unit_test(wrong_kinds_refuse_the_record),
		cmocka_unit_test(runtime_errors_say_why),
		cmocka_unit_test(an_error_of_null_may_pass_for_nothing),
		cmocka_unit_test(input_that_is_no_json_never_reaches_libjq),
		cmocka_unit_test(results_have_limits),
		cmocka_unit_test(a_million_results_are_enough),
		cmocka_unit_test(programs_that_do_not_compile),
		cmocka_unit_test(what_a_program_may_not_name),
		cmocka_unit_test(words_that_only_look_like_it),
		cmocka_unit_test(no_program_sees_the_environment),
		cmocka_unit_test(no_file_of_the_user_changes_a_program),
		cmocka_unit_test(a_record_does_not_touch_the_next),
		cmocka_unit_test(programs_come_from_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
