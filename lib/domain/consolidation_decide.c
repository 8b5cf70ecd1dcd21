/* What becomes of a consolidation that is there already. */
#include "core/ndjson.h"
#include "domain/consolidation.h"
#include "domain/money.h"

static bool
status_moves_on(enum consolidation_status from, enum consolidation_status to)
{
	if (from == to || from == CONSOLIDATION_SENT)
		return false;
	if (from == CONSOLIDATION_ERROR || to == CONSOLIDATION_ERROR)
		return true;
	return to > from;
}

static bool
same_lines(const struct consolidation *a, const struct consolidation *b)
{
	if (a->line_count != b->line_count)
		return false;
	for (size_t i = 0; i < a->line_count; i++)
		if (!text_same(a->lines[i].name, b->lines[i].name) ||
		    a->lines[i].quantity_micro != b->lines[i].quantity_micro ||
		    a->lines[i].cents != b->lines[i].cents)
			return false;
	return true;
}

bool
consolidation_bills_the_same(const struct consolidation_stored *stored,
    const struct consolidation *incoming)
{
	struct record *rec;
	struct arena arena = ARENA_INIT;
	struct buf whole = BUF_INIT;
	struct consolidation before;
	struct error ignored;
	bool same;

	if (stored->total_cents != incoming->total_cents)
		return false;
	rec = record_new();
	consolidation_write_stored(
	    &whole, stored->content, stored->status, stored->revision);
	same = ndjson_parse(rec, buf_text(&whole), &ignored) == DONE &&
	    consolidation_read(record_root(rec), &before, &arena, &ignored) ==
		DONE &&
	    before.total_cents == incoming->total_cents &&
	    same_lines(&before, incoming);
	buf_clear(&whole);
	arena_clear(&arena);
	record_free(rec);
	return same;
}

static enum consolidation_verdict
refuse_sent(const struct consolidation_stored *stored,
    const struct consolidation *incoming, struct error *err)
{
	const struct billing_key *key = &incoming->key;
	struct buf b = BUF_INIT;
	char month[COMPETENCIA_TEXT];

	competencia_format(key->month, month);
	buf_add_str(&b, "was sent with valorTotal ");
	money_add(&b, stored->total_cents);
	buf_add_str(&b, ", this one says ");
	money_add(&b, incoming->total_cents);
	if (stored->total_cents == incoming->total_cents)
		buf_add_str(&b, " with other produtos");
	reject(err, "ja_enviada", "consolidation %s/%.*s/%.*s %s", month,
	    (int)key->empresa_id.len, key->empresa_id.at,
	    (int)key->proposta.len, key->proposta.at, buf_cstr(&b));
	error_advise(err,
	    "if the new amounts are right, store them as a revision: "
	    "volum-store --revise");
	buf_clear(&b);
	return CONSOLIDATION_REFUSED;
}

enum consolidation_verdict
consolidation_decide(const struct consolidation_stored *stored,
    const struct consolidation *incoming, struct text incoming_content,
    bool revise, struct error *err)
{
	if (!stored->exists)
		return CONSOLIDATION_NEW;
	if (text_same(stored->content, incoming_content)) {
		if (incoming->revision > stored->revision)
			return CONSOLIDATION_REPLACE;
		return status_moves_on(stored->status, incoming->status)
		    ? CONSOLIDATION_STATUS
		    : CONSOLIDATION_SAME;
	}
	if (stored->status != CONSOLIDATION_SENT)
		return CONSOLIDATION_REPLACE;
	if (consolidation_bills_the_same(stored, incoming))
		return CONSOLIDATION_SAME;
	if (revise)
		return incoming->revision > stored->revision
		    ? CONSOLIDATION_REPLACE
		    : CONSOLIDATION_REVISE;
	return refuse_sent(stored, incoming, err);
}
