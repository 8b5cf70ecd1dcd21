/* core/clock: instants as text and back, the day in a zone, a waking sleep. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/civil.h"
#include "core/clock.h"
#include "unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static instant_ms
instant(const char *text)
{
	struct error err = { 0 };
	instant_ms at = 0;

	if (instant_parse(text, &at, &err) != DONE)
		assert_string_equal(err.text, "");
	return at;
}

static void
every_day_is_the_one_after_the_day_before(void **state)
{
	struct day day = { -1, 2, 28 }, back;
	int64_t n = days_since_epoch(day);

	(void)state;
	assert_int_equal(days_since_epoch((struct day){ 1970, 1, 1 }), 0);
	for (int i = 0; i < 366 * 2500; i++, n++) {
		assert_int_equal(days_since_epoch(day), n);
		back = day_of_epoch(n);
		assert_int_equal(back.year, day.year);
		assert_int_equal(back.month, day.month);
		assert_int_equal(back.day, day.day);
		if (day.day++ < days_in_month(day.year, day.month))
			continue;
		day.day = 1;
		if (day.month++ < 12)
			continue;
		day.month = 1;
		day.year++;
	}
}

static void
instants_are_read(void **state)
{
	static const struct {
		const char *text;
		instant_ms at;
	} good[] = {
		{ "1970-01-01T00:00:00.001Z", 1 },
		{ "2026-11-24T05:00:03Z", 1795496403000 },
		{ "2026-11-24t05:00:03z", 1795496403000 },
		{ "2026-11-24T02:00:03-03:00", 1795496403000 },
		{ "2026-11-24T10:30:03+05:30", 1795496403000 },
		{ "2026-11-24T05:00:03.5Z", 1795496403500 },
		{ "2026-11-24T05:00:03.98765432109Z", 1795496403987 },
		{ "2024-02-29T00:00:00Z", 1709164800000 },
		{ "9999-12-31T23:59:59.999Z", 253402300799999 },
	};
	static const char *const bad[] = { "", "x", "2026", "2026-11-24",
		"2026-11-24T05:00:03", "2026-11-24 05:00:03Z",
		"2026-11-24T05:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z",
		"2026-11-24T24:00:00Z", "2026-11-24T05:60:00Z",
		"2026-11-24T05:00:60Z", "2026-11-24T05:00:03.Z",
		"2026-11-24T05:00:03,5Z", "2026-11-24T05:00:03+3:00",
		"2026-11-24T05:00:03+24:00", "2026-11-24T05:00:03-0300",
		"2026-11-24T05:00:03Zx", "2026-11-24T05:00:03Z ",
		" 2026-11-24T05:00:03Z", "+026-11-24T05:00:03Z",
		"1970-01-01T00:00:00Z", "1970-01-01T01:00:00+02:00",
		"1969-12-31T23:59:59Z" };
	struct error err;
	instant_ms at;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(instant(good[i].text), good[i].at);
	for (size_t i = 0; i < COUNT(bad); i++) {
		at = -7;
		assert_int_equal(instant_parse(bad[i], &at, &err), BAD_USAGE);
		assert_int_equal(at, -7);
	}
}

static void
instants_are_written(void **state)
{
	static const struct {
		instant_ms at;
		const char *s, *ms;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z" },
		{ -1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z" },
		{ 1795496403007, "2026-11-24T05:00:03Z",
		    "2026-11-24T05:00:03.007Z" },
		{ INT64_MAX, "292278994-08-17T07:12:55Z",
		    "292278994-08-17T07:12:55.807Z" },
		{ INT64_MIN, "-292275055-05-16T16:47:04Z",
		    "-292275055-05-16T16:47:04.192Z" },
	};
	char out[INSTANT_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		instant_format(rows[i].at, out);
		assert_string_equal(out, rows[i].s);
		instant_format_ms(rows[i].at, out);
		assert_string_equal(out, rows[i].ms);
	}
}

static void
expect_day(const char *zone, const char *at, const char *want)
{
	struct error err = { 0 };
	struct day day = { 0 };
	char got[40];

	if (instant_day(instant(at), zone, &day, &err) != DONE)
		assert_string_equal(err.text, "");
	snprintf(
	    got, sizeof(got), "%04d-%02d-%02d", day.year, day.month, day.day);
	assert_string_equal(got, want);
}

static const struct {
	const char *at, *want;
} sao_paulo[] = {
	{ "2026-11-30T02:00:00Z", "2026-11-29" },
	{ "2026-12-01T02:00:00Z", "2026-11-30" },
	{ "2026-12-01T02:59:59.999Z", "2026-11-30" },
	{ "2026-12-01T03:00:00Z", "2026-12-01" },
	{ "2026-12-02T02:00:00Z", "2026-12-01" },
	{ "2027-01-01T02:00:00Z", "2026-12-31" },
	{ "2027-01-01T02:59:59Z", "2026-12-31" },
	{ "2027-01-01T03:00:00Z", "2027-01-01" },
	{ "2028-02-29T02:59:59Z", "2028-02-28" },
	{ "2028-02-29T03:00:00Z", "2028-02-29" },
	{ "2028-03-01T02:59:59Z", "2028-02-29" },
	{ "2026-03-01T02:59:59Z", "2026-02-28" },
	{ "2026-03-01T03:00:00Z", "2026-03-01" },
};

static void
billing_days_of_sao_paulo(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sao_paulo); i++)
		expect_day(
		    "America/Sao_Paulo", sao_paulo[i].at, sao_paulo[i].want);
	/* While there still was summer time. */
	expect_day("America/Sao_Paulo", "2019-01-01T01:59:59Z", "2018-12-31");
	expect_day("America/Sao_Paulo", "2019-01-01T02:00:00Z", "2019-01-01");
	/* At the very instant the clock goes back from 00:00 to 23:00. */
	expect_day("America/Sao_Paulo", "2019-02-17T02:00:00Z", "2019-02-16");
}

static void
days_of_other_zones(void **state)
{
	(void)state;
	expect_day("UTC", "2026-11-30T23:59:59Z", "2026-11-30");
	expect_day("UTC", "2026-12-01T00:00:00Z", "2026-12-01");
	expect_day("America/Manaus", "2026-12-01T03:59:59Z", "2026-11-30");
	expect_day("America/Manaus", "2026-12-01T04:00:00Z", "2026-12-01");
	expect_day("America/New_York", "2026-07-01T03:59:59Z", "2026-06-30");
	expect_day("America/New_York", "2026-07-01T04:00:00Z", "2026-07-01");
	expect_day("America/New_York", "2026-12-01T04:59:59Z", "2026-11-30");
	expect_day("America/New_York", "2026-12-01T05:00:00Z", "2026-12-01");
	/* Behind the last stored transition: the rule of the footer. */
	expect_day("America/New_York", "2090-07-01T03:59:59Z", "2090-06-30");
	expect_day("America/New_York", "2090-07-01T04:00:00Z", "2090-07-01");
	expect_day("America/New_York", "2090-12-01T04:59:59Z", "2090-11-30");
}

static void
set_tz(const char *tz)
{
	if (tz)
		setenv("TZ", tz, 1);
	else
		unsetenv("TZ");
	tzset();
}

/* Every zone of interest against the C library, hour by odd hour. */
static void
agrees_with_localtime(void **state)
{
	static const char *const zones[] = { "America/Sao_Paulo",
		"America/Noronha", "America/Rio_Branco", "America/Manaus",
		"America/New_York", "Europe/Dublin", "America/Nuuk",
		"Asia/Gaza", "Asia/Kathmandu", "Australia/Lord_Howe",
		"Africa/Casablanca", "Pacific/Apia", "Asia/Tehran",
		"America/Santiago", "Antarctica/Troll", "EST5EDT", "UTC" };
	char *old = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
	struct error err = { 0 };
	struct day day;
	struct tm tm;

	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		set_tz(zones[i]);
		for (time_t at = -3000000000; at < 5400000000; at += 2206807) {
			localtime_r(&at, &tm);
			if (instant_day((instant_ms)at * 1000, zones[i], &day,
				&err) != DONE)
				assert_string_equal(err.text, "");
			if (day.day != tm.tm_mday)
				print_error(
				    "%s at %lld\n", zones[i], (long long)at);
			assert_int_equal(day.day, tm.tm_mday);
			assert_int_equal(day.month, tm.tm_mon + 1);
			assert_int_equal(day.year, tm.tm_year + 1900);
		}
	}
	set_tz(old);
	free(old);
}

static void
the_zone_of_the_process_is_left_alone(void **state)
{
	time_t at = 1795496403;
	struct tm tm;

	(void)state;
	set_tz("Asia/Tokyo");
	expect_day("America/Sao_Paulo", "2026-12-01T02:00:00Z", "2026-11-30");
	assert_string_equal(getenv("TZ"), "Asia/Tokyo");
	localtime_r(&at, &tm);
	assert_int_equal(tm.tm_hour, 14);
	set_tz("UTC");
	expect_day("America/Sao_Paulo", "2026-12-01T02:00:00Z", "2026-11-30");
	set_tz(NULL);
	expect_day("America/Sao_Paulo", "2026-12-01T02:00:00Z", "2026-11-30");
	assert_null(getenv("TZ"));
}

static void
names_that_are_no_zone(void **state)
{
	static const char *const names[] = { "", "/etc/localtime",
		"../zoneinfo/UTC", "America/../UTC", "America", "America/Nope",
		"UTC ", "America/Sao Paulo", "zone.tab", "localtime\n",
		"tzdata.zi", "leapseconds", "right/UTC" };
	struct error err;
	struct day day = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(
		    instant_day(1, names[i], &day, &err), BAD_CONFIG);
		assert_int_equal(day.year, 1);
	}
}

static void
write_zone(const char *folder, const void *bytes, size_t len)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/X", folder);
	assert_non_null(f = fopen(path, "w"));
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* A zone file without transitions: all its times come from `rule`. */
static size_t
zone_of_rule(unsigned char out[256], const char *rule)
{
	static const unsigned char head[44] = { 'T', 'Z', 'i', 'f',
		'2', [39] = 1, [43] = 4 };
	size_t n = 0;

	memset(out, 0, 256);
	for (int i = 0; i < 2; i++) {
		memcpy(out + n, head, sizeof(head));
		memcpy(out + n + 44 + 6, "UTC", 4);
		n += 44 + 6 + 4;
	}
	return n + (size_t)snprintf((char *)out + n, 256 - n, "\n%s\n", rule);
}

static void
rules_and_damaged_files(void **state)
{
	static const struct {
		const char *rule;
		const char *at; /* NULL: the file is refused */
		const char *want;
	} rows[] = {
		{ "UTC0", "2026-12-01T00:00:00Z", "2026-12-01" },
		{ "<-03>3", "2026-12-01T02:59:59Z", "2026-11-30" },
		{ "<+0545>-5:45:30", "2026-11-30T18:14:29Z", "2026-11-30" },
		{ "<+0545>-5:45:30", "2026-11-30T18:14:30Z", "2026-12-01" },
		/* Every day of the year is summer time. */
		{ "XXX3EDT4,0/0,J365/23", "2026-12-01T03:59:59Z",
		    "2026-11-30" },
		{ "XXX3EDT4,0/0,J365/23", "2027-01-01T03:59:59Z",
		    "2026-12-31" },
		{ "AAA0BBB-12,J60,J61/14", "2028-02-29T12:00:00Z",
		    "2028-02-29" },
		/* J59 is 28 February always, 59 the 60th day. */
		{ "AAA0BBB-12,J60,J61/14", "2028-03-01T02:00:00Z",
		    "2028-03-01" },
		{ "AAA0BBB-12,J60,J61/14", "2028-03-01T12:00:00Z",
		    "2028-03-02" },
		{ "AAA0BBB-12,59,60/14", "2028-02-29T12:00:00Z", "2028-03-01" },
		{ "AAA0BBB-12,59,60/14", "2028-02-29T01:59:59Z", "2028-02-29" },
		{ "", NULL, NULL },
		{ "3", NULL, NULL },
		{ "<-03", NULL, NULL },
		{ "AAA0BBB", NULL, NULL },
		{ "AAA0BBB,M3.2.0", NULL, NULL },
		{ "AAA0BBB,M13.2.0,M11.1.0", NULL, NULL },
		{ "AAA0BBB,M3.6.0,M11.1.0", NULL, NULL },
		{ "AAA0BBB,M3.2.7,M11.1.0", NULL, NULL },
		{ "AAA0BBB,M3.2.0,M11.1.0x", NULL, NULL },
		{ "AAA0BBB,J0,J1", NULL, NULL },
		{ "AAA999", NULL, NULL },
	};
	char folder[] = "/tmp/volum-zone-XXXXXX", path[64];
	unsigned char file[256];
	struct error err;
	struct day day;
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(folder));
	setenv("TZDIR", folder, 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		len = zone_of_rule(file, rows[i].rule);
		write_zone(folder, file, len);
		if (rows[i].at)
			expect_day("X", rows[i].at, rows[i].want);
		else
			assert_int_equal(
			    instant_day(1, "X", &day, &err), BAD_CONFIG);
	}
	len = zone_of_rule(file, "UTC0");
	for (size_t cut = 0; cut < len; cut++) {
		write_zone(folder, file, cut);
		assert_int_equal(instant_day(1, "X", &day, &err), BAD_CONFIG);
	}
	file[36] = 0x7f; /* a count far beyond the file */
	write_zone(folder, file, len);
	assert_int_equal(instant_day(1, "X", &day, &err), BAD_CONFIG);
	unsetenv("TZDIR");
	snprintf(path, sizeof(path), "%s/X", folder);
	unlink(path);
	rmdir(folder);
}

static void
without_tzdata_only_sao_paulo_is_known(void **state)
{
	char folder[] = "/tmp/volum-zone-XXXXXX";
	struct error err;
	struct day day;

	(void)state;
	assert_non_null(mkdtemp(folder));
	setenv("TZDIR", folder, 1);
	for (size_t i = 0; i < COUNT(sao_paulo); i++)
		expect_day(
		    "America/Sao_Paulo", sao_paulo[i].at, sao_paulo[i].want);
	assert_int_equal(
	    instant_day(1, "America/Manaus", &day, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, "America/Manaus"));
	assert_int_equal(instant_day(1, "UTC", &day, &err), BAD_CONFIG);
	unsetenv("TZDIR");
	rmdir(folder);
}

static void
the_clock_can_stand(void **state)
{
	struct clock stands = { .fixed = 12345 }, runs = { 0 };
	int64_t before = clock_monotonic_ms();
	instant_ms now = clock_now(&runs);

	(void)state;
	assert_int_equal(clock_now(&stands), 12345);
	assert_true(now > 1700000000000);
	assert_true(now / 1000 - time(NULL) < 2);
	assert_true(clock_monotonic_ms() >= before);
}

static void
on_alarm(int signal)
{
	(void)signal;
}

static void
sleep_gives_the_rest_back(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value.tv_usec = 20 * 1000 };
	int64_t before = clock_monotonic_ms(), rest;

	(void)state;
	assert_int_equal(clock_sleep_ms(0), 0);
	assert_int_equal(clock_sleep_ms(-5), 0);
	assert_int_equal(clock_sleep_ms(15), 0);
	assert_true(clock_monotonic_ms() - before >= 15);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	rest = clock_sleep_ms(600 * 1000);
	assert_in_range(rest, 300 * 1000, 600 * 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_is_the_one_after_the_day_before),
		cmocka_unit_test(instants_are_read),
		cmocka_unit_test(instants_are_written),
		cmocka_unit_test(billing_days_of_sao_paulo),
		cmocka_unit_test(days_of_other_zones),
		cmocka_unit_test(agrees_with_localtime),
		cmocka_unit_test(the_zone_of_the_process_is_left_alone),
		cmocka_unit_test(names_that_are_no_zone),
		cmocka_unit_test(rules_and_damaged_files),
		cmocka_unit_test(without_tzdata_only_sao_paulo_is_known),
		cmocka_unit_test(the_clock_can_stand),
		cmocka_unit_test(sleep_gives_the_rest_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
