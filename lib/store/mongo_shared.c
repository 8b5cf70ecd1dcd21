/* Turns and rights of several hosts, as core/shared.h has them: a lease each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mongo_lease.h"

enum {
	/* A turn is over in milliseconds; its holder may be held up. */
	TURN_MS = 30000,
	LONGEST_STEP_MS = 20,
	/* A sign of life: three in a life at least, and soon enough for who
	 * waits to see one. */
	PULSES = 3,
	LONGEST_PULSE_MS = 5000
};

struct mongo_shared {
	struct shared base;
	struct mongo_store *s;
	struct mongo_lease *leases;
	struct buf bytes;
};

static struct mongo_shared *
of(struct shared *s)
{
	return (struct mongo_shared *)s;
}

static struct mongo_lease *
lease_of(struct mongo_shared *m, const char *name)
{
	struct mongo_lease *l = m->leases;

	while (l != NULL && strcmp(l->name, name) != 0)
		l = l->next;
	if (l != NULL)
		return l;
	l = mem_zalloc(sizeof(*l));
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->next = m->leases;
	return m->leases = l;
}

static enum status
lost(const struct mongo_shared *m, const char *name, struct error *err)
{
	return fail(err, TRY_LATER,
	    "%.200s: %s: this process was held up, and another one went on in "
	    "its place",
	    m->s->place, name);
}

static bool
is_pulse_due(const struct mongo_lease *l, int64_t now)
{
	int64_t apart = l->life_ms / PULSES;

	return l->holder == LEASE_OURS &&
	    now - l->shown >=
	    (apart < LONGEST_PULSE_MS ? apart : LONGEST_PULSE_MS);
}

static enum status
share_hold(struct shared *base, struct error *err)
{
	struct mongo_shared *m = of(base);
	int64_t now = clock_monotonic_ms();
	struct mongo_lease *l;
	bool done;
	enum status status;

	for (l = m->leases; l != NULL; l = l->next) {
		if (!is_pulse_due(l, now))
			continue;
		status =
		    mongo_lease_change(m->s, l, &l->token, NULL, &done, err);
		if (status != DONE)
			return status;
		if (!done) {
			l->holder = LEASE_FREE;
			return lost(m, l->name, err);
		}
		l->shown = now;
	}
	return DONE;
}

static enum status
keep_bytes(struct mongo_shared *m, const bson_t *doc, struct error *err)
{
	bson_iter_t it;
	const uint8_t *at;
	uint32_t len;

	buf_reset(&m->bytes);
	if (!bson_iter_init_find(&it, doc, "estado"))
		return DONE;
	if (!BSON_ITER_HOLDS_BINARY(&it))
		return mongo_strange(m->s, "comuns", err);
	bson_iter_binary(&it, NULL, &len, &at);
	buf_add(&m->bytes, at, len);
	return DONE;
}

static enum status
wait_a_little(struct mongo_shared *m, int64_t *step, struct error *err)
{
	if (!*m->s->stop)
		clock_sleep_ms(*step);
	if (*m->s->stop)
		return fail(err, TRY_LATER,
		    "a signal asked to stop before this process had its turn");
	if ((*step *= 2) > LONGEST_STEP_MS)
		*step = LONGEST_STEP_MS;
	return share_hold(&m->base, err);
}

static enum status
share_enter(struct shared *base, const char *name, struct text *bytes,
    instant_ms *now, struct error *err)
{
	struct mongo_shared *m = of(base);
	struct mongo_lease *l = lease_of(m, name);
	enum status status;
	int64_t step = 1;
	bson_t doc;
	bool mine;

	l->life_ms = TURN_MS;
	while ((status = mongo_lease_try(m->s, l, NULL, &doc, &mine, err)) ==
		DONE &&
	    !mine)
		if ((status = wait_a_little(m, &step, err)) != DONE)
			return status;
	if (status != DONE)
		return status;
	*now = mongo_date(&doc, "agora");
	status = keep_bytes(m, &doc, err);
	*bytes = buf_text(&m->bytes);
	bson_destroy(&doc);
	return status;
}

static enum status
share_leave(struct shared *base, const char *name, const struct text *bytes,
    struct error *err)
{
	struct mongo_shared *m = of(base);
	struct mongo_lease *l = lease_of(m, name);
	bool done;
	enum status status =
	    mongo_lease_change(m->s, l, mongo_nobody(), bytes, &done, err);

	l->holder = LEASE_FREE;
	return status == DONE && !done ? lost(m, name, err) : status;
}

static enum status
share_take(struct shared *base, const char *name, int64_t life_ms,
    const struct text *who, enum shared_right *whose, struct error *err)
{
	struct mongo_shared *m = of(base);
	struct mongo_lease *l = lease_of(m, name);
	enum status status;
	bson_t doc;
	bool mine;

	l->life_ms = life_ms;
	status = mongo_lease_try(m->s, l, who, &doc, &mine, err);
	if (status == DONE && mine)
		bson_destroy(&doc);
	*whose = mine ? SHARED_OURS : l->alive ? SHARED_THEIRS : SHARED_UNCLEAR;
	return status;
}

/* What can't be given back is over by itself. */
static void
share_give(struct shared *base, const char *name)
{
	struct mongo_shared *m = of(base);
	struct mongo_lease *l = lease_of(m, name);
	struct error unused;
	bool done;

	if (l->holder == LEASE_OURS)
		mongo_lease_change(
		    m->s, l, mongo_nobody(), NULL, &done, &unused);
	l->holder = LEASE_FREE;
}

struct look {
	struct mongo_shared *m;
	shared_look_fn each;
	void *ctx;
};

static enum status
give_name(const bson_t *doc, void *ctx, struct error *err)
{
	struct look *l = ctx;
	char name[LEASE_NAME_TEXT];
	struct text id = mongo_text(doc, "_id");
	bson_oid_t owner;
	enum status status = keep_bytes(l->m, doc, err);

	if (status != DONE || l->m->bytes.len == 0)
		return status;
	snprintf(name, sizeof(name), "%.*s", (int)id.len, id.at);
	return l->each(name, buf_text(&l->m->bytes),
	    mongo_mark(doc, "dono", &owner) &&
		!bson_oid_equal(&owner, mongo_nobody()),
	    l->ctx, err);
}

/* {_id: {$gte: "prefix", $lt: "prefiy"}} */
static enum status
share_look(struct shared *base, const char *prefix, shared_look_fn each,
    void *ctx, struct error *err)
{
	struct look look = { of(base), each, ctx };
	char behind[LEASE_NAME_TEXT];
	bson_t filter = BSON_INITIALIZER, range;
	enum status status;

	snprintf(behind, sizeof(behind), "%s", prefix);
	behind[strlen(behind) - 1]++;
	bson_append_document_begin(&filter, "_id", -1, &range);
	mongo_add_text(&range, "$gte", text_of(prefix));
	mongo_add_text(&range, "$lt", text_of(behind));
	bson_append_document_end(&filter, &range);
	status = mongo_find_each(
	    look.m->s, MONGO_COMUNS, &filter, NULL, give_name, &look, err);
	bson_destroy(&filter);
	return status;
}

static void
close_shared(struct shared *base)
{
	struct mongo_shared *m = of(base);
	struct mongo_lease *l;

	while ((l = m->leases) != NULL) {
		m->leases = l->next;
		free(l);
	}
	buf_clear(&m->bytes);
	mongo_close(&m->s->base);
	free(m);
}

static const char *
share_name(const struct shared *base)
{
	return ((const struct mongo_shared *)base)->s->place;
}

static const struct shared_ops OPS = { share_enter, share_leave, share_take,
	share_give, share_hold, share_look, close_shared, share_name };

enum status
mongo_share(struct shared **out, const char *uri,
    const volatile sig_atomic_t *stop, struct error *err)
{
	struct mongo_shared *m = mem_zalloc(sizeof(*m));
	enum status status = mongo_reach(&m->s, uri, STORE_READ, stop, err);

	m->base.ops = &OPS;
	if (status == DONE)
		*out = &m->base;
	else
		free(m);
	return status;
}
