/* ListarContratos (5.3). */
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"
#include "sim/omie-sim/contrato.h"

static bool
has_document(
    const struct state *s, const struct contract *contract, struct text wanted)
{
	const struct client *client = client_by_id(s, contract->client);
	char document[DOCUMENT_SIZE];

	document_normalise(wanted, document);
	return client != NULL &&
	    strcmp(client->document + strspn(client->document, "0"),
		document + strspn(document, "0")) == 0;
}

/* The filters are documented [D]; one team declined to rely on them [1]. */
static struct contract **
collect(struct call *c, struct value in, const struct span *span, size_t *count)
{
	const struct state *s = &c->sim->state;
	int64_t client = member_integer(in, "filtrar_cliente");
	struct text document = member_text(in, "filtrar_cnpj_cpf");
	bool api_only = member_is_yes(in, "apenas_importado_api");
	bool backwards = member_is_yes(in, "ordem_descrescente");
	struct contract **found =
	    mem_alloc((s->contract_count + 1) * sizeof(struct contract *));

	*count = 0;
	for (size_t i = 0; i < s->contract_count; i++) {
		struct contract *contract =
		    s->contracts[backwards ? s->contract_count - 1 - i : i];

		if (contract_seen(contract, c->now) != NULL &&
		    (client == 0 || contract->client == client) &&
		    (!api_only || contract->by_api) &&
		    span_holds(span, contract->included, contract->altered) &&
		    (document.len == 0 || has_document(s, contract, document)))
			found[(*count)++] = contract;
	}
	return found;
}

/* What is shown on request only: off by default [I], observations then are ""
 * as in the recorded row (5.3 [R]). */
static void
build_row(struct call *c, struct buf *b, const struct contract *contract,
    struct value in)
{
	const char *except[4] = { NULL };
	struct record *rec = record_new();
	bool with_obs = member_is_yes(in, "cExibeObs");
	struct error why;
	int n = 0;

	if (!member_is_yes(in, "cExibirProdutos"))
		except[n++] = "produtosUtilizados";
	if (!member_is_yes(in, "cExibirInfoCadastro"))
		except[n++] = "infoCadastro";
	if (!with_obs)
		except[n++] = "observacoes";
	ndjson_parse_any(rec, text_of(contract_seen(contract, c->now)), &why);
	build_open(b, '{');
	build_members_but(b, record_root(rec), except);
	if (!with_obs) {
		build_name(b, "observacoes");
		build_raw(b, text_of("{\"cObsContrato\":\"\"}"));
	}
	build_close(b, '}');
	record_free(rec);
}

void
contratos_listar(struct call *c)
{
	struct buf *b = &c->answer->body;
	struct contract **found;
	struct value in;
	struct span span;
	struct page page;
	size_t count;

	if (!tags_read(c, &csListarRequest, c->param, &in) ||
	    !span_read(c, in, &span))
		return;
	found = collect(c, in, &span, &count);
	if (page_open(c, &dialect_pagina, in, count, &page)) {
		build_name(b, "contratoCadastro");
		build_open(b, '[');
		for (size_t i = page.first; i < page.first + page.count; i++)
			build_row(c, b, found[i], in);
		build_close(b, ']');
		build_close(b, '}');
	}
	free(found);
}
