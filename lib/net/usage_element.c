/* What becomes of one element of the usage API, or of all under --map. */
#include "net/usage_answer.h"

static const struct product {
	const char *name, *counter;
} products[] = {
	{ "cobranca", "qtdeTitulos" },
	{ "pixpay", "qtdeMotoristas" },
	{ "bolepix", "qtdeTitulos" },
	{ "webcheckout", "qtdeTitulos" },
	{ "pagamentos", "qtdeTitulos" },
};

enum { PRODUCTS = sizeof(products) / sizeof(*products) };

/* `quantidade` counts where the product's own counter doesn't. */
static bool
lacks_counter(const struct product *p, struct value product)
{
	return value_is_empty(value_member(product, p->counter)) &&
	    value_kind(value_member(product, "quantidade")) == IS_NUMBER;
}

static const struct product *
product_named(struct text name)
{
	for (size_t i = 0; i < PRODUCTS; i++)
		if (text_is(name, products[i].name))
			return &products[i];
	return NULL;
}

static void
add_counted(struct buf *out, const struct product *p, struct value product)
{
	const char *const counter[] = { p->counter, NULL };

	build_open(out, '{');
	build_members_but(out, product, counter);
	build_name(out, p->counter);
	build_value(out, value_member(product, "quantidade"));
	build_close(out, '}');
}

void
answer_normalise(struct buf *out, struct value element)
{
	struct each it;

	build_open(out, '{');
	for (it = value_each(element); each_next(&it);) {
		const struct product *p = product_named(it.name);

		build_name_text(out, it.name);
		if (p != NULL && lacks_counter(p, it.at))
			add_counted(out, p, it.at);
		else
			build_value(out, it.at);
	}
	build_close(out, '}');
}

static enum status
add_result(struct text json, void *ctx, struct error *err)
{
	struct buf *out = ctx;

	(void)err;
	if (json.len >= 2 && json.at[0] == '[') {
		json.at++;
		json.len -= 2;
	}
	if (json.len > 0) /* jq's own text: valid, and compact */
		build_raw(out, json);
	return DONE;
}

enum status
answer_map(
    struct jqprog *map, struct text json, struct buf *out, struct error *err)
{
	enum status status;

	build_open(out, '[');
	status = jqprog_run(map, json, add_result, out, err);
	build_close(out, ']');
	return status;
}
