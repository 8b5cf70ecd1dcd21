/* The documents, in the order in which they came; what is unique is enforced.
 */
#include <stdlib.h>
#include <string.h>

#include "mongo/stub/stub.h"

static struct collection *collections;

struct collection *
collection_of(const char *database, const char *name)
{
	char *full = bson_strdup_printf("%s.%s", database, name);
	struct collection *c;

	for (c = collections; c != NULL; c = c->next)
		if (strcmp(c->name, full) == 0) {
			bson_free(full);
			return c;
		}
	c = bson_malloc0(sizeof(*c));
	c->name = full;
	c->next = collections;
	collections = c;
	return c;
}

static bool
same_key(const bson_t *a, const bson_t *b, const bson_t *pattern)
{
	bson_iter_t it, x, y;

	bson_iter_init(&it, pattern);
	while (bson_iter_next(&it)) {
		const char *name = bson_iter_key(&it);
		bool in_a = bson_iter_init_find(&x, a, name),
		     in_b = bson_iter_init_find(&y, b, name);

		if (value_compare(in_a ? &x : NULL, in_b ? &y : NULL) != 0)
			return false;
	}
	return true;
}

/* Whether another document than that at `but` has a key of `doc`. */
static bool
is_taken(const struct collection *c, const bson_t *doc, size_t but)
{
	bson_t id = BSON_INITIALIZER;
	bool taken = false;

	BSON_APPEND_INT32(&id, "_id", 1);
	for (size_t i = 0; i < c->count && !taken; i++) {
		if (i == but)
			continue;
		taken = same_key(c->docs[i], doc, &id);
		for (size_t u = 0; u < c->unique_count && !taken; u++)
			taken = same_key(c->docs[i], doc, c->unique[u]);
	}
	bson_destroy(&id);
	return taken;
}

bool
collection_add(struct collection *c, bson_t *doc)
{
	if (is_taken(c, doc, SIZE_MAX)) {
		bson_destroy(doc);
		return false;
	}
	if (c->count == c->room) {
		c->room = c->room == 0 ? 64 : c->room * 2;
		c->docs = bson_realloc(c->docs, c->room * sizeof(*c->docs));
	}
	c->docs[c->count++] = doc;
	return true;
}

bool
collection_replace(struct collection *c, size_t at, bson_t *doc)
{
	if (is_taken(c, doc, at)) {
		bson_destroy(doc);
		return false;
	}
	bson_destroy(c->docs[at]);
	c->docs[at] = doc;
	return true;
}

void
collection_remove(struct collection *c, size_t at)
{
	bson_destroy(c->docs[at]);
	c->count--;
	memmove(
	    c->docs + at, c->docs + at + 1, (c->count - at) * sizeof(*c->docs));
}

size_t
collection_find(const struct collection *c, const bson_t *filter, size_t from)
{
	while (from < c->count && !filter_fits(filter, c->docs[from]))
		from++;
	return from;
}
