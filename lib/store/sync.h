/*
 * What is known of a company that two registers have in common: which customer
 * it is, what both said when they last agreed, and whether a customer may just
 * be in the making. Per account of Omie.
 */
#ifndef VOLUM_STORE_SYNC_H
#define VOLUM_STORE_SYNC_H

#include "store/store.h"

struct sync_state {
	bool known;	     /* there is a line */
	int64_t version;     /* of that line, set by sync_look() */
	struct text account; /* omie_account() */
	struct text empresa_id;
	int64_t omie_code;   /* codigo_cliente_omie; 0: none yet */
	bool open;	     /* a creation left, or was about to: unknown */
	instant_ms deadline; /* ... and is given up by then */
	bool conflict;	     /* to be looked at again by every run */
	struct text base;    /* JSON object, domain/cadastro.h */
};

/* Texts live until the next call on the store. */
enum status sync_look(struct store *s, struct text account,
    struct text empresa_id, struct sync_state *out, struct error *err);

/*
 * Puts the whole line, inside a batch. TRY_LATER, and the batch is undone: it
 * is not at `version` any more (or is there, where `known` is false), since
 * another process is at work on the same company.
 */
enum status
sync_put(struct store *s, const struct sync_state *state, struct error *err);

/* The latest deadline of the account's open creations; 0: there are none. */
enum status sync_open_until(struct store *s, struct text account,
    instant_ms *deadline, struct error *err);

/* The customers of the account's companies in conflict. */
typedef enum status (*sync_customer_fn)(
    int64_t omie_code, void *ctx, struct error *err);
enum status sync_each_conflict(struct store *s, struct text account,
    sync_customer_fn each, void *ctx, struct error *err);

/* Up to when the changes in Omie were read; 0: never. The second inside a
 * batch. */
enum status sync_position(
    struct store *s, struct text account, instant_ms *at, struct error *err);
enum status sync_move(
    struct store *s, struct text account, instant_ms at, struct error *err);

/*
 * What the public registry said of a document (descricao_situacao_cadastral),
 * with the day; nothing else of its answer is kept. *known false: not since
 * `since`. `out` has room for 24 bytes. registry_put() inside a batch.
 */
enum status registry_look(struct store *s, const char *document,
    instant_ms since, char out[24], bool *known, struct error *err);
enum status registry_put(struct store *s, struct text document,
    struct text situation, struct error *err);

#endif
