#include "store/sync.h"

#include "store/backend.h"

enum status
sync_busy(const struct sync_state *state, struct error *err)
{
	return fail(err, TRY_LATER,
	    "another process is at work on company %.*s",
	    (int)state->empresa_id.len, state->empresa_id.at);
}

enum status
sync_look(struct store *s, struct text account, struct text empresa_id,
    struct sync_state *out, struct error *err)
{
	return s->ops->sync_look(s, account, empresa_id, out, err);
}

static enum status
after_put(struct store *s, enum status status)
{
	if (status != DONE)
		store_rollback(s);
	return status;
}

enum status
sync_put(struct store *s, const struct sync_state *state, struct error *err)
{
	if (!s->in_batch)
		return fail(err, OUTPUT_FAILED,
		    "no batch is open in the store: an earlier failure undid "
		    "it");
	return after_put(s, s->ops->sync_put(s, state, err));
}

enum status
sync_open_until(struct store *s, struct text account, instant_ms *deadline,
    struct error *err)
{
	return s->ops->sync_open_until(s, account, deadline, err);
}

enum status
sync_each_conflict(struct store *s, struct text account, sync_customer_fn each,
    void *ctx, struct error *err)
{
	return s->ops->sync_each_conflict(s, account, each, ctx, err);
}

enum status
sync_position(
    struct store *s, struct text account, instant_ms *at, struct error *err)
{
	return s->ops->sync_position(s, account, at, err);
}

enum status
registry_look(struct store *s, const char *document, instant_ms since,
    char out[24], bool *known, struct error *err)
{
	return s->ops->registry_look(s, document, since, out, known, err);
}

enum status
registry_put(struct store *s, struct text document, struct text situation,
    struct error *err)
{
	if (!s->in_batch)
		return fail(err, OUTPUT_FAILED, "no batch is open");
	return after_put(s, s->ops->registry_put(s, document, situation, err));
}

enum status
sync_move(
    struct store *s, struct text account, instant_ms at, struct error *err)
{
	if (!s->in_batch)
		return fail(err, OUTPUT_FAILED, "no batch is open");
	return after_put(s, s->ops->sync_move(s, account, at, err));
}
