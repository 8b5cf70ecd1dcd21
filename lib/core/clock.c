#include "core/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/civil.h"

enum { MS_PER_S = 1000, MS_PER_MIN = 60 * MS_PER_S, NS_PER_MS = 1000 * 1000 };

instant_ms
clock_now(const struct clock *clock)
{
	struct timespec now;

	if (clock->fixed != 0)
		return clock->fixed;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

int64_t
clock_sleep_ms(int64_t ms)
{
	struct timespec wait, rest;

	if (ms <= 0)
		return 0;
	wait.tv_sec = ms / MS_PER_S;
	wait.tv_nsec = ms % MS_PER_S * NS_PER_MS;
	if (clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, &rest) != EINTR)
		return 0;
	/* Rounded up, so that an interrupted sleep never looks finished. */
	return (int64_t)rest.tv_sec * MS_PER_S + rest.tv_nsec / NS_PER_MS + 1;
}

/* Exactly `digits` decimal digits; -1 when there are fewer. Moves *at on. */
static int
take_number(const char **at, int digits)
{
	int n = 0;

	for (; digits > 0; digits--, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		n = n * 10 + (**at - '0');
	}
	return n;
}

static bool
take_byte(const char **at, char want)
{
	if (**at != want)
		return false;
	(*at)++;
	return true;
}

/* The fraction of a second in ms (what is finer is dropped), -1 on none. */
static int
take_fraction(const char **at)
{
	int ms = 0, weight = 100;

	if (!take_byte(at, '.'))
		return 0;
	if (**at < '0' || **at > '9')
		return -1;
	for (; **at >= '0' && **at <= '9'; (*at)++, weight /= 10)
		ms += (**at - '0') * weight;
	return ms;
}

/* `Z` or `+HH:MM`, in ms to be subtracted. */
static bool
take_offset(const char **at, int *offset_ms)
{
	int hours, minutes;
	bool west;

	*offset_ms = 0;
	if (take_byte(at, 'Z') || take_byte(at, 'z'))
		return true;
	west = **at == '-';
	if (!take_byte(at, '-') && !take_byte(at, '+'))
		return false;
	if ((hours = take_number(at, 2)) < 0 || hours > 23 ||
	    !take_byte(at, ':') || (minutes = take_number(at, 2)) < 0 ||
	    minutes > 59)
		return false;
	*offset_ms = (hours * 60 + minutes) * MS_PER_MIN * (west ? -1 : 1);
	return true;
}

static bool
take_day(const char **at, struct day *day)
{
	return (day->year = take_number(at, 4)) >= 0 && take_byte(at, '-') &&
	    (day->month = take_number(at, 2)) >= 1 && day->month <= 12 &&
	    take_byte(at, '-') && (day->day = take_number(at, 2)) >= 1 &&
	    day->day <= days_in_month(day->year, day->month);
}

/* Time of day in ms; a leap second has no instant of its own: refused. */
static bool
take_time(const char **at, int *ms)
{
	int hour, minute, second, fraction;

	if ((hour = take_number(at, 2)) < 0 || hour > 23 ||
	    !take_byte(at, ':') || (minute = take_number(at, 2)) < 0 ||
	    minute > 59 || !take_byte(at, ':') ||
	    (second = take_number(at, 2)) < 0 || second > 59 ||
	    (fraction = take_fraction(at)) < 0)
		return false;
	*ms = (hour * 60 + minute) * MS_PER_MIN + second * MS_PER_S + fraction;
	return true;
}

enum status
instant_parse(const char *text, instant_ms *out, struct error *err)
{
	const char *at = text;
	struct day day;
	int time_ms, offset_ms;
	instant_ms instant;

	if (!take_day(&at, &day) ||
	    (!take_byte(&at, 'T') && !take_byte(&at, 't')) ||
	    !take_time(&at, &time_ms) || !take_offset(&at, &offset_ms) || *at)
		return fail(err, BAD_USAGE,
		    "%.40s: no instant like 2026-11-24T05:00:03Z", text);
	instant =
	    days_since_epoch(day) * (int64_t)MS_PER_DAY + time_ms - offset_ms;
	/* 0 stands for the system's clock in struct clock. */
	if (instant <= 0)
		return fail(err, BAD_USAGE, "%.40s: before 1970", text);
	*out = instant;
	return DONE;
}

static void
format(instant_ms at, char out[INSTANT_TEXT], bool with_ms)
{
	int64_t days = floor_div(at, MS_PER_DAY);
	int ms = (int)((at % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY);
	int second = ms / MS_PER_S;
	struct day day = day_of_epoch(days);
	int n;

	n = snprintf(out, INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d",
	    day.year, day.month, day.day, second / 3600, second / 60 % 60,
	    second % 60);
	if (with_ms)
		snprintf(out + n, (size_t)(INSTANT_TEXT - n), ".%03dZ",
		    ms % MS_PER_S);
	else
		snprintf(out + n, (size_t)(INSTANT_TEXT - n), "Z");
}

void
instant_format(instant_ms at, char out[INSTANT_TEXT])
{
	format(at, out, false);
}

void
instant_format_ms(instant_ms at, char out[INSTANT_TEXT])
{
	format(at, out, true);
}

enum status
clock_today(const struct clock *clock, struct day *out, struct error *err)
{
	const char *zone = getenv("VOLUM_TZ");

	if (zone == NULL || zone[0] == '\0')
		zone = "America/Sao_Paulo";
	return instant_day(clock_now(clock), zone, out, err);
}
