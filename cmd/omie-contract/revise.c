/*
 * A revised consolidation changes its contract: read, change, write whole, read
 * again (omie-api 5.4). A change may be sent twice without harm, but never over
 * what somebody else changed, and never to a contract that was cancelled.
 */
#include <stdio.h>
#include <string.h>

#include "omie-contract/revision.h"

enum {
	TRIES = 3,
	/* Of the window (5 of 60 s): a read right after a write is old. */
	LAG_DIVISOR = 12
};

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

/* ----------------------------------------------------------------- write */

static enum outcome
judge_changed(struct run *run, struct job *job, struct text params,
    const struct omie_fault *fault, enum status *status, struct error *err)
{
	switch (fault->verdict) {
	case OMIE_OK:
		job->answered = job->was_taken = true;
		return WAS_ABSENT; /* it is read again before it is believed */
	case OMIE_PERMANENT:
	case OMIE_NOTHING:
	case OMIE_DUPLICATE:
		if (learn_unknown(run, params, fault)) {
			job->attempts--; /* the next one is another call */
			return conclude(run, job,
			    job_left(job, LEDGER_NOT_SENT), fault->text,
			    WAS_ABSENT, status, err);
		}
		refuse_by_fault(err, "recusado", "dados",
		    "the change of the contract was refused", fault);
		error_advise(err,
		    "correct company, proposal or template, then "
		    "feed this line back in");
		return conclude(run, job, job_left(job, LEDGER_REFUSED),
		    fault->text, WAS_REFUSED, status, err);
	case OMIE_TRANSIENT:
		refuse_by_fault(err, "servico_indisponivel", "servico",
		    "the change of the contract was not executed", fault);
		error_advise(err, "feed this line back in later");
		return conclude(run, job, job_left(job, LEDGER_NOT_SENT),
		    fault->text, WAS_ABSENT, status, err);
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
		return judge_changed(run, job, params, &fault, status, err);
	return run->overtaken ? WAS_OVERTAKEN : RUN_ENDS;
}

/* ------------------------------------------------------------------ walk */

static enum outcome
sleep_out(
    const struct job *job, int64_t ms, enum status *status, struct error *err)
{
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
		return sleep_out(job, run->window_ms, status, err);
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

	/* As it was before the change that was taken, or older still. */
	if (job->answered && (unsigned)as >= job->changed_from)
		return wait_for_change(run, job, status, err);
	if (job->attempts == TRIES)
		return WAS_REFUSED; /* `err` says why the last one failed */
	job->answered = job->waited = false;
	job->changed_from = as;
	write_change(run, job, held, as, &params);
	outcome = send_change(run, job, buf_text(&params), status, err);
	buf_clear(&params);
	if (outcome != WAS_ABSENT || !job->answered)
		return outcome;
	return sleep_out(job, run->window_ms / LAG_DIVISOR, status, err);
}

/* One reading, and what follows from it. WAS_ABSENT: read again. */
static enum outcome
step(struct run *run, struct job *job, const struct sent_before *before,
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
	as = judge_held(before, held, why);
	if (as == HELD_NEW)
		return confirm(
		    run, job, job->ledger.contract.nCodCtr, status, err);
	if (as == HELD_OTHER)
		return refuse_divergent(run, job, buf_cstr(why), status, err);
	if (as == HELD_OLD && check_unbilled(before, held, err) != DONE)
		return WAS_REFUSED;
	return act(run, job, held, as, status, err);
}

enum status
job_revise(
    struct run *run, struct job *job, struct sent *sent, struct error *err)
{
	struct sent_before before;
	bool was_open = job_is_open(job);
	struct buf why = BUF_INIT;
	enum outcome outcome = WAS_ABSENT;
	enum status s;

	job->revising = true;
	job->attempts = 0; /* of the change */
	s = sent_before_read(run, job, &before, err);
	while (s == DONE && outcome == WAS_ABSENT)
		outcome = step(run, job, &before, &why, &s, err);
	buf_clear(&why);
	sent_before_clear(&before);
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
