/* The billing month, `YYYY-MM`; "today" is given from outside. */
#ifndef VOLUM_DOMAIN_COMPETENCIA_H
#define VOLUM_DOMAIN_COMPETENCIA_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"

/* Months since year 0: ordered, next month is +1. 0 is "none". */
typedef int32_t competencia;

enum { COMPETENCIA_TEXT = 8, DAY_TEXT = 11 };

competencia competencia_of(struct day d);
/* `^[0-9]{4}-(0[1-9]|1[0-2])$` and nothing else; 0 when it isn't one. */
competencia competencia_read(struct text t);
void competencia_format(competencia c, char out[COMPETENCIA_TEXT]);
struct day competencia_first_day(competencia c);
struct day competencia_last_day(competencia c);

/*
 * What the word `text` means on the day `today` (domain-br 2.2): `YYYY-MM`,
 * `fechada` and `auto` (the month before today's), `corrente` (today's;
 * *partial is set). YYYY-MM of today's month is partial too. Refused, code
 * "competencia_invalida": anything else, and future months.
 */
enum status competencia_resolve(struct text text, struct day today,
    competencia *out, bool *partial, struct error *err);

/* Whether `c` has begun on the day `today`; *partial: and is not over. A future
 * month is refused, code "competencia_invalida". */
enum status competencia_check(
    competencia c, struct day today, bool *partial, struct error *err);

/* `2026-01-31`: a real calendar day, nothing else. False otherwise. */
bool day_read(struct text t, struct day *out);
void day_format(struct day d, char out[DAY_TEXT]);    /* 2026-01-31 */
void day_format_br(struct day d, char out[DAY_TEXT]); /* 31/01/2026, for Omie */
int day_order(struct day a, struct day b);

#endif
