/* What the SQLite backend finds by key. */
#include "store/sqlite.h"

enum status
sqlite_get_company(struct store *base, struct text empresa_id,
    struct company *out, bool *found, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	enum status status;

	status = sqlite_find(s, SQL_GET_COMPANY,
	    "SELECT empresaId, cnpj, codigoClienteOmie, doc FROM empresas"
	    " WHERE empresaId = ?1",
	    CELLS(cell_text(empresa_id)), &row, err);
	*found = row != NULL;
	if (row == NULL)
		return status;
	*out = (struct company){ .empresa_id = sqlite_keep(s, row, 0),
		.cnpj = sqlite_keep(s, row, 1),
		.omie_code = sqlite3_column_int64(row, 2),
		.doc = sqlite_keep(s, row, 3) };
	sqlite3_reset(row);
	return DONE;
}

enum status
sqlite_get_consolidation(struct store *base, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	char month[COMPETENCIA_TEXT];
	sqlite3_stmt *row;
	enum status status;
	int word;

	competencia_format(key->month, month);
	status = sqlite_find(s, SQL_GET_CONSOLIDATION,
	    "SELECT status, revisao, valorTotalCentavos, conteudo, extra,"
	    " memoria <> '' FROM consolidacoes WHERE competencia = ?1 AND "
	    "empresaId = ?2"
	    " AND numeroProposta = ?3",
	    CELLS(cell_str(month), cell_text(key->empresa_id),
		cell_text(key->proposta)),
	    &row, err);
	*found = row != NULL;
	if (row == NULL)
		return status;
	word = consolidation_status_read(sqlite_column(row, 0));
	*out = (struct stored_consolidation){ .key = *key,
		.status = (enum consolidation_status)word,
		.revision = sqlite3_column_int64(row, 1),
		.total_cents = sqlite3_column_int64(row, 2),
		.content = sqlite_keep(s, row, 3),
		.extra = sqlite_keep(s, row, 4),
		.has_memo = sqlite3_column_int(row, 5) != 0 };
	sqlite3_reset(row);
	return word >= 0 ? DONE : sqlite_strange(s, "consolidacoes", err);
}

enum status
sqlite_get_memo(struct store *base, const struct billing_key *key,
    struct text *memo, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	char month[COMPETENCIA_TEXT];
	sqlite3_stmt *row;
	enum status status;

	*memo = TEXT("");
	competencia_format(key->month, month);
	status = sqlite_find(s, SQL_GET_MEMO,
	    "SELECT memoria FROM consolidacoes WHERE competencia = ?1"
	    " AND empresaId = ?2 AND numeroProposta = ?3",
	    CELLS(cell_str(month), cell_text(key->empresa_id),
		cell_text(key->proposta)),
	    &row, err);
	if (row == NULL)
		return status;
	*memo = sqlite_keep(s, row, 0);
	sqlite3_reset(row);
	return DONE;
}

enum status
sqlite_company_total(struct store *base, competencia month,
    struct text empresa_id, int64_t *cents, bool *found, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	char text[COMPETENCIA_TEXT];
	sqlite3_stmt *row;
	enum status status;

	*found = false;
	*cents = 0;
	competencia_format(month, text);
	status = sqlite_find(s, SQL_COMPANY_TOTAL,
	    "SELECT count(*), sum(valorTotalCentavos) FROM consolidacoes"
	    " WHERE competencia = ?1 AND empresaId = ?2",
	    CELLS(cell_str(text), cell_text(empresa_id)), &row, err);
	if (row == NULL)
		return status;
	*found = sqlite3_column_int64(row, 0) > 0;
	*cents = sqlite3_column_int64(row, 1);
	sqlite3_reset(row);
	return DONE;
}

enum status
sqlite_get_contract(struct store *base, const struct billing_key *key,
    struct stored_contract *out, bool *found, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	char month[COMPETENCIA_TEXT];
	sqlite3_stmt *row;
	enum status status;

	competencia_format(key->month, month);
	status = sqlite_find(s, SQL_GET_CONTRACT,
	    "SELECT cCodIntCtr, nCodCtr, valorTotalCentavos, doc"
	    " FROM contratos WHERE competencia = ?1 AND empresaId = ?2"
	    " AND numeroProposta = ?3",
	    CELLS(cell_str(month), cell_text(key->empresa_id),
		cell_text(key->proposta)),
	    &row, err);
	*found = row != NULL;
	if (row == NULL)
		return status;
	*out = (struct stored_contract){ .key = *key,
		.code = sqlite_keep(s, row, 0),
		.nCodCtr = sqlite3_column_int64(row, 1),
		.total_cents = sqlite3_column_int64(row, 2),
		.doc = sqlite_keep(s, row, 3) };
	sqlite3_reset(row);
	return DONE;
}

/* `status` and `row` are sqlite_find()'s. */
static enum status
each_document(struct sqlite_store *s, enum status status, sqlite3_stmt *row,
    store_doc_fn each, void *ctx, struct error *err)
{
	bool more = true;

	if (row == NULL)
		return status;
	while (status == DONE && more)
		if ((status = each(sqlite_column(row, 0), ctx, err)) == DONE)
			status = sqlite_step(s, row, &more, err);
	sqlite3_reset(row);
	return status;
}

enum status
sqlite_each_proposal(struct store *base, struct text empresa_id,
    store_doc_fn each, void *ctx, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	enum status status;

	status = sqlite_find(s, SQL_EACH_PROPOSAL,
	    "SELECT doc FROM propostas WHERE empresaId = ?1"
	    " ORDER BY numeroProposta, inicio",
	    CELLS(cell_text(empresa_id)), &row, err);
	return each_document(s, status, row, each, ctx, err);
}

enum status
sqlite_each_version(struct store *base, struct text empresa_id,
    struct text number, store_doc_fn each, void *ctx, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	enum status status;

	status = sqlite_find(s, SQL_EACH_VERSION,
	    "SELECT doc FROM propostas"
	    " WHERE empresaId = ?1 AND numeroProposta = ?2"
	    " UNION ALL SELECT doc FROM propostas_antigas"
	    " WHERE empresaId = ?1 AND numeroProposta = ?2",
	    CELLS(cell_text(empresa_id), cell_text(number)), &row, err);
	return each_document(s, status, row, each, ctx, err);
}
