/*
 * omie-contract - one service contract in Omie per consolidation, exactly once.
 *
 * in:  `consolidacaoData` events
 * out: one `contrato` result each
 */
#include <stdlib.h>
#include <string.h>

#include "domain/money.h"
#include "net/omie_settings.h"
#include "omie-contract/billing.h"
#include "omie-contract/modes.h"

struct options {
	struct common_options common;
	struct omie_settings omie;
	const char *template_, *max_total;
	bool plan;
	int64_t max_contracts;
	struct mode_options mode;
};

static const struct option_row ROWS[] = {
	{ "template", 't', OPTION_TEXT, N_("FILE.jq"),
	    offsetof(struct options, template_), NULL,
	    N_("what makes the contract (one that ships: examples/templates)"),
	    0, 0 },
	OMIE_ROWS("api-url", omie),
	{ "plan", 0, OPTION_FLAG, NULL, offsetof(struct options, plan), NULL,
	    N_("list what Omie holds and say what would be done, for each "
	       "line"),
	    0, 0 },
	{ "max-contracts", 0, OPTION_NUMBER, N_("N"),
	    offsetof(struct options, max_contracts), NULL,
	    N_("create and change no more than so many"), 0, 1000000 },
	{ "max-total", 0, OPTION_TEXT, N_("V"),
	    offsetof(struct options, max_total), NULL,
	    N_("create and change no more than R$ V in all"), 0, 0 },
	{ "reconcile", 0, OPTION_FLAG, NULL,
	    offsetof(struct options, mode.reconcile), NULL,
	    N_("compare a month: store, ledger and Omie"), 0, 0 },
	{ "competencia", 'c', OPTION_TEXT, N_("M"),
	    offsetof(struct options, mode.competencia), NULL,
	    N_("with --reconcile: the month (YYYY-MM, fechada, auto)"), 0, 0 },
	{ "all", 0, OPTION_FLAG, NULL, offsetof(struct options, mode.all), NULL,
	    N_("with --reconcile: what agrees too"), 0, 0 },
	{ "verify", 0, OPTION_FLAG, NULL, offsetof(struct options, mode.verify),
	    NULL, N_("check the chain of the ledger"), 0, 0 },
	{ "expect", 0, OPTION_TEXT, N_("LINK"),
	    offsetof(struct options, mode.expect), NULL,
	    N_("with --verify: a link that must be in it"), 0, 0 },
	{ "show", 0, OPTION_TEXT, N_("CODE"),
	    offsetof(struct options, mode.show), NULL,
	    N_("all about one contract: its cCodIntCtr, or "
	       "COMPETENCIA/EMPRESA/PROPOSTA"),
	    0, 0 },
	{ "json", 0, OPTION_FLAG, NULL, offsetof(struct options, mode.json),
	    NULL, N_("NDJSON on a terminal too"), 0, 0 },
	{ 0 },
};

static enum status
check_options(const void *options, struct error *err)
{
	const struct options *o = options;
	int64_t micro;

	if (o->plan && o->common.dry_run)
		return fail(err, BAD_USAGE,
		    "--plan asks Omie, --dry-run doesn't: give one of them");
	if (o->plan && (o->max_contracts >= 0 || o->max_total != NULL))
		return fail(err, BAD_USAGE,
		    "--max-contracts and --max-total are for sending, not for "
		    "--plan");
	if (o->max_total != NULL &&
	    (decimal_string_read(text_of(o->max_total), 2, &micro, NULL) !=
		    DECIMAL_OK ||
		micro < 0))
		return fail(err, BAD_USAGE,
		    "--max-total: an amount like 15000.00 expected");
	return modes_check(&o->mode, &o->common,
	    o->template_ != NULL || o->plan || o->max_contracts >= 0 ||
		o->max_total != NULL,
	    err);
}

static const struct command COMMAND = {
	.name = "omie-contract",
	.summary = N_("create each contract in Omie exactly once"),
	.synopsis = N_("[--template FILE.jq] [--plan] [--max-contracts N] "
		       "[--max-total V] [--db URI] [--dry-run]\n"
		       "--reconcile --competencia M [--all] [--json]\n"
		       "--verify [--expect LINK] [--json]\n"
		       "--show CODE [--json]"),
	.rows = ROWS,
	.check = check_options,
};

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
	struct omie_config hooks = {
		.waiting = tell_waiting, .leaving = job_leaving, .ctx = run
	};
	enum status s;

	/* A rehearsal needs no credentials, but no jq program may see them
	 * either. With a key it is told what the ledger says of that account,
	 * else of all. */
	if (o->common.dry_run)
		return omie_hide_credentials(&o->omie, run->account, err);
	if ((s = store_share(&run->limits, run->target, err)) != DONE)
		return s;
	hooks.shared = run->limits;
	s = omie_open_by(&run->omie, &o->omie, &hooks, run->account, err);
	if (s == DONE)
		run->held = account_new(run->omie);
	return s;
}

static void
take_options(struct run *run, const struct options *o)
{
	int64_t micro = -1;

	run->own_folder = o->common.db == NULL;
	run->template_path = o->template_;
	run->window_ms = o->omie.window_s * 1000;
	run->planning = o->plan;
	run->per_minute = o->omie.rate;
	run->max_contracts = o->max_contracts;
	if (o->max_total != NULL)
		decimal_string_read(text_of(o->max_total), 2, &micro, NULL);
	run->max_cents = micro < 0 ? -1 : micro / 10000; /* millionths */
	run->filter->shown.per_minute = (double)o->omie.rate;
}

/* For the mail that cron sends when something was refused. */
static void
tell_end(struct run *run)
{
	const struct counters *c = &run->filter->counters;
	struct buf total = BUF_INIT;

	if (run->planning)
		plan_close(run);
	else if (c->rejected > 0 || run->filter->options->verbose) {
		money_add_br(&total, run->made_cents);
		filter_warn(run->filter,
		    "%llu created, %llu changed, R$ %s; %llu unchanged, %llu "
		    "rejected, %llu of them open",
		    (unsigned long long)run->included,
		    (unsigned long long)run->changed, buf_cstr(&total),
		    (unsigned long long)c->unchanged,
		    (unsigned long long)c->rejected,
		    (unsigned long long)run->left_open);
	}
	buf_clear(&total);
}

/* Each from the first run on, as in core/filter_finish. */
static void
count_from_zero(struct metrics *m)
{
	for (int a = CONTRACT_INCLUDED; a <= CONTRACT_PLANNED; a++) {
		const char *name =
		    contract_action_name((enum contract_action)a);

		metrics_count(m, METRIC_CONTRACTS, name, 0);
		metrics_count(m, METRIC_CONTRACT_CENTS, name, 0);
	}
}

/* Of the metrics; a ledger that can't be read has been told of elsewhere. */
static void
measure(struct run *run)
{
	struct filter *f = run->filter;
	struct error ignored;
	uint64_t open;

	metrics_count(
	    f->metrics, METRIC_LIMIT_WAIT_MS, NULL, omie_waited_ms(run->omie));
	if (f->options->metrics != NULL && run->store != NULL &&
	    ledger_count_open(
		run->store, text_of(run->account), &open, &ignored) == DONE)
		metrics_set(
		    f->metrics, METRIC_OPEN_INTENTS, NULL, (int64_t)open);
}

static enum status
run_all(struct run *run, const struct options *o, struct error *err)
{
	const struct filter_work work = {
		.record = bill_record, .ctx = run, .batch = 1
	};
	enum status s;

	take_options(run, o);
	if ((s = store_target(o->common.db, run->target, err)) != DONE)
		return s;
	if (mode_is_local(&o->mode))
		return o->mode.verify ? mode_verify(run, &o->mode, err)
				      : mode_show(run, &o->mode, err);
	if ((s = open_omie(run, o, err)) == DONE)
		s = clock_today(&run->filter->clock, &run->today, err);
	if (s == DONE)
		s = o->mode.reconcile ? mode_reconcile(run, &o->mode, err)
				      : filter_run(run->filter, &work, err);
	if (!o->mode.reconcile) {
		tell_end(run);
		count_from_zero(run->filter->metrics);
	}
	measure(run);
	if (run->shut != DONE && worst(s, run->shut) != s) {
		*err = run->shut_why; /* what ended the sending ends the run */
		s = run->shut;
	}
	return s;
}

static void
run_clear(struct run *run)
{
	account_free(run->held);
	omie_close(run->omie);
	shared_close(run->limits);
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
	struct options o = { .omie = OMIE_SETTINGS, .max_contracts = -1 };
	struct filter f;
	struct run run = { .filter = &f };
	struct error err;
	enum status s;
	int code;

	if (!filter_begin(&f, &COMMAND, &o, argc, argv, &code))
		return code;
	run.answer = record_new();
	run.doc = record_new();
	f.task = mode_task(&o.mode, o.plan);
	s = run_all(&run, &o, &err);
	run_clear(&run);
	return filter_finish(&f, s, &err);
}
