/* Results of omie-contract: kept, and their consolidation marked as sent. */
#include "domain/contract.h"
#include "domain/money.h"
#include "store/keep_internal.h"

/* The consolidation that a contract bills is now sent. */
static enum status
mark_sent(struct keeper *k, const struct contract_result *r, struct error *err)
{
	struct stored_consolidation c;
	bool found;
	enum status s;

	if (r->action == CONTRACT_DISPENSED)
		return DONE;
	s = store_get_consolidation(k->store, &r->key, &c, &found, err);
	if (s != DONE || !found)
		return s;
	if (c.total_cents != r->total_cents) {
		struct buf ours = BUF_INIT, theirs = BUF_INIT;

		money_add(&ours, c.total_cents);
		money_add(&theirs, r->total_cents);
		reject(err, "total_divergente",
		    "contrato.valorTotal is %s, the stored consolidation says "
		    "%s",
		    buf_cstr(&theirs), buf_cstr(&ours));
		error_advise(err,
		    "compare the contract in Omie with "
		    "`volum-store --list consolidacoes`");
		buf_clear(&ours);
		buf_clear(&theirs);
		return SOME_REJECTED;
	}
	if (c.status == CONSOLIDATION_SENT)
		return DONE;
	c.key = r->key;
	c.content = arena_text(&k->scratch, c.content);
	c.extra = arena_text(&k->scratch, c.extra);
	c.status = CONSOLIDATION_SENT;
	return store_put_consolidation(k->store, &c, "contrato", err);
}

/* *doc as it is stored. */
static enum status
put_contract(struct keeper *k, const struct contract_result *r,
    struct text *doc, struct error *err)
{
	struct stored_contract put = { .key = r->key,
		.code = text_of(r->code),
		.nCodCtr = r->nCodCtr,
		.total_cents = r->total_cents };
	struct stored_contract old;
	bool found;
	enum status s;

	s = store_get_contract(k->store, &r->key, &old, &found, err);
	if (s != DONE)
		return s;
	if (found)
		*doc = keep_marked(k, *doc, old.doc);
	put.doc = *doc;
	/* `inalterado` says that nothing happened: what is stored stays. */
	if (found &&
	    (text_same(old.doc, *doc) ||
		(r->action == CONTRACT_UNCHANGED && old.nCodCtr == r->nCodCtr &&
		    old.total_cents == r->total_cents))) {
		k->filter->counters.unchanged++;
		return DONE;
	}
	if (found && old.nCodCtr > 0 && r->nCodCtr == 0)
		return reject(err, "total_divergente",
		    "contrato: nCodCtr is missing, the stored one is %lld",
		    (long long)old.nCodCtr);
	return store_put_contract(k->store, &put, err);
}

/* A plan and a difference say what is not so in Omie. */
static bool
is_a_fact(const struct contract_result *r)
{
	return r->action != CONTRACT_PLANNED && r->action != CONTRACT_DIVERGENT;
}

enum status
keep_contract(struct keeper *k, struct value root, struct error *err)
{
	struct contract_result r;
	char code[INT_CTR_TEXT];
	struct text doc;
	enum status s;

	s = contract_read(value_member(root, "contrato"), &r, code, err);
	if (s != DONE)
		return s;
	keep_document(&k->line, root);
	doc = buf_text(&k->line);
	if (k->write && is_a_fact(&r) &&
	    ((s = mark_sent(k, &r, err)) != DONE ||
		(s = put_contract(k, &r, &doc, err)) != DONE))
		return s;
	k->filter->counters.cents += r.total_cents;
	keep_pass_on(k, doc);
	return DONE;
}
