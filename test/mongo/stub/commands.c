/* Which command is answered how; writes.c and cursors.c have the larger ones.
 */
#include <string.h>
#include <time.h>

#include "mongo/stub/stub.h"

void
elements_of(struct elements *e, const bson_t *doc, const char *name)
{
	bson_iter_t it;

	e->any = bson_iter_init_find(&it, doc, name) &&
	    BSON_ITER_HOLDS_ARRAY(&it) && bson_iter_recurse(&it, &e->it);
}

bool
elements_next(struct elements *e, bson_t *out)
{
	const uint8_t *data;
	uint32_t size;

	if (!e->any || !bson_iter_next(&e->it) ||
	    !BSON_ITER_HOLDS_DOCUMENT(&e->it))
		return false;
	bson_iter_document(&e->it, &size, &data);
	return bson_init_static(out, data, size);
}

void
member_document(const bson_t *doc, const char *name, bson_t *out)
{
	static const uint8_t empty[] = { 5, 0, 0, 0, 0 };
	const uint8_t *data = empty;
	uint32_t size = sizeof(empty);
	bson_iter_t it;

	if (bson_iter_init_find(&it, doc, name) &&
	    BSON_ITER_HOLDS_DOCUMENT(&it))
		bson_iter_document(&it, &size, &data);
	if (!bson_init_static(out, data, size))
		bson_init_static(out, empty, sizeof(empty));
}

int64_t
member_number(const bson_t *doc, const char *name, int64_t otherwise)
{
	bson_iter_t it;

	return bson_iter_init_find(&it, doc, name) ? bson_iter_as_int64(&it)
						   : otherwise;
}

void
reply_error(bson_t *reply, int code, const char *name, bool retryable)
{
	bson_t labels;

	bson_reinit(reply);
	BSON_APPEND_DOUBLE(reply, "ok", 0);
	BSON_APPEND_UTF8(reply, "errmsg", name);
	BSON_APPEND_INT32(reply, "code", code);
	BSON_APPEND_UTF8(reply, "codeName", name);
	if (retryable) {
		BSON_APPEND_ARRAY_BEGIN(reply, "errorLabels", &labels);
		BSON_APPEND_UTF8(&labels, "0", "RetryableWriteError");
		bson_append_array_end(reply, &labels);
	}
}

static void
run_hello(struct command *c)
{
	char address[32];
	bson_t hosts;

	snprintf(address, sizeof(address), "127.0.0.1:%d", stub.port);
	BSON_APPEND_BOOL(c->reply, "helloOk", true);
	BSON_APPEND_BOOL(c->reply, "ismaster", true);
	BSON_APPEND_BOOL(c->reply, "isWritablePrimary", true);
	if (!stub.standalone) {
		BSON_APPEND_UTF8(c->reply, "setName", "rs0");
		BSON_APPEND_BOOL(c->reply, "secondary", false);
		BSON_APPEND_UTF8(c->reply, "me", address);
		BSON_APPEND_UTF8(c->reply, "primary", address);
		BSON_APPEND_ARRAY_BEGIN(c->reply, "hosts", &hosts);
		BSON_APPEND_UTF8(&hosts, "0", address);
		bson_append_array_end(c->reply, &hosts);
		BSON_APPEND_INT32(c->reply, "logicalSessionTimeoutMinutes", 30);
	}
	BSON_APPEND_INT32(c->reply, "maxBsonObjectSize", 16777216);
	BSON_APPEND_INT32(c->reply, "maxMessageSizeBytes", 48000000);
	BSON_APPEND_INT32(c->reply, "maxWriteBatchSize", 100000);
	BSON_APPEND_INT32(c->reply, "minWireVersion", 0);
	BSON_APPEND_INT32(c->reply, "maxWireVersion", 13);
	BSON_APPEND_DATE_TIME(
	    c->reply, "localTime", (int64_t)time(NULL) * 1000);
}

static void
run_nothing(struct command *c)
{
	(void)c;
}

static void
run_count(struct command *c)
{
	struct collection *all = collection_of(c->database, c->collection);
	int32_t count = 0;
	bson_t filter;

	member_document(c->doc, "query", &filter);
	for (size_t i = 0; (i = collection_find(all, &filter, i)) < all->count;
	     i++)
		count++;
	BSON_APPEND_INT32(c->reply, "n", count);
}

/* The one pipeline that the driver makes by itself: $match, and how many. */
static void
run_aggregate(struct command *c)
{
	struct collection *all = collection_of(c->database, c->collection);
	struct elements stages;
	int32_t count = 0;
	bson_t stage, filter, cursor, batch, row;

	elements_of(&stages, c->doc, "pipeline");
	if (!elements_next(&stages, &stage) ||
	    !bson_has_field(&stage, "$match")) {
		reply_error(c->reply, CODE_BAD_VALUE, "BadValue", false);
		return;
	}
	member_document(&stage, "$match", &filter);
	for (size_t i = 0; (i = collection_find(all, &filter, i)) < all->count;
	     i++)
		count++;
	BSON_APPEND_DOCUMENT_BEGIN(c->reply, "cursor", &cursor);
	BSON_APPEND_INT64(&cursor, "id", 0);
	BSON_APPEND_UTF8(&cursor, "ns", all->name);
	BSON_APPEND_ARRAY_BEGIN(&cursor, "firstBatch", &batch);
	if (count > 0) {
		BSON_APPEND_DOCUMENT_BEGIN(&batch, "0", &row);
		BSON_APPEND_INT32(&row, "_id", 1);
		BSON_APPEND_INT32(&row, "n", count);
		bson_append_document_end(&batch, &row);
	}
	bson_append_array_end(&cursor, &batch);
	bson_append_document_end(c->reply, &cursor);
}

static bool
has_unique(const struct collection *c, const bson_t *key)
{
	for (size_t u = 0; u < c->unique_count; u++)
		if (bson_equal(c->unique[u], key))
			return true;
	return false;
}

static void
run_create_indexes(struct command *c)
{
	struct collection *all = collection_of(c->database, c->collection);
	struct elements indexes;
	bson_t index, key;
	bson_iter_t it;

	elements_of(&indexes, c->doc, "indexes");
	while (elements_next(&indexes, &index)) {
		member_document(&index, "key", &key);
		if (!bson_iter_init_find(&it, &index, "unique") ||
		    !bson_iter_as_bool(&it) || has_unique(all, &key))
			continue;
		if (all->unique_count ==
		    sizeof(all->unique) / sizeof(*all->unique)) {
			reply_error(
			    c->reply, CODE_BAD_VALUE, "BadValue", false);
			return;
		}
		all->unique[all->unique_count++] = bson_copy(&key);
	}
}

static const struct {
	const char *name;
	void (*run)(struct command *c);
} COMMANDS[] = {
	{ "hello", run_hello },
	{ "isMaster", run_hello },
	{ "ismaster", run_hello },
	{ "ping", run_nothing },
	{ "endSessions", run_nothing },
	{ "killCursors", command_kill_cursors },
	{ "insert", command_write },
	{ "update", command_write },
	{ "delete", command_write },
	{ "findAndModify", command_modify },
	{ "find", command_find },
	{ "getMore", command_more },
	{ "count", run_count },
	{ "aggregate", run_aggregate },
	{ "createIndexes", run_create_indexes },
};

void
command_run(struct command *c)
{
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(*COMMANDS); i++) {
		if (strcmp(COMMANDS[i].name, c->name) != 0)
			continue;
		COMMANDS[i].run(c);
		if (!bson_has_field(c->reply, "ok"))
			BSON_APPEND_DOUBLE(c->reply, "ok", 1);
		return;
	}
	reply_error(c->reply, CODE_UNKNOWN, "CommandNotFound", false);
}
