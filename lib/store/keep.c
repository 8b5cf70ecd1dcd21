#include "store/keep_internal.h"

#include <string.h>

#include "core/ndjson.h"

/* Some ten thousand companies with a proposal each. */
enum { KNOWN_BYTES = 3800 << 10 };

static const struct {
	const char *member;
	enum status (*keep)(struct keeper *, struct value, struct error *);
	bool proposals; /* it looks at the store's */
} KINDS[] = {
	{ "volumetriaData", keep_volumes, true },
	{ "consolidacaoData", keep_consolidation, false },
	{ "contrato", keep_contract, false },
	{ "empresa", keep_company, false },
	{ "proposta", keep_proposal, true },
	{ "sync", keep_sync, false },
	{ "memoria", keep_memo, true },
};

enum { KIND_COUNT = sizeof(KINDS) / sizeof(KINDS[0]) };

void
keeper_init(struct keeper *k, struct filter *f)
{
	memset(k, 0, sizeof(*k));
	k->filter = f;
	k->max_change = -1;
	k->spare = catalog_new(1);
	k->doc = record_new();
	k->known = catalog_new(KNOWN_BYTES);
}

void
keeper_begin_batch(struct keeper *k)
{
	k->today.year = 0;
	k->known_checked = false;
}

/* Before the batch looks at the first proposal: what it reads is then not older
 * than the answer. */
static enum status
check_known(struct keeper *k, struct error *err)
{
	bool changed;
	enum status s;

	if (k->known_checked || k->store == NULL)
		return DONE;
	if ((s = store_changed(k->store, &changed, err)) != DONE)
		return s;
	if (changed) {
		catalog_free(k->known);
		k->known = catalog_new(KNOWN_BYTES);
	}
	k->known_checked = true;
	return DONE;
}

void
keeper_clear(struct keeper *k)
{
	arena_clear(&k->scratch);
	record_free(k->doc);
	catalog_free(k->known);
	catalog_free(k->spare);
	buf_clear(&k->content);
	buf_clear(&k->extra);
	buf_clear(&k->line);
	buf_clear(&k->memo);
	buf_clear(&k->why);
}

static enum status
ask_today(struct keeper *k, struct error *err)
{
	if (k->today.year != 0)
		return DONE;
	return clock_today(&k->filter->clock, &k->today, err);
}

/* What is reported of a month before its end is not all of it, so nobody may
 * bill it, whoever forgot to say so. */
enum status
keep_note_month(
    struct keeper *k, struct value root, competencia month, struct error *err)
{
	bool marked, current;
	enum status s;

	if ((s = record_flag(root, "parcial", &marked, err)) != DONE ||
	    (s = ask_today(k, err)) != DONE ||
	    (s = competencia_check(month, k->today, &current, err)) != DONE)
		return s;
	k->partial = marked || current;
	k->unmarked = current && !marked;
	return DONE;
}

bool
keep_is_partial(struct keeper *k, struct text document)
{
	struct error ignored;

	return ndjson_parse(k->doc, document, &ignored) == DONE &&
	    value_is_true(value_member(record_root(k->doc), "parcial"));
}

void
keep_members(
    struct keeper *k, struct buf *out, struct value root, const char **except)
{
	const char **last = except;

	while (*last != NULL)
		last++;
	if (k->unmarked)
		*last = "parcial"; /* false, or null */
	build_members_but(out, root, except);
	*last = NULL;
	if (k->unmarked) {
		build_name(out, "parcial");
		build_bool(out, true);
	}
}

void
keep_document(struct buf *out, struct value root)
{
	static const char *const not_stored[] = { "requestId", "test",
		"traceparent", NULL };

	buf_reset(out);
	build_open(out, '{');
	build_members_but(out, root, not_stored);
	build_close(out, '}');
}

void
keep_pass_on(struct keeper *k, struct text document)
{
	struct buf *out = filter_out(k->filter);

	buf_add(out, document.at, document.len - 1); /* all but the last } */
	if (k->test) {
		build_name(out, "test");
		build_bool(out, true);
	}
	if (k->request_id.len > 0)
		build_text_member(out, "requestId", k->request_id);
	if (k->filter->traceparent.len > 0)
		build_text_member(out, "traceparent", k->filter->traceparent);
	build_close(out, '}');
	filter_end_line(k->filter);
}

/* A trigger holds nothing to keep; as a test it runs through the chain. */
static enum status
keep_other(struct keeper *k, struct value root, struct error *err)
{
	if (!k->test) {
		reject(err, "tipo_desconhecido",
		    "none of volumetriaData, consolidacaoData, contrato, "
		    "empresa, proposta, sync, memoria is in the record");
		error_advise(err, "a trigger is read by volum-fetch");
		return SOME_REJECTED;
	}
	keep_document(&k->line, root);
	keep_pass_on(k, buf_text(&k->line));
	return DONE;
}

/* A number becomes its text, like every identifier. */
static enum status
read_request_id(struct keeper *k, struct value v, struct error *err)
{
	const char *given = k->filter->options->request_id;

	k->request_id =
	    value_kind(v) == IS_NUMBER ? value_raw(v) : value_text(v);
	if (k->request_id.len > 0)
		return DONE;
	if (!value_is_empty(v) && value_kind(v) != IS_TEXT)
		return value_reject(v, err, "text expected");
	if (given != NULL)
		k->request_id = text_of(given);
	return DONE;
}

static enum status
note_record(struct keeper *k, const struct record *rec, struct error *err)
{
	struct value root = record_root(rec);
	bool dry;
	enum status s;

	arena_reset(&k->scratch);
	if ((s = filter_is_test(k->filter, rec, &dry, err)) != DONE ||
	    (s = record_flag(root, "test", &k->test, err)) != DONE)
		return s;
	k->write = !dry && k->store != NULL;
	return read_request_id(k, value_member(root, "requestId"), err);
}

/* The one kind that the record carries; `*kind` is KIND_COUNT when it is none.
 * Of two one would be passed over in silence. */
static enum status
find_kind(struct value root, size_t *kind, struct error *err)
{
	size_t i;

	*kind = KIND_COUNT;
	for (i = 0; i < KIND_COUNT; i++) {
		if (value_kind(value_member(root, KINDS[i].member)) == ABSENT)
			continue;
		if (*kind != KIND_COUNT)
			return reject(err, "tipo_desconhecido",
			    "both %s and %s are in the record",
			    KINDS[*kind].member, KINDS[i].member);
		*kind = i;
	}
	return DONE;
}

enum status
keep_record(struct keeper *k, const struct record *rec, struct error *err)
{
	struct value root = record_root(rec);
	size_t kind;
	enum status s;

	if ((s = note_record(k, rec, err)) != DONE ||
	    (s = find_kind(root, &kind, err)) != DONE)
		return s;
	if (kind == KIND_COUNT)
		return keep_other(k, root, err);
	if (KINDS[kind].proposals && (s = check_known(k, err)) != DONE)
		return s;
	return KINDS[kind].keep(k, root, err);
}
