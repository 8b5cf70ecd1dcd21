#include "domain/settings.h"

#include <stddef.h>

enum { ANY_LENGTH = 0 };

/* Largest number that survives every reader of JSON. */
static const int64_t MAX_ID = INT64_C(9007199254740991);

/* Lengths in characters are Omie's (contract_lengths.c). */
static const struct member {
	const char *in, *name; /* `in` NULL: of configuracao itself */
	enum kind kind;
	int64_t most;
} MEMBERS[] = {
	{ NULL, "diaFaturamento", IS_NUMBER, 31 },
	{ NULL, "tipoFaturamento", IS_TEXT, 2 },
	{ NULL, "codServico", IS_NUMBER, MAX_ID },
	{ NULL, "servico", IS_OBJECT, ANY_LENGTH },
	{ "servico", "natOperacao", IS_TEXT, 2 },
	{ "servico", "codServMunic", IS_TEXT, 20 },
	{ "servico", "codLC116", IS_TEXT, 10 },
	{ NULL, "categoria", IS_TEXT, 20 },
	{ NULL, "contaCorrente", IS_NUMBER, MAX_ID },
	{ NULL, "cidadePrestacao", IS_TEXT, 40 },
	{ NULL, "impostos", IS_OBJECT, ANY_LENGTH },
	{ NULL, "vencimento", IS_OBJECT, ANY_LENGTH },
};

static enum status
check_text(struct value object, const struct member *m, struct error *err)
{
	struct text t;
	int64_t characters = 0;
	enum status s = record_text(object, m->name, &t, err);

	if (s != DONE)
		return s;
	for (size_t i = 0; i < t.len; i++)
		characters += (t.at[i] & 0xc0) != 0x80;
	if (characters <= m->most)
		return DONE;
	return value_reject(value_member(object, m->name), err,
	    "must be at most %d characters", (int)m->most);
}

static enum status
check_member(struct value object, const struct member *m, struct error *err)
{
	struct value part;
	int64_t number;

	if (value_is_empty(value_member(object, m->name)))
		return DONE;
	if (m->kind == IS_TEXT)
		return check_text(object, m, err);
	if (m->kind == IS_NUMBER)
		return record_integer(
		    object, m->name, 1, m->most, &number, err);
	return record_object(object, m->name, &part, err);
}

enum status
settings_check(struct value configuracao, struct error *err)
{
	enum status s = DONE;

	if (value_is_empty(configuracao))
		return DONE;
	if (value_kind(configuracao) != IS_OBJECT)
		return value_reject(configuracao, err, "object expected");
	for (size_t i = 0;
	     s == DONE && i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++) {
		const struct member *m = &MEMBERS[i];

		s = check_member(m->in == NULL
			? configuracao
			: value_member(configuracao, m->in),
		    m, err);
	}
	return s;
}
