/* Whole listings of Omie, page by page (omie-api 2.2, 4.4, 5.3). */
#ifndef VOLUM_NET_OMIE_PAGES_H
#define VOLUM_NET_OMIE_PAGES_H

#include "net/omie.h"

struct omie_listing {
	enum omie_service service;
	const char *method; /* "ListarContratos" */
	const char *array;  /* of its answer: "contratoCadastro" */
	int64_t (*id)(struct value record); /* Omie's own; 0: it has none */
};

typedef enum status (*omie_listed_fn)(
    struct value record, void *ctx, struct error *err);

/*
 * Gives every record of the listing to `each`, once, though records move
 * between pages while they are read. What Omie says of pages and records is
 * trusted, not the page size asked for. Nothing listed is DONE too. TRY_LATER:
 * Omie does not answer, gives a record without an id, or records kept moving so
 * that some were never seen; others as omie_call(), or of `each`.
 * `filter` is further members of the request as JSON, without brackets; NULL:
 * none.
 */
enum status omie_list(struct omie *o, const struct omie_listing *listing,
    const char *filter, omie_listed_fn each, void *ctx, struct error *err);

#endif
