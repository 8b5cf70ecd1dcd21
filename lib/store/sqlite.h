/* What the parts of the SQLite backend share; nobody else includes it. */
#ifndef VOLUM_STORE_SQLITE_H
#define VOLUM_STORE_SQLITE_H

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/backend.h"

/* Statements that are prepared once and kept. */
enum prepared {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_VERSION,
	SQL_PUT_VOLUMES,
	SQL_PUT_COMPANY,
	SQL_PUT_PROPOSAL,
	SQL_NEW_CONSOLIDATION,
	SQL_NOTE_CONSOLIDATION,
	SQL_NOTE_NEW,
	SQL_CHANGE_CONSOLIDATION,
	SQL_PUT_MEMO,
	SQL_PUT_CONTRACT,
	SQL_GET_VOLUMES,
	SQL_GET_COMPANY,
	SQL_GET_CONSOLIDATION,
	SQL_GET_MEMO,
	SQL_COMPANY_TOTAL,
	SQL_GET_CONTRACT,
	SQL_EACH_PROPOSAL,
	SQL_EACH_VERSION,
	SQL_LEDGER_LOOK,
	SQL_LEDGER_CONFIRMED,
	SQL_LEDGER_NEWEST,
	SQL_LEDGER_TAIL,
	SQL_LEDGER_ADD,
	SQL_SYNC_LOOK,
	SQL_SYNC_ADD,
	SQL_SYNC_CHANGE,
	SQL_SYNC_OPEN,
	SQL_SYNC_CONFLICTS,
	SQL_SYNC_POSITION,
	SQL_SYNC_MOVE,
	SQL_REGISTRY_LOOK,
	SQL_REGISTRY_PUT,
	SQL_STATEMENTS
};

struct sqlite_store {
	struct store base;
	char *path;
	sqlite3 *db; /* NULL: to be read and not there, so empty */
	sqlite3_stmt *prepared[SQL_STATEMENTS];
	struct arena texts; /* of the last get */
	/* Volumes of the open batch that are not written yet. */
	struct pending *pending;
	size_t pending_count;
	struct arena pending_texts;
	struct buf line;  /* of the record that is being listed */
	int64_t version;  /* of the content, when it was last asked for */
	int watched;	  /* read as immutable: the file; else -1 */
	struct stat seen; /* as it was when opened */
};

extern const struct store_ops SQLITE_OPS;

/* What is bound to a statement's ?1, ?2 ... */
struct cell {
	bool is_number;
	int64_t number;
	struct text text;
};

#define CELLS(...) \
	(const struct cell[]){ __VA_ARGS__ }, \
	    sizeof((const struct cell[]){ __VA_ARGS__ }) / sizeof(struct cell)

static inline struct sqlite_store *
sqlite_of(struct store *s)
{
	return (struct sqlite_store *)s;
}

static inline struct cell
cell_text(struct text t)
{
	return (struct cell){ .text = t };
}

static inline struct cell
cell_str(const char *zero_terminated)
{
	return (struct cell){ .text = text_of(zero_terminated) };
}

static inline struct cell
cell_number(int64_t n)
{
	return (struct cell){ .is_number = true, .number = n };
}

/* A column as it stands in the row; valid until the next step. */
struct text sqlite_column(sqlite3_stmt *row, int column);
/* A column, copied to `texts`. */
struct text sqlite_keep(struct sqlite_store *s, sqlite3_stmt *row, int column);

/* Makes one line and a status of a result code; `doing` says what failed. */
enum status sqlite_fault(
    struct sqlite_store *s, int rc, const char *doing, struct error *err);

/* BAD_CONFIG: a row that no version of this program writes. */
enum status
sqlite_strange(struct sqlite_store *s, const char *table, struct error *err);

/* Runs statements without parameters or rows. */
enum status sqlite_run(struct sqlite_store *s, const char *sql,
    const char *doing, struct error *err);

/* Runs a kept statement without rows. */
enum status sqlite_write(struct sqlite_store *s, enum prepared which,
    const char *sql, const struct cell *cells, size_t count, struct error *err);

/* The statement, kept and bound, ready for sqlite_step(). */
enum status sqlite_query(struct sqlite_store *s, enum prepared which,
    const char *sql, const struct cell *cells, size_t count,
    sqlite3_stmt **rows, struct error *err);
enum status sqlite_prepare(struct sqlite_store *s, const char *sql,
    sqlite3_stmt **out, struct error *err);
void sqlite_bind(sqlite3_stmt *statement, int place, struct cell cell);

/* Goes to the next row; *more false behind the last one. */
enum status sqlite_step(
    struct sqlite_store *s, sqlite3_stmt *rows, bool *more, struct error *err);

/* sqlite_query() and one sqlite_step(); *row is to be reset by the caller and
 * NULL when there is none. Empties `texts`. */
enum status sqlite_find(struct sqlite_store *s, enum prepared which,
    const char *sql, const struct cell *cells, size_t count, sqlite3_stmt **row,
    struct error *err);

/* sqlite_schema.c: BAD_CONFIG when the file isn't ours or is too new. */
enum status
sqlite_identify(struct sqlite_store *s, bool *blank, struct error *err);
enum status sqlite_create(struct sqlite_store *s, struct error *err);
/* The statements that make all tables of an empty database. */
const char *sqlite_tables(void);

/* sqlite_examine.c */
enum status
sqlite_examine(struct store *s, struct store_health *out, struct error *err);

enum status sqlite_begin(struct store *s, struct error *err);
enum status sqlite_commit(struct store *s, struct error *err);
void sqlite_rollback(struct store *s);
enum status sqlite_changed(struct store *s, bool *by_others, struct error *err);

/* sqlite_volumes.c: what waits is written, or dropped, at a batch's end. */
enum status sqlite_put_volumes(struct store *s, competencia month,
    struct text empresa_id, struct text doc, struct error *err);
enum status sqlite_get_volumes(struct store *s, competencia month,
    struct text empresa_id, struct text *doc, bool *found, struct error *err);
enum status sqlite_write_volumes(struct sqlite_store *s, struct error *err);
void sqlite_drop_volumes(struct sqlite_store *s);

/* sqlite_put.c */
enum status
sqlite_put_company(struct store *s, const struct company *c, struct error *err);
enum status sqlite_put_proposal(
    struct store *s, const struct stored_proposal *p, struct error *err);
enum status sqlite_put_consolidation(struct store *s,
    const struct stored_consolidation *c, const char *why, struct error *err);
enum status sqlite_put_memo(struct store *s, const struct billing_key *key,
    struct text memo, struct error *err);
enum status sqlite_put_contract(
    struct store *s, const struct stored_contract *c, struct error *err);

/* sqlite_get.c */
enum status sqlite_get_company(struct store *s, struct text empresa_id,
    struct company *out, bool *found, struct error *err);
enum status
sqlite_get_consolidation(struct store *s, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err);
enum status sqlite_get_memo(struct store *s, const struct billing_key *key,
    struct text *memo, struct error *err);
enum status sqlite_company_total(struct store *s, competencia month,
    struct text empresa_id, int64_t *cents, bool *found, struct error *err);
enum status sqlite_get_contract(struct store *s, const struct billing_key *key,
    struct stored_contract *out, bool *found, struct error *err);
enum status sqlite_each_proposal(struct store *s, struct text empresa_id,
    store_doc_fn each, void *ctx, struct error *err);
enum status sqlite_each_version(struct store *s, struct text empresa_id,
    struct text number, store_doc_fn each, void *ctx, struct error *err);

/* sqlite_list.c */
enum status sqlite_list(struct store *s, enum store_kind kind,
    const struct store_filter *filter, store_doc_fn each, void *ctx,
    struct error *err);
enum status sqlite_count(struct store *s, enum store_kind kind,
    const struct store_filter *filter, uint64_t *count, struct error *err);

/* sqlite_ledger.c */
enum status sqlite_ledger_look(struct store *s, struct text account,
    struct text code, struct ledger_state *out, struct error *err);
enum status sqlite_ledger_has_confirmed(
    struct store *s, struct text account, bool *has, struct error *err);
enum status sqlite_ledger_each(struct store *s, struct text code,
    ledger_fn each, void *ctx, struct error *err);
enum status
sqlite_ledger_add(struct store *s, struct ledger_line *line, struct error *err);

/* sqlite_sync.c */
enum status sqlite_sync_look(struct store *s, struct text account,
    struct text empresa_id, struct sync_state *out, struct error *err);
enum status sqlite_sync_put(
    struct store *s, const struct sync_state *state, struct error *err);
enum status sqlite_sync_open_until(struct store *s, struct text account,
    instant_ms *deadline, struct error *err);
enum status sqlite_sync_each_conflict(struct store *s, struct text account,
    sync_customer_fn each, void *ctx, struct error *err);
enum status sqlite_sync_position(
    struct store *s, struct text account, instant_ms *at, struct error *err);
enum status sqlite_registry_look(struct store *s, const char *document,
    instant_ms since, char out[24], bool *known, struct error *err);
enum status sqlite_registry_put(struct store *s, struct text document,
    struct text situation, struct error *err);
enum status sqlite_sync_move(
    struct store *s, struct text account, instant_ms at, struct error *err);

#endif
