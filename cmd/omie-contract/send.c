/*
 * One contract, exactly once: the intent is durable before the call leaves,
 * the outcome after it came. The ledger says at every moment what is to be
 * done; other processes may write to it in between.
 */
#include <string.h>

#include "omie-contract/billing.h"

/* A longer stated wait ends the tries: a later run goes on. */
enum { TRIES = 3, LONGEST_WAIT_S = 120 };

/* ---------------------------------------------------------------- create */

/* Omie says that our code is taken: it must be found, and be ours. */
static enum outcome
adopt(struct run *run, struct job *job, int64_t id, enum status *status,
    struct error *err)
{
	enum outcome outcome;

	run->must_list = true; /* the ledger doesn't know of all there is */
	job->adopted = true;
	outcome = look_up(run, job, id, status, err);
	if (outcome != WAS_ABSENT)
		return outcome;
	reject(err, "incerto", "Omie refused %s as taken, and then as unknown",
	    job->code);
	memcpy(err->class_, "incerto", sizeof("incerto"));
	return conclude(run, job, LEDGER_UNCLEAR, "duplicado e ausente",
	    WAS_REFUSED, status, err);
}

/* An answer that names another code is not the answer to our call. */
static bool
is_about(const struct job *job, struct value answer)
{
	struct value code = value_member(answer, "cCodIntCtr");

	return value_is_empty(code) || value_text(code).len == 0 ||
	    value_is_text(code, job->code);
}

/* From here on it is as if the run had found the attempt in the ledger. */
static enum outcome
leave_open(struct run *run, struct job *job, const char *why,
    enum status *status, struct error *err)
{
	enum outcome outcome =
	    conclude(run, job, LEDGER_UNCLEAR, why, WAS_CONFIRMED, status, err);

	return outcome == WAS_CONFIRMED ? settle(run, job, status, err)
					: outcome;
}

static enum outcome
judge_created(struct run *run, struct job *job, const struct omie_fault *fault,
    enum status *status, struct error *err)
{
	struct value root = record_root(run->answer);

	switch (fault->verdict) {
	case OMIE_OK:
		if (!is_about(job, root))
			return leave_open(
			    run, job, "resposta de outro", status, err);
		return confirm(run, job, omie_id(value_member(root, "nCodCtr")),
		    status, err);
	case OMIE_DUPLICATE:
		return adopt(run, job, fault->existing_id, status, err);
	case OMIE_PERMANENT:
	case OMIE_NOTHING:
		refuse_by_fault(
		    err, "recusado", "dados", "IncluirContrato refused", fault);
		error_advise(err,
		    "correct company, proposal or template, then "
		    "feed this line back in");
		return conclude(run, job, LEDGER_REFUSED, fault->text,
		    WAS_REFUSED, status, err);
	case OMIE_TRANSIENT:
		refuse_by_fault(err, "servico_indisponivel", "servico",
		    "IncluirContrato not executed", fault);
		error_advise(err, "feed this line back in later");
		return conclude(run, job, LEDGER_NOT_SENT, fault->text,
		    WAS_ABSENT, status, err);
	default:
		return leave_open(run, job, fault->text, status, err);
	}
}

static enum outcome
create(struct run *run, struct job *job, struct omie_fault *fault,
    enum status *status, struct error *err)
{
	job->call = "IncluirContrato";
	*status = job_write(run, job, buf_text(&run->payload), fault, err);
	if (*status == DONE)
		return judge_created(run, job, fault, status, err);
	return run->overtaken ? WAS_OVERTAKEN : RUN_ENDS;
}

/* ------------------------------------------------------------------ send */

static enum outcome
wait_before_retry(const struct omie_fault *fault, int attempt,
    enum status *status, struct error *err)
{
	int64_t ms = fault->wait_s >= 0 ? (fault->wait_s + 2) * 1000
					: attempt * INT64_C(1000);

	while (ms > 0 && !filter_stop)
		ms = clock_sleep_ms(ms);
	if (!filter_stop)
		return WAS_ABSENT;
	*status = fail(err, TRY_LATER, "stopped by a signal");
	return RUN_ENDS;
}

/* Nothing is open and nothing is there: the contract is made and sent. */
static enum outcome
try_to_create(struct run *run, struct job *job, struct omie_fault *fault,
    enum status *status, struct error *err)
{
	enum outcome outcome = WAS_ABSENT;

	job->adopted = false;
	if (job->attempts > 0)
		outcome = wait_before_retry(fault, job->attempts, status, err);
	return outcome == WAS_ABSENT ? create(run, job, fault, status, err)
				     : outcome;
}

/* Nothing says that it exists, and it is not to be sent, or not any more. */
static bool
is_over(const struct job *job, const struct omie_fault *fault)
{
	if (job_is_open(job) || !job->looked)
		return false;
	return job->c.total_cents == 0 || job->attempts == TRIES ||
	    fault->wait_s > LONGEST_WAIT_S;
}

/* The next step by what the ledger says. */
static enum outcome
step(struct run *run, struct job *job, struct omie_fault *fault,
    enum status *status, struct error *err)
{
	if (job_is_open(job))
		return settle(run, job, status, err);
	if (!job->looked)
		return look_first(run, job, status, err);
	return try_to_create(run, job, fault, status, err);
}

/* Steps until the outcome is known; WAS_ABSENT: it was not sent. */
static enum outcome
walk(struct run *run, struct job *job, enum status *status, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };
	enum outcome outcome = WAS_ABSENT;

	while (outcome == WAS_ABSENT && !is_over(job, &fault))
		outcome = step(run, job, &fault, status, err);
	return outcome;
}

/* It is there, as another process or an earlier attempt sent it. */
static enum status
go_on_from_confirmed(
    struct run *run, struct job *job, struct sent *sent, struct error *err)
{
	if (job_is_revised(job))
		return job_revise(run, job, sent, err);
	sent->action = CONTRACT_UNCHANGED;
	sent->nCodCtr = job->ledger.contract.nCodCtr;
	return job_compare_confirmed(job, err);
}

enum status
job_send(struct run *run, struct job *job, struct sent *sent, struct error *err)
{
	enum outcome outcome;
	enum status s = DONE;

	*sent = (struct sent){ .action = CONTRACT_INCLUDED };
	if (job->ledger.confirmed)
		return job_revise(run, job, sent, err);
	while ((outcome = walk(run, job, &s, err)) == WAS_OVERTAKEN)
		if ((s = job_look(run, job, err)) != DONE)
			return s;
		else if (job->ledger.confirmed)
			return go_on_from_confirmed(run, job, sent, err);
	if (outcome == RUN_ENDS)
		return s;
	if (outcome == WAS_CONFIRMED && !job_is_same_content(job))
		return go_on_from_confirmed(run, job, sent, err);
	if (outcome == WAS_ABSENT && job->c.total_cents == 0)
		sent->action = CONTRACT_DISPENSED;
	else if (outcome != WAS_CONFIRMED)
		return SOME_REJECTED;
	else
		sent->nCodCtr = job->ledger.contract.nCodCtr;
	return DONE;
}
