/* SQLite's file: which are opened and which refused; locks, full disks. */
#include <signal.h>
#include <sys/resource.h>

#include "sqlite_room.h"

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
files_are_for_their_owner_alone(void **state)
{
	static const char *const NAMES[] = { "", "-wal", "-shm" };
	const struct room *r = *state;
	mode_t old = umask(0);
	struct store *s = open_store(r, STORE_WRITE);
	struct stat st;
	char path[128];
	int i;

	store_one(s, "1", "{}");
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", r->path, NAMES[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	store_close(s);
	umask(old);
}

static void
any_path_is_a_path(void **state)
{
	static const char *const NAMES[] = { "a b?mode=memory#x", "%41.db",
		":memory:", "file:x" };
	struct room *r = *state, other = *r;
	char here[400], path[160];
	struct error err;
	struct store *s;
	size_t i;

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(r->dir), 0);
	for (i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		snprintf(other.uri, sizeof(other.uri), "sqlite:%s", NAMES[i]);
		s = open_store(&other, STORE_WRITE);
		store_one(s, "1", "{}");
		store_close(s);
		snprintf(path, sizeof(path), "%s/%s", r->dir, NAMES[i]);
		assert_int_equal(access(path, F_OK), 0);
		assert_int_equal(
		    store_open(&s, other.uri, STORE_READ, &CLOCK, NULL, &err),
		    DONE);
		assert_int_equal(count_of(s, STORE_VOLUMES), 1);
		store_close(s);
	}
	assert_int_equal(chdir(here), 0);
}

static void
what_is_not_ours_is_refused_and_left_alone(void **state)
{
	const struct room *r = *state;
	struct buf before, after;
	struct error err;
	struct store *s;
	char newer[128], path[128];
	int mode, i;
	static const struct {
		const char *name, *says;
	} CASES[] = {
		{ "other.db", "another application" },
		{ "named.db", "another application" },
		{ "newer.db", "schema version 9" },
		{ "text.db", "not a database" },
		{ "short.db", "not a database" },
	};

	s = open_store(r, STORE_WRITE);
	store_close(s);
	snprintf(newer, sizeof(newer), "%s/newer.db", r->dir);
	assert_int_equal(rename(r->path, newer), 0);
	run_sql(newer, "PRAGMA user_version = 9");
	snprintf(path, sizeof(path), "%s/other.db", r->dir);
	run_sql(path, "CREATE TABLE t(a)");
	snprintf(path, sizeof(path), "%s/named.db", r->dir);
	run_sql(path, "PRAGMA application_id = 7");
	snprintf(path, sizeof(path), "%s/text.db", r->dir);
	{
		char text[2000];

		memset(text, 'x', sizeof(text));
		write_file(path, text, sizeof(text));
		snprintf(path, sizeof(path), "%s/short.db", r->dir);
		write_file(path, text, 30);
	}
	before = room_content(r, "");
	for (i = 0; i < 5; i++)
		for (mode = STORE_WRITE; mode <= STORE_READ; mode++) {
			char uri[200];

			snprintf(uri, sizeof(uri), "sqlite:%s/%s", r->dir,
			    CASES[i].name);
			assert_int_equal(
			    store_open(&s, uri, (enum store_mode)mode, &CLOCK,
				NULL, &err),
			    BAD_CONFIG);
			assert_null(s);
			assert_non_null(strstr(err.text, CASES[i].says));
			assert_non_null(strstr(err.text, CASES[i].name));
		}
	after = room_content(r, "");
	assert_same_content(&before, &after);
}

static void
a_lock_that_lasts_is_try_later(void **state)
{
	struct store *a = open_store(*state, STORE_WRITE);
	struct store *b = open_store(*state, STORE_WRITE);
	struct error e;

	sqlite3_busy_timeout(sqlite_of(b)->db, 20);
	OK(store_begin(a, &err));
	OK(store_put_volumes(a, 1, TEXT("1"), TEXT("{}"), &err));
	assert_int_equal(store_begin(b, &e), TRY_LATER);
	assert_non_null(strstr(e.text, "locked"));
	assert_int_equal(count_of(b, STORE_VOLUMES), 0);
	OK(store_commit(a, &err));
	store_one(b, "2", "{}");
	assert_int_equal(count_of(a, STORE_VOLUMES), 2);
	store_close(a);
	store_close(b);
}

static void
a_put_that_fails_undoes_its_batch(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct error e;

	OK(store_begin(s, &err));
	OK(store_put_volumes(s, 1, TEXT("1"), TEXT("{}"), &err));
	assert_int_equal(sqlite3_exec(sqlite_of(s)->db,
			     "CREATE TRIGGER no BEFORE INSERT ON empresas"
			     " BEGIN SELECT RAISE(FAIL, 'segredo'); END",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(
	    store_put_company(
		s, &(struct company){ .empresa_id = TEXT("segredo") }, &e),
	    OUTPUT_FAILED);
	assert_null(strstr(e.text, "segredo"));
	assert_int_equal(store_commit(s, &e), OUTPUT_FAILED);
	assert_int_equal(count_of(s, STORE_VOLUMES), 0);
	store_close(s);
}

/* Batches of ten until no file may grow beyond 256 KiB; exits with the status
 * and says through `fd` how many batches it was told are stored. */
static void
fill_up(const struct room *r, int fd)
{
	struct rlimit limit = { 256 * 1024, 256 * 1024 };
	struct store *s = open_store(r, STORE_WRITE);
	enum status status = DONE;
	struct error err;
	char id[16], doc[1000];
	int batch, i;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	memset(doc, 'x', sizeof(doc));
	for (batch = 0; status == DONE; batch++) {
		status = store_begin(s, &err);
		for (i = 0; i < 10 && status == DONE; i++) {
			snprintf(id, sizeof(id), "%d-%d", batch, i);
			status = store_put_volumes(s, 1, text_of(id),
			    (struct text){ doc, sizeof(doc) }, &err);
		}
		if (status == DONE)
			status = store_commit(s, &err);
		if (status == DONE && write(fd, "b", 1) != 1)
			_exit(99);
	}
	store_close(s);
	_exit((int)status);
}

static void
a_full_disk_loses_no_batch_and_claims_none(void **state)
{
	struct store *s;
	char claimed[1000];
	ssize_t batches;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	if ((pid = fork()) == 0)
		fill_up(*state, fds[1]);
	close(fds[1]);
	assert_int_equal(child_end(pid), OUTPUT_FAILED);
	batches = read(fds[0], claimed, sizeof(claimed));
	close(fds[0]);
	assert_true(batches > 3);
	s = open_store(*state, STORE_READ);
	assert_int_equal(count_of(s, STORE_VOLUMES), batches * 10);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FILE_ROOM(files_are_for_their_owner_alone),
		IN_FILE_ROOM(any_path_is_a_path),
		IN_FILE_ROOM(what_is_not_ours_is_refused_and_left_alone),
		IN_FILE_ROOM(a_lock_that_lasts_is_try_later),
		IN_FILE_ROOM(a_put_that_fails_undoes_its_batch),
		IN_FILE_ROOM(a_full_disk_loses_no_batch_and_claims_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
