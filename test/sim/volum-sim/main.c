/*
 * volum-sim: the usage API and the company API on loopback, with seeded
 * companies and faults on request.
 */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/volum-sim/sim.h"

static const struct row {
	const char *name, *value, *help;
} ROWS[] = {
	{ "port", "N", "listen on this port; 0: any (0)" },
	{ "log", "FILE", "append one JSON line per request" },
	{ "companies", "N", "companies 1 to N (50)" },
	{ "seed", "N", "of their names, documents and volumes (1)" },
	{ "data", "FILE", "elements of volumetriaData to answer with" },
	{ "blemishes", NULL, "of fifty companies four are faulty" },
	{ "envelope", NULL, "answer {\"data\":[...]}" },
	{ "ordered", NULL, "answer in the order asked" },
	{ "latency", "MS", "every answer takes so long (0)" },
	{ "fault", "RULE", "KIND[:N[-M]] or KIND:every=K; may be repeated" },
	{ "company-data", "FILE", "companies behind the generated ones" },
	{ "company-fault", "RULE", "the same for the company API" },
	{ "registry", "FILE", "companies that are not active, for /api/cnpj" },
	{ "catalog", NULL, "print empresa and proposta records, and end" },
	{ "help", NULL, "this text" },
	{ "version", NULL, "the version" },
};

enum { ROW_COUNT = sizeof(ROWS) / sizeof(ROWS[0]) };

struct settings {
	struct sim_config config;
	struct sim_options server;
	const char *company_data;
	bool catalog;
};

static void
print_help(void)
{
	size_t i;

	puts("usage: volum-sim [--companies N] [--fault RULE]... "
	     "[--port N] [--log FILE]\n\n"
	     "The usage and company APIs on loopback; the address is the first "
	     "line printed.\n");
	for (i = 0; i < ROW_COUNT; i++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", ROWS[i].name,
		    ROWS[i].value ? " " : "",
		    ROWS[i].value ? ROWS[i].value : "");
		printf("  %-18s %s\n", left, ROWS[i].help);
	}
	puts("\nFault kinds: status-500 html-502 html-200 rate-429 "
	     "unauthorized not-found\nnot-array close hang cut truncated "
	     "latin1 twice. Tokens: VOLUMETRIA_API_TOKEN\n(TOKEN), "
	     "INANBETEC_API_KEY (KEY). See man volum-sim.");
}

static uint64_t
read_number(const char *name, const char *text, uint64_t most)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || n > most)
		errx(64, "--%s: a number up to %llu expected", name,
		    (unsigned long long)most);
	return n;
}

static void
set_option(struct settings *s, const char *name, const char *value)
{
	if (strcmp(name, "port") == 0)
		s->server.port = (int)read_number(name, value, 65535);
	else if (strcmp(name, "log") == 0)
		s->server.log_path = value;
	else if (strcmp(name, "companies") == 0)
		s->config.companies = read_number(name, value, 10000000);
	else if (strcmp(name, "seed") == 0)
		s->config.seed = read_number(name, value, UINT32_MAX);
	else if (strcmp(name, "data") == 0)
		usage_load(value);
	else if (strcmp(name, "blemishes") == 0)
		s->config.blemishes = true;
	else if (strcmp(name, "envelope") == 0)
		s->config.envelope = true;
	else if (strcmp(name, "ordered") == 0)
		s->config.ordered = true;
	else if (strcmp(name, "latency") == 0)
		s->config.latency_ms =
		    (int64_t)read_number(name, value, 600000);
	else if (strcmp(name, "catalog") == 0)
		s->catalog = true;
	else if (strcmp(name, "company-data") == 0)
		s->company_data = value;
	else if (strcmp(name, "registry") == 0)
		registry_load(value);
	else if (!fault_add(
		     strcmp(name, "fault") == 0 ? USAGE_API : COMPANY_API,
		     value))
		errx(64, "--%s %s: no such rule, see --help", name, value);
}

static void
read_options(struct settings *s, int argc, char **argv)
{
	struct option table[ROW_COUNT + 1] = { 0 };
	int i, at;

	for (i = 0; i < ROW_COUNT; i++) {
		table[i].name = ROWS[i].name;
		table[i].has_arg =
		    ROWS[i].value ? required_argument : no_argument;
	}
	while ((i = getopt_long(argc, argv, "+", table, &at)) == 0) {
		if (strcmp(ROWS[at].name, "help") == 0) {
			print_help();
			exit(0);
		}
		if (strcmp(ROWS[at].name, "version") == 0) {
			puts("volum-sim " VERSION);
			exit(0);
		}
		set_option(s, ROWS[at].name, optarg);
	}
	if (i == '?' || optind < argc)
		errx(64, "see volum-sim --help");
}

void
json_answer(struct sim_answer *answer, int status)
{
	answer->status = status;
	answer->content_type = "application/json; charset=utf-8";
	buf_reset(&answer->body);
}

static bool
allowed(const struct sim_request *q, const char *token)
{
	return q->authorization != NULL &&
	    strncmp(q->authorization, "Bearer ", 7) == 0 &&
	    strcmp(q->authorization + 7, token) == 0;
}

static void
answer_usage(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer)
{
	if (!allowed(q, c->usage_token)) {
		json_answer(answer, 401);
		buf_add_str(&answer->body, "{\"message\":\"token\"}");
	} else if (!fault_apply(USAGE_API, answer)) {
		usage_answer(c, q, answer);
		fault_spoil(answer);
	}
}

static void
answer_company(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer)
{
	if (!allowed(q, c->company_key)) {
		json_answer(answer, 401);
	} else if (!fault_apply(COMPANY_API, answer)) {
		companies_answer(c, q, answer);
		fault_spoil(answer);
	}
}

static void
handle(void *state, const struct sim_request *q, struct sim_answer *answer)
{
	const struct sim_config *c = state;

	answer->hang_ms = c->latency_ms;
	if (strcmp(q->path, "/volumetria") == 0 ||
	    strcmp(q->path, "/volumetria/consultar") == 0) {
		answer_usage(c, q, answer);
	} else if (strncmp(q->path, "/empresas", 9) == 0 &&
	    (q->path[9] == '\0' || q->path[9] == '/')) {
		answer_company(c, q, answer);
	} else if (strncmp(q->path, "/api/cnpj/v1/", 13) == 0) {
		registry_answer(q, answer);
	} else {
		json_answer(answer, 404);
	}
}

int
main(int argc, char **argv)
{
	const char *token = getenv("VOLUMETRIA_API_TOKEN");
	const char *key = getenv("INANBETEC_API_KEY");
	struct settings s = { .config = { .companies = 50, .seed = 1 },
		.server = { .time_scale = 1 } };

	s.config.usage_token = token != NULL ? token : "TOKEN";
	s.config.company_key = key != NULL ? key : "KEY";
	read_options(&s, argc, argv);
	if (s.catalog) {
		companies_print_catalog(&s.config);
		return fflush(stdout) == 0 ? 0 : 74;
	}
	if (s.company_data != NULL)
		companies_load(&s.config, s.company_data);
	/* Side by side, so that --latency is paid once for many requests. */
	return sim_serve(&s.server, "/", handle, &s.config);
}
