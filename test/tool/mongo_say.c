/*
 * mongo_say URI DATABASE: sends commands to a MongoDB server by the driver, one
 * a line as extended JSON from stdin, and writes each answer as a line:
 * {"ok":…} as it came, or {"domain":…,"code":…,"retryable":…,"reply":{…}} when
 * the driver calls it an error. Writes get the driver's retries, everything
 * else is sent as it is. What the tests of the servers and of the stub look
 * with.
 */
#include <err.h>
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_json(const bson_t *doc)
{
	char *text = bson_as_relaxed_extended_json(doc, NULL);

	fputs(text != NULL ? text : "null", stdout);
	bson_free(text);
}

static void
print_error(const bson_error_t *e, const bson_t *reply)
{
	printf("{\"domain\":%u,\"code\":%u,\"retryable\":%s,\"reply\":",
	    (unsigned)e->domain, (unsigned)e->code,
	    mongoc_error_has_label(reply, "RetryableWriteError") ? "true"
								 : "false");
	print_json(reply);
	puts("}");
}

/* Ends the line of an answer. */
static void
print_answer(bool done, const bson_t *reply, const bson_error_t *e)
{
	if (done) {
		print_json(reply);
		putchar('\n');
	} else {
		print_error(e, reply);
	}
	fflush(stdout);
}

static void
add_operation(mongoc_bulk_operation_t *bulk, const bson_iter_t *one)
{
	bson_t op, filter, update, opts = BSON_INITIALIZER;
	bson_iter_t it;
	const uint8_t *data;
	uint32_t size;
	bson_error_t e;

	bson_iter_document(one, &size, &data);
	bson_init_static(&op, data, size);
	if (bson_iter_init_find(&it, &op, "q")) {
		bson_iter_document(&it, &size, &data);
		bson_init_static(&filter, data, size);
		if (!bson_iter_init_find(&it, &op, "u"))
			errx(65, "an operation without u");
		bson_iter_document(&it, &size, &data);
		bson_init_static(&update, data, size);
		BSON_APPEND_BOOL(&opts, "upsert", true);
		if (!mongoc_bulk_operation_update_one_with_opts(
			bulk, &filter, &update, &opts, &e))
			errx(65, "%s", e.message);
	} else if (!mongoc_bulk_operation_insert_with_opts(
		       bulk, &op, NULL, &e)) {
		errx(65, "%s", e.message);
	}
	bson_destroy(&opts);
}

/* {"bulk": COLLECTION, "ops": [document or {q, u}, ...]} */
static void
say_bulk(mongoc_client_t *client, const char *database, const bson_t *command,
    const char *collection_name)
{
	bson_t reply, opts = BSON_INITIALIZER;
	bson_error_t e = { 0 };
	bson_iter_t it, one;
	mongoc_collection_t *collection =
	    mongoc_client_get_collection(client, database, collection_name);

	BSON_APPEND_BOOL(&opts, "ordered", false);
	mongoc_bulk_operation_t *bulk =
	    mongoc_collection_create_bulk_operation_with_opts(
		collection, &opts);
	if (bson_iter_init_find(&it, command, "ops") &&
	    bson_iter_recurse(&it, &one))
		while (bson_iter_next(&one))
			add_operation(bulk, &one);
	bool done = mongoc_bulk_operation_execute(bulk, &reply, &e) != 0;
	print_answer(done, &reply, &e);
	bson_destroy(&reply);
	bson_destroy(&opts);
	mongoc_bulk_operation_destroy(bulk);
	mongoc_collection_destroy(collection);
}

static void
say(mongoc_client_t *client, const char *database, const bson_t *command)
{
	bson_t reply;
	bson_error_t e = { 0 };
	bson_iter_t it;

	if (bson_iter_init_find(&it, command, "bulk")) {
		say_bulk(client, database, command, bson_iter_utf8(&it, NULL));
		return;
	}
	bool done = mongoc_client_command_simple(
	    client, database, command, NULL, &reply, &e);
	print_answer(done, &reply, &e);
	bson_destroy(&reply);
}

static void
say_line(mongoc_client_t *client, const char *database, const char *line)
{
	bson_error_t e;
	bson_t *command = bson_new_from_json((const uint8_t *)line, -1, &e);

	if (command == NULL)
		errx(65, "%s: %s", line, e.message);
	say(client, database, command);
	bson_destroy(command);
}

int
main(int argc, char **argv)
{
	bson_error_t e;
	char *line = NULL;
	size_t room = 0;

	if (argc != 3)
		errx(64, "usage: mongo_say URI DATABASE");
	mongoc_init();
	mongoc_log_set_handler(NULL, NULL);
	mongoc_uri_t *uri = mongoc_uri_new_with_error(argv[1], &e);
	if (uri == NULL)
		errx(78, "%s", e.message);
	mongoc_client_t *client = mongoc_client_new_from_uri(uri);
	mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
	while (getline(&line, &room, stdin) > 0)
		say_line(client, argv[2], line);
	free(line);
	mongoc_client_destroy(client);
	mongoc_uri_destroy(uri);
	mongoc_cleanup();
	return 0;
}
