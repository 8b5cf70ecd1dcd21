/* The time of day, injected: --as-of sets it, so tests and reruns are exact. */
#ifndef VOLUM_CORE_CLOCK_H
#define VOLUM_CORE_CLOCK_H

#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

/* An instant: milliseconds since 1970-01-01T00:00:00Z. */
typedef int64_t instant_ms;

struct clock {
	instant_ms fixed; /* 0: the system's clock, else the time stands here */
};

/* A calendar day in some zone. */
struct day {
	int year, month, day;
};

instant_ms clock_now(const struct clock *clock);
/* For waiting and limits: never set, never jumps, unaffected by --as-of. */
int64_t clock_monotonic_ms(void);
/* Sleeps; 0, or the rest in ms when a signal came: the caller looks at
 * filter_stop and goes on or not. */
int64_t clock_sleep_ms(int64_t ms);

/* `2026-11-24T05:00:03Z`, offsets and fractions allowed. BAD_USAGE otherwise,
 * and up to the first instant of 1970 (0 means "not fixed" above).
 */
enum status instant_parse(const char *text, instant_ms *out, struct error *err);
enum { INSTANT_TEXT = 32 };
/* RFC 3339 in UTC: whole seconds, or with milliseconds. */
void instant_format(instant_ms at, char out[INSTANT_TEXT]);
void instant_format_ms(instant_ms at, char out[INSTANT_TEXT]);

/*
 * The calendar day at `at` in `zone` (a tzdata name). Where tzdata lacks the
 * zone: America/Sao_Paulo falls back to UTC-3 (domain: no summer time since
 * 2019), any other name is BAD_CONFIG. Doesn't touch TZ for the rest of the
 * process.
 */
enum status instant_day(
    instant_ms at, const char *zone, struct day *out, struct error *err);

/* The calendar day of the clock in VOLUM_TZ (America/Sao_Paulo): "today". */
enum status
clock_today(const struct clock *clock, struct day *out, struct error *err);

#endif
