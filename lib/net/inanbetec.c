#include "net/inanbetec_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/filter.h"
#include "core/ndjson.h"

enum {
	CONNECT_TIMEOUT_MS = 10000,
	MAX_RETRY_AFTER_S = 60,
	MAX_ANSWER = 64 * 1024 * 1024,
	LAST_PAGE = 1000000
};

enum status
inanbetec_open(struct inanbetec **out, const struct inanbetec_config *config,
    struct error *err)
{
	struct inanbetec *i = mem_zalloc(sizeof(*i));
	struct text base = text_of(config->url);
	enum status s;

	i->config = *config;
	i->key = mem_strdup(config->key);
	i->http = http_open(config->allow_plain);
	i->answer = record_new();
	while (base.len > 0 && base.at[base.len - 1] == '/')
		base.len--;
	i->base = mem_text(base);
	s = http_check_url(i->http, "INANBETEC_API_URL", config->url, err);
	if (s == DONE)
		*out = i;
	else
		inanbetec_close(i);
	return s;
}

void
inanbetec_close(struct inanbetec *i)
{
	if (i == NULL)
		return;
	http_close(i->http);
	record_free(i->answer);
	buf_clear(&i->body);
	explicit_bzero(i->key, strlen(i->key));
	free(i->key);
	free(i->base);
	free(i);
}

struct text
inanbetec_id(struct value company)
{
	struct text id = { "", 0 };
	struct error ignored;

	value_identifier(value_member(company, "id"), &id, &ignored);
	return id;
}

/* ----------------------------------------------------------------- asked */

void
inanbetec_add_encoded(struct buf *url, struct text t)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t n = 0; n < t.len; n++)
		if (memchr(plain, t.at[n], sizeof(plain) - 1) != NULL)
			buf_add_byte(url, t.at[n]);
		else
			buf_printf(url, "%%%02X", (unsigned char)t.at[n]);
}

struct http_request
inanbetec_request(const struct inanbetec *i, const char *url)
{
	return (struct http_request){ .url = url,
		.bearer = i->key,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.timeout_ms = i->config.timeout_ms,
		.max_bytes = MAX_ANSWER };
}

/* Not executed, or a read that may be asked again. */
static bool
is_busy(const struct http_answer *a)
{
	return a->outcome != HTTP_ANSWERED || a->status == 408 ||
	    a->status == 425 || a->status == 429 || a->status >= 500;
}

static bool
pause_before_repeat(
    const struct inanbetec *i, int attempt, const struct http_answer *a)
{
	int64_t ms = i->config.retry_wait_ms * attempt, stated;

	stated = a->retry_after_s < MAX_RETRY_AFTER_S ? a->retry_after_s
						      : MAX_RETRY_AFTER_S;
	if (stated * 1000 > ms)
		ms = stated * 1000;
	while (ms > 0 && !filter_stop)
		ms = clock_sleep_ms(ms);
	return !filter_stop;
}

enum status
inanbetec_judge(const struct http_answer *a, struct error *err)
{
	if (a->status == 401 || a->status == 403)
		return fail(err, NOT_ALLOWED,
		    "company API: HTTP %ld: the service refuses "
		    "INANBETEC_API_KEY",
		    a->status);
	if ((a->status >= 300 && a->status <= 399) || a->status == 405 ||
	    a->status == 407 || a->status == 410)
		return fail(err, BAD_CONFIG,
		    "company API: HTTP %ld: correct INANBETEC_API_URL",
		    a->status);
	return DONE;
}

struct mapped {
	struct buf json;
	bool several;
};

static enum status
keep_mapped(struct text json, void *ctx, struct error *err)
{
	struct mapped *out = ctx;

	out->several = out->json.len > 0;
	if (out->several)
		return fail(err, BAD_INPUT, "more than one result");
	buf_add_text(&out->json, json);
	return DONE;
}

/* The body in our shape. What jq says of its failure quotes what it read. */
static enum status
map_body(struct inanbetec *i, struct record *answer, struct error *err)
{
	struct mapped mapped = { 0 };
	struct error why;
	enum status s = jqprog_run(
	    i->config.map, buf_text(&i->body), keep_mapped, &mapped, &why);

	buf_clear(&i->body);
	i->body = mapped.json;
	if (mapped.several)
		return fail(err, BAD_INPUT, "--map: more than one result");
	if (s != DONE)
		return fail(err, BAD_INPUT,
		    "--map: the program failed on an answer of the company "
		    "API; try it there with jq");
	s = ndjson_parse_any(answer, buf_text(&i->body), &why);
	return s == DONE ? DONE : fail(err, BAD_INPUT, "--map: %s", why.text);
}

/* Puts what was answered, in our shape, into `body` and `answer`. */
static enum status
read_body(struct inanbetec *i, struct http_answer *a, struct record *answer,
    struct error *err)
{
	struct error why;

	buf_clear(&i->body);
	i->body = a->body;
	a->body = BUF_INIT;
	if (ndjson_parse_any(answer, buf_text(&i->body), &why) != DONE)
		return fail(err, BAD_INPUT, "company API: %s", why.text);
	return i->config.map == NULL ? DONE : map_body(i, answer, err);
}

static enum status
ask_once(struct inanbetec *i, const char *url, struct record *answer,
    struct http_answer *a, bool *again, struct error *err)
{
	struct http_request req = inanbetec_request(i, url);
	enum status s;

	http_call(i->http, &req, a);
	*again = is_busy(a) && a->outcome != HTTP_STOPPED;
	if (is_busy(a))
		return fail(err, TRY_LATER, "company API: %s", a->why);
	if ((s = inanbetec_judge(a, err)) != DONE || a->status == 404)
		return s;
	if (a->status != 200)
		return fail(err, BAD_INPUT, "company API: HTTP %ld", a->status);
	s = read_body(i, a, answer, err);
	/* What is no JSON was cut, or is a page of some proxy. */
	*again = s == BAD_INPUT && i->config.map == NULL;
	return s;
}

/* A read, with its repeats. *found false: 404. */
static enum status
ask(struct inanbetec *i, const char *url, struct record *answer, bool *found,
    struct error *err)
{
	struct http_answer a;
	bool again = true;
	enum status s = DONE;

	for (int attempt = 1; again; attempt++) {
		s = ask_once(i, url, answer, &a, &again, err);
		*found = a.status != 404;
		again = again && attempt <= i->config.retries &&
		    pause_before_repeat(i, attempt, &a);
		http_answer_clear(&a);
	}
	return s;
}

/* ---------------------------------------------------------------- listed */

static enum status
refuse_shape(struct error *err)
{
	return fail(err, BAD_INPUT,
	    "company API: neither companies nor an object with data: see "
	    "--map");
}

static enum status
each_company(
    struct value list, inanbetec_each_fn each, void *ctx, struct error *err)
{
	struct each it;
	enum status s;

	for (it = value_each(list); each_next(&it);) {
		if (inanbetec_id(it.at).len == 0)
			return fail(err, BAD_INPUT,
			    "company API: a company without id: see --map");
		if ((s = each(it.at, ctx, err)) != DONE)
			return s;
	}
	return DONE;
}

/* One page; *left: how many the service says are to come. */
static enum status
list_page(struct inanbetec *i, int64_t page, int64_t *got, int64_t *left,
    inanbetec_each_fn each, void *ctx, struct error *err)
{
	struct buf url = BUF_INIT;
	struct value root, data, total;
	int64_t all = 0;
	bool found;
	enum status s;

	buf_printf(&url, "%s/empresas?page=%lld&limit=%d", i->base,
	    (long long)page, i->config.page);
	s = ask(i, buf_cstr(&url), i->answer, &found, err);
	buf_clear(&url);
	if (s != DONE)
		return s;
	if (!found)
		return fail(err, BAD_CONFIG,
		    "company API: HTTP 404: correct INANBETEC_API_URL");
	root = record_root(i->answer);
	data = value_kind(root) == IS_ARRAY ? root : value_member(root, "data");
	total = value_member(root, "total");
	if (value_kind(data) != IS_ARRAY ||
	    (value_kind(total) != ABSENT &&
		record_integer(root, "total", 0, INT32_MAX, &all, err) != DONE))
		return refuse_shape(err);
	*got += (int64_t)value_count(data);
	*left = value_count(data) > 0 ? all - *got : 0;
	if (value_count(data) == 0 && all > *got)
		return fail(err, TRY_LATER,
		    "company API: %lld of %lld companies came", (long long)*got,
		    (long long)all);
	return each_company(data, each, ctx, err);
}

enum status
inanbetec_list(
    struct inanbetec *i, inanbetec_each_fn each, void *ctx, struct error *err)
{
	int64_t got = 0, left = 1, page;
	enum status s = DONE;

	for (page = 1; s == DONE && left > 0 && page < LAST_PAGE; page++)
		s = list_page(i, page, &got, &left, each, ctx, err);
	return s;
}

enum status
inanbetec_get(struct inanbetec *i, struct text id, struct record *answer,
    struct value *company, struct error *err)
{
	struct buf url = BUF_INIT;
	struct text given;
	bool found;
	enum status s;

	*company = NO_VALUE;
	if (text_is(id, ".") || text_is(id, ".."))
		return DONE; /* a step in a path, and no name */
	buf_printf(&url, "%s/empresas/", i->base);
	inanbetec_add_encoded(&url, id);
	s = ask(i, buf_cstr(&url), answer, &found, err);
	buf_clear(&url);
	if (s != DONE || !found)
		return s;
	*company = record_root(answer);
	given = inanbetec_id(*company);
	if (given.len == 0)
		return refuse_shape(err);
	if (text_same(given, id))
		return DONE;
	reject(err, "empresa_desconhecida",
	    "company API: asked for company %.*s, it answers %.*s", (int)id.len,
	    id.at, (int)given.len, given.at);
	error_advise(err, "write the id as the company API does, or see --map");
	return SOME_REJECTED;
}

enum status
inanbetec_search(struct inanbetec *i, const char *cnpj, inanbetec_each_fn each,
    void *ctx, struct error *err)
{
	struct buf url = BUF_INIT;
	struct value root;
	bool found;
	enum status s;

	buf_printf(&url, "%s/empresas/search?cnpj=", i->base);
	inanbetec_add_encoded(&url, text_of(cnpj));
	s = ask(i, buf_cstr(&url), i->answer, &found, err);
	buf_clear(&url);
	if (s != DONE || !found)
		return s;
	root = record_root(i->answer);
	if (value_kind(root) == IS_ARRAY)
		return each_company(root, each, ctx, err);
	if (inanbetec_id(root).len == 0)
		return refuse_shape(err);
	return each(root, ctx, err);
}
