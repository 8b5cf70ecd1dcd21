/* What items cost, as Omie reckons (omie-api 10.5). */
#include "domain/contract_internal.h"

bool
item_net(const struct item_price *p, wide *net, wide *gross)
{
	const wide per_unit = 1000000000000; /* quantity times price: 10^-12 */
	const wide most = per_unit * 1000000000000000;
	const int64_t whole = 100000000; /* 100 %, in millionths */
	wide product = (wide)p->quant * p->unit;

	if (product >= most || product <= -most || p->percent > whole ||
	    p->percent < 0)
		return false;
	*net = product * (whole - p->percent) -
	    (wide)p->discount * 1000000 * whole;
	if (gross != NULL)
		*gross = product * whole;
	return true;
}

/* Omie answers numbers as numbers, as text, or as "" for none. */
static bool
read_number(struct value head, const char *name, int64_t absent, int64_t *micro)
{
	struct value v = value_member(head, name);
	bool is_text = value_kind(v) == IS_TEXT;
	struct text number = is_text ? value_text(v) : value_raw(v);

	*micro = absent;
	if (value_is_empty(v) || (is_text && number.len == 0))
		return absent >= 0;
	if (!is_text && value_kind(v) != IS_NUMBER)
		return false;
	return decimal_read(number, 6, micro, NULL) == DECIMAL_OK;
}

static bool
read_price(struct value head, struct item_price *p)
{
	const int64_t one = 1000000, required = -1;

	*p = (struct item_price){ 0 };
	if (!read_number(head, "quant", one, &p->quant) ||
	    !read_number(head, "valorUnit", required, &p->unit))
		return false;
	if (value_is_text(value_member(head, "cTpDesconto"), "P"))
		return read_number(head, "aliqDesconto", 0, &p->percent);
	return read_number(head, "valorDesconto", 0, &p->discount);
}

bool
contract_total(struct value contrato_cadastro, int64_t *cents)
{
	struct value items = value_member(contrato_cadastro, "itensContrato");
	const wide most = (wide)100000000000000000; /* 10^15 units */
	struct item_price p;
	struct each it;
	wide sum = 0, net;

	if (value_kind(items) != IS_ARRAY)
		return false;
	for (it = value_each(items); each_next(&it);) {
		if (!read_price(value_member(it.at, "itemCabecalho"), &p) ||
		    !item_net(&p, &net, NULL))
			return false;
		sum += round_half_up(net, ITEM_CENT);
		if (sum >= most || sum <= -most)
			return false;
	}
	*cents = (int64_t)sum;
	return true;
}
