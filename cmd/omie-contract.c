/*
 * omie-contract - one service contract in Omie per consolidation, exactly once.
 *
 * in:  `consolidacaoData` events
 * out: one `contrato` result each
 */
#include <stdlib.h>
#include <string.h>

#include "contrato_jq.h"
#include "core/secret.h"
#include "core/state.h"
#include "omie-contract/billing.h"
#include "store/target.h"

struct options {
	struct common_options common;
	const char *template_, *url;
	int64_t rate, window_s, error_budget, block_s, timeout_s;
	int64_t ip_rate, rate_window_s, reserve;
};

static const struct option_row ROWS[] = {
	{ "template", 't', OPTION_TEXT, "FILE.jq",
	    offsetof(struct options, template_), NULL,
	    "what makes the contract (one that ships: examples/templates)", 0,
	    0 },
	{ "api-url", 0, OPTION_TEXT, "URL", offsetof(struct options, url),
	    "OMIE_API_URL", "Omie, up to and without geral/", 0, 0 },
	{ "rate-per-min", 0, OPTION_NUMBER, "N", offsetof(struct options, rate),
	    "OMIE_RATE_PER_MIN", "calls a minute of one method", 1, 60000 },
	{ "ip-rate-per-min", 0, OPTION_NUMBER, "N",
	    offsetof(struct options, ip_rate), "OMIE_IP_RATE_PER_MIN",
	    "calls a minute of all methods", 1, 60000 },
	{ "reserve", 0, OPTION_NUMBER, "PERCENT",
	    offsetof(struct options, reserve), "OMIE_RESERVE",
	    "of both rates that is left to others", 0, 90 },
	{ "rate-window", 0, OPTION_NUMBER, "S",
	    offsetof(struct options, rate_window_s), "OMIE_RATE_WINDOW_S",
	    "seconds that the rates are counted over", 1, 3600 },
	{ "same-call-window", 0, OPTION_NUMBER, "S",
	    offsetof(struct options, window_s), "OMIE_SAME_CALL_WINDOW_S",
	    "seconds between two identical calls", 0, 86400 },
	{ "error-budget", 0, OPTION_NUMBER, "N",
	    offsetof(struct options, error_budget), "OMIE_ERROR_BUDGET",
	    "errors that lock the account out; stops two before", 3, 1000000 },
	{ "block", 0, OPTION_NUMBER, "S", offsetof(struct options, block_s),
	    "OMIE_BLOCK_S", "seconds that errors count and a lock-out lasts", 1,
	    86400 },
	{ "timeout", 0, OPTION_NUMBER, "S", offsetof(struct options, timeout_s),
	    NULL, "seconds for one whole answer", 1, 3600 },
	{ 0 },
};

static const struct command COMMAND = {
	.name = "omie-contract",
	.summary = "create each contract in Omie exactly once",
	.synopsis = "[--template FILE.jq] [--db URI] [--dry-run]",
	.rows = ROWS,
};

/* After so many records that could not be sent, no further one is tried. */
enum { UNREACHABLE_MAX = 3 };

/* --------------------------------------------------------------- stores */

/* A test alone must not even create a database. */
static enum status
need_store(struct run *run, enum store_mode mode, struct error *err)
{
	const struct options *o = run->options;
	char target[STORE_TARGET_MAX];
	enum status s;

	if (run->store != NULL &&
	    (run->mode == STORE_WRITE || mode == STORE_READ))
		return DONE;
	store_close(run->store);
	run->store = NULL;
	run->mode = mode;
	if ((s = store_target(o->common.db, target, err)) != DONE)
		return s;
	if (mode == STORE_WRITE && o->common.db == NULL &&
	    (s = state_make(err)) != DONE)
		return s;
	return store_open(&run->store, target, mode, &run->filter->clock,
	    run->filter->run_id, err);
}

static enum status
need_template(struct run *run, struct error *err)
{
	struct text shipped = { (const char *)contrato_jq,
		sizeof(contrato_jq) };

	if (run->template_ != NULL)
		return DONE;
	if (run->options->template_ != NULL)
		return jqprog_open_file(
		    &run->template_, run->options->template_, err);
	return jqprog_open(
	    &run->template_, "the template that ships", shipped, err);
}

/* -------------------------------------------------------------- records */

static void
put_result(struct run *run, const struct record *rec, const struct job *job,
    enum contract_action action, int64_t nCodCtr)
{
	static const char *const replaced[] = { "consolidacaoData", "trigger",
		NULL };
	struct contract_result result = { .key = job->c.key,
		.action = action,
		.code = job->code,
		.nCodCtr = nCodCtr,
		.total_cents = job->c.total_cents,
		.status = nCodCtr > 0 ? CONSOLIDATION_SENT : job->c.status };
	struct buf *out = filter_out(run->filter);

	build_open(out, '{');
	build_name(out, "contrato");
	contract_write(out, &result);
	build_text_member(out, "trigger", TEXT("contract-created"));
	build_members_but(out, record_root(rec), replaced);
	build_close(out, '}');
	filter_end_line(run->filter);
	run->filter->counters.cents += job->c.total_cents;
	if (action == CONTRACT_UNCHANGED)
		run->filter->counters.unchanged++;
}

static enum status
read_job(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	struct value root = record_root(rec);
	struct consolidation billed;
	bool partial;
	enum status s;

	if ((s = consolidation_read(value_member(root, "consolidacaoData"),
		 &job->c, &run->scratch, err)) != DONE ||
	    (s = record_flag(root, "parcial", &partial, err)) != DONE)
		return s;
	if (partial)
		return reject(err, "parcial",
		    "the month is not closed: its "
		    "volumes are no contract yet");
	if (job->c.status == CONSOLIDATION_PROCESSING ||
	    job->c.status == CONSOLIDATION_ERROR)
		return reject(err, "nao_pronta",
		    "status is %s: only completed, "
		    "ready_to_send and sent are billed",
		    consolidation_status_name(job->c.status));
	contract_code(&job->c.key, job->code);
	billed = job->c;
	billed.source = NO_VALUE; /* what is not billed makes no difference */
	buf_reset(&run->line);
	consolidation_write_content(&run->line, &billed);
	hash_text(buf_text(&run->line), job->content_hash);
	return DONE;
}

/* Confirmed before: the same content needs no call, another is refused. */
static enum status
compare_confirmed(const struct job *job, struct error *err)
{
	if (strcmp(job->last.content_hash, job->content_hash) == 0)
		return DONE;
	reject(err, "divergente",
	    "contract %s (nCodCtr %lld) was created with "
	    "other content: %lld.%02lld then, %lld.%02lld now",
	    job->code, (long long)job->last.nCodCtr,
	    (long long)(job->last.total_cents / 100),
	    (long long)(job->last.total_cents % 100),
	    (long long)(job->c.total_cents / 100),
	    (long long)(job->c.total_cents % 100));
	error_advise(err, "change the contract in Omie by hand");
	return SOME_REJECTED;
}

/* Closes the service to the rest of the input, which is refused with the
 * reason: nothing is lost, and whoever feeds us can end in peace. */
static void
shut(struct run *run, enum status s, const struct error *why)
{
	run->shut = s;
	run->shut_why = *why;
}

static enum status
refuse_shut(struct run *run, struct error *err)
{
	const char *code = run->shut == BLOCKED ? "bloqueado"
	    : run->shut == NOT_ALLOWED		? "credenciais"
						: "servico_indisponivel";

	reject(err, code, "%s", run->shut_why.text);
	memcpy(err->class_, "servico", sizeof("servico"));
	error_advise(err, "%s",
	    run->shut == BLOCKED ? "feed this line back in after that time"
				 : "feed this line back in when it is mended");
	return SOME_REJECTED;
}

static enum status
send_new(struct run *run, const struct record *rec, struct job *job,
    struct error *err)
{
	int64_t nCodCtr = 0;
	enum status s;

	if (run->shut != DONE)
		return refuse_shut(run, err);
	s = job_send(run, job, &nCodCtr, err);
	if (s == BLOCKED || s == NOT_ALLOWED) {
		shut(run, s, err);
		return refuse_shut(run, err);
	}
	if (s == SOME_REJECTED &&
	    strcmp(err->code, "servico_indisponivel") == 0) {
		if (++run->unreachable == UNREACHABLE_MAX)
			shut(run, TRY_LATER, err);
	} else {
		run->unreachable = 0;
	}
	if (s == DONE)
		put_result(run, rec, job, CONTRACT_INCLUDED, nCodCtr);
	return s;
}

/* An attempt whose outcome is open. */
static bool
may_exist(const struct job *job)
{
	return job->known &&
	    (job->last.event == LEDGER_INTENT ||
		job->last.event == LEDGER_UNCLEAR);
}

static enum status
bill(struct run *run, const struct record *rec, bool test, struct error *err)
{
	enum store_mode mode = STORE_WRITE;
	struct job job = { 0 };
	enum status s;

	if ((s = read_job(run, rec, &job, err)) != DONE)
		return s;
	if (test || job.c.total_cents == 0)
		mode = STORE_READ;
	if ((s = need_store(run, mode, err)) != DONE)
		return s;
	s = ledger_last(
	    run->store, text_of(job.code), &job.last, &job.known, err);
	if (s != DONE)
		return s;
	if (job.known && job.last.event == LEDGER_CONFIRMED) {
		if ((s = compare_confirmed(&job, err)) == DONE)
			put_result(run, rec, &job,
			    test ? CONTRACT_PLANNED : CONTRACT_UNCHANGED,
			    job.last.nCodCtr);
		return s;
	}
	/* Nothing to bill makes no contract, unless one may exist already. */
	if (job.c.total_cents == 0 && !may_exist(&job)) {
		put_result(run, rec, &job,
		    test ? CONTRACT_PLANNED : CONTRACT_DISPENSED, 0);
		return DONE;
	}
	if ((s = need_template(run, err)) != DONE ||
	    (s = job_find_customer(run, &job, err)) != DONE ||
	    (s = job_make_payload(run, &job, err)) != DONE)
		return s;
	if (!test)
		return send_new(run, rec, &job, err);
	put_result(run, rec, &job, CONTRACT_PLANNED, 0);
	return DONE;
}

static enum status
bill_record(
    struct filter *f, const struct record *rec, void *ctx, struct error *err)
{
	struct run *run = ctx;
	struct value root = record_root(rec);
	bool test;
	enum status s;

	arena_reset(&run->scratch);
	if ((s = filter_is_test(f, rec, &test, err)) != DONE)
		return s;
	if (value_kind(value_member(root, "consolidacaoData")) != ABSENT)
		return bill(run, rec, test, err);
	if (value_is_true(value_member(root, "test"))) {
		build_value(filter_out(f), root); /* a test trigger passes */
		filter_end_line(f);
		return DONE;
	}
	reject(err, "tipo_desconhecido", "no consolidacaoData in the record");
	error_advise(err, "volumes go through volum-store first");
	return SOME_REJECTED;
}

/* ---------------------------------------------------------------- start */

static void
tell_waiting(int64_t ms, const char *why, void *ctx)
{
	struct run *run = ctx;

	filter_say(
	    run->filter, "waiting %lld s: %s", (long long)(ms / 1000), why);
	log_event(run->filter->log, LOG_INFO, run->filter->request_id,
	    (struct text){ 0 }, "waiting %lld ms: %s", (long long)ms, why);
}

static enum status
open_omie(struct run *run, const struct options *o, struct error *err)
{
	const char *plain = getenv("VOLUM_ALLOW_HTTP");
	struct secret key = { 0 }, secret = { 0 };
	struct omie_config config = { .url = o->url,
		.limits = { o->rate, o->window_s * 1000, o->error_budget,
		    o->block_s * 1000, o->ip_rate, o->reserve,
		    o->rate_window_s * 1000 },
		.allow_plain = plain != NULL && strcmp(plain, "1") == 0,
		.timeout_ms = (long)o->timeout_s * 1000,
		.waiting = tell_waiting,
		.ctx = run };
	enum status s;

	if ((s = secret_require("OMIE_APP_KEY", &key, err)) == DONE &&
	    (s = secret_require("OMIE_APP_SECRET", &secret, err)) == DONE) {
		config.app_key = key.text;
		config.app_secret = secret.text;
		s = omie_open(&run->omie, &config, err);
	}
	secret_clear(&key);
	secret_clear(&secret);
	return s;
}

/* --dry-run needs no credentials, but no jq program may see them either. */
static enum status
hide_credentials(struct error *err)
{
	struct secret key = { 0 }, secret = { 0 };
	enum status s;

	if ((s = secret_take("OMIE_APP_KEY", &key, err)) == DONE)
		s = secret_take("OMIE_APP_SECRET", &secret, err);
	secret_clear(&key);
	secret_clear(&secret);
	return s;
}

static enum status
run_all(struct run *run, struct error *err)
{
	const struct options *o = run->options;
	const struct filter_work work = {
		.record = bill_record, .ctx = run, .batch = 1
	};
	enum status s;

	run->window_ms = o->window_s * 1000;
	run->filter->shown.per_minute = (double)o->rate;
	s = o->common.dry_run ? hide_credentials(err) : open_omie(run, o, err);
	if (s == DONE)
		s = clock_today(&run->filter->clock, &run->today, err);
	if (s == DONE)
		s = filter_run(run->filter, &work, err);
	if (run->shut != DONE && worst(s, run->shut) != s) {
		*err = run->shut_why; /* what ended the sending ends the run */
		s = run->shut;
	}
	return s;
}

static void
run_clear(struct run *run)
{
	omie_close(run->omie);
	jqprog_close(run->template_);
	store_close(run->store);
	record_free(run->answer);
	record_free(run->doc);
	arena_clear(&run->scratch);
	buf_clear(&run->payload);
	buf_clear(&run->line);
}

int
main(int argc, char **argv)
{
	struct options o = { .url = "https://app.omie.com.br/api/v1/",
		.rate = 240,
		.ip_rate = 960,
		.rate_window_s = 60,
		.window_s = 60,
		.error_budget = 10,
		.block_s = 1800,
		.timeout_s = 90 };
	struct filter f;
	struct run run = { .filter = &f, .options = &o };
	struct error err;
	bool done = false;
	enum status s;

	s = options_parse(&COMMAND, &o, argc, argv, NULL, &done, &err);
	if (s != DONE)
		return filter_refuse_start(&COMMAND, s, &err);
	if (done)
		return DONE;
	if ((s = filter_start(&f, &COMMAND, &o.common, &err)) == DONE) {
		run.answer = record_new();
		run.doc = record_new();
		s = run_all(&run, &err);
		run_clear(&run);
	}
	return filter_finish(&f, s, &err);
}
