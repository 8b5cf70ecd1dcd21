#include <stdio.h>
#include <stdlib.h>

#include "pricing_case.h"

static struct proposal *
made(const char *company, const char *number, const char *from,
    const char *until)
{
	struct error err = { 0 };
	struct buf json = BUF_INIT;
	struct proposal *p;

	buf_printf(&json,
	    "{\"proposta\":{\"esquema\":1,\"empresaId\":\"%s\","
	    "\"numeroProposta\":\"%s\",\"vigencia\":{\"inicio\":\"%s\","
	    "\"fim\":%s},\"produtos\":[{\"produto\":\"a\"}]}}",
	    company, number, from, until);
	p = proposal_of(buf_text(&json), &err);
	assert_non_null(p);
	buf_clear(&json);
	return p;
}

static void
add(struct catalog *c, const char *company, const char *number)
{
	struct error err = { 0 };

	assert_int_equal(
	    catalog_add(c, made(company, number, "2026-01-01", "null"), &err),
	    DONE);
}

/* -1: not in it. */
static int
held(const struct catalog *c, const char *company)
{
	struct proposal *const *list;
	size_t count;

	if (!catalog_find(c, text_of(company), &list, &count))
		return -1;
	for (size_t i = 0; i < count; i++)
		assert_true(text_is(proposal_company(list[i]), company));
	return (int)count;
}

static void
companies_are_found(void **state)
{
	struct catalog *c = catalog_new(0);
	char id[20];

	(void)state;
	assert_int_equal(held(c, "1"), -1);
	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		add(c, id, "P");
		if (i % 3 == 0)
			add(c, id, "Q");
		if (i % 9 == 0)
			add(c, id, "R");
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_int_equal(held(c, id), 1 + (i % 3 == 0) + (i % 9 == 0));
	}
	assert_int_equal(held(c, "5000"), -1);
	assert_int_equal(held(c, "01"), -1);
	catalog_free(c);
	catalog_free(NULL);
}

static void
known_companies_may_have_no_proposal(void **state)
{
	struct catalog *c = catalog_new(0);

	(void)state;
	catalog_note(c, TEXT("1"));
	assert_int_equal(held(c, "1"), 0);
	add(c, "1", "P");
	catalog_note(c, TEXT("1"));
	assert_int_equal(held(c, "1"), 1);
	add(c, "2", "P");
	add(c, "2", "Q");
	catalog_forget(c, TEXT("1"));
	catalog_forget(c, TEXT("2"));
	catalog_forget(c, TEXT("3"));
	assert_int_equal(held(c, "1"), -1);
	assert_int_equal(held(c, "2"), -1);
	add(c, "2", "Q");
	assert_int_equal(held(c, "1"), -1);
	assert_int_equal(held(c, "2"), 1);
	catalog_free(c);
}

static void
the_same_version_is_replaced(void **state)
{
	struct catalog *c = catalog_new(0);
	struct error err = { 0 };
	struct proposal *const *list;
	struct day until;
	size_t count;

	(void)state;
	assert_int_equal(
	    catalog_add(
		c, made("1", "P", "2026-01-01", "\"2026-03-31\""), &err),
	    DONE);
	assert_int_equal(
	    catalog_add(c, made("1", "P", "2026-07-01", "null"), &err), DONE);
	assert_int_equal(
	    catalog_add(
		c, made("1", "P", "2026-01-01", "\"2026-06-30\""), &err),
	    DONE);
	assert_true(catalog_find(c, TEXT("1"), &list, &count));
	assert_int_equal(count, 2);
	until = proposal_until(list[0]);
	assert_int_equal(day_order(until, (struct day){ 2026, 6, 30 }), 0);
	/* The new one may not reach into the version that follows. */
	assert_int_equal(
	    catalog_add(
		c, made("1", "P", "2026-01-01", "\"2026-07-01\""), &err),
	    SOME_REJECTED);
	assert_string_equal(err.code, "proposta_invalida");
	assert_string_equal(err.text,
	    "numeroProposta P: the version from 2026-01-01 has a month in "
	    "common with the one from 2026-07-01");
	assert_true(catalog_find(c, TEXT("1"), &list, &count));
	until = proposal_until(list[0]);
	assert_int_equal(count, 2);
	assert_int_equal(day_order(until, (struct day){ 2026, 6, 30 }), 0);
	/* Another number is another proposal. */
	assert_int_equal(
	    catalog_add(c, made("1", "Q", "2026-01-01", "null"), &err), DONE);
	assert_int_equal(held(c, "1"), 3);
	catalog_free(c);
}

static void
a_cache_drops_everything_at_its_ceiling(void **state)
{
	struct catalog *c = catalog_new(64 * 1024);
	char id[20], last[20] = "";
	int drops = 0, before = -1;
	bool full;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		full = catalog_is_full(c);
		catalog_note(c, text_of(id));
		/* It drops only what it said that it had no room for. */
		assert_true(full == (i > 0 && held(c, last) < 0));
		memcpy(last, id, sizeof(last));
		/* All of a company's, whatever is dropped on the way. */
		add(c, id, "P");
		add(c, id, "Q");
		assert_int_equal(held(c, id), 2);
		if (held(c, "0") < 0 && before < 0)
			before = i;
		snprintf(id, sizeof(id), "%d", i - 1);
		drops += i > 0 && held(c, id) < 0;
	}
	assert_in_range(before, 50, 1000);
	assert_in_range(drops, 10, 200);
	catalog_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(companies_are_found),
		cmocka_unit_test(known_companies_may_have_no_proposal),
		cmocka_unit_test(the_same_version_is_replaced),
		cmocka_unit_test(a_cache_drops_everything_at_its_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
