/* Between held.c, change.c and revise.c. */
#ifndef VOLUM_OMIE_CONTRACT_REVISION_H
#define VOLUM_OMIE_CONTRACT_REVISION_H

#include "omie-contract/billing.h"

/* What was sent before for one contract, and may be what Omie holds. */
struct sent_before {
	struct run *run;
	const struct job *job;
	struct attempted {
		struct text payload;
		bool is_content; /* of the same bill as the job's */
	} * attempts;		 /* all, oldest first */
	size_t count;
	size_t since; /* from here on they came after the confirmation */
	struct text confirmed; /* {"",0}: made by nobody we know */
};

/* Texts live as long as run->scratch. */
enum status sent_before_read(struct run *run, const struct job *job,
    struct sent_before *out, struct error *err);
void sent_before_clear(struct sent_before *b);

enum held_as {
	HELD_NEW,	   /* as it is to be */
	HELD_WITH_SURPLUS, /* as it is to be, with items of before */
	HELD_OLD,	   /* as we left it */
	HELD_OTHER	   /* somebody else changed it; `why` says what */
};

/* SOME_REJECTED "ja_faturado": the contract may have been billed as it is, and
 * the validity in run->payload would have it billed once more. */
enum status check_unbilled(
    const struct sent_before *b, struct value held, struct error *err);

/* What the contract that Omie holds is to the one in run->payload, which is in
 * run->doc then. `why` gets JSON strings. */
enum held_as
judge_held(const struct sent_before *b, struct value held, struct buf *why);

/* The params of job->call, which it sets, built before the call: its answer
 * takes the place of what is held. */
void write_change(struct run *run, struct job *job, struct value held,
    enum held_as as, struct buf *params);
/* Whether the refusal of `params` names a member that is only there because
 * Omie had answered it: from now on it is left out. */
bool learn_unknown(
    struct run *run, struct text params, const struct omie_fault *fault);

#endif
