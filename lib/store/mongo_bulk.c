/*
 * Writing what a batch changed: bulks of at most 500 documents or 4 MB, each
 * document guarded by the mark of its last writer. After an unclear answer the
 * same bulk goes again: what is there already is recognised by our own mark.
 */
#include <stdlib.h>
#include <string.h>

#include "store/mongo.h"

enum { MOST_DOCUMENTS = 500, MOST_BYTES = 4 << 20, MOST_REFUSALS = 10 };

struct piece {
	struct mongo_store *s;
	enum mongo_place where;
	bson_oid_t mark;
	struct mongo_entry *entries[MOST_DOCUMENTS];
	bool there[MOST_DOCUMENTS]; /* written before, by us */
	bool other[MOST_DOCUMENTS]; /* by somebody else, with other words */
	bool same[MOST_DOCUMENTS];  /* by somebody else, with the same */
	size_t count;
};

/* ----------------------------------------------------------- operations */

static void
add_note(bson_t *list, uint32_t place, const struct mongo_note *n)
{
	const char *index;
	char room[16];
	bson_t note;

	bson_uint32_to_string(place, &index, room, sizeof(room));
	bson_append_document_begin(list, index, -1, &note);
	mongo_add_text(&note, "de", n->from);
	mongo_add_text(&note, "para", n->to);
	mongo_add_number(&note, "revisao", n->revision);
	mongo_add_date(&note, "quando", n->at);
	mongo_add_text(&note, "requestId", n->request_id);
	mongo_add_text(&note, "motivo", n->why);
	bson_append_document_end(list, &note);
}

static void
add_notes(bson_t *doc, const char *name, const struct mongo_note *n)
{
	bson_t list;
	uint32_t place = 0;

	bson_append_array_begin(doc, name, -1, &list);
	for (; n != NULL; n = n->next)
		add_note(&list, place++, n);
	bson_append_array_end(doc, &list);
}

static bool
insert_new(struct piece *p, mongoc_bulk_operation_t *bulk,
    const struct mongo_entry *e, bson_error_t *error)
{
	struct mongo_store *s = p->s;
	instant_ms now = clock_now(s->base.clock);
	bson_t doc = BSON_INITIALIZER;
	bool well;

	mongo_add_text(&doc, "_id", e->id);
	mongo_parts_write(&MONGO_SHAPES[p->where], e->row.part, &doc);
	mongo_row_write(s, p->where, &e->row, &doc);
	if (p->where == MONGO_CONSOLIDACOES)
		add_notes(&doc, "historico", e->notes);
	mongo_add_date(&doc, "criado", now);
	mongo_add_date(&doc, "alterado", now);
	bson_append_oid(&doc, "escrita", -1, &p->mark);
	well = mongoc_bulk_operation_insert_with_opts(bulk, &doc, NULL, error);
	bson_destroy(&doc);
	return well;
}

static void
build_filter(bson_t *filter, struct text id, const bson_oid_t *mark)
{
	mongo_add_text(filter, "_id", id);
	bson_append_oid(filter, "escrita", -1, mark);
}

static void
build_change(struct piece *p, const struct mongo_entry *e, bson_t *change)
{
	bson_t set, push, each;

	bson_append_document_begin(change, "$set", -1, &set);
	mongo_row_write(p->s, p->where, &e->row, &set);
	mongo_add_date(&set, "alterado", clock_now(p->s->base.clock));
	bson_append_oid(&set, "escrita", -1, &p->mark);
	bson_append_document_end(change, &set);
	if (e->notes == NULL)
		return;
	bson_append_document_begin(change, "$push", -1, &push);
	bson_append_document_begin(&push, "historico", -1, &each);
	add_notes(&each, "$each", e->notes);
	bson_append_document_end(&push, &each);
	bson_append_document_end(change, &push);
}

/* Changes nothing, but is acknowledged by a majority only when all before it
 * is. */
static void
build_touch(struct piece *p, bson_t *change)
{
	bson_t set;

	bson_append_document_begin(change, "$set", -1, &set);
	bson_append_oid(&set, "escrita", -1, &p->mark);
	bson_append_document_end(change, &set);
}

static bool
add_operation(struct piece *p, mongoc_bulk_operation_t *bulk, size_t i,
    bson_error_t *error)
{
	const struct mongo_entry *e = p->entries[i];
	bson_t filter = BSON_INITIALIZER, change = BSON_INITIALIZER;
	bool well;

	if (!e->exists && !p->there[i])
		return insert_new(p, bulk, e, error);
	build_filter(&filter, e->id, p->there[i] ? &p->mark : &e->seen);
	if (p->there[i])
		build_touch(p, &change);
	else
		build_change(p, e, &change);
	well = mongoc_bulk_operation_update_one_with_opts(
	    bulk, &filter, &change, NULL, error);
	bson_destroy(&change);
	bson_destroy(&filter);
	return well;
}

/* ------------------------------------------------------------- one attempt */

enum verdict {
	ALL_THERE,
	SOME_REFUSED, /* somebody was faster, or a mark is another one */
	FAILED	      /* `error` says how */
};

/* The first error of the server that is no duplicate, or false. */
static bool
other_error(const bson_t *reply, uint32_t *code)
{
	bson_iter_t it, item;
	const uint8_t *data;
	uint32_t len;
	bson_t one;

	if (!bson_iter_init_find(&it, reply, "writeErrors") ||
	    !bson_iter_recurse(&it, &item))
		return false;
	while (bson_iter_next(&item)) {
		if (!BSON_ITER_HOLDS_DOCUMENT(&item))
			continue;
		bson_iter_document(&item, &len, &data);
		if (!bson_init_static(&one, data, len))
			continue;
		*code = (uint32_t)mongo_number(&one, "code");
		if (*code != MONGOC_ERROR_DUPLICATE_KEY)
			return true;
	}
	return false;
}

static bool
has_concern(const bson_t *reply)
{
	bson_iter_t it, item;

	return bson_iter_init_find(&it, reply, "writeConcernErrors") &&
	    bson_iter_recurse(&it, &item) && bson_iter_next(&item);
}

static enum verdict
judge(bool well, size_t asked, const bson_t *reply, bson_error_t *e)
{
	size_t there = (size_t)(mongo_number(reply, "nInserted") +
	    mongo_number(reply, "nMatched"));
	uint32_t code;

	if (well)
		return there == asked ? ALL_THERE : SOME_REFUSED;
	if (other_error(reply, &code)) {
		bson_set_error(e, MONGOC_ERROR_SERVER, code, "refused");
		return FAILED;
	}
	if (has_concern(reply) || e->code != MONGOC_ERROR_DUPLICATE_KEY)
		return FAILED;
	return SOME_REFUSED;
}

/* `*again`: a failure that may pass, after the wait for it. */
static enum verdict
attempt(struct piece *p, struct mongo_patience *patience, bool *again,
    bson_error_t *error)
{
	bson_t opts = BSON_INITIALIZER, reply;
	mongoc_bulk_operation_t *bulk;
	enum verdict verdict;
	size_t i, asked = 0;
	bool well = true;

	bson_append_bool(&opts, "ordered", -1, false);
	bulk = mongoc_collection_create_bulk_operation_with_opts(
	    p->s->collections[p->where], &opts);
	bson_destroy(&opts);
	for (i = 0; well && i < p->count; i++) {
		if (p->same[i])
			continue;
		well = add_operation(p, bulk, i, error);
		asked++;
	}
	*again = false;
	if (!well || asked == 0) {
		mongoc_bulk_operation_destroy(bulk);
		return well ? ALL_THERE : FAILED;
	}
	well = mongoc_bulk_operation_execute(bulk, &reply, error) != 0;
	verdict = judge(well, asked, &reply, error);
	if (verdict == FAILED)
		*again = mongo_again(p->s, patience, error, &reply);
	bson_destroy(&reply);
	mongoc_bulk_operation_destroy(bulk);
	return verdict;
}

/* --------------------------------------------------- what is really there */

static struct mongo_entry *const *
find_entry(const struct piece *p, struct text id)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (text_same(p->entries[i]->id, id))
			return &p->entries[i];
	return NULL;
}

static enum status
look_at(const bson_t *doc, void *ctx, struct error *err)
{
	struct piece *p = ctx;
	const struct mongo_shape *shape = &MONGO_SHAPES[p->where];
	struct mongo_entry *const *at = find_entry(p, mongo_text(doc, "_id"));
	struct mongo_row row;
	bson_oid_t mark;
	bool untouched;
	size_t i;

	if (at == NULL)
		return DONE;
	i = (size_t)(at - p->entries);
	if (!mongo_mark(doc, "escrita", &mark) ||
	    !mongo_row_read(&p->s->texts, shape, doc, &row))
		return mongo_strange(p->s, MONGO_NAMES[p->where], err);
	p->there[i] = bson_oid_equal(&mark, &p->mark);
	/* As it was read: the change, of its history alone perhaps, is yet to
	 * come. */
	untouched = (*at)->exists && bson_oid_equal(&mark, &(*at)->seen);
	p->same[i] = !p->there[i] && !untouched &&
	    mongo_row_same(shape, &row, &(*at)->row);
	p->other[i] = !p->there[i] && !untouched && !p->same[i];
	return DONE;
}

static enum status
look(struct piece *p, struct error *err)
{
	bson_t filter = BSON_INITIALIZER;
	struct mongo_in in;
	enum status status;
	size_t i;

	mongo_begin_in(&in, &filter, "_id");
	for (i = 0; i < p->count; i++) {
		mongo_add_in(&in, p->entries[i]->id);
		p->there[i] = p->same[i] = false;
		/* One that was there and is not any more. */
		p->other[i] = p->entries[i]->exists;
	}
	mongo_end_in(&in, &filter);
	status =
	    mongo_find_each(p->s, p->where, &filter, NULL, look_at, p, err);
	bson_destroy(&filter);
	return status;
}

/* Decided by what was there before: decide again. */
static enum status
refuse_conflict(const struct piece *p, struct error *err)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->other[i])
			return fail(err, TRY_LATER,
			    "%.200s: %s %.*s was changed by another process "
			    "meanwhile: run again",
			    p->s->place, MONGO_NAMES[p->where],
			    (int)p->entries[i]->id.len, p->entries[i]->id.at);
	return DONE;
}

static enum status
write_piece(struct piece *p, struct error *err)
{
	struct mongo_patience patience = { 0 };
	bson_error_t error;
	enum verdict verdict;
	enum status status;
	int refused = 0;
	bool again;

	bson_oid_init(&p->mark, NULL);
	while ((verdict = attempt(p, &patience, &again, &error)) != ALL_THERE) {
		if (verdict == FAILED && !again)
			return mongo_fault(p->s, &error, "write", err);
		if (verdict == SOME_REFUSED && ++refused > MOST_REFUSALS)
			return fail(err, TRY_LATER,
			    "%.200s: other processes change %s all the time",
			    p->s->place, MONGO_NAMES[p->where]);
		if ((status = look(p, err)) != DONE ||
		    (status = refuse_conflict(p, err)) != DONE)
			return status;
	}
	return DONE;
}

/* --------------------------------------------------------------- the batch */

static size_t
size_of(const struct mongo_entry *e)
{
	/* The products stand beside the content once more. */
	return 512 + 2 * e->row.doc.len + e->row.extra.len + e->row.memo.len;
}

enum status
mongo_write_dirty(
    struct mongo_store *s, enum mongo_place where, struct error *err)
{
	struct mongo_entry *e = s->dirty[where];
	struct piece *p;
	enum status status = DONE;
	size_t bytes;

	if (e == NULL)
		return DONE;
	p = mem_alloc(sizeof(*p));
	while (status == DONE && e != NULL) {
		memset(p, 0, sizeof(*p));
		p->s = s;
		p->where = where;
		for (bytes = 0; e != NULL && p->count < MOST_DOCUMENTS &&
		     (p->count == 0 || bytes + size_of(e) <= MOST_BYTES);
		     e = e->next_dirty) {
			bytes += size_of(e);
			p->entries[p->count++] = e;
		}
		status = write_piece(p, err);
	}
	free(p);
	return status;
}
