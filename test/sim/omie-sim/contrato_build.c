/* A contract as it is kept: old and sent members merged, totals computed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/omie-sim/tags.h"

/* The parts of a contract while it is being written. */
struct draft {
	struct value old, merged, head; /* head: of merged */
	struct buf items;
	int64_t cents;
};

static bool
is_same_item(struct value a, struct value b)
{
	struct value x = value_member(a, "itemCabecalho");
	struct value y = value_member(b, "itemCabecalho");
	struct text code = member_text(y, "codIntItem");

	if (member_integer(y, "codItem") != 0)
		return member_integer(x, "codItem") ==
		    member_integer(y, "codItem");
	return code.len > 0 && text_same(member_text(x, "codIntItem"), code);
}

static struct value
same_item(struct value items, struct value wanted, bool wanted_is_sent)
{
	struct each it;

	for (it = value_each(items); each_next(&it);)
		if (wanted_is_sent ? is_same_item(it.at, wanted)
				   : is_same_item(wanted, it.at))
			return it.at;
	return NO_VALUE;
}

static bool
add_item(struct call *c, struct draft *d, struct value old, struct value sent)
{
	int64_t cents = 0;

	if (!item_build(c, &d->items, old, sent, &cents))
		return false;
	d->cents += cents;
	return true;
}

/*
 * What AlterarContrato does to items that are not sent is [?]: since there is
 * a method to remove one (ExcluirItem), they stay here. Items are matched by
 * codItem, else by codIntItem; one without either is new. That an unknown
 * codItem is refused is invented, text and code.
 */
static bool
build_items(struct call *c, struct draft *d, struct value sent)
{
	struct value there = value_member(d->old, "itensContrato");
	struct each it;

	build_open(&d->items, '[');
	for (it = value_each(there); each_next(&it);)
		if (!add_item(c, d, it.at, same_item(sent, it.at, false)))
			return false;
	for (it = value_each(sent); each_next(&it);) {
		int64_t id = member_integer(
		    value_member(it.at, "itemCabecalho"), "codItem");

		if (value_kind(same_item(there, it.at, true)) != ABSENT)
			continue;
		if (id != 0)
			return call_fault(c, 5002,
			    "ERROR: Item não cadastrado para o Código [%lld] "
			    "! Tag [codItem]!",
			    (long long)id);
		if (!add_item(c, d, NO_VALUE, it.at))
			return false;
	}
	build_close(&d->items, ']');
	return true;
}

/* 3: text [R, 07-09/2026], code unknown: invented. */
static bool
check_validity(struct call *c, struct value head)
{
	int64_t from, to;

	if (!date_read(member_text(head, "dVigInicial"), &from) ||
	    !date_read(member_text(head, "dVigFinal"), &to) || from <= to)
		return true;
	return call_fault(c, 9006,
	    "ERROR: Data de Vigência Inicial [dVigInicial] maior que a Data "
	    "de Vigência Final [dVigFinal]!");
}

static bool
check_rules(struct call *c, const struct draft *d)
{
	struct value email = value_member(d->merged, "emailCliente");
	int64_t client = member_integer(d->head, "nCodCli");

	if (client == 0) /* 5.2: needed */
		return call_missing(c, "nCodCli");
	/* 10.4: text and code invented. */
	if (client_by_id(&c->sim->state, client) == NULL)
		return call_fault(c, 5002,
		    "ERROR: Cliente não cadastrado para o Código [%lld] ! Tag "
		    "[nCodCli]!",
		    (long long)client);
	if (!check_validity(c, d->head))
		return false;
	/* 5.2: refused [R], text and code invented. */
	if (member_is_yes(email, "cEnviarRecibo") &&
	    member_is_yes(email, "cEnviarLinkNfse"))
		return call_fault(c, 9007,
		    "ERROR: As tags [cEnviarRecibo] e [cEnviarLinkNfse] não "
		    "podem ser informadas com [S] ao mesmo tempo !");
	return true;
}

/* Omie's own members (5.2 [D]); without a situation it is active [I]. */
static void
build_head(
    struct buf *b, const struct draft *d, const struct contract *contract)
{
	static const char *const own[] = { "nCodCtr", "nValTotMes", "cCodSit",
		"cCodIntCtr", NULL };
	struct text situation = member_text(d->head, "cCodSit");

	build_name(b, "cabecalho");
	build_open(b, '{');
	build_text_member(b, "cCodIntCtr", member_text(d->head, "cCodIntCtr"));
	build_text_member(
	    b, "cCodSit", situation.len > 0 ? situation : text_of("10"));
	build_members_but(b, d->head, own);
	build_integer_member(b, "nCodCtr", contract->id);
	/* The sum of the items, net of discounts (5.4 [R], 10.5). */
	build_decimal(b, "nValTotMes", d->cents * 10000);
	build_close(b, '}');
}

/* 5.2 [R]: API writes show the user WEBSERVICE. */
static void
build_info(struct buf *b, const struct contract *contract)
{
	struct sim_date included, altered;

	date_of(contract->included, &included);
	date_of(contract->altered, &altered);
	build_name(b, "infoCadastro");
	build_open(b, '{');
	build_str_member(b, "cImpAPI", contract->by_api ? "S" : "N");
	build_str_member(b, "dAlt", altered.date);
	build_str_member(b, "dInc", included.date);
	build_str_member(b, "hAlt", altered.time);
	build_str_member(b, "hInc", included.time);
	build_str_member(
	    b, "uAlt", contract->altered_by_api ? "WEBSERVICE" : "USUARIO");
	build_str_member(
	    b, "uInc", contract->by_api ? "WEBSERVICE" : "USUARIO");
	build_close(b, '}');
}

static char *
build_contract(const struct draft *d, const struct contract *contract)
{
	static const char *const own[] = { "cabecalho", "itensContrato",
		"departamentos", "infoCadastro", NULL };
	struct buf b = BUF_INIT;
	struct value parts = value_member(d->merged, "departamentos");

	build_open(&b, '{');
	build_head(&b, d, contract);
	build_name(&b, "departamentos"); /* [] when there are none (5.3 [R]) */
	if (value_kind(parts) == ABSENT)
		build_raw(&b, text_of("[]"));
	else
		build_value(&b, parts);
	build_members_but(&b, d->merged, own);
	build_info(&b, contract);
	build_name(&b, "itensContrato");
	build_raw(&b, buf_text(&d->items));
	build_close(&b, '}');
	return (char *)buf_cstr(&b);
}

/* What was there stays visible for the lag (5.4 [R], 10.3). */
static void
keep(struct call *c, struct contract *contract, const struct draft *d)
{
	char *json = build_contract(d, contract);

	if (c->now >= contract->visible_at) {
		free(contract->shown);
		contract->shown = contract->json;
	} else {
		free(contract->json);
	}
	contract->json = json;
	contract->visible_at = c->now + c->sim->set->contract_lag_s * 1000;
	contract->cents = d->cents;
	contract->client = member_integer(d->head, "nCodCli");
	snprintf(contract->situation, sizeof(contract->situation), "%.*s",
	    TEXT_ARGS(member_text(d->head, "cCodSit").len > 0
		    ? member_text(d->head, "cCodSit")
		    : text_of("10")));
	contract_rename(
	    &c->sim->state, contract, member_text(d->head, "cCodIntCtr"));
}

static void
merge(struct call *c, struct draft *d, struct value old, struct value patch)
{
	struct buf b = BUF_INIT;

	d->old = old;
	build_open(&b, '{');
	tags_merge(&b, &contratoCadastro, old, patch, true);
	build_close(&b, '}');
	d->merged = call_parse(c, buf_text(&b));
	d->head = value_member(d->merged, "cabecalho");
	buf_clear(&b);
}

static bool
write_merged(struct call *c, struct contract **contract, struct value old,
    struct value patch, enum writer who)
{
	struct draft d = { 0 };
	bool is_new = *contract == NULL, good;

	merge(c, &d, old, patch);
	good = (who != BY_API || check_rules(c, &d)) &&
	    build_items(c, &d, value_member(patch, "itensContrato"));
	if (good) {
		if (is_new)
			*contract = contract_new(&c->sim->state, c->now);
		(*contract)->altered = c->now;
		(*contract)->altered_by_api = who != BY_PERSON;
		(*contract)->by_api |= is_new && who != BY_PERSON;
		keep(c, *contract, &d);
	}
	buf_clear(&d.items);
	return good;
}

bool
contract_write(struct call *c, struct contract **contract, struct value patch,
    enum writer who)
{
	struct value old = *contract == NULL
	    ? NO_VALUE
	    : call_parse(c, text_of((*contract)->json));

	return write_merged(c, contract, old, patch, who);
}

bool
contract_replace(struct call *c, struct contract *contract, struct value all)
{
	return write_merged(c, &contract, all, NO_VALUE, BY_SERVICE);
}
