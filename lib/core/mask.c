#include "core/mask.h"

#include <stdbool.h>
#include <string.h>

enum { CNPJ_LEN = 14, CPF_LEN = 11, DIGEST_LEN = 64 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_beyond_ascii(char c)
{
	return (unsigned char)c >= 0x80;
}

/* The byte at `i`; 0 outside, which is no part of anything looked for. */
static char
byte(struct text t, size_t i)
{
	return i < t.len ? t.at[i] : '\0';
}

/* The character that starts at `i`, with the bytes that continue it. */
static size_t
character_len(struct text t, size_t i)
{
	size_t n = 1;

	while (n < 4 && is_beyond_ascii(t.at[i]) &&
	    ((unsigned char)byte(t, i + n) & 0xc0) == 0x80)
		n++;
	return n;
}

/*
 * A document found: its characters without separators, and how much of the
 * text it takes.
 */
struct document {
	char id[CNPJ_LEN];
	size_t len, separators;
	bool has_letter;
};

/*
 * Reads `count` characters at `i`; `form` gives the separator that may stand
 * before each ('\0': none). The last two are always digits.
 */
static bool
read_document(struct text t, size_t i, int count, const char *form,
    bool letters, struct document *d)
{
	size_t from = i;

	*d = (struct document){ .len = 0 };
	for (int n = 0; n < count; n++) {
		if (form[n] && byte(t, i) == form[n]) {
			d->separators++;
			i++;
		}
		d->id[n] = byte(t, i++);
		if (is_digit(d->id[n]))
			continue;
		if (!letters || n >= count - 2 || !is_alnum(d->id[n]))
			return false;
		d->id[n] &= ~0x20; /* upper case */
		d->has_letter = true;
	}
	d->len = i - from;
	return true;
}

/* Modulo 11, weights from 2 on the right up to `max_weight`, then 2 again. */
static bool
check_digits_fit(const char *id, int count, int max_weight)
{
	for (int end = count - 2; end < count; end++) {
		int sum = 0, weight = 2;

		for (int i = end - 1; i >= 0; i--) {
			sum += (id[i] - '0') * weight;
			weight = weight == max_weight ? 2 : weight + 1;
		}
		if (id[end] - '0' != (sum % 11 < 2 ? 0 : 11 - sum % 11))
			return false;
	}
	return true;
}

static bool
all_the_same(const char *id, int count)
{
	for (int i = 1; i < count; i++)
		if (id[i] != id[0])
			return false;
	return true;
}

/* Nothing that belongs to the same word stands on either side. */
static bool
is_whole_word(struct text t, size_t i, size_t len)
{
	return (i == 0 || !is_alnum(t.at[i - 1])) &&
	    !is_alnum(byte(t, i + len));
}

/* Part of a longer run of digits, or of a number with a decimal point. */
static bool
is_part_of_number(struct text t, size_t i, size_t len)
{
	if (is_digit(byte(t, i + len)) || (i > 0 && is_digit(t.at[i - 1])))
		return true;
	if (byte(t, i + len) == '.' && is_digit(byte(t, i + len + 1)))
		return true;
	return i > 1 && t.at[i - 1] == '.' && is_digit(t.at[i - 2]);
}

/*
 * With all its separators it is a CNPJ whatever its check digits say, and so
 * are 14 digits that stand alone: a mistyped number still tells who is meant.
 * Anything less certain must have right check digits, or the ids and digests
 * of a log would be torn.
 */
static size_t
mask_cnpj(struct buf *out, struct text t, size_t i)
{
	static const char form[CNPJ_LEN] = {
		[2] = '.', [5] = '.', [8] = '/', [12] = '-'
	};
	struct document d;
	bool whole;

	if (!read_document(t, i, CNPJ_LEN, form, true, &d) ||
	    is_part_of_number(t, i, d.len))
		return 0;
	whole = is_whole_word(t, i, d.len);
	if (!whole && d.has_letter)
		return 0;
	if (!(d.separators == 4 || (whole && !d.has_letter)) &&
	    !check_digits_fit(d.id, CNPJ_LEN, 9))
		return 0;
	buf_printf(out, "%.2s.***.***/%.4s-**", d.id, d.id + 8);
	return d.len;
}

/* 11 digits alone may be an id of the ERP: only right check digits tell. */
static size_t
mask_cpf(struct buf *out, struct text t, size_t i)
{
	static const char form[CPF_LEN] = { [3] = '.', [6] = '.', [9] = '-' };
	struct document d;

	if (!read_document(t, i, CPF_LEN, form, false, &d) ||
	    is_part_of_number(t, i, d.len))
		return 0;
	if (d.separators < 3 &&
	    (all_the_same(d.id, CPF_LEN) ||
		!check_digits_fit(d.id, CPF_LEN, 11)))
		return 0;
	buf_printf(out, "***%.6s**", d.id + 3);
	return d.len;
}

/* Of RFC 5322's atoms what people use; `/` and `=` stand around addresses. */
static bool
is_mailbox(char c)
{
	return is_alnum(c) || is_beyond_ascii(c) ||
	    (c && strchr(".!#$%&'*+-?^_`{|}~", c));
}

static bool
is_domain(char c)
{
	return is_alnum(c) || is_beyond_ascii(c) || c == '-' || c == '.';
}

/*
 * An address that begins at `i`; the rest of the domain is copied as any other
 * text. `*looked` is where the next one may begin: each byte is seen once.
 */
static size_t
mask_mailbox(struct buf *out, struct text t, size_t i, size_t *looked)
{
	size_t end = i;

	if (i < *looked || !(is_alnum(t.at[i]) || is_beyond_ascii(t.at[i])))
		return 0;
	while (is_mailbox(byte(t, end)))
		end++;
	*looked = end;
	if (byte(t, end) != '@' || !is_domain(byte(t, end + 1)))
		return 0;
	buf_add(out, t.at + i, character_len(t, i));
	buf_add_str(out, "***");
	return end - i;
}

/* A SHA-256 in lower case, as links and hashes are written: some hold a run of
 * digits with right check digits, and torn it could not be matched. */
static size_t
copy_digest(struct buf *out, struct text t, size_t i)
{
	size_t end = i;

	if (i > 0 && is_alnum(t.at[i - 1]))
		return 0;
	while (is_digit(byte(t, end)) ||
	    (byte(t, end) >= 'a' && byte(t, end) <= 'f'))
		end++;
	if (end - i != DIGEST_LEN || is_alnum(byte(t, end)))
		return 0;
	buf_add(out, t.at + i, DIGEST_LEN);
	return DIGEST_LEN;
}

void
mask_add(struct buf *out, struct text t)
{
	size_t i = 0, looked = 0, taken;

	while (i < t.len) {
		taken = mask_mailbox(out, t, i, &looked);
		if (taken == 0)
			taken = copy_digest(out, t, i);
		if (taken == 0 && is_alnum(t.at[i]))
			taken = mask_cnpj(out, t, i);
		if (taken == 0 && is_digit(t.at[i]))
			taken = mask_cpf(out, t, i);
		if (taken == 0)
			buf_add_byte(out, t.at[i++]);
		i += taken;
	}
}

void
mask_name(struct buf *out, struct text name)
{
	bool inside = false;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (c == ' ' || c == '\t') {
			inside = false;
			buf_add_byte(out, c);
		} else if (!inside) {
			inside = true;
			/* The registry puts the CPF into a sole trader's. */
			if (!is_digit(c))
				buf_add(
				    out, name.at + i, character_len(name, i));
			buf_add_str(out, "***");
		}
	}
}
