/* Messages: OP_MSG, and the old OP_QUERY that a driver says hello with. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mongo/stub/stub.h"

enum {
	OP_REPLY = 1,
	OP_QUERY = 2004,
	OP_MSG = 2013,
	HEADER = 16,
	MOST = 48000000 + 16384,
	CHECKSUM_PRESENT = 1,
	MORE_TO_COME = 2
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static bool
read_all(int fd, void *into, size_t size)
{
	for (uint8_t *at = into; size > 0;) {
		ssize_t got = read(fd, at, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

static bool
write_all(int fd, const uint8_t *at, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		size -= (size_t)put;
	}
	return true;
}

static uint32_t
number_at(const uint8_t *at)
{
	uint32_t n;

	memcpy(&n, at, sizeof(n));
	return BSON_UINT32_FROM_LE(n);
}

static void
put_number(uint8_t *at, uint32_t n)
{
	n = BSON_UINT32_TO_LE(n);
	memcpy(at, &n, sizeof(n));
}

/* A section of documents, as the array that it stands for. */
static bool
add_sequence(bson_t *doc, const uint8_t *at, size_t size)
{
	const char *name = (const char *)at, *index;
	size_t name_size = strnlen(name, size) + 1;
	uint32_t count = 0;
	char room[16];
	bson_t list, one;

	if (name_size > size)
		return false;
	BSON_APPEND_ARRAY_BEGIN(doc, name, &list);
	for (at += name_size, size -= name_size; size >= 5;) {
		uint32_t length = number_at(at);

		if (length > size || !bson_init_static(&one, at, length))
			break;
		bson_uint32_to_string(count++, &index, room, sizeof(room));
		BSON_APPEND_DOCUMENT(&list, index, &one);
		at += length;
		size -= length;
	}
	bson_append_array_end(doc, &list);
	return size == 0;
}

static bool
add_body(bson_t *doc, const uint8_t *at, size_t size)
{
	bson_t one;

	return bson_init_static(&one, at, size) && bson_concat(doc, &one);
}

/* All sections of an OP_MSG as one document. The body comes first, as the
 * driver sends it. */
static bool
read_sections(bson_t *doc, const uint8_t *at, size_t size)
{
	while (size >= 5) {
		bool sequence = at[0] == 1;
		uint32_t length = number_at(at + 1);

		if (length < 4 || length > size - 1)
			return false;
		if (!(sequence ? add_sequence(doc, at + 5, length - 4)
			       : add_body(doc, at + 1, length)))
			return false;
		at += 1 + length;
		size -= 1 + length;
	}
	return size == 0;
}

static bool
read_query(bson_t *doc, const uint8_t *at, size_t size)
{
	size_t name = size > 4 ? strnlen((const char *)at + 4, size - 4) : 0,
	       skip = 4 + name + 1 + 8;

	return size > skip + 5 && add_body(doc, at + skip, size - skip);
}

static bool
send_reply(int fd, uint32_t opcode, uint32_t to, const bson_t *reply)
{
	size_t before = opcode == OP_MSG ? HEADER + 5 : HEADER + 20,
	       size = before + reply->len;
	uint8_t *out = bson_malloc0(size);

	put_number(out, (uint32_t)size);
	put_number(out + 8, to);
	put_number(out + 12, opcode == OP_MSG ? OP_MSG : OP_REPLY);
	if (opcode != OP_MSG) {
		put_number(out + HEADER, 8);
		put_number(out + HEADER + 16, 1);
	}
	memcpy(out + before, bson_get_data(reply), reply->len);
	bool sent = write_all(fd, out, size);
	bson_free(out);
	return sent;
}

static const char *
member_text(const bson_t *doc, const char *name)
{
	bson_iter_t it;

	return bson_iter_init_find(&it, doc, name) && BSON_ITER_HOLDS_UTF8(&it)
	    ? bson_iter_utf8(&it, NULL)
	    : "";
}

static void
log_command(const struct command *c, bool again, enum fault fault)
{
	static const char *const lists[] = { "documents", "updates",
		"deletes" };
	struct elements list;
	bson_t one, line = BSON_INITIALIZER;
	int32_t count = 0;

	for (int i = 0; i < 3; i++) {
		elements_of(&list, c->doc, lists[i]);
		while (elements_next(&list, &one))
			count++;
	}
	BSON_APPEND_UTF8(&line, "command", c->name);
	BSON_APPEND_UTF8(&line, "database", c->database);
	BSON_APPEND_UTF8(&line, "collection", c->collection);
	BSON_APPEND_INT32(&line, "count", count);
	int64_t number = member_number(c->doc, "txnNumber", -1);
	if (number >= 0)
		BSON_APPEND_INT64(&line, "txnNumber", number);
	if (again)
		BSON_APPEND_BOOL(&line, "again", true);
	if (fault != FAULT_NONE)
		BSON_APPEND_UTF8(&line, "fault", fault_name(fault));
	char *text = bson_as_relaxed_extended_json(&line, NULL);
	fprintf(stub.log, "%s\n", text);
	fflush(stub.log);
	bson_free(text);
	bson_destroy(&line);
}

/* True: the fault answers in place of the command. */
static bool
answered_by(enum fault fault, bson_t *reply)
{
	switch (fault) {
	case FAULT_NOT_PRIMARY:
		reply_error(
		    reply, CODE_NOT_PRIMARY, "NotWritablePrimary", true);
		return true;
	case FAULT_AUTH_FAILED:
		reply_error(
		    reply, CODE_AUTH_FAILED, "AuthenticationFailed", false);
		return true;
	case FAULT_UNAUTHORISED:
		reply_error(reply, CODE_UNAUTHORISED, "Unauthorized", false);
		return true;
	case FAULT_FULL_DISK:
		reply_error(reply, CODE_DISK_FULL, "OutOfDiskSpace", false);
		return true;
	default:
		return false;
	}
}

static void
add_write_concern_error(bson_t *reply)
{
	bson_t error, info;

	BSON_APPEND_DOCUMENT_BEGIN(reply, "writeConcernError", &error);
	BSON_APPEND_INT32(&error, "code", CODE_WRITE_CONCERN);
	BSON_APPEND_UTF8(&error, "codeName", "WriteConcernFailed");
	BSON_APPEND_UTF8(&error, "errmsg", "waiting for replication timed out");
	BSON_APPEND_DOCUMENT_BEGIN(&error, "errInfo", &info);
	BSON_APPEND_BOOL(&info, "wtimeout", true);
	bson_append_document_end(&error, &info);
	bson_append_document_end(reply, &error);
}

/* Under the lock; what is left to happen to the answer is returned. */
static enum fault
answer(const bson_t *doc, bson_t *reply)
{
	bson_iter_t first;
	struct command c = { .doc = doc, .reply = reply, .duplicate = -1 };

	if (!bson_iter_init(&first, doc) || !bson_iter_next(&first)) {
		reply_error(reply, CODE_BAD_VALUE, "BadValue", false);
		return FAULT_NONE;
	}
	c.name = bson_iter_key(&first);
	c.collection =
	    BSON_ITER_HOLDS_UTF8(&first) ? bson_iter_utf8(&first, NULL) : "";
	c.database = member_text(doc, "$db");
	enum fault fault = fault_next(c.name);
	const bson_t *before = session_answer(doc);
	if (stub.log != NULL)
		log_command(&c, before != NULL, fault);
	if (fault == FAULT_HANGUP_BEFORE || answered_by(fault, reply))
		return fault;
	if (before != NULL) {
		bson_reinit(reply);
		bson_concat(reply, before);
		return fault;
	}
	c.duplicate = fault == FAULT_DUPLICATE ? 0 : -1;
	command_run(&c);
	session_keep(doc, reply);
	if (fault == FAULT_WRITE_CONCERN)
		add_write_concern_error(reply);
	return fault;
}

static void
wait_ms(int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

/* One message; false: the connection ends. */
static bool
serve_message(
    int fd, uint32_t opcode, uint32_t id, const uint8_t *at, size_t size)
{
	bson_t doc = BSON_INITIALIZER, reply = BSON_INITIALIZER;
	uint32_t flags = size >= 4 ? number_at(at) : 0;
	size_t around = (flags & CHECKSUM_PRESENT) != 0 ? 8 : 4;
	bool good = opcode == OP_MSG
	    ? size >= around && read_sections(&doc, at + 4, size - around)
	    : read_query(&doc, at, size);

	if (good) {
		pthread_mutex_lock(&turn);
		enum fault fault = answer(&doc, &reply);
		pthread_mutex_unlock(&turn);
		if (fault == FAULT_TIMEOUT_AFTER)
			wait_ms(stub.hang_ms);
		good = fault != FAULT_HANGUP_BEFORE &&
		    fault != FAULT_HANGUP_AFTER && fault != FAULT_TIMEOUT_AFTER;
		if (good && (opcode != OP_MSG || (flags & MORE_TO_COME) == 0))
			good = send_reply(fd, opcode, id, &reply);
	}
	bson_destroy(&reply);
	bson_destroy(&doc);
	return good;
}

void
wire_serve(int fd)
{
	uint8_t header[HEADER];
	bool good = true;

	while (good && read_all(fd, header, sizeof(header))) {
		uint32_t size = number_at(header),
			 opcode = number_at(header + 12);

		if (size < HEADER || size > MOST ||
		    (opcode != OP_MSG && opcode != OP_QUERY))
			return;
		size -= HEADER;
		uint8_t *body = bson_malloc(size + 1);
		good = read_all(fd, body, size) &&
		    serve_message(
			fd, opcode, number_at(header + 4), body, size);
		bson_free(body);
	}
}
