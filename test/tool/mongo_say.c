/*
 * mongo_say URI DATABASE: sends commands to a MongoDB server by the driver, one
 * a line as extended JSON from stdin, and writes each answer as a line:
 * {"ok":…} as it came, or {"domain":…,"code":…,"labels":[…],"reply":{…}} when
 * the driver calls it an error. Writes get the driver's retries, everything
 * else is sent as it is. What the tests of the servers and of the stub look
 * with.
 */
#include <err.h>
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Commands that the driver may send again. */
static bool
is_write(const char *name)
{
	static const char *const names[] = { "insert", "update", "delete",
		"findAndModify", NULL };

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static const char *
first_name(const bson_t *doc)
{
	bson_iter_t it;

	return bson_iter_init(&it, doc) && bson_iter_next(&it)
	    ? bson_iter_key(&it)
	    : "";
}

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

static void
say(mongoc_client_t *client, const char *database, const bson_t *command)
{
	bson_t reply;
	bson_error_t e = { 0 };
	bool done = is_write(first_name(command))
	    ? mongoc_client_write_command_with_opts(
		  client, database, command, NULL, &reply, &e)
	    : mongoc_client_command_simple(
		  client, database, command, NULL, &reply, &e);

	if (done) {
		print_json(&reply);
		putchar('\n');
	} else {
		print_error(&e, &reply);
	}
	fflush(stdout);
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
