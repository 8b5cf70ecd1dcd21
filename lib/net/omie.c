/* One call of Omie at a time: its pace, its envelope, its repeats. */
#include "net/omie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/clock.h"
#include "core/filter.h"
#include "domain/contract.h"
#include "net/omie_text.h"

enum {
	CONNECT_TIMEOUT_MS = 10000,
	READ_TIMEOUT_MS = 60000,
	WRITE_TIMEOUT_MS = 90000,
	/* What was sent is best settled by its answer (SIGTERM, then SIGKILL
	 * some 30 s later, is the custom). */
	WRITE_GRACE_MS = 15000,
	/* Between saying that a write leaves and its leaving: a process that
	 * was held up for longer must not send it any more. */
	LEAVE_MS = 2000,
	/* Longer than any of that: nobody works on that call any more. */
	SPARE_MS = 10000,
	REPEATS = 3,
	/* Of the window, x attempt, where Omie states no wait: 3, 6, 9 s. */
	BACKOFF_DIVISOR = 20,
	KEPT = 4
};

/* A body stays as long as the record that looks into it. */
struct kept {
	const struct record *record;
	struct buf body;
	uint64_t used;
};

struct omie {
	struct omie_config config;
	char *base, *key, *secret;
	struct http *http;
	struct pace *pace;
	struct buf envelope;
	struct kept kept[KEPT];
	uint64_t calls;
};

static char *
trimmed(const char *s)
{
	struct text t = text_of(s == NULL ? "" : s);

	for (; t.len > 0 && (unsigned char)*t.at <= ' '; t.at++)
		t.len--;
	while (t.len > 0 && (unsigned char)t.at[t.len - 1] <= ' ')
		t.len--;
	return mem_text(t);
}

static char *
with_slash(const char *url)
{
	struct buf b = BUF_INIT;

	buf_add_str(&b, url);
	if (b.len > 0 && b.data[b.len - 1] != '/')
		buf_add_byte(&b, '/');
	buf_cstr(&b);
	return b.data;
}

static long
longest_call(const struct omie *o)
{
	return o->config.timeout_ms > 0 ? o->config.timeout_ms
					: WRITE_TIMEOUT_MS;
}

/* One for all who use the key, at that address. */
static enum status
open_pace(struct omie *o, struct error *err)
{
	struct pace_keeper *keeper = NULL;
	char account[OMIE_ACCOUNT_TEXT];
	enum status status = DONE;

	if (o->config.shared == NULL) {
		status = pace_file_open_account(&keeper, o->base, o->key, err);
	} else {
		omie_account(o->base, o->key, account);
		keeper = pace_shared_open(o->config.shared, account,
		    LEAVE_MS + longest_call(o) + SPARE_MS);
	}
	if (status == DONE)
		o->pace = pace_open(&o->config.limits, keeper,
		    o->config.waiting, o->config.ctx);
	return status;
}

enum status
omie_open(
    struct omie **out, const struct omie_config *config, struct error *err)
{
	struct omie *o = mem_zalloc(sizeof(*o));
	enum status status;

	o->config = *config;
	o->base = with_slash(config->url);
	o->key = trimmed(config->app_key);
	o->secret = trimmed(config->app_secret);
	o->http = http_open(config->allow_plain);
	status = http_check_url(o->http, "OMIE_API_URL", o->base, err);
	if (status == DONE && (*o->key == '\0' || *o->secret == '\0'))
		status = fail(err, BAD_CONFIG, "%s is empty",
		    *o->key == '\0' ? "OMIE_APP_KEY" : "OMIE_APP_SECRET");
	if (status == DONE)
		status = open_pace(o, err);
	if (status == DONE)
		*out = o;
	else
		omie_close(o);
	return status;
}

static void
wipe(char *s)
{
	explicit_bzero(s, strlen(s));
	free(s);
}

static void
clear_envelope(struct omie *o)
{
	if (o->envelope.data != NULL)
		explicit_bzero(o->envelope.data, o->envelope.len);
	buf_clear(&o->envelope);
}

void
omie_close(struct omie *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < KEPT; i++)
		buf_clear(&o->kept[i].body);
	clear_envelope(o);
	pace_close(o->pace);
	http_close(o->http);
	wipe(o->secret);
	wipe(o->key);
	free(o->base);
	free(o);
}

void
omie_account(const char *url, const char *app_key, char out[OMIE_ACCOUNT_TEXT])
{
	const char *host = strstr(url, "://");
	struct buf b = BUF_INIT;
	char hash[HASH_TEXT];
	char *key = trimmed(app_key);

	host = host != NULL ? host + 3 : url;
	buf_add(&b, host, strcspn(host, "/"));
	buf_add_byte(&b, '\n');
	buf_add_str(&b, key);
	hash_text(buf_text(&b), hash);
	snprintf(out, OMIE_ACCOUNT_TEXT, "%.*s", OMIE_ACCOUNT_TEXT - 1, hash);
	explicit_bzero(b.data, b.len);
	buf_clear(&b);
	wipe(key);
}

bool
omie_fault_names(const struct omie_fault *fault, const char *what)
{
	struct buf said = BUF_INIT, word = BUF_INIT;
	bool names;

	omie_fold(&said, text_of(fault->text));
	omie_fold(&word, text_of(what));
	names = strstr(buf_cstr(&said), buf_cstr(&word)) != NULL;
	buf_clear(&said);
	buf_clear(&word);
	return names;
}

uint64_t
omie_calls(const struct omie *o)
{
	return o->calls;
}

int64_t
omie_waited_ms(const struct omie *o)
{
	return o != NULL ? pace_waited_ms(o->pace) : 0;
}

/* One call on its way through its attempts. */
struct call {
	struct omie *o;
	const char *method;
	bool write;
	struct text params;
	char *url;
	int attempts;
	int64_t not_before; /* clock_monotonic_ms, of a repeat */
};

static void
build_envelope(struct call *c)
{
	struct buf *b = &c->o->envelope;

	clear_envelope(c->o);
	build_open(b, '{');
	build_text_member(b, "call", text_of(c->method));
	build_text_member(b, "app_key", text_of(c->o->key));
	build_text_member(b, "app_secret", text_of(c->o->secret));
	build_name(b, "param");
	build_open(b, '[');
	build_raw(b, c->params);
	build_close(b, ']');
	build_close(b, '}');
}

static char *
service_url(const struct omie *o, enum omie_service service)
{
	struct buf url = BUF_INIT;

	buf_add_str(&url, o->base);
	buf_add_str(&url,
	    service == OMIE_CLIENTES ? "geral/clientes/"
				     : "servicos/contrato/");
	buf_cstr(&url);
	return url.data;
}

/* The body that `record` looked into until now goes, this one stays. */
static void
keep_body(struct omie *o, const struct record *record, struct buf body)
{
	struct kept *slot = &o->kept[0];

	for (size_t i = 0; i < KEPT; i++) {
		if (o->kept[i].record == record) {
			slot = &o->kept[i];
			break;
		}
		if (o->kept[i].used < slot->used)
			slot = &o->kept[i];
	}
	buf_clear(&slot->body);
	*slot = (struct kept){ record, body, o->calls };
}

/* The service may quote what it was sent. */
static void
hide(char *text, const char *secret)
{
	for (char *p = text; (p = strstr(p, secret)) != NULL;)
		memset(p, '*', strlen(secret));
}

/* Up to half as much again, so that those who failed together don't come back
 * together. */
static int64_t
jittered(int64_t ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return ms + (ms / 2 * (int64_t)random >> 32);
}

/* What the answer means for the calls to come, of whatever process. */
static void
note_outcome(struct call *c, bool sent, const struct omie_fault *fault)
{
	int64_t wait_s = fault->wait_s < 0 ? 0 : fault->wait_s;
	struct pace_outcome outcome = { .sent = sent };

	outcome.limited = fault->http_status == 429;
	outcome.error = fault->verdict != OMIE_OK &&
	    fault->http_status >= 400 && fault->http_status != 425 &&
	    !outcome.limited;
	if (fault->verdict == OMIE_SHUT_OUT)
		outcome.shut_s = wait_s;
	else if (fault->verdict == OMIE_TRANSIENT ||
	    fault->verdict == OMIE_UNCLEAR)
		outcome.wait_s = wait_s;
	pace_end(c->o->pace, &outcome);
	if (wait_s == 0 && !outcome.limited)
		c->not_before = clock_monotonic_ms() +
		    jittered(c->attempts * c->o->config.limits.window_ms /
			BACKOFF_DIVISOR);
}

static long
timeout_of(const struct call *c)
{
	if (c->o->config.timeout_ms == 0 && !c->write)
		return READ_TIMEOUT_MS;
	return longest_call(c->o);
}

static enum http_outcome
send_once(struct call *c, struct record *answer, struct omie_fault *fault)
{
	struct omie *o = c->o;
	struct http_request req = { .url = c->url,
		.content_type = "application/json",
		.body = buf_text(&o->envelope),
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.timeout_ms = timeout_of(c),
		.fresh = c->write,
		.stop_grace_ms = c->write ? WRITE_GRACE_MS : 0 };
	struct http_answer http;
	enum http_outcome outcome;
	bool sent;

	http_call(o->http, &req, &http);
	outcome = http.outcome;
	c->attempts++;
	sent = outcome != HTTP_NOT_SENT && outcome != HTTP_STOPPED;
	o->calls += sent;
	omie_judge(&http, c->write, answer, fault);
	keep_body(o, answer, http.body);
	hide(fault->text, o->secret);
	hide(fault->text, o->key);
	note_outcome(c, sent, fault);
	return outcome;
}

static enum status
say_leaving(struct call *c, struct error *err)
{
	const struct omie_config *config = &c->o->config;
	int64_t began = clock_monotonic_ms();
	enum status status;

	if (!c->write || config->leaving == NULL)
		return DONE;
	status = config->leaving(timeout_of(c) + LEAVE_MS, config->ctx, err);
	if (status == DONE && clock_monotonic_ms() - began > LEAVE_MS)
		status = fail(err, TRY_LATER,
		    "Omie %s: this process was held up before the call",
		    c->method);
	return status;
}

static enum status
attempt(struct call *c, struct record *answer, struct omie_fault *fault,
    struct error *err)
{
	enum http_outcome outcome;
	enum status status;
	char when[INSTANT_TEXT];

	if ((status = pace_begin(c->o->pace, c->method, c->write, c->params,
		 c->not_before, err)) != DONE)
		return status;
	if ((status = say_leaving(c, err)) != DONE) {
		pace_end(c->o->pace, &(struct pace_outcome){ .sent = false });
		return status;
	}
	outcome = send_once(c, answer, fault);
	if (outcome == HTTP_STOPPED ||
	    (filter_stop && !c->write && outcome == HTTP_UNCLEAR))
		return fail(err, TRY_LATER, "Omie %s: a signal asked to stop",
		    c->method);
	if (fault->verdict == OMIE_DENIED)
		return fail(err, NOT_ALLOWED,
		    "Omie refuses OMIE_APP_KEY or OMIE_APP_SECRET: %s",
		    fault->text);
	if (fault->verdict != OMIE_SHUT_OUT)
		return DONE;
	pace_when(fault->wait_s, when);
	return fail(err, BLOCKED,
	    "Omie has shut this account out for %lld s, until %s: %s",
	    (long long)fault->wait_s, when, fault->text);
}

enum status
omie_call(struct omie *o, enum omie_service service, const char *method,
    bool write, struct text params, struct record *answer,
    struct omie_fault *fault, struct error *err)
{
	struct call c = { .o = o,
		.method = method,
		.write = write,
		.params = params,
		.url = service_url(o, service) };
	enum status status;

	build_envelope(&c);
	do
		status = attempt(&c, answer, fault, err);
	while (status == DONE && !write && c.attempts <= REPEATS &&
	    fault->verdict == OMIE_TRANSIENT);
	free(c.url);
	clear_envelope(o);
	return status;
}
