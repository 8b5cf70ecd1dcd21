/* What the MongoDB backend finds by key. */
#include <stdlib.h>

#include "store/mongo.h"

static enum status
find_in_month(struct mongo_store *s, enum mongo_place where,
    const struct billing_key *key, struct mongo_entry **out, struct error *err)
{
	char month[COMPETENCIA_TEXT];
	struct text parts[3] = { { 0 }, key->empresa_id, key->proposta };

	competencia_format(key->month, month);
	parts[0] = text_of(month);
	return mongo_entry_find(s, where, parts, out, err);
}

enum status
mongo_get_volumes(struct store *base, competencia month, struct text empresa_id,
    struct text *doc, bool *found, struct error *err)
{
	const struct billing_key key = { month, empresa_id, { NULL, 0 } };
	struct mongo_entry *e;
	enum status status;

	status = find_in_month(mongo_of(base), MONGO_VOLUMETRIA, &key, &e, err);
	*found = e != NULL;
	if (e != NULL)
		*doc = e->row.doc;
	return status;
}

enum status
mongo_get_company(struct store *base, struct text empresa_id,
    struct company *out, bool *found, struct error *err)
{
	struct mongo_entry *e;
	enum status status;

	status = mongo_entry_find(
	    mongo_of(base), MONGO_EMPRESAS, &empresa_id, &e, err);
	*found = e != NULL;
	if (e != NULL)
		*out = (struct company){ .empresa_id = e->row.part[0],
			.cnpj = e->row.cnpj,
			.omie_code = e->row.omie_code,
			.doc = e->row.doc };
	return status;
}

enum status
mongo_get_consolidation(struct store *base, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_entry *e;
	enum status status;
	int word;

	status = find_in_month(s, MONGO_CONSOLIDACOES, key, &e, err);
	*found = e != NULL;
	if (e == NULL)
		return status;
	word = consolidation_status_read(e->row.status);
	*out = (struct stored_consolidation){ .key = *key,
		.status = (enum consolidation_status)word,
		.revision = e->row.revision,
		.total_cents = e->row.total_cents,
		.content = e->row.doc,
		.extra = e->row.extra,
		.has_memo = e->row.memo.len > 0 };
	return word >= 0 ? DONE : mongo_strange(s, "consolidacoes", err);
}

enum status
mongo_get_memo(struct store *base, const struct billing_key *key,
    struct text *memo, struct error *err)
{
	struct mongo_entry *e;
	enum status status;

	status =
	    find_in_month(mongo_of(base), MONGO_CONSOLIDACOES, key, &e, err);
	*memo = e != NULL ? e->row.memo : TEXT("");
	return status;
}

enum status
mongo_company_total(struct store *base, competencia month,
    struct text empresa_id, int64_t *cents, bool *found, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_group *g;
	struct mongo_entry *e;
	char text[COMPETENCIA_TEXT];
	struct text parts[2] = { { 0 }, empresa_id };
	enum status status;

	*found = false;
	*cents = 0;
	competencia_format(month, text);
	parts[0] = text_of(text);
	status = mongo_group_find(s, MONGO_CONSOLIDACOES, parts, &g, err);
	for (e = status == DONE ? g->entries : NULL; e != NULL; e = e->next) {
		if (!mongo_is_there(e))
			continue;
		*found = true;
		*cents += e->row.total_cents;
	}
	return status;
}

enum status
mongo_get_contract(struct store *base, const struct billing_key *key,
    struct stored_contract *out, bool *found, struct error *err)
{
	struct mongo_entry *e;
	enum status status;

	status = find_in_month(mongo_of(base), MONGO_CONTRATOS, key, &e, err);
	*found = e != NULL;
	if (e != NULL)
		*out = (struct stored_contract){ .key = *key,
			.code = e->row.code,
			.nCodCtr = e->row.nCodCtr,
			.total_cents = e->row.total_cents,
			.doc = e->row.doc };
	return status;
}

/* ------------------------------------------------------------- proposals */

static int
by_number_and_start(const void *left, const void *right)
{
	const struct mongo_row *a = &(*(struct mongo_entry *const *)left)->row;
	const struct mongo_row *b = &(*(struct mongo_entry *const *)right)->row;
	int order = text_order(a->part[1], b->part[1]);

	return order != 0 ? order : text_order(a->part[2], b->part[2]);
}

/* Those of the company, of one number ({NULL,0}: of any), in order. */
static enum status
give_proposals(struct mongo_store *s, struct text empresa_id,
    struct text number, store_doc_fn each, void *ctx, struct error *err)
{
	struct mongo_group *g;
	struct mongo_entry *e, **sorted;
	size_t count = 0, i;
	enum status status;

	status = mongo_group_find(s, MONGO_PROPOSTAS, &empresa_id, &g, err);
	if (status != DONE)
		return status;
	for (e = g->entries; e != NULL; e = e->next)
		count++;
	sorted =
	    arena_alloc(&s->texts, (count + 1) * sizeof(struct mongo_entry *));
	for (count = 0, e = g->entries; e != NULL; e = e->next)
		if (mongo_is_there(e) &&
		    (number.at == NULL || text_same(e->row.part[1], number)))
			sorted[count++] = e;
	qsort(sorted, count, sizeof(struct mongo_entry *), by_number_and_start);
	for (i = 0; status == DONE && i < count; i++)
		status = each(sorted[i]->row.doc, ctx, err);
	return status;
}

enum status
mongo_each_proposal(struct store *base, struct text empresa_id,
    store_doc_fn each, void *ctx, struct error *err)
{
	return give_proposals(mongo_of(base), empresa_id,
	    (struct text){ NULL, 0 }, each, ctx, err);
}

struct versions {
	store_doc_fn each;
	void *ctx;
};

static enum status
give_replaced(const bson_t *doc, void *ctx, struct error *err)
{
	struct versions *v = ctx;

	return v->each(mongo_text(doc, "registro"), v->ctx, err);
}

enum status
mongo_each_version(struct store *base, struct text empresa_id,
    struct text number, store_doc_fn each, void *ctx, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct versions v = { each, ctx };
	const struct mongo_old *old;
	bson_t filter = BSON_INITIALIZER;
	enum status status;

	mongo_add_text(&filter, "empresaId", empresa_id);
	mongo_add_text(&filter, "numeroProposta", number);
	status = give_proposals(s, empresa_id, number, each, ctx, err);
	for (old = s->replaced; status == DONE && old != NULL; old = old->next)
		if (text_same(old->empresa_id, empresa_id) &&
		    text_same(old->number, number))
			status = each(old->doc, ctx, err);
	if (status == DONE)
		status = mongo_find_each(s, MONGO_PROPOSTAS_ANTIGAS, &filter,
		    NULL, give_replaced, &v, err);
	bson_destroy(&filter);
	return status;
}
