/* The question, as the CGI server gives it (RFC 3875). */
#ifndef VOLUM_TRIGGER_CGI_H
#define VOLUM_TRIGGER_CGI_H

#include "core/buf.h"
#include "volum-trigger/answer.h"

/* Whether a CGI server started this program. Then argv is the caller's
 * (RFC 3875, 4.4: a query without `=`), and is not to be looked at. */
bool cgi_is_asked(void);

struct question {
	const char *method, *path; /* never NULL; the path behind our own */
	const char *type, *key;	   /* NULL: no such header */
	const char *traceparent;   /* NULL, too */
	struct text token;	   /* empty: none, or in no form of ours */
	int64_t deadline_ms;	   /* of its body, by the monotonic clock */
	struct buf body;	   /* after cgi_read_body() */
};

/* Takes the question from the environment; its texts live on there, except
 * for the token, which the caller forgets with cgi_forget(). */
void cgi_take(struct question *q);

/* Reads the body. False: it is longer than `max` bytes, not whole, or does not
 * come; the answer says so. */
bool cgi_read_body(struct question *q, int64_t max, struct answer *a);

/* Reads what is left of a body that nobody wants, and drops it: fcgiwrap takes
 * it for a failure of ours when it can't hand over all. */
void cgi_drain(const struct question *q);

/* Takes all that the CGI server added out of the environment, the token first:
 * the run shall not see it, nor whoever looks into /proc. */
void cgi_forget(struct question *q);

#endif
