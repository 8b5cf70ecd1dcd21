/* Dates as Omie writes them: dd/mm/aaaa, hh:mm:ss (1.3 [D O1]), UTC-3 [I]. */
#include <stdio.h>
#include <time.h>

#include "sim/omie-sim/sim.h"

enum { ZONE_S = -3 * 3600, DAY_S = 86400 };

void
date_of(int64_t now, struct sim_date *out)
{
	time_t local = (time_t)(now / 1000 + ZONE_S);
	struct tm tm;

	gmtime_r(&local, &tm);
	strftime(out->date, sizeof(out->date), "%d/%m/%Y", &tm);
	strftime(out->time, sizeof(out->time), "%H:%M:%S", &tm);
	strftime(out->month, sizeof(out->month), "%Y-%m", &tm);
	out->day = local / DAY_S;
}

bool
date_read(struct text typed, int64_t *day)
{
	struct tm tm = { 0 }, back;
	char copy[11], end;
	time_t at;

	if (typed.len != 10)
		return false;
	snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGS(typed));
	if (sscanf(copy, "%2d/%2d/%4d%c", &tm.tm_mday, &tm.tm_mon, &tm.tm_year,
		&end) != 3)
		return false;
	tm.tm_mon--;
	tm.tm_year -= 1900;
	back = tm;
	at = timegm(&back);
	*day = at / DAY_S;
	/* 31/02 comes back as another day. */
	return back.tm_mday == tm.tm_mday && back.tm_mon == tm.tm_mon;
}
