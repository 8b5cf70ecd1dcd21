/* The tables of the SQLite backend, and whether a file is one of ours. */
#include "store/sqlite.h"

/* "Volu"; file(1) and SQLite show it. */
#define APPLICATION_ID 0x566f6c75
#define SCHEMA_VERSION 1
#define STRINGED(x) #x
#define NUMBER(x) STRINGED(x)

/*
 * Every table has a row number beside the unique index of its key. Without it
 * (WITHOUT ROWID) rows would lie in the order of their keys, which is faster
 * when they arrive in that order (358,000 new rows a second against 264,000),
 * but 2.5 times slower when they don't (26,000 against 64,000), since each new
 * row then dirties a page of its own. Texts compare by their bytes, as keys
 * do. Money is in cents; instants are milliseconds since 1970.
 */
#define KEY \
	"competencia TEXT NOT NULL," \
	"empresaId TEXT NOT NULL," \
	"numeroProposta TEXT NOT NULL,"
#define MARKS \
	"criado INTEGER NOT NULL," \
	"alterado INTEGER NOT NULL,"

static const char TABLES[] =
    "CREATE TABLE volumetria("
    "id INTEGER PRIMARY KEY,"
    "competencia TEXT NOT NULL,"
    "empresaId TEXT NOT NULL,"
    "doc TEXT NOT NULL," MARKS "UNIQUE(competencia, empresaId)) STRICT;"

    "CREATE TABLE consolidacoes("
    "id INTEGER PRIMARY KEY," KEY "status TEXT NOT NULL,"
    "revisao INTEGER NOT NULL,"
    "valorTotalCentavos INTEGER NOT NULL,"
    "conteudo TEXT NOT NULL,"
    "extra TEXT NOT NULL," MARKS
    /* Last: who reads the rest passes over it. */
    "memoria TEXT NOT NULL DEFAULT '',"
    "UNIQUE(competencia, empresaId, numeroProposta)) STRICT;"

    "CREATE TABLE contratos("
    "id INTEGER PRIMARY KEY," KEY "cCodIntCtr TEXT NOT NULL,"
    "nCodCtr INTEGER NOT NULL,"
    "valorTotalCentavos INTEGER NOT NULL,"
    "doc TEXT NOT NULL," MARKS
    "UNIQUE(competencia, empresaId, numeroProposta)) STRICT;"

    "CREATE TABLE empresas("
    "id INTEGER PRIMARY KEY,"
    "empresaId TEXT NOT NULL UNIQUE,"
    "cnpj TEXT NOT NULL,"
    "codigoClienteOmie INTEGER NOT NULL,"
    "doc TEXT NOT NULL,"
    "criado INTEGER NOT NULL,"
    "alterado INTEGER NOT NULL) STRICT;"

    "CREATE TABLE propostas("
    "id INTEGER PRIMARY KEY,"
    "empresaId TEXT NOT NULL,"
    "numeroProposta TEXT NOT NULL,"
    "inicio TEXT NOT NULL,"
    "fim TEXT NOT NULL,"
    "doc TEXT NOT NULL," MARKS
    "UNIQUE(empresaId, numeroProposta, inicio)) STRICT;"

    /* What a proposal was, for the memos of what it priced. */
    "CREATE TABLE propostas_antigas("
    "id INTEGER PRIMARY KEY,"
    "empresaId TEXT NOT NULL,"
    "numeroProposta TEXT NOT NULL,"
    "doc TEXT NOT NULL,"
    "trocado INTEGER NOT NULL) STRICT;"
    "CREATE INDEX propostas_antigas_chave ON propostas_antigas("
    "empresaId, numeroProposta);"
    "CREATE TRIGGER propostas_guardada AFTER UPDATE OF doc ON propostas "
    "WHEN OLD.doc <> NEW.doc BEGIN INSERT INTO propostas_antigas("
    "empresaId, numeroProposta, doc, trocado) VALUES(OLD.empresaId,"
    " OLD.numeroProposta, OLD.doc, NEW.alterado); END;"

    "CREATE TABLE historico("
    "id INTEGER PRIMARY KEY," KEY "de TEXT NOT NULL,"
    "para TEXT NOT NULL,"
    "revisao INTEGER NOT NULL,"
    "quando INTEGER NOT NULL,"
    "requestId TEXT NOT NULL,"
    "motivo TEXT NOT NULL) STRICT;"
    "CREATE INDEX historico_chave ON historico("
    "competencia, empresaId, numeroProposta);"

    "CREATE TABLE lancamentos("
    "seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "conta TEXT NOT NULL,"
    "cCodIntCtr TEXT NOT NULL," KEY "evento TEXT NOT NULL,"
    "chamada TEXT NOT NULL,"
    "conteudoHash TEXT NOT NULL,"
    "contratoHash TEXT NOT NULL,"
    "nCodCtr INTEGER NOT NULL,"
    "valorTotalCentavos INTEGER NOT NULL,"
    "revisao INTEGER NOT NULL,"
    "quando INTEGER NOT NULL,"
    "prazo INTEGER NOT NULL,"
    "requestId TEXT NOT NULL,"
    "detalhe TEXT NOT NULL,"
    "contrato TEXT NOT NULL,"
    "elo TEXT NOT NULL) STRICT;"
    "CREATE INDEX lancamentos_codigo ON lancamentos(cCodIntCtr, seq);"
    "CREATE INDEX lancamentos_conta ON lancamentos(conta, evento);"
    "CREATE TRIGGER lancamentos_inalteravel BEFORE UPDATE ON lancamentos "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;"
    "CREATE TRIGGER lancamentos_indelevel BEFORE DELETE ON lancamentos "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;"
    /* REPLACE deletes without asking the trigger above. */
    "CREATE TRIGGER lancamentos_insubstituivel BEFORE INSERT ON lancamentos "
    "WHEN EXISTS (SELECT 1 FROM lancamentos WHERE seq = NEW.seq) "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;"

    "CREATE TABLE sincronizacoes("
    "id INTEGER PRIMARY KEY,"
    "conta TEXT NOT NULL,"
    "empresaId TEXT NOT NULL,"
    "codigoClienteOmie INTEGER NOT NULL,"
    "aberta INTEGER NOT NULL,"
    "prazo INTEGER NOT NULL,"
    "conflito INTEGER NOT NULL,"
    "base TEXT NOT NULL,"
    "versao INTEGER NOT NULL," MARKS "UNIQUE(conta, empresaId)) STRICT;"
    "CREATE INDEX sincronizacoes_abertas ON sincronizacoes(conta)"
    " WHERE aberta = 1;"
    "CREATE INDEX sincronizacoes_conflitos ON sincronizacoes(conta)"
    " WHERE conflito = 1;"
    "CREATE TABLE situacoes("
    "id INTEGER PRIMARY KEY,"
    "documento TEXT NOT NULL UNIQUE,"
    "situacao TEXT NOT NULL,"
    "quando INTEGER NOT NULL) STRICT;"
    "CREATE TABLE posicoes("
    "id INTEGER PRIMARY KEY,"
    "conta TEXT NOT NULL UNIQUE,"
    "quando INTEGER NOT NULL) STRICT;"

    "PRAGMA application_id = " NUMBER(
	APPLICATION_ID) ";"
			"PRAGMA user_version = " NUMBER(SCHEMA_VERSION) ";";

const char *
sqlite_tables(void)
{
	return TABLES;
}

/* One statement sees one state of the file: asked one by one, a database that
 * another process creates between two answers looks like a foreign one. */
static enum status
read_numbers(struct sqlite_store *s, int64_t *tables, int64_t *application,
    int64_t *version, struct error *err)
{
	static const char sql[] =
	    "SELECT (SELECT count(*) FROM sqlite_schema),"
	    " (SELECT application_id FROM pragma_application_id),"
	    " (SELECT user_version FROM pragma_user_version)";
	sqlite3_stmt *row = NULL;
	bool found;
	enum status status;

	if ((status = sqlite_prepare(s, sql, &row, err)) == DONE &&
	    (status = sqlite_step(s, row, &found, err)) == DONE) {
		*tables = sqlite3_column_int64(row, 0);
		*application = sqlite3_column_int64(row, 1);
		*version = sqlite3_column_int64(row, 2);
	}
	sqlite3_finalize(row);
	return status;
}

enum status
sqlite_identify(struct sqlite_store *s, bool *blank, struct error *err)
{
	int64_t tables, application, version;
	enum status status;

	*blank = false;
	status = read_numbers(s, &tables, &application, &version, err);
	if (status != DONE)
		return status;
	if (tables == 0 && application == 0 && version == 0) {
		*blank = true;
		return DONE;
	}
	if (application != APPLICATION_ID)
		return fail(err, BAD_CONFIG,
		    "sqlite:%.200s: is a database of another application",
		    s->path);
	if (version != SCHEMA_VERSION)
		return fail(err, BAD_CONFIG,
		    "sqlite:%.200s: has schema version %lld, this program "
		    "knows version %d: install the newer one",
		    s->path, (long long)version, SCHEMA_VERSION);
	return DONE;
}

/* Under the lock it may turn out that another process was faster. */
enum status
sqlite_create(struct sqlite_store *s, struct error *err)
{
	bool blank;
	enum status status;

	if ((status = sqlite_begin(&s->base, err)) != DONE)
		return status;
	if ((status = sqlite_identify(s, &blank, err)) == DONE && blank)
		status = sqlite_run(s, TABLES, "create the tables", err);
	if (status == DONE)
		return sqlite_commit(&s->base, err);
	sqlite_rollback(&s->base);
	return status;
}
