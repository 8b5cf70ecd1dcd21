/*
 * What an answer of Omie means. The order of the questions matters: what may
 * have been executed comes before anything reassuring in the same text.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/ndjson.h"
#include "net/omie.h"
#include "net/omie_rules.h"
#include "net/omie_text.h"

enum { MISUSE_WAIT_S = 1800 };

/* What is known about an answer that is no plain success. */
struct evidence {
	long status, number; /* of HTTP; of the faultcode, 0: none */
	bool write;
	bool client; /* a fault that blames the request, from Omie itself */
	bool soft;   /* HTTP 200 with a status that isn't 0 */
	struct text body;
	const char *said; /* by a fault, folded */
};

/* Statuses by which a server says that it did not even begin. */
static bool
is_never_begun(long status)
{
	return (status >= 300 && status < 400) || status == 400 ||
	    (status >= 404 && status <= 406) || status == 410 ||
	    (status >= 411 && status <= 415);
}

/* UNCLEAR is the word for a write: a read that came to nothing is repeated. */
static enum omie_verdict
unclear(const struct evidence *e)
{
	return e->write ? OMIE_UNCLEAR : OMIE_TRANSIENT;
}

/* Wherever in the answer it stands. */
static bool
is_broken(const struct evidence *e)
{
	struct buf body = BUF_INIT;
	bool broken;

	omie_fold(&body, e->body);
	broken = rule_broken(e->said) || rule_broken(buf_cstr(&body));
	buf_clear(&body);
	return broken;
}

static enum omie_verdict
judge_status(const struct evidence *e)
{
	if (e->status == 425)
		return OMIE_SHUT_OUT;
	if (e->status == 401 || e->status == 403)
		return OMIE_DENIED;
	if (e->status == 429)
		return OMIE_TRANSIENT;
	if (is_never_begun(e->status) || e->soft)
		return OMIE_PERMANENT;
	return unclear(e);
}

/* A fault object, or a refusal that came as a success. */
static enum omie_verdict
judge_fault(const struct evidence *e)
{
	enum omie_verdict verdict;

	if (e->status == 425)
		return OMIE_SHUT_OUT; /* first: more calls prolong it */
	if (is_broken(e))
		return unclear(e);
	if (rule_account(e->said, &verdict))
		return verdict;
	if (e->status == 401 || e->status == 403)
		return OMIE_DENIED;
	if (rule_busy(e->said, e->number))
		return unclear(e);
	if (e->status == 429 || !e->client ||
	    !rule_data(e->said, e->number, &verdict))
		return judge_status(e);
	/* Of a write: what it refers to is not there. */
	return e->write && verdict == OMIE_NOTHING ? OMIE_PERMANENT : verdict;
}

/* No JSON: only the status can be believed, and signs of breakage. */
static enum omie_verdict
judge_bare(const struct evidence *e)
{
	return e->status != 425 && is_broken(e) ? unclear(e) : judge_status(e);
}

static struct value
first_of(struct value object, const char *one, const char *other)
{
	struct value v = value_member(object, one);

	return value_is_empty(v) ? value_member(object, other) : v;
}

/* The digits of a number or of a text. */
static struct text
as_text(struct value v)
{
	return value_kind(v) == IS_TEXT ? value_text(v) : value_raw(v);
}

static bool
is_zero(struct value v)
{
	struct text t = as_text(v);

	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] != '0')
			return false;
	return t.len > 0;
}

int64_t
omie_id(struct value v)
{
	struct text t = as_text(v);
	int64_t id = 0;

	if ((value_kind(v) != IS_TEXT && value_kind(v) != IS_NUMBER) ||
	    t.len > 18)
		return 0;
	for (size_t i = 0; i < t.len; i++) {
		if (!isdigit((unsigned char)t.at[i]))
			return 0;
		id = id * 10 + (t.at[i] - '0');
	}
	return id;
}

/* Copies decoded text as one line, cut between characters. */
static void
copy_line(char *out, size_t size, struct text t)
{
	size_t len = t.len < size - 1 ? t.len : size - 1;

	while (
	    len < t.len && len > 0 && ((unsigned char)t.at[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)t.at[i] < ' ' || t.at[i] == 0x7f
		    ? ' '
		    : t.at[i];
	out[len] = '\0';
}

/* "SOAP-ENV:Client-5113": the number; anything else stays as it is. */
static void
read_code(struct value v, struct omie_fault *out, struct evidence *e)
{
	const char *dash;

	copy_line(out->code, sizeof(out->code), as_text(v));
	e->client = strcasestr(out->code, "server") == NULL;
	dash = strrchr(out->code, '-');
	dash = dash == NULL ? out->code : dash + 1;
	if (*dash == '\0' || dash[strspn(dash, "0123456789")] != '\0')
		return;
	e->number = strtol(dash, NULL, 10);
	memmove(out->code, dash, strlen(dash) + 1);
}

/* Fills code and text; what is folded is all that the answer says. */
static void
read_fault(struct value code, struct value text, struct omie_fault *out,
    struct evidence *e, struct buf *said)
{
	read_code(code, out, e);
	copy_line(out->text, sizeof(out->text), as_text(text));
	omie_fold(said, as_text(code));
	buf_add_byte(said, ' ');
	omie_fold(said, as_text(text));
	buf_add_byte(said, ' ');
	if (e->status == 408 || (e->status >= 502 && e->status <= 504))
		e->client = false;
}

/* Success on paper: HTTP 200, JSON, no fault object. */
static enum omie_verdict
judge_success(struct value root, struct omie_fault *out, struct evidence *e,
    struct buf *said)
{
	bool contract = !value_is_empty(value_member(root, "cCodStatus"));
	struct value status = first_of(root, "cCodStatus", "codigo_status");
	struct value id =
	    value_member(root, contract ? "nCodCtr" : "codigo_cliente_omie");

	if (value_kind(root) != IS_OBJECT)
		return unclear(e);
	if (!e->write || (is_zero(status) && omie_id(id) > 0))
		return OMIE_OK;
	if (value_is_empty(status) || as_text(status).len == 0 ||
	    is_zero(status))
		return OMIE_UNCLEAR;
	e->soft = true;
	read_fault(status, first_of(root, "cDescStatus", "descricao_status"),
	    out, e, said);
	e->number = 0; /* numbers of another kind */
	e->said = buf_cstr(said);
	return judge_fault(e);
}

static enum omie_verdict
judge_json(struct value root, struct omie_fault *out, struct evidence *e,
    struct buf *said)
{
	struct value text = first_of(root, "faultstring", "error_message");
	struct value code = first_of(root, "faultcode", "error_code");

	if (!value_is_empty(text) || !value_is_empty(code)) {
		read_fault(code, text, out, e, said);
		e->said = buf_cstr(said);
		return judge_fault(e);
	}
	if (e->status == 200)
		return judge_success(root, out, e, said);
	return judge_bare(e);
}

static enum omie_verdict
judge_answer(const struct http_answer *http, struct value root,
    struct omie_fault *out, struct evidence *e, struct buf *said)
{
	if (value_kind(root) != ABSENT && http->outcome == HTTP_ANSWERED)
		return judge_json(root, out, e, said);
	if (http->outcome == HTTP_ANSWERED)
		return judge_bare(e);
	if (http->outcome == HTTP_NOT_SENT || http->outcome == HTTP_STOPPED)
		return OMIE_TRANSIENT;
	if (http->outcome == HTTP_TOO_LARGE)
		return e->write ? OMIE_UNCLEAR : OMIE_PERMANENT;
	/* Cut, but the status line alone tells these. */
	if (e->status == 425 || e->status == 403 || e->status == 429)
		return judge_bare(e);
	return unclear(e);
}

static void
add_wait(
    const struct http_answer *http, const char *said, struct omie_fault *out)
{
	out->wait_s = omie_stated_wait(said);
	if (out->wait_s < 0)
		out->wait_s = http->retry_after_s;
	if (out->wait_s < 0 && out->verdict == OMIE_SHUT_OUT)
		out->wait_s = MISUSE_WAIT_S;
}

void
omie_judge(const struct http_answer *http, bool write, struct record *answer,
    struct omie_fault *out)
{
	struct evidence e = { .status = http->status,
		.write = write,
		.body = buf_text(&http->body),
		.said = "" };
	struct buf said = BUF_INIT;
	struct error unused;
	struct value root;

	*out = (struct omie_fault){ .http_status = http->status, .wait_s = -1 };
	ndjson_parse_any(answer, buf_text(&http->body), &unused);
	root = record_root(answer);
	out->verdict = judge_answer(http, root, out, &e, &said);
	if (out->verdict != OMIE_OK) {
		add_wait(http, buf_cstr(&said), out);
		if (out->verdict == OMIE_DUPLICATE)
			out->existing_id = omie_existing_id(buf_cstr(&said));
		if (out->text[0] == '\0')
			copy_line(
			    out->text, sizeof(out->text), text_of(http->why));
	}
	buf_clear(&said);
}
