/*
 * The options of omie-sim: one table for parsing and for --help. Not the table
 * of core/options.h, whose common options (store, dead letters, progress) mean
 * nothing to a simulator.
 */
#include <err.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "sim/omie-sim/sim.h"

enum kind_of_option { FLAG, NUMBER, REAL, TEXT_OPTION, WORDS, RULE };

struct row {
	const char *name;
	enum kind_of_option kind;
	const char *value; /* WORDS: the words, the default first */
	size_t offset;
	int64_t most;
	const char *help;
};

#define AT(member) offsetof(struct settings, member)

static const struct row rows[] = {
	{ "port", NUMBER, "N", AT(port), 65535, "listen on this port; 0: any" },
	{ "log", TEXT_OPTION, "FILE", AT(log), 0,
	    "append one JSON line per request" },
	{ "clients", NUMBER, "N", AT(clients), 1000000,
	    "start with N companies, EMP-1 to EMP-N (0)" },
	{ "seed", NUMBER, "N", AT(seed), 1000000000, "of their documents (1)" },
	{ "time-scale", REAL, "X", AT(time_scale), 0,
	    "simulated seconds per real second (1)" },
	{ "latency", NUMBER, "MS", AT(latency_ms), 600000,
	    "real time that each call is in work (0)" },
	{ "page-cap", NUMBER, "N", AT(page_cap), 1000000,
	    "most records per page; 0: none (100)" },
	{ "rate", NUMBER, "N", AT(rate), 1000000000,
	    "calls per minute and method; 0: any (240)" },
	{ "ip-rate", NUMBER, "N", AT(ip_rate), 1000000000,
	    "calls per minute in all; 0: any (960)" },
	{ "concurrency", NUMBER, "N", AT(concurrency), 1000000,
	    "calls of one method in work at a time (1)" },
	{ "same-call-window", NUMBER, "S", AT(window_s), 1000000,
	    "in which an identical call is redundant (60)" },
	{ "redundancy", WORDS, "second|third|off|reads", AT(redundancy), 0,
	    "which identical call is refused" },
	{ "error-budget", NUMBER, "N", AT(error_budget), 1000000000,
	    "errors of one method that block; 0: any (10)" },
	{ "error-window", NUMBER, "S", AT(error_window_s), 1000000000,
	    "in which errors are counted (1800)" },
	{ "block-seconds", NUMBER, "S", AT(block_s), 1000000000,
	    "how long a block lasts (1800)" },
	{ "block-extend", NUMBER, "S", AT(block_extend_s), 1000000000,
	    "what each call in a block adds to it (10)" },
	{ "block-scope", WORDS, "method|key", AT(block_scope), 0,
	    "what is blocked" },
	{ "contract-lag", NUMBER, "S", AT(contract_lag_s), 1000000,
	    "contracts are read as they were S ago (0)" },
	{ "duplicate-cnpj-upsert", WORDS, "refuse|allow", AT(duplicate_upsert),
	    0, "UpsertCliente: new code, known document" },
	{ "duplicate-code", WORDS, "refuse|accept", AT(duplicate_code), 0,
	    "a second contract with a known cCodIntCtr" },
	{ "missing-document", WORDS, "refuse|allow", AT(missing_document), 0,
	    "a new client without cnpj_cpf" },
	{ "invalid-document", WORDS, "refuse|accept", AT(invalid_document), 0,
	    "wrong check digits" },
	{ "alphanumeric", WORDS, "accept|refuse", AT(alphanumeric), 0,
	    "a CNPJ with letters" },
	{ "alter-both-keys", WORDS, "refuse|accept", AT(alter_both_keys), 0,
	    "AlterarContrato with both of its keys" },
	{ "long-strings", WORDS, "refuse|truncate", AT(long_strings), 0,
	    "text longer than documented" },
	{ "duplicate-wording", WORDS, "2026|old", AT(duplicate_wording), 0,
	    "of the duplicate document fault" },
	{ "alter-texts", FLAG, NULL, AT(alter_texts), 0,
	    "word every fault differently" },
	{ "numbers-as-strings", FLAG, NULL, AT(numbers_as_strings), 0,
	    "answer \"1\" for 1" },
	{ "extra-members", FLAG, NULL, AT(extra_members), 0,
	    "put an unknown member into each object" },
	{ "fault", RULE, "RULE", 0, 0,
	    "KIND[=MS][:METHOD][:N[-M]|every=K], repeatable" },
};
enum { ROWS = sizeof(rows) / sizeof(*rows), HELP = 1000, VERSION_OPTION };

/* In two columns; what is too wide for the first has a line of its own. */
static void
print_row(const char *name, const char *value, const char *help)
{
	enum { LEFT = 22 };
	int width = printf("  --%s%s%s", name, value == NULL ? "" : " ",
	    value == NULL ? "" : value);

	if (width > LEFT)
		printf("\n%*s %s\n", LEFT, "", help);
	else
		printf("%*s %s\n", LEFT - width, "", help);
}

static void
print_words(const char *words)
{
	size_t column = 80;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (column + len >= 79) {
			printf("\n ");
			column = 1;
		}
		column += (size_t)printf(" %.*s", (int)len, words);
		words += len + strspn(words + len, " ");
	}
}

static void
print_help(void)
{
	struct buf names = BUF_INIT;

	printf("usage: omie-sim [options]\n"
	       "Omie's JSON API for clients and service contracts, simulated "
	       "on loopback.\nThe first line of stdout is its address.\n\n");
	for (size_t i = 0; i < ROWS; i++)
		print_row(rows[i].name, rows[i].value, rows[i].help);
	print_row("help", NULL, "this text");
	print_row("version", NULL, "the version");
	injection_names(&names);
	printf("\nThe first word is the default. Kinds of --fault:");
	print_words(buf_cstr(&names));
	puts("\nOMIE_APP_KEY and OMIE_APP_SECRET are the credentials that it "
	     "takes\n(APP_KEY, APP_SECRET). See man omie-sim.");
	buf_clear(&names);
}

static bool
set_number(const struct row *row, const char *text, void *target)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n > row->most) {
		warnx("--%s takes a whole number from 0 to %lld, not \"%.40s\"",
		    row->name, (long long)row->most, text);
		return false;
	}
	*(int64_t *)target = n;
	return true;
}

static bool
set_real(const struct row *row, const char *text, void *target)
{
	char *end;
	double x = strtod(text, &end);

	if (end == text || *end != '\0' || !(x > 0 && x <= 1e6)) {
		warnx("--%s takes a number above 0, not \"%.40s\"", row->name,
		    text);
		return false;
	}
	*(double *)target = x;
	return true;
}

static bool
set_word(const struct row *row, const char *text, void *target)
{
	const char *word = row->value;

	for (int i = 0; *word != '\0'; i++) {
		size_t len = strcspn(word, "|");

		if (strlen(text) == len && strncmp(word, text, len) == 0) {
			*(int *)target = i;
			return true;
		}
		word += len + (word[len] == '|');
	}
	warnx("--%s is one of %s, not \"%.40s\"", row->name, row->value, text);
	return false;
}

static bool
add_rule(struct settings *s, const char *text)
{
	struct injections trial = { 0 };
	char why[160];

	if (!injection_add(&trial, text, why, sizeof(why))) {
		warnx("--fault: %s", why);
		return false;
	}
	injection_clear(&trial);
	s->rules =
	    mem_realloc(s->rules, (s->rule_count + 1) * sizeof(const char *));
	s->rules[s->rule_count++] = text;
	return true;
}

static bool
set_option(struct settings *s, const struct row *row, const char *text)
{
	char *target = (char *)s + row->offset;

	switch (row->kind) {
	case FLAG:
		*(bool *)target = true;
		return true;
	case NUMBER:
		return set_number(row, text, target);
	case REAL:
		return set_real(row, text, target);
	case TEXT_OPTION:
		*(const char **)target = text;
		return true;
	case WORDS:
		return set_word(row, text, target);
	case RULE:
		break;
	}
	return add_rule(s, text);
}

static void
set_defaults(struct settings *s)
{
	const char *key = getenv("OMIE_APP_KEY");
	const char *secret = getenv("OMIE_APP_SECRET");

	/* 10.3, with the numbers of 2.1 [D], 2.3 [S] and 2.5 [S]. */
	*s = (struct settings){
		.seed = 1,
		.time_scale = 1,
		.page_cap = 100,
		.rate = 240,
		.ip_rate = 960,
		.concurrency = 1,
		.window_s = 60,
		.error_budget = 10,
		.error_window_s = 1800,
		.block_s = 1800,
		.block_extend_s = 10,
		.app_key = key != NULL ? key : "APP_KEY",
		.app_secret = secret != NULL ? secret : "APP_SECRET",
	};
}

/* Every row, --help, --version, and the end mark. */
static void
fill_long_options(struct option out[ROWS + 3])
{
	for (int i = 0; i < ROWS; i++)
		out[i] = (struct option){ rows[i].name,
			rows[i].kind == FLAG ? no_argument : required_argument,
			NULL, i };
	out[ROWS] = (struct option){ "help", no_argument, NULL, HELP };
	out[ROWS + 1] =
	    (struct option){ "version", no_argument, NULL, VERSION_OPTION };
	out[ROWS + 2] = (struct option){ NULL, 0, NULL, 0 };
}

bool
settings_parse(struct settings *out, int argc, char **argv, int *exit_code)
{
	struct option longs[ROWS + 3];
	int which;

	set_defaults(out);
	fill_long_options(longs);
	*exit_code = DONE;
	while ((which = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (which == HELP) {
			print_help();
			return false;
		}
		if (which == VERSION_OPTION) {
			puts("omie-sim " VERSION);
			return false;
		}
		if (which == '?' || !set_option(out, &rows[which], optarg)) {
			*exit_code = BAD_USAGE;
			return false;
		}
	}
	if (optind < argc) {
		warnx("unexpected \"%.40s\"; see --help", argv[optind]);
		*exit_code = BAD_USAGE;
		return false;
	}
	return true;
}
