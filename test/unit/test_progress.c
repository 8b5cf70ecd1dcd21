/* core/progress: an honest line, and clean text behind it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/progress.h"
#include "unit/unit.h"

static void
the_line_says_what_is_known(void **state)
{
	static const struct {
		struct progress_state s;
		double measured;
		size_t columns;
		const char *line;
	} cases[] = {
		{ { "c", 0, 0, 0, 0 }, 0, 79, "c: 0" },
		{ { "c", 12, 0, 0, 0 }, 600, 79, "c: 12, 600/min" },
		{ { "c", 50, 200, 0, 0 }, 0, 79, "c: 50/200 (25%)" },
		{ { "c", 50, 200, 3, 0 }, 60, 79,
		    "c: 50/200 (25%), 3 rejected, 60/min, ready in 2m30s" },
		/* A first burst is faster than the limit lets it go on. */
		{ { "c", 50, 290, 0, 240 }, 5000, 79,
		    "c: 50/290 (17%), 240/min, ready in 1m00s" },
		{ { "c", 50, 290, 0, 240 }, 0, 79,
		    "c: 50/290 (17%), 240/min, ready in 1m00s" },
		/* Slower than the limit: then that is the truth. */
		{ { "c", 50, 290, 0, 240 }, 2, 79,
		    "c: 50/290 (17%), 2/min, ready in 2h00m" },
		{ { "c", 289, 290, 0, 240 }, 0, 79,
		    "c: 289/290 (99%), 240/min, ready in 0s" },
		{ { "c", 290, 290, 0, 240 }, 9, 79,
		    "c: 290/290 (100%), "
		    "9/min" },
		{ { "c", 300, 290, 0, 0 }, 9, 79, "c: 300/290 (100%), 9/min" },
		{ { "c", 50, 200, 3, 0 }, 60, 15, "c: 50/200 (25%)" },
		/* Whole parts, or none. */
		{ { "c", 50, 200, 3, 0 }, 60, 27,
		    "c: 50/200 (25%), 3 rejected" },
		{ { "c", 50, 200, 3, 0 }, 60, 26, "c: 50/200 (25%)" },
		{ { "c", 50, 200, 3, 0 }, 60, 14, "c: 50" },
		{ { "c", 50, 200, 3, 0 }, 60, 0, "" },
	};
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		progress_format(&cases[i].s, cases[i].measured,
		    cases[i].columns, line, sizeof(line));
		assert_string_equal(line, cases[i].line);
	}
}

/* What `show` prints on stderr while that is a pipe. */
static size_t
printed(void (*show)(void), char *out, size_t size)
{
	int ends[2], keep = dup(STDERR_FILENO);

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	show();
	dup2(keep, STDERR_FILENO);
	close(keep);
	ssize_t got = read(ends[0], out, size - 1);
	assert_true(got >= 0);
	out[got] = '\0';
	close(ends[0]);
	return (size_t)got;
}

static int64_t took_ms;

static void
show_often_and_wipe(void)
{
	struct progress_state s = { "c", 1, 0, 0, 0 };
	struct progress *p = progress_open(PROGRESS_ALWAYS, false);
	int64_t began = clock_monotonic_ms();

	for (int i = 0; i < 1000; i++)
		progress_show(p, &s);
	took_ms = clock_monotonic_ms() - began;
	progress_wipe(p);
	progress_wipe(p);
	progress_close(p);
}

static void
show_nothing(void)
{
	struct progress_state s = { "c", 1, 0, 0, 0 };
	static const enum progress_when when[] = { PROGRESS_AUTO,
		PROGRESS_NEVER };

	for (int i = 0; i < 2; i++) {
		struct progress *p = progress_open(when[i], false);
		assert_null(p);
		progress_show(p, &s);
		progress_wipe(p);
		progress_close(p);
	}
}

static void
the_line_is_drawn_seldom_and_wiped(void **state)
{
	char out[400];

	(void)state;
	printed(show_often_and_wipe, out, sizeof(out));
	size_t drawn = 0;
	for (const char *at = out; strncmp(at, "\rc: 1", 5) == 0; drawn++)
		at += 5;
	assert_true(drawn >= 1 && drawn <= 1 + (size_t)took_ms / 200);
	assert_string_equal(out + 5 * drawn, "\r    \r");
}

static void
without_a_terminal_it_is_silent(void **state)
{
	char out[400];

	(void)state;
	assert_int_equal(printed(show_nothing, out, sizeof(out)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_says_what_is_known),
		cmocka_unit_test(the_line_is_drawn_seldom_and_wiped),
		cmocka_unit_test(without_a_terminal_it_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
