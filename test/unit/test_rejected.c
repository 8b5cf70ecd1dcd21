/* core/rejected and core/base64: whole lines in the file, whatever happens. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base64.h"
#include "core/ndjson.h"
#include "core/rejected.h"
#include "unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEAD \
	"{\"rejeitado\":{\"comando\":\"omie-contract\"," \
	"\"codigo\":\"cliente_desconhecido\",\"classe\":\"dados\"," \
	"\"mensagem\":\"no customer\",\"tentativas\":1," \
	"\"quando\":\"2026-11-24T05:00:03Z\"},"

static const struct clock stands = { .fixed = 1795496403000 };
static char folder[] = "/tmp/volum-rejected-XXXXXX";
static char path[64]; /* two folders deep, made by the first refusal */
static char upper[64], middle[64];

static int
make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(upper, sizeof(upper), "%s/a", folder);
	snprintf(middle, sizeof(middle), "%s/a/b", folder);
	snprintf(path, sizeof(path), "%s/a/b/r.ndjson", folder);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	unlink(path);
	rmdir(middle);
	rmdir(upper);
	return 0;
}

static int
remove_folder(void **state)
{
	clean(state);
	return rmdir(folder);
}

static struct rejected *
open_it(void)
{
	struct rejected *r;
	struct error err = { 0 };

	if (rejected_open(&r, path, "omie-contract", &stands, &err) != DONE)
		assert_string_equal(err.text, "");
	return r;
}

static struct error
no_customer(void)
{
	struct error why;

	reject(&why, "cliente_desconhecido", "no customer");
	return why;
}

static enum status
add(struct rejected *r, struct text record, bool is_json, struct error *err)
{
	struct error why = no_customer();
	struct refusal refusal = {
		.why = &why, .record = record, .is_json = is_json, .attempts = 1
	};

	return rejected_add(r, &refusal, err);
}

static char *
content(size_t *len)
{
	FILE *f = fopen(path, "r");
	char *bytes;
	long size;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	bytes = malloc((size_t)size + 1);
	assert_int_equal(fread(bytes, 1, (size_t)size, f), size);
	bytes[size] = '\0';
	fclose(f);
	if (len)
		*len = (size_t)size;
	return bytes;
}

static void
expect_content(const char *want)
{
	char *got = content(NULL);

	assert_string_equal(got, want);
	free(got);
}

static void
write_content(const char *bytes)
{
	FILE *f;

	mkdir(upper, 0700);
	mkdir(middle, 0700);
	assert_non_null(f = fopen(path, "w"));
	fputs(bytes, f);
	fclose(f);
}

static void
each_kind_of_record(void **state)
{
	static const struct {
		struct text in;
		bool is_json;
		const char *out;
	} rows[] = {
		{ TEXT("{\"a\": 15000.00}"), true,
		    "\"registro\":{\"a\": 15000.00}}\n" },
		{ TEXT("{\"a\":\n[1,\r\n2]}\n"), true,
		    "\"registro\":{\"a\": [1,\r 2]} }\n" },
		{ TEXT("no \"json\"\t\x01"), false,
		    "\"registro\":\"no \\\"json\\\"\\t\\u0001\"}\n" },
		{ TEXT("a\0b"), false, "\"registro\":\"a\\u0000b\"}\n" },
		{ TEXT("Jo\xc3\xa3o"), false,
		    "\"registro\":\"Jo\xc3\xa3o\"}\n" },
		{ TEXT("Jo\xe3o"), false,
		    "\"registroBase64\":\"Sm/jbw==\"}\n" },
		{ TEXT("\xed\xa0\x80"), false,
		    "\"registroBase64\":\"7aCA\"}\n" },
		{ TEXT(""), false, "\"registro\":\"\"}\n" },
		{ { NULL, 0 }, false, "\"registro\":\"\"}\n" },
		/* Refused once more: not wrapped once more. */
		{ TEXT(HEAD "\"registro\":{ \"a\":1}}"), true,
		    "\"registro\":{\"a\":1}}\n" },
		{ TEXT(HEAD "\"registro\":\"x\\ny\"}"), true,
		    "\"registro\":\"x\\ny\"}\n" },
		{ TEXT(HEAD "\"registroBase64\":\"7aCA\"}"), true,
		    "\"registroBase64\":\"7aCA\"}\n" },
		{ TEXT("{\"rejeitado\":1,\"registro\":2}"), true,
		    "\"registro\":{\"rejeitado\":1,\"registro\":2}}\n" },
		{ TEXT("{\"a\":\"rejeitado\"}"), true,
		    "\"registro\":{\"a\":\"rejeitado\"}}\n" },
		{ TEXT("{\"rejeitado\":{}}"), true,
		    "\"registro\":{\"rejeitado\":{}}}\n" },
	};
	struct rejected *r = open_it();
	struct error err = { 0 };
	char want[600];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
		    add(r, rows[i].in, rows[i].is_json, &err), DONE);
		snprintf(want, sizeof(want), HEAD "%s", rows[i].out);
		expect_content(want);
		assert_int_equal(truncate(path, 0), 0);
	}
	assert_int_equal(rejected_count(r), COUNT(rows));
	assert_int_equal(rejected_sync(r, &err), DONE);
	assert_int_equal(rejected_sync(r, &err), DONE);
	rejected_close(r);
}

static void
every_member_in_its_place(void **state)
{
	struct rejected *r = open_it();
	struct error why, err = { 0 };
	struct refusal refusal = { .why = &why,
		.record = TEXT("{}"),
		.is_json = true,
		.attempts = 3,
		.line = 7,
		.request_id = TEXT("req-12345678909") };

	(void)state;
	reject(&why, "cliente_desconhecido", "12ABC34501DE35 has no customer");
	error_advise(&why, "ask fulano@example.com");
	assert_int_equal(rejected_add(r, &refusal, &err), DONE);
	expect_content("{\"rejeitado\":{\"comando\":\"omie-contract\","
		       "\"codigo\":\"cliente_desconhecido\","
		       "\"classe\":\"dados\","
		       "\"mensagem\":\"12.***.***/01DE-** has no customer\","
		       "\"conselho\":\"ask f***@example.com\","
		       "\"tentativas\":3,\"linha\":7,"
		       "\"requestId\":\"req-12345678909\","
		       "\"quando\":\"2026-11-24T05:00:03Z\"},"
		       "\"registro\":{}}\n");
	rejected_close(r);
}

/* The pause of the first refusal, then twice as long, to a ceiling. */
static void
tells_when_to_try_again(void **state)
{
	static const struct {
		const char *class_;
		int attempts;
		const char *next;
	} rows[] = { { "servico", 1, "2026-11-24T05:05:03Z" },
		{ "incerto", 2, "2026-11-24T05:10:03Z" },
		{ "servico", 3, "2026-11-24T05:20:03Z" },
		{ "servico", 7, "2026-11-24T10:20:03Z" },
		{ "servico", 8, "2026-11-24T11:00:03Z" },
		{ "servico", 1000000, "2026-11-24T11:00:03Z" },
		{ "dados", 1, NULL } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rejected *r = open_it();
		struct error why = no_customer(), err;
		struct refusal refusal = { .why = &why,
			.record = TEXT("{}"),
			.is_json = true,
			.attempts = rows[i].attempts };
		char want[80], *got;

		snprintf(why.class_, sizeof(why.class_), "%s", rows[i].class_);
		assert_int_equal(rejected_add(r, &refusal, &err), DONE);
		rejected_close(r);
		got = content(NULL);
		snprintf(want, sizeof(want), "Z\",\"proxima\":\"%s\"},",
		    rows[i].next ? rows[i].next : "");
		if (rows[i].next)
			assert_non_null(strstr(got, want));
		else
			assert_null(strstr(got, "proxima"));
		free(got);
		clean(NULL);
	}
}

static void
says_which_way_it_was_to_go(void **state)
{
	struct rejected *r = open_it();
	struct error why = no_customer(), err;
	struct refusal refusal = { .why = &why,
		.record = TEXT("{}"),
		.is_json = true,
		.attempts = 1,
		.from = "inanbetec",
		.to = "omie" };
	char *got;

	(void)state;
	assert_int_equal(rejected_add(r, &refusal, &err), DONE);
	got = content(NULL);
	assert_non_null(strstr(got,
	    "\"tentativas\":1,\"de\":\"inanbetec\",\"para\":\"omie\","
	    "\"quando\""));
	free(got);
	rejected_close(r);
}

/* logrotate and volum-redrive take the name away under an open file. */
static void
a_renamed_file_gets_no_further_line(void **state)
{
	struct rejected *r = open_it();
	struct error err;
	char aside[80];

	(void)state;
	assert_int_equal(add(r, TEXT("{}"), true, &err), DONE);
	snprintf(aside, sizeof(aside), "%s.1", path);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(add(r, TEXT("{\"id\":2}"), true, &err), DONE);
	expect_content(HEAD "\"registro\":{\"id\":2}}\n");
	assert_int_equal(rename(aside, path), 0); /* and it comes back */
	assert_int_equal(add(r, TEXT("{\"id\":3}"), true, &err), DONE);
	expect_content(
	    HEAD "\"registro\":{}}\n" HEAD "\"registro\":{\"id\":3}}\n");
	assert_int_equal(rejected_count(r), 3);
	rejected_close(r);
}

static void
nothing_is_made_before_the_first_refusal(void **state)
{
	struct rejected *r = open_it();
	struct error err = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(rejected_count(r), 0);
	assert_int_equal(rejected_sync(r, &err), DONE);
	assert_int_equal(access(upper, F_OK), -1);
	assert_int_equal(add(r, TEXT("{}"), true, &err), DONE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(upper, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	rejected_close(r);
	rejected_close(NULL);
}

static void
places_that_can_not_be(void **state)
{
	char below[80];
	struct rejected *r;
	struct error err;

	(void)state;
	assert_int_equal(rejected_open(&r, "-", "x", &stands, &err), BAD_USAGE);
	assert_null(r);
	assert_int_equal(rejected_open(&r, "", "x", &stands, &err), BAD_CONFIG);
	assert_int_equal(
	    rejected_open(&r, folder, "x", &stands, &err), BAD_CONFIG);
	assert_int_equal(
	    rejected_open(&r, "/dev/null/x", "x", &stands, &err), BAD_CONFIG);
	write_content("");
	snprintf(below, sizeof(below), "%s/x/y", path);
	assert_int_equal(
	    rejected_open(&r, below, "x", &stands, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, below));
}

static void
a_torn_tail_is_closed(void **state)
{
	struct rejected *r = open_it(), *s = open_it();
	struct error err = { 0 };
	FILE *f;

	(void)state;
	write_content("whole\ntor");
	assert_int_equal(add(r, TEXT("{}"), true, &err), DONE);
	expect_content("whole\ntor\n" HEAD "\"registro\":{}}\n");
	/* Also one that another process leaves meanwhile. */
	assert_non_null(f = fopen(path, "a"));
	fputs("again", f);
	fclose(f);
	assert_int_equal(add(s, TEXT("{}"), true, &err), DONE);
	assert_int_equal(add(r, TEXT("{}"), true, &err), DONE);
	expect_content("whole\ntor\n" HEAD "\"registro\":{}}\nagain\n" HEAD
		       "\"registro\":{}}\n" HEAD "\"registro\":{}}\n");
	rejected_close(r);
	rejected_close(s);
}

static void
a_full_disk_leaves_no_half_line(void **state)
{
	struct rejected *r = open_it();
	struct rlimit old, small;
	struct error err;
	char before[] = "whole\n";

	(void)state;
	write_content(before);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 100; /* the first write is short, the next refused */
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(add(r, TEXT("{}"), true, &err), OUTPUT_FAILED);
	setrlimit(RLIMIT_FSIZE, &old);
	expect_content(before);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(rejected_count(r), 0);
	assert_int_equal(add(r, TEXT("{}"), true, &err), DONE);
	rejected_close(r);
}

static void
devices_are_no_files(void **state)
{
	struct rejected *r;
	struct error err;

	(void)state;
	assert_int_equal(
	    rejected_open(&r, "/dev/full", "x", &stands, &err), DONE);
	assert_int_equal(add(r, TEXT("{}"), true, &err), OUTPUT_FAILED);
	rejected_close(r);
	assert_int_equal(
	    rejected_open(&r, "/dev/null", "x", &stands, &err), DONE);
	assert_int_equal(add(r, TEXT("{}"), true, &err), DONE);
	assert_int_equal(rejected_sync(r, &err), DONE);
	rejected_close(r);
}

enum { WRITERS = 8, ROUNDS = 12, LARGE = 2 * 1024 * 1024 };

/* Refuses small and large lines in turn, all of one letter per writer. */
static void
write_many(int writer)
{
	struct rejected *r = open_it();
	struct error err;
	char *large = malloc(LARGE);
	bool good = true;

	memset(large, 'a' + writer, LARGE);
	for (int i = 0; i < ROUNDS; i++) {
		size_t len = i % 4 == writer % 4 ? LARGE : 200;

		good &=
		    add(r, (struct text){ large, len }, false, &err) == DONE;
	}
	good &= rejected_sync(r, &err) == DONE;
	rejected_close(r);
	free(large);
	_exit(good ? 0 : 1);
}

static void
expect_whole_line(struct text line)
{
	struct record *rec = record_new();
	struct error err = { 0 };
	struct text text;

	if (ndjson_parse(rec, line, &err) != DONE)
		assert_string_equal(err.text, "");
	text = value_text(value_member(record_root(rec), "registro"));
	assert_true(text.len == 200 || text.len == LARGE);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != text.at[0])
			assert_int_equal(text.at[i], text.at[0]);
	record_free(rec);
}

static void
many_writers_tear_nothing(void **state)
{
	pid_t child[WRITERS];
	char *bytes, *at, *end;
	int lines = 0, status;
	size_t len;

	(void)state;
	for (int i = 0; i < WRITERS; i++)
		if ((child[i] = fork()) == 0)
			write_many(i);
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	bytes = content(&len);
	for (at = bytes; at < bytes + len; at = end + 1, lines++) {
		end = memchr(at, '\n', (size_t)(bytes + len - at));
		assert_non_null(end);
		expect_whole_line((struct text){ at, (size_t)(end - at) });
	}
	assert_int_equal(lines, WRITERS * ROUNDS);
	free(bytes);
}

static void
base64_there_and_back(void **state)
{
	static const struct {
		struct text bytes;
		const char *text;
	} rows[] = {
		{ TEXT(""), "" },
		{ TEXT("f"), "Zg==" },
		{ TEXT("fo"), "Zm8=" },
		{ TEXT("foo"), "Zm9v" },
		{ TEXT("foobar"), "Zm9vYmFy" },
		{ TEXT("\0\xff\xfe\xfb\xf0"), "AP/++/A=" },
	};
	static const char *const bad[] = { "Z", "Zg",
		"Zg=", "Zg===", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm 9",
		"Zm9-", "Zm9_", "Zh==", "Zm9=", "=Zm9", "Z=m9" };
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&out);
		base64_add(&out, rows[i].bytes);
		assert_string_equal(buf_cstr(&out), rows[i].text);
		buf_reset(&out);
		assert_true(base64_decode(&out, text_of(rows[i].text)));
		assert_true(text_same(buf_text(&out), rows[i].bytes));
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (base64_decode(&out, text_of(bad[i])))
			assert_string_equal(bad[i], "refused");
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(each_kind_of_record, clean),
		cmocka_unit_test_teardown(every_member_in_its_place, clean),
		cmocka_unit_test_teardown(
		    nothing_is_made_before_the_first_refusal, clean),
		cmocka_unit_test(tells_when_to_try_again),
		cmocka_unit_test_teardown(says_which_way_it_was_to_go, clean),
		cmocka_unit_test_teardown(
		    a_renamed_file_gets_no_further_line, clean),
		cmocka_unit_test_teardown(places_that_can_not_be, clean),
		cmocka_unit_test_teardown(a_torn_tail_is_closed, clean),
		cmocka_unit_test_teardown(
		    a_full_disk_leaves_no_half_line, clean),
		cmocka_unit_test_teardown(devices_are_no_files, clean),
		cmocka_unit_test_teardown(many_writers_tear_nothing, clean),
		cmocka_unit_test(base64_there_and_back),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
