#include "domain/cadastro.h"

#include "domain/contact.h"
#include "domain/place.h"
#include "domain/plain.h"

enum too_long { CUT, REFUSE };

/*
 * Names and addresses of a registry may be longer than Omie takes: their
 * beginning says enough. Half a number or half an address would be wrong.
 */
static const struct field {
	const char *name, *inanbetec;
	size_t characters;
	enum too_long too_long;
	bool in_address;
} FIELDS[] = {
	[RAZAO_SOCIAL] = { "razao_social", "razaoSocial", 60, CUT, false },
	[NOME_FANTASIA] = { "nome_fantasia", "nomeFantasia", 100, CUT, false },
	[ENDERECO] = { "endereco", "logradouro", 60, CUT, true },
	[ENDERECO_NUMERO] = { "endereco_numero", "numero", 10, REFUSE, true },
	[COMPLEMENTO] = { "complemento", "complemento", 60, CUT, true },
	[BAIRRO] = { "bairro", "bairro", 60, CUT, true },
	[ESTADO] = { "estado", "estado", 2, REFUSE, true },
	[CIDADE] = { "cidade", "cidade", 40, REFUSE, true },
	[CEP] = { "cep", "cep", 8, REFUSE, true },
	[TELEFONE] = { "telefone1_numero", "telefone", 11, REFUSE, false },
	[EMAIL] = { "email", "email", 500, REFUSE, false },
	[INSCRICAO_ESTADUAL] = { "inscricao_estadual", "inscricaoEstadual", 20,
	    REFUSE, false },
	[INSCRICAO_MUNICIPAL] = { "inscricao_municipal", "inscricaoMunicipal",
	    20, REFUSE, false },
};

const char *
cadastro_name(enum cadastro_field field)
{
	return FIELDS[field].name;
}

const char *
cadastro_inanbetec_name(enum cadastro_field field)
{
	return FIELDS[field].inanbetec;
}

bool
cadastro_in_address(enum cadastro_field field)
{
	return FIELDS[field].in_address;
}

int
cadastro_find(struct text name)
{
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if (text_is(name, FIELDS[i].name))
			return i;
	return -1;
}

/* -------------------------------------------------------------- one form */

static const char *
state_of(const struct cadastro *c, char state[STATE_TEXT])
{
	return c->known[ESTADO] && place_state(c->value[ESTADO], state) ? state
									: "";
}

static bool
is_code(struct text town)
{
	for (size_t i = 0; i < town.len; i++)
		if (town.at[i] < '0' || town.at[i] > '9')
			return false;
	return town.len > 0;
}

/* By its name, or by IBGE's code, which is to be one of the state's. */
static bool
normalise_town(const struct cadastro *c, struct text clean, struct buf *out)
{
	char state[STATE_TEXT];

	if (is_code(clean)) {
		buf_add_text(out, clean);
		return place_ibge(clean, state_of(c, state));
	}
	place_town(out, clean, state_of(c, state));
	return true;
}

/* False: it has no sense. What is empty has. */
static bool
normalise(const struct cadastro *c, enum cadastro_field field,
    struct text clean, struct buf *out)
{
	char short_[PHONE_TEXT];
	bool good = true;

	if (clean.len == 0)
		return true;
	switch (field) {
	case ESTADO:
		good = place_state(clean, short_);
		break;
	case CEP:
		good = place_cep(clean, short_);
		break;
	case TELEFONE:
		good = phone_read(clean, short_);
		break;
	case CIDADE:
		return normalise_town(c, clean, out);
	case EMAIL:
		return email_list(out, clean);
	default:
		buf_add_text(out, clean);
		return true;
	}
	if (good)
		buf_add_str(out, short_);
	return good;
}

static void
limit(struct cadastro *c, enum cadastro_field field, struct buf *b)
{
	struct text whole = buf_text(b);

	if (plain_length(whole) <= FIELDS[field].characters)
		return;
	if (FIELDS[field].too_long == REFUSE) {
		c->odd |= 1u << field;
		return;
	}
	b->len = plain_cut(whole, FIELDS[field].characters).len;
	c->cut |= 1u << field;
}

static void
set_text(struct cadastro *c, enum cadastro_field field, struct text raw,
    struct arena *texts)
{
	struct buf clean = BUF_INIT, form = BUF_INIT;

	plain_clean(&clean, raw);
	if (!normalise(c, field, buf_text(&clean), &form)) {
		c->odd |= 1u << field;
		buf_reset(&form);
		buf_add_text(&form, buf_text(&clean));
	} else {
		limit(c, field, &form);
	}
	c->known[field] = (c->odd >> field & 1) == 0;
	c->value[field] = arena_text(texts, buf_text(&form));
	buf_clear(&clean);
	buf_clear(&form);
}

static void
set(struct cadastro *c, enum cadastro_field field, struct value v,
    struct arena *texts)
{
	if (value_is_empty(v))
		return;
	if (value_kind(v) == IS_TEXT)
		set_text(c, field, value_text(v), texts);
	else if (value_kind(v) == IS_NUMBER)
		set_text(c, field, value_raw(v), texts);
	else
		c->odd |= 1u << field;
}

void
cadastro_of_inanbetec(
    struct cadastro *out, struct value company, struct arena *texts)
{
	struct value address = value_member(company, "endereco"), v;

	*out = (struct cadastro){ 0 };
	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		const struct field *f = &FIELDS[i];

		v = NO_VALUE;
		if (f->in_address)
			v = value_member(address, f->inanbetec);
		/* cidade, estado and cep may stand outside (upstream-api). */
		if (value_is_empty(v) && (!f->in_address || i >= ESTADO))
			v = value_member(company, f->inanbetec);
		set(out, (enum cadastro_field)i, v, texts);
	}
	/* Invoices need one, and a company without one goes by its name. */
	if (out->value[NOME_FANTASIA].len == 0 && out->known[RAZAO_SOCIAL] &&
	    (out->odd >> NOME_FANTASIA & 1) == 0) {
		out->known[NOME_FANTASIA] = true;
		out->value[NOME_FANTASIA] = out->value[RAZAO_SOCIAL];
	}
}

static void
set_phone(struct cadastro *c, struct value customer, struct arena *texts)
{
	struct text number =
	    value_text(value_member(customer, "telefone1_numero"));
	struct text area = value_text(value_member(customer, "telefone1_ddd"));
	struct buf b = BUF_INIT;

	if (value_is_empty(value_member(customer, "telefone1_numero")))
		return;
	if (number.len > 0)
		buf_add_text(&b, area);
	buf_add_text(&b, number);
	set_text(c, TELEFONE, buf_text(&b), texts);
	buf_clear(&b);
}

void
cadastro_of_omie(
    struct cadastro *out, struct value customer, struct arena *texts)
{
	*out = (struct cadastro){ 0 };
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if (i != TELEFONE)
			set(out, (enum cadastro_field)i,
			    value_member(customer, FIELDS[i].name), texts);
	set_phone(out, customer, texts);
	out->ibge = arena_text(
	    texts, value_text(value_member(customer, "cidade_ibge")));
}

static void
take_code(struct cadastro *named, const struct cadastro *coded)
{
	if (!coded->known[CIDADE] || !is_code(coded->value[CIDADE]) ||
	    !text_same(named->ibge, coded->value[CIDADE]))
		return;
	named->known[CIDADE] = true;
	named->value[CIDADE] = coded->value[CIDADE];
}

void
cadastro_align_towns(struct cadastro *a, struct cadastro *b)
{
	take_code(a, b);
	take_code(b, a);
}

bool
cadastro_same(
    const struct cadastro *a, const struct cadastro *b, unsigned fields)
{
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if ((fields >> i & 1) != 0 &&
		    (a->known[i] != b->known[i] ||
			!text_same(a->value[i], b->value[i])))
			return false;
	return true;
}

/* --------------------------------------------------------------- written */

void
cadastro_of_base(struct cadastro *out, struct value base)
{
	*out = (struct cadastro){ 0 };
	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		struct value v = value_member(base, FIELDS[i].name);

		out->known[i] = value_kind(v) == IS_TEXT;
		out->value[i] = value_text(v);
	}
}

void
cadastro_write_base(struct buf *out, const struct cadastro *c)
{
	build_open(out, '{');
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if (c->known[i])
			build_text_member(out, FIELDS[i].name, c->value[i]);
	build_close(out, '}');
}

void
cadastro_write_omie(
    struct buf *out, enum cadastro_field field, struct text value)
{
	struct text area = { value.at, PHONE_AREA };

	if (field == CIDADE && is_code(value)) {
		build_text_member(out, "cidade_ibge", value);
		return;
	}
	if (field != TELEFONE) {
		build_text_member(out, FIELDS[field].name, value);
		return;
	}
	if (value.len < PHONE_AREA)
		area.len = value.len;
	build_text_member(out, "telefone1_ddd", area);
	build_text_member(out, "telefone1_numero",
	    (struct text){ value.at + area.len, value.len - area.len });
}

void
cadastro_write_inanbetec(
    struct buf *out, enum cadastro_field field, struct text value)
{
	if (field == CIDADE)
		value = place_bare_town(value);
	build_text_member(out, FIELDS[field].inanbetec, value);
}
