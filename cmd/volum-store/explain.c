/* A company's month, told line by line. */
#include "volum-store/explain.h"

#include "domain/memo.h"

struct telling {
	struct filter *filter;
	struct store *store;
	const char *proposta;
	bool as_json;
	uint64_t told; /* proposals */
	int64_t total_cents;
	struct record *rec;
	struct arena arena;
	struct buf plain, line;
};

/* The memo as a record, made of the lines alone where none is kept. */
static enum status
build_record(
    struct telling *t, const struct consolidation *c, struct error *err)
{
	struct text memo;
	enum status s;

	if ((s = store_get_memo(t->store, &c->key, &memo, err)) != DONE)
		return s;
	buf_reset(&t->plain);
	if (memo.len == 0) {
		memo_write_plain(&t->plain, c);
		memo = buf_text(&t->plain);
	}
	buf_reset(&t->line);
	memo_write_record(&t->line, &c->key, c->total_cents, memo);
	return DONE;
}

static enum status
tell(struct telling *t, enum consolidation_status status, int64_t revision,
    struct error *err)
{
	struct buf *out = filter_out(t->filter);
	enum status s;

	if (t->as_json) {
		buf_add_text(out, buf_text(&t->line));
		filter_end_line(t->filter);
		return DONE;
	}
	if ((s = ndjson_parse(t->rec, buf_text(&t->line), err)) != DONE)
		return s;
	if (t->told > 0)
		buf_add_byte(out, '\n');
	memo_tell(out, value_member(record_root(t->rec), "memoria"), status,
	    revision);
	return DONE;
}

static enum status
tell_consolidation(struct text doc, void *ctx, struct error *err)
{
	struct telling *t = ctx;
	struct consolidation c;
	enum status s;

	arena_reset(&t->arena);
	if ((s = ndjson_parse(t->rec, doc, err)) != DONE ||
	    (s = consolidation_read(
		 value_member(record_root(t->rec), "consolidacaoData"), &c,
		 &t->arena, err)) != DONE)
		return s;
	if (t->proposta != NULL && !text_is(c.key.proposta, t->proposta))
		return DONE;
	if ((s = build_record(t, &c, err)) != DONE ||
	    (s = tell(t, c.status, c.revision, err)) != DONE)
		return s;
	t->told++;
	t->total_cents += c.total_cents;
	t->filter->counters.read++;
	t->filter->counters.done++;
	return filter_flush(t->filter, err);
}

static enum status
tell_end(
    struct telling *t, const struct store_filter *filter, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	if (t->told == 0) {
		competencia_format(filter->month, month);
		filter_warn(t->filter,
		    "nothing is stored of empresa %.*s in %s",
		    (int)filter->empresa_id.len, filter->empresa_id.at, month);
		return SOME_REJECTED;
	}
	if (t->told > 1 && !t->as_json)
		memo_tell_sum(filter_out(t->filter), t->total_cents);
	return filter_flush(t->filter, err);
}

enum status
explain_month(struct filter *f, struct store *store,
    const struct store_filter *filter, const char *proposta, bool as_json,
    struct error *err)
{
	struct telling t = { .filter = f,
		.store = store,
		.proposta = proposta,
		.as_json = as_json,
		.rec = record_new() };
	enum status s;

	s = store_list(
	    store, STORE_CONSOLIDATIONS, filter, tell_consolidation, &t, err);
	if (s == DONE)
		s = tell_end(&t, filter, err);
	buf_clear(&t.line);
	buf_clear(&t.plain);
	arena_clear(&t.arena);
	record_free(t.rec);
	return s;
}
