/* What the driver reports, as a status; and which failures pass by waiting. */
#include <string.h>

#include "store/mongo.h"

/* Codes of the server (mongo/base/error_codes.yml). */
enum {
	UNAUTHORIZED = 13,
	AUTHENTICATION_FAILED = 18,
	WRITE_CONCERN_FAILED = 64,
	OUT_OF_DISK_SPACE = 14031,
	NO_SUITABLE_SERVER = 13053
};

/* A member went away, or is not the primary any more. */
static const uint32_t PASSING[] = { 6, 7, 64, 89, 91, 112, 189, 262, 9001,
	10107, 11600, 11602, 13435, 13436 };

static bool
is_passing(uint32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(PASSING) / sizeof(PASSING[0]); i++)
		if (PASSING[i] == code)
			return true;
	return false;
}

static bool
is_of_server(const bson_error_t *e)
{
	return e->domain == MONGOC_ERROR_SERVER ||
	    e->domain == MONGOC_ERROR_WRITE_CONCERN ||
	    e->domain == MONGOC_ERROR_COLLECTION ||
	    e->domain == MONGOC_ERROR_QUERY;
}

static bool
is_of_network(const bson_error_t *e)
{
	return e->domain == MONGOC_ERROR_STREAM ||
	    e->domain == MONGOC_ERROR_SERVER_SELECTION ||
	    (e->domain == MONGOC_ERROR_CLIENT &&
		e->code == MONGOC_ERROR_STREAM_SOCKET);
}

static bool
is_refusal(const bson_error_t *e)
{
	return (e->domain == MONGOC_ERROR_CLIENT &&
		   e->code == MONGOC_ERROR_CLIENT_AUTHENTICATE) ||
	    (is_of_server(e) &&
		(e->code == UNAUTHORIZED || e->code == AUTHENTICATION_FAILED));
}

static enum status
status_of(const bson_error_t *e)
{
	if (is_refusal(e))
		return NOT_ALLOWED;
	if (is_of_network(e))
		return TRY_LATER;
	if (e->domain == MONGOC_ERROR_PROTOCOL) /* a server too old */
		return BAD_CONFIG;
	if (is_of_server(e) && is_passing(e->code))
		return TRY_LATER;
	return OUTPUT_FAILED;
}

enum status
mongo_fault(struct mongo_store *s, const bson_error_t *e, const char *doing,
    struct error *err)
{
	enum status status = status_of(e);

	if (status == NOT_ALLOWED)
		return fail(err, status,
		    "%.200s: can't %s: user or password refused, or no right "
		    "to (code %u)",
		    s->place, doing, e->code);
	if (is_of_server(e))
		return fail(err, status,
		    "%.200s: can't %s: %s (code %u of the server)", s->place,
		    doing,
		    e->code == OUT_OF_DISK_SPACE ? "its disk is full"
			: status == TRY_LATER	 ? "it can't just now"
						 : "it refuses to",
		    e->code);
	/* Hosts and reasons, as the network gave them. */
	return fail(err, status, "%.200s: can't %s: %.200s", s->place, doing,
	    e->message);
}

enum status
mongo_strange(struct mongo_store *s, const char *collection, struct error *err)
{
	return fail(err, BAD_CONFIG,
	    "%.200s: collection %s holds a document that this program didn't "
	    "write",
	    s->place, collection);
}

/* --------------------------------------------------------------- patience */

/* A server that restarts, or an election, is over by then. */
enum { PATIENCE_MS = 30000, FIRST_PAUSE_MS = 50, LONGEST_PAUSE_MS = 2000 };

static bool
passes(const bson_error_t *e, const bson_t *reply)
{
	if (is_refusal(e))
		return false;
	if (is_of_network(e) || (is_of_server(e) && is_passing(e->code)))
		return true;
	return reply != NULL &&
	    mongoc_error_has_label(reply, "RetryableWriteError");
}

bool
mongo_again(struct mongo_store *s, struct mongo_patience *p,
    const bson_error_t *e, const bson_t *reply)
{
	int64_t now = clock_monotonic_ms();

	if (p->until == 0) {
		p->until = now + PATIENCE_MS;
		p->pause_ms = FIRST_PAUSE_MS;
	}
	/* One that was never there is told at once: selecting it has waited as
	 * long as the URI says. */
	if (!s->reached || !passes(e, reply) || now >= p->until || *s->stop)
		return false;
	clock_sleep_ms(p->pause_ms);
	if ((p->pause_ms *= 2) > LONGEST_PAUSE_MS)
		p->pause_ms = LONGEST_PAUSE_MS;
	return !*s->stop;
}
