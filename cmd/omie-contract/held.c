/* The contract that Omie holds, beside all that was ever sent for it. */
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "omie-contract/revision.h"

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
	b->payloads =
	    mem_realloc(b->payloads, (b->count + 1) * sizeof(*b->payloads));
	b->payloads[b->count] = arena_text(&b->run->scratch, line->payload);
	if (line->seq < confirmed->seq) {
		b->since = b->count + 1;
		if (strcmp(line->payload_hash, confirmed->payload_hash) == 0) {
			b->confirmed = b->payloads[b->count];
		}
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
	free(b->payloads);
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
		ours = ndjson_parse(then, s->sent->payloads[i], &ignored) ==
			DONE &&
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
		if (is_as_sent(b, b->payloads[i], held, NULL))
			return true;
	if (b->confirmed.len > 0)
		return is_as_sent(b, b->confirmed, held, why);
	if (is_as_confirmed(b->job, held))
		return true;
	say_total(why, held);
	return false;
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
