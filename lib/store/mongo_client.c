/*
 * One client for all that a run opens of a database, its store and what hosts
 * share: greeting, credentials and TLS once. A run asks one thing at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "store/mongo.h"

/* How long a majority may take; then the outcome is unclear, and asked again.
 */
enum { MAJORITY_MS = 10000 };

struct link {
	struct link *next;
	char *text; /* of the URI */
	mongoc_client_t *client;
	int users;
};

static struct link *links;

/* What is acknowledged outlives the loss of a host, whatever the URI says; and
 * what decides is read where it was written. */
static void
insist(mongoc_client_t *client)
{
	mongoc_read_prefs_t *primary =
	    mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
	mongoc_write_concern_t *majority = mongoc_write_concern_new();

	mongoc_write_concern_set_wmajority(majority, MAJORITY_MS);
	mongoc_write_concern_set_journal(majority, true);
	mongoc_client_set_write_concern(client, majority);
	mongoc_client_set_read_prefs(client, primary);
	mongoc_write_concern_destroy(majority);
	mongoc_read_prefs_destroy(primary);
}

static struct link *
make_link(const char *text, const mongoc_uri_t *uri, bson_error_t *e)
{
	mongoc_client_t *client = mongoc_client_new_from_uri_with_error(uri, e);
	struct link *l;

	if (client == NULL)
		return NULL;
	mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
	mongoc_client_set_appname(client, "volum");
	insist(client);
	l = mem_zalloc(sizeof(*l));
	*l = (struct link){ links, mem_strdup(text), client, 0 };
	return links = l;
}

mongoc_client_t *
mongo_client_get(const char *text, const mongoc_uri_t *uri, bson_error_t *e)
{
	struct link *l = links;

	while (l != NULL && strcmp(l->text, text) != 0)
		l = l->next;
	if (l == NULL && (l = make_link(text, uri, e)) == NULL)
		return NULL;
	l->users++;
	return l->client;
}

void
mongo_client_put(mongoc_client_t *client)
{
	struct link **at = &links, *l;

	while ((l = *at) != NULL && l->client != client)
		at = &l->next;
	if (l == NULL || --l->users > 0)
		return;
	*at = l->next;
	mongoc_client_destroy(client);
	free(l->text);
	free(l);
}
