/* Companies by list: requests side by side, answers in the order asked. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/filter.h"
#include "net/usage_internal.h"

enum { IDLE_MS = 1000 }; /* nothing is due: an answer ends the wait anyway */

/* One walk over the list: batches in a ring, the oldest at `head`. */
struct fetch {
	struct usage *u;
	competencia month;
	usage_next_fn next;
	usage_each_fn each;
	void *ctx;
	struct batch *ring;
	size_t size;
	uint64_t head, tail;
	bool no_more;
	uint64_t lost;	       /* batches that could not be had */
	struct error lost_why; /* of the last of them */
};

static struct batch *
batch_at(const struct fetch *f, uint64_t number)
{
	return &f->ring[number % f->size];
}

static void
fill_ring(struct fetch *f)
{
	while (!f->no_more && f->tail - f->head < f->size) {
		struct batch *b = batch_at(f, f->tail);

		if (batch_fill(b, f->next, f->ctx) > 0)
			f->tail++;
		f->no_more = b->count < b->max;
	}
}

static void
start_batch(struct fetch *f, struct batch *b)
{
	struct buf url = BUF_INIT;
	struct http_request req;

	usage_url(f->u, f->month, &url);
	batch_add_ids(b, &url);
	req = usage_request(f->u, buf_cstr(&url));
	b->state = BATCH_IN_FLIGHT;
	b->attempts++;
	http_start(f->u->http, &req, b);
	buf_clear(&url);
}

/* Starts what is due, the oldest first; how long until something is. */
static int64_t
start_due(struct fetch *f)
{
	int64_t now = clock_monotonic_ms(), wait = IDLE_MS;

	for (uint64_t i = f->head; i < f->tail; i++) {
		struct batch *b = batch_at(f, i);

		if (http_running(f->u->http) >= (size_t)f->u->config.jobs)
			return IDLE_MS;
		if (b->state != BATCH_WAITING)
			continue;
		if (b->not_before <= now)
			start_batch(f, b);
		else if (b->not_before - now < wait)
			wait = b->not_before - now;
	}
	return wait;
}

static void
give_up(struct fetch *f, struct batch *b, bool lost)
{
	usage_count_attempts(&b->why, b->attempts);
	b->failed = true;
	b->state = BATCH_READY;
	if (lost) {
		f->lost++;
		f->lost_why = b->why;
	}
}

static enum reply
judge_body(struct fetch *f, struct batch *b, const struct http_answer *a)
{
	enum answer_step step = batch_take(b, f->u, buf_text(&a->body));

	if (step == ANSWER_END)
		return REPLY_WHOLE;
	usage_refuse(&b->why, "resposta_invalida", NULL);
	return step == ANSWER_NOT_JSON ? REPLY_AGAIN : REPLY_REFUSED;
}

static enum status
settle(struct fetch *f, struct batch *b, const struct http_answer *a,
    struct error *err)
{
	enum reply reply = usage_judge(a, &b->why);

	if (reply == REPLY_WHOLE)
		reply = judge_body(f, b, a);
	b->failed = false;
	b->state = BATCH_READY;
	switch (reply) {
	case REPLY_WHOLE:
		break;
	case REPLY_AGAIN:
		if (b->attempts > f->u->config.retries) {
			give_up(f, b, true);
			break;
		}
		b->state = BATCH_WAITING;
		b->not_before =
		    clock_monotonic_ms() + usage_wait_ms(f->u, b->attempts, a);
		break;
	case REPLY_REFUSED:
		give_up(f, b, false);
		break;
	case REPLY_DENIED:
		return fail(err, NOT_ALLOWED,
		    "%s: the service refuses VOLUMETRIA_API_TOKEN",
		    b->why.text);
	case REPLY_ELSEWHERE:
		return usage_elsewhere(f->u, &b->why, err);
	case REPLY_STOPPED:
		return fail(err, TRY_LATER, "%s", b->why.text);
	}
	return DONE;
}

/* Waits for an answer or for the next attempt that is due. */
static enum status
wait_for_one(struct fetch *f, struct error *err)
{
	struct http_answer answer;
	int64_t wait = start_due(f);
	enum status status;
	void *batch;

	if (filter_stop)
		return fail(
		    err, TRY_LATER, "usage API: a signal asked to stop");
	if (!http_next(f->u->http, (int)wait, &batch, &answer))
		return DONE;
	status = settle(f, batch, &answer, err);
	http_answer_clear(&answer);
	return status;
}

static enum status
walk(struct fetch *f, struct error *err)
{
	enum status status = DONE;

	for (;;) {
		struct batch *oldest = batch_at(f, f->head);

		fill_ring(f);
		if (f->head == f->tail)
			return DONE;
		start_due(f); /* they run while the oldest is handed on */
		if (oldest->state != BATCH_READY) {
			status = wait_for_one(f, err);
		} else {
			status = batch_hand(oldest, f->each, f->ctx, err);
			f->head++;
		}
		if (status != DONE)
			return status;
	}
}

enum status
usage_fetch(struct usage *u, competencia month, usage_next_fn next,
    usage_each_fn each, void *ctx, struct error *err)
{
	struct fetch f = { .u = u,
		.month = month,
		.next = next,
		.each = each,
		.ctx = ctx,
		.size = 2 * (size_t)u->config.jobs };
	enum status status;

	if (next == NULL)
		return usage_fetch_all(u, month, each, ctx, err);
	f.ring = mem_zalloc(f.size * sizeof(*f.ring));
	for (size_t i = 0; i < f.size; i++)
		batch_init(&f.ring[i], (size_t)u->config.batch);
	status = walk(&f, err);
	if (status == DONE && f.lost > 0)
		status = fail(err, TRY_LATER,
		    "%" PRIu64 " of %" PRIu64 " requests failed; the last: %s",
		    f.lost, f.tail, f.lost_why.text);
	if (http_running(u->http) > 0) { /* they know batches that go now */
		http_close(u->http);
		u->http = http_open(u->config.allow_plain);
	}
	for (size_t i = 0; i < f.size; i++)
		batch_clear(&f.ring[i]);
	free(f.ring);
	return status;
}
