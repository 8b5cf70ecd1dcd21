/* An answer of the usage API taken apart, element by element; private to usage.
 */
#ifndef VOLUM_NET_USAGE_ANSWER_H
#define VOLUM_NET_USAGE_ANSWER_H

#include "core/jqprog.h"
#include "core/record.h"

struct answer;

struct answer *answer_new(void);
void answer_free(struct answer *a); /* NULL is fine */

/* Starts at the beginning of `json` (the caller's), or of a file, of which only
 * a piece is ever held. */
void answer_over_text(struct answer *a, struct text json);
void answer_over_file(struct answer *a, int fd);

enum answer_step {
	ANSWER_ELEMENT,
	ANSWER_END,	 /* the answer is whole and was valid */
	ANSWER_NOT_JSON, /* cut, or no JSON: another try may help */
	ANSWER_BAD_SHAPE /* valid, but not what was agreed */
};

/*
 * The next element of `[...]` or of `{"data":[...]}`: an object with its
 * identifier `idEmpresa`, both valid until the next call. Otherwise `why` says
 * what is wrong, without content.
 */
enum answer_step answer_next(struct answer *a, struct text *id,
    struct value *element, struct error *why);

/* Appends the element, compact, `quantidade` put into the product's own counter
 * where that is missing (upstream-api). */
void answer_normalise(struct buf *out, struct value element);

/*
 * What `map` makes of `json` as one array in `out`: its results, each an
 * element or an array of elements. Statuses are those of jqprog_run().
 */
enum status answer_map(
    struct jqprog *map, struct text json, struct buf *out, struct error *err);

#endif
