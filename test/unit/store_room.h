/*
 * A store for one test: a database in a folder of its own, or, where
 * TEST_STORE_URI is the address of a MongoDB server, one that is new there.
 * What is of SQLite's file alone is in test_sqlite*.c, with sqlite_room.h.
 */
#ifndef VOLUM_TEST_STORE_ROOM_H
#define VOLUM_TEST_STORE_ROOM_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/ledger.h"
#include "store/store.h"
#include "store/sync.h"
#include "unit.h"

struct room {
	char dir[64], path[96], uri[1024];
};

/* 2024-02-01T05:00:03.250Z */
static const struct clock CLOCK = { .fixed = 1706763603250 };

static inline struct room *
room_new(void)
{
	struct room *r = mem_zalloc(sizeof(*r));

	snprintf(r->dir, sizeof(r->dir), "/tmp/volum-store-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->path, sizeof(r->path), "%s/volum.db", r->dir);
	snprintf(r->uri, sizeof(r->uri), "sqlite:%s", r->path);
	return r;
}

/* A database of the server, named as the folder is; the address keeps its
 * options. */
static inline void
room_move(struct room *r, const char *server)
{
	size_t base = strcspn(server, "?");

	while (base > 0 && server[base - 1] == '/')
		base--;
	snprintf(r->uri, sizeof(r->uri), "%.*s/volum_unit_%d_%s%s", (int)base,
	    server, (int)getpid(), strrchr(r->dir, '-') + 1,
	    server + strcspn(server, "?"));
}

static inline int
room_open(void **state)
{
	const char *server = getenv("TEST_STORE_URI");
	struct room *r = room_new();

	if (server != NULL)
		room_move(r, server);
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

#define IN_ROOM(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

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
