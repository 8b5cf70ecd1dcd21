/*
 * A jq program is read here only as far as it takes to tell code from strings
 * and comments; every word of the code is then looked up. In doubt it is
 * refused: the compiler would otherwise be the one that knows better.
 */
#include "core/jqprog_check.h"

#include <stdbool.h>
#include <string.h>

enum { MAX_NESTED_STRINGS = 32 };

/* Results must not depend on what is not in the record. */
static const char *const forbidden[] = { "ENV", "debug", "env",
	"get_search_list", "halt", "halt_error", "import", "include", "input",
	"input_filename", "input_line_number", "inputs", "localtime",
	"modulemeta", "now", "stderr", "strflocaltime" };

struct scan {
	const char *name, *begin, *end;
	struct error *err;
	int strings; /* strings around the code in hand */
};

/* The readers give the place behind what they read, NULL when they refused. */
static const char *scan_string(struct scan *s, const char *at);

static const char *
refuse(
    struct scan *s, const char *at, const char *what, int len, const char *why)
{
	int line = 1;

	for (const char *c = s->begin; c < at; c++)
		line += *c == '\n';
	fail(s->err, BAD_CONFIG, "%s: line %d: `%.*s` %s", s->name, line, len,
	    what, why);
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '_';
}

/* `before` is what the word follows: '.' makes it a field, '$' a variable. */
static const char *
scan_word(struct scan *s, const char *at, char before)
{
	const char *end = at;
	struct text word;

	while (end < s->end && is_word(*end))
		end++;
	word = (struct text){ at, (size_t)(end - at) };
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		if (before != '.' && text_is(word, forbidden[i]) &&
		    (before != '$' || text_is(word, "ENV")))
			return refuse(s, at, at, (int)word.len,
			    "is not for programs here (a field of that name is "
			    "written .name, a key \"name\")");
	return end;
}

/* jq 1.6 ends a comment with its line, later ones go on after a backslash. */
static const char *
scan_comment(struct scan *s, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(s->end - at)), *last;

	if (end == NULL)
		end = s->end;
	last = end - (end[-1] == '\r');
	if (last[-1] == '\\' || memchr(at, '\r', (size_t)(last - at)))
		return refuse(s, at, "#", 1,
		    "begins a comment that versions of jq end differently");
	return end;
}

/* Up to the end, or the parenthesis that closes what was opened before. */
static const char *
scan_code(struct scan *s, const char *at)
{
	char before = '\0', c;
	int open = 0;

	for (; at && at < s->end; before = c) {
		c = *at;
		if (c == '"') {
			at = scan_string(s, at + 1);
		} else if (c == '#') {
			at = scan_comment(s, at);
			c = ' ';
		} else if (is_digit(c)) {
			while (at < s->end && (is_digit(*at) || *at == '.'))
				at++;
		} else if (is_word(c)) {
			at = scan_word(s, at, before);
		} else if (c == ')' && open-- == 0) {
			return at;
		} else {
			open += c == '(';
			at++;
			if (c == '.' && before == '.')
				c = ' '; /* `..` is a word of its own */
		}
	}
	return at;
}

/* Behind the opening quote. */
static const char *
scan_string(struct scan *s, const char *at)
{
	if (++s->strings > MAX_NESTED_STRINGS)
		return refuse(s, at, "\"", 1, "opens too many nested strings");
	while (at && at < s->end && *at != '"') {
		if (*at != '\\' || at + 1 == s->end)
			at++;
		else if (at[1] != '(')
			at += 2;
		else if ((at = scan_code(s, at + 2)) && at < s->end)
			at++;
	}
	s->strings--;
	return at && at < s->end ? at + 1 : at;
}

enum status
jqprog_check(const char *name, struct text program, struct error *err)
{
	struct scan s = { .name = name,
		.begin = program.at,
		.end = program.at + program.len,
		.err = err };
	const char *at = s.begin;

	if (memchr(program.at, '\0', program.len))
		return fail(err, BAD_CONFIG, "%s: holds a NUL byte", name);
	/* A parenthesis too many ends the code early: the rest counts too. */
	while (at && at < s.end)
		if ((at = scan_code(&s, at)) && at < s.end)
			at++;
	return at ? DONE : BAD_CONFIG;
}
