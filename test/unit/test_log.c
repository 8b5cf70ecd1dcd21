/* core/log: one masked JSON object per event, whatever the message holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/ndjson.h"
#include "unit/unit.h"

static char path[] = "/tmp/volum-test-log-XXXXXX";
static const struct clock then = { 1795496403042 };
static const struct text none = { NULL, 0 };

/* The file's text; the caller frees it. */
static char *
content(void)
{
	char *text = mem_zalloc(1024 * 1024);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, 1024 * 1024 - 1, f)] = '\0';
	fclose(f);
	return text;
}

/* Logs through a fresh file and gives the one line. */
static char *
logged(
    enum log_level level, const char *id, const char *data, const char *message)
{
	struct log *log;
	struct error err;

	unlink(path);
	assert_int_equal(log_open(&log, path, "volum-test", &then, &err), DONE);
	log_event(log, level, text_of(id), text_of(data), "%s", message);
	log_close(log);
	return content();
}

static void
a_line_is_what_the_queries_expect(void **state)
{
	static const struct {
		enum log_level level;
		const char *id, *data, *message, *rest;
	} cases[] = {
		{ LOG_INFO, "req-1", "{\"pid\":7}", "Iniciando volum-test",
		    "\"level\":\"INFO\",\"service\":\"volum-test\","
		    "\"message\":\"Iniciando volum-test\","
		    "\"requestId\":\"req-1\",\"data\":{\"pid\":7}}\n" },
		{ LOG_ERROR, "", "", "Erro: a\nb \"c\" S\xE3o",
		    "\"level\":\"ERROR\",\"service\":\"volum-test\","
		    "\"message\":\"Erro: a b \\\"c\\\" S?o\"}\n" },
		{ LOG_WARN, "", "{\"x\":[null,true,1.50,{\"y\":\"z\"}]}", "m",
		    "\"level\":\"WARN\",\"service\":\"volum-test\","
		    "\"message\":\"m\","
		    "\"data\":{\"x\":[null,true,1.50,{\"y\":\"z\"}]}}\n" },
		{ LOG_DEBUG, "", "{broken", "m",
		    "\"level\":\"DEBUG\",\"service\":\"volum-test\","
		    "\"message\":\"m\"}\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char want[400];
		char *got = logged(cases[i].level, cases[i].id, cases[i].data,
		    cases[i].message);
		snprintf(want, sizeof(want),
		    "{\"timestamp\":\"2026-11-24T05:00:03.042Z\",%s",
		    cases[i].rest);
		assert_string_equal(got, want);
		free(got);
	}
}

static void
personal_data_is_masked(void **state)
{
	static const char *const secrets[] = { "11222333000181", "52998224725",
		"fulano@" };
	char *got = logged(LOG_WARN, "req-1",
	    "{\"a\":[\"CNPJ 11222333000181\"],\"b\":{\"c\":\"52998224725\"},"
	    "\"n\":52998224725}",
	    "fulano@example.com, CNPJ 11222333000181 and 52998224725");

	(void)state;
	/* A number stays one, or the line would be no JSON. */
	char *number = strstr(got, "\"n\":52998224725");
	assert_non_null(number);
	memset(number, ' ', strlen("\"n\":52998224725"));
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_null(strstr(got, secrets[i]));
	free(got);
}

static void
lines_are_added_and_private(void **state)
{
	struct log *log;
	struct error err;
	struct stat is;

	(void)state;
	free(logged(LOG_INFO, "", "", "first"));
	assert_int_equal(stat(path, &is), 0);
	assert_int_equal(is.st_mode & 07777, 0600);
	assert_int_equal(log_open(&log, path, "two", &then, &err), DONE);
	log_event(log, LOG_INFO, none, none, "second");
	log_close(log);
	char *got = content();
	assert_non_null(strstr(got, "\"first\"}\n{"));
	assert_non_null(strstr(got, "\"second\"}\n"));
	free(got);
}

static void
data_that_is_too_large_is_left_out(void **state)
{
	char *data = mem_alloc(200000), *got;

	(void)state;
	memset(data, 'x', 200000);
	memcpy(data, "{\"x\":\"", 6);
	memcpy(data + 199997, "\"}", 3);
	got = logged(LOG_INFO, "req-1", data, "small");
	assert_non_null(strstr(got, "\"message\":\"small\",\"requestId\""));
	assert_true(strlen(got) < 400);
	free(got);
	free(data);
}

static void
no_file_no_line(void **state)
{
	struct log *log;
	struct error err;

	(void)state;
	assert_int_equal(log_open(&log, NULL, "x", &then, &err), DONE);
	log_event(log, LOG_INFO, none, none, "dropped");
	log_close(log);
	log_event(NULL, LOG_INFO, none, none, "dropped");
	log_close(NULL);
	assert_int_equal(
	    log_open(&log, "/nowhere/at/all", "x", &then, &err), BAD_CONFIG);
	assert_string_equal(
	    err.text, "--log /nowhere/at/all: No such file or directory");
	assert_int_equal(log_open(&log, "/dev/full", "x", &then, &err), DONE);
	log_event(log, LOG_INFO, none, none, "ignored");
	log_close(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_what_the_queries_expect),
		cmocka_unit_test(personal_data_is_masked),
		cmocka_unit_test(lines_are_added_and_private),
		cmocka_unit_test(data_that_is_too_large_is_left_out),
		cmocka_unit_test(no_file_no_line),
	};
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
