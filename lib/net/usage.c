/* The usage API: what is asked, and what its statuses mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/usage_internal.h"

enum { CONNECT_TIMEOUT_MS = 10000, MAX_RETRY_AFTER_S = 60 };

static enum status
check_path(const char *path, struct error *err)
{
	for (const char *p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || *p == '?' || *p == '#')
			return fail(err, BAD_CONFIG,
			    "--path: `%c` can't stand in a path",
			    *p > ' ' && *p < 0x7f ? *p : ' ');
	return DONE;
}

static char *
join(const char *url, const char *path)
{
	struct text base = text_of(url);
	struct buf whole = BUF_INIT;

	while (base.len > 0 && base.at[base.len - 1] == '/')
		base.len--;
	buf_add_text(&whole, base);
	buf_add_byte(&whole, '/');
	buf_add_str(&whole, path + strspn(path, "/"));
	buf_cstr(&whole);
	return whole.data;
}

enum status
usage_open(
    struct usage **out, const struct usage_config *config, struct error *err)
{
	struct usage *u = mem_zalloc(sizeof(*u));
	enum status status;

	u->config = *config;
	if (config->token != NULL)
		u->token = mem_strdup(config->token);
	u->config.token = u->token;
	if (u->config.jobs < 1)
		u->config.jobs = 1;
	if (u->config.batch < 1)
		u->config.batch = 1;
	u->http = http_open(config->allow_plain);
	u->answer = answer_new();
	status =
	    http_check_url(u->http, "VOLUMETRIA_API_URL", config->url, err);
	if (status == DONE)
		status = check_path(config->path, err);
	if (status == DONE) {
		u->endpoint = join(config->url, config->path);
		*out = u;
	} else {
		usage_close(u);
	}
	return status;
}

void
usage_close(struct usage *u)
{
	if (u == NULL)
		return;
	http_close(u->http);
	answer_free(u->answer);
	if (u->token != NULL)
		explicit_bzero(u->token, strlen(u->token));
	free(u->token);
	free(u->endpoint);
	free(u);
}

uint64_t
usage_unasked(const struct usage *u)
{
	return u->unasked;
}

void
usage_refuse(struct error *why, const char *code, const char *text)
{
	snprintf(why->code, sizeof(why->code), "%s", code);
	snprintf(why->class_, sizeof(why->class_), "servico");
	if (text != NULL)
		error_say(why, "%s", text);
	why->advice[0] = '\0';
}

void
usage_count_attempts(struct error *why, int attempts)
{
	if (attempts > 1)
		error_add(why, " (%d attempts)", attempts);
}

/* No question about volumes is answered so: QUIRKS.md. Redirects are not
 * followed, and 407 is a proxy's. */
static bool
is_elsewhere(long s)
{
	return (s >= 300 && s <= 399) || s == 404 || s == 405 || s == 407 ||
	    s == 410;
}

enum status
usage_elsewhere(
    const struct usage *u, const struct error *why, struct error *err)
{
	*err = *why;
	error_add(
	    err, ": %.200s: correct VOLUMETRIA_API_URL or --path", u->endpoint);
	return BAD_CONFIG;
}

enum reply
usage_judge(const struct http_answer *a, struct error *why)
{
	long s = a->status;

	error_say(why, "usage API: %s", a->why);
	usage_refuse(why, "servico_indisponivel", NULL);
	if (a->outcome == HTTP_STOPPED)
		return REPLY_STOPPED;
	if (a->outcome != HTTP_ANSWERED && a->outcome != HTTP_TOO_LARGE)
		return REPLY_AGAIN;
	if (s == 408 || s == 425 || s == 429 || s >= 500)
		return REPLY_AGAIN;
	if (s == 401 || s == 403)
		return REPLY_DENIED;
	if (is_elsewhere(s))
		return REPLY_ELSEWHERE;
	if (a->outcome == HTTP_ANSWERED && s == 200)
		return REPLY_WHOLE;
	usage_refuse(why, "resposta_invalida", NULL);
	return REPLY_REFUSED;
}

int64_t
usage_wait_ms(const struct usage *u, int attempts, const struct http_answer *a)
{
	int64_t wait = u->config.retry_wait_ms * attempts, stated;
	unsigned char chance = 0;

	/* Between 3/4 and 5/4, so that many don't come back together. */
	if (getentropy(&chance, sizeof(chance)) != 0)
		chance = 128;
	wait = wait * 3 / 4 + wait * chance / 512;
	stated = a->retry_after_s < MAX_RETRY_AFTER_S ? a->retry_after_s
						      : MAX_RETRY_AFTER_S;
	return stated * 1000 > wait ? stated * 1000 : wait;
}

void
usage_url(const struct usage *u, competencia month, struct buf *url)
{
	char first[DAY_TEXT], last[DAY_TEXT];

	day_format(competencia_first_day(month), first);
	day_format(competencia_last_day(month), last);
	buf_reset(url);
	buf_printf(
	    url, "%s?dataInicial=%s&dataFinal=%s", u->endpoint, first, last);
}

struct http_request
usage_request(const struct usage *u, const char *url)
{
	return (struct http_request){ .url = url,
		.bearer = u->config.token,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.timeout_ms = u->config.timeout_ms,
		.max_bytes = u->config.max_answer };
}
