#include "store/migrate.h"

#include <stdlib.h>

#include "store/migrate_doc.h"
#include "store/migrate_keys.h"

struct migration {
	struct store *s;
	bool apply;
	migration_fn each;
	void *ctx;
	struct migration_sum *sum;
	struct migration_keys keys; /* of all documents of the kind */
	struct migration_reader reader;
	struct arena arena;
	struct earlier_doc docs[EARLIER_PAGE];
	struct migration_item items[EARLIER_PAGE];
	size_t count;
	struct buf line;
};

static enum status
next_page(
    struct migration *m, enum store_kind kind, bool first, struct error *err)
{
	enum status status =
	    m->s->ops->earlier_page(m->s, kind, first, m->docs, &m->count, err);
	size_t i;

	arena_reset(&m->arena);
	for (i = 0; status == DONE && i < m->count; i++)
		migration_read(&m->reader, kind, &m->docs[i], &m->items[i]);
	return status;
}

static void
end_page(struct migration *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		earlier_notes_clear(&m->items[i].notes);
	m->count = 0;
}

/* Two documents of one key may be far apart, so all are looked at first. */
static enum status
gather_keys(struct migration *m, enum store_kind kind, struct error *err)
{
	enum status status;
	bool first = true;
	size_t i;

	migration_keys_reset(&m->keys);
	while (
	    (status = next_page(m, kind, first, err)) == DONE && m->count > 0) {
		for (i = 0; i < m->count; i++)
			if (m->items[i].key.len > 0)
				migration_keys_add(
				    &m->keys, m->items[i].key, m->items[i].id);
		end_page(m);
		first = false;
	}
	migration_keys_sort(&m->keys);
	return status;
}

/* -------------------------------------------------------------- comparison */

/* A contract that is stored without its bill is another one's, unless another
 * run has stored both since the bill was looked for. */
static enum status
find_contract(struct migration *m, const struct migration_item *item,
    bool *found, struct error *err)
{
	struct stored_contract contract;
	enum status status =
	    store_get_contract(m->s, &item->bill.c.key, &contract, found, err);

	if (status == DONE && *found)
		*found = !text_same(contract.doc, item->contract);
	return status;
}

static enum status
find_stored(struct migration *m, struct migration_item *item, bool *found,
    bool *same, struct error *err)
{
	struct stored_consolidation bill;
	struct company company;
	enum status status;

	*same = false;
	if (item->kind == STORE_COMPANIES) {
		status = store_get_company(
		    m->s, item->company.empresa_id, &company, found, err);
		if (status == DONE && *found)
			*same = text_same(company.doc, item->company.doc);
		return status;
	}
	status =
	    store_get_consolidation(m->s, &item->bill.c.key, &bill, found, err);
	if (status != DONE)
		return status;
	if (!*found)
		return find_contract(m, item, found, err);
	*same = migration_is_same_bill(item, &bill);
	return DONE;
}

/* What it becomes may be there: by a run that was killed, or is at work beside
 * this one; or of itself, and then two are one bill. */
static enum status
compare(struct migration *m, size_t i, struct error *err)
{
	struct migration_item *item = &m->items[i];
	bool found, same, aside = false, there = true;
	enum status status;

	if ((status = find_stored(m, item, &found, &same, err)) != DONE ||
	    !found)
		return status;
	status = m->s->ops->earlier_is_aside(m->s, i, &aside, err);
	if (status == DONE && aside && !same)
		status = m->s->ops->earlier_is_there(m->s, i, &there, err);
	if (status != DONE)
		return status;
	item->there_already = same && aside;
	item->passed = !there;
	if (!item->there_already && !item->passed)
		earlier_fault(&item->notes, "_id",
		    "what has its key is in the store already, from elsewhere");
	return DONE;
}

static void
expect(struct migration *m, const struct migration_item *item)
{
	struct store_expected what = { .kind = item->kind,
		.empresa_id = item->company.empresa_id };

	if (item->kind == STORE_CONSOLIDATIONS) {
		what.month = item->bill.c.key.month;
		what.empresa_id = item->bill.c.key.empresa_id;
		what.proposta = item->bill.c.key.proposta;
	}
	store_expect(m->s, &what);
}

static enum status
judge_page(struct migration *m, struct error *err)
{
	enum status status = DONE;
	size_t i;

	for (i = 0; i < m->count; i++) {
		struct migration_item *item = &m->items[i];
		if (item->key.len > 0)
			migration_keys_check(
			    &m->keys, item->key, item->id, &item->notes);
		if (m->apply && !earlier_is_refused(&item->notes))
			expect(m, item);
	}
	for (i = 0; status == DONE && i < m->count; i++)
		if (!earlier_is_refused(&m->items[i].notes))
			status = compare(m, i, err);
	return status;
}

/* ----------------------------------------------------------------- applying */

static enum status
put_one(struct migration *m, size_t i, struct error *err)
{
	struct migration_item *item = &m->items[i];
	enum status status;

	if (earlier_is_refused(&item->notes) || item->passed)
		return DONE;
	if ((status = m->s->ops->earlier_put_aside(m->s, i, err)) == DONE)
		status = migration_put(m->s, item, err);
	if (status != SOME_REJECTED)
		return status;
	earlier_fault(&item->notes, "_id", "%s", err->text);
	return DONE;
}

static enum status
put_page(struct migration *m, struct error *err)
{
	enum status status;
	size_t i;

	if ((status = store_begin(m->s, err)) != DONE)
		return status;
	status = judge_page(m, err);
	for (i = 0; status == DONE && i < m->count; i++)
		status = put_one(m, i, err);
	if (status == DONE)
		return store_commit(m->s, err);
	store_rollback(m->s);
	return status;
}

/* Last of all: what it became is durable. */
static enum status
finish_one(struct migration *m, size_t i, struct error *err)
{
	struct migration_item *item = &m->items[i];
	bool refused = earlier_is_refused(&item->notes);
	enum status status;

	if (item->passed)
		return DONE;
	if (m->apply && !refused &&
	    (status = m->s->ops->earlier_take_away(m->s, i, err)) != DONE)
		return status;
	m->sum->refused += refused;
	m->sum->taken += !refused;
	m->sum->billed += !refused && item->bill.billed;
	if (!refused)
		m->sum->cents += item->bill.c.total_cents;
	buf_reset(&m->line);
	migration_write(&m->line, item,
	    refused	   ? "recusado"
		: m->apply ? "migrado"
			   : "migrar");
	return m->each(buf_text(&m->line), refused, m->ctx, err);
}

static enum status
walk(struct migration *m, enum store_kind kind, struct error *err)
{
	enum status status = gather_keys(m, kind, err);
	bool first = true;
	size_t i;

	while (status == DONE &&
	    (status = next_page(m, kind, first, err)) == DONE && m->count > 0) {
		status = m->apply ? put_page(m, err) : judge_page(m, err);
		for (i = 0; status == DONE && i < m->count; i++)
			status = finish_one(m, i, err);
		end_page(m);
		first = false;
	}
	end_page(m);
	return status;
}

enum status
store_migrate(struct store *s, bool apply, struct day today, migration_fn each,
    void *ctx, struct migration_sum *sum, struct error *err)
{
	struct migration *m;
	enum status status;

	*sum = (struct migration_sum){ 0 };
	if (s->ops->earlier_page == NULL)
		return fail(err, BAD_USAGE,
		    "--migrate: the earlier functions stored nothing in this "
		    "kind of store");
	m = mem_zalloc(sizeof(*m));
	m->s = s;
	m->apply = apply;
	m->each = each;
	m->ctx = ctx;
	m->sum = sum;
	m->reader = (struct migration_reader){
		.rec = record_new(), .arena = &m->arena, .today = today
	};
	if ((status = walk(m, STORE_COMPANIES, err)) == DONE)
		status = walk(m, STORE_CONSOLIDATIONS, err);
	migration_keys_clear(&m->keys);
	arena_clear(&m->arena);
	buf_clear(&m->line);
	buf_clear(&m->reader.text);
	record_free(m->reader.rec);
	free(m);
	return status;
}
