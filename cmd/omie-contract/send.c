/*
 * One contract, exactly once: the intent is durable before the call leaves,
 * the outcome after it came. What is not known is looked up by cCodIntCtr, and
 * only a proven absence allows another try (design section 6).
 */
#include "billing.h"

#include <stdio.h>
#include <string.h>

#include "domain/money.h"

/* A longer stated wait ends the tries: a later run goes on. */
enum { TRIES = 3, LONGEST_WAIT_S = 120 };

/* What a call or a look-up came to. */
enum outcome {
	WAS_CREATED, /* it exists, as billed; the ledger says so */
	WAS_ABSENT,  /* proven: it doesn't exist; the ledger says so */
	WAS_REFUSED, /* `err` is the refusal of the record */
	RUN_ENDS     /* `status` ends the run */
};

static enum status
note(struct run *run, struct job *job, enum ledger_event event, int64_t nCodCtr,
    const char *detail, struct error *err)
{
	struct ledger_line line = { .code = text_of(job->code),
		.key = job->c.key,
		.event = event,
		.nCodCtr = nCodCtr,
		.total_cents = job->c.total_cents,
		.detail = text_of(detail),
		.after_seq = job->known ? job->last.seq : 0 };
	enum status s;

	memcpy(line.content_hash, job->content_hash, HASH_TEXT);
	memcpy(line.payload_hash, job->payload_hash, HASH_TEXT);
	if ((s = ledger_add(run->store, &line, err)) != DONE)
		return s;
	line.detail = (struct text){ "", 0 };
	job->last = line;
	job->known = true;
	return DONE;
}

static void
refuse(struct error *err, const char *code, const char *class_,
    const char *what, const struct omie_fault *fault)
{
	reject(err, code, "%s: HTTP %ld, %s%s%s", what, fault->http_status,
	    fault->code, fault->code[0] != '\0' ? ": " : "", fault->text);
	snprintf(err->class_, sizeof(err->class_), "%s", class_);
}

/* Notes `event`, then gives `outcome`; a ledger that fails ends the run. */
static enum outcome
conclude(struct run *run, struct job *job, enum ledger_event event,
    const char *detail, enum outcome outcome, enum status *status,
    struct error *err)
{
	struct error why;

	*status = note(run, job, event, 0, detail, &why);
	if (*status == DONE)
		return outcome;
	*err = why;
	return RUN_ENDS;
}

static enum outcome
confirm(struct run *run, struct job *job, int64_t nCodCtr, enum status *status,
    struct error *err)
{
	*status = note(run, job, LEDGER_CONFIRMED, nCodCtr, "", err);
	return *status == DONE ? WAS_CREATED : RUN_ENDS;
}

/* --------------------------------------------------------------- settle */

/* The contract found under our code must be the one that we would create. */
static bool
same_contract(const struct job *job, struct value found, char *why, size_t size)
{
	struct value head = value_member(found, "cabecalho");
	struct buf ours = BUF_INIT, theirs = BUF_INIT;
	int64_t cents = 0;
	bool same = true;

	if (omie_id(value_member(head, "nCodCli")) != job->customer) {
		snprintf(why, size, "nCodCli: ours %lld, in Omie %lld",
		    (long long)job->customer,
		    (long long)omie_id(value_member(head, "nCodCli")));
		same = false;
	} else if (!contract_total(found, &cents) ||
	    cents != job->c.total_cents) {
		money_add(&ours, job->c.total_cents);
		money_add(&theirs, cents);
		snprintf(why, size, "total: ours %s, in Omie %s",
		    buf_cstr(&ours), buf_cstr(&theirs));
		same = false;
	} else if (value_is_text(value_member(head, "cCodSit"), "99")) {
		snprintf(why, size, "cCodSit: it is cancelled in Omie");
		same = false;
	}
	buf_clear(&ours);
	buf_clear(&theirs);
	return same;
}

static enum outcome
judge_found(
    struct run *run, struct job *job, enum status *status, struct error *err)
{
	struct value found =
	    value_member(record_root(run->answer), "contratoCadastro");
	struct value head = value_member(found, "cabecalho");
	int64_t id = omie_id(value_member(head, "nCodCtr"));
	char why[160];

	if (id > 0 && same_contract(job, found, why, sizeof(why)))
		return confirm(run, job, id, status, err);
	if (id <= 0)
		snprintf(why, sizeof(why), "the answer holds no nCodCtr");
	reject(err, "divergente",
	    "contract %s in Omie is not the one to send: "
	    "%s",
	    job->code, why);
	error_advise(err, "compare both; change the one that is wrong by hand");
	return conclude(
	    run, job, LEDGER_UNCLEAR, why, WAS_REFUSED, status, err);
}

/* Lets the window of the identical call pass, counted from the attempt's end
 * or, when that was another process's, from its intent. */
static enum status
wait_window(struct run *run, const struct job *job, struct error *err)
{
	int64_t passed = clock_now(&run->filter->clock) - job->last.at;
	int64_t wait = run->window_ms + 2000 - (passed > 0 ? passed : 0);

	if (wait <= 0)
		return DONE;
	filter_say(run->filter, "%s: outcome unclear, looking it up in %lld s",
	    job->code, (long long)(wait / 1000));
	while (wait > 0 && !filter_stop)
		wait = clock_sleep_ms(wait);
	if (filter_stop)
		return fail(err, TRY_LATER,
		    "stopped by a signal; contract %s is settled by the next "
		    "run",
		    job->code);
	return DONE;
}

static enum outcome
look_up(
    struct run *run, struct job *job, enum status *status, struct error *err)
{
	struct omie_fault fault = { 0 };
	struct buf params = BUF_INIT;

	build_open(&params, '{');
	build_name(&params, "contratoChave");
	build_open(&params, '{');
	build_text_member(&params, "cCodIntCtr", text_of(job->code));
	build_close(&params, '}');
	build_close(&params, '}');
	*status = omie_call(run->omie, OMIE_CONTRATO, "ConsultarContrato",
	    false, buf_text(&params), run->answer, &fault, err);
	buf_clear(&params);
	if (*status != DONE)
		return RUN_ENDS;
	if (fault.verdict == OMIE_OK)
		return judge_found(run, job, status, err);
	if (fault.verdict == OMIE_NOTHING) {
		refuse(err, "servico_indisponivel", "servico",
		    "IncluirContrato gave no answer and left no contract",
		    &fault);
		return conclude(run, job, LEDGER_NOT_SENT, "ausente",
		    WAS_ABSENT, status, err);
	}
	refuse(err, "incerto", "incerto",
	    "the contract may or may not exist, and looking it up failed",
	    &fault);
	error_advise(err, "nothing to do: the next run looks it up again");
	return conclude(
	    run, job, LEDGER_UNCLEAR, fault.text, WAS_REFUSED, status, err);
}

static enum outcome
settle(struct run *run, struct job *job, enum status *status, struct error *err)
{
	if ((*status = wait_window(run, job, err)) != DONE)
		return RUN_ENDS;
	return look_up(run, job, status, err);
}

/* --------------------------------------------------------------- create */

/* Omie says that our code is taken: it must be found, and be ours. */
static enum outcome
adopt(struct run *run, struct job *job, enum status *status, struct error *err)
{
	enum outcome outcome = look_up(run, job, status, err);

	if (outcome != WAS_ABSENT)
		return outcome;
	reject(err, "incerto", "Omie refused %s as taken, and then as unknown",
	    job->code);
	memcpy(err->class_, "incerto", sizeof("incerto"));
	return conclude(run, job, LEDGER_UNCLEAR, "duplicado e ausente",
	    WAS_REFUSED, status, err);
}

static enum outcome
judge_created(struct run *run, struct job *job, const struct omie_fault *fault,
    enum status *status, struct error *err)
{
	struct value root = record_root(run->answer);

	switch (fault->verdict) {
	case OMIE_OK:
		return confirm(run, job, omie_id(value_member(root, "nCodCtr")),
		    status, err);
	case OMIE_DUPLICATE:
		return adopt(run, job, status, err);
	case OMIE_PERMANENT:
	case OMIE_NOTHING:
		refuse(
		    err, "recusado", "dados", "IncluirContrato refused", fault);
		error_advise(err,
		    "correct company, proposal or template, then "
		    "feed this line back in");
		return conclude(run, job, LEDGER_REFUSED, fault->text,
		    WAS_REFUSED, status, err);
	case OMIE_TRANSIENT:
		refuse(err, "servico_indisponivel", "servico",
		    "IncluirContrato not executed", fault);
		error_advise(err, "feed this line back in later");
		return conclude(run, job, LEDGER_NOT_SENT, fault->text,
		    WAS_ABSENT, status, err);
	default:
		/* It may be at work until now, when we gave up on it. */
		job->last.at = clock_now(&run->filter->clock);
		return settle(run, job, status, err);
	}
}

static enum outcome
create(struct run *run, struct job *job, struct omie_fault *fault,
    enum status *status, struct error *err)
{
	struct error why;

	job->attempts++;
	*status = note(run, job, LEDGER_INTENT, 0, "", err);
	if (*status == TRY_LATER) { /* nothing was sent: only this record */
		why = *err;
		reject(err, "em_andamento", "%s", why.text);
		memcpy(err->class_, "servico", sizeof("servico"));
		error_advise(err, "feed this line back in later");
		return WAS_REFUSED;
	}
	if (*status != DONE)
		return RUN_ENDS;
	*fault = (struct omie_fault){ .wait_s = -1 };
	*status = omie_call(run->omie, OMIE_CONTRATO, "IncluirContrato", true,
	    buf_text(&run->payload), run->answer, fault, err);
	if (*status == DONE)
		return judge_created(run, job, fault, status, err);
	/* Shut out, denied or stopped. Without an answer nothing left; with one
	 * it was most likely turned away at the door, and a look-up by the next
	 * run costs less than being wrong. */
	if (note(run, job,
		fault->http_status == 0 ? LEDGER_NOT_SENT : LEDGER_UNCLEAR, 0,
		err->text, &why) != DONE)
		*err = why;
	return RUN_ENDS;
}

static enum status
wait_before_retry(const struct omie_fault *fault, int attempt)
{
	int64_t ms = fault->wait_s >= 0 ? (fault->wait_s + 2) * 1000
					: attempt * INT64_C(1000);

	while (ms > 0 && !filter_stop)
		ms = clock_sleep_ms(ms);
	return filter_stop ? TRY_LATER : DONE;
}

enum status
job_send(struct run *run, struct job *job, int64_t *nCodCtr, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };
	enum outcome outcome = WAS_ABSENT;
	enum status s = DONE;
	int attempt;

	if (job->known &&
	    (job->last.event == LEDGER_INTENT ||
		job->last.event == LEDGER_UNCLEAR))
		outcome = settle(run, job, &s, err);
	for (attempt = 1; outcome == WAS_ABSENT && attempt <= TRIES &&
	     fault.wait_s <= LONGEST_WAIT_S;
	     attempt++) {
		if (attempt > 1 &&
		    wait_before_retry(&fault, attempt - 1) != DONE)
			return fail(err, TRY_LATER, "stopped by a signal");
		outcome = create(run, job, &fault, &s, err);
	}
	if (outcome == RUN_ENDS)
		return s;
	if (outcome != WAS_CREATED)
		return SOME_REJECTED;
	*nCodCtr = job->last.nCodCtr;
	return DONE;
}
