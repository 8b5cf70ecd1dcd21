/* One of each kind of record, for the tests of the store. */
#ifndef VOLUM_TEST_STORE_RECORDS_H
#define VOLUM_TEST_STORE_RECORDS_H

#include "store_room.h"

static const competencia JANUARY = 2024 * 12, FEBRUARY = 2024 * 12 + 1;

#define CONTENT \
	"{\"competencia\":\"2024-01\",\"empresaId\":\"1\"," \
	"\"numeroProposta\":\"P-1\",\"valorTotal\":20000.00,\"produtos\":[]}"

static const struct company COMPANY = { TEXT("1"), TEXT("12ABC34501DE35"),
	4477000001,
	TEXT("{\"empresa\":{\"empresaId\":\"1\",\"cnpj\":\"12ABC34501DE35\"}"
	     "}") };

static inline struct stored_consolidation
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

static inline struct stored_contract
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

static inline struct stored_proposal
proposal(const char *company, const char *number, int year)
{
	return (struct stored_proposal){ text_of(company), text_of(number),
		{ year, 1, 1 }, { 9999, 12, 31 },
		TEXT("{\"proposta\":{\"modelo\":\"informado\"}}") };
}

static inline void
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

/* And the first consolidation once more, so that there is a history. */
static inline void
put_all_kinds(struct store *s)
{
	struct stored_consolidation c = consolidation(JANUARY, "1", "P-1");

	put_one_of_each(s);
	OK(store_begin(s, &err));
	c.revision = 2;
	OK(store_put_consolidation(s, &c, "x", &err));
	OK(store_commit(s, &err));
}

#endif
