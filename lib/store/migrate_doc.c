#include "store/migrate_doc.h"

#include <stdio.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "store/keep_internal.h"

/* ------------------------------------------------------------------- bills */

/* A newline stands in no identifier. */
static struct text
key_text(struct migration_reader *r, const struct billing_key *key)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(key->month, month);
	buf_reset(&r->text);
	buf_add_str(&r->text, month);
	buf_add_byte(&r->text, '\n');
	buf_add_text(&r->text, key->empresa_id);
	buf_add_byte(&r->text, '\n');
	buf_add_text(&r->text, key->proposta);
	return arena_text(r->arena, buf_text(&r->text));
}

/* What stands beside the bill: that they sent it, or that its month isn't over,
 * so that nobody sends it yet. */
static void
make_extra(
    struct migration_reader *r, struct migration_item *item, bool partial)
{
	buf_reset(&r->text);
	build_open(&r->text, '{');
	if (item->bill.billed) {
		earlier_mark_write(&r->text, item->id, &item->bill);
	} else if (partial) {
		build_name(&r->text, "parcial");
		build_bool(&r->text, true);
	}
	build_close(&r->text, '}');
	item->extra = arena_text(r->arena, buf_text(&r->text));
}

static void
make_contract(struct migration_reader *r, struct migration_item *item)
{
	char code[INT_CTR_TEXT];
	const struct contract_result result = { .key = item->bill.c.key,
		.action = CONTRACT_INCLUDED,
		.code = code,
		.nCodCtr = item->bill.nCodCtr,
		.total_cents = item->bill.c.total_cents,
		.status = CONSOLIDATION_SENT };

	contract_code(&result.key, code);
	buf_reset(&r->text);
	build_open(&r->text, '{');
	build_name(&r->text, "contrato");
	contract_write(&r->text, &result);
	earlier_mark_write(&r->text, item->id, &item->bill);
	build_close(&r->text, '}');
	item->contract = arena_text(r->arena, buf_text(&r->text));
}

static void
read_bill(struct migration_reader *r, struct migration_item *item)
{
	struct earlier_bill *bill = &item->bill;
	struct value doc = record_root(r->rec);
	struct error why;
	bool partial = false;

	earlier_bill_read(doc, bill, r->arena, &item->notes);
	bill->code = arena_text(r->arena, bill->code);
	if (bill->c.key.month != 0 && bill->c.key.empresa_id.len > 0 &&
	    bill->c.key.proposta.len > 0)
		item->key = key_text(r, &bill->c.key);
	if (bill->c.key.month != 0 &&
	    competencia_check(bill->c.key.month, r->today, &partial, &why) !=
		DONE)
		earlier_fault(
		    &item->notes, "competencia", "is a month to come");
	if (earlier_is_refused(&item->notes))
		return;
	buf_reset(&r->text);
	consolidation_write_content(&r->text, &bill->c);
	item->content = arena_text(r->arena, buf_text(&r->text));
	make_extra(r, item, partial);
	if (bill->billed)
		make_contract(r, item);
	bill->c.lines = NULL; /* their names are in the record */
	bill->c.line_count = 0;
}

/* --------------------------------------------------------------- companies */

static void
read_company(struct migration_reader *r, struct migration_item *item)
{
	struct company *c = &item->company;
	struct error why;

	earlier_company_write(record_root(r->rec), &r->text, &item->notes);
	c->doc = arena_text(r->arena, buf_text(&r->text));
	if (ndjson_parse(r->rec, c->doc, &why) != DONE ||
	    company_read(value_member(record_root(r->rec), "empresa"), c,
		&why) != DONE) {
		earlier_fault(&item->notes, "empresa", "%s", why.text);
	} else if (c->omie_code == 0 && c->cnpj.len == 0) {
		earlier_notice(&item->notes, "cnpj",
		    "is missing, and codigoClienteOmie too: nobody can be "
		    "billed by it");
	}
	c->empresa_id = arena_text(r->arena, c->empresa_id);
	c->cnpj = arena_text(r->arena, c->cnpj);
	item->key = c->empresa_id;
}

void
migration_read(struct migration_reader *r, enum store_kind kind,
    const struct earlier_doc *doc, struct migration_item *item)
{
	struct error why;

	*item = (struct migration_item){
		.kind = kind, .id = doc->id, .key = TEXT("")
	};
	if (!doc->ours_to_move)
		earlier_fault(&item->notes, "_id",
		    "is no ObjectId: the earlier functions wrote no such "
		    "document");
	if (doc->json.at == NULL)
		earlier_fault(&item->notes, "_id",
		    "the document holds text that is no UTF-8");
	else if (ndjson_parse(r->rec, doc->json, &why) != DONE)
		earlier_fault(
		    &item->notes, "_id", "the document: %s", why.text);
	else if (kind == STORE_COMPANIES)
		read_company(r, item);
	else
		read_bill(r, item);
}

/* ----------------------------------------------------------------- storing */

static enum status
put_bill(struct store *s, const struct migration_item *item, struct error *err)
{
	const struct stored_consolidation c = { .key = item->bill.c.key,
		.total_cents = item->bill.c.total_cents,
		.status = item->bill.c.status,
		.revision = 1,
		.content = item->content,
		.extra = item->extra,
		.memo = TEXT(""),
		.noted = true };
	char why[80];

	snprintf(why, sizeof(why), "migrado de %.*s", (int)item->id.len,
	    item->id.at);
	return store_put_consolidation(s, &c, why, err);
}

static enum status
put_contract(
    struct store *s, const struct migration_item *item, struct error *err)
{
	char code[INT_CTR_TEXT];
	struct stored_contract c = { .key = item->bill.c.key,
		.nCodCtr = item->bill.nCodCtr,
		.total_cents = item->bill.c.total_cents,
		.doc = item->contract };

	contract_code(&c.key, code);
	c.code = text_of(code);
	return store_put_contract(s, &c, err);
}

enum status
migration_put(
    struct store *s, const struct migration_item *item, struct error *err)
{
	enum status status;

	if (item->kind == STORE_COMPANIES)
		return item->there_already
		    ? DONE
		    : store_put_company(s, &item->company, err);
	status = item->there_already ? DONE : put_bill(s, item, err);
	if (status != DONE || !item->bill.billed)
		return status;
	return put_contract(s, item, err);
}

bool
migration_is_same_bill(const struct migration_item *item,
    const struct stored_consolidation *stored)
{
	return stored->status == item->bill.c.status &&
	    stored->total_cents == item->bill.c.total_cents &&
	    stored->revision == 1 &&
	    text_same(stored->content, item->content) &&
	    text_same(stored->extra, item->extra);
}

/* ------------------------------------------------------------------ report */

static void
write_known(struct buf *b, const struct migration_item *item)
{
	const struct earlier_bill *bill = &item->bill;
	char month[COMPETENCIA_TEXT];

	if (item->kind == STORE_COMPANIES) {
		if (item->key.len > 0)
			build_text_member(b, "empresaId", item->key);
		return;
	}
	competencia_format(bill->c.key.month, month);
	if (bill->c.key.month != 0)
		build_text_member(b, "competencia", text_of(month));
	if (bill->c.key.empresa_id.len > 0)
		build_text_member(b, "empresaId", bill->c.key.empresa_id);
	if (bill->c.key.proposta.len > 0)
		build_text_member(b, "numeroProposta", bill->c.key.proposta);
	if (earlier_is_refused(&item->notes))
		return;
	build_name(b, "valorTotal");
	money_add(b, bill->c.total_cents);
	build_text_member(
	    b, "status", text_of(consolidation_status_name(bill->c.status)));
	build_name(b, "faturado");
	build_bool(b, bill->billed);
	if (bill->nCodCtr != 0) {
		build_name(b, "nCodCtr");
		build_integer(b, bill->nCodCtr);
	}
	if (bill->code.len > 0)
		build_text_member(b, "cCodIntCtr", bill->code);
}

static void
write_notes(struct buf *b, const char *name, const struct buf *list)
{
	if (list->len == 0)
		return;
	build_name(b, name);
	build_open(b, '[');
	buf_add_text(b, buf_text(list));
	build_close(b, ']');
}

void
migration_write(
    struct buf *b, const struct migration_item *item, const char *acao)
{
	build_open(b, '{');
	build_name(b, "migracao");
	build_open(b, '{');
	build_text_member(b, "colecao",
	    item->kind == STORE_COMPANIES ? TEXT("empresas")
					  : TEXT("consolidacoes"));
	build_text_member(b, "_id", item->id);
	build_text_member(b, "acao", text_of(acao));
	write_known(b, item);
	write_notes(b, "faltas", &item->notes.faults);
	write_notes(b, "avisos", &item->notes.notices);
	build_close(b, '}');
	build_close(b, '}');
}
