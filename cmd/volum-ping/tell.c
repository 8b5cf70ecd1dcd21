/* Start, success and failure, by the protocol of healthchecks.io. */
#include <stdlib.h>
#include <string.h>

#include "volum-ping/ping.h"

enum { CONNECT_MS = 2000, WHOLE_MS = 3000, ANSWER_MAX = 64 * 1024 };

/* Nothing of the URL: whoever has it can silence the alarm. */
static void
complain(struct teller *t, const struct error *err, bool on_screen)
{
	log_event(t->log, LOG_WARN, (struct text){ NULL, 0 },
	    (struct text){ NULL, 0 }, "ping: %s", err->text);
	if (on_screen && !t->o->common.quiet)
		filter_tell("volum-ping", "%s", error_told(err));
}

static bool
plain_is_allowed(void)
{
	const char *plain = getenv("VOLUM_ALLOW_HTTP");

	return plain != NULL && strcmp(plain, "1") == 0;
}

void
teller_open(struct teller *t, const struct options *o, struct log *log)
{
	struct error err;

	*t = (struct teller){ .o = o, .log = log };
	if (o->common.dry_run)
		return;
	if (o->url == NULL) {
		fail(&err, BAD_CONFIG, "not told: VOLUM_PING_URL must be set");
		complain(t, &err, true);
		return;
	}
	t->http = http_open(plain_is_allowed());
	if (http_check_url(t->http, "VOLUM_PING_URL", o->url, &err) == DONE)
		return;
	fail_at(&err, BAD_CONFIG, "not told");
	complain(t, &err, true);
	http_close(t->http);
	t->http = NULL;
}

void
teller_close(struct teller *t)
{
	http_close(t->http);
	free(t->pending);
}

static char *
make_url(const struct teller *t, const char *event)
{
	struct buf url = BUF_INIT;
	size_t len = strlen(t->o->url);
	char *out;

	while (len > 0 && t->o->url[len - 1] == '/')
		len--;
	buf_printf(&url, "%.*s%s", (int)len, t->o->url, event);
	out = mem_strdup(buf_cstr(&url));
	buf_clear(&url);
	return out;
}

static struct http_request
make_request(const char *url, struct text body)
{
	return (struct http_request){ .url = url,
		.content_type = "text/plain; charset=utf-8",
		.body = body,
		.connect_timeout_ms = CONNECT_MS,
		.timeout_ms = WHOLE_MS,
		.stop_grace_ms = WHOLE_MS,
		.max_bytes = ANSWER_MAX };
}

static void
judge(struct teller *t, struct http_answer *answer)
{
	enum status s = DONE;
	struct error err;

	if (answer->outcome != HTTP_ANSWERED)
		s = fail(&err, TRY_LATER, "not told: %s", answer->why);
	else if (answer->status < 200 || answer->status > 299)
		s = fail(
		    &err, TRY_LATER, "not told: status %ld", answer->status);
	if (s != DONE)
		complain(t, &err, t->o->common.verbose);
	http_answer_clear(answer);
}

void
teller_start(struct teller *t)
{
	struct http_request req;

	if (t->http == NULL)
		return;
	t->pending = make_url(t, "/start");
	req = make_request(t->pending, TEXT(""));
	http_start(t->http, &req, t);
}

bool
teller_step(struct teller *t)
{
	struct http_answer answer;
	void *tag;

	if (t->pending == NULL)
		return false;
	if (!http_next(t->http, 0, &tag, &answer))
		return true;
	judge(t, &answer);
	free(t->pending);
	t->pending = NULL;
	return false;
}

/* The end is told after the start, or the other would take it for a new one. */
void
teller_end(struct teller *t, bool good, struct text body)
{
	int64_t until = clock_monotonic_ms() + WHOLE_MS;
	struct http_answer answer;
	struct http_request req;
	char *url;

	if (t->http == NULL)
		return;
	while (teller_step(t) && clock_monotonic_ms() < until)
		clock_sleep_ms(10);
	url = make_url(t, good ? "" : "/fail");
	req = make_request(url, body);
	http_call(t->http, &req, &answer);
	judge(t, &answer);
	free(url);
}
