/* Listing: which records, in which order. */
#include "store_records.h"

static void
put_a_grid(struct store *s)
{
	static const char *const COMPANIES[] = { "2", "10", "1", "\xc3\xa9",
		"Z" };
	struct stored_consolidation c;
	struct buf content = BUF_INIT;
	int i, month;

	OK(store_begin(s, &err));
	for (month = 1; month >= 0; month--)
		for (i = 0; i < 5; i++) {
			buf_reset(&content);
			buf_printf(
			    &content, "{\"k\":\"%d/%s\"}", month, COMPANIES[i]);
			c = consolidation(JANUARY + month, COMPANIES[i], "P");
			c.extra = TEXT("{}");
			c.content = buf_text(&content);
			c.status = i == 0 ? CONSOLIDATION_SENT
					  : CONSOLIDATION_COMPLETED;
			OK(store_put_consolidation(s, &c, "novo", &err));
		}
	OK(store_commit(s, &err));
	buf_clear(&content);
}

static void
filters_choose_and_keys_are_in_byte_order(void **state)
{
	static const struct {
		struct store_filter filter;
		const char *want;
	} CASES[] = {
		{ { 0, { "", 0 }, -1 },
		    "0/1 0/10 0/2 0/Z 0/\xc3\xa9 1/1 1/10 1/2 1/Z "
		    "1/\xc3\xa9 " },
		{ { JANUARY, { "", 0 }, -1 }, "0/1 0/10 0/2 0/Z 0/\xc3\xa9 " },
		{ { 0, { "10", 2 }, -1 }, "0/10 1/10 " },
		{ { 0, { "", 0 }, CONSOLIDATION_SENT }, "0/2 1/2 " },
		{ { FEBRUARY, { "2", 1 }, CONSOLIDATION_SENT }, "1/2 " },
		{ { FEBRUARY, { "1", 1 }, CONSOLIDATION_SENT }, "" },
		{ { FEBRUARY + 1, { "", 0 }, -1 }, "" },
	};
	struct store *s = open_store(*state, STORE_WRITE);
	struct buf lines = BUF_INIT, keys = BUF_INIT;
	uint64_t n;
	size_t i;

	put_a_grid(s);
	for (i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		char *at, *end;
		uint64_t seen = 0;

		buf_reset(&lines);
		buf_reset(&keys);
		OK(store_list(s, STORE_CONSOLIDATIONS, &CASES[i].filter,
		    collect, &lines, &err));
		at = (char *)(uintptr_t)buf_cstr(&lines);
		for (; (at = strstr(at, "\"k\":\"")) != NULL; seen++) {
			at += 5;
			end = strchr(at, '"');
			buf_add(&keys, at, (size_t)(end - at));
			buf_add_byte(&keys, ' ');
		}
		assert_string_equal(buf_cstr(&keys), CASES[i].want);
		OK(store_count(
		    s, STORE_CONSOLIDATIONS, &CASES[i].filter, &n, &err));
		assert_int_equal(n, seen);
	}
	buf_clear(&lines);
	buf_clear(&keys);
	store_close(s);
}

static void
foreign_filters_are_ignored(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct store_filter all = { .status = -1 };
	struct store_filter none = { FEBRUARY, { "9", 1 }, 0 };
	uint64_t n;
	int kind;

	put_all_kinds(s);
	for (kind = STORE_VOLUMES; kind <= STORE_HISTORY; kind++) {
		OK(store_count(s, (enum store_kind)kind, &all, &n, &err));
		assert_int_equal(n, 1);
		OK(store_count(s, (enum store_kind)kind, &none, &n, &err));
		assert_int_equal(n, 0);
	}
	none = (struct store_filter){ FEBRUARY, { "1", 1 }, 0 };
	OK(store_count(s, STORE_COMPANIES, &none, &n, &err));
	assert_int_equal(n, 1);
	OK(store_count(s, STORE_PROPOSALS, &none, &n, &err));
	assert_int_equal(n, 1);
	none = (struct store_filter){ JANUARY, { "1", 1 }, CONSOLIDATION_SENT };
	OK(store_count(s, STORE_CONTRACTS, &none, &n, &err));
	assert_int_equal(n, 1);
	store_close(s);
}

static enum status
stop_at_second(struct text doc, void *ctx, struct error *err)
{
	(void)doc;
	if (++*(int *)ctx == 2)
		return fail(err, SOME_REJECTED, "enough");
	return DONE;
}

static void
a_reader_may_stop_and_proposals_come_in_order(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	static const struct {
		const char *company, *number;
		int year;
	} PUTS[] = { { "1", "B", 2025 }, { "1", "B", 2024 }, { "2", "A", 2024 },
		{ "1", "A", 2026 } };
	struct store_filter all = { .status = -1 };
	struct buf b = BUF_INIT, doc = BUF_INIT;
	struct error e;
	int seen = 0;
	size_t i;

	OK(store_begin(s, &err));
	for (i = 0; i < 4; i++) {
		struct stored_proposal p =
		    proposal(PUTS[i].company, PUTS[i].number, PUTS[i].year);

		buf_reset(&doc);
		buf_printf(&doc, "%s%d", PUTS[i].number, PUTS[i].year);
		p.doc = buf_text(&doc);
		OK(store_put_proposal(s, &p, &err));
	}
	OK(store_commit(s, &err));
	OK(store_each_proposal(s, TEXT("1"), collect, &b, &err));
	assert_string_equal(buf_cstr(&b), "A2026\nB2024\nB2025\n");
	buf_reset(&b);
	OK(store_each_proposal(s, TEXT("3"), collect, &b, &err));
	assert_int_equal(b.len, 0);
	assert_int_equal(
	    store_each_proposal(s, TEXT("1"), stop_at_second, &seen, &e),
	    SOME_REJECTED);
	seen = 0;
	assert_int_equal(
	    store_list(s, STORE_PROPOSALS, &all, stop_at_second, &seen, &e),
	    SOME_REJECTED);
	assert_int_equal(seen, 2);
	store_one(s, "1", "{}"); /* nothing is left open */
	buf_clear(&b);
	buf_clear(&doc);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(filters_choose_and_keys_are_in_byte_order),
		IN_ROOM(foreign_filters_are_ignored),
		IN_ROOM(a_reader_may_stop_and_proposals_come_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
