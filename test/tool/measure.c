/*
 * What a command costs: measure [-n RUNS] FILE COMMAND [ARGUMENT...]. Each run
 * appends a line to FILE: seconds on the clock, seconds of processor time (its
 * own and the kernel's), most memory it held in KB, exit code. Its input and
 * output are those of the measure.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
measure(FILE *report, char **command)
{
	struct rusage used;
	double began = seconds_now(), wall;
	int how;
	pid_t child = fork();

	if (child < 0)
		err(EXIT_FAILURE, "fork");
	if (child == 0) {
		execvp(command[0], command);
		warn("%s", command[0]);
		_exit(127);
	}
	if (wait4(child, &how, 0, &used) < 0)
		err(EXIT_FAILURE, "wait4");
	wall = seconds_now() - began;
	fprintf(report, "%.6f %.6f %ld %d\n", wall,
	    seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
	    used.ru_maxrss,
	    WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how));
}

int
main(int argc, char **argv)
{
	long runs = 1;
	FILE *report;

	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		runs = strtol(argv[2], NULL, 10);
		argc -= 2;
		argv += 2;
	}
	if (argc < 3 || runs < 1)
		errx(64, "usage: measure [-n RUNS] FILE COMMAND [ARGUMENT...]");
	if ((report = fopen(argv[1], "ae")) == NULL)
		err(EXIT_FAILURE, "%s", argv[1]);
	while (runs-- > 0)
		measure(report, argv + 2);
	if (fclose(report) != 0)
		err(EXIT_FAILURE, "%s", argv[1]);
	return EXIT_SUCCESS;
}
