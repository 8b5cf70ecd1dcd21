/* One record: what is to be done with it, and the result that leaves. */
#include <string.h>

#include "omie-contract/billing.h"

/* After so many records that could not be sent, no further one is tried. */
enum { UNREACHABLE_MAX = 3 };

static void
put_result(struct run *run, const struct record *rec, const struct job *job,
    enum contract_action action, int64_t nCodCtr)
{
	static const char *const replaced[] = { "consolidacaoData", "contrato",
		"plano", "trigger", NULL };
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
	metrics_count(run->filter->metrics, METRIC_CONTRACTS,
	    contract_action_name(action), 1);
	metrics_count(run->filter->metrics, METRIC_CONTRACT_CENTS,
	    contract_action_name(action), job->c.total_cents);
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

/* A consolidation may have a member of that name too. */
static bool
is_plan(struct value root)
{
	return value_kind(value_member(root, "consolidacaoData")) == ABSENT &&
	    value_kind(value_member(root, "contrato")) == IS_OBJECT &&
	    value_kind(value_member(root, "plano")) != ABSENT;
}

static enum status
read_job(struct run *run, struct value root, struct job *job, struct error *err)
{
	struct consolidation billed;
	enum status s;

	s = is_plan(root)
	    ? plan_read(run, value_member(root, "plano"), job, err)
	    : consolidation_read(value_member(root, "consolidacaoData"),
		  &job->c, &run->scratch, err);
	if (s != DONE || (s = check_ready(root, job, err)) != DONE)
		return s;
	job_take_mark(job, root);
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

/* --max-contracts and --max-total: no further contract is made or changed. */
static enum status
check_ceilings(struct run *run, const struct job *job, struct error *err)
{
	const char *which = NULL;

	if (run->max_contracts >= 0 &&
	    run->sent.contracts >= run->max_contracts)
		which = "--max-contracts";
	else if (run->max_cents >= 0 &&
	    run->sent.cents + job->c.total_cents > run->max_cents)
		which = "--max-total";
	if (which == NULL)
		return DONE;
	reject(err, "limite_atingido", "%s would be passed: not sent", which);
	error_advise(err, "look at what was sent, then feed this line back in");
	return SOME_REJECTED;
}

static void
add_sent(struct run *run, const struct job *job)
{
	run->sent.contracts++;
	run->sent.cents += job->c.total_cents;
}

static void
count_sent(struct run *run, const struct job *job, const struct sent *sent)
{
	if (sent->action == CONTRACT_INCLUDED)
		run->included++;
	else if (sent->action == CONTRACT_CHANGED)
		run->changed++;
	else
		return;
	run->made_cents += job->c.total_cents;
	add_sent(run, job);
}

/* A service that fails some records in a row is left alone. */
static void
note_unreachable(struct run *run, enum status s, const struct error *err)
{
	if (s != SOME_REJECTED ||
	    strcmp(err->code, "servico_indisponivel") != 0)
		run->unreachable = 0;
	else if (++run->unreachable == UNREACHABLE_MAX)
		shut(run, TRY_LATER, err);
}

static enum status
prepare(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	if (job->plan == NOT_PLANNED)
		return job_prepare(run, job, err);
	return plan_prepare(
	    run, value_member(record_root(rec), "plano"), job, err);
}

static enum status
do_job(struct run *run, struct job *job, struct sent *sent, struct error *err)
{
	enum status s = plan_check_omie(run, job, err);

	if (s != DONE || (s = check_ceilings(run, job, err)) != DONE)
		return s;
	s = job_send(run, job, sent, err);
	/* What may have been made counts as made. */
	if (s == SOME_REJECTED && job->attempts > 0 &&
	    (job_is_open(job) || job->was_taken))
		add_sent(run, job);
	return s;
}

static enum status
send_job(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	struct sent sent = { 0 };
	enum status s;

	if (run->shut != DONE)
		return refuse_shut(run, err);
	s = prepare(run, rec, job, err);
	if (s == DONE)
		s = run->planning ? plan_job(run, rec, job, err)
				  : do_job(run, job, &sent, err);
	if (s == BLOCKED || s == NOT_ALLOWED) {
		shut(run, s, err);
		return refuse_shut(run, err);
	}
	note_unreachable(run, s, err);
	if (s == SOME_REJECTED && job_is_open(job))
		run->left_open++;
	if (s != DONE || run->planning)
		return s;
	count_sent(run, job, &sent);
	put_result(run, rec, job, sent.action, sent.nCodCtr);
	return DONE;
}

/* ------------------------------------------------------------ one record */

static enum status
answer_earlier(struct run *run, const struct record *rec, struct job *job,
    bool test, struct error *err)
{
	enum status s = job_compare_earlier(job, err);

	if (s == DONE)
		put_result(run, rec, job,
		    test ? CONTRACT_PLANNED : CONTRACT_UNCHANGED, job->hinted);
	return s;
}

/* What store and ledger answer for good: sent before, or nothing to send. */
static enum status
answer_from_books(struct run *run, const struct record *rec, struct job *job,
    bool test, bool *answered, struct error *err)
{
	const struct ledger_state *state = &job->ledger;
	enum status s;

	*answered = job->earlier || !job_is_revised(job);
	if (!*answered)
		return DONE;
	if (job->earlier)
		return answer_earlier(run, rec, job, test, err);
	if (state->confirmed) {
		if ((s = job_compare_confirmed(job, err)) == DONE)
			put_result(run, rec, job,
			    test ? CONTRACT_PLANNED : CONTRACT_UNCHANGED,
			    state->contract.nCodCtr);
		return s;
	}
	/* Nothing to bill makes no contract, unless one may exist already. */
	if (job->c.total_cents == 0 && !job_is_open(job) && !job->may_exist) {
		put_result(run, rec, job,
		    test ? CONTRACT_PLANNED : CONTRACT_DISPENSED, 0);
		return DONE;
	}
	*answered = false;
	return DONE;
}

/* What the store, the ledger and a plan say about it. */
static enum status
look_up_job(
    struct run *run, struct value root, struct job *job, struct error *err)
{
	enum status s;

	if (job->plan != NOT_PLANNED)
		return plan_check(run, value_member(root, "plano"), job, err);
	if ((s = job_check_store(run, job, err)) != DONE)
		return s;
	return job_look(run, job, err);
}

static enum status
bill(struct run *run, const struct record *rec, bool test, struct error *err)
{
	bool reads = test || run->planning, answered = false;
	struct value root = record_root(rec);
	struct job job = { 0 };
	enum status s;

	if ((s = read_job(run, root, &job, err)) != DONE ||
	    (s = need_store(run,
		 reads || job.c.total_cents == 0 ? STORE_READ : STORE_WRITE,
		 err)) != DONE ||
	    (s = look_up_job(run, root, &job, err)) != DONE)
		return s;
	if (!run->planning)
		s = answer_from_books(run, rec, &job, test, &answered, err);
	if (s != DONE || answered)
		return s;
	if (!reads && (s = need_store(run, STORE_WRITE, err)) != DONE)
		return s;
	if (!test)
		return send_job(run, rec, &job, err);
	if ((s = prepare(run, rec, &job, err)) != DONE)
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
	if (value_kind(value_member(root, "consolidacaoData")) != ABSENT ||
	    is_plan(root))
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
