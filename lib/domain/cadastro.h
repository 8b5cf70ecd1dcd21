/*
 * A company's registration (cadastro) as both registers know it: the fields
 * that are kept in step, each in one form that can be compared. Named as Omie
 * names them, with Omie's lengths (omie-api 4.2).
 */
#ifndef VOLUM_DOMAIN_CADASTRO_H
#define VOLUM_DOMAIN_CADASTRO_H

#include "core/record.h"

enum cadastro_field {
	RAZAO_SOCIAL,
	NOME_FANTASIA,
	ENDERECO,
	ENDERECO_NUMERO,
	COMPLEMENTO,
	BAIRRO,
	ESTADO, /* before CIDADE, whose form has it */
	CIDADE,
	CEP,
	TELEFONE, /* area code and number as one */
	EMAIL,
	INSCRICAO_ESTADUAL,
	INSCRICAO_MUNICIPAL,
	CADASTRO_FIELDS
};

struct cadastro {
	/* A field that was not said (missing or null) is not known; one that
	 * was said and is empty is. */
	bool known[CADASTRO_FIELDS];
	struct text value[CADASTRO_FIELDS];
	struct text ibge; /* the town's code, where Omie tells it as well */
	unsigned cut;	  /* bits of fields that were longer than Omie takes */
	unsigned odd;	  /* ... that have no sense: not known, but see value */
};

/* "razao_social" ...; TELEFONE is "telefone1_numero". */
const char *cadastro_name(enum cadastro_field field);
/* -1: no field has this name. */
int cadastro_find(struct text name);

/* From an object of the company API, and from Omie's clientes_cadastro. Texts
 * live in `texts`. In the company API an empty nomeFantasia is the name. */
void cadastro_of_inanbetec(
    struct cadastro *out, struct value company, struct arena *texts);
void cadastro_of_omie(
    struct cadastro *out, struct value customer, struct arena *texts);
/* A town's code on one side and the town with that code on the other are the
 * same: both get the code. */
void cadastro_align_towns(struct cadastro *a, struct cadastro *b);
/* Of these fields (bits), all the same and as well known. */
bool cadastro_same(
    const struct cadastro *a, const struct cadastro *b, unsigned fields);
/* From an object with one member per known field, in the compared form. */
void cadastro_of_base(struct cadastro *out, struct value base);

/* Appends the known fields as such an object. */
void cadastro_write_base(struct buf *out, const struct cadastro *c);

/* Appends a field as members of AlterarCliente, or of an InAnbetec object
 * (`telefone`, `razaoSocial`; those of the address are members of `endereco`).
 */
void cadastro_write_omie(
    struct buf *out, enum cadastro_field field, struct text value);
void cadastro_write_inanbetec(
    struct buf *out, enum cadastro_field field, struct text value);
/* Its name there. */
const char *cadastro_inanbetec_name(enum cadastro_field field);
bool cadastro_in_address(enum cadastro_field field);

#endif
