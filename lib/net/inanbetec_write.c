/* What is written to the company API: once, and judged. */
#include <stdio.h>

#include "core/ndjson.h"
#include "net/inanbetec_internal.h"

enum { STOP_GRACE_MS = 10000 };

/* The page of some proxy is no answer, whatever its status. */
static void
take_id(
    struct inanbetec *i, struct http_answer *a, struct inanbetec_written *out)
{
	struct error ignored;
	struct text id;

	if (a->body.len == 0)
		return;
	if (ndjson_parse(i->answer, buf_text(&a->body), &ignored) != DONE) {
		if (out->verdict == INANBETEC_DONE)
			out->verdict = INANBETEC_UNCLEAR;
		return;
	}
	id = inanbetec_id(record_root(i->answer));
	if (id.len < sizeof(out->id))
		snprintf(out->id, sizeof(out->id), "%.*s", (int)id.len, id.at);
}

static enum inanbetec_verdict
judge_written(const struct http_answer *a)
{
	if (a->outcome == HTTP_NOT_SENT || a->outcome == HTTP_STOPPED)
		return INANBETEC_NOT_SENT;
	if (a->outcome != HTTP_ANSWERED || a->status >= 500 || a->status == 408)
		return INANBETEC_UNCLEAR;
	if (a->status == 429 || a->status == 425)
		return INANBETEC_NOT_SENT;
	if (a->status == 409)
		return INANBETEC_KNOWN;
	if (a->status == 404)
		return INANBETEC_ABSENT;
	return a->status >= 200 && a->status <= 299 ? INANBETEC_DONE
						    : INANBETEC_REFUSED;
}

static enum status
write_once(struct inanbetec *i, const char *method, const char *url,
    struct text json, struct inanbetec_written *out, struct error *err)
{
	struct http_request req = inanbetec_request(i, url);
	struct http_answer a;
	enum status s;

	req.method = method;
	req.content_type = "application/json";
	req.body = json;
	req.fresh = true;
	req.stop_grace_ms = STOP_GRACE_MS;
	http_call(i->http, &req, &a);
	*out = (struct inanbetec_written){ .verdict = judge_written(&a) };
	snprintf(out->why, sizeof(out->why), "%s", a.why);
	s = a.outcome == HTTP_ANSWERED ? inanbetec_judge(&a, err) : DONE;
	if (s == DONE && a.outcome == HTTP_ANSWERED)
		take_id(i, &a, out);
	http_answer_clear(&a);
	return s;
}

enum status
inanbetec_create(struct inanbetec *i, struct text json,
    struct inanbetec_written *out, struct error *err)
{
	struct buf url = BUF_INIT;
	enum status s;

	buf_printf(&url, "%s/empresas", i->base);
	s = write_once(i, "POST", buf_cstr(&url), json, out, err);
	buf_clear(&url);
	return s;
}

enum status
inanbetec_change(struct inanbetec *i, struct text id, struct text json,
    struct inanbetec_written *out, struct error *err)
{
	struct buf url = BUF_INIT;
	enum status s;

	buf_printf(&url, "%s/empresas/", i->base);
	inanbetec_add_encoded(&url, id);
	s = write_once(i, "PATCH", buf_cstr(&url), json, out, err);
	buf_clear(&url);
	return s;
}
