/* Everything that can be read of a store, for the tests of reading. */
#ifndef VOLUM_TEST_STORE_READING_H
#define VOLUM_TEST_STORE_READING_H

#include "store_room.h"

static inline enum status
no_line(const struct ledger_line *line, void *ctx, struct error *e)
{
	(void)line;
	(void)ctx;
	return fail(e, BAD_CONFIG, "a line of an empty ledger");
}

/* Nothing is there but `volumes` elements of volumes. */
static inline void
read_everything(struct store *s, uint64_t volumes)
{
	struct billing_key key = { 1, TEXT("1"), TEXT("1") };
	struct stored_consolidation c;
	struct stored_contract k;
	struct ledger_state seen;
	struct company m;
	struct buf b;
	bool found;
	int kind;

	for (kind = STORE_VOLUMES; kind <= STORE_HISTORY; kind++) {
		b = lines_of(s, (enum store_kind)kind);
		assert_int_equal(b.len > 0, kind == STORE_VOLUMES && volumes);
		buf_clear(&b);
	}
	assert_int_equal(count_of(s, STORE_VOLUMES), volumes);
	OK(store_get_company(s, TEXT("1"), &m, &found, &err));
	assert_false(found);
	OK(store_get_consolidation(s, &key, &c, &found, &err));
	assert_false(found);
	OK(store_get_contract(s, &key, &k, &found, &err));
	assert_false(found);
	OK(store_each_proposal(s, TEXT("1"), collect, NULL, &err));
	OK(ledger_look(s, TEXT("conta"), TEXT("2401-1"), &seen, &err));
	assert_false(seen.known);
	OK(ledger_has_confirmed(s, TEXT("conta"), &found, &err));
	assert_false(found);
	OK(ledger_each(s, (struct text){ "", 0 }, no_line, NULL, &err));
}

#endif
