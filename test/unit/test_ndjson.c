/* Lines from a descriptor, and what the parser takes and refuses. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "unit/unit.h"

/* A literal that may hold NUL. */
#define LINE(s) \
	{ \
		s, sizeof(s) - 1 \
	}

static const struct text good[] = {
	LINE("{}"),
	LINE(" \t{ } \r"),
	LINE("{\"a\":1}"),
	LINE("{\"a\":-0,\"b\":0.0,\"c\":1e5,\"d\":1E-5,\"e\":1.25e+400}"),
	LINE("{\"a\":123456789012345678901234567890.10}"),
	LINE("{\"a\":[],\"b\":{},\"c\":[[],[{}]]}"),
	LINE("{\"a\":true,\"b\":false,\"c\":null}"),
	LINE("{\"\":\"\"}"),
	LINE("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\"}"),
	LINE("{\"a\":\"\\ud83d\\ude00\\uD800\\uDFFF\"}"),
	LINE("{\"a\":\"\x7f\"}"),
	/* The borders of RFC 3629, and U+FFFE, U+FFFF, which are fine. */
	LINE("{\"a\":\"\xc2\x80\xdf\xbf\"}"),
	LINE("{\"a\":\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"}"),
	LINE("{\"a\":\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}"),
	/* Equal names in different objects, and names that only look so. */
	LINE("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}"),
	LINE("{\"a\":1,\"A\":1,\"\\u00e9\":1,\"e\xcc\x81\":1}"),
};

struct refused {
	struct text line;
	const char *text;
};

static const struct refused refused[] = {
	{ LINE(""), "column 1: unexpected end, a value expected" },
	{ LINE("  "), "column 3: unexpected end, a value expected" },
	{ LINE("x"), "column 1: unexpected `x`, a value expected" },
	{ LINE("[]"), "column 1: a record must be an object" },
	{ LINE(" 1"), "column 2: a record must be an object" },
	{ LINE("\"a\""), "column 1: a record must be an object" },
	{ LINE("null"), "column 1: a record must be an object" },
	{ LINE("\xef\xbb\xbf{}"), "column 1: byte order mark" },
	{ LINE("{\"a\":\xef\xbb\xbf"
	       "1}"),
	    "column 6: unexpected byte 0xef, a value expected" },
	{ LINE("{"), "column 2: unexpected end, a name expected" },
	{ LINE("{1:2}"), "column 2: unexpected `1`, a name expected" },
	{ LINE("{'a':1}"), "column 2: unexpected `'`, a name expected" },
	{ LINE("{\"a\"}"), "column 5: unexpected `}`, `:` expected" },
	{ LINE("{\"a\" 1}"), "column 6: unexpected `1`, `:` expected" },
	{ LINE("{\"a\":}"), "column 6: unexpected `}`, a value expected" },
	{ LINE("{\"a\":1,}"), "column 8: unexpected `}`, a name expected" },
	{ LINE("{,}"), "column 2: unexpected `,`, a name expected" },
	{ LINE("{\"a\":1"), "column 7: unexpected end, `,` or `}` expected" },
	{ LINE("{\"a\":1]"), "column 7: unexpected `]`, `,` or `}` expected" },
	{ LINE("{\"a\":1 \"b\":2}"),
	    "column 8: unexpected `\"`, `,` or `}` expected" },
	{ LINE("{\"a\":[1}"), "column 8: unexpected `}`, `,` or `]` expected" },
	{ LINE("{\"a\":[1,]}"), "column 9: unexpected `]`, a value expected" },
	{ LINE("{\"a\":[,1]}"), "column 7: unexpected `,`, a value expected" },
	{ LINE("{\"a\":["), "column 7: unexpected end, a value expected" },
	{ LINE("{} {}"), "column 4: unexpected `{`, the end expected" },
	{ LINE("{\"g\":7} \"x"),
	    "column 9: unexpected `\"`, the end expected" },
	{ LINE("{}}"), "column 3: unexpected `}`, the end expected" },
	{ LINE("{}\0"), "column 3: unexpected byte 0x00, the end expected" },
	{ LINE("{}\x0b"), "column 3: unexpected byte 0x0b, the end expected" },
	{ LINE("{\"a\":1\0}"),
	    "column 7: unexpected byte 0x00, `,` or `}` expected" },
	{ LINE("{\"a\":1}//"), "column 8: unexpected `/`, the end expected" },
	{ LINE("{\"a\":1\xc2\xa0}"),
	    "column 7: unexpected byte 0xc2, `,` or `}` expected" },
	/* Words and numbers. */
	{ LINE("{\"a\":tru}"), "column 9: unexpected `}`, a value expected" },
	{ LINE("{\"a\":nul"), "column 9: unexpected end, a value expected" },
	{ LINE("{\"a\":True}"), "column 6: unexpected `T`, a value expected" },
	{ LINE("{\"a\":NaN}"), "column 6: unexpected `N`, a value expected" },
	{ LINE("{\"a\":nan}"), "column 7: unexpected `a`, a value expected" },
	{ LINE("{\"a\":truely}"),
	    "column 10: unexpected `l`, `,` or `}` expected" },
	{ LINE("{\"a\":01}"), "column 6: number with a leading zero" },
	{ LINE("{\"a\":-00}"), "column 7: number with a leading zero" },
	{ LINE("{\"a\":+1}"), "column 6: unexpected `+`, a value expected" },
	{ LINE("{\"a\":.5}"), "column 6: unexpected `.`, a value expected" },
	{ LINE("{\"a\":-}"), "column 7: unexpected `}`, a digit expected" },
	{ LINE("{\"a\":1.}"), "column 8: unexpected `}`, a digit expected" },
	{ LINE("{\"a\":1.e1}"), "column 8: unexpected `e`, a digit expected" },
	{ LINE("{\"a\":1e}"), "column 8: unexpected `}`, a digit expected" },
	{ LINE("{\"a\":1e+}"), "column 9: unexpected `}`, a digit expected" },
	{ LINE("{\"a\":1e"), "column 8: unexpected end, a digit expected" },
	{ LINE("{\"a\":0x10}"),
	    "column 7: unexpected `x`, `,` or `}` expected" },
	{ LINE("{\"a\":1_0}"),
	    "column 7: unexpected `_`, `,` or `}` expected" },
	{ LINE("{\"a\":1,5}"), "column 8: unexpected `5`, a name expected" },
	/* Strings. */
	{ LINE("{\"a\":\"x"),
	    "column 8: unexpected end, the closing quote expected" },
	{ LINE("{\"a\":\"\\"),
	    "column 8: unexpected end, one of \"\\/bfnrtu expected" },
	{ LINE("{\"a\":\"\\n"),
	    "column 9: unexpected end, the closing quote expected" },
	{ LINE("{\"a\":\"\\x41\"}"),
	    "column 8: unexpected `x`, one of \"\\/bfnrtu expected" },
	{ LINE("{\"a\":\"\\\0\"}"),
	    "column 8: unexpected byte 0x00, one of \"\\/bfnrtu expected" },
	{ LINE("{\"a\":\"\\u12g4\"}"),
	    "column 11: unexpected `g`, four hexadecimal digits expected" },
	{ LINE("{\"a\":\"\\u12"),
	    "column 11: unexpected end, four hexadecimal digits expected" },
	{ LINE("{\"a\":\"\\ud800\"}"), "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\udc00\"}"), "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\ud800\\n\"}"), "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\ud800\\ud800\"}"),
	    "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\udc00\\udc00\"}"),
	    "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\ud800\\ue000\"}"),
	    "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\udc00\\ud800\"}"),
	    "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"\\ud800"), "column 7: lone surrogate escape" },
	{ LINE("{\"a\":\"x\ty\"}"), "column 8: control character not escaped" },
	{ LINE("{\"a\":\"x\0y\"}"), "column 8: control character not escaped" },
	{ LINE("{\"a\":\"\\n\x1f\"}"),
	    "column 9: control character not escaped" },
	{ LINE("{\"a\":\"0123456789abcdef\n\"}"),
	    "column 23: control character not escaped" },
	/* UTF-8: Latin-1, cut, overlong, surrogates, beyond U+10FFFF. */
	{ LINE("{\"a\":\"Jo\xe3o\"}"), "column 9: invalid UTF-8" },
	{ LINE("{\"a\":\"\\n\xe3o\"}"), "column 9: invalid UTF-8" },
	{ LINE("{\"Jo\xe3o\":1}"), "column 5: invalid UTF-8" },
	{ LINE("{\"a\":\"\x80\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xc3\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xc3"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xe2\x82\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xf0\x9f\x98\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xc0\xaf\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xc1\xbf\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xe0\x9f\xbf\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xf0\x8f\xbf\xbf\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xed\xa0\x80\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xed\xbf\xbf\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xf4\x90\x80\x80\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xf5\x80\x80\x80\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xff\"}"), "column 7: invalid UTF-8" },
	{ LINE("{\"a\":\"\xc3\xa3\xc3\"}"), "column 9: invalid UTF-8" },
	/* Repeated names, also behind escapes and inside. */
	{ LINE("{\"a\":1,\"a\":1}"), "column 8: name repeated in its object" },
	{ LINE("{\"a\":1,\"b\":2,\"\\u0061\":3}"),
	    "column 14: name repeated in its object" },
	{ LINE("{\"\\n\":1,\"\\u000a\":3}"),
	    "column 9: name repeated in its object" },
	{ LINE("{\"\":1,\"\":3}"), "column 7: name repeated in its object" },
	{ LINE("{\"x\":[{\"a\":{},\"a\":[]}]}"),
	    "column 15: name repeated in its object" },
};

static void
good_lines_are_taken(void **state)
{
	struct record *rec = record_new();
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (ndjson_parse(rec, good[i], &err) != DONE)
			print_error("%s: %s\n", good[i].at, err.text);
		assert_int_equal(value_kind(record_root(rec)), IS_OBJECT);
	}
	record_free(rec);
}

static void
bad_lines_are_refused_with_column_and_reason(void **state)
{
	struct record *rec = record_new();
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (ndjson_parse(rec, refused[i].line, &err) == DONE)
			print_error("taken: %s\n", refused[i].line.at);
		assert_int_equal(value_kind(record_root(rec)), ABSENT);
		assert_string_equal(err.text, refused[i].text);
		assert_string_equal(err.code, "json_invalido");
	}
	record_free(rec);
}

/* Exactly as long as its line, so that a sanitizer sees a read beyond it. */
static void
every_cut_of_a_line_is_refused(void **state)
{
	static const struct text whole =
	    LINE("{\"a\":[true,null,-1.5e+3],\"b\\ud83d\\ude00\":"
		 "{\"\xf0\x9f\x98\x80\":\"\\\\0123456789abcdef\"}}");
	struct record *rec = record_new();
	struct error err;

	(void)state;
	assert_int_equal(ndjson_parse(rec, whole, &err), DONE);
	for (size_t len = 0; len < whole.len; len++) {
		char *copy = mem_alloc(len);

		memcpy(copy, whole.at, len);
		assert_int_equal(
		    ndjson_parse(rec, (struct text){ copy, len }, &err),
		    SOME_REJECTED);
		free(copy);
	}
	record_free(rec);
}

static void
any_value_may_be_asked_for(void **state)
{
	static const char *const values[] = { "1", "\"\"", "null", " [1]\n",
		"{}", "false" };
	struct record *rec = record_new();
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		assert_int_equal(
		    ndjson_parse_any(rec, text_of(values[i]), &err), DONE);
	assert_int_equal(ndjson_parse_any(rec, TEXT(""), &err), SOME_REJECTED);
	assert_int_equal(ndjson_parse_any(rec, (struct text){ NULL, 0 }, &err),
	    SOME_REJECTED);
	record_free(rec);
}

/* {"":{"":...0}} or {"":[[...0]]} with `levels` containers. */
static void
nest(struct buf *out, int levels, bool objects)
{
	buf_reset(out);
	buf_add_str(out, "{\"\":");
	for (int i = 1; i < levels; i++)
		buf_add_str(out, objects ? "{\"\":" : "[");
	buf_add_byte(out, '0');
	for (int i = 1; i < levels; i++)
		buf_add_byte(out, objects ? '}' : ']');
	buf_add_byte(out, '}');
}

static void
depth_64_is_taken_and_65_refused(void **state)
{
	struct record *rec = record_new();
	struct buf line = BUF_INIT;
	struct error err;

	(void)state;
	for (int objects = 0; objects < 2; objects++) {
		nest(&line, 64, objects);
		assert_int_equal(
		    ndjson_parse(rec, buf_text(&line), &err), DONE);
		nest(&line, 65, objects);
		assert_int_equal(
		    ndjson_parse(rec, buf_text(&line), &err), SOME_REJECTED);
		assert_string_equal(err.text,
		    objects ? "column 257: more than 64 levels"
			    : "column 68: more than 64 levels");
	}
	buf_clear(&line);
	record_free(rec);
}

static void
many_names_are_compared_too(void **state)
{
	enum { NAMES = 200000 };
	struct record *rec = record_new();
	struct buf line = BUF_INIT;
	struct error err;
	size_t end;

	(void)state;
	for (int names = 1; names <= NAMES; names = names * 3 / 2 + 1) {
		buf_reset(&line);
		build_open(&line, '{');
		for (int i = 0; i < names; i++)
			buf_printf(&line, "%s\"%d\":0", i ? "," : "", i);
		end = line.len;
		buf_add_byte(&line, '}');
		assert_int_equal(
		    ndjson_parse(rec, buf_text(&line), &err), DONE);
		assert_int_equal(value_count(record_root(rec)), names);
		line.len = end;
		buf_printf(&line, ",\"\\u003%d\":0}", 0);
		assert_int_equal(
		    ndjson_parse(rec, buf_text(&line), &err), SOME_REJECTED);
		buf_reset(&line);
		buf_printf(
		    &line, "column %zu: name repeated in its object", end + 2);
		assert_string_equal(err.text, buf_cstr(&line));
	}
	buf_clear(&line);
	record_free(rec);
}

static void
a_text_beyond_the_ceiling_is_refused(void **state)
{
	struct record *rec = record_new();
	struct error err;

	(void)state;
	assert_int_equal(
	    ndjson_parse_any(
		rec, (struct text){ "", BUF_DEFAULT_MAX + (size_t)1 }, &err),
	    SOME_REJECTED);
	assert_string_equal(err.text, "longer than 67108864 bytes");
	record_free(rec);
}

/* Together they would pass the ceiling of a buffer. */
static void
decoded_text_does_not_pile_up(void **state)
{
	enum { LENGTH = 1024 * 1024, TIMES = BUF_DEFAULT_MAX / LENGTH + 2 };
	struct record *rec = record_new();
	struct buf line = BUF_INIT;
	struct error err;

	(void)state;
	buf_add_str(&line, "{\"a\":\"\\n");
	for (int i = 0; i < LENGTH; i++)
		buf_add_byte(&line, 'x');
	buf_add_str(&line, "\"}");
	for (int i = 0; i < TIMES; i++)
		assert_int_equal(
		    ndjson_parse(rec, buf_text(&line), &err), DONE);
	assert_int_equal(
	    value_text(value_member(record_root(rec), "a")).len, LENGTH + 1);
	buf_clear(&line);
	record_free(rec);
}

/* A pipe whose whole content is written before it is read. */
static int
pipe_with(const char *content, size_t len)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], content, len), len);
	close(ends[1]);
	return ends[0];
}

static void
lines_are_numbered_and_blank_ones_skipped(void **state)
{
	static const char in[] = "a\r\n\n \t\r\nb\n\nlast";
	static const struct {
		const char *text;
		unsigned number;
	} want[] = { { "a\r", 1 }, { "b", 4 }, { "last", 6 } };
	int fd = pipe_with(in, sizeof(in) - 1);
	struct ndjson_reader *r = ndjson_open(fd);
	struct ndjson_line line;

	(void)state;
	assert_false(ndjson_has_line(r));
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ndjson_next(r, &line), 1);
		assert_true(text_is(line.text, want[i].text));
		assert_int_equal(line.number, want[i].number);
		assert_false(line.too_long);
		assert_int_equal(ndjson_has_line(r), i == 0);
	}
	assert_int_equal(ndjson_next(r, &line), 0);
	assert_int_equal(ndjson_next(r, &line), 0);
	ndjson_close(r);
	close(fd);
}

static void
an_empty_input_has_no_line(void **state)
{
	static const char *const inputs[] = { "", "\n", "\n\n", "  ", "\r\n" };
	struct ndjson_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
		int fd = pipe_with(inputs[i], strlen(inputs[i]));
		struct ndjson_reader *r = ndjson_open(fd);

		assert_int_equal(ndjson_next(r, &line), 0);
		assert_false(ndjson_has_line(r));
		ndjson_close(r);
		close(fd);
	}
	ndjson_close(NULL);
}

/* A byte at a time: a blank line or a part of one is never worth a wait. */
static void
a_line_may_come_in_pieces(void **state)
{
	static const char in[] = "{\"a\":1}\n \n{\"b\":2}\n";
	int ends[2];
	struct ndjson_reader *r;
	struct ndjson_line line;
	size_t lines = 0;

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	r = ndjson_open(ends[0]);
	for (size_t i = 0; i < sizeof(in) - 1; i++) {
		struct pollfd ready = { .fd = ends[0], .events = POLLIN };

		assert_int_equal(write(ends[1], in + i, 1), 1);
		if (in[i] != '\n' || i == 9)
			continue;
		assert_int_equal(poll(&ready, 1, 0), 1);
		assert_int_equal(ndjson_next(r, &line), 1);
		assert_int_equal(line.text.len, 7);
		assert_false(ndjson_has_line(r));
		lines++;
	}
	assert_int_equal(lines, 2);
	close(ends[1]);
	assert_int_equal(ndjson_next(r, &line), 0);
	ndjson_close(r);
	close(ends[0]);
}

/* `len` bytes of x, a newline, a short line: read from a temporary file. */
static int
file_with_long_line(size_t len, const char *rest)
{
	FILE *f = tmpfile();
	char block[4096];
	int fd;

	memset(block, 'x', sizeof(block));
	for (; len > 0; len -= len < sizeof(block) ? len : sizeof(block))
		fwrite(block, 1, len < sizeof(block) ? len : sizeof(block), f);
	fputs(rest, f);
	assert_int_equal(fflush(f), 0);
	fd = dup(fileno(f));
	fclose(f);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
a_line_at_the_ceiling_is_read_whole(void **state)
{
	int fd = file_with_long_line(NDJSON_MAX_LINE, "\n{}\n");
	struct ndjson_reader *r = ndjson_open(fd);
	struct ndjson_line line;

	(void)state;
	assert_int_equal(ndjson_next(r, &line), 1);
	assert_false(line.too_long);
	assert_int_equal(line.text.len, NDJSON_MAX_LINE);
	assert_int_equal(line.text.at[NDJSON_MAX_LINE - 1], 'x');
	assert_int_equal(ndjson_next(r, &line), 1);
	assert_true(text_is(line.text, "{}"));
	assert_int_equal(ndjson_next(r, &line), 0);
	ndjson_close(r);
	close(fd);
}

static void
a_longer_line_is_skipped_whole(void **state)
{
	static const size_t lengths[] = { NDJSON_MAX_LINE + 1,
		NDJSON_MAX_LINE + 2, 3 * NDJSON_MAX_LINE + 12345 };
	struct ndjson_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		int fd = file_with_long_line(lengths[i], "\n\n{}\n");
		struct ndjson_reader *r = ndjson_open(fd);

		assert_int_equal(ndjson_next(r, &line), 1);
		assert_true(line.too_long);
		assert_int_equal(line.text.len, 0);
		assert_int_equal(line.number, 1);
		assert_int_equal(ndjson_next(r, &line), 1);
		assert_false(line.too_long);
		assert_int_equal(line.number, 3);
		assert_true(text_is(line.text, "{}"));
		assert_int_equal(ndjson_next(r, &line), 0);
		ndjson_close(r);
		close(fd);
	}
}

static void
a_long_last_line_needs_no_newline(void **state)
{
	int fd = file_with_long_line(NDJSON_MAX_LINE + 1, "");
	struct ndjson_reader *r = ndjson_open(fd);
	struct ndjson_line line;

	(void)state;
	assert_int_equal(ndjson_next(r, &line), 1);
	assert_true(line.too_long);
	assert_int_equal(ndjson_next(r, &line), 0);
	ndjson_close(r);
	close(fd);
}

static void
a_bad_descriptor_is_an_error(void **state)
{
	struct ndjson_reader *r = ndjson_open(-1);
	struct ndjson_line line;

	(void)state;
	assert_int_equal(ndjson_next(r, &line), -1);
	assert_int_equal(errno, EBADF);
	ndjson_close(r);
}

static void
a_step_reads_once(void **state)
{
	struct ndjson_reader *r;
	struct ndjson_line line;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	r = ndjson_open(ends[0]);
	assert_int_equal(write(ends[1], "\n{}\n[", 5), 5);
	assert_int_equal(ndjson_step(r, &line), 1);
	assert_int_equal(line.number, 2);
	assert_int_equal(write(ends[1], "1", 1), 1);
	assert_int_equal(ndjson_step(r, &line), -2);
	assert_false(ndjson_has_line(r));
	assert_int_equal(write(ends[1], "]\n", 2), 2);
	assert_int_equal(ndjson_step(r, &line), 1);
	assert_true(text_is(line.text, "[1]"));
	close(ends[1]);
	assert_int_equal(ndjson_step(r, &line), 0);
	ndjson_close(r);
	close(ends[0]);
}

static void
on_alarm(int signal_number)
{
	(void)signal_number;
}

/* The alarm comes back until the read in hand has met it. */
static void
set_alarm(long every_us)
{
	struct itimerval timer = { { 0, every_us }, { 0, every_us } };

	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void
a_signal_interrupts_and_loses_nothing(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct ndjson_reader *r;
	struct ndjson_line line;
	int ends[2];

	(void)state;
	for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
		assert_int_equal(pipe2(ends, flags), 0);
		assert_int_equal(write(ends[1], "{\"a\":", 5), 5);
		r = ndjson_open(ends[0]);
		sigaction(SIGALRM, &act, &old);
		set_alarm(5000);
		assert_int_equal(ndjson_next(r, &line), -2);
		assert_int_equal(ndjson_next(r, &line), -2);
		set_alarm(0);
		sigaction(SIGALRM, &old, NULL);
		assert_int_equal(write(ends[1], "1}\n", 3), 3);
		assert_int_equal(ndjson_next(r, &line), 1);
		assert_true(text_is(line.text, "{\"a\":1}"));
		assert_int_equal(line.number, 1);
		close(ends[1]);
		assert_int_equal(ndjson_next(r, &line), 0);
		ndjson_close(r);
		close(ends[0]);
	}
}

/* As far as lines are there, and without waiting for more. */
static void
what_is_there_is_read_on(void **state)
{
	struct ndjson_reader *r;
	struct ndjson_line line;
	struct text next;
	size_t place = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	r = ndjson_open(ends[0]);
	ndjson_read_on(r);
	assert_int_equal(write(ends[1], "1\n2\n", 4), 4);
	assert_int_equal(ndjson_step(r, &line), 1);
	assert_int_equal(write(ends[1], "3\n4", 3), 3);
	ndjson_read_on(r);
	assert_true(ndjson_peek(r, &place, &next));
	assert_true(text_is(next, "2"));
	assert_true(ndjson_peek(r, &place, &next));
	assert_true(text_is(next, "3"));
	assert_false(ndjson_peek(r, &place, &next));
	close(ends[1]);
	ndjson_read_on(r);
	for (int i = 2; i <= 4; i++) {
		assert_int_equal(ndjson_step(r, &line), 1);
		assert_int_equal(line.number, i);
		assert_int_equal(*line.text.at, '0' + i);
	}
	assert_int_equal(ndjson_step(r, &line), 0);
	ndjson_close(r);
	close(ends[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_are_taken),
		cmocka_unit_test(bad_lines_are_refused_with_column_and_reason),
		cmocka_unit_test(every_cut_of_a_line_is_refused),
		cmocka_unit_test(any_value_may_be_asked_for),
		cmocka_unit_test(depth_64_is_taken_and_65_refused),
		cmocka_unit_test(many_names_are_compared_too),
		cmocka_unit_test(a_text_beyond_the_ceiling_is_refused),
		cmocka_unit_test(decoded_text_does_not_pile_up),
		cmocka_unit_test(lines_are_numbered_and_blank_ones_skipped),
		cmocka_unit_test(an_empty_input_has_no_line),
		cmocka_unit_test(a_line_may_come_in_pieces),
		cmocka_unit_test(a_line_at_the_ceiling_is_read_whole),
		cmocka_unit_test(a_longer_line_is_skipped_whole),
		cmocka_unit_test(a_long_last_line_needs_no_newline),
		cmocka_unit_test(a_bad_descriptor_is_an_error),
		cmocka_unit_test(a_step_reads_once),
		cmocka_unit_test(what_is_there_is_read_on),
		cmocka_unit_test(a_signal_interrupts_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
