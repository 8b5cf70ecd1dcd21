/*
 * A batch in memory: what was read of its companies, and what is to be there
 * when it ends. A server is far away, so a batch asks once for all of its
 * companies (store_expect) and writes once. Nobody is locked out meanwhile:
 * each document is changed only while the mark of its last writer is the one
 * that was read, and where it isn't, and says something else, the batch fails
 * and is to be run again.
 */
#include <string.h>

#include "store/mongo.h"

/* What one question asks for at most: an element is some forty bytes. */
enum { MOST_PER_QUESTION = 1000 };

/* ------------------------------------------------------------- the batch */

static void
forget(struct mongo_store *s)
{
	int i;

	if (!s->used)
		return;
	memset(s->buckets, 0, sizeof(s->buckets));
	for (i = 0; i < MONGO_KEPT; i++) {
		s->wanted[i] = NULL;
		s->wanted_entries[i] = NULL;
		s->dirty[i] = NULL;
		s->dirty_end[i] = NULL;
	}
	s->replaced = NULL;
	s->used = false;
	arena_reset(&s->texts);
}

void
mongo_forget(struct mongo_store *s)
{
	if (!s->base.in_batch)
		forget(s);
}

enum status
mongo_begin(struct store *base, struct error *err)
{
	(void)base;
	(void)err;
	return DONE; /* what was expected before it stays expected */
}

void
mongo_rollback(struct store *base)
{
	forget(mongo_of(base));
}

/*
 * Who has proposals in memory asks by these marks whether they are still true
 * (store_changed): `antes` is set before proposals are written, `depois` after.
 * While they differ somebody is at it, or died at it.
 */
static enum status
mark_proposals(struct mongo_store *s, const char *member,
    const bson_oid_t *change, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER, set;
	bson_oid_t mark;
	bool done;
	enum status status;

	bson_oid_init(&mark, NULL);
	mongo_add_text(&filter, "_id", TEXT("propostas"));
	bson_append_document_begin(&update, "$set", -1, &set);
	bson_append_oid(&set, member, -1, change);
	bson_append_oid(&set, "escrita", -1, &mark);
	bson_append_document_end(&update, &set);
	status = mongo_update(s, MONGO_COMUNS, TEXT("propostas"), &filter,
	    &update, true, &mark, &done, err);
	bson_destroy(&update);
	bson_destroy(&filter);
	return status;
}

/* Before what takes their place. Their _id tells their content, so the same
 * again is there already. */
static enum status
write_replaced(struct mongo_store *s, struct error *err)
{
	const struct mongo_old *old;
	bson_oid_t mark;
	bool taken;
	enum status status = DONE;

	bson_oid_init(&mark, NULL);
	for (old = s->replaced; status == DONE && old != NULL;
	     old = old->next) {
		bson_t doc = BSON_INITIALIZER;
		mongo_add_text(&doc, "_id", old->id);
		mongo_add_text(&doc, "empresaId", old->empresa_id);
		mongo_add_text(&doc, "numeroProposta", old->number);
		mongo_add_text(&doc, "registro", old->doc);
		mongo_add_date(&doc, "trocado", clock_now(s->base.clock));
		bson_append_oid(&doc, "escrita", -1, &mark);
		status = mongo_insert(
		    s, MONGO_PROPOSTAS_ANTIGAS, &doc, &mark, &taken, err);
		bson_destroy(&doc);
	}
	return status;
}

/* Proposals first: what they price refers to them. What was refused in the
 * middle stays written, and is the same when it is written again. */
enum status
mongo_commit(struct store *base, struct error *err)
{
	static const enum mongo_place ORDER[] = { MONGO_EMPRESAS,
		MONGO_PROPOSTAS, MONGO_VOLUMETRIA, MONGO_CONSOLIDACOES,
		MONGO_CONTRATOS };
	struct mongo_store *s = mongo_of(base);
	enum status status = DONE;
	bson_oid_t change;
	size_t i;

	bson_oid_init(&change, NULL);
	if (s->dirty[MONGO_PROPOSTAS] != NULL &&
	    ((status = mark_proposals(s, "antes", &change, err)) != DONE ||
		(status = write_replaced(s, err)) != DONE))
		goto done;
	for (i = 0; status == DONE && i < sizeof(ORDER) / sizeof(ORDER[0]); i++)
		status = mongo_write_dirty(s, ORDER[i], err);
	if (status == DONE && s->dirty[MONGO_PROPOSTAS] != NULL)
		status = mark_proposals(s, "depois", &change, err);
done:
	forget(s);
	return status;
}

/* What this process changes counts too: it costs one question more. */
enum status
mongo_changed(struct store *base, bool *by_others, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	bson_t filter = BSON_INITIALIZER, doc;
	bson_oid_t before, after;
	bool found, quiet;
	enum status status;

	mongo_add_text(&filter, "_id", TEXT("propostas"));
	status =
	    mongo_find_one(s, MONGO_COMUNS, &filter, NULL, &doc, &found, err);
	/* A store without the document has no proposals, as far as is known. */
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	if (found) {
		mongo_mark(&doc, "antes", &before);
		mongo_mark(&doc, "depois", &after);
	}
	quiet = bson_oid_equal(&before, &after);
	*by_others =
	    !s->asked || !quiet || !bson_oid_equal(&after, &s->version);
	s->version = after;
	s->asked = status == DONE;
	bson_destroy(&doc);
	bson_destroy(&filter);
	return status;
}

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
		return mongo_strange(s, shape->name, err);
	g = group_of(s, r->where, row.part);
	if ((e = entry_of(g, id)) == NULL)
		e = add_entry(s, g, arena_text(&s->texts, id));
	if (e->known)
		return DONE;
	if (!mongo_mark(doc, "escrita", &e->seen))
		return mongo_strange(s, shape->name, err);
	e->row = row;
	e->known = e->exists = true;
	return DONE;
}

/* What is left out of an answer: copies for other readers, and the history. */
static void
leave_out(enum mongo_place where, bson_t *opts)
{
	bson_t fields;

	bson_append_document_begin(opts, "projection", -1, &fields);
	if (where == MONGO_CONSOLIDACOES) {
		bson_append_int32(&fields, "produtos", -1, 0);
		bson_append_int32(&fields, "historico", -1, 0);
	}
	bson_append_int32(&fields, "criado", -1, 0);
	bson_append_document_end(opts, &fields);
}

static enum status
ask(struct mongo_store *s, enum mongo_place where, const bson_t *filter,
    struct error *err)
{
	struct reading r = { s, where };
	bson_t opts = BSON_INITIALIZER;
	enum status status;

	leave_out(where, &opts);
	status =
	    mongo_find_each(s, where, filter, &opts, take_document, &r, err);
	bson_destroy(&opts);
	return status;
}

/* The list of what a question asks for: `name`: {$in: [...]}. */
struct in_list {
	bson_t in, list;
	uint32_t count;
};

static void
begin_in(struct in_list *l, bson_t *filter, const char *name)
{
	l->count = 0;
	bson_append_document_begin(filter, name, -1, &l->in);
	bson_append_array_begin(&l->in, "$in", -1, &l->list);
}

static void
add_in(struct in_list *l, struct text t)
{
	const char *index;
	char room[16];

	bson_uint32_to_string(l->count++, &index, room, sizeof(room));
	mongo_add_text(&l->list, index, t);
}

static void
end_in(struct in_list *l, bson_t *filter)
{
	bson_append_array_end(&l->in, &l->list);
	bson_append_document_end(filter, &l->in);
}

/* Those on the list of wanted documents, of which the one that is needed now
 * is the first. */
static enum status
load_entries(struct mongo_store *s, enum mongo_place where, struct error *err)
{
	struct mongo_entry *first = s->wanted_entries[where], *e;
	bson_t filter = BSON_INITIALIZER;
	struct in_list in;
	enum status status;

	begin_in(&in, &filter, "_id");
	for (e = first; e != NULL && in.count < MOST_PER_QUESTION;
	     e = e->next_wanted)
		if (!e->known)
			add_in(&in, e->id);
	end_in(&in, &filter);
	s->wanted_entries[where] = e; /* what is left for another time */
	status = ask(s, where, &filter, err);
	bson_destroy(&filter);
	for (; first != e; first = first->next_wanted)
		first->known |= status == DONE;
	return status;
}

/* `g`, and whoever is wanted in the same question, off the list of those. */
static struct mongo_group *
gather(struct mongo_store *s, struct mongo_group *g)
{
	bool by_month = MONGO_SHAPES[g->where].group == 2;
	struct mongo_group **at = &s->wanted[g->where], *asked = NULL, *other;
	int count = 1;

	while ((other = *at) != NULL && count < MOST_PER_QUESTION) {
		if (other != g && by_month &&
		    !text_same(other->part[0], g->part[0])) {
			at = &other->next_wanted;
			continue;
		}
		*at = other->next_wanted;
		other->wanted = false;
		if (other == g)
			continue;
		other->next_wanted = asked;
		asked = other;
		count++;
	}
	g->next_wanted = asked;
	return g;
}

/* {competencia: M, empresaId: {$in: [...]}} */
static void
build_question(const struct mongo_group *asked, bson_t *filter)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[asked->where];
	int last = shape->group - 1;
	struct in_list in;

	if (last == 1)
		mongo_add_text(filter, shape->part[0], asked->part[0]);
	begin_in(&in, filter, shape->part[last]);
	for (; asked != NULL; asked = asked->next_wanted)
		add_in(&in, asked->part[last]);
	end_in(&in, filter);
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

/* The entry of a key, whether there is such a document or not. */
static enum status
resolve(struct mongo_store *s, enum mongo_place where, const struct text *parts,
    struct mongo_entry **out, struct error *err)
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
	if (status == DONE && !e->known)
		status = load_entries(s, where, err);
	/* Many are wanted, and it was not among the first. */
	if (status == DONE && !e->known) {
		e->next_wanted = s->wanted_entries[where];
		s->wanted_entries[where] = e;
		status = load_entries(s, where, err);
	}
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
	enum status status = resolve(s, where, parts, &e, err);

	*out = status == DONE && mongo_is_there(e) ? e : NULL;
	return status;
}

/* --------------------------------------------------------------- putting */

void
mongo_make_dirty(
    struct mongo_store *s, enum mongo_place where, struct mongo_entry *e)
{
	if (e->dirty)
		return;
	e->dirty = true;
	e->next_dirty = NULL;
	if (s->dirty_end[where] == NULL)
		s->dirty_end[where] = &s->dirty[where];
	*s->dirty_end[where] = e;
	s->dirty_end[where] = &e->next_dirty;
}

/* Its texts stay where they are; those that are the same need no copy. */
static struct mongo_row
keep_row(struct mongo_store *s, const struct mongo_row *row)
{
	struct mongo_row kept = *row;
	struct text *texts[] = { &kept.part[0], &kept.part[1], &kept.part[2],
		&kept.doc, &kept.extra, &kept.memo, &kept.status, &kept.code,
		&kept.until, &kept.cnpj };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_text(&s->texts, *texts[i]);
	return kept;
}

/* The server's ceiling, less what stands beside the texts. */
static enum status
check_size(const struct mongo_row *row, struct error *err)
{
	static const size_t MOST = (16u << 20) - (64u << 10);

	if (row->doc.len + row->extra.len + row->memo.len <= MOST)
		return DONE;
	reject(err, "registro_grande",
	    "the record is longer than the 16 MB that a document of MongoDB "
	    "may have");
	error_advise(err, "split it, or store it in SQLite");
	return SOME_REJECTED;
}

enum status
mongo_put(struct mongo_store *s, enum mongo_place where,
    const struct mongo_row *row, struct mongo_entry **entry, bool *changes,
    struct error *err)
{
	struct mongo_entry *e;
	enum status status;

	*changes = false;
	if ((status = check_size(row, err)) != DONE ||
	    (status = resolve(s, where, row->part, &e, err)) != DONE)
		return status;
	*entry = e;
	if (mongo_is_there(e) &&
	    mongo_row_same(&MONGO_SHAPES[where], &e->row, row))
		return DONE;
	*changes = true;
	e->row = keep_row(s, row);
	mongo_make_dirty(s, where, e);
	return DONE;
}
