/* What the MongoDB backend stores: the same again writes nothing. */
#include "store/mongo.h"

/* The month as text that lives as long as the batch. */
static struct text
month_text(struct mongo_store *s, competencia month)
{
	char text[COMPETENCIA_TEXT];

	competencia_format(month, text);
	return arena_text(&s->texts, text_of(text));
}

static void
set_key(
    struct mongo_store *s, struct mongo_row *row, const struct billing_key *key)
{
	row->part[0] = month_text(s, key->month);
	row->part[1] = key->empresa_id;
	row->part[2] = key->proposta;
}

static enum status
put(struct mongo_store *s, enum mongo_place where, const struct mongo_row *row,
    struct error *err)
{
	struct mongo_entry *entry;
	bool changes;

	return mongo_put(s, where, row, &entry, &changes, err);
}

enum status
mongo_put_volumes(struct store *base, competencia month, struct text empresa_id,
    struct text doc, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_row row = { .doc = doc };

	row.part[0] = month_text(s, month);
	row.part[1] = empresa_id;
	return put(s, MONGO_VOLUMETRIA, &row, err);
}

enum status
mongo_put_company(
    struct store *base, const struct company *c, struct error *err)
{
	struct mongo_row row = { .part = { c->empresa_id },
		.cnpj = c->cnpj,
		.omie_code = c->omie_code,
		.doc = c->doc };

	return put(mongo_of(base), MONGO_EMPRESAS, &row, err);
}

enum status
mongo_put_contract(
    struct store *base, const struct stored_contract *c, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_row row = { .code = c->code,
		.nCodCtr = c->nCodCtr,
		.total_cents = c->total_cents,
		.doc = c->doc };

	set_key(s, &row, &c->key);
	return put(s, MONGO_CONTRATOS, &row, err);
}

/* ------------------------------------------------------------- proposals */

/* What a proposal was, for the memos of what it priced. */
static void
keep_replaced(struct mongo_store *s, const struct mongo_row *was)
{
	struct mongo_old *old = arena_alloc(&s->texts, sizeof(*old));
	char hash[HASH_TEXT];
	struct text parts[4] = { was->part[0], was->part[1], was->part[2] };

	hash_text(was->doc, hash);
	parts[3] = (struct text){ hash, 16 };
	*old = (struct mongo_old){ .next = s->replaced,
		.id = mongo_id(&s->texts, parts, 4),
		.empresa_id = was->part[0],
		.number = was->part[1],
		.doc = was->doc };
	s->replaced = old;
}

enum status
mongo_put_proposal(
    struct store *base, const struct stored_proposal *p, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_entry *known, *entry;
	struct mongo_row row, was;
	char from[DAY_TEXT], until[DAY_TEXT];
	bool changes;
	enum status status;

	day_format(p->from, from);
	day_format(p->until, until);
	row = (struct mongo_row){ .part = { p->empresa_id, p->number,
				      text_of(from) },
		.until = text_of(until),
		.doc = p->doc };
	status = mongo_entry_find(s, MONGO_PROPOSTAS, row.part, &known, err);
	if (status != DONE)
		return status;
	if (known != NULL)
		was = known->row;
	status = mongo_put(s, MONGO_PROPOSTAS, &row, &entry, &changes, err);
	if (status == DONE && known != NULL && !text_same(was.doc, p->doc))
		keep_replaced(s, &was);
	return status;
}

/* -------------------------------------------------------- consolidations */

static struct mongo_row
row_of(struct mongo_store *s, const struct stored_consolidation *c,
    const struct mongo_entry *known)
{
	struct mongo_row row = { .status = text_of(
				     consolidation_status_name(c->status)),
		.revision = c->revision,
		.total_cents = c->total_cents,
		.doc = c->content,
		.extra = c->extra,
		.memo = c->memo };

	set_key(s, &row, &c->key);
	if (c->memo.at == NULL)
		row.memo = known != NULL ? known->row.memo : TEXT("");
	return row;
}

/* A line of history, from a status to another; a new one has none to come
 * from. */
static void
add_note(struct mongo_store *s, struct mongo_entry *e, struct text from,
    const struct stored_consolidation *c, const char *why)
{
	struct mongo_note *note = arena_alloc(&s->texts, sizeof(*note));
	struct mongo_note **end = &e->notes;

	*note = (struct mongo_note){ .from = arena_text(&s->texts, from),
		.to = text_of(consolidation_status_name(c->status)),
		.request_id = arena_text(&s->texts, store_request_id(&s->base)),
		.why = arena_text(&s->texts, text_of(why != NULL ? why : "")),
		.revision = c->revision,
		.at = clock_now(s->base.clock) };
	while (*end != NULL)
		end = &(*end)->next;
	*end = note;
	mongo_make_dirty(s, MONGO_CONSOLIDACOES, e);
}

enum status
mongo_put_consolidation(struct store *base,
    const struct stored_consolidation *c, const char *why, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_row row = { 0 };
	struct text from = TEXT("");
	struct mongo_entry *known, *entry;
	bool changes, moved;
	enum status status;

	set_key(s, &row, &c->key);
	status =
	    mongo_entry_find(s, MONGO_CONSOLIDACOES, row.part, &known, err);
	if (status != DONE)
		return status;
	row = row_of(s, c, known);
	moved = known != NULL &&
	    (!text_same(known->row.status, row.status) ||
		known->row.revision != row.revision);
	if (known != NULL)
		from = known->row.status;
	status = mongo_put(s, MONGO_CONSOLIDACOES, &row, &entry, &changes, err);
	if (status == DONE && (moved || c->noted))
		add_note(s, entry, from, c, why);
	return status;
}

enum status
mongo_put_memo(struct store *base, const struct billing_key *key,
    struct text memo, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_row row = { 0 };
	struct mongo_entry *known;
	enum status status;

	set_key(s, &row, key);
	status =
	    mongo_entry_find(s, MONGO_CONSOLIDACOES, row.part, &known, err);
	if (status != DONE || known == NULL)
		return status;
	row = known->row;
	row.memo = memo;
	return put(s, MONGO_CONSOLIDACOES, &row, err);
}
