/* Which customer a company is, and which company a customer: never a guess. */
#include "cnpj-sync/step.h"
#include "domain/plain.h"

enum { IDS_NAMED = 8 };

static void
add_ids(struct buf *ids, const struct entry *const *list, size_t count)
{
	for (size_t i = 0; i < count && i < IDS_NAMED; i++)
		buf_printf(ids, "%s%lld", i > 0 ? ", " : "",
		    (long long)list[i]->omie_code);
}

static enum status
refuse_several(const struct entry *const *list, size_t count, struct error *err)
{
	struct buf ids = BUF_INIT;

	add_ids(&ids, list, count);
	reject(err, "cliente_ambiguo",
	    "%zu customers in Omie have the document of the company: %s", count,
	    buf_cstr(&ids));
	error_advise(err,
	    "set codigo_cliente_integracao of the right one to EMP- and the "
	    "company's id, or codigoOmie of the company to its id");
	buf_clear(&ids);
	return SOME_REJECTED;
}

static enum status
refuse_shared(const char *who, size_t count, struct error *err)
{
	reject(err, "cnpj_compartilhado",
	    "%zu companies have the document of %s, and nothing says which one "
	    "of them is the customer",
	    count, who);
	error_advise(err,
	    "in Omie, set codigo_cliente_integracao of each customer to EMP- "
	    "and the id of its company");
	return SOME_REJECTED;
}

static enum status
refuse_taken(const struct entry *customer, struct error *err)
{
	reject(err, "cliente_de_outra",
	    "customer %lld has the document of the company, and "
	    "codigo_cliente_integracao %.*s",
	    (long long)customer->omie_code, (int)customer->id.len,
	    customer->id.at);
	error_advise(err,
	    "if it is this company's, set that code to EMP- and the company's "
	    "id in Omie; else create its own customer there");
	return SOME_REJECTED;
}

static enum status
refuse_document(const struct job *job, struct error *err)
{
	reject(err, "documento_diferente",
	    "company %.*s and customer %lld belong together, and have not the "
	    "same document",
	    (int)job->empresa_id.len, job->empresa_id.at,
	    (long long)job->customer->omie_code);
	error_advise(err,
	    "correct the wrong document, or the code that links both, by hand");
	return SOME_REJECTED;
}

/* Both are found: may they be touched? */
static enum status
check_pair(struct job *job, struct error *err)
{
	const struct entry *customer = job->customer;

	if (strcmp(job->company->document, customer->document) != 0)
		return refuse_document(job, err);
	if (customer->inactive)
		reject(err, "cliente_inativo",
		    "customer %lld is inactive in Omie",
		    (long long)customer->omie_code);
	else if (customer->blocked)
		reject(err, "cliente_bloqueado",
		    "customer %lld is blocked from billing in Omie",
		    (long long)customer->omie_code);
	else
		return DONE;
	error_advise(err, "activate it in Omie, or deactivate company %.*s",
	    (int)job->empresa_id.len, job->empresa_id.at);
	return SOME_REJECTED;
}

static enum status
refuse_invalid(const struct entry *e, const char *what, struct error *err)
{
	char bare[CNPJ_TEXT];

	reject(err, "cnpj_invalido", "cnpj of %s: %s", what,
	    cnpj_fault_word(cnpj_read(e->typed_document, bare)));
	error_advise(err, "correct the document there");
	return SOME_REJECTED;
}

static struct text
code_of(struct run *run, struct text empresa_id)
{
	struct buf b = BUF_INIT;
	struct text code;

	buf_add_str(&b, "EMP-");
	buf_add_text(&b, empresa_id);
	code = arena_text(&run->scratch, buf_text(&b));
	buf_clear(&b);
	return code;
}

static bool
is_ours(struct text code)
{
	return code.len > 4 && memcmp(code.at, "EMP-", 4) == 0;
}

/* ------------------------------------------------- a company's customer */

/* The customer that an id points to, unless it has a company's code. That of
 * another system is no hindrance: the id is the link then. */
static const struct entry *
hinted(const struct run *run, int64_t omie_code)
{
	const struct entry *e = omie_code == 0
	    ? NULL
	    : register_by_omie_code(&run->customers, omie_code);

	return e != NULL && !is_ours(e->id) ? e : NULL;
}

/* By what the store knows, or by the company's own codigoOmie. */
static enum status
customer_by_hint(struct run *run, struct job *job, struct error *err)
{
	int64_t code = job->company->omie_code;
	size_t companies;
	enum status s;

	job->customer = hinted(run, job->state.omie_code);
	if (job->customer == NULL && (job->customer = hinted(run, code))) {
		s = companies_with(
		    run, job->company->document, code, &companies, err);
		if (s != DONE)
			return s;
		if (companies > 1)
			return refuse_shared("this one", companies, err);
	}
	job->associate = job->customer != NULL && job->customer->id.len == 0;
	return DONE;
}

static enum status
customer_by_document(struct run *run, struct job *job, struct error *err)
{
	const char *document = job->company->document;
	const struct entry *const *found;
	size_t count, companies;
	enum status s;

	found = register_by_document(&run->customers, document, &count);
	if (count > 1)
		return refuse_several(found, count, err);
	if (count == 1 && found[0]->id.len > 0)
		return refuse_taken(found[0], err);
	if ((s = companies_with(run, document, 0, &companies, err)) != DONE)
		return s;
	if (companies > 1)
		return refuse_shared("this one", companies, err);
	job->customer = count == 1 ? found[0] : NULL;
	job->associate = count == 1;
	return DONE;
}

static enum status
find_customer(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	job->customer =
	    register_by_id(&run->customers, code_of(run, job->empresa_id));
	if (job->customer != NULL)
		return DONE;
	if ((s = customer_by_hint(run, job, err)) != DONE ||
	    job->customer != NULL)
		return s;
	s = customer_by_document(run, job, err);
	job->create = s == DONE && job->customer == NULL;
	return s;
}

/* The store knows a customer that the listing has not: another process made it
 * since, or somebody deleted it. */
static bool
is_behind(const struct run *run, const struct job *job)
{
	return job->state.omie_code != 0 && !run->listed_again &&
	    register_by_omie_code(&run->customers, job->state.omie_code) ==
	    NULL;
}

static enum status
list_again(struct run *run, struct error *err)
{
	run->listed_again = true;
	run->has_customers = false;
	return need_customers(run, err);
}

/* Omie's codes have 60 characters, and a part of ours would be another's. */
static enum status
check_code(struct text empresa_id, struct error *err)
{
	if (plain_length(empresa_id) + strlen("EMP-") <= 60)
		return DONE;
	return reject(err, "campo_invalido",
	    "the id of the company is too long for a code of Omie");
}

static enum status
match_company(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	job->empresa_id = job->company->id;
	job->cnpj = text_of(job->company->document);
	if (job->company->inactive) {
		job->idle = true;
		return DONE;
	}
	if (job->company->document[0] == '\0')
		return refuse_invalid(job->company, "the company", err);
	if ((s = check_code(job->empresa_id, err)) != DONE ||
	    (s = need_customers(run, err)) != DONE ||
	    (s = look(run, job, err)) != DONE ||
	    (is_behind(run, job) && (s = list_again(run, err)) != DONE) ||
	    (s = find_customer(run, job, err)) != DONE || job->create)
		return s;
	return check_pair(job, err);
}

/* -------------------------------------------------- a customer's company */

static enum status
company_by_code(struct run *run, struct job *job, struct error *err)
{
	struct text id = { job->customer->id.at + 4,
		job->customer->id.len - 4 };

	job->company = register_by_id(&run->companies, id);
	if (job->company != NULL)
		return DONE;
	reject(err, "empresa_desconhecida",
	    "customer %lld has the code of company %.*s, which InAnbetec does "
	    "not know",
	    (long long)job->customer->omie_code, (int)id.len, id.at);
	error_advise(err, "correct codigo_cliente_integracao in Omie");
	return SOME_REJECTED;
}

/* Whether another customer is the company's already. */
static const struct entry *
linked_elsewhere(struct run *run, const struct job *job)
{
	const struct entry *e =
	    register_by_id(&run->customers, code_of(run, job->company->id));

	return e != NULL && e->omie_code != job->customer->omie_code ? e : NULL;
}

/* Suppliers without a document, persons and what was switched off are no
 * companies that InAnbetec lacks. */
static bool
is_no_company(const struct entry *customer)
{
	return customer->inactive || customer->blocked ||
	    customer->typed_document.len == 0 ||
	    strlen(customer->document) == strlen("00000000000");
}

/* By its codigoOmie, whatever document it has. */
static enum status
company_by_hint(struct run *run, struct job *job, struct error *err)
{
	const struct entry *e =
	    register_by_omie_code(&run->companies, job->customer->omie_code);
	size_t count;
	enum status s;

	if (e == NULL)
		return DONE;
	s = companies_with(run, e->document, e->omie_code, &count, err);
	if (s == DONE && count > 1)
		return refuse_shared("the customer", count, err);
	job->company = e;
	return s;
}

static enum status
only_company(struct run *run, struct job *job, struct error *err)
{
	const char *document = job->customer->document;
	const struct entry *const *companies, *const *twins;
	size_t count, twin_count;

	companies = register_by_document(&run->companies, document, &count);
	if (count == 0 && is_no_company(job->customer))
		return DONE;
	twins = register_by_document(&run->customers, document, &twin_count);
	if (twin_count > 1)
		return refuse_several(twins, twin_count, err);
	if (count > 1)
		return refuse_shared("the customer", count, err);
	if (count == 1 && job->customer->id.len > 0)
		return refuse_taken(job->customer, err);
	job->company = count == 1 ? companies[0] : NULL;
	return DONE;
}

static enum status
company_by_link_or_document(struct run *run, struct job *job, struct error *err)
{
	const struct entry *other;
	enum status s;

	if ((s = need_customers(run, err)) != DONE ||
	    (s = company_by_hint(run, job, err)) != DONE ||
	    (job->company == NULL && (s = only_company(run, job, err)) != DONE))
		return s;
	if (job->company == NULL)
		return DONE;
	if ((other = linked_elsewhere(run, job)) != NULL)
		return refuse_taken(other, err);
	job->associate = job->customer->id.len == 0;
	return DONE;
}

static enum status
find_company(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	if (is_ours(job->customer->id))
		return company_by_code(run, job, err);
	if (job->customer->document[0] == '\0') {
		job->idle = is_no_company(job->customer);
		return job->idle
		    ? DONE
		    : refuse_invalid(job->customer, "the customer", err);
	}
	if ((s = company_by_link_or_document(run, job, err)) != DONE)
		return s;
	job->create = job->company == NULL && !is_no_company(job->customer);
	job->idle = job->company == NULL && !job->create;
	return DONE;
}

static enum status
match_customer(struct run *run, struct job *job, struct error *err)
{
	enum status s;

	job->omie_code = job->customer->omie_code;
	job->cnpj = text_of(job->customer->document);
	if ((s = need_companies(run, err)) != DONE ||
	    (s = find_company(run, job, err)) != DONE)
		return s;
	/* A foreign code stays; the link is codigoOmie then. */
	if (job->create)
		job->associate = job->customer->id.len == 0;
	if (job->company == NULL)
		return DONE;
	job->empresa_id = job->company->id;
	if (job->company->inactive) {
		job->idle = true;
		return DONE;
	}
	if ((s = look(run, job, err)) != DONE)
		return s;
	return check_pair(job, err);
}

enum status
match(struct run *run, struct job *job, struct error *err)
{
	enum status s = run->from == INANBETEC_OWNS
	    ? match_company(run, job, err)
	    : match_customer(run, job, err);

	if (s == DONE && job->customer != NULL)
		job->omie_code = job->customer->omie_code;
	return s;
}
