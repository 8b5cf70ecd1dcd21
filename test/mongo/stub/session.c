/* A retryable write that came before is answered, not done again. */
#include "mongo/stub/stub.h"

static struct done {
	struct done *next;
	bson_t *lsid, *reply;
	int64_t number;
} * all;

/* False: the command has no number, nobody will send it again. */
static bool
name_of(const bson_t *command, bson_t *lsid, int64_t *number)
{
	*number = member_number(command, "txnNumber", -1);
	member_document(command, "lsid", lsid);
	return *number >= 0 && !bson_empty(lsid);
}

const bson_t *
session_answer(const bson_t *command)
{
	bson_t lsid;
	int64_t number;

	if (!name_of(command, &lsid, &number))
		return NULL;
	for (struct done *d = all; d != NULL; d = d->next)
		if (d->number == number && bson_equal(d->lsid, &lsid))
			return d->reply;
	return NULL;
}

void
session_keep(const bson_t *command, const bson_t *reply)
{
	bson_t lsid;
	int64_t number;

	if (!name_of(command, &lsid, &number))
		return;
	struct done *d = bson_malloc0(sizeof(*d));
	d->lsid = bson_copy(&lsid);
	d->reply = bson_copy(reply);
	d->number = number;
	d->next = all;
	all = d;
}
