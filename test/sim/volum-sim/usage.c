/* GET /volumetria: volumes by company and month. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "sim/seed.h"
#include "sim/volum-sim/sim.h"

/* Elements given by --data, by company id. */
static struct {
	char *id, *json;
} * given;
static size_t given_count;

static void
give(struct record *rec, struct text line)
{
	struct error why;
	struct text id;

	if (ndjson_parse(rec, line, &why) != DONE ||
	    value_identifier(
		value_member(record_root(rec), "idEmpresa"), &id, &why) != DONE)
		errx(78, "--data: %s", why.text);
	given = mem_realloc(given, (given_count + 1) * sizeof(*given));
	given[given_count].id = mem_text(id);
	given[given_count++].json = mem_text(line);
}

void
usage_load(const char *path)
{
	struct record *rec = record_new();
	struct ndjson_reader *reader;
	struct ndjson_line line;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(78, "--data %s", path);
	reader = ndjson_open(fd);
	while (ndjson_next(reader, &line) == 1)
		give(rec, line.text);
	ndjson_close(reader);
	record_free(rec);
	close(fd);
}

static void
add_product(struct buf *b, const char *name, const char *counter,
    uint64_t count, uint64_t cents)
{
	build_name(b, name);
	buf_printf(b, "{\"%s\":%llu,\"valorTotal\":%llu.%02llu}", counter,
	    (unsigned long long)count, (unsigned long long)(cents / 100),
	    (unsigned long long)(cents % 100));
}

static void
add_cobranca(
    const struct sim_config *c, struct buf *b, uint64_t company, uint64_t x)
{
	bool broken = company_blemish(c, company) == BLEMISH_ERROR;

	build_name(b, "cobranca");
	buf_printf(b,
	    "{\"qtdeTitulos\":%llu,\"valorTotal\":%llu.%02llu,"
	    "\"quantidade\":null,\"error\":%s}",
	    (unsigned long long)(x % 5000), (unsigned long long)(x % 90000),
	    (unsigned long long)(x % 100), broken ? "\"timeout\"" : "null");
}

static void
generate(
    const struct sim_config *c, struct buf *b, uint64_t company, uint64_t month)
{
	uint64_t x = seed_mix(c->seed, company, month);

	build_open(b, '{');
	build_name(b, "idEmpresa");
	build_integer(b, (int64_t)company);
	add_cobranca(c, b, company, x);
	add_product(b, "pixpay", "qtdeMotoristas", x / 7 % 300, x / 7 % 500000);
	if (company % 3 == 0)
		add_product(
		    b, "bolepix", "qtdeTitulos", x / 11 % 900, x / 11 % 70000);
	if (company % 5 == 0)
		add_product(b, "webcheckout", "qtdeTitulos", x / 13 % 80,
		    x / 13 % 9000);
	if (company % 4 == 0)
		add_product(b, "pagamentos", "qtdeTitulos", x / 17 % 400,
		    x / 17 % 800000);
	build_close(b, '}');
}

/* The element of --data for a company, or NULL. */
static const char *
find_given(const char *id)
{
	size_t i;

	for (i = 0; i < given_count; i++)
		if (strcmp(given[i].id, id) == 0)
			return given[i].json;
	return NULL;
}

static void
add_company(
    const struct sim_config *c, struct buf *b, const char *id, uint64_t month)
{
	char *end;
	uint64_t company = strtoull(id, &end, 10);
	const char *json = find_given(id);

	if (json != NULL)
		build_raw(b, text_of(json));
	if (json != NULL || *end != '\0' || company < 1 ||
	    company > c->companies ||
	    company_blemish(c, company) == BLEMISH_SILENT)
		return;
	generate(c, b, company, month);
}

/* The last first: nobody may rely on the order. */
static void
add_asked(const struct sim_config *c, struct buf *b, const char *asked,
    uint64_t month)
{
	char *list = mem_strdup(asked), *comma = list, *id;

	if (c->ordered) {
		for (id = strtok_r(list, ",", &comma); id != NULL;
		     id = strtok_r(NULL, ",", &comma))
			add_company(c, b, id, month);
	} else {
		while ((comma = strrchr(list, ',')) != NULL) {
			add_company(c, b, comma + 1, month);
			*comma = '\0';
		}
		add_company(c, b, list, month);
	}
	free(list);
}

static void
add_all(const struct sim_config *c, struct buf *b, uint64_t month)
{
	char id[24];
	uint64_t i;

	for (i = 0; i < given_count; i++)
		build_raw(b, text_of(given[i].json));
	for (i = 1; i <= c->companies; i++) {
		snprintf(id, sizeof(id), "%llu", (unsigned long long)i);
		if (find_given(id) == NULL)
			add_company(c, b, id, month);
	}
}

static uint64_t
month_of(const char *date)
{
	return strtoull(date, NULL, 10) * 12 + strtoull(date + 5, NULL, 10);
}

void
usage_answer(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer)
{
	const char *from = sim_query(q, "dataInicial");
	const char *until = sim_query(q, "dataFinal");
	const char *asked = sim_query(q, "empresas");
	struct buf *b = &answer->body;

	json_answer(answer, 200);
	if (from == NULL || until == NULL || strlen(from) != 10 ||
	    strlen(until) != 10) {
		json_answer(answer, 400);
		buf_add_str(b, "{\"message\":\"dataInicial and dataFinal\"}");
		return;
	}
	b->max = (size_t)4 << 30;
	if (c->envelope)
		buf_add_str(b, "{\"data\":");
	buf_add_byte(b, '[');
	if (asked != NULL)
		add_asked(c, b, asked, month_of(from));
	else
		add_all(c, b, month_of(from));
	buf_add_byte(b, ']');
	if (c->envelope)
		buf_add_byte(b, '}');
}
