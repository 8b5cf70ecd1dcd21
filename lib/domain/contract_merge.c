/* A contract as it is to be, put together from what was sent and is held. */
#include "domain/contract_internal.h"

/* What Omie computes inside itemImpostos, unless it is told otherwise. */
static bool
is_kept(struct text parent, struct text name)
{
	if (contract_is_computed(name))
		return false;
	return !text_is(parent, "itemImpostos") ||
	    !((name.len > 5 && memcmp(name.at, "valor", 5) == 0) ||
		(name.len > 3 && memcmp(name.at, "man", 3) == 0));
}

static void
merge(struct buf *out, struct text name, struct value held, struct value sent);

/* What only Omie has stays, what was sent wins. */
static void
merge_members(
    struct buf *out, struct text parent, struct value held, struct value sent)
{
	struct each it;

	build_open(out, '{');
	for (it = value_each(held); each_next(&it);) {
		if (value_kind(value_member_text(sent, it.name)) != ABSENT ||
		    !is_kept(parent, it.name))
			continue;
		build_name_text(out, it.name);
		merge(out, it.name, it.at, NO_VALUE);
	}
	for (it = value_each(sent); each_next(&it);) {
		build_name_text(out, it.name);
		merge(out, it.name, value_member_text(held, it.name), it.at);
	}
	build_close(out, '}');
}

static void
merge_items(struct buf *out, struct value held, struct value sent)
{
	struct each it;
	size_t i = 0;

	build_open(out, '[');
	for (it = value_each(sent); each_next(&it); i++)
		merge_members(out, (struct text){ "", 0 },
		    contract_held_item(held, it.at, i), it.at);
	build_close(out, ']');
}

/* Departments and the like that only Omie has, without what it computes. */
static void
keep_list(struct buf *out, struct text name, struct value held)
{
	struct each it;

	build_open(out, '[');
	for (it = value_each(held); each_next(&it);)
		merge(out, name, it.at, NO_VALUE);
	build_close(out, ']');
}

static void
merge(struct buf *out, struct text name, struct value held, struct value sent)
{
	struct value only = value_kind(sent) == ABSENT ? held : sent;

	if (text_is(name, "itensContrato"))
		merge_items(out, held, sent);
	else if (value_kind(only) == IS_OBJECT)
		merge_members(out, name, held, sent);
	else if (value_kind(only) == IS_ARRAY && value_kind(sent) == ABSENT)
		keep_list(out, name, held);
	else
		build_value(out, only);
}

static bool
is_key(struct text name)
{
	return text_is(name, "cCodIntCtr") || text_is(name, "nCodCtr");
}

/* cabecalho by nCodCtr alone: Omie refuses both keys (omie-api 5.4). */
static void
merge_head(struct buf *out, struct value held, struct value sent, int64_t id)
{
	static const char *const keys[] = { "cCodIntCtr", "nCodCtr", NULL };
	struct each it;

	build_open(out, '{');
	build_name(out, "nCodCtr");
	build_integer(out, id);
	for (it = value_each(held); each_next(&it);)
		if (value_kind(value_member_text(sent, it.name)) == ABSENT &&
		    !contract_is_computed(it.name) && !is_key(it.name)) {
			build_name_text(out, it.name);
			build_value(out, it.at);
		}
	build_members_but(out, sent, keys);
	build_close(out, '}');
}

void
contract_merge(
    struct buf *out, struct value held, struct value sent, int64_t nCodCtr)
{
	struct each it;

	build_open(out, '{');
	build_name(out, "cabecalho");
	merge_head(out, value_member(held, "cabecalho"),
	    value_member(sent, "cabecalho"), nCodCtr);
	for (it = value_each(held); each_next(&it);) {
		if (text_is(it.name, "cabecalho") ||
		    contract_is_computed(it.name) ||
		    value_kind(value_member_text(sent, it.name)) != ABSENT)
			continue;
		build_name_text(out, it.name);
		merge(out, it.name, it.at, NO_VALUE);
	}
	for (it = value_each(sent); each_next(&it);) {
		if (text_is(it.name, "cabecalho"))
			continue;
		build_name_text(out, it.name);
		merge(out, it.name, value_member_text(held, it.name), it.at);
	}
	build_close(out, '}');
}

void
contract_without(
    struct buf *out, struct value v, contract_name_fn leave_out, void *ctx)
{
	bool is_object = value_kind(v) == IS_OBJECT;
	struct each it;

	if (!is_object && value_kind(v) != IS_ARRAY) {
		build_value(out, v);
		return;
	}
	build_open(out, is_object ? '{' : '[');
	for (it = value_each(v); each_next(&it);) {
		if (is_object && leave_out(it.name, ctx))
			continue;
		if (is_object)
			build_name_text(out, it.name);
		contract_without(out, it.at, leave_out, ctx);
	}
	build_close(out, is_object ? '}' : ']');
}

/* ---------------------------------------------------------- fingerprint */

static void
print_member(struct buf *b, struct value object, const char *name)
{
	struct value v = value_member(object, name);
	struct text t = contract_plain(v);
	int64_t micro;

	buf_add_byte(b, '\n');
	if (contract_is_nothing(v))
		return;
	if (decimal_read(t, 6, &micro, NULL) == DECIMAL_OK)
		decimal_add_micro(b, micro);
	else
		buf_add_text(b, t);
}

void
contract_fingerprint(struct value held, char out[HASH_TEXT])
{
	static const char *const names[] = { "nCodCtr", "cCodIntCtr", "nCodCli",
		"cCodSit", "dVigInicial", "dVigFinal", "nDiaFat", "cTipoFat",
		NULL };
	static const char *const item_names[] = { "codItem", "codServico",
		"quant", "valorUnit", "cTpDesconto", "valorDesconto",
		"aliqDesconto", "valorAcrescimo", NULL };
	struct value head = value_member(held, "cabecalho");
	struct buf b = BUF_INIT;
	struct each it;
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		print_member(&b, head, names[i]);
	for (it = value_each(value_member(held, "itensContrato"));
	     each_next(&it);)
		for (i = 0; item_names[i] != NULL; i++)
			print_member(&b, value_member(it.at, "itemCabecalho"),
			    item_names[i]);
	hash_text(buf_text(&b), out);
	buf_clear(&b);
}
