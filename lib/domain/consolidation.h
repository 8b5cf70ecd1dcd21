/* A consolidation: what one proposal of one company costs in one month. */
#ifndef VOLUM_DOMAIN_CONSOLIDATION_H
#define VOLUM_DOMAIN_CONSOLIDATION_H

#include "core/buf.h"
#include "core/record.h"
#include "domain/competencia.h"

/* Who it is about: the key of consolidations, contracts and the ledger. */
struct billing_key {
	competencia month;
	struct text empresa_id;
	struct text proposta;
};

/* The members competencia, empresaId and numeroProposta of a record. */
enum status billing_key_read(
    struct value object, struct billing_key *out, struct error *err);
void billing_key_write(struct buf *b, const struct billing_key *key);

struct billing_line {
	struct text name;
	int64_t quantity_micro;
	int64_t cents;
};

enum consolidation_status {
	CONSOLIDATION_PROCESSING,
	CONSOLIDATION_COMPLETED,
	CONSOLIDATION_READY_TO_SEND,
	CONSOLIDATION_SENT,
	CONSOLIDATION_ERROR
};

/* "processing" ...; the other way -1 when it is none of them. */
const char *consolidation_status_name(enum consolidation_status s);
int consolidation_status_read(struct text name);
/* The member `status` of a record: one of the five, required. */
enum status record_status(
    struct value object, enum consolidation_status *out, struct error *err);

struct memo; /* how its lines were priced: domain/memo.h */

struct consolidation {
	struct billing_key key;
	int64_t total_cents;
	enum consolidation_status status;
	int64_t revision; /* from 1 */
	const struct billing_line *lines;
	size_t line_count;
	struct value source;	 /* the consolidacaoData it was read from, for
				    unknown members; absent when priced here */
	const struct memo *memo; /* NULL: it was not priced here */
};

/*
 * Reads `consolidacaoData` strictly: all members of design section 2, lines
 * add up to valorTotal in cents (else "soma_divergente"), nothing negative,
 * `revisao` optional. The lines live in `arena`, texts in the record.
 */
enum status consolidation_read(struct value consolidacao_data,
    struct consolidation *out, struct arena *arena, struct error *err);

/*
 * The object, members in the order of design section 2, unknown members of the
 * source kept before `status`; `revisao` only above 1. The content alone (what
 * makes two of them the same: all but status and revisao) is what
 * consolidation_write_content() gives, as an object too.
 */
void consolidation_write(struct buf *b, const struct consolidation *c);
void consolidation_write_content(struct buf *b, const struct consolidation *c);
/* The object again, from stored content: status and revision put back in. */
void consolidation_write_stored(struct buf *b, struct text content,
    enum consolidation_status status, int64_t revision);
/* {"consolidacaoData":{...},...}: that object, then the members of the object
 * `extra`. */
void consolidation_write_event(struct buf *b, struct text content,
    enum consolidation_status status, int64_t revision, struct text extra);

/* Whether `content` (of a stored one) bills what `c` bills: key, lines and
 * total, whatever else they carry. */
bool
consolidation_bills_same(struct text content, const struct consolidation *c);

/* What to do with one that arrives, given the stored one (design section 5). */
struct consolidation_stored {
	bool exists;
	enum consolidation_status status;
	int64_t revision;
	int64_t total_cents;
	struct text content;
};

enum consolidation_verdict {
	CONSOLIDATION_NEW,     /* store as it is */
	CONSOLIDATION_SAME,    /* nothing to write, pass on what is stored */
	CONSOLIDATION_STATUS,  /* same content, status moves on to the incoming
				  one */
	CONSOLIDATION_REPLACE, /* not sent yet: new content, same revision */
	CONSOLIDATION_REVISE,  /* sent: revision n+1, ready_to_send */
	CONSOLIDATION_REFUSED  /* sent and different, no --revise: ja_enviada */
};

/*
 * `incoming` is content and status (see above). A status only moves forward
 * (processing, completed, ready_to_send, sent; error from anywhere but sent and
 * back), so `sent` stays. Once sent, only key, lines and total make a
 * difference: unknown members alone do not. On CONSOLIDATION_REFUSED `err`
 * names both totals. An incoming revision above the stored one (a restored
 * dump) is kept: CONSOLIDATION_REPLACE with that revision, where a sent one
 * may be replaced at all.
 */
enum consolidation_verdict
consolidation_decide(const struct consolidation_stored *stored,
    const struct consolidation *incoming, struct text incoming_content,
    bool revise, struct error *err);

#endif
