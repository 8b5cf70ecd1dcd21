/*
 * Companies in step, in MongoDB: one document each, changed by version. What
 * is put is there at once, not with the batch.
 */
#include <stdio.h>

#include "store/mongo.h"

static struct text
id_of(struct mongo_store *s, struct text account, struct text empresa_id)
{
	const struct text parts[2] = { account, empresa_id };

	return mongo_id(&s->texts, parts, 2);
}

static enum status
find_by_id(struct mongo_store *s, enum mongo_place where, struct text id,
    bson_t *doc, bool *found, struct error *err)
{
	bson_t filter = BSON_INITIALIZER;
	enum status status;

	mongo_add_text(&filter, "_id", id);
	status = mongo_find_one(s, where, &filter, NULL, doc, found, err);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_sync_look(struct store *base, struct text account, struct text empresa_id,
    struct sync_state *out, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	bson_t doc;
	enum status status;

	*out =
	    (struct sync_state){ .account = account, .empresa_id = empresa_id };
	mongo_forget(s);
	status = find_by_id(s, MONGO_SINCRONIZACOES,
	    id_of(s, account, empresa_id), &doc, &out->known, err);
	if (out->known) {
		out->version = mongo_number(&doc, "versao");
		out->omie_code = mongo_number(&doc, "codigoClienteOmie");
		out->open = mongo_flag(&doc, "aberta");
		out->deadline = mongo_date(&doc, "prazo");
		out->conflict = mongo_flag(&doc, "conflito");
		out->base = arena_text(&s->texts, mongo_text(&doc, "base"));
	}
	bson_destroy(&doc);
	return status;
}

static void
write_state(struct mongo_store *s, const struct sync_state *state,
    const bson_oid_t *mark, bson_t *doc)
{
	mongo_add_text(doc, "conta", state->account);
	mongo_add_text(doc, "empresaId", state->empresa_id);
	mongo_add_number(doc, "codigoClienteOmie", state->omie_code);
	bson_append_bool(doc, "aberta", -1, state->open);
	mongo_add_date(doc, "prazo", state->deadline);
	bson_append_bool(doc, "conflito", -1, state->conflict);
	mongo_add_text(doc, "base", state->base);
	mongo_add_number(doc, "versao", state->known ? state->version + 1 : 1);
	mongo_add_date(doc, "alterado", clock_now(s->base.clock));
	bson_append_oid(doc, "escrita", -1, mark);
}

static enum status
add(struct mongo_store *s, const struct sync_state *state, struct text id,
    const bson_oid_t *mark, bool *done, struct error *err)
{
	bson_t doc = BSON_INITIALIZER;
	bool taken;
	enum status status;

	mongo_add_text(&doc, "_id", id);
	write_state(s, state, mark, &doc);
	mongo_add_date(&doc, "criado", clock_now(s->base.clock));
	status = mongo_insert(s, MONGO_SINCRONIZACOES, &doc, mark, &taken, err);
	*done = !taken;
	bson_destroy(&doc);
	return status;
}

static enum status
change(struct mongo_store *s, const struct sync_state *state, struct text id,
    const bson_oid_t *mark, bool *done, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER, set;
	enum status status;

	mongo_add_text(&filter, "_id", id);
	mongo_add_number(&filter, "versao", state->version);
	bson_append_document_begin(&update, "$set", -1, &set);
	write_state(s, state, mark, &set);
	bson_append_document_end(&update, &set);
	status = mongo_update(s, MONGO_SINCRONIZACOES, id, &filter, &update,
	    false, mark, done, err);
	bson_destroy(&update);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_sync_put(
    struct store *base, const struct sync_state *state, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	struct text id = id_of(s, state->account, state->empresa_id);
	bson_oid_t mark;
	bool done;
	enum status status;

	bson_oid_init(&mark, NULL);
	status = state->known ? change(s, state, id, &mark, &done, err)
			      : add(s, state, id, &mark, &done, err);
	if (status != DONE || done)
		return status;
	return sync_busy(state, err);
}

enum status
mongo_sync_open_until(struct store *base, struct text account,
    instant_ms *deadline, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER, sort, doc;
	bool found;
	enum status status;

	mongo_add_text(&filter, "conta", account);
	bson_append_bool(&filter, "aberta", -1, true);
	bson_append_document_begin(&opts, "sort", -1, &sort);
	bson_append_int32(&sort, "prazo", -1, -1);
	bson_append_document_end(&opts, &sort);
	status = mongo_find_one(mongo_of(base), MONGO_SINCRONIZACOES, &filter,
	    &opts, &doc, &found, err);
	*deadline = found ? mongo_date(&doc, "prazo") : 0;
	bson_destroy(&doc);
	bson_destroy(&opts);
	bson_destroy(&filter);
	return status;
}

struct conflicts {
	sync_customer_fn each;
	void *ctx;
};

static enum status
give_customer(const bson_t *doc, void *ctx, struct error *err)
{
	struct conflicts *c = ctx;
	int64_t code = mongo_number(doc, "codigoClienteOmie");

	return code != 0 ? c->each(code, c->ctx, err) : DONE;
}

enum status
mongo_sync_each_conflict(struct store *base, struct text account,
    sync_customer_fn each, void *ctx, struct error *err)
{
	struct conflicts c = { each, ctx };
	bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER, sort;
	enum status status;

	mongo_add_text(&filter, "conta", account);
	bson_append_bool(&filter, "conflito", -1, true);
	bson_append_document_begin(&opts, "sort", -1, &sort);
	bson_append_int32(&sort, "codigoClienteOmie", -1, 1);
	bson_append_document_end(&opts, &sort);
	status = mongo_find_each(mongo_of(base), MONGO_SINCRONIZACOES, &filter,
	    &opts, give_customer, &c, err);
	bson_destroy(&opts);
	bson_destroy(&filter);
	return status;
}

/* ------------------------------------------------- position and registry */

/* {_id: id, quando: at, situacao: word}, whoever wrote it before. */
static enum status
replace(struct mongo_store *s, enum mongo_place where, struct text id,
    instant_ms at, struct text word, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER, set;
	bson_oid_t mark;
	bool done;
	enum status status;

	bson_oid_init(&mark, NULL);
	mongo_add_text(&filter, "_id", id);
	bson_append_document_begin(&update, "$set", -1, &set);
	mongo_add_date(&set, "quando", at);
	if (word.len > 0)
		mongo_add_text(&set, "situacao", word);
	bson_append_oid(&set, "escrita", -1, &mark);
	bson_append_document_end(&update, &set);
	status = mongo_update(
	    s, where, id, &filter, &update, true, &mark, &done, err);
	bson_destroy(&update);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_sync_position(
    struct store *base, struct text account, instant_ms *at, struct error *err)
{
	bson_t doc;
	bool found;
	enum status status;

	status = find_by_id(
	    mongo_of(base), MONGO_POSICOES, account, &doc, &found, err);
	*at = found ? mongo_date(&doc, "quando") : 0;
	bson_destroy(&doc);
	return status;
}

enum status
mongo_sync_move(
    struct store *base, struct text account, instant_ms at, struct error *err)
{
	return replace(
	    mongo_of(base), MONGO_POSICOES, account, at, TEXT(""), err);
}

enum status
mongo_registry_look(struct store *base, const char *document, instant_ms since,
    char out[24], bool *known, struct error *err)
{
	struct text word;
	bson_t doc;
	bool found;
	enum status status;

	status = find_by_id(mongo_of(base), MONGO_SITUACOES, text_of(document),
	    &doc, &found, err);
	*known = found && mongo_date(&doc, "quando") > since;
	if (*known) {
		word = mongo_text(&doc, "situacao");
		snprintf(out, 24, "%.*s", (int)word.len, word.at);
	}
	bson_destroy(&doc);
	return status;
}

enum status
mongo_registry_put(struct store *base, struct text document,
    struct text situation, struct error *err)
{
	return replace(mongo_of(base), MONGO_SITUACOES, document,
	    clock_now(base->clock), situation, err);
}
