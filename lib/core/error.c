#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts a UTF-8 sequence that the end of the space has torn. */
static void
cut_torn_character(char *text)
{
	size_t len = strlen(text), at = len;

	while (at > 0 && len - at < 3 && (text[at - 1] & 0xC0) == 0x80)
		at--;
	if (at == 0)
		return;
	unsigned char first = (unsigned char)text[at - 1];
	size_t need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
	if (first >= 0xC0 && len - at + 1 < need)
		text[at - 1] = '\0';
}

/* One line of text: a service's answer may bring its own newlines. */
static void
format_line(char *out, size_t size, const char *fmt, va_list args)
{
	int length = vsnprintf(out, size, fmt, args);

	for (char *c = out; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			*c = ' ';
	if (length >= (int)size)
		cut_torn_character(out);
}

/*
 * Through a second struct, since the arguments may well be the old text:
 * fail(err, s, "%s: %s", path, err->text).
 */
static void
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
