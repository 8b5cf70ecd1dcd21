/* The company API is written to once per company; a company that was created
 * without an answer is found again by its document, or by codigoOmie. */
#include <stdio.h>

#include "cnpj-sync/step.h"
#include "core/ndjson.h"

static enum status
refuse_written(
    const char *what, const struct inanbetec_written *w, struct error *err)
{
	const char *class_ = "dados", *code = "recusado";

	if (w->verdict == INANBETEC_UNCLEAR)
		class_ = code = "incerto";
	else if (w->verdict == INANBETEC_NOT_SENT)
		class_ = "servico", code = "servico_indisponivel";
	else if (w->verdict == INANBETEC_KNOWN)
		code = "duplicado";
	reject(err, code, "company API: %s: %s%s%s", what, w->why,
	    w->verdict == INANBETEC_KNOWN ? ", known as " : "",
	    w->verdict == INANBETEC_KNOWN ? w->id : "");
	snprintf(err->class_, sizeof(err->class_), "%s", class_);
	error_advise(err,
	    w->verdict == INANBETEC_UNCLEAR
		? "nothing to do: the next run finds out"
		: w->verdict == INANBETEC_REFUSED ||
		    w->verdict == INANBETEC_ABSENT
		? "correct the customer in Omie, then feed this line back in"
		: "feed this line back in later");
	return SOME_REJECTED;
}

/* `endereco` whole: whatever the service does with a part of one. */
static void
add_address(
    struct buf *b, const struct job *job, unsigned written, struct value old)
{
	const char *except[CADASTRO_FIELDS + 1] = { NULL };
	int n = 0;

	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if ((written >> i & 1) != 0)
			except[n++] =
			    cadastro_inanbetec_name((enum cadastro_field)i);
	build_name(b, "endereco");
	build_open(b, '{');
	build_members_but(b, old, except);
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if ((written >> i & 1) != 0)
			cadastro_write_inanbetec(
			    b, (enum cadastro_field)i, job->source.value[i]);
	build_close(b, '}');
}

/* cidade, estado and cep are written where they stand. */
static bool
goes_into_address(struct value company, int field)
{
	const char *name = cadastro_inanbetec_name((enum cadastro_field)field);

	return cadastro_in_address((enum cadastro_field)field) &&
	    (value_is_empty(value_member(company, name)) ||
		!value_is_empty(
		    value_member(value_member(company, "endereco"), name)));
}

static void
add_members(struct buf *b, const struct job *job, struct value company)
{
	unsigned address = 0;

	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		if ((job->r.written >> i & 1) == 0)
			continue;
		if (goes_into_address(company, i))
			address |= 1u << i;
		else
			cadastro_write_inanbetec(
			    b, (enum cadastro_field)i, job->source.value[i]);
	}
	if (address != 0)
		add_address(b, job, address, value_member(company, "endereco"));
}

static enum status
create(struct run *run, struct job *job, struct error *err)
{
	struct inanbetec_written w;
	struct buf *b = &run->payload;
	enum status s;

	buf_reset(b);
	build_open(b, '{');
	build_text_member(b, "cnpj", text_of(job->customer->document));
	add_members(b, job, NO_VALUE);
	build_name(b, "ativo");
	build_bool(b, true);
	build_name(b, "codigoOmie");
	build_integer(b, job->omie_code);
	build_close(b, '}');
	s = inanbetec_create(run->inanbetec, buf_text(b), &w, err);
	if (s != DONE)
		return s;
	if (w.verdict == INANBETEC_DONE && w.id[0] == '\0')
		w.verdict = INANBETEC_UNCLEAR;
	if (w.verdict != INANBETEC_DONE)
		return refuse_written("new company", &w, err);
	job->empresa_id = arena_text(&run->scratch, text_of(w.id));
	return look(run, job, err);
}

/* All of it: the address is sent whole. */
static enum status
read_again(struct run *run, struct job *job, struct error *err)
{
	struct entry now;
	bool found;
	enum status s;

	s = fetch_company(run, job->empresa_id, &now, &found, err);
	return s == DONE
	    ? check_unchanged(run, job, found ? &now : NULL, ~0u, err)
	    : s;
}

static enum status
change(struct run *run, struct job *job, struct error *err)
{
	struct inanbetec_written w;
	struct buf *b = &run->payload;
	enum status s;

	if ((s = read_again(run, job, err)) != DONE)
		return s;
	buf_reset(b);
	build_open(b, '{');
	add_members(b, job, record_root(run->doc));
	build_close(b, '}');
	s = inanbetec_change(
	    run->inanbetec, job->empresa_id, buf_text(b), &w, err);
	if (s != DONE || w.verdict == INANBETEC_DONE)
		return s;
	return refuse_written("change", &w, err);
}

enum status
write_inanbetec(struct run *run, struct job *job, struct error *err)
{
	enum status s = commit(run, err);

	if (s == DONE && job->create)
		s = create(run, job, err);
	else if (s == DONE && job->r.written != 0)
		s = change(run, job, err);
	/* The code last: without it the pair is found by document. */
	if (s == DONE && job->associate)
		s = associate(run, job, err);
	return s;
}
