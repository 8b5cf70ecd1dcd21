#include "omie-contract/account.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/filter.h"
#include "core/ndjson.h"
#include "core/spool.h"
#include "domain/cnpj.h"
#include "net/omie_pages.h"

struct customer {
	char document[CNPJ_TEXT];
	int64_t id;
	bool inactive;
};

struct account {
	struct omie *omie;
	struct listed *contracts; /* sorted by code once `listed` */
	size_t contract_count, contract_room;
	struct customer *customers; /* sorted by document */
	size_t customer_count, customer_room;
	bool listed, customers_listed;
	int fd; /* of the contracts' texts */
	int64_t end;
	struct buf text;
};

struct account *
account_new(struct omie *omie)
{
	struct account *a = mem_zalloc(sizeof(*a));

	a->omie = omie;
	a->fd = -1;
	return a;
}

void
account_free(struct account *a)
{
	if (a == NULL)
		return;
	if (a->fd >= 0)
		close(a->fd);
	buf_clear(&a->text);
	free(a->contracts);
	free(a->customers);
	free(a);
}

/* A listing that fails is no reason to end the run: the record waits. */
static enum status
list(struct account *a, const struct omie_listing *listing, const char *filter,
    omie_listed_fn each, struct error *err)
{
	struct error why;
	enum status s = omie_list(a->omie, listing, filter, each, a, &why);

	if (s != TRY_LATER || filter_stop) {
		*err = why;
		return s;
	}
	reject(err, "servico_indisponivel", "%s", why.text);
	memcpy(err->class_, "servico", sizeof("servico"));
	error_advise(err, "feed this line back in later");
	return SOME_REJECTED;
}

/* ------------------------------------------------------------ contracts */

static enum status
write_text(struct account *a, struct text t, struct error *err)
{
	ssize_t put;

	while (t.len > 0) {
		put = pwrite(a->fd, t.at, t.len, a->end);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return fail(
			    err, OUTPUT_FAILED, "TMPDIR: %s", strerror(errno));
		t.at += put;
		t.len -= (size_t)put;
		a->end += put;
	}
	return DONE;
}

static enum status
keep_contract(struct account *a, struct value contract, int64_t id,
    struct text code, struct error *err)
{
	struct text text = value_raw(contract);
	struct listed c = { .nCodCtr = id, .at = a->end, .len = text.len };

	memcpy(c.code, code.at, code.len);
	if (a->contract_count == a->contract_room) {
		a->contract_room =
		    a->contract_room ? a->contract_room * 2 : 256;
		a->contracts =
		    mem_realloc(a->contracts, a->contract_room * sizeof(c));
	}
	a->contracts[a->contract_count++] = c;
	return write_text(a, text, err);
}

static int64_t
contract_id(struct value contract)
{
	return omie_id(
	    value_member(value_member(contract, "cabecalho"), "nCodCtr"));
}

static enum status
take_contract(struct value contract, void *ctx, struct error *err)
{
	struct account *a = ctx;
	struct value head = value_member(contract, "cabecalho");
	struct text code = value_text(value_member(head, "cCodIntCtr"));

	if (code.len == 0 || code.len >= sizeof(((struct listed *)0)->code))
		return DONE;
	return keep_contract(a, contract, contract_id(contract), code, err);
}

static int
by_code(const void *x, const void *y)
{
	const struct listed *a = x, *b = y;
	int order = strcmp(a->code, b->code);

	if (order != 0)
		return order;
	return a->nCodCtr < b->nCodCtr ? -1 : a->nCodCtr > b->nCodCtr;
}

static void
sort_contracts(struct account *a)
{
	size_t i;

	qsort(a->contracts, a->contract_count, sizeof(*a->contracts), by_code);
	for (i = 1; i < a->contract_count; i++)
		if (strcmp(a->contracts[i].code, a->contracts[i - 1].code) == 0)
			a->contracts[i].twice = a->contracts[i - 1].twice =
			    true;
}

enum status
account_list_contracts(struct account *a, struct error *err)
{
	static const struct omie_listing contracts = { OMIE_CONTRATO,
		"ListarContratos", "contratoCadastro", contract_id };
	enum status s = DONE;

	if (a->listed)
		return DONE;
	a->contract_count = 0; /* of a listing that failed */
	a->end = 0;
	if (a->fd >= 0 || (s = spool_open(&a->fd, err)) == DONE)
		s = list(
		    a, &contracts, "\"cExibeObs\":\"S\"", take_contract, err);
	if (s != DONE)
		return s;
	if (a->contract_count > 0)
		sort_contracts(a);
	a->listed = true;
	return DONE;
}

bool
account_is_listed(const struct account *a)
{
	return a->listed;
}

const struct listed *
account_find(const struct account *a, const char *code)
{
	size_t low = 0, high = a->contract_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(a->contracts[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < a->contract_count &&
	    strcmp(a->contracts[low].code, code) == 0)
		return &a->contracts[low];
	return NULL;
}

const struct listed *
account_all(struct account *a, size_t *count)
{
	*count = a->contract_count;
	return a->contracts;
}

enum status
account_read(struct account *a, const struct listed *c, struct record *rec,
    struct error *err)
{
	size_t got = 0;
	ssize_t n = 1;

	buf_reset(&a->text);
	if (!buf_reserve(&a->text, c->len))
		return fail(err, TRY_LATER, "contract %s: too long", c->code);
	while (got < c->len && n > 0) {
		n = pread(a->fd, a->text.data + got, c->len - got,
		    c->at + (int64_t)got);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			got += (size_t)n;
	}
	if (got < c->len)
		return fail(err, TRY_LATER, "TMPDIR: can't read back: %s",
		    strerror(errno));
	a->text.len = c->len;
	return ndjson_parse(rec, buf_text(&a->text), err);
}

/* ------------------------------------------------------------ customers */

static int64_t
customer_id(struct value customer)
{
	return omie_id(value_member(customer, "codigo_cliente_omie"));
}

static enum status
take_customer(struct value customer, void *ctx, struct error *err)
{
	struct account *a = ctx;
	struct customer c = { .id = customer_id(customer),
		.inactive =
		    value_is_text(value_member(customer, "inativo"), "S") };
	struct text document = value_text(value_member(customer, "cnpj_cpf"));

	(void)err;
	if (cnpj_read(document, c.document) != CNPJ_OK)
		return DONE; /* no document that a company could have */
	if (a->customer_count == a->customer_room) {
		a->customer_room =
		    a->customer_room ? a->customer_room * 2 : 256;
		a->customers =
		    mem_realloc(a->customers, a->customer_room * sizeof(c));
	}
	a->customers[a->customer_count++] = c;
	return DONE;
}

static int
by_document(const void *x, const void *y)
{
	const struct customer *a = x, *b = y;
	int order = strcmp(a->document, b->document);

	if (order != 0)
		return order;
	return a->id < b->id ? -1 : a->id > b->id;
}

static enum status
list_customers(struct account *a, struct error *err)
{
	static const struct omie_listing customers = { OMIE_CLIENTES,
		"ListarClientes", "clientes_cadastro", customer_id };
	enum status s;

	if (a->customers_listed)
		return DONE;
	a->customer_count = 0;
	s = list(a, &customers, NULL, take_customer, err);
	if (s != DONE)
		return s;
	if (a->customer_count > 0)
		qsort(a->customers, a->customer_count, sizeof(*a->customers),
		    by_document);
	a->customers_listed = true;
	return DONE;
}

static enum status
refuse_several(const struct customer *first, size_t count, struct error *err)
{
	struct buf ids = BUF_INIT;
	size_t i;

	for (i = 0; i < count && i < 8; i++)
		buf_printf(
		    &ids, "%s%lld", i > 0 ? ", " : "", (long long)first[i].id);
	reject(err, "cliente_ambiguo",
	    "%zu customers in Omie have the document of the company: %s", count,
	    buf_cstr(&ids));
	error_advise(err,
	    "store its `empresa` record with the right codigoClienteOmie, "
	    "then feed this line back in");
	buf_clear(&ids);
	return SOME_REJECTED;
}

enum status
account_customer(struct account *a, const char *document,
    int64_t *codigo_cliente_omie, struct error *err)
{
	const struct customer *end, *first;
	size_t count = 0;
	enum status s = list_customers(a, err);

	if (s != DONE)
		return s;
	end = a->customers + a->customer_count;
	for (first = a->customers;
	     first < end && strcmp(first->document, document) != 0;)
		first++;
	while (
	    first + count < end && strcmp(first[count].document, document) == 0)
		count++;
	if (count == 0)
		return reject(err, "cliente_desconhecido",
		    "no customer in Omie has the document of the company");
	if (count > 1)
		return refuse_several(first, count, err);
	if (first->inactive)
		return reject(err, "cliente_inativo",
		    "customer %lld, which has the document of the company, is "
		    "inactive in Omie",
		    (long long)first->id);
	*codigo_cliente_omie = first->id;
	return DONE;
}
