/* ListarClientes, ListarClientesResumido (4.3, 4.4) and the record itself. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/ndjson.h"
#include "sim/omie-sim/clientes.h"

/* API writes show the user WEBSERVICE (5.2 [R], 10.5). */
static void
build_info(struct buf *b, const struct client *client)
{
	struct sim_date included, altered;

	date_of(client->included, &included);
	date_of(client->altered, &altered);
	build_name(b, "info");
	build_open(b, '{');
	build_str_member(b, "cImpAPI", client->by_api ? "S" : "N");
	build_str_member(b, "dAlt", altered.date);
	build_str_member(b, "dInc", included.date);
	build_str_member(b, "hAlt", altered.time);
	build_str_member(b, "hInc", included.time);
	build_str_member(
	    b, "uAlt", client->altered_by_api ? "WEBSERVICE" : "USUARIO");
	build_str_member(b, "uInc", client->by_api ? "WEBSERVICE" : "USUARIO");
	build_close(b, '}');
}

void
client_build(struct buf *b, const struct client *client,
    bool with_caracteristicas, bool with_obs)
{
	const char *except[5] = { "codigo_cliente_integracao" };
	struct record *rec = record_new();
	struct error why;
	int n = 1;

	if (!with_caracteristicas)
		except[n++] = "caracteristicas";
	if (!with_obs) {
		except[n++] = "observacao";
		except[n++] = "obs_detalhadas";
	}
	ndjson_parse_any(rec, text_of(client->json), &why);
	build_open(b, '{');
	build_members_but(b, record_root(rec), except);
	build_str_member(b, "codigo_cliente_integracao", client->code);
	build_integer_member(b, "codigo_cliente_omie", client->id);
	build_str_member(b, "exterior", "N");
	build_str_member(b, "importado_api", client->by_api ? "S" : "N");
	build_info(b, client);
	build_str_member(
	    b, "pessoa_fisica", strlen(client->document) == 11 ? "S" : "N");
	build_close(b, '}');
	record_free(rec);
}

/* Contains, without regard to case: [I]. */
static bool
holds(struct text whole, struct text part)
{
	for (size_t i = 0; i + part.len <= whole.len; i++)
		if (strncasecmp(whole.at + i, part.at, part.len) == 0)
			return true;
	return false;
}

static bool
has_tags(struct value stored, struct value wanted)
{
	struct each w, s;

	for (w = value_each(wanted); each_next(&w);) {
		bool found = false;

		for (s = value_each(stored); each_next(&s);)
			found |= text_same(
			    member_text(s.at, "tag"), member_text(w.at, "tag"));
		if (!found)
			return false;
	}
	return true;
}

/* The members that the record must be looked into for. */
static bool
matches_members(const struct client *client, struct value filter)
{
	static const char *const own[] = { "codigo_cliente_omie",
		"codigo_cliente_integracao", "cnpj_cpf", "pessoa_fisica",
		NULL };
	struct record *rec = record_new();
	struct error why;
	struct each it;
	bool good = true;

	ndjson_parse_any(rec, text_of(client->json), &why);
	for (it = value_each(filter); good && each_next(&it);) {
		char *name = mem_text(it.name);
		struct value stored = value_member(record_root(rec), name);
		bool is_own = false;

		for (int i = 0; own[i] != NULL; i++)
			is_own |= strcmp(own[i], name) == 0;
		if (value_kind(it.at) == IS_ARRAY)
			good = has_tags(stored, it.at);
		else if (!is_own)
			good = holds(value_text(stored), value_text(it.at));
		free(name);
	}
	record_free(rec);
	return good;
}

/* Punctuation is ignored and even leading zeros are (4.4 [R; S]). */
static bool
same_document(const char *a, const char *b)
{
	return strcmp(a + strspn(a, "0"), b + strspn(b, "0")) == 0;
}

static bool
matches_keys(const struct client *client, struct value filter)
{
	int64_t id = member_integer(filter, "codigo_cliente_omie");
	struct text code = member_text(filter, "codigo_cliente_integracao");
	struct text document = member_text(filter, "cnpj_cpf");
	struct text person = member_text(filter, "pessoa_fisica");
	char normalised[DOCUMENT_SIZE];

	document_normalise(document, normalised);
	return (id == 0 || id == client->id) &&
	    (code.len == 0 || text_is(code, client->code)) &&
	    (normalised[0] == '\0' ||
		same_document(normalised, client->document)) &&
	    (person.len == 0 ||
		text_is(person, "S") == (strlen(client->document) == 11));
}

static bool
is_listed(const struct client *client, struct value codes)
{
	struct each it;

	if (value_count(codes) == 0)
		return true;
	for (it = value_each(codes); each_next(&it);) {
		struct text code =
		    member_text(it.at, "codigo_cliente_integracao");

		if (member_integer(it.at, "codigo_cliente_omie") ==
			client->id ||
		    (code.len > 0 && text_is(code, client->code)))
			return true;
	}
	return false;
}

static int
by_code(const void *a, const void *b)
{
	return strcmp((*(struct client *const *)a)->code,
	    (*(struct client *const *)b)->code);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct client *const *)a)->name,
	    (*(struct client *const *)b)->name);
}

static int
by_document(const void *a, const void *b)
{
	return strcmp((*(struct client *const *)a)->document,
	    (*(struct client *const *)b)->document);
}

/* The words of ordenar_por are not in the reference, by code is the default
 * [D O1]: those that name a column are taken, any other is by code [I]. */
static void
order(struct client **found, size_t count, struct value in)
{
	struct text by = member_text(in, "ordenar_por");

	if (holds(by, TEXT("INTEGRA")))
		qsort(found, count, sizeof(*found), by_code);
	else if (holds(by, TEXT("NOME")) || holds(by, TEXT("RAZAO")))
		qsort(found, count, sizeof(*found), by_name);
	else if (holds(by, TEXT("CNPJ")))
		qsort(found, count, sizeof(*found), by_document);
	if (!member_is_yes(in, "ordem_decrescente") &&
	    !member_is_yes(in, "ordem_descrescente"))
		return;
	for (size_t i = 0; i < count / 2; i++) {
		struct client *swap = found[i];

		found[i] = found[count - 1 - i];
		found[count - 1 - i] = swap;
	}
}

static struct client **
collect(struct call *c, struct value in, const struct span *span, size_t *count)
{
	const struct state *s = &c->sim->state;
	struct value filter = value_member(in, "clientesFiltro");
	struct value codes = value_member(in, "clientesPorCodigo");
	bool api_only = member_is_yes(in, "apenas_importado_api");
	bool filtered = value_count(filter) > 0;
	struct client **found =
	    mem_alloc((s->client_count + 1) * sizeof(struct client *));

	*count = 0;
	for (size_t i = 0; i < s->client_count; i++) {
		struct client *client = s->clients[i];

		if ((!api_only || client->by_api) &&
		    span_holds(span, client->included, client->altered) &&
		    is_listed(client, codes) &&
		    (!filtered ||
			(matches_keys(client, filter) &&
			    matches_members(client, filter))))
			found[(*count)++] = client;
	}
	order(found, *count, in);
	return found;
}

/* The id is called codigo_cliente here (4.3 [D O1]). */
static void
build_summary(struct buf *b, const struct client *client)
{
	struct record *rec = record_new();
	struct error why;
	char document[DOCUMENT_SIZE];

	document_format(client->document, document);
	ndjson_parse_any(rec, text_of(client->json), &why);
	build_open(b, '{');
	build_str_member(b, "cnpj_cpf", document);
	build_integer_member(b, "codigo_cliente", client->id);
	build_str_member(b, "codigo_cliente_integracao", client->code);
	build_text_member(
	    b, "nome_fantasia", member_text(record_root(rec), "nome_fantasia"));
	build_str_member(b, "razao_social", client->name);
	build_close(b, '}');
	record_free(rec);
}

static void
list(struct call *c, const char *array, bool whole)
{
	struct buf *b = &c->answer->body;
	struct client **found;
	struct value in;
	struct span span;
	struct page page;
	size_t count;

	if (!tags_read(c, &clientes_list_request, c->param, &in) ||
	    !span_read(c, in, &span))
		return;
	found = collect(c, in, &span, &count);
	if (page_open(c, &dialect_pagina, in, count, &page)) {
		build_name(b, array);
		build_open(b, '[');
		for (size_t i = page.first; i < page.first + page.count; i++)
			if (whole)
				client_build(b, found[i],
				    member_is_yes(in, "exibir_caracteristicas"),
				    member_is_yes(in, "exibir_obs"));
			else
				build_summary(b, found[i]);
		build_close(b, ']');
		build_close(b, '}');
	}
	free(found);
}

void
clientes_listar(struct call *c)
{
	list(c, "clientes_cadastro", true);
}

void
clientes_listar_resumido(struct call *c)
{
	list(c, "clientes_cadastro_resumido", false);
}
