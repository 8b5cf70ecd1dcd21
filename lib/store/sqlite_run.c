/* Statements, transactions and errors of the SQLite backend. */
#include <errno.h>
#include <string.h>

#include "store/sqlite.h"

/* --------------------------------------------------------------- errors */

static enum status
status_of(int rc, enum store_mode mode)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_NOMEM:
		return TRY_LATER;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a table or column that isn't there */
		return BAD_CONFIG;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return mode == STORE_READ ? BAD_CONFIG : OUTPUT_FAILED;
	default:
		return OUTPUT_FAILED;
	}
}

/* sqlite3_errmsg() could quote the record; sqlite3_errstr() can't. */
enum status
sqlite_fault(
    struct sqlite_store *s, int rc, const char *doing, struct error *err)
{
	int cause = sqlite3_system_errno(s->db);
	enum status status = status_of(rc, s->base.mode);

	if (cause == 0 || status == TRY_LATER || status == BAD_CONFIG)
		return fail(err, status, "sqlite:%.200s: can't %s: %s", s->path,
		    doing, sqlite3_errstr(rc));
	return fail(err, status, "sqlite:%.200s: can't %s: %s (%s)", s->path,
	    doing, sqlite3_errstr(rc), strerror(cause));
}

enum status
sqlite_strange(struct sqlite_store *s, const char *table, struct error *err)
{
	return fail(err, BAD_CONFIG,
	    "sqlite:%.200s: table %s holds a row that this program didn't "
	    "write",
	    s->path, table);
}

/* ----------------------------------------------------------- statements */

enum status
sqlite_run(struct sqlite_store *s, const char *sql, const char *doing,
    struct error *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? DONE : sqlite_fault(s, rc, doing, err);
}

static enum status
prepare(struct sqlite_store *s, const char *sql, unsigned flags,
    sqlite3_stmt **out, struct error *err)
{
	int rc = sqlite3_prepare_v3(s->db, sql, -1, flags, out, NULL);

	return rc == SQLITE_OK ? DONE : sqlite_fault(s, rc, "read", err);
}

enum status
sqlite_prepare(struct sqlite_store *s, const char *sql, sqlite3_stmt **out,
    struct error *err)
{
	return prepare(s, sql, 0, out, err);
}

void
sqlite_bind(sqlite3_stmt *statement, int place, struct cell cell)
{
	if (cell.is_number)
		sqlite3_bind_int64(statement, place, cell.number);
	else /* NULL would be NULL in SQL, which no column of ours is */
		sqlite3_bind_text64(statement, place,
		    cell.text.at != NULL ? cell.text.at : "", cell.text.len,
		    SQLITE_STATIC, SQLITE_UTF8);
}

enum status
sqlite_query(struct sqlite_store *s, enum prepared which, const char *sql,
    const struct cell *cells, size_t count, sqlite3_stmt **rows,
    struct error *err)
{
	sqlite3_stmt **kept = &s->prepared[which];
	enum status status;
	size_t i;

	if (*kept == NULL &&
	    (status = prepare(s, sql, SQLITE_PREPARE_PERSISTENT, kept, err)) !=
		DONE)
		return status;
	for (i = 0; i < count; i++)
		sqlite_bind(*kept, (int)i + 1, cells[i]);
	*rows = *kept;
	return DONE;
}

enum status
sqlite_write(struct sqlite_store *s, enum prepared which, const char *sql,
    const struct cell *cells, size_t count, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status;
	int rc;

	status = sqlite_query(s, which, sql, cells, count, &statement, err);
	if (status != DONE)
		return status;
	rc = sqlite3_step(statement);
	if (rc != SQLITE_DONE)
		status = sqlite_fault(s, rc, "write", err);
	sqlite3_reset(statement);
	return status;
}

/* ----------------------------------------------------------------- rows */

static enum status
still_as_seen(const struct sqlite_store *s, struct error *err)
{
	struct stat now;

	if (s->watched < 0)
		return DONE;
	if (fstat(s->watched, &now) == 0 && now.st_size == s->seen.st_size &&
	    now.st_mtim.tv_sec == s->seen.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == s->seen.st_mtim.tv_nsec)
		return DONE;
	return fail(err, TRY_LATER,
	    "sqlite:%.200s: changed while it was read, run again", s->path);
}

/* The look at the file comes first: a page that changed under the reader may
 * well seem damaged. */
enum status
sqlite_step(
    struct sqlite_store *s, sqlite3_stmt *rows, bool *more, struct error *err)
{
	int rc = sqlite3_step(rows);
	enum status status = still_as_seen(s, err);

	*more = rc == SQLITE_ROW;
	if (status != DONE)
		return status;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return sqlite_fault(s, rc, "read", err);
	return DONE;
}

enum status
sqlite_find(struct sqlite_store *s, enum prepared which, const char *sql,
    const struct cell *cells, size_t count, sqlite3_stmt **row,
    struct error *err)
{
	sqlite3_stmt *statement;
	enum status status;
	bool found;

	*row = NULL;
	if (s->db == NULL)
		return DONE;
	status = sqlite_query(s, which, sql, cells, count, &statement, err);
	if (status != DONE)
		return status;
	status = sqlite_step(s, statement, &found, err);
	/* Not before: what is looked for may come from the last get. */
	arena_reset(&s->texts);
	if (status == DONE && found)
		*row = statement;
	else
		sqlite3_reset(statement);
	return status;
}

struct text
sqlite_column(sqlite3_stmt *row, int column)
{
	const char *at = (const char *)sqlite3_column_text(row, column);
	int len = sqlite3_column_bytes(row, column);

	return (struct text){ at != NULL ? at : "", (size_t)len };
}

struct text
sqlite_keep(struct sqlite_store *s, sqlite3_stmt *row, int column)
{
	return arena_text(&s->texts, sqlite_column(row, column));
}

/* --------------------------------------------------------- transactions */

/* Immediate: a lock taken at the first write can fail at once, whatever the
 * timeout, when somebody else wrote since the first read. */
enum status
sqlite_begin(struct store *base, struct error *err)
{
	return sqlite_write(
	    sqlite_of(base), SQL_BEGIN, "BEGIN IMMEDIATE", NULL, 0, err);
}

enum status
sqlite_commit(struct store *base, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	enum status status = sqlite_write_volumes(s, err);

	if (status == DONE)
		status = sqlite_write(s, SQL_COMMIT, "COMMIT", NULL, 0, err);
	if (status != DONE)
		sqlite_rollback(base);
	return status;
}

/* A full disk may have ended the transaction before us. */
void
sqlite_rollback(struct store *base)
{
	struct sqlite_store *s = sqlite_of(base);

	sqlite_drop_volumes(s);
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* What this connection commits leaves the number as it is. */
enum status
sqlite_changed(struct store *base, bool *by_others, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	int64_t before = s->version;
	sqlite3_stmt *row;
	enum status status;

	status = sqlite_find(
	    s, SQL_VERSION, "PRAGMA data_version", NULL, 0, &row, err);
	if (row != NULL) {
		s->version = sqlite3_column_int64(row, 0);
		sqlite3_reset(row);
	}
	*by_others = before == INT64_MIN || s->version != before;
	return status;
}
