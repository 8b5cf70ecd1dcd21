/*
 * What a batch reads: the documents that were expected, together with the first
 * that is asked for. Documents of one company, or of its month, are a group.
 */
#include <string.h>

#include "store/mongo.h"

/* What one question asks for at most: an element is some forty bytes. */
enum { MOST_PER_QUESTION = 1000 };

/* ---------------------------------------------------------------- groups */

static size_t
hash_of(enum mongo_place where, const struct text *parts, int count)
{
	size_t hash = 1469598103u + (size_t)where, i;
	int part;

	for (part = 0; part < count; part++) {
		for (i = 0; i < parts[part].len; i++)
			hash = (hash ^ (unsigned char)parts[part].at[i]) *
			    16777619u;
		hash = (hash ^ 0xff) * 16777619u;
	}
	return hash % MONGO_BUCKETS;
}

static struct mongo_group *
group_of(
    struct mongo_store *s, enum mongo_place where, const struct text *parts)
{
	int i, count = MONGO_SHAPES[where].group;
	struct mongo_group **at = &s->buckets[hash_of(where, parts, count)];
	struct mongo_group *g;

	for (g = *at; g != NULL; g = g->next)
		if (g->where == where && text_same(g->part[0], parts[0]) &&
		    (count == 1 || text_same(g->part[1], parts[1])))
			return g;
	g = arena_alloc(&s->texts, sizeof(*g));
	*g = (struct mongo_group){ .where = where, .next = *at };
	for (i = 0; i < count; i++)
		g->part[i] = arena_text(&s->texts, parts[i]);
	*at = g;
	s->used = true;
	return g;
}

static struct mongo_entry *
entry_of(const struct mongo_group *g, struct text id)
{
	struct mongo_entry *e;

	for (e = g->entries; e != NULL; e = e->next)
		if (text_same(e->id, id))
			return e;
	return NULL;
}

static struct mongo_entry *
add_entry(struct mongo_store *s, struct mongo_group *g, struct text id)
{
	struct mongo_entry *e = arena_alloc(&s->texts, sizeof(*e));

	*e = (struct mongo_entry){ .next = g->entries, .id = id };
	g->entries = e;
	return e;
}

/* On the list of documents that are read with the next one. */
static struct mongo_entry *
want_entry(struct mongo_store *s, struct mongo_group *g, struct text id)
{
	struct mongo_entry *e = add_entry(s, g, id);

	e->next_wanted = s->wanted_entries[g->where];
	s->wanted_entries[g->where] = e;
	return e;
}

static void
want_group(struct mongo_store *s, struct mongo_group *g)
{
	if (g->loaded || g->wanted)
		return;
	g->wanted = true;
	g->next_wanted = s->wanted[g->where];
	s->wanted[g->where] = g;
}

/* The parts of a key, as far as they are given, in the order of `where`. */
static int
parts_of(enum mongo_place where, const struct store_expected *what,
    char month[COMPETENCIA_TEXT], struct text parts[3])
{
	int count = 0;

	if (MONGO_SHAPES[where].group == 2) {
		competencia_format(what->month, month);
		parts[count++] = text_of(month);
	}
	parts[count++] = what->empresa_id;
	if (what->proposta.len > 0)
		parts[count++] = what->proposta;
	return count;
}

void
mongo_expect(struct store *base, const struct store_expected *what)
{
	struct mongo_store *s = mongo_of(base);
	enum mongo_place where = (enum mongo_place)what->kind;
	char month[COMPETENCIA_TEXT];
	struct mongo_group *g;
	struct text parts[3], id;
	int count = parts_of(where, what, month, parts);

	g = group_of(s, where, parts);
	if (count < MONGO_SHAPES[where].parts) {
		want_group(s, g);
		return;
	}
	id = mongo_id(&s->texts, parts, count);
	if (!g->loaded && !g->wanted && entry_of(g, id) == NULL)
		want_entry(s, g, id);
}

/* --------------------------------------------------------------- reading */

struct reading {
	struct mongo_store *s;
	enum mongo_place where;
};

/* Documents of the earlier functions have another kind of _id: they are none
 * of ours until they were migrated. What is known already stays, it may be
 * changed. */
static enum status
take_document(const bson_t *doc, void *ctx, struct error *err)
{
	struct reading *r = ctx;
	struct mongo_store *s = r->s;
	const struct mongo_shape *shape = &MONGO_SHAPES[r->where];
	struct text id = mongo_text(doc, "_id");
	struct mongo_group *g;
	struct mongo_entry *e;
	struct mongo_row row;

	if (id.len == 0)
		return DONE;
	if (!mongo_row_read(&s->texts, shape, doc, &row))
		return mongo_strange(s, MONGO_NAMES[r->where], err);
	g = group_of(s, r->where, row.part);
	if ((e = entry_of(g, id)) == NULL)
		e = add_entry(s, g, arena_text(&s->texts, id));
	if (e->known)
		return DONE;
	if (!mongo_mark(doc, "escrita", &e->seen))
		return mongo_strange(s, MONGO_NAMES[r->where], err);
	e->row = row;
	e->known = e->exists = true;
	return DONE;
}

/* What a row is read from: neither copies for other readers nor the history. */
static void
choose_members(const struct mongo_shape *shape, bson_t *opts)
{
	bson_t fields;
	size_t i;
	int part;

	bson_append_document_begin(opts, "projection", -1, &fields);
	for (part = 0; part < shape->parts; part++)
		bson_append_int32(&fields, shape->part[part], -1, 1);
	for (i = 0; i < shape->column_count; i++)
		bson_append_int32(&fields, shape->columns[i].name, -1, 1);
	bson_append_int32(&fields, "escrita", -1, 1);
	bson_append_document_end(opts, &fields);
}

static enum status
ask(struct mongo_store *s, enum mongo_place where, const bson_t *filter,
    struct error *err)
{
	struct reading r = { s, where };
	bson_t opts = BSON_INITIALIZER;
	enum status status;

	choose_members(&MONGO_SHAPES[where], &opts);
	status =
	    mongo_find_each(s, where, filter, &opts, take_document, &r, err);
	bson_destroy(&opts);
	return status;
}

/* What is on the list of wanted documents, as far as one question goes. After a
 * failure all of it still is. */
static enum status
load_entries(struct mongo_store *s, enum mongo_place where, struct error *err)
{
	struct mongo_entry *first = s->wanted_entries[where], *e;
	bson_t filter = BSON_INITIALIZER;
	struct mongo_in in;
	enum status status;

	mongo_begin_in(&in, &filter, "_id");
	for (e = first; e != NULL && in.count < MOST_PER_QUESTION;
	     e = e->next_wanted)
		if (!e->known)
			mongo_add_in(&in, e->id);
	mongo_end_in(&in, &filter);
	status = ask(s, where, &filter, err);
	bson_destroy(&filter);
	if (status != DONE)
		return status;
	s->wanted_entries[where] = e;
	for (; first != e; first = first->next_wanted)
		first->known = true;
	return DONE;
}

/* Off the list of those that wait for a question. */
static void
take_off(struct mongo_group **list, struct mongo_group *g)
{
	for (; *list != NULL; list = &(*list)->next_wanted)
		if (*list == g) {
			*list = g->next_wanted;
			break;
		}
	g->wanted = false;
	g->next_wanted = NULL;
}

/* `g`, and whoever goes into the same question. */
static struct mongo_group *
gather(struct mongo_store *s, struct mongo_group *g)
{
	bool by_month = MONGO_SHAPES[g->where].group == 2;
	struct mongo_group **at = &s->wanted[g->where], *other;
	int count = 1;

	take_off(at, g);
	while ((other = *at) != NULL && count < MOST_PER_QUESTION) {
		if (by_month && !text_same(other->part[0], g->part[0])) {
			at = &other->next_wanted;
			continue;
		}
		*at = other->next_wanted;
		other->wanted = false;
		other->next_wanted = g->next_wanted;
		g->next_wanted = other;
		count++;
	}
	return g;
}

/* {competencia: M, empresaId: {$in: [...]}} */
static void
build_question(const struct mongo_group *asked, bson_t *filter)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[asked->where];
	int last = shape->group - 1;
	struct mongo_in in;

	if (last == 1)
		mongo_add_text(filter, shape->part[0], asked->part[0]);
	mongo_begin_in(&in, filter, shape->part[last]);
	for (; asked != NULL; asked = asked->next_wanted)
		mongo_add_in(&in, asked->part[last]);
	mongo_end_in(&in, filter);
}

static enum status
load_group(struct mongo_store *s, struct mongo_group *g, struct error *err)
{
	bson_t filter = BSON_INITIALIZER;
	struct mongo_group *asked = gather(s, g);
	struct mongo_entry *e;
	enum status status;

	build_question(asked, &filter);
	status = ask(s, g->where, &filter, err);
	bson_destroy(&filter);
	for (; status == DONE && asked != NULL; asked = asked->next_wanted) {
		asked->loaded = true;
		for (e = asked->entries; e != NULL; e = e->next)
			e->known = true;
	}
	return status;
}

enum status
mongo_group_find(struct mongo_store *s, enum mongo_place where,
    const struct text *parts, struct mongo_group **out, struct error *err)
{
	mongo_forget(s); /* outside of a batch each look is a fresh one */
	*out = group_of(s, where, parts);
	return (*out)->loaded ? DONE : load_group(s, *out, err);
}

enum status
mongo_resolve(struct mongo_store *s, enum mongo_place where,
    const struct text *parts, struct mongo_entry **out, struct error *err)
{
	struct mongo_group *g;
	struct mongo_entry *e;
	struct text id;
	enum status status = DONE;

	mongo_forget(s);
	g = group_of(s, where, parts);
	id = mongo_id(&s->texts, parts, MONGO_SHAPES[where].parts);
	if (g->wanted)
		status = load_group(s, g, err);
	if ((e = entry_of(g, id)) == NULL && !g->loaded)
		e = want_entry(s, g, id);
	else if (e == NULL)
		(e = add_entry(s, g, id))->known = true;
	while (status == DONE && !e->known)
		status = load_entries(s, where, err);
	*out = e;
	return status;
}

bool
mongo_is_there(const struct mongo_entry *e)
{
	return e->exists || e->dirty;
}

enum status
mongo_entry_find(struct mongo_store *s, enum mongo_place where,
    const struct text *parts, struct mongo_entry **out, struct error *err)
{
	struct mongo_entry *e;
	enum status status = mongo_resolve(s, where, parts, &e, err);

	*out = status == DONE && mongo_is_there(e) ? e : NULL;
	return status;
}
