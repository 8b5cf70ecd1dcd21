/* Items by text: a chained hash table that grows with its content. */
#include <stdlib.h>
#include <string.h>

#include "sim/omie-sim/sim.h"

static uint64_t
hash_of(struct text key)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ (unsigned char)key.at[i]) * 1099511628211u;
	return h;
}

static void
grow(struct table *t)
{
	size_t size = t->size == 0 ? 64 : t->size * 2;
	struct entry **heads = mem_zalloc(size * sizeof(struct entry *));

	for (size_t i = 0; i < t->size; i++)
		for (struct entry *e = t->heads[i], *next; e != NULL;
		     e = next) {
			next = e->next;
			e->next = heads[e->hash & (size - 1)];
			heads[e->hash & (size - 1)] = e;
		}
	free(t->heads);
	t->heads = heads;
	t->size = size;
}

void
table_put(struct table *t, struct text key, void *item)
{
	struct entry *e;

	if (t->count >= t->size)
		grow(t);
	e = mem_alloc(sizeof(*e) + key.len + 1);
	e->item = item;
	e->hash = hash_of(key);
	e->len = key.len;
	memcpy(e->key, key.at, key.len);
	e->key[key.len] = '\0';
	e->next = t->heads[e->hash & (t->size - 1)];
	t->heads[e->hash & (t->size - 1)] = e;
	t->count++;
}

static bool
is_key(const struct entry *e, struct text key, uint64_t hash)
{
	return e->hash == hash && e->len == key.len &&
	    memcmp(e->key, key.at, key.len) == 0;
}

void *
table_get(const struct table *t, struct text key)
{
	uint64_t hash = hash_of(key);

	if (t->size == 0)
		return NULL;
	for (struct entry *e = t->heads[hash & (t->size - 1)]; e != NULL;
	     e = e->next)
		if (is_key(e, key, hash))
			return e->item;
	return NULL;
}

void
table_drop(struct table *t, struct text key, const void *item)
{
	uint64_t hash = hash_of(key);
	struct entry **at, *e;

	if (t->size == 0)
		return;
	for (at = &t->heads[hash & (t->size - 1)]; (e = *at) != NULL;
	     at = &e->next)
		if (is_key(e, key, hash) && e->item == item) {
			*at = e->next;
			free(e);
			t->count--;
			return;
		}
}

void
table_sweep(struct table *t, bool (*gone)(void *item, void *ctx),
    void (*release)(void *item), void *ctx)
{
	struct entry **at, *e;

	for (size_t i = 0; i < t->size; i++)
		for (at = &t->heads[i]; (e = *at) != NULL;) {
			if (!gone(e->item, ctx)) {
				at = &e->next;
				continue;
			}
			*at = e->next;
			release(e->item);
			free(e);
			t->count--;
		}
}
