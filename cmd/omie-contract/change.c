/* The params of a change, and what Omie turns out not to take back. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/ndjson.h"
#include "omie-contract/revision.h"

static bool
is_unknown(struct text name, void *ctx)
{
	const struct run *run = ctx;
	size_t i;

	for (i = 0; i < run->unknown_count; i++)
		if (text_is(name, run->unknown[i]))
			return true;
	return false;
}

static void
add_excluded(struct value item, void *ctx)
{
	struct buf *b = ctx;

	build_open(b, '{');
	build_name(b, "codItem");
	build_integer(b,
	    omie_id(
		value_member(value_member(item, "itemCabecalho"), "codItem")));
	build_close(b, '}');
}

/* What is held without what Omie wouldn't take back. */
static void
merge_known(struct run *run, const struct job *job, struct value held,
    struct buf *params)
{
	struct record *known = record_new();
	struct buf text = BUF_INIT;
	struct error ignored;

	contract_without(&text, held, is_unknown, run);
	if (ndjson_parse(known, buf_text(&text), &ignored) == DONE)
		held = record_root(known);
	contract_merge(
	    params, held, record_root(run->doc), job->ledger.contract.nCodCtr);
	buf_clear(&text);
	record_free(known);
}

void
write_change(struct run *run, struct job *job, struct value held,
    enum held_as as, struct buf *params)
{
	if (as == HELD_OLD) {
		job->call = "AlterarContrato";
		merge_known(run, job, held, params);
		return;
	}
	job->call = "ExcluirItem";
	build_open(params, '{');
	build_name(params, "contratoChave");
	build_open(params, '{');
	build_name(params, "nCodCtr");
	build_integer(params, job->ledger.contract.nCodCtr);
	build_close(params, '}');
	build_name(params, "ItensExclusao");
	build_open(params, '[');
	contract_surplus(record_root(run->doc), held, add_excluded, params);
	build_close(params, ']');
	build_close(params, '}');
}

/* ---------------------------------------------------------------- unknown */

struct search {
	struct run *run;
	const struct omie_fault *fault;
	struct value ours; /* what we sent of our own accord */
	bool found;
};

/* A word of its own: `x` is not in `extra`. */
static bool
is_named(const struct omie_fault *fault, const char *name)
{
	const char *at = fault->text;
	size_t len = strlen(name);

	for (; (at = strcasestr(at, name)) != NULL; at++)
		if ((at == fault->text || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[len]))
			return true;
	return false;
}

static bool
has_name(struct value v, struct text name)
{
	struct each it;

	if (value_kind(v) == IS_OBJECT &&
	    value_kind(value_member_text(v, name)) != ABSENT)
		return true;
	for (it = value_each(v); each_next(&it);)
		if (has_name(it.at, name))
			return true;
	return false;
}

/* Leaves nothing out: looks at every name of what was sent. */
static bool
look_at_name(struct text name, void *ctx)
{
	struct search *s = ctx;
	struct run *run = s->run;
	char word[sizeof(run->unknown[0])];

	if (s->found || name.len < 3 || name.len >= sizeof(word) ||
	    is_unknown(name, run) || has_name(s->ours, name))
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)name.len, name.at);
	if (!is_named(s->fault, word))
		return false;
	memcpy(run->unknown[run->unknown_count++], word, sizeof(word));
	s->found = true;
	return false;
}

/* "Tag [X] nao faz parte da estrutura" (omie-api 3), and nothing else: a member
 * that is refused for what it says is not to be lost. */
static bool
is_about_structure(const struct omie_fault *fault)
{
	return strcmp(fault->code, "5001") == 0 ||
	    omie_fault_names(fault, "faz parte da estrutura");
}

bool
learn_unknown(
    struct run *run, struct text params, const struct omie_fault *fault)
{
	struct search s = { .run = run, .fault = fault };
	struct record *sent = record_new(), *ours = record_new();
	struct buf all = BUF_INIT;
	struct error ignored;

	if (is_about_structure(fault) &&
	    run->unknown_count <
		sizeof(run->unknown) / sizeof(run->unknown[0]) &&
	    ndjson_parse(sent, params, &ignored) == DONE &&
	    ndjson_parse(ours, buf_text(&run->payload), &ignored) == DONE) {
		s.ours = record_root(ours);
		contract_without(&all, record_root(sent), look_at_name, &s);
	}
	buf_clear(&all);
	record_free(sent);
	record_free(ours);
	return s.found;
}
