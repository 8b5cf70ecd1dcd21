/* How what is stored came about, in full, however it is kept. */
#ifndef VOLUM_STORE_MEMO_H
#define VOLUM_STORE_MEMO_H

#include "core/record.h"
#include "store/store.h"

struct memo_finder {
	struct store *store;
	struct record *rec;
	struct arena arena;
};

void memo_finder_init(struct memo_finder *f, struct store *s);
void memo_finder_clear(struct memo_finder *f);

/* Appends the memo of `c`, which is stored, as the object of domain/memo.h;
 * nothing when it has none. Statuses: the store's. */
enum status memo_find(struct memo_finder *f, const struct consolidation *c,
    struct buf *out, struct error *err);

#endif
