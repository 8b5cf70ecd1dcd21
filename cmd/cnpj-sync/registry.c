/*
 * --check-registry: whether a company is active, as the public registry says in
 * the shape of BrasilAPI. Services that are free are asked one question at a
 * time, seldom, and never twice in a month; what they don't say is no news.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnpj-sync/step.h"
#include "core/ndjson.h"

enum {
	PAUSE_MS = 3000,
	TIMEOUT_MS = 10000,
	MAX_BYTES = 1024 * 1024,
	FRESH_DAYS = 30
};

static bool
read_situation(struct run *run, const struct http_answer *a, char out[24])
{
	struct error ignored;
	struct text word;

	if (a->outcome != HTTP_ANSWERED || a->status != 200 ||
	    ndjson_parse(run->doc, buf_text(&a->body), &ignored) != DONE)
		return false;
	word = value_text(value_member(
	    record_root(run->doc), "descricao_situacao_cadastral"));
	if (word.len == 0 || word.len >= 24)
		return false;
	snprintf(out, 24, "%.*s", (int)word.len, word.at);
	return true;
}

static void
wait_turn(struct run *run)
{
	int64_t ms = run->registry_next - clock_monotonic_ms();

	while (ms > 0 && !filter_stop)
		ms = clock_sleep_ms(ms);
}

static bool
ask(struct run *run, const char *cnpj, char out[24])
{
	struct http_request req = { .connect_timeout_ms = TIMEOUT_MS,
		.timeout_ms = TIMEOUT_MS,
		.max_bytes = MAX_BYTES };
	struct http_answer answer;
	struct buf url = BUF_INIT;
	bool said;

	wait_turn(run);
	buf_printf(&url, "%s/%s", run->options->registry, cnpj);
	req.url = buf_cstr(&url);
	http_call(run->registry, &req, &answer);
	said = read_situation(run, &answer, out);
	/* It has enough of us: no further question in this run. */
	if (answer.outcome != HTTP_ANSWERED || answer.status == 429 ||
	    answer.status == 403 || answer.status >= 500)
		run->registry_left = 0;
	else
		run->registry_left--;
	run->registry_next = clock_monotonic_ms() + PAUSE_MS;
	http_answer_clear(&answer);
	buf_clear(&url);
	return said;
}

static void
flag(struct run *run, const struct job *job)
{
	if (strcmp(job->situation, "ATIVA") != 0)
		filter_warn(run->filter,
		    "company %.*s is %s in the public registry",
		    (int)job->empresa_id.len, job->empresa_id.at,
		    job->situation);
}

enum status
check_registry(struct run *run, struct job *job, struct error *err)
{
	instant_ms now = clock_now(&run->filter->clock);
	instant_ms since = now - (instant_ms)FRESH_DAYS * 86400000;
	char document[CNPJ_TEXT];
	bool known;
	enum status s;

	if (run->options->registry == NULL || job->cnpj.len != CNPJ_TEXT - 1)
		return DONE;
	snprintf(document, sizeof(document), "%.*s", (int)job->cnpj.len,
	    job->cnpj.at);
	s = registry_look(
	    run->store, document, since, job->situation, &known, err);
	if (s == DONE && !known && run->registry_left > 0) {
		if ((s = commit(run, err)) != DONE)
			return s;
		if (ask(run, document, job->situation) && !job->test)
			s = remember_situation(run, job, err);
	}
	if (s == DONE && job->situation[0] != '\0')
		flag(run, job);
	return s;
}
