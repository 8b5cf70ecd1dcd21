/*
 * What happens to a record that is kept: which key it has, what it may
 * replace, and the line that is passed on once it is stored (design section 5).
 */
#ifndef VOLUM_STORE_KEEP_H
#define VOLUM_STORE_KEEP_H

#include "core/filter.h"
#include "domain/catalog.h"
#include "store/store.h"

struct keeper {
	struct filter *filter;
	struct store *store;	 /* NULL: prices by `catalog` alone */
	struct catalog *catalog; /* --catalog; NULL: the store's proposals */
	struct catalog *known;	 /* some of the store's, as they are there */
	bool known_checked;	 /* ... in this batch too */
	struct catalog *spare;	 /* one company that found no room there */
	bool revise;		 /* --revise */
	struct day today;     /* at the start of the batch; year 0: not asked */
	const char *proposta; /* the only one to price by; NULL: all */
	int64_t max_change;   /* --max-change in per cent; -1: any */
	competencia closed;   /* --dia-corte: this month and all before */
	const char *reopen;   /* --reopen: why they may change; or NULL */
	/* Of the record in hand: */
	bool write;    /* false: decide and pass on, store nothing */
	bool test;     /* it is marked as a test, and so is its output */
	bool partial;  /* its month is not over, or it says so */
	bool unmarked; /* ... and it doesn't say so: its output shall */
	struct text request_id; /* its own or --request-id; {"",0}: none */
	struct arena scratch;
	struct record *doc; /* for documents that come out of the store */
	struct buf content, extra, line, memo, why;
};

/* All take one record, put its lines on the filter's output and return
 * SOME_REJECTED when it is refused; elements of volumes are refused one by one
 * through the filter. Other statuses are the store's. */
enum status
keep_record(struct keeper *k, const struct record *rec, struct error *err);

/* What the record will ask the store for, so that a store that is far away can
 * read a batch at once. */
void keep_ahead(struct keeper *k, const struct record *rec);

void keeper_init(struct keeper *k, struct filter *f);
/* Fills the catalogue from a file of `proposta` records (`empresa` records are
 * passed over). BAD_CONFIG: it can't be read, or lines are refused; the number
 * and reason of each are named. */
enum status
keep_read_catalog(struct keeper *k, const char *path, struct error *err);
/* A batch begins: others may have changed meanwhile what is known. */
void keeper_begin_batch(struct keeper *k);
void keeper_clear(struct keeper *k); /* the store and catalog stay */

#endif
