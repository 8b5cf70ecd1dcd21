/* Companies in step: one line each, changed by whoever saw it last. */
#include "store_room.h"

#define ACCOUNT TEXT("conta-a")

static struct sync_state
look(struct store *s, struct text account, struct text id)
{
	struct sync_state state;

	OK(sync_look(s, account, id, &state, &err));
	return state;
}

static void
put(struct store *s, const struct sync_state *state)
{
	OK(store_begin(s, &err));
	OK(sync_put(s, state, &err));
	OK(store_commit(s, &err));
}

static struct sync_state
line_of(struct text id, int64_t omie_code)
{
	return (struct sync_state){ .account = ACCOUNT,
		.empresa_id = id,
		.omie_code = omie_code,
		.base = TEXT("{\"email\":\"a@x.example\"}") };
}

static void
keeps_what_was_put(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct sync_state line = line_of(TEXT("1"), 4477000001), got;

	got = look(s, ACCOUNT, TEXT("1"));
	assert_false(got.known);
	line.open = line.conflict = true;
	line.deadline = 77;
	put(s, &line);
	store_close(s);
	s = open_store(*state, STORE_READ);
	got = look(s, ACCOUNT, TEXT("1"));
	assert_true(got.known && got.open && got.conflict);
	assert_int_equal(got.omie_code, 4477000001);
	assert_int_equal(got.deadline, 77);
	assert_true(text_same(got.base, line.base));
	assert_false(look(s, TEXT("conta-b"), TEXT("1")).known);
	assert_false(look(s, ACCOUNT, TEXT("2")).known);
	store_close(s);
}

static void
refuses_what_somebody_else_changed(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct sync_state line = line_of(TEXT("1"), 0), seen, other;
	struct error why;

	put(s, &line);
	/* It was not there when it was looked at. */
	OK(store_begin(s, &err));
	assert_int_equal(sync_put(s, &line, &why), TRY_LATER);
	assert_int_equal(store_commit(s, &why), OUTPUT_FAILED);
	seen = look(s, ACCOUNT, TEXT("1"));
	seen.base = TEXT("{}");
	other = seen;
	other.omie_code = 5;
	put(s, &other);
	OK(store_begin(s, &err));
	assert_int_equal(sync_put(s, &seen, &why), TRY_LATER);
	store_rollback(s);
	assert_int_equal(look(s, ACCOUNT, TEXT("1")).omie_code, 5);
	assert_int_equal(sync_put(s, &seen, &why), OUTPUT_FAILED);
	store_close(s);
}

static enum status
sum(int64_t omie_code, void *ctx, struct error *why)
{
	(void)why;
	*(int64_t *)ctx = *(int64_t *)ctx * 100 + omie_code;
	return DONE;
}

static void
finds_open_ones_and_conflicts(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct sync_state line;
	instant_ms until;
	int64_t codes = 0;

	OK(sync_open_until(s, ACCOUNT, &until, &err));
	assert_int_equal(until, 0);
	OK(sync_each_conflict(s, ACCOUNT, sum, &codes, &err));
	assert_int_equal(codes, 0);
	for (int i = 1; i <= 4; i++) {
		line = line_of(
		    text_of((const char *[]){ "", "1", "2", "3", "4" }[i]),
		    10 + i);
		line.open = i != 3;
		line.conflict = i != 2;
		line.deadline = i * 100;
		if (i == 4)
			line.account = TEXT("conta-b");
		put(s, &line);
	}
	OK(sync_open_until(s, ACCOUNT, &until, &err));
	assert_int_equal(until, 200);
	OK(sync_each_conflict(s, ACCOUNT, sum, &codes, &err));
	assert_int_equal(codes, 1113);
	store_close(s);
}

static void
keeps_the_position_of_each_account(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	instant_ms at;
	struct error why;

	OK(sync_position(s, ACCOUNT, &at, &err));
	assert_int_equal(at, 0);
	for (int i = 1; i <= 2; i++) {
		OK(store_begin(s, &err));
		OK(sync_move(s, ACCOUNT, i * 1000, &err));
		OK(store_commit(s, &err));
	}
	OK(sync_position(s, ACCOUNT, &at, &err));
	assert_int_equal(at, 2000);
	OK(sync_position(s, TEXT("conta-b"), &at, &err));
	assert_int_equal(at, 0);
	assert_int_equal(sync_move(s, ACCOUNT, 1, &why), OUTPUT_FAILED);
	store_close(s);
}

static void
forgets_the_registry_after_a_time(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	char said[24];
	bool known;

	OK(store_begin(s, &err));
	OK(registry_put(s, TEXT("11222333000181"), TEXT("BAIXADA"), &err));
	OK(store_commit(s, &err));
	OK(registry_look(
	    s, "11222333000181", CLOCK.fixed - 1, said, &known, &err));
	assert_true(known);
	assert_string_equal(said, "BAIXADA");
	OK(registry_look(s, "11222333000181", CLOCK.fixed, said, &known, &err));
	assert_false(known);
	OK(registry_look(s, "12ABC34501DE35", 0, said, &known, &err));
	assert_false(known);
	store_close(s);
}

/* A store that is not there is empty, and stays so. */
static void
reads_nothing_where_nothing_is(void **state)
{
	struct store *s = open_store(*state, STORE_READ);
	int64_t codes = 0;
	instant_ms at;
	char said[24];
	bool known;

	assert_false(look(s, ACCOUNT, TEXT("1")).known);
	OK(sync_open_until(s, ACCOUNT, &at, &err));
	assert_int_equal(at, 0);
	OK(sync_each_conflict(s, ACCOUNT, sum, &codes, &err));
	OK(sync_position(s, ACCOUNT, &at, &err));
	assert_int_equal(at, 0);
	OK(registry_look(s, "12ABC34501DE35", 0, said, &known, &err));
	assert_false(known);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(keeps_what_was_put),
		IN_ROOM(refuses_what_somebody_else_changed),
		IN_ROOM(finds_open_ones_and_conflicts),
		IN_ROOM(keeps_the_position_of_each_account),
		IN_ROOM(forgets_the_registry_after_a_time),
		IN_ROOM(reads_nothing_where_nothing_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
