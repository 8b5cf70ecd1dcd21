/* Whether a document is one that a filter asks for. */
#include <string.h>

#include "mongo/stub/stub.h"

static bool
in_list(const bson_iter_t *list, const bson_iter_t *value)
{
	bson_iter_t it;

	if (!bson_iter_recurse(list, &it))
		return false;
	while (bson_iter_next(&it))
		if (value_compare(value, &it) == 0)
			return true;
	return false;
}

static bool
is_of_type(const bson_iter_t *value, const bson_iter_t *type)
{
	if (value == NULL)
		return false;
	if (BSON_ITER_HOLDS_UTF8(type))
		return strcmp(bson_iter_utf8(type, NULL), "objectId") == 0 &&
		    BSON_ITER_HOLDS_OID(value);
	return (int64_t)bson_iter_type(value) == bson_iter_as_int64(type);
}

/* One operator; those that order hold for values of one kind alone. */
static bool
operator_fits(const bson_iter_t *op, const bson_iter_t *value)
{
	const char *name = bson_iter_key(op);
	int order = value_compare(value, op);
	bool alike = value_same_kind(value, op);

	if (strcmp(name, "$lt") == 0)
		return alike && order < 0;
	if (strcmp(name, "$lte") == 0)
		return alike && order <= 0;
	if (strcmp(name, "$gt") == 0)
		return alike && order > 0;
	if (strcmp(name, "$gte") == 0)
		return alike && order >= 0;
	if (strcmp(name, "$eq") == 0)
		return order == 0;
	if (strcmp(name, "$ne") == 0)
		return order != 0;
	if (strcmp(name, "$in") == 0)
		return in_list(op, value);
	if (strcmp(name, "$exists") == 0)
		return bson_iter_as_bool(op) == (value != NULL);
	if (strcmp(name, "$type") == 0)
		return is_of_type(value, op);
	return false;
}

static bool
has_operators(const bson_iter_t *wanted, bson_iter_t *ops)
{
	bson_iter_t first;

	return BSON_ITER_HOLDS_DOCUMENT(wanted) &&
	    bson_iter_recurse(wanted, &first) && bson_iter_next(&first) &&
	    bson_iter_key(&first)[0] == '$' && bson_iter_recurse(wanted, ops);
}

static bool
member_fits(const bson_iter_t *wanted, const bson_t *doc)
{
	bson_iter_t it, ops;
	const bson_iter_t *value =
	    bson_iter_init_find(&it, doc, bson_iter_key(wanted)) ? &it : NULL;

	if (!has_operators(wanted, &ops))
		return value_compare(value, wanted) == 0;
	while (bson_iter_next(&ops))
		if (!operator_fits(&ops, value))
			return false;
	return true;
}

/* Of a list of filters; with `any` one of them is enough. */
static bool
list_fits(const bson_iter_t *list, const bson_t *doc, bool any)
{
	bson_iter_t it;
	const uint8_t *data;
	uint32_t size;
	bson_t filter;

	if (!bson_iter_recurse(list, &it))
		return false;
	while (bson_iter_next(&it)) {
		bson_iter_document(&it, &size, &data);
		if (!bson_init_static(&filter, data, size) ||
		    filter_fits(&filter, doc) == any)
			return any;
	}
	return !any;
}

bool
filter_fits(const bson_t *filter, const bson_t *doc)
{
	bson_iter_t it;

	if (!bson_iter_init(&it, filter))
		return false;
	while (bson_iter_next(&it)) {
		const char *name = bson_iter_key(&it);
		bool fits = strcmp(name, "$or") == 0 ? list_fits(&it, doc, true)
		    : strcmp(name, "$and") == 0 ? list_fits(&it, doc, false)
						: member_fits(&it, doc);

		if (!fits)
			return false;
	}
	return true;
}
