/* What the SQLite backend writes, row by row, and that no listing sorts. */
#include "sqlite_room.h"
#include "store_records.h"

static void
the_same_again_changes_no_byte(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct buf before, after;

	put_one_of_each(s);
	store_close(s);
	before = room_content(*state, "");
	s = open_store(*state, STORE_WRITE);
	put_one_of_each(s);
	assert_int_equal(sqlite3_total_changes(sqlite_of(s)->db), 0);
	store_close(s);
	after = room_content(*state, "");
	assert_same_content(&before, &after);
}

static void
each_change_is_one_row_and_the_same_again_none(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct stored_consolidation c = consolidation(JANUARY, "1", "P-1");
	struct stored_proposal p = proposal("1", "P-1", 2024);
	struct stored_contract k = contract();
	struct company m = COMPANY;
	sqlite3 *db = sqlite_of(s)->db;
	int start;

	put_one_of_each(s);
	start = sqlite3_total_changes(db);
	OK(store_begin(s, &err));
	OK(store_put_volumes(
	    s, JANUARY, TEXT("1"), TEXT("{\"volumetriaData\":[1]}"), &err));
	m.cnpj = TEXT("");
	OK(store_put_company(s, &m, &err));
	m.omie_code = 0;
	OK(store_put_company(s, &m, &err));
	m.doc = TEXT("{}");
	OK(store_put_company(s, &m, &err));
	p.until = (struct day){ 2024, 12, 31 };
	OK(store_put_proposal(s, &p, &err));
	p.doc = TEXT("{}");
	OK(store_put_proposal(s, &p, &err));
	k.nCodCtr = 2;
	OK(store_put_contract(s, &k, &err));
	k.total_cents = 2;
	OK(store_put_contract(s, &k, &err));
	k.code = TEXT("2401-2");
	OK(store_put_contract(s, &k, &err));
	k.doc = TEXT("{}");
	OK(store_put_contract(s, &k, &err));
	c.total_cents = 2;
	OK(store_put_consolidation(s, &c, "x", &err));
	c.content = TEXT("{\"valorTotal\":0.02}");
	OK(store_put_consolidation(s, &c, "x", &err));
	c.extra = TEXT("{}");
	OK(store_put_consolidation(s, &c, "x", &err));
	c.memo = TEXT("1a2b3c4d");
	OK(store_put_consolidation(s, &c, "x", &err));
	OK(store_put_consolidation(s, &c, "x", &err));
	c.memo = (struct text){ 0 }; /* stays */
	OK(store_put_consolidation(s, &c, "x", &err));
	OK(store_commit(s, &err));
	/* One of them keeps the proposal as it was. */
	assert_int_equal(sqlite3_total_changes(db) - start, 15);
	store_close(s);
}

static enum status
no_sort(struct text doc, void *ctx, struct error *err)
{
	sqlite3_stmt *st = NULL;

	(void)doc;
	(void)err;
	while ((st = sqlite3_next_stmt(ctx, st)) != NULL)
		assert_int_equal(
		    sqlite3_stmt_status(st, SQLITE_STMTSTATUS_SORT, 0), 0);
	return DONE;
}

static void
no_listing_sorts(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct store_filter all = { .status = -1 };
	int kind;

	put_all_kinds(s);
	for (kind = STORE_VOLUMES; kind <= STORE_HISTORY; kind++)
		OK(store_list(s, (enum store_kind)kind, &all, no_sort,
		    sqlite_of(s)->db, &err));
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FILE_ROOM(the_same_again_changes_no_byte),
		IN_FILE_ROOM(each_change_is_one_row_and_the_same_again_none),
		IN_FILE_ROOM(no_listing_sorts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
