/* Omie is written to one call at a time: what was decided of one customer. */
#include <stdio.h>

#include "cnpj-sync/step.h"

enum { FRESH_MS = 60000 };

/* What stands between brackets may be personal data, unless it is a number or
 * the name of a tag. */
static void
add_without_quotes(struct buf *out, const char *text)
{
	const char *end;
	size_t n;

	for (; *text != '\0'; text++) {
		buf_add_byte(out, *text);
		if (*text != '[' || (end = strchr(text, ']')) == NULL)
			continue;
		n = (size_t)(end - text - 1);
		if ((strspn(text + 1, "0123456789") == n && n <= 10) ||
		    strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_1") == n)
			buf_add(out, text + 1, n);
		else
			buf_add_str(out, "***");
		text = end - 1;
	}
}

enum status
refuse_by_fault(struct error *err, const char *code, const char *class_,
    const char *what, const struct omie_fault *fault)
{
	struct buf said = BUF_INIT;

	add_without_quotes(&said, fault->text);
	reject(err, code, "%s: HTTP %ld, %s%s%s", what, fault->http_status,
	    fault->code, fault->code[0] != '\0' ? ": " : "", buf_cstr(&said));
	snprintf(err->class_, sizeof(err->class_), "%s", class_);
	buf_clear(&said);
	return SOME_REJECTED;
}

enum status
refuse_unclear(
    struct error *err, const char *what, const struct omie_fault *fault)
{
	refuse_by_fault(err, "incerto", "incerto", what, fault);
	error_advise(err, "nothing to do: the next run finds out");
	return SOME_REJECTED;
}

static enum status
refuse_unread(struct error *err, const struct omie_fault *fault)
{
	refuse_by_fault(
	    err, "servico_indisponivel", "servico", "ConsultarCliente", fault);
	error_advise(err, "feed this line back in later");
	return SOME_REJECTED;
}

void
add_our_code(struct buf *b, const struct job *job)
{
	struct buf code = BUF_INIT;

	buf_add_str(&code, "EMP-");
	buf_add_text(&code, job->empresa_id);
	build_text_member(b, "codigo_cliente_integracao", buf_text(&code));
	buf_clear(&code);
}

void
add_fields_written(struct buf *b, const struct job *job)
{
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if ((job->r.written >> i & 1) != 0)
			cadastro_write_omie(
			    b, (enum cadastro_field)i, job->source.value[i]);
}

/* Begins it, by the customer that it is about. */
static void
open_payload(struct run *run, const struct job *job)
{
	buf_reset(&run->payload);
	build_open(&run->payload, '{');
	build_name(&run->payload, "codigo_cliente_omie");
	build_integer(&run->payload, job->omie_code);
}

/* --------------------------------------------------- what changes nothing
 * when it is done twice */

static enum status
change(struct run *run, struct job *job, const char *method, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };
	enum status s;

	if ((s = commit(run, err)) != DONE)
		return s;
	s = omie_call(run->omie, OMIE_CLIENTES, method, true,
	    buf_text(&run->payload), run->answer, &fault, err);
	if (s != DONE)
		return s;
	switch (fault.verdict) {
	case OMIE_OK:
		return DONE;
	case OMIE_UNCLEAR:
		return refuse_unclear(err, method, &fault);
	case OMIE_TRANSIENT:
		refuse_by_fault(
		    err, "servico_indisponivel", "servico", method, &fault);
		error_advise(err, "feed this line back in later");
		return SOME_REJECTED;
	default:
		refuse_by_fault(err, "recusado", "dados", method, &fault);
		error_advise(err, "correct company %.*s or customer %lld",
		    (int)job->empresa_id.len, job->empresa_id.at,
		    (long long)job->omie_code);
		return SOME_REJECTED;
	}
}

enum status
associate(struct run *run, struct job *job, struct error *err)
{
	open_payload(run, job);
	add_our_code(&run->payload, job);
	build_close(&run->payload, '}');
	return change(run, job, "AssociarCodIntCliente", err);
}

/* A call for each is dear: what was listed a moment ago is good enough. */
static bool
is_listed_long_ago(const struct run *run)
{
	const struct clock real = { 0 };

	return clock_now(&real) - run->listed_at > FRESH_MS;
}

static enum status
read_again(struct run *run, struct job *job, struct error *err)
{
	struct omie_fault fault = { .wait_s = -1 };
	struct entry now;
	enum status s;

	open_payload(run, job);
	build_close(&run->payload, '}');
	if ((s = commit(run, err)) != DONE)
		return s;
	s = omie_call(run->omie, OMIE_CLIENTES, "ConsultarCliente", false,
	    buf_text(&run->payload), run->answer, &fault, err);
	if (s != DONE)
		return s;
	if (fault.verdict == OMIE_NOTHING)
		return check_unchanged(run, job, NULL, 0, err);
	if (fault.verdict != OMIE_OK)
		return refuse_unread(err, &fault);
	entry_of_customer(&now, record_root(run->answer));
	return check_unchanged(run, job, &now, job->r.written, err);
}

static enum status
alter(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	if (is_listed_long_ago(run) && (s = read_again(run, job, err)) != DONE)
		return s;
	open_payload(run, job);
	add_fields_written(&run->payload, job);
	build_close(&run->payload, '}');
	return change(run, job, "AlterarCliente", err);
}

enum status
write_omie(struct run *run, struct job *job, struct error *err)
{
	enum status s = DONE;

	if (job->create)
		return create_customer(run, job, err);
	if (job->associate)
		s = associate(run, job, err);
	if (s == DONE && job->r.written != 0)
		s = alter(run, job, err);
	return s;
}
