/* --verify: the chain of the ledger, from its first line to its newest. */
#include <string.h>

#include "omie-contract/modes.h"

struct verifying {
	const char *expect; /* NULL: no link is expected */
	bool unread;	    /* what follows is no line of ours */
	bool met;	    /* it is in the chain, before any break */
	uint64_t lines;
	int64_t seq;		/* of the line before */
	char link[HASH_TEXT];	/* stored with it; "" before the first */
	uint64_t breaks;	/* lines that don't follow the one before */
	int64_t broken, follow; /* the first such line, and that before it */
	char stored[HASH_TEXT], due[HASH_TEXT]; /* its link, and by content */
};

static void
note_break(struct verifying *v, const struct ledger_line *line, const char *due)
{
	if (v->breaks++ > 0)
		return;
	v->broken = line->seq;
	v->follow = v->seq;
	memcpy(v->stored, line->link, HASH_TEXT);
	memcpy(v->due, due, HASH_TEXT);
}

/* What is behind a break is held against the links as they stand. */
static enum status
check_line(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct verifying *v = ctx;
	char due[HASH_TEXT];

	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	ledger_link(line, v->link, due);
	if (strcmp(due, line->link) != 0 || line->seq != v->seq + 1)
		note_break(v, line, due);
	v->lines++;
	v->seq = line->seq;
	memcpy(v->link, line->link, HASH_TEXT);
	if (v->breaks == 0 && v->expect != NULL &&
	    strcmp(v->link, v->expect) == 0)
		v->met = true;
	return DONE;
}

static bool
is_whole(const struct verifying *v)
{
	return v->breaks == 0 && !v->unread && (v->expect == NULL || v->met);
}

static void
add_number(struct buf *b, const char *name, int64_t n)
{
	build_name(b, name);
	build_integer(b, n);
}

static void
write_json(struct buf *b, const struct verifying *v)
{
	build_open(b, '{');
	build_name(b, "cadeia");
	build_open(b, '{');
	build_name(b, "integra");
	build_bool(b, is_whole(v));
	add_number(b, "lancamentos", (int64_t)v->lines);
	build_text_member(b, "elo", text_of(v->link));
	if (v->expect != NULL) {
		build_name(b, "eloEsperado");
		build_bool(b, v->met);
	}
	if (v->unread)
		add_number(b, "ilegivelDepoisDe", v->seq);
	if (v->breaks > 0) {
		build_name(b, "quebra");
		build_open(b, '{');
		add_number(b, "seq", v->broken);
		add_number(b, "depoisDe", v->follow);
		build_text_member(b, "elo", text_of(v->stored));
		build_text_member(b, "devido", text_of(v->due));
		add_number(b, "quebras", (int64_t)v->breaks);
		build_close(b, '}');
	}
	build_close(b, '}');
	build_close(b, '}');
}

static void
write_text(struct buf *b, const struct verifying *v)
{
	buf_printf(b, "%llu lines\n", (unsigned long long)v->lines);
	if (v->lines > 0)
		buf_printf(b, "newest link %s\n", v->link);
	buf_add_str(b, is_whole(v) ? "the chain holds" : "the chain is broken");
}

static void
tell_faults(struct run *run, const struct verifying *v)
{
	if (v->breaks > 0 && v->broken != v->follow + 1)
		filter_warn(run->filter,
		    "ledger: line %lld stands where line %lld should follow "
		    "line %lld: lines were taken out",
		    (long long)v->broken, (long long)v->follow + 1,
		    (long long)v->follow);
	else if (v->breaks > 0)
		filter_warn(run->filter,
		    "ledger: line %lld does not follow line %lld: its link is "
		    "%s, by its content it would be %s: it was changed, or "
		    "put in",
		    (long long)v->broken, (long long)v->follow, v->stored,
		    v->due);
	if (v->expect != NULL && !v->met)
		filter_warn(run->filter,
		    "ledger: no line %shas the expected link %s: it was cut "
		    "short, or written anew",
		    v->breaks > 0 ? "before the break " : "", v->expect);
}

enum status
mode_verify(struct run *run, const struct mode_options *m, struct error *err)
{
	struct verifying v = { .expect = m->expect };
	struct buf *out = filter_out(run->filter);
	enum status s;

	if ((s = need_store(run, STORE_READ, err)) != DONE)
		return s;
	s = ledger_each(
	    run->store, (struct text){ "", 0 }, check_line, &v, err);
	v.unread = s == BAD_CONFIG; /* a word or a month that no line has */
	if (v.unread)
		filter_warn(run->filter,
		    "ledger: what follows line %lld can't be read: %s",
		    (long long)v.seq, error_told(err));
	else if (s != DONE)
		return s;
	run->filter->counters.read = run->filter->counters.done = v.lines;
	if (mode_for_person(m))
		write_text(out, &v);
	else
		write_json(out, &v);
	filter_end_line(run->filter);
	tell_faults(run, &v);
	return is_whole(&v) ? DONE : SOME_REJECTED;
}
