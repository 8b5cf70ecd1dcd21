/* What a record will ask for, told before it does. A wrong guess costs a
 * question, never an answer. */
#include "store/keep_internal.h"

static void
expect(struct keeper *k, enum store_kind kind, struct value object,
    const char *id_name, competencia month)
{
	struct store_expected what = { .kind = kind, .month = month };
	struct error ignored;

	if (value_identifier(value_member(object, id_name), &what.empresa_id,
		&ignored) != DONE)
		return;
	/* Proposals are asked for by company. */
	if (kind != STORE_PROPOSALS &&
	    value_identifier(value_member(object, "numeroProposta"),
		&what.proposta, &ignored) != DONE)
		what.proposta = (struct text){ NULL, 0 };
	store_expect(k->store, &what);
}

static competencia
month_of(struct value object)
{
	return competencia_read(
	    value_text(value_member(object, "competencia")));
}

static void
expect_volumes(struct keeper *k, struct value root)
{
	competencia month = month_of(root);
	struct each it;

	for (it = value_each(value_member(root, "volumetriaData"));
	     month != 0 && each_next(&it);) {
		expect(k, STORE_VOLUMES, it.at, "idEmpresa", month);
		expect(k, STORE_PROPOSALS, it.at, "idEmpresa", 0);
		expect(k, STORE_CONSOLIDATIONS, it.at, "idEmpresa", month);
	}
}

static const struct {
	const char *member;
	enum store_kind kind;
	bool by_month;
} OTHERS[] = {
	{ "consolidacaoData", STORE_CONSOLIDATIONS, true },
	{ "contrato", STORE_CONSOLIDATIONS, true },
	{ "contrato", STORE_CONTRACTS, true },
	{ "memoria", STORE_CONSOLIDATIONS, true },
	{ "empresa", STORE_COMPANIES, false },
	{ "sync", STORE_COMPANIES, false },
	{ "proposta", STORE_PROPOSALS, false },
};

void
keep_ahead(struct keeper *k, const struct record *rec)
{
	struct value root = record_root(rec), object;
	competencia month;
	size_t i;

	expect_volumes(k, root);
	for (i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
		object = value_member(root, OTHERS[i].member);
		if (value_kind(object) != IS_OBJECT)
			continue;
		month = month_of(object);
		if (!OTHERS[i].by_month || month != 0)
			expect(k, OTHERS[i].kind, object, "empresaId", month);
	}
}
