/* The products of a proposal. */
#include <stdlib.h>

#include "domain/proposal.h"

struct product_draft {
	struct text name, metric;
	struct value bands;
	struct decimal numbers[SLOT_COUNT];
	bool null_is_zero, absent_is_zero, allowance_in_bands, charges_unused;
	unsigned by_days;
};

#define NUMBER(slot) offsetof(struct product_draft, numbers[slot])

/* Read once the product is known to be right beside them. */
static enum status
field_bands(const struct field *f, void *target, struct error *err)
{
	struct value *bands = target;

	(void)err;
	*bands = f->at;
	return DONE;
}

static enum status
field_by_days(const struct field *f, void *target, struct error *err)
{
	unsigned *by_days = target;

	if (value_is_text(f->at, "dias_corridos"))
		*by_days = PER_DAY;
	else if (value_is_text(f->at, "mes_30"))
		*by_days = PER_DAY_OF_30;
	else if (!value_is_text(f->at, "nenhum"))
		return value_reject(f->at, err,
		    "must be \"nenhum\", \"dias_corridos\" or \"mes_30\"");
	return DONE;
}

static const struct member product_members[MEMBER_COUNT + 1] = {
	[MEMBER_PRODUTO] = { .name = "produto",
	    .read = field_name,
	    .offset = offsetof(struct product_draft, name) },
	[MEMBER_MODELO] = { .name = "modelo" },
	[MEMBER_METRICA] = { .name = "metrica",
	    .read = field_name,
	    .offset = offsetof(struct product_draft, metric) },
	[MEMBER_AGREGACAO] = { .name = "agregacao",
	    .read = field_word,
	    .only = "soma" },
	[MEMBER_NULO_E_ZERO] = { .name = "nulo_e_zero",
	    .read = field_bool,
	    .offset = offsetof(struct product_draft, null_is_zero) },
	[MEMBER_AUSENTE_E_ZERO] = { .name = "ausente_e_zero",
	    .read = field_bool,
	    .offset = offsetof(struct product_draft, absent_is_zero) },
	[MEMBER_MINIMO] = { .name = "minimo",
	    .read = field_decimal,
	    .places = 2,
	    .offset = NUMBER(SLOT_MINIMUM) },
	[MEMBER_TETO] = { .name = "teto",
	    .read = field_decimal,
	    .places = 2,
	    .offset = NUMBER(SLOT_CAP) },
	[MEMBER_FRANQUIA] = { .name = "franquia",
	    .read = field_decimal,
	    .places = 6,
	    .offset = NUMBER(SLOT_ALLOWANCE) },
	[MEMBER_PRECO_UNITARIO] = { .name = "preco_unitario",
	    .read = field_decimal,
	    .places = 6,
	    .offset = NUMBER(SLOT_PRICE) },
	[MEMBER_FAIXAS] = { .name = "faixas",
	    .read = field_bands,
	    .offset = offsetof(struct product_draft, bands) },
	[MEMBER_FRANQUIA_CONSOME_FAIXA] = { .name = "franquia_consome_faixa",
	    .read = field_bool,
	    .offset = offsetof(struct product_draft, allowance_in_bands) },
	[MEMBER_COBRA_SEM_USO] = { .name = "cobra_sem_uso",
	    .read = field_bool,
	    .offset = offsetof(struct product_draft, charges_unused) },
	[MEMBER_TAMANHO] = { .name = "tamanho",
	    .read = field_decimal,
	    .above_zero = true,
	    .places = 6,
	    .offset = NUMBER(SLOT_SIZE) },
	[MEMBER_PRECO_PACOTE] = { .name = "preco_pacote",
	    .read = field_decimal,
	    .places = 6,
	    .offset = NUMBER(SLOT_PRICE) },
	[MEMBER_ALIQUOTA] = { .name = "aliquota",
	    .read = field_decimal,
	    .places = 6,
	    .at_most = 100,
	    .offset = NUMBER(SLOT_PRICE) },
	[MEMBER_VALOR_FIXO] = { .name = "valor_fixo",
	    .read = field_decimal,
	    .places = 6,
	    .offset = NUMBER(SLOT_PRICE) },
	[MEMBER_PRO_RATA] = { .name = "pro_rata",
	    .read = field_by_days,
	    .offset = offsetof(struct product_draft, by_days) },
};

static enum status
read_model(struct value product, const struct model **model, struct error *err)
{
	struct value at = value_member(product, "modelo");
	struct text name = value_text(at);

	if (value_is_empty(at))
		name = TEXT("informado");
	*model = model_find(name);
	if (*model == NULL)
		return value_reject(at, err, "there is no such modelo");
	return DONE;
}

static bool
is_money(struct text metric)
{
	return metric.len >= 5 &&
	    text_same((struct text){ metric.at, 5 }, TEXT("valor"));
}

/* qtde_titulos: qtdeTitulos. */
static uint32_t
add_figure(struct draft *d, struct text metric)
{
	uint32_t at = (uint32_t)d->texts.len;

	for (size_t i = 0; i < metric.len; i++) {
		char c = metric.at[i];

		if (c == '_') {
			c = metric.at[++i];
			if (c >= 'a' && c <= 'z')
				c = (char)(c - 'a' + 'A');
		}
		buf_add_byte(&d->texts, c);
	}
	buf_add_byte(&d->texts, '\0');
	return at;
}

static uint8_t
flags_of(const struct product_draft *from)
{
	return (uint8_t)((from->null_is_zero ? NULL_IS_ZERO : 0) |
	    (from->absent_is_zero ? ABSENT_IS_ZERO : 0) |
	    (is_money(from->metric) ? FIGURE_IS_MONEY : 0) |
	    (from->allowance_in_bands ? ALLOWANCE_IN_BANDS : 0) |
	    (from->charges_unused ? CHARGES_UNUSED : 0) | from->by_days);
}

static void
add_product(struct draft *d, const struct product_draft *from,
    const struct model *model)
{
	struct product p = { .model = model_index(model) };

	p.first = (uint32_t)(d->numbers.len / sizeof(int64_t));
	p.present = draft_numbers(d, from->numbers);
	p.price_places = from->numbers[SLOT_PRICE].places;
	p.name = draft_text(d, from->name);
	if (from->metric.len > 0)
		p.figure = add_figure(d, from->metric);
	p.flags = flags_of(from);

	buf_add(&d->products, &p, sizeof(p));
}

static enum status
read_product(struct value item, void *out, struct error *err)
{
	struct product_draft p = { 0 };
	struct draft *d = out;

	const struct model *model;
	enum status s;

	if (value_kind(item) != IS_OBJECT)
		return value_reject(item, err, "must be an object");
	if ((s = read_model(item, &model, err)) != DONE ||
	    (s = members_read_model(item, product_members, model, &p, err)) !=
		DONE ||
	    (s = limits_check(item, &p.numbers[SLOT_MINIMUM],
		 &p.numbers[SLOT_CAP], "minimo", err)) != DONE)
		return s;
	if (value_kind(p.bands) != ABSENT &&
	    (s = bands_read(p.bands, d, &p.numbers[SLOT_BANDS], err)) != DONE)
		return s;
	add_product(d, &p, model);
	return DONE;
}

struct named {
	struct text name;
	struct value at;
};

static int
by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = text_order(x->name, y->name);

	return order ? order : x->at.token < y->at.token ? -1 : 1;
}

/* Sorted, since a line has room for more names than pairs can be tried. */
static enum status
check_names(struct value list, struct error *err)
{
	size_t count = value_count(list), i = 0;
	struct named *names = mem_alloc(count * sizeof(*names));
	struct each it = value_each(list);
	enum status s = DONE;

	for (; i < count && each_next(&it); i++) {
		names[i].at = value_member(it.at, "produto");
		names[i].name = value_text(names[i].at);
	}
	qsort(names, count, sizeof(*names), by_name);
	for (i = 1; s == DONE && i < count; i++)
		if (text_same(names[i].name, names[i - 1].name))
			s = value_reject(
			    names[i].at, err, "stands twice in the list");
	free(names);
	return s;
}

enum status
field_products(const struct field *f, void *target, struct error *err)
{
	enum status s;

	if ((s = items_read(f->at, read_product, target, err)) != DONE)
		return s;
	if (value_count(f->at) == 0)
		return value_reject(f->at, err, "must name a product");
	return check_names(f->at, err);
}
