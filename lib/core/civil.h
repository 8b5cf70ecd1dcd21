/*
 * The calendar as arithmetic (proleptic Gregorian): days counted from
 * 1970-01-01. Under the clock and the billing month; others use clock.h.
 */
#ifndef VOLUM_CORE_CIVIL_H
#define VOLUM_CORE_CIVIL_H

#include <stdint.h>

#include "core/clock.h"

enum { S_PER_DAY = 24 * 60 * 60, MS_PER_DAY = S_PER_DAY * 1000 };

/* Rounds towards minus infinity; `by` is positive. */
int64_t floor_div(int64_t n, int64_t by);
int days_in_month(int year, int month);
int64_t days_since_epoch(struct day day);
struct day day_of_epoch(int64_t days);

#endif
