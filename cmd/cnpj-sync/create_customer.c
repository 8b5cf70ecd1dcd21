/*
 * A customer is created exactly once: the intent is in the store before the
 * call leaves, and what became of a call without an answer is looked up before
 * anybody may try again.
 */
#include <stdio.h>

#include "cnpj-sync/step.h"

static const char INCLUDE[] = "IncluirCliente";

enum { MARGIN_MS = 2000 };

enum status
leaving(int64_t longest_ms, void *ctx, struct error *err)
{
	const struct clock real = { 0 };
	struct run *run = ctx;
	struct job *job = run->job;

	if (job == NULL)
		return DONE;
	job->state.open = true;
	job->state.deadline = clock_now(&real) + longest_ms;
	return remember_state(run, job, err);
}

/* Nothing was created: whoever comes next may try. */
static enum status
close_intent(struct run *run, struct job *job, struct error *err)
{
	struct error why;
	enum status s;

	if (!job->state.open)
		return SOME_REJECTED;
	job->state.open = false;
	job->state.deadline = 0;
	if ((s = remember_state(run, job, &why)) == DONE)
		return SOME_REJECTED;
	*err = why;
	return s;
}

/* No longer under way, but what became of it is not known. */
static enum status
note_over(struct run *run, struct job *job, struct error *err)
{
	const struct clock real = { 0 };

	if (!job->state.open)
		return DONE;
	job->state.deadline = clock_now(&real);
	return remember_state(run, job, err);
}

static bool
is_about(const struct job *job, struct value answer)
{
	struct text code =
	    value_text(value_member(answer, "codigo_cliente_integracao"));

	return code.len == job->empresa_id.len + 4 &&
	    memcmp(code.at, "EMP-", 4) == 0 &&
	    memcmp(code.at + 4, job->empresa_id.at, job->empresa_id.len) == 0;
}

static bool
take_created(const struct run *run, struct job *job)
{
	struct value root = record_root(run->answer);

	if (!is_about(job, root))
		return false;
	job->omie_code = omie_id(value_member(root, "codigo_cliente_omie"));
	return job->omie_code > 0;
}

/* The call is over, but the service may still be at work on it. */
static enum status
wait_window(const struct run *run, struct error *err)
{
	int64_t ms = run->options->omie.window_s * 1000 + MARGIN_MS;

	filter_say(run->filter, "outcome unclear, looking it up in %lld s",
	    (long long)(ms / 1000));
	while (ms > 0 && !filter_stop)
		ms = clock_sleep_ms(ms);
	return filter_stop ? fail(err, TRY_LATER,
				 "stopped by a signal; the next run finds out")
			   : DONE;
}

/* By our code: asked of nobody else, so never redundant. */
static enum status
find_created(struct run *run, struct job *job, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };
	enum status s;

	if ((s = wait_window(run, err)) != DONE)
		return s;
	buf_reset(&run->payload);
	build_open(&run->payload, '{');
	add_our_code(&run->payload, job);
	build_close(&run->payload, '}');
	s = omie_call(run->omie, OMIE_CLIENTES, "ConsultarCliente", false,
	    buf_text(&run->payload), run->answer, &fault, err);
	if (s != DONE)
		return s;
	if (fault.verdict == OMIE_OK && take_created(run, job))
		return DONE;
	if (fault.verdict == OMIE_NOTHING &&
	    omie_fault_names(&fault, "cliente")) {
		refuse_by_fault(err, "servico_indisponivel", "servico",
		    "IncluirCliente gave no answer and left no customer",
		    &fault);
		error_advise(err, "feed this line back in later");
		return close_intent(run, job, err);
	}
	return refuse_unclear(err,
	    "the customer may or may not exist, and looking it up failed",
	    &fault);
}

static enum status
judge_created(struct run *run, struct job *job, const struct omie_fault *fault,
    struct error *err)
{
	enum status s;

	switch (fault->verdict) {
	case OMIE_OK:
		return take_created(run, job) ? DONE
					      : find_created(run, job, err);
	case OMIE_UNCLEAR:
		if ((s = note_over(run, job, err)) != DONE)
			return s;
		return find_created(run, job, err);
	case OMIE_TRANSIENT:
		refuse_by_fault(
		    err, "servico_indisponivel", "servico", INCLUDE, fault);
		error_advise(err, "feed this line back in later");
		break;
	case OMIE_DUPLICATE:
		reject(err, "duplicado",
		    "Omie has had a customer with this code or document, %lld, "
		    "since it was listed",
		    (long long)fault->existing_id);
		error_advise(err, "feed this line back in: it is matched then");
		break;
	default:
		refuse_by_fault(err, "recusado", "dados", INCLUDE, fault);
		error_advise(err,
		    "correct company %.*s, then feed this line back in",
		    (int)job->empresa_id.len, job->empresa_id.at);
	}
	return close_intent(run, job, err);
}

/* Somebody else's attempt that may be younger than our listing. */
static enum status
check_open(const struct run *run, const struct job *job, struct error *err)
{
	if (!job->state.open || job->state.deadline < run->listed_at)
		return DONE;
	reject(err, "incerto",
	    "another process may just be creating the customer");
	snprintf(err->class_, sizeof(err->class_), "incerto");
	error_advise(err, "nothing to do: the next run finds out");
	return SOME_REJECTED;
}

static void
write_new_customer(struct run *run, const struct job *job)
{
	struct buf *b = &run->payload;
	char masked[CNPJ_MASKED];

	cnpj_format(job->company->document, masked);
	buf_reset(b);
	build_open(b, '{');
	add_our_code(b, job);
	build_text_member(b, "cnpj_cpf", text_of(masked));
	add_fields_written(b, job);
	build_close(b, '}');
}

enum status
create_customer(struct run *run, struct job *job, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };
	struct error ignored;
	enum status s;

	if ((s = check_open(run, job, err)) != DONE ||
	    (s = commit(run, err)) != DONE)
		return s;
	write_new_customer(run, job);
	job->state.open = false;
	run->job = job;
	s = omie_call(run->omie, OMIE_CLIENTES, INCLUDE, true,
	    buf_text(&run->payload), run->answer, &fault, err);
	run->job = NULL;
	if (s == DONE)
		return judge_created(run, job, &fault, err);
	/* Nothing left when there is no status: else it was most likely turned
	 * away, and waiting costs less than being wrong. */
	if (fault.http_status == 0)
		close_intent(run, job, &ignored);
	else
		note_over(run, job, &ignored);
	return s;
}
