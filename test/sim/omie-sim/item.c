/* One item of a contract: defaults from the service, required tags, and what
 * it costs, in exact decimals (5.2, 5.4, 10.5). */
#include "domain/money.h"
#include "sim/omie-sim/tags.h"

enum { PLACES_12_TO_CENTS = 10, ALL = 100000000 /* 100 %, in millionths */ };

static wide
power_of_ten(int n)
{
	wide p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

/*
 * quant x valorUnit - valorDesconto, the percent form being aliqDesconto of
 * the gross (10.5 [R; rounding I]). Both factors have six decimals, so their
 * product is exact in twelve; it is rounded to cents once, half up.
 */
static int64_t
item_cents(struct value head)
{
	wide gross =
	    (wide)member_micro(head, "quant") * member_micro(head, "valorUnit");
	wide cents = power_of_ten(PLACES_12_TO_CENTS);
	int64_t rate = member_micro(head, "aliqDesconto");

	if (value_is_text(value_member(head, "cTpDesconto"), "P"))
		return (int64_t)round_half_up(
		    gross * (ALL - rate), cents * ALL);
	return (int64_t)round_half_up(
	    gross - (wide)member_micro(head, "valorDesconto") * 1000000, cents);
}

/* Keeps the sums exact: an amount from 10^13 on can't be a price, a discount
 * is 0 to 100 %. Texts and code are invented. */
static bool
check_size(struct call *c, struct value head)
{
	wide most = power_of_ten(12 + 13);
	wide gross =
	    (wide)member_micro(head, "quant") * member_micro(head, "valorUnit");
	int64_t rate = member_micro(head, "aliqDesconto");

	if (rate < 0 || rate > ALL)
		return call_fault(c, 3102,
		    "ERROR: O conteúdo da tag [aliqDesconto] é inválido!");
	if (gross >= most || gross <= -most)
		return call_fault(c, 3102,
		    "ERROR: O valor total do item é maior que o permitido!");
	return true;
}

static void
default_text(struct buf *b, struct value head, const char *name,
    const char *from_service)
{
	if (!value_given(value_member(head, name)) && from_service != NULL)
		build_str_member(b, name, from_service);
	else if (value_kind(value_member(head, name)) != ABSENT)
		build_text_member(b, name, member_text(head, name));
}

/* With codServico the five come from the service record (5.2 [D]). */
static bool
fill_from_service(struct call *c, struct value *head)
{
	static const char *const filled[] = { "natOperacao", "codServMunic",
		"codLC116", "codNBS", "quant", "valorUnit", NULL };
	int64_t id = member_integer(*head, "codServico");
	const struct service_record *s = service_by_id(id);
	struct buf b = BUF_INIT;

	if (id == 0)
		return true;
	if (s == NULL) /* 3 [R C1] has it for codes; for ids invented */
		return call_fault(c, 5002,
		    "ERROR: Serviço não cadastrado para o Código [%lld] ! Tag "
		    "[codServico]!",
		    (long long)id);
	build_open(&b, '{');
	build_members_but(&b, *head, filled);
	default_text(&b, *head, "natOperacao", s->tribute);
	default_text(&b, *head, "codServMunic", s->municipal);
	default_text(&b, *head, "codLC116", s->lc116);
	default_text(&b, *head, "codNBS", s->nbs);
	build_decimal(&b, "quant",
	    value_given(value_member(*head, "quant"))
		? member_micro(*head, "quant")
		: 1000000);
	/* A zero that was sent is refused, one that is absent is not. */
	build_decimal(&b, "valorUnit",
	    value_kind(value_member(*head, "valorUnit")) != ABSENT
		? member_micro(*head, "valorUnit")
		: s->price_cents * 10000);
	build_close(&b, '}');
	*head = call_parse(c, buf_text(&b));
	buf_clear(&b);
	return true;
}

static bool
check_required(struct call *c, struct value head)
{
	static const char *const needed[] = { "natOperacao", "codServMunic",
		"codLC116", "quant", NULL };

	for (int i = 0; needed[i] != NULL; i++)
		if (!value_given(value_member(head, needed[i])))
			return call_missing(c, needed[i]);
	/* 3: zero or absent, text [1, 08/2026], code invented. */
	if (member_micro(head, "valorUnit") == 0)
		return call_fault(c, 71,
		    "ERROR: É obrigatório informar o valor unitário do item, "
		    "tag [valorUnit]");
	return true;
}

static void
build_head(struct call *c, struct buf *b, struct value head, int64_t cents)
{
	static const char *const own[] = { "codItem", "valorTotal", "valorDed",
		NULL };
	int64_t id = member_integer(head, "codItem");

	build_name(b, "itemCabecalho");
	build_open(b, '{');
	build_integer_member(
	    b, "codItem", id != 0 ? id : c->sim->state.next_item++);
	build_members_but(b, head, own);
	/* Computed: what was sent is ignored (5.4 [R]). */
	build_decimal(b, "valorTotal", cents * 10000);
	build_close(b, '}');
}

bool
item_build(struct call *c, struct buf *out, struct value old, struct value sent,
    int64_t *cents)
{
	static const char *const head_only[] = { "itemCabecalho", NULL };
	struct buf b = BUF_INIT;
	struct value item, head;

	build_open(&b, '{');
	tags_merge(&b, &itensContrato, old, sent, true);
	build_close(&b, '}');
	item = call_parse(c, buf_text(&b));
	buf_clear(&b);
	head = value_member(item, "itemCabecalho");
	if (value_kind(head) == ABSENT)
		return call_missing(c, "itemCabecalho");
	if (!fill_from_service(c, &head) || !check_required(c, head) ||
	    !check_size(c, head))
		return false;
	*cents = item_cents(head);
	build_open(out, '{');
	build_head(c, out, head, *cents);
	build_members_but(out, item, head_only);
	build_close(out, '}');
	return true;
}
