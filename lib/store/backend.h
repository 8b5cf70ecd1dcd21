/*
 * What a backend of the store provides. Callers see store.h and ledger.h;
 * store.c and ledger.c keep the rules that hold for every backend and hand on
 * to these functions, whose meaning is that of the public ones.
 */
#ifndef VOLUM_STORE_BACKEND_H
#define VOLUM_STORE_BACKEND_H

#include <signal.h>

#include "core/shared.h"
#include "store/ledger.h"
#include "store/store.h"
#include "store/sync.h"

/* One document that the earlier functions left. */
struct earlier_doc {
	struct text id;	   /* an ObjectId, as 24 digits; else what it is */
	bool ours_to_move; /* its _id is an ObjectId, as all of theirs are */
	struct text json;  /* relaxed Extended JSON; {NULL,0}: can't be shown */
};

enum { EARLIER_PAGE = 100 };

/* A failed put needs no rollback of its own: store.c does that. One that is
 * SOME_REJECTED has put nothing, and the batch goes on. */
struct store_ops {
	void (*close)(struct store *s);
	enum status (*begin)(struct store *s, struct error *err);
	/* Has rolled back when it fails. */
	enum status (*commit)(struct store *s, struct error *err);
	void (*rollback)(struct store *s);
	enum status (*changed)(
	    struct store *s, bool *by_others, struct error *err);
	/* NULL: what is asked for is near anyway. */
	void (*expect)(struct store *s, const struct store_expected *what);

	enum status (*put_volumes)(struct store *s, competencia month,
	    struct text empresa_id, struct text doc, struct error *err);
	enum status (*put_company)(
	    struct store *s, const struct company *c, struct error *err);
	enum status (*put_proposal)(struct store *s,
	    const struct stored_proposal *p, struct error *err);
	enum status (*put_consolidation)(struct store *s,
	    const struct stored_consolidation *c, const char *why,
	    struct error *err);
	enum status (*put_memo)(struct store *s, const struct billing_key *key,
	    struct text memo, struct error *err);
	enum status (*put_contract)(struct store *s,
	    const struct stored_contract *c, struct error *err);

	enum status (*get_volumes)(struct store *s, competencia month,
	    struct text empresa_id, struct text *doc, bool *found,
	    struct error *err);
	enum status (*get_company)(struct store *s, struct text empresa_id,
	    struct company *out, bool *found, struct error *err);
	enum status (*get_consolidation)(struct store *s,
	    const struct billing_key *key, struct stored_consolidation *out,
	    bool *found, struct error *err);
	enum status (*get_memo)(struct store *s, const struct billing_key *key,
	    struct text *memo, struct error *err);
	enum status (*company_total)(struct store *s, competencia month,
	    struct text empresa_id, int64_t *cents, bool *found,
	    struct error *err);
	enum status (*get_contract)(struct store *s,
	    const struct billing_key *key, struct stored_contract *out,
	    bool *found, struct error *err);
	enum status (*each_proposal)(struct store *s, struct text empresa_id,
	    store_doc_fn each, void *ctx, struct error *err);
	enum status (*each_version)(struct store *s, struct text empresa_id,
	    struct text number, store_doc_fn each, void *ctx,
	    struct error *err);
	enum status (*list)(struct store *s, enum store_kind kind,
	    const struct store_filter *filter, store_doc_fn each, void *ctx,
	    struct error *err);
	enum status (*count)(struct store *s, enum store_kind kind,
	    const struct store_filter *filter, uint64_t *count,
	    struct error *err);
	/* `out` is empty. */
	enum status (*examine)(
	    struct store *s, struct store_health *out, struct error *err);

	enum status (*ledger_look)(struct store *s, struct text account,
	    struct text code, struct ledger_state *out, struct error *err);
	enum status (*ledger_has_confirmed)(
	    struct store *s, struct text account, bool *has, struct error *err);
	enum status (*ledger_each)(struct store *s, struct text code,
	    ledger_fn each, void *ctx, struct error *err);
	enum status (*ledger_add)(
	    struct store *s, struct ledger_line *line, struct error *err);

	enum status (*sync_look)(struct store *s, struct text account,
	    struct text empresa_id, struct sync_state *out, struct error *err);
	enum status (*sync_put)(
	    struct store *s, const struct sync_state *state, struct error *err);
	enum status (*sync_open_until)(struct store *s, struct text account,
	    instant_ms *deadline, struct error *err);
	enum status (*sync_each_conflict)(struct store *s, struct text account,
	    sync_customer_fn each, void *ctx, struct error *err);
	enum status (*sync_position)(struct store *s, struct text account,
	    instant_ms *at, struct error *err);
	enum status (*registry_look)(struct store *s, const char *document,
	    instant_ms since, char out[24], bool *known, struct error *err);
	enum status (*registry_put)(struct store *s, struct text document,
	    struct text situation, struct error *err);
	enum status (*sync_move)(struct store *s, struct text account,
	    instant_ms at, struct error *err);

	/*
	 * What the earlier functions left of `kind` (consolidations or
	 * companies), some at a time, in the order of their ids; *count 0: that
	 * was all. `first`: from the beginning. What is given lives until the
	 * next page. BAD_CONFIG: an index of theirs stands in the way. NULL:
	 * there can be none.
	 */
	enum status (*earlier_page)(struct store *s, enum store_kind kind,
	    bool first, struct earlier_doc docs[EARLIER_PAGE], size_t *count,
	    struct error *err);
	/* The i-th of the page: whether it is kept aside, as it is. */
	enum status (*earlier_is_aside)(
	    struct store *s, size_t i, bool *is, struct error *err);
	/* Keeps it there, durably; the same again does nothing. */
	enum status (*earlier_put_aside)(
	    struct store *s, size_t i, struct error *err);
	/* Whether it is where it was, as it is or not. */
	enum status (*earlier_is_there)(
	    struct store *s, size_t i, bool *is, struct error *err);
	/* Takes it away from where it was, now that it is kept aside. It is not
	 * there any more: nothing. TRY_LATER: it was changed since. */
	enum status (*earlier_take_away)(
	    struct store *s, size_t i, struct error *err);
};

/*
 * A backend that only those load who use it: `volum/NAME.so` in the folder of
 * libraries, with one symbol, `volum_store_module`. Its own copies of what it
 * shares with the program have no state but this.
 */
struct store_module {
	int interface; /* STORE_INTERFACE, that it was built with */
	const char *version;
	enum status (*open)(struct store **out, const char *uri,
	    enum store_mode mode, const volatile sig_atomic_t *stop,
	    struct error *err);
	enum status (*share)(struct shared **out, const char *uri,
	    const volatile sig_atomic_t *stop, struct error *err);
};

enum { STORE_INTERFACE = 4 };

/* module.c: BAD_CONFIG when it isn't installed or doesn't fit. */
enum status mongo_store_open(struct store **out, const char *uri,
    enum store_mode mode, struct error *err);
enum status
mongo_store_share(struct shared **out, const char *uri, struct error *err);

/* The first member of each backend's own struct. */
struct store {
	const struct store_ops *ops;
	enum store_mode mode;
	bool in_batch;
	const struct clock *clock;
	const char *request_id;
	const struct text *followed; /* goes before request_id; or NULL */
};

/* What marks a line of history or ledger; {"",0}: nothing. */
struct text store_request_id(const struct store *s);

/* `place` is the URI behind its scheme. Sets `ops` and `mode` of what it
 * allocates; store_open() fills in the rest. */
enum status sqlite_store_open(struct store **out, const char *place,
    enum store_mode mode, struct error *err);

/* How a consolidation came from one status or revision to another. */
struct history_line {
	struct text month, empresa_id, proposta, from, to;
	int64_t revision;
	instant_ms at;
	struct text request_id, why;
};
/* {"historico":{...}} */
void history_write(struct buf *b, const struct history_line *line);

/* TRY_LATER: what was looked at has another newest line, or version. */
enum status ledger_busy(const struct ledger_line *line, struct error *err);
enum status sync_busy(const struct sync_state *state, struct error *err);

/* -1 when it is none. */
int ledger_event_read(struct text name);

/* Puts `line` into what ledger_look() gives; lines come newest first and keep
 * their texts. */
void ledger_state_add(struct ledger_state *state, struct text account,
    const struct ledger_line *line);

#endif
