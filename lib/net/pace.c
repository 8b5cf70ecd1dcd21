/* Limits as bookkeeping: what left when, and what came back as an error. */
#include "net/pace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	MINUTE_MS = 60000,
	/* Errors that a run may leave unused before the lock-out. */
	ERRORS_SPARED = 2,
	MIN_MARGIN_MS = 50
};

/* Something that happened, oldest first, until nobody asks any more. */
struct event {
	uint64_t what;
	int64_t at;
};

struct events {
	struct event *list;
	size_t count, cap;
};

struct method {
	char *name;
	int64_t *sent; /* a ring of the last calls, `per_minute` of them */
	int64_t count; /* of all calls */
	int64_t wait_until;
	struct events errors;
};

struct pace {
	struct pace_limits limits;
	struct method *methods;
	size_t method_count;
	struct events calls; /* those an identical one must keep away from */
	int64_t blocked_until;
};

static int64_t
at_least(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Forgets what happened at or before `until`. */
static void
forget(struct events *e, int64_t until)
{
	size_t gone = 0;

	while (gone < e->count && e->list[gone].at <= until)
		gone++;
	if (gone == 0)
		return;
	e->count -= gone;
	memmove(e->list, e->list + gone, e->count * sizeof(*e->list));
}

static void
happened(struct events *e, uint64_t what, int64_t at)
{
	if (e->count == e->cap) {
		e->cap = e->cap ? e->cap * 2 : 16;
		e->list = mem_realloc(e->list, e->cap * sizeof(*e->list));
	}
	e->list[e->count++] = (struct event){ what, at };
}

struct pace *
pace_open(const struct pace_limits *limits)
{
	struct pace *p = mem_zalloc(sizeof(*p));

	p->limits = *limits;
	p->limits.per_minute = at_least(limits->per_minute, 1);
	p->blocked_until = INT64_MIN;
	return p;
}

void
pace_close(struct pace *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->method_count; i++) {
		free(p->methods[i].name);
		free(p->methods[i].sent);
		free(p->methods[i].errors.list);
	}
	free(p->methods);
	free(p->calls.list);
	free(p);
}

static struct method *
method_of(struct pace *p, const char *name)
{
	struct method *m;

	for (size_t i = 0; i < p->method_count; i++)
		if (strcmp(p->methods[i].name, name) == 0)
			return &p->methods[i];
	p->methods = mem_realloc(
	    p->methods, (p->method_count + 1) * sizeof(*p->methods));
	m = &p->methods[p->method_count++];
	*m = (struct method){ .name = mem_strdup(name),
		.wait_until = INT64_MIN };
	m->sent = mem_alloc((size_t)p->limits.per_minute * sizeof(*m->sent));
	return m;
}

/* FNV-1a over method, NUL and parameters. Two calls that meet by chance cost a
 * needless wait, nothing else. */
static uint64_t
call_hash(const char *method, struct text params)
{
	uint64_t h = UINT64_C(14695981039346656037);

	do
		h = (h ^ (unsigned char)*method) * UINT64_C(1099511628211);
	while (*method++ != '\0');
	for (size_t i = 0; i < params.len; i++)
		h = (h ^ (unsigned char)params.at[i]) * UINT64_C(1099511628211);
	return h;
}

/* The window and some more: our clock and Omie's begin it at other moments. */
static int64_t
window_of(const struct pace_limits *l)
{
	if (l->window_ms <= 0)
		return 0;
	return l->window_ms + at_least(l->window_ms / 30, MIN_MARGIN_MS);
}

static int64_t
identical_until(const struct pace *p, uint64_t call)
{
	for (size_t i = p->calls.count; i-- > 0;)
		if (p->calls.list[i].what == call)
			return p->calls.list[i].at + window_of(&p->limits);
	return INT64_MIN;
}

/* Calls of a method keep apart, and no 60 s, both ends included, hold more than
 * `per_minute` of them. */
static int64_t
rate_until(const struct pace *p, const struct method *m)
{
	int64_t most = p->limits.per_minute, last, until;

	if (m->count == 0)
		return INT64_MIN;
	last = m->sent[(m->count - 1) % most];
	until = last + (MINUTE_MS + most - 1) / most;
	if (m->count >= most)
		until =
		    at_least(until, m->sent[m->count % most] + MINUTE_MS + 1);
	return until;
}

/* When enough errors are old again; INT64_MIN: they are few. */
static int64_t
errors_until(const struct pace *p, struct method *m, int64_t now)
{
	size_t most =
	    (size_t)at_least(p->limits.error_budget - ERRORS_SPARED, 1);

	forget(&m->errors, now - p->limits.block_ms);
	if (m->errors.count < most)
		return INT64_MIN;
	return m->errors.list[m->errors.count - most].at + p->limits.block_ms;
}

static enum status
refuse(const char *why, int64_t wait_ms, int64_t *out, struct error *err)
{
	*out = wait_ms;
	return fail(err, BLOCKED, "%s; it ends in %lld seconds", why,
	    (long long)((wait_ms + 999) / 1000));
}

enum status
pace_ask(struct pace *p, const char *method, struct text params, int64_t now,
    int64_t *wait_ms, struct error *err)
{
	struct method *m = method_of(p, method);
	int64_t errors = errors_until(p, m, now), until = now;

	if (p->blocked_until > now)
		return refuse("Omie shut this account out",
		    p->blocked_until - now, wait_ms, err);
	if (errors > now)
		return refuse("Omie answered with nearly as many errors as it "
			      "takes to be shut out",
		    errors - now, wait_ms, err);
	until = at_least(until, m->wait_until);
	until = at_least(until, rate_until(p, m));
	until = at_least(until, identical_until(p, call_hash(method, params)));
	*wait_ms = until - now;
	return DONE;
}

void
pace_sent(struct pace *p, const char *method, struct text params, int64_t now)
{
	struct method *m = method_of(p, method);

	m->sent[m->count++ % p->limits.per_minute] = now;
	if (window_of(&p->limits) == 0)
		return;
	forget(&p->calls, now - window_of(&p->limits));
	happened(&p->calls, call_hash(method, params), now);
}

void
pace_error(struct pace *p, const char *method, int64_t now)
{
	struct method *m = method_of(p, method);

	forget(&m->errors, now - p->limits.block_ms);
	happened(&m->errors, 0, now);
}

void
pace_wait(struct pace *p, const char *method, int64_t until)
{
	struct method *m = method_of(p, method);

	m->wait_until = at_least(m->wait_until, until);
}

void
pace_block(struct pace *p, int64_t until)
{
	p->blocked_until = at_least(p->blocked_until, until);
}
