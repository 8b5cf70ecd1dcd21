/* One harmless read of each service. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "volum-doctor/doctor.h"

enum { MOST_SKEW_S = 60, TIMEOUT_MS = 20000, MAX_BYTES = 16 * 1024 * 1024 };

static bool
plain_allowed(void)
{
	const char *plain = getenv("VOLUM_ALLOW_HTTP");

	return plain != NULL && strcmp(plain, "1") == 0;
}

static void
check_skew(struct doctor *d, const char *name, int64_t date_s)
{
	static const struct clock real = { 0 };
	int64_t skew = clock_now(&real) / 1000 - date_s;
	char what[40];

	if (date_s == 0 || (skew >= -MOST_SKEW_S && skew <= MOST_SKEW_S))
		return;
	snprintf(what, sizeof(what), "%s clock", name);
	if (skew > 0)
		tell(d, WARNING, DONE, what, N_("set the clock (NTP)"),
		    "this machine is %" PRId64 " s ahead of the service", skew);
	else
		tell(d, WARNING, DONE, what, N_("set the clock (NTP)"),
		    "this machine is %" PRId64 " s behind the service", -skew);
}

static void
judge(struct doctor *d, const char *name, const char *key,
    const struct http_answer *a, int64_t ms)
{
	if (a->outcome != HTTP_ANSWERED)
		tell(d, FAILURE, TRY_LATER, name,
		    N_("check address and network"), "no answer: %s", a->why);
	else if (a->status == 401 || a->status == 403)
		tell(d, FAILURE, NOT_ALLOWED, name, key,
		    "answers, but refuses the key (%ld)", a->status);
	else if (a->status == 429 || a->status >= 500)
		tell(d, FAILURE, TRY_LATER, name, N_("try again later"),
		    "answers with %ld", a->status);
	else if (a->status != 200)
		tell(d, FAILURE, BAD_CONFIG, name, N_("check the address"),
		    "answers with %ld", a->status);
	else
		tell(d, FINE, DONE, name, NULL,
		    "answers, key accepted, %" PRId64 " ms", ms);
	if (a->outcome == HTTP_ANSWERED)
		check_skew(d, name, a->date_s);
}

/* GET of `path` under `base`, with the secret `name` (or `other`). */
static void
ask(struct doctor *d, const char *service, const char *base, const char *path,
    const char *name, const char *other, const char *advice)
{
	struct http *http = http_open(plain_allowed());
	struct http_answer a = { 0 };
	struct secret key = { 0 };
	struct buf url = BUF_INIT;
	struct error err;
	size_t len = strlen(base);
	int64_t began = clock_monotonic_ms();
	enum status s = http_check_url(http, service, base, &err);

	if (s == DONE)
		s = secret_take(name, &key, &err);
	if (s == DONE && key.text == NULL && other != NULL)
		s = secret_take(other, &key, &err);
	if (s != DONE) {
		tell_error(d, s, service, NULL, &err);
	} else {
		buf_printf(&url, "%s%s%s", base,
		    len > 0 && base[len - 1] == '/' ? "" : "/", path);
		http_call(http,
		    &(struct http_request){ .url = buf_cstr(&url),
			.bearer = key.text,
			.connect_timeout_ms = TIMEOUT_MS / 2,
			.timeout_ms = TIMEOUT_MS,
			.max_bytes = MAX_BYTES },
		    &a);
		judge(d, service, advice, &a, clock_monotonic_ms() - began);
		http_answer_clear(&a);
	}
	secret_clear(&key);
	buf_clear(&url);
	http_close(http);
}

static void
tell_omie(struct doctor *d, const struct omie_fault *fault, int64_t ms)
{
	if (fault->verdict == OMIE_OK || fault->verdict == OMIE_NOTHING)
		tell(d, FINE, DONE, "omie", NULL,
		    "answers, key accepted, %" PRId64 " ms", ms);
	else if (fault->verdict == OMIE_PERMANENT)
		tell(d, FAILURE, BAD_CONFIG, "omie", N_("check OMIE_API_URL"),
		    "refuses a listing: %s", fault->text);
	else
		tell(d, FAILURE, TRY_LATER, "omie",
		    N_("check address and network"), "no good answer: %s",
		    fault->text);
}

/* The number of records differs from call to call: two identical ones within a
 * minute would have to wait (omie-api 2.2). */
static void
ask_omie(struct doctor *d)
{
	const struct omie_config hooks = { .shared = d->shared };
	char account[OMIE_ACCOUNT_TEXT], params[120];
	int64_t began = clock_monotonic_ms();
	struct record *answer = record_new();
	struct omie *omie = NULL;
	struct omie_fault fault;
	struct error err;
	enum status s;

	snprintf(params, sizeof(params),
	    "{\"pagina\":1,\"registros_por_pagina\":%d,"
	    "\"apenas_importado_api\":\"N\"}",
	    (int)(began % 100) + 1);
	s = omie_open_by(&omie, &d->options->omie, &hooks, account, &err);
	if (s == DONE)
		s = omie_call(omie, OMIE_CLIENTES, "ListarClientes", false,
		    text_of(params), answer, &fault, &err);
	if (s == DONE)
		tell_omie(d, &fault, clock_monotonic_ms() - began);
	else
		tell_error(d, s, "omie",
		    s == NOT_ALLOWED ? N_("renew OMIE_APP_KEY, OMIE_APP_SECRET")
			: s == BLOCKED
			? N_("wait; every call before makes it longer")
			: NULL,
		    &err);
	omie_close(omie);
	record_free(answer);
}

static void
ask_usage(struct doctor *d)
{
	struct day t;
	struct error err;
	char path[120];

	if (clock_today(&d->filter->clock, &t, &err) != DONE)
		t = (struct day){ 2026, 1, 1 };
	snprintf(path, sizeof(path),
	    "volumetria?dataInicial=%04d-%02d-01&dataFinal=%04d-%02d-01"
	    "&empresas=1",
	    t.year, t.month, t.year, t.month);
	ask(d, "usage API", d->options->usage_url, path, "VOLUMETRIA_API_TOKEN",
	    "VOLUMETRIA_API_KEY", N_("renew VOLUMETRIA_API_TOKEN"));
}

void
check_services(struct doctor *d)
{
	static const char *const names[] = { "usage API", "company API",
		"omie" };
	const bool has[] = { d->has_usage, d->has_company, d->has_omie };

	for (size_t i = 0; i < 3; i++)
		if (d->options->offline)
			tell(d, SKIPPED, DONE, names[i], NULL, "--offline");
		else if (!has[i])
			tell(d, SKIPPED, DONE, names[i], NULL,
			    "not configured, see above");
		else if (i == 2 && d->limits_away)
			tell(d, SKIPPED, DONE, names[i], NULL,
			    "its limits are in the store, see above");
		else if (i == 0)
			ask_usage(d);
		else if (i == 1)
			ask(d, names[i], d->options->company_url,
			    "empresas?page=1&limit=1", "INANBETEC_API_KEY",
			    NULL, N_("renew INANBETEC_API_KEY"));
		else
			ask_omie(d);
}
