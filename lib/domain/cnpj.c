#include "domain/cnpj.h"

#include <string.h>

enum { COMPANY = 14, PERSON = 11, CHECK_DIGITS = 2 };

const char *
cnpj_fault_word(enum cnpj_fault f)
{
	static const char *const words[] = {
		[CNPJ_OK] = "ok",
		[CNPJ_EMPTY] = "vazio",
		[CNPJ_LENGTH] = "tamanho",
		[CNPJ_CHARACTER] = "caractere",
		[CNPJ_LOWER_CASE] = "minuscula",
		[CNPJ_CHECK_LETTER] = "dv-letra",
		[CNPJ_ZEROS] = "zerado",
		[CNPJ_REPEATED] = "repetido",
		[CNPJ_CHECK_DIGIT] = "dv",
	};

	return words[f];
}

/* By range: the ctype functions follow the locale. */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/*
 * Drops the separators. How many characters are left, COMPANY + 1 standing for
 * all above; -1: one that no number has.
 */
static int
strip(struct text t, char bare[CNPJ_TEXT])
{
	int count = 0;

	for (size_t i = 0; i < t.len; i++) {
		char c = t.at[i];

		if (c == '.' || c == '/' || c == '-')
			continue;
		if (!is_digit(c) && !is_upper(c) && !is_lower(c))
			return -1;
		if (count < COMPANY)
			bare[count] = c;
		/* One too many is enough to know. */
		if (count <= COMPANY)
			count++;
	}
	bare[count < COMPANY ? count : COMPANY] = '\0';
	return count;
}

/* Modulo 11 over `count` characters, weights from the right: 2 up to
 * `last_weight`, then 2 again. 'A' is 17 (byte - 48), not 10. */
static char
check_digit(const char *bare, int count, int last_weight)
{
	int sum = 0, weight = 2, rest;

	while (count-- > 0) {
		sum += (bare[count] - '0') * weight;
		weight = weight == last_weight ? 2 : weight + 1;
	}
	rest = sum % 11;
	return (char)('0' + (rest < 2 ? 0 : 11 - rest));
}

static bool
check_digits_match(const char *bare, int count, int last_weight)
{
	int base = count - CHECK_DIGITS;

	return check_digit(bare, base, last_weight) == bare[base] &&
	    check_digit(bare, base + 1, last_weight) == bare[base + 1];
}

static bool
all_the_same(const char *bare)
{
	return bare[strspn(bare, (char[]){ *bare, '\0' })] == '\0';
}

static enum cnpj_fault
check_person(const char *bare)
{
	for (int i = 0; i < PERSON; i++)
		if (!is_digit(bare[i]))
			return CNPJ_CHARACTER;
	if (all_the_same(bare))
		return CNPJ_REPEATED;
	return check_digits_match(bare, PERSON, PERSON) ? CNPJ_OK
							: CNPJ_CHECK_DIGIT;
}

static enum cnpj_fault
check_company(const char *bare)
{
	for (int i = 0; i < COMPANY; i++)
		if (is_lower(bare[i]))
			return CNPJ_LOWER_CASE;
	if (!is_digit(bare[COMPANY - 2]) || !is_digit(bare[COMPANY - 1]))
		return CNPJ_CHECK_LETTER;
	if (all_the_same(bare))
		return *bare == '0' ? CNPJ_ZEROS : CNPJ_REPEATED;
	return check_digits_match(bare, COMPANY, 9) ? CNPJ_OK
						    : CNPJ_CHECK_DIGIT;
}

static enum cnpj_fault
check_bare(const char *bare, int count)
{
	if (count < 0)
		return CNPJ_CHARACTER;
	if (count == 0)
		return CNPJ_EMPTY;
	if (count == PERSON)
		return check_person(bare);
	return count == COMPANY ? check_company(bare) : CNPJ_LENGTH;
}

enum cnpj_fault
cnpj_check(struct text t)
{
	char bare[CNPJ_TEXT];
	int count = strip(t, bare);

	return check_bare(bare, count);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

enum cnpj_fault
cnpj_read(struct text t, char bare[CNPJ_TEXT])
{
	char upper[CNPJ_TEXT];
	enum cnpj_fault fault;
	int count;

	for (; t.len > 0 && is_blank(t.at[0]); t.len--)
		t.at++;
	while (t.len > 0 && is_blank(t.at[t.len - 1]))
		t.len--;
	if ((count = strip(t, upper)) > 0)
		for (char *c = upper; *c != '\0'; c++)
			if (is_lower(*c))
				*c = (char)(*c - 'a' + 'A');
	if ((fault = check_bare(upper, count)) == CNPJ_OK)
		memcpy(bare, upper, (size_t)count + 1);
	return fault;
}

void
cnpj_format(const char *bare, char out[CNPJ_MASKED])
{
	const char *mask =
	    strlen(bare) == PERSON ? "###.###.###-##" : "##.###.###/####-##";

	for (; *mask != '\0'; mask++)
		*out++ = *mask == '#' ? *bare++ : *mask;
	*out = '\0';
}
