/* What the tests of SQLite's own file share: the room whatever TEST_STORE_URI
 * says, the files in it, and what other hands do to them. */
#ifndef VOLUM_TEST_SQLITE_ROOM_H
#define VOLUM_TEST_SQLITE_ROOM_H

#include <sys/stat.h>

#include "store/sqlite.h"
#include "store_room.h"

static inline int
file_room_open(void **state)
{
	*state = room_new();
	return 0;
}

#define IN_FILE_ROOM(f) \
	cmocka_unit_test_setup_teardown(f, file_room_open, room_close)

static inline void
add_file(struct buf *b, const char *dir, const char *name)
{
	char path[400], bytes[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	buf_printf(b, "\n--- %s\n", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(b, bytes, n);
	fclose(f);
}

/* All files of the room, names and bytes, but those that end in `except`. */
static inline struct buf
room_content(const struct room *r, const char *except)
{
	struct buf b = BUF_INIT;
	struct dirent **entries;
	int i, n = scandir(r->dir, &entries, NULL, alphasort);

	assert_true(n >= 0);
	for (i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		size_t len = strlen(name), tail = strlen(except);

		if (name[0] != '.' &&
		    (tail == 0 || len < tail ||
			strcmp(name + len - tail, except) != 0))
			add_file(&b, r->dir, name);
		free(entries[i]);
	}
	free(entries);
	return b;
}

static inline void
assert_same_content(struct buf *a, struct buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_true(a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
	buf_clear(a);
	buf_clear(b);
}

static inline void
write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

#endif
