#include "domain/money.h"

#include <string.h>

#include "core/screen.h"

enum {
	UNIT_DIGITS = 12,  /* decimal_read: below 10^12 units */
	MONEY_DIGITS = 15, /* money members: below 10^15 units */
	/* One decimal more than any caller rounds to decides every rounding. */
	KEPT_PLACES = 7
};

/* Saturation of an exponent: far above the digits that fit in a line. */
static const int64_t EXPONENT_MAX = 1000000000;

static const int64_t POWER[] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, 1000000000, 10000000000, 100000000000,
	1000000000000, 10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000 };

wide
round_half_up(wide n, wide d)
{
	wide quotient = n / d, rest = n % d;

	if (rest >= 0)
		return quotient + (rest >= d - rest);
	return quotient - (-rest >= d + rest);
}

/* A number taken apart: `whole` and `fraction` are its digits. */
struct numeral {
	bool negative;
	struct text whole, fraction;
	int64_t exponent;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cuts the digits off the front of `rest`. */
static struct text
take_digits(struct text *rest)
{
	struct text digits = { rest->at, 0 };

	while (digits.len < rest->len && is_digit(rest->at[digits.len]))
		digits.len++;
	rest->at += digits.len;
	rest->len -= digits.len;
	return digits;
}

static bool
take_byte(struct text *rest, char byte)
{
	if (rest->len == 0 || *rest->at != byte)
		return false;
	rest->at++;
	rest->len--;
	return true;
}

/* A whole part as JSON and proposals want it: no zero in front. */
static bool
whole_is_plain(struct text whole)
{
	return whole.len == 1 || (whole.len > 1 && whole.at[0] != '0');
}

static bool
take_exponent(struct text *rest, int64_t *exponent)
{
	bool negative = take_byte(rest, '-');
	struct text digits;
	int64_t n = 0;

	if (!negative)
		take_byte(rest, '+');
	digits = take_digits(rest);
	for (size_t i = 0; i < digits.len && n < EXPONENT_MAX; i++)
		n = n * 10 + (digits.at[i] - '0');
	*exponent = negative ? -n : n;
	return digits.len > 0;
}

static bool
numeral_read(struct numeral *n, struct text number)
{
	struct text rest = number;

	*n = (struct numeral){ .negative = take_byte(&rest, '-') };
	n->whole = take_digits(&rest);
	if (!whole_is_plain(n->whole))
		return false;
	if (take_byte(&rest, '.')) {
		n->fraction = take_digits(&rest);
		if (n->fraction.len == 0)
			return false;
	}
	if (take_byte(&rest, 'e') || take_byte(&rest, 'E'))
		if (!take_exponent(&rest, &n->exponent))
			return false;
	return rest.len == 0;
}

static int64_t
add_digits(int64_t value, struct text digits)
{
	for (size_t i = 0; i < digits.len; i++)
		value = value * 10 + (digits.at[i] - '0');
	return value;
}

static char
digit_at(const struct numeral *n, size_t i)
{
	return i < n->whole.len ? n->whole.at[i]
				: n->fraction.at[i - n->whole.len];
}

/* The value in units of 10^-KEPT_PLACES, cut off; `inexact`: what was cut was
 * not zero. False when it has more than `unit_digits` digits before the point.
 */
static bool
cut_digits(const struct numeral *n, int unit_digits, wide *value, bool *inexact)
{
	size_t count = n->whole.len + n->fraction.len, i = 0;
	int64_t point = (int64_t)n->whole.len + n->exponent;
	int64_t places;

	*value = 0;
	*inexact = false;
	while (i < count && digit_at(n, i) == '0')
		i++;
	if (i == count)
		return true;
	if (point - (int64_t)i > unit_digits)
		return false;
	for (places = point + KEPT_PLACES; i < count && (int64_t)i < places;
	     i++)
		*value = *value * 10 + (digit_at(n, i) - '0');
	for (size_t filled = i; (int64_t)filled < places; filled++)
		*value *= 10;
	for (; i < count && !*inexact; i++)
		*inexact = digit_at(n, i) != '0';
	return true;
}

/* Half-up to `places`; the residue in millionths, rounded up. */
static int64_t
round_cut(wide cut, bool inexact, int places, int64_t *residue)
{
	int64_t unit = POWER[KEPT_PLACES - places];
	int64_t rest = (int64_t)(cut % unit);
	bool up = rest >= unit - rest;

	*residue = (up ? unit - rest + 9 : rest + inexact + 9) / 10;
	return (int64_t)(cut / unit) + up;
}

/* decimal_read() for numbers below 10^unit_digits; places + unit_digits <= 18.
 */
static enum decimal_fault
scaled_read(struct text number, int places, int unit_digits, int64_t *out,
    int64_t *residue)
{
	struct numeral n;
	int64_t value;
	wide cut;
	bool inexact;

	if (!numeral_read(&n, number))
		return DECIMAL_SYNTAX;
	*residue = 0;
	if (n.exponent == 0 && n.fraction.len <= (size_t)places &&
	    n.whole.len <= (size_t)unit_digits) {
		value = add_digits(add_digits(0, n.whole), n.fraction) *
		    POWER[places - (int)n.fraction.len];
	} else {
		if (!cut_digits(&n, unit_digits, &cut, &inexact))
			return DECIMAL_RANGE;
		value = round_cut(cut, inexact, places, residue);
	}
	if (value >= POWER[unit_digits + places])
		return DECIMAL_RANGE;
	*out = n.negative ? -value : value;
	return DECIMAL_OK;
}

enum decimal_fault
decimal_read(
    struct text number, int places, int64_t *out, int64_t *residue_millionths)
{
	int64_t unused;

	return scaled_read(number, places, UNIT_DIGITS, out,
	    residue_millionths != NULL ? residue_millionths : &unused);
}

enum decimal_fault
decimal_string_read(struct text s, int max_places, int64_t *micro, int *places)
{
	struct text whole = take_digits(&s), fraction = { NULL, 0 };

	if (!whole_is_plain(whole))
		return DECIMAL_SYNTAX;
	if (take_byte(&s, '.')) {
		fraction = take_digits(&s);
		if (fraction.len == 0)
			return DECIMAL_SYNTAX;
	}
	if (s.len > 0 || fraction.len > (size_t)max_places)
		return DECIMAL_SYNTAX;
	if (whole.len > UNIT_DIGITS)
		return DECIMAL_RANGE;
	*micro = add_digits(add_digits(0, whole), fraction) *
	    POWER[6 - (int)fraction.len];
	if (places != NULL)
		*places = (int)fraction.len;
	return DECIMAL_OK;
}

/* Room for every int64_t with sign, point, and a dot per three digits. */
enum { NUMBER_TEXT = 40 };

static uint64_t
magnitude(int64_t n)
{
	return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

/*
 * Writes `n` backwards from `end`, a dot between each three digits if
 * `grouped`, and gives the first byte.
 */
static char *
digits_before(char *end, uint64_t n, bool grouped)
{
	int count = 0;

	do {
		if (grouped && count > 0 && count % 3 == 0)
			*--end = '.';
		*--end = (char)('0' + n % 10);
		count++;
	} while ((n /= 10) > 0);
	return end;
}

static void
cents_add(struct buf *b, int64_t cents, char point, bool grouped)
{
	char text[NUMBER_TEXT], *end = text + sizeof(text), *at = end;
	uint64_t n = magnitude(cents);

	*--at = (char)('0' + n % 10);
	*--at = (char)('0' + n / 10 % 10);
	*--at = point;
	at = digits_before(at, n / 100, grouped);
	if (cents < 0)
		*--at = '-';
	buf_add(b, at, (size_t)(end - at));
}

void
money_add(struct buf *b, int64_t cents)
{
	cents_add(b, cents, '.', false);
}

void
money_add_br(struct buf *b, int64_t cents)
{
	cents_add(b, cents, ',', true);
}

void
money_add_column(struct buf *b, int64_t cents, size_t columns)
{
	struct buf amount = BUF_INIT;

	money_add_br(&amount, cents);
	screen_column(b, buf_text(&amount), columns, RIGHT);
	buf_clear(&amount);
}

void
decimal_add_micro(struct buf *b, int64_t micro)
{
	char text[NUMBER_TEXT], *end = text + sizeof(text), *at = end;
	uint64_t n = magnitude(micro), fraction = n % 1000000;

	if (fraction > 0) {
		int places = 6;

		for (; fraction % 10 == 0; places--)
			fraction /= 10;
		for (; places > 0; places--, fraction /= 10)
			*--at = (char)('0' + fraction % 10);
		*--at = '.';
	}
	at = digits_before(at, n / 1000000, false);
	if (micro < 0)
		*--at = '-';
	buf_add(b, at, (size_t)(end - at));
}

/* A sum of some thirty amounts is off by no more; a fraction of a cent that was
 * meant is millions of times further away. */
enum { NOISY_BITS = 16 };

/* How far away the next double is, for d >= 0. */
static double
gap_above(double d)
{
	uint64_t bits;
	double next;

	memcpy(&bits, &d, sizeof(bits));
	bits++;
	memcpy(&next, &bits, sizeof(next));
	return next - d;
}

bool
decimal_of_double(double d, int places, int64_t *out, bool *noisy)
{
	const long double unit = (long double)POWER[places];
	double size = d < 0 ? -d : d, gap, nearest, off;
	int64_t n;

	if (!(size < 1e12)) /* NaN too */
		return false;
	n = (int64_t)((long double)size * unit + 0.5L);
	nearest = (double)((long double)n / unit);
	off = nearest > size ? nearest - size : size - nearest;
	gap = gap_above(size);
	*noisy = off > 0;
	*out = d < 0 ? -n : n;
	if (size == (double)(int64_t)size)
		return true;
	return NOISY_BITS * gap * (double)unit < 0.1 && off <= NOISY_BITS * gap;
}

/* A number member that `places` decimals hold exactly and is not negative. */
static enum status
record_decimal(struct value object, const char *name, int places,
    int unit_digits, int64_t *out, struct error *err)
{
	struct value v = value_member(object, name);
	char path[200];
	int64_t n, residue;
	enum decimal_fault fault;

	if (value_is_empty(v)) {
		value_path(object, path, sizeof(path));
		return reject(err, "campo_ausente", "%s%s%s is missing", path,
		    *path == '\0' ? "" : ".", name);
	}
	if (value_kind(v) != IS_NUMBER)
		return value_reject(v, err, "must be a number");
	fault = scaled_read(value_raw(v), places, unit_digits, &n, &residue);
	if (fault == DECIMAL_SYNTAX)
		return value_reject(v, err, "must be a number");
	if (fault == DECIMAL_RANGE)
		return value_reject(v, err, "must be below 10^%d", unit_digits);
	if (residue > 0)
		return value_reject(
		    v, err, "must have at most %d decimals", places);
	if (n < 0)
		return value_reject(v, err, "must not be negative");
	*out = n;
	return DONE;
}

enum status
record_money(
    struct value object, const char *name, int64_t *cents, struct error *err)
{
	return record_decimal(object, name, 2, MONEY_DIGITS, cents, err);
}

enum status
record_quantity(
    struct value object, const char *name, int64_t *micro, struct error *err)
{
	return record_decimal(object, name, 6, UNIT_DIGITS, micro, err);
}
