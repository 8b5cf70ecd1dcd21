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

enum sim_api { USAGE_API, COMPANY_API };

/* usage.c: the usage API. */

/* Elements from a file of NDJSON, in place of generated ones; exits when the
 * file is unusable. */
void usage_load(const char *path);
void usage_answer(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer);

/* companies.c: the company API. */
/* 0: not linked. */
int64_t company_omie_code(const struct sim_config *c, uint64_t company);
void companies_answer(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer);
/* Companies from a file of NDJSON, numbered behind the generated ones; exits
 * when the file is unusable. */
void companies_load(const struct sim_config *c, const char *path);
/* registry.c: the public registry in the shape of BrasilAPI (domain-br 4). What
 * the file has not is active; exits when it is unusable. */
void registry_load(const char *path);
void registry_answer(const struct sim_request *q, struct sim_answer *answer);
/* catalog.c: `empresa` and `proposta` records of all companies, to stdout. */
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
bool fault_add(enum sim_api api, const char *rule);
/* Applies the rule that is due at this request; true when it answered. */
bool fault_apply(enum sim_api api, struct sim_answer *answer);
/* Spoils an answer that was made (cut, truncated, latin1, twice): what was
 * asked has been done. */
void fault_spoil(struct sim_answer *answer);

void json_answer(struct sim_answer *answer, int status);

#endif
