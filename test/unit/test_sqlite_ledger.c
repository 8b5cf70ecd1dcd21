/* The ledger in SQLite: guarded against other hands, which show; synced. */
#include "ledger_lines.h"
#include "sqlite_room.h"

static void
run_sql(struct store *s, const char *sql)
{
	assert_int_equal(
	    sqlite3_exec(sqlite_of(s)->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* Each column of a line counts, and so does its place. */
static void
the_chain_shows_what_was_changed(void **state)
{
	static const char *const COLUMNS[] = { "conta = 'x'",
		"cCodIntCtr = 'x'", "competencia = '2024-02'",
		"empresaId = '2'", "numeroProposta = 'x'",
		"evento = 'recusado'", "chamada = 'x'", "conteudoHash = 'x'",
		"contratoHash = 'x'", "nCodCtr = 1", "valorTotalCentavos = 1",
		"revisao = 1", "quando = 1", "prazo = 1", "requestId = 'x'",
		"detalhe = 'x'", "contrato = 'x'" };
	struct store *s = open_store(*state, STORE_WRITE);
	char sql[200];
	size_t i;

	add(s, CODE, LEDGER_INTENT, 0);
	add(s, CODE, LEDGER_CONFIRMED, 0);
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	assert_int_equal(read_chain(s).lines, 3);
	assert_int_equal(read_chain(s).broken, 0);
	for (i = 0; i < sizeof(COLUMNS) / sizeof(COLUMNS[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "DROP TRIGGER IF EXISTS lancamentos_inalteravel; BEGIN;"
		    "UPDATE lancamentos SET %s WHERE seq = 2",
		    COLUMNS[i]);
		run_sql(s, sql);
		assert_int_equal(read_chain(s).broken, 2);
		run_sql(s, "ROLLBACK");
	}
	run_sql(s,
	    "DROP TRIGGER lancamentos_indelevel;"
	    "DELETE FROM lancamentos WHERE seq = 2");
	assert_int_equal(read_chain(s).broken, 3);
	store_close(s);
}

static void
lines_are_neither_changed_nor_removed(void **state)
{
	static const char *const SQL[] = {
		"UPDATE lancamentos SET evento = 'recusado'",
		"UPDATE lancamentos SET seq = 7",
		"DELETE FROM lancamentos",
		"DELETE FROM lancamentos WHERE seq = 1",
		"REPLACE INTO lancamentos SELECT * FROM lancamentos",
		"INSERT INTO lancamentos SELECT * FROM lancamentos",
	};
	struct store *s = open_store(*state, STORE_WRITE);
	struct buf before, after;
	size_t i;

	add(s, CODE, LEDGER_INTENT, 0);
	store_close(s);
	before = room_content(*state, "");
	s = open_store(*state, STORE_WRITE);
	for (i = 0; i < sizeof(SQL) / sizeof(SQL[0]); i++)
		assert_int_equal(
		    sqlite3_exec(sqlite_of(s)->db, SQL[i], NULL, NULL, NULL) &
			0xff,
		    SQLITE_CONSTRAINT);
	store_close(s);
	after = room_content(*state, "");
	assert_same_content(&before, &after);
}

/* Closing would remove the log whatever `synchronous` says: ask for it. */
static void
each_commit_is_synced(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(sqlite_of(s)->db,
			     "PRAGMA synchronous", -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 2);
	sqlite3_finalize(st);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FILE_ROOM(the_chain_shows_what_was_changed),
		IN_FILE_ROOM(lines_are_neither_changed_nor_removed),
		IN_FILE_ROOM(each_commit_is_synced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
