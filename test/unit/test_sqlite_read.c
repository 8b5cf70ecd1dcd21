/* Reading SQLite's file leaves no trace, whatever state it was left in. */
#include <signal.h>

#include "sqlite_room.h"
#include "store_reading.h"

/* Reading `volumes` elements changes nothing, also while it goes on. */
static void
assert_quiet_read(const struct room *r, uint64_t volumes, const char *except)
{
	struct buf before = room_content(r, except), now;
	struct store *s = open_store(r, STORE_READ);

	read_everything(s, volumes);
	now = room_content(r, except);
	assert_int_equal(before.len, now.len);
	buf_clear(&now);
	store_close(s);
	now = room_content(r, except);
	assert_same_content(&before, &now);
}

static void
what_is_not_there_is_empty(void **state)
{
	struct room *r = *state;

	assert_quiet_read(r, 0, "");
	write_file(r->path, "", 0);
	assert_quiet_read(r, 0, "");
	snprintf(r->uri, sizeof(r->uri), "sqlite:%s/a/b.db", r->dir);
	assert_quiet_read(r, 0, "");
}

static void
reading_leaves_no_trace(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);

	store_one(s, "1", "{}");
	store_close(s);
	assert_quiet_read(*state, 1, "");
	/* Nor does opening it to write, and writing nothing. */
	{
		struct buf before = room_content(*state, ""), after;

		s = open_store(*state, STORE_WRITE);
		OK(store_begin(s, &err));
		OK(store_commit(s, &err));
		read_everything(s, 1);
		store_close(s);
		after = room_content(*state, "");
		assert_same_content(&before, &after);
	}
}

/* The marks of readers in the -shm file change; nothing else does. */
static void
a_log_is_read_too(void **state)
{
	struct room *r = *state;
	struct store *s = open_store(r, STORE_WRITE);
	store_one(s, "1", "{}");
	assert_quiet_read(r, 1, "-shm");
	snprintf(r->uri, sizeof(r->uri), "sqlite:%s/link.db", r->dir);
	assert_int_equal(symlink("volum.db", r->uri + strlen("sqlite:")), 0);
	assert_quiet_read(r, 1, "-shm");
	store_close(s);
	assert_quiet_read(r, 1, "");
}

static void
the_log_of_a_killed_writer_is_read_and_kept(void **state)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct store *s = open_store(*state, STORE_WRITE);

		store_one(s, "1", "{}");
		OK(store_begin(s, &err));
		OK(store_put_volumes(s, 1, TEXT("2"), TEXT("{}"), &err));
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(child_end(pid), -SIGKILL);
	assert_quiet_read(*state, 1, "-shm");
}

static enum status
change_it(struct text doc, void *ctx, struct error *err)
{
	struct store *s = open_store(ctx, STORE_WRITE);

	(void)doc;
	(void)err;
	store_one(s, "3", "{\"a\":1}");
	store_close(s);
	return DONE;
}

static void
a_change_under_the_reader_is_noticed(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct store_filter all = { .status = -1 };
	struct error err;

	store_one(s, "1", "{}");
	store_one(s, "2", "{}");
	store_close(s);
	s = open_store(*state, STORE_READ);
	/* Longer than the grain of a file's time. */
	usleep(20000);
	assert_int_equal(
	    store_list(s, STORE_VOLUMES, &all, change_it, *state, &err),
	    TRY_LATER);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FILE_ROOM(what_is_not_there_is_empty),
		IN_FILE_ROOM(reading_leaves_no_trace),
		IN_FILE_ROOM(a_log_is_read_too),
		IN_FILE_ROOM(the_log_of_a_killed_writer_is_read_and_kept),
		IN_FILE_ROOM(a_change_under_the_reader_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
