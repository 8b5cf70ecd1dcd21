/* core/filter: from lines to records, batches and refusals. */
#include "unit/filter_child.h"

#define ID "\"requestId\":\"req-1\""

static struct scene
scene(void)
{
	return (struct scene){ .options = { .request_id = "req-1" } };
}

static void
lines_become_records(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "", 0, "", "", "");
	expect(&s, "\n \n", 0, "", "", "");
	expect(&s, "{\"id\":1}\n\n{\"id\":2.50}\r\n  \n{\"id\":\"c\"}", 0,
	    "{\"id\":1," ID ",\"line\":1}\n"
	    "{\"id\":2.50," ID ",\"line\":3}\n"
	    "{\"id\":\"c\"," ID ",\"line\":5}\n",
	    "", "3;");
	assert_string_equal(left("rejected"), "");
	/* What is made along the way is nobody else's: 077. */
	struct child c = play(&s, "{\"do\":\"umask\"}\n");
	assert_memory_equal(buf_cstr(&c.output), "63,{", 4);
	child_clear(&c);
}

static void
short_reads_make_no_difference(void **state)
{
	static const char input[] = "{\"id\":1}\n{\"id\":\"\xC3\xA7\"}\nx\n"
				    "{\"id\":3}";
	struct scene s = scene();
	struct child c = start(&s);

	(void)state;
	for (size_t i = 0; i < sizeof(input) - 1; i++) {
		feed(&c, input + i, 1);
		if (i % 7 == 0)
			usleep(1000);
	}
	finish(&c);
	assert_int_equal(c.code, 1);
	assert_string_equal(buf_cstr(&c.output),
	    "{\"id\":1," ID ",\"line\":1}\n"
	    "{\"id\":\"\xC3\xA7\"," ID ",\"line\":2}\n"
	    "{\"id\":3," ID ",\"line\":4}\n");
	child_clear(&c);
}

static void
a_batch_is_flushed_when_full(void **state)
{
	struct scene s = scene();
	struct child c;

	(void)state;
	s.batch = 2;
	c = play(&s,
	    "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n{\"id\":4}\n"
	    "{\"id\":5}\n");
	assert_int_equal(c.code, 0);
	assert_int_equal(lines_of(buf_cstr(&c.output)), 5);
	assert_string_equal(buf_cstr(&c.flushes), "2;2;1;");
	child_clear(&c);
	/* Also when its results take much room. */
	s.batch = 1000;
	c = play(&s, "{\"do\":\"big\"}\n{\"do\":\"big\"}\n{\"id\":3}\n");
	assert_int_equal(c.code, 0);
	assert_string_equal(buf_cstr(&c.flushes), "1;1;1;");
	assert_true(c.output.len > 10 * 1024 * 1024);
	child_clear(&c);
}

static void
nobody_waits_for_results_while_we_wait(void **state)
{
	struct scene s = scene();
	struct child c = start(&s);

	(void)state;
	feed(&c, "{\"id\":1}\n", 9);
	expect_line(&c, "{\"id\":1," ID ",\"line\":1}\n");
	feed(&c, "{\"id\":2}\n", 9);
	expect_line(&c, "{\"id\":2," ID ",\"line\":2}\n");
	finish(&c);
	assert_int_equal(c.code, 0);
	assert_string_equal(buf_cstr(&c.flushes), "1;1;");
	child_clear(&c);
}

static void
bad_lines_are_refused_and_neighbours_handled(void **state)
{
	struct scene s = scene();
	char errors[500];

	(void)state;
	snprintf(errors, sizeof(errors),
	    "volum-test: line 3: refused f***@example.com (teste)\n"
	    "volum-test: 1 of 3 records rejected, kept in %s\n",
	    in_folder("rejected"));
	expect(&s, "{\"id\":1}\n\n{\"do\":\"reject\",\"id\":2}\n{\"id\":4}\n",
	    1, "{\"id\":1," ID ",\"line\":1}\n{\"id\":4," ID ",\"line\":4}\n",
	    errors, "3;");
	const char *kept = left("rejected");
	assert_non_null(strstr(kept, "\"codigo\":\"teste\""));
	assert_non_null(strstr(kept, "\"linha\":3"));
	assert_non_null(strstr(kept, "\"registro\":{\"do\":\"reject\""));
	assert_null(strstr(left("log"), "fulano@"));

	struct child c = play(&s, "{\"id\":1}\nfoo bar\n{\"id\":3}\n");
	assert_int_equal(c.code, 1);
	assert_int_equal(lines_of(buf_cstr(&c.output)), 2);
	assert_non_null(strstr(buf_cstr(&c.errors), "line 2: "));
	assert_non_null(strstr(buf_cstr(&c.errors), "(json_invalido)\n"));
	assert_non_null(strstr(left("rejected"), "\"registro\":\"foo bar\""));
	child_clear(&c);
}

static void
a_line_that_is_too_long_is_skipped(void **state)
{
	struct scene s = scene();
	struct child c = start(&s);
	size_t len = NDJSON_MAX_LINE + 10;
	char *line = mem_alloc(len);

	(void)state;
	memset(line, ' ', len);
	memcpy(line, "{", 1);
	line[len - 2] = '}';
	line[len - 1] = '\n';
	feed(&c, "{\"id\":1}\n", 9);
	feed(&c, line, len);
	feed(&c, "{\"id\":3}\n", 9);
	free(line);
	finish(&c);
	assert_int_equal(c.code, 1);
	assert_int_equal(lines_of(buf_cstr(&c.output)), 2);
	assert_non_null(strstr(buf_cstr(&c.errors),
	    "line 2: the line is longer than 16 MiB (linha_longa)\n"));
	child_clear(&c);
}

static void
half_a_line_of_a_refused_record_is_taken_back(void **state)
{
	struct scene s = scene();
	struct child c = play(&s, "{\"id\":1}\n{\"do\":\"half\"}\n");

	(void)state;
	assert_int_equal(c.code, 1);
	assert_string_equal(
	    buf_cstr(&c.output), "{\"id\":1," ID ",\"line\":1}\n");
	child_clear(&c);
	c = play(&s, "{\"do\":\"half\"}\n{\"id\":2}\n");
	assert_string_equal(
	    buf_cstr(&c.output), "{\"id\":2," ID ",\"line\":2}\n");
	child_clear(&c);
}

static void
a_request_id_goes_along(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "{\"id\":1,\"requestId\":\"mine\"}\n{\"id\":2}\n", 0,
	    "{\"id\":1,\"requestId\":\"mine\",\"line\":1}\n"
	    "{\"id\":2," ID ",\"line\":2}\n",
	    "", NULL);
	expect(&s, "{\"id\":1,\"requestId\":17}\n", 0,
	    "{\"id\":1,\"requestId\":\"17\",\"line\":1}\n", "", NULL);
	s.options.request_id = NULL;
	struct child c = play(&s, "{\"id\":1}\n");
	assert_non_null(strstr(buf_cstr(&c.output), "\"requestId\":\"req-"));
	const char *id = strstr(buf_cstr(&c.output), "req-");
	assert_int_equal(strspn(id + 4, "0123456789abcdef"), 16);
	child_clear(&c);
	s.options.request_id = "a b";
	expect(&s, "", 64, "",
	    "volum-test: --request-id: printable ASCII without blanks\n", "");
	s.options.request_id = "0123456789012345678901234567890123456789"
			       "012345678901234567890123";
	expect(
	    &s, "", 64, "", "volum-test: --request-id: at most 63 bytes\n", "");
}

static void
envelopes_are_taken_off(void **state)
{
	struct scene s = scene();
	struct child c;

	(void)state;
	expect(&s,
	    "{\"httpMethod\":\"POST\",\"headers\":{\"Authorization\":\"s3\"},"
	    "\"body\":\"{\\\"id\\\":1,\\\"requestId\\\":\\\"r\\\"}\"}\n"
	    "{\"Rules\":[{\"Targets\":[{\"Input\":\"{\\\"id\\\":2}\"},"
	    "{\"Input\":\"{\\\"id\\\":3}\"}]}]}\n",
	    0,
	    "{\"id\":1,\"requestId\":\"r\",\"line\":1}\n"
	    "{\"id\":2," ID ",\"line\":2}\n{\"id\":3," ID ",\"line\":2}\n",
	    "", "3;");
	/* A refusal keeps the record, nothing of the transport. */
	c = play(&s,
	    "{\"httpMethod\":\"POST\",\"headers\":{\"A\":\"s3cret\"},"
	    "\"body\":{\"do\":\"reject\"}}\n");
	assert_int_equal(c.code, 1);
	assert_non_null(
	    strstr(left("rejected"), "\"registro\":{\"do\":\"reject\"}"));
	child_clear(&c);
	c = play(&s,
	    "{\"httpMethod\":\"POST\",\"headers\":{\"A\":\"s3cret\"},"
	    "\"body\":\"no record\"}\n");
	assert_int_equal(c.code, 1);
	assert_non_null(strstr(left("rejected"), "\"envelope_invalido\""));
	assert_non_null(strstr(left("rejected"), "no record"));
	assert_null(strstr(left("rejected"), "s3cret"));
	child_clear(&c);
	/* At no depth, and in no line that isn't JSON. */
	c = play(&s,
	    "{\"rejeitado\":{},\"registro\":{\"httpMethod\":\"POST\","
	    "\"headers\":{\"A\":\"s3cret\"},\"body\":\"no record\"}}\n"
	    "{\"httpMethod\":\"POST\",\"body\":\"{\\\"httpMethod\\\":"
	    "\\\"P\\\",\\\"requestContext\\\":{\\\"key\\\":"
	    "\\\"s3cret\\\"}}\"}\n"
	    "{\"httpMethod\":\"POST\",\"isBase64Encoded\":true,\"body\":"
	    "\"eyJodHRwTWV0aG9kIjoiUCIsImhlYWRlcnMiOnsiQSI6InMzY3JldCJ9fQ==\"}"
	    "\n"
	    "{\"headers\":{\"A\":\"s3cret\"},\"do\":\"reject\"}\n"
	    "{\"httpMethod\":\"POST\",\"headers\":{\"A\":\"s3cret\"},"
	    "\"body\":{\"id\":01}}\n");
	assert_int_equal(c.code, 1);
	assert_int_equal(lines_of(left("rejected")), 5);
	assert_null(strstr(left("rejected"), "s3cret"));
	/* ...,"headers":{"A":"s3cret"}} became ...,"headers":null} */
	assert_null(strstr(left("rejected"), "eyJBIjoiczNjcmV0In19"));
	assert_null(strstr(left("rejected"), "InMzY3JldCJ9fQ=="));
	child_clear(&c);
	/* Our own rejected line is its own redrive. */
	c = play(&s, "{\"do\":\"reject\",\"id\":7}\n");
	child_clear(&c);
	char *again = mem_strdup(left("rejected"));
	c = play(&s, again);
	free(again);
	assert_int_equal(c.code, 1);
	assert_non_null(strstr(left("rejected"), "\"tentativas\":2,"));
	/* The count is that of the record, not of the run. */
	child_clear(&c);
	c = play(&s,
	    "{\"rejeitado\":{\"tentativas\":6},\"registro\":"
	    "{\"do\":\"own-refusal\"}}\n{\"do\":\"reject\"}\nx\n"
	    "{\"rejeitado\":{\"tentativas\":7},\"registro\":[]}\nx\n");
	assert_non_null(
	    strstr(left("rejected"), "\"tentativas\":7,\"linha\":1"));
	assert_non_null(
	    strstr(left("rejected"), "\"tentativas\":1,\"linha\":2"));
	assert_non_null(
	    strstr(left("rejected"), "\"tentativas\":1,\"linha\":3"));
	assert_non_null(
	    strstr(left("rejected"), "\"tentativas\":8,\"linha\":4"));
	assert_non_null(
	    strstr(left("rejected"), "\"tentativas\":1,\"linha\":5"));
	child_clear(&c);
	c = play(&s,
	    "{\"rejeitado\":{},\"registro\":{\"do\":\"reject\",\"id\":7}}\n");
	assert_int_equal(lines_of(left("rejected")), 1);
	assert_non_null(strstr(
	    left("rejected"), "\"registro\":{\"do\":\"reject\",\"id\":7}"));
	child_clear(&c);
}

static void
many_refusals_are_counted(void **state)
{
	struct scene s = scene();
	struct buf input = BUF_INIT;
	char summary[300];

	(void)state;
	for (int i = 0; i < 25; i++)
		buf_add_str(&input, "{\"do\":\"reject\"}\n");
	buf_add_str(&input, "{\"id\":26}\n");
	struct child c = play(&s, buf_cstr(&input));
	assert_int_equal(c.code, 1);
	assert_int_equal(lines_of(buf_cstr(&c.errors)), 21);
	snprintf(summary, sizeof(summary),
	    "volum-test: 25 of 26 records rejected, kept in %s "
	    "(the first 20 are shown)\n",
	    in_folder("rejected"));
	assert_non_null(strstr(buf_cstr(&c.errors), summary));
	assert_int_equal(lines_of(left("rejected")), 25);
	child_clear(&c);
	s.options.quiet = true;
	c = play(&s, buf_cstr(&input));
	buf_clear(&input);
	assert_int_equal(c.code, 1);
	assert_int_equal(c.errors.len, 0);
	child_clear(&c);
}

static void
verbose_says_more(void **state)
{
	struct scene s = scene();

	(void)state;
	s.options.verbose = true;
	s.options.as_of = 1795496403000;
	expect(&s, "{\"id\":1}\n", 0, "{\"id\":1," ID ",\"line\":1}\n",
	    "volum-test: seen\n"
	    "volum-test: 1 read, 1 done, 0 rejected, 0.0 s\n",
	    NULL);
}

static void
a_test_is_one_by_option_or_by_record(void **state)
{
	struct scene s = scene();

	(void)state;
	expect(&s, "{\"id\":1,\"test\":true}\n{\"id\":2,\"test\":false}\n", 0,
	    "\"planejado\"\n{\"id\":1," ID ",\"line\":1}\n"
	    "{\"id\":2," ID ",\"line\":2}\n",
	    "", NULL);
	s.options.dry_run = true;
	expect(&s, "{\"id\":1,\"test\":false}\n", 0,
	    "\"planejado\"\n{\"id\":1," ID ",\"line\":1}\n", "", NULL);
	struct child c = play(&s, "{\"id\":1,\"test\":\"yes\"}\n");
	assert_int_equal(c.code, 1);
	child_clear(&c);
}

static void
the_log_tells_the_story(void **state)
{
	struct scene s = scene();

	(void)state;
	struct child c = play(&s,
	    "{\"do\":\"own-count\",\"id\":1}\n{\"id\":2,\"requestId\":\"r\"}\n"
	    "{\"do\":\"own-refusal\"}\n{\"do\":\"reject\",\"requestId\":\"r\"}"
	    "\n");
	const char *log = left("log");

	assert_int_equal(c.code, 1);
	assert_int_equal(lines_of(log), 4);
	assert_non_null(strstr(log,
	    "\"message\":\"Iniciando volum-test\","
	    "\"requestId\":\"req-1\",\"data\":"
	    "{\"version\":\""));
	assert_non_null(strstr(log,
	    "\"message\":\"Rejeitado: one part\","
	    "\"requestId\":\"req-1\",\"data\":"
	    "{\"codigo\":\"parte\",\"classe\":"
	    "\"dados\",\"linha\":3}}"));
	assert_non_null(strstr(log,
	    "\"requestId\":\"r\",\"data\":"
	    "{\"codigo\":\"teste\""));
	assert_non_null(strstr(log,
	    "\"message\":\"Finalizando volum-test\","
	    "\"requestId\":\"req-1\",\"data\":"
	    "{\"read\":4,\"done\":4,\"rejected\":2,"
	    "\"unchanged\":0,\"cents\":200,"
	    "\"status\":1,\"ms\":"));
	assert_non_null(strstr(left("rejected"), "\"tentativas\":1"));
	child_clear(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_records),
		cmocka_unit_test(short_reads_make_no_difference),
		cmocka_unit_test(a_batch_is_flushed_when_full),
		cmocka_unit_test(nobody_waits_for_results_while_we_wait),
		cmocka_unit_test(bad_lines_are_refused_and_neighbours_handled),
		cmocka_unit_test(a_line_that_is_too_long_is_skipped),
		cmocka_unit_test(half_a_line_of_a_refused_record_is_taken_back),
		cmocka_unit_test(a_request_id_goes_along),
		cmocka_unit_test(envelopes_are_taken_off),
		cmocka_unit_test(many_refusals_are_counted),
		cmocka_unit_test(verbose_says_more),
		cmocka_unit_test(a_test_is_one_by_option_or_by_record),
		cmocka_unit_test(the_log_tells_the_story),
	};

	return run_in_folder(tests, sizeof(tests) / sizeof(tests[0]), "filter");
}
