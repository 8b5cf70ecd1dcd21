#include "core/civil.h"

#include <stdbool.h>

/*
 * Counting years from 1 March puts the leap day last, so that the length of a
 * month depends on nothing but the month; 400 years are always the same number
 * of days (an era).
 */
enum { DAYS_PER_ERA = 146097, EPOCH_FROM_YEAR_0 = 719468 };

int64_t
floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

int64_t
days_since_epoch(struct day day)
{
	int64_t year = (int64_t)day.year - (day.month <= 2);
	int64_t era = floor_div(year, 400), of_era = year - era * 400;
	int64_t from_march = (day.month + 9) % 12;
	int64_t of_year = (153 * from_march + 2) / 5 + day.day - 1;

	return era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - EPOCH_FROM_YEAR_0;
}

struct day
day_of_epoch(int64_t days)
{
	int64_t from_0 = days + EPOCH_FROM_YEAR_0;
	int64_t era = floor_div(from_0, DAYS_PER_ERA);
	int64_t of_era = from_0 - era * DAYS_PER_ERA;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
			   of_era / (DAYS_PER_ERA - 1)) /
	    365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t from_march = (5 * of_year + 2) / 153;
	struct day day;

	day.day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
	day.month = (int)((from_march + 2) % 12 + 1);
	day.year = (int)(year + era * 400 + (day.month <= 2));
	return day;
}
