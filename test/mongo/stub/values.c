/* How two values stand to each other, as far as the backend asks. */
#include <string.h>

#include "mongo/stub/stub.h"

enum rank {
	RANK_NULL,
	RANK_NUMBER,
	RANK_TEXT,
	RANK_TREE,
	RANK_ID,
	RANK_FLAG,
	RANK_DATE,
	RANK_OTHER
};

static enum rank
rank_of(const bson_iter_t *it)
{
	if (it == NULL)
		return RANK_NULL;
	switch (bson_iter_type(it)) {
	case BSON_TYPE_NULL:
		return RANK_NULL;
	case BSON_TYPE_INT32:
	case BSON_TYPE_INT64:
	case BSON_TYPE_DOUBLE:
		return RANK_NUMBER;
	case BSON_TYPE_UTF8:
		return RANK_TEXT;
	case BSON_TYPE_DOCUMENT:
	case BSON_TYPE_ARRAY:
		return RANK_TREE;
	case BSON_TYPE_OID:
		return RANK_ID;
	case BSON_TYPE_BOOL:
		return RANK_FLAG;
	case BSON_TYPE_DATE_TIME:
		return RANK_DATE;
	default:
		return RANK_OTHER;
	}
}

static int
compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static int
compare_numbers(const bson_iter_t *a, const bson_iter_t *b)
{
	if (BSON_ITER_HOLDS_DOUBLE(a) || BSON_ITER_HOLDS_DOUBLE(b)) {
		double x = bson_iter_as_double(a), y = bson_iter_as_double(b);

		return (x > y) - (x < y);
	}
	int64_t x = bson_iter_as_int64(a), y = bson_iter_as_int64(b);

	return (x > y) - (x < y);
}

static int
compare_trees(const bson_iter_t *a, const bson_iter_t *b)
{
	bson_value_t *x = (bson_value_t *)bson_iter_value((bson_iter_t *)a),
		     *y = (bson_value_t *)bson_iter_value((bson_iter_t *)b);

	return compare_bytes(x->value.v_doc.data, x->value.v_doc.data_len,
	    y->value.v_doc.data, y->value.v_doc.data_len);
}

bool
value_same_kind(const bson_iter_t *a, const bson_iter_t *b)
{
	return rank_of(a) == rank_of(b);
}

int
value_compare(const bson_iter_t *a, const bson_iter_t *b)
{
	enum rank rank = rank_of(a);
	uint32_t a_size, b_size;
	int64_t x, y;

	if (rank != rank_of(b))
		return rank < rank_of(b) ? -1 : 1;
	switch (rank) {
	case RANK_NUMBER:
		return compare_numbers(a, b);
	case RANK_TEXT: {
		const char *s = bson_iter_utf8(a, &a_size),
			   *t = bson_iter_utf8(b, &b_size);

		return compare_bytes(s, a_size, t, b_size);
	}
	case RANK_TREE:
		return compare_trees(a, b);
	case RANK_ID:
		return bson_oid_compare(bson_iter_oid(a), bson_iter_oid(b));
	case RANK_FLAG:
		return (int)bson_iter_bool(a) - (int)bson_iter_bool(b);
	case RANK_DATE:
		x = bson_iter_date_time(a);
		y = bson_iter_date_time(b);
		return (x > y) - (x < y);
	default:
		return 0;
	}
}
