#include <string.h>

#include "domain/competencia.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static void
reads_and_writes_months(void **state)
{
	static const char *const good[] = { "2024-01", "2024-12", "0001-01",
		"9999-12", "2026-02" };
	static const char *const bad[] = { "", "2024-00", "2024-13", "2024-1",
		"2024-001", "24-01", "2024/01", "2024-01 ", " 2024-01",
		"2024-01-01", "2024-0a", "202a-01", "-024-01", "+024-01",
		"auto", "2024-1\n", "0000-01" };
	char out[COMPETENCIA_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		competencia_format(competencia_read(text_of(good[i])), out);
		assert_string_equal(out, good[i]);
	}
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (competencia_read(text_of(bad[i])) != 0)
			fail_msg("taken: '%s'", bad[i]);
	assert_int_equal(competencia_read((struct text){ "2024-01\0", 8 }), 0);
	assert_int_equal(competencia_read(TEXT("2025-01")),
	    competencia_read(TEXT("2024-12")) + 1);
}

static void
months_have_their_days(void **state)
{
	static const struct {
		const char *month, *first, *last;
	} rows[] = {
		{ "2026-01", "2026-01-01", "2026-01-31" },
		{ "2026-02", "2026-02-01", "2026-02-28" },
		{ "2024-02", "2024-02-01", "2024-02-29" },
		{ "2000-02", "2000-02-01", "2000-02-29" },
		{ "1900-02", "1900-02-01", "1900-02-28" },
		{ "2100-02", "2100-02-01", "2100-02-28" },
		{ "2026-04", "2026-04-01", "2026-04-30" },
		{ "2026-06", "2026-06-01", "2026-06-30" },
		{ "2026-09", "2026-09-01", "2026-09-30" },
		{ "2026-11", "2026-11-01", "2026-11-30" },
		{ "2026-12", "2026-12-01", "2026-12-31" },
	};
	char out[DAY_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		competencia c = competencia_read(text_of(rows[i].month));

		day_format(competencia_first_day(c), out);
		assert_string_equal(out, rows[i].first);
		day_format(competencia_last_day(c), out);
		assert_string_equal(out, rows[i].last);
		assert_int_equal(competencia_of(competencia_last_day(c)), c);
	}
}

static void
days_are_real(void **state)
{
	static const char *const good[] = { "2024-02-29", "2000-02-29",
		"2026-12-31", "0001-01-01", "9999-12-31" };
	static const char *const bad[] = { "", "2026-02-29", "1900-02-29",
		"2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00",
		"2026-01-32", "2026-1-01", "2026-01-1", "2026-01-01 ",
		"20260101", "2026/01/01", "01/01/2026", "2026-01-0x",
		"2026-01-01T00:00:00Z", "0000-01-01", "-026-01-01" };
	char out[DAY_TEXT];
	struct day d = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (day_read(text_of(bad[i]), &d))
			fail_msg("taken: '%s'", bad[i]);
	assert_int_equal(d.year * 100 + d.month * 10 + d.day, 123);
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_true(day_read(text_of(good[i]), &d));
		day_format(d, out);
		assert_string_equal(out, good[i]);
	}
	day_format_br((struct day){ 2026, 1, 31 }, out);
	assert_string_equal(out, "31/01/2026");
}

static void
days_have_an_order(void **state)
{
	static const struct day rising[] = { { 2025, 12, 31 }, { 2026, 1, 1 },
		{ 2026, 1, 31 }, { 2026, 2, 1 }, { 2027, 1, 1 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(rising); i++)
		for (size_t j = 0; j < LENGTH(rising); j++) {
			int order = day_order(rising[i], rising[j]);

			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
}

/* The local days of domain-br 2.3, and the edges of months and years. */
static void
words_mean_months(void **state)
{
	static const struct {
		const char *word;
		struct day today;
		const char *want; /* NULL: refused */
		bool partial;
	} rows[] = {
		{ "corrente", { 2026, 11, 29 }, "2026-11", true },
		{ "fechada", { 2026, 11, 29 }, "2026-10", false },
		{ "corrente", { 2026, 11, 30 }, "2026-11", true },
		{ "fechada", { 2026, 11, 30 }, "2026-10", false },
		{ "corrente", { 2026, 12, 1 }, "2026-12", true },
		{ "fechada", { 2026, 12, 1 }, "2026-11", false },
		{ "corrente", { 2026, 12, 31 }, "2026-12", true },
		{ "fechada", { 2026, 12, 31 }, "2026-11", false },
		{ "auto", { 2026, 12, 31 }, "2026-11", false },
		{ "auto", { 2027, 1, 1 }, "2026-12", false },
		{ "auto", { 2024, 2, 29 }, "2024-01", false },
		{ "auto", { 2024, 3, 1 }, "2024-02", false },
		{ "2026-11", { 2026, 11, 24 }, "2026-11", true },
		{ "2026-10", { 2026, 11, 24 }, "2026-10", false },
		{ "2019-01", { 2026, 11, 24 }, "2019-01", false },
		{ "2026-12", { 2026, 11, 30 }, NULL, false },
		{ "2027-01", { 2026, 12, 31 }, NULL, false },
		{ "2026-13", { 2026, 11, 24 }, NULL, false },
		{ "2026-00", { 2026, 11, 24 }, NULL, false },
		{ "AUTO", { 2026, 11, 24 }, NULL, false },
		{ "auto-undefined-01", { 2026, 11, 24 }, NULL, false },
		{ "", { 2026, 11, 24 }, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char out[COMPETENCIA_TEXT];
		competencia c = -1;
		bool partial = false;
		struct error err;
		enum status status = competencia_resolve(
		    text_of(rows[i].word), rows[i].today, &c, &partial, &err);

		if (rows[i].want == NULL) {
			assert_int_equal(status, SOME_REJECTED);
			assert_string_equal(err.code, "competencia_invalida");
			assert_int_equal(c, -1);
			continue;
		}
		assert_int_equal(status, DONE);
		competencia_format(c, out);
		assert_string_equal(out, rows[i].want);
		assert_int_equal(partial, rows[i].partial);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_months),
		cmocka_unit_test(months_have_their_days),
		cmocka_unit_test(days_are_real),
		cmocka_unit_test(days_have_an_order),
		cmocka_unit_test(words_mean_months),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
