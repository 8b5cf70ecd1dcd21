/* Shared by the parts of omie-contract; nobody else's. */
#ifndef VOLUM_OMIE_CONTRACT_BILLING_H
#define VOLUM_OMIE_CONTRACT_BILLING_H

#include "core/filter.h"
#include "core/jqprog.h"
#include "domain/contract.h"
#include "net/omie.h"
#include "omie-contract/account.h"
#include "store/ledger.h"
#include "store/target.h"

struct options;

/* What the whole run shares. */
struct run {
	struct filter *filter;
	const char *template_path; /* NULL: the one that ships */
	char target[STORE_TARGET_MAX];
	bool own_folder;     /* the target lies in the state folder */
	struct store *store; /* opened by the first record */
	enum store_mode mode;
	struct shared *limits; /* of Omie, where hosts share them; or NULL */
	struct omie *omie;     /* NULL: --dry-run */
	struct account *held;  /* what Omie holds, as listed */
	char account[OMIE_ACCOUNT_TEXT]; /* "": a dry run without a key */
	struct jqprog *template_; /* compiled by the first that needs it */
	struct day today;
	int64_t window_ms; /* of the identical call */
	struct record *answer, *doc;
	struct arena scratch; /* of the record in hand */
	struct buf payload, line;
	bool ledger_asked; /* whether it knows of this account */
	bool must_list;	   /* it doesn't, or not of all: Omie is to be listed */
	struct job *job;   /* whose write is on its way */
	bool overtaken;	   /* it did not leave: another process was faster */
	/* Once the service is closed to us, every further record that would
	 * need a call is refused with this, and the input is read to its end.
	 */
	enum status shut;
	struct error shut_why;
	int unreachable; /* records in a row that could not be sent */
	/* Members that Omie answers, and refuses when they are sent back. */
	char unknown[8][48];
	size_t unknown_count;
	/* --plan, and what it came to. */
	bool planning;
	int64_t per_minute;
	struct plan_sum {
		uint64_t create, change, adopt, same, none, settle, divergent,
		    calls;
		int64_t cents; /* to be created or changed */
	} sum;
	/* --max-contracts and --max-total, -1: none; and what was sent, that
	 * which may have been made included. */
	int64_t max_contracts, max_cents;
	struct {
		int64_t contracts, cents;
	} sent;
	int64_t made_cents;
	uint64_t included, changed, left_open;
};

/* What the line of a plan is to do. */
enum plan_action {
	NOT_PLANNED, /* the record is no line of a plan */
	PLAN_CREATE,
	PLAN_CHANGE,
	PLAN_ADOPT,   /* it is in Omie, and only the ledger doesn't know */
	PLAN_SETTLE,  /* an attempt is open */
	PLAN_NOTHING, /* it is in Omie as it is to be */
	PLAN_DISPENSE,
	PLAN_DIVERGENT
};

/* One consolidation on its way. */
struct job {
	struct consolidation c;
	char code[INT_CTR_TEXT];
	char content_hash[HASH_TEXT], payload_hash[HASH_TEXT];
	int64_t customer;	       /* nCodCli */
	struct text company, proposal; /* JSON objects; proposal "null" */
	struct ledger_state ledger;    /* what it said when last asked */
	const char *call;	       /* that changes something */
	int64_t hinted; /* nCodCtr that the store knows without the ledger */
	bool may_exist; /* something else says that it was sent */
	bool earlier;	/* those who billed before this program sent it */
	int64_t earlier_cents; /* by which total; -1: not known */
	bool looked;	       /* and it was looked up for that */
	bool revising;	       /* the contract is there, and is changed */
	bool answered;	       /* a change was taken, and is still to be seen */
	bool waited;	       /* for it to be seen */
	unsigned changed_from; /* enum held_as before it */
	bool was_taken;	       /* at least one change was */
	unsigned reads;
	enum plan_action plan;
	char seen[HASH_TEXT]; /* fingerprint in a plan; "": no plan */
	bool adopted;	      /* it was there before the ledger knew of it */
	int attempts;
};

/* store.c: the store, and what it knows of the record in hand. */

/* Opens what is not open in `mode` yet: a test alone must not even create a
 * database. */
enum status
need_store(struct run *run, enum store_mode mode, struct error *err);
/*
 * SOME_REJECTED "desatualizada": the store holds other amounts or a newer
 * revision of this consolidation, so that this one is not to be billed. Fills
 * job->hinted and job->may_exist.
 */
enum status
job_check_store(struct run *run, struct job *job, struct error *err);
/* Whether the record says that it was billed before this program was. */
void job_take_mark(struct job *job, struct value root);
/* Of such a one: DONE when it is what was billed then, else SOME_REJECTED
 * "divergente". */
enum status job_compare_earlier(const struct job *job, struct error *err);
/* Fills job->ledger anew. */
enum status job_look(struct run *run, struct job *job, struct error *err);
/*
 * Adds a line to the ledger and to job->ledger. TRY_LATER: another process
 * wrote about this contract since job_look(), or keeps the store for itself;
 * nothing was added.
 */
enum status job_note(struct run *run, struct job *job,
    const struct ledger_line *news, struct error *err);
/* The service told to leave (omie.h): notes the intent of run->job. */
enum status job_leaving(int64_t longest_ms, void *run, struct error *err);

/* payload.c: who is billed, and the contract that the template makes. */

/*
 * Finds company, customer and proposal, and fills run->payload with the checked
 * contract and job->payload_hash; a bill of 0.00 has none. SOME_REJECTED:
 * "cliente_desconhecido" and the like, "programa_falhou", "contrato_invalido",
 * "servico_indisponivel". Texts live as long as run->scratch.
 */
enum status job_prepare(struct run *run, struct job *job, struct error *err);
/* Company, customer and proposal alone. */
enum status
job_find_customer(struct run *run, struct job *job, struct error *err);

/* What a step came to. */
enum outcome {
	WAS_CONFIRMED, /* it exists, as billed; the ledger says so */
	WAS_ABSENT,    /* proven: it doesn't exist, nothing is open */
	WAS_OVERTAKEN, /* another process wrote: look at the ledger again */
	WAS_REFUSED,   /* `err` is the refusal of the record */
	RUN_ENDS       /* `status` ends the run */
};

/* A step's end: notes `event`; `outcome` unless the ledger has other ideas. */
enum outcome conclude(struct run *run, struct job *job, enum ledger_event event,
    const char *detail, enum outcome outcome, enum status *status,
    struct error *err);
/* Notes that Omie has the contract: a fact, whoever wrote in between. */
enum outcome confirm(struct run *run, struct job *job, int64_t nCodCtr,
    enum status *status, struct error *err);
/* Refuses the record by a fault of Omie; `class_` is "servico", "incerto"... */
void refuse_by_fault(struct error *err, const char *code, const char *class_,
    const char *what, const struct omie_fault *fault);

/* An attempt whose outcome is not known. */
static inline bool
job_is_open(const struct job *job)
{
	const struct ledger_state *state = &job->ledger;

	return state->known &&
	    (state->last.event == LEDGER_INTENT ||
		state->last.event == LEDGER_UNCLEAR);
}

/* How an attempt that changed nothing ends: open, when one before it did. */
static inline enum ledger_event
job_left(const struct job *job, enum ledger_event event)
{
	return job->was_taken ? LEDGER_UNCLEAR : event;
}

/* settle.c: what is not known is waited out and looked up. */

/* In all that follows WAS_CONFIRMED may be of other content than the job's:
 * that which an earlier attempt sent, and job->ledger.contract tells. */

/* WAS_CONFIRMED: the open attempt is over, its outcome may be looked up. */
enum outcome wait_out(
    struct run *run, struct job *job, enum status *status, struct error *err);
/* Whether the contract found under our code is the one that we would create;
 * else `why` says what is not. */
bool job_same_contract(
    const struct job *job, struct value found, char *why, size_t size);
/* ConsultarContrato by `id` (nCodCtr), or by the code when it is 0, into
 * run->answer. */
enum status job_consult(struct run *run, const struct job *job, int64_t id,
    struct omie_fault *fault, struct error *err);

/* Waits until no call of the open attempt can be at work any more, then looks
 * the contract up. Ends early when another process settles it. */
enum outcome settle(
    struct run *run, struct job *job, enum status *status, struct error *err);
/*
 * Before the first attempt: whether Omie has it already. In the listing where
 * there is one, and there must be one when the ledger knows of nothing in this
 * account; else by the code, when the store says that it was sent.
 */
enum outcome look_first(
    struct run *run, struct job *job, enum status *status, struct error *err);
/* By `id` (nCodCtr), or by the code when it is 0. */
enum outcome look_up(struct run *run, struct job *job, int64_t id,
    enum status *status, struct error *err);

/* write.c: one write. */

/* job->call with `params`: its intent is noted before it leaves, and that it
 * was cut off when it was. run->overtaken: see there. */
enum status job_write(struct run *run, struct job *job, struct text params,
    struct omie_fault *fault, struct error *err);

/* confirmed.c: what the ledger's confirmation means for this line. */

/* The bill that was confirmed, to the line. */
bool job_is_same_content(const struct job *job);
/* Whether the confirmed contract is to be changed, or read at least: its
 * consolidation was revised, or a change was tried since and not confirmed. */
bool job_is_revised(const struct job *job);
/* The same content as confirmed; SOME_REJECTED "divergente", "duplicado",
 * "desatualizada". */
enum status job_compare_confirmed(const struct job *job, struct error *err);

/* send.c: exactly one contract in Omie, or a refusal that says why not. */

struct sent {
	enum contract_action action;
	int64_t nCodCtr;
};

/*
 * Creates the contract, or settles an earlier attempt first. DONE: what was
 * done, and the ledger says so. SOME_REJECTED: class "dados" (refused for
 * good), "servico" (not sent) or "incerto" (outcome open; the next run settles
 * it). Other statuses end the run.
 */
enum status job_send(
    struct run *run, struct job *job, struct sent *sent, struct error *err);

/* held.c: whether a plan still holds. */

/* What Omie holds is what the plan saw. */
bool job_is_as_planned(const struct job *job, struct value held);
/* SOME_REJECTED "plano_vencido". */
enum status plan_expired(struct error *err, const char *why);
enum outcome refuse_expired(struct error *err, const char *why);

/* revise.c: job_send() of a contract that is there and was revised. */
enum status job_revise(
    struct run *run, struct job *job, struct sent *sent, struct error *err);

/* plan.c: what would be done, and doing exactly that. */

/* Puts the plan line of a job that bill_record() prepared. SOME_REJECTED: it
 * can't be done, as without --plan. */
enum status plan_job(struct run *run, const struct record *rec, struct job *job,
    struct error *err);
/* Reads a plan line: job->c, job->plan. SOME_REJECTED: "plano_invalido". */
enum status plan_read(
    struct run *run, struct value plan, struct job *job, struct error *err);
/* Fills job->ledger. SOME_REJECTED "plano_vencido": store or ledger have moved
 * on. */
enum status plan_check(
    struct run *run, struct value plan, struct job *job, struct error *err);
/* job_prepare() by the payload that was planned, where one is to be sent. */
enum status plan_prepare(
    struct run *run, struct value plan, struct job *job, struct error *err);
/* SOME_REJECTED "plano_vencido": Omie has moved on. */
enum status
plan_check_omie(struct run *run, struct job *job, struct error *err);
/* The closing line of --plan. */
void plan_close(struct run *run);

/* bill.c: one record, from the line to its result. */
enum status bill_record(
    struct filter *f, const struct record *rec, void *run, struct error *err);

#endif
