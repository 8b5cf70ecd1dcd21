/*
 * omie-sim from the inside: what its files share. The tags in brackets after a
 * rule say what it rests on, with the section of the reference on Omie's API:
 * [D] documented by Omie, [R] recorded from the live service, [S] seen in
 * several clients, [1] seen once, [I] inferred, [?] unknown or contradictory.
 * Texts that nobody has recorded are marked "invented".
 */
#ifndef VOLUM_OMIE_SIM_H
#define VOLUM_OMIE_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/record.h"
#include "sim/server.h"

/* For printf's `%.*s`. */
#define TEXT_ARGS(t) (int)(t).len, (t).at

enum redundancy {
	REDUNDANT_SECOND,
	REDUNDANT_THIRD,
	REDUNDANT_OFF,
	REDUNDANT_READS
};
enum block_scope { BLOCK_METHOD, BLOCK_KEY };
/* Every switch of 10.3 that chooses between two readings: the default first. */
enum two { FIRST, SECOND };

struct settings {
	int64_t port, clients, seed;
	int64_t page_cap, rate, ip_rate, concurrency, window_s;
	int64_t error_budget, error_window_s, block_s, block_extend_s;
	int64_t contract_lag_s, latency_ms;
	double time_scale;
	const char *log;
	int redundancy, block_scope;
	int duplicate_upsert;  /* refuse | allow */
	int duplicate_code;    /* refuse | accept */
	int missing_document;  /* refuse | allow */
	int invalid_document;  /* refuse | accept */
	int alphanumeric;      /* accept | refuse */
	int alter_both_keys;   /* refuse | accept */
	int long_strings;      /* refuse | truncate */
	int duplicate_wording; /* 2026 | old */
	bool alter_texts, numbers_as_strings, extra_members;
	const char *app_key, *app_secret;
	const char **rules; /* --fault, in the order given */
	size_t rule_count;
};

/* options.c; prints help, version and mistakes itself. True: go on. */
bool
settings_parse(struct settings *out, int argc, char **argv, int *exit_code);

/* table.c: items by text; several may share one key. */
struct table {
	struct entry **heads;
	size_t size, count;
};
struct entry {
	struct entry *next;
	void *item;
	uint64_t hash;
	size_t len;
	char key[];
};
void table_put(struct table *t, struct text key, void *item);
/* The item put first, NULL when there is none. */
void *table_get(const struct table *t, struct text key);
void table_drop(struct table *t, struct text key, const void *item);
/* Takes out and hands to `release` every item that `gone` says yes to. */
void table_sweep(struct table *t, bool (*gone)(void *item, void *ctx),
    void (*release)(void *item), void *ctx);

/* state.c */
struct client {
	int64_t id;
	char *code;		   /* codigo_cliente_integracao, "" */
	char *document;		   /* normalised, "" */
	char *name;		   /* razao_social */
	char *json;		   /* the members that callers may send */
	int64_t included, altered; /* simulated ms */
	bool by_api, altered_by_api;
};

struct contract {
	int64_t id, client;
	char *code; /* cCodIntCtr, "" */
	char *json; /* contratoCadastro, all of it */
	/* What readers still see until `visible_at` (--contract-lag); NULL:
	 * nothing yet. */
	char *shown;
	int64_t visible_at;
	int64_t cents; /* nValTotMes */
	char situation[3];
	int64_t included, altered;
	bool by_api, altered_by_api;
	char billed[8]; /* aaaa-mm of the last billing, "" */
};

struct state {
	struct client **clients; /* by ascending id */
	size_t client_count, client_room;
	struct table client_codes, client_documents;
	struct contract **contracts; /* by ascending id */
	size_t contract_count, contract_room;
	struct table contract_codes;
	int64_t next_client, next_contract, next_item, next_order;
};

void state_init(struct state *s, const struct settings *set);
struct client *client_by_id(const struct state *s, int64_t id);
struct client *client_by_code(const struct state *s, struct text code);
/* Any client with this document but `other`; leading zeros are ignored. */
struct client *client_by_document(
    const struct state *s, const char *document, const struct client *other);
/* `client` NULL: a new one with `id` (0: the next). Takes its code, name and
 * document from `members`, which it keeps as JSON. */
struct client *client_store(struct state *s, struct client *client, int64_t id,
    struct value members, int64_t now);
void client_drop(struct state *s, struct client *client);
struct contract *contract_by_id(const struct state *s, int64_t id);
struct contract *contract_by_code(const struct state *s, struct text code);
struct contract *contract_new(struct state *s, int64_t now);
void
contract_rename(struct state *s, struct contract *contract, struct text code);
/* The JSON that a reader sees now, or NULL. */
const char *contract_seen(const struct contract *contract, int64_t now);

/* document.c: CNPJ (letters included) and CPF. */
enum { DOCUMENT_SIZE = 24 };
/* Drops `.`, `/`, `-` and blanks, raises letters; cut to 20 characters. */
void document_normalise(struct text typed, char out[DOCUMENT_SIZE]);
bool document_valid(const char *normalised);
bool document_has_letters(const char *normalised);
void document_format(const char *normalised, char out[DOCUMENT_SIZE]);

/* date.c: Brasilia's clock is UTC-3 (1.3 [I]), dates are dd/mm/aaaa [D]. */
struct sim_date {
	char date[12], time[12], month[8]; /* dd/mm/aaaa hh:mm:ss aaaa-mm */
	int64_t day;			   /* days since 1970-01-01 */
};
void date_of(int64_t now, struct sim_date *out);
/* Days since 1970-01-01 of `dd/mm/aaaa`; false: no date. */
bool date_read(struct text typed, int64_t *day);

/* limits.c */
struct limits {
	struct table methods;  /* struct gate */
	struct gate *address;  /* the 960 per minute of one IP */
	int64_t blocked_until; /* of the whole key, --block-scope key */
};
struct gate; /* one method of the key */

/* fault.c */
enum injected {
	NOT_INJECTED,
	BROKEN_BEFORE,
	BROKEN_AFTER,
	BYEBYE_AFTER,
	CUT_BEFORE,
	CUT_AFTER,
	HANG_BEFORE,
	HANG_AFTER,
	LATE,
	HTML_502,
	RATE_429,
	BLOCK_425,
	DENIED_403,
	RUNNING_1880,
	FAULT_500,
	OK_WITHOUT_ID,
	OK_WITH_FAULT,
	SOFT_REFUSAL,
	TRUNCATED,
	PARTIAL_BODY,
	LATIN1
};
struct injections {
	struct rule *rules;
	size_t count;
};

struct sim {
	const struct settings *set;
	pthread_mutex_t lock; /* of all below */
	struct state state;
	struct limits limits;
	struct injections injections;
	uint64_t calls, faults;
};

struct service {
	const char *path; /* after /api/v1 */
	const struct method *methods;
};
struct call;
struct method {
	const char *name;
	bool write;
	const struct structure *param;
	void (*run)(struct call *c);
};
extern const struct service services[];

/* One call in work; its texts and records end with it. */
struct call {
	struct sim *sim;
	struct sim_answer *answer;
	const struct method *method;
	struct value param;
	int64_t now;
	bool encoded; /* the answer is from the cache, ready to leave */
	struct arena arena;
	struct record **records;
	size_t record_count;
};
void call_clear(struct call *c);
/* Parses JSON that the simulator itself has written. */
struct value call_parse(struct call *c, struct text json);

/* call.c: answers and faults. */
/* HTTP 500 with `SOAP-ENV:Client-<code>`; always false, for `return`. */
bool call_fault(struct call *c, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A fault with another status or faultcode. */
bool call_fault_as(struct call *c, int status, const char *faultcode,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* `omieapi-warning: <id> - <message>` of a successful write. */
void call_warning(struct call *c, int64_t id, const char *message);
void call_note(struct call *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool call_missing(struct call *c, const char *tag);
/* A number of `object` that tags_read() has normalised; 0 when absent. */
int64_t member_integer(struct value object, const char *name);
int64_t member_micro(struct value object, const char *name);
struct text member_text(struct value object, const char *name);
bool member_is_yes(struct value object, const char *name);
/* A zero-terminated copy, cut between two characters. */
void copy_text(char *out, size_t size, struct text t);
bool value_given(struct value v); /* neither absent, null, "" nor 0 */
void build_decimal(struct buf *b, const char *name, int64_t micro);
void build_integer_member(struct buf *b, const char *name, int64_t n);
void build_str_member(struct buf *b, const char *name, const char *text);

/* reply.c: what PHP's json_encode makes of the body, and fixed pages. */
void reply_encode(struct buf *body, const struct settings *set);
void reply_headers(struct sim_answer *answer, uint64_t number);
void reply_page(
    struct sim_answer *answer, int status, const char *title, const char *text);

bool is_read(const char *method);

/* limits.c: the checks in the order of 10.1. NULL: the call is answered, with
 * a refusal or (--redundancy third) from the cache. */
struct gate *
limits_enter(struct call *c, const char *method, struct text identity);
/* Counts errors toward the block, keeps the answer for the cache. */
void limits_leave(struct call *c, struct gate *gate, struct text identity);
/* The method stays in work for so long in real time, as a hanging one does. */
void limits_hold(struct gate *gate, int64_t real_ms);
void limits_reset(struct limits *l);

/* fault.c */
/* False: not a rule; `why` says what is wrong. */
bool
injection_add(struct injections *all, const char *rule, char *why, size_t size);
void injection_clear(struct injections *all);
enum injected
injection_next(struct injections *all, const char *method, int64_t *ms);
const char *injection_name(enum injected kind);
void injection_names(struct buf *out);
/* Answers in place of the action; true: it did. */
bool injection_before(
    struct call *c, enum injected kind, int64_t ms, struct gate *gate);
/* Changes the answer of an action that was carried out: first what it says...
 */
void injection_after(
    struct call *c, enum injected kind, int64_t ms, struct gate *gate);
/* ...then, when it is encoded, its bytes. */
void injection_spoil(struct sim_answer *answer, enum injected kind);

/* page.c: the two paging dialects (6 [R,D]). */
struct dialect {
	const char *page, *size;		   /* asked */
	const char *number, *pages, *here, *total; /* answered */
};
extern const struct dialect dialect_pagina, dialect_n_pagina;
struct page {
	int64_t number;
	size_t first, count; /* of the matches that stand in it */
};
/* Writes the counters; fault 5113 and false when the page is empty. */
bool page_open(struct call *c, const struct dialect *d, struct value asked,
    size_t matches, struct page *out);
/* filtrar_por_data_de/_ate and the two filtrar_apenas flags (4.4, 5.3). */
struct span {
	bool any, only_included, only_altered;
	int64_t from, to; /* simulated ms */
};
bool span_read(struct call *c, struct value asked, struct span *out);
bool span_holds(const struct span *span, int64_t included, int64_t altered);

/* contrato_build.c */
enum writer {
	BY_API,	    /* the business rules hold, the user is WEBSERVICE */
	BY_SERVICE, /* another method of the API: rules were checked before */
	BY_PERSON   /* somebody at the screen: nothing is checked */
};
/* Merges `patch` into `*contract` (NULL: into a new one, given back) and
 * stores the result; false after a fault. Keys are the caller's to check. */
bool contract_write(struct call *c, struct contract **contract,
    struct value patch, enum writer who);
/* Stores `all` in place of what the contract was. */
bool
contract_replace(struct call *c, struct contract *contract, struct value all);
/* item.c: `old` or `sent` may be absent; adds what the item costs. */
bool item_build(struct call *c, struct buf *out, struct value old,
    struct value sent, int64_t *cents);

/* other.c */
struct service_record {
	int64_t id;
	const char *code, *description, *tribute, *municipal, *lc116, *nbs,
	    *category;
	int64_t price_cents;
};
const struct service_record *service_by_id(int64_t id);

/* dispatch.c, control.c */
void omie_handle(
    void *state, const struct sim_request *request, struct sim_answer *answer);
void control_handle(struct sim *sim, const struct sim_request *request,
    struct sim_answer *answer);

extern const struct method clientes_methods[], contrato_methods[],
    contratofat_methods[], contratotpfat_methods[], servico_methods[],
    departamentos_methods[], categorias_methods[];

#endif
