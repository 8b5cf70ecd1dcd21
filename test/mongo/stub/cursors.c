/* find and getMore: what fits is copied and sorted at once, then given in
 * batches. */
#include <stdlib.h>
#include <string.h>

#include "mongo/stub/stub.h"

static struct cursor {
	struct cursor *next;
	int64_t id;
	bson_t **docs;
	size_t count, given;
} * cursors;

static const bson_t *sort_keys; /* of the sort that goes on; under one lock */

static int
compare_docs(const void *a, const void *b)
{
	const bson_t *x = *(bson_t *const *)a, *y = *(bson_t *const *)b;
	bson_iter_t key, u, v;

	bson_iter_init(&key, sort_keys);
	while (bson_iter_next(&key)) {
		const char *name = bson_iter_key(&key);
		bool in_x = bson_iter_init_find(&u, x, name),
		     in_y = bson_iter_init_find(&v, y, name);
		int order = value_compare(in_x ? &u : NULL, in_y ? &v : NULL);

		if (order != 0)
			return bson_iter_as_int64(&key) < 0 ? -order : order;
	}
	return 0;
}

static void
cursor_free(struct cursor *c)
{
	for (size_t i = 0; i < c->count; i++)
		bson_destroy(c->docs[i]);
	bson_free(c->docs);
	bson_free(c);
}

static void
cursor_end(int64_t id)
{
	for (struct cursor **at = &cursors; *at != NULL; at = &(*at)->next) {
		struct cursor *c = *at;

		if (c->id != id)
			continue;
		*at = c->next;
		cursor_free(c);
		return;
	}
}

static struct cursor *
cursor_new(const struct collection *all, const bson_t *filter,
    const bson_t *sort, size_t limit)
{
	static int64_t ids;
	struct cursor *c = bson_malloc0(sizeof(*c));

	c->docs = bson_malloc0((all->count + 1) * sizeof(*c->docs));
	for (size_t i = 0; (i = collection_find(all, filter, i)) < all->count;
	     i++)
		c->docs[c->count++] = bson_copy(all->docs[i]);
	sort_keys = sort;
	if (!bson_empty(sort))
		qsort(c->docs, c->count, sizeof(*c->docs), compare_docs);
	while (limit > 0 && c->count > limit)
		bson_destroy(c->docs[--c->count]);
	c->id = ++ids;
	c->next = cursors;
	cursors = c;
	return c;
}

/* At most `most` of them, and about 4 MB. */
static void
give(struct command *c, struct cursor *from, const char *ns, const char *name,
    int64_t most)
{
	bson_t cursor, batch;
	const char *index;
	char room[16];
	size_t bytes = 0;
	uint32_t n = 0;

	BSON_APPEND_DOCUMENT_BEGIN(c->reply, "cursor", &cursor);
	BSON_APPEND_ARRAY_BEGIN(&cursor, name, &batch);
	while (from->given < from->count && n < most && bytes < 4000000) {
		bson_uint32_to_string(n++, &index, room, sizeof(room));
		bytes += from->docs[from->given]->len;
		BSON_APPEND_DOCUMENT(&batch, index, from->docs[from->given++]);
	}
	bson_append_array_end(&cursor, &batch);
	bool done = from->given == from->count;
	BSON_APPEND_INT64(&cursor, "id", done ? 0 : from->id);
	BSON_APPEND_UTF8(&cursor, "ns", ns);
	bson_append_document_end(c->reply, &cursor);
	if (done)
		cursor_end(from->id);
}

void
command_find(struct command *c)
{
	struct collection *all = collection_of(c->database, c->collection);
	int64_t limit = member_number(c->doc, "limit", 0);
	bson_t filter, sort;
	bson_iter_t it;

	member_document(c->doc, "filter", &filter);
	member_document(c->doc, "sort", &sort);
	bool single = bson_iter_init_find(&it, c->doc, "singleBatch") &&
	    bson_iter_as_bool(&it);
	struct cursor *from = cursor_new(
	    all, &filter, &sort, (size_t)(limit < 0 ? -limit : limit));
	give(c, from, all->name, "firstBatch",
	    single ? INT32_MAX : member_number(c->doc, "batchSize", 101));
}

void
command_more(struct command *c)
{
	int64_t id = member_number(c->doc, "getMore", 0);
	bson_iter_t it;
	const char *collection =
	    bson_iter_init_find(&it, c->doc, "collection") &&
		BSON_ITER_HOLDS_UTF8(&it)
	    ? bson_iter_utf8(&it, NULL)
	    : "";

	for (struct cursor *from = cursors; from != NULL; from = from->next) {
		if (from->id != id)
			continue;
		give(c, from, collection_of(c->database, collection)->name,
		    "nextBatch", member_number(c->doc, "batchSize", INT32_MAX));
		return;
	}
	reply_error(c->reply, CODE_NO_CURSOR, "CursorNotFound", false);
}

void
command_kill_cursors(struct command *c)
{
	bson_iter_t list, it;

	if (!bson_iter_init_find(&list, c->doc, "cursors") ||
	    !bson_iter_recurse(&list, &it))
		return;
	while (bson_iter_next(&it))
		cursor_end(bson_iter_as_int64(&it));
}
