#include "core/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/env_file.h"
#include "core/filter.h"
#include "core/options_internal.h"

#define COMMON(member) offsetof(struct common_options, member)

static const struct option_row common_rows[] = {
	[ROW_HELP] = { .name = "help",
	    .letter = 'h',
	    .kind = OPTION_FLAG,
	    .help = N_("print this and exit") },
	[ROW_VERSION] = { .name = "version",
	    .kind = OPTION_FLAG,
	    .help = N_("print name and version and exit") },
	{ "verbose", 'v', OPTION_FLAG, NULL, COMMON(verbose), NULL,
	    N_("say what is done, and how much it was at the end"), 0, 0 },
	{ "quiet", 'q', OPTION_FLAG, NULL, COMMON(quiet), NULL,
	    N_("print nothing but the error that ended the run"), 0, 0 },
	{ "dry-run", 'n', OPTION_FLAG, NULL, COMMON(dry_run), NULL,
	    N_("read everything, change nothing"), 0, 0 },
	{ "rejected", 0, OPTION_TEXT, N_("FILE"), COMMON(rejected),
	    "VOLUM_REJECTED",
	    N_("keep refused records here; unless given, rejected.ndjson in "
	       "the "
	       "state directory"),
	    0, 0 },
	{ "db", 0, OPTION_TEXT, N_("URI"), COMMON(db), "VOLUM_DB",
	    N_("sqlite:PATH; unless given, volum.db in the state directory"), 0,
	    0 },
	{ "log", 0, OPTION_TEXT, N_("FILE"), COMMON(log), "VOLUM_LOG",
	    N_("append one JSON object per event"), 0, 0 },
	{ "metrics", 0, OPTION_TEXT, N_("FILE"), COMMON(metrics),
	    "VOLUM_METRICS",
	    N_("bring Prometheus counters up to date; in a folder: "
	       "COMMAND.prom"),
	    0, 0 },
	{ "env-file", 0, OPTION_TEXT, N_("FILE"), COMMON(env_file), NULL,
	    N_("read NAME=VALUE lines; the environment wins over them"), 0, 0 },
	{ "request-id", 0, OPTION_TEXT, N_("ID"), COMMON(request_id), NULL,
	    N_("requestId of records that carry none"), 0, 0 },
	{ "progress", 0, OPTION_CHOICE, "auto|always|never", COMMON(progress),
	    NULL, N_("progress line; auto: on a terminal"), 0, 0 },
	{ "as-of", 0, OPTION_INSTANT, N_("INSTANT"), COMMON(as_of), NULL,
	    N_("work as if it were then, like 2026-11-24T05:00:03Z"), 0, 0 },
};

enum { COMMON_COUNT = sizeof(common_rows) / sizeof(common_rows[0]) };

/* getopt_long's codes of rows; below are letters. */
enum { ROW_CODE = 256 };

struct parse {
	const struct command *command;
	void *options;
	size_t count;	    /* rows */
	const char **given; /* per row: text on the command line, or NULL */
	int argc;
	char **argv;
};

const struct option_row *
options_row(const struct command *command, size_t i)
{
	if (i < COMMON_COUNT)
		return &common_rows[i];
	if (command->rows == NULL ||
	    command->rows[i - COMMON_COUNT].name == NULL)
		return NULL;
	return &command->rows[i - COMMON_COUNT];
}

static size_t
row_of_code(const struct parse *p, int code)
{
	if (code >= ROW_CODE)
		return (size_t)(code - ROW_CODE);
	for (size_t i = 0; i < p->count; i++)
		if (options_row(p->command, i)->letter == code)
			return i;
	return p->count;
}

/* getopt_long answered '?' or ':' about the argument `at`. */
static enum status
explain(const struct parse *p, int answer, int at, struct error *err)
{
	size_t row = optopt != 0 ? row_of_code(p, optopt) : p->count;
	const char *given = p->argv[at];

	if (row < p->count && answer == ':')
		return fail(err, BAD_USAGE, "option --%s needs a value",
		    options_row(p->command, row)->name);
	if (row < p->count)
		return fail(err, BAD_USAGE, "option --%s takes no value",
		    options_row(p->command, row)->name);
	if (optopt != 0)
		return fail(err, BAD_USAGE, "unknown option -%c", optopt);
	/* What is behind `=` may be a secret. */
	return fail(err, BAD_USAGE, "unknown option %.*s",
	    (int)strcspn(given, "="), given);
}

static enum status
note_given(struct parse *p, size_t i, const char *text, struct error *err)
{
	const struct option_row *row = options_row(p->command, i);
	char source[80];

	snprintf(source, sizeof(source), "--%s", row->name);
	if (row->kind == OPTION_LIST)
		return options_store(
		    row, p->options, p->argc, text, source, BAD_USAGE, err);
	if (p->given[i] != NULL)
		return fail(err, BAD_USAGE, "%s is given twice", source);
	p->given[i] = text;
	return DONE;
}

/* libc takes --rej for --rejected, until an option is added that begins alike:
 * then a crontab breaks. So only whole names are taken. */
static bool
is_abbreviated(const char *argument, const char *name)
{
	size_t len = strcspn(argument + 2, "=");

	return len != strlen(name) || memcmp(argument + 2, name, len) != 0;
}

static enum status
scan(struct parse *p, const char *shorts, const struct option *longs,
    bool *done, struct error *err)
{
	enum status s = DONE;

	optind = 0; /* glibc: start afresh */
	while (s == DONE && !*done) {
		int at = optind > 0 ? optind : 1, index = -1;
		int code = getopt_long(p->argc, p->argv, shorts, longs, &index);
		if (code == -1)
			return DONE;
		if (code == '?' || code == ':')
			return explain(p, code, at, err);
		if (index >= 0 &&
		    is_abbreviated(p->argv[at], longs[index].name))
			return fail(err, BAD_USAGE,
			    "unknown option %.*s (write --%s in full)",
			    (int)strcspn(p->argv[at], "="), p->argv[at],
			    longs[index].name);
		size_t row = row_of_code(p, code);
		s = note_given(p, row, optarg != NULL ? optarg : "1", err);
		*done = row == ROW_HELP || row == ROW_VERSION;
	}
	return s;
}

static enum status
scan_arguments(struct parse *p, bool *done, struct error *err)
{
	struct option *longs = mem_zalloc((p->count + 1) * sizeof(*longs));
	struct buf shorts = BUF_INIT;

	/* `+`: stop at the first operand. `:`: the messages are ours. */
	buf_add_str(&shorts, "+:");
	for (size_t i = 0; i < p->count; i++) {
		const struct option_row *row = options_row(p->command, i);
		bool valued = row->kind != OPTION_FLAG;
		longs[i] = (struct option){ row->name,
			valued ? required_argument : no_argument, NULL,
			ROW_CODE + (int)i };
		if (row->letter != 0)
			buf_printf(
			    &shorts, "%c%s", row->letter, valued ? ":" : "");
	}
	enum status s = scan(p, buf_cstr(&shorts), longs, done, err);
	buf_clear(&shorts);
	free(longs);
	return s;
}

static enum status
take_given(struct parse *p, struct error *err)
{
	enum status s = DONE;

	for (size_t i = ROW_VERSION + 1; i < p->count && s == DONE; i++) {
		const struct option_row *row = options_row(p->command, i);
		char source[80];
		snprintf(source, sizeof(source), "--%s", row->name);
		if (p->given[i] != NULL)
			s = options_store(row, p->options, p->argc, p->given[i],
			    source, BAD_USAGE, err);
	}
	return s;
}

static bool
list_was_given(const struct parse *p, const struct option_row *row)
{
	const struct option_list *list =
	    (const void *)((const char *)p->options + row->offset);

	return row->kind == OPTION_LIST && list->count > 0;
}

/* An empty variable counts as unset, as cron can't unset one. */
static enum status
take_environment(struct parse *p, struct error *err)
{
	enum status s = DONE;

	for (size_t i = 0; i < p->count && s == DONE; i++) {
		const struct option_row *row = options_row(p->command, i);
		if (row->env == NULL || p->given[i] != NULL ||
		    list_was_given(p, row))
			continue;
		const char *text = getenv(row->env);
		if (text != NULL && *text != '\0')
			s = options_store(row, p->options, p->argc, text,
			    row->env, BAD_CONFIG, err);
	}
	return s;
}

static enum status
print_and_leave(const struct parse *p, struct error *err)
{
	struct buf out = BUF_INIT;
	enum status s = DONE;

	if (p->given[ROW_HELP] != NULL)
		options_help(p->command, p->options, &out);
	else
		buf_printf(&out, "%s %s\n", p->command->name, VOLUM_VERSION);
	fwrite(out.data, 1, out.len, stdout);
	if (fflush(stdout) != 0 || ferror(stdout))
		s = fail(err, OUTPUT_FAILED, "stdout: %m");
	buf_clear(&out);
	return s;
}

static enum status
take_all(struct parse *p, int *first_operand, struct error *err)
{
	const struct common_options *common = p->options;
	enum status s;

	if (optind < p->argc && !p->command->operands)
		return fail(err, BAD_USAGE,
		    "'%.80s': only options are expected", p->argv[optind]);
	if (first_operand != NULL)
		*first_operand = optind;
	if ((s = take_given(p, err)) != DONE)
		return s;
	if (common->env_file != NULL &&
	    (s = env_file_load(common->env_file, err)) != DONE)
		return s;
	if ((s = take_environment(p, err)) != DONE)
		return s;
	if (common->verbose && common->quiet)
		return fail(
		    err, BAD_USAGE, "--verbose and --quiet exclude each other");
	return p->command->check != NULL ? p->command->check(p->options, err)
					 : DONE;
}

enum status
options_parse(const struct command *command, void *options, int argc,
    char **argv, int *first_operand, bool *done, struct error *err)
{
	struct parse p = { .command = command,
		.options = options,
		.argc = argc,
		.argv = argv };
	enum status s;

	*done = false;
	while (options_row(command, p.count) != NULL)
		p.count++;
	p.given = mem_zalloc(p.count * sizeof(*p.given));
	s = scan_arguments(&p, done, err);
	if (s == DONE)
		s = *done ? print_and_leave(&p, err)
			  : take_all(&p, first_operand, err);
	free(p.given);
	return s;
}
