#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static void
halves_go_away_from_zero(void **state)
{
	static const struct {
		int64_t n, d, want;
	} rows[] = { { 0, 1, 0 }, { 1, 2, 1 }, { -1, 2, -1 }, { 1, 3, 0 },
		{ 2, 3, 1 }, { -2, 3, -1 }, { -1, 3, 0 }, { 5, 10, 1 },
		{ 4, 10, 0 }, { 15, 10, 2 }, { 25, 10, 3 }, { -25, 10, -3 },
		{ 7, 5, 1 }, { 8, 5, 2 }, { 12, 1, 12 } };
	wide most = ((wide)INT64_MAX << 64) + INT64_MAX;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		assert_int_equal(
		    round_half_up(rows[i].n, rows[i].d), rows[i].want);
	assert_true(round_half_up(most, most) == 1);
	assert_true(round_half_up(-most, most) == -1);
	assert_true(round_half_up(most - 1, most) == 1);
	assert_true(round_half_up(most / 2, most) == 0);
	assert_true(round_half_up(-most, 1) == -most);
}

/* domain-br 3.1: what half-up gives and half-even would not. */
static void
percentages_of_the_reference(void **state)
{
	static const struct {
		int64_t cents, rate_micro, want;
	} rows[] = {
		{ 1000, 650000, 7 },
		{ 5000, 650000, 33 },
		{ 9000, 650000, 59 },
		{ 10300, 1500000, 155 },
		{ 50, 1000000, 1 },
		{ 250, 1000000, 3 },
		{ 1250, 3000000, 38 },
		{ 1786780, 2500000, 44670 },
		{ -1000, 650000, -7 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		assert_int_equal(
		    round_half_up(
			(wide)rows[i].cents * rows[i].rate_micro, 100000000),
		    rows[i].want);
}

static void
unit_prices_of_the_reference(void **state)
{
	(void)state;
	/* 33 333 units for 2 213.32: six decimals of a unit price miss. */
	assert_int_equal(round_half_up((wide)221332 * 10000, 33333), 66400);
	assert_int_equal(round_half_up((wide)33333 * 66400, 10000), 221331);
	assert_int_equal(round_half_up((wide)333 * 55000, 10000), 1832);
}

/* 0.65 + 3 + 1 % in parts is another amount than 4.65 % at once. */
static void
parts_differ_from_their_sum(void **state)
{
	int differing = 0;

	(void)state;
	for (int64_t cents = 20000; cents < 30000; cents++) {
		wide parts = round_half_up(cents * 65, 10000) +
		    round_half_up(cents * 300, 10000) +
		    round_half_up(cents * 100, 10000);

		differing += parts != round_half_up(cents * 465, 10000);
	}
	assert_in_range(differing, 3850, 3950);
}

static void
reads_numbers_as_written(void **state)
{
	static const struct {
		const char *number;
		int places;
		int64_t want, residue;
	} rows[] = {
		{ "0", 2, 0, 0 },
		{ "-0", 2, 0, 0 },
		{ "-0.00", 2, 0, 0 },
		{ "1", 0, 1, 0 },
		{ "150", 6, 150000000, 0 },
		{ "15000.00", 2, 1500000, 0 },
		{ "15000.0", 2, 1500000, 0 },
		{ "-15000.5", 2, -1500050, 0 },
		{ "1.005", 2, 101, 5000 },
		{ "-1.005", 2, -101, 5000 },
		{ "1.004999", 2, 100, 4999 },
		{ "1.00499999999999999999999999", 2, 100, 5000 },
		{ "1.00500000000000000000000001", 2, 101, 5000 },
		{ "0.5", 0, 1, 500000 },
		{ "-0.5", 0, -1, 500000 },
		{ "0.49", 0, 0, 490000 },
		{ "5974258.470000001", 2, 597425847, 1 },
		{ "5974258.469999999", 2, 597425847, 1 },
		{ "5974258.470001", 2, 597425847, 1 },
		{ "5974258.4700011", 2, 597425847, 2 },
		{ "5974258.469998", 2, 597425847, 2 },
		{ "0.0000005", 6, 1, 1 },
		{ "0.00000049", 6, 0, 1 },
		{ "0.0000015", 6, 2, 1 },
		{ "0.1", 6, 100000, 0 },
		{ "0.10000000000000000000", 6, 100000, 0 },
		{ "1e3", 6, 1000000000, 0 },
		{ "1E3", 0, 1000, 0 },
		{ "1e+3", 2, 100000, 0 },
		{ "1.5e4", 2, 1500000, 0 },
		{ "12345e-2", 2, 12345, 0 },
		{ "125e-3", 2, 13, 5000 },
		{ "1e-400", 2, 0, 1 },
		{ "-1e-400", 2, 0, 1 },
		{ "0e400", 2, 0, 0 },
		{ "0.000e-400", 2, 0, 0 },
		{ "1e0000000000000000000000002", 0, 100, 0 },
		{ "0.0000000000000001e16", 2, 100, 0 },
		{ "1000000000000000000000e-21", 2, 100, 0 },
		{ "1e-999999999999999999999", 2, 0, 1 },
		{ "0e999999999999999999999", 2, 0, 0 },
		{ "999999999999", 0, 999999999999, 0 },
		{ "999999999999.999999", 6, 999999999999999999, 0 },
		{ "-999999999999.999999", 6, -999999999999999999, 0 },
		{ "999999999999.994", 2, 99999999999999, 4000 },
		{ "0.999999999999e12", 0, 999999999999, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int64_t got = -7, residue = -7;

		if (decimal_read(text_of(rows[i].number), rows[i].places, &got,
			&residue) != DECIMAL_OK ||
		    got != rows[i].want || residue != rows[i].residue)
			fail_msg("%s at %d: %lld, residue %lld", rows[i].number,
			    rows[i].places, (long long)got, (long long)residue);
	}
}

static void
refuses_what_is_no_number_or_too_large(void **state)
{
	static const char *const no_numbers[] = { "", "-", "+1", "01", "-01",
		"00", ".5", "1.", "1.e1", "1e", "1e+", "1e-", "1e1.5", " 1",
		"1 ", "1,5", "1_0", "0x10", "NaN", "Infinity", "--1", "1e++1",
		"null", "1.5.0", "\xd9\xa1" };
	static const char *const too_large[] = { "1000000000000",
		"-1000000000000", "999999999999.995", "-999999999999.995",
		"1e12", "1e13", "1e400", "-1e400", "1e999999999999999999999",
		"123456789012345678901234567890", "0.1e13",
		"0.00000000000000000001e999999999999" };
	int64_t out = 42;

	(void)state;
	for (size_t i = 0; i < LENGTH(no_numbers); i++)
		if (decimal_read(text_of(no_numbers[i]), 2, &out, NULL) !=
		    DECIMAL_SYNTAX)
			fail_msg("taken: '%s'", no_numbers[i]);
	for (size_t i = 0; i < LENGTH(too_large); i++)
		if (decimal_read(text_of(too_large[i]), 2, &out, NULL) !=
		    DECIMAL_RANGE)
			fail_msg("not out of range: %s", too_large[i]);
	assert_int_equal(decimal_read((struct text){ "1\0", 2 }, 2, &out, NULL),
	    DECIMAL_SYNTAX);
	assert_int_equal(out, 42);
}

/* The zeros of a long line count, however the exponent moves the point. */
static void
reads_numbers_of_any_length(void **state)
{
	static char digits[200000];
	int64_t out, residue;
	size_t zeros = sizeof(digits) - 10;

	(void)state;
	memset(digits, '0', sizeof(digits));
	memcpy(digits, "0.", 2);
	memcpy(digits + zeros, "15e", 3);
	/* zeros - 2 of them behind the point, then 15: times 10^(zeros - 1). */
	snprintf(digits + zeros + 3, 7, "%zu", zeros - 1);
	assert_int_equal(
	    decimal_read(text_of(digits), 2, &out, &residue), DECIMAL_OK);
	assert_int_equal(out, 150);
	assert_int_equal(residue, 0);
	memset(digits, '9', sizeof(digits));
	assert_int_equal(decimal_read((struct text){ digits, sizeof(digits) },
			     2, &out, NULL),
	    DECIMAL_RANGE);
	digits[1] = '.';
	assert_int_equal(decimal_read((struct text){ digits, sizeof(digits) },
			     2, &out, &residue),
	    DECIMAL_OK);
	assert_int_equal(out, 1000);
	assert_int_equal(residue, 1);
}

/* xorshift64: the same numbers in every run. */
static uint64_t
random_bits(void)
{
	static uint64_t bits = 88172645463325252;

	bits ^= bits << 13;
	bits ^= bits >> 7;
	bits ^= bits << 17;
	return bits;
}

static int
random_below(int limit)
{
	return (int)(random_bits() % (uint64_t)limit);
}

enum { FINE_PLACES = 25 };

/* One random number: its text, and its value in units of 10^-25. */
struct sample {
	char text[64];
	wide value;
	bool too_large;
};

static void
sample_digits(struct sample *s, size_t *len, int count)
{
	for (int i = 0; i < count; i++) {
		int digit = random_below(3) == 0 ? 0 : random_below(10);

		if (count > 1 && *len > 0 && i == 0 && digit == 0)
			digit = s->text[*len - 1] == '.' ? 0 : 4;
		if (i == 0 && count > 1 && *len == 0 && digit == 0)
			digit = 5;
		s->text[(*len)++] = (char)('0' + digit);
		s->value = s->value * 10 + digit;
	}
}

static struct sample
sample_make(void)
{
	struct sample s = { .value = 0 };
	bool negative = random_below(4) == 0;
	int places = random_below(3) == 0 ? 0 : random_below(11);
	int exponent = random_below(3) != 0 ? 0 : random_below(25) - 15;
	wide top = 1;
	size_t len = 0;

	for (int i = 0; i < 36; i++)
		top *= 10;
	if (negative)
		s.text[len++] = '-';
	sample_digits(&s, &len, 1 + random_below(13));
	if (places > 0) {
		s.text[len++] = '.';
		sample_digits(&s, &len, places);
	}
	if (exponent != 0)
		snprintf(s.text + len, sizeof(s.text) - len, "%c%d",
		    random_below(2) ? 'e' : 'E', exponent);
	for (int i = 0; i < FINE_PLACES + exponent - places; i++) {
		s.too_large = s.too_large || s.value >= top * 10;
		s.value = s.too_large ? s.value : s.value * 10;
	}
	if (negative)
		s.value = -s.value;
	return s;
}

static void
agrees_with_plain_arithmetic(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct sample s = sample_make();
		int places = random_below(7);
		wide unit = 1, want, away, range = 1000000000000, millionth = 1;
		int64_t got = 0, residue = 0;
		enum decimal_fault fault =
		    decimal_read(text_of(s.text), places, &got, &residue);

		for (int d = places; d < FINE_PLACES; d++)
			unit *= 10;
		for (int d = 6; d < FINE_PLACES; d++)
			millionth *= 10;
		for (int d = 0; d < places; d++)
			range *= 10;
		want = (s.value + (s.value < 0 ? -unit : unit) / 2) / unit;
		if (s.too_large || want >= range || want <= -range) {
			if (fault != DECIMAL_RANGE)
				fail_msg("in range: %s", s.text);
			continue;
		}
		away = s.value - want * unit;
		away = ((away < 0 ? -away : away) + millionth - 1) / millionth;
		if (fault != DECIMAL_OK || got != want || residue != away)
			fail_msg("%s at %d: %lld, residue %lld", s.text, places,
			    (long long)got, (long long)residue);
	}
}

static void
reads_the_decimals_of_a_proposal(void **state)
{
	static const struct {
		const char *text;
		int max_places;
		int64_t micro;
		int places;
	} good[] = {
		{ "0", 6, 0, 0 },
		{ "0.055", 6, 55000, 3 },
		{ "1.50000", 6, 1500000, 5 },
		{ "10", 2, 10000000, 0 },
		{ "49.90", 2, 49900000, 2 },
		{ "999999999999.999999", 6, 999999999999999999, 6 },
	};
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "01",
		"1.", ".5", "1e3", "1,5", "1.2.3", "a", "0.0000001",
		"1.0000000" };
	int64_t micro = 42;
	int places = 42;

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_int_equal(decimal_string_read(text_of(good[i].text),
				     good[i].max_places, &micro, &places),
		    DECIMAL_OK);
		assert_int_equal(micro, good[i].micro);
		assert_int_equal(places, good[i].places);
	}
	micro = 42;
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (decimal_string_read(text_of(bad[i]), 6, &micro, NULL) !=
		    DECIMAL_SYNTAX)
			fail_msg("taken: '%s'", bad[i]);
	assert_int_equal(decimal_string_read(TEXT("1.500"), 2, &micro, NULL),
	    DECIMAL_SYNTAX);
	assert_int_equal(
	    decimal_string_read(TEXT("1000000000000"), 6, &micro, NULL),
	    DECIMAL_RANGE);
	assert_int_equal(micro, 42);
}

static void
writes_for_programs_and_people(void **state)
{
	static const struct {
		int64_t n;
		const char *cents, *br, *micro;
	} rows[] = {
		{ 0, "0.00", "0,00", "0" },
		{ 5, "0.05", "0,05", "0.000005" },
		{ -5, "-0.05", "-0,05", "-0.000005" },
		{ 99, "0.99", "0,99", "0.000099" },
		{ 100, "1.00", "1,00", "0.0001" },
		{ 99999, "999.99", "999,99", "0.099999" },
		{ 100000, "1000.00", "1.000,00", "0.1" },
		{ 1500000, "15000.00", "15.000,00", "1.5" },
		{ 12500000, "125000.00", "125.000,00", "12.5" },
		{ 150000000, "1500000.00", "1.500.000,00", "150" },
		{ -123456789, "-1234567.89", "-1.234.567,89", "-123.456789" },
		{ INT64_MAX, "92233720368547758.07",
		    "92.233.720.368.547.758,07", "9223372036854.775807" },
		{ INT64_MIN, "-92233720368547758.08",
		    "-92.233.720.368.547.758,08", "-9223372036854.775808" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		money_add(&b, rows[i].n);
		assert_string_equal(buf_cstr(&b), rows[i].cents);
		buf_reset(&b);
		money_add_br(&b, rows[i].n);
		assert_string_equal(buf_cstr(&b), rows[i].br);
		buf_reset(&b);
		decimal_add_micro(&b, rows[i].n);
		assert_string_equal(buf_cstr(&b), rows[i].micro);
		buf_reset(&b);
	}
	buf_clear(&b);
}

/* The member `n` of `json`, read by `read`; the code of a refusal. */
static const char *
read_member(const char *json,
    enum status (*read)(struct value, const char *, int64_t *, struct error *),
    int64_t *out)
{
	static struct error err;
	struct record *rec = record_new();
	enum status status;

	assert_int_equal(ndjson_parse(rec, text_of(json), &err), DONE);
	status = read(value_member(record_root(rec), "a"), "n", out, &err);
	record_free(rec);
	if (status == DONE)
		return "";
	assert_int_equal(status, SOME_REJECTED);
	assert_non_null(strstr(err.text, "a.n"));
	return err.code;
}

static void
reads_money_and_quantities_of_a_record(void **state)
{
	static const struct {
		const char *json, *money, *quantity;
		int64_t cents, micro;
	} rows[] = {
		{ "{\"a\":{\"n\":15000}}", "", "", 1500000, 15000000000 },
		{ "{\"a\":{\"n\":15000.0}}", "", "", 1500000, 15000000000 },
		{ "{\"a\":{\"n\":1.5e4}}", "", "", 1500000, 15000000000 },
		{ "{\"a\":{\"n\":15000.010}}", "", "", 1500001, 15000010000 },
		{ "{\"a\":{\"n\":-0.0}}", "", "", 0, 0 },
		{ "{\"a\":{\"n\":12.5}}", "", "", 1250, 12500000 },
		{ "{\"a\":{\"n\":15000.001}}", "campo_invalido", "", 0,
		    15000001000 },
		{ "{\"a\":{\"n\":0.0000001}}", "campo_invalido",
		    "campo_invalido", 0, 0 },
		{ "{\"a\":{\"n\":999999999999.99}}", "", "", 99999999999999,
		    999999999999990000 },
		{ "{\"a\":{\"n\":999999999999999.99}}", "", "campo_invalido",
		    99999999999999999, 0 },
		{ "{\"a\":{\"n\":1e15}}", "campo_invalido", "campo_invalido", 0,
		    0 },
		{ "{\"a\":{\"n\":-1}}", "campo_invalido", "campo_invalido", 0,
		    0 },
		{ "{\"a\":{\"n\":\"1\"}}", "campo_invalido", "campo_invalido",
		    0, 0 },
		{ "{\"a\":{\"n\":true}}", "campo_invalido", "campo_invalido", 0,
		    0 },
		{ "{\"a\":{\"n\":null}}", "campo_ausente", "campo_ausente", 0,
		    0 },
		{ "{\"a\":{}}", "campo_ausente", "campo_ausente", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int64_t cents = 0, micro = 0;

		assert_string_equal(
		    read_member(rows[i].json, record_money, &cents),
		    rows[i].money);
		assert_int_equal(cents, rows[i].cents);
		assert_string_equal(
		    read_member(rows[i].json, record_quantity, &micro),
		    rows[i].quantity);
		assert_int_equal(micro, rows[i].micro);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves_go_away_from_zero),
		cmocka_unit_test(percentages_of_the_reference),
		cmocka_unit_test(unit_prices_of_the_reference),
		cmocka_unit_test(parts_differ_from_their_sum),
		cmocka_unit_test(reads_numbers_as_written),
		cmocka_unit_test(refuses_what_is_no_number_or_too_large),
		cmocka_unit_test(reads_numbers_of_any_length),
		cmocka_unit_test(agrees_with_plain_arithmetic),
		cmocka_unit_test(reads_the_decimals_of_a_proposal),
		cmocka_unit_test(writes_for_programs_and_people),
		cmocka_unit_test(reads_money_and_quantities_of_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
