/* Looking into records, messages that name the field, and building. */
#include <stdint.h>
#include <string.h>

#include "core/ndjson.h"
#include "unit/unit.h"

static struct record *rec;

static int
set_up(void **state)
{
	(void)state;
	rec = record_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	record_free(rec);
	record_free(NULL);
	return 0;
}

static struct value
parsed(const char *json)
{
	struct error err;

	if (ndjson_parse_any(rec, text_of(json), &err) != DONE)
		print_error("%s: %s\n", json, err.text);
	assert_int_equal(value_kind(record_root(rec)) == ABSENT, 0);
	return record_root(rec);
}

/* The value that a chain of names and indexes leads to. */
static struct value
at(struct value v, const char *name)
{
	return value_member(v, name);
}

static struct value
item(struct value v, size_t index)
{
	struct each it = value_each(v);

	while (each_next(&it))
		if (index-- == 0)
			return it.at;
	return NO_VALUE;
}

static void
kinds_and_members(void **state)
{
	struct value root =
	    parsed("{\"n\":null,\"b\":true,\"f\":false,\"i\":12,"
		   "\"t\":\"x\",\"a\":[1,2],\"o\":{\"t\":\"y\"}}");

	(void)state;
	assert_int_equal(value_kind(root), IS_OBJECT);
	assert_int_equal(value_kind(at(root, "n")), IS_NULL);
	assert_int_equal(value_kind(at(root, "b")), IS_BOOL);
	assert_int_equal(value_kind(at(root, "i")), IS_NUMBER);
	assert_int_equal(value_kind(at(root, "t")), IS_TEXT);
	assert_int_equal(value_kind(at(root, "a")), IS_ARRAY);
	assert_int_equal(value_kind(at(root, "o")), IS_OBJECT);
	assert_int_equal(value_kind(at(root, "")), ABSENT);
	assert_int_equal(value_kind(at(root, "x")), ABSENT);
	assert_int_equal(value_kind(at(at(root, "a"), "t")), ABSENT);
	assert_int_equal(value_kind(at(NO_VALUE, "t")), ABSENT);
	assert_true(value_is_text(at(at(root, "o"), "t"), "y"));
	assert_false(value_is_text(at(root, "i"), "12"));
	assert_true(value_is_true(at(root, "b")));
	assert_false(value_is_true(at(root, "f")));
	assert_false(value_is_true(at(root, "t")));
	assert_true(value_is_empty(at(root, "n")));
	assert_true(value_is_empty(NO_VALUE));
	assert_false(value_is_empty(at(root, "f")));
	assert_int_equal(value_count(root), 7);
	assert_int_equal(value_count(at(root, "a")), 2);
	assert_int_equal(value_count(at(root, "t")), 0);
	assert_int_equal(value_count(NO_VALUE), 0);
	assert_true(text_is(value_raw(at(root, "t")), "\"x\""));
	assert_true(text_is(value_raw(at(root, "a")), "[1,2]"));
	assert_true(text_is(value_raw(NO_VALUE), ""));
	assert_int_equal(value_text(at(root, "i")).len, 0);
}

static void
escapes_are_decoded(void **state)
{
	struct value root =
	    parsed("{\"\\u0061\\n\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\","
		   "\"k\":\"\\u0000\\u007f\\u0080\\u07ff\\u0800\\uffff\\ud800"
		   "\\udc00\\uDBFF\\uDFFF\",\"e\":\"\xc3\xa3\\u00E3\xc3\xa3\","
		   "\"z\":1}");

	(void)state;
	assert_true(value_is_text(at(root, "a\n"), "\"\\/\b\f\n\r\t"));
	assert_true(text_same(value_text(at(root, "k")),
	    TEXT("\0\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"
		 "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")));
	assert_true(value_is_text(at(root, "e"), "\xc3\xa3\xc3\xa3\xc3\xa3"));
	assert_true(text_is(value_raw(at(root, "z")), "1"));
	assert_int_equal(value_count(root), 4);
}

static void
walks_give_names_and_values(void **state)
{
	static const char *const names[] = { "a", "\n", "c" };
	struct value root = parsed("{\"a\":[[],{}],\"\\n\":\"\\t\",\"c\":{}}");
	struct each it = value_each(root);
	size_t i = 0;

	(void)state;
	for (; each_next(&it); i++)
		assert_true(text_is(it.name, names[i]));
	assert_int_equal(i, 3);
	assert_false(each_next(&it));
	it = value_each(at(root, "c"));
	assert_false(each_next(&it));
	it = value_each(NO_VALUE);
	assert_false(each_next(&it));
	assert_int_equal(value_kind(item(at(root, "a"), 0)), IS_ARRAY);
	assert_int_equal(value_kind(item(at(root, "a"), 1)), IS_OBJECT);
	assert_int_equal(value_kind(item(at(root, "a"), 2)), ABSENT);
}

static void
paths_name_the_place(void **state)
{
	struct value root =
	    parsed("{\"consolidacaoData\":{\"produtos\":[{\"nome\":\"x\"},"
		   "{\"valor\":1}]},\"m\":[[1,[2]]],\"\\n\\u007f\":0,"
		   "\"\xc3\xa3\xc3\xa3\":0,\"\":{\"\":0}}");
	struct value product =
	    item(at(at(root, "consolidacaoData"), "produtos"), 1);
	char path[80];

	(void)state;
	value_path(root, path, sizeof(path));
	assert_string_equal(path, "");
	value_path(NO_VALUE, path, sizeof(path));
	assert_string_equal(path, "");
	value_path(at(product, "valor"), path, sizeof(path));
	assert_string_equal(path, "consolidacaoData.produtos[1].valor");
	value_path(item(item(at(root, "m"), 0), 1), path, sizeof(path));
	assert_string_equal(path, "m[0][1]");
	value_path(item(item(item(at(root, "m"), 0), 1), 0), path, 80);
	assert_string_equal(path, "m[0][1][0]");
	value_path(at(root, "\n\x7f"), path, sizeof(path));
	assert_string_equal(path, "??");
	value_path(at(root, "\xc3\xa3\xc3\xa3"), path, 4);
	assert_string_equal(path, "\xc3\xa3");
	value_path(product, path, 5);
	assert_string_equal(path, "cons");
	value_path(product, path, 1);
	assert_string_equal(path, "");
	value_path(product, path, 0);
}

enum getter { TEXT_, OPTIONAL, IDENTIFIER, INTEGER, FLAG, OBJECT, ARRAY };

#define LONG_50 "0123456789012345678901234567890123456789012345678_"
#define LONG_200 LONG_50 LONG_50 LONG_50 LONG_50

/* Member `m`: what it gives as text, or the refusal's code and text. */
static const struct {
	enum getter getter;
	const char *json, *gives, *code, *says;
} members[] = {
	{ TEXT_, "{\"m\":\"x\"}", "x", NULL, NULL },
	{ TEXT_, "{}", NULL, "campo_ausente", "m: missing" },
	{ TEXT_, "[]", NULL, "campo_ausente", "m: missing" },
	{ TEXT_, "{\"m\":null}", NULL, "campo_ausente", "m: missing (null)" },
	{ TEXT_, "{\"m\":\"\"}", NULL, "campo_invalido", "m: empty" },
	{ TEXT_, "{\"m\":1}", NULL, "campo_invalido",
	    "m: text expected, number found" },
	{ TEXT_, "{\"m\":true}", NULL, "campo_invalido",
	    "m: text expected, true or false found" },
	{ OPTIONAL, "{\"m\":\"x\"}", "x", NULL, NULL },
	{ OPTIONAL, "{\"m\":\"\"}", "", NULL, NULL },
	{ OPTIONAL, "{\"m\":null}", "", NULL, NULL },
	{ OPTIONAL, "{}", "", NULL, NULL },
	{ OPTIONAL, "{\"m\":[]}", NULL, "campo_invalido",
	    "m: text expected, array found" },
	{ IDENTIFIER, "{\"m\":\"1\"}", "1", NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"-1.0\"}", "-1.0", NULL, NULL },
	{ IDENTIFIER, "{\"m\":7}", "7", NULL, NULL },
	{ IDENTIFIER, "{\"m\":0}", "0", NULL, NULL },
	{ IDENTIFIER, "{\"m\":12345678901234567890}", "12345678901234567890",
	    NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"\xc3\xa3\xc2\xa0x\"}", "\xc3\xa3\xc2\xa0x",
	    NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"" LONG_200 "\"}", LONG_200, NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"" LONG_200 "x\"}", NULL, "campo_invalido",
	    "m: longer than 200 bytes" },
	{ IDENTIFIER, "{\"m\":-7}", NULL, "campo_invalido",
	    "m: a number here has no sign, fraction or exponent" },
	{ IDENTIFIER, "{\"m\":7.0}", NULL, "campo_invalido",
	    "m: a number here has no sign, fraction or exponent" },
	{ IDENTIFIER, "{\"m\":7e2}", NULL, "campo_invalido",
	    "m: a number here has no sign, fraction or exponent" },
	{ IDENTIFIER, "{\"m\":\"\"}", NULL, "campo_invalido", "m: empty" },
	{ IDENTIFIER, "{\"m\":\"a\\nb\"}", NULL, "campo_invalido",
	    "m: holds a control character" },
	{ IDENTIFIER, "{\"m\":\"a\\u0000\"}", NULL, "campo_invalido",
	    "m: holds a control character" },
	{ IDENTIFIER, "{\"m\":\"a\x7f\"}", NULL, "campo_invalido",
	    "m: holds a control character" },
	{ IDENTIFIER, "{\"m\":\"a\xc2\x85\"}", NULL, "campo_invalido",
	    "m: holds a control character" },
	{ IDENTIFIER, "{\"m\":true}", NULL, "campo_invalido",
	    "m: text or whole number expected, true or false found" },
	{ IDENTIFIER, "{\"m\":null}", NULL, "campo_ausente",
	    "m: missing (null)" },
	/* blanks at the ends: somebody else, to all who compare */
	{ IDENTIFIER, "{\"m\":\" 1\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1 \"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\" \"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"PROP-1 \"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xc2\xa0\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER,
	    "{\"m\":\"\xc2\xa0"
	    "1\"}",
	    NULL, "campo_invalido", "m: begins or ends with white space" },
	{ IDENTIFIER,
	    "{\"m\":\"\xe2\x80\x80"
	    "1\"}",
	    NULL, "campo_invalido", "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xe2\x80\x8a\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xe2\x80\x8b\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xe2\x80\xaf\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER,
	    "{\"m\":\"\xe2\x80\xa8"
	    "1\"}",
	    NULL, "campo_invalido", "m: begins or ends with white space" },
	{ IDENTIFIER,
	    "{\"m\":\"\xe3\x80\x80"
	    "1\"}",
	    NULL, "campo_invalido", "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xef\xbb\xbf\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xe2\x81\xa0\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER,
	    "{\"m\":\"\xe1\x9a\x80"
	    "1\"}",
	    NULL, "campo_invalido", "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\\u00a0\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"1\xe2\x81\x9f\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"\xc2\xa0\"}", NULL, "campo_invalido",
	    "m: begins or ends with white space" },
	{ IDENTIFIER, "{\"m\":\"a b\"}", "a b", NULL, NULL },
	{ IDENTIFIER,
	    "{\"m\":\"a\xc2\xa0"
	    "b\"}",
	    "a\xc2\xa0"
	    "b",
	    NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"\xc3\xa0\"}", "\xc3\xa0", NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"\xe2\x82\xac\"}", "\xe2\x82\xac", NULL, NULL },
	{ IDENTIFIER, "{\"m\":\"\xf0\x9f\x98\x80\"}", "\xf0\x9f\x98\x80", NULL,
	    NULL },
	{ INTEGER, "{\"m\":12}", "12", NULL, NULL },
	{ INTEGER, "{\"m\":0}", "0", NULL, NULL },
	{ INTEGER, "{\"m\":-0}", "0", NULL, NULL },
	{ INTEGER, "{\"m\":-100}", "-100", NULL, NULL },
	{ INTEGER, "{\"m\":9223372036854775806}", "9223372036854775806", NULL,
	    NULL },
	{ INTEGER, "{\"m\":-101}", NULL, "campo_invalido",
	    "m: not between -100 and 9223372036854775806" },
	{ INTEGER, "{\"m\":9223372036854775807}", NULL, "campo_invalido",
	    "m: not between -100 and 9223372036854775806" },
	{ INTEGER, "{\"m\":9223372036854775808}", NULL, "campo_invalido",
	    "m: not between -100 and 9223372036854775806" },
	{ INTEGER, "{\"m\":-9223372036854775809}", NULL, "campo_invalido",
	    "m: not between -100 and 9223372036854775806" },
	{ INTEGER, "{\"m\":99999999999999999999}", NULL, "campo_invalido",
	    "m: not between -100 and 9223372036854775806" },
	{ INTEGER, "{\"m\":1.0}", NULL, "campo_invalido",
	    "m: whole number expected" },
	{ INTEGER, "{\"m\":1e2}", NULL, "campo_invalido",
	    "m: whole number expected" },
	{ INTEGER, "{\"m\":\"1\"}", NULL, "campo_invalido",
	    "m: whole number expected, text found" },
	{ INTEGER, "{}", NULL, "campo_ausente", "m: missing" },
	{ FLAG, "{\"m\":true}", "true", NULL, NULL },
	{ FLAG, "{\"m\":false}", "false", NULL, NULL },
	{ FLAG, "{\"m\":null}", "false", NULL, NULL },
	{ FLAG, "{}", "false", NULL, NULL },
	{ FLAG, "{\"m\":1}", NULL, "campo_invalido",
	    "m: true or false expected, number found" },
	{ OBJECT, "{\"m\":{}}", "{}", NULL, NULL },
	{ OBJECT, "{\"m\":[]}", NULL, "campo_invalido",
	    "m: object expected, array found" },
	{ OBJECT, "{\"m\":null}", NULL, "campo_ausente", "m: missing (null)" },
	{ ARRAY, "{\"m\":[]}", "[]", NULL, NULL },
	{ ARRAY, "{\"m\":{}}", NULL, "campo_invalido",
	    "m: array expected, object found" },
	{ ARRAY, "{}", NULL, "campo_ausente", "m: missing" },
};

/* Calls the getter; what it gave as text in `out`, "untouched" when refused. */
static enum status
get(enum getter getter, struct value root, struct buf *out, struct error *err)
{
	struct text text = TEXT("untouched");
	struct value v = NO_VALUE;
	enum status status;
	int64_t n = -77;
	bool flag = false;

	buf_reset(out);
	if (getter == TEXT_)
		status = record_text(root, "m", &text, err);
	else if (getter == OPTIONAL)
		status = record_optional_text(root, "m", &text, err);
	else if (getter == IDENTIFIER)
		status = record_identifier(root, "m", &text, err);
	else if (getter == INTEGER)
		status =
		    record_integer(root, "m", -100, INT64_MAX - 1, &n, err);
	else if (getter == FLAG)
		status = record_flag(root, "m", &flag, err);
	else if (getter == OBJECT)
		status = record_object(root, "m", &v, err);
	else
		status = record_array(root, "m", &v, err);
	if (status != DONE)
		assert_true(text_is(text, "untouched") && n == -77 && !flag &&
		    value_kind(v) == ABSENT);
	if (getter <= IDENTIFIER)
		buf_add_text(out, text);
	else if (getter == INTEGER)
		build_integer(out, n);
	else if (getter == FLAG)
		build_bool(out, flag);
	else
		build_value(out, v);
	return status;
}

static void
typed_members_give_or_say_why_not(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		struct error err;
		enum status status =
		    get(members[i].getter, parsed(members[i].json), &out, &err);

		if (members[i].gives) {
			assert_int_equal(status, DONE);
			assert_string_equal(buf_cstr(&out), members[i].gives);
			continue;
		}
		assert_int_equal(status, SOME_REJECTED);
		assert_string_equal(err.code, members[i].code);
		assert_string_equal(err.text, members[i].says);
	}
	buf_clear(&out);
}

static void
the_lowest_integer_is_one(void **state)
{
	struct value root = parsed("{\"m\":-9223372036854775808,"
				   "\"p\":9223372036854775807}");
	struct error err;
	int64_t n;

	(void)state;
	assert_int_equal(
	    record_integer(root, "m", INT64_MIN, INT64_MAX, &n, &err), DONE);
	assert_true(n == INT64_MIN);
	assert_int_equal(
	    record_integer(root, "p", INT64_MIN, INT64_MAX, &n, &err), DONE);
	assert_true(n == INT64_MAX);
}

static void
messages_name_the_whole_path(void **state)
{
	struct value root = parsed(
	    "{\"consolidacaoData\":{\"produtos\":[{},{\"valor\":\"x\"}]}}");
	struct value products = at(at(root, "consolidacaoData"), "produtos");
	struct error err;
	struct text t;
	int64_t n;

	(void)state;
	assert_int_equal(
	    record_text(item(products, 0), "valor", &t, &err), SOME_REJECTED);
	assert_string_equal(
	    err.text, "consolidacaoData.produtos[0].valor: missing");
	assert_int_equal(
	    record_integer(item(products, 1), "valor", 0, 1, &n, &err),
	    SOME_REJECTED);
	assert_string_equal(err.text,
	    "consolidacaoData.produtos[1].valor: whole number expected, "
	    "text found");
	assert_int_equal(value_reject(item(products, 1), &err, "%d is odd", 3),
	    SOME_REJECTED);
	assert_string_equal(err.text, "consolidacaoData.produtos[1]: 3 is odd");
	assert_string_equal(err.code, "campo_invalido");
	value_reject(root, &err, "no kind");
	assert_string_equal(err.text, "no kind");
	assert_int_equal(value_identifier(NO_VALUE, &t, &err), SOME_REJECTED);
}

static void
commas_come_by_themselves(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	build_open(&b, '{');
	build_text_member(&b, "a", TEXT("x:"));
	build_name(&b, "b");
	build_open(&b, '[');
	build_integer(&b, INT64_MIN);
	build_bool(&b, true);
	build_bool(&b, false);
	build_null(&b);
	build_raw(&b, TEXT("1.50"));
	build_text(&b, TEXT("{"));
	build_open(&b, '[');
	build_close(&b, ']');
	build_open(&b, '{');
	build_close(&b, '}');
	build_close(&b, ']');
	build_name_text(&b, TEXT("\"\n"));
	build_null(&b);
	build_close(&b, '}');
	buf_add_byte(&b, '\n');
	build_open(&b, '{');
	build_close(&b, '}');
	assert_string_equal(buf_cstr(&b),
	    "{\"a\":\"x:\",\"b\":[-9223372036854775808,true,false,null,1.50,"
	    "\"{\",[],{}],\"\\\"\\n\":null}\n{}");
	buf_clear(&b);
}

static void
text_is_escaped_where_it_must_be(void **state)
{
	static const struct {
		struct text text;
		const char *json;
	} rows[] = {
		{ { "", 0 }, "\"\"" },
		{ { NULL, 0 }, "\"\"" },
		{ { "\"\\/", 3 }, "\"\\\"\\\\/\"" },
		{ { "\b\f\n\r\t", 5 }, "\"\\b\\f\\n\\r\\t\"" },
		{ { "\0\x01\x1f ", 4 }, "\"\\u0000\\u0001\\u001f \"" },
		{ { "\x7f\xc3\xa3\xf0\x9f\x98\x80", 7 },
		    "\"\x7f\xc3\xa3\xf0\x9f\x98\x80\"" },
		{ { "0123456789abcdefghij\"0123456789abcde\n", 37 },
		    "\"0123456789abcdefghij\\\"0123456789abcde\\n\"" },
	};
	struct buf b = BUF_INIT;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_reset(&b);
		build_text(&b, rows[i].text);
		assert_string_equal(buf_cstr(&b), rows[i].json);
		assert_int_equal(
		    ndjson_parse_any(rec, buf_text(&b), &err), DONE);
		assert_true(
		    text_same(value_text(record_root(rec)), rows[i].text));
	}
	buf_clear(&b);
}

static void
values_are_written_as_read_but_compact(void **state)
{
	static const char *const rows[][2] = {
		{ "{\"a\":[1,{\"b\":\"\\u0041\"}]}",
		    "{\"a\":[1,{\"b\":\"\\u0041\"}]}" },
		{ " { \"a : , \" : [ 1.50 , { \"\\u0062\"\t:\r\" \\u0041 \" } "
		  ", [ ] , { } , null ] } ",
		    "{\"a : , \":[1.50,{\"\\u0062\":\" \\u0041 \"},[],{},"
		    "null]}" },
		{ "[ [ [ ] ] , -1E+5 ]", "[[[]],-1E+5]" },
		{ " 1 ", "1" },
		{ " \" \" ", "\" \"" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_reset(&b);
		build_value(&b, parsed(rows[i][0]));
		assert_string_equal(buf_cstr(&b), rows[i][1]);
	}
	buf_reset(&b);
	build_open(&b, '[');
	build_value(&b, item(parsed("[ 1, [ 2 ] ]"), 1));
	build_value(&b, item(parsed("[1,[3]]"), 1));
	build_value(&b, NO_VALUE);
	build_close(&b, ']');
	assert_string_equal(buf_cstr(&b), "[[2],[3],null]");
	buf_clear(&b);
}

static void
members_are_passed_on_but_some(void **state)
{
	static const char *const but[] = { "b", "\n", NULL };
	static const char *const none[] = { NULL };
	struct value root = parsed("{\"a\":1, \"b\":2,\"\\n\":\"\\n\","
				   "\"\\u0063\":[ ],\"d\":\"\\u0064\"}");
	struct buf b = BUF_INIT;

	(void)state;
	build_open(&b, '{');
	build_members_but(&b, root, but);
	build_null(&b);
	assert_string_equal(
	    buf_cstr(&b), "{\"a\":1,\"\\u0063\":[],\"d\":\"\\u0064\",null");
	buf_reset(&b);
	build_members_but(&b, root, none);
	assert_string_equal(buf_cstr(&b),
	    "\"a\":1,\"b\":2,\"\\n\":\"\\n\",\"\\u0063\":[],"
	    "\"d\":\"\\u0064\"");
	buf_reset(&b);
	build_members_but(&b, NO_VALUE, none);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kinds_and_members),
		TEST(escapes_are_decoded),
		TEST(walks_give_names_and_values),
		TEST(paths_name_the_place),
		TEST(typed_members_give_or_say_why_not),
		TEST(the_lowest_integer_is_one),
		TEST(messages_name_the_whole_path),
		TEST(commas_come_by_themselves),
		TEST(text_is_escaped_where_it_must_be),
		TEST(values_are_written_as_read_but_compact),
		TEST(members_are_passed_on_but_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
