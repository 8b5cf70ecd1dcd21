/* Whether a database is one of ours, and its indexes. */
#include <stdio.h>

#include "store/mongo.h"

enum { SCHEMA_VERSION = 1, OBJECT_ID = 7 };

/* Keys are the _id; these serve the order of listings and the questions of a
 * batch. */
static const struct {
	enum mongo_place where;
	const char *name;
	const char *members[4];
} INDEXES[] = {
	{ MONGO_VOLUMETRIA, "chave", { "competencia", "empresaId" } },
	{ MONGO_CONSOLIDACOES, "chave",
	    { "competencia", "empresaId", "numeroProposta" } },
	{ MONGO_CONTRATOS, "chave",
	    { "competencia", "empresaId", "numeroProposta" } },
	{ MONGO_EMPRESAS, "chave", { "empresaId" } },
	{ MONGO_PROPOSTAS, "chave",
	    { "empresaId", "numeroProposta", "inicio" } },
	{ MONGO_PROPOSTAS_ANTIGAS, "chave", { "empresaId", "numeroProposta" } },
	{ MONGO_LANCAMENTOS, "codigo", { "cCodIntCtr", "_id" } },
	{ MONGO_LANCAMENTOS, "conta", { "conta", "evento" } },
	{ MONGO_SINCRONIZACOES, "abertas", { "conta", "aberta" } },
	{ MONGO_SINCRONIZACOES, "conflitos", { "conta", "conflito" } },
};

static void
build_index(size_t i, bson_t *command)
{
	bson_t list, index, key;
	size_t m;

	mongo_add_text(
	    command, "createIndexes", text_of(MONGO_NAMES[INDEXES[i].where]));
	bson_append_array_begin(command, "indexes", -1, &list);
	bson_append_document_begin(&list, "0", -1, &index);
	bson_append_document_begin(&index, "key", -1, &key);
	for (m = 0; m < 4 && INDEXES[i].members[m] != NULL; m++)
		bson_append_int32(&key, INDEXES[i].members[m], -1, 1);
	bson_append_document_end(&index, &key);
	mongo_add_text(&index, "name", text_of(INDEXES[i].name));
	bson_append_document_end(&list, &index);
	bson_append_array_end(command, &list);
}

/* The same again does nothing. */
static enum status
make_index(struct mongo_store *s, size_t i, struct error *err)
{
	struct mongo_patience patience = { 0 };
	bson_t command = BSON_INITIALIZER, reply;
	bson_error_t e;
	bool well, again;

	build_index(i, &command);
	do {
		well = mongoc_client_write_command_with_opts(
		    s->client, s->database, &command, NULL, &reply, &e);
		again = !well && mongo_again(s, &patience, &e, &reply);
		bson_destroy(&reply);
	} while (again);
	bson_destroy(&command);
	return well ? DONE : mongo_fault(s, &e, "make an index", err);
}

static enum status
create(struct mongo_store *s, struct error *err)
{
	bson_t doc = BSON_INITIALIZER;
	bson_oid_t mark;
	bool taken;
	enum status status = DONE;
	size_t i;

	for (i = 0; status == DONE && i < sizeof(INDEXES) / sizeof(INDEXES[0]);
	     i++)
		status = make_index(s, i, err);
	if (status != DONE)
		return status;
	bson_oid_init(&mark, NULL);
	mongo_add_text(&doc, "_id", TEXT("volum"));
	mongo_add_number(&doc, "versao", SCHEMA_VERSION);
	bson_append_oid(&doc, "escrita", -1, &mark);
	/* Taken: another process was faster, and did the same. */
	status = mongo_insert(s, MONGO_ESQUEMA, &doc, &mark, &taken, err);
	bson_destroy(&doc);
	return status;
}

enum status
mongo_has_earlier(
    struct mongo_store *s, enum mongo_place where, bool *has, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, type, doc;
	enum status status;

	bson_append_document_begin(&filter, "_id", -1, &type);
	bson_append_int32(&type, "$type", -1, OBJECT_ID);
	bson_append_document_end(&filter, &type);
	status = mongo_find_one(s, where, &filter, NULL, &doc, has, err);
	bson_destroy(&doc);
	bson_destroy(&filter);
	return status;
}

/* A bill that was sent by the earlier functions would be sent again. */
static enum status
refuse_earlier(struct mongo_store *s, struct error *err)
{
	bool found;
	enum status status =
	    mongo_has_earlier(s, MONGO_CONSOLIDACOES, &found, err);

	if (status != DONE || !found)
		return status;
	return fail(err, BAD_CONFIG,
	    "%.200s: consolidacoes holds documents of the earlier functions, "
	    "which this program would bill again: take them over by "
	    "volum-store --migrate",
	    s->place);
}

static enum status
read_version(
    struct mongo_store *s, bool *found, int64_t *version, struct error *err)
{
	bson_t filter = BSON_INITIALIZER, doc;
	enum status status;

	mongo_add_text(&filter, "_id", TEXT("volum"));
	status =
	    mongo_find_one(s, MONGO_ESQUEMA, &filter, NULL, &doc, found, err);
	*version = mongo_number(&doc, "versao");
	bson_destroy(&doc);
	bson_destroy(&filter);
	return status;
}

enum status
mongo_identify(struct mongo_store *s, struct error *err)
{
	int64_t version;
	bool found;
	enum status status = read_version(s, &found, &version, err);

	if (status != DONE)
		return status;
	s->reached = true;
	if (found && version != SCHEMA_VERSION)
		return fail(err, BAD_CONFIG,
		    "%.200s: has schema version %lld, this program knows "
		    "version %d: install the newer one",
		    s->place, (long long)version, SCHEMA_VERSION);
	if (s->base.mode == STORE_READ)
		return DONE;
	if (!found && (status = create(s, err)) != DONE)
		return status;
	return s->base.mode == STORE_MIGRATE ? DONE : refuse_earlier(s, err);
}

/* ------------------------------------------------------------ examination */

/* Some that look like it hide the version: that is no failure. */
static void
name_server(struct mongo_store *s, struct store_health *out)
{
	bson_t command = BSON_INITIALIZER, reply;
	bson_error_t e;
	struct text version;

	bson_append_int32(&command, "buildInfo", -1, 1);
	mongoc_client_command_simple(
	    s->client, s->database, &command, NULL, &reply, &e);
	version = mongo_text(&reply, "version");
	snprintf(out->what, sizeof(out->what), "MongoDB %.*s, driver %s",
	    version.len > 0 ? (int)version.len : 1,
	    version.len > 0 ? version.at : "?", mongoc_get_version());
	bson_destroy(&reply);
	bson_destroy(&command);
}

static enum status
has_index(struct mongo_store *s, size_t i, bool *there, struct error *err)
{
	mongoc_cursor_t *each = mongoc_collection_find_indexes_with_opts(
	    s->collections[INDEXES[i].where], NULL);
	const bson_t *index;
	bson_error_t e;
	enum status status = DONE;

	*there = false;
	while (mongoc_cursor_next(each, &index))
		if (text_is(mongo_text(index, "name"), INDEXES[i].name))
			*there = true;
	if (mongoc_cursor_error(each, &e))
		status = mongo_fault(s, &e, "list the indexes", err);
	mongoc_cursor_destroy(each);
	return status;
}

enum status
mongo_examine(struct store *base, struct store_health *out, struct error *err)
{
	struct mongo_store *s = mongo_of(base);
	int64_t version;
	bool there = true;
	enum status status = read_version(s, &out->exists, &version, err);

	if (status != DONE)
		return status;
	name_server(s, out);
	if (!out->exists)
		return DONE;
	for (size_t i = 0; i < sizeof(INDEXES) / sizeof(INDEXES[0]); i++) {
		if ((status = has_index(s, i, &there, err)) != DONE)
			return status;
		if (!there)
			fail(&out->flaw, BAD_CONFIG,
			    "the index %s of %s is missing", INDEXES[i].name,
			    MONGO_NAMES[INDEXES[i].where]);
	}
	return DONE;
}
