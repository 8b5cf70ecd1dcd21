/* Shared by the two parts of --reconcile. */
#ifndef VOLUM_OMIE_CONTRACT_RECONCILE_H
#define VOLUM_OMIE_CONTRACT_RECONCILE_H

#include "domain/reconciliation.h"
#include "omie-contract/modes.h"

/* One contract, or what should be one. */
struct entry {
	struct billing_key key; /* texts {"",0}: not known whose it is */
	char code[sizeof(((struct listed *)0)->code)]; /* "": volumes only */
	const char *event; /* the ledger's last; NULL: none */
	struct reconciliation r;
	enum situation situation;
};

struct reconciling {
	struct run *run;
	competencia month;
	bool all, for_person;
	size_t name; /* columns of a company's name in the table */
	const struct listed *listed; /* what Omie has, sorted by code */
	size_t listed_count;
	bool *seen; /* which of them a consolidation has */
	uint64_t bills;
	struct reconciled_month sum;
};

/* reconcile_print.c: NDJSON, a table for a person, metrics. */

void reconcile_print_head(struct reconciling *w);
enum status reconcile_print(
    struct reconciling *w, const struct entry *e, struct error *err);
enum status reconcile_print_sum(struct reconciling *w, struct error *err);
/* The sum is known. */
void reconcile_measure(struct reconciling *w);

#endif
