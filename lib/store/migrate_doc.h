/* Of the migration alone: one document, and what it becomes. */
#ifndef VOLUM_STORE_MIGRATE_DOC_H
#define VOLUM_STORE_MIGRATE_DOC_H

#include "domain/earlier.h"
#include "store/backend.h"

/* Texts live in the arena that it was read with. */
struct migration_item {
	enum store_kind kind;
	struct text id;
	struct text key; /* {"",0}: it has none that can be read */
	struct earlier_notes notes;
	struct earlier_bill bill; /* STORE_CONSOLIDATIONS; its lines are gone */
	struct text content, extra,
	    contract;		/* contract: of one that was sent */
	struct company company; /* STORE_COMPANIES */
	bool there_already;	/* what it becomes is stored, and it is kept
				   aside: all but taking it away was done */
	bool passed;		/* another process has taken it over */
};

/* What a document is read with. */
struct migration_reader {
	struct record *rec;
	struct buf text;
	struct arena *arena; /* of the page */
	struct day today;
};

/* Fills `item`, whose notes are the caller's to clear. */
void migration_read(struct migration_reader *r, enum store_kind kind,
    const struct earlier_doc *doc, struct migration_item *item);
/* What it becomes, into the open batch. */
enum status migration_put(
    struct store *s, const struct migration_item *item, struct error *err);
/* Whether `stored` is what it becomes. */
bool migration_is_same_bill(const struct migration_item *item,
    const struct stored_consolidation *stored);
/* {"migracao":{...}} */
void migration_write(
    struct buf *b, const struct migration_item *item, const char *acao);

#endif
