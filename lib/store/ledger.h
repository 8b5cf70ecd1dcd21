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
	struct text code; /* cCodIntCtr; the key */
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
/* Adds one line in a transaction of its own; durable when it returns DONE. */
enum status
ledger_add(struct store *s, const struct ledger_line *line, struct error *err);

#endif
