/* One company, from its match to its result. */
#include <stdio.h>

#include "cnpj-sync/step.h"

/* After so many records that could not be written, no further one is tried. */
enum { UNREACHABLE_MAX = 3 };

/* --------------------------------------------------- a closed service */

static enum status
refuse_shut(struct run *run, struct error *err)
{
	const char *code = run->shut == BLOCKED ? "bloqueado"
	    : run->shut == NOT_ALLOWED		? "credenciais"
						: "servico_indisponivel";

	reject(err, code, "%s", run->shut_why.text);
	snprintf(err->class_, sizeof(err->class_), "servico");
	error_advise(err, "%s",
	    run->shut == BLOCKED ? "feed this line back in after that time"
				 : "feed this line back in when it is mended");
	return SOME_REJECTED;
}

/* Lines that wait in the pipe are refused one by one, so that none is lost. */
static enum status
note_shut(struct run *run, enum status s, struct error *err)
{
	if (s == BLOCKED || s == NOT_ALLOWED) {
		run->shut = s;
		run->shut_why = *err;
		return refuse_shut(run, err);
	}
	if (s != SOME_REJECTED ||
	    strcmp(err->code, "servico_indisponivel") != 0)
		run->unreachable = 0;
	else if (++run->unreachable == UNREACHABLE_MAX) {
		run->shut = TRY_LATER;
		run->shut_why = *err;
	}
	return s;
}

/* -------------------------------------------------------------- one step */

static enum status
check_plan(const struct job *job, struct error *err)
{
	if (job->plan.len == 0 || text_is(job->plan, job->hash))
		return DONE;
	reject(err, "plano_vencido",
	    "company %.*s or its customer has changed since this was planned",
	    (int)job->empresa_id.len, job->empresa_id.at);
	error_advise(err, "make a new plan");
	return SOME_REJECTED;
}

static bool
has_writes(const struct job *job)
{
	return job->create || job->associate || job->r.written != 0;
}

static enum status
write_target(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	if (run->shut != DONE)
		return refuse_shut(run, err);
	s = run->from == INANBETEC_OWNS ? write_omie(run, job, err)
					: write_inanbetec(run, job, err);
	return note_shut(run, s, err);
}

/* A conflict is told in the result, and refused for a person to decide. */
static enum status
report_conflict(struct run *run, struct job *job, struct error *err)
{
	struct buf fields = BUF_INIT, record = BUF_INIT;
	struct error why;
	enum status s;

	if (job->r.conflicts == 0)
		return DONE;
	add_fields(&fields, job->r.conflicts);
	reject(&why, "divergente",
	    "company %.*s, customer %lld: both sides differ in %s",
	    (int)job->empresa_id.len, job->empresa_id.at,
	    (long long)job->omie_code, buf_cstr(&fields));
	error_advise(&why,
	    "make both sides equal by hand, or give the field an owner "
	    "(--owner)");
	write_reference(&record, job);
	s = filter_reject(run->filter, buf_text(&record), &why, err);
	buf_clear(&fields);
	buf_clear(&record);
	return s;
}

static enum status
finish(struct run *run, struct job *job, struct error *err)
{
	enum sync_action action = job->idle ? SYNC_IDLE
	    : job->create		    ? SYNC_INCLUDED
	    : has_writes(job)		    ? SYNC_CHANGED
					    : SYNC_UNCHANGED;
	enum status s = DONE;

	if (!job->idle && !job->test)
		s = remember(run, job, err);
	if (s != DONE)
		return s;
	put_result(run, job, action);
	return report_conflict(run, job, err);
}

static enum status
settle(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	if (job->idle)
		return finish(run, job, err);
	if ((s = decide(run, job, err)) != DONE ||
	    (s = check_plan(job, err)) != DONE ||
	    (s = check_registry(run, job, err)) != DONE)
		return s;
	if (!job->test && has_writes(job) &&
	    (s = write_target(run, job, err)) != DONE)
		return s;
	return finish(run, job, err);
}

enum status
step(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	s = match(run, job, err);
	if (s == DONE)
		s = settle(run, job, err);
	return s;
}
