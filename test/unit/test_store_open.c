/* Opening: what is no address, and many at once; batches that are undone. */
#include "store_room.h"

static void
a_uri_must_name_a_place(void **state)
{
	const struct room *r = *state;
	char folder[128], lost[128];
	const char *uris[] = { "", "sqlite:", "volum.db", folder, lost,
		"oracle://user:geheim@h/db",
		"mongodb://user:geheim@h/db?bogus=1" };
	struct error err;
	struct store *s;
	size_t i;

	snprintf(folder, sizeof(folder), "sqlite:%s", r->dir);
	snprintf(lost, sizeof(lost), "sqlite:%s/a/b.db", r->dir);
	for (i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		enum status status =
		    store_open(&s, uris[i], STORE_WRITE, &CLOCK, NULL, &err);

		assert_true(status == BAD_CONFIG || uris[i] == folder);
		assert_int_not_equal(status, DONE);
		assert_null(s);
		assert_null(strstr(err.text, "geheim"));
	}
}

static void
many_may_create_it_at_once(void **state)
{
	pid_t pids[6];
	struct store *s;
	char name[12];
	int i, failed = 0;

	for (i = 0; i < 6; i++)
		if ((pids[i] = fork()) == 0) {
			struct error err;
			const struct room *r = *state;

			snprintf(name, sizeof(name), "%d", i);
			if (store_open(&s, r->uri, STORE_WRITE, &CLOCK, NULL,
				&err) != DONE ||
			    store_begin(s, &err) != DONE ||
			    store_put_volumes(s, 1, text_of(name), TEXT("{}"),
				&err) != DONE ||
			    store_commit(s, &err) != DONE) {
				fprintf(stderr, "%s\n", err.text);
				_exit(1);
			}
			store_close(s);
			_exit(0);
		}
	for (i = 0; i < 6; i++)
		failed += child_end(pids[i]) != 0;
	assert_int_equal(failed, 0);
	s = open_store(*state, STORE_READ);
	assert_int_equal(count_of(s, STORE_VOLUMES), 6);
	store_close(s);
}

static void
a_batch_is_stored_whole_or_not_at_all(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct error e;

	OK(store_begin(s, &err));
	OK(store_put_volumes(s, 1, TEXT("1"), TEXT("{}"), &err));
	store_rollback(s);
	store_rollback(s);
	assert_int_equal(count_of(s, STORE_VOLUMES), 0);
	assert_int_equal(
	    store_put_volumes(s, 1, TEXT("1"), TEXT("{}"), &e), OUTPUT_FAILED);
	assert_int_equal(store_commit(s, &e), OUTPUT_FAILED);

	OK(store_begin(s, &err));
	OK(store_put_volumes(s, 1, TEXT("1"), TEXT("{}"), &err));
	store_close(s);
	s = open_store(*state, STORE_READ);
	assert_int_equal(count_of(s, STORE_VOLUMES), 0);
	store_close(s);
	store_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(a_uri_must_name_a_place),
		IN_ROOM(many_may_create_it_at_once),
		IN_ROOM(a_batch_is_stored_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
