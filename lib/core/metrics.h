/*
 * What a run has to tell Prometheus, by a file that node_exporter's textfile
 * collector reads. Counters go on from what the file says, so that increase()
 * sees each run; a gauge is what the last run that measured it found.
 */
#ifndef VOLUM_CORE_METRICS_H
#define VOLUM_CORE_METRICS_H

#include <stdint.h>

#include "core/clock.h"
#include "core/error.h"

struct counters {
	uint64_t read, done, rejected, unchanged;
	int64_t cents; /* total of what was done, where money flows */
};

enum metric {
	METRIC_RUNS, /* by status */
	METRIC_READ,
	METRIC_DONE,
	METRIC_REJECTED,
	METRIC_UNCHANGED,
	METRIC_CENTS,
	METRIC_CONTRACTS,      /* by acao */
	METRIC_CONTRACT_CENTS, /* by acao */
	METRIC_LIMIT_WAIT_MS,  /* written in seconds, like all that is _MS */
	METRIC_STATUS,
	METRIC_START_MS,
	METRIC_END_MS,
	METRIC_DURATION_MS,
	METRIC_SUCCESS_MS,
	METRIC_OPEN_INTENTS,
	METRIC_DEAD_LETTERS, /* by state */
	METRIC_DISAGREEMENTS,
	METRIC_DIFFERENCE_CENTS, /* the one that can be below zero */
	METRICS
};

struct metrics; /* of one run */

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m); /* NULL is fine */

/* Adds to a counter. `label` is the word that the metric goes by (lower-case
 * letters, digits, `_`), NULL for those that go by none. */
void metrics_count(
    struct metrics *m, enum metric which, const char *label, int64_t n);
/* Sets a gauge. */
void metrics_set(
    struct metrics *m, enum metric which, const char *label, int64_t value);

/*
 * Brings the file at `path` up to date: this run's counters are added to those
 * in it, its gauges replaced, what is of other commands or was not measured
 * stays. `task` is NULL, or the option that makes it another job ("--verify"),
 * which counts apart. When `path` is a folder, COMMAND.prom in it. Processes
 * that share a file take turns, of some seconds at most. OUTPUT_FAILED: it
 * can't be written.
 */
enum status metrics_write(const struct metrics *m, const char *path,
    const char *command, const char *task, struct error *err);

#endif
