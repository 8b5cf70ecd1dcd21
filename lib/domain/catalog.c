/* Open addressing by company; a forgotten company keeps its place. */
#include "domain/catalog.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

struct company {
	struct text id; /* NULL at: an empty slot */
	/* Most companies have one proposal: no list is needed for it. */
	union {
		struct proposal *one;
		struct proposal **many;
	};
	uint32_t count;
	bool known; /* false: forgotten */
};

struct catalog {
	struct company *slots;
	size_t slot_count, used;
	struct arena ids;
	size_t held_bytes; /* proposals and their lists */
	size_t max_bytes;
};

struct catalog *
catalog_new(size_t max_bytes)
{
	struct catalog *c = mem_zalloc(sizeof(*c));

	c->max_bytes = max_bytes;
	return c;
}

static struct proposal **
list_of(struct company *company)
{
	return company->count > 1 ? company->many : &company->one;
}

static void
drop_proposals(struct catalog *c, struct company *company)
{
	struct proposal **list = list_of(company);

	for (uint32_t i = 0; i < company->count; i++) {
		c->held_bytes -= proposal_bytes(list[i]);
		proposal_free(list[i]);
	}
	if (company->count > 1) {
		c->held_bytes -= company->count * sizeof(*list);
		free(company->many);
	}
	company->one = NULL;
	company->count = 0;
	company->known = false;
}

static void
drop_all(struct catalog *c)
{
	for (size_t i = 0; i < c->slot_count; i++)
		drop_proposals(c, &c->slots[i]);
	free(c->slots);
	c->slots = NULL;
	c->slot_count = c->used = 0;
	arena_clear(&c->ids);
}

void
catalog_free(struct catalog *c)
{
	if (c == NULL)
		return;
	drop_all(c);
	free(c);
}

/* FNV-1a: the ids are the operator's own, nobody crafts them. */
static uint64_t
hash_id(struct text id)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < id.len; i++)
		h = (h ^ (unsigned char)id.at[i]) * UINT64_C(1099511628211);
	return h ^ h >> 32;
}

/* The company's slot, or the empty one where it belongs. */
static struct company *
slot_of(struct company *slots, size_t slot_count, struct text id)
{
	size_t i = (size_t)hash_id(id) & (slot_count - 1);

	while (slots[i].id.at != NULL && !text_same(slots[i].id, id))
		i = (i + 1) & (slot_count - 1);
	return &slots[i];
}

static struct company *
find(const struct catalog *c, struct text id)
{
	struct company *company;

	if (c->slot_count == 0)
		return NULL;
	company = slot_of(c->slots, c->slot_count, id);
	return company->id.at != NULL ? company : NULL;
}

/* At most three quarters full. */
static void
make_room(struct catalog *c)
{
	size_t slot_count = c->slot_count ? c->slot_count * 2 : FIRST_SLOTS;
	struct company *slots;

	if (c->slot_count != 0 && c->used + 1 <= c->slot_count / 4 * 3)
		return;
	slots = mem_zalloc(slot_count * sizeof(*slots));
	for (size_t i = 0; i < c->slot_count; i++)
		if (c->slots[i].id.at != NULL)
			*slot_of(slots, slot_count, c->slots[i].id) =
			    c->slots[i];
	free(c->slots);
	c->slots = slots;
	c->slot_count = slot_count;
}

static size_t
bytes_of(const struct catalog *c)
{
	return c->held_bytes + c->ids.size + c->slot_count * sizeof(*c->slots);
}

bool
catalog_is_full(const struct catalog *c)
{
	return c->max_bytes != 0 && bytes_of(c) > c->max_bytes;
}

/* The ceiling is looked at here alone, so no company is ever held in part. */
static struct company *
add_company(struct catalog *c, struct text id)
{
	struct company *company = find(c, id);

	if (company == NULL || !company->known) {
		if (catalog_is_full(c)) {
			drop_all(c);
			company = NULL;
		}
	}
	if (company == NULL) {
		make_room(c);
		company = slot_of(c->slots, c->slot_count, id);
		company->id = arena_text(&c->ids, id);
		c->used++;
	}
	company->known = true;
	return company;
}

void
catalog_note(struct catalog *c, struct text empresa_id)
{
	add_company(c, empresa_id);
}

void
catalog_forget(struct catalog *c, struct text empresa_id)
{
	struct company *company = find(c, empresa_id);

	if (company != NULL)
		drop_proposals(c, company);
}

bool
catalog_find(const struct catalog *c, struct text empresa_id,
    struct proposal *const **proposals, size_t *count)
{
	struct company *company = find(c, empresa_id);

	if (company == NULL || !company->known)
		return false;
	*proposals = list_of(company);
	*count = company->count;
	return true;
}

static void
append(struct catalog *c, struct company *company, struct proposal *p)
{
	uint32_t count = company->count;
	struct proposal **list = NULL;

	c->held_bytes += proposal_bytes(p);
	company->count++;
	if (count == 0) {
		company->one = p;
		return;
	}
	list = mem_realloc(
	    count > 1 ? company->many : NULL, (count + 1) * sizeof(*list));
	if (count == 1)
		list[0] = company->one;
	list[count] = p;
	company->many = list;
	c->held_bytes += (count > 1 ? 1 : 2) * sizeof(*list);
}

static bool
is_same_version(const struct proposal *a, const struct proposal *b)
{
	return text_same(proposal_number(a), proposal_number(b)) &&
	    day_order(proposal_from(a), proposal_from(b)) == 0;
}

static enum status
refuse_overlap(
    const struct proposal *p, const struct proposal *with, struct error *err)
{
	char from[DAY_TEXT], other[DAY_TEXT];
	struct text number = proposal_number(p);

	day_format(proposal_from(p), from);
	day_format(proposal_from(with), other);
	return reject(err, "proposta_invalida",
	    "numeroProposta %.*s: the version from %s has a month in common "
	    "with the one from %s",
	    (int)number.len, number.at, from, other);
}

enum status
catalog_add(struct catalog *c, struct proposal *p, struct error *err)
{
	struct company *company = add_company(c, proposal_company(p));
	struct proposal **list = list_of(company), **same = NULL;

	for (uint32_t i = 0; i < company->count; i++) {
		if (!proposal_compatible(list[i], p)) {
			refuse_overlap(p, list[i], err);
			proposal_free(p);
			return SOME_REJECTED;
		}
		if (is_same_version(list[i], p))
			same = &list[i];
	}
	if (same == NULL) {
		append(c, company, p);
		return DONE;
	}
	c->held_bytes += proposal_bytes(p);
	c->held_bytes -= proposal_bytes(*same);
	proposal_free(*same);
	*same = p;
	return DONE;
}
