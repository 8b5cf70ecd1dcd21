/* Volumes wait for the end of their batch: none is lost, the last one wins. */
#include "store_room.h"

enum { COMPANIES = 3000 };

static void
assert_stored(struct store *s, const char *want)
{
	struct buf got = lines_of(s, STORE_VOLUMES);

	assert_string_equal(buf_cstr(&got), want);
	buf_clear(&got);
}

static void
put(struct store *s, competencia month, const char *id, const char *doc)
{
	OK(store_put_volumes(s, month, text_of(id), text_of(doc), &err));
}

static void
the_last_of_a_key_wins(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);

	OK(store_begin(s, &err));
	put(s, 2, "1", "{\"n\":1}");
	put(s, 1, "2", "{\"n\":2}");
	put(s, 2, "1", "{\"n\":3}");
	put(s, 1, "10", "{\"n\":4}");
	put(s, 2, "1", "{\"n\":5}");
	put(s, 1, "2", "{\"n\":6}");
	OK(store_commit(s, &err));
	assert_stored(s, "{\"n\":4}\n{\"n\":6}\n{\"n\":5}\n");
	store_close(s);
}

static void
nothing_of_a_batch_that_was_undone(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);

	OK(store_begin(s, &err));
	put(s, 1, "1", "{\"n\":1}");
	store_rollback(s);
	OK(store_begin(s, &err));
	put(s, 1, "2", "{\"n\":2}");
	OK(store_commit(s, &err));
	assert_stored(s, "{\"n\":2}\n");
	store_close(s);
}

static void
found_in_their_batch_and_after(void **state)
{
	struct store *s = open_store(*state, STORE_WRITE);
	struct text doc;
	bool found;

	OK(store_begin(s, &err));
	put(s, 1, "1", "{\"n\":1}");
	put(s, 1, "1", "{\"n\":2}");
	for (int i = 0; i < 2; i++) {
		OK(store_get_volumes(s, 1, TEXT("1"), &doc, &found, &err));
		assert_true(found);
		assert_true(text_is(doc, "{\"n\":2}"));
		OK(store_get_volumes(s, 2, TEXT("1"), &doc, &found, &err));
		assert_false(found);
		if (i == 0)
			OK(store_commit(s, &err));
	}
	store_close(s);
	s = open_store(*state, STORE_READ);
	OK(store_get_volumes(s, 1, TEXT("1"), &doc, &found, &err));
	assert_true(found);
	store_close(s);
}

/* More than may wait: 3000 of 2 KB. */
static void
a_batch_of_many_bytes(void **state)
{
	struct store_filter all = { .status = -1 };
	struct store *s;
	char id[16], doc[2048];
	uint64_t count;

	memset(doc, ' ', sizeof(doc));
	memcpy(doc, "{}", 2);
	doc[sizeof(doc) - 1] = '\0';
	s = open_store(*state, STORE_WRITE);
	OK(store_begin(s, &err));
	for (int i = 0; i < COMPANIES; i++) {
		snprintf(id, sizeof(id), "%d", i * 7919 % COMPANIES);
		put(s, 1, id, doc);
	}
	OK(store_commit(s, &err));
	OK(store_count(s, STORE_VOLUMES, &all, &count, &err));
	assert_int_equal(count, COMPANIES);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(the_last_of_a_key_wins),
		IN_ROOM(nothing_of_a_batch_that_was_undone),
		IN_ROOM(found_in_their_batch_and_after),
		IN_ROOM(a_batch_of_many_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
