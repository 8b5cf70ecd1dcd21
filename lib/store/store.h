/*
 * The one interface to what is kept: volumes, consolidations, contracts,
 * companies, proposals, the ledger. SQLite or MongoDB stands behind it; another
 * backend adds a table of functions.
 */
#ifndef VOLUM_STORE_STORE_H
#define VOLUM_STORE_STORE_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/shared.h"
#include "domain/consolidation.h"

struct store;

enum store_kind {
	STORE_VOLUMES,
	STORE_CONSOLIDATIONS,
	STORE_CONTRACTS,
	STORE_COMPANIES,
	STORE_PROPOSALS,
	STORE_HISTORY
};

enum store_mode {
	STORE_WRITE,   /* created when it is not there */
	STORE_MIGRATE, /* to write, where the earlier functions' bills are too
			*/
	STORE_READ /* never changes a byte; one that is not there is empty */
};

/*
 * `uri` is `sqlite:PATH` or `mongodb://HOST/DATABASE`. BAD_CONFIG: unknown
 * scheme, no database of ours, a newer schema. TRY_LATER: busy or unreachable.
 * NOT_ALLOWED: user or password refused. `request_id` (kept, not copied) marks
 * the lines of history and ledger.
 */
enum status
store_open(struct store **out, const char *uri, enum store_mode mode,
    const struct clock *clock, const char *request_id, struct error *err);
/* From now on `*id` marks them, as it is when each is written: the requestId of
 * the record in hand. It is to outlive the store; NULL ends that. */
void store_follow_request(struct store *s, const struct text *id);
/* BAD_CONFIG: store_open() would not know `uri`; nothing is opened. */
enum status store_check(const char *uri, struct error *err);
/* How many records go well in one batch there; "": without a store. */
int64_t store_batch(const char *uri);
/* Whether it is one, so that store_expect() is of use. */
bool store_is_server(const char *uri);
/*
 * What the processes of all hosts that use this store have in common; *out NULL
 * where only those of this host can use it. Closed by its own `close`. Fails
 * like store_open().
 */
enum status
store_share(struct shared **out, const char *uri, struct error *err);
void store_close(struct store *s); /* rolls an open batch back; NULL is fine */

/*
 * All puts happen between begin and commit. In SQLite begin takes the write
 * lock; in MongoDB nobody is locked out, and a batch that decided by what
 * another process changed meanwhile fails. TRY_LATER: that, or the lock or the
 * disk refused (busy), or the server is away; OUTPUT_FAILED: disk full or
 * broken. After either nothing of the batch counts as stored (in MongoDB some
 * of it may be): the same batch again makes it whole. A put may refuse its
 * record (SOME_REJECTED): the batch goes on.
 */
enum status store_begin(struct store *s, struct error *err);
enum status store_commit(struct store *s, struct error *err);
void store_rollback(struct store *s);

/* Whether others may have committed since this was last asked of `s`, so that
 * what was read before is old. True the first time; in a batch the answer holds
 * until its end. */
enum status store_changed(struct store *s, bool *by_others, struct error *err);

/* What a batch will ask for: of a company, of its month, or one proposal's. */
struct store_expected {
	enum store_kind kind;
	competencia month; /* where the kind has one */
	struct text empresa_id;
	struct text proposta; /* {NULL,0}: all of them */
};
/* So that a store that is far away reads a whole batch at once. */
void store_expect(struct store *s, const struct store_expected *what);

/*
 * Volumes, by (month, empresaId). `doc` is the event with this one element,
 * without requestId; the same again changes nothing.
 */
enum status store_put_volumes(struct store *s, competencia month,
    struct text empresa_id, struct text doc, struct error *err);

/* *found false: not there. `doc` lives until the next call on the store. */
enum status store_get_volumes(struct store *s, competencia month,
    struct text empresa_id, struct text *doc, bool *found, struct error *err);

/* Companies, by empresaId. `doc` is the whole record {"empresa":{...},...}. */
struct company {
	struct text empresa_id;
	struct text cnpj;  /* {"",0}: unknown */
	int64_t omie_code; /* codigoClienteOmie, 0: unknown */
	struct text doc;
};

enum status
store_put_company(struct store *s, const struct company *c, struct error *err);
/* *found false: not there. The texts live until the next call on the store. */
enum status store_get_company(struct store *s, struct text empresa_id,
    struct company *out, bool *found, struct error *err);

/* Proposals, by (empresaId, numeroProposta, vigencia.inicio). */
struct stored_proposal {
	struct text empresa_id, number;
	struct day from, until; /* until 9999-12-31: open */
	struct text doc;	/* {"proposta":{...},...} */
};

enum status store_put_proposal(
    struct store *s, const struct stored_proposal *p, struct error *err);

typedef enum status (*store_doc_fn)(
    struct text doc, void *ctx, struct error *err);

/* All versions of all proposals of a company, by number and start. */
enum status store_each_proposal(struct store *s, struct text empresa_id,
    store_doc_fn each, void *ctx, struct error *err);

/* All documents that one proposal ever had, those that were replaced too. */
enum status store_each_version(struct store *s, struct text empresa_id,
    struct text number, store_doc_fn each, void *ctx, struct error *err);

/*
 * Consolidations, by key. `content` is consolidation_write_content(); `extra`
 * holds the members beside consolidacaoData as an object ({"trigger":...}),
 * requestId left out.
 */
struct stored_consolidation {
	struct billing_key key;
	int64_t total_cents;
	enum consolidation_status status;
	int64_t revision;
	struct text content, extra;
	/* How it came about, short or in full (domain/memo.h). To put: {NULL,0}
	 * leaves what is there as it is. Got: only whether there is one. */
	struct text memo;
	bool has_memo;
	/* To put: a history line even where status and revision stay. */
	bool noted;
};

enum status
store_get_consolidation(struct store *s, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err);
/* Inserts or replaces; a change of status or revision, and what is `noted`,
 * leaves a history line (from, to, revision, when, requestId, why). */
enum status store_put_consolidation(struct store *s,
    const struct stored_consolidation *c, const char *why, struct error *err);

/* The memo alone, of a consolidation that is there. {"",0}: it has none. The
 * text lives until the next call on the store. */
enum status store_put_memo(struct store *s, const struct billing_key *key,
    struct text memo, struct error *err);
enum status store_get_memo(struct store *s, const struct billing_key *key,
    struct text *memo, struct error *err);

/* What the consolidations of a company and month make together; *found false:
 * there are none. */
enum status store_company_total(struct store *s, competencia month,
    struct text empresa_id, int64_t *cents, bool *found, struct error *err);

/* Contract results, by key; `doc` is the event {"contrato":{...},...} without
 * requestId. */
struct stored_contract {
	struct billing_key key;
	struct text code; /* cCodIntCtr */
	int64_t nCodCtr;  /* 0: none */
	int64_t total_cents;
	struct text doc;
};

enum status store_get_contract(struct store *s, const struct billing_key *key,
    struct stored_contract *out, bool *found, struct error *err);
enum status store_put_contract(
    struct store *s, const struct stored_contract *c, struct error *err);

/* Listing. Missing filters are {"",0}, 0 and -1. */
struct store_filter {
	competencia month;
	struct text empresa_id;
	int status; /* enum consolidation_status */
};

/*
 * Each stored record as one line of volum-records(5), by key in byte order,
 * streamed: memory doesn't grow. STORE_HISTORY: by key, then in order of time.
 * A filter that the kind doesn't have is ignored. TRY_LATER: a store opened to
 * read was changed meanwhile, what came so far is good but not all.
 */
enum status store_list(struct store *s, enum store_kind kind,
    const struct store_filter *filter, store_doc_fn each, void *ctx,
    struct error *err);

/* How many records a listing would give (for progress). */
enum status store_count(struct store *s, enum store_kind kind,
    const struct store_filter *filter, uint64_t *count, struct error *err);

struct store_health {
	bool exists;	   /* false: nobody has written to it yet */
	char what[120];	   /* which database it is, with versions */
	struct error flaw; /* "": none; else what is missing or damaged */
};
/* Whether tables and indexes are all there and fit together, without changing
 * anything. A file is read as a whole; of a server only the indexes are asked
 * for. */
enum status
store_examine(struct store *s, struct store_health *out, struct error *err);

#endif
