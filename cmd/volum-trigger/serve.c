#include "volum-trigger/serve.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "core/secret.h"
#include "volum-trigger/cgi.h"
#include "volum-trigger/intake.h"
#include "volum-trigger/schema.h"
#include "volum-trigger/token.h"
#include "volum-trigger/worker.h"

enum { TOKEN_MIN = 16, KEY_MAX = 255 };

struct service {
	struct options options;
	struct clock clock;
	struct log *log;
	struct secret token;
	struct desk desk;
	char program[PATH_MAX];
};

/* ------------------------------------------------------------------ settings
 */

/* The variable names a file for what else would stand in the server's own
 * settings. */
static enum status
read_options(struct options *o, struct error *err)
{
	char name[] = "volum-trigger", option[] = "--env-file";
	char *file = getenv("VOLUM_TRIGGER_ENV_FILE");
	char *argv[] = { name, file != NULL && *file != '\0' ? option : NULL,
		file, NULL };
	bool done;

	*o = DEFAULTS;
	return options_parse(
	    &COMMAND, o, argv[1] != NULL ? 3 : 1, argv, NULL, &done, err);
}

static enum status
read_token(struct secret *token, struct error *err)
{
	enum status s = secret_require("VOLUM_TRIGGER_TOKEN", token, err);

	if (s == DONE && strlen(token->text) < TOKEN_MIN)
		return fail(err, BAD_CONFIG,
		    "VOLUM_TRIGGER_TOKEN: shorter than %d characters",
		    TOKEN_MIN);
	return s;
}

static enum status
set_up(struct service *s, const struct question *q, struct error *err)
{
	enum status status;

	if ((status = read_options(&s->options, err)) != DONE ||
	    (status = read_token(&s->token, err)) != DONE)
		return status;
	s->clock.fixed = s->options.common.as_of;
	status = log_open(
	    &s->log, s->options.common.log, COMMAND.name, &s->clock, err);
	/* How a request stands is told without a log, too. */
	if (status != DONE && q->path[0] == '\0')
		return status;
	return desk_open(&s->desk, err);
}

static void
tear_down(struct service *s)
{
	desk_close(&s->desk);
	log_close(s->log);
	s->log = NULL;
}

/* ------------------------------------------------------------------- answers
 */

static void
complain(struct service *s, struct answer *a, const struct error *why)
{
	filter_tell(COMMAND.name, "%s", error_told(why));
	log_event(s->log, LOG_ERROR, (struct text){ 0 }, (struct text){ 0 },
	    "Erro: %s", why->text);
	a->retry_after_s = 60;
	answer_error(a, 503, "indisponivel",
	    "the service can't work now; its own log says why");
}

static bool
may_ask(const struct service *s, const struct question *q, struct answer *a)
{
	if (token_same(q->token, text_of(s->token.text)))
		return true;
	a->challenge = q->token.len > 0
	    ? "Bearer realm=\"volum\", error=\"invalid_token\""
	    : "Bearer realm=\"volum\"";
	answer_error(a, 401, "token_invalido",
	    "a bearer token is needed, and this is not the one");
	return false;
}

static bool
is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	return type != NULL && strncasecmp(type, json, len) == 0 &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static bool
is_key(const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < len; i++)
		if (key[i] < ' ' || key[i] > '~')
			return false;
	return len > 0 && len <= KEY_MAX;
}

static bool
may_post(const struct service *s, struct question *q, struct answer *a)
{
	if (strcmp(q->method, "POST") != 0) {
		a->allow = "POST";
		answer_error(a, 405, "metodo_invalido", "only POST");
		return false;
	}
	if (!is_json(q->type)) {
		answer_error(a, 415, "tipo_invalido",
		    "the Content-Type must be application/json");
		return false;
	}
	if (q->key != NULL && !is_key(q->key)) {
		answer_error(a, 400, "chave_invalida",
		    "Idempotency-Key: 1 to %d printable ASCII characters",
		    KEY_MAX);
		return false;
	}
	return cgi_read_body(q, s->options.max_bytes, a);
}

/* The trigger of the body, checked. */
static bool
read_trigger(const struct service *s, const struct question *q,
    struct record *rec, struct answer *a, struct error *err)
{
	struct day today;

	if (clock_today(&s->clock, &today, err) != DONE)
		return false;
	if (ndjson_parse(rec, buf_text(&q->body), err) != DONE) {
		answer_error(a, 400, err->code, "%s", err->text);
		return false;
	}
	if (schema_check(record_root(rec), today, err) == DONE)
		return true;
	answer_error(a, 422, err->code, "%s", err->text);
	return false;
}

/* The same for each time that the key comes. */
static void
accept_it(const struct service *s, const struct request *r, struct answer *a)
{
	char path[96];

	snprintf(path, sizeof(path), "/volumetria/process/%s", r->id);
	a->code = 202;
	build_open(&a->body, '{');
	build_text_member(&a->body, "requestId", text_of(r->id));
	build_text_member(&a->body, "consulta", text_of(path));
	build_close(&a->body, '}');
	buf_add_byte(&a->body, '\n');
	log_event(s->log, LOG_INFO, text_of(r->id), (struct text){ 0 },
	    "Gatilho recebido");
}

/* A wrong one is as good as none (W3C Trace Context 3.2.2); of a later version
 * the part that we know. */
static void
take_trace(struct request *r, const char *given)
{
	struct trace trace;

	if (given == NULL || !trace_parse(text_of(given), &trace))
		return;
	snprintf(r->traceparent, sizeof(r->traceparent), "%s", given);
	trace_set(&trace);
}

/* POST: true when something waits now. */
static bool
take_trigger(struct service *s, struct question *q, struct answer *a)
{
	struct intake in = { &s->desk, &s->options, &s->clock };
	struct record *rec = record_new();
	struct request r = { 0 };
	struct error err = { 0 };
	enum status status = DONE;
	bool taken = false;

	take_trace(&r, q->traceparent);
	if (may_post(s, q, a) && read_trigger(s, q, rec, a, &err))
		taken = intake_take(
		    &in, record_root(rec), q->key, &r, a, &status, &err);
	if (taken)
		accept_it(s, &r, a);
	else if (a->code == 0)
		complain(s, a, &err);
	request_clear(&r);
	record_free(rec);
	return taken;
}

/* GET: how a request stands. */
static void
tell_status(struct service *s, struct question *q, struct answer *a)
{
	struct text id = text_of(q->path + 1);
	struct request r = { 0 };
	enum place place = NOWHERE;
	struct error err;

	if (!a->no_body && strcmp(q->method, "GET") != 0) {
		a->allow = "GET, HEAD";
		answer_error(a, 405, "metodo_invalido", "only GET and HEAD");
	} else if (request_id_is_valid(id) &&
	    desk_find(&s->desk, id.at, &r, &place, &err) != DONE) {
		complain(s, a, &err);
	} else if (place == NOWHERE) {
		answer_error(a, 404, "desconhecido",
		    "no such request, or it ended too long ago");
	} else {
		a->code = 200;
		request_tell(&a->body, &r, place);
	}
	request_clear(&r);
}

static bool
respond(struct service *s, struct question *q, struct answer *a)
{
	a->no_body = strcmp(q->method, "HEAD") == 0;
	if (!may_ask(s, q, a))
		return false;
	if (q->path[0] == '\0')
		return take_trigger(s, q, a);
	tell_status(s, q, a);
	return false;
}

/* --------------------------------------------------------------- background */

static void
work(struct service *s)
{
	struct worker w = { .run = { &s->desk, &s->clock, s->program },
		.keep_days = s->options.keep_days };
	struct error err;
	enum status status;

	status = log_open(
	    &s->log, s->options.common.log, COMMAND.name, &s->clock, &err);
	w.log = s->log;
	if (status == DONE)
		status = run_prepare(
		    &s->options, s->program, sizeof(s->program), &err);
	if (status == DONE)
		status = desk_open(&s->desk, &err);
	if (status == DONE)
		status = worker_drain(&w, &err);
	if (status != DONE)
		log_event(s->log, LOG_ERROR, (struct text){ 0 },
		    (struct text){ 0 }, "Erro: %s", err.text);
	tear_down(s);
}

int
serve(void)
{
	struct service s = { .desk = { -1, { -1, -1, -1 }, -1 } };
	struct question q;
	struct answer a = { 0 };
	struct error err;
	bool waits = false;

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a failed write will do */
	signal(SIGCHLD, SIG_DFL);
	cgi_take(&q);
	if (set_up(&s, &q, &err) == DONE)
		waits = respond(&s, &q, &a);
	else
		complain(&s, &a, &err);
	cgi_drain(&q);
	answer_write(&a);
	buf_clear(&a.body);
	cgi_forget(&q);
	secret_clear(&s.token);
	tear_down(&s);
	if (waits && worker_detach())
		work(&s);
	return DONE;
}
