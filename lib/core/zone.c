/*
 * instant_day() of core/clock.h: reads tzdata itself (RFC 8536, version 2 on).
 * localtime_r() would need TZ changed, and setenv() races with the getenv() of
 * every resolver thread that libcurl has at work.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/civil.h"

enum {
	HEADER_BYTES = 44,
	TYPE_BYTES = 6,
	MAX_ZONE_BYTES = 64 * 1024, /* the largest of tzdata has 4 KB */
	MAX_ZONE_NAME = 64,
	MONTHS = 12
};

/* One data block of a zone file; the pointers look into it. */
struct block {
	uint32_t transitions, types;
	const unsigned char *at, *type_of, *type; /* see read_block() */
	const unsigned char *end;
};

static uint64_t
big_endian(const unsigned char *at, int bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *at++;
	return n;
}

/* Lays `b` over the block at `at`, whose times have `time_bytes`. */
static bool
read_block(struct block *b, const unsigned char *at, const unsigned char *end,
    int time_bytes)
{
	uint64_t counts[6], size;
	int i;

	if (end - at < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
		return false;
	/* UT flags, standard flags, leap seconds, transitions, types, names */
	for (i = 0; i < 6; i++)
		counts[i] = big_endian(at + 20 + 4 * i, 4);
	b->transitions = (uint32_t)counts[3];
	b->types = (uint32_t)counts[4];
	b->at = at + HEADER_BYTES;
	size = counts[3] * (uint64_t)(time_bytes + 1) + counts[4] * TYPE_BYTES +
	    counts[5] + counts[2] * (uint64_t)(time_bytes + 4) + counts[1] +
	    counts[0];
	if (size > (uint64_t)(end - b->at) || b->types == 0)
		return false;
	b->type_of = b->at + (size_t)b->transitions * (size_t)time_bytes;
	b->type = b->type_of + b->transitions;
	b->end = b->at + size;
	/* The "right/" zones count leap seconds, the system's clock doesn't. */
	return counts[2] == 0;
}

static bool
type_offset(const struct block *b, uint32_t type, int64_t *offset)
{
	if (type >= b->types)
		return false;
	*offset = (int32_t)big_endian(b->type + (size_t)type * TYPE_BYTES, 4);
	return true;
}

/* The footer: a POSIX TZ rule (RFC 8536 section 3.3.1), read from left. */
struct change {
	char form; /* 'M' month.week.weekday, 'J' 1-365, '0' 0-365 */
	int month, week, day;
	int64_t time; /* seconds after local midnight, may be negative */
};

static bool
rule_number(const char **at, int max, int *n)
{
	if (**at < '0' || **at > '9')
		return false;
	for (*n = 0; **at >= '0' && **at <= '9'; (*at)++)
		if ((*n = *n * 10 + (**at - '0')) > max)
			return false;
	return true;
}

static bool
rule_name(const char **at)
{
	const char *from = *at;
	bool quoted = *from == '<';

	while (**at && (quoted ? **at != '>' : !strchr("+-,0123456789", **at)))
		(*at)++;
	if (quoted && *(*at)++ != '>')
		return false;
	return *at - from >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
rule_time(const char **at, int64_t *seconds)
{
	bool minus = **at == '-';
	int hour, minute = 0, second = 0;

	if (**at == '-' || **at == '+')
		(*at)++;
	if (!rule_number(at, 167, &hour))
		return false;
	if (**at == ':' && (++*at, !rule_number(at, 59, &minute)))
		return false;
	if (**at == ':' && (++*at, !rule_number(at, 59, &second)))
		return false;
	*seconds = (hour * 60 + minute) * 60 + second;
	if (minus)
		*seconds = -*seconds;
	return true;
}

static bool
rule_change(const char **at, struct change *c)
{
	if (*(*at)++ != ',')
		return false;
	c->form = **at == 'M' || **at == 'J' ? *(*at)++ : '0';
	if (c->form == 'M') {
		if (!rule_number(at, MONTHS, &c->month) || c->month < 1 ||
		    *(*at)++ != '.' || !rule_number(at, 5, &c->week) ||
		    c->week < 1 || *(*at)++ != '.' ||
		    !rule_number(at, 6, &c->day))
			return false;
	} else if (!rule_number(at, 365, &c->day) ||
	    (c->form == 'J' && c->day == 0)) {
		return false;
	}
	c->time = 2 * 60 * 60;
	return **at != '/' || (++*at, rule_time(at, &c->time));
}

/* Local seconds since the epoch at which `c` happens in `year`. */
static int64_t
change_in(const struct change *c, int year)
{
	int64_t day = days_since_epoch((struct day){ year, 1, 1 }) + c->day;
	int weekday, nth;

	if (c->form == 'M') {
		day = days_since_epoch((struct day){ year, c->month, 1 });
		/* 1970-01-01 was a Thursday; Sunday is 0. */
		weekday = (int)(day + 4 - floor_div(day + 4, 7) * 7);
		nth = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
		if (nth >= days_in_month(year, c->month))
			nth -= 7;
		day += nth;
	} else if (c->form == 'J' &&
	    (c->day < 60 || days_in_month(year, 2) == 28)) {
		day--; /* J counts from 1 and never counts 29 February */
	}
	return day * S_PER_DAY + c->time;
}

/* Seconds east of UTC at `at` under the rule; false: no such rule. */
static bool
rule_offset(const char *rule, int64_t at, int64_t *offset)
{
	struct change start, end;
	int64_t winter, summer, from, to;
	int year;

	if (!rule_name(&rule) || !rule_time(&rule, &winter))
		return false;
	*offset = winter = -winter; /* POSIX counts to the west */
	if (*rule == '\0')
		return true;
	summer = winter + 60 * 60;
	if (!rule_name(&rule))
		return false;
	if (*rule != ',') {
		if (!rule_time(&rule, &summer))
			return false;
		summer = -summer;
	}
	if (!rule_change(&rule, &start) || !rule_change(&rule, &end) || *rule)
		return false;
	year = day_of_epoch(floor_div(at + winter, S_PER_DAY)).year;
	from = change_in(&start, year) - winter;
	to = change_in(&end, year) - summer;
	if (from < to ? from <= at && at < to : at >= from || at < to)
		*offset = summer;
	return true;
}

/* The rule stands between two newlines behind the second block. */
static bool
footer_offset(const struct block *b, const unsigned char *end, int64_t at,
    int64_t *offset)
{
	const unsigned char *from = b->end + 1, *to;
	char rule[128];

	if (end - b->end < 2 || *b->end != '\n' ||
	    !(to = memchr(from, '\n', (size_t)(end - from))) ||
	    (size_t)(to - from) >= sizeof(rule))
		return false;
	memcpy(rule, from, (size_t)(to - from));
	rule[to - from] = '\0';
	if (*rule == '\0') /* nothing is said about what comes after */
		return b->transitions > 0 &&
		    type_offset(b, b->type_of[b->transitions - 1], offset);
	return rule_offset(rule, at, offset);
}

/* Seconds east of UTC at `at` in the zone file; false: not such a file. */
static bool
zone_offset(const unsigned char *file, size_t len, int64_t at, int64_t *offset)
{
	const unsigned char *end = file + len;
	struct block b;
	uint32_t low = 0, high, middle;

	if (!read_block(&b, file, end, 4) || file[4] < '2' ||
	    !read_block(&b, b.end, end, 8))
		return false;
	/* How many transitions lie at or before `at`. */
	for (high = b.transitions; low < high;) {
		middle = low + (high - low) / 2;
		if ((int64_t)big_endian(b.at + (size_t)middle * 8, 8) <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == b.transitions)
		return footer_offset(&b, end, at, offset);
	return type_offset(&b, low == 0 ? 0 : b.type_of[low - 1], offset);
}

/* A name of tzdata, never a path out of its folder. */
static bool
is_zone_name(const char *zone)
{
	size_t len = strspn(zone,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "_+-/");

	return len > 0 && len <= MAX_ZONE_NAME && zone[len] == '\0' &&
	    zone[0] != '/';
}

/* The whole file, to be freed; NULL with errno. */
static unsigned char *
read_zone(const char *zone, size_t *len)
{
	const char *folder = getenv("TZDIR");
	struct buf path = BUF_INIT;
	unsigned char *file = NULL;
	ssize_t got = 1;
	int fd, why;

	buf_printf(&path, "%s/%s",
	    folder && *folder ? folder : "/usr/share/zoneinfo", zone);
	fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC | O_NOCTTY);
	buf_clear(&path);
	if (fd < 0)
		return NULL;
	file = mem_alloc(MAX_ZONE_BYTES);
	for (*len = 0; got > 0 && *len < MAX_ZONE_BYTES; *len += (size_t)got)
		if ((got = read(fd, file + *len, MAX_ZONE_BYTES - *len)) < 0)
			break;
	why = errno;
	close(fd);
	if (got == 0)
		return file;
	free(file);
	errno = got < 0 ? why : EFBIG;
	return NULL;
}

enum status
instant_day(instant_ms at, const char *zone, struct day *out, struct error *err)
{
	int64_t seconds = floor_div(at, 1000), offset = -3 * 60 * 60;
	unsigned char *file;
	size_t len;
	bool fits;

	if (!is_zone_name(zone))
		return fail(
		    err, BAD_CONFIG, "%.64s: no name of a time zone", zone);
	if ((file = read_zone(zone, &len))) {
		fits = zone_offset(file, len, seconds, &offset);
		free(file);
		if (!fits)
			return fail(err, BAD_CONFIG,
			    "time zone %s: no usable zone file", zone);
	} else if ((errno != ENOENT && errno != ENOTDIR) ||
	    strcmp(zone, "America/Sao_Paulo") != 0) {
		return fail(
		    err, BAD_CONFIG, "time zone %s: %s", zone, strerror(errno));
	}
	*out = day_of_epoch(floor_div(seconds + offset, S_PER_DAY));
	return DONE;
}
