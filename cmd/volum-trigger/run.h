/* One run: the program that runs a trigger, and what it says of it. */
#ifndef VOLUM_TRIGGER_RUN_H
#define VOLUM_TRIGGER_RUN_H

#include "core/log.h"
#include "volum-trigger/desk.h"
#include "volum-trigger/options.h"

/*
 * Sets the environment of all runs: VOLUM_STATE_DIR as a full path, and our own
 * folder first in PATH. Fills `program` with --run, or with volum-trigger-run
 * among the examples beside our folder. BAD_CONFIG: paths that can't be had.
 */
enum status run_prepare(
    const struct options *o, char *program, size_t size, struct error *err);

struct run {
	const struct desk *desk;
	const struct clock *clock;
	const char *program;
};

/*
 * Runs what waits in `r` and follows it to its end: RUNNING from the first line
 * that the program writes, ENDED when it is over. The program gets the trigger
 * on stdin, `--test` for one that is a test, TRACEPARENT where the caller sent
 * one, and not a word of the request otherwise; each line of its stdout may
 * tell of a stage:
 *
 *   {"comando":"volum-fetch","saida":0,"lidos":1,"feitos":1,"rejeitados":0}
 *
 * `*ended` false: it ended with 75 before it began (the lock is not to be had),
 * and the request waits on. Statuses are those of the files and of fork().
 */
enum status run_request(
    const struct run *run, struct request *r, bool *ended, struct error *err);

#endif
