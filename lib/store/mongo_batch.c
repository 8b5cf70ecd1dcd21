/*
 * A batch in memory: what was read of its companies, and what is to be there
 * when it ends. A server is far away, so a batch asks once for all of its
 * companies (store_expect) and writes once. Nobody is locked out meanwhile:
 * each document is changed only while the mark of its last writer is the one
 * that was read, and where it isn't, and says something else, the batch fails
 * and is to be run again.
 */
#include <string.h>

#include "store/mongo.h"

/* ------------------------------------------------------------- the batch */

static void
forget(struct mongo_store *s)
{
	int i;

	if (!s->used)
		return;
	memset(s->buckets, 0, sizeof(s->buckets));
	for (i = 0; i < MONGO_KEPT; i++) {
		s->wanted[i] = NULL;
		s->wanted_entries[i] = NULL;
		s->dirty[i] = NULL;
		s->dirty_end[i] = NULL;
	}
	s->replaced = NULL;
	s->used = false;
	arena_reset(&s->texts);
}

void
mongo_forget(struct mongo_store *s)
{
	if (!s->base.in_batch)
		forget(s);
}

enum status
mongo_begin(struct store *base, struct error *err)
{
	(void)base;
	(void)err;
	return DONE; /* what was expected before it stays expected */
}

void
mongo_rollback(struct store *base)
{
	forget(mongo_of(base));
}

/*
 * Who has proposals in memory asks by these marks whether they are still true
 * (store_changed): `antes` is set before proposals are written, `depois` after.
 * While they differ somebody is at it, or died at it.
 */
static enum status
mark_proposals(struct mongo_store *s, const char *member,
    const bson_oid_t *change, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER, set;
	bson_oid_t mark;
	bool done;
	enum status status;

	bson_oid_init(&mark, NULL);
	mongo_add_text(&filter, "_id", TEXT("propostas"));
	bson_append_document_begin(&update, "$set", -1, &set);
	bson_append_oid(&set, member, -1, change);
	bson_append_oid(&set, "escrita", -1, &mark);
	bson_append_document_end(&update, &set);
	status = mongo_update(s, MONGO_COMUNS, TEXT("propostas"), &filter,
	    &update, true, &mark, &done, err);
	bson_destroy(&update);
	bson_destroy(&filter);
	return status;
}

/* Before what takes their place. Their _id tells their content, so the same
 * again is there already. */
static enum status
write_replaced(struct mongo_store *s, struct error *err)
{
	const struct mongo_old *old;
	bson_oid_t mark;
	bool taken;
	enum status status = DONE;

	bson_oid_init(&mark, NULL);
	for (old = s->replaced; status == DONE && old != NULL;
	     old = old->next) {
		bson_t doc = BSON_INITIALIZER;
		mongo_add_text(&doc, "_id", old->id);
		mongo_add_text(&doc, "empresaId", old->empresa_id);
		mongo_add_text(&doc, "numeroProposta", old->number);
		mongo_add_text(&doc, "registro", old->doc);
		mongo_add_date(&doc, "trocado", clock_now(s->base.clock));
		bson_append_oid(&doc, "escrita", -1, &mark);
		status = mongo_insert(
		    s, MONGO_PROPOSTAS_ANTIGAS, &doc, &mark, &taken, err);
		bson_destroy(&doc);
	}
	return status;
}

/* Proposals first: what they price refers to them. What was refused in the
 * middle stays written, and is the same when it is written again. */
enum status
mongo_commit(struct store *base, struct error *err)
{
	static const enum mongo_place ORDER[] = { MONGO_EMPRESAS,
		MONGO_PROPOSTAS, MONGO_VOLUMETRIA, MONGO_CONSOLIDACOES,
		MONGO_CONTRATOS };
	struct mongo_store *s = mongo_of(base);
	enum status status = DONE;
	bson_oid_t change;
	size_t i;

	bson_oid_init(&change, NULL);
	if (s->dirty[MONGO_PROPOSTAS] != NULL &&
	    ((status = mark_proposals(s, "antes", &change, err)) != DONE ||
		(status = write_replaced(s, err)) != DONE))
		goto done;
	for (i = 0; status == DONE && i < sizeof(ORDER) / sizeof(ORDER[0]); i++)
		status = mongo_write_dirty(s, ORDER[i], err);
	if (status == DONE && s->dirty[MONGO_PROPOSTAS] != NULL)
		status = mark_proposals(s, "depois", &change, err);
done:
	forget(s);
	return status;
}

/* What this process changes counts too: it costs one question more. */
enum status
mongo_changed(struct store *base, bool *by_others, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	bson_t filter = BSON_INITIALIZER, doc;
	bson_oid_t before, after;
	bool found, quiet;
	enum status status;

	mongo_add_text(&filter, "_id", TEXT("propostas"));
	status =
	    mongo_find_one(s, MONGO_COMUNS, &filter, NULL, &doc, &found, err);
	/* A store without the document has no proposals, as far as is known. */
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	if (found) {
		mongo_mark(&doc, "antes", &before);
		mongo_mark(&doc, "depois", &after);
	}
	quiet = bson_oid_equal(&before, &after);
	*by_others =
	    !s->asked || !quiet || !bson_oid_equal(&after, &s->version);
	s->version = after;
	s->asked = status == DONE;
	bson_destroy(&doc);
	bson_destroy(&filter);
	return status;
}

/* --------------------------------------------------------------- putting */

void
mongo_make_dirty(
    struct mongo_store *s, enum mongo_place where, struct mongo_entry *e)
{
	if (e->dirty)
		return;
	e->dirty = true;
	e->next_dirty = NULL;
	if (s->dirty_end[where] == NULL)
		s->dirty_end[where] = &s->dirty[where];
	*s->dirty_end[where] = e;
	s->dirty_end[where] = &e->next_dirty;
}

/* Its texts stay where they are; those that are the same need no copy. */
static struct mongo_row
keep_row(struct mongo_store *s, const struct mongo_row *row)
{
	struct mongo_row kept = *row;
	struct text *texts[] = { &kept.part[0], &kept.part[1], &kept.part[2],
		&kept.doc, &kept.extra, &kept.memo, &kept.status, &kept.code,
		&kept.until, &kept.cnpj };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_text(&s->texts, *texts[i]);
	return kept;
}

/* The server's ceiling, less what stands beside the texts. */
static enum status
check_size(const struct mongo_row *row, struct error *err)
{
	static const size_t MOST = (16u << 20) - (64u << 10);

	if (row->doc.len + row->extra.len + row->memo.len <= MOST)
		return DONE;
	reject(err, "registro_grande",
	    "the record is longer than the 16 MB that a document of MongoDB "
	    "may have");
	error_advise(err, "split it, or store it in SQLite");
	return SOME_REJECTED;
}

enum status
mongo_put(struct mongo_store *s, enum mongo_place where,
    const struct mongo_row *row, struct mongo_entry **entry, bool *changes,
    struct error *err)
{
	struct mongo_entry *e;
	enum status status;

	*changes = false;
	if ((status = check_size(row, err)) != DONE ||
	    (status = mongo_resolve(s, where, row->part, &e, err)) != DONE)
		return status;
	*entry = e;
	if (mongo_is_there(e) &&
	    mongo_row_same(&MONGO_SHAPES[where], &e->row, row))
		return DONE;
	*changes = true;
	e->row = keep_row(s, row);
	mongo_make_dirty(s, where, e);
	return DONE;
}
