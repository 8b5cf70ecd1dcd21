/* Shared by keep.c and its one file per kind of record; nobody else's. */
#ifndef VOLUM_STORE_KEEP_INTERNAL_H
#define VOLUM_STORE_KEEP_INTERNAL_H

#include "domain/money.h"
#include "store/keep.h"

enum status
keep_volumes(struct keeper *k, struct value root, struct error *err);
enum status
keep_consolidation(struct keeper *k, struct value root, struct error *err);
enum status
keep_contract(struct keeper *k, struct value root, struct error *err);
enum status
keep_company(struct keeper *k, struct value root, struct error *err);
enum status
keep_proposal(struct keeper *k, struct value root, struct error *err);
enum status keep_sync(struct keeper *k, struct value root, struct error *err);
enum status keep_memo(struct keeper *k, struct value root, struct error *err);

/* A company's object: its key, document and customer; `doc` stays as it is. */
enum status
company_read(struct value company, struct company *out, struct error *err);

/* Stores one consolidation by the rules of consolidation_decide() and puts
 * its line out; `extra` are the event's other members as an object. */
enum status keep_one_consolidation(struct keeper *k,
    const struct consolidation *c, struct text extra, struct error *err);

/* Only the question: SOME_REJECTED when it would be refused; `*changes`: what
 * is stored would not stay the same. */
enum status keep_may_consolidate(struct keeper *k,
    const struct consolidation *c, bool *changes, struct error *err);

/* --dia-corte: the month may not change, and no --reopen lets it. */
bool keep_is_closed(const struct keeper *k, competencia month);
/* "competencia_fechada" for what would change a consolidation of such a month.
 */
enum status keep_refuse_closed(
    const struct keeper *k, const struct billing_key *key, struct error *err);
/* "variacao": the company's new total is too far from that of the month before.
 */
enum status keep_check_change(struct keeper *k, competencia month,
    struct text empresa_id, wide cents, struct error *err);

/* What is stored under `key`; its texts live as long as the record in hand. */
enum status
keep_find_consolidation(struct keeper *k, const struct billing_key *key,
    struct stored_consolidation *out, bool *found, struct error *err);

/* The proposals of a company into `c`, from the store. */
enum status keep_load_proposals(struct keeper *k, struct text empresa_id,
    struct catalog *c, struct error *err);

/* Notes whether a record of `month` is partial, by the clock and by its own
 * mark. SOME_REJECTED: the month has not begun. */
enum status keep_note_month(
    struct keeper *k, struct value root, competencia month, struct error *err);
/* Whether what is stored is marked as partial. Takes k->doc. */
bool keep_is_partial(struct keeper *k, struct text document);
/* All members of `root` but those in `except` (NULL-ended, room for one name
 * more), and the mark where it is missing. */
void keep_members(
    struct keeper *k, struct buf *out, struct value root, const char **except);

/* `document`, with the mark `migrado` of what is `stored` in its place where it
 * has none itself. It lives as long as the record in hand. Takes k->doc. */
struct text
keep_marked(struct keeper *k, struct text document, struct text stored);

/* The record without requestId, test and traceparent: what is stored, so that
 * the same content of another run is the same document. */
void keep_document(struct buf *out, struct value root);
/* `document` (an object) as an output line, those put back. */
void keep_pass_on(struct keeper *k, struct text document);

#endif
