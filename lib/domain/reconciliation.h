/* One month compared: what is to be billed, what we remember, what Omie has. */
#ifndef VOLUM_DOMAIN_RECONCILIATION_H
#define VOLUM_DOMAIN_RECONCILIATION_H

#include "domain/consolidation.h"

/* How a contract stands. The first three are as they should be. */
enum situation {
	SITUATION_OK,
	SITUATION_NOTHING_DUE, /* 0.00, and no contract */
	SITUATION_DISCARDED,   /* of no consolidation, and cancelled */
	SITUATION_DUPLICATE,   /* more than one that is not cancelled */
	SITUATION_CUSTOMER,    /* bills another customer */
	SITUATION_AMOUNT,      /* bills another amount */
	SITUATION_CANCELLED,   /* there, but cancelled */
	SITUATION_MISSING,     /* sent, as we remember, and not there */
	SITUATION_EXTRA,       /* of no consolidation */
	SITUATION_OPEN,	       /* the last call has no outcome yet */
	SITUATION_NOT_SENT,    /* it, or its revision, is still to be sent */
	SITUATION_NOT_READY,   /* its status says that it isn't billed */
	SITUATION_PARTIAL,     /* made of volumes of a month not over */
	SITUATION_UNRECORDED,  /* as it should be, but we don't remember it */
	SITUATION_OTHER_ID,    /* not the contract that we remember */
	SITUATION_UNBILLED,    /* volumes, ledger or result without a bill */
	SITUATION_COUNT
};

/* The word of volum-records(5): "ok", "dispensado", ... */
const char *situation_name(enum situation s);
/* For people: what it means and asks for, 56 columns at most; "" when nothing.
 */
const char *situation_advice(enum situation s);
/* Whether all sides agree. */
bool situation_agrees(enum situation s);

/* What is known of one cCodIntCtr, from each side. Amounts in cents. */
struct reconciliation {
	/* The consolidation; the rest is 0 without one. */
	bool billed, partial;
	enum consolidation_status status;
	int64_t revision, expected_cents;
	int64_t customer; /* whom to bill; 0: it can't be told */

	/* The ledger, of this account. */
	bool open;	/* its last line waits for an outcome */
	bool confirmed; /* a line says that Omie has it: */
	int64_t confirmed_id, confirmed_cents, confirmed_revision;

	/* The stored result: its nCodCtr, 0: none. */
	int64_t result_id;

	/* Omie, under this code: */
	size_t live, cancelled; /* their numbers */
	int64_t nCodCtr;	/* of the first live one, else of one that is */
	int64_t nCodCli;	/* cancelled */
	int64_t cents;		/* of all live ones together */
	bool unreadable;	/* an amount can't be read; not in `cents` */
};

/* The gravest that applies; what can be billed wrongly comes first. */
enum situation reconcile(const struct reconciliation *r);

/* A whole month: how many of each, and what it comes to. */
struct reconciled_month {
	size_t count[SITUATION_COUNT];
	int64_t expected_cents, cents;
	bool unreadable; /* some amount in Omie: `cents` lacks it */
};

/* False: the sums don't fit, nothing was added. */
bool reconciled_add(struct reconciled_month *m, const struct reconciliation *r,
    enum situation s);
/* Contracts on which the sides don't agree. */
size_t reconciled_disagreements(const struct reconciled_month *m);
/* Whether all sides agree on everything. */
bool reconciled_agrees(const struct reconciled_month *m);

#endif
