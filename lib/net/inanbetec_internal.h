/* Shared by the parts of the company API's client; nobody else's. */
#ifndef VOLUM_NET_INANBETEC_INTERNAL_H
#define VOLUM_NET_INANBETEC_INTERNAL_H

#include "net/inanbetec.h"

struct inanbetec {
	struct inanbetec_config config;
	struct http *http;
	char *base, *key;
	struct buf body;       /* that `answer` looks into */
	struct record *answer; /* of listings, searches and writes */
};

/* Percent-encoded. */
void inanbetec_add_encoded(struct buf *url, struct text t);
/* A read; the rest is the caller's to fill in. */
struct http_request
inanbetec_request(const struct inanbetec *i, const char *url);
/* The statuses that end a run, whatever was asked; DONE: it is none. */
enum status inanbetec_judge(const struct http_answer *a, struct error *err);

#endif
