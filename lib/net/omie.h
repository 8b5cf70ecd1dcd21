/* Omie's JSON API: envelope, pace, faults. Rules: omie-api sections 1 to 3. */
#ifndef VOLUM_NET_OMIE_H
#define VOLUM_NET_OMIE_H

#include "core/record.h"
#include "net/http.h"
#include "net/pace.h"

struct omie;

struct omie_config {
	const char *url; /* ends before `geral/`; final slash optional */
	const char *app_key, *app_secret;
	struct pace_limits limits;
	bool allow_plain;
	long timeout_ms;	 /* 0: 60 s reads, 90 s writes */
	pace_waiting_fn waiting; /* may be NULL */
	/*
	 * Told when a write's turn has come and only the call itself is left to
	 * do: it will be given up within `longest_ms` from now. Any status but
	 * DONE keeps the write here and is omie_call()'s. May be NULL.
	 */
	enum status (*leaving)(
	    int64_t longest_ms, void *ctx, struct error *err);
	void *ctx;
	/* Where the limits are kept that all who use the key share; to outlive
	 * this. NULL: a file in the state folder, for the processes of this
	 * host. */
	struct shared *shared;
};

/* BAD_CONFIG: the URL or a key is unusable, or the limits can't be kept. */
enum status omie_open(
    struct omie **out, const struct omie_config *config, struct error *err);
void omie_close(struct omie *o); /* NULL is fine */

/* Which account of Omie is meant: a short hash of the URL's host and the key,
 * the same in every run, that tells neither. */
enum { OMIE_ACCOUNT_TEXT = 17 };
void
omie_account(const char *url, const char *app_key, char out[OMIE_ACCOUNT_TEXT]);

/* What an answer means; the classes of omie-api 3. */
enum omie_verdict {
	OMIE_OK,
	OMIE_PERMANENT, /* the data is refused: fix it */
	OMIE_NOTHING,	/* proven: there is no such record */
	OMIE_DUPLICATE, /* the code or document is taken; fault.existing_id */
	OMIE_TRANSIENT, /* it was not executed: wait, then again */
	OMIE_UNCLEAR,	/* it may have been executed: settle first */
	OMIE_DENIED,	/* key or secret refused */
	OMIE_SHUT_OUT	/* 425: nothing more until fault.wait_s */
};

struct omie_fault {
	enum omie_verdict verdict;
	long http_status;
	char code[48];	     /* "5113" of "SOAP-ENV:Client-5113", or as it is */
	char text[300];	     /* decoded, one line */
	int64_t wait_s;	     /* stated wait, -1: none */
	int64_t existing_id; /* of a duplicate, 0: none */
};

/*
 * Judges an answer by (HTTP status, faultcode family, tolerant pattern), never
 * by one alone. `write`: the method changes something, so what is not known is
 * OMIE_UNCLEAR. Pure: fuzzed and tested by tables. `body` is parsed into
 * `answer`.
 */
void omie_judge(const struct http_answer *http, bool write,
    struct record *answer, struct omie_fault *out);

enum omie_service { OMIE_CLIENTES, OMIE_CONTRATO };

/*
 * One call of `method` with `params` (one JSON object): waits for its pace,
 * sends, judges. Reads (write=false) are repeated up to 3 times on
 * OMIE_TRANSIENT and unclear answers, waits stated by Omie obeyed; writes go
 * out once. `answer` is the caller's record and stays valid until its next use
 * (with up to four records in turn).
 * DONE: `fault->verdict` says how it went, any of them but DENIED and SHUT_OUT,
 * which come as NOT_ALLOWED and BLOCKED. BLOCKED too when the error budget is
 * nearly spent, or when a wait of more than ten minutes is due, whichever
 * process noticed it; TRY_LATER: a signal asked to stop before the call left.
 * OUTPUT_FAILED, BAD_CONFIG: the limits can't be kept, so nothing leaves.
 */
enum status omie_call(struct omie *o, enum omie_service service,
    const char *method, bool write, struct text params, struct record *answer,
    struct omie_fault *fault, struct error *err);

/* Whether the fault speaks of `what`, whatever its case and accents. */
bool omie_fault_names(const struct omie_fault *fault, const char *what);

/* An id in an answer: a whole number above 0, or the same as text (omie-api
 * 5.4: the same field comes as either). 0: none. */
int64_t omie_id(struct value v);

/* Number of calls sent so far. */
uint64_t omie_calls(const struct omie *o);
/* How long they waited for the limits, in all; 0 for NULL. */
int64_t omie_waited_ms(const struct omie *o);

#endif
