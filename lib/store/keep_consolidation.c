/* Consolidations: what may replace what, and the line that says so. */
#include "domain/memo.h"
#include "store/keep_internal.h"

static void
put_line(struct keeper *k, const struct stored_consolidation *c)
{
	buf_reset(&k->line);
	consolidation_write_event(
	    &k->line, c->content, c->status, c->revision, c->extra);
	keep_pass_on(k, buf_text(&k->line));
}

/* The stored one, its texts copied: a later call on the store may move them. */
enum status
keep_find_consolidation(struct keeper *k, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err)
{
	enum status s;

	*found = false;
	if (k->store == NULL)
		return DONE;
	s = store_get_consolidation(k->store, key, out, found, err);
	if (s != DONE || !*found)
		return s;
	out->key = *key;
	out->content = arena_text(&k->scratch, out->content);
	out->extra = arena_text(&k->scratch, out->extra);
	return DONE;
}

static struct consolidation_stored
known_of(const struct stored_consolidation *stored)
{
	return (struct consolidation_stored){ .exists = true,
		.status = stored->status,
		.revision = stored->revision,
		.total_cents = stored->total_cents,
		.content = stored->content };
}

static bool
changes_content(enum consolidation_verdict verdict)
{
	return verdict != CONSOLIDATION_SAME && verdict != CONSOLIDATION_STATUS;
}

/* A part of the month would be billed for the whole, or never. */
static enum status
check_whole(struct keeper *k, const struct stored_consolidation *stored,
    struct error *err)
{
	const struct billing_key *key = &stored->key;
	char month[COMPETENCIA_TEXT];

	if (!k->partial || keep_is_partial(k, stored->extra))
		return DONE;
	competencia_format(key->month, month);
	reject(err, "parcial",
	    "consolidation %s/%.*s/%.*s is of the whole month in the store, "
	    "this one is partial",
	    month, (int)key->empresa_id.len, key->empresa_id.at,
	    (int)key->proposta.len, key->proposta.at);
	error_advise(err, "nothing to do: what is stored stays");
	return SOME_REJECTED;
}

/* SOME_REJECTED: it was sent with other amounts, its month is closed, or it is
 * partial where the stored one is not. */
static enum status
decide(struct keeper *k, const struct consolidation *c,
    struct stored_consolidation *stored, enum consolidation_verdict *verdict,
    struct error *err)
{
	struct consolidation_stored known = { 0 };
	enum status s;

	s = keep_find_consolidation(k, &c->key, stored, &known.exists, err);
	if (s != DONE)
		return s;
	if (known.exists) {
		if ((s = check_whole(k, stored, err)) != DONE)
			return s;
		known = known_of(stored);
	}
	buf_reset(&k->content);
	consolidation_write_content(&k->content, c);
	*verdict = consolidation_decide(
	    &known, c, buf_text(&k->content), k->revise, err);
	/* A closed one's contract may still be sent, and say so. */
	if (changes_content(*verdict) &&
	    (s = keep_refuse_closed(k, &c->key, err)) != DONE)
		return s;
	return *verdict == CONSOLIDATION_REFUSED ? SOME_REJECTED : DONE;
}

/* The history of a closed month says why it changed all the same. */
static const char *
note_reopening(struct keeper *k, struct stored_consolidation *put,
    enum consolidation_verdict verdict, const char *why)
{
	if (k->reopen == NULL || put->key.month > k->closed ||
	    !changes_content(verdict))
		return why;
	put->noted = true;
	buf_reset(&k->why);
	buf_printf(&k->why, "reabertura: %s", k->reopen);
	return buf_cstr(&k->why);
}

static const char *
merge(struct stored_consolidation *put, enum consolidation_verdict verdict,
    const struct stored_consolidation *stored)
{
	switch (verdict) {
	case CONSOLIDATION_SAME: /* but not what stands beside it */
		put->status = stored->status;
		put->content = stored->content;
		put->revision = stored->revision;
		return "conteudo";
	case CONSOLIDATION_REVISE:
		put->status = CONSOLIDATION_READY_TO_SEND;
		put->revision = stored->revision + 1;
		return "revisao";
	case CONSOLIDATION_STATUS:
		put->content = stored->content;
		put->revision = stored->revision;
		return "status";
	case CONSOLIDATION_REPLACE:
		if (put->revision < stored->revision)
			put->revision = stored->revision;
		return "conteudo";
	default:
		return "novo";
	}
}

/* The memo of what was priced now, unless the same money has one; of what comes
 * from elsewhere none, unless the stored one explains the same money. */
static struct text
memo_for(struct keeper *k, const struct consolidation *c,
    enum consolidation_verdict verdict,
    const struct stored_consolidation *stored)
{
	static const struct text as_it_is = { NULL, 0 };
	bool same = !changes_content(verdict);

	if (same && (stored->has_memo || c->memo == NULL))
		return as_it_is;
	if (c->memo != NULL) {
		buf_reset(&k->memo);
		memo_write_short(&k->memo, c);
		return buf_text(&k->memo);
	}
	if (verdict != CONSOLIDATION_NEW && stored->has_memo &&
	    stored->total_cents == c->total_cents &&
	    consolidation_bills_same(stored->content, c))
		return as_it_is;
	return TEXT("");
}

/* What is stored says all already, but perhaps not how it came about. */
static enum status
pass_unchanged(struct keeper *k, const struct consolidation *c,
    const struct stored_consolidation *stored, struct error *err)
{
	struct text memo;

	k->filter->counters.unchanged++;
	put_line(k, stored);
	if (!k->write)
		return DONE;
	memo = memo_for(k, c, CONSOLIDATION_SAME, stored);
	return memo.at == NULL ? DONE
			       : store_put_memo(k->store, &c->key, memo, err);
}

enum status
keep_one_consolidation(struct keeper *k, const struct consolidation *c,
    struct text extra, struct error *err)
{
	struct stored_consolidation stored = { 0 }, put;
	enum consolidation_verdict verdict;
	const char *why;
	enum status s;

	if ((s = decide(k, c, &stored, &verdict, err)) != DONE)
		return s;
	k->filter->counters.cents += c->total_cents;
	extra = keep_marked(k, extra, stored.extra);
	/* `parcial` stands beside the content and ends with its month. */
	if (verdict == CONSOLIDATION_SAME &&
	    (stored.status == CONSOLIDATION_SENT ||
		text_same(stored.extra, extra)))
		return pass_unchanged(k, c, &stored, err);
	put = (struct stored_consolidation){ .key = c->key,
		.total_cents = c->total_cents,
		.status = c->status,
		.revision = c->revision,
		.content = buf_text(&k->content),
		.extra = extra };
	why = merge(&put, verdict, &stored);
	put.memo = memo_for(k, c, verdict, &stored);
	why = note_reopening(k, &put, verdict, why);
	/* Told last: what the store refuses must not leave as stored. */
	if (k->write &&
	    (s = store_put_consolidation(k->store, &put, why, err)) != DONE)
		return s;
	put_line(k, &put);
	return DONE;
}

enum status
keep_may_consolidate(struct keeper *k, const struct consolidation *c,
    bool *changes, struct error *err)
{
	struct stored_consolidation stored;
	enum consolidation_verdict verdict;
	enum status s = decide(k, c, &stored, &verdict, err);

	*changes = s == DONE && changes_content(verdict);
	return s;
}

enum status
keep_consolidation(struct keeper *k, struct value root, struct error *err)
{
	const char *own[] = { "consolidacaoData", "requestId", "test",
		"traceparent", NULL, NULL };
	struct consolidation c;
	enum status s;

	s = consolidation_read(
	    value_member(root, "consolidacaoData"), &c, &k->scratch, err);
	if (s != DONE ||
	    (s = keep_note_month(k, root, c.key.month, err)) != DONE)
		return s;
	buf_reset(&k->extra);
	build_open(&k->extra, '{');
	keep_members(k, &k->extra, root, own);
	build_close(&k->extra, '}');
	return keep_one_consolidation(k, &c, buf_text(&k->extra), err);
}
