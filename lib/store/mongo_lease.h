/* A lease in MongoDB, for mongo_shared.c alone. */
#ifndef VOLUM_STORE_MONGO_LEASE_H
#define VOLUM_STORE_MONGO_LEASE_H

#include "store/mongo.h"

enum { LEASE_NAME_TEXT = 96 };

enum lease_holder { LEASE_FREE, LEASE_OURS, LEASE_THEIRS };

/* As it was seen last. */
struct mongo_lease {
	struct mongo_lease *next;
	char name[LEASE_NAME_TEXT]; /* its _id */
	enum lease_holder holder;
	bson_oid_t token;
	int64_t pulse, since; /* of theirs: what was seen, and since when */
	bool alive;	      /* of theirs: it was seen to show life */
	int64_t life_ms;      /* of ours: how long it may show no life */
	int64_t shown;	      /* and when it did last, clock_monotonic_ms() */
};

/* The token of a lease that nobody has. */
const bson_oid_t *mongo_nobody(void);

/*
 * One attempt, without waiting: *mine, and then the document in `doc` (to be
 * destroyed), `agora` in it the server's time, `bytes` its `estado` unless
 * NULL. A lease whose holder is gone, or showed no life for as long as it said,
 * is taken over.
 */
enum status mongo_lease_try(struct mongo_store *s, struct mongo_lease *l,
    const struct text *bytes, bson_t *doc, bool *mine, struct error *err);

/* Of one that is ours: to `owner` (our token, to show life; mongo_nobody(), to
 * give it back), with `bytes` as its `estado` unless NULL. *done false: it was
 * lost. */
enum status mongo_lease_change(struct mongo_store *s, struct mongo_lease *l,
    const bson_oid_t *owner, const struct text *bytes, bool *done,
    struct error *err);

#endif
