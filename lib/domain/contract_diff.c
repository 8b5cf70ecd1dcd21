/* A contract as it was sent beside the one that Omie holds. */
#include <stdio.h>
#include <string.h>

#include "domain/contract_internal.h"

/* What decides who pays what, when, and how often: must be there as it was
 * sent. Anything else that Omie leaves out of its answer is no difference. */
static const char *const weighty[] = { "nCodCli", "cCodSit", "dVigInicial",
	"dVigFinal", "nDiaFat", "cTipoFat", "quant", "valorUnit", "cTpDesconto",
	"valorDesconto", "aliqDesconto", "codServico", NULL };

/* These make an item cheaper or dearer, sent or not. Where a discount was sent,
 * Omie may reckon the one out of the other. */
static const char *const surcharges[] = { "valorDesconto", "aliqDesconto",
	"valorAcrescimo", "valorOutrasRetencoes", NULL };

/* Omie's own. */
static const char *const computed[] = { "nValTotMes", "valorTotal", "valorDed",
	"infoCadastro", "nValDep", "cDesDep", "nCodCtr", NULL };

static bool
is_one_of(const char *const *names, struct text name)
{
	for (; *names != NULL; names++)
		if (text_is(name, *names))
			return true;
	return false;
}

bool
contract_is_computed(struct text name)
{
	return is_one_of(computed, name);
}

struct text
contract_plain(struct value v)
{
	return value_kind(v) == IS_TEXT ? value_text(v) : value_raw(v);
}

bool
contract_is_nothing(struct value v)
{
	struct text t = contract_plain(v);
	int64_t micro;

	if (value_is_empty(v) || t.len == 0 || text_is(t, "N"))
		return true;
	if (value_kind(v) == IS_OBJECT || value_kind(v) == IS_ARRAY)
		return value_count(v) == 0;
	return decimal_read(t, 6, &micro, NULL) == DECIMAL_OK && micro == 0;
}

static bool
same_scalar(struct value a, struct value b)
{
	struct text x = contract_plain(a), y = contract_plain(b);
	int64_t m, n;

	if (text_same(x, y) ||
	    (contract_is_nothing(a) && contract_is_nothing(b)))
		return true;
	return decimal_read(x, 6, &m, NULL) == DECIMAL_OK &&
	    decimal_read(y, 6, &n, NULL) == DECIMAL_OK && m == n;
}

struct differences {
	struct buf *out;
	size_t count;
};

/* `path: sent X, in Omie Y`, as one JSON string. */
static void
differ(struct differences *d, const char *path, struct value sent,
    struct value held)
{
	struct text x = contract_plain(sent), y = contract_plain(held);
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s: sent %.*s, in Omie %.*s", path,
	    (int)(x.len < 80 ? x.len : 80), x.len > 0 ? x.at : "",
	    (int)(y.len < 80 ? y.len : 80), y.len > 0 ? y.at : "");
	if (d->out != NULL)
		build_text(d->out, buf_text(&line));
	buf_clear(&line);
	d->count++;
}

static void compare(struct differences *d, const char *path, struct value sent,
    struct value held);

static void
compare_members(struct differences *d, const char *path, struct value sent,
    struct value held)
{
	char place[200];
	struct each it;
	struct value other;

	for (it = value_each(sent); each_next(&it);) {
		if (contract_is_computed(it.name))
			continue;
		other = value_kind(held) == IS_OBJECT
		    ? value_member_text(held, it.name)
		    : NO_VALUE;
		if (value_is_empty(other) && !is_one_of(weighty, it.name) &&
		    value_kind(it.at) != IS_OBJECT)
			continue;
		snprintf(place, sizeof(place), "%s%s%.*s", path,
		    *path != '\0' ? "." : "", (int)it.name.len, it.name.at);
		compare(d, place, it.at, other);
	}
}

/* What somebody put on an item that we sent without it. */
static void
compare_surcharges(struct differences *d, const char *path, struct value sent,
    struct value held)
{
	struct value head = value_member(sent, "itemCabecalho");
	struct value theirs = value_member(held, "itemCabecalho");
	char place[200];
	size_t i;

	for (i = 0; surcharges[i] != NULL; i++) {
		struct value more = value_member(theirs, surcharges[i]);

		if (contract_is_nothing(more) ||
		    !contract_is_nothing(value_member(head, surcharges[i])) ||
		    !contract_is_nothing(value_member(head, "cTpDesconto")))
			continue;
		snprintf(place, sizeof(place), "%s.itemCabecalho.%s", path,
		    surcharges[i]);
		differ(d, place, NO_VALUE, more);
	}
}

static struct text
item_code(struct value item)
{
	return contract_plain(
	    value_member(value_member(item, "itemCabecalho"), "codIntItem"));
}

struct value
contract_held_item(struct value held_items, struct value sent, size_t place)
{
	struct text code = item_code(sent);
	struct each it;
	size_t i = 0;

	for (it = value_each(held_items); each_next(&it); i++)
		if (item_code(it.at).len > 0 ? text_same(item_code(it.at), code)
					     : i == place)
			return it.at;
	return NO_VALUE;
}

static void
compare_items(struct differences *d, struct value sent, struct value held)
{
	struct value found;
	char place[80];
	struct each it;
	size_t i = 0;

	for (it = value_each(sent); each_next(&it); i++) {
		snprintf(place, sizeof(place), "itensContrato[%zu]", i);
		found = contract_held_item(held, it.at, i);
		if (value_kind(found) == ABSENT) {
			differ(d, place, value_member(it.at, "itemCabecalho"),
			    NO_VALUE);
		} else {
			compare_members(d, place, it.at, found);
			compare_surcharges(d, place, it.at, found);
		}
	}
}

static void
compare(struct differences *d, const char *path, struct value sent,
    struct value held)
{
	if (strcmp(path, "itensContrato") == 0)
		compare_items(d, sent, held);
	else if (value_kind(sent) == IS_OBJECT)
		compare_members(d, path, sent, held);
	else if (value_kind(sent) != IS_ARRAY && !same_scalar(sent, held))
		differ(d, path, sent, held);
}

size_t
contract_differences(struct value sent, struct value held, struct buf *out)
{
	struct differences d = { out, 0 };

	compare_members(&d, "", sent, held);
	return d.count;
}

size_t
contract_surplus(
    struct value sent, struct value held, contract_item_fn each, void *ctx)
{
	struct value items = value_member(sent, "itensContrato");
	struct value theirs = value_member(held, "itensContrato");
	struct each it, ours;
	size_t count = 0, i;
	bool wanted;

	for (it = value_each(theirs); each_next(&it);) {
		wanted = false;
		i = 0;
		for (ours = value_each(items); each_next(&ours); i++) {
			struct value match =
			    contract_held_item(theirs, ours.at, i);

			wanted |= value_kind(match) != ABSENT &&
			    match.token == it.at.token;
		}
		if (wanted)
			continue;
		count++;
		if (each != NULL)
			each(it.at, ctx);
	}
	return count;
}
