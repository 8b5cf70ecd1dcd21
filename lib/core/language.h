/*
 * What a person reads on stderr and in --help, in that person's language.
 * Whatever a machine keeps (records, rejected lines, log, metrics) is English,
 * byte for byte, whatever the environment says.
 *
 * The C library's own locale stays "C": numbers, dates, sorting and strerror()
 * are the same everywhere. The other language is one locale_t of messages
 * alone, which only the functions below look at, and which is made, with its
 * catalogue (po/), when the first words are to be told; a silent run and one
 * without a language open nothing.
 */
#ifndef VOLUM_CORE_LANGUAGE_H
#define VOLUM_CORE_LANGUAGE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The words for a person: of the catalogue, or `english` itself. */
#define _(english) language_words(english)
/* Marks words in a table for the catalogue; who prints them calls _(). */
#define N_(english) english

/* Lives on; errno is kept. By LC_ALL, LC_MESSAGES, LANG, and LANGUAGE as
 * gettext(3) says. */
const char *language_words(const char *english) __attribute__((format_arg(1)));

/* Whether a person's language is known and other than English. */
bool language_is_other(void);

/* vsnprintf() of the words for `fmt`; the system's errors (%m) in their
 * language too. */
int language_format(char *out, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
