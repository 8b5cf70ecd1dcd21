#include "store/migrate_keys.h"

#include <stdlib.h>

/* More of one key are counted, not named. */
enum { MOST_NAMED = 8 };

void
migration_keys_add(struct migration_keys *k, struct text key, struct text id)
{
	if (k->count == k->room) {
		k->room = k->room != 0 ? k->room * 2 : 1024;
		k->list = mem_realloc(k->list, k->room * sizeof(*k->list));
	}
	k->list[k->count++] =
	    (struct migration_key){ arena_text(&k->texts, key),
		    arena_text(&k->texts, id) };
}

static int
by_key(const void *x, const void *y)
{
	const struct migration_key *a = x, *b = y;
	int order = text_order(a->key, b->key);

	return order != 0 ? order : text_order(a->id, b->id);
}

void
migration_keys_sort(struct migration_keys *k)
{
	if (k->count > 0)
		qsort(k->list, k->count, sizeof(*k->list), by_key);
}

static size_t
first_of(const struct migration_keys *k, struct text key)
{
	size_t low = 0, high = k->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (text_order(k->list[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
migration_keys_check(const struct migration_keys *k, struct text key,
    struct text id, struct earlier_notes *notes)
{
	struct buf others = BUF_INIT;
	size_t i, count = 0;

	for (i = first_of(k, key);
	     i < k->count && text_same(k->list[i].key, key); i++) {
		if (text_same(k->list[i].id, id))
			continue;
		if (++count > MOST_NAMED)
			continue;
		buf_add_str(&others, count > 1 ? ", " : "");
		buf_add_text(&others, k->list[i].id);
	}
	if (count > 0)
		earlier_fault(notes, "_id",
		    "has the key of %zu more: %s; move away all but the one "
		    "that holds",
		    count, buf_cstr(&others));
	buf_clear(&others);
}

void
migration_keys_reset(struct migration_keys *k)
{
	k->count = 0;
	arena_reset(&k->texts);
}

void
migration_keys_clear(struct migration_keys *k)
{
	free(k->list);
	arena_clear(&k->texts);
	*k = (struct migration_keys){ 0 };
}
