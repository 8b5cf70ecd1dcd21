/* The ledger in SQLite: a table whose triggers refuse all but additions. */
#include <string.h>

#include "store/sqlite.h"

#define COLUMNS \
	"seq, conta, cCodIntCtr, competencia, empresaId, numeroProposta," \
	" evento, chamada, conteudoHash, contratoHash, nCodCtr," \
	" valorTotalCentavos, revisao, quando, prazo, requestId, detalhe," \
	" contrato, elo"

static void
copy_hash(char out[HASH_TEXT], struct text t)
{
	size_t n = t.len < HASH_TEXT ? t.len : HASH_TEXT - 1;

	memcpy(out, t.at, n);
	out[n] = '\0';
}

/* Texts are the row's own. */
static enum status
read_line(struct sqlite_store *s, sqlite3_stmt *row, struct ledger_line *out,
    struct error *err)
{
	int event = ledger_event_read(sqlite_column(row, 6));

	*out = (struct ledger_line){ .seq = sqlite3_column_int64(row, 0),
		.account = sqlite_column(row, 1),
		.code = sqlite_column(row, 2),
		.key = { competencia_read(sqlite_column(row, 3)),
		    sqlite_column(row, 4), sqlite_column(row, 5) },
		.event = (enum ledger_event)event,
		.call = sqlite_column(row, 7),
		.nCodCtr = sqlite3_column_int64(row, 10),
		.total_cents = sqlite3_column_int64(row, 11),
		.revision = sqlite3_column_int64(row, 12),
		.at = sqlite3_column_int64(row, 13),
		.deadline = sqlite3_column_int64(row, 14),
		.request_id = sqlite_column(row, 15),
		.detail = sqlite_column(row, 16),
		.payload = sqlite_column(row, 17) };
	copy_hash(out->content_hash, sqlite_column(row, 8));
	copy_hash(out->payload_hash, sqlite_column(row, 9));
	copy_hash(out->link, sqlite_column(row, 18));
	if (event < 0 || out->key.month == 0)
		return sqlite_strange(s, "lancamentos", err);
	return DONE;
}

/* The line with texts that outlive its row. */
static struct ledger_line
keep_line(struct sqlite_store *s, const struct ledger_line *line)
{
	struct ledger_line kept = *line;
	struct text *texts[] = { &kept.account, &kept.code,
		&kept.key.empresa_id, &kept.key.proposta, &kept.call,
		&kept.request_id, &kept.detail, &kept.payload };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_text(&s->texts, *texts[i]);
	return kept;
}

enum status
sqlite_ledger_look(struct store *base, struct text account, struct text code,
    struct ledger_state *out, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	struct ledger_line line;
	sqlite3_stmt *row;
	bool more = true;
	enum status status;

	status = sqlite_find(s, SQL_LEDGER_LOOK,
	    "SELECT " COLUMNS " FROM lancamentos WHERE cCodIntCtr = ?1"
	    " ORDER BY seq DESC",
	    CELLS(cell_text(code)), &row, err);
	if (row == NULL)
		return status;
	while (status == DONE && more) {
		if ((status = read_line(s, row, &line, err)) != DONE)
			break;
		line = keep_line(s, &line);
		ledger_state_add(out, account, &line);
		status = sqlite_step(s, row, &more, err);
	}
	sqlite3_reset(row);
	return status;
}

enum status
sqlite_ledger_has_confirmed(
    struct store *base, struct text account, bool *has, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	sqlite3_stmt *row;
	enum status status;

	status = sqlite_find(s, SQL_LEDGER_CONFIRMED,
	    "SELECT 1 FROM lancamentos WHERE conta = ?1"
	    " AND evento = 'confirmado' LIMIT 1",
	    CELLS(cell_text(account)), &row, err);
	*has = row != NULL;
	if (row != NULL)
		sqlite3_reset(row);
	return status;
}

enum status
sqlite_ledger_each(struct store *base, struct text code, ledger_fn each,
    void *ctx, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	struct ledger_line line;
	sqlite3_stmt *row = NULL;
	enum status status;
	bool more;

	if (s->db == NULL)
		return DONE;
	status = sqlite_prepare(s,
	    "SELECT " COLUMNS " FROM lancamentos"
	    " WHERE ?1 = '' OR cCodIntCtr = ?1 ORDER BY seq",
	    &row, err);
	if (status == DONE)
		sqlite_bind(row, 1, cell_text(code));
	while (status == DONE &&
	    (status = sqlite_step(s, row, &more, err)) == DONE && more)
		if ((status = read_line(s, row, &line, err)) == DONE)
			status = each(&line, ctx, err);
	sqlite3_finalize(row);
	return status;
}

/* Nobody may have written about this contract since the caller looked. */
static enum status
check_newest(
    struct sqlite_store *s, const struct ledger_line *line, struct error *err)
{
	sqlite3_stmt *row;
	int64_t newest;
	enum status status;
	bool more;

	status = sqlite_query(s, SQL_LEDGER_NEWEST,
	    "SELECT ifnull(max(seq), 0) FROM lancamentos"
	    " WHERE cCodIntCtr = ?1 AND conta = ?2",
	    CELLS(cell_text(line->code), cell_text(line->account)), &row, err);
	if (status != DONE)
		return status;
	status = sqlite_step(s, row, &more, err);
	newest = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	if (status != DONE || newest == line->after_seq)
		return status;
	return ledger_busy(line, err);
}

/* Sets `seq` and `link` of the line that comes next. */
static enum status
append_to_chain(
    struct sqlite_store *s, struct ledger_line *line, struct error *err)
{
	char previous[HASH_TEXT] = "";
	sqlite3_stmt *row;
	enum status status;
	bool more;

	status = sqlite_query(s, SQL_LEDGER_TAIL,
	    "SELECT seq, elo FROM lancamentos ORDER BY seq DESC LIMIT 1", NULL,
	    0, &row, err);
	if (status != DONE)
		return status;
	status = sqlite_step(s, row, &more, err);
	line->seq = 1;
	if (status == DONE && more) {
		line->seq = sqlite3_column_int64(row, 0) + 1;
		copy_hash(previous, sqlite_column(row, 1));
	}
	sqlite3_reset(row);
	ledger_link(line, previous, line->link);
	return status;
}

static enum status
insert_line(
    struct sqlite_store *s, const struct ledger_line *line, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(line->key.month, month);
	return sqlite_write(s, SQL_LEDGER_ADD,
	    "INSERT INTO lancamentos(" COLUMNS
	    ") VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
	    " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
	    CELLS(cell_number(line->seq), cell_text(line->account),
		cell_text(line->code), cell_str(month),
		cell_text(line->key.empresa_id), cell_text(line->key.proposta),
		cell_str(ledger_event_name(line->event)), cell_text(line->call),
		cell_str(line->content_hash), cell_str(line->payload_hash),
		cell_number(line->nCodCtr), cell_number(line->total_cents),
		cell_number(line->revision), cell_number(line->at),
		cell_number(line->deadline), cell_text(line->request_id),
		cell_text(line->detail), cell_text(line->payload),
		cell_str(line->link)),
	    err);
}

enum status
sqlite_ledger_add(
    struct store *base, struct ledger_line *line, struct error *err)
{
	struct sqlite_store *s = sqlite_of(base);
	enum status status;

	if ((status = sqlite_begin(base, err)) != DONE)
		return status;
	if (line->event != LEDGER_CONFIRMED)
		status = check_newest(s, line, err);
	if (status == DONE && (status = append_to_chain(s, line, err)) == DONE)
		status = insert_line(s, line, err);
	if (status == DONE)
		return sqlite_commit(base, err);
	sqlite_rollback(base);
	return status;
}
