/* Shared by the two parts of --show. */
#ifndef VOLUM_OMIE_CONTRACT_SHOW_H
#define VOLUM_OMIE_CONTRACT_SHOW_H

#include "omie-contract/modes.h"

struct shown {
	struct run *run;
	bool for_person;
	struct text code;	/* cCodIntCtr */
	struct billing_key key; /* texts are in run->scratch */
	bool known;		/* something is */
	size_t lines;		/* of the part that is being written */
};

/* show_print.c: each part as a record, or as text for a person. */

void show_head(struct shown *w);
/* A line of the store, parsed: as it stands, or laid out. */
void show_volumes(struct shown *w, struct value root);
void show_consolidation(struct shown *w, struct value root);
void show_result(struct shown *w, struct value root);
void show_history(struct shown *w, struct value root);
void show_ledger_line(struct shown *w, const struct ledger_line *line);
void show_no_ledger(struct shown *w);

#endif
