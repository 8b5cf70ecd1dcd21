/* MongoDB behind the store: opening and closing a database. */
#include "store/mongo.h"

#include <malloc.h>
#include <stdlib.h>

/* An answer of half a megabyte is held and let go with each batch: kept for the
 * next one, it is not cleared by the kernel anew each time. */
enum { KEPT_FREE = 4 << 20, MAPPED_ALONE = 2 << 20 };

void
mongo_close(struct store *base)
{
	struct mongo_store *s = mongo_of(base);
	int i;

	if (base == NULL)
		return;
	for (i = 0; i < MONGO_PLACES; i++)
		if (s->collections[i] != NULL)
			mongoc_collection_destroy(s->collections[i]);
	mongo_client_put(s->client);
	mongo_page_free(s->page);
	arena_clear(&s->texts);
	record_free(s->rec);
	buf_clear(&s->line);
	free(s->database);
	free(s->place);
	free(s);
}

/* Once a process: the driver can't begin anew after its cleanup, and several
 * stores of a run are open at a time, or one after the other. */
static void
begin_driver(void)
{
	static bool begun;

	if (begun)
		return;
	begun = true;
	mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
	mallopt(M_MMAP_THRESHOLD, MAPPED_ALONE);
	mongoc_init();
	atexit(mongoc_cleanup);
}

static enum status
connect_to(struct mongo_store *s, const char *text, struct error *err)
{
	mongoc_uri_t *uri;
	bson_error_t e;
	enum status status;
	int i;

	if ((status = mongo_uri_read(text, &uri, &s->place, err)) != DONE)
		return status;
	s->database = mem_strdup(mongoc_uri_get_database(uri));
	s->client = mongo_client_get(text, uri, &e);
	mongoc_uri_destroy(uri);
	if (s->client == NULL)
		return fail(err, BAD_CONFIG, "%.200s: can't be used: %.200s",
		    s->place, e.message);
	for (i = 0; i < MONGO_PLACES; i++)
		s->collections[i] = mongoc_client_get_collection(
		    s->client, s->database, MONGO_NAMES[i]);
	return mongo_identify(s, err);
}

enum status
mongo_reach(struct mongo_store **out, const char *uri, enum store_mode mode,
    const volatile sig_atomic_t *stop, struct error *err)
{
	struct mongo_store *s = mem_zalloc(sizeof(*s));
	enum status status;

	begin_driver();
	s->base.ops = &MONGO_OPS;
	s->base.mode = mode;
	s->stop = stop;
	s->rec = record_new();
	if ((status = connect_to(s, uri, err)) == DONE) {
		if (mode == STORE_MIGRATE)
			s->base.mode = STORE_WRITE;
		*out = s;
	} else {
		mongo_close(&s->base);
	}
	return status;
}

static enum status
open_module(struct store **out, const char *uri, enum store_mode mode,
    const volatile sig_atomic_t *stop, struct error *err)
{
	struct mongo_store *s;
	enum status status = mongo_reach(&s, uri, mode, stop, err);

	if (status == DONE)
		*out = &s->base;
	return status;
}

/* What module.c looks up by name. */
extern const struct store_module volum_store_module;
__attribute__((visibility("default")))
const struct store_module volum_store_module = {
	.interface = STORE_INTERFACE,
	.version = VERSION,
	.open = open_module,
	.share = mongo_share,
};

const struct store_ops MONGO_OPS = {
	.close = mongo_close,
	.begin = mongo_begin,
	.commit = mongo_commit,
	.rollback = mongo_rollback,
	.changed = mongo_changed,
	.expect = mongo_expect,
	.put_volumes = mongo_put_volumes,
	.put_company = mongo_put_company,
	.put_proposal = mongo_put_proposal,
	.put_consolidation = mongo_put_consolidation,
	.put_memo = mongo_put_memo,
	.put_contract = mongo_put_contract,
	.get_volumes = mongo_get_volumes,
	.get_company = mongo_get_company,
	.get_consolidation = mongo_get_consolidation,
	.get_memo = mongo_get_memo,
	.company_total = mongo_company_total,
	.get_contract = mongo_get_contract,
	.each_proposal = mongo_each_proposal,
	.each_version = mongo_each_version,
	.list = mongo_list,
	.count = mongo_count,
	.examine = mongo_examine,
	.ledger_look = mongo_ledger_look,
	.ledger_has_confirmed = mongo_ledger_has_confirmed,
	.ledger_each = mongo_ledger_each,
	.ledger_add = mongo_ledger_add,
	.sync_look = mongo_sync_look,
	.sync_put = mongo_sync_put,
	.sync_open_until = mongo_sync_open_until,
	.sync_each_conflict = mongo_sync_each_conflict,
	.sync_position = mongo_sync_position,
	.sync_move = mongo_sync_move,
	.registry_look = mongo_registry_look,
	.registry_put = mongo_registry_put,
	.earlier_page = mongo_earlier_page,
	.earlier_is_aside = mongo_earlier_is_aside,
	.earlier_put_aside = mongo_earlier_put_aside,
	.earlier_is_there = mongo_earlier_is_there,
	.earlier_take_away = mongo_earlier_take_away,
};
