/* Who is billed, and the contract that the template makes. */
#include "contrato_jq.h"
#include "core/ndjson.h"
#include "domain/cnpj.h"
#include "domain/pricing.h"
#include "omie-contract/billing.h"

static enum status
need_template(struct run *run, struct error *err)
{
	struct text shipped = { (const char *)contrato_jq,
		sizeof(contrato_jq) };

	if (run->template_ != NULL)
		return DONE;
	if (run->template_path != NULL)
		return jqprog_open_file(
		    &run->template_, run->template_path, err);
	return jqprog_open(
	    &run->template_, "the template that ships", shipped, err);
}

/* The member `name` of a stored document, copied; `missing` if it has none. */
static enum status
copy_member(struct run *run, struct text doc, const char *name,
    struct text *out, struct error *err)
{
	struct value v;
	enum status s;

	if ((s = ndjson_parse(run->doc, doc, err)) != DONE)
		return s;
	v = value_member(record_root(run->doc), name);
	*out = arena_text(&run->scratch, value_raw(v));
	return DONE;
}

struct pick {
	struct run *run;
	struct job *job;
};

/* Keeps the version of the billed proposal that is in force. */
static enum status
pick_proposal(struct text doc, void *ctx, struct error *err)
{
	struct pick *pick = ctx;
	struct job *job = pick->job;
	struct proposal *p;
	struct value v;
	enum status s;

	if ((s = ndjson_parse(pick->run->doc, doc, err)) != DONE)
		return s;
	v = value_member(record_root(pick->run->doc), "proposta");
	if ((s = proposal_read(v, &p, err)) != DONE)
		return s;
	if (text_same(proposal_number(p), job->c.key.proposta) &&
	    proposal_in_force(p, job->c.key.month))
		job->proposal = arena_text(&pick->run->scratch, value_raw(v));
	proposal_free(p);
	return DONE;
}

static enum status
refuse_customer(enum status s, struct error *err)
{
	error_advise(err,
	    "store its `empresa` record with "
	    "codigoClienteOmie, then feed this line back in");
	return s;
}

/* The template reads the customer out of the company. */
static void
put_customer(struct run *run, struct job *job, struct value company)
{
	static const char *const code[] = { "codigoClienteOmie", NULL };
	struct buf b = BUF_INIT;

	build_open(&b, '{');
	build_members_but(&b, company, code);
	build_name(&b, "codigoClienteOmie");
	build_integer(&b, job->customer);
	build_close(&b, '}');
	job->company = arena_text(&run->scratch, buf_text(&b));
	buf_clear(&b);
}

/* No code is stored: the one customer that has the company's document. */
static enum status
find_by_document(
    struct run *run, struct job *job, struct text document, struct error *err)
{
	struct text id = job->c.key.empresa_id;
	char bare[CNPJ_TEXT];
	enum status s;

	if (cnpj_read(document, bare) != CNPJ_OK)
		return refuse_customer(reject(err, "cliente_desconhecido",
					   "company %.*s has neither "
					   "codigoClienteOmie nor a valid cnpj",
					   (int)id.len, id.at),
		    err);
	if (run->omie == NULL)
		return refuse_customer(
		    reject(err, "cliente_desconhecido",
			"company %.*s has no codigoClienteOmie, and "
			"a dry run doesn't ask Omie for it",
			(int)id.len, id.at),
		    err);
	s = account_customer(run->held, bare, &job->customer, err);
	if (s != DONE)
		return s == SOME_REJECTED ? refuse_customer(s, err) : s;
	if ((s = ndjson_parse(run->doc, job->company, err)) == DONE)
		put_customer(run, job, record_root(run->doc));
	return s;
}

enum status
job_find_customer(struct run *run, struct job *job, struct error *err)
{
	struct pick pick = { run, job };
	struct text id = job->c.key.empresa_id;
	struct company company;
	bool found;
	enum status s;

	s = store_get_company(run->store, id, &company, &found, err);
	if (s != DONE)
		return s;
	if (!found)
		return refuse_customer(
		    reject(err, "cliente_desconhecido",
			"company %.*s is not in the store", (int)id.len, id.at),
		    err);
	job->customer = company.omie_code;
	s = copy_member(run, company.doc, "empresa", &job->company, err);
	if (s == DONE && job->customer == 0)
		s = find_by_document(run, job, company.cnpj, err);
	if (s != DONE)
		return s;
	job->proposal = TEXT("null");
	return store_each_proposal(run->store, id, pick_proposal, &pick, err);
}

static void
write_template_input(struct run *run, const struct job *job, struct buf *b)
{
	char today[DAY_TEXT];

	day_format(run->today, today);
	build_open(b, '{');
	build_name(b, "consolidacao");
	consolidation_write(b, &job->c);
	build_name(b, "empresa");
	build_raw(b, job->company);
	build_name(b, "proposta");
	build_raw(b, job->proposal);
	build_text_member(b, "cCodIntCtr", text_of(job->code));
	build_text_member(b, "hoje", text_of(today));
	build_close(b, '}');
}

struct made {
	struct buf *payload;
	int count;
};

static enum status
take_contract(struct text json, void *ctx, struct error *err)
{
	struct made *made = ctx;

	(void)err;
	if (made->count++ == 0)
		buf_add_text(made->payload, json);
	return DONE;
}

static enum status
make_payload(struct run *run, struct job *job, struct error *err)
{
	struct made made = { &run->payload, 0 };
	struct buf input = BUF_INIT;
	enum status s = need_template(run, err);

	if (s != DONE)
		return s;
	buf_reset(&run->payload);
	write_template_input(run, job, &input);
	s = jqprog_run(
	    run->template_, buf_text(&input), take_contract, &made, err);
	buf_clear(&input);
	if (s != DONE)
		return s;
	if (made.count != 1)
		return reject(err, "contrato_invalido",
		    "the template gave %d contracts, one is expected",
		    made.count);
	if ((s = ndjson_parse(run->doc, buf_text(&run->payload), err)) != DONE)
		return reject(err, "contrato_invalido",
		    "the template gave something that is no object");
	hash_text(buf_text(&run->payload), job->payload_hash);
	return contract_check(record_root(run->doc), &job->c, job->code,
	    job->customer, run->today, err);
}

enum status
job_prepare(struct run *run, struct job *job, struct error *err)
{
	enum status s = job_find_customer(run, job, err);

	if (s != DONE || job->c.total_cents == 0)
		return s;
	return make_payload(run, job, err);
}
