/* The contract that Omie holds, beside all that was ever sent for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "omie-contract/revision.h"

/* What was found made later on is confirmed with the payload of that day, which
 * was never sent: the bill tells as well. */
static bool
was_confirmed(const struct ledger_line *sent, const struct ledger_line *then)
{
	if (strcmp(sent->payload_hash, then->payload_hash) == 0)
		return true;
	return then->payload_hash[0] != '\0' &&
	    strcmp(sent->content_hash, then->content_hash) == 0;
}

/*
 * Before the first line that says it was confirmed, only the payload that was
 * confirmed counts: Omie can't hold an earlier one any more, unless somebody
 * put it back. After it, any attempt may have been executed.
 */
static enum status
take_payload(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct sent_before *b = ctx;
	const struct ledger_line *confirmed = &b->job->ledger.contract;

	(void)err;
	if (line->payload.len == 0 ||
	    !text_same(line->account, text_of(b->run->account)))
		return DONE;
	b->attempts =
	    mem_realloc(b->attempts, (b->count + 1) * sizeof(*b->attempts));
	b->attempts[b->count] = (struct attempted){
		.payload = arena_text(&b->run->scratch, line->payload),
		.is_content =
		    strcmp(line->content_hash, b->job->content_hash) == 0,
	};
	if (line->seq < confirmed->seq) {
		b->since = b->count + 1;
		if (was_confirmed(line, confirmed))
			b->confirmed = b->attempts[b->count].payload;
	}
	b->count++;
	return DONE;
}

enum status
sent_before_read(struct run *run, const struct job *job,
    struct sent_before *out, struct error *err)
{
	*out = (struct sent_before){ .run = run, .job = job };
	return ledger_each(
	    run->store, text_of(job->code), take_payload, out, err);
}

void
sent_before_clear(struct sent_before *b)
{
	free(b->attempts);
}

/* ---------------------------------------------------------------- surplus */

struct surplus {
	const struct sent_before *sent;
	struct value held;
	struct value foreign; /* the first item that we never sent */
};

static size_t
place_of(struct value items, struct value item)
{
	struct each it;
	size_t place = 0;

	for (it = value_each(items); each_next(&it); place++)
		if (it.at.token == item.token)
			break;
	return place;
}

static void
note_foreign(struct value item, void *ctx)
{
	struct surplus *s = ctx;
	struct value theirs = value_member(s->held, "itensContrato");
	struct record *then = record_new();
	struct error ignored;
	bool ours = false;
	size_t i;

	for (i = 0; i < s->sent->count && !ours; i++)
		ours = ndjson_parse(then, s->sent->attempts[i].payload,
			   &ignored) == DONE &&
		    value_kind(contract_held_item(
			value_member(record_root(then), "itensContrato"), item,
			place_of(theirs, item))) != ABSENT;
	if (!ours && value_kind(s->foreign) == ABSENT)
		s->foreign = item;
	record_free(then);
}

/* The first item too many that was not sent by us; absent: there is none. */
static struct value
foreign_item(
    const struct sent_before *b, struct value wanted, struct value held)
{
	struct surplus s = { b, held, NO_VALUE };

	contract_surplus(wanted, held, note_foreign, &s);
	return s.foreign;
}

/* ------------------------------------------------------------------ judge */

static void
say(struct buf *why, const char *what, struct text more)
{
	struct buf line = BUF_INIT;

	buf_add_str(&line, what);
	buf_add_text(&line, more);
	build_text(why, buf_text(&line));
	buf_clear(&line);
}

static void
say_total(struct buf *why, struct value held)
{
	struct buf theirs = BUF_INIT;
	int64_t cents = 0;

	contract_total(held, &cents);
	money_add(&theirs, cents);
	say(why, "total in Omie ", buf_text(&theirs));
	buf_clear(&theirs);
}

static bool
is_as_sent(const struct sent_before *b, struct text payload, struct value held,
    struct buf *why)
{
	struct record *then = record_new();
	struct error ignored;
	bool same = payload.len > 0 &&
	    ndjson_parse(then, payload, &ignored) == DONE &&
	    contract_differences(record_root(then), held, why) == 0 &&
	    value_kind(foreign_item(b, record_root(then), held)) == ABSENT;

	record_free(then);
	return same;
}

/* Nobody knows what was sent: the same customer and total have to do. */
static bool
is_as_confirmed(const struct job *job, struct value held)
{
	int64_t cents = 0;

	return contract_total(held, &cents) &&
	    cents == job->ledger.contract.total_cents &&
	    omie_id(value_member(value_member(held, "cabecalho"), "nCodCli")) ==
	    job->customer;
}

/* As one of those left it that may have been executed. */
static bool
is_as_we_left_it(
    const struct sent_before *b, struct value held, struct buf *why)
{
	size_t i;

	for (i = b->since; i < b->count; i++)
		if (is_as_sent(b, b->attempts[i].payload, held, NULL))
			return true;
	if (b->confirmed.len > 0)
		return is_as_sent(b, b->confirmed, held, why);
	if (is_as_confirmed(b->job, held))
		return true;
	say_total(why, held);
	return false;
}

/* An attempt at this very bill made it so: its dates may be those of an earlier
 * month by now, and it is not to be billed anew for that. */
static bool
is_as_attempted(const struct sent_before *b, struct value held)
{
	struct record *then = record_new();
	struct error ignored;
	bool same = false;
	int64_t cents;
	size_t i;

	for (i = b->since; i < b->count && !same; i++)
		same = b->attempts[i].is_content &&
		    ndjson_parse(then, b->attempts[i].payload, &ignored) ==
			DONE &&
		    contract_differences(record_root(then), held, NULL) == 0 &&
		    contract_surplus(record_root(then), held, NULL, NULL) == 0;
	record_free(then);
	return same && contract_total(held, &cents) &&
	    cents == b->job->c.total_cents;
}

enum held_as
judge_held(const struct sent_before *b, struct value held, struct buf *why)
{
	struct run *run = b->run;
	struct value wanted, foreign;
	struct error ignored;
	int64_t cents;
	size_t surplus;

	buf_reset(why);
	if (is_as_attempted(b, held))
		return HELD_NEW;
	if (ndjson_parse(run->doc, buf_text(&run->payload), &ignored) != DONE)
		return HELD_OTHER;
	wanted = record_root(run->doc);
	surplus = contract_surplus(wanted, held, NULL, NULL);
	foreign = foreign_item(b, wanted, held);
	if (contract_differences(wanted, held, NULL) == 0) {
		if (surplus > 0 && value_kind(foreign) == ABSENT)
			return HELD_WITH_SURPLUS;
		if (surplus == 0 && contract_total(held, &cents) &&
		    cents == b->job->c.total_cents)
			return HELD_NEW;
	}
	if (!is_as_we_left_it(b, held, why)) {
		if (why->len == 0)
			say_total(why, held);
		return HELD_OTHER;
	}
	/* It would stay, and be billed beside what is to be. */
	if (value_kind(foreign) != ABSENT) {
		say(why, "an item that was not sent: ",
		    value_raw(value_member(
			value_member(foreign, "itemCabecalho"), "codItem")));
		return HELD_OTHER;
	}
	return HELD_OLD;
}

/* ----------------------------------------------------------------- billed */

static bool
read_day(struct value head, const char *name, struct day *out)
{
	struct text t = value_text(value_member(head, name));
	char iso[DAY_TEXT];

	if (t.len != 10)
		return false;
	snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2s", t.at + 6, t.at + 3, t.at);
	return day_read(text_of(iso), out);
}

enum status
check_unbilled(
    const struct sent_before *b, struct value held, struct error *err)
{
	struct value head = value_member(held, "cabecalho");
	struct day until, billed, from;
	char when[DAY_TEXT];

	if (!read_day(head, "dVigFinal", &until) ||
	    !read_day(value_member(record_root(b->run->doc), "cabecalho"),
		"dVigInicial", &from) ||
	    day_order(from, until) <= 0)
		return DONE;
	billed = until;
	billed.day = (int)omie_id(value_member(head, "nDiaFat"));
	if (day_order(b->run->today, billed) <= 0)
		return DONE;
	day_format_br(billed, when);
	reject(err, "ja_faturado",
	    "contract %s: its billing of %s is past, and the change would have "
	    "it billed once more",
	    b->job->code, when);
	error_advise(err,
	    "bill the difference by a contract of its own, or change this one "
	    "by hand");
	return SOME_REJECTED;
}

/* ------------------------------------------------------------ as planned */

enum status
plan_expired(struct error *err, const char *why)
{
	reject(err, "plano_vencido", "the plan doesn't hold any more: %s", why);
	error_advise(err, "plan this consolidation again");
	return SOME_REJECTED;
}

enum outcome
refuse_expired(struct error *err, const char *why)
{
	plan_expired(err, why);
	return WAS_REFUSED;
}

bool
job_is_as_planned(const struct job *job, struct value held)
{
	char now[HASH_TEXT];

	contract_fingerprint(held, now);
	return strcmp(now, job->seen) == 0;
}
