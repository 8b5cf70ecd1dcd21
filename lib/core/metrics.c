#include "core/metrics_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const struct metric_row METRIC_ROWS[METRICS] = {
	[METRIC_RUNS] = { "volum_runs_total", "Runs, by exit status.", false,
	    false, "status" },
	[METRIC_READ] = { "volum_records_read_total", "Records read.", false,
	    false, NULL },
	[METRIC_DONE] = { "volum_records_done_total", "Records handled.", false,
	    false, NULL },
	[METRIC_REJECTED] = { "volum_records_rejected_total",
	    "Records refused.", false, false, NULL },
	[METRIC_UNCHANGED] = { "volum_records_unchanged_total",
	    "Records that were there already, with the same content.", false,
	    false, NULL },
	[METRIC_CENTS] = { "volum_amount_cents_total",
	    "Sum of the amounts handled, in cents.", false, false, NULL },
	[METRIC_CONTRACTS] = { "volum_contracts_total",
	    "Results for contracts, by what was done.", false, false, "acao" },
	[METRIC_CONTRACT_CENTS] = { "volum_contract_amount_cents_total",
	    "Sum of the contracts, in cents, by what was done.", false, false,
	    "acao" },
	[METRIC_LIMIT_WAIT_MS] = { "volum_limit_wait_seconds_total",
	    "Time spent waiting for the limits of Omie.", false, true, NULL },
	[METRIC_STATUS] = { "volum_exit_status",
	    "Exit status of the last run, 0 when all went well.", true, false,
	    NULL },
	[METRIC_START_MS] = { "volum_run_start_seconds",
	    "When the last run began.", true, true, NULL },
	[METRIC_END_MS] = { "volum_run_end_seconds", "When the last run ended.",
	    true, true, NULL },
	[METRIC_DURATION_MS] = { "volum_run_duration_seconds",
	    "How long the last run took.", true, true, NULL },
	[METRIC_SUCCESS_MS] = { "volum_last_success_timestamp_seconds",
	    "When a run last ended with 0 or 1.", true, true, NULL },
	[METRIC_OPEN_INTENTS] = { "volum_open_intents",
	    "Contracts of which the ledger does not know the outcome.", true,
	    false, NULL },
	[METRIC_DEAD_LETTERS] = { "volum_dead_letters",
	    "Rejected lines that are kept, by what they wait for.", true, false,
	    "state" },
	[METRIC_DISAGREEMENTS] = { "volum_reconcile_disagreements",
	    "Contracts of the month on which store, ledger and Omie differ.",
	    true, false, NULL },
	[METRIC_DIFFERENCE_CENTS] = { "volum_reconcile_difference_cents",
	    "What Omie bills of the month, less what it should, in cents.",
	    true, false, NULL },
};

struct metrics *
metrics_new(void)
{
	return mem_zalloc(sizeof(struct metrics));
}

void
metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	free(m->at);
	free(m);
}

struct series *
metrics_find(struct metrics *m, enum metric which, const char *command,
    const char *label)
{
	struct series *s;

	for (s = m->at; s != m->at + m->count; s++)
		if (s->which == which && strcmp(s->command, command) == 0 &&
		    strcmp(s->label, label) == 0)
			return s;
	m->at = mem_realloc(m->at, (m->count + 1) * sizeof(*m->at));
	s = &m->at[m->count++];
	*s = (struct series){ .which = which };
	snprintf(s->command, sizeof(s->command), "%s", command);
	snprintf(s->label, sizeof(s->label), "%s", label);
	return s;
}

void
metrics_count(
    struct metrics *m, enum metric which, const char *label, int64_t n)
{
	metrics_find(m, which, "", label != NULL ? label : "")->value += n;
}

void
metrics_set(
    struct metrics *m, enum metric which, const char *label, int64_t value)
{
	metrics_find(m, which, "", label != NULL ? label : "")->value = value;
}

/* ------------------------------------------------------------ the format */

static void
print_series(const struct series *s, struct buf *out)
{
	const struct metric_row *row = &METRIC_ROWS[s->which];

	buf_printf(out, "%s{command=\"%s\"", row->name, s->command);
	if (row->label != NULL)
		buf_printf(out, ",%s=\"%s\"", row->label, s->label);
	if (row->in_ms)
		buf_printf(out, "} %" PRId64 ".%03d\n", s->value / 1000,
		    (int)(s->value % 1000));
	else
		buf_printf(out, "} %" PRId64 "\n", s->value);
}

void
metrics_print(const struct metrics *m, struct buf *out)
{
	for (int which = 0; which < METRICS; which++) {
		const struct metric_row *row = &METRIC_ROWS[which];
		bool first = true;

		for (size_t i = 0; i < m->count; i++) {
			if (m->at[i].which != (enum metric)which)
				continue;
			if (first)
				buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
				    row->name, row->help, row->name,
				    row->is_gauge ? "gauge" : "counter");
			first = false;
			print_series(&m->at[i], out);
		}
	}
}

/* A whole number, or seconds with three decimals. */
static bool
read_value(const char *at, const struct metric_row *row, int64_t *out)
{
	static const long long max = INT64_MAX / 2000;
	char *end;
	long long whole = strtoll(at, &end, 10);
	long long min = row->is_gauge && !row->in_ms ? -max : 0;
	int ms = 0, used = 0;

	if (end == at || whole < min || whole > max)
		return false;
	if (row->in_ms && (sscanf(end, ".%3d%n", &ms, &used) != 1 || used != 4))
		return false;
	*out = row->in_ms ? whole * 1000 + ms : whole;
	return end[used] == '\0';
}

static void
parse_line(struct metrics *m, const char *line)
{
	char name[64], command[METRIC_WORD], label[METRIC_WORD] = "";
	char by[METRIC_WORD] = "";
	int used = 0;
	int64_t value;

	/* The label is optional, the value stands behind the brace. */
	if (sscanf(line, "%63[a-z_]{command=\"%31[a-z -]\"%n", name, command,
		&used) != 2 ||
	    used == 0)
		return;
	line += used;
	used = 0;
	if (*line == ',' &&
	    (sscanf(line, ",%31[a-z]=\"%31[a-z0-9_]\"%n", by, label, &used) !=
		    2 ||
		used == 0))
		return;
	line += used;
	if (line[0] != '}' || line[1] != ' ')
		return;
	for (int i = 0; i < METRICS; i++) {
		const struct metric_row *row = &METRIC_ROWS[i];

		if (strcmp(row->name, name) == 0 &&
		    strcmp(row->label ? row->label : "", by) == 0 &&
		    read_value(line + 2, row, &value))
			metrics_find(m, (enum metric)i, command, label)->value =
			    value;
	}
}

void
metrics_parse(struct metrics *m, struct text file)
{
	char *all = mem_text(file), *rest = all, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '#')
			parse_line(m, line);
	free(all);
}
