/* A company's month, told line by line. */
#include "volum-store/explain.h"

#include "domain/memo.h"
#include "store/memo.h"

struct telling {
	struct filter *filter;
	struct memo_finder finder;
	const struct explain_what *what;
	uint64_t told; /* proposals */
	int64_t total_cents;
	struct record *rec;
	struct arena arena;
	struct buf memo, line;
};

/* The memo as a record, made of the lines alone where none is kept; empty when
 * that is not to be told. */
static enum status
build_record(
    struct telling *t, const struct consolidation *c, struct error *err)
{
	enum status s;

	buf_reset(&t->line);
	buf_reset(&t->memo);
	if ((s = memo_find(&t->finder, c, &t->memo, err)) != DONE)
		return s;
	if (t->memo.len == 0 && t->what->only_kept)
		return DONE;
	if (t->memo.len == 0)
		memo_write_plain(&t->memo, c);
	memo_write_record(
	    &t->line, &c->key, c->total_cents, buf_text(&t->memo));
	return DONE;
}

static enum status
tell(struct telling *t, const struct memo_state *state, struct error *err)
{
	struct buf *out = filter_out(t->filter);
	enum status s;

	if (t->what->as_json) {
		buf_add_text(out, buf_text(&t->line));
		filter_end_line(t->filter);
		return DONE;
	}
	if ((s = ndjson_parse(t->rec, buf_text(&t->line), err)) != DONE)
		return s;
	if (t->told > 0)
		buf_add_byte(out, '\n');
	memo_tell(out, value_member(record_root(t->rec), "memoria"), state);
	return DONE;
}

static enum status
tell_consolidation(struct text doc, void *ctx, struct error *err)
{
	struct telling *t = ctx;
	struct memo_state state;
	struct consolidation c;
	enum status s;

	arena_reset(&t->arena);
	if ((s = ndjson_parse(t->rec, doc, err)) != DONE ||
	    (s = consolidation_read(
		 value_member(record_root(t->rec), "consolidacaoData"), &c,
		 &t->arena, err)) != DONE)
		return s;
	if (t->what->proposta != NULL &&
	    !text_is(c.key.proposta, t->what->proposta))
		return DONE;
	state = (struct memo_state){ c.status, c.revision,
		value_is_true(value_member(record_root(t->rec), "parcial")) };
	if ((s = build_record(t, &c, err)) != DONE || t->line.len == 0 ||
	    (s = tell(t, &state, err)) != DONE)
		return s;
	t->told++;
	t->total_cents += c.total_cents;
	t->filter->counters.read++;
	t->filter->counters.done++;
	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	return filter_out(t->filter)->len < 65536
	    ? DONE
	    : filter_flush(t->filter, err);
}

static enum status
tell_end(
    struct telling *t, const struct store_filter *filter, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	if (t->told == 0 && !t->what->only_kept) {
		competencia_format(filter->month, month);
		filter_warn(t->filter,
		    "nothing is stored of empresa %.*s in %s",
		    (int)filter->empresa_id.len, filter->empresa_id.at, month);
		return SOME_REJECTED;
	}
	if (t->told > 1 && !t->what->as_json)
		memo_tell_sum(filter_out(t->filter), t->total_cents);
	return filter_flush(t->filter, err);
}

enum status
explain_month(struct filter *f, struct store *store,
    const struct store_filter *filter, const struct explain_what *what,
    struct error *err)
{
	struct telling t = { .filter = f, .what = what, .rec = record_new() };
	enum status s;

	memo_finder_init(&t.finder, store);
	s = store_list(
	    store, STORE_CONSOLIDATIONS, filter, tell_consolidation, &t, err);
	if (s == DONE)
		s = tell_end(&t, filter, err);
	memo_finder_clear(&t.finder);
	buf_clear(&t.line);
	buf_clear(&t.memo);
	arena_clear(&t.arena);
	record_free(t.rec);
	return s;
}
