/* One write to Omie: its intent is in the ledger before it leaves. */
#include "omie-contract/billing.h"

/* Shut out, denied or stopped. Without an answer nothing left; with one it was
 * most likely turned away at the door, and a look-up by the next run costs less
 * than being wrong. */
static void
note_end(struct run *run, struct job *job, const struct omie_fault *fault,
    struct error *err)
{
	struct ledger_line news = { .event = fault->http_status == 0
		    ? job_left(job, LEDGER_NOT_SENT)
		    : LEDGER_UNCLEAR,
		.detail = text_of(err->text) };
	struct error why;
	enum status s;

	/* The call was given up before its turn: there is no intent. */
	if (!job->ledger.known || job->ledger.last.event != LEDGER_INTENT)
		return;
	s = job_note(run, job, &news, &why);
	if (s != DONE && s != TRY_LATER)
		*err = why;
}

enum status
job_write(struct run *run, struct job *job, struct text params,
    struct omie_fault *fault, struct error *err)
{
	enum status s;

	job->attempts++;
	run->job = job;
	run->overtaken = false;
	*fault = (struct omie_fault){ .wait_s = -1 };
	s = omie_call(run->omie, OMIE_CONTRATO, job->call, true, params,
	    run->answer, fault, err);
	run->job = NULL;
	if (s != DONE && !run->overtaken)
		note_end(run, job, fault, err);
	return s;
}
