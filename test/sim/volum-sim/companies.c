/*
 * The company API: GET /empresas, /empresas/{id}, /empresas/search?cnpj=,
 * POST /empresas [known], paging and PATCH /empresas/{id} [chosen]. Companies
 * come out of the seed; what was posted or patched lies over them, in memory.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "sim/seed.h"
#include "sim/volum-sim/sim.h"

/* Documents that replace or add to the generated ones, by id; NULL: none. */
static char **written;
static uint64_t written_room;
static uint64_t added; /* companies beyond the seeded ones */

enum blemish
company_blemish(const struct sim_config *c, uint64_t company)
{
	if (!c->blemishes)
		return BLEMISH_NONE;
	switch (company % 50) {
	case 13:
		return BLEMISH_ERROR;
	case 17:
		return BLEMISH_NO_PROPOSAL;
	case 23:
		return BLEMISH_NO_CUSTOMER;
	case 29:
		return BLEMISH_SILENT;
	default:
		return BLEMISH_NONE;
	}
}

int64_t
company_omie_code(const struct sim_config *c, uint64_t company)
{
	if (company_blemish(c, company) == BLEMISH_NO_CUSTOMER)
		return 0;
	return INT64_C(4477000000) + (int64_t)company;
}

static const char *
find_written(uint64_t id)
{
	return id < written_room ? written[id] : NULL;
}

static void
write_company(uint64_t id, struct text json)
{
	uint64_t room = written_room;

	if (id >= room) {
		written_room = id * 2 + 64;
		written = mem_realloc(written, written_room * sizeof(*written));
		for (; room < written_room; room++)
			written[room] = NULL;
	}
	free(written[id]);
	written[id] = mem_text(json);
}

static void
add_company(const struct sim_config *c, struct buf *b, uint64_t id)
{
	const char *over = find_written(id);
	char cnpj[SEED_CNPJ], name[SEED_NAME];

	if (over != NULL) {
		build_raw(b, text_of(over));
		return;
	}
	seed_cnpj(c->seed, id, cnpj);
	seed_name(c->seed, id, name);
	build_open(b, '{');
	build_name(b, "id");
	build_integer(b, (int64_t)id);
	build_text_member(b, "cnpj", text_of(cnpj));
	build_text_member(b, "razaoSocial", text_of(name));
	build_text_member(b, "nomeFantasia", text_of(name));
	build_name(b, "endereco");
	buf_add_str(b,
	    "{\"logradouro\":\"Rua da Concórdia\",\"numero\":\"1\","
	    "\"complemento\":\"\",\"bairro\":\"Sé\",\"cidade\":"
	    "\"São Paulo\",\"estado\":\"SP\",\"cep\":\"01310100\"}");
	build_text_member(b, "telefone", TEXT("11926130149"));
	build_text_member(b, "email", TEXT("fiscal@example.invalid"));
	build_name(b, "ativo");
	build_bool(b, true);
	if (company_omie_code(c, id) != 0) {
		build_name(b, "codigoOmie");
		build_integer(b, company_omie_code(c, id));
	}
	build_name(b, "configuracao");
	buf_add_str(b, "{\"tipoFaturamento\":\"01\",\"diaFaturamento\":5}");
	build_close(b, '}');
}

void
companies_load(const struct sim_config *c, const char *path)
{
	static const char *const given_here[] = { "id", NULL };
	struct record *rec = record_new();
	struct ndjson_reader *reader;
	struct ndjson_line line;
	struct buf b = BUF_INIT;
	struct error why;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(78, "--company-data %s", path);
	reader = ndjson_open(fd);
	while (ndjson_next(reader, &line) == 1) {
		if (ndjson_parse(rec, line.text, &why) != DONE)
			errx(78, "--company-data: %s", why.text);
		buf_reset(&b);
		build_open(&b, '{');
		build_name(&b, "id");
		build_integer(&b, (int64_t)(c->companies + ++added));
		build_members_but(&b, record_root(rec), given_here);
		build_close(&b, '}');
		write_company(c->companies + added, buf_text(&b));
	}
	buf_clear(&b);
	ndjson_close(reader);
	record_free(rec);
	close(fd);
}

static bool
exists(const struct sim_config *c, uint64_t id)
{
	return id >= 1 && id <= c->companies + added;
}

static void
plain_error(struct sim_answer *answer, int status, const char *message)
{
	json_answer(answer, status);
	build_open(&answer->body, '{');
	build_text_member(&answer->body, "message", text_of(message));
	build_close(&answer->body, '}');
}

/* The digits and letters of a document, upper case. */
static void
bare(struct text t, char *out, size_t size)
{
	size_t n = 0, i;

	for (i = 0; i < t.len && n + 1 < size; i++) {
		char ch = t.at[i];

		if (ch >= 'a' && ch <= 'z')
			ch = (char)(ch - 32);
		if ((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z'))
			out[n++] = ch;
	}
	out[n] = '\0';
}

/* The next company at or after `from` with this document; 0: none. */
static uint64_t
find_cnpj(const struct sim_config *c, const char *cnpj, uint64_t from)
{
	struct record *rec = record_new();
	struct buf b = BUF_INIT;
	struct error ignored;
	char other[24];
	uint64_t id;

	for (id = from; exists(c, id); id++) {
		buf_reset(&b);
		add_company(c, &b, id);
		if (ndjson_parse(rec, buf_text(&b), &ignored) != DONE)
			continue;
		bare(value_text(value_member(record_root(rec), "cnpj")), other,
		    sizeof(other));
		if (strcmp(cnpj, other) == 0)
			break;
	}
	buf_clear(&b);
	record_free(rec);
	return exists(c, id) ? id : 0;
}

static void
search(const struct sim_config *c, const char *asked, struct sim_answer *answer)
{
	struct buf *b = &answer->body;
	char cnpj[24];
	uint64_t id, next;

	bare(text_of(asked), cnpj, sizeof(cnpj));
	if ((id = find_cnpj(c, cnpj, 1)) == 0) {
		plain_error(answer, 404, "no such company");
		return;
	}
	json_answer(answer, 200);
	next = find_cnpj(c, cnpj, id + 1);
	if (next == 0) {
		add_company(c, b, id);
		return;
	}
	build_open(b, '[');
	for (add_company(c, b, id); next != 0;
	     next = find_cnpj(c, cnpj, next + 1))
		add_company(c, b, next);
	build_close(b, ']');
}

static uint64_t
number_of(const char *text, uint64_t missing)
{
	return text == NULL ? missing : strtoull(text, NULL, 10);
}

static void
list(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer)
{
	const char *limit_text = sim_query(q, "limit");
	uint64_t total = c->companies + added;
	uint64_t limit = number_of(limit_text, total);
	uint64_t page = number_of(sim_query(q, "page"), 1);
	struct buf *b = &answer->body;
	uint64_t id;

	json_answer(answer, 200);
	b->max = (size_t)4 << 30;
	if (limit < 1)
		limit = 1;
	if (limit_text != NULL)
		buf_printf(
		    b, "{\"total\":%llu,\"data\":", (unsigned long long)total);
	build_open(b, '[');
	for (id = (page - 1) * limit + 1; id <= page * limit && id <= total;
	     id++)
		add_company(c, b, id);
	build_close(b, ']');
	if (limit_text != NULL)
		build_close(b, '}');
}

static void
create(const struct sim_config *c, struct value sent, struct sim_answer *answer)
{
	static const char *const given_here[] = { "id", NULL };
	char cnpj[24];
	uint64_t id;
	struct buf b = BUF_INIT;

	bare(value_text(value_member(sent, "cnpj")), cnpj, sizeof(cnpj));
	if (cnpj[0] == '\0') {
		plain_error(answer, 400, "cnpj is missing");
		return;
	}
	if ((id = find_cnpj(c, cnpj, 1)) != 0) {
		json_answer(answer, 409);
		buf_printf(&answer->body,
		    "{\"message\":\"cnpj is known\",\"id\":%llu}",
		    (unsigned long long)id);
		return;
	}
	id = c->companies + ++added;
	build_open(&b, '{');
	build_name(&b, "id");
	build_integer(&b, (int64_t)id);
	build_members_but(&b, sent, given_here);
	build_close(&b, '}');
	write_company(id, buf_text(&b));
	json_answer(answer, 201);
	buf_add_text(&answer->body, buf_text(&b));
	buf_clear(&b);
}

/* Members that are sent replace, all others stay. */
static void
patch(const struct sim_config *c, uint64_t id, struct value sent,
    struct sim_answer *answer)
{
	struct record *rec = record_new();
	struct buf old = BUF_INIT, b = BUF_INIT;
	struct error ignored;
	struct each it;
	char name[64];

	add_company(c, &old, id);
	build_open(&b, '{');
	if (ndjson_parse(rec, buf_text(&old), &ignored) == DONE)
		for (it = value_each(record_root(rec)); each_next(&it);) {
			snprintf(name, sizeof(name), "%.*s", (int)it.name.len,
			    it.name.at);
			if (value_kind(value_member(sent, name)) != ABSENT)
				continue;
			build_name_text(&b, it.name);
			build_value(&b, it.at);
		}
	build_members_but(&b, sent, (const char *const[]){ "id", NULL });
	build_close(&b, '}');
	write_company(id, buf_text(&b));
	json_answer(answer, 200);
	buf_add_text(&answer->body, buf_text(&b));
	buf_clear(&old);
	buf_clear(&b);
	record_free(rec);
}

static void
write_request(const struct sim_config *c, const struct sim_request *q,
    uint64_t id, struct sim_answer *answer)
{
	struct record *rec = record_new();
	struct error why;

	if (ndjson_parse(rec, q->body, &why) != DONE)
		plain_error(answer, 400, why.text);
	else if (strcmp(q->method, "POST") == 0)
		create(c, record_root(rec), answer);
	else
		patch(c, id, record_root(rec), answer);
	record_free(rec);
}

void
companies_answer(const struct sim_config *c, const struct sim_request *q,
    struct sim_answer *answer)
{
	const char *rest = q->path + strlen("/empresas");
	const char *cnpj = sim_query(q, "cnpj");
	bool get = strcmp(q->method, "GET") == 0;
	char *end;
	uint64_t id;

	if (rest[0] == '\0' || strcmp(rest, "/") == 0) {
		if (get)
			list(c, q, answer);
		else
			write_request(c, q, 0, answer);
		return;
	}
	if (strcmp(rest, "/search") == 0 && cnpj != NULL) {
		search(c, cnpj, answer);
		return;
	}
	id = strtoull(rest + 1, &end, 10);
	if (*end != '\0' || !exists(c, id)) {
		plain_error(answer, 404, "no such company");
	} else if (!get) {
		write_request(c, q, id, answer);
	} else {
		json_answer(answer, 200);
		add_company(c, &answer->body, id);
	}
}
