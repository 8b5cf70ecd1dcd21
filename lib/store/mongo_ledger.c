/*
 * The ledger in MongoDB. A line's _id is its number, so the chain itself is the
 * lock: who read the newest line and then adds the next number is refused where
 * anybody added one in between, and looks again.
 */
#include <stdio.h>

#include "store/mongo.h"

enum {
	/* Others may be as quick for a while, not for ever. */
	MOST_RACES = 1000,
	AT_A_TIME = 200
};

static void
copy_hash(char out[HASH_TEXT], struct text t)
{
	snprintf(out, HASH_TEXT, "%.*s", (int)t.len, t.at);
}

static enum status
read_line(struct mongo_store *s, const bson_t *doc, struct ledger_line *out,
    struct error *err)
{
	int event = ledger_event_read(mongo_text(doc, "evento"));

	*out = (struct ledger_line){ .seq = mongo_number(doc, "_id"),
		.account = mongo_text(doc, "conta"),
		.code = mongo_text(doc, "cCodIntCtr"),
		.key = { competencia_read(mongo_text(doc, "competencia")),
		    mongo_text(doc, "empresaId"),
		    mongo_text(doc, "numeroProposta") },
		.event = (enum ledger_event)event,
		.call = mongo_text(doc, "chamada"),
		.nCodCtr = mongo_number(doc, "nCodCtr"),
		.total_cents = mongo_number(doc, "valorTotalCentavos"),
		.revision = mongo_number(doc, "revisao"),
		.at = mongo_date(doc, "quando"),
		.deadline = mongo_date(doc, "prazo"),
		.request_id = mongo_text(doc, "requestId"),
		.detail = mongo_text(doc, "detalhe"),
		.payload = mongo_text(doc, "contrato") };
	copy_hash(out->content_hash, mongo_text(doc, "conteudoHash"));
	copy_hash(out->payload_hash, mongo_text(doc, "contratoHash"));
	copy_hash(out->link, mongo_text(doc, "elo"));
	if (event < 0 || out->key.month == 0 || out->seq == 0)
		return mongo_strange(s, "lancamentos", err);
	return DONE;
}

static void
write_line(const struct ledger_line *line, const bson_oid_t *mark, bson_t *doc)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(line->key.month, month);
	mongo_add_number(doc, "_id", line->seq);
	mongo_add_text(doc, "conta", line->account);
	mongo_add_text(doc, "cCodIntCtr", line->code);
	mongo_add_text(doc, "competencia", text_of(month));
	mongo_add_text(doc, "empresaId", line->key.empresa_id);
	mongo_add_text(doc, "numeroProposta", line->key.proposta);
	mongo_add_text(doc, "evento", text_of(ledger_event_name(line->event)));
	mongo_add_text(doc, "chamada", line->call);
	mongo_add_text(doc, "conteudoHash", text_of(line->content_hash));
	mongo_add_text(doc, "contratoHash", text_of(line->payload_hash));
	mongo_add_number(doc, "nCodCtr", line->nCodCtr);
	mongo_add_number(doc, "valorTotalCentavos", line->total_cents);
	mongo_add_number(doc, "revisao", line->revision);
	mongo_add_date(doc, "quando", line->at);
	mongo_add_date(doc, "prazo", line->deadline);
	mongo_add_text(doc, "requestId", line->request_id);
	mongo_add_text(doc, "detalhe", line->detail);
	mongo_add_text(doc, "contrato", line->payload);
	mongo_add_text(doc, "elo", text_of(line->link));
	bson_append_oid(doc, "escrita", -1, mark);
}

/* {sort: {_id: direction}} */
static void
sort_by_number(bson_t *opts, int direction)
{
	bson_t sort;

	bson_append_document_begin(opts, "sort", -1, &sort);
	bson_append_int32(&sort, "_id", -1, direction);
	bson_append_document_end(opts, &sort);
}

/* ---------------------------------------------------------------- looking */

struct look {
	struct mongo_store *s;
	struct text account;
	struct ledger_state *out;
};

/* Its texts outlive the document. */
static enum status
add_to_state(const bson_t *doc, void *ctx, struct error *err)
{
	struct look *l = ctx;
	struct arena *a = &l->s->texts;
	struct ledger_line line;
	struct text *texts[] = { &line.account, &line.code,
		&line.key.empresa_id, &line.key.proposta, &line.call,
		&line.request_id, &line.detail, &line.payload };
	enum status status = read_line(l->s, doc, &line, err);
	size_t i;

	if (status != DONE)
		return status;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_text(a, *texts[i]);
	ledger_state_add(l->out, l->account, &line);
	return DONE;
}

enum status
mongo_ledger_look(struct store *base, struct text account, struct text code,
    struct ledger_state *out, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct look look = { s, account, out };
	bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER;
	enum status status;

	/* Before the texts of the last look go: they may name this one. */
	mongo_add_text(&filter, "cCodIntCtr", code);
	mongo_forget(s);
	sort_by_number(&opts, -1);
	status = mongo_find_each(
	    s, MONGO_LANCAMENTOS, &filter, &opts, add_to_state, &look, err);
	bson_destroy(&opts);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_ledger_has_confirmed(
    struct store *base, struct text account, bool *has, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, doc;
	enum status status;

	mongo_add_text(&filter, "conta", account);
	mongo_add_text(
	    &filter, "evento", text_of(ledger_event_name(LEDGER_CONFIRMED)));
	status = mongo_find_one(
	    mongo_of(base), MONGO_LANCAMENTOS, &filter, NULL, &doc, has, err);
	bson_destroy(&doc);
	bson_destroy(&filter);
	return status;
}

struct walk {
	struct mongo_store *s;
	struct text code; /* {"",0}: of all */
	ledger_fn each;
	void *ctx;
	int64_t last; /* the number that was given last */
	int given;    /* of this page */
};

static enum status
give_line(const bson_t *doc, void *ctx, struct error *err)
{
	struct walk *w = ctx;
	struct ledger_line line;
	enum status status = read_line(w->s, doc, &line, err);

	if (status != DONE)
		return status;
	w->last = line.seq;
	w->given++;
	return w->each(&line, w->ctx, err);
}

/* {cCodIntCtr: code, _id: {$gt: last}} */
static enum status
give_page(struct walk *w, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER, behind;
	enum status status;

	if (w->code.len > 0)
		mongo_add_text(&filter, "cCodIntCtr", w->code);
	if (w->last != 0) {
		bson_append_document_begin(&filter, "_id", -1, &behind);
		mongo_add_number(&behind, "$gt", w->last);
		bson_append_document_end(&filter, &behind);
	}
	sort_by_number(&opts, 1);
	bson_append_int64(&opts, "limit", -1, AT_A_TIME);
	w->given = 0;
	status = mongo_find_each(
	    w->s, MONGO_LANCAMENTOS, &filter, &opts, give_line, w, err);
	bson_destroy(&opts);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_ledger_each(struct store *base, struct text code, ledger_fn each,
    void *ctx, struct error *err)
{
	struct walk walk = {
		.s = mongo_of(base), .code = code, .each = each, .ctx = ctx
	};
	bool foreign = false;
	enum status status = give_page(&walk, err);
	bool more = status == DONE && walk.given == AT_A_TIME;

	while (status == DONE && walk.given == AT_A_TIME)
		status = give_page(&walk, err);
	/* Numbers alone are behind a number; what others put there is not. */
	if (status == DONE && more)
		status =
		    mongo_has_earlier(walk.s, MONGO_LANCAMENTOS, &foreign, err);
	return foreign ? mongo_strange(walk.s, "lancamentos", err) : status;
}

/* ----------------------------------------------------------------- adding */

/* The newest line: of the chain, or of a contract in an account. *seq is 0
 * where there is none. */
static enum status
find_newest(struct mongo_store *s, const bson_t *filter, int64_t *seq,
    char link[HASH_TEXT], struct error *err)
{
	bson_t opts = BSON_INITIALIZER, doc;
	bool found;
	enum status status;

	sort_by_number(&opts, -1);
	status = mongo_find_one(
	    s, MONGO_LANCAMENTOS, filter, &opts, &doc, &found, err);
	*seq = found ? mongo_number(&doc, "_id") : 0;
	copy_hash(link, mongo_text(&doc, "elo"));
	bson_destroy(&doc);
	bson_destroy(&opts);
	return status;
}

/* Nobody may have written about this contract since the caller looked. */
static enum status
check_newest(
    struct mongo_store *s, const struct ledger_line *line, struct error *err)
{
	bson_t filter = BSON_INITIALIZER;
	char unused[HASH_TEXT];
	int64_t newest;
	enum status status;

	mongo_add_text(&filter, "cCodIntCtr", line->code);
	mongo_add_text(&filter, "conta", line->account);
	status = find_newest(s, &filter, &newest, unused, err);
	bson_destroy(&filter);
	if (status != DONE || newest == line->after_seq)
		return status;
	return ledger_busy(line, err);
}

/* The end of the chain is read first: whatever is added after that takes the
 * number that this line is to have. */
static enum status
add_once(struct mongo_store *s, struct ledger_line *line, bool *taken,
    struct error *err)
{
	bson_t all = BSON_INITIALIZER, doc = BSON_INITIALIZER;
	char previous[HASH_TEXT];
	bson_oid_t mark;
	int64_t last;
	enum status status;

	*taken = false;
	status = find_newest(s, &all, &last, previous, err);
	if (status == DONE && line->event != LEDGER_CONFIRMED)
		status = check_newest(s, line, err);
	if (status == DONE) {
		line->seq = last + 1;
		ledger_link(line, previous, line->link);
		bson_oid_init(&mark, NULL);
		write_line(line, &mark, &doc);
		status =
		    mongo_insert(s, MONGO_LANCAMENTOS, &doc, &mark, taken, err);
	}
	bson_destroy(&doc);
	bson_destroy(&all);
	return status;
}

enum status
mongo_ledger_add(
    struct store *base, struct ledger_line *line, struct error *err)
{
	bool taken = true;
	enum status status = DONE;
	int races;

	for (races = 0; status == DONE && taken && races < MOST_RACES; races++)
		status = add_once(mongo_of(base), line, &taken, err);
	if (status == DONE && taken)
		return fail(err, TRY_LATER,
		    "%.200s: other processes write the ledger all the time",
		    mongo_of(base)->place);
	return status;
}
