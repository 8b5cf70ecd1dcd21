#include "core/language.h"

#include <errno.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/program.h"

#ifndef VOLUM_LOCALEDIR
#define VOLUM_LOCALEDIR "/usr/local/share/locale"
#endif

#define DOMAIN "volum"

static locale_t person; /* 0: English will do */
static bool asked;

static const char *
value_of(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL ? value : "";
}

/* As setlocale finds it. */
static const char *
name_of_messages(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES",
		"LANG" };

	for (size_t i = 0; i < 3; i++)
		if (*value_of(variables[i]) != '\0')
			return value_of(variables[i]);
	return "C";
}

/* Nothing is opened for a language that has no catalogue anyway. In "C" itself
 * LANGUAGE says nothing, in C.UTF-8 it does (gettext's rule). */
static bool
is_english(void)
{
	const char *name = name_of_messages();

	if (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
		return true;
	return *value_of("LANGUAGE") == '\0' &&
	    (strncmp(name, "C.", 2) == 0 || strncmp(name, "en", 2) == 0);
}

static void
find_catalogue(void)
{
	char beside[PATH_MAX];
	bool found = program_path("../share/locale", beside) &&
	    access(beside, F_OK) == 0;

	bindtextdomain(DOMAIN, found ? beside : VOLUM_LOCALEDIR);
	/* LC_CTYPE is "C", and all that we print is UTF-8; "libc" has what
	 * strerror() says. */
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	bind_textdomain_codeset("libc", "UTF-8");
}

static bool
is_known(void)
{
	int before = errno;

	if (!asked) {
		asked = true;
		if (!is_english())
			person = newlocale(LC_MESSAGES_MASK, "", (locale_t)0);
		if (person != (locale_t)0)
			find_catalogue();
	}
	errno = before;
	return person != (locale_t)0;
}

const char *
language_words(const char *english)
{
	/* The catalogue's answer to nothing is its own header. */
	if (*english == '\0' || !is_known())
		return english;
	locale_t before = uselocale(person);
	const char *words = dgettext(DOMAIN, english);
	uselocale(before);
	return words;
}

bool
language_is_other(void)
{
	return is_known();
}

int
language_format(char *out, size_t size, const char *fmt, va_list args)
{
	const char *const words = language_words(fmt);
	locale_t before = (locale_t)0;

	/* Half a message in each language helps nobody. */
	if (words != fmt)
		before = uselocale(person);
	int len = vsnprintf(out, size, words, args);
	if (words != fmt)
		uselocale(before);
	return len;
}
