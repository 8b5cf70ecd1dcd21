/* Omie's messages, made comparable: their accents, brackets and blanks vary. */
#include "net/omie_text.h"

#include <ctype.h>
#include <string.h>

enum { MAX_WAIT_S = 86400, S_PER_MIN = 60, ID_DIGITS = 18 };

/* U+00C0 to U+00FF; `?` is no letter. */
static const char latin[] = "aaaaaaaceeeeiiii?nooooo?ouuuuy??"
			    "aaaaaaaceeeeiiii?nooooo?ouuuuy?y";

/* One character of UTF-8 at `s`; its length. */
static size_t
fold_one(const unsigned char *s, size_t len, char *out)
{
	size_t n = 1;

	*out = '?';
	if (s[0] < 0x80) {
		*out = isspace(s[0]) || s[0] < ' ' ? ' ' : (char)tolower(s[0]);
		return 1;
	}
	if (s[0] == 0xc3 && len > 1 && (s[1] & 0xc0) == 0x80)
		*out = latin[s[1] & 0x3f];
	else if (s[0] == 0xc2 && len > 1 && s[1] == 0xa0)
		*out = ' '; /* no-break space */
	else if ((s[0] == 0xcc || s[0] == 0xcd) && len > 1)
		*out = '\0'; /* U+0300 to U+037F: an accent by itself */
	while (n < len && (s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void
omie_fold(struct buf *out, struct text t)
{
	char last = '\0', c;

	for (size_t i = 0; i < t.len;) {
		i += fold_one((const unsigned char *)t.at + i, t.len - i, &c);
		if (c == '\0' || (c == ' ' && last == ' '))
			continue;
		buf_add_byte(out, c);
		last = c;
	}
}

bool
omie_near(const char *said, const char *word, const char *after, size_t reach,
    const char *never)
{
	for (const char *p = said; (p = strstr(p, word)) != NULL; p++) {
		const char *behind = p + strlen(word);
		const char *found = strstr(behind, after);
		const char *bar = never ? strstr(behind, never) : NULL;

		if (p > said && isalnum((unsigned char)p[-1]))
			continue;
		if (found != NULL && (size_t)(found - behind) <= reach &&
		    (bar == NULL || bar > found))
			return true;
	}
	return false;
}

int64_t
omie_stated_wait(const char *said)
{
	const char *p = said;

	while ((p = strpbrk(p, "0123456789")) != NULL) {
		int64_t n = 0;

		for (; isdigit((unsigned char)*p); p++)
			if (n <= MAX_WAIT_S)
				n = n * 10 + (*p - '0');
		p += strspn(p, " ])>'\"");
		if (strncmp(p, "minuto", 6) == 0)
			n *= S_PER_MIN;
		else if (strncmp(p, "seg", 3) != 0)
			continue;
		return n > MAX_WAIT_S ? MAX_WAIT_S : n;
	}
	return -1;
}

/* The number behind a name: `[7]`, `(7)`, `: 7`; 0 when there is none. */
static int64_t
read_id(const char *p)
{
	int64_t n = 0;
	size_t digits;

	p += strspn(p, " :=[(<{'\"");
	digits = strspn(p, "0123456789");
	if (digits == 0 || digits > ID_DIGITS ||
	    isalpha((unsigned char)p[digits]))
		return 0;
	for (; digits > 0; digits--)
		n = n * 10 + (*p++ - '0');
	return n;
}

static int64_t
id_after(const char *said, const char *name, bool more_letters)
{
	for (const char *p = said; (p = strstr(p, name)) != NULL; p++) {
		const char *behind = p + strlen(name);
		int64_t id;

		if (p > said && isalnum((unsigned char)p[-1]))
			continue;
		while (more_letters && isalpha((unsigned char)*behind))
			behind++;
		if (!isalnum((unsigned char)*behind) &&
		    (id = read_id(behind)) > 0)
			return id;
	}
	return 0;
}

int64_t
omie_existing_id(const char *said)
{
	int64_t id = id_after(said, "id", false);

	return id > 0 ? id : id_after(said, "ncod", true);
}
