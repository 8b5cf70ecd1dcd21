/* Reading: a store that is not there is empty, one that was killed is whole. */
#include <signal.h>

#include "store_reading.h"

static void
what_is_not_there_is_empty(void **state)
{
	struct store *s = open_store(*state, STORE_READ);

	read_everything(s, 0);
	read_everything(s, 0);
	store_close(s);
}

static void
who_writes_reads_the_same(void **state)
{
	static const enum store_mode MODES[] = { STORE_READ, STORE_WRITE };
	struct store *s = open_store(*state, STORE_WRITE);
	size_t i;

	read_everything(s, 0);
	store_one(s, "1", "{}");
	read_everything(s, 1);
	store_close(s);
	for (i = 0; i < sizeof(MODES) / sizeof(MODES[0]); i++) {
		s = open_store(*state, MODES[i]);
		read_everything(s, 1);
		store_close(s);
	}
}

/* It opened the store before the other wrote. */
static void
who_reads_sees_what_others_committed(void **state)
{
	struct store *reader, *writer = open_store(*state, STORE_WRITE);
	struct text doc;
	bool found;

	store_one(writer, "1", "{}");
	reader = open_store(*state, STORE_WRITE);
	read_everything(reader, 1);
	OK(store_begin(writer, &err));
	OK(store_put_volumes(
	    writer, 2024 * 12, TEXT("1"), TEXT("{\"n\":1}"), &err));
	OK(store_get_volumes(reader, 2024 * 12, TEXT("1"), &doc, &found, &err));
	assert_true(found && text_is(doc, "{}"));
	OK(store_commit(writer, &err));
	OK(store_get_volumes(reader, 2024 * 12, TEXT("1"), &doc, &found, &err));
	assert_true(found && text_is(doc, "{\"n\":1}"));
	store_close(reader);
	store_close(writer);
}

static void
a_killed_writer_leaves_what_it_committed(void **state)
{
	pid_t pid = fork();
	struct store *s;

	if (pid == 0) {
		s = open_store(*state, STORE_WRITE);
		store_one(s, "1", "{}");
		OK(store_begin(s, &err));
		OK(store_put_volumes(s, 1, TEXT("2"), TEXT("{}"), &err));
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(child_end(pid), -SIGKILL);
	s = open_store(*state, STORE_READ);
	read_everything(s, 1);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(what_is_not_there_is_empty),
		IN_ROOM(who_writes_reads_the_same),
		IN_ROOM(who_reads_sees_what_others_committed),
		IN_ROOM(a_killed_writer_leaves_what_it_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
