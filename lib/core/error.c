#include "core/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bytes of the UTF-8 character at `at` (RFC 3629); 0: it is none. */
static size_t
character_length(const unsigned char *at)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *at < 0x80 ? 1
	    : *at >= 0xF0	? 4
	    : *at >= 0xE0	? 3
	    : *at >= 0xC0	? 2
				: 0;

	if (len <= 1)
		return len;
	uint32_t code = *at & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80) /* the end mark too */
			return 0;
		code = code << 6 | (at[i] & 0x3F);
	}
	bool surrogate = code >= 0xD800 && code <= 0xDFFF;
	return code < least[len] || code > 0x10FFFF || surrogate ? 0 : len;
}

void
text_to_line(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at != '\0';) {
		size_t len = character_length(at);
		if (len == 0)
			*at = '?';
		else if (*at < ' ' || *at == 0x7F)
			*at = ' ';
		at += len > 0 ? len : 1;
	}
}

/* A character that the end of the space has torn goes. */
static void
cut_torn_character(char *text)
{
	size_t len = strlen(text), back = 1;

	while (back < 4 && back < len && (text[len - back] & 0xC0) == 0x80)
		back++;
	if (character_length((unsigned char *)text + len - back) == 0)
		text[len - back] = '\0';
}

/* One line of text: a service's answer may bring its own newlines. */
__attribute__((format(printf, 3, 0))) static void
format_line(char *out, size_t size, const char *fmt, va_list args)
{
	if (vsnprintf(out, size, fmt, args) >= (int)size)
		cut_torn_character(out);
	text_to_line(out);
}

/*
 * Through a second struct, since the arguments may well be the old text:
 * fail(err, s, "%s: %s", path, err->text).
 */
__attribute__((format(printf, 4, 0))) static void
fill(struct error *err, const char *code, const char *class_, const char *fmt,
    va_list args)
{
	struct error made = { 0 };

	snprintf(made.code, sizeof(made.code), "%s", code);
	snprintf(made.class_, sizeof(made.class_), "%s", class_);
	format_line(made.text, sizeof(made.text), fmt, args);
	*err = made;
}

enum status
fail(struct error *err, enum status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, "", "", fmt, args);
	va_end(args);
	return status;
}

enum status
reject(struct error *err, const char *code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, code, "dados", fmt, args);
	va_end(args);
	return SOME_REJECTED;
}

void
error_advise(struct error *err, const char *fmt, ...)
{
	char advice[sizeof(err->advice)];
	va_list args;

	va_start(args, fmt);
	format_line(advice, sizeof(advice), fmt, args);
	va_end(args);
	memcpy(err->advice, advice, sizeof(advice));
}

enum status
worst(enum status a, enum status b)
{
	static const enum status order[] = { BAD_USAGE, BAD_CONFIG, NOT_ALLOWED,
		BLOCKED, TRY_LATER, OUTPUT_FAILED, BAD_INPUT, SOME_REJECTED };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return DONE;
}
