/* Volumes: kept raw, priced by the proposals of their company. */
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"

#include "store/keep_internal.h"

/* The event that an element is of. */
struct event {
	struct value root;
	competencia month;
	struct text *ids; /* of its companies, sorted; none if there is one */
	size_t id_count;
};

/* What pricing gives for one element, collected so that all of it is kept or
 * none. */
struct priced {
	struct keeper *k;
	struct consolidation *items;
	size_t count;
};

static enum status
collect(const struct consolidation *c, void *ctx, struct error *err)
{
	struct priced *p = ctx;
	struct consolidation *grown;

	(void)err;
	if ((p->count & (p->count - 1)) == 0) {
		grown = arena_alloc(&p->k->scratch,
		    (p->count ? p->count * 2 : 1) * sizeof(*grown));
		if (p->count > 0)
			memcpy(grown, p->items, p->count * sizeof(*grown));
		p->items = grown;
	}
	p->items[p->count++] = *c;
	return DONE;
}

static void
log_note(const char *note, void *ctx)
{
	struct priced *p = ctx;
	struct filter *f = p->k->filter;

	log_event(
	    f->log, LOG_WARN, f->request_id, (struct text){ 0 }, "%s", note);
}

struct load {
	struct keeper *k;
	struct catalog *catalog;
};

static enum status
add_proposal_document(struct text doc, void *ctx, struct error *err)
{
	struct load *load = ctx;
	struct proposal *p;
	enum status s;

	if ((s = ndjson_parse(load->k->doc, doc, err)) != DONE ||
	    (s = proposal_read(
		 value_member(record_root(load->k->doc), "proposta"), &p,
		 err)) != DONE)
		return s;
	proposal_mark(p, doc);
	return catalog_add(load->catalog, p, err);
}

enum status
keep_load_proposals(struct keeper *k, struct text empresa_id, struct catalog *c,
    struct error *err)
{
	struct load load = { k, c };
	enum status s;

	catalog_note(c, empresa_id);
	s = store_each_proposal(
	    k->store, empresa_id, add_proposal_document, &load, err);
	if (s != DONE) /* some are none: a part would be billed as all */
		catalog_forget(c, empresa_id);
	return s;
}

/* The event begins with this one element: what is stored, and what is
 * rejected. */
static void
begin_event(struct buf *out, struct value element)
{
	buf_reset(out);
	build_open(out, '{');
	build_name(out, "volumetriaData");
	build_open(out, '[');
	build_value(out, element);
	build_close(out, ']');
}

static int
compare_ids(const void *a, const void *b)
{
	return text_order(*(const struct text *)a, *(const struct text *)b);
}

/* Sorted, since an event may hold many companies. */
static void
sort_ids(struct keeper *k, struct value elements, struct event *e)
{
	size_t count = value_count(elements);
	struct error ignored;
	struct each it;

	if (count < 2)
		return;
	e->ids = arena_alloc(&k->scratch, count * sizeof(*e->ids));
	for (it = value_each(elements); each_next(&it);)
		if (value_identifier(value_member(it.at, "idEmpresa"),
			&e->ids[e->id_count], &ignored) == DONE)
			e->id_count++;
	qsort(e->ids, e->id_count, sizeof(*e->ids), compare_ids);
}

static bool
stands_twice(const struct event *e, struct text id)
{
	const struct text *at, *end = e->ids + e->id_count;

	if (e->id_count < 2)
		return false;
	at = bsearch(&id, e->ids, e->id_count, sizeof(id), compare_ids);
	return at != NULL &&
	    ((at > e->ids && text_same(at[-1], id)) ||
		(at + 1 < end && text_same(at[1], id)));
}

static enum status
read_company(const struct event *e, struct value element, struct text *id,
    struct error *err)
{
	struct error why;

	if (record_identifier(element, "idEmpresa", id, &why) != DONE)
		return reject(err, "dados_incompletos", "%s", why.text);
	if (stands_twice(e, *id))
		return reject(err, "dados_incompletos",
		    "empresa %.*s stands twice in one event", (int)id->len,
		    id->at);
	return DONE;
}

/* Those with the number of --proposta. */
static struct proposal *const *
select_proposals(
    struct keeper *k, struct proposal *const *proposals, size_t *count)
{
	struct proposal **kept;
	size_t n = 0;

	if (k->proposta == NULL)
		return proposals;
	kept =
	    arena_alloc(&k->scratch, (*count + 1) * sizeof(struct proposal *));
	for (size_t i = 0; i < *count; i++)
		if (text_is(proposal_number(proposals[i]), k->proposta))
			kept[n++] = proposals[i];
	*count = n;
	return kept;
}

/*
 * The proposals of a company, from the catalogue or the store. A cache that is
 * full keeps what it holds: month after month comes in the same order, and
 * would otherwise find nothing of the one before.
 */
static enum status
find_proposals(struct keeper *k, struct text id,
    struct proposal *const **proposals, size_t *count, struct error *err)
{
	struct catalog *c = k->catalog != NULL ? k->catalog : k->known;
	enum status s;

	if (catalog_find(c, id, proposals, count) || k->store == NULL)
		return DONE;
	if (catalog_is_full(c)) {
		c = k->spare;
		catalog_forget(c, id);
	}
	if ((s = keep_load_proposals(k, id, c, err)) == DONE)
		catalog_find(c, id, proposals, count);
	return s;
}

static enum status
price(struct keeper *k, struct value element, struct text id, competencia month,
    struct priced *out, struct error *err)
{
	struct proposal *const *proposals = NULL;
	size_t count = 0;
	enum status s;

	if ((s = find_proposals(k, id, &proposals, &count, err)) != DONE)
		return s;
	proposals = select_proposals(k, proposals, &count);
	return price_element(element, month, proposals, count, &k->scratch,
	    collect, log_note, out, err);
}

/* All consolidations of an element, or none: the first that is refused
 * refuses the element before anything of it was written. */
static enum status
keep_priced(struct keeper *k, const struct priced *p, struct error *err)
{
	bool changes;
	enum status s;
	size_t i;

	for (i = 0; p->count > 1 && i < p->count; i++)
		if ((s = keep_may_consolidate(
			 k, &p->items[i], &changes, err)) != DONE)
			return s;
	for (i = 0; i < p->count; i++) {
		s = keep_one_consolidation(
		    k, &p->items[i], buf_text(&k->extra), err);
		if (s != DONE)
			return s;
	}
	return DONE;
}

/* Volumes that can't be trusted don't replace trusted ones (their line is in
 * the rejected file); all others are kept, priced or not. */
static enum status
keep_raw(struct keeper *k, const struct event *e, struct value element,
    struct text id, struct error *err)
{
	const char *not_stored[] = { "volumetriaData", "requestId", "test",
		"traceparent", NULL, NULL };

	if (!k->write)
		return DONE;
	begin_event(&k->line, element);
	keep_members(k, &k->line, e->root, not_stored);
	build_close(&k->line, '}');
	return store_put_volumes(
	    k->store, e->month, id, buf_text(&k->line), err);
}

/* What must hold before anything of the element is kept, the volumes too. */
static enum status
check_guards(struct keeper *k, const struct event *e, struct text id,
    const struct priced *p, struct error *err)
{
	bool changes, any = false;
	wide total = 0;
	enum status s;

	if (k->max_change < 0 && !keep_is_closed(k, e->month))
		return DONE;
	for (size_t i = 0; i < p->count; i++) {
		s = keep_may_consolidate(k, &p->items[i], &changes, err);
		if (s != DONE)
			return s;
		any |= changes;
		total += p->items[i].total_cents;
	}
	/* What was let through once is not held up again. */
	if (!any || k->partial)
		return DONE;
	return keep_check_change(k, e->month, id, total, err);
}

/* Nothing of it is kept: the line in the rejected file is all there is. */
static bool
is_untrusted(const struct error *why)
{
	return strcmp(why->code, "dados_incompletos") == 0 ||
	    strcmp(why->code, "variacao") == 0 ||
	    strcmp(why->code, "competencia_fechada") == 0;
}

static enum status
check_whole(
    struct keeper *k, const struct event *e, struct text id, struct error *err)
{
	char month[COMPETENCIA_TEXT];
	struct text doc;
	bool found;
	enum status s;

	if (!k->partial || k->store == NULL)
		return DONE;
	s = store_get_volumes(k->store, e->month, id, &doc, &found, err);
	if (s != DONE || !found || keep_is_partial(k, doc))
		return s;
	competencia_format(e->month, month);
	reject(err, "parcial",
	    "volumes %s/%.*s are of the whole month in the store, these are "
	    "partial",
	    month, (int)id.len, id.at);
	error_advise(err, "nothing to do: what is stored stays");
	return SOME_REJECTED;
}

static enum status
keep_element(struct keeper *k, const struct event *e, struct value element,
    struct error *err)
{
	struct priced priced = { k, NULL, 0 };
	struct error raw_err;
	struct text id;
	enum status s, raw;

	if ((s = read_company(e, element, &id, err)) != DONE ||
	    (s = check_whole(k, e, id, err)) != DONE)
		return s;
	s = price(k, element, id, e->month, &priced, err);
	if (s == DONE)
		s = check_guards(k, e, id, &priced, err);
	if ((s != DONE && s != SOME_REJECTED) ||
	    (s == SOME_REJECTED && is_untrusted(err)))
		return s;
	raw = keep_raw(k, e, element, id, &raw_err);
	if (raw != DONE) {
		*err = raw_err;
		return raw;
	}
	return s == DONE ? keep_priced(k, &priced, err) : s;
}

static enum status
read_month(struct value root, competencia *month, struct error *err)
{
	struct text text;
	enum status s;

	if ((s = record_text(root, "competencia", &text, err)) != DONE)
		return s;
	if ((*month = competencia_read(text)) == 0)
		return reject(err, "competencia_invalida",
		    "competencia: YYYY-MM expected");
	return DONE;
}

enum status
keep_volumes(struct keeper *k, struct value root, struct error *err)
{
	const char *not_passed[] = { "volumetriaData", "competencia", "trigger",
		"requestId", "test", "traceparent", NULL, NULL };
	static const char *const array[] = { "volumetriaData", NULL };
	struct event e = { .root = root };
	struct error why;
	struct value elements;
	struct each it;
	enum status s;

	if ((s = record_array(root, "volumetriaData", &elements, err)) !=
		DONE ||
	    (s = read_month(root, &e.month, err)) != DONE ||
	    (s = keep_note_month(k, root, e.month, err)) != DONE)
		return s;
	/* It would pass without a trace. */
	if (value_count(elements) == 0)
		return reject(
		    err, "dados_incompletos", "volumetriaData: empty");
	sort_ids(k, elements, &e);
	buf_reset(&k->extra);
	build_open(&k->extra, '{');
	build_text_member(&k->extra, "trigger", TEXT("data-processed"));
	keep_members(k, &k->extra, root, not_passed);
	build_close(&k->extra, '}');
	for (it = value_each(elements); each_next(&it);) {
		if ((s = keep_element(k, &e, it.at, &why)) == DONE) {
			k->filter->counters.done++;
			continue;
		}
		if (s != SOME_REJECTED) {
			*err = why;
			return s;
		}
		begin_event(&k->line, it.at);
		build_members_but(&k->line, root, array);
		build_close(&k->line, '}');
		s = filter_reject(k->filter, buf_text(&k->line), &why, err);
		if (s != DONE)
			return s;
	}
	return DONE;
}
