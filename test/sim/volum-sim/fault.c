/* Faults on request: what a read over the internet meets. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/volum-sim/sim.h"

enum { MAX_RULES = 32 };

enum spoil { SPOIL_NOTHING, SPOIL_CUT, SPOIL_SHORT, SPOIL_LATIN1, SPOIL_TWICE };

static const struct fault {
	const char *kind;
	int status; /* 0: the real answer, spoiled or late */
	const char *body, *type;
	enum spoil spoil;
	enum sim_cut cut;
} FAULTS[] = {
	{ "status-500", 500, "{\"message\":\"internal\"}", "application/json",
	    SPOIL_NOTHING, SIM_WHOLE },
	{ "html-502", 502, "<html><body>Bad Gateway</body></html>", "text/html",
	    SPOIL_NOTHING, SIM_WHOLE },
	{ "html-200", 200, "<html><body>Login</body></html>", "text/html",
	    SPOIL_NOTHING, SIM_WHOLE },
	{ "rate-429", 429, "{\"message\":\"slow down\"}", "application/json",
	    SPOIL_NOTHING, SIM_WHOLE },
	{ "unauthorized", 401, "{}", "application/json", SPOIL_NOTHING,
	    SIM_WHOLE },
	{ "not-found", 404, "{}", "application/json", SPOIL_NOTHING,
	    SIM_WHOLE },
	{ "not-array", 200, "{\"total\":0}", "application/json", SPOIL_NOTHING,
	    SIM_WHOLE },
	{ "close", 0, NULL, NULL, SPOIL_NOTHING, SIM_CUT_NOTHING },
	{ "hang", 0, NULL, NULL, SPOIL_NOTHING, SIM_HANG },
	{ "cut", 0, NULL, NULL, SPOIL_CUT, SIM_WHOLE },
	{ "truncated", 0, NULL, NULL, SPOIL_SHORT, SIM_WHOLE },
	{ "latin1", 0, NULL, NULL, SPOIL_LATIN1, SIM_WHOLE },
	{ "twice", 0, NULL, NULL, SPOIL_TWICE, SIM_WHOLE },
};

static struct rule {
	const struct fault *fault;
	uint64_t from, until, every, seen;
	enum sim_api api;
} rules[MAX_RULES];
static size_t rule_count;
static pthread_mutex_t rules_lock = PTHREAD_MUTEX_INITIALIZER;
static __thread enum spoil to_spoil;

static const struct fault *
find_fault(const char *kind, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++)
		if (strlen(FAULTS[i].kind) == length &&
		    memcmp(FAULTS[i].kind, kind, length) == 0)
			return &FAULTS[i];
	return NULL;
}

bool
fault_add(enum sim_api api, const char *rule)
{
	struct rule r = {
		.from = 1, .until = UINT64_MAX, .every = 1, .api = api
	};
	const char *colon = strchr(rule, ':');
	size_t length = colon ? (size_t)(colon - rule) : strlen(rule);
	char *end = NULL;

	if ((r.fault = find_fault(rule, length)) == NULL ||
	    rule_count == MAX_RULES)
		return false;
	if (colon != NULL && strncmp(colon, ":every=", 7) == 0) {
		r.every = strtoull(colon + 7, &end, 10);
	} else if (colon != NULL) {
		r.from = r.until = strtoull(colon + 1, &end, 10);
		if (*end == '-')
			r.until = strtoull(end + 1, &end, 10);
	}
	if ((end != NULL && *end != '\0') || r.from < 1 || r.every < 1 ||
	    r.until < r.from)
		return false;
	rules[rule_count++] = r;
	return true;
}

static const struct fault *
due(enum sim_api api)
{
	const struct fault *found = NULL;
	size_t i;

	pthread_mutex_lock(&rules_lock);
	for (i = 0; i < rule_count; i++) {
		struct rule *r = &rules[i];

		if (r->api != api)
			continue;
		r->seen++;
		if (found == NULL && r->seen >= r->from &&
		    r->seen <= r->until && r->seen % r->every == 0)
			found = r->fault;
	}
	pthread_mutex_unlock(&rules_lock);
	return found;
}

bool
fault_apply(enum sim_api api, struct sim_answer *answer)
{
	const struct fault *fault = due(api);

	to_spoil = SPOIL_NOTHING;
	if (fault == NULL)
		return false;
	snprintf(answer->note, sizeof(answer->note), "%s", fault->kind);
	to_spoil = fault->spoil;
	answer->cut = fault->cut;
	if (fault->cut == SIM_HANG)
		answer->hang_ms = 600000;
	if (fault->cut != SIM_WHOLE)
		return true;
	if (fault->status == 0)
		return false;
	answer->status = fault->status;
	answer->content_type = fault->type;
	buf_add_str(&answer->body, fault->body);
	if (fault->status == 429)
		sim_header(answer, "Retry-After", "1");
	return true;
}

/* A second copy of the first element, at the end of the array. */
static void
repeat_first(struct buf *b)
{
	struct buf copy = BUF_INIT;
	size_t i, depth = 0, begin = 0;

	for (i = 0; i < b->len; i++) {
		if (b->data[i] == '{' && depth++ == 0)
			begin = i;
		if (b->data[i] == '}' && --depth == 0)
			break;
	}
	if (i == b->len)
		return;
	buf_add(&copy, b->data + begin, i - begin + 1);
	b->len--;
	buf_add_byte(b, ',');
	buf_add_text(b, buf_text(&copy));
	buf_add_byte(b, ']');
	buf_clear(&copy);
}

void
fault_spoil(struct sim_answer *answer)
{
	struct buf *b = &answer->body;

	switch (to_spoil) {
	case SPOIL_CUT:
		answer->cut = SIM_CUT_BODY;
		break;
	case SPOIL_SHORT:
		b->len /= 2;
		break;
	case SPOIL_LATIN1:
		if (b->len > 2)
			b->data[2] = (char)0xe7;
		break;
	case SPOIL_TWICE:
		repeat_first(b);
		break;
	case SPOIL_NOTHING:
		break;
	}
	to_spoil = SPOIL_NOTHING;
}
