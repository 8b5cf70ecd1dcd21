/* The ledger: only added to, in order, and one intent at a time. */
#include <signal.h>

#include "ledger_lines.h"

static struct ledger_state
look(struct store *s, struct text account)
{
	struct ledger_state state;

	OK(ledger_look(s, account, TEXT(CODE), &state, &err));
	return state;
}

static void
assert_same_line(const struct ledger_line *got, const struct ledger_line *want)
{
	assert_int_equal(got->seq, want->seq);
	assert_int_equal(got->at, want->at);
	assert_int_equal(got->deadline, want->deadline);
	assert_int_equal(got->event, want->event);
	assert_int_equal(got->nCodCtr, want->nCodCtr);
	assert_int_equal(got->total_cents, want->total_cents);
	assert_int_equal(got->revision, want->revision);
	assert_int_equal(got->key.month, want->key.month);
	assert_true(text_same(got->key.empresa_id, want->key.empresa_id));
	assert_true(text_same(got->key.proposta, want->key.proposta));
	assert_true(text_same(got->account, want->account));
	assert_true(text_same(got->code, want->code));
	assert_true(text_same(got->call, want->call));
	assert_true(text_same(got->request_id, want->request_id));
	assert_true(text_same(got->detail, want->detail));
	assert_true(text_same(got->payload, want->payload));
	assert_string_equal(got->content_hash, want->content_hash);
	assert_string_equal(got->payload_hash, want->payload_hash);
	assert_string_equal(got->link, want->link);
}

static uint64_t
count_open(struct store *s, struct text account)
{
	uint64_t count = 99;

	OK(ledger_count_open(s, account, &count, &err));
	return count;
}

static void
what_has_no_outcome_is_counted(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);

	assert_int_equal(count_open(s, ACCOUNT), 0);
	add(s, "2401-A", LEDGER_INTENT, 0);
	add(s, "2401-B", LEDGER_INTENT, 0);
	add(s, "2401-C", LEDGER_INTENT, 0);
	assert_int_equal(count_open(s, ACCOUNT), 3);
	add(s, "2401-B", LEDGER_UNCLEAR, 2);
	add(s, "2401-A", LEDGER_CONFIRMED, 1);
	assert_int_equal(count_open(s, ACCOUNT), 2);
	add(s, "2401-B", LEDGER_INTENT, 4);
	add(s, "2401-C", LEDGER_REFUSED, 3);
	assert_int_equal(count_open(s, ACCOUNT), 1);
	assert_int_equal(count_open(s, TEXT("conta-b")), 0);
	add(s, "2401-B", LEDGER_NOT_SENT, 6);
	assert_int_equal(count_open(s, ACCOUNT), 0);
	store_close(s);
}

static void
the_newest_line_is_found_whole(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line intent = line_of(CODE, LEDGER_INTENT, 0);
	struct ledger_line want = line_of(CODE, LEDGER_CONFIRMED, 0);
	struct ledger_line after = line_of(CODE, LEDGER_UNCLEAR, 2);
	struct ledger_state got = look(s, ACCOUNT);

	assert_false(got.known || got.confirmed || got.elsewhere);
	OK(ledger_add(s, &intent, &err));
	OK(ledger_add(s, &want, &err));
	assert_true(intent.seq == 1 && want.seq == 2);
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	store_close(s);

	s = open_store(*state, STORE_READ);
	got = look(s, ACCOUNT);
	assert_true(got.known && got.confirmed && !got.doubled);
	assert_same_line(&got.last, &want);
	assert_same_line(&got.contract, &want);
	store_close(s);

	s = open_store(*state, STORE_WRITE);
	OK(ledger_add(s, &after, &err));
	got = look(s, ACCOUNT);
	assert_same_line(&got.last, &after);
	assert_same_line(&got.contract, &want);
	store_close(s);
}

static void
each_event_comes_back_under_its_word(void **state)
{
	static const char *const WORDS[] = { "intencao", "confirmado",
		"recusado", "nao_enviado", "incerto" };
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_state got;
	struct ledger_line line;
	int64_t last = 0;
	int e;

	for (e = LEDGER_INTENT; e <= LEDGER_UNCLEAR; e++) {
		assert_string_equal(
		    ledger_event_name((enum ledger_event)e), WORDS[e]);
		line = line_of(CODE, (enum ledger_event)e, last);
		OK(ledger_add(s, &line, &err));
		assert_true(line.seq > last);
		last = line.seq;
		got = look(s, ACCOUNT);
		assert_true(got.known && got.last.seq == last);
		assert_int_equal(got.last.event, e);
	}
	/* What was found may be what is added next. */
	line = got.last;
	line.event = LEDGER_INTENT;
	line.after_seq = got.last.seq;
	OK(ledger_add(s, &line, &err));
	got = look(s, ACCOUNT);
	assert_true(
	    text_is(got.last.code, CODE) && text_is(got.last.detail, "motivo"));
	store_close(s);
}

/* What waits are counted from is never the clock of --as-of. */
static void
a_line_bears_the_real_time(void **state)
{
	const struct clock real = { 0 };
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line line = line_of(CODE, LEDGER_INTENT, 0);
	instant_ms before = clock_now(&real);

	OK(ledger_add(s, &line, &err));
	assert_in_range(line.at, before, clock_now(&real));
	store_close(s);
}

static void
an_account_sees_its_own_lines(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line other = line_of(CODE, LEDGER_CONFIRMED, 0);
	struct ledger_state got;
	bool has;

	other.account = TEXT("conta-b");
	OK(ledger_add(s, &other, &err));
	got = look(s, ACCOUNT);
	assert_false(got.known || got.confirmed);
	assert_true(got.elsewhere);
	OK(ledger_has_confirmed(s, ACCOUNT, &has, &err));
	assert_false(has);
	OK(ledger_has_confirmed(s, TEXT("conta-b"), &has, &err));
	assert_true(has);
	/* Its newest line is none of ours: after 0. */
	add(s, CODE, LEDGER_INTENT, 0);
	got = look(s, TEXT("conta-b"));
	assert_true(got.confirmed && got.last.seq == 1 && !got.elsewhere);
	/* A dry run without a key sees all. */
	got = look(s, (struct text){ "", 0 });
	assert_true(got.known && got.confirmed && got.last.seq == 2);
	store_close(s);
}

static void
two_ids_under_one_code_are_told(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line line = line_of(CODE, LEDGER_CONFIRMED, 0);

	OK(ledger_add(s, &line, &err));
	OK(ledger_add(s, &line, &err));
	assert_false(look(s, ACCOUNT).doubled);
	line.nCodCtr++;
	OK(ledger_add(s, &line, &err));
	assert_true(look(s, ACCOUNT).doubled);
	store_close(s);
}

static void
each_line_is_chained_to_the_one_before(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct chain chain;

	add(s, CODE, LEDGER_INTENT, 0);
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	add(s, CODE, LEDGER_CONFIRMED, 1);
	store_close(s);
	s = open_store(*state, STORE_WRITE);
	add(s, "2401-OTHER", LEDGER_UNCLEAR, 2);
	chain = read_chain(s);
	assert_int_equal(chain.lines, 4);
	assert_int_equal(chain.broken, 0);
	store_close(s);
}

static void
a_line_follows_what_its_writer_saw(void **state)
{
	static const enum ledger_event GUARDED[] = { LEDGER_INTENT,
		LEDGER_NOT_SENT, LEDGER_REFUSED, LEDGER_UNCLEAR };
	struct store *s = open_store(*state, STORE_WRITE);
	struct ledger_line late;
	int64_t first = add(s, CODE, LEDGER_INTENT, 0), seq;
	struct error e;
	size_t i;

	seq = add(s, CODE, LEDGER_NOT_SENT, first);
	for (i = 0; i < sizeof(GUARDED) / sizeof(GUARDED[0]); i++) {
		late = line_of(CODE, GUARDED[i], first);
		assert_int_equal(ledger_add(s, &late, &e), TRY_LATER);
		assert_string_equal(
		    e.text, "another process is at work on " CODE);
	}
	add(s, "2401-OTHER", LEDGER_INTENT, 0);
	add(s, CODE, LEDGER_INTENT, seq);
	/* That Omie has it is a fact, whoever wrote in between. */
	seq = add(s, CODE, LEDGER_CONFIRMED, first);
	assert_int_equal(look(s, ACCOUNT).last.seq, seq);
	/* The refused ones left no transaction open. */
	store_one(s, "1", "{}");
	store_close(s);
}

/* Looks, waits until all have looked, and announces: 0 for the one that may. */
static void
race(const struct room *r, int looked, int start)
{
	struct store *s = open_store(r, STORE_WRITE);
	struct ledger_state seen;
	struct ledger_line line;
	struct error err;
	enum status status;
	char c;

	if (ledger_look(s, ACCOUNT, TEXT(CODE), &seen, &err) != DONE)
		_exit(99);
	line = line_of(CODE, LEDGER_INTENT, seen.known ? seen.last.seq : 0);
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
	struct ledger_state got;
	struct store *s;
	pid_t pid;

	if ((pid = fork()) == 0) {
		s = open_store(*state, STORE_WRITE);
		add(s, CODE, LEDGER_INTENT, 0);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(child_end(pid), -SIGKILL);
	s = open_store(*state, STORE_READ);
	got = look(s, ACCOUNT);
	assert_true(got.known && !got.confirmed);
	assert_int_equal(got.last.event, LEDGER_INTENT);
	assert_int_equal(got.last.deadline, 99);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(what_has_no_outcome_is_counted),
		IN_ROOM(the_newest_line_is_found_whole),
		IN_ROOM(each_event_comes_back_under_its_word),
		IN_ROOM(a_line_bears_the_real_time),
		IN_ROOM(an_account_sees_its_own_lines),
		IN_ROOM(two_ids_under_one_code_are_told),
		IN_ROOM(each_line_is_chained_to_the_one_before),
		IN_ROOM(a_line_follows_what_its_writer_saw),
		IN_ROOM(of_all_who_race_for_an_intent_one_wins),
		IN_ROOM(an_intent_outlives_its_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
