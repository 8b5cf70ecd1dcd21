/*
 * What the functions that billed before this program left: documents of
 * `consolidacoes` and `empresas`, with amounts as doubles and members missing.
 * They come as relaxed Extended JSON, one object each. What can't be read for
 * certain is told, member by member, and never guessed.
 */
#ifndef VOLUM_DOMAIN_EARLIER_H
#define VOLUM_DOMAIN_EARLIER_H

#include "domain/consolidation.h"

/* What was found: lists of {"campo":...,"motivo":...}, without their brackets.
 * A fault keeps a document from being taken over, a notice doesn't. */
struct earlier_notes {
	struct buf faults, notices;
};

void earlier_notes_clear(struct earlier_notes *n);
void earlier_fault(struct earlier_notes *n, const char *member, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
void earlier_notice(struct earlier_notes *n, const char *member,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static inline bool
earlier_is_refused(const struct earlier_notes *n)
{
	return n->faults.len > 0;
}

struct earlier_bill {
	struct consolidation c; /* `source` is absent, revision 1 */
	bool billed;		/* there is, or was, a contract in Omie */
	int64_t nCodCtr;	/* of it; 0: not known */
	struct text code;	/* the cCodIntCtr they gave it; {"",0}: none */
};

/*
 * Competencia, empresaId and numeroProposta; a number becomes its text. False,
 * with faults: not all of them can be read, those are {"",0} or 0. Texts live
 * in `arena`.
 */
bool earlier_key_read(struct value doc, struct billing_key *out,
    struct arena *arena, struct earlier_notes *notes);

/*
 * The whole bill; texts and lines live in `arena` and the record. With faults
 * what `out` holds is for reports alone. Billed is what has status `sent` or an
 * nCodCtr; where neither is so and another member looks as if it had been sent,
 * that is a fault.
 */
void earlier_bill_read(struct value doc, struct earlier_bill *out,
    struct arena *arena, struct earlier_notes *notes);

/* {"empresa":{...}}: all members but those that are the database's own. */
void earlier_company_write(
    struct value doc, struct buf *record, struct earlier_notes *notes);

/* The member `migrado`, that goes with a bill they sent and with its contract
 * through the whole chain: {"_id":...,"cCodIntCtr":...,"nCodCtr":...}. */
void earlier_mark_write(
    struct buf *b, struct text id, const struct earlier_bill *bill);
/* Whether a record carries it; null and false are none. */
bool earlier_is_marked(struct value record);

#endif
