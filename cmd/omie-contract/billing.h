/* Shared by the parts of omie-contract; nobody else's. */
#ifndef VOLUM_OMIE_CONTRACT_BILLING_H
#define VOLUM_OMIE_CONTRACT_BILLING_H

#include "core/filter.h"
#include "core/jqprog.h"
#include "domain/contract.h"
#include "net/omie.h"
#include "store/ledger.h"

struct options;

/* What the whole run shares. */
struct run {
	struct filter *filter;
	const struct options *options;
	struct store *store; /* opened by the first record */
	enum store_mode mode;
	struct omie *omie;	  /* NULL: --dry-run */
	struct jqprog *template_; /* compiled by the first that needs it */
	struct day today;
	int64_t window_ms; /* of the identical call */
	struct record *answer, *doc;
	struct arena scratch; /* of the record in hand */
	struct buf payload, line;
	/* Once the service is closed to us, every further record that would
	 * need a call is refused with this, and the input is read to its end.
	 */
	enum status shut;
	struct error shut_why;
	int unreachable; /* records in a row that could not be sent */
};

/* One consolidation on its way. */
struct job {
	struct consolidation c;
	char code[INT_CTR_TEXT];
	char content_hash[HASH_TEXT], payload_hash[HASH_TEXT];
	int64_t customer;	       /* nCodCli */
	struct text company, proposal; /* JSON objects; proposal "null" */
	struct ledger_line last;       /* newest line of the code */
	bool known;		       /* there is one */
	int attempts;
};

/* payload.c: who is billed, and the contract that the template makes. */

/* Reads company and proposal from the store. SOME_REJECTED:
 * "cliente_desconhecido". Texts live as long as run->scratch. */
enum status
job_find_customer(struct run *run, struct job *job, struct error *err);
/* Fills run->payload with the checked contract and job->payload_hash.
 * SOME_REJECTED: "programa_falhou", "contrato_invalido". */
enum status
job_make_payload(struct run *run, struct job *job, struct error *err);

/* send.c: exactly one contract in Omie, or a refusal that says why not. */

/*
 * Creates the contract, or settles an earlier attempt first. DONE: *nCodCtr is
 * its id in Omie and the ledger says so. SOME_REJECTED: class "dados" (refused
 * for good), "servico" (not sent) or "incerto" (outcome open; the next run
 * settles it). Other statuses end the run.
 */
enum status
job_send(struct run *run, struct job *job, int64_t *nCodCtr, struct error *err);

#endif
