/*
 * What the earlier functions left: documents that lack the mark of ours. Each
 * is copied as it is, durably, before what it becomes is written, and taken
 * away from among ours last of all; so whoever is killed in between finds it
 * there again, and what was billed is never without a document that says so.
 */
#include <stdio.h>

#include "store/mongo.h"

enum { OBJECT_ID = 7 };

struct mongo_page {
	enum mongo_place where, aside;
	struct arena texts;
	bool begun;
	bson_oid_t last; /* of those whose _id is an ObjectId */
	bool others;	 /* they have all been given: now the rest */
	int64_t others_given;
	size_t count;
	bson_t *docs[EARLIER_PAGE];
};

/* ----------------------------------------------------------------- a page */

static void
empty(struct mongo_page *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		bson_destroy(p->docs[i]);
	p->count = 0;
	arena_reset(&p->texts);
}

void
mongo_page_free(struct mongo_page *p)
{
	if (p == NULL)
		return;
	empty(p);
	arena_clear(&p->texts);
	free(p);
}

static struct mongo_page *
page_of(struct mongo_store *s, enum store_kind kind, bool first)
{
	if (s->page == NULL)
		s->page = mem_zalloc(sizeof(*s->page));
	empty(s->page);
	if (first) {
		s->page->begun = s->page->others = false;
		s->page->others_given = 0;
		s->page->where = (enum mongo_place)kind;
		s->page->aside = kind == STORE_COMPANIES
		    ? MONGO_EMPRESAS_ANTIGAS
		    : MONGO_CONSOLIDACOES_ANTIGAS;
	}
	return s->page;
}

static enum status
keep_doc(const bson_t *doc, void *ctx, struct error *err)
{
	struct mongo_page *p = ctx;

	(void)err;
	if (p->count < EARLIER_PAGE)
		p->docs[p->count++] = bson_copy(doc);
	return DONE;
}

/* Theirs by their _id, behind the last one. */
static void
build_next(const struct mongo_page *p, bson_t *filter)
{
	bson_t id;

	bson_append_document_begin(filter, "_id", -1, &id);
	bson_append_int32(&id, "$type", -1, OBJECT_ID);
	if (p->begun)
		bson_append_oid(&id, "$gt", -1, &p->last);
	bson_append_document_end(filter, &id);
}

/* Whatever else lacks our mark. None of it is ever taken away, so it can be
 * counted off. */
static void
build_rest(const struct mongo_page *p, bson_t *filter, bson_t *opts)
{
	bson_t id, not, mark;

	bson_append_document_begin(filter, "_id", -1, &id);
	bson_append_document_begin(&id, "$not", -1, &not );
	bson_append_int32(&not, "$type", -1, OBJECT_ID);
	bson_append_document_end(&id, &not );
	bson_append_document_end(filter, &id);
	bson_append_document_begin(filter, "escrita", -1, &mark);
	bson_append_bool(&mark, "$exists", -1, false);
	bson_append_document_end(filter, &mark);
	bson_append_int64(opts, "skip", -1, p->others_given);
}

static enum status
ask(struct mongo_store *s, struct mongo_page *p, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER, sort;
	enum status status;

	if (p->others)
		build_rest(p, &filter, &opts);
	else
		build_next(p, &filter);
	bson_append_document_begin(&opts, "sort", -1, &sort);
	bson_append_int32(&sort, "_id", -1, 1);
	bson_append_document_end(&opts, &sort);
	bson_append_int64(&opts, "limit", -1, EARLIER_PAGE);
	status = mongo_find_each(s, p->where, &filter, &opts, keep_doc, p, err);
	bson_destroy(&opts);
	bson_destroy(&filter);
	return status;
}

/* Lives as long as `it`; a server gives no document without. */
static const bson_value_t *
id_of(const bson_t *doc, bson_iter_t *it)
{
	return bson_iter_init_find(it, doc, "_id") ? bson_iter_value(it) : NULL;
}

/* An ObjectId as its digits, a text as it is, anything else as JSON. */
static struct text
id_text(struct arena *a, const bson_t *doc)
{
	bson_iter_t it;
	const bson_value_t *id = id_of(doc, &it);
	bson_t alone = BSON_INITIALIZER;
	char digits[25], *json;
	struct text t = TEXT("");

	if (id == NULL)
		return t;
	if (id->value_type == BSON_TYPE_OID) {
		bson_oid_to_string(&id->value.v_oid, digits);
		return arena_text(a, text_of(digits));
	}
	if (id->value_type == BSON_TYPE_UTF8)
		return arena_text(a,
		    (struct text){
			id->value.v_utf8.str, id->value.v_utf8.len });
	bson_append_value(&alone, "_id", -1, id);
	if ((json = bson_as_relaxed_extended_json(&alone, NULL)) != NULL)
		t = arena_text(a, text_of(json));
	bson_free(json);
	bson_destroy(&alone);
	return t;
}

static void
show(struct mongo_page *p, size_t i, struct earlier_doc *out)
{
	bson_iter_t it;
	const bson_value_t *id = id_of(p->docs[i], &it);
	size_t len;
	char *json = bson_as_relaxed_extended_json(p->docs[i], &len);

	out->id = id_text(&p->texts, p->docs[i]);
	out->ours_to_move = id != NULL && id->value_type == BSON_TYPE_OID;
	out->json = (struct text){ NULL, 0 };
	if (json != NULL)
		out->json = arena_text(&p->texts, (struct text){ json, len });
	bson_free(json);
	if (out->ours_to_move) {
		bson_oid_copy(&id->value.v_oid, &p->last);
		p->begun = true;
	}
}

enum status
mongo_earlier_page(struct store *base, enum store_kind kind, bool first,
    struct earlier_doc docs[EARLIER_PAGE], size_t *count, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_page *p = page_of(s, kind, first);
	enum status status;
	size_t i;

	*count = 0;
	if (first && (status = mongo_check_earlier(s, p->where, err)) != DONE)
		return status;
	if ((status = ask(s, p, err)) != DONE)
		return status;
	if (p->count == 0 && !p->others) {
		p->others = true;
		if ((status = ask(s, p, err)) != DONE)
			return status;
	}
	if (p->others)
		p->others_given += (int64_t)p->count;
	for (i = 0; i < p->count; i++)
		show(p, i, &docs[i]);
	*count = p->count;
	return DONE;
}

/* ------------------------------------------------------------ one document */

/* As it is now in `where`, by its _id. */
static enum status
find(struct mongo_store *s, enum mongo_place where, const bson_t *doc,
    bson_t *out, bool *found, struct error *err)
{
	bson_t filter = BSON_INITIALIZER;
	bson_iter_t it;
	enum status status;

	bson_append_value(&filter, "_id", -1, id_of(doc, &it));
	status = mongo_find_one(s, where, &filter, NULL, out, found, err);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_earlier_is_aside(
    struct store *base, size_t i, bool *is, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	bson_t copy;
	enum status status =
	    find(s, s->page->aside, s->page->docs[i], &copy, is, err);

	*is = *is && bson_equal(&copy, s->page->docs[i]);
	bson_destroy(&copy);
	return status;
}

enum status
mongo_earlier_is_there(
    struct store *base, size_t i, bool *is, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	bson_t doc;
	enum status status =
	    find(s, s->page->where, s->page->docs[i], &doc, is, err);

	bson_destroy(&doc);
	return status;
}

enum status
mongo_earlier_put_aside(struct store *base, size_t i, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_page *p = s->page;
	bson_oid_t mark;
	bool taken, same;
	enum status status;

	/* A copy has no mark: it is known by being the same. */
	bson_oid_init(&mark, NULL);
	status = mongo_insert(s, p->aside, p->docs[i], &mark, &taken, err);
	if (status != DONE || !taken)
		return status;
	if ((status = mongo_earlier_is_aside(base, i, &same, err)) != DONE ||
	    same)
		return status;
	return reject(err, "duplicado",
	    "%s holds another document with this _id", MONGO_NAMES[p->aside]);
}

/* ---------------------------------------------------------------- the end */

static bool
is_plain(bson_type_t type)
{
	return type == BSON_TYPE_UTF8 || type == BSON_TYPE_INT32 ||
	    type == BSON_TYPE_INT64 || type == BSON_TYPE_DOUBLE ||
	    type == BSON_TYPE_BOOL || type == BSON_TYPE_DATE_TIME ||
	    type == BSON_TYPE_OID;
}

/* Its _id and its plain members as they were read, and no contract that wasn't
 * there: one that somebody changed meanwhile stays where it is. */
static void
build_unchanged(const bson_t *doc, bson_t *filter)
{
	static const char *const told[] = { "nCodCtr", "status" };
	bson_iter_t it;
	bson_t absent;
	size_t i;

	if (bson_iter_init(&it, doc))
		while (bson_iter_next(&it))
			if (is_plain(bson_iter_type(&it)))
				bson_append_iter(filter, NULL, 0, &it);
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (!bson_has_field(doc, told[i])) {
			bson_append_document_begin(
			    filter, told[i], -1, &absent);
			bson_append_bool(&absent, "$exists", -1, false);
			bson_append_document_end(filter, &absent);
		}
}

enum status
mongo_earlier_take_away(struct store *base, size_t i, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_page *p = s->page;
	struct mongo_patience patience = { 0 };
	bson_t filter = BSON_INITIALIZER, reply;
	bson_error_t e;
	bool well, again, there;
	int64_t gone;
	enum status status;

	build_unchanged(p->docs[i], &filter);
	do {
		well = mongoc_collection_delete_one(
		    s->collections[p->where], &filter, NULL, &reply, &e);
		again = !well && mongo_again(s, &patience, &e, &reply);
		gone = mongo_number(&reply, "deletedCount");
		bson_destroy(&reply);
	} while (again);
	bson_destroy(&filter);
	if (!well)
		return mongo_fault(s, &e, "write", err);
	if (gone > 0)
		return DONE;
	status = mongo_earlier_is_there(base, i, &there, err);
	if (status != DONE || !there)
		return status;
	return fail(err, TRY_LATER,
	    "%.200s: %s: a document of the earlier functions was changed while "
	    "it was taken over: stop them, then run again",
	    s->place, MONGO_NAMES[p->where]);
}
