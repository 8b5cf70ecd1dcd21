/* Shared by the parts of volum-fetch; nobody else's. */
#ifndef VOLUM_FETCH_QUESTION_H
#define VOLUM_FETCH_QUESTION_H

#include "core/filter.h"
#include "net/usage.h"

struct options {
	struct common_options common;
	const char *competencia, *empresas, *map, *path, *url;
	struct option_list empresa;
	int64_t batch, jobs, retries, timeout_s, retry_wait_ms;
};

struct run {
	struct filter *filter;
	const struct options *options;
	struct usage *usage;
	struct jqprog *map;
};

/* One question to the API: which month, for whom, and what goes with it. */
struct question {
	struct run *run;
	competencia month;
	bool partial, test;
	struct value trigger; /* absent: from the options */
	struct text request_id;
	bool listed;		    /* the trigger names companies */
	struct each ids;	    /* of the trigger's empresaIds */
	struct value one;	    /* its empresaId */
	size_t option;		    /* next of --empresa */
	struct ndjson_reader *file; /* of --empresas */
	int list_fd;
	struct record *line;
	struct error broken; /* the list can't be read */
	enum status status;
};

/*
 * Where the companies come from (usage_next_fn; ctx is the question): the
 * trigger, --empresa, --empresas. A bad line of the file is refused and passed
 * over; a file that breaks off sets q->status and q->broken.
 */
bool next_of_trigger(struct text *id, void *ctx);
bool next_of_options(struct text *id, void *ctx);
bool next_of_file(struct text *id, void *ctx);

/* Opens --empresas. BAD_CONFIG: it can't be read. close_list() ends it. */
enum status open_list(struct question *q, struct error *err);
void close_list(struct question *q);

/* Reads empresaId and empresaIds of a trigger. `*listed` false: it names no
 * company, all are meant. SOME_REJECTED otherwise. */
enum status read_companies(
    struct question *q, struct value trigger, bool *listed, struct error *err);

#endif
