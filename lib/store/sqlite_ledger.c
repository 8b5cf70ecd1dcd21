/* The ledger in SQLite: a table whose triggers refuse all but additions. */
#include <string.h>

#include "store/sqlite.h"

static void
copy_hash(char out[HASH_TEXT], struct text t)
{
	size_t n = t.len < HASH_TEXT ? t.len : HASH_TEXT - 1;

	memcpy(out, t.at, n);
	out[n] = '\0';
}

static bool
read_line(struct sqlite_store *s, sqlite3_stmt *row, struct ledger_line *out)
{
	int event = ledger_event_read(sqlite_column(row, 5));

	*out = (struct ledger_line){ .seq = sqlite3_column_int64(row, 0),
		.code = sqlite_keep(s, row, 1),
		.key = { competencia_read(sqlite_column(row, 2)),
		    sqlite_keep(s, row, 3), sqlite_keep(s, row, 4) },
		.event = (enum ledger_event)event,
		.nCodCtr = sqlite3_column_int64(row, 8),
		.total_cents = sqlite3_column_int64(row, 9),
		.at = sqlite3_column_int64(row, 10),
		.detail = sqlite_keep(s, row, 11) };
	copy_hash(out->content_hash, sqlite_column(row, 6));
	copy_hash(out->payload_hash, sqlite_column(row, 7));
	return event >= 0 && out->key.month != 0;
}

enum status
sqlite_ledger_last(struct store *base, struct text code,
    struct ledger_line *out, bool *found, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	enum status status;

	status = sqlite_find(s, SQL_LEDGER_LAST,
	    "SELECT seq, cCodIntCtr, competencia, empresaId, numeroProposta,"
	    " evento, conteudoHash, contratoHash, nCodCtr, valorTotalCentavos,"
	    " quando, detalhe FROM lancamentos WHERE cCodIntCtr = ?1"
	    " ORDER BY seq DESC LIMIT 1",
	    CELLS(cell_text(code)), &row, err);
	*found = row != NULL;
	if (row == NULL)
		return status;
	if (!read_line(s, row, out))
		status = sqlite_strange(s, "lancamentos", err);
	sqlite3_reset(row);
	return status;
}

/* Nobody may have written about this contract since the caller looked. */
static enum status
check_intent(
    struct sqlite_store *s, const struct ledger_line *line, struct error *err)
{
	sqlite3_stmt *row;
	int64_t newest;
	enum status status;
	bool more;

	status = sqlite_query(s, SQL_LEDGER_NEWEST,
	    "SELECT ifnull(max(seq), 0) FROM lancamentos"
	    " WHERE cCodIntCtr = ?1",
	    CELLS(cell_text(line->code)), &row, err);
	if (status != DONE)
		return status;
	status = sqlite_step(s, row, &more, err);
	newest = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	if (status != DONE || newest == line->after_seq)
		return status;
	return fail(err, TRY_LATER, "another process is at work on %.*s",
	    (int)line->code.len, line->code.at);
}

static enum status
insert_line(struct sqlite_store *s, struct ledger_line *line, struct error *err)
{
	char month[COMPETENCIA_TEXT];
	enum status status;

	competencia_format(line->key.month, month);
	status = sqlite_write(s, SQL_LEDGER_ADD,
	    "INSERT INTO lancamentos(cCodIntCtr, competencia, empresaId,"
	    " numeroProposta, evento, conteudoHash, contratoHash, nCodCtr,"
	    " valorTotalCentavos, quando, requestId, detalhe)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	    CELLS(cell_text(line->code), cell_str(month),
		cell_text(line->key.empresa_id), cell_text(line->key.proposta),
		cell_str(ledger_event_name(line->event)),
		cell_str(line->content_hash), cell_str(line->payload_hash),
		cell_number(line->nCodCtr), cell_number(line->total_cents),
		cell_number(line->at), cell_text(store_request_id(&s->base)),
		cell_text(line->detail)),
	    err);
	if (status == DONE)
		line->seq = sqlite3_last_insert_rowid(s->db);
	return status;
}

enum status
sqlite_ledger_add(
    struct store *base, struct ledger_line *line, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	enum status status;

	if ((status = sqlite_begin(base, err)) != DONE)
		return status;
	if (line->event == LEDGER_INTENT)
		status = check_intent(s, line, err);
	if (status == DONE)
		status = insert_line(s, line, err);
	if (status == DONE)
		return sqlite_commit(base, err);
	sqlite_rollback(base);
	return status;
}
