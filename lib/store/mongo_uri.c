/* Where the database is, and what the driver is to do that nobody asked for. */
#include <stdlib.h>
#include <string.h>

#include "store/mongo.h"

/* What a URI leaves open. A job rides out an election; a dead peer is noticed
 * in a minute, not in five. */
static const struct {
	const char *option;
	int32_t value;
} NUMBERS[] = {
	{ MONGOC_URI_CONNECTTIMEOUTMS, 5000 },
	{ MONGOC_URI_SOCKETTIMEOUTMS, 60000 },
	{ MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 15000 },
};

static void
fill_in(mongoc_uri_t *uri)
{
	size_t i;

	for (i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
		if (!mongoc_uri_has_option(uri, NUMBERS[i].option))
			mongoc_uri_set_option_as_int32(
			    uri, NUMBERS[i].option, NUMBERS[i].value);
	if (!mongoc_uri_has_option(uri, MONGOC_URI_SERVERSELECTIONTRYONCE))
		mongoc_uri_set_option_as_bool(
		    uri, MONGOC_URI_SERVERSELECTIONTRYONCE, false);
}

/* An option that the driver doesn't know is only worth a warning to it; here it
 * may be the one that money hangs on. */
static void
note_warning(mongoc_log_level_t level, const char *domain, const char *message,
    void *ctx)
{
	bool *warned = ctx;

	(void)domain;
	(void)message; /* may hold the URI */
	if (level <= MONGOC_LOG_LEVEL_WARNING)
		*warned = true;
}

static enum status
parse(const char *text, mongoc_uri_t **out, struct error *err)
{
	bson_error_t e;
	bool warned = false;

	mongoc_log_set_handler(note_warning, &warned);
	*out = mongoc_uri_new_with_error(text, &e);
	/* Silent from here on: stderr is the commands'. */
	mongoc_log_set_handler(NULL, NULL);
	if (*out == NULL) /* e.message may quote the URI, and so a password */
		return fail(err, BAD_CONFIG,
		    "the URI of MongoDB is not one that the driver "
		    "understands");
	if (warned)
		return fail(err, BAD_CONFIG,
		    "the URI of MongoDB has an option that the driver doesn't "
		    "know, or one that is out of date");
	return DONE;
}

static enum status
find_database(mongoc_uri_t *uri, struct error *err)
{
	const char *named = mongoc_uri_get_database(uri);
	const char *fallback = getenv("MONGODB_DATABASE");

	if (named != NULL && named[0] != '\0')
		return DONE;
	if (fallback == NULL || fallback[0] == '\0')
		return fail(err, BAD_CONFIG,
		    "the URI of MongoDB names no database: "
		    "mongodb://HOST/DATABASE, or set MONGODB_DATABASE");
	if (!mongoc_uri_set_database(uri, fallback))
		return fail(err, BAD_CONFIG,
		    "MONGODB_DATABASE is no name of a database");
	return DONE;
}

/* mongodb:HOST:PORT,HOST:PORT/DATABASE */
static char *
describe(const mongoc_uri_t *uri)
{
	const mongoc_host_list_t *host = mongoc_uri_get_hosts(uri);
	struct buf b = BUF_INIT;
	char *text;

	buf_add_str(&b, "mongodb:");
	for (; host != NULL; host = host->next) {
		buf_add_str(&b, host->host_and_port);
		if (host->next != NULL)
			buf_add_byte(&b, ',');
	}
	buf_printf(&b, "/%s", mongoc_uri_get_database(uri));
	text = mem_text(buf_text(&b));
	buf_clear(&b);
	return text;
}

enum status
mongo_uri_read(
    const char *text, mongoc_uri_t **out, char **place, struct error *err)
{
	enum status status;

	*place = NULL;
	if ((status = parse(text, out, err)) != DONE ||
	    (status = find_database(*out, err)) != DONE) {
		mongoc_uri_destroy(*out);
		*out = NULL;
		return status;
	}
	fill_in(*out);
	*place = describe(*out);
	return DONE;
}
