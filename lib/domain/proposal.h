/*
 * A proposal as it is held, and the strict reading of its members: for the
 * files behind pricing.h alone.
 */
#ifndef VOLUM_DOMAIN_PROPOSAL_H
#define VOLUM_DOMAIN_PROPOSAL_H

#include "domain/money.h"
#include "domain/pricing.h"

enum { MICRO = 1000000, MICRO_PER_CENT = 10000 };

/* The numbers a product may have, in the order in which those it has are
 * stored. The month's own limits use the same slots. */
enum slot {
	SLOT_PRICE, /* preco_unitario, preco_pacote, aliquota, valor_fixo */
	SLOT_ALLOWANCE,
	SLOT_MINIMUM,
	SLOT_CAP,
	SLOT_SIZE,  /* tamanho */
	SLOT_BANDS, /* the first of its bands, and how many more (BAND_FIRST) */
	SLOT_COUNT
};

enum product_flag {
	NULL_IS_ZERO = 1,
	ABSENT_IS_ZERO = 2,
	FIGURE_IS_MONEY = 4,
	ALLOWANCE_IN_BANDS = 8, /* franquia_consome_faixa */
	CHARGES_UNUSED = 16,	/* cobra_sem_uso */
	PER_DAY = 32,		/* pro_rata dias_corridos */
	PER_DAY_OF_30 = 64,	/* pro_rata mes_30 */
};

/* `name` and `figure` are places among the texts, which end with NUL. */
struct product {
	uint32_t name;
	uint32_t figure; /* a member of the volumes, qtdeTitulos; 0: none */
	uint32_t first;	 /* of its numbers, the millionths of the slots */

	uint8_t present; /* one bit per slot */
	uint8_t price_places;
	uint8_t model;
	uint8_t flags;
};

/* From the edge of the one before, which is not in it, to its own. */
struct band {
	int64_t until; /* OPEN_BAND: the last one */
	int64_t price, fee;
	uint8_t price_places, fee_places;
};

#define OPEN_BAND INT64_MAX

/* SLOT_BANDS: most products have none, so that it takes no room there. */
#define BAND_FIRST INT64_C(0x100000000)

struct discount {
	competencia from, until;
	int32_t percent_cents; /* 1000 is 10 % */
};

struct adjustment {
	int64_t factor_micro;
	competencia from;
};

/*
 * The head of the block. Behind it, in this order: numbers, bands,
 * adjustments, products, discounts, texts. A catalogue holds 100,000 of them,
 * so what most proposals lack takes no room.
 */
struct proposal {
	_Alignas(int64_t) uint32_t bytes;
	uint32_t from, until; /* 20260131 */
	uint32_t company, number;
	uint32_t first; /* of the month's limits among the numbers */
	uint32_t bands;
	uint32_t adjustments, adjustment_count;
	uint32_t products, product_count;
	uint32_t discounts, discount_count;
	uint32_t texts;
	uint32_t mark;	 /* proposal_mark() */
	uint8_t present; /* of the month's limits */
	bool only_up;	 /* so_positivo */
};

static inline const char *
proposal_text(const struct proposal *p, uint32_t at)
{
	return (const char *)p + p->texts + at;
}

static inline const struct product *
proposal_products(const struct proposal *p)
{
	return (const void *)((const char *)p + p->products);
}

static inline const struct discount *
proposal_discounts(const struct proposal *p)
{
	return (const void *)((const char *)p + p->discounts);
}

static inline const struct adjustment *
proposal_adjustments(const struct proposal *p)
{
	return (const void *)((const char *)p + p->adjustments);
}

/* In millionths; `none` when it was not given. */
int64_t product_number(const struct proposal *p, const struct product *product,
    enum slot slot, int64_t none);
/* Its bands, NULL and 0 when it has none. */
const struct band *product_bands(
    const struct proposal *p, const struct product *product, uint32_t *count);
int64_t month_number(const struct proposal *p, enum slot slot, int64_t none);

/* What the volumes say of one product. */
struct figures {
	int64_t quantity_micro; /* before the allowance; 1 without metrica */
	int64_t value_cents;	/* valorTotal, for models that read it */
};

/* An exact amount: n / d reais, d > 0, below 10^15 once it is checked. */
struct amount {
	wide n, d;
};

/* One product of one proposal in one month, and its prices there. */
struct tariff {
	const struct proposal *proposal;
	const struct product *product;
	competencia month;
};

/* Of a discount: all of them is no discount. */
enum { PERCENT_CENTS = 10000 };

/* What a bill was made from: enough to say again how, while the proposal and
 * the memory of price_element() are there. */
struct memo {
	const struct proposal *proposal;
	competencia month;
	const struct figures *figures; /* one per product */
	int64_t percent_left;	       /* behind the discount */
};

/* Prices figures that were read before; its memory is `scratch`'s. */
enum status price_figures(const struct proposal *p, competencia month,
    struct figures *figures, struct arena *scratch, struct consolidation *out,
    struct error *err);

/* An exact value behind the discount. */
struct amount
amount_discounted(const struct amount *value, int64_t percent_left);
/* That, no more than the cap (-1: none), in the line's only rounding: cents. */
int64_t amount_round(
    const struct amount *value, int64_t percent_left, int64_t cap_cents);
/* The product's cap, -1: none; its minimum, 0: none. */
int64_t tariff_cap_cents(const struct tariff *t);
int64_t tariff_minimum_cents(const struct tariff *t);

/* The price of the month: `*price` in millionths, adjusted at the decimals that
 * it is written with but at least four. False: it reaches 10^12. */
bool tariff_price(const struct tariff *t, int64_t *price, int places);
/* What is left of the figure behind the allowance. */
int64_t tariff_charged(const struct tariff *t, const struct figures *f);
/* The packs that hold it, the last one not always full. */
int64_t tariff_packs(const struct tariff *t, const struct figures *f);
/* How many days of the month count, of how many; 1 of 1 without pro rata. */
void tariff_days(const struct tariff *t, int *days, int *of_days);

/* What a band adds, by step 2 of the rules. */
struct band_part {
	int64_t from, until; /* its edges, OPEN_BAND at the end */
	int64_t units;	     /* that are paid */
	int64_t price, fee;  /* of the month */
	bool reached;	     /* else units are 0 and the fee is not due */
};

/* False: a price reaches 10^12. */
bool tariff_band(const struct tariff *t, const struct figures *f, uint32_t i,
    struct band_part *out);
bool tariff_by_bands(
    const struct tariff *t, const struct figures *f, struct amount *value);

/* The members of a product, and their rows in the table of them. */
enum product_member {
	MEMBER_PRODUTO,
	MEMBER_MODELO,
	MEMBER_METRICA,
	MEMBER_AGREGACAO,
	MEMBER_NULO_E_ZERO,
	MEMBER_AUSENTE_E_ZERO,
	MEMBER_MINIMO,
	MEMBER_TETO,
	MEMBER_FRANQUIA,
	MEMBER_PRECO_UNITARIO,
	MEMBER_FAIXAS,
	MEMBER_FRANQUIA_CONSOME_FAIXA,
	MEMBER_COBRA_SEM_USO,
	MEMBER_TAMANHO,
	MEMBER_PRECO_PACOTE,
	MEMBER_ALIQUOTA,
	MEMBER_VALOR_FIXO,
	MEMBER_PRO_RATA,
	MEMBER_COUNT
};

/*
 * A way to price. `required` and `optional` are sets of product members
 * (1 << MEMBER_...) beside `produto` and `modelo`. `value` gives the exact
 * value before discount, cap and rounding; false: an adjusted price reaches
 * 10^12.
 */
struct model {
	const char *name;
	uint32_t required, optional;
	bool reads_value; /* valorTotal, beside the metric */
	bool one_band;	  /* the band that holds the figure prices it all */
	bool is_rate;	  /* its price is a rate, and never adjusted */
	bool is_fixed;	  /* its price is due whatever the use */
	bool (*value)(const struct tariff *t, const struct figures *f,
	    struct amount *value);
};

/* NULL: there is no such model. */
const struct model *model_find(struct text name);
uint8_t model_index(const struct model *m);
const struct model *model_at(uint8_t index);

/* What the volumes say, "dados_incompletos" where that is not certain. */
enum status figures_read(struct value element, const struct proposal *p,
    const struct product *product, struct figures *out, price_note_fn note,
    void *ctx, struct error *err);

/* A decimal string that was read; `given` false: absent or null. */
struct decimal {
	int64_t micro;
	uint8_t places;
	bool given;
};

/* One member of an object of the schema. */
struct member;
struct field {
	struct value object, at; /* `at` is neither absent nor null */
	const struct member *member;
};
typedef enum status (*member_fn)(
    const struct field *f, void *target, struct error *err);

/* A table of them ends with a row without name. */
struct member {
	const char *name;
	member_fn read; /* NULL: read elsewhere */
	size_t offset;	/* of the target in the object's struct */
	bool required;
	bool above_zero;  /* decimal */
	int places;	  /* decimal: at most so many */
	int at_most;	  /* decimal: in units, 0 is no limit */
	int64_t min, max; /* integer */
	const char *only; /* word */
};

/*
 * Reads all members of `object` into `out`, in the order they stand in. Refused
 * are a value that is no object, a member outside the table, a required one
 * that is missing or null. The code is not set for good: proposal_read() does.
 */
enum status members_read(struct value object, const struct member *table,
    void *out, struct error *err);
/* The same for a product: what is required and allowed is the model's. */
enum status members_read_model(struct value object, const struct member *table,
    const struct model *model, void *out, struct error *err);

/* Calls `each` for the items of a list. */
enum status items_read(struct value list,
    enum status (*each)(struct value item, void *out, struct error *err),
    void *out, struct error *err);

/* Readers of members; what the target is stands behind each. */
enum status field_decimal(
    const struct field *f, void *target, struct error *err); /* decimal */
enum status field_word(
    const struct field *f, void *target, struct error *err); /* not written */
enum status field_integer(
    const struct field *f, void *target, struct error *err); /* not written */
enum status field_text(
    const struct field *f, void *target, struct error *err); /* not written */
enum status
field_bool(const struct field *f, void *target, struct error *err); /* bool */
enum status field_identifier(
    const struct field *f, void *target, struct error *err); /* text */
enum status
field_name(const struct field *f, void *target, struct error *err); /* text */
enum status field_month(
    const struct field *f, void *target, struct error *err); /* competencia */
enum status field_day(
    const struct field *f, void *target, struct error *err); /* struct day */

/* "minimum <= cap", for a product and for the month. */
enum status limits_check(struct value object, const struct decimal *minimum,
    const struct decimal *cap, const char *minimum_name, struct error *err);

/* A proposal while it is read; the parts become one block. */
struct draft {
	struct text company, number;
	struct day from, until;
	struct decimal minimum, cap;
	bool only_up;
	struct buf numbers, bands, adjustments, products, discounts, texts;
};

/* Adds `t` and a NUL to the texts; gives where it begins among them. */
uint32_t draft_text(struct draft *d, struct text t);
/* Adds the given ones of the slots to the numbers; gives the bits of them. */
uint8_t
draft_numbers(struct draft *d, const struct decimal numbers[SLOT_COUNT]);

/* The bands of a product, added to those of the draft; `place`: SLOT_BANDS. */
enum status bands_read(struct value faixas, struct draft *d,
    struct decimal *place, struct error *err);

/* The members of a proposal that have files of their own; targets: draft. */
enum status
field_products(const struct field *f, void *target, struct error *err);
enum status
field_discounts(const struct field *f, void *target, struct error *err);
enum status
field_adjustments(const struct field *f, void *target, struct error *err);

#endif
