/* Listing and counting in the SQLite backend: one row in memory at a time. */
#include "store/sqlite.h"

/* ---------------------------------------------------------------- lines */

static bool
write_consolidation(struct buf *b, sqlite3_stmt *row)
{
	struct text extra = sqlite_column(row, 1);
	int status = consolidation_status_read(sqlite_column(row, 2));

	if (status < 0 || extra.len < 2)
		return false;
	consolidation_write_event(b, sqlite_column(row, 0),
	    (enum consolidation_status)status, sqlite3_column_int64(row, 3),
	    extra);
	return true;
}

static bool
write_history(struct buf *b, sqlite3_stmt *row)
{
	const struct history_line line = { sqlite_column(row, 0),
		sqlite_column(row, 1), sqlite_column(row, 2),
		sqlite_column(row, 3), sqlite_column(row, 4),
		sqlite3_column_int64(row, 7), sqlite3_column_int64(row, 8),
		sqlite_column(row, 5), sqlite_column(row, 6) };

	history_write(b, &line);
	return true;
}

/* -------------------------------------------------------------- queries */

static const struct listing {
	const char *table, *columns, *order;
	bool has_month, has_company, has_status;
	/* NULL: the first column is the line. False: the row is not ours. */
	bool (*write)(struct buf *b, sqlite3_stmt *row);
} KINDS[] = {
	[STORE_VOLUMES] = { "volumetria", "doc", "competencia, empresaId",
	    .has_month = true, .has_company = true },
	[STORE_CONSOLIDATIONS] = { "consolidacoes",
	    "conteudo, extra, status, revisao",
	    "competencia, empresaId, numeroProposta", .has_month = true,
	    .has_company = true, .has_status = true,
	    .write = write_consolidation },
	[STORE_CONTRACTS] = { "contratos", "doc",
	    "competencia, empresaId, numeroProposta", .has_month = true,
	    .has_company = true },
	[STORE_COMPANIES] = { "empresas", "doc", "empresaId",
	    .has_company = true },
	[STORE_PROPOSALS] = { "propostas", "doc",
	    "empresaId, numeroProposta, inicio", .has_company = true },
	[STORE_HISTORY] = { "historico",
	    "competencia, empresaId, numeroProposta, de, para, requestId,"
	    " motivo, revisao, quando",
	    "competencia, empresaId, numeroProposta, id", .has_month = true,
	    .has_company = true, .write = write_history },
};

/* Prepares `SELECT columns FROM table WHERE filter order`, bound; `month` is
 * the room for the month's text. */
static enum status
select_rows(struct sqlite_store *s, const struct listing *kind,
    const struct store_filter *filter, const char *columns, bool ordered,
    char month[COMPETENCIA_TEXT], sqlite3_stmt **rows, struct error *err)
{
	bool by_month = kind->has_month && filter->month != 0;
	bool by_company = kind->has_company && filter->empresa_id.len > 0;
	bool by_status = kind->has_status && filter->status >= 0;
	struct buf sql = BUF_INIT;
	enum status status;

	buf_printf(&sql, "SELECT %s FROM %s WHERE true", columns, kind->table);
	buf_add_str(&sql, by_month ? " AND competencia = ?1" : "");
	buf_add_str(&sql, by_company ? " AND empresaId = ?2" : "");
	buf_add_str(&sql, by_status ? " AND status = ?3" : "");
	if (ordered)
		buf_printf(&sql, " ORDER BY %s", kind->order);
	status = sqlite_prepare(s, buf_cstr(&sql), rows, err);
	buf_clear(&sql);
	if (status != DONE)
		return status;
	if (by_month) {
		competencia_format(filter->month, month);
		sqlite_bind(*rows, 1, cell_str(month));
	}
	if (by_company)
		sqlite_bind(*rows, 2, cell_text(filter->empresa_id));
	if (by_status)
		sqlite_bind(*rows, 3,
		    cell_str(consolidation_status_name(
			(enum consolidation_status)filter->status)));
	return DONE;
}

static enum status
give_line(struct sqlite_store *s, const struct listing *kind, sqlite3_stmt *row,
    store_doc_fn each, void *ctx, struct error *err)
{
	if (kind->write == NULL)
		return each(sqlite_column(row, 0), ctx, err);
	buf_reset(&s->line);
	if (!kind->write(&s->line, row) || s->line.overflown)
		return sqlite_strange(s, kind->table, err);
	return each(buf_text(&s->line), ctx, err);
}

enum status
sqlite_list(struct store *base, enum store_kind which,
    const struct store_filter *filter, store_doc_fn each, void *ctx,
    struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	const struct listing *kind = &KINDS[which];
	char month[COMPETENCIA_TEXT];
	sqlite3_stmt *row = NULL;
	enum status status;
	bool more;

	if (s->db == NULL)
		return DONE;
	status =
	    select_rows(s, kind, filter, kind->columns, true, month, &row, err);
	while (status == DONE &&
	    (status = sqlite_step(s, row, &more, err)) == DONE && more)
		status = give_line(s, kind, row, each, ctx, err);
	sqlite3_finalize(row);
	return status;
}

enum status
sqlite_count(struct store *base, enum store_kind which,
    const struct store_filter *filter, uint64_t *count, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	char month[COMPETENCIA_TEXT];
	sqlite3_stmt *row = NULL;
	enum status status;
	bool more;

	*count = 0;
	if (s->db == NULL)
		return DONE;
	status = select_rows(
	    s, &KINDS[which], filter, "count(*)", false, month, &row, err);
	if (status == DONE &&
	    (status = sqlite_step(s, row, &more, err)) == DONE)
		*count = (uint64_t)sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return status;
}
