/* One question, one insert, one change: asked again while failures pass. */
#include <string.h>

#include "store/mongo.h"

/* ------------------------------------------------------------- documents */

struct text
mongo_text(const bson_t *doc, const char *name)
{
	bson_iter_t it;
	uint32_t len;
	const char *at;

	if (!bson_iter_init_find(&it, doc, name) || !BSON_ITER_HOLDS_UTF8(&it))
		return TEXT("");
	at = bson_iter_utf8(&it, &len);
	return (struct text){ at, len };
}

int64_t
mongo_number(const bson_t *doc, const char *name)
{
	bson_iter_t it;

	if (!bson_iter_init_find(&it, doc, name) ||
	    !BSON_ITER_HOLDS_NUMBER(&it))
		return 0;
	return bson_iter_as_int64(&it);
}

instant_ms
mongo_date(const bson_t *doc, const char *name)
{
	bson_iter_t it;

	if (!bson_iter_init_find(&it, doc, name) ||
	    !BSON_ITER_HOLDS_DATE_TIME(&it))
		return 0;
	return bson_iter_date_time(&it);
}

bool
mongo_flag(const bson_t *doc, const char *name)
{
	bson_iter_t it;

	return bson_iter_init_find(&it, doc, name) &&
	    BSON_ITER_HOLDS_BOOL(&it) && bson_iter_bool(&it);
}

bool
mongo_mark(const bson_t *doc, const char *name, bson_oid_t *out)
{
	bson_iter_t it;

	if (!bson_iter_init_find(&it, doc, name) || !BSON_ITER_HOLDS_OID(&it))
		return false;
	bson_oid_copy(bson_iter_oid(&it), out);
	return true;
}

void
mongo_add_text(bson_t *doc, const char *name, struct text t)
{
	bson_append_utf8(doc, name, -1, t.at != NULL ? t.at : "", (int)t.len);
}

void
mongo_add_number(bson_t *doc, const char *name, int64_t n)
{
	bson_append_int64(doc, name, -1, n);
}

void
mongo_add_date(bson_t *doc, const char *name, instant_ms at)
{
	bson_append_date_time(doc, name, -1, at);
}

void
mongo_begin_in(struct mongo_in *l, bson_t *filter, const char *name)
{
	l->count = 0;
	bson_append_document_begin(filter, name, -1, &l->in);
	bson_append_array_begin(&l->in, "$in", -1, &l->list);
}

void
mongo_add_in(struct mongo_in *l, struct text t)
{
	const char *index;
	char room[16];

	bson_uint32_to_string(l->count++, &index, room, sizeof(room));
	mongo_add_text(&l->list, index, t);
}

void
mongo_end_in(struct mongo_in *l, bson_t *filter)
{
	bson_append_array_end(&l->in, &l->list);
	bson_append_document_end(filter, &l->in);
}

/* ---------------------------------------------------------------- reading */

/* More than anybody asks for at a time: but for its limit of 16 MB the server
 * answers at once, and no cursor has to outlive a connection. */
enum { IN_ONE_ANSWER = 10000 };

enum status
mongo_find_each(struct mongo_store *s, enum mongo_place where,
    const bson_t *filter, const bson_t *opts, mongo_each_fn each, void *ctx,
    struct error *err)
{
	struct mongo_patience patience = { 0 };
	bson_t whole = BSON_INITIALIZER;
	enum status status = DONE;
	mongoc_cursor_t *cursor;
	const bson_t *doc;
	bson_error_t e;
	bool failed, begun = false;

	if (opts != NULL)
		bson_concat(&whole, opts);
	bson_append_int64(&whole, "batchSize", -1, IN_ONE_ANSWER);
	do {
		cursor = mongoc_collection_find_with_opts(
		    s->collections[where], filter, &whole, NULL);
		while (status == DONE && mongoc_cursor_next(cursor, &doc)) {
			begun = true;
			status = each(doc, ctx, err);
		}
		failed = mongoc_cursor_error(cursor, &e);
		mongoc_cursor_destroy(cursor);
	} while (failed && !begun && mongo_again(s, &patience, &e, NULL));
	bson_destroy(&whole);
	return failed && status == DONE ? mongo_fault(s, &e, "read", err)
					: status;
}

struct first {
	bson_t *out;
	bool *found;
};

static enum status
keep_first(const bson_t *doc, void *ctx, struct error *err)
{
	struct first *first = ctx;

	(void)err;
	if (*first->found)
		return DONE;
	bson_destroy(first->out);
	bson_copy_to(doc, first->out);
	*first->found = true;
	return DONE;
}

enum status
mongo_find_one(struct mongo_store *s, enum mongo_place where,
    const bson_t *filter, const bson_t *opts, bson_t *out, bool *found,
    struct error *err)
{
	struct first first = { out, found };
	bson_t one = BSON_INITIALIZER;
	enum status status;

	*found = false;
	bson_init(out);
	if (opts != NULL)
		bson_concat(&one, opts);
	bson_append_int64(&one, "limit", -1, 1);
	/* Else it is a cursor that somebody has to close. */
	bson_append_bool(&one, "singleBatch", -1, true);
	status =
	    mongo_find_each(s, where, filter, &one, keep_first, &first, err);
	bson_destroy(&one);
	return status;
}

/* ---------------------------------------------------------------- writing */

enum { MOST_MADE_AT_ONCE = 100 };

/* Of one write: what became of it, as far as the reply tells. */
struct outcome {
	bool duplicate; /* 11000, and nothing else wrong */
	bool sure;	/* of a majority */
};

static struct outcome
judge(bool well, const bson_error_t *e, const bson_t *reply)
{
	struct outcome o = { 0 };
	bson_iter_t it;

	o.sure = well;
	/* By code alone; the text holds the key. */
	o.duplicate = !well && e->code == MONGOC_ERROR_DUPLICATE_KEY &&
	    !bson_iter_init_find(&it, reply, "writeConcernErrors");
	return o;
}

/* Who wrote the document last; *there false: there is none. */
static enum status
ask_mark(struct mongo_store *s, enum mongo_place where, const bson_value_t *id,
    bson_oid_t *mark, bool *there, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, doc;
	enum status status;

	bson_append_value(&filter, "_id", -1, id);
	status = mongo_find_one(s, where, &filter, NULL, &doc, there, err);
	if (status == DONE && *there && !mongo_mark(&doc, "escrita", mark))
		bson_oid_init_from_data(mark, (const uint8_t[12]){ 0 });
	bson_destroy(&doc);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_insert(struct mongo_store *s, enum mongo_place where, const bson_t *doc,
    const bson_oid_t *mark, bool *taken, struct error *err)
{
	struct mongo_patience patience = { 0 };
	bson_iter_t id;
	bson_oid_t found;
	bson_error_t e;
	bson_t reply;
	bool well, again, there, unclear = false;
	struct outcome o;
	enum status status;

	*taken = false;
	for (;;) {
		well = mongoc_collection_insert_one(
		    s->collections[where], doc, NULL, &reply, &e);
		o = judge(well, &e, &reply);
		again = !o.sure && !o.duplicate &&
		    mongo_again(s, &patience, &e, &reply);
		bson_destroy(&reply);
		if (o.sure)
			return DONE;
		if (!again && !o.duplicate)
			return mongo_fault(s, &e, "write", err);
		if (o.duplicate)
			break;
		unclear = true;
	}
	*taken = true;
	/* By whom? An answer that was lost may have been of this very one. */
	if (!unclear)
		return DONE;
	if (!bson_iter_init_find(&id, doc, "_id"))
		return DONE;
	status = ask_mark(s, where, bson_iter_value(&id), &found, &there, err);
	if (status == DONE && there && bson_oid_equal(&found, mark))
		*taken = false;
	return status;
}

static bool
update_once(struct mongo_store *s, enum mongo_place where, const bson_t *filter,
    const bson_t *update, bool upsert, bson_t *reply, bson_error_t *e)
{
	bson_t opts = BSON_INITIALIZER;
	bool well;

	bson_append_bool(&opts, "upsert", -1, upsert);
	well = mongoc_collection_update_one(
	    s->collections[where], filter, update, &opts, reply, e);
	bson_destroy(&opts);
	return well;
}

/* After an unclear answer the filter may not fit any more because the change
 * is there. */
static enum status
is_ours(struct mongo_store *s, enum mongo_place where, struct text id,
    const bson_oid_t *mark, bool *ours, struct error *err)
{
	bson_t key = BSON_INITIALIZER;
	bson_oid_t found;
	bson_iter_t it;
	bool there;
	enum status status;

	mongo_add_text(&key, "_id", id);
	bson_iter_init_find(&it, &key, "_id");
	status = ask_mark(s, where, bson_iter_value(&it), &found, &there, err);
	*ours = status == DONE && there && bson_oid_equal(&found, mark);
	bson_destroy(&key);
	return status;
}

enum status
mongo_update(struct mongo_store *s, enum mongo_place where, struct text id,
    const bson_t *filter, const bson_t *update, bool upsert,
    const bson_oid_t *mark, bool *done, struct error *err)
{
	struct mongo_patience patience = { 0 };
	bson_error_t e;
	bson_t reply;
	bool well, again, unclear = false;
	struct outcome o;
	int made = 0;

	*done = false;
	for (;;) {
		well =
		    update_once(s, where, filter, update, upsert, &reply, &e);
		o = judge(well, &e, &reply);
		again = !o.sure && !o.duplicate &&
		    mongo_again(s, &patience, &e, &reply);
		*done = o.sure &&
		    (mongo_number(&reply, "matchedCount") > 0 ||
			mongo_number(&reply, "upsertedCount") > 0);
		bson_destroy(&reply);
		/* Two made it at once: now it is there to be changed. */
		if (o.duplicate && upsert && ++made < MOST_MADE_AT_ONCE)
			continue;
		if (o.sure || o.duplicate)
			break;
		if (!again)
			return mongo_fault(s, &e, "write", err);
		unclear = true;
	}
	if (*done || !unclear)
		return DONE;
	return is_ours(s, where, id, mark, done, err);
}
