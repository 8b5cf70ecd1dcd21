/* What the SQLite backend stores: the same again reads, and writes nothing. */
#include "store/sqlite.h"

enum status
sqlite_put_company(
    struct store *base, const struct company *c, struct error *err)
{
	return sqlite_write(sqlite_of(base), SQL_PUT_COMPANY,
	    "INSERT INTO empresas(empresaId, cnpj, codigoClienteOmie, doc,"
	    " criado, alterado) VALUES(?1, ?2, ?3, ?4, ?5, ?5)"
	    " ON CONFLICT(empresaId) DO UPDATE"
	    " SET cnpj = excluded.cnpj,"
	    " codigoClienteOmie = excluded.codigoClienteOmie,"
	    " doc = excluded.doc, alterado = excluded.alterado"
	    " WHERE doc <> excluded.doc OR cnpj <> excluded.cnpj"
	    " OR codigoClienteOmie <> excluded.codigoClienteOmie",
	    CELLS(cell_text(c->empresa_id), cell_text(c->cnpj),
		cell_number(c->omie_code), cell_text(c->doc),
		cell_number(clock_now(base->clock))),
	    err);
}

enum status
sqlite_put_proposal(
    struct store *base, const struct stored_proposal *p, struct error *err)
{
	char from[DAY_TEXT], until[DAY_TEXT];

	day_format(p->from, from);
	day_format(p->until, until);
	return sqlite_write(sqlite_of(base), SQL_PUT_PROPOSAL,
	    "INSERT INTO propostas(empresaId, numeroProposta, inicio, fim,"
	    " doc, criado, alterado) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6)"
	    " ON CONFLICT(empresaId, numeroProposta, inicio) DO UPDATE"
	    " SET fim = excluded.fim, doc = excluded.doc,"
	    " alterado = excluded.alterado"
	    " WHERE doc <> excluded.doc OR fim <> excluded.fim",
	    CELLS(cell_text(p->empresa_id), cell_text(p->number),
		cell_str(from), cell_str(until), cell_text(p->doc),
		cell_number(clock_now(base->clock))),
	    err);
}

enum status
sqlite_put_contract(
    struct store *base, const struct stored_contract *c, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(c->key.month, month);
	return sqlite_write(sqlite_of(base), SQL_PUT_CONTRACT,
	    "INSERT INTO contratos(competencia, empresaId, numeroProposta,"
	    " cCodIntCtr, nCodCtr, valorTotalCentavos, doc, criado, alterado)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)"
	    " ON CONFLICT(competencia, empresaId, numeroProposta) DO UPDATE"
	    " SET cCodIntCtr = excluded.cCodIntCtr,"
	    " nCodCtr = excluded.nCodCtr,"
	    " valorTotalCentavos = excluded.valorTotalCentavos,"
	    " doc = excluded.doc, alterado = excluded.alterado"
	    " WHERE doc <> excluded.doc OR nCodCtr <> excluded.nCodCtr"
	    " OR cCodIntCtr <> excluded.cCodIntCtr"
	    " OR valorTotalCentavos <> excluded.valorTotalCentavos",
	    CELLS(cell_str(month), cell_text(c->key.empresa_id),
		cell_text(c->key.proposta), cell_text(c->code),
		cell_number(c->nCodCtr), cell_number(c->total_cents),
		cell_text(c->doc), cell_number(clock_now(base->clock))),
	    err);
}

/* ------------------------------------------------------- consolidations */

static enum status
insert_new(struct sqlite_store *s, const char *month,
    const struct stored_consolidation *c, int64_t now, bool *is_new,
    struct error *err)
{
	enum status status = sqlite_write(s, SQL_NEW_CONSOLIDATION,
	    "INSERT INTO consolidacoes(competencia, empresaId,"
	    " numeroProposta, status, revisao, valorTotalCentavos, conteudo,"
	    " extra, criado, alterado, memoria)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)"
	    " ON CONFLICT(competencia, empresaId, numeroProposta) DO NOTHING",
	    CELLS(cell_str(month), cell_text(c->key.empresa_id),
		cell_text(c->key.proposta),
		cell_str(consolidation_status_name(c->status)),
		cell_number(c->revision), cell_number(c->total_cents),
		cell_text(c->content), cell_text(c->extra), cell_number(now),
		cell_text(c->memo)),
	    err);

	*is_new = status == DONE && sqlite3_changes(s->db) == 1;
	return status;
}

/* While the row still has its old status. */
static enum status
note_change(struct sqlite_store *s, const char *month,
    const struct stored_consolidation *c, const char *why, int64_t now,
    struct error *err)
{
	return sqlite_write(s, SQL_NOTE_CONSOLIDATION,
	    "INSERT INTO historico(competencia, empresaId, numeroProposta,"
	    " de, para, revisao, quando, requestId, motivo)"
	    " SELECT competencia, empresaId, numeroProposta, status, ?4, ?5,"
	    " ?6, ?7, ?8 FROM consolidacoes"
	    " WHERE competencia = ?1 AND empresaId = ?2"
	    " AND numeroProposta = ?3"
	    " AND (?9 OR status <> ?4 OR revisao <> ?5)",
	    CELLS(cell_str(month), cell_text(c->key.empresa_id),
		cell_text(c->key.proposta),
		cell_str(consolidation_status_name(c->status)),
		cell_number(c->revision), cell_number(now),
		cell_text(store_request_id(&s->base)),
		cell_str(why != NULL ? why : ""), cell_number(c->noted)),
	    err);
}

/* A new one has no status to come from. */
static enum status
note_new(struct sqlite_store *s, const char *month,
    const struct stored_consolidation *c, const char *why, int64_t now,
    struct error *err)
{
	return sqlite_write(s, SQL_NOTE_NEW,
	    "INSERT INTO historico(competencia, empresaId, numeroProposta,"
	    " de, para, revisao, quando, requestId, motivo)"
	    " VALUES(?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?8)",
	    CELLS(cell_str(month), cell_text(c->key.empresa_id),
		cell_text(c->key.proposta),
		cell_str(consolidation_status_name(c->status)),
		cell_number(c->revision), cell_number(now),
		cell_text(store_request_id(&s->base)),
		cell_str(why != NULL ? why : "")),
	    err);
}

static enum status
change_old(struct sqlite_store *s, const char *month,
    const struct stored_consolidation *c, int64_t now, struct error *err)
{
	return sqlite_write(s, SQL_CHANGE_CONSOLIDATION,
	    "UPDATE consolidacoes SET status = ?4, revisao = ?5,"
	    " valorTotalCentavos = ?6, conteudo = ?7, extra = ?8,"
	    " alterado = ?9, memoria = iif(?10, ?11, memoria)"
	    " WHERE competencia = ?1 AND empresaId = ?2"
	    " AND numeroProposta = ?3 AND (status <> ?4 OR revisao <> ?5"
	    " OR valorTotalCentavos <> ?6 OR conteudo <> ?7 OR extra <> ?8"
	    " OR (?10 AND memoria <> ?11))",
	    CELLS(cell_str(month), cell_text(c->key.empresa_id),
		cell_text(c->key.proposta),
		cell_str(consolidation_status_name(c->status)),
		cell_number(c->revision), cell_number(c->total_cents),
		cell_text(c->content), cell_text(c->extra), cell_number(now),
		cell_number(c->memo.at != NULL), cell_text(c->memo)),
	    err);
}

enum status
sqlite_put_memo(struct store *base, const struct billing_key *key,
    struct text memo, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(key->month, month);
	return sqlite_write(sqlite_of(base), SQL_PUT_MEMO,
	    "UPDATE consolidacoes SET memoria = ?4, alterado = ?5"
	    " WHERE competencia = ?1 AND empresaId = ?2"
	    " AND numeroProposta = ?3 AND memoria <> ?4",
	    CELLS(cell_str(month), cell_text(key->empresa_id),
		cell_text(key->proposta), cell_text(memo),
		cell_number(clock_now(base->clock))),
	    err);
}

enum status
sqlite_put_consolidation(struct store *base,
    const struct stored_consolidation *c, const char *why, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	int64_t now = clock_now(base->clock);
	char month[COMPETENCIA_TEXT];
	enum status status;
	bool is_new;

	competencia_format(c->key.month, month);
	status = insert_new(s, month, c, now, &is_new, err);
	if (status == DONE && is_new && c->noted)
		return note_new(s, month, c, why, now, err);
	if (status != DONE || is_new)
		return status;
	if ((status = note_change(s, month, c, why, now, err)) != DONE)
		return status;
	return change_old(s, month, c, now, err);
}
