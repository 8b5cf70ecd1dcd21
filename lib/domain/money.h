/* Decimal text to scaled integer and back; every rounding rule, by name. */
#ifndef VOLUM_DOMAIN_MONEY_H
#define VOLUM_DOMAIN_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/record.h"

/* __int128 is a GNU extension that both of our compilers have. */
__extension__ typedef __int128 wide;

/* Half a unit away from zero ("meio acima", domain-br 3.1): n / d rounded, d >
 * 0. */
wide round_half_up(wide n, wide d);

enum decimal_fault {
	DECIMAL_OK,
	DECIMAL_SYNTAX, /* not a JSON number */
	DECIMAL_RANGE	/* 10^12 units or more, either sign */
};

/*
 * Reads a JSON number as written, exponents included, never through a double,
 * and rounds it half-up to `places` decimals (0 to 6): 1.005 at 2 is 101.
 * `*residue_millionths` (may be NULL) is how much was rounded away, in
 * millionths, rounded up: above 1 it is worth a log line (pricing.md 3). Any
 * number of digits is fine.
 */
enum decimal_fault decimal_read(
    struct text number, int places, int64_t *out, int64_t *residue_millionths);

/*
 * A decimal string of a proposal, `(0|[1-9][0-9]{0,11})(\.[0-9]+)?`, with at
 * most `max_places` decimals (<= 6), scaled to 6 decimals. `*places` (may be
 * NULL) is how many it is written with. DECIMAL_SYNTAX covers too many
 * decimals.
 */
enum decimal_fault
decimal_string_read(struct text s, int max_places, int64_t *micro, int *places);

/*
 * For amounts that another program stored as a double, and for nothing else:
 * the whole number of units of 10^-places (places 0 to 6) that `d` stands for.
 * *noisy: it isn't the double nearest to that number, but within the few last
 * bits that adding doubles spoils. False: no such number (a fraction of a unit,
 * NaN, infinite, 10^12 or more), or the doubles there are too far apart to tell
 * one unit from the next.
 */
bool decimal_of_double(double d, int places, int64_t *out, bool *noisy);

/* `15000.00`: cents as a JSON number, always two decimals. */
void money_add(struct buf *b, int64_t cents);
/* `15.000,00`: for people. */
void money_add_br(struct buf *b, int64_t cents);
/* The same at the right of so many columns. */
void money_add_column(struct buf *b, int64_t cents, size_t columns);
/* `12.5`, `150`: millionths without final zeros. */
void decimal_add_micro(struct buf *b, int64_t micro);

/*
 * The money member `name` of `object`, in cents: a JSON number with at most two
 * decimals that are not zero, not negative, below 10^15 units (the most that
 * pricing gives). Refuses like record.h does (campo_ausente, campo_invalido).
 */
enum status record_money(
    struct value object, const char *name, int64_t *cents, struct error *err);
/* A quantity: a JSON number of at most six decimals, not negative, below 10^12;
 * in millionths. */
enum status record_quantity(
    struct value object, const char *name, int64_t *micro, struct error *err);

#endif
