/* What the parts of usage share. */
#ifndef VOLUM_NET_USAGE_INTERNAL_H
#define VOLUM_NET_USAGE_INTERNAL_H

#include "net/usage.h"
#include "net/usage_answer.h"

struct usage {
	struct usage_config config;
	char *token;	/* config.token, ours */
	char *endpoint; /* url and path */
	struct http *http;
	struct answer *answer;
	uint64_t unasked;
};

enum reply {
	REPLY_WHOLE,
	REPLY_AGAIN,   /* another try may help */
	REPLY_REFUSED, /* none will */
	REPLY_DENIED,
	REPLY_ELSEWHERE, /* the usage API isn't where it was looked for */
	REPLY_STOPPED
};

/* Judges all but the body; `why` is filled for each but REPLY_WHOLE. */
enum reply usage_judge(const struct http_answer *a, struct error *why);

/* BAD_CONFIG: what was found where the service should be. */
enum status usage_elsewhere(
    const struct usage *u, const struct error *why, struct error *err);

/* How long to wait before attempt number `attempts` + 1. */
int64_t
usage_wait_ms(const struct usage *u, int attempts, const struct http_answer *a);

/* `...?dataInicial=..&dataFinal=..`, ids to be added. */
void usage_url(const struct usage *u, competencia month, struct buf *url);
struct http_request usage_request(const struct usage *u, const char *url);

/* Sets code and class; the text stays, or becomes `text` when not NULL. */
void usage_refuse(struct error *why, const char *code, const char *text);

/* Adds how often it was tried, when more than once. */
void usage_count_attempts(struct error *why, int attempts);

/* Without a list: one request, through a temporary file. */
enum status usage_fetch_all(struct usage *u, competencia month,
    usage_each_fn each, void *ctx, struct error *err);

/* Companies that are asked for together. */
enum batch_state { BATCH_WAITING, BATCH_IN_FLIGHT, BATCH_READY };

struct asked {
	struct text id;
	struct asked *same; /* the first with this id in the batch */
	size_t at, len;	    /* its element in `elements`; len 0: none */
	bool twice;
};

struct batch {
	enum batch_state state;
	struct asked *asked, **sorted;
	size_t count, max;
	struct arena ids;
	struct buf elements;
	int attempts;
	int64_t not_before; /* the next attempt; clock_monotonic_ms */
	bool failed;
	struct error why; /* of the failure */
};

void batch_init(struct batch *b, size_t max);
void batch_clear(struct batch *b);
/* Takes up to `max` companies from `next`; their number. */
size_t batch_fill(struct batch *b, usage_next_fn next, void *ctx);
/* Appends the ids for the URL, percent-encoded, each once. */
void batch_add_ids(const struct batch *b, struct buf *url);
/* Takes what `body` says about the companies; ANSWER_END when it is fine. */
enum answer_step batch_take(struct batch *b, struct usage *u, struct text body);
/* Hands the companies on, in the order asked. */
enum status batch_hand(
    const struct batch *b, usage_each_fn each, void *ctx, struct error *err);

#endif
