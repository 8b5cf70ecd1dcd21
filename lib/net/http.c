/* Requests on libcurl: what was sent, what came whole, and nothing twice. */
#include "net/http.h"

#include <stdlib.h>

#include "core/clock.h"
#include "core/filter.h"
#include "net/http_transfer.h"

enum { STEP_MS = 250 };

struct http {
	bool allow_plain, started;
	CURLM *multi;
	struct transfer *running, *ended, *idle;
	size_t open; /* started and not yet collected */
};

struct http *
http_open(bool allow_plain)
{
	struct http *h = mem_zalloc(sizeof(*h));

	h->allow_plain = allow_plain;
	return h;
}

static void
free_list(struct http *h, struct transfer *t, bool running)
{
	struct transfer *next;

	for (; t != NULL; t = next) {
		next = t->next;
		if (running)
			curl_multi_remove_handle(h->multi, t->easy);
		transfer_free(t);
	}
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	free_list(h, h->running, true);
	free_list(h, h->ended, false);
	free_list(h, h->idle, false);
	curl_multi_cleanup(h->multi);
	if (h->started)
		curl_global_cleanup(); /* counted by libcurl */
	free(h);
}

enum status
http_check_url(
    const struct http *h, const char *name, const char *url, struct error *err)
{
	return url_check(h->allow_plain, name, url, err);
}

static void
append(struct transfer **list, struct transfer *t)
{
	while (*list != NULL)
		list = &(*list)->next;
	t->next = NULL;
	*list = t;
}

static void
unlink_from(struct transfer **list, const struct transfer *t)
{
	while (*list != t)
		list = &(*list)->next;
	*list = t->next;
}

static bool
start_libcurl(struct http *h)
{
	if (!h->started)
		h->started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	if (h->started && h->multi == NULL)
		h->multi = curl_multi_init();
	return h->multi != NULL;
}

static struct transfer *
begin(struct http *h, const struct http_request *req, void *tag)
{
	struct transfer *t = h->idle;

	if (t != NULL)
		h->idle = t->next;
	else
		t = mem_zalloc(sizeof(*t));
	t->tag = tag;
	h->open++;
	if (start_libcurl(h) && transfer_set_up(t, req) &&
	    curl_multi_add_handle(h->multi, t->easy) == CURLM_OK) {
		append(&h->running, t);
	} else {
		transfer_refuse(t);
		append(&h->ended, t);
	}
	return t;
}

static void
end(struct http *h, struct transfer *t, CURLcode rc)
{
	transfer_judge(t, rc);
	curl_multi_remove_handle(h->multi, t->easy);
	unlink_from(&h->running, t);
	append(&h->ended, t);
}

static void
end_finished(struct http *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct transfer *t = NULL;
		CURLcode rc = m->data.result; /* gone with the handle */

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		end(h, t, rc);
	}
}

/* Moves what moves, waiting at most `wait_ms` when nothing has ended. A signal
 * ends the wait early. */
static void
turn(struct http *h, int64_t wait_ms)
{
	int running;

	curl_multi_perform(h->multi, &running);
	end_finished(h);
	if (h->ended != NULL || wait_ms <= 0)
		return;
	curl_multi_poll(h->multi, NULL, 0,
	    (int)(wait_ms < STEP_MS ? wait_ms : STEP_MS), NULL);
	curl_multi_perform(h->multi, &running);
	end_finished(h);
}

/* Hands the answer over and keeps the handle for the next request. */
static void
collect(struct http *h, struct transfer *t, struct http_answer *answer)
{
	unlink_from(&h->ended, t);
	h->open--;
	*answer = t->answer;
	t->answer.body = BUF_INIT; /* it is the caller's now */
	transfer_reset(t);
	t->next = h->idle;
	h->idle = t;
}

static bool
has_ended(const struct http *h, const struct transfer *wanted)
{
	for (const struct transfer *t = h->ended; t != NULL; t = t->next)
		if (t == wanted)
			return true;
	return false;
}

/* The answer would settle what was sent, so it gets its grace. */
static bool
must_stop(int64_t grace_ms, int64_t *until)
{
	if (!filter_stop)
		return false;
	if (*until == 0)
		*until = clock_monotonic_ms() + grace_ms;
	return clock_monotonic_ms() >= *until;
}

static void
stop(struct http *h, struct transfer *t)
{
	transfer_stop(t);
	curl_multi_remove_handle(h->multi, t->easy);
	unlink_from(&h->running, t);
	append(&h->ended, t);
}

void
http_call(
    struct http *h, const struct http_request *req, struct http_answer *answer)
{
	struct transfer *t;
	int64_t until = 0;

	if (filter_stop) {
		*answer = (struct http_answer){ .outcome = HTTP_STOPPED,
			.retry_after_s = -1,
			.why = "a signal asked to stop" };
		return;
	}
	t = begin(h, req, NULL);
	while (!has_ended(h, t) && !must_stop(req->stop_grace_ms, &until))
		turn(h, STEP_MS);
	if (!has_ended(h, t))
		stop(h, t);
	collect(h, t, answer);
}

void
http_start(struct http *h, const struct http_request *req, void *tag)
{
	begin(h, req, tag);
}

size_t
http_running(const struct http *h)
{
	return h->open;
}

bool
http_next(struct http *h, int wait_ms, void **tag, struct http_answer *answer)
{
	int64_t until = clock_monotonic_ms() + wait_ms, left = wait_ms;

	if (h->multi == NULL && h->ended == NULL) {
		clock_sleep_ms(wait_ms);
		return false;
	}
	while (h->ended == NULL && !filter_stop) {
		turn(h, left);
		if (left <= 0)
			break;
		left = until - clock_monotonic_ms();
	}
	if (h->ended == NULL || filter_stop)
		return false;
	*tag = h->ended->tag;
	collect(h, h->ended, answer);
	return true;
}
