/* What keeps the documents of the earlier functions from being taken over. */
#include "store/mongo.h"

/* But for that of _id, which is ours. */
static enum status
check_index(struct mongo_store *s, enum mongo_place where, const bson_t *index,
    struct error *err)
{
	struct text name = mongo_text(index, "name");

	if (!mongo_flag(index, "unique") || text_is(name, "_id_"))
		return DONE;
	return fail(err, BAD_CONFIG,
	    "%.200s: index %.*s of %s is unique, and would refuse what is "
	    "written there: drop it first",
	    s->place, name.len < 100 ? (int)name.len : 100, name.at,
	    MONGO_NAMES[where]);
}

static enum status
check_indexes(struct mongo_store *s, enum mongo_place where, struct error *err)
{
	mongoc_cursor_t *cursor = mongoc_collection_find_indexes_with_opts(
	    s->collections[where], NULL);
	enum status status = DONE;
	const bson_t *index;
	bson_error_t e;

	while (status == DONE && mongoc_cursor_next(cursor, &index))
		status = check_index(s, where, index, err);
	if (status == DONE && mongoc_cursor_error(cursor, &e))
		status = mongo_fault(s, &e, "read", err);
	mongoc_cursor_destroy(cursor);
	return status;
}

/* Which bills have one of them can't be told for certain. */
static enum status
check_contracts(struct mongo_store *s, struct error *err)
{
	bool found;
	enum status status = mongo_has_earlier(s, MONGO_CONTRATOS, &found, err);

	if (status != DONE || !found)
		return status;
	return fail(err, BAD_CONFIG,
	    "%.200s: contratos holds documents of the earlier functions: set "
	    "nCodCtr in the consolidacoes that they billed, and move them away",
	    s->place);
}

enum status
mongo_check_earlier(
    struct mongo_store *s, enum mongo_place where, struct error *err)
{
	enum status status = check_indexes(s, where, err);

	if (status != DONE || where != MONGO_CONSOLIDACOES)
		return status;
	status = check_indexes(s, MONGO_CONTRATOS, err);
	return status == DONE ? check_contracts(s, err) : status;
}
