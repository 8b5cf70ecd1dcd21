/*
 * Listing and counting: a cursor in the order of the keys, some documents in
 * memory at a time. A cursor that died (the reader waited ten minutes, or the
 * server went away) is followed by another that begins behind the last key.
 */
#include <string.h>

#include "store/mongo.h"

enum { AT_A_TIME = 200, CURSOR_NOT_FOUND = 43 };

struct listing {
	struct mongo_store *s;
	enum store_kind kind;
	enum mongo_place where;
	const struct store_filter *filter;
	store_doc_fn each;
	void *ctx;
	struct buf last[3]; /* parts of the key that was given last */
	bool begun;
};

/* ---------------------------------------------------------------- lines */

static enum status
give_consolidation(struct listing *l, const bson_t *doc, struct error *err)
{
	struct mongo_store *s = l->s;
	struct text extra = mongo_text(doc, "extra");
	int status = consolidation_status_read(mongo_text(doc, "status"));

	if (status < 0 || extra.len < 2)
		return mongo_strange(s, "consolidacoes", err);
	buf_reset(&s->line);
	consolidation_write_event(&s->line, mongo_text(doc, "conteudo"),
	    (enum consolidation_status)status, mongo_number(doc, "revisao"),
	    extra);
	if (s->line.overflown)
		return mongo_strange(s, "consolidacoes", err);
	return l->each(buf_text(&s->line), l->ctx, err);
}

static enum status
give_note(
    struct listing *l, const bson_t *doc, const bson_t *note, struct error *err)
{
	const struct history_line line = { mongo_text(doc, "competencia"),
		mongo_text(doc, "empresaId"), mongo_text(doc, "numeroProposta"),
		mongo_text(note, "de"), mongo_text(note, "para"),
		mongo_number(note, "revisao"), mongo_date(note, "quando"),
		mongo_text(note, "requestId"), mongo_text(note, "motivo") };

	buf_reset(&l->s->line);
	history_write(&l->s->line, &line);
	return l->each(buf_text(&l->s->line), l->ctx, err);
}

static enum status
give_history(struct listing *l, const bson_t *doc, struct error *err)
{
	bson_iter_t it, item;
	const uint8_t *data;
	uint32_t len;
	bson_t note;
	enum status status = DONE;

	if (!bson_iter_init_find(&it, doc, "historico") ||
	    !bson_iter_recurse(&it, &item))
		return DONE;
	while (status == DONE && bson_iter_next(&item)) {
		if (!BSON_ITER_HOLDS_DOCUMENT(&item))
			return mongo_strange(l->s, "consolidacoes", err);
		bson_iter_document(&item, &len, &data);
		if (!bson_init_static(&note, data, len))
			return mongo_strange(l->s, "consolidacoes", err);
		status = give_note(l, doc, &note, err);
	}
	return status;
}

static enum status
give(struct listing *l, const bson_t *doc, struct error *err)
{
	if (l->kind == STORE_CONSOLIDATIONS)
		return give_consolidation(l, doc, err);
	if (l->kind == STORE_HISTORY)
		return give_history(l, doc, err);
	return l->each(mongo_text(doc, "registro"), l->ctx, err);
}

/* ---------------------------------------------------------------- queries */

/* Behind the last key, in the order of its parts: the first differs, or the
 * second does while the first is the same, and so on. */
static void
build_behind(const struct listing *l, bson_t *filter)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[l->where];
	bson_t any, one, more;
	const char *index;
	char room[16];
	int first, i;

	bson_append_array_begin(filter, "$or", -1, &any);
	for (first = 0; first < shape->parts; first++) {
		bson_uint32_to_string(
		    (uint32_t)first, &index, room, sizeof(room));
		bson_append_document_begin(&any, index, -1, &one);
		for (i = 0; i < first; i++)
			mongo_add_text(
			    &one, shape->part[i], buf_text(&l->last[i]));
		bson_append_document_begin(&one, shape->part[i], -1, &more);
		mongo_add_text(&more, "$gt", buf_text(&l->last[i]));
		bson_append_document_end(&one, &more);
		bson_append_document_end(&any, &one);
	}
	bson_append_array_end(filter, &any);
}

static void
build_filter(const struct store_filter *f, enum store_kind kind,
    enum mongo_place where, bson_t *out)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[where];
	char month[COMPETENCIA_TEXT];
	bson_t exists;

	if (shape->group == 2 && f->month != 0) {
		competencia_format(f->month, month);
		mongo_add_text(out, "competencia", text_of(month));
	}
	if (f->empresa_id.len > 0)
		mongo_add_text(out, "empresaId", f->empresa_id);
	if (kind == STORE_CONSOLIDATIONS && f->status >= 0)
		mongo_add_text(out, "status",
		    text_of(consolidation_status_name(
			(enum consolidation_status)f->status)));
	/* Documents of the earlier functions have no such mark. */
	bson_append_document_begin(out, "escrita", -1, &exists);
	bson_append_bool(&exists, "$exists", -1, true);
	bson_append_document_end(out, &exists);
}

static mongoc_cursor_t *
open_cursor(const struct listing *l)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[l->where];
	bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER, sort;
	mongoc_cursor_t *cursor;
	int i;

	build_filter(l->filter, l->kind, l->where, &filter);
	if (l->begun)
		build_behind(l, &filter);
	bson_append_document_begin(&opts, "sort", -1, &sort);
	for (i = 0; i < shape->parts; i++)
		bson_append_int32(&sort, shape->part[i], -1, 1);
	bson_append_document_end(&opts, &sort);
	bson_append_int64(&opts, "batchSize", -1, AT_A_TIME);
	cursor = mongoc_collection_find_with_opts(
	    l->s->collections[l->where], &filter, &opts, NULL);
	bson_destroy(&opts);
	bson_destroy(&filter);
	return cursor;
}

static void
note_last(struct listing *l, const bson_t *doc)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[l->where];
	int i;

	for (i = 0; i < shape->parts; i++) {
		buf_reset(&l->last[i]);
		buf_add_text(&l->last[i], mongo_text(doc, shape->part[i]));
	}
	l->begun = true;
}

/* Until its end, or a failure; *again: go on with a new cursor. */
static enum status
run_cursor(struct listing *l, struct mongo_patience *patience, bool *again,
    struct error *err)
{
	mongoc_cursor_t *cursor = open_cursor(l);
	const bson_t *doc;
	bson_error_t e;
	bool failed, moved = false;
	enum status status = DONE;

	while (status == DONE && mongoc_cursor_next(cursor, &doc)) {
		if ((status = give(l, doc, err)) == DONE)
			note_last(l, doc);
		moved = true;
	}
	failed = mongoc_cursor_error(cursor, &e);
	mongoc_cursor_destroy(cursor);
	*again = false;
	if (!failed || status != DONE)
		return status;
	if (moved)
		*patience = (struct mongo_patience){ 0 };
	*again = (e.code == CURSOR_NOT_FOUND && moved) ||
	    mongo_again(l->s, patience, &e, NULL);
	return *again ? DONE : mongo_fault(l->s, &e, "read", err);
}

static enum mongo_place
place_of(enum store_kind kind)
{
	return kind == STORE_HISTORY ? MONGO_CONSOLIDACOES
				     : (enum mongo_place)kind;
}

enum status
mongo_list(struct store *base, enum store_kind kind,
    const struct store_filter *filter, store_doc_fn each, void *ctx,
    struct error *err)
{
	struct listing l = { .s = mongo_of(base),
		.kind = kind,
		.where = place_of(kind),
		.filter = filter,
		.each = each,
		.ctx = ctx };
	struct mongo_patience patience = { 0 };
	enum status status;
	bool again;
	size_t i;

	do
		status = run_cursor(&l, &patience, &again, err);
	while (again);
	for (i = 0; i < sizeof(l.last) / sizeof(l.last[0]); i++)
		buf_clear(&l.last[i]);
	return status;
}

static enum status
count_line(struct text line, void *ctx, struct error *err)
{
	uint64_t *count = ctx;

	(void)line;
	(void)err;
	++*count;
	return DONE;
}

enum status
mongo_count(struct store *base, enum store_kind kind,
    const struct store_filter *filter, uint64_t *count, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct mongo_patience patience = { 0 };
	bson_t question = BSON_INITIALIZER;
	bson_error_t e;
	int64_t found;

	*count = 0;
	if (kind == STORE_HISTORY) { /* several lines to a document */
		bson_destroy(&question);
		return mongo_list(base, kind, filter, count_line, count, err);
	}
	build_filter(filter, kind, place_of(kind), &question);
	do
		found = mongoc_collection_count_documents(
		    s->collections[place_of(kind)], &question, NULL, NULL, NULL,
		    &e);
	while (found < 0 && mongo_again(s, &patience, &e, NULL));
	bson_destroy(&question);
	if (found < 0)
		return mongo_fault(s, &e, "read", err);
	*count = (uint64_t)found;
	return DONE;
}
