/* insert, update, delete and findAndModify. */
#include <string.h>

#include "mongo/stub/stub.h"

struct outcome {
	int32_t n, modified;
	bson_t errors, upserted;
	uint32_t error_count, upserted_count;
};

static void
add_item(bson_t *list, uint32_t *count, bson_t *item)
{
	const char *name;
	char room[16];

	bson_uint32_to_string((*count)++, &name, room, sizeof(room));
	BSON_APPEND_DOCUMENT(list, name, item);
	bson_destroy(item);
}

static void
refuse(struct outcome *o, int index, int code, const char *text)
{
	bson_t item = BSON_INITIALIZER;

	BSON_APPEND_INT32(&item, "index", index);
	BSON_APPEND_INT32(&item, "code", code);
	BSON_APPEND_UTF8(&item, "errmsg", text);
	add_item(&o->errors, &o->error_count, &item);
}

static void
note_upsert(struct outcome *o, int index, const bson_t *doc)
{
	bson_t item = BSON_INITIALIZER;
	bson_iter_t it;

	BSON_APPEND_INT32(&item, "index", index);
	if (bson_iter_init_find(&it, doc, "_id"))
		bson_append_iter(&item, "_id", -1, &it);
	add_item(&o->upserted, &o->upserted_count, &item);
}

/* `doc` under an _id of the server's where it has none. */
static bson_t *
with_id(bson_t *doc)
{
	bson_t *out;
	bson_oid_t id;

	if (bson_has_field(doc, "_id"))
		return doc;
	out = bson_new();
	bson_oid_init(&id, NULL);
	BSON_APPEND_OID(out, "_id", &id);
	bson_concat(out, doc);
	bson_destroy(doc);
	return out;
}

static void
insert_one(
    struct collection *c, const bson_t *doc, int index, struct outcome *o)
{
	if (collection_add(c, with_id(bson_copy(doc))))
		o->n++;
	else
		refuse(o, index, CODE_DUPLICATE, "E11000 duplicate key");
}

static void
upsert_one(struct collection *c, bson_t *doc, int index, struct outcome *o)
{
	bson_t *kept = with_id(doc), *copy = bson_copy(kept);

	if (collection_add(c, kept)) {
		o->n++;
		note_upsert(o, index, copy);
	} else {
		refuse(o, index, CODE_DUPLICATE, "E11000 duplicate key");
	}
	bson_destroy(copy);
}

static void
change_one(
    struct collection *c, size_t at, bson_t *doc, int index, struct outcome *o)
{
	bool same = bson_equal(doc, c->docs[at]);

	if (collection_replace(c, at, doc)) {
		o->n++;
		o->modified += !same;
	} else {
		refuse(o, index, CODE_DUPLICATE, "E11000 duplicate key");
	}
}

static void
update_one(
    struct collection *c, const bson_t *spec, int index, struct outcome *o)
{
	bson_t filter, update;

	member_document(spec, "q", &filter);
	member_document(spec, "u", &update);
	size_t at = collection_find(c, &filter, 0);
	bool there = at < c->count;
	if (!there && member_number(spec, "upsert", 0) == 0)
		return;
	bson_t *doc =
	    change_apply(there ? c->docs[at] : NULL, &filter, &update);
	if (doc == NULL)
		refuse(o, index, CODE_BAD_VALUE, "an operator of the update");
	else if (there)
		change_one(c, at, doc, index, o);
	else
		upsert_one(c, doc, index, o);
}

static void
delete_some(struct collection *c, const bson_t *spec, struct outcome *o)
{
	bool one = member_number(spec, "limit", 0) == 1;
	bson_t filter;
	size_t at = 0;

	member_document(spec, "q", &filter);
	while ((at = collection_find(c, &filter, at)) < c->count) {
		collection_remove(c, at);
		o->n++;
		if (one)
			break;
	}
}

static void
reply_outcome(struct command *c, struct outcome *o)
{
	BSON_APPEND_INT32(c->reply, "n", o->n);
	if (c->name[0] == 'u')
		BSON_APPEND_INT32(c->reply, "nModified", o->modified);
	if (o->upserted_count > 0)
		BSON_APPEND_ARRAY(c->reply, "upserted", &o->upserted);
	if (o->error_count > 0)
		BSON_APPEND_ARRAY(c->reply, "writeErrors", &o->errors);
	bson_destroy(&o->upserted);
	bson_destroy(&o->errors);
}

void
command_write(struct command *c)
{
	struct collection *all = collection_of(c->database, c->collection);
	struct outcome o = { .errors = BSON_INITIALIZER,
		.upserted = BSON_INITIALIZER };
	struct elements list;
	bson_iter_t ordered;
	bson_t one;
	bool stops = !bson_iter_init_find(&ordered, c->doc, "ordered") ||
	    bson_iter_as_bool(&ordered);

	elements_of(&list, c->doc,
	    c->name[0] == 'i'	    ? "documents"
		: c->name[0] == 'u' ? "updates"
				    : "deletes");
	for (int i = 0; elements_next(&list, &one); i++) {
		if (i == c->duplicate)
			refuse(&o, i, CODE_DUPLICATE, "E11000 duplicate key");
		else if (c->name[0] == 'i')
			insert_one(all, &one, i, &o);
		else if (c->name[0] == 'u')
			update_one(all, &one, i, &o);
		else
			delete_some(all, &one, &o);
		if (stops && o.error_count > 0)
			break;
	}
	reply_outcome(c, &o);
}

static void
reply_value(struct command *c, const bson_t *doc)
{
	if (doc == NULL)
		BSON_APPEND_NULL(c->reply, "value");
	else
		BSON_APPEND_DOCUMENT(c->reply, "value", doc);
}

void
command_modify(struct command *c)
{
	struct collection *all = collection_of(c->database, c->collection);
	bson_iter_t it;
	bson_t filter, update;
	bool fresh = bson_iter_init_find(&it, c->doc, "new") &&
	    bson_iter_as_bool(&it),
	     upsert = bson_iter_init_find(&it, c->doc, "upsert") &&
	    bson_iter_as_bool(&it);

	member_document(c->doc, "query", &filter);
	member_document(c->doc, "update", &update);
	size_t at = collection_find(all, &filter, 0);
	bool there = at < all->count;
	if (!there && !upsert && c->duplicate != 0) {
		reply_value(c, NULL);
		return;
	}
	bson_t *before = there ? bson_copy(all->docs[at]) : NULL,
	       *doc = change_apply(before, &filter, &update);
	if (doc == NULL) {
		reply_error(c->reply, CODE_BAD_VALUE, "BadValue", false);
	} else if (c->duplicate == 0 ||
	    !(there ? collection_replace(all, at, bson_copy(doc))
		    : collection_add(all, bson_copy(doc)))) {
		reply_error(c->reply, CODE_DUPLICATE, "DuplicateKey", false);
	} else {
		reply_value(c, fresh ? doc : before);
	}
	if (doc != NULL)
		bson_destroy(doc);
	if (before != NULL)
		bson_destroy(before);
}
