/*
 * A plan: what would be done, said in a line that can be looked at, kept,
 * thinned out and fed back in, and is then done exactly, or refused because the
 * store, the ledger or Omie have moved on.
 */
#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "omie-contract/billing.h"

static const struct {
	const char *word;
	int calls;
} ACTIONS[] = {
	[NOT_PLANNED] = { "", 0 },
	[PLAN_CREATE] = { "incluir", 1 },
	[PLAN_CHANGE] = { "alterar", 3 }, /* read, change, read */
	[PLAN_ADOPT] = { "adotar", 0 },
	[PLAN_SETTLE] = { "resolver", 2 },
	[PLAN_NOTHING] = { "nada", 0 },
	[PLAN_DISPENSE] = { "dispensar", 0 },
	[PLAN_DIVERGENT] = { "divergente", 0 },
};

/* What Omie's listing says about a job. */
struct found {
	enum plan_action action;
	struct buf differences; /* JSON strings with commas */
	char seen[HASH_TEXT];
};

static void
note_difference(struct found *f, const char *why)
{
	f->action = PLAN_DIVERGENT;
	build_text(&f->differences, text_of(why));
}

/* ----------------------------------------------------------------- decide */

static enum status
compare_held(struct run *run, struct job *job, const struct listed *c,
    struct found *f, struct error *err)
{
	char why[160];
	struct value held, head;
	enum status s = account_read(run->held, c, run->answer, err);

	if (s != DONE)
		return s;
	held = record_root(run->answer);
	head = value_member(held, "cabecalho");
	contract_fingerprint(held, f->seen);
	if (value_is_text(value_member(head, "cCodSit"), "99")) {
		note_difference(f, "cCodSit: it is cancelled in Omie");
	} else if (job_is_revised(job)) {
		f->action = PLAN_CHANGE;
		if ((s = ndjson_parse(
			 run->doc, buf_text(&run->payload), err)) == DONE)
			contract_differences(
			    record_root(run->doc), held, &f->differences);
	} else if (!job_same_contract(job, held, why, sizeof(why))) {
		note_difference(f, why);
	} else {
		f->action = job->ledger.confirmed ? PLAN_NOTHING : PLAN_ADOPT;
	}
	return s;
}

static enum status
decide(struct run *run, struct job *job, struct found *f, struct error *err)
{
	const struct listed *c;
	enum status s;

	if (job->earlier)
		return job_compare_earlier(job, err); /* or nothing to do */
	if (job->ledger.confirmed && !job_is_revised(job) &&
	    (s = job_compare_confirmed(job, err)) != DONE)
		return s;
	if ((s = account_list_contracts(run->held, err)) != DONE)
		return s;
	c = account_find(run->held, job->code);
	if (job_is_open(job))
		f->action = PLAN_SETTLE;
	else if (c != NULL && c->twice)
		note_difference(f, "Omie has several contracts of this code");
	else if (c != NULL)
		return compare_held(run, job, c, f, err);
	else if (job->ledger.confirmed)
		note_difference(f, "it is not in Omie any more");
	else
		f->action =
		    job->c.total_cents == 0 ? PLAN_DISPENSE : PLAN_CREATE;
	return DONE;
}

/* ------------------------------------------------------------------ write */

static void
write_plan(
    struct run *run, struct job *job, const struct found *f, struct buf *out)
{
	bool sends = f->action == PLAN_CREATE || f->action == PLAN_CHANGE;

	build_open(out, '{');
	build_text_member(out, "acao", text_of(ACTIONS[f->action].word));
	build_name(out, "diferenca");
	build_open(out, '[');
	buf_add_text(out, buf_text(&f->differences));
	build_close(out, ']');
	build_name(out, "chamadas");
	build_integer(out, ACTIONS[f->action].calls);
	build_text_member(out, "conta", text_of(run->account));
	build_name(out, "lancamento");
	build_integer(out, job->ledger.known ? job->ledger.last.seq : 0);
	build_text_member(out, "visto", text_of(f->seen));
	if (sends) {
		build_text_member(out, "hash", text_of(job->payload_hash));
		build_name(out, "contrato");
		build_raw(out, buf_text(&run->payload));
	}
	build_name(out, "consolidacao");
	consolidation_write(out, &job->c);
	build_close(out, '}');
}

static void
add_up(struct run *run, const struct job *job, enum plan_action action)
{
	struct plan_sum *sum = &run->sum;
	uint64_t *const counts[] = { [PLAN_CREATE] = &sum->create,
		[PLAN_CHANGE] = &sum->change,
		[PLAN_ADOPT] = &sum->adopt,
		[PLAN_SETTLE] = &sum->settle,
		[PLAN_NOTHING] = &sum->same,
		[PLAN_DISPENSE] = &sum->none,
		[PLAN_DIVERGENT] = &sum->divergent };

	++*counts[action];
	sum->calls += (uint64_t)ACTIONS[action].calls;
	if (action == PLAN_CREATE || action == PLAN_CHANGE)
		sum->cents += job->c.total_cents;
}

enum status
plan_job(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	static const char *const replaced[] = { "consolidacaoData", "trigger",
		NULL };
	struct contract_result result = { .key = job->c.key,
		.action = CONTRACT_PLANNED,
		.code = job->code,
		.nCodCtr =
		    job->earlier ? job->hinted : job->ledger.contract.nCodCtr,
		.total_cents = job->c.total_cents,
		.status = job->c.status };
	struct found f = { .action = PLAN_NOTHING, .differences = BUF_INIT };
	struct buf *out = filter_out(run->filter);
	enum status s = decide(run, job, &f, err);

	if (s == DONE) {
		build_open(out, '{');
		build_name(out, "contrato");
		contract_write(out, &result);
		build_text_member(out, "trigger", TEXT("contract-planned"));
		build_name(out, "plano");
		write_plan(run, job, &f, out);
		build_members_but(out, record_root(rec), replaced);
		build_close(out, '}');
		filter_end_line(run->filter);
		add_up(run, job, f.action);
		if (f.action == PLAN_DIVERGENT)
			run->filter->status =
			    worst(run->filter->status, SOME_REJECTED);
	}
	buf_clear(&f.differences);
	return s;
}

/* For whoever decides whether it is to be done: how much, how long. */
void
plan_close(struct run *run)
{
	const struct plan_sum *sum = &run->sum;
	const struct clock real = { 0 };
	int64_t ms = run->per_minute > 0
	    ? (int64_t)sum->calls * 60000 / run->per_minute
	    : 0;
	struct buf total = BUF_INIT;
	char when[INSTANT_TEXT];

	money_add_br(&total, sum->cents);
	instant_format(clock_now(&real) + ms, when);
	filter_warn(run->filter,
	    "plan: %llu to create, %llu to change, R$ %s; %llu to adopt, "
	    "%llu open, %llu as they are, %llu without a bill, %llu divergent; "
	    "%llu calls, done by %s at the earliest",
	    (unsigned long long)sum->create, (unsigned long long)sum->change,
	    buf_cstr(&total), (unsigned long long)sum->adopt,
	    (unsigned long long)sum->settle, (unsigned long long)sum->same,
	    (unsigned long long)sum->none, (unsigned long long)sum->divergent,
	    (unsigned long long)sum->calls, when);
	buf_clear(&total);
}

/* ------------------------------------------------------------------ apply */

static enum status
read_action(struct value plan, enum plan_action *out, struct error *err)
{
	struct value word = value_member(plan, "acao");
	int i;

	for (i = PLAN_CREATE; i <= PLAN_DIVERGENT; i++)
		if (value_is_text(word, ACTIONS[i].word)) {
			*out = (enum plan_action)i;
			return DONE;
		}
	return reject(
	    err, "plano_invalido", "plano.acao: none that a plan has");
}

/* The store has what the plan is of, and the ledger says what it said. */
static enum status
check_books(
    struct run *run, struct value plan, struct job *job, struct error *err)
{
	int64_t seq;
	enum status s =
	    record_integer(plan, "lancamento", 0, INT64_MAX, &seq, err);

	if (s != DONE)
		return s;
	if (!value_is_text(value_member(plan, "conta"), run->account))
		return plan_expired(err, "it is of another account of Omie");
	if ((s = job_check_store(run, job, err)) == SOME_REJECTED)
		return plan_expired(
		    err, "the store holds another consolidation");
	if (s != DONE || (s = job_look(run, job, err)) != DONE)
		return s;
	if (seq != (job->ledger.known ? job->ledger.last.seq : 0))
		return plan_expired(err, "the ledger has gone on");
	return DONE;
}

/* What was planned is what the ledger leaves to do: a line whose action was
 * edited must not become another. */
static enum status
check_action(const struct job *job, struct error *err)
{
	bool revised = job_is_revised(job), confirmed = job->ledger.confirmed;
	bool is_new = !confirmed && !job->earlier && !job_is_open(job), bills;
	const bool fits[] = { [PLAN_CREATE] = is_new,
		[PLAN_CHANGE] = revised,
		[PLAN_ADOPT] = is_new,
		[PLAN_SETTLE] = job_is_open(job),
		[PLAN_NOTHING] = job->earlier || (confirmed && !revised),
		[PLAN_DISPENSE] = is_new };

	bills = job->c.total_cents > 0;
	if (fits[job->plan] &&
	    (job->plan == PLAN_SETTLE || bills != (job->plan == PLAN_DISPENSE)))
		return DONE;
	return plan_expired(err, "its action is not what is to be done");
}

/* Exactly what was planned is sent: its hash must be its own, and it must
 * still be the bill of this customer. */
static enum status
take_payload(
    struct run *run, struct value plan, struct job *job, struct error *err)
{
	struct value contract = value_member(plan, "contrato");
	struct error why;
	enum status s;

	buf_reset(&run->payload);
	build_value(&run->payload, contract);
	hash_text(buf_text(&run->payload), job->payload_hash);
	if (!value_is_text(value_member(plan, "hash"), job->payload_hash))
		return reject(err, "plano_invalido",
		    "plano.contrato is not what was planned: its hash is %s",
		    job->payload_hash);
	if ((s = job_find_customer(run, job, err)) != DONE)
		return s;
	s = contract_check(
	    contract, &job->c, job->code, job->customer, run->today, &why);
	return s == DONE ? DONE : plan_expired(err, why.text);
}

/* A contract that is there already, or is there no more, was not planned for.
 */
static enum status
check_listed(struct run *run, struct job *job, struct error *err)
{
	bool there;
	enum status s = account_list_contracts(run->held, err);

	if (s != DONE)
		return s;
	there = account_find(run->held, job->code) != NULL;
	if (there && job->plan == PLAN_CREATE)
		return plan_expired(err, "the contract exists in Omie");
	if (!there && job->plan == PLAN_ADOPT)
		return plan_expired(
		    err, "the contract is not in Omie any more");
	job->looked = job->plan == PLAN_CREATE;
	return DONE;
}

enum status
plan_check_omie(struct run *run, struct job *job, struct error *err)
{
	if (job->plan == PLAN_CREATE || job->plan == PLAN_ADOPT)
		return check_listed(run, job, err);
	return DONE; /* a change: compared when it is read to be changed */
}

enum status
plan_prepare(
    struct run *run, struct value plan, struct job *job, struct error *err)
{
	struct text seen = value_text(value_member(plan, "visto"));

	if (job->plan != PLAN_CREATE && job->plan != PLAN_CHANGE)
		return job_prepare(run, job, err);
	if (job->plan == PLAN_CHANGE) {
		if (seen.len != HASH_TEXT - 1)
			return reject(err, "plano_invalido",
			    "plano.visto: the contract that was seen");
		memcpy(job->seen, seen.at, seen.len);
	}
	return take_payload(run, plan, job, err);
}

enum status
plan_read(
    struct run *run, struct value plan, struct job *job, struct error *err)
{
	enum status s;

	if (value_kind(plan) != IS_OBJECT)
		return value_reject(plan, err, "object expected");
	s = consolidation_read(
	    value_member(plan, "consolidacao"), &job->c, &run->scratch, err);
	if (s != DONE || (s = read_action(plan, &job->plan, err)) != DONE)
		return s;
	if (job->plan == PLAN_DIVERGENT)
		return reject(err, "divergente",
		    "the plan says what is to be compared by hand first");
	return DONE;
}

enum status
plan_check(
    struct run *run, struct value plan, struct job *job, struct error *err)
{
	enum status s = check_books(run, plan, job, err);

	return s == DONE ? check_action(job, err) : s;
}
