/*
 * The ledger of calls that create something in Omie: intent before, outcome
 * after, each durable before the next step. Lines are only ever added.
 */
#ifndef VOLUM_STORE_LEDGER_H
#define VOLUM_STORE_LEDGER_H

#include "domain/contract.h"
#include "store/store.h"

enum ledger_event {
	LEDGER_INTENT, /* about to call: outcome unknown until the next line */
	LEDGER_CONFIRMED, /* Omie has it: nCodCtr is set */
	LEDGER_REFUSED,	  /* Omie refused it for good: it does not exist */
	LEDGER_NOT_SENT,  /* the call never left, or a proven absence */
	LEDGER_UNCLEAR /* asked and still not known: settle before anything */
};

const char *ledger_event_name(enum ledger_event e); /* "intencao" ... */

struct ledger_line {
	int64_t seq;	   /* set by ledger_last and ledger_add; from 1 */
	int64_t after_seq; /* LEDGER_INTENT: the newest line of `code` that
			      ledger_last gave, 0 for none */
	struct text code;  /* cCodIntCtr; the key */
	struct billing_key key;
	enum ledger_event event;
	char content_hash[HASH_TEXT]; /* of the consolidation's content */
	char payload_hash[HASH_TEXT]; /* of the contract as sent */
	int64_t nCodCtr, total_cents;
	instant_ms at;	    /* set by ledger_add from the clock */
	struct text detail; /* fault or reason, no secret */
};

/* The newest line of `code`. Texts live until the next call on the store. */
enum status ledger_last(struct store *s, struct text code,
    struct ledger_line *out, bool *found, struct error *err);
/*
 * Adds one line in a transaction of its own, so never inside an open batch;
 * durable when it returns DONE, which sets `seq` and `at`. TRY_LATER for an
 * intent when the newest line of the code is not `after_seq` any more: another
 * process is about to create the same contract.
 */
enum status
ledger_add(struct store *s, struct ledger_line *line, struct error *err);

#endif
