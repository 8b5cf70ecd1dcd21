/* What the parts of the MongoDB backend share; nobody else includes it. */
#ifndef VOLUM_STORE_MONGO_H
#define VOLUM_STORE_MONGO_H

#include <mongoc/mongoc.h>
#include <signal.h>

#include "store/backend.h"

/* The first five are those of enum store_kind, in its order. */
enum mongo_place {
	MONGO_VOLUMETRIA,
	MONGO_CONSOLIDACOES,
	MONGO_CONTRATOS,
	MONGO_EMPRESAS,
	MONGO_PROPOSTAS,
	MONGO_KEPT, /* how many of them are read and written by group */

	MONGO_PROPOSTAS_ANTIGAS = MONGO_KEPT,
	MONGO_LANCAMENTOS,
	MONGO_SINCRONIZACOES,
	MONGO_SITUACOES,
	MONGO_POSICOES,
	MONGO_COMUNS, /* what several hosts share and take turns at */
	MONGO_ESQUEMA,
	/* What the earlier functions left, as it was. */
	MONGO_CONSOLIDACOES_ANTIGAS,
	MONGO_EMPRESAS_ANTIGAS,
	MONGO_PLACES
};

/* A document of the first five: which of these it has, mongo_shape.c says. */
struct mongo_row {
	struct text part[3]; /* of its key; the first ones make its group */
	struct text doc, extra, memo, status, code, until, cnpj;
	int64_t total_cents, revision, omie_code, nCodCtr;
};

enum mongo_kind { MONGO_TEXT, MONGO_NUMBER };

struct mongo_column {
	const char *name;
	enum mongo_kind kind;
	size_t offset; /* in struct mongo_row */
};

struct mongo_shape {
	const char *part[3];
	int parts, group; /* how many, and how many of them make the group */
	const struct mongo_column *columns;
	size_t column_count;
};

extern const struct mongo_shape MONGO_SHAPES[MONGO_KEPT];
extern const char *const MONGO_NAMES[MONGO_PLACES];

/* A document as it is there, and as it is to be. */
struct mongo_entry {
	struct mongo_entry *next, *next_dirty, *next_wanted;
	struct text id;
	bool known;	 /* it was looked for */
	bool exists;	 /* and found */
	bool dirty;	 /* it is to be written */
	bson_oid_t seen; /* the mark of whoever wrote it last */
	struct mongo_row row;
	struct mongo_note *notes; /* history that is to be added, in order */
};

struct mongo_note {
	struct mongo_note *next;
	struct text from, to, request_id, why;
	int64_t revision;
	instant_ms at;
};

/* Documents that are read together: those of a company, or of its month. */
struct mongo_group {
	struct mongo_group *next, *next_wanted;
	enum mongo_place where;
	struct text part[2];
	bool loaded, wanted;
	struct mongo_entry *entries;
};

enum { MONGO_BUCKETS = 2048 };

struct mongo_store {
	struct store base;
	const volatile sig_atomic_t *stop;
	mongoc_client_t *client;
	mongoc_collection_t *collections[MONGO_PLACES];
	char *database;
	char *place; /* of messages: hosts and database, no user, no password */
	bool reached; /* it has answered once */
	/* Of the open batch, or of the last get outside of one. */
	struct arena texts;
	struct mongo_group *buckets[MONGO_BUCKETS];
	bool used; /* there is anything in them */
	struct mongo_group *wanted[MONGO_KEPT];
	struct mongo_entry *wanted_entries[MONGO_KEPT];
	struct mongo_entry *dirty[MONGO_KEPT], **dirty_end[MONGO_KEPT];
	struct mongo_old *replaced; /* proposals, for the memos */
	struct record *rec;
	struct buf line;
	struct mongo_page *page; /* of what the earlier functions left */
	bson_oid_t version; /* of the proposals, when it was last asked for */
	bool asked;
};

/* A proposal as it was before this batch. */
struct mongo_old {
	struct mongo_old *next;
	struct text id, empresa_id, number, doc;
};

static inline struct mongo_store *
mongo_of(struct store *s)
{
	return (struct mongo_store *)s;
}

/* ------------------------------------------------- mongo_uri.c, mongo_fault.c
 */

/*
 * `text` with what it leaves open set as this program needs it; *place names
 * it in messages, both are the caller's. BAD_CONFIG: the driver can't read it,
 * knows an option not, or no database is named (MONGODB_DATABASE may).
 */
enum status mongo_uri_read(
    const char *text, mongoc_uri_t **out, char **place, struct error *err);

/* A status and one line of what the driver reports; texts of the server may
 * quote documents, so only its codes are told. `doing`: "read", "write". */
enum status mongo_fault(struct mongo_store *s, const bson_error_t *e,
    const char *doing, struct error *err);
/* BAD_CONFIG: a document that no version of this program writes. */
enum status
mongo_strange(struct mongo_store *s, const char *collection, struct error *err);

/* Whether it is worth while to ask again; how long was waited is kept. */
struct mongo_patience {
	int64_t until; /* clock_monotonic_ms(); 0: at the first failure */
	int64_t pause_ms;
};

/* Waits a while, longer each time, and gives true; false: such a failure does
 * not pass (`reply` may be NULL), the time is up, or a signal asked to stop. */
bool mongo_again(struct mongo_store *s, struct mongo_patience *p,
    const bson_error_t *e, const bson_t *reply);

/* ------------------------------------------------------------- mongo_ask.c */

/*
 * The first document of `where` that `filter` fits, copied to `out` (to be
 * destroyed by the caller, whatever is returned). `opts` may be NULL.
 */
enum status mongo_find_one(struct mongo_store *s, enum mongo_place where,
    const bson_t *filter, const bson_t *opts, bson_t *out, bool *found,
    struct error *err);

/* Each of them; the document lives until `each` returns. After a lost
 * connection it begins anew where nothing was given yet, else TRY_LATER. */
typedef enum status (*mongo_each_fn)(
    const bson_t *doc, void *ctx, struct error *err);
enum status mongo_find_each(struct mongo_store *s, enum mongo_place where,
    const bson_t *filter, const bson_t *opts, mongo_each_fn each, void *ctx,
    struct error *err);

/*
 * Inserts `doc`, whose _id nobody but us would make, durably. *taken: another
 * document has its _id (or its other unique key). After an unclear answer it
 * looks whether `mark` (the member `escrita` of doc) got there.
 */
enum status mongo_insert(struct mongo_store *s, enum mongo_place where,
    const bson_t *doc, const bson_oid_t *mark, bool *taken, struct error *err);

/*
 * Changes the one document that `filter` fits, durably; *done false: none did.
 * `update` sets `escrita` to `mark`, by which a change is recognised after an
 * unclear answer. With `upsert`, whose `filter` is the _id alone, what is not
 * there is made.
 */
enum status mongo_update(struct mongo_store *s, enum mongo_place where,
    struct text id, const bson_t *filter, const bson_t *update, bool upsert,
    const bson_oid_t *mark, bool *done, struct error *err);

/* Members of a document; {"",0} and 0 where there is none of that kind. Texts
 * live as long as the document. A double that is integral is an integer. */
struct text mongo_text(const bson_t *doc, const char *name);
int64_t mongo_number(const bson_t *doc, const char *name);
instant_ms mongo_date(const bson_t *doc, const char *name);
bool mongo_flag(const bson_t *doc, const char *name);
bool mongo_mark(const bson_t *doc, const char *name, bson_oid_t *out);

void mongo_add_text(bson_t *doc, const char *name, struct text t);
void mongo_add_number(bson_t *doc, const char *name, int64_t n);
void mongo_add_date(bson_t *doc, const char *name, instant_ms at);

/* `name`: {$in: [...]}, between begin and end. */
struct mongo_in {
	bson_t in, list;
	uint32_t count;
};
void mongo_begin_in(struct mongo_in *l, bson_t *filter, const char *name);
void mongo_add_in(struct mongo_in *l, struct text t);
void mongo_end_in(struct mongo_in *l, bson_t *filter);

/* ----------------------------------------------------------- mongo_shape.c */

/* The key as one text: parts joined by `/`; a `/` or `%` in a part is `%2F` or
 * `%25`, so that no two keys make one text. */
struct text mongo_id(struct arena *a, const struct text *parts, int count);
/* `row` from a document, texts copied to `a`. False: it isn't ours. */
bool mongo_row_read(struct arena *a, const struct mongo_shape *shape,
    const bson_t *doc, struct mongo_row *row);
bool mongo_row_same(const struct mongo_shape *shape, const struct mongo_row *a,
    const struct mongo_row *b);
/* The members of the columns, and what is there for other readers alone. */
void mongo_row_write(struct mongo_store *s, enum mongo_place where,
    const struct mongo_row *row, bson_t *doc);
void mongo_parts_write(
    const struct mongo_shape *shape, const struct text *parts, bson_t *doc);

/* ------------------------------------------- mongo_batch.c, mongo_read.c */

enum status mongo_begin(struct store *s, struct error *err);
enum status mongo_commit(struct store *s, struct error *err);
void mongo_rollback(struct store *s);
enum status mongo_changed(struct store *s, bool *by_others, struct error *err);
void mongo_expect(struct store *s, const struct store_expected *what);

/* Outside of a batch: nothing read before counts any more. In a batch nothing
 * happens. */
void mongo_forget(struct mongo_store *s);
/* The group of a key's first parts, read if it isn't yet. Of its entries those
 * count that are there. */
enum status mongo_group_find(struct mongo_store *s, enum mongo_place where,
    const struct text *parts, struct mongo_group **out, struct error *err);
bool mongo_is_there(const struct mongo_entry *e);
/* The entry of a key, whether there is such a document or not. */
enum status mongo_resolve(struct mongo_store *s, enum mongo_place where,
    const struct text *parts, struct mongo_entry **out, struct error *err);
/* The entry of `parts` in the batch, NULL: there is none. */
enum status mongo_entry_find(struct mongo_store *s, enum mongo_place where,
    const struct text *parts, struct mongo_entry **out, struct error *err);
/* Makes `row` what is to be there when the batch ends; the same again is
 * nothing. *entry (may be NULL) as it is afterwards. SOME_REJECTED: it is too
 * large for a document. */
enum status mongo_put(struct mongo_store *s, enum mongo_place where,
    const struct mongo_row *row, struct mongo_entry **entry, bool *changes,
    struct error *err);
void mongo_make_dirty(
    struct mongo_store *s, enum mongo_place where, struct mongo_entry *e);

/* mongo_bulk.c: writes all that is dirty of one collection. */
enum status mongo_write_dirty(
    struct mongo_store *s, enum mongo_place where, struct error *err);

/* mongo_client.c: the client of a URI, whose text is `text`, made with the
 * first that asks for it and gone with the last that gives it back. NULL: `e`
 * says why not. */
mongoc_client_t *
mongo_client_get(const char *text, const mongoc_uri_t *uri, bson_error_t *e);
void mongo_client_put(mongoc_client_t *client); /* NULL is fine */

/* mongo.c: connects to what `uri` names and identifies it; closed by
 * mongo_close(), which takes NULL. */
enum status mongo_reach(struct mongo_store **out, const char *uri,
    enum store_mode mode, const volatile sig_atomic_t *stop, struct error *err);
void mongo_close(struct store *base);

/* mongo_shared.c: as store_share(). */
enum status mongo_share(struct shared **out, const char *uri,
    const volatile sig_atomic_t *stop, struct error *err);

/* mongo_owner.c: this process, as other hosts can tell it from theirs. */
void mongo_owner_write(bson_t *doc);
/* Whether the process that wrote that is gone; false where it can't be told
 * from here. */
bool mongo_owner_is_gone(const bson_t *doc);

/* mongo_schema.c: BAD_CONFIG when it is newer than this program, or holds bills
 * of the earlier functions that were not taken over. */
enum status mongo_identify(struct mongo_store *s, struct error *err);
enum status
mongo_examine(struct store *base, struct store_health *out, struct error *err);

/* Whether `where` holds documents of the earlier functions: theirs have an
 * ObjectId as _id. */
enum status mongo_has_earlier(struct mongo_store *s, enum mongo_place where,
    bool *has, struct error *err);

/* mongo_earlier_check.c: BAD_CONFIG when what they left in `where` can't be
 * taken over, for a unique index or for contracts that stand elsewhere. */
enum status mongo_check_earlier(
    struct mongo_store *s, enum mongo_place where, struct error *err);

/* --------------------------------------- the operations, as in backend.h */

extern const struct store_ops MONGO_OPS;

/* mongo_put.c */
enum status mongo_put_volumes(struct store *s, competencia month,
    struct text empresa_id, struct text doc, struct error *err);
enum status
mongo_put_company(struct store *s, const struct company *c, struct error *err);
enum status mongo_put_proposal(
    struct store *s, const struct stored_proposal *p, struct error *err);
enum status mongo_put_consolidation(struct store *s,
    const struct stored_consolidation *c, const char *why, struct error *err);
enum status mongo_put_memo(struct store *s, const struct billing_key *key,
    struct text memo, struct error *err);
enum status mongo_put_contract(
    struct store *s, const struct stored_contract *c, struct error *err);

/* mongo_get.c */
enum status mongo_get_volumes(struct store *s, competencia month,
    struct text empresa_id, struct text *doc, bool *found, struct error *err);
enum status mongo_get_company(struct store *s, struct text empresa_id,
    struct company *out, bool *found, struct error *err);
enum status
mongo_get_consolidation(struct store *s, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err);
enum status mongo_get_memo(struct store *s, const struct billing_key *key,
    struct text *memo, struct error *err);
enum status mongo_company_total(struct store *s, competencia month,
    struct text empresa_id, int64_t *cents, bool *found, struct error *err);
enum status mongo_get_contract(struct store *s, const struct billing_key *key,
    struct stored_contract *out, bool *found, struct error *err);
enum status mongo_each_proposal(struct store *s, struct text empresa_id,
    store_doc_fn each, void *ctx, struct error *err);
enum status mongo_each_version(struct store *s, struct text empresa_id,
    struct text number, store_doc_fn each, void *ctx, struct error *err);

/* mongo_list.c */
enum status mongo_list(struct store *s, enum store_kind kind,
    const struct store_filter *filter, store_doc_fn each, void *ctx,
    struct error *err);
enum status mongo_count(struct store *s, enum store_kind kind,
    const struct store_filter *filter, uint64_t *count, struct error *err);

/* mongo_ledger.c */
enum status mongo_ledger_look(struct store *s, struct text account,
    struct text code, struct ledger_state *out, struct error *err);
enum status mongo_ledger_has_confirmed(
    struct store *s, struct text account, bool *has, struct error *err);
enum status mongo_ledger_each(struct store *s, struct text code, ledger_fn each,
    void *ctx, struct error *err);
enum status
mongo_ledger_add(struct store *s, struct ledger_line *line, struct error *err);

/* mongo_sync.c */
enum status mongo_sync_look(struct store *s, struct text account,
    struct text empresa_id, struct sync_state *out, struct error *err);
enum status mongo_sync_put(
    struct store *s, const struct sync_state *state, struct error *err);
enum status mongo_sync_open_until(struct store *s, struct text account,
    instant_ms *deadline, struct error *err);
enum status mongo_sync_each_conflict(struct store *s, struct text account,
    sync_customer_fn each, void *ctx, struct error *err);
enum status mongo_sync_position(
    struct store *s, struct text account, instant_ms *at, struct error *err);
enum status mongo_registry_look(struct store *s, const char *document,
    instant_ms since, char out[24], bool *known, struct error *err);
enum status mongo_registry_put(struct store *s, struct text document,
    struct text situation, struct error *err);
enum status mongo_sync_move(
    struct store *s, struct text account, instant_ms at, struct error *err);

/* mongo_earlier.c */
enum status
mongo_earlier_page(struct store *s, enum store_kind kind, bool first,
    struct earlier_doc docs[EARLIER_PAGE], size_t *count, struct error *err);
enum status
mongo_earlier_is_aside(struct store *s, size_t i, bool *is, struct error *err);
enum status
mongo_earlier_put_aside(struct store *s, size_t i, struct error *err);
enum status
mongo_earlier_is_there(struct store *s, size_t i, bool *is, struct error *err);
enum status
mongo_earlier_take_away(struct store *s, size_t i, struct error *err);
void mongo_page_free(struct mongo_page *page); /* NULL is fine */

#endif
