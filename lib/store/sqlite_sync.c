/* Companies in step, in SQLite: one row each, changed by version. */
#include <stdio.h>

#include "store/sqlite.h"

enum status
sqlite_sync_look(struct store *base, struct text account,
    struct text empresa_id, struct sync_state *out, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	enum status status;

	*out =
	    (struct sync_state){ .account = account, .empresa_id = empresa_id };
	status = sqlite_find(s, SQL_SYNC_LOOK,
	    "SELECT versao, codigoClienteOmie, aberta, prazo, conflito, base"
	    " FROM sincronizacoes WHERE conta = ?1 AND empresaId = ?2",
	    CELLS(cell_text(account), cell_text(empresa_id)), &row, err);
	if (row == NULL)
		return status;
	out->known = true;
	out->version = sqlite3_column_int64(row, 0);
	out->omie_code = sqlite3_column_int64(row, 1);
	out->open = sqlite3_column_int64(row, 2) != 0;
	out->deadline = sqlite3_column_int64(row, 3);
	out->conflict = sqlite3_column_int64(row, 4) != 0;
	out->base = sqlite_keep(s, row, 5);
	sqlite3_reset(row);
	return DONE;
}

static enum status
add(struct sqlite_store *s, const struct sync_state *state, instant_ms now,
    struct error *err)
{
	return sqlite_write(s, SQL_SYNC_ADD,
	    "INSERT INTO sincronizacoes(conta, empresaId, codigoClienteOmie,"
	    " aberta, prazo, conflito, base, versao, criado, alterado)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8)"
	    " ON CONFLICT(conta, empresaId) DO NOTHING",
	    CELLS(cell_text(state->account), cell_text(state->empresa_id),
		cell_number(state->omie_code), cell_number(state->open),
		cell_number(state->deadline), cell_number(state->conflict),
		cell_text(state->base), cell_number(now)),
	    err);
}

static enum status
change(struct sqlite_store *s, const struct sync_state *state, instant_ms now,
    struct error *err)
{
	return sqlite_write(s, SQL_SYNC_CHANGE,
	    "UPDATE sincronizacoes SET codigoClienteOmie = ?3, aberta = ?4,"
	    " prazo = ?5, conflito = ?6, base = ?7, versao = versao + 1,"
	    " alterado = ?8"
	    " WHERE conta = ?1 AND empresaId = ?2 AND versao = ?9",
	    CELLS(cell_text(state->account), cell_text(state->empresa_id),
		cell_number(state->omie_code), cell_number(state->open),
		cell_number(state->deadline), cell_number(state->conflict),
		cell_text(state->base), cell_number(now),
		cell_number(state->version)),
	    err);
}

enum status
sqlite_sync_put(
    struct store *base, const struct sync_state *state, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	instant_ms now = clock_now(base->clock);
	enum status status;

	status =
	    state->known ? change(s, state, now, err) : add(s, state, now, err);
	if (status != DONE || sqlite3_changes(s->db) == 1)
		return status;
	return sync_busy(state, err);
}

enum status
sqlite_sync_open_until(struct store *base, struct text account,
    instant_ms *deadline, struct error *err)
{
	sqlite3_stmt *row;
	enum status status;

	*deadline = 0;
	status = sqlite_find(sqlite_of(base), SQL_SYNC_OPEN,
	    "SELECT coalesce(max(prazo), 0) FROM sincronizacoes"
	    " WHERE conta = ?1 AND aberta = 1",
	    CELLS(cell_text(account)), &row, err);
	if (row == NULL)
		return status;
	*deadline = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return DONE;
}

enum status
sqlite_sync_each_conflict(struct store *base, struct text account,
    sync_customer_fn each, void *ctx, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	bool more = true;
	enum status status;

	status = sqlite_find(s, SQL_SYNC_CONFLICTS,
	    "SELECT codigoClienteOmie FROM sincronizacoes"
	    " WHERE conta = ?1 AND conflito = 1 AND codigoClienteOmie <> 0"
	    " ORDER BY codigoClienteOmie",
	    CELLS(cell_text(account)), &row, err);
	if (row == NULL)
		return status;
	while (status == DONE && more)
		if ((status = each(sqlite3_column_int64(row, 0), ctx, err)) ==
		    DONE)
			status = sqlite_step(s, row, &more, err);
	sqlite3_reset(row);
	return status;
}

enum status
sqlite_sync_position(
    struct store *base, struct text account, instant_ms *at, struct error *err)
{
	sqlite3_stmt *row;
	enum status status;

	*at = 0;
	status = sqlite_find(sqlite_of(base), SQL_SYNC_POSITION,
	    "SELECT quando FROM posicoes WHERE conta = ?1",
	    CELLS(cell_text(account)), &row, err);
	if (row == NULL)
		return status;
	*at = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return DONE;
}

enum status
sqlite_sync_move(
    struct store *base, struct text account, instant_ms at, struct error *err)
{
	return sqlite_write(sqlite_of(base), SQL_SYNC_MOVE,
	    "INSERT INTO posicoes(conta, quando) VALUES(?1, ?2)"
	    " ON CONFLICT(conta) DO UPDATE SET quando = excluded.quando",
	    CELLS(cell_text(account), cell_number(at)), err);
}

enum status
sqlite_registry_look(struct store *base, const char *document, instant_ms since,
    char out[24], bool *known, struct error *err)
{
	sqlite3_stmt *row;
	struct text word;
	enum status status;

	*known = false;
	status = sqlite_find(sqlite_of(base), SQL_REGISTRY_LOOK,
	    "SELECT situacao FROM situacoes"
	    " WHERE documento = ?1 AND quando > ?2",
	    CELLS(cell_str(document), cell_number(since)), &row, err);
	if (row == NULL)
		return status;
	word = sqlite_column(row, 0);
	snprintf(out, 24, "%.*s", (int)word.len, word.at);
	*known = true;
	sqlite3_reset(row);
	return DONE;
}

enum status
sqlite_registry_put(struct store *base, struct text document,
    struct text situation, struct error *err)
{
	return sqlite_write(sqlite_of(base), SQL_REGISTRY_PUT,
	    "INSERT INTO situacoes(documento, situacao, quando)"
	    " VALUES(?1, ?2, ?3) ON CONFLICT(documento) DO UPDATE"
	    " SET situacao = excluded.situacao, quando = excluded.quando",
	    CELLS(cell_text(document), cell_text(situation),
		cell_number(clock_now(base->clock))),
	    err);
}
