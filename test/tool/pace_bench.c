/*
 * What the limits cost: pace_bench [CALLS]. Counts so many calls in a state
 * that is full, with nobody else there and nothing to wait for, and prints the
 * microseconds of processor time that one took, both of its turns included.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/pace.h"

static double
cpu_us(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return ((double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec) *
	    1e6 +
	    (double)used.ru_utime.tv_usec + (double)used.ru_stime.tv_usec;
}

static void
count_calls(struct pace *p, long calls)
{
	const struct pace_outcome good = { .sent = true };
	struct error why;
	char params[32];

	for (long i = 0; i < calls; i++) {
		snprintf(params, sizeof(params), "{\"n\":%ld}", i);
		if (pace_begin(p, i % 2 ? "IncluirContrato" : "AlterarContrato",
			true, text_of(params), 0, &why) != DONE)
			errx(EXIT_FAILURE, "%s", why.text);
		pace_end(p, &good);
	}
}

int
main(int argc, char **argv)
{
	/* As many calls in the window as fit, and no rate. */
	const struct pace_limits limits = { .per_minute = 100000000,
		.ip_per_minute = 100000000,
		.window_ms = 1,
		.error_budget = 10,
		.block_ms = 1800000,
		.rate_window_ms = 60000 };
	char folder[] = "/tmp/volum-pace-bench-XXXXXX", path[64];
	long calls = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
	struct pace_keeper *keeper;
	struct pace *p;
	struct error why;
	double began;

	if (mkdtemp(folder) == NULL)
		err(EXIT_FAILURE, "%s", folder);
	snprintf(path, sizeof(path), "%s/limits", folder);
	if (pace_file_open(&keeper, path, &why) != DONE)
		errx(EXIT_FAILURE, "%s", why.text);
	p = pace_open(&limits, keeper, NULL, NULL);
	began = cpu_us();
	count_calls(p, calls);
	printf("%.1f us a call\n", (cpu_us() - began) / (double)calls);
	pace_close(p);
	unlink(path);
	rmdir(folder);
	return EXIT_SUCCESS;
}
