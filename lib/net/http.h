/* Requests on libcurl: deadline, size ceiling, nothing repeated on its own. */
#ifndef VOLUM_NET_HTTP_H
#define VOLUM_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

struct http;

/*
 * `allow_plain`: credentials may travel over http:// to any host
 * (VOLUM_ALLOW_HTTP=1); without it only to loopback (127.0.0.0/8, ::1,
 * localhost). libcurl is initialised by the first request.
 */
struct http *http_open(bool allow_plain);
void http_close(struct http *h); /* aborts what is under way; NULL is fine */

/* BAD_CONFIG: no http(s) URL, has user:password@, a query or a fragment (it is
 * a base that paths are added to), or plain http not allowed. `name` (the
 * variable) goes into the message, the URL doesn't. */
enum status http_check_url(
    const struct http *h, const char *name, const char *url, struct error *err);

struct http_request {
	const char *url;
	const char *bearer;	  /* Authorization: Bearer, or NULL */
	const char *content_type; /* of the body */
	struct text body;   /* POST when at is not NULL, else GET; copied */
	const char *method; /* of another verb (PATCH), or NULL */
	long connect_timeout_ms, timeout_ms;
	size_t max_bytes; /* of the answer's body, after decompression */
	bool fresh; /* a new connection: a reused one may be dead by now, and
		       what is sent on it unclear (QUIRKS.md) */
	long stop_grace_ms; /* http_call: how long an answer is still awaited
			       after a stop was asked */
	int spool_fd;	    /* > 0: the body goes to this file instead */
};

enum http_outcome {
	HTTP_ANSWERED,	/* a status and a whole body are here */
	HTTP_NOT_SENT,	/* nothing left this machine: free to repeat */
	HTTP_UNCLEAR,	/* sent, no whole answer: may have been executed */
	HTTP_TOO_LARGE, /* passed max_bytes */
	HTTP_STOPPED	/* a signal asked to stop before anything left */
};

struct http_answer {
	enum http_outcome outcome;
	long status;	       /* 0: none came */
	struct buf body;       /* the caller's to clear */
	int64_t retry_after_s; /* -1: not said; clamped to [0, 86400] */
	int64_t date_s;	       /* its Date, seconds since 1970; 0: not said */
	char why[200];	       /* for messages; no URL query, no header */
};

void http_answer_clear(struct http_answer *a);

/* One request, waited for. The answer is always filled; never retries. */
void http_call(
    struct http *h, const struct http_request *req, struct http_answer *answer);

/* Many at once: started with a tag, collected in the order they end. */
void http_start(struct http *h, const struct http_request *req, void *tag);
size_t http_running(const struct http *h);
/*
 * Waits up to `wait_ms` for the next to end: true and its tag and answer (the
 * caller's to clear). False: none ended (or a stop was asked).
 */
bool
http_next(struct http *h, int wait_ms, void **tag, struct http_answer *answer);

#endif
