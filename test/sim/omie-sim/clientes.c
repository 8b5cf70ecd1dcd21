/* geral/clientes/: one register of customers (4). */
#include <string.h>

#include "sim/omie-sim/clientes.h"

/* 4.3 [D O1]; the texts are the methods' own. */
static void
answer_status(struct call *c, const struct client *client, const char *text)
{
	struct buf *b = &c->answer->body;

	build_open(b, '{');
	build_integer_member(b, "codigo_cliente_omie", client->id);
	build_str_member(b, "codigo_cliente_integracao", client->code);
	build_str_member(b, "codigo_status", "0");
	build_str_member(b, "descricao_status", text);
	build_close(b, '}');
	call_warning(c, client->id, text);
	call_note(c, "cliente %lld", (long long)client->id);
}

/* 3 [S text, 1 code]. */
static bool
duplicate_code(struct call *c, const struct client *there)
{
	return call_fault(c, 102,
	    "ERROR: Cliente já cadastrado para o Código de Integração [%s] "
	    "com o nCod [%lld] !",
	    there->code, (long long)there->id);
}

/* 3 [R; S]: reworded on 2026-09-16; before, without the integration code. The
 * code 102 is likely, not recorded. */
static bool
duplicate_document(struct call *c, const struct client *there)
{
	char document[DOCUMENT_SIZE];

	document_format(there->document, document);
	if (c->sim->set->duplicate_wording != FIRST)
		return call_fault(c, 102,
		    "ERROR: Cliente já cadastrado para o CPF/CNPJ [%s] com o "
		    "Id [%lld] ! (add)",
		    document, (long long)there->id);
	return call_fault(c, 102,
	    "ERROR: Cliente já cadastrado para o CPF/CNPJ [%s] com o Id "
	    "[%lld] e código de integração [%s] ! (add)",
	    document, (long long)there->id, there->code);
}

static bool
unknown_code(struct call *c, struct text code)
{
	return call_fault(c, 103,
	    "ERROR: Cliente não cadastrado para o Código de Integração "
	    "[%.*s] !",
	    TEXT_ARGS(code)); /* 3 [R C1; 1 for clients] */
}

/*
 * By Omie's id, or else by the caller's code. With both, the code has to be
 * the stored one (4.4 [S]).
 */
static struct client *
find_client(struct call *c, struct value in)
{
	int64_t id = member_integer(in, "codigo_cliente_omie");
	struct text code = member_text(in, "codigo_cliente_integracao");
	struct client *client;

	if (id == 0 && code.len == 0) {
		/* 3: text [S], code [1 C3]. */
		call_fault(c, 224,
		    "ERROR: O preenchimento das tags [codigo_cliente_omie] ou "
		    "[codigo_cliente_integracao] é obrigatório!");
		return NULL;
	}
	client = id != 0 ? client_by_id(&c->sim->state, id)
			 : client_by_code(&c->sim->state, code);
	if (client == NULL && id != 0) /* 3 [R C1; S] */
		call_fault(c, 105,
		    "ERROR: Cliente não cadastrado para o Código [%lld] !",
		    (long long)id);
	else if (client == NULL ||
	    (code.len > 0 && !text_is(code, client->code)))
		unknown_code(c, code), client = NULL;
	return client;
}

/* 4.5, 10.3, 10.4: the text about an invalid document is invented, so is its
 * code; what happens to letters is [?] (7). */
static bool
check_document(
    struct call *c, struct value in, const struct client *self, bool may_repeat)
{
	const struct settings *set = c->sim->set;
	struct text typed = member_text(in, "cnpj_cpf");
	const struct client *there;
	char document[DOCUMENT_SIZE];
	bool valid;

	document_normalise(typed, document);
	if (document[0] == '\0')
		/* Needed by account settings: [S/1], others do without [1]. */
		return set->missing_document != FIRST ||
		    call_missing(c, "cnpj_cpf");
	valid = set->invalid_document != FIRST || document_valid(document);
	if (!valid ||
	    (set->alphanumeric != FIRST && document_has_letters(document)))
		return call_fault(c, 3102,
		    "ERROR: O CNPJ/CPF informado está inválido [%.*s] !",
		    TEXT_ARGS(typed));
	there = client_by_document(&c->sim->state, document, self);
	return there == NULL || may_repeat || duplicate_document(c, there);
}

/* An empty `conteudo` removes it (4.2 [D O1]); others are kept by `campo`. */
static void
merge_caracteristicas(struct buf *b, struct value old, struct value sent)
{
	struct each o, s;

	build_name(b, "caracteristicas");
	build_open(b, '[');
	for (o = value_each(old); each_next(&o);) {
		bool replaced = false;

		for (s = value_each(sent); each_next(&s);)
			replaced |= text_same(member_text(s.at, "campo"),
			    member_text(o.at, "campo"));
		if (!replaced)
			build_value(b, o.at);
	}
	for (s = value_each(sent); each_next(&s);)
		if (member_text(s.at, "conteudo").len > 0)
			build_value(b, s.at);
	build_close(b, ']');
}

/* AlterarCliente takes a minimal object and leaves the rest alone (4.5 [R]);
 * sub-objects are replaced whole [1]. */
static struct value
merged(struct call *c, const struct client *client, struct value in)
{
	static const char *const special[] = { "caracteristicas", NULL };
	struct value old, all;
	struct buf b = BUF_INIT;

	if (client == NULL)
		return in;
	old = call_parse(c, text_of(client->json));
	build_open(&b, '{');
	tags_merge(&b, &clientes_cadastro, old, in, false);
	build_close(&b, '}');
	all = call_parse(c, buf_text(&b));
	buf_reset(&b);
	build_open(&b, '{');
	build_members_but(&b, all, special);
	merge_caracteristicas(&b, value_member(old, "caracteristicas"),
	    value_member(in, "caracteristicas"));
	build_close(&b, '}');
	all = call_parse(c, buf_text(&b));
	buf_clear(&b);
	return all;
}

static struct client *
store(struct call *c, struct client *client, struct value in)
{
	bool is_new = client == NULL;

	client = client_store(
	    &c->sim->state, client, 0, merged(c, client, in), c->now);
	client->by_api |= is_new;
	client->altered_by_api = true;
	return client;
}

/* Insert: razao_social is the only one documented as always needed (4.2). */
static void
include(struct call *c, struct value in, bool may_repeat)
{
	const struct client *there = client_by_code(
	    &c->sim->state, member_text(in, "codigo_cliente_integracao"));

	if (!value_given(value_member(in, "razao_social"))) {
		call_missing(c, "razao_social");
	} else if (there != NULL) {
		duplicate_code(c, there);
	} else if (check_document(c, in, NULL, may_repeat)) {
		/* 4.3 [?]: "cadastrado" or "incluído". */
		answer_status(
		    c, store(c, NULL, in), "Cliente cadastrado com sucesso!");
	}
}

static void
alter(struct call *c, struct client *client, struct value in)
{
	bool may_repeat = c->sim->set->duplicate_upsert != FIRST;

	if (value_kind(value_member(in, "cnpj_cpf")) != ABSENT &&
	    !check_document(c, in, client, may_repeat))
		return;
	if (value_kind(value_member(in, "razao_social")) != ABSENT &&
	    member_text(in, "razao_social").len == 0) {
		call_missing(c, "razao_social");
		return;
	}
	/* 4.3 [R R1] */
	answer_status(c, store(c, client, in), "Cliente alterado com sucesso!");
}

static void
incluir(struct call *c)
{
	struct value in;

	if (tags_read(c, &clientes_cadastro, c->param, &in))
		include(c, in, false);
}

static void
alterar(struct call *c)
{
	struct value in;
	struct client *client;

	if (tags_read(c, &clientes_cadastro, c->param, &in) &&
	    (client = find_client(c, in)) != NULL)
		alter(c, client, in);
}

/* Matches on the integration code (4.1 [D O2]). A new code with a document
 * that is there: both outcomes were seen (4.5 [?]): --duplicate-cnpj-upsert. */
static void
upsert(struct call *c)
{
	struct value in;
	struct client *client;
	struct text code;

	if (!tags_read(c, &clientes_cadastro, c->param, &in))
		return;
	code = member_text(in, "codigo_cliente_integracao");
	if (code.len > 0 && member_integer(in, "codigo_cliente_omie") == 0 &&
	    client_by_code(&c->sim->state, code) == NULL)
		include(c, in, c->sim->set->duplicate_upsert != FIRST);
	else if ((client = find_client(c, in)) != NULL)
		alter(c, client, in);
}

/* Matches on the document (4.1 [D O2]); with a code that is not the stored one
 * it answers the duplicate fault (4.5 [1]). */
static void
upsert_document(struct call *c)
{
	struct value in;
	struct client *client;
	struct text code;
	char document[DOCUMENT_SIZE];

	if (!tags_read(c, &clientes_cadastro, c->param, &in))
		return;
	document_normalise(member_text(in, "cnpj_cpf"), document);
	code = member_text(in, "codigo_cliente_integracao");
	client = client_by_document(&c->sim->state, document, NULL);
	if (document[0] == '\0')
		call_missing(c, "cnpj_cpf");
	else if (client == NULL)
		include(c, in, false);
	else if (code.len > 0 && !text_is(code, client->code))
		duplicate_document(c, client);
	else
		alter(c, client, in);
}

static void
consultar(struct call *c)
{
	struct value in;
	struct client *client;

	if (tags_read(c, &clientes_cadastro_chave, c->param, &in) &&
	    (client = find_client(c, in)) != NULL)
		client_build(&c->answer->body, client, true, true);
}

/* Whether a customer with contracts can go is [?]; refused here, text and code
 * invented. */
static void
excluir(struct call *c)
{
	struct value in;
	struct client *client;
	const struct state *s = &c->sim->state;

	if (!tags_read(c, &clientes_cadastro_chave, c->param, &in) ||
	    (client = find_client(c, in)) == NULL)
		return;
	for (size_t i = 0; i < s->contract_count; i++)
		if (s->contracts[i]->client == client->id) {
			call_fault(c, 9004,
			    "ERROR: O cliente [%lld] possui contratos e não "
			    "pode ser excluído !",
			    (long long)client->id);
			return;
		}
	/* 4.3: text by analogy [I]. */
	answer_status(c, client, "Cliente excluído com sucesso!");
	client_drop(&c->sim->state, client);
}

/* 4.3: the text is recorded like this, sic [R R1]. */
static void
associar(struct call *c)
{
	struct value in, all;
	struct client *client;
	const struct client *there;
	struct text code;
	int64_t id;

	if (!tags_read(c, &clientes_cadastro_chave, c->param, &in))
		return;
	id = member_integer(in, "codigo_cliente_omie");
	code = member_text(in, "codigo_cliente_integracao");
	client = client_by_id(&c->sim->state, id);
	there = client_by_code(&c->sim->state, code);
	if (id == 0 || code.len == 0) {
		call_missing(c,
		    id == 0 ? "codigo_cliente_omie"
			    : "codigo_cliente_integracao");
	} else if (client == NULL) {
		call_fault(c, 105,
		    "ERROR: Cliente não cadastrado para o Código [%lld] !",
		    (long long)id);
	} else if (there != NULL && there != client) {
		duplicate_code(c, there);
	} else {
		all = merged(c, client, in);
		client_store(&c->sim->state, client, 0, all, c->now);
		client->altered_by_api = true;
		answer_status(c, client,
		    "Código de Integração associado ao Cliente sucesso!");
	}
}

/* DEPRECATED (4.1 [D]): there, and refused; the text is invented. */
static void
por_lote(struct call *c)
{
	call_fault(c, 9005,
	    "ERROR: O método [%s] foi descontinuado e não é simulado !",
	    c->method->name);
}

static const struct structure any_lot = { "clientes_lote_request",
	(const struct tag[]){ { "clientes_cadastro", TAG_OUTPUT, 0, NULL },
	    { "lote", TAG_OUTPUT, 0, NULL }, { NULL, TAG_TEXT, 0, NULL } } };

/* 4.1 [D O1,O2] */
const struct method clientes_methods[] = {
	{ "IncluirCliente", true, &clientes_cadastro, incluir },
	{ "AlterarCliente", true, &clientes_cadastro, alterar },
	{ "UpsertCliente", true, &clientes_cadastro, upsert },
	{ "UpsertClienteCpfCnpj", true, &clientes_cadastro, upsert_document },
	{ "ConsultarCliente", false, &clientes_cadastro_chave, consultar },
	{ "ExcluirCliente", true, &clientes_cadastro_chave, excluir },
	{ "AssociarCodIntCliente", true, &clientes_cadastro_chave, associar },
	{ "ListarClientes", false, &clientes_list_request, clientes_listar },
	{ "ListarClientesResumido", false, &clientes_list_request,
	    clientes_listar_resumido },
	{ "IncluirClientesPorLote", true, &any_lot, por_lote },
	{ "UpsertClientesPorLote", true, &any_lot, por_lote },
	{ NULL, false, NULL, NULL },
};
