/*
 * The ledger of calls that create or change something in Omie: intent before,
 * outcome after, each durable before the next step. Lines are only ever added,
 * and chained by hash, so that a change by other hands shows.
 */
#ifndef VOLUM_STORE_LEDGER_H
#define VOLUM_STORE_LEDGER_H

#include "domain/contract.h"
#include "store/store.h"

enum ledger_event {
	LEDGER_INTENT, /* about to call: outcome unknown until the next line */
	LEDGER_CONFIRMED, /* Omie has it: nCodCtr is set */
	LEDGER_REFUSED,	  /* Omie refused it for good: nothing was changed */
	LEDGER_NOT_SENT,  /* the call never left, or provably did nothing */
	LEDGER_UNCLEAR /* asked and still not known: settle before anything */
};

const char *ledger_event_name(enum ledger_event e); /* "intencao" ... */

struct ledger_line {
	int64_t seq;	     /* set by ledger_look and ledger_add; from 1 */
	int64_t after_seq;   /* the newest line that ledger_look gave, or 0 */
	struct text account; /* of Omie: omie_account() */
	struct text code;    /* cCodIntCtr */
	struct billing_key key;
	enum ledger_event event;
	struct text call;	      /* "IncluirContrato", "AlterarContrato" */
	char content_hash[HASH_TEXT]; /* of the consolidation's content */
	char payload_hash[HASH_TEXT]; /* of the contract as sent */
	int64_t nCodCtr, total_cents, revision;
	instant_ms at;	     /* set by ledger_add; never that of --as-of */
	instant_ms deadline; /* LEDGER_INTENT: the call is given up by then */
	struct text request_id; /* of the record */
	struct text detail;	/* fault or reason, no secret */
	struct text payload;	/* LEDGER_INTENT: the contract as sent, JSON */
	char link[HASH_TEXT];	/* set by ledger_look and ledger_add */
};

/* What the ledger says about one contract. */
struct ledger_state {
	bool known;		     /* there is a line of this account */
	struct ledger_line last;     /* the newest of them */
	bool confirmed;		     /* one of them is LEDGER_CONFIRMED */
	struct ledger_line contract; /* the newest of those */
	bool doubled;	/* two are, with different nCodCtr: `contract` is one */
	bool elsewhere; /* another account has a confirmed one */
};

/*
 * Everything about `code` as seen from `account` ({"",0}: from all of them as
 * one). Texts live until the next call on the store.
 */
enum status ledger_look(struct store *s, struct text account, struct text code,
    struct ledger_state *out, struct error *err);

/*
 * Adds one line in a transaction of its own, so never inside an open batch;
 * durable when it returns DONE, which sets `seq`, `at` and `link`. TRY_LATER
 * when the newest line of account and code is not `after_seq` any more: another
 * process is at work on the same contract. LEDGER_CONFIRMED is a fact, and is
 * added whoever wrote in between.
 */
enum status
ledger_add(struct store *s, struct ledger_line *line, struct error *err);

/* Whether the account has any confirmed line: a new one, or a lost ledger, has
 * none, and what Omie holds must be listed first. */
enum status ledger_has_confirmed(
    struct store *s, struct text account, bool *has, struct error *err);

/* All lines, or those of one code ({"",0}: all), in the order they were added.
 * The line's texts live until `each` returns. */
typedef enum status (*ledger_fn)(
    const struct ledger_line *line, void *ctx, struct error *err);
enum status ledger_each(struct store *s, struct text code, ledger_fn each,
    void *ctx, struct error *err);

/* Contracts of the account whose newest line is an intent or unclear: the next
 * run looks them up. Reads the whole ledger. */
enum status ledger_count_open(
    struct store *s, struct text account, uint64_t *count, struct error *err);

/*
 * The link of a line: SHA-256 over the link of the line before ("" before the
 * first) and all its members. Whoever changes, takes out or puts in a line
 * would have to make all later links anew; the newest link, kept elsewhere,
 * proves the whole.
 */
void ledger_link(
    const struct ledger_line *line, const char *previous, char out[HASH_TEXT]);

#endif
