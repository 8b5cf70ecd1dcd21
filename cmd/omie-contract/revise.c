/*
 * A revised consolidation changes its contract: read, change, write whole, read
 * again (omie-api 5.4). A change may be sent twice without harm, but never over
 * what somebody else changed, and never to a contract that was cancelled.
 */
#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "omie-contract/billing.h"

enum {
	TRIES = 3,
	/* Of the window (5 of 60 s): a read right after a write is old. */
	LAG_DIVISOR = 12
};

/* What was sent before, and may be what Omie holds. */
struct bases {
	struct run *run;
	const struct job *job;
	struct text confirmed; /* {"",0}: made by nobody we know */
	struct text pending;   /* of the newest attempt */
};

static enum status
take_base(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct bases *b = ctx;
	struct text copy;

	(void)err;
	if (line->payload.len == 0 ||
	    !text_same(line->account, text_of(b->run->account)))
		return DONE;
	copy = arena_text(&b->run->scratch, line->payload);
	b->pending = copy;
	if (strcmp(line->payload_hash, b->job->ledger.contract.payload_hash) ==
	    0)
		b->confirmed = copy;
	return DONE;
}

static enum outcome
refuse_divergent(struct run *run, struct job *job, const char *what,
    enum status *status, struct error *err)
{
	reject(err, "divergente", "contract %s (nCodCtr %lld): %s", job->code,
	    (long long)job->ledger.contract.nCodCtr, what);
	error_advise(err, "compare both; change the one that is wrong by hand");
	/* Only what is open has to be said to be so still. */
	if (!job_is_open(job))
		return WAS_REFUSED;
	return conclude(
	    run, job, LEDGER_UNCLEAR, "divergente", WAS_REFUSED, status, err);
}

/* ------------------------------------------------------------------ read */

/* By turns by id and by code, since the same question again is redundant. */
static enum outcome
read_held(struct run *run, struct job *job, struct value *held,
    enum status *status, struct error *err)
{
	struct omie_fault fault = { 0 };
	int64_t id = job->reads++ % 2 == 0 ? job->ledger.contract.nCodCtr : 0;
	struct value head;

	*status = job_consult(run, job, id, &fault, err);
	if (*status != DONE)
		return RUN_ENDS;
	if (fault.verdict == OMIE_NOTHING)
		return refuse_divergent(
		    run, job, "it is not in Omie any more", status, err);
	*held = value_member(record_root(run->answer), "contratoCadastro");
	head = value_member(*held, "cabecalho");
	if (fault.verdict == OMIE_OK &&
	    value_is_text(value_member(head, "cCodIntCtr"), job->code) &&
	    omie_id(value_member(head, "nCodCtr")) ==
		job->ledger.contract.nCodCtr)
		return WAS_CONFIRMED;
	refuse_by_fault(err, "servico_indisponivel", "servico",
	    "the contract to be changed can't be read", &fault);
	error_advise(err, "feed this line back in later");
	return WAS_REFUSED;
}

/* ----------------------------------------------------------------- judge */

enum held_as {
	HELD_NEW,	   /* as it is to be */
	HELD_WITH_SURPLUS, /* as it is to be, with items of before */
	HELD_OLD,	   /* as we left it */
	HELD_OTHER	   /* somebody else changed it; `why` says what */
};

struct owned {
	struct value items; /* that we sent */
	size_t foreign;
};

static void
count_foreign(struct value item, void *ctx)
{
	struct owned *o = ctx;
	struct text code = value_text(
	    value_member(value_member(item, "itemCabecalho"), "codIntItem"));
	struct each it;

	for (it = value_each(o->items); each_next(&it);)
		if (code.len > 0 &&
		    text_same(value_text(value_member(
				  value_member(it.at, "itemCabecalho"),
				  "codIntItem")),
			code))
			return;
	o->foreign++;
}

/* Whether all that is too much was sent by us before. */
static bool
surplus_is_ours(struct run *run, struct text base, struct value held)
{
	struct owned owned = { .foreign = 0 };
	struct record *fresh = record_new();
	struct error ignored;

	if (base.len > 0 && ndjson_parse(fresh, base, &ignored) == DONE)
		owned.items = value_member(record_root(fresh), "itensContrato");
	contract_surplus(record_root(run->doc), held, count_foreign, &owned);
	record_free(fresh);
	return owned.foreign == 0;
}

static bool
is_as_sent(
    struct run *run, struct text payload, struct value held, struct buf *why)
{
	struct error ignored;
	struct value sent;

	if (payload.len == 0 ||
	    ndjson_parse(run->doc, payload, &ignored) != DONE)
		return false;
	sent = record_root(run->doc);
	return contract_differences(sent, held, why) == 0 &&
	    contract_surplus(sent, held, NULL, NULL) == 0;
}

/* Nobody knows what was sent: the same customer and total have to do. */
static bool
is_as_confirmed(const struct job *job, struct value held, struct buf *why)
{
	struct value head = value_member(held, "cabecalho");
	struct buf theirs = BUF_INIT, line = BUF_INIT;
	int64_t cents = 0;

	if (contract_total(held, &cents) &&
	    cents == job->ledger.contract.total_cents &&
	    omie_id(value_member(head, "nCodCli")) == job->customer)
		return true;
	money_add(&theirs, cents);
	buf_printf(&line, "total in Omie %s", buf_cstr(&theirs));
	build_text(why, buf_text(&line));
	buf_clear(&line);
	buf_clear(&theirs);
	return false;
}

static enum held_as
judge_held(struct run *run, struct job *job, const struct bases *bases,
    struct value held, struct buf *why)
{
	int64_t cents;
	size_t changes;

	if (ndjson_parse(run->doc, buf_text(&run->payload),
		&(struct error){ 0 }) != DONE)
		return HELD_OTHER;
	changes = contract_differences(record_root(run->doc), held, NULL);
	if (changes == 0 &&
	    contract_surplus(record_root(run->doc), held, NULL, NULL) == 0 &&
	    contract_total(held, &cents) && cents == job->c.total_cents)
		return HELD_NEW;
	if (changes == 0 && surplus_is_ours(run, bases->confirmed, held))
		return HELD_WITH_SURPLUS;
	buf_reset(why);
	if (is_as_sent(run, bases->pending, held, NULL) ||
	    is_as_sent(run, bases->confirmed, held, why) ||
	    (bases->confirmed.len == 0 && is_as_confirmed(job, held, why)))
		return HELD_OLD;
	return HELD_OTHER;
}

/* ----------------------------------------------------------------- write */

static void
add_excluded(struct value item, void *ctx)
{
	struct buf *b = ctx;

	build_open(b, '{');
	build_name(b, "codItem");
	build_integer(b,
	    omie_id(
		value_member(value_member(item, "itemCabecalho"), "codItem")));
	build_close(b, '}');
}

/* Built before the call, whose answer takes the place of what is held. */
static void
write_change(struct run *run, struct job *job, struct value held,
    enum held_as as, struct buf *params)
{
	struct error ignored;

	ndjson_parse(run->doc, buf_text(&run->payload), &ignored);
	if (as == HELD_OLD) {
		job->call = "AlterarContrato";
		contract_merge(params, held, record_root(run->doc),
		    job->ledger.contract.nCodCtr);
		return;
	}
	job->call = "ExcluirItem";
	build_open(params, '{');
	build_name(params, "contratoChave");
	build_open(params, '{');
	build_name(params, "nCodCtr");
	build_integer(params, job->ledger.contract.nCodCtr);
	build_close(params, '}');
	build_name(params, "ItensExclusao");
	build_open(params, '[');
	contract_surplus(record_root(run->doc), held, add_excluded, params);
	build_close(params, ']');
	build_close(params, '}');
}

static enum outcome
judge_changed(struct run *run, struct job *job, const struct omie_fault *fault,
    enum status *status, struct error *err)
{
	switch (fault->verdict) {
	case OMIE_OK:
		job->answered = true;
		return WAS_ABSENT; /* it is read again before it is believed */
	case OMIE_PERMANENT:
	case OMIE_NOTHING:
	case OMIE_DUPLICATE:
		refuse_by_fault(err, "recusado", "dados",
		    "the change of the contract was refused", fault);
		error_advise(err,
		    "correct company, proposal or template, then "
		    "feed this line back in");
		return conclude(run, job, LEDGER_REFUSED, fault->text,
		    WAS_REFUSED, status, err);
	case OMIE_TRANSIENT:
		refuse_by_fault(err, "servico_indisponivel", "servico",
		    "the change of the contract was not executed", fault);
		error_advise(err, "feed this line back in later");
		return conclude(run, job, LEDGER_NOT_SENT, fault->text,
		    WAS_ABSENT, status, err);
	default:
		refuse_by_fault(err, "incerto", "incerto",
		    "the contract may or may not be changed", fault);
		error_advise(
		    err, "nothing to do: the next run looks it up again");
		return conclude(run, job, LEDGER_UNCLEAR, fault->text,
		    WAS_ABSENT, status, err);
	}
}

static enum outcome
send_change(struct run *run, struct job *job, struct text params,
    enum status *status, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };

	*status = job_write(run, job, params, &fault, err);
	if (*status == DONE)
		return judge_changed(run, job, &fault, status, err);
	return run->overtaken ? WAS_OVERTAKEN : RUN_ENDS;
}

/* ------------------------------------------------------------------ walk */

static enum outcome
sleep_out(struct run *run, const struct job *job, int64_t ms,
    enum status *status, struct error *err)
{
	(void)run;
	while (ms > 0 && !filter_stop)
		ms = clock_sleep_ms(ms);
	if (!filter_stop)
		return WAS_ABSENT;
	*status = fail(err, TRY_LATER,
	    "stopped by a signal; contract %s is settled by the next run",
	    job->code);
	return RUN_ENDS;
}

/* The change was taken, and is not to be seen: once more after the window. */
static enum outcome
wait_for_change(
    struct run *run, struct job *job, enum status *status, struct error *err)
{
	if (!job->waited) {
		job->waited = true;
		return sleep_out(run, job, run->window_ms, status, err);
	}
	reject(err, "incerto",
	    "the change of contract %s was taken and is not to be seen",
	    job->code);
	memcpy(err->class_, "incerto", sizeof("incerto"));
	error_advise(err, "nothing to do: the next run looks it up again");
	return conclude(run, job, LEDGER_UNCLEAR, "mudança não vista",
	    WAS_REFUSED, status, err);
}

static enum outcome
act(struct run *run, struct job *job, struct value held, enum held_as as,
    enum status *status, struct error *err)
{
	struct buf params = BUF_INIT;
	enum outcome outcome;

	if (as == HELD_OLD && job->answered)
		return wait_for_change(run, job, status, err);
	if (job->attempts == TRIES)
		return WAS_REFUSED; /* `err` says why the last one failed */
	write_change(run, job, held, as, &params);
	outcome = send_change(run, job, buf_text(&params), status, err);
	buf_clear(&params);
	if (outcome != WAS_ABSENT || !job->answered)
		return outcome;
	return sleep_out(run, job, run->window_ms / LAG_DIVISOR, status, err);
}

/* One reading, and what follows from it. WAS_ABSENT: read again. */
static enum outcome
step(struct run *run, struct job *job, const struct bases *bases,
    struct buf *why, enum status *status, struct error *err)
{
	struct value held;
	enum held_as as;
	enum outcome outcome = WAS_CONFIRMED;

	if (job_is_open(job) && !job->answered)
		outcome = wait_out(run, job, status, err);
	if (outcome == WAS_CONFIRMED)
		outcome = read_held(run, job, &held, status, err);
	if (outcome != WAS_CONFIRMED)
		return outcome;
	if (value_is_text(
		value_member(value_member(held, "cabecalho"), "cCodSit"), "99"))
		return refuse_divergent(
		    run, job, "it is cancelled in Omie", status, err);
	if (job->seen[0] != '\0' && job->attempts == 0 &&
	    !job_is_as_planned(job, held))
		return refuse_expired(err, "the contract changed in Omie");
	as = judge_held(run, job, bases, held, why);
	if (as == HELD_NEW)
		return confirm(
		    run, job, job->ledger.contract.nCodCtr, status, err);
	if (as == HELD_OTHER)
		return refuse_divergent(run, job, buf_cstr(why), status, err);
	return act(run, job, held, as, status, err);
}

enum status
job_revise(
    struct run *run, struct job *job, struct sent *sent, struct error *err)
{
	struct bases bases = { run, job, { "", 0 }, { "", 0 } };
	bool was_open = job_is_open(job);
	struct buf why = BUF_INIT;
	enum outcome outcome = WAS_ABSENT;
	enum status s;

	job->revising = true;
	s = ledger_each(run->store, text_of(job->code), take_base, &bases, err);
	while (s == DONE && outcome == WAS_ABSENT)
		outcome = step(run, job, &bases, &why, &s, err);
	buf_clear(&why);
	if (s != DONE && (outcome == RUN_ENDS || outcome == WAS_ABSENT))
		return s;
	if (outcome == WAS_OVERTAKEN) {
		reject(err, "em_andamento", "another process is at work on %s",
		    job->code);
		memcpy(err->class_, "servico", sizeof("servico"));
		error_advise(err, "feed this line back in later");
	}
	if (outcome != WAS_CONFIRMED)
		return SOME_REJECTED;
	sent->action = was_open || job->attempts > 0 ? CONTRACT_CHANGED
						     : CONTRACT_UNCHANGED;
	sent->nCodCtr = job->ledger.contract.nCodCtr;
	return DONE;
}
