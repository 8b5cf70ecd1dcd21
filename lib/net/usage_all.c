/* All companies in one request: any size, flat memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/filter.h"
#include "core/ndjson.h"
#include "core/spool.h"
#include "net/usage_internal.h"

/* No answer is meant to come near it; it keeps a runaway from filling TMPDIR.
 */
#define MAX_SPOOLED ((size_t)8 << 30)

enum { SLEEP_MS = 250 };

struct everything {
	struct usage *u;
	int fd;		   /* of the unlinked file */
	struct buf mapped; /* what the map made of it */
	int attempts;
	struct error why;
};

static enum reply
map_text(struct everything *e, struct text json)
{
	struct record *rec = record_new();
	enum reply reply = REPLY_AGAIN;

	if (ndjson_parse_any(rec, json, &e->why) != DONE)
		goto done;
	reply = REPLY_REFUSED;
	buf_clear(&e->mapped);
	e->mapped.max = e->u->config.max_answer;
	if (answer_map(e->u->config.map, json, &e->mapped, &e->why) == DONE)
		reply = REPLY_WHOLE;
done:
	record_free(rec);
	return reply;
}

static enum reply
map_file(struct everything *e)
{
	off_t size = lseek(e->fd, 0, SEEK_END);
	enum reply reply;
	void *at;

	if (size <= 0)
		return map_text(e, TEXT(""));
	at = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, e->fd, 0);
	if (at == MAP_FAILED) {
		snprintf(e->why.text, sizeof(e->why.text), "usage API: %s",
		    strerror(errno));
		return REPLY_REFUSED;
	}
	reply = map_text(e, (struct text){ at, (size_t)size });
	munmap(at, (size_t)size);
	return reply;
}

static void
rewind_answer(struct everything *e)
{
	if (e->u->config.map != NULL)
		answer_over_text(e->u->answer, buf_text(&e->mapped));
	else
		answer_over_file(e->u->answer, e->fd);
}

/* From end to end, before anything is handed on. */
static enum reply
check_answer(struct everything *e)
{
	enum answer_step step;
	struct value element;
	struct text id;
	enum reply reply;

	if (e->u->config.map != NULL && (reply = map_file(e)) != REPLY_WHOLE)
		return reply;
	rewind_answer(e);
	do
		step = answer_next(e->u->answer, &id, &element, &e->why);
	while (step == ANSWER_ELEMENT && !filter_stop);
	if (step == ANSWER_ELEMENT)
		return REPLY_STOPPED;
	return step == ANSWER_END     ? REPLY_WHOLE
	    : step == ANSWER_NOT_JSON ? REPLY_AGAIN
				      : REPLY_REFUSED;
}

static enum reply
ask_once(struct everything *e, const char *url, int64_t *wait_ms)
{
	struct http_request req = usage_request(e->u, url);
	struct http_answer answer;
	enum reply reply;

	if (ftruncate(e->fd, 0) != 0 || lseek(e->fd, 0, SEEK_SET) != 0) {
		snprintf(e->why.text, sizeof(e->why.text), "temporary file: %s",
		    strerror(errno));
		return REPLY_REFUSED;
	}
	req.spool_fd = e->fd;
	if (e->u->config.map == NULL)
		req.max_bytes = MAX_SPOOLED;
	http_call(e->u->http, &req, &answer);
	e->attempts++;
	reply = usage_judge(&answer, &e->why);
	*wait_ms = usage_wait_ms(e->u, e->attempts, &answer);
	http_answer_clear(&answer);
	return reply == REPLY_WHOLE ? check_answer(e) : reply;
}

static enum reply
ask(struct everything *e, const char *url)
{
	int64_t wait = 0;
	enum reply reply;

	while ((reply = ask_once(e, url, &wait)) == REPLY_AGAIN &&
	    e->attempts <= e->u->config.retries) {
		for (; wait > 0 && !filter_stop; wait -= SLEEP_MS)
			clock_sleep_ms(wait < SLEEP_MS ? wait : SLEEP_MS);
		if (filter_stop)
			return REPLY_STOPPED;
	}
	return reply;
}

static enum status
hand_on(struct everything *e, usage_each_fn each, void *ctx, struct error *err)
{
	struct buf out = BUF_INIT;
	enum status status = DONE;
	struct value element;
	struct text id;

	rewind_answer(e);
	while (status == DONE &&
	    answer_next(e->u->answer, &id, &element, &e->why) ==
		ANSWER_ELEMENT) {
		buf_reset(&out);
		answer_normalise(&out, element);
		status = each(id, buf_text(&out), NULL, e->attempts, ctx, err);
		if (status == DONE && filter_stop)
			status = fail(err, TRY_LATER,
			    "usage API: a signal asked to stop");
	}
	buf_clear(&out);
	return status;
}

static enum status
refuse_all(struct everything *e, enum reply reply, struct error *err)
{
	usage_count_attempts(&e->why, e->attempts);
	switch (reply) {
	case REPLY_DENIED:
		return fail(err, NOT_ALLOWED,
		    "%s: the service refuses VOLUMETRIA_API_TOKEN",
		    e->why.text);
	case REPLY_ELSEWHERE:
		return usage_elsewhere(e->u, &e->why, err);
	case REPLY_REFUSED:
		return fail(err, BAD_INPUT, "%s", e->why.text);
	case REPLY_STOPPED:
		return fail(
		    err, TRY_LATER, "usage API: a signal asked to stop");
	default:
		return fail(err, TRY_LATER, "%s", e->why.text);
	}
}

enum status
usage_fetch_all(struct usage *u, competencia month, usage_each_fn each,
    void *ctx, struct error *err)
{
	struct everything e = { .u = u, .fd = -1 };
	struct buf url = BUF_INIT;
	enum status status;
	enum reply reply;

	if ((status = spool_open(&e.fd, err)) != DONE)
		return status;
	usage_url(u, month, &url);
	reply = ask(&e, buf_cstr(&url));
	status = reply == REPLY_WHOLE ? hand_on(&e, each, ctx, err)
				      : refuse_all(&e, reply, err);
	buf_clear(&url);
	buf_clear(&e.mapped);
	close(e.fd);
	return status;
}
