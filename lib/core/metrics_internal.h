/* What the metrics*.c share; nobody else includes it. */
#ifndef VOLUM_CORE_METRICS_INTERNAL_H
#define VOLUM_CORE_METRICS_INTERNAL_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/metrics.h"

struct metric_row {
	const char *name, *help;
	bool is_gauge, in_ms;
	const char *label; /* that it goes by beside the command, or NULL */
};

extern const struct metric_row METRIC_ROWS[METRICS];

enum { METRIC_WORD = 32 };

struct series {
	enum metric which;
	char command[METRIC_WORD], label[METRIC_WORD];
	int64_t value;
};

struct metrics {
	struct series *at;
	size_t count;
};

/* The series, made with 0 when it is new. */
struct series *metrics_find(struct metrics *m, enum metric which,
    const char *command, const char *label);

/* The textfile format, there and back; what is none of ours is left out. */
void metrics_print(const struct metrics *m, struct buf *out);
void metrics_parse(struct metrics *m, struct text file);

#endif
