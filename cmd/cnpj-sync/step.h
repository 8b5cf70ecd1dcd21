/* Shared by the parts of cnpj-sync; nobody else's. */
#ifndef VOLUM_CNPJ_SYNC_STEP_H
#define VOLUM_CNPJ_SYNC_STEP_H

#include "cnpj-sync/register.h"
#include "core/filter.h"
#include "domain/contract.h"
#include "domain/three_way.h"
#include "net/inanbetec.h"
#include "net/omie_settings.h"
#include "store/sync.h"

struct options {
	struct common_options common;
	const char *from, *to; /* "inanbetec" or "omie" */
	bool all, full, plan, diff, records;
	const char *owner, *map, *url, *registry;
	int64_t retries, retry_wait_ms, page;
	struct omie_settings omie; /* its timeout is the company API's, too */
};

/* What the whole run shares. */
struct run {
	struct filter *filter;
	const struct options *options;
	enum owner from; /* the source */
	struct owners owners;
	struct store *store;
	enum store_mode mode;
	struct shared *limits; /* of Omie, where hosts share them; or NULL */
	bool batch; /* is open: nothing may be waited for meanwhile */
	struct omie *omie;
	char account[OMIE_ACCOUNT_TEXT];
	struct inanbetec *inanbetec;
	struct jqprog *map;
	struct http *registry; /* opened by the first that asks */
	int registry_left;     /* questions that this run may still ask */
	int64_t registry_next; /* clock_monotonic_ms of the next one */
	struct register_ customers, companies;
	bool has_customers, has_companies;
	bool listed_again; /* once a run: customers that came meanwhile */
	struct register_ written; /* sources of records that were written */
	instant_ms listed_at;	  /* when the listing of customers began */
	int64_t listing_ms;	  /* how long the last one took */
	struct record *answer, *doc, *base;
	struct arena scratch; /* of the record in hand */
	struct buf payload, line;
	struct job *job;  /* whose creation is on its way */
	enum status shut; /* Omie is closed to us, and why */
	struct error shut_why;
	int unreachable; /* in a row that could not be written */
	bool unfinished; /* something waits for the next run */
};

/* A company and its customer, either of which may be still to come. */
struct job {
	const struct entry *company, *customer;
	struct text empresa_id, cnpj; /* {"",0}: none yet */
	bool marked_test;	      /* and the result shall say so */
	bool test;		      /* decide and tell, write nothing */
	struct text plan;	      /* hash of the plan line; {"",0}: none */
	bool create;		      /* in the target */
	bool associate;		      /* the customer has not our code yet */
	bool idle; /* there is nothing that the target needs */
	struct cadastro source, target;
	struct sync_state state;
	struct three_way r;
	char hash[HASH_TEXT]; /* of all that was decided on */
	char situation[24];   /* in the public registry; "": not asked */
	int64_t omie_code;
};

/* registers.c: what is listed, once. */
enum status need_customers(struct run *run, struct error *err);
enum status need_companies(struct run *run, struct error *err);
/* Customers changed since the last run, and those in conflict, into `out`;
 * *up_to is to be kept as the position once all are dealt with. */
enum status list_changed(struct run *run, struct register_ *out,
    instant_ms since, instant_ms *up_to, struct error *err);
/* Up to when, by Omie's clock, the last listing told all changes; 0: it told
 * of none. */
instant_ms read_up_to(const struct run *run, const struct register_ *customers);
/* One company, by id or document, from the service. */
enum status fetch_company(struct run *run, struct text id, struct entry *out,
    bool *found, struct error *err);
/* How many companies have this document, and this codigoOmie (0: any). */
enum status companies_with(struct run *run, const char *cnpj, int64_t omie_code,
    size_t *count, struct error *err);

/*
 * match.c: finds the other one of job->company or job->customer, by code, then
 * by document. SOME_REJECTED: several, inactive, blocked, linked to another;
 * never by a guess. job->create: there is none. job->idle: none is needed.
 */
enum status match(struct run *run, struct job *job, struct error *err);

/* decide.c: compares both, fills job->r and job->hash. SOME_REJECTED:
 * "nome_diferente", "campo_ausente". */
enum status decide(struct run *run, struct job *job, struct error *err);

/* Of these fields of the target, as it is `now` (NULL: gone), none is different
 * from what was decided on. SOME_REJECTED: "mudou". */
enum status check_unchanged(struct run *run, const struct job *job,
    const struct entry *now, unsigned fields, struct error *err);

/* write_omie.c, write_inanbetec.c: what was decided is done. SOME_REJECTED:
 * class "dados", "servico" or "incerto"; others end the run. */
enum status write_omie(struct run *run, struct job *job, struct error *err);
enum status
write_inanbetec(struct run *run, struct job *job, struct error *err);
/* Sets our code on the customer that was found. */
enum status associate(struct run *run, struct job *job, struct error *err);
/* A fault of Omie as the refusal of a record; what it may quote is left out. */
enum status refuse_by_fault(struct error *err, const char *code,
    const char *class_, const char *what, const struct omie_fault *fault);
/* The same, of class "incerto". */
enum status refuse_unclear(
    struct error *err, const char *what, const struct omie_fault *fault);
/* Members of a customer: codigo_cliente_integracao, and the fields that are to
 * be written. */
void add_our_code(struct buf *b, const struct job *job);
void add_fields_written(struct buf *b, const struct job *job);

/* create_customer.c: as write_omie(), for one that is missing. */
enum status
create_customer(struct run *run, struct job *job, struct error *err);
/* omie.h: told that a write leaves; notes the intent of run->job. */
enum status leaving(int64_t longest_ms, void *run, struct error *err);

/* remember.c: the store. */
enum status open_store(struct run *run, struct error *err);
enum status look(struct run *run, struct job *job, struct error *err);
/* The company as an `empresa` record. */
void write_empresa(struct run *run, struct buf *out, const struct job *job);
/* Puts job->state, and the company with its customer, into the open batch. */
enum status remember(struct run *run, struct job *job, struct error *err);
/* Up to when the changes in Omie were read, once all were dealt with. */
enum status
remember_position(struct run *run, instant_ms at, struct error *err);
/* What the public registry said of the company. */
enum status
remember_situation(struct run *run, struct job *job, struct error *err);
/* Ends the batch, if one is open. */
enum status commit(struct run *run, struct error *err);
/* At once. */
enum status remember_state(struct run *run, struct job *job, struct error *err);
/* Waits until no creation of an earlier run can be at work any more. */
enum status wait_for_open(struct run *run, struct error *err);

/* registry.c: --check-registry; fills job->situation, gives up quietly. */
enum status check_registry(struct run *run, struct job *job, struct error *err);

/* result.c: the lines that leave. */
enum sync_action { SYNC_INCLUDED, SYNC_CHANGED, SYNC_UNCHANGED, SYNC_IDLE };
void put_result(struct run *run, struct job *job, enum sync_action action);
/* Names fields, commas between them. */
void add_fields(struct buf *out, unsigned fields);
/* The record that stands for the company when it is refused. */
void write_reference(struct buf *out, const struct job *job);

/* step.c: one company, from its match to its result. */
enum status step(struct run *run, struct job *job, struct error *err);

/* source.c: where companies come from. */
enum status from_record(
    struct filter *f, const struct record *rec, void *run, struct error *err);
enum status from_all(struct run *run, struct error *err);
enum status flush(struct filter *f, void *run, struct error *err);

#endif
