#include "core/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/language.h"
#include "core/screen.h"

enum {
	REDRAW_MS = 200,
	SAMPLE_MS = 1000,
	SAMPLES = 16, /* the speed is that of the last 15 seconds */
	PARTS = 5,
	PART_SIZE = 96,
	LINE_SIZE = PARTS * PART_SIZE
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

/* A terminal that goes back to the beginning of a line. */
static bool
is_drawable(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) &&
	    (term == NULL || strcmp(term, "dumb") != 0);
}

struct progress *
progress_open(enum progress_when when, bool quiet)
{
	bool wanted = when == PROGRESS_ALWAYS ||
	    (when == PROGRESS_AUTO && !quiet && is_drawable());

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

/* Whole ones: half a number is another number. */
static void
put_parts(char parts[PARTS][PART_SIZE], size_t columns, char *out, size_t size)
{
	size_t len = 0, used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < PARTS && len < size; i++) {
		size_t wide = screen_columns(text_of(parts[i]));
		if (used + wide > columns)
			return;
		used += wide;
		len += (size_t)snprintf(out + len, size - len, "%s", parts[i]);
	}
}

void
progress_format(const struct progress_state *s, double measured, size_t columns,
    char *out, size_t size)
{
	double speed = expected_speed(s, measured);
	char part[PARTS][PART_SIZE] = { "" }, time[32];

	snprintf(part[0], PART_SIZE, "%s: %" PRIu64, s->command, s->done);
	if (s->total > 0)
		snprintf(part[1], PART_SIZE, "/%" PRIu64 " (%d%%)", s->total,
		    (int)(s->done >= s->total
			    ? 100
			    : (double)s->done * 100 / (double)s->total));
	if (s->rejected > 0)
		snprintf(part[2], PART_SIZE, _(", %" PRIu64 " rejected"),
		    s->rejected);
	if (speed > 0)
		snprintf(part[3], PART_SIZE, ", %.0f/min", speed);
	if (speed > 0 && s->total > s->done) {
		add_duration(
		    time, sizeof(time), (double)(s->total - s->done) / speed);
		snprintf(part[4], PART_SIZE, _(", ready in %s"), time);
	}
	put_parts(part, columns, out, size);
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

/* A line that can't be drawn is no reason to stop. */
static void
draw(struct progress *p, const char *line)
{
	char out[2 * LINE_SIZE];
	size_t wide = screen_columns(text_of(line));
	int blanks = p->columns > wide ? (int)(p->columns - wide) : 0;
	int bytes = snprintf(out, sizeof(out), "\r%s%*s%s", line, blanks, "",
	    wide == 0 ? "\r" : "");

	if (write(STDERR_FILENO, out, (size_t)bytes) == bytes)
		p->columns = wide;
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
	/* Some terminals go to the next line behind the last column. */
	progress_format(s, measure(p, now, s->done),
	    screen_width(STDERR_FILENO) - 1, line, sizeof(line));
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
