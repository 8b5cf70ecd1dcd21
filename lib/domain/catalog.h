/* Proposals (and companies) held in memory, by company: the whole catalogue of
 * --catalog, or a bounded cache in front of a store. */
#ifndef VOLUM_DOMAIN_CATALOG_H
#define VOLUM_DOMAIN_CATALOG_H

#include "domain/pricing.h"

struct catalog;

/*
 * `max_bytes` 0: no ceiling; else the whole content is dropped when passed. It
 * is looked at when a company comes that is not in it, so that what is held of
 * a company is never a part of its proposals.
 */
struct catalog *catalog_new(size_t max_bytes);
void catalog_free(struct catalog *c); /* NULL is fine */

/*
 * Takes `p` over (also on refusal). Same company, number and start: replaces.
 * SOME_REJECTED "proposta_invalida": a month in common with another version.
 */
enum status
catalog_add(struct catalog *c, struct proposal *p, struct error *err);
/* The next company that is not in it would make it drop the rest. */
bool catalog_is_full(const struct catalog *c);
/* Notes that a company is known (it may have no proposals). */
void catalog_note(struct catalog *c, struct text empresa_id);
/* Forgets a company: the store has changed. */
void catalog_forget(struct catalog *c, struct text empresa_id);
/* False: the company is not in it. Valid until the next change. */
bool catalog_find(const struct catalog *c, struct text empresa_id,
    struct proposal *const **proposals, size_t *count);

#endif
