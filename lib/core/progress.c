#include "core/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/language.h"

enum {
	REDRAW_MS = 200,
	SAMPLE_MS = 1000,
	SAMPLES = 16, /* the speed is that of the last 15 seconds */
	LINE_SIZE = 512
};

struct sample {
	int64_t at_ms;
	uint64_t done;
};

struct progress {
	int64_t drawn_ms; /* 0: never */
	size_t columns;	  /* that the line on the screen takes, 0: none */
	struct sample samples[SAMPLES];
	size_t taken; /* samples in all */
};

struct progress *
progress_open(enum progress_when when, bool quiet)
{
	bool wanted = when == PROGRESS_ALWAYS ||
	    (when == PROGRESS_AUTO && !quiet && isatty(STDERR_FILENO));

	return wanted ? mem_zalloc(sizeof(struct progress)) : NULL;
}

static void
add_duration(char *out, size_t size, double minutes)
{
	uint64_t s = minutes > 1e6 ? 60000000 : (uint64_t)(minutes * 60 + 0.5);

	if (s >= 3600)
		snprintf(out, size, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
		    s % 3600 / 60);
	else if (s >= 60)
		snprintf(
		    out, size, "%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	else
		snprintf(out, size, "%" PRIu64 "s", s);
}

/* What is on the way can't be faster than the limit, whatever the start was. */
static double
expected_speed(const struct progress_state *s, double measured)
{
	if (s->per_minute > 0 && (measured <= 0 || measured > s->per_minute))
		return s->per_minute;
	return measured;
}

void
progress_format(const struct progress_state *s, double measured, size_t columns,
    char *out, size_t size)
{
	double speed = expected_speed(s, measured);
	char part[6][64] = { "" };

	snprintf(part[0], sizeof(part[0]), ": %" PRIu64, s->done);
	if (s->total > 0)
		snprintf(part[1], sizeof(part[1]), "/%" PRIu64 " (%d%%)",
		    s->total,
		    (int)(s->done >= s->total
			    ? 100
			    : (double)s->done * 100 / (double)s->total));
	if (s->rejected > 0)
		snprintf(part[2], sizeof(part[2]), _(", %" PRIu64 " rejected"),
		    s->rejected);
	if (speed > 0)
		snprintf(part[3], sizeof(part[3]), ", %.0f/min", speed);
	if (speed > 0 && s->total > s->done) {
		snprintf(part[4], sizeof(part[4]), "%s", _(", ready in "));
		add_duration(part[5], sizeof(part[5]),
		    (double)(s->total - s->done) / speed);
	}
	snprintf(out, size, "%s%s%s%s%s%s%s", s->command, part[0], part[1],
	    part[2], part[3], part[4], part[5]);
	if (columns < strlen(out))
		out[columns] = '\0';
}

/* Records a minute over the samples that are kept; 0: too early to say. */
static double
measure(struct progress *p, int64_t now, uint64_t done)
{
	if (p->taken == 0 ||
	    now - p->samples[(p->taken - 1) % SAMPLES].at_ms >= SAMPLE_MS)
		p->samples[p->taken++ % SAMPLES] = (struct sample){ now, done };
	size_t oldest = p->taken > SAMPLES ? p->taken - SAMPLES : 0;
	const struct sample *from = &p->samples[oldest % SAMPLES];
	if (now - from->at_ms < SAMPLE_MS || done <= from->done)
		return 0;
	return (double)(done - from->done) * 60000 /
	    (double)(now - from->at_ms);
}

static size_t
screen_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
		return (size_t)size.ws_col - 1;
	return 79;
}

/* A line that can't be drawn is no reason to stop. */
static void
draw(struct progress *p, const char *line)
{
	char out[2 * LINE_SIZE];
	size_t len = strlen(line);
	int blanks = p->columns > len ? (int)(p->columns - len) : 0;
	int bytes = snprintf(out, sizeof(out), "\r%s%*s%s", line, blanks, "",
	    len == 0 ? "\r" : "");

	if (write(STDERR_FILENO, out, (size_t)bytes) == bytes)
		p->columns = len;
}

void
progress_show(struct progress *p, const struct progress_state *s)
{
	char line[LINE_SIZE];

	if (p == NULL)
		return;
	int64_t now = clock_monotonic_ms();
	if (p->drawn_ms != 0 && now - p->drawn_ms < REDRAW_MS)
		return;
	size_t columns = screen_columns();
	if (columns >= sizeof(line))
		columns = sizeof(line) - 1;
	progress_format(
	    s, measure(p, now, s->done), columns, line, sizeof(line));
	draw(p, line);
	p->drawn_ms = now;
}

void
progress_wipe(struct progress *p)
{
	if (p != NULL && p->columns > 0)
		draw(p, "");
}

void
progress_close(struct progress *p)
{
	progress_wipe(p);
	free(p);
}
