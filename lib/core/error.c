#include "core/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/language.h"

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

/* A service's answer may bring its own newlines. */
static void
make_line(char *out, int len, size_t size)
{
	if (len >= (int)size)
		cut_torn_character(out);
	text_to_line(out);
}

__attribute__((format(printf, 3, 0))) static void
format_line(char *out, size_t size, const char *fmt, va_list args)
{
	make_line(out, vsnprintf(out, size, fmt, args), size);
}

/* Through a second struct, since the arguments may well be the old text. */
__attribute__((format(printf, 2, 0))) static void
say(struct error *err, const char *fmt, va_list args)
{
	struct error made;
	va_list again;

	va_copy(again, args);
	format_line(made.text, sizeof(made.text), fmt, args);
	made.told[0] = '\0';
	if (language_is_other())
		make_line(made.told,
		    language_format(made.told, sizeof(made.told), fmt, again),
		    sizeof(made.told));
	va_end(again);
	memcpy(err->text, made.text, sizeof(made.text));
	memcpy(err->told, made.told, sizeof(made.told));
}

static void
classify(struct error *err, const char *code, const char *class_)
{
	struct error made;

	snprintf(made.code, sizeof(made.code), "%s", code);
	memcpy(err->code, made.code, sizeof(made.code)); /* may be its own */
	snprintf(err->class_, sizeof(err->class_), "%s", class_);
	err->advice[0] = '\0';
}

/* Neither may be one of the two that are joined. */
static void
join(char *out, size_t size, const char *first, const char *between,
    const char *second)
{
	make_line(
	    out, snprintf(out, size, "%s%s%s", first, between, second), size);
}

/* `told` too, when there is one of either. */
static void
join_errors(struct error *err, const struct error *first, const char *between,
    const struct error *second)
{
	struct error made;

	join(made.text, sizeof(made.text), first->text, between, second->text);
	made.told[0] = '\0';
	if (first->told[0] != '\0' || second->told[0] != '\0')
		join(made.told, sizeof(made.told), error_told(first), between,
		    error_told(second));
	memcpy(err->text, made.text, sizeof(made.text));
	memcpy(err->told, made.told, sizeof(made.told));
}

enum status
fail(struct error *err, enum status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(err, fmt, args);
	va_end(args);
	classify(err, "", "");
	return status;
}

enum status
reject(struct error *err, const char *code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(err, fmt, args);
	va_end(args);
	classify(err, code, "dados");
	return SOME_REJECTED;
}

enum status
reject_at(struct error *err, const char *code, const char *where,
    const char *fmt, va_list args)
{
	struct error place = { 0 };

	say(err, fmt, args);
	snprintf(place.text, sizeof(place.text), "%s", where);
	join_errors(err, &place, *where != '\0' ? ": " : "", err);
	classify(err, code, "dados");
	return SOME_REJECTED;
}

void
error_say(struct error *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(err, fmt, args);
	va_end(args);
}

void
error_add(struct error *err, const char *fmt, ...)
{
	struct error more;
	va_list args;

	va_start(args, fmt);
	say(&more, fmt, args);
	va_end(args);
	error_join(err, "", &more);
}

void
error_add_words(struct error *err, const char *english)
{
	struct error more = { 0 };

	join(more.text, sizeof(more.text), english, "", "");
	if (language_is_other())
		join(more.told, sizeof(more.told), _(english), "", "");
	error_join(err, "", &more);
}

enum status
fail_at(struct error *err, enum status status, const char *fmt, ...)
{
	struct error place;
	va_list args;

	va_start(args, fmt);
	say(&place, fmt, args);
	va_end(args);
	join_errors(err, &place, ": ", err);
	classify(err, "", "");
	return status;
}

void
error_join(struct error *err, const char *between, const struct error *second)
{
	join_errors(err, err, between, second);
}

const char *
error_told(const struct error *err)
{
	return err->told[0] != '\0' ? err->told : err->text;
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
