#include "store/memo.h"

#include "core/ndjson.h"
#include "domain/memo.h"

struct search {
	struct memo_finder *finder;
	const struct consolidation *consolidation;
	struct text memo; /* short */
	struct buf *out;
	bool found;
};

void
memo_finder_init(struct memo_finder *f, struct store *s)
{
	*f = (struct memo_finder){ .store = s, .rec = record_new() };
}

void
memo_finder_clear(struct memo_finder *f)
{
	record_free(f->rec);
	arena_clear(&f->arena);
}

/* A version of the proposal: was it the one? */
static enum status
try_version(struct text doc, void *ctx, struct error *err)
{
	struct search *search = ctx;
	struct memo_finder *f = search->finder;
	struct proposal *p;
	enum status s;

	if (search->found)
		return DONE;
	if ((s = ndjson_parse(f->rec, doc, err)) != DONE ||
	    (s = proposal_read(value_member(record_root(f->rec), "proposta"),
		 &p, err)) != DONE)
		return s;
	proposal_mark(p, doc);
	search->found = memo_rebuild(
	    search->out, search->consolidation, search->memo, p, &f->arena);
	proposal_free(p);
	return DONE;
}

enum status
memo_find(struct memo_finder *f, const struct consolidation *c, struct buf *out,
    struct error *err)
{
	struct search search = { .finder = f, .consolidation = c, .out = out };
	struct text memo;
	enum status s;

	if ((s = store_get_memo(f->store, &c->key, &memo, err)) != DONE)
		return s;
	if (!memo_is_short(memo)) {
		buf_add_text(out, memo);
		return DONE;
	}
	arena_reset(&f->arena);
	search.memo = arena_text(&f->arena, memo);
	return store_each_version(f->store, c->key.empresa_id, c->key.proposta,
	    try_version, &search, err);
}
