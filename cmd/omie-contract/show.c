/* --show: all that store and ledger know of one contract, in its order. */
#include "omie-contract/show.h"

#include <string.h>

#include "core/ndjson.h"

/* ------------------------------------------------- which contract is meant */

static void
keep_key(struct shown *w, struct billing_key key)
{
	struct arena *a = &w->run->scratch;
	char code[INT_CTR_TEXT];

	w->known = true;
	w->key = (struct billing_key){ key.month, arena_text(a, key.empresa_id),
		arena_text(a, key.proposta) };
	contract_code(&w->key, code);
	w->code = arena_text(a, text_of(code));
}

static enum status
ask_ledger(struct shown *w, struct text code, struct error *err)
{
	struct ledger_state state;
	enum status s = ledger_look(
	    w->run->store, (struct text){ "", 0 }, code, &state, err);

	if (s == DONE && state.known)
		keep_key(w, state.last.key);
	return s;
}

/* Whether ledger, consolidations or results know of it. */
static enum status
ask_key(struct shown *w, const struct billing_key *key, struct error *err)
{
	struct stored_consolidation c;
	struct stored_contract result;
	char code[INT_CTR_TEXT];
	bool found;
	enum status s;

	contract_code(key, code);
	if ((s = ask_ledger(w, text_of(code), err)) != DONE || w->known)
		return s;
	s = store_get_consolidation(w->run->store, key, &c, &found, err);
	if (s == DONE && !found)
		s = store_get_contract(
		    w->run->store, key, &result, &found, err);
	if (s == DONE && found)
		keep_key(w, *key);
	return s;
}

/* COMPETENCIA/EMPRESA/PROPOSTA; the last two may hold a slash themselves. */
static enum status
find_by_key(struct shown *w, const char *month_end, struct error *err)
{
	struct text month = { w->code.at, (size_t)(month_end - w->code.at) };
	const char *end = w->code.at + w->code.len, *empresa = month_end + 1;
	const char *slash = empresa;
	struct billing_key key = { .month = competencia_read(month) };
	enum status s = DONE;

	if (key.month == 0 ||
	    memchr(empresa, '/', (size_t)(end - empresa)) == NULL)
		return fail(err, BAD_USAGE,
		    "--show: a cCodIntCtr, or COMPETENCIA/EMPRESA/PROPOSTA "
		    "expected");
	while (s == DONE && !w->known &&
	    (slash = memchr(slash, '/', (size_t)(end - slash))) != NULL) {
		key.empresa_id =
		    (struct text){ empresa, (size_t)(slash - empresa) };
		slash++;
		key.proposta = (struct text){ slash, (size_t)(end - slash) };
		s = ask_key(w, &key, err);
	}
	return s;
}

static enum status
each_candidate(struct text line, void *ctx, struct error *err)
{
	struct shown *w = ctx;
	struct value root, data;
	struct billing_key key;
	char code[INT_CTR_TEXT];
	enum status s;

	if ((s = ndjson_parse(w->run->doc, line, err)) != DONE)
		return s;
	root = record_root(w->run->doc);
	data = value_member(root, "consolidacaoData");
	if (value_kind(data) == ABSENT)
		data = value_member(root, "contrato");
	if ((s = billing_key_read(data, &key, err)) != DONE)
		return s;
	contract_code(&key, code);
	if (text_is(w->code, code))
		keep_key(w, key);
	return DONE;
}

/* A code can't be turned back: what is stored of its month is tried. */
static enum status
find_by_code(struct shown *w, struct error *err)
{
	char month[] = "20YY-MM";
	struct store_filter filter = { .status = -1 };
	enum status s = ask_ledger(w, w->code, err);

	if (s != DONE || w->known || w->code.len < 5)
		return s;
	memcpy(month + 2, w->code.at, 2);
	memcpy(month + 5, w->code.at + 2, 2);
	if ((filter.month = competencia_read(text_of(month))) == 0)
		return DONE;
	s = store_list(w->run->store, STORE_CONSOLIDATIONS, &filter,
	    each_candidate, w, err);
	if (s == DONE && !w->known)
		s = store_list(w->run->store, STORE_CONTRACTS, &filter,
		    each_candidate, w, err);
	return s;
}

static enum status
find(struct shown *w, struct error *err)
{
	const char *slash = memchr(w->code.at, '/', w->code.len);
	struct text asked = w->code;
	enum status s =
	    slash != NULL ? find_by_key(w, slash, err) : find_by_code(w, err);

	if (s != DONE || w->known)
		return s;
	filter_warn(w->run->filter,
	    "--show: neither store nor ledger knows %.*s",
	    asked.len < 300 ? (int)asked.len : 300, asked.at);
	return SOME_REJECTED;
}

/* ------------------------------------------------------- what is known of it
 */

static const struct part {
	enum store_kind kind;
	const char *member; /* NULL: of the company as a whole */
	void (*show)(struct shown *w, struct value root);
} PARTS[] = {
	{ STORE_VOLUMES, NULL, show_volumes },
	{ STORE_CONSOLIDATIONS, "consolidacaoData", show_consolidation },
	{ STORE_CONTRACTS, "contrato", show_result },
	{ STORE_HISTORY, "historico", show_history },
};

struct showing {
	struct shown *w;
	const struct part *part;
};

/* The volumes are those of all proposals of the company. */
static enum status
is_meant(const struct showing *showing, struct value root, bool *meant,
    struct error *err)
{
	struct text proposta;
	enum status s;

	*meant = showing->part->member == NULL;
	if (*meant)
		return DONE;
	s = record_identifier(value_member(root, showing->part->member),
	    "numeroProposta", &proposta, err);
	if (s == DONE)
		*meant = text_same(proposta, showing->w->key.proposta);
	return s;
}

static enum status
each_line(struct text line, void *ctx, struct error *err)
{
	const struct showing *showing = ctx;
	struct shown *w = showing->w;
	struct value root;
	bool meant;
	enum status s;

	if ((s = ndjson_parse(w->run->doc, line, err)) != DONE)
		return s;
	root = record_root(w->run->doc);
	if ((s = is_meant(showing, root, &meant, err)) != DONE || !meant)
		return s;
	if (w->for_person) {
		showing->part->show(w, root);
		w->lines++;
	} else {
		buf_add_text(filter_out(w->run->filter), line);
		filter_end_line(w->run->filter);
	}
	return mode_flush(w->run, err);
}

static enum status
each_ledger_line(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct shown *w = ctx;

	show_ledger_line(w, line);
	w->lines++;
	w->run->filter->counters.read++;
	w->run->filter->counters.done++;
	return mode_flush(w->run, err);
}

static enum status
show_all(struct shown *w, struct error *err)
{
	const struct store_filter filter = { w->key.month, w->key.empresa_id,
		-1 };
	enum status s = DONE;
	size_t i;

	show_head(w);
	for (i = 0; s == DONE && i < sizeof(PARTS) / sizeof(*PARTS); i++) {
		struct showing showing = { w, &PARTS[i] };

		w->lines = 0;
		s = store_list(w->run->store, PARTS[i].kind, &filter, each_line,
		    &showing, err);
	}
	w->lines = 0;
	if (s == DONE)
		s = ledger_each(
		    w->run->store, w->code, each_ledger_line, w, err);
	if (s == DONE && w->lines == 0)
		show_no_ledger(w);
	return s;
}

enum status
mode_show(struct run *run, const struct mode_options *m, struct error *err)
{
	struct shown w = { .run = run,
		.for_person = mode_for_person(m),
		.code = text_of(m->show) };
	enum status s;

	if ((s = need_store(run, STORE_READ, err)) != DONE ||
	    (s = find(&w, err)) != DONE)
		return s;
	s = show_all(&w, err);
	if (s == SOME_REJECTED) { /* of a line that was stored */
		struct error why = *err;

		return fail(err, BAD_CONFIG,
		    "the store holds a line that can't be read: %s", why.text);
	}
	return s;
}
