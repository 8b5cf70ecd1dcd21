/*
 * GET /api/cnpj/v1/{cnpj} of BrasilAPI (domain-br 4): only the members that
 * anybody here reads. Without the company's data nobody is unknown: a 404 there
 * means an outage as often.
 */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "domain/cnpj.h"
#include "sim/volum-sim/sim.h"

static struct {
	char cnpj[CNPJ_TEXT];
	char *json;
} * given;
static size_t given_count;

static void
give(struct record *rec, struct text line)
{
	struct error why;
	char cnpj[CNPJ_TEXT];

	if (ndjson_parse(rec, line, &why) != DONE)
		errx(78, "--registry: %s", why.text);
	if (cnpj_read(value_text(value_member(record_root(rec), "cnpj")),
		cnpj) != CNPJ_OK)
		errx(78, "--registry: a line without a valid cnpj");
	given = mem_realloc(given, (given_count + 1) * sizeof(*given));
	memcpy(given[given_count].cnpj, cnpj, sizeof(cnpj));
	given[given_count++].json = mem_text(line);
}

void
registry_load(const char *path)
{
	struct record *rec = record_new();
	struct ndjson_reader *reader;
	struct ndjson_line line;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(78, "--registry %s", path);
	reader = ndjson_open(fd);
	while (ndjson_next(reader, &line) == 1)
		give(rec, line.text);
	ndjson_close(reader);
	record_free(rec);
	close(fd);
}

void
registry_answer(const struct sim_request *q, struct sim_answer *answer)
{
	const char *asked = q->path + strlen("/api/cnpj/v1/");
	char cnpj[CNPJ_TEXT];

	if (cnpj_read(text_of(asked), cnpj) != CNPJ_OK) {
		json_answer(answer, 400);
		buf_add_str(&answer->body, "{\"message\":\"cnpj\"}");
		return;
	}
	json_answer(answer, 200);
	for (size_t i = 0; i < given_count; i++)
		if (strcmp(given[i].cnpj, cnpj) == 0) {
			buf_add_str(&answer->body, given[i].json);
			return;
		}
	build_open(&answer->body, '{');
	build_text_member(&answer->body, "cnpj", text_of(cnpj));
	build_name(&answer->body, "situacao_cadastral");
	build_integer(&answer->body, 2);
	build_text_member(
	    &answer->body, "descricao_situacao_cadastral", TEXT("ATIVA"));
	build_close(&answer->body, '}');
}
