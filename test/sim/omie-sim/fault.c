/* Faults on request (10.3): rules that say which call goes wrong, and how. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/omie-sim/sim.h"

enum { DEFAULT_HANG_MS = 120000 };

struct rule {
	enum injected kind;
	char method[64]; /* "": any */
	int64_t ms;	 /* of a hang, of being late */
	int64_t from, to, every, seen;
};

static const struct {
	const char *name;
	enum injected kind;
} kinds[] = {
	{ "broken-before", BROKEN_BEFORE },
	{ "broken-after", BROKEN_AFTER },
	{ "byebye-after", BYEBYE_AFTER },
	{ "cut-before", CUT_BEFORE },
	{ "cut-after", CUT_AFTER },
	{ "hang", HANG_BEFORE },
	{ "hang-after", HANG_AFTER },
	{ "late", LATE },
	{ "html-502", HTML_502 },
	{ "rate-429", RATE_429 },
	{ "block-425", BLOCK_425 },
	{ "denied-403", DENIED_403 },
	{ "running-1880", RUNNING_1880 },
	{ "fault-500", FAULT_500 },
	{ "ok-without-id", OK_WITHOUT_ID },
	{ "ok-with-fault", OK_WITH_FAULT },
	{ "soft-refusal", SOFT_REFUSAL },
	{ "truncated", TRUNCATED },
	{ "partial-body", PARTIAL_BODY },
	{ "latin1", LATIN1 },
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

const char *
injection_name(enum injected kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "none";
}

void
injection_names(struct buf *out)
{
	for (size_t i = 0; i < KINDS; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : " ", kinds[i].name);
}

static bool
read_positive(const char *text, int64_t *out, const char **end)
{
	char *stop;

	if (!isdigit((unsigned char)text[0]))
		return false;
	*out = strtoll(text, &stop, 10);
	*end = stop;
	return *out > 0;
}

/* `N`, `N-M` or `every=K`. */
static bool
read_count(struct rule *rule, const char *part)
{
	const char *end = part;

	if (strncmp(part, "every=", 6) == 0)
		return read_positive(part + 6, &rule->every, &end) &&
		    *end == '\0';
	if (!read_positive(part, &rule->from, &end))
		return false;
	rule->to = rule->from;
	if (*end == '-' && !read_positive(end + 1, &rule->to, &end))
		return false;
	return *end == '\0' && rule->to >= rule->from;
}

static bool
read_kind(struct rule *rule, char *part)
{
	char *ms = strchr(part, '=');
	const char *end = "";

	if (ms != NULL)
		*ms++ = '\0';
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, part) == 0)
			rule->kind = kinds[i].kind;
	rule->ms = DEFAULT_HANG_MS;
	if (ms != NULL &&
	    (!read_positive(ms, &rule->ms, &end) || *end != '\0' ||
		(rule->kind != HANG_BEFORE && rule->kind != HANG_AFTER &&
		    rule->kind != LATE)))
		return false;
	return rule->kind != NOT_INJECTED;
}

static bool
read_rest(struct rule *rule, char *part)
{
	bool counted = false, named = false;

	for (char *next; part != NULL; part = next) {
		if ((next = strchr(part, ':')) != NULL)
			*next++ = '\0';
		if (isdigit((unsigned char)part[0]) ||
		    strncmp(part, "every=", 6) == 0) {
			if (counted || !read_count(rule, part))
				return false;
			counted = true;
		} else {
			if (named || counted || part[0] == '\0' ||
			    strlen(part) >= sizeof(rule->method))
				return false;
			named = true;
			if (strcmp(part, "*") != 0)
				snprintf(rule->method, sizeof(rule->method),
				    "%s", part);
		}
	}
	return true;
}

bool
injection_add(struct injections *all, const char *text, char *why, size_t size)
{
	struct rule rule = { 0 };
	char *copy = mem_strdup(text), *rest = strchr(copy, ':');
	bool good;

	if (rest != NULL)
		*rest++ = '\0';
	good = read_kind(&rule, copy) && read_rest(&rule, rest);
	free(copy);
	if (!good) {
		snprintf(why, size,
		    "\"%.60s\" is no rule: KIND[=MS][:METHOD][:N[-M]|every=K]",
		    text);
		return false;
	}
	all->rules =
	    mem_realloc(all->rules, (all->count + 1) * sizeof(*all->rules));
	all->rules[all->count++] = rule;
	return true;
}

void
injection_clear(struct injections *all)
{
	free(all->rules);
	*all = (struct injections){ 0 };
}

static bool
fires(const struct rule *rule)
{
	if (rule->every > 0)
		return rule->seen % rule->every == 0;
	return rule->from == 0 ||
	    (rule->seen >= rule->from && rule->seen <= rule->to);
}

/* Every matching rule counts the call; the first that fires has it. */
enum injected
injection_next(struct injections *all, const char *method, int64_t *ms)
{
	enum injected kind = NOT_INJECTED;

	for (size_t i = 0; i < all->count; i++) {
		struct rule *rule = &all->rules[i];

		if (rule->method[0] != '\0' &&
		    strcmp(rule->method, method) != 0)
			continue;
		rule->seen++;
		if (kind != NOT_INJECTED || !fires(rule))
			continue;
		kind = rule->kind;
		*ms = rule->ms;
	}
	return kind;
}

static void
answer_nothing(struct call *c, enum sim_cut cut)
{
	buf_reset(&c->answer->body);
	c->answer->status = 0; /* for the log: none was sent */
	c->answer->cut = cut;
}

static void
answer_hang(struct call *c, int64_t ms, struct gate *gate)
{
	answer_nothing(c, SIM_HANG);
	c->answer->hang_ms = ms;
	limits_hold(gate, ms);
}

/* 3 [S]: also with "(4)" in place of "(BG)". */
static void
answer_broken(struct call *c)
{
	call_fault_as(c, 500, "SOAP-ENV:Server",
	    "SOAP-ERROR: Broken response from Application Server (BG)");
}

/* 1.4 [S; R R1]: a refusal inside HTTP 200, status "1". The text is invented.
 */
static void
answer_soft_refusal(struct call *c)
{
	struct buf *b = &c->answer->body;

	build_open(b, '{');
	build_str_member(b, "cCodIntCtr", "");
	build_integer_member(b, "nCodCtr", 0);
	build_str_member(b, "cCodStatus", "1");
	build_str_member(b, "cDescStatus", "Operação recusada pelo simulador.");
	build_close(b, '}');
}

bool
injection_before(
    struct call *c, enum injected kind, int64_t ms, struct gate *gate)
{
	switch (kind) {
	case BROKEN_BEFORE:
		answer_broken(c);
		return true;
	case CUT_BEFORE:
		answer_nothing(c, SIM_CUT_NOTHING);
		return true;
	case HANG_BEFORE:
		answer_hang(c, ms, gate);
		return true;
	case HTML_502:
		reply_page(c->answer, 502, "502 Bad Gateway", "nginx");
		return true;
	case RATE_429:
		reply_page(c->answer, 429, "429: Too many Requests",
		    "Too many Requests");
		return true;
	case BLOCK_425:
		call_fault_as(c, 425, "MISUSE_API_PROCESS",
		    "ERROR: API bloqueada por consumo indevido. Tente "
		    "novamente em %lld segundos.",
		    (long long)c->sim->set->block_s);
		return true;
	case DENIED_403:
		call_fault_as(c, 403, "SOAP-ENV:Server",
		    "ERROR: A chave de acesso está inválida ou o aplicativo "
		    "está suspenso.");
		return true;
	case RUNNING_1880:
		call_fault(c, 1880,
		    "ERROR: Já existe uma requisição desse método sendo "
		    "executada e você pode tentar novamente em alguns "
		    "instantes. (1)");
		return true;
	case FAULT_500: /* a fault that no table has: invented */
		call_fault(c, 9999, "ERROR: Falha simulada sem catálogo!");
		return true;
	case OK_WITH_FAULT: /* 1.4: seen by several, no raw example [S] */
		call_fault_as(c, 200, "SOAP-ENV:Client-9999",
		    "ERROR: Falha simulada sem catálogo!");
		return true;
	case SOFT_REFUSAL:
		answer_soft_refusal(c);
		return true;
	default:
		return false;
	}
}

/* 5.4 [1]: HTTP 200 without the id: uncertain. */
static void
drop_ids(struct call *c)
{
	static const char *const ids[] = { "nCodCtr", "codigo_cliente_omie",
		"nCodOS", NULL };
	struct value answer = call_parse(c, buf_text(&c->answer->body));

	buf_reset(&c->answer->body);
	build_open(&c->answer->body, '{');
	build_members_but(&c->answer->body, answer, ids);
	build_close(&c->answer->body, '}');
}

void
injection_after(
    struct call *c, enum injected kind, int64_t ms, struct gate *gate)
{
	switch (kind) {
	case BROKEN_AFTER:
		answer_broken(c);
		break;
	case BYEBYE_AFTER: /* 3 [S]: may have been partly processed */
		call_fault_as(c, 500, "SOAP-ENV:Server", "PROTO_BYEBYE");
		break;
	case CUT_AFTER:
		answer_nothing(c, SIM_CUT_NOTHING);
		break;
	case HANG_AFTER:
		answer_hang(c, ms, gate);
		break;
	case PARTIAL_BODY:
		c->answer->cut = SIM_CUT_BODY;
		break;
	case OK_WITHOUT_ID:
		drop_ids(c);
		break;
	default:
		break;
	}
}

/* A lone 0xE7 where `\u00XX` stood, else in a member of its own. */
static void
spoil_latin1(struct buf *body)
{
	char *at = memmem(body->data, body->len, "\\u00", 4);
	static const char added[] = ",\"observacao\":\"Servi\xe7o\"}";

	if (at == NULL) {
		body->len--;
		buf_add(body, added, sizeof(added) - 1);
		return;
	}
	at[0] = '\xe7';
	memmove(at + 1, at + 6, (size_t)(body->data + body->len - at) - 6);
	body->len -= 5;
}

void
injection_spoil(struct sim_answer *answer, enum injected kind)
{
	if (kind == TRUNCATED)
		answer->body.len /= 2;
	else if (kind == LATIN1 && answer->body.len > 2)
		spoil_latin1(&answer->body);
}
