/* A folder for one test, with a database in it, and what is in the folder. */
#ifndef VOLUM_TEST_STORE_ROOM_H
#define VOLUM_TEST_STORE_ROOM_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite.h"
#include "unit.h"

struct room {
	char dir[64], path[96], uri[112];
};

/* 2024-02-01T05:00:03.250Z */
static const struct clock CLOCK = { .fixed = 1706763603250 };

static inline int
room_open(void **state)
{
	struct room *r = mem_zalloc(sizeof(*r));

	snprintf(r->dir, sizeof(r->dir), "/tmp/volum-store-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->path, sizeof(r->path), "%s/volum.db", r->dir);
	snprintf(r->uri, sizeof(r->uri), "sqlite:%s", r->path);
	*state = r;
	return 0;
}

static inline int
room_close(void **state)
{
	struct room *r = *state;
	DIR *dir = opendir(r->dir);
	struct dirent *e;

	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	assert_int_equal(rmdir(r->dir), 0);
	free(r);
	return 0;
}

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

static inline struct store *
open_store(const struct room *r, enum store_mode mode)
{
	struct store *s;
	struct error err;

	if (store_open(&s, r->uri, mode, &CLOCK, "req-1", &err) != DONE)
		fail_msg("%s", err.text);
	return s;
}

#define OK(call) \
	do { \
		struct error err; \
		if ((call) != DONE) \
			fail_msg("%s: %s", #call, err.text); \
	} while (0)

static inline enum status
collect(struct text doc, void *ctx, struct error *err)
{
	(void)err;
	buf_add_text(ctx, doc);
	buf_add_byte(ctx, '\n');
	return DONE;
}

/* Everything of a kind, as lines. */
static inline struct buf
lines_of(struct store *s, enum store_kind kind)
{
	struct store_filter all = { .status = -1 };
	struct buf b = BUF_INIT;

	OK(store_list(s, kind, &all, collect, &b, &err));
	return b;
}

static inline uint64_t
count_of(struct store *s, enum store_kind kind)
{
	struct store_filter all = { .status = -1 };
	uint64_t n;

	OK(store_count(s, kind, &all, &n, &err));
	return n;
}

/* One batch with one element of volumes. */
static inline void
store_one(struct store *s, const char *empresa, const char *doc)
{
	OK(store_begin(s, &err));
	OK(store_put_volumes(
	    s, 2024 * 12, text_of(empresa), text_of(doc), &err));
	OK(store_commit(s, &err));
}

/* How a child ended: its exit code, or minus its signal. */
static inline int
child_end(pid_t pid)
{
	int how;

	assert_int_equal(waitpid(pid, &how, 0), pid);
	return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

#endif
