/* What the files of volum-redrive share. */
#ifndef VOLUM_REDRIVE_H
#define VOLUM_REDRIVE_H

#include "core/filter.h"

struct options {
	struct common_options common;
	bool all;
	struct option_list codes; /* --codigo */
	struct option_list with;  /* --with COMMAND:OPTION */
	int64_t max_attempts;
};

/*
 * Where a line goes back in, in the order in which it is done: the catalogue
 * first, since what waits for a company or a proposal finds it then.
 */
enum route {
	TO_CATALOG,   /* volum-store alone */
	TO_OMIE,      /* cnpj-sync, from InAnbetec */
	TO_INANBETEC, /* cnpj-sync, from Omie */
	TO_FETCH,     /* volum-fetch, and on to the contract */
	TO_PRICE,     /* volum-store, and on to the contract */
	TO_BILL,      /* omie-contract, and what it did to the store */
	ROUTES,
	NOWHERE = ROUTES
};

enum fate {
	STAYS,	 /* not due, or nothing that time mends */
	IS_DUE,	 /* to be fed */
	POISON,	 /* refused too often */
	UNKNOWN, /* no rejected line, or no command takes it */
	FED	 /* the commands have had it, and what they refused */
};

struct letter {
	struct text line; /* without its newline */
	enum fate fate;
	enum route route;
	bool is_data; /* a person must correct it */
};

/* What is in the file, in its order. */
struct letters {
	struct text content; /* mapped */
	struct letter *at;
	size_t count;
};

/* ---------------------------------------------------------------- pick.c */

/* Maps `fd` (a regular file), finds its lines and says what is to be done with
 * each at `now`. OUTPUT_FAILED: it can't be read. */
enum status letters_read(struct letters *l, int fd, const struct options *o,
    instant_ms now, struct error *err);
void letters_clear(struct letters *l);
size_t letters_count(const struct letters *l, enum fate fate);
size_t letters_count_data(const struct letters *l);

/* ---------------------------------------------------------------- desk.c */

/*
 * FILE.redrive, the folder in which lines are while they are at work, so that
 * kill -9 at any moment loses none and doubles none: desk.c has the steps.
 */
struct desk {
	char *file;   /* the rejected file */
	char *folder; /* FILE.redrive */
	char *poison; /* FILE.poison */
	int lock;     /* on the folder, inherited by the commands; -1: none */
};

/* Takes the lock, and puts back what a run that was killed had decided. DONE
 * without a lock: there is no file, or it is only looked at (`to_look`).
 * TRY_LATER: another redrive is at work, or a command that it left behind.
 * BAD_CONFIG: no regular file. */
enum status
desk_open(struct desk *d, const char *file, bool to_look, struct error *err);
void desk_close(struct desk *d);

/* The name of one of the desk's files, the caller's to free. */
char *desk_path(const struct desk *d, const char *name);

/* Whether a run that was killed has left lines that it had taken. */
bool desk_has_work(const struct desk *d);

/* The lines to work on, open for reading, in *out; -1: there are none. What was
 * taken by a run that was killed comes first. */
enum status desk_take(struct desk *d, int *out, struct error *err);

/* Writes the lines that stay, with what was refused again (the file `again`)
 * behind them, back into the rejected file, and the poison into its own. */
enum status
desk_settle(struct desk *d, const struct letters *l, struct error *err);

/* ---------------------------------------------------------------- feed.c */

/* Feeds the lines that are due, route by route; those of a route whose commands
 * did not all end well stay. The worst exit code; `err` is empty. */
enum status feed(struct filter *f, const struct options *o,
    const struct desk *d, struct letters *l, struct error *err);

/* Whether WITH is COMMAND:OPTION and COMMAND one of ours. */
bool with_is_valid(const char *with);

#endif
