/* Finds the backend for a URI; keeps the rules that hold for all of them. */
#include "store/store.h"

#include <assert.h>
#include <string.h>

#include "store/backend.h"

static const struct {
	const char *scheme;
	/* `place` is what stands behind the scheme; of a server, all of it. */
	enum status (*open)(struct store **out, const char *place,
	    enum store_mode mode, struct error *err);
	/* NULL: for the processes of one host alone. */
	enum status (*share)(
	    struct shared **out, const char *place, struct error *err);
	bool server;
	int64_t batch; /* records that go well in one */
} BACKENDS[] = {
	{ "sqlite:", sqlite_store_open, NULL, false, 10000 },
	{ "mongodb://", mongo_store_open, mongo_store_share, true, 500 },
	{ "mongodb+srv://", mongo_store_open, mongo_store_share, true, 500 },
};

enum { BACKEND_COUNT = sizeof(BACKENDS) / sizeof(BACKENDS[0]) };

/* BACKEND_COUNT: none. */
static size_t
find_backend(const char *uri)
{
	size_t i;

	for (i = 0; i < BACKEND_COUNT; i++)
		if (strncmp(uri, BACKENDS[i].scheme,
			strlen(BACKENDS[i].scheme)) == 0)
			break;
	return i;
}

enum status
store_check(const char *uri, struct error *err)
{
	size_t i = find_backend(uri);

	if (i < BACKEND_COUNT)
		return uri[strlen(BACKENDS[i].scheme)] != '\0'
		    ? DONE
		    : fail(err, BAD_CONFIG,
			  "the store is given as %s%s, and %s is missing",
			  BACKENDS[i].scheme,
			  BACKENDS[i].server ? "HOST/DATABASE" : "PATH",
			  BACKENDS[i].server ? "HOST" : "PATH");
	/* The rest of a URI may hold a password. */
	return fail(err, BAD_CONFIG,
	    "the store is given as sqlite:PATH or mongodb://HOST/DATABASE, "
	    "not as %.*s",
	    (int)strcspn(uri, "/@"), uri);
}

int64_t
store_batch(const char *uri)
{
	size_t i = find_backend(uri);

	return BACKENDS[i < BACKEND_COUNT ? i : 0].batch;
}

bool
store_is_server(const char *uri)
{
	size_t i = find_backend(uri);

	return i < BACKEND_COUNT && BACKENDS[i].server;
}

enum status
store_open(struct store **out, const char *uri, enum store_mode mode,
    const struct clock *clock, const char *request_id, struct error *err)
{
	enum status status = store_check(uri, err);
	size_t i;

	*out = NULL;
	if (status != DONE)
		return status;
	i = find_backend(uri);
	if (!BACKENDS[i].server)
		uri += strlen(BACKENDS[i].scheme);
	if ((status = BACKENDS[i].open(out, uri, mode, err)) != DONE)
		return status;
	(*out)->clock = clock;
	(*out)->request_id = request_id;
	return DONE;
}

enum status
store_share(struct shared **out, const char *uri, struct error *err)
{
	enum status status = store_check(uri, err);
	size_t i;

	*out = NULL;
	if (status != DONE)
		return status;
	i = find_backend(uri);
	return BACKENDS[i].share == NULL ? DONE
					 : BACKENDS[i].share(out, uri, err);
}

void
store_follow_request(struct store *s, const struct text *id)
{
	s->followed = id;
}

struct text
store_request_id(const struct store *s)
{
	if (s->followed != NULL)
		return *s->followed;
	return text_of(s->request_id != NULL ? s->request_id : "");
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_rollback(s);
	s->ops->close(s);
}

/* ------------------------------------------------------------- batches */

enum status
store_begin(struct store *s, struct error *err)
{
	enum status status;

	assert(s->mode == STORE_WRITE && !s->in_batch);
	status = s->ops->begin(s, err);
	s->in_batch = status == DONE;
	return status;
}

/* Nothing is ever written outside a batch, nor one claimed that is gone. */
static enum status
need_batch(const struct store *s, struct error *err)
{
	if (s->in_batch)
		return DONE;
	return fail(err, OUTPUT_FAILED,
	    "no batch is open in the store: an earlier failure undid it");
}

enum status
store_commit(struct store *s, struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	s->in_batch = false;
	return s->ops->commit(s, err);
}

void
store_rollback(struct store *s)
{
	if (!s->in_batch)
		return;
	s->in_batch = false;
	s->ops->rollback(s);
}

enum status
store_changed(struct store *s, bool *by_others, struct error *err)
{
	return s->ops->changed(s, by_others, err);
}

void
store_expect(struct store *s, const struct store_expected *what)
{
	if (s->ops->expect != NULL)
		s->ops->expect(s, what);
}

/* A batch is stored whole or not at all; what is refused is not part of it. */
static enum status
after_put(struct store *s, enum status status)
{
	if (status != DONE && status != SOME_REJECTED)
		store_rollback(s);
	return status;
}

/* ---------------------------------------------------------------- puts */

enum status
store_put_volumes(struct store *s, competencia month, struct text empresa_id,
    struct text doc, struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	return after_put(
	    s, s->ops->put_volumes(s, month, empresa_id, doc, err));
}

enum status
store_put_company(struct store *s, const struct company *c, struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	return after_put(s, s->ops->put_company(s, c, err));
}

enum status
store_put_proposal(
    struct store *s, const struct stored_proposal *p, struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	return after_put(s, s->ops->put_proposal(s, p, err));
}

enum status
store_put_consolidation(struct store *s, const struct stored_consolidation *c,
    const char *why, struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	return after_put(s, s->ops->put_consolidation(s, c, why, err));
}

enum status
store_put_memo(struct store *s, const struct billing_key *key, struct text memo,
    struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	return after_put(s, s->ops->put_memo(s, key, memo, err));
}

enum status
store_put_contract(
    struct store *s, const struct stored_contract *c, struct error *err)
{
	enum status status = need_batch(s, err);

	if (status != DONE)
		return status;
	return after_put(s, s->ops->put_contract(s, c, err));
}

/* --------------------------------------------------------------- reads */

enum status
store_get_volumes(struct store *s, competencia month, struct text empresa_id,
    struct text *doc, bool *found, struct error *err)
{
	return s->ops->get_volumes(s, month, empresa_id, doc, found, err);
}

enum status
store_get_company(struct store *s, struct text empresa_id, struct company *out,
    bool *found, struct error *err)
{
	return s->ops->get_company(s, empresa_id, out, found, err);
}

enum status
store_get_consolidation(struct store *s, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err)
{
	return s->ops->get_consolidation(s, key, out, found, err);
}

enum status
store_get_memo(struct store *s, const struct billing_key *key,
    struct text *memo, struct error *err)
{
	return s->ops->get_memo(s, key, memo, err);
}

enum status
store_company_total(struct store *s, competencia month, struct text empresa_id,
    int64_t *cents, bool *found, struct error *err)
{
	return s->ops->company_total(s, month, empresa_id, cents, found, err);
}

enum status
store_get_contract(struct store *s, const struct billing_key *key,
    struct stored_contract *out, bool *found, struct error *err)
{
	return s->ops->get_contract(s, key, out, found, err);
}

enum status
store_each_proposal(struct store *s, struct text empresa_id, store_doc_fn each,
    void *ctx, struct error *err)
{
	return s->ops->each_proposal(s, empresa_id, each, ctx, err);
}

enum status
store_each_version(struct store *s, struct text empresa_id, struct text number,
    store_doc_fn each, void *ctx, struct error *err)
{
	return s->ops->each_version(s, empresa_id, number, each, ctx, err);
}

enum status
store_list(struct store *s, enum store_kind kind,
    const struct store_filter *filter, store_doc_fn each, void *ctx,
    struct error *err)
{
	return s->ops->list(s, kind, filter, each, ctx, err);
}

enum status
store_count(struct store *s, enum store_kind kind,
    const struct store_filter *filter, uint64_t *count, struct error *err)
{
	return s->ops->count(s, kind, filter, count, err);
}

enum status
store_examine(struct store *s, struct store_health *out, struct error *err)
{
	*out = (struct store_health){ 0 };
	return s->ops->examine(s, out, err);
}
