/* What must hold before a contract is sent. */
#include <stdio.h>

#include "domain/contract_internal.h"

/* Omie computes these (omie-api 5.2, domain-br 3.1): not to be sent. */
static enum status
refuse_computed(struct value object, const char *name, struct error *err)
{
	struct value v = value_member(object, name);

	if (value_kind(v) == ABSENT)
		return DONE;
	return value_reject(v, err, "is computed by Omie and must not be sent");
}

static bool
is_number(struct value v, const char *digits)
{
	return value_kind(v) == IS_NUMBER && text_is(value_raw(v), digits);
}

/* Omie adds these to what is billed, or leaves the item out of it: the total
 * would not be the consolidation's any more. Zero and empty say nothing. */
static enum status
refuse_extra(struct value object, const char *name, struct error *err)
{
	struct value v = value_member(object, name);
	int64_t micro;

	if (value_is_empty(v) || (value_kind(v) == IS_ARRAY && !value_count(v)))
		return DONE;
	if (value_kind(v) == IS_NUMBER &&
	    decimal_read(value_raw(v), 6, &micro, NULL) == DECIMAL_OK &&
	    micro == 0)
		return DONE;
	return value_reject(
	    v, err, "changes what is billed, which is the consolidation alone");
}

/* The member `name`: dd/mm/aaaa. */
static enum status
read_day_br(
    struct value object, const char *name, struct day *out, struct error *err)
{
	struct text t;
	char iso[DAY_TEXT];
	enum status s = record_text(object, name, &t, err);

	if (s != DONE)
		return s;
	if (t.len == 10 && t.at[2] == '/' && t.at[5] == '/') {
		snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2s", t.at + 6, t.at + 3,
		    t.at);
		if (day_read(text_of(iso), out))
			return DONE;
	}
	return value_reject(
	    value_member(object, name), err, "must be a day as dd/mm/aaaa");
}

static enum status
check_validity(struct value head, struct day today, struct error *err)
{
	struct day from, until;
	char text[DAY_TEXT];
	enum status s;

	if ((s = read_day_br(head, "dVigInicial", &from, err)) != DONE ||
	    (s = read_day_br(head, "dVigFinal", &until, err)) != DONE)
		return s;
	if (day_order(from, until) > 0)
		return value_reject(value_member(head, "dVigFinal"), err,
		    "lies before dVigInicial");
	day_format_br(today, text);
	/* Omie takes it, and never bills (omie-api 5.4). */
	if (day_order(until, today) < 0)
		return value_reject(value_member(head, "dVigFinal"), err,
		    "is over: today is %s", text);
	return DONE;
}

static enum status
check_key(
    struct value head, const char *code, int64_t customer, struct error *err)
{
	struct text sent_code;
	int64_t sent_customer;
	enum status s = record_text(head, "cCodIntCtr", &sent_code, err);

	if (s != DONE)
		return s;
	if (!text_is(sent_code, code))
		return value_reject(
		    value_member(head, "cCodIntCtr"), err, "must be %s", code);
	s = record_integer(head, "nCodCli", 1, INT64_MAX, &sent_customer, err);
	if (s != DONE)
		return s;
	if (sent_customer != customer)
		return value_reject(value_member(head, "nCodCli"), err,
		    "must be the customer %lld", (long long)customer);
	return DONE;
}

static enum status
check_head(struct value contract, const char *code, int64_t customer,
    struct day today, struct error *err)
{
	struct value head;
	struct text word;
	int64_t day;
	enum status s = record_object(contract, "cabecalho", &head, err);

	if (s != DONE || (s = check_key(head, code, customer, err)) != DONE ||
	    (s = check_validity(head, today, err)) != DONE ||
	    (s = record_integer(head, "nDiaFat", 1, 31, &day, err)) != DONE ||
	    (s = record_text(head, "cTipoFat", &word, err)) != DONE ||
	    (s = record_text(head, "cCodSit", &word, err)) != DONE)
		return s;
	if (!text_is(word, "10") && !text_is(word, "00"))
		return value_reject(value_member(head, "cCodSit"), err,
		    "must be 10 (active) or 00 (draft)");
	return refuse_computed(head, "nValTotMes", err);
}

/* A number that may be missing. */
static enum status
read_optional(struct value head, const char *name, int64_t absent,
    int64_t *micro, struct error *err)
{
	*micro = absent;
	if (value_is_empty(value_member(head, name)))
		return DONE;
	return record_quantity(head, name, micro, err);
}

/*
 * Only the number that cTpDesconto names may be there: nobody has measured
 * which one Omie prefers when both are.
 */
static enum status
read_discount(struct value head, struct item_price *p, struct error *err)
{
	struct text type;
	enum status s = record_optional_text(head, "cTpDesconto", &type, err);

	if (s != DONE ||
	    (s = read_optional(head, "valorDesconto", 0, &p->discount, err)) !=
		DONE ||
	    (s = read_optional(head, "aliqDesconto", 0, &p->percent, err)) !=
		DONE)
		return s;
	if (type.len > 0 && !text_is(type, "P") && !text_is(type, "V"))
		return value_reject(
		    value_member(head, "cTpDesconto"), err, "must be P or V");
	if (p->discount > 0 && !text_is(type, "V"))
		return value_reject(value_member(head, "valorDesconto"), err,
		    "needs cTpDesconto V");
	if (p->percent > 0 && !text_is(type, "P"))
		return value_reject(value_member(head, "aliqDesconto"), err,
		    "needs cTpDesconto P");
	return DONE;
}

/* With codServico, Omie takes the codes and a quantity of 1 from there. */
static enum status
check_service(struct value head, struct item_price *p, struct error *err)
{
	static const char *const codes[] = { "natOperacao", "codServMunic",
		"codLC116" };
	const int64_t one = 1000000;
	struct text word;
	int64_t service;
	enum status s;

	if (!value_is_empty(value_member(head, "codServico"))) {
		s = record_integer(
		    head, "codServico", 1, INT64_MAX, &service, err);
		return s != DONE
		    ? s
		    : read_optional(head, "quant", one, &p->quant, err);
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if ((s = record_text(head, codes[i], &word, err)) != DONE)
			return s;
	return record_quantity(head, "quant", &p->quant, err);
}

static enum status
add_item(
    struct value head, const struct item_price *p, wide *sum, struct error *err)
{
	wide net, gross;

	if (!item_net(p, &net, &gross))
		return value_reject(head, err,
		    "costs 10^15 or more, or has a discount above 100 %%");
	if (gross % ITEM_CENT != 0)
		return value_reject(head, err,
		    "quant x valorUnit is not a whole number of cents: send "
		    "quant 1 and the total as valorUnit");
	if (net % ITEM_CENT != 0)
		return value_reject(
		    head, err, "the discount is not a whole number of cents");
	if (net <= 0)
		return value_reject(
		    head, err, "costs nothing: Omie refuses items of 0.00");
	*sum += net / ITEM_CENT;
	return DONE;
}

/* What bills nothing, or more than its price. */
static enum status
check_extras(struct value head, struct error *err)
{
	enum status s = refuse_extra(head, "valorAcrescimo", err);

	if (s == DONE)
		s = refuse_extra(head, "valorOutrasRetencoes", err);
	if (s == DONE &&
	    value_is_text(value_member(head, "cNaoGerarFinanceiro"), "S"))
		s = value_reject(value_member(head, "cNaoGerarFinanceiro"), err,
		    "S leaves the item out of what the customer pays");
	return s;
}

static enum status
check_item(struct value item, wide *sum, struct error *err)
{
	struct item_price p = { 0 };
	struct value head;
	enum status s;

	if (value_kind(item) != IS_OBJECT)
		return value_reject(item, err, "must be an object");
	if ((s = record_object(item, "itemCabecalho", &head, err)) != DONE ||
	    (s = refuse_computed(head, "valorTotal", err)) != DONE ||
	    (s = refuse_computed(head, "valorDed", err)) != DONE ||
	    (s = check_extras(head, err)) != DONE ||
	    (s = check_service(head, &p, err)) != DONE ||
	    (s = record_quantity(head, "valorUnit", &p.unit, err)) != DONE ||
	    (s = read_discount(head, &p, err)) != DONE)
		return s;
	return add_item(head, &p, sum, err);
}

static enum status
refuse_sum(struct value items, wide sum, int64_t total, struct error *err)
{
	struct buf b = BUF_INIT;

	money_add(&b, sum > INT64_MAX ? INT64_MAX : (int64_t)sum);
	buf_add_str(&b, ", valorTotal of the consolidation is ");
	money_add(&b, total);
	value_reject(items, err, "the items add up to %s", buf_cstr(&b));
	buf_clear(&b);
	return SOME_REJECTED;
}

static enum status
check_items(struct value contract, int64_t total, struct error *err)
{
	struct value items;
	struct each it;
	wide sum = 0;
	enum status s = record_array(contract, "itensContrato", &items, err);

	if (s != DONE)
		return s;
	for (it = value_each(items); each_next(&it);)
		if ((s = check_item(it.at, &sum, err)) != DONE)
			return s;
	if (value_count(items) == 0)
		return value_reject(items, err, "must not be empty");
	if (sum != total)
		return refuse_sum(items, sum, total, err);
	return DONE;
}

/* A service contract bills again each month while it is valid (domain-br 2.5),
 * unless its items say that they are for the next billing only. */
static enum status
check_bounded(struct value contract, struct error *err)
{
	struct value head = value_member(contract, "cabecalho");
	struct day from, until;
	struct each it;
	enum status s;

	if ((s = read_day_br(head, "dVigInicial", &from, err)) != DONE ||
	    (s = read_day_br(head, "dVigFinal", &until, err)) != DONE)
		return s;
	if (from.year == until.year && from.month == until.month)
		return DONE;
	for (it = value_each(value_member(contract, "itensContrato"));
	     each_next(&it);)
		if (!is_number(
			value_member(value_member(it.at, "itemOutrasInf"),
			    "nTipoItVigFinal"),
			"3"))
			return value_reject(it.at, err,
			    "would be billed every month of the validity: "
			    "itemOutrasInf.nTipoItVigFinal 3, or dVigFinal in "
			    "the month of dVigInicial");
	return DONE;
}

/* What is sold beside the items. */
static enum status
check_beside(struct value contract, struct error *err)
{
	enum status s =
	    refuse_extra(value_member(contract, "despesasReembolsaveis"),
		"despesaReembolsavel", err);

	if (s != DONE)
		return s;
	return refuse_extra(value_member(contract, "produtosUtilizados"),
	    "produtoUtilizado", err);
}

/* One billing issues one document (omie-api 5.2). */
static enum status
check_mail(struct value contract, struct error *err)
{
	struct value mail = value_member(contract, "emailCliente");

	if (value_is_text(value_member(mail, "cEnviarRecibo"), "S") &&
	    value_is_text(value_member(mail, "cEnviarLinkNfse"), "S"))
		return value_reject(mail, err,
		    "cEnviarRecibo and cEnviarLinkNfse can't both be S");
	return DONE;
}

enum status
contract_check(struct value contract, const struct consolidation *c,
    const char *code, int64_t customer, struct day today, struct error *err)
{
	enum status s;

	if (value_kind(contract) != IS_OBJECT)
		s = reject(
		    err, "contrato_invalido", "the template gives no object");
	else if ((s = check_head(contract, code, customer, today, err)) ==
		DONE &&
	    (s = check_items(contract, c->total_cents, err)) == DONE &&
	    (s = check_bounded(contract, err)) == DONE &&
	    (s = check_beside(contract, err)) == DONE &&
	    (s = check_mail(contract, err)) == DONE)
		s = contract_check_lengths(contract, err);
	if (s == DONE)
		return DONE;
	/* Whatever it is, the template made it, not the record. */
	snprintf(err->code, sizeof(err->code), "contrato_invalido");
	error_advise(err,
	    "correct the template, or the company's data that it uses, and "
	    "feed the record in again");
	return s;
}
