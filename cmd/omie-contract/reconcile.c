/*
 * --reconcile: one month, as the store, the ledger and Omie tell it. Omie is
 * listed once, everything else is read as it streams by; nothing is written.
 */
#include "omie-contract/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/cnpj.h"

/* What the store holds and this program can't read back is no line to refuse.
 */
static enum status
strange(const char *what, struct error *err)
{
	struct error why = *err;

	return fail(err, BAD_CONFIG,
	    "the store holds %s that can't be read: %s", what, why.text);
}

/* ------------------------------------------------------------- one entry */

static enum status
add_listed(struct reconciling *w, size_t i, struct reconciliation *r,
    struct error *err)
{
	struct run *run = w->run;
	struct value contract, head;
	int64_t cents = 0;
	enum status s;

	s = account_read(run->held, &w->listed[i], run->answer, err);
	if (s != DONE)
		return s;
	w->seen[i] = true;
	contract = record_root(run->answer);
	head = value_member(contract, "cabecalho");
	if (r->live == 0) {
		r->nCodCtr = w->listed[i].nCodCtr;
		r->nCodCli = omie_id(value_member(head, "nCodCli"));
	}
	if (value_is_text(value_member(head, "cCodSit"), "99")) {
		r->cancelled++;
		return DONE;
	}
	r->live++;
	if (!contract_total(contract, &cents) ||
	    __builtin_add_overflow(r->cents, cents, &r->cents))
		r->unreadable = true;
	return DONE;
}

static enum status
ask_listing(struct reconciling *w, struct entry *e, struct error *err)
{
	const struct listed *c = account_find(w->run->held, e->code);
	size_t i = c != NULL ? (size_t)(c - w->listed) : w->listed_count;
	enum status s = DONE;

	for (; s == DONE && i < w->listed_count &&
	     strcmp(w->listed[i].code, e->code) == 0;
	     i++)
		s = add_listed(w, i, &e->r, err);
	return s;
}

static enum status
ask_ledger(struct reconciling *w, struct entry *e, struct ledger_state *state,
    struct error *err)
{
	enum status s = ledger_look(w->run->store, text_of(w->run->account),
	    text_of(e->code), state, err);

	if (s != DONE || !state->known)
		return s;
	e->event = ledger_event_name(state->last.event);
	e->r.open = state->last.event == LEDGER_INTENT ||
	    state->last.event == LEDGER_UNCLEAR;
	e->r.confirmed = state->confirmed;
	e->r.confirmed_id = state->contract.nCodCtr;
	e->r.confirmed_cents = state->contract.total_cents;
	e->r.confirmed_revision = state->contract.revision;
	return DONE;
}

static enum status
ask_result(struct reconciling *w, struct entry *e, struct error *err)
{
	struct stored_contract result;
	bool found;
	enum status s =
	    store_get_contract(w->run->store, &e->key, &result, &found, err);

	if (s == DONE && found)
		e->r.result_id = result.nCodCtr;
	return s;
}

/* Whom omie-contract would bill; 0 where it would refuse. */
static enum status
ask_customer(struct reconciling *w, struct entry *e, struct error *err)
{
	struct company company;
	char document[CNPJ_TEXT];
	bool found;
	enum status s;

	s = store_get_company(
	    w->run->store, e->key.empresa_id, &company, &found, err);
	if (s != DONE || !found)
		return s;
	e->r.customer = company.omie_code;
	if (company.omie_code != 0 ||
	    cnpj_read(company.cnpj, document) != CNPJ_OK)
		return DONE;
	s = account_customer(w->run->held, document, &e->r.customer, err);
	if (s != SOME_REJECTED)
		return s;
	return strcmp(err->class_, "servico") == 0 ? TRY_LATER : DONE;
}

static enum status
put_entry(struct reconciling *w, struct entry *e, struct error *err)
{
	e->situation = reconcile(&e->r);
	if (!reconciled_add(&w->sum, &e->r, e->situation))
		return fail(err, BAD_CONFIG,
		    "%s: the amounts add up to more than can be counted",
		    e->code);
	w->run->filter->counters.done += situation_agrees(e->situation);
	if (situation_agrees(e->situation) && !w->all)
		return DONE;
	return reconcile_print(w, e, err);
}

/* -------------------------------------------------------- what is billed */

static enum status
read_bill(
    struct reconciling *w, struct text line, struct entry *e, struct error *err)
{
	struct run *run = w->run;
	struct consolidation c;
	struct value root;

	arena_reset(&run->scratch);
	line = arena_text(&run->scratch, line);
	if (ndjson_parse(run->doc, line, err) != DONE)
		return strange("a consolidation", err);
	root = record_root(run->doc);
	if (consolidation_read(value_member(root, "consolidacaoData"), &c,
		&run->scratch, err) != DONE)
		return strange("a consolidation", err);
	*e = (struct entry){ .key = c.key,
		.r = { .billed = true,
		    .partial = value_is_true(value_member(root, "parcial")),
		    .status = c.status,
		    .revision = c.revision,
		    .expected_cents = c.total_cents } };
	contract_code(&c.key, e->code);
	return DONE;
}

static enum status
each_bill(struct text line, void *ctx, struct error *err)
{
	struct reconciling *w = ctx;
	struct ledger_state state;
	struct entry e;
	enum status s;

	if ((s = read_bill(w, line, &e, err)) != DONE)
		return s;
	w->bills++;
	w->run->filter->counters.read++;
	if ((s = ask_listing(w, &e, err)) != DONE ||
	    (s = ask_ledger(w, &e, &state, err)) != DONE ||
	    (s = ask_result(w, &e, err)) != DONE ||
	    (e.r.live > 0 && (s = ask_customer(w, &e, err)) != DONE))
		return s;
	return put_entry(w, &e, err);
}

static enum status
each_volumes(struct text line, void *ctx, struct error *err)
{
	struct reconciling *w = ctx;
	struct run *run = w->run;
	struct store_filter filter = { .month = w->month, .status = -1 };
	struct entry e = { .key = { .month = w->month } };
	struct each it;
	uint64_t bills;
	enum status s;

	arena_reset(&run->scratch);
	line = arena_text(&run->scratch, line);
	if (ndjson_parse(run->doc, line, err) != DONE)
		return strange("volumes", err);
	it = value_each(value_member(record_root(run->doc), "volumetriaData"));
	if (!each_next(&it) ||
	    record_identifier(it.at, "idEmpresa", &e.key.empresa_id, err) !=
		DONE)
		return strange("volumes", err);
	filter.empresa_id = e.key.empresa_id;
	s = store_count(run->store, STORE_CONSOLIDATIONS, &filter, &bills, err);
	if (s != DONE || bills > 0)
		return s;
	return put_entry(w, &e, err);
}

/* ------------------------------------------- what no consolidation bills */

/* Whether a consolidation or the listing gives it a line of its own. */
static enum status
is_accounted(struct reconciling *w, const struct billing_key *key,
    const char *code, bool *accounted, struct error *err)
{
	struct stored_consolidation c;

	*accounted = account_find(w->run->held, code) != NULL;
	if (*accounted)
		return DONE;
	return store_get_consolidation(w->run->store, key, &c, accounted, err);
}

/* The newest line of a contract that should be there, or may be. */
static enum status
each_ledger_line(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct reconciling *w = ctx;
	struct entry e = { .key = line->key };
	struct ledger_state state;
	bool accounted;
	enum status s;

	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	if (line->key.month != w->month ||
	    !text_is(line->account, w->run->account))
		return DONE;
	contract_code(&line->key, e.code);
	s = is_accounted(w, &line->key, e.code, &accounted, err);
	if (s != DONE || accounted)
		return s;
	if ((s = ask_ledger(w, &e, &state, err)) != DONE ||
	    state.last.seq != line->seq || (!e.r.open && !e.r.confirmed))
		return s;
	return put_entry(w, &e, err);
}

/* A result that nothing else remembers. */
static enum status
each_result(struct text line, void *ctx, struct error *err)
{
	struct reconciling *w = ctx;
	struct contract_result result;
	struct ledger_state state;
	struct entry e = { 0 };
	char code[INT_CTR_TEXT];
	bool accounted;
	enum status s;

	arena_reset(&w->run->scratch);
	line = arena_text(&w->run->scratch, line);
	if (ndjson_parse(w->run->doc, line, err) != DONE ||
	    contract_read(value_member(record_root(w->run->doc), "contrato"),
		&result, code, err) != DONE)
		return strange("a result", err);
	memcpy(e.code, code, sizeof(code));
	e.key = result.key;
	e.r.result_id = result.nCodCtr;
	s = is_accounted(w, &e.key, e.code, &accounted, err);
	if (s != DONE || accounted || result.nCodCtr == 0)
		return s;
	if ((s = ask_ledger(w, &e, &state, err)) != DONE || e.r.open ||
	    e.r.confirmed)
		return s;
	return put_entry(w, &e, err);
}

static enum status
put_extra(struct reconciling *w, const struct listed *c, struct error *err)
{
	struct entry e = { .key = { .month = w->month } };
	struct ledger_state state;
	enum status s;

	memcpy(e.code, c->code, sizeof(e.code));
	if ((s = ask_listing(w, &e, err)) != DONE ||
	    (s = ask_ledger(w, &e, &state, err)) != DONE)
		return s;
	arena_reset(&w->run->scratch);
	if (state.known) {
		e.key.empresa_id =
		    arena_text(&w->run->scratch, state.last.key.empresa_id);
		e.key.proposta =
		    arena_text(&w->run->scratch, state.last.key.proposta);
	}
	return put_entry(w, &e, err);
}

/* Omie's contracts of the month that no consolidation has. */
static enum status
put_extras(struct reconciling *w, struct error *err)
{
	char month[COMPETENCIA_TEXT], prefix[6];
	enum status s = DONE;
	size_t i;

	competencia_format(w->month, month);
	memcpy(prefix, month + 2, 2);
	memcpy(prefix + 2, month + 5, 2);
	memcpy(prefix + 4, "-", 2);
	for (i = 0; s == DONE && i < w->listed_count; i++)
		if (!w->seen[i] && strncmp(w->listed[i].code, prefix, 5) == 0)
			s = put_extra(w, &w->listed[i], err);
	return s;
}

/* ------------------------------------------------------------- the month */

static enum status
read_month(struct reconciling *w, const char *word, struct error *err)
{
	bool partial;

	if (competencia_resolve(text_of(word), w->run->today, &w->month,
		&partial, err) != DONE) {
		struct error why = *err;

		return fail(err, BAD_USAGE, "--%s", why.text);
	}
	if (partial)
		return fail(err, BAD_USAGE,
		    "--competencia: the month is not over, there is nothing "
		    "to compare yet");
	return DONE;
}

static enum status
list_omie(struct reconciling *w, struct error *err)
{
	enum status s = account_list_contracts(w->run->held, err);

	if (s != DONE) /* refused lines wait; there are none here */
		return s == SOME_REJECTED ? TRY_LATER : s;
	w->listed = account_all(w->run->held, &w->listed_count);
	w->seen = mem_zalloc(w->listed_count + 1);
	return DONE;
}

static enum status
compare(struct reconciling *w, struct error *err)
{
	const struct store_filter filter = { .month = w->month, .status = -1 };
	struct store *store = w->run->store;
	enum status s;

	reconcile_print_head(w);
	if ((s = store_list(store, STORE_CONSOLIDATIONS, &filter, each_bill, w,
		 err)) != DONE ||
	    (s = store_list(store, STORE_VOLUMES, &filter, each_volumes, w,
		 err)) != DONE ||
	    (s = ledger_each(store, (struct text){ "", 0 }, each_ledger_line, w,
		 err)) != DONE ||
	    (s = store_list(store, STORE_CONTRACTS, &filter, each_result, w,
		 err)) != DONE ||
	    (s = put_extras(w, err)) != DONE)
		return s;
	w->run->filter->counters.cents = w->sum.expected_cents;
	reconcile_measure(w);
	if ((s = reconcile_print_sum(w, err)) != DONE)
		return s;
	return reconciled_agrees(&w->sum) ? DONE : SOME_REJECTED;
}

enum status
mode_reconcile(struct run *run, const struct mode_options *m, struct error *err)
{
	struct reconciling w = {
		.run = run, .all = m->all, .for_person = mode_for_person(m)
	};
	enum status s;

	*err = (struct error){ 0 };
	if ((s = read_month(&w, m->competencia, err)) == DONE &&
	    (s = list_omie(&w, err)) == DONE &&
	    (s = need_store(run, STORE_READ, err)) == DONE)
		s = compare(&w, err);
	free(w.seen);
	return s;
}
