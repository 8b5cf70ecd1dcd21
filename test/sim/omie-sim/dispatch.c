/* 10.1: the surface, and the order in which a call is checked. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/ndjson.h"
#include "sim/omie-sim/tags.h"

const struct service services[] = {
	{ "/geral/clientes/", clientes_methods },
	{ "/geral/categorias/", categorias_methods },
	{ "/geral/departamentos/", departamentos_methods },
	{ "/servicos/contrato/", contrato_methods },
	{ "/servicos/contratofat/", contratofat_methods },
	{ "/servicos/contratotpfat/", contratotpfat_methods },
	{ "/servicos/servico/", servico_methods },
	{ NULL, NULL },
};

/* What came around `param` (1.2 [D]). */
struct asked {
	char method[64];
	struct value key, secret, params;
};

static const struct method *
find_method(const struct service *service, const char *name)
{
	for (const struct method *m = service->methods; m->name != NULL; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

/* The texts are documented [D H2], their codes are unknown: invented. */
static bool
read_envelope(struct call *c, const struct sim_request *request,
    struct record *rec, struct asked *asked)
{
	struct value root;
	struct error why;
	struct each it;

	if (ndjson_parse_any(rec, request->body, &why) != DONE)
		return call_fault(
		    c, 9002, "ERROR: JSON request with SyntaxError");
	root = record_root(rec);
	asked->key = value_member(root, "app_key");
	asked->secret = value_member(root, "app_secret");
	asked->params = value_member(root, "param");
	copy_text(
	    asked->method, sizeof(asked->method), member_text(root, "call"));
	snprintf(c->answer->call, sizeof(c->answer->call), "%s", asked->method);
	it = value_each(asked->params);
	/* Exactly one object in the array (1.2 [D O1,S]). */
	if (asked->method[0] == '\0' || value_kind(asked->params) != IS_ARRAY ||
	    value_count(asked->params) != 1 || !each_next(&it) ||
	    value_kind(it.at) != IS_OBJECT)
		return call_fault(c, 9003, "ERROR: Invalid JSON Object");
	c->param = it.at;
	return true;
}

/* 3 [S text; 1 code and status]; the key may be a bare number (1.2 [D H4]). */
static bool
pass_credentials(struct call *c, const struct asked *asked)
{
	const struct settings *set = c->sim->set;
	struct text key = value_kind(asked->key) == IS_NUMBER
	    ? value_raw(asked->key)
	    : value_text(asked->key);

	if (text_is(key, set->app_key) &&
	    text_is(value_text(asked->secret), set->app_secret))
		return true;
	return call_fault_as(c, 403, "SOAP-ENV:Server",
	    "ERROR: A chave de acesso está inválida ou o aplicativo está "
	    "suspenso.");
}

/* The lock is held, so that calls side by side can be seen to overlap the
 * work time is slept without it. */
static void
work_for(struct sim *sim, int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	if (ms == 0)
		return;
	pthread_mutex_unlock(&sim->lock);
	nanosleep(&t, NULL);
	pthread_mutex_lock(&sim->lock);
}

static void
perform(struct call *c, struct gate *gate)
{
	int64_t ms = 0;
	enum injected kind =
	    injection_next(&c->sim->injections, c->method->name, &ms);

	if (kind != NOT_INJECTED)
		call_note(c, "%s", injection_name(kind));
	/* Whether anybody still waits for it or not (2.4: "is still being
	 * processed"). */
	if (kind == LATE) {
		work_for(c->sim, ms);
		c->now = sim_now();
	}
	if (!injection_before(c, kind, ms, gate)) {
		if (tags_known(c, c->method->param, c->param))
			c->method->run(c);
		injection_after(c, kind, ms, gate);
	}
	if (c->answer->content_type == NULL)
		c->answer->content_type = "application/json; encoding=UTF-8";
	if (strncmp(c->answer->content_type, "application/json", 16) == 0)
		reply_encode(&c->answer->body, c->sim->set);
	injection_spoil(c->answer, kind);
}

static void
call_locked(struct call *c, const struct asked *asked)
{
	struct buf identity = BUF_INIT;
	struct gate *gate;

	build_value(&identity, c->param);
	c->now = sim_now();
	c->sim->calls++;
	gate = limits_enter(c, asked->method, buf_text(&identity));
	if (gate != NULL) {
		work_for(c->sim, c->sim->set->latency_ms);
		c->now = sim_now();
		perform(c, gate);
		limits_leave(c, gate, buf_text(&identity));
	} else if (c->answer->fault[0] != '\0' && !c->encoded) {
		reply_encode(&c->answer->body, c->sim->set);
	}
	buf_clear(&identity);
}

static void
answer_call(struct sim *sim, const struct service *service,
    const struct sim_request *request, struct sim_answer *answer)
{
	struct call c = { .sim = sim, .answer = answer, .now = sim_now() };
	struct asked asked = { 0 };
	struct record *rec = record_new();

	reply_headers(answer, request->number);
	if (!read_envelope(&c, request, rec, &asked) ||
	    !pass_credentials(&c, &asked)) {
		reply_encode(&answer->body, sim->set);
	} else {
		c.method = find_method(service, asked.method);
		pthread_mutex_lock(&sim->lock);
		call_locked(&c, &asked);
		pthread_mutex_unlock(&sim->lock);
	}
	call_clear(&c);
	record_free(rec);
}

/* The same URL with GET is the documentation page (1.1 [S O1,O2]). */
static void
answer_page(const struct service *service, struct sim_answer *answer)
{
	struct buf text = BUF_INIT;

	buf_add_str(&text, "POST only. Methods:");
	for (const struct method *m = service->methods; m->name != NULL; m++)
		buf_printf(&text, " %s", m->name);
	reply_page(answer, 200, service->path, buf_cstr(&text));
	buf_clear(&text);
}

/* 301 for a missing slash (1.1 [1]). */
static void
answer_redirect(const struct service *service, struct sim_answer *answer)
{
	char location[128];

	reply_page(answer, 301, "301 Moved Permanently", "nginx");
	snprintf(location, sizeof(location), "/api/v1%s", service->path);
	sim_header(answer, "Location", location);
}

void
omie_handle(
    void *state, const struct sim_request *request, struct sim_answer *answer)
{
	static const char base[] = "/api/v1";
	const char *path = request->path + sizeof(base) - 1;
	const struct service *s;

	if (strncmp(request->path, "/sim/", 5) == 0) {
		control_handle(state, request, answer);
		return;
	}
	if (strncmp(request->path, base, sizeof(base) - 1) != 0) {
		reply_page(answer, 404, "404 Not Found", "nginx");
		return;
	}
	for (s = services; s->path != NULL; s++) {
		size_t len = strlen(s->path) - 1;

		if (strncmp(path, s->path, len) == 0 && path[len] == '\0') {
			answer_redirect(s, answer);
			return;
		}
		if (strcmp(path, s->path) == 0)
			break;
	}
	if (s->path == NULL)
		reply_page(answer, 404, "404 Not Found", "nginx");
	else if (strcmp(request->method, "POST") != 0)
		answer_page(s, answer);
	else
		answer_call(state, s, request, answer);
}
