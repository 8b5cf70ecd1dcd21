/*
 * /sim/: requests that only a simulator has. GET state, contracts, clients;
 * POST advance, fault, reset-limits, client, contract-edit. Bodies are one JSON
 * object, lists are NDJSON.
 */
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/ndjson.h"
#include "sim/omie-sim/tags.h"

struct control {
	const char *method, *path;
	/* False: refused, the reason is in the body. */
	bool (*run)(struct call *c);
};

static bool
refuse(struct call *c, const char *why)
{
	buf_reset(&c->answer->body);
	build_open(&c->answer->body, '{');
	build_str_member(&c->answer->body, "error", why);
	build_close(&c->answer->body, '}');
	return false;
}

static bool
say_done(struct call *c)
{
	buf_add_str(&c->answer->body, "{\"done\":true}");
	return true;
}

static bool
get_state(struct call *c)
{
	const struct state *s = &c->sim->state;
	struct buf *b = &c->answer->body;
	char now[INSTANT_TEXT];

	instant_format_ms(c->now, now);
	build_open(b, '{');
	build_str_member(b, "now", now);
	build_integer_member(b, "calls", (int64_t)c->sim->calls);
	build_integer_member(b, "errors", (int64_t)c->sim->faults);
	build_integer_member(b, "clients", (int64_t)s->client_count);
	build_integer_member(b, "contracts", (int64_t)s->contract_count);
	build_integer_member(
	    b, "faultRules", (int64_t)c->sim->injections.count);
	build_close(b, '}');
	return true;
}

static bool
get_contracts(struct call *c)
{
	const struct state *s = &c->sim->state;
	struct buf *b = &c->answer->body;

	for (size_t i = 0; i < s->contract_count; i++) {
		const struct contract *contract = s->contracts[i];

		build_open(b, '{');
		build_integer_member(b, "nCodCtr", contract->id);
		build_str_member(b, "cCodIntCtr", contract->code);
		build_integer_member(b, "nCodCli", contract->client);
		build_decimal(b, "nValTotMes", contract->cents * 10000);
		build_str_member(b, "cCodSit", contract->situation);
		build_close(b, '}');
		buf_add_byte(b, '\n');
	}
	return true;
}

static bool
get_clients(struct call *c)
{
	const struct state *s = &c->sim->state;
	struct buf *b = &c->answer->body;

	for (size_t i = 0; i < s->client_count; i++) {
		const struct client *client = s->clients[i];

		build_open(b, '{');
		build_integer_member(b, "codigo_cliente_omie", client->id);
		build_str_member(b, "codigo_cliente_integracao", client->code);
		build_str_member(b, "cnpj_cpf", client->document);
		build_str_member(b, "razao_social", client->name);
		build_close(b, '}');
		buf_add_byte(b, '\n');
	}
	return true;
}

static bool
post_advance(struct call *c)
{
	struct error why;
	int64_t seconds;

	if (record_integer(c->param, "seconds", 0, 100L * 366 * 86400, &seconds,
		&why) != DONE)
		return refuse(c, why.text);
	sim_advance(seconds * 1000);
	return say_done(c);
}

/* {"rule":"..."} adds one, {"rule":null} takes all away. */
static bool
post_fault(struct call *c)
{
	struct value rule = value_member(c->param, "rule");
	char why[160];
	char *text;
	bool good;

	if (value_kind(rule) == IS_NULL) {
		injection_clear(&c->sim->injections);
		return say_done(c);
	}
	text = mem_text(value_text(rule));
	good = injection_add(&c->sim->injections, text, why, sizeof(why));
	free(text);
	return good ? say_done(c) : refuse(c, why);
}

static bool
post_reset(struct call *c)
{
	limits_reset(&c->sim->limits);
	return say_done(c);
}

/* A client that somebody typed: no rule of the API is checked, so two with one
 * document are possible (4.5 [R]). */
static bool
post_client(struct call *c)
{
	struct state *s = &c->sim->state;
	int64_t id = member_integer(c->param, "codigo_cliente_omie");
	struct value in;

	if (!tags_known(c, &clientes_cadastro, c->param) ||
	    !tags_read(c, &clientes_cadastro, c->param, &in))
		return false;
	if (client_by_id(s, id) != NULL ||
	    client_by_code(s, member_text(in, "codigo_cliente_integracao")) !=
		NULL)
		return refuse(c, "there is a client with this id or code");
	id = client_store(s, NULL, id, in, c->now)->id;
	build_open(&c->answer->body, '{');
	build_integer_member(&c->answer->body, "codigo_cliente_omie", id);
	build_close(&c->answer->body, '}');
	return true;
}

/* {"nCodCtr":N,"set":{...}}: what somebody changed at the screen; without
 * nCodCtr a contract that somebody typed. */
static bool
post_contract_edit(struct call *c)
{
	struct value set = value_member(c->param, "set"), in;
	int64_t id = member_integer(c->param, "nCodCtr");
	struct contract *contract = contract_by_id(&c->sim->state, id);

	if (id != 0 && contract == NULL)
		return refuse(c, "no contract with this nCodCtr");
	if (!tags_known(c, &contratoCadastro, set) ||
	    !tags_read(c, &contratoCadastro, set, &in) ||
	    !contract_write(c, &contract, in, BY_PERSON))
		return false;
	build_open(&c->answer->body, '{');
	build_integer_member(&c->answer->body, "nCodCtr", contract->id);
	build_close(&c->answer->body, '}');
	return true;
}

static const struct control controls[] = {
	{ "GET", "/sim/state", get_state },
	{ "GET", "/sim/contracts", get_contracts },
	{ "GET", "/sim/clients", get_clients },
	{ "POST", "/sim/advance", post_advance },
	{ "POST", "/sim/fault", post_fault },
	{ "POST", "/sim/reset-limits", post_reset },
	{ "POST", "/sim/client", post_client },
	{ "POST", "/sim/contract-edit", post_contract_edit },
};

static const struct control *
find(const struct sim_request *request)
{
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		if (strcmp(controls[i].method, request->method) == 0 &&
		    strcmp(controls[i].path, request->path) == 0)
			return &controls[i];
	return NULL;
}

void
control_handle(struct sim *sim, const struct sim_request *request,
    struct sim_answer *answer)
{
	const struct control *control = find(request);
	struct call c = { .sim = sim, .answer = answer, .now = sim_now() };
	struct record *rec = record_new();
	struct error why;

	answer->content_type = "application/json";
	if (control == NULL) {
		answer->status = 404;
		refuse(&c, "no such control request");
	} else if (request->body.len > 0 &&
	    ndjson_parse_any(rec, request->body, &why) != DONE) {
		answer->status = 400;
		refuse(&c, why.text);
	} else {
		c.param = record_root(rec);
		pthread_mutex_lock(&sim->lock);
		if (!control->run(&c))
			answer->status = 400;
		pthread_mutex_unlock(&sim->lock);
	}
	call_clear(&c);
	record_free(rec);
}
