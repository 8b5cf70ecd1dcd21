/* The ledger: only added to, in order, and one intent at a time. */
#include <signal.h>
#include <sqlite3.h>

#include "store_room.h"

#define CODE "2401-HRZYZC6DHQ4CQBK"

static struct ledger_line
line_of(const char *code, enum ledger_event event, int64_t after_seq)
{
	struct ledger_line line = { .after_seq = after_seq,
		.code = text_of(code),
		.key = { 2024 * 12, TEXT("1"), TEXT("PROP-2024-001") },
		.event = event,
		.nCodCtr = event == LEDGER_CONFIRMED ? 7700000001 : 0,
		.total_cents = 2000000,
		.detail = TEXT("motivo") };

	hash_text(TEXT("content"), line.content_hash);
	hash_text(TEXT("payload"), line.payload_hash);
	return line;
}

static int64_t
add(struct store *s, const char *code, enum ledger_event event, int64_t after)
{
	struct ledger_line line = line_of(code, event, after);

	OK(ledger_add(s, &line, &err));
	return line.seq;
}

static void
read_ids(const char *uri, char *out, size_t size)
{
	sqlite3 *db;
	sqlite3_stmt *row;

	assert_int_equal(sqlite3_open(strchr(uri, ':') + 1, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT group_concat(requestId, ' ') FROM"
		" (SELECT requestId FROM lancamentos ORDER BY seq)",
		-1, &row, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	snprintf(out, size, "%s", (const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static void
each_line_has_the_request_of_its_record(void **state)
{
	const struct room *r = *state;
	struct store *s = open_store(r, STORE_WRITE);
	struct text in_hand = TEXT("first");
	char ids[100];

	add(s, CODE, LEDGER_INTENT, 0);
	store_follow_request(s, &in_hand);
	add(s, CODE, LEDGER_CONFIRMED, 0);
	in_hand = TEXT("second");
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	store_follow_request(s, NULL);
	add(s, "2401-OTHER", LEDGER_UNCLEAR, 0);
	store_close(s);
	read_ids(r->uri, ids, sizeof(ids));
	assert_string_equal(ids, "req-1 first second req-1");
}

static void
the_newest_line_is_found_whole(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line want = line_of(CODE, LEDGER_CONFIRMED, 0), got;
	int64_t first, second;
	bool found;

	OK(ledger_last(s, TEXT(CODE), &got, &found, &err));
	assert_false(found);
	first = add(s, CODE, LEDGER_INTENT, 0);
	second = add(s, CODE, LEDGER_CONFIRMED, 0);
	assert_true(first == 1 && second == 2);
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	store_close(s);

	s = open_store(*state, STORE_READ);
	OK(ledger_last(s, TEXT(CODE), &got, &found, &err));
	assert_true(found && got.seq == second && got.after_seq == 0);
	assert_int_equal(got.event, LEDGER_CONFIRMED);
	assert_int_equal(got.at, CLOCK.fixed);
	assert_int_equal(got.nCodCtr, want.nCodCtr);
	assert_int_equal(got.total_cents, want.total_cents);
	assert_int_equal(got.key.month, want.key.month);
	assert_true(text_same(got.key.empresa_id, want.key.empresa_id));
	assert_true(text_same(got.key.proposta, want.key.proposta));
	assert_true(text_same(got.code, want.code));
	assert_true(text_same(got.detail, want.detail));
	assert_string_equal(got.content_hash, want.content_hash);
	assert_string_equal(got.payload_hash, want.payload_hash);
	store_close(s);
}

static void
each_event_comes_back_under_its_word(void **state)
{
	static const char *const WORDS[] = { "intencao", "confirmado",
		"recusado", "nao_enviado", "incerto" };
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line line, got;
	int64_t last = 0;
	bool found;
	int e;

	for (e = LEDGER_INTENT; e <= LEDGER_UNCLEAR; e++) {
		assert_string_equal(
		    ledger_event_name((enum ledger_event)e), WORDS[e]);
		line = line_of(CODE, (enum ledger_event)e, last);
		OK(ledger_add(s, &line, &err));
		assert_true(line.seq > last && line.at == CLOCK.fixed);
		last = line.seq;
		OK(ledger_last(s, TEXT(CODE), &got, &found, &err));
		assert_true(found && got.seq == last);
		assert_int_equal(got.event, e);
	}
	/* What was found may be what is added next. */
	got.event = LEDGER_INTENT;
	got.after_seq = got.seq;
	OK(ledger_add(s, &got, &err));
	OK(ledger_last(s, TEXT(CODE), &line, &found, &err));
	assert_true(text_is(line.code, CODE) && text_is(line.detail, "motivo"));
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

static void
an_intent_follows_what_its_writer_saw(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line late = line_of(CODE, LEDGER_INTENT, 0), got;
	struct error e;
	int64_t first = add(s, CODE, LEDGER_INTENT, 0), seq;
	bool found;

	assert_int_equal(ledger_add(s, &late, &e), TRY_LATER);
	assert_string_equal(e.text, "another process is at work on " CODE);
	/* An outcome is a fact, whoever wrote in between. */
	seq = add(s, CODE, LEDGER_NOT_SENT, 0);
	late.after_seq = first;
	assert_int_equal(ledger_add(s, &late, &e), TRY_LATER);
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	late.after_seq = seq;
	OK(ledger_add(s, &late, &err));
	OK(ledger_last(s, TEXT(CODE), &got, &found, &err));
	assert_int_equal(got.seq, late.seq);
	/* The refused ones left no transaction open. */
	store_one(s, "1", "{}");
	store_close(s);
}

/* Looks, waits until all have looked, and announces: 0 for the one that may. */
static void
race(const struct room *r, int looked, int start)
{
	struct store *s = open_store(r, STORE_WRITE);
	struct ledger_line line;
	struct error err;
	enum status status;
	bool found;
	char c;

	if (ledger_last(s, TEXT(CODE), &line, &found, &err) != DONE)
		_exit(99);
	line = line_of(CODE, LEDGER_INTENT, found ? line.seq : 0);
	if (write(looked, "x", 1) != 1 || read(start, &c, 1) != 0)
		_exit(99);
	status = ledger_add(s, &line, &err);
	store_close(s);
	_exit((int)status);
}

static void
of_all_who_race_for_an_intent_one_wins(void **state)
{
	enum { RACERS = 4 };
	int looked[2], start[2], i, won = 0, told_later = 0, end;
	struct store *s = open_store(*state, STORE_WRITE);
	pid_t pids[RACERS];
	char c;

	add(s, CODE, LEDGER_UNCLEAR, 0);
	store_close(s);
	assert_int_equal(pipe(looked) | pipe(start), 0);
	for (i = 0; i < RACERS; i++)
		if ((pids[i] = fork()) == 0) {
			close(start[1]);
			race(*state, looked[1], start[0]);
		}
	for (i = 0; i < RACERS; i++)
		assert_int_equal(read(looked[0], &c, 1), 1);
	close(start[1]);
	for (i = 0; i < RACERS; i++) {
		end = child_end(pids[i]);
		won += end == DONE;
		told_later += end == TRY_LATER;
	}
	assert_int_equal(won, 1);
	assert_int_equal(told_later, RACERS - 1);
	close(looked[0]);
	close(looked[1]);
	close(start[0]);
}

static void
an_intent_outlives_its_process(void **state)
{
	struct ledger_line line;
	struct store *s;
	bool found;
	pid_t pid;

	if ((pid = fork()) == 0) {
		s = open_store(*state, STORE_WRITE);
		add(s, CODE, LEDGER_INTENT, 0);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(child_end(pid), -SIGKILL);
	s = open_store(*state, STORE_READ);
	OK(ledger_last(s, TEXT(CODE), &line, &found, &err));
	assert_true(found);
	assert_int_equal(line.event, LEDGER_INTENT);
	store_close(s);
	s = open_store(*state, STORE_WRITE);
	OK(ledger_last(s, TEXT(CODE), &line, &found, &err));
	add(s, CODE, LEDGER_CONFIRMED, 0);
	OK(ledger_last(s, TEXT(CODE), &line, &found, &err));
	assert_int_equal(line.event, LEDGER_CONFIRMED);
	store_close(s);
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
#define IN_ROOM(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)
	const struct CMUnitTest tests[] = {
		IN_ROOM(the_newest_line_is_found_whole),
		IN_ROOM(each_line_has_the_request_of_its_record),
		IN_ROOM(each_event_comes_back_under_its_word),
		IN_ROOM(lines_are_neither_changed_nor_removed),
		IN_ROOM(an_intent_follows_what_its_writer_saw),
		IN_ROOM(of_all_who_race_for_an_intent_one_wins),
		IN_ROOM(an_intent_outlives_its_process),
		IN_ROOM(each_commit_is_synced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
