/* From volumes and proposals to consolidations; rules: volum(7), proposta. */
#ifndef VOLUM_DOMAIN_PRICING_H
#define VOLUM_DOMAIN_PRICING_H

#include "core/record.h"
#include "domain/competencia.h"
#include "domain/consolidation.h"

/* One version of a proposal, compiled into one block of memory. Opaque. */
struct proposal;

/*
 * Reads the member `proposta` of a record: all rules of pricing.md sections 1
 * and 2 for the models that are known. The block is the caller's
 * (proposal_free). SOME_REJECTED, "proposta_invalida": the first fault, with
 * its path.
 */
enum status
proposal_read(struct value proposta, struct proposal **out, struct error *err);
void proposal_free(struct proposal *p); /* NULL is fine */
size_t proposal_bytes(const struct proposal *p);

/* Notes which document it was read from, for the memos of what it prices. */
void proposal_mark(struct proposal *p, struct text document);

struct text proposal_company(const struct proposal *p);
struct text proposal_number(const struct proposal *p);
struct day proposal_from(const struct proposal *p);
/* Last day, included; {9999,12,31} when open. */
struct day proposal_until(const struct proposal *p);
bool proposal_in_force(const struct proposal *p, competencia month);
/*
 * The later record `b` may stand beside `a`: other company, number, the same
 * start (it replaces), or no calendar month in common (pricing.md 2).
 */
bool proposal_compatible(const struct proposal *a, const struct proposal *b);

/*
 * Prices one element of volumetriaData for `month`. `proposals` are all of the
 * company's, in any order; those not in force are passed over. Every figure is
 * read before anything is priced. `each` gets the consolidations by
 * numeroProposta in byte order, status completed, revision 1; their memory is
 * `scratch`'s. Nothing is called when the element is refused:
 * "dados_incompletos", "proposta_desconhecida", "proposta_invalida" (overflow).
 * `note` (may be NULL) gets what should be logged: rounding residues, products
 * nobody bills.
 */
typedef enum status (*price_fn)(
    const struct consolidation *c, void *ctx, struct error *err);
typedef void (*price_note_fn)(const char *note, void *ctx);

enum status price_element(struct value element, competencia month,
    struct proposal *const *proposals, size_t count, struct arena *scratch,
    price_fn each, price_note_fn note, void *ctx, struct error *err);

/* Product's display name, "Cobrança Bancária" for cobranca; else its own. */
struct text product_name(struct text product);

#endif
