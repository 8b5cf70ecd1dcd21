/* What is stored, found and listed, and that the same again changes nothing. */
#include "store_room.h"

static const competencia JANUARY = 2024 * 12, FEBRUARY = 2024 * 12 + 1;

#define CONTENT \
	"{\"competencia\":\"2024-01\",\"empresaId\":\"1\"," \
	"\"numeroProposta\":\"P-1\",\"valorTotal\":20000.00,\"produtos\":[]}"

static const struct company COMPANY = { TEXT("1"), TEXT("12ABC34501DE35"),
	4477000001,
	TEXT("{\"empresa\":{\"empresaId\":\"1\",\"cnpj\":\"12ABC34501DE35\"}"
	     "}") };

static struct stored_consolidation
consolidation(competencia month, const char *company, const char *number)
{
	return (struct stored_consolidation){
		.key = { month, text_of(company), text_of(number) },
		.total_cents = 2000000,
		.status = CONSOLIDATION_COMPLETED,
		.revision = 1,
		.content = TEXT(CONTENT),
		.extra = TEXT("{\"trigger\":\"data-processed\",\"n\":1.50}"),
	};
}

static struct stored_contract
contract(void)
{
	return (struct stored_contract){
		.key = { JANUARY, TEXT("1"), TEXT("P-1") },
		.code = TEXT("2401-HRZYZC6DHQ4CQBK"),
		.nCodCtr = 7700000001,
		.total_cents = 2000000,
		.doc = TEXT("{\"contrato\":{\"acao\":\"incluido\"}}"),
	};
}

static struct stored_proposal
proposal(const char *company, const char *number, int year)
{
	return (struct stored_proposal){ text_of(company), text_of(number),
		{ year, 1, 1 }, { 9999, 12, 31 },
		TEXT("{\"proposta\":{\"modelo\":\"informado\"}}") };
}

static void
put_one_of_each(struct store *s)
{
	struct stored_consolidation c = consolidation(JANUARY, "1", "P-1");
	struct stored_contract k = contract();
	struct stored_proposal p = proposal("1", "P-1", 2024);

	OK(store_begin(s, &err));
	OK(store_put_volumes(
	    s, JANUARY, TEXT("1"), TEXT("{\"volumetriaData\":[]}"), &err));
	OK(store_put_company(s, &COMPANY, &err));
	OK(store_put_proposal(s, &p, &err));
	OK(store_put_consolidation(s, &c, "novo", &err));
	OK(store_put_contract(s, &k, &err));
	OK(store_commit(s, &err));
}

static void
assert_lines(struct store *s, enum store_kind kind, const char *want)
{
	struct buf b = lines_of(s, kind);

	assert_string_equal(buf_cstr(&b), want);
	buf_clear(&b);
}

static void
each_kind_is_listed_as_it_came(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	int mode;

	put_one_of_each(s);
	for (mode = 0; mode < 2; mode++) {
		assert_lines(s, STORE_VOLUMES, "{\"volumetriaData\":[]}\n");
		assert_lines(s, STORE_CONSOLIDATIONS,
		    "{\"consolidacaoData\":{\"competencia\":\"2024-01\","
		    "\"empresaId\":\"1\",\"numeroProposta\":\"P-1\","
		    "\"valorTotal\":20000.00,\"produtos\":[],"
		    "\"status\":\"completed\"},"
		    "\"trigger\":\"data-processed\",\"n\":1.50}\n");
		assert_lines(s, STORE_CONTRACTS,
		    "{\"contrato\":{\"acao\":\"incluido\"}}\n");
		assert_lines(s, STORE_COMPANIES,
		    "{\"empresa\":{\"empresaId\":\"1\","
		    "\"cnpj\":\"12ABC34501DE35\"}}\n");
		assert_lines(s, STORE_PROPOSALS,
		    "{\"proposta\":{\"modelo\":\"informado\"}}\n");
		assert_lines(s, STORE_HISTORY, "");
		store_close(s);
		s = open_store(*state, STORE_READ);
	}
	store_close(s);
}

static void
what_is_stored_is_found_by_its_key(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct billing_key key = { JANUARY, TEXT("1"), TEXT("P-1") };
	struct stored_consolidation c;
	struct stored_contract k;
	struct company m;
	bool found;

	put_one_of_each(s);
	OK(store_get_company(s, TEXT("1"), &m, &found, &err));
	assert_true(found && m.omie_code == 4477000001);
	assert_true(text_same(m.cnpj, COMPANY.cnpj));
	assert_true(text_same(m.doc, COMPANY.doc));
	/* What was found may be what is looked for next. */
	OK(store_get_company(s, m.empresa_id, &m, &found, &err));
	assert_true(found && text_is(m.empresa_id, "1"));

	OK(store_get_consolidation(s, &key, &c, &found, &err));
	assert_true(found && c.total_cents == 2000000 && c.revision == 1);
	assert_int_equal(c.status, CONSOLIDATION_COMPLETED);
	assert_true(text_is(c.content, CONTENT));
	assert_true(text_is(c.key.proposta, "P-1") && c.key.month == JANUARY);

	OK(store_get_contract(s, &key, &k, &found, &err));
	assert_true(found && k.nCodCtr == 7700000001);
	assert_true(text_is(k.code, "2401-HRZYZC6DHQ4CQBK"));

	key.month = FEBRUARY;
	OK(store_get_consolidation(s, &key, &c, &found, &err));
	assert_false(found);
	OK(store_get_contract(s, &key, &k, &found, &err));
	assert_false(found);
	OK(store_get_company(s, TEXT("2"), &m, &found, &err));
	assert_false(found);
	store_close(s);
}

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
every_column_that_changes_is_stored(void **state)
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
	OK(store_commit(s, &err));
	assert_int_equal(sqlite3_total_changes(db) - start, 13);
	assert_int_equal(count_of(s, STORE_HISTORY), 0);
	assert_lines(s, STORE_CONSOLIDATIONS,
	    "{\"consolidacaoData\":{\"valorTotal\":0.02,"
	    "\"status\":\"completed\"}}\n");
	store_close(s);
}

static void
a_change_of_status_or_revision_leaves_a_line(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct stored_consolidation c = consolidation(JANUARY, "1", "P-1");

	OK(store_begin(s, &err));
	OK(store_put_consolidation(s, &c, "novo", &err));
	c.status = CONSOLIDATION_SENT;
	OK(store_put_consolidation(s, &c, "contrato", &err));
	OK(store_put_consolidation(s, &c, "contrato", &err));
	c.status = CONSOLIDATION_READY_TO_SEND;
	c.revision = 2;
	OK(store_put_consolidation(s, &c, "revisao", &err));
	c.key.empresa_id = TEXT("0");
	OK(store_put_consolidation(s, &c, "novo", &err));
	c.revision = 3;
	OK(store_put_consolidation(s, &c, "a \"b\"", &err));
	OK(store_commit(s, &err));
	assert_lines(s, STORE_HISTORY,
	    "{\"historico\":{\"competencia\":\"2024-01\",\"empresaId\":\"0\","
	    "\"numeroProposta\":\"P-1\",\"de\":\"ready_to_send\","
	    "\"para\":\"ready_to_send\",\"revisao\":3,"
	    "\"quando\":\"2024-02-01T05:00:03.250Z\","
	    "\"requestId\":\"req-1\",\"motivo\":\"a \\\"b\\\"\"}}\n"
	    "{\"historico\":{\"competencia\":\"2024-01\",\"empresaId\":\"1\","
	    "\"numeroProposta\":\"P-1\",\"de\":\"completed\","
	    "\"para\":\"sent\",\"revisao\":1,"
	    "\"quando\":\"2024-02-01T05:00:03.250Z\","
	    "\"requestId\":\"req-1\",\"motivo\":\"contrato\"}}\n"
	    "{\"historico\":{\"competencia\":\"2024-01\",\"empresaId\":\"1\","
	    "\"numeroProposta\":\"P-1\",\"de\":\"sent\","
	    "\"para\":\"ready_to_send\",\"revisao\":2,"
	    "\"quando\":\"2024-02-01T05:00:03.250Z\","
	    "\"requestId\":\"req-1\",\"motivo\":\"revisao\"}}\n");
	store_close(s);
}

/* ------------------------------------------------------------- listing */

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
no_listing_sorts_and_foreign_filters_are_ignored(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct store_filter all = { .status = -1 };
	struct store_filter none = { FEBRUARY, { "9", 1 }, 0 };
	struct stored_consolidation c = consolidation(JANUARY, "1", "P-1");
	uint64_t n;
	int kind;

	put_one_of_each(s);
	OK(store_begin(s, &err));
	c.revision = 2;
	OK(store_put_consolidation(s, &c, "x", &err));
	OK(store_commit(s, &err));
	for (kind = STORE_VOLUMES; kind <= STORE_HISTORY; kind++) {
		OK(store_list(s, (enum store_kind)kind, &all, no_sort,
		    sqlite_of(s)->db, &err));
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
#define IN_ROOM(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)
	const struct CMUnitTest tests[] = {
		IN_ROOM(each_kind_is_listed_as_it_came),
		IN_ROOM(what_is_stored_is_found_by_its_key),
		IN_ROOM(the_same_again_changes_no_byte),
		IN_ROOM(every_column_that_changes_is_stored),
		IN_ROOM(a_change_of_status_or_revision_leaves_a_line),
		IN_ROOM(filters_choose_and_keys_are_in_byte_order),
		IN_ROOM(no_listing_sorts_and_foreign_filters_are_ignored),
		IN_ROOM(a_reader_may_stop_and_proposals_come_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
