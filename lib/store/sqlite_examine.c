/* Whether a database is whole: its pages, and what sqlite_schema.c makes. */
#include <stdio.h>

#include "store/sqlite.h"

/* SQLite's own words for the first flaw of the file, or "ok". */
static enum status
check_pages(struct sqlite_store *s, struct store_health *out, struct error *err)
{
	sqlite3_stmt *row = NULL;
	bool more = false;
	struct text word;
	enum status status =
	    sqlite_prepare(s, "PRAGMA integrity_check(1)", &row, err);

	if (status == DONE)
		status = sqlite_step(s, row, &more, err);
	if (status == DONE && more) {
		word = sqlite_column(row, 0);
		if (!text_is(word, "ok"))
			fail(&out->flaw, BAD_CONFIG, "damaged: %.*s",
			    (int)word.len, word.at);
	}
	sqlite3_finalize(row);
	return status;
}

static enum status
is_there(struct sqlite_store *s, struct text type, struct text name,
    bool *there, struct error *err)
{
	sqlite3_stmt *row = NULL;
	enum status status = sqlite_prepare(s,
	    "SELECT 1 FROM sqlite_schema WHERE type = ?1 AND name = ?2", &row,
	    err);

	if (status == DONE) {
		sqlite_bind(row, 1, cell_text(type));
		sqlite_bind(row, 2, cell_text(name));
		status = sqlite_step(s, row, there, err);
	}
	sqlite3_finalize(row);
	return status;
}

/* What an empty database would get is what this one has to have: tables,
 * indexes, and the triggers that guard the ledger. */
static enum status
check_schema(
    struct sqlite_store *s, struct store_health *out, struct error *err)
{
	sqlite3 *model = NULL;
	sqlite3_stmt *row = NULL;
	struct text type, name;
	bool there;
	int rc = sqlite3_open(":memory:", &model);
	enum status status = DONE;

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(model, sqlite_tables(), NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(model,
		    "SELECT type, name FROM sqlite_schema", -1, &row, NULL);
	if (rc != SQLITE_OK)
		status = sqlite_fault(s, rc, "make a model", err);
	while (status == DONE && sqlite3_step(row) == SQLITE_ROW) {
		type = sqlite_column(row, 0);
		name = sqlite_column(row, 1);
		status = is_there(s, type, name, &there, err);
		if (status == DONE && !there)
			fail(&out->flaw, BAD_CONFIG, "the %.*s %.*s is missing",
			    (int)type.len, type.at, (int)name.len, name.at);
	}
	sqlite3_finalize(row);
	sqlite3_close(model);
	return status;
}

enum status
sqlite_examine(struct store *base, struct store_health *out, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	enum status status;

	snprintf(
	    out->what, sizeof(out->what), "SQLite %s", sqlite3_libversion());
	out->exists = s->db != NULL;
	if (!out->exists)
		return DONE;
	if ((status = check_schema(s, out, err)) != DONE ||
	    out->flaw.text[0] != 0)
		return status;
	return check_pages(s, out, err);
}
