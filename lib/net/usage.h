/* The usage API: volumes of many companies, side by side, in the order asked.
 */
#ifndef VOLUM_NET_USAGE_H
#define VOLUM_NET_USAGE_H

#include "core/jqprog.h"
#include "core/record.h"
#include "domain/competencia.h"
#include "net/http.h"

struct usage;

struct usage_config {
	const char *url;   /* with or without a final slash */
	const char *path;  /* "volumetria"; --path */
	const char *token; /* copied; wiped by usage_close() */
	bool allow_plain;
	int batch;	       /* companies per request, 1 to 1000 */
	int jobs;	       /* requests side by side, 1 to 32 */
	int retries;	       /* 3 */
	long timeout_ms;       /* whole answer, 60 s */
	size_t max_answer;     /* bytes of one batch's answer */
	struct jqprog *map;    /* reshapes an answer, or NULL; not owned */
	int64_t retry_wait_ms; /* x attempt, with jitter; 1000 */
};

enum status usage_open(
    struct usage **out, const struct usage_config *config, struct error *err);
void usage_close(struct usage *u); /* NULL is fine */

/* Where the companies come from: true and the next id (valid until the next
 * call), false at the end. NULL as `next`: all companies, one request. */
typedef bool (*usage_next_fn)(struct text *id, void *ctx);

/*
 * What was answered for `id`, in the order asked. `element` is the company's
 * object, normalised: `quantidade` put into the product's own counter where
 * that is missing (upstream-api). Absent when `why` is set: the company is
 * refused ("sem_dados", "resposta_invalida", "servico_indisponivel").
 */
typedef enum status (*usage_each_fn)(struct text id, struct text element,
    const struct error *why, int attempts, void *ctx, struct error *err);

/* Elements that nobody had asked for, and that were therefore left out. */
uint64_t usage_unasked(const struct usage *u);

/*
 * Asks for `month`, streams to `each`; memory is bounded by jobs x batch. The
 * end of a batch that failed for good doesn't stop the others; NOT_ALLOWED
 * (401, 403) does, as do BAD_CONFIG (a redirect, 404, 405, 407, 410: a wrong
 * address, which is named) and any status of `each`. Returns TRY_LATER when
 * some batch could not be had (its companies were handed to `each` with `why`).
 *
 * With all companies in one request (`next` NULL) the answer waits in an
 * unlinked file of TMPDIR until it is whole and checked, then its elements are
 * handed on in the order they came; only under `map` is it held in memory, and
 * bounded by `max_answer`. A company that is in it twice is not noticed: the
 * store keeps one record per company. There is nobody to hand a failure to:
 * TRY_LATER as above, BAD_INPUT for an answer of another shape.
 */
enum status usage_fetch(struct usage *u, competencia month, usage_next_fn next,
    usage_each_fn each, void *ctx, struct error *err);

#endif
