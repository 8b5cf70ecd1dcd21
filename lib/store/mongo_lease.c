/*
 * One document of `comuns`, whose member `dono` is the token of who has it, or
 * zero. It changes hands by a change that only fits as long as the token is the
 * one that was seen. Who waits watches token and `pulso` on a clock of his own:
 * no two hosts' clocks are compared.
 */
#include "store/mongo_lease.h"

enum { TRIES = 1000 };

const bson_oid_t *
mongo_nobody(void)
{
	static const bson_oid_t none = { { 0 } };

	return &none;
}

static void
begin_key(bson_t *filter, const struct mongo_lease *l)
{
	bson_init(filter);
	mongo_add_text(filter, "_id", text_of(l->name));
}

/* -------------------------------------------------------------- changing */

static void
add_bytes(bson_t *doc, const struct text *bytes)
{
	if (bytes != NULL)
		bson_append_binary(doc, "estado", -1, BSON_SUBTYPE_BINARY,
		    (const uint8_t *)bytes->at, (uint32_t)bytes->len);
}

/* {$set: {dono, maquina, processo, vida[, estado]}, $inc: {pulso: 1},
 * $currentDate: {agora: true}} */
static void
build_taking(bson_t *update, const bson_oid_t *token, int64_t life_ms,
    const struct text *bytes)
{
	bson_t part;

	bson_init(update);
	bson_append_document_begin(update, "$set", -1, &part);
	bson_append_oid(&part, "dono", -1, token);
	mongo_owner_write(&part);
	mongo_add_number(&part, "vida", life_ms);
	add_bytes(&part, bytes);
	bson_append_document_end(update, &part);
	bson_append_document_begin(update, "$inc", -1, &part);
	mongo_add_number(&part, "pulso", 1);
	bson_append_document_end(update, &part);
	bson_append_document_begin(update, "$currentDate", -1, &part);
	bson_append_bool(&part, "agora", -1, true);
	bson_append_document_end(update, &part);
}

/* `doc` (to be destroyed) is the document after the change. */
static bool
copy_value(const bson_t *reply, bson_t *doc)
{
	bson_iter_t it;
	const uint8_t *at;
	uint32_t len;
	bson_t value;

	bson_init(doc);
	if (!bson_iter_init_find(&it, reply, "value") ||
	    !BSON_ITER_HOLDS_DOCUMENT(&it))
		return false;
	bson_iter_document(&it, &len, &at);
	if (!bson_init_static(&value, at, len))
		return false;
	bson_destroy(doc);
	bson_copy_to(&value, doc);
	return true;
}

/* *done false: nothing fits, as after a change whose answer was lost: who reads
 * the document then finds his token. */
static enum status
change_one(struct mongo_store *s, const bson_t *filter, const bson_t *update,
    bson_t *doc, bool *done, struct error *err)
{
	mongoc_find_and_modify_opts_t *opts = mongoc_find_and_modify_opts_new();
	struct mongo_patience patience = { 0 };
	bson_error_t e;
	bson_t reply;
	bool well, again;

	mongoc_find_and_modify_opts_set_update(opts, update);
	mongoc_find_and_modify_opts_set_flags(
	    opts, MONGOC_FIND_AND_MODIFY_RETURN_NEW);
	do {
		well = mongoc_collection_find_and_modify_with_opts(
		    s->collections[MONGO_COMUNS], filter, opts, &reply, &e);
		again = !well && mongo_again(s, &patience, &e, &reply);
		*done = copy_value(&reply, doc) && well;
		if (!*done)
			bson_destroy(doc);
		bson_destroy(&reply);
	} while (again);
	mongoc_find_and_modify_opts_destroy(opts);
	return well ? DONE : mongo_fault(s, &e, "take a turn", err);
}

/* From `from` to `token`, when it is still there (and as alive as it was). */
static enum status
change_hands(struct mongo_store *s, struct mongo_lease *l,
    const bson_oid_t *from, const bson_oid_t *token, const struct text *bytes,
    bson_t *doc, bool *done, struct error *err)
{
	bson_t filter, update;
	enum status status;

	begin_key(&filter, l);
	bson_append_oid(&filter, "dono", -1, from);
	if (l->holder == LEASE_THEIRS)
		mongo_add_number(&filter, "pulso", l->pulse);
	build_taking(&update, token, l->life_ms, bytes);
	status = change_one(s, &filter, &update, doc, done, err);
	bson_destroy(&update);
	bson_destroy(&filter);
	if (!*done)
		return status;
	l->holder = LEASE_OURS;
	l->token = *token;
	l->shown = clock_monotonic_ms();
	return status;
}

/* Nobody's, where there is none yet. */
static enum status
make(struct mongo_store *s, const struct mongo_lease *l, struct error *err)
{
	bson_t doc;
	bson_oid_t mark;
	bool taken;
	enum status status;

	begin_key(&doc, l);
	bson_oid_init(&mark, NULL);
	bson_append_oid(&doc, "dono", -1, mongo_nobody());
	mongo_add_number(&doc, "pulso", 0);
	bson_append_oid(&doc, "escrita", -1, &mark);
	status = mongo_insert(s, MONGO_COMUNS, &doc, &mark, &taken, err);
	bson_destroy(&doc);
	return status;
}

/* ------------------------------------------------------------------ taking */

/* Has it shown no life for as long as it said, or is it seen to be gone? */
static bool
is_over(struct mongo_lease *l, const bson_t *doc, const bson_oid_t *owner)
{
	int64_t now = clock_monotonic_ms(), pulse = mongo_number(doc, "pulso");
	bool watched = l->holder == LEASE_THEIRS;

	if (!watched || !bson_oid_equal(&l->token, owner) ||
	    l->pulse != pulse) {
		l->holder = LEASE_THEIRS;
		l->alive = watched;
		l->token = *owner;
		l->pulse = pulse;
		l->since = now;
	}
	return now - l->since > mongo_number(doc, "vida") ||
	    mongo_owner_is_gone(doc);
}

/* Whose it is, by the document; *doc is kept (to be destroyed) when it is ours
 * already, by a change whose answer was lost. */
static enum status
look(struct mongo_store *s, struct mongo_lease *l, const bson_oid_t *token,
    bson_t *doc, bool *ours, bool *over, struct error *err)
{
	bson_t filter;
	bson_oid_t owner;
	bool found;
	enum status status;

	*ours = *over = false;
	begin_key(&filter, l);
	status =
	    mongo_find_one(s, MONGO_COMUNS, &filter, NULL, doc, &found, err);
	bson_destroy(&filter);
	if (status == DONE && !found) {
		l->holder = LEASE_FREE;
		status = make(s, l, err);
	} else if (status == DONE && !mongo_mark(doc, "dono", &owner)) {
		status = mongo_strange(s, "comuns", err);
	} else if (status == DONE && bson_oid_equal(&owner, mongo_nobody())) {
		l->holder = LEASE_FREE;
	} else if (status == DONE && bson_oid_equal(&owner, token)) {
		l->holder = LEASE_OURS;
		l->token = owner;
		l->shown = clock_monotonic_ms();
		*ours = true;
		return DONE;
	} else if (status == DONE) {
		*over = is_over(l, doc, &owner);
	}
	bson_destroy(doc);
	return status;
}

enum status
mongo_lease_try(struct mongo_store *s, struct mongo_lease *l,
    const struct text *bytes, bson_t *doc, bool *mine, struct error *err)
{
	enum status status = DONE;
	bson_oid_t token, from;
	bool over = l->holder != LEASE_THEIRS;
	int i;

	bson_oid_init(&token, NULL);
	*mine = false;
	for (i = 0; i < TRIES; i++) {
		if (over) {
			from = l->holder == LEASE_THEIRS ? l->token
							 : *mongo_nobody();
			status = change_hands(
			    s, l, &from, &token, bytes, doc, mine, err);
			if (status != DONE || *mine)
				return status;
		}
		status = look(s, l, &token, doc, mine, &over, err);
		if (status != DONE || *mine)
			return status;
		if (l->holder == LEASE_THEIRS && !over)
			return DONE;
		over = true;
	}
	return fail(err, TRY_LATER,
	    "%.200s: other processes take turns all the time", s->place);
}

/* ------------------------------------------------------------------- giving */

/* {$set: {dono, escrita[, estado]}, $inc: {pulso: 1}} */
enum status
mongo_lease_change(struct mongo_store *s, struct mongo_lease *l,
    const bson_oid_t *owner, const struct text *bytes, bool *done,
    struct error *err)
{
	bson_t filter, update = BSON_INITIALIZER, part;
	bson_oid_t mark;
	enum status status;

	begin_key(&filter, l);
	bson_append_oid(&filter, "dono", -1, &l->token);
	bson_oid_init(&mark, NULL);
	bson_append_document_begin(&update, "$set", -1, &part);
	bson_append_oid(&part, "dono", -1, owner);
	bson_append_oid(&part, "escrita", -1, &mark);
	add_bytes(&part, bytes);
	bson_append_document_end(&update, &part);
	bson_append_document_begin(&update, "$inc", -1, &part);
	mongo_add_number(&part, "pulso", 1);
	bson_append_document_end(&update, &part);
	status = mongo_update(s, MONGO_COMUNS, text_of(l->name), &filter,
	    &update, false, &mark, done, err);
	bson_destroy(&update);
	bson_destroy(&filter);
	return status;
}
