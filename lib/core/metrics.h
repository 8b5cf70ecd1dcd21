/* The counters of a run, for a person, the log and Prometheus' textfiles. */
#ifndef VOLUM_CORE_METRICS_H
#define VOLUM_CORE_METRICS_H

#include <stdint.h>

#include "core/clock.h"
#include "core/error.h"

struct counters {
	uint64_t read, done, rejected, unchanged;
	int64_t cents; /* total of what was done, where money flows */
};

/*
 * Replaces `path` by a temporary file and rename: volum_* counters with the
 * label command, exit status, start and end of the run. When `path` is a
 * folder, COMMAND.prom in it, so that the commands of a pipe can share the
 * setting. OUTPUT_FAILED otherwise.
 */
enum status
metrics_write(const char *path, const char *command, const struct counters *c,
    enum status status, instant_ms began, instant_ms ended, struct error *err);

#endif
