/*
 * Whether a bill of the earlier functions was sent. One that was must never be
 * billed again, one that wasn't must not be missed; so its contract's number
 * and the status `sent` are believed, and where neither is there, whatever else
 * looks like a contract or a sending is shown to a person.
 */
#include "domain/earlier_sent.h"

#include <stdio.h>
#include <strings.h>

enum { DEEPEST = 8, HINT_TEXT = 120 };

struct evidence {
	struct earlier_notes *notes;
	int64_t nCodCtr;
	struct text code;
	char hint[HINT_TEXT]; /* the first member that may say so; "": none */
};

/* ------------------------------------------------------------- the words */

static bool
has_word(struct text name, const char *word)
{
	size_t len = strlen(word), i;

	for (i = 0; i + len <= name.len; i++)
		if (strncasecmp(name.at + i, word, len) == 0)
			return true;
	return false;
}

static bool
has_any(struct text name, const char *const *words)
{
	for (; *words != NULL; words++)
		if (has_word(name, *words))
			return true;
	return false;
}

static bool
is_name(struct text name, const char *word)
{
	return name.len == strlen(word) && has_word(name, word);
}

/* What tells of a contract or of its sending, in their words or in English. */
static bool
is_hint(struct text name)
{
	static const char *const sending[] = { "ctr", "contrat", "contract",
		"envi", "sent", "billed", "nfs", NULL };
	static const char *const billing[] = { "omie", "fatur", NULL };
	/* Of the customer, or how he is to be billed. */
	static const char *const others[] = { "client", "empresa", "tipo",
		"dia", NULL };

	return has_any(name, sending) ||
	    (has_any(name, billing) && !has_any(name, others));
}

/* Null, false, 0, "" and what is empty say that nothing was done. */
static bool
is_filled(struct value v)
{
	struct text raw = value_raw(v);
	size_t i;

	switch (value_kind(v)) {
	case IS_BOOL:
		return value_is_true(v);
	case IS_TEXT:
		return value_text(v).len > 0;
	case IS_ARRAY:
	case IS_OBJECT:
		return value_count(v) > 0;
	case IS_NUMBER:
		for (i = 0; i < raw.len; i++)
			if (raw.at[i] >= '1' && raw.at[i] <= '9')
				return true;
		return false;
	default:
		return false;
	}
}

/* -------------------------------------------------------------- the number */

/* Digits, as a number or as text; `.0` of a double that is whole. 0: none. */
static int64_t
read_number(struct value v)
{
	struct text t =
	    value_kind(v) == IS_NUMBER ? value_raw(v) : value_text(v);
	int64_t n = 0;
	size_t i;

	if (value_kind(v) == IS_NUMBER && t.len > 2 &&
	    memcmp(t.at + t.len - 2, ".0", 2) == 0)
		t.len -= 2;
	if (t.len == 0 || t.len > 15) /* beyond, doubles lose digits */
		return 0;
	for (i = 0; i < t.len; i++) {
		if (t.at[i] < '0' || t.at[i] > '9')
			return 0;
		n = n * 10 + (t.at[i] - '0');
	}
	return n;
}

static void
take_number(struct evidence *e, struct value v)
{
	int64_t n = read_number(v);
	char path[HINT_TEXT];

	value_path(v, path, sizeof(path));
	if (n == 0)
		earlier_fault(e->notes, path, "is no number of a contract");
	else if (e->nCodCtr != 0 && e->nCodCtr != n)
		earlier_fault(e->notes, path,
		    "is %lld, and another nCodCtr is %lld: two contracts bill "
		    "this",
		    (long long)n, (long long)e->nCodCtr);
	else
		e->nCodCtr = n;
}

/* ---------------------------------------------------------------- the walk */

static void
look_at(struct evidence *e, struct text name, struct value v)
{
	if (!is_filled(v))
		return;
	if (is_name(name, "nCodCtr")) {
		take_number(e, v);
		return;
	}
	if (is_name(name, "cCodIntCtr") && value_kind(v) == IS_TEXT)
		e->code = value_text(v);
	if (e->hint[0] == '\0' && is_hint(name))
		value_path(v, e->hint, sizeof(e->hint));
}

/* Products are what is billed, whatever they are called. */
static void
walk(struct evidence *e, struct value v, int depth)
{
	struct each it;

	if ((value_kind(v) != IS_OBJECT && value_kind(v) != IS_ARRAY) ||
	    depth > DEEPEST)
		return;
	for (it = value_each(v); each_next(&it);) {
		if (depth == 0 && is_name(it.name, "produtos"))
			continue;
		if (value_kind(v) == IS_OBJECT)
			look_at(e, it.name, it.at);
		walk(e, it.at, depth + 1);
	}
}

static void
judge_status(struct value status, struct earlier_bill *out,
    const struct evidence *e, struct earlier_notes *notes)
{
	int word = consolidation_status_read(value_text(status));

	if (word == CONSOLIDATION_SENT) {
		out->billed = true;
		earlier_notice(notes, "nCodCtr",
		    "is missing: it counts as sent, by which contract is not "
		    "known");
	} else if (value_is_empty(status)) {
		earlier_fault(notes, "status", "is missing");
	} else if (word < 0) {
		earlier_fault(notes, "status",
		    "is none of processing, completed, ready_to_send, sent, "
		    "error");
	} else if (e->hint[0] != '\0') {
		earlier_fault(notes, e->hint,
		    "may say that it was sent, and status says %s: look it up "
		    "in Omie, then set status, or nCodCtr",
		    consolidation_status_name((enum consolidation_status)word));
	}
	if (word >= 0)
		out->c.status = (enum consolidation_status)word;
}

void
earlier_judge_sent(
    struct value doc, struct earlier_bill *out, struct earlier_notes *notes)
{
	struct evidence e = { .notes = notes, .code = TEXT("") };
	struct value status = value_member(doc, "status");

	walk(&e, doc, 0);
	out->code = e.code;
	out->nCodCtr = e.nCodCtr;
	if (e.nCodCtr == 0) {
		judge_status(status, out, &e, notes);
		return;
	}
	out->billed = true;
	out->c.status = CONSOLIDATION_SENT;
	if (!value_is_text(status, "sent"))
		earlier_notice(notes, "status",
		    "doesn't say sent, and contract %lld is there: it counts "
		    "as sent",
		    (long long)e.nCodCtr);
}

/* ----------------------------------------------------------------- the mark */

void
earlier_mark_write(
    struct buf *b, struct text id, const struct earlier_bill *bill)
{
	build_name(b, "migrado");
	build_open(b, '{');
	build_text_member(b, "_id", id);
	if (bill->code.len > 0)
		build_text_member(b, "cCodIntCtr", bill->code);
	if (bill->nCodCtr != 0) {
		build_name(b, "nCodCtr");
		build_integer(b, bill->nCodCtr);
	}
	build_close(b, '}');
}

bool
earlier_is_marked(struct value record)
{
	struct value mark = value_member(record, "migrado");

	return !value_is_empty(mark) &&
	    (value_kind(mark) != IS_BOOL || value_is_true(mark));
}
