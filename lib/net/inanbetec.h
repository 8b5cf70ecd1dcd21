/* The company API of InAnbetec (upstream-api): read with repeats, written once.
 */
#ifndef VOLUM_NET_INANBETEC_H
#define VOLUM_NET_INANBETEC_H

#include "core/jqprog.h"
#include "core/record.h"
#include "net/http.h"

struct inanbetec;

struct inanbetec_config {
	const char *url; /* with or without a final slash */
	const char *key; /* copied; wiped by inanbetec_close() */
	bool allow_plain;
	int retries;	       /* of what only reads */
	int64_t retry_wait_ms; /* x attempt */
	long timeout_ms;       /* whole answer */
	int page;	       /* companies asked for at a time */
	struct jqprog *map;    /* reshapes each answer, or NULL; not owned */
};

/* BAD_CONFIG: the URL is unusable. */
enum status inanbetec_open(struct inanbetec **out,
    const struct inanbetec_config *config, struct error *err);
void inanbetec_close(struct inanbetec *i); /* NULL is fine */

/*
 * Statuses of all calls beyond those named: TRY_LATER, the service does not
 * answer, or a signal asked to stop; NOT_ALLOWED, INANBETEC_API_KEY is refused;
 * BAD_INPUT, the answer has another shape (see --map); BAD_CONFIG, there is no
 * such service at this address.
 */
typedef enum status (*inanbetec_each_fn)(
    struct value company, void *ctx, struct error *err);
/* Every company, once, page by page. TRY_LATER too when fewer came than the
 * service says there are. */
enum status inanbetec_list(
    struct inanbetec *i, inanbetec_each_fn each, void *ctx, struct error *err);
/* The company with this id, into `answer`; *company is absent when there is
 * none. SOME_REJECTED "empresa_desconhecida": the service knows the id by
 * another name. */
enum status inanbetec_get(struct inanbetec *i, struct text id,
    struct record *answer, struct value *company, struct error *err);
/* Those with this document, which may be several. */
enum status inanbetec_search(struct inanbetec *i, const char *cnpj,
    inanbetec_each_fn each, void *ctx, struct error *err);

/* What became of something written. */
enum inanbetec_verdict {
	INANBETEC_DONE,
	INANBETEC_KNOWN,    /* POST: there is one with this document */
	INANBETEC_REFUSED,  /* the data is refused */
	INANBETEC_ABSENT,   /* PATCH: there is no such company */
	INANBETEC_NOT_SENT, /* it was not executed: later again */
	INANBETEC_UNCLEAR   /* it may have been */
};

struct inanbetec_written {
	enum inanbetec_verdict verdict;
	char id[64];   /* of INANBETEC_DONE and _KNOWN; "": not said */
	char why[200]; /* for messages; nothing of what was sent */
};

/* POST of a new company, or PATCH of `id`: sent once. DONE: see `out`. */
enum status inanbetec_create(struct inanbetec *i, struct text json,
    struct inanbetec_written *out, struct error *err);
enum status inanbetec_change(struct inanbetec *i, struct text id,
    struct text json, struct inanbetec_written *out, struct error *err);

/* A company's id in an object of the service; {"",0}: none. */
struct text inanbetec_id(struct value company);

#endif
