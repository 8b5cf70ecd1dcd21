/*
 * mongo-stub: a MongoDB server on loopback for tests, with faults on request.
 * It knows what our backend sends and answers anything else with code 59.
 */
#ifndef VOLUM_MONGO_STUB_H
#define VOLUM_MONGO_STUB_H

#include <bson/bson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	CODE_BAD_VALUE = 2,
	CODE_UNAUTHORISED = 13,
	CODE_AUTH_FAILED = 18,
	CODE_NO_CURSOR = 43,
	CODE_UNKNOWN = 59,
	CODE_WRITE_CONCERN = 64,
	CODE_NOT_PRIMARY = 10107,
	CODE_DUPLICATE = 11000,
	CODE_DISK_FULL = 14031
};

/* ------------------------------------------------------------- values.c */

/* Below, at or above 0; values of other kinds follow one another by kind, and
 * NULL (a member that isn't there) is null. */
int value_compare(const bson_iter_t *a, const bson_iter_t *b);
bool value_same_kind(const bson_iter_t *a, const bson_iter_t *b);

/* ------------------------------------------------------------- filter.c */

bool filter_fits(const bson_t *filter, const bson_t *doc);

/* ------------------------------------------------------------- change.c */

/* What `update` makes of `before` (NULL: an upsert by `filter`), to be
 * destroyed by the caller; NULL: an operator that the stub doesn't know. */
bson_t *
change_apply(const bson_t *before, const bson_t *filter, const bson_t *update);

/* -------------------------------------------------------- collections.c */

struct collection {
	struct collection *next;
	char *name; /* DATABASE.COLLECTION */
	bson_t **docs;
	size_t count, room;
	bson_t *unique[8]; /* key patterns besides _id */
	size_t unique_count;
};

/* Made when it isn't there; lives as long as the program. */
struct collection *collection_of(const char *database, const char *name);
/* Both take `doc` over; false, and it is destroyed: a unique key is taken. */
bool collection_add(struct collection *c, bson_t *doc);
bool collection_replace(struct collection *c, size_t at, bson_t *doc);
void collection_remove(struct collection *c, size_t at);
/* The first from `from` that fits, or `count`. */
size_t
collection_find(const struct collection *c, const bson_t *filter, size_t from);

/* ----------------------------------------------------------- commands.c */

/* One command as it came; `doc` holds the sections of its message too. */
struct command {
	const bson_t *doc;
	const char *name, *database, *collection;
	bson_t *reply; /* to be filled */
	int duplicate; /* this element of it is refused with 11000, -1: none */
};

/* Carries it out and fills the reply. */
void command_run(struct command *c);
void reply_error(bson_t *reply, int code, const char *name, bool retryable);
void command_write(struct command *c); /* writes.c: insert, update, delete */
void command_modify(struct command *c);
void command_find(struct command *c); /* cursors.c */
void command_more(struct command *c);
void command_kill_cursors(struct command *c);
/* The documents of the array `name`, one after the other; NULL at the end. */
struct elements {
	bson_iter_t it;
	bool any;
};
void elements_of(struct elements *e, const bson_t *doc, const char *name);
bool elements_next(struct elements *e, bson_t *out);
/* A member as a document on the caller's stack; empty where there is none. */
void member_document(const bson_t *doc, const char *name, bson_t *out);
int64_t member_number(const bson_t *doc, const char *name, int64_t otherwise);

/* ------------------------------------------------------------- faults.c */

enum fault {
	FAULT_NONE,
	FAULT_HANGUP_BEFORE,
	FAULT_HANGUP_AFTER,
	FAULT_NOT_PRIMARY,
	FAULT_TIMEOUT_AFTER,
	FAULT_WRITE_CONCERN,
	FAULT_DUPLICATE,
	FAULT_AUTH_FAILED,
	FAULT_UNAUTHORISED,
	FAULT_FULL_DISK
};

/* NAME:N:FAULT (N `*`: each). False: it says something else. */
bool fault_add(const char *text);
/* Counts a command of that name, and gives what is to happen to it. */
enum fault fault_next(const char *name);
const char *fault_name(enum fault fault);

/* ------------------------------------------------------------ session.c */

/* The answer that the same (lsid, txnNumber) was given before; NULL: none. */
const bson_t *session_answer(const bson_t *command);
void session_keep(const bson_t *command, const bson_t *reply);

/* --------------------------------------------------------------- wire.c */

struct stub_options {
	bool standalone;
	int port;
	int64_t hang_ms; /* of timeout-after */
	FILE *log;
};
extern struct stub_options stub;

/* Serves one connection until it ends. */
void wire_serve(int fd);

#endif
