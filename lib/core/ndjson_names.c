/* Repeated names in an object: what RFC 8259 leaves open and money can't. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/tokens.h"

enum { SMALL_OBJECT = 16, FIRST_SLOTS = 64 };

static bool
same_name(const struct record *rec, uint32_t a, uint32_t b)
{
	return text_same(
	    token_text(rec, rec->tokens + a), token_text(rec, rec->tokens + b));
}

/* Every pair, by marks: quicker than hashing for the objects that occur. */
static uint32_t
repeated_in_few(const struct record *rec, uint32_t at, uint32_t end)
{
	uint32_t names[SMALL_OBJECT];
	uint16_t marks[SMALL_OBJECT], mark;
	int count = 0;

	for (; at < end; at = rec->tokens[rec->tokens[at].next].next) {
		mark = rec->tokens[at].mark;
		for (int i = 0; i < count; i++)
			if (marks[i] == mark && same_name(rec, names[i], at))
				return at;
		names[count] = at;
		marks[count++] = mark;
	}
	return 0;
}

static uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Keyed by chance, so that nobody can prepare names that collide. */
static uint64_t
name_hash(struct text name)
{
	static uint64_t key[2];
	uint64_t hash, word;

	if (key[0] == 0) {
		if (getrandom(key, sizeof(key), GRND_NONBLOCK) < 0)
			key[1] = (uint64_t)time(NULL);
		key[0] |= 1;
		key[1] |= 1;
	}
	hash = key[0] ^ name.len;
	for (; name.len > 8; name.at += 8, name.len -= 8) {
		memcpy(&word, name.at, 8);
		hash = fold(hash ^ word, key[1]);
	}
	word = 0;
	memcpy(&word, name.at, name.len);
	return fold(hash ^ word, key[1]);
}

/* Slots for twice `names`, all empty: a new round, seldom new memory. */
static void
clear_slots(struct record *rec, size_t names)
{
	size_t cap = rec->slot_cap ? rec->slot_cap : FIRST_SLOTS;

	while (cap < names * 2)
		cap *= 2;
	if (cap > rec->slot_cap || ++rec->round == 0) {
		free(rec->slots);
		rec->slots = mem_zalloc(cap * sizeof(*rec->slots));
		rec->slot_cap = cap;
		rec->round = 1;
	}
}

static uint32_t
repeated_in_many(struct record *rec, uint32_t at, uint32_t end)
{
	size_t mask = rec->slot_cap - 1, i;

	for (; at < end; at = rec->tokens[rec->tokens[at].next].next) {
		i = name_hash(token_text(rec, rec->tokens + at)) & mask;
		for (; rec->slots[i].round == rec->round; i = (i + 1) & mask)
			if (same_name(rec, rec->slots[i].token, at))
				return at;
		rec->slots[i] = (struct name_slot){ at, rec->round };
	}
	return 0;
}

uint32_t
names_repeated(struct record *rec, uint32_t object)
{
	uint32_t first = object + 1, end = rec->tokens[object].next, at;
	size_t names = 0;

	for (at = first; at < end; at = rec->tokens[rec->tokens[at].next].next)
		names++;
	if (names <= SMALL_OBJECT)
		return repeated_in_few(rec, first, end);
	clear_slots(rec, names);
	return repeated_in_many(rec, first, end);
}
