/* Shared by the parts of volum-sim. Rules: upstream-api [known] and [chosen]
 * facts; what is marked [chosen] there nobody has seen in the real service. */
#ifndef VOLUM_SIM_VOLUM_SIM_H
#define VOLUM_SIM_VOLUM_SIM_H

#include "sim/server.h"

struct sim_config {
	uint64_t companies, seed;
	const char *usage_token, *company_key;
	bool blemishes; /* a few companies in fifty are faulty */
	bool envelope;	/* {"data":[...]} instead of the bare array */
	bool ordered;	/* else in no promised order */
	int64_t latency_ms;
};

/* usage.c: the usage API. */

/* Elements from a file of NDJSON, in place of generated ones; exits when the
 * file is unusable. */
void usage_load(const char *path);
void usage_answer(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer);

/* companies.c: the company API, and the catalogue of the same companies. */
void companies_answer(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer);
/* `empresa` and `proposta` records of all companies, to stdout. */
void companies_print_catalog(const struct sim_config *c);

/* Which blemish a company has, with --blemishes. */
enum blemish {
	BLEMISH_NONE,
	BLEMISH_ERROR,	     /* a product with a filled `error` */
	BLEMISH_NO_PROPOSAL, /* nobody priced it */
	BLEMISH_NO_CUSTOMER, /* not linked to a customer of Omie */
	BLEMISH_SILENT	     /* the API doesn't answer for it */
};
enum blemish company_blemish(const struct sim_config *c, uint64_t company);

/* fault.c: faults on request. */
/* KIND[:N[-M]] or KIND:every=K; false when it is no rule. */
bool fault_add(const char *rule);
/* Applies the rule that is due at this request; true when it answered. */
bool fault_apply(struct sim_answer *answer);
/* Spoils an answer that was made (cut, truncated, latin1, twice). */
void fault_spoil(struct sim_answer *answer);

void json_answer(struct sim_answer *answer, int status);

#endif
