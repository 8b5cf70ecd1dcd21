/* What an update makes of a document: $set, $setOnInsert, $push and whole
 * replacements. */
#include <string.h>

#include "mongo/stub/stub.h"

/* `doc` with the member `value` put in its place, or at the end. */
static bson_t *
with_member(bson_t *doc, const bson_iter_t *value)
{
	bson_t *out = bson_new();
	bson_iter_t it;
	bool there = false;
	const char *name = bson_iter_key(value);

	bson_iter_init(&it, doc);
	while (bson_iter_next(&it)) {
		bool same = strcmp(bson_iter_key(&it), name) == 0;

		bson_append_iter(
		    out, bson_iter_key(&it), -1, same ? value : &it);
		there |= same;
	}
	if (!there)
		bson_append_iter(out, name, -1, value);
	bson_destroy(doc);
	return out;
}

static void
append_items(bson_t *list, uint32_t *count, const bson_iter_t *from)
{
	bson_iter_t it;
	const char *name;
	char room[16];

	if (!bson_iter_recurse(from, &it))
		return;
	while (bson_iter_next(&it)) {
		bson_uint32_to_string((*count)++, &name, room, sizeof(room));
		bson_append_iter(list, name, -1, &it);
	}
}

/* $push of {$each: [...]}, as the backend has it. */
static bson_t *
with_pushed(bson_t *doc, const bson_iter_t *member)
{
	bson_t holder = BSON_INITIALIZER, list;
	bson_iter_t it, each;
	uint32_t count = 0;

	bson_append_array_begin(&holder, bson_iter_key(member), -1, &list);
	if (bson_iter_init_find(&it, doc, bson_iter_key(member)))
		append_items(&list, &count, &it);
	if (bson_iter_recurse(member, &each) && bson_iter_find(&each, "$each"))
		append_items(&list, &count, &each);
	bson_append_array_end(&holder, &list);
	bson_iter_init(&it, &holder);
	bson_iter_next(&it);
	doc = with_member(doc, &it);
	bson_destroy(&holder);
	return doc;
}

static bson_t *
with_operator(bson_t *doc, const bson_iter_t *op, bool inserts)
{
	const char *name = bson_iter_key(op);
	bson_iter_t it;
	bool pushes = strcmp(name, "$push") == 0;

	if (!pushes && strcmp(name, "$set") != 0 &&
	    strcmp(name, "$setOnInsert") != 0) {
		bson_destroy(doc);
		return NULL;
	}
	if (strcmp(name, "$setOnInsert") == 0 && !inserts)
		return doc;
	bson_iter_recurse(op, &it);
	while (bson_iter_next(&it))
		doc = pushes ? with_pushed(doc, &it) : with_member(doc, &it);
	return doc;
}

/* The members that a filter demands to be equal are those of a new one. */
static bson_t *
from_filter(const bson_t *filter)
{
	bson_t *doc = bson_new();
	bson_iter_t it, first;

	bson_iter_init(&it, filter);
	while (bson_iter_next(&it)) {
		bool asks = bson_iter_key(&it)[0] == '$' ||
		    (BSON_ITER_HOLDS_DOCUMENT(&it) &&
			bson_iter_recurse(&it, &first) &&
			bson_iter_next(&first) &&
			bson_iter_key(&first)[0] == '$');

		if (!asks)
			bson_append_iter(doc, bson_iter_key(&it), -1, &it);
	}
	return doc;
}

/* All of `update`, under the _id that the document has. */
static bson_t *
replaced(bson_t *doc, const bson_t *update)
{
	bson_t *out = bson_new();
	bson_iter_t it;

	if (bson_iter_init_find(&it, doc, "_id"))
		bson_append_iter(out, "_id", -1, &it);
	bson_copy_to_excluding_noinit(update, out, "_id", NULL);
	bson_destroy(doc);
	return out;
}

bson_t *
change_apply(const bson_t *before, const bson_t *filter, const bson_t *update)
{
	bson_t *doc = before != NULL ? bson_copy(before) : from_filter(filter);
	bson_iter_t it;

	bson_iter_init(&it, update);
	while (doc != NULL && bson_iter_next(&it)) {
		if (bson_iter_key(&it)[0] != '$')
			return replaced(doc, update);
		doc = with_operator(doc, &it, before == NULL);
	}
	return doc;
}
