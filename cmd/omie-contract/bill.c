/* One record: what is to be done with it, and the result that leaves. */
#include <string.h>

#include "omie-contract/billing.h"

/* After so many records that could not be sent, no further one is tried. */
enum { UNREACHABLE_MAX = 3 };

static void
put_result(struct run *run, const struct record *rec, const struct job *job,
    enum contract_action action, int64_t nCodCtr)
{
	static const char *const replaced[] = { "consolidacaoData", "trigger",
		NULL };
	struct contract_result result = { .key = job->c.key,
		.action = action,
		.code = job->code,
		.nCodCtr = nCodCtr,
		.total_cents = job->c.total_cents,
		.status = nCodCtr > 0 ? CONSOLIDATION_SENT : job->c.status };
	struct buf *out = filter_out(run->filter);

	build_open(out, '{');
	build_name(out, "contrato");
	contract_write(out, &result);
	build_text_member(out, "trigger", TEXT("contract-created"));
	build_members_but(out, record_root(rec), replaced);
	build_close(out, '}');
	filter_end_line(run->filter);
	run->filter->counters.cents += job->c.total_cents;
	if (action == CONTRACT_UNCHANGED)
		run->filter->counters.unchanged++;
}

static enum status
check_ready(struct value root, const struct job *job, struct error *err)
{
	bool partial;
	enum status s;

	if ((s = record_flag(root, "parcial", &partial, err)) != DONE)
		return s;
	if (partial)
		return reject(err, "parcial",
		    "the month is not closed: its "
		    "volumes are no contract yet");
	if (job->c.status == CONSOLIDATION_PROCESSING ||
	    job->c.status == CONSOLIDATION_ERROR)
		return reject(err, "nao_pronta",
		    "status is %s: only completed, "
		    "ready_to_send and sent are billed",
		    consolidation_status_name(job->c.status));
	return DONE;
}

static enum status
read_job(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	struct value root = record_root(rec);
	struct consolidation billed;
	enum status s;

	if ((s = consolidation_read(value_member(root, "consolidacaoData"),
		 &job->c, &run->scratch, err)) != DONE ||
	    (s = check_ready(root, job, err)) != DONE)
		return s;
	contract_code(&job->c.key, job->code);
	billed = job->c;
	billed.source = NO_VALUE; /* what is not billed makes no difference */
	buf_reset(&run->line);
	consolidation_write_content(&run->line, &billed);
	hash_text(buf_text(&run->line), job->content_hash);
	return DONE;
}

/* --------------------------------------------------- a closed service */

/* Closes the service to the rest of the input, which is refused with the
 * reason: nothing is lost, and whoever feeds us can end in peace. */
static void
shut(struct run *run, enum status s, const struct error *why)
{
	run->shut = s;
	run->shut_why = *why;
}

static enum status
refuse_shut(struct run *run, struct error *err)
{
	const char *code = run->shut == BLOCKED ? "bloqueado"
	    : run->shut == NOT_ALLOWED		? "credenciais"
						: "servico_indisponivel";

	reject(err, code, "%s", run->shut_why.text);
	memcpy(err->class_, "servico", sizeof("servico"));
	error_advise(err, "%s",
	    run->shut == BLOCKED ? "feed this line back in after that time"
				 : "feed this line back in when it is mended");
	return SOME_REJECTED;
}

static enum status
send_job(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	struct sent sent;
	enum status s;

	if (run->shut != DONE)
		return refuse_shut(run, err);
	if ((s = job_prepare(run, job, err)) == DONE)
		s = job_send(run, job, &sent, err);
	if (s == BLOCKED || s == NOT_ALLOWED) {
		shut(run, s, err);
		return refuse_shut(run, err);
	}
	if (s == SOME_REJECTED &&
	    strcmp(err->code, "servico_indisponivel") == 0) {
		if (++run->unreachable == UNREACHABLE_MAX)
			shut(run, TRY_LATER, err);
	} else {
		run->unreachable = 0;
	}
	if (s == DONE)
		put_result(run, rec, job, sent.action, sent.nCodCtr);
	return s;
}

/* ------------------------------------------------------------ one record */

/* What the ledger answers for good: sent before, or nothing to send. */
static enum status
answer_from_ledger(struct run *run, const struct record *rec, struct job *job,
    bool test, bool *answered, struct error *err)
{
	const struct ledger_state *state = &job->ledger;
	bool open = state->known &&
	    (state->last.event == LEDGER_INTENT ||
		state->last.event == LEDGER_UNCLEAR);
	enum status s;

	*answered = true;
	if (state->confirmed) {
		if ((s = job_compare_confirmed(job, err)) == DONE)
			put_result(run, rec, job,
			    test ? CONTRACT_PLANNED : CONTRACT_UNCHANGED,
			    state->contract.nCodCtr);
		return s;
	}
	/* Nothing to bill makes no contract, unless one may exist already. */
	if (job->c.total_cents == 0 && !open && !job->may_exist) {
		put_result(run, rec, job,
		    test ? CONTRACT_PLANNED : CONTRACT_DISPENSED, 0);
		return DONE;
	}
	*answered = false;
	return DONE;
}

static enum status
bill(struct run *run, const struct record *rec, bool test, struct error *err)
{
	struct job job = { 0 };
	bool answered;
	enum status s;

	if ((s = read_job(run, rec, &job, err)) != DONE ||
	    (s = need_store(run,
		 test || job.c.total_cents == 0 ? STORE_READ : STORE_WRITE,
		 err)) != DONE ||
	    (s = job_check_store(run, &job, err)) != DONE ||
	    (s = job_look(run, &job, err)) != DONE ||
	    (s = answer_from_ledger(run, rec, &job, test, &answered, err)) !=
		DONE ||
	    answered)
		return s;
	if (!test)
		return (s = need_store(run, STORE_WRITE, err)) == DONE
		    ? send_job(run, rec, &job, err)
		    : s;
	if ((s = job_prepare(run, &job, err)) != DONE)
		return s;
	put_result(run, rec, &job, CONTRACT_PLANNED, 0);
	return DONE;
}

enum status
bill_record(
    struct filter *f, const struct record *rec, void *ctx, struct error *err)
{
	struct run *run = ctx;
	struct value root = record_root(rec);
	bool test;
	enum status s;

	arena_reset(&run->scratch);
	if ((s = filter_is_test(f, rec, &test, err)) != DONE)
		return s;
	if (value_kind(value_member(root, "consolidacaoData")) != ABSENT)
		return bill(run, rec, test, err);
	if (value_is_true(value_member(root, "test"))) {
		build_value(filter_out(f), root); /* a test trigger passes */
		filter_end_line(f);
		return DONE;
	}
	reject(err, "tipo_desconhecido", "no consolidacaoData in the record");
	error_advise(err, "volumes go through volum-store first");
	return SOME_REJECTED;
}
