/*
 * What is not known is looked up, once no call of the open attempt can be at
 * work any more (design section 6): only a proven absence allows another try.
 */
#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "omie-contract/billing.h"

/* Between two looks at the ledger, where another process may settle it. */
enum { LOOK_MS = 500, MARGIN_MS = 2000 };

void
refuse_by_fault(struct error *err, const char *code, const char *class_,
    const char *what, const struct omie_fault *fault)
{
	reject(err, code, "%s: HTTP %ld, %s%s%s", what, fault->http_status,
	    fault->code, fault->code[0] != '\0' ? ": " : "", fault->text);
	snprintf(err->class_, sizeof(err->class_), "%s", class_);
}

/* ------------------------------------------------------------- the wait */

/*
 * How long the open attempt must still be left alone: until its call has been
 * given up, and then the window of the identical call. A clock that was set
 * back makes it no longer than that.
 */
static int64_t
wait_left(const struct run *run, const struct ledger_line *open)
{
	const struct clock real = { 0 };
	int64_t margin = run->window_ms + MARGIN_MS, now = clock_now(&real);
	int64_t given_up =
	    open->deadline > open->at ? open->deadline : open->at;
	int64_t most = given_up - open->at + margin;
	int64_t left = given_up + margin - now;

	return left > most ? most : left;
}

enum outcome
wait_out(
    struct run *run, struct job *job, enum status *status, struct error *err)
{
	int64_t seq = job->ledger.last.seq, left;

	left = wait_left(run, &job->ledger.last);
	if (left > 0)
		filter_say(run->filter,
		    "%s: outcome unclear, looking it up in %lld s", job->code,
		    (long long)(left / 1000));
	for (; left > 0 && !filter_stop;
	     left = wait_left(run, &job->ledger.last)) {
		clock_sleep_ms(left < LOOK_MS ? left : LOOK_MS);
		if ((*status = job_look(run, job, err)) != DONE)
			return RUN_ENDS;
		if (job->ledger.last.seq != seq)
			return WAS_OVERTAKEN;
	}
	if (!filter_stop)
		return WAS_CONFIRMED; /* that it may be looked up */
	*status = fail(err, TRY_LATER,
	    "stopped by a signal; contract %s is settled by the next run",
	    job->code);
	return RUN_ENDS;
}

/* ---------------------------------------------------------- the look-up */

bool
job_same_contract(
    const struct job *job, struct value found, char *why, size_t size)
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

/* ---------------------------------------------- what was sent, it may be */

struct attempt {
	struct run *run;
	bool is_known;
	struct ledger_line intent;
};

static enum status
take_attempt(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct attempt *a = ctx;

	(void)err;
	if (line->event != LEDGER_INTENT ||
	    !text_same(line->account, text_of(a->run->account)))
		return DONE;
	a->is_known = true;
	a->intent = *line;
	a->intent.payload = arena_text(&a->run->scratch, line->payload);
	return DONE;
}

static int64_t
customer_of(struct text payload)
{
	struct record *rec = record_new();
	struct error ignored;
	int64_t id = 0;

	if (ndjson_parse(rec, payload, &ignored) == DONE)
		id = omie_id(value_member(
		    value_member(record_root(rec), "cabecalho"), "nCodCli"));
	record_free(rec);
	return id;
}

/*
 * The bill may have changed while the attempt to create it was open. What is
 * found is then confirmed as what was sent: *as_sent, and job->ledger says so.
 */
static enum outcome
confirm_as_sent(struct run *run, struct job *job, struct value found,
    bool *as_sent, enum status *status, struct error *err)
{
	struct value head = value_member(found, "cabecalho");
	struct attempt a = { .run = run };
	struct job then = *job;
	enum outcome outcome;
	char why[160];

	*as_sent = false;
	*status =
	    ledger_each(run->store, text_of(job->code), take_attempt, &a, err);
	if (*status != DONE)
		return RUN_ENDS;
	if (!a.is_known ||
	    strcmp(a.intent.content_hash, job->content_hash) == 0)
		return WAS_ABSENT;
	then.customer = customer_of(a.intent.payload);
	then.c.total_cents = a.intent.total_cents;
	then.c.revision = a.intent.revision;
	memcpy(then.content_hash, a.intent.content_hash, HASH_TEXT);
	memcpy(then.payload_hash, a.intent.payload_hash, HASH_TEXT);
	then.adopted = false;
	then.revising = true; /* payload_hash is what was sent */
	if (!job_same_contract(&then, found, why, sizeof(why)))
		return WAS_ABSENT;
	*as_sent = true;
	outcome = confirm(
	    run, &then, omie_id(value_member(head, "nCodCtr")), status, err);
	job->ledger = then.ledger;
	return outcome;
}

static enum outcome
judge_found(struct run *run, struct job *job, struct value found,
    enum status *status, struct error *err)
{
	struct value head = value_member(found, "cabecalho");
	int64_t id = omie_id(value_member(head, "nCodCtr"));
	enum outcome outcome;
	bool as_sent;
	char why[160];

	if (id <= 0 ||
	    !value_is_text(value_member(head, "cCodIntCtr"), job->code)) {
		reject(err, "incerto",
		    "looking %s up gave an answer about another contract",
		    job->code);
		memcpy(err->class_, "incerto", sizeof("incerto"));
		error_advise(
		    err, "nothing to do: the next run looks it up again");
		return conclude(run, job, LEDGER_UNCLEAR, "outra resposta",
		    WAS_REFUSED, status, err);
	}
	outcome = confirm_as_sent(run, job, found, &as_sent, status, err);
	if (as_sent || outcome == RUN_ENDS)
		return outcome;
	if (job_same_contract(job, found, why, sizeof(why)))
		return confirm(run, job, id, status, err);
	reject(err, "divergente",
	    "contract %s in Omie is not the one to send: "
	    "%s",
	    job->code, why);
	error_advise(err, "compare both; change the one that is wrong by hand");
	return conclude(
	    run, job, LEDGER_UNCLEAR, why, WAS_REFUSED, status, err);
}

/* "Not registered" proves an absence when it is said of this contract: a
 * customer or a service that is not there proves nothing. */
static bool
proves_absence(
    const struct job *job, int64_t id, const struct omie_fault *fault)
{
	return fault->verdict == OMIE_NOTHING && id == 0 &&
	    (omie_fault_names(fault, job->code) ||
		omie_fault_names(fault, "contrato"));
}

static void
write_key(struct buf *b, const struct job *job, int64_t id)
{
	build_open(b, '{');
	build_name(b, "contratoChave");
	build_open(b, '{');
	if (id > 0) {
		build_name(b, "nCodCtr");
		build_integer(b, id);
	} else {
		build_text_member(b, "cCodIntCtr", text_of(job->code));
	}
	build_close(b, '}');
	build_close(b, '}');
}

enum status
job_consult(struct run *run, const struct job *job, int64_t id,
    struct omie_fault *fault, struct error *err)
{
	struct buf params = BUF_INIT;
	enum status s;

	write_key(&params, job, id);
	s = omie_call(run->omie, OMIE_CONTRATO, "ConsultarContrato", false,
	    buf_text(&params), run->answer, fault, err);
	buf_clear(&params);
	return s;
}

enum outcome
look_up(struct run *run, struct job *job, int64_t id, enum status *status,
    struct error *err)
{
	struct omie_fault fault = { 0 };

	*status = job_consult(run, job, id, &fault, err);
	if (*status != DONE)
		return RUN_ENDS;
	if (fault.verdict == OMIE_OK)
		return judge_found(run, job,
		    value_member(record_root(run->answer), "contratoCadastro"),
		    status, err);
	if (proves_absence(job, id, &fault)) {
		refuse_by_fault(err, "servico_indisponivel", "servico",
		    "IncluirContrato gave no answer and left no contract",
		    &fault);
		return conclude(run, job, LEDGER_NOT_SENT, "ausente",
		    WAS_ABSENT, status, err);
	}
	refuse_by_fault(err, "incerto", "incerto",
	    "the contract may or may not exist, and looking it up failed",
	    &fault);
	error_advise(err, "nothing to do: the next run looks it up again");
	return conclude(
	    run, job, LEDGER_UNCLEAR, fault.text, WAS_REFUSED, status, err);
}

enum outcome
settle(struct run *run, struct job *job, enum status *status, struct error *err)
{
	enum outcome outcome = wait_out(run, job, status, err);

	return outcome == WAS_CONFIRMED ? look_up(run, job, 0, status, err)
					: outcome;
}

/* ------------------------------------------------------- before all else */

static enum status
list_when_needed(struct run *run, struct error *err)
{
	bool has;
	enum status s;

	if (!run->ledger_asked) {
		s = ledger_has_confirmed(
		    run->store, text_of(run->account), &has, err);
		if (s != DONE)
			return s;
		run->ledger_asked = true;
		run->must_list |= !has;
	}
	return run->must_list ? account_list_contracts(run->held, err) : DONE;
}

static enum outcome
judge_listed(
    struct run *run, struct job *job, enum status *status, struct error *err)
{
	const struct listed *c = account_find(run->held, job->code);

	if (c == NULL)
		return WAS_ABSENT;
	if (c->twice) {
		reject(err, "duplicado",
		    "Omie has several contracts with cCodIntCtr %s, nCodCtr "
		    "%lld the first",
		    job->code, (long long)c->nCodCtr);
		error_advise(err, "cancel all but one in Omie by hand");
		return WAS_REFUSED;
	}
	*status = account_read(run->held, c, run->answer, err);
	if (*status != DONE)
		return RUN_ENDS;
	return judge_found(run, job, record_root(run->answer), status, err);
}

enum outcome
look_first(
    struct run *run, struct job *job, enum status *status, struct error *err)
{
	job->looked = true;
	*status = list_when_needed(run, err);
	if (*status != DONE)
		return *status == SOME_REJECTED ? WAS_REFUSED : RUN_ENDS;
	if (!account_is_listed(run->held) && !job->may_exist)
		return WAS_ABSENT;
	job->adopted = true;
	if (account_is_listed(run->held))
		return judge_listed(run, job, status, err);
	return look_up(run, job, 0, status, err);
}
