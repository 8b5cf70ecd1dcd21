/* SQLite behind the store: opening and closing a database. */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 10000 };

/*
 * The cache keeps a process below 24 MiB; what it doesn't hold is in the page
 * cache. Companies that come in random order share the pages of an index when
 * many of them are in one batch, and batches do in a long write-ahead log (at
 * most 64 MB): 10,000 a batch and this log halve the time of 500 a batch and
 * half the log. More cache makes no difference.
 */
#define SETTINGS \
	"PRAGMA foreign_keys = ON;" \
	"PRAGMA trusted_schema = OFF;" \
	"PRAGMA cache_size = -6000;"
#define SETTINGS_TO_WRITE \
	"PRAGMA synchronous = FULL;" \
	"PRAGMA wal_autocheckpoint = 16000;"

/* `path` as a URI, the only way to tell SQLite that a file is immutable; it
 * also takes the meaning from names such as `:memory:`. */
static void
build_uri(struct buf *b, const char *path, const char *query)
{
	buf_add_str(b, path[0] == '/' ? "file://" : "file:./");
	for (; *path != '\0'; path++) {
		if (strchr("%?#", *path) != NULL)
			buf_printf(b, "%%%02X", (unsigned)*path);
		else
			buf_add_byte(b, *path);
	}
	buf_add_str(b, query);
}

static enum status
connect(struct sqlite_store *s, int flags, const char *query, struct error *err)
{
	struct buf uri = BUF_INIT;
	int rc;

	build_uri(&uri, s->path, query);
	rc = sqlite3_open_v2(buf_cstr(&uri), &s->db,
	    flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	buf_clear(&uri);
	if (rc != SQLITE_OK)
		return sqlite_fault(s, rc, "open", err);
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return sqlite_run(s, SETTINGS, "set up", err);
}

static void
disconnect(struct sqlite_store *s)
{
	int i;

	for (i = 0; i < SQL_STATEMENTS; i++) {
		sqlite3_finalize(s->prepared[i]);
		s->prepared[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
	if (s->watched >= 0)
		close(s->watched);
	s->watched = -1;
}

static void
sqlite_close(struct store *base)
{
	struct sqlite_store *s = sqlite_of(base);

	disconnect(s);
	arena_clear(&s->texts);
	buf_clear(&s->line);
	arena_clear(&s->pending_texts);
	free(s->pending);
	free(s->path);
	free(s);
}

/* ------------------------------------------------------------- to write */

/* What SQLite puts beside the file takes over its mode. A file that is there
 * is not opened: closing it would drop the locks of this process. */
static enum status
make_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum status status = BAD_CONFIG;

	if (fd >= 0 && close(fd) == 0)
		return DONE;
	if (errno == EEXIST)
		return DONE;
	if (errno == ENOSPC || errno == EDQUOT || errno == EIO ||
	    errno == EROFS)
		status = OUTPUT_FAILED;
	return fail(err, status, "sqlite:%.200s: can't create the file: %s",
	    path, strerror(errno));
}

/* Two processes that make the switch to a log at once lock each other out, and
 * SQLite doesn't wait for that by itself. */
static enum status
use_log(struct sqlite_store *s, struct error *err)
{
	int waited_ms, rc;

	for (waited_ms = 0;; waited_ms += 10) {
		rc = sqlite3_exec(
		    s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			return DONE;
		if ((rc & 0xff) != SQLITE_BUSY || waited_ms >= BUSY_MS)
			return sqlite_fault(s, rc, "set up", err);
		sqlite3_sleep(10);
	}
}

static enum status
open_to_write(struct sqlite_store *s, struct error *err)
{
	enum status status;
	bool blank;

	if ((status = make_file(s->path, err)) != DONE ||
	    (status = connect(s, SQLITE_OPEN_READWRITE, "", err)) != DONE ||
	    (status = sqlite_identify(s, &blank, err)) != DONE)
		return status;
	/* SQLite opens what it may not write for reading, and says nothing. */
	if (sqlite3_db_readonly(s->db, "main"))
		return sqlite_fault(s, SQLITE_READONLY, "open", err);
	if ((status = use_log(s, err)) != DONE ||
	    (status = sqlite_run(s, SETTINGS_TO_WRITE, "set up", err)) != DONE)
		return status;
	return blank ? sqlite_create(s, err) : DONE;
}

/* -------------------------------------------------------------- to read */

static bool
has_beside(const char *path, const char *suffix)
{
	struct buf name = BUF_INIT;
	bool there;

	buf_add_str(&name, path);
	buf_add_str(&name, suffix);
	there = access(buf_cstr(&name), F_OK) == 0;
	buf_clear(&name);
	return there;
}

/*
 * Reading a database in WAL mode leaves files beside it, unless it is said to
 * be immutable. That holds while nobody has it open (there is no log), and is
 * watched from before the look for the log: a change shows in its time or size,
 * through a descriptor that can't drop anybody's locks (O_PATH).
 */
static const char *
watch(struct sqlite_store *s)
{
	s->watched = open(s->path, O_PATH | O_CLOEXEC);
	if (s->watched >= 0 && fstat(s->watched, &s->seen) == 0 &&
	    !has_beside(s->path, "-wal") && !has_beside(s->path, "-journal"))
		return "?immutable=1";
	if (s->watched >= 0)
		close(s->watched);
	s->watched = -1;
	return "";
}

static enum status
open_to_read(struct sqlite_store *s, struct error *err)
{
	char *real = realpath(s->path, NULL);
	enum status status;
	bool blank;

	if (real == NULL && (errno == ENOENT || errno == ENOTDIR))
		return DONE;
	if (real == NULL)
		return fail(err, BAD_CONFIG, "sqlite:%.200s: can't open: %s",
		    s->path, strerror(errno));
	/* The log stands beside the file that a symbolic link leads to. */
	free(s->path);
	s->path = real;
	if ((status = connect(s, SQLITE_OPEN_READONLY, watch(s), err)) !=
		DONE ||
	    (status = sqlite_identify(s, &blank, err)) != DONE)
		return status;
	if (blank)
		disconnect(s);
	return DONE;
}

enum status
sqlite_store_open(struct store **out, const char *place, enum store_mode mode,
    struct error *err)
{
	struct sqlite_store *s;
	struct stat st;
	enum status status;

	/* To SQLite this is a disk that fails. */
	if (stat(place, &st) == 0 && S_ISDIR(st.st_mode))
		return fail(err, BAD_CONFIG, "sqlite:%.200s: can't open: %s",
		    place, strerror(EISDIR));
	s = mem_zalloc(sizeof(*s));
	s->base.ops = &SQLITE_OPS;
	s->base.mode = mode;
	s->path = mem_strdup(place);
	s->version = INT64_MIN; /* never asked */
	s->watched = -1;
	status =
	    mode == STORE_WRITE ? open_to_write(s, err) : open_to_read(s, err);
	if (status != DONE) {
		sqlite_close(&s->base);
		return status;
	}
	*out = &s->base;
	return DONE;
}

const struct store_ops SQLITE_OPS = {
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.changed = sqlite_changed,
	.put_volumes = sqlite_put_volumes,
	.put_company = sqlite_put_company,
	.put_proposal = sqlite_put_proposal,
	.put_consolidation = sqlite_put_consolidation,
	.put_memo = sqlite_put_memo,
	.put_contract = sqlite_put_contract,
	.get_volumes = sqlite_get_volumes,
	.get_company = sqlite_get_company,
	.get_consolidation = sqlite_get_consolidation,
	.get_memo = sqlite_get_memo,
	.company_total = sqlite_company_total,
	.get_contract = sqlite_get_contract,
	.each_proposal = sqlite_each_proposal,
	.each_version = sqlite_each_version,
	.list = sqlite_list,
	.count = sqlite_count,
	.examine = sqlite_examine,
	.ledger_look = sqlite_ledger_look,
	.ledger_has_confirmed = sqlite_ledger_has_confirmed,
	.ledger_each = sqlite_ledger_each,
	.ledger_add = sqlite_ledger_add,
	.sync_look = sqlite_sync_look,
	.sync_put = sqlite_sync_put,
	.sync_open_until = sqlite_sync_open_until,
	.sync_each_conflict = sqlite_sync_each_conflict,
	.sync_position = sqlite_sync_position,
	.sync_move = sqlite_sync_move,
	.registry_look = sqlite_registry_look,
	.registry_put = sqlite_registry_put,
};
