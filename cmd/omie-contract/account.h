/* What Omie holds, listed once a run and matched here: misses cost no error. */
#ifndef VOLUM_OMIE_CONTRACT_ACCOUNT_H
#define VOLUM_OMIE_CONTRACT_ACCOUNT_H

#include "core/record.h"
#include "net/omie.h"

struct account; /* of one run */

struct account *account_new(struct omie *omie);
void account_free(struct account *a); /* NULL is fine */

/* A contract with a cCodIntCtr; its text is in a file that has no name. */
struct listed {
	char code[24];	 /* longer ones are none of ours, and left out */
	int64_t nCodCtr; /* 0: none */
	bool twice;	 /* another contract has the same code */
	int64_t at;
	size_t len;
};

/* Lists all contracts, the first time. SOME_REJECTED "servico_indisponivel":
 * it failed, and is tried again for the next record. OUTPUT_FAILED: no room for
 * them in TMPDIR. Others as omie_list(). */
enum status account_list_contracts(struct account *a, struct error *err);
bool account_is_listed(const struct account *a);
/* NULL: Omie had none when it was listed. */
const struct listed *account_find(const struct account *a, const char *code);
/* All of them, sorted by code. */
const struct listed *account_all(struct account *a, size_t *count);
/* The contratoCadastro as it was listed, into `rec`. */
enum status account_read(struct account *a, const struct listed *c,
    struct record *rec, struct error *err);

/*
 * The one customer with this document (bare CNPJ or CPF); lists all customers
 * the first time. SOME_REJECTED: "cliente_desconhecido" when there is none,
 * "cliente_ambiguo" with the ids when there are several, "cliente_inativo".
 */
enum status account_customer(struct account *a, const char *document,
    int64_t *codigo_cliente_omie, struct error *err);

#endif
