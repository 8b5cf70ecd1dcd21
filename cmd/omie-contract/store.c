/* The store: the ledger before and after each call, and what else it knows. */
#include <string.h>

#include "core/ndjson.h"
#include "core/state.h"
#include "domain/earlier.h"
#include "domain/money.h"
#include "omie-contract/billing.h"

enum status
need_store(struct run *run, enum store_mode mode, struct error *err)
{
	enum status s;

	if (run->store != NULL &&
	    (run->mode == STORE_WRITE || mode == STORE_READ))
		return DONE;
	store_close(run->store);
	run->store = NULL;
	run->mode = mode;
	if (mode == STORE_WRITE && run->own_folder &&
	    (s = state_make(err)) != DONE)
		return s;
	return store_open(&run->store, run->target, mode, &run->filter->clock,
	    run->filter->run_id, err);
}

/* ------------------------------------------------- what the store knows */

static enum status
refuse_stale(const struct job *job, const struct stored_consolidation *stored,
    struct error *err)
{
	struct buf ours = BUF_INIT, theirs = BUF_INIT;

	money_add(&ours, job->c.total_cents);
	money_add(&theirs, stored->total_cents);
	reject(err, "desatualizada",
	    "the store holds this consolidation with %s (revisao %lld), this "
	    "line says %s (revisao %lld)",
	    buf_cstr(&theirs), (long long)stored->revision, buf_cstr(&ours),
	    (long long)job->c.revision);
	error_advise(err,
	    "discard this line; what is to be billed is what `volum-store "
	    "--list consolidacoes` gives");
	buf_clear(&ours);
	buf_clear(&theirs);
	return SOME_REJECTED;
}

/* A line that waited somewhere while its consolidation was revised must not
 * be billed in its old state. */
static enum status
check_consolidation(struct run *run, struct job *job, struct error *err)
{
	struct stored_consolidation stored;
	bool found;
	enum status s;

	s = store_get_consolidation(
	    run->store, &job->c.key, &stored, &found, err);
	if (s != DONE || !found)
		return s;
	if (stored.revision != job->c.revision ||
	    !consolidation_bills_same(stored.content, &job->c))
		return refuse_stale(job, &stored, err);
	job->may_exist |= stored.status == CONSOLIDATION_SENT;
	return DONE;
}

/* Of a contract that was made before this program: it has another code in
 * Omie, so looking it up by ours would prove nothing. */
static enum status
take_stored_mark(struct run *run, struct job *job,
    const struct stored_contract *contract, struct error *err)
{
	struct text doc = arena_text(&run->scratch, contract->doc);

	if (ndjson_parse(run->doc, doc, err) != DONE)
		return fail(err, BAD_CONFIG,
		    "the store holds a contract that can't be read");
	if (!earlier_is_marked(record_root(run->doc)))
		return DONE;
	job->earlier = true;
	job->earlier_cents = contract->total_cents;
	return DONE;
}

void
job_take_mark(struct job *job, struct value root)
{
	job->earlier = earlier_is_marked(root);
	job->hinted =
	    omie_id(value_member(value_member(root, "migrado"), "nCodCtr"));
	job->earlier_cents = -1;
}

enum status
job_compare_earlier(const struct job *job, struct error *err)
{
	if (job->c.revision == 1 &&
	    (job->earlier_cents < 0 ||
		job->earlier_cents == job->c.total_cents))
		return DONE;
	reject(err, "divergente",
	    "%s was billed before this program was (nCodCtr %lld), and was "
	    "revised since",
	    job->code, (long long)job->hinted);
	error_advise(err, "change that contract in Omie by hand");
	return SOME_REJECTED;
}

enum status
job_check_store(struct run *run, struct job *job, struct error *err)
{
	struct stored_contract contract;
	bool found;
	enum status s;

	job->may_exist = job->c.status == CONSOLIDATION_SENT;
	if ((s = check_consolidation(run, job, err)) != DONE)
		return s;
	s = store_get_contract(run->store, &job->c.key, &contract, &found, err);
	if (s != DONE || !found)
		return s;
	job->hinted = contract.nCodCtr;
	job->may_exist |= contract.nCodCtr > 0;
	return take_stored_mark(run, job, &contract, err);
}

/* ------------------------------------------------------------ the ledger */

/* Texts that the next call on the store would take away. */
static void
keep_texts(struct run *run, struct ledger_line *line)
{
	line->detail = arena_text(&run->scratch, line->detail);
	line->payload = arena_text(&run->scratch, line->payload);
}

enum status
job_look(struct run *run, struct job *job, struct error *err)
{
	enum status s = ledger_look(run->store, text_of(run->account),
	    text_of(job->code), &job->ledger, err);

	if (s != DONE)
		return s;
	keep_texts(run, &job->ledger.last);
	keep_texts(run, &job->ledger.contract);
	job->may_exist |= job->ledger.elsewhere;
	/* One that this program has changed or made since is its own. */
	job->earlier &= !job->ledger.confirmed;
	return DONE;
}

/* Of an attempt that an earlier run began, the ledger alone knows what was
 * sent; of a contract that was there already, nobody. */
static const char *
attempted_payload(const struct job *job, enum ledger_event event)
{
	static const char nothing[HASH_TEXT];

	if (job->adopted && event == LEDGER_CONFIRMED)
		return nothing;
	if (job->attempts == 0 && !job->revising && job->ledger.known)
		return job->ledger.last.payload_hash;
	return job->payload_hash;
}

enum status
job_note(struct run *run, struct job *job, const struct ledger_line *news,
    struct error *err)
{
	struct ledger_state *state = &job->ledger;
	struct ledger_line line = *news;
	enum status s;

	line.account = text_of(run->account);
	line.code = text_of(job->code);
	line.key = job->c.key;
	line.call = text_of(job->call != NULL ? job->call : "");
	line.total_cents = job->c.total_cents;
	line.revision = job->c.revision;
	line.request_id = run->filter->request_id;
	line.after_seq = state->known ? state->last.seq : 0;
	memcpy(line.content_hash, job->content_hash, HASH_TEXT);
	memcpy(
	    line.payload_hash, attempted_payload(job, news->event), HASH_TEXT);
	if ((s = ledger_add(run->store, &line, err)) != DONE)
		return s;
	keep_texts(run, &line);
	state->last = line;
	state->known = true;
	if (line.event == LEDGER_CONFIRMED) {
		state->contract = line;
		state->confirmed = true;
	}
	return DONE;
}

/* A note that had to be left: another process wrote, or the store was busy. */
static bool
was_overtaken(struct run *run, struct job *job)
{
	int64_t seq = job->ledger.known ? job->ledger.last.seq : 0;
	struct error ignored;

	return job_look(run, job, &ignored) == DONE && job->ledger.known &&
	    job->ledger.last.seq != seq;
}

enum status
job_leaving(int64_t longest_ms, void *ctx, struct error *err)
{
	const struct clock real = { 0 };
	struct run *run = ctx;
	struct ledger_line intent = { .event = LEDGER_INTENT,
		.deadline = clock_now(&real) + longest_ms,
		.payload = buf_text(&run->payload) };
	enum status s = job_note(run, run->job, &intent, err);

	run->overtaken = s == TRY_LATER && was_overtaken(run, run->job);
	return s;
}

enum outcome
confirm(struct run *run, struct job *job, int64_t nCodCtr, enum status *status,
    struct error *err)
{
	struct ledger_line news = { .event = LEDGER_CONFIRMED,
		.nCodCtr = nCodCtr };

	*status = job_note(run, job, &news, err);
	return *status == DONE ? WAS_CONFIRMED : RUN_ENDS;
}

enum outcome
conclude(struct run *run, struct job *job, enum ledger_event event,
    const char *detail, enum outcome outcome, enum status *status,
    struct error *err)
{
	struct ledger_line news = { .event = event, .detail = text_of(detail) };
	struct error why;

	*status = job_note(run, job, &news, &why);
	if (*status == DONE)
		return outcome;
	if (*status == TRY_LATER && was_overtaken(run, job))
		return WAS_OVERTAKEN;
	*err = why;
	return RUN_ENDS;
}
