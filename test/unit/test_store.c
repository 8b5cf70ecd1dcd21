/* What is stored and found, and that the same again changes nothing. */
#include "store_records.h"

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
	struct text memo;
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
	OK(store_get_memo(s, &c.key, &memo, &err));
	assert_true(text_is(memo, "1a2b3c4d"));
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
