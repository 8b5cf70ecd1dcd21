/* What a confirmation in the ledger means for the line in hand: nothing to do,
 * a revision, or a refusal. */
#include <string.h>

#include "domain/money.h"
#include "omie-contract/billing.h"

static enum status
refuse_doubled(const struct job *job, struct error *err)
{
	reject(err, "duplicado",
	    "contract %s was confirmed with two ids in Omie, nCodCtr %lld the "
	    "later one (see the ledger)",
	    job->code, (long long)job->ledger.contract.nCodCtr);
	memcpy(err->class_, "incerto", sizeof("incerto"));
	error_advise(err, "cancel one of the two in Omie by hand");
	return SOME_REJECTED;
}

bool
job_is_same_content(const struct job *job)
{
	return strcmp(job->ledger.contract.content_hash, job->content_hash) ==
	    0;
}

/* Since it was confirmed, a change was tried that is not confirmed. */
static bool
is_touched(const struct job *job)
{
	return job->ledger.last.seq > job->ledger.contract.seq;
}

/* A later revision was tried: this line must not undo it. */
static bool
is_outdated(const struct job *job)
{
	return is_touched(job) && job->c.revision < job->ledger.last.revision;
}

bool
job_is_revised(const struct job *job)
{
	const struct ledger_state *state = &job->ledger;

	if (!state->confirmed || state->doubled || job->c.total_cents == 0 ||
	    is_outdated(job))
		return false;
	return is_touched(job) ||
	    (!job_is_same_content(job) &&
		job->c.revision > state->contract.revision);
}

static enum status
refuse_outdated(const struct job *job, struct error *err)
{
	reject(err, "desatualizada",
	    "contract %s: this line is revisao %lld, and %lld was tried "
	    "already",
	    job->code, (long long)job->c.revision,
	    (long long)job->ledger.last.revision);
	error_advise(err, "discard this line; feed in the later revision");
	return SOME_REJECTED;
}

static enum status
refuse_other_content(const struct job *job, struct error *err)
{
	const struct ledger_line *was = &job->ledger.contract;
	struct buf then = BUF_INIT, now = BUF_INIT;

	money_add(&then, was->total_cents);
	money_add(&now, job->c.total_cents);
	reject(err, "divergente",
	    "contract %s (nCodCtr %lld) was sent with other content: %s then, "
	    "%s now, and it is no later revision",
	    job->code, (long long)was->nCodCtr, buf_cstr(&then),
	    buf_cstr(&now));
	if (job->c.total_cents == 0)
		error_advise(err, "cancel the contract in Omie by hand");
	else
		error_advise(err,
		    "if the new amounts are right, feed this line with "
		    "\"revisao\":%lld to volum-store --revise",
		    (long long)was->revision + 1);
	buf_clear(&then);
	buf_clear(&now);
	return SOME_REJECTED;
}

enum status
job_compare_confirmed(const struct job *job, struct error *err)
{
	if (job->ledger.doubled)
		return refuse_doubled(job, err);
	if (is_outdated(job))
		return refuse_outdated(job, err);
	return job_is_same_content(job) && !is_touched(job)
	    ? DONE
	    : refuse_other_content(job, err);
}
