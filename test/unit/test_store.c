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

/* One of each kind. */
struct all {
	struct text volumes;
	struct company company;
	struct stored_proposal proposal;
	struct stored_contract contract;
	struct stored_consolidation consolidation;
	struct text memo; /* as it is to be found */
};

static void
put_all(struct store *s, const struct all *a)
{
	OK(store_begin(s, &err));
	OK(store_put_volumes(s, JANUARY, TEXT("1"), a->volumes, &err));
	OK(store_put_company(s, &a->company, &err));
	OK(store_put_proposal(s, &a->proposal, &err));
	OK(store_put_consolidation(s, &a->consolidation, "x", &err));
	OK(store_put_contract(s, &a->contract, &err));
	OK(store_commit(s, &err));
}

static void
assert_consolidation(struct store *s, const struct all *a)
{
	const struct stored_consolidation *want = &a->consolidation;
	struct stored_consolidation c;
	struct text memo;
	bool found;

	OK(store_get_consolidation(s, &want->key, &c, &found, &err));
	assert_true(found && c.total_cents == want->total_cents);
	assert_true(c.status == want->status && c.revision == want->revision);
	assert_true(text_same(c.content, want->content));
	assert_true(text_same(c.extra, want->extra));
	assert_int_equal(c.has_memo, a->memo.len > 0);
	OK(store_get_memo(s, &want->key, &memo, &err));
	assert_true(text_same(memo, a->memo));
}

static void
assert_all(struct store *s, const struct all *a)
{
	struct stored_contract k;
	struct company m;
	struct text doc;
	struct buf b = BUF_INIT;
	bool found;

	assert_consolidation(s, a);
	OK(store_get_volumes(s, JANUARY, TEXT("1"), &doc, &found, &err));
	assert_true(found && text_same(doc, a->volumes));
	OK(store_get_company(s, TEXT("1"), &m, &found, &err));
	assert_true(found && m.omie_code == a->company.omie_code);
	assert_true(text_same(m.cnpj, a->company.cnpj));
	assert_true(text_same(m.doc, a->company.doc));
	OK(store_get_contract(s, &a->contract.key, &k, &found, &err));
	assert_true(found && k.nCodCtr == a->contract.nCodCtr);
	assert_true(k.total_cents == a->contract.total_cents);
	assert_true(text_same(k.code, a->contract.code));
	assert_true(text_same(k.doc, a->contract.doc));
	OK(store_each_proposal(s, TEXT("1"), collect, &b, &err));
	assert_memory_equal(
	    buf_cstr(&b), a->proposal.doc.at, a->proposal.doc.len);
	assert_int_equal(b.len, a->proposal.doc.len + 1);
	buf_clear(&b);
}

/* Stored, and once more, another store finds all of it. */
static void
put_and_find(const struct room *r, struct store *s, const struct all *a)
{
	struct store *reader;

	put_all(s, a);
	put_all(s, a);
	reader = open_store(r, STORE_READ);
	assert_all(reader, a);
	store_close(reader);
}

static void
every_column_that_changes_is_stored(void **state)
{
#define WITH(change) \
	do { \
		a.change; \
		put_and_find(*state, s, &a); \
	} while (0)
	struct store *s = open_store(*state, STORE_WRITE);
	struct all a = { .company = COMPANY,
		.proposal = proposal("1", "P-1", 2024),
		.contract = contract(),
		.consolidation = consolidation(JANUARY, "1", "P-1"),
		.memo = TEXT("") };

	WITH(volumes = TEXT("{\"volumetriaData\":[]}"));
	WITH(volumes = TEXT("{\"volumetriaData\":[1]}"));
	WITH(company.cnpj = TEXT(""));
	WITH(company.omie_code = 0);
	WITH(company.doc = TEXT("{}"));
	WITH(proposal.doc = TEXT("{}"));
	WITH(contract.nCodCtr = INT64_MAX);
	WITH(contract.total_cents = 900719925474093);
	WITH(contract.code = TEXT("2401-2"));
	WITH(contract.doc = TEXT("{}"));
	WITH(consolidation.total_cents = 2);
	WITH(consolidation.content = TEXT("{\"valorTotal\":0.02}"));
	WITH(consolidation.extra = TEXT("{}"));
	WITH(memo = a.consolidation.memo = TEXT("1a2b3c4d"));
	WITH(consolidation.memo = (struct text){ 0 }); /* stays */
	assert_int_equal(count_of(s, STORE_HISTORY), 0);
	WITH(consolidation.status = CONSOLIDATION_SENT);
	WITH(consolidation.revision = 2);
	assert_int_equal(count_of(s, STORE_HISTORY), 2);
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
	const struct CMUnitTest tests[] = {
		IN_ROOM(each_kind_is_listed_as_it_came),
		IN_ROOM(what_is_stored_is_found_by_its_key),
		IN_ROOM(every_column_that_changes_is_stored),
		IN_ROOM(a_change_of_status_or_revision_leaves_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
