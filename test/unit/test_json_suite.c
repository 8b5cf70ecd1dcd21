/*
 * Nicolas Seriot's JSONTestSuite (test/data/json-test-suite.LICENSE): what its
 * y_ files hold is taken, what its n_ files hold refused, and where the suite
 * leaves it open (i_) the table below says what we do. Newlines are white space
 * to the parser: only the line reader never gives it one.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "unit/unit.h"

#define REPEATED "column 10: name repeated in its object"
#define SURROGATE(column) "column " #column ": lone surrogate escape"
#define UTF8(column) "column " #column ": invalid UTF-8"

/* y_ that we refuse: money can't hang on which of two equal names wins. */
static const char *const stricter[][2] = {
	{ "y_object_duplicated_key.json", REPEATED },
	{ "y_object_duplicated_key_and_value.json", REPEATED },
};

/* i_ that we refuse, and why; all others of them are numbers beyond a double,
 * which we take, since a number here is its text. */
static const char *const open_refused[][2] = {
	{ "i_object_key_lone_2nd_surrogate.json", SURROGATE(3) },
	{ "i_string_1st_surrogate_but_2nd_missing.json", SURROGATE(3) },
	{ "i_string_1st_valid_surrogate_2nd_invalid.json", SURROGATE(3) },
	{ "i_string_UTF-16LE_with_BOM.json",
	    "column 1: unexpected byte 0xff, a value expected" },
	{ "i_string_UTF-8_invalid_sequence.json", UTF8(8) },
	{ "i_string_UTF8_surrogate_U+D800.json", UTF8(3) },
	{ "i_string_incomplete_surrogate_and_escape_valid.json", SURROGATE(3) },
	{ "i_string_incomplete_surrogate_pair.json", SURROGATE(3) },
	{ "i_string_incomplete_surrogates_escape_valid.json", SURROGATE(3) },
	{ "i_string_invalid_lonely_surrogate.json", SURROGATE(3) },
	{ "i_string_invalid_surrogate.json", SURROGATE(3) },
	{ "i_string_invalid_utf-8.json", UTF8(3) },
	{ "i_string_inverted_surrogates_U+1D11E.json", SURROGATE(3) },
	{ "i_string_iso_latin_1.json", UTF8(3) },
	{ "i_string_lone_second_surrogate.json", SURROGATE(3) },
	{ "i_string_lone_utf8_continuation_byte.json", UTF8(3) },
	{ "i_string_not_in_unicode_range.json", UTF8(3) },
	{ "i_string_overlong_sequence_2_bytes.json", UTF8(3) },
	{ "i_string_overlong_sequence_6_bytes.json", UTF8(3) },
	{ "i_string_overlong_sequence_6_bytes_null.json", UTF8(3) },
	{ "i_string_truncated-utf-8.json", UTF8(3) },
	{ "i_string_utf16BE_no_BOM.json",
	    "column 1: unexpected byte 0x00, a value expected" },
	{ "i_string_utf16LE_no_BOM.json",
	    "column 2: unexpected byte 0x00, a value expected" },
	{ "i_structure_500_nested_arrays.json",
	    "column 65: more than 64 levels" },
	{ "i_structure_UTF-8_BOM_empty_object.json",
	    "column 1: byte order mark" },
};

#define ROWS(table) (sizeof(table) / sizeof(*(table)))

static const char *
reason(const char *const (*table)[2], size_t rows, struct text name)
{
	for (size_t i = 0; i < rows; i++)
		if (text_is(name, table[i][0]))
			return table[i][1];
	return NULL;
}

/* The reason that the case is refused for; NULL: taken, "": any reason. */
static const char *
expected(struct text name)
{
	if (name.at[0] == 'n')
		return "";
	if (name.at[0] == 'y')
		return reason(stricter, ROWS(stricter), name);
	return reason(open_refused, ROWS(open_refused), name);
}

struct tally {
	int yes, no, open, objects;
	struct record *rec;
};

/* Both ways of parsing: any value, and one object as a record. */
static void
judge(struct tally *tally, struct text name, struct text json)
{
	const char *why = expected(name);
	struct error err = { 0 };
	enum status any = ndjson_parse_any(tally->rec, json, &err);
	bool object = value_kind(record_root(tally->rec)) == IS_OBJECT;

	if ((any == DONE) != (why == NULL))
		print_error("%.*s: %s\n", (int)name.len, name.at, err.text);
	assert_int_equal(any, why ? SOME_REJECTED : DONE);
	if (why && *why)
		assert_string_equal(err.text, why);
	assert_int_equal(ndjson_parse(tally->rec, json, &err),
	    object ? DONE : SOME_REJECTED);
	tally->yes += name.at[0] == 'y';
	tally->no += name.at[0] == 'n';
	tally->open += name.at[0] == 'i';
	tally->objects += object;
}

/* Into memory of exactly its size, so that a read beyond the end is seen. */
static char *
decode_base64(struct text in, size_t *len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				     "pqrstuvwxyz0123456789+/";
	struct buf out = BUF_INIT;
	unsigned bits = 0, held = 0;
	char *exact;

	for (size_t i = 0; i < in.len && in.at[i] != '='; i++) {
		const char *digit = strchr(digits, in.at[i]);

		assert_non_null(digit);
		bits = bits << 6 | (unsigned)(digit - digits);
		held += 6;
		if (held >= 8) {
			held -= 8;
			buf_add_byte(&out, (char)(bits >> held & 0xff));
		}
	}
	*len = out.len;
	exact = mem_alloc(out.len);
	if (out.len)
		memcpy(exact, out.data, out.len);
	buf_clear(&out);
	return exact;
}

static void
judge_line(struct tally *tally, struct record *line)
{
	struct text name, base64;
	struct error err;
	char *json;
	size_t len;

	assert_int_equal(
	    record_text(record_root(line), "name", &name, &err), DONE);
	assert_int_equal(
	    record_optional_text(record_root(line), "base64", &base64, &err),
	    DONE);
	json = decode_base64(base64, &len);
	judge(tally, name, (struct text){ json, len });
	free(json);
}

/* n_structure_100000_opening_arrays.json and n_structure_open_array_object.json
 * as they are in the suite: too large to be kept as data. */
static void
judge_large(struct tally *tally)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < 100000; i++)
		buf_add_byte(&b, '[');
	judge(tally, TEXT("n_structure_100000_opening_arrays.json"),
	    buf_text(&b));
	buf_reset(&b);
	for (int i = 0; i < 50000; i++)
		buf_add_str(&b, "[{\"\":");
	buf_add_byte(&b, '\n');
	judge(tally, TEXT("n_structure_open_array_object.json"), buf_text(&b));
	buf_clear(&b);
}

static void
the_suite_is_judged_as_it_should(void **state)
{
	int fd = open("test/data/json-test-suite.ndjson", O_RDONLY | O_CLOEXEC);
	struct ndjson_reader *reader = ndjson_open(fd);
	struct tally tally = { .rec = record_new() };
	struct record *rec = record_new();
	struct ndjson_line line;
	struct error err;
	int rc;

	(void)state;
	while ((rc = ndjson_next(reader, &line)) == 1) {
		assert_int_equal(ndjson_parse(rec, line.text, &err), DONE);
		judge_line(&tally, rec);
	}
	assert_int_equal(rc, 0);
	judge_large(&tally);
	/* As many as the suite has: nothing was left out. */
	assert_int_equal(tally.yes, 95);
	assert_int_equal(tally.no, 188);
	assert_int_equal(tally.open, 35);
	assert_int_equal(tally.objects, 12 - ROWS(stricter));
	record_free(tally.rec);
	record_free(rec);
	ndjson_close(reader);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_suite_is_judged_as_it_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
