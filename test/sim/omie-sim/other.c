/*
 * The neighbours (6 [D]): services, departments, categories, billing periods.
 * Small and fixed; every id and name here is invented, for tests to refer to.
 */
#include <string.h>

#include "sim/omie-sim/tags.h"

#define END \
	{ \
		NULL, TAG_TEXT, 0, NULL \
	}

static const struct structure paged_request = { "list_request",
	(const struct tag[]){ { "apenas_importado_api", TAG_TEXT, 1, NULL },
	    { "filtrar_por_data_ate", TAG_DATE, 0, NULL },
	    { "filtrar_por_data_de", TAG_DATE, 0, NULL },
	    { "ordem_descrescente", TAG_TEXT, 1, NULL },
	    { "ordenar_por", TAG_TEXT, 100, NULL },
	    { "pagina", TAG_INTEGER, 0, NULL },
	    { "registros_por_pagina", TAG_INTEGER, 0, NULL }, END } };

/* The other dialect: nPagina, nRegPorPagina (6 [R,D]). */
static const struct structure servico_list_request = { "srvListarRequest",
	(const struct tag[]){ { "cCodigo", TAG_TEXT, 20, NULL },
	    { "cDescricao", TAG_TEXT, 100, NULL },
	    { "inativo", TAG_TEXT, 1, NULL },
	    { "nPagina", TAG_INTEGER, 0, NULL },
	    { "nRegPorPagina", TAG_INTEGER, 0, NULL }, END } };

static const struct structure servico_chave = { "srvChave",
	(const struct tag[]){ { "cCodIntServ", TAG_TEXT, 60, NULL },
	    { "nCodServ", TAG_INTEGER, 0, NULL }, END } };

static const struct service_record records[] = {
	{ 5500000001, "SRV001", "Cobrança Bancária", "01", "0620", "17.23",
	    "119020000", "1.01.02", 15000 },
	{ 5500000002, "SRV002", "PIX Pay", "01", "0620", "17.23", "119020000",
	    "1.01.02", 5000 },
	{ 5500000003, "SRV003", "Licença de software", "01", "0105", "1.05",
	    "115022000", "1.01.03", 9990 },
};
enum { RECORDS = sizeof(records) / sizeof(*records) };

const struct service_record *
service_by_id(int64_t id)
{
	for (size_t i = 0; i < RECORDS; i++)
		if (records[i].id == id)
			return &records[i];
	return NULL;
}

static void
build_service(struct buf *b, const struct service_record *s)
{
	build_open(b, '{');
	build_name(b, "cabecalho");
	build_open(b, '{');
	build_str_member(b, "cCodCateg", s->category);
	build_str_member(b, "cCodLC116", s->lc116);
	build_str_member(b, "cCodServMun", s->municipal);
	build_str_member(b, "cCodigo", s->code);
	build_str_member(b, "cDescricao", s->description);
	build_str_member(b, "cIdTrib", s->tribute);
	build_str_member(b, "nIdNBS", s->nbs);
	build_decimal(b, "nPrecoUnit", s->price_cents * 10000);
	build_close(b, '}');
	build_name(b, "descricao");
	build_open(b, '{');
	build_str_member(b, "cDescrCompleta", s->description);
	build_close(b, '}');
	build_name(b, "info");
	build_raw(b, text_of("{\"inativo\":\"N\"}"));
	build_name(b, "intListar");
	build_open(b, '{');
	build_str_member(b, "cCodIntServ", "");
	build_integer_member(b, "nCodServ", s->id);
	build_close(b, '}');
	build_close(b, '}');
}

static bool
is_asked(const struct service_record *s, struct value in)
{
	struct text code = member_text(in, "cCodigo");
	struct text description = member_text(in, "cDescricao");

	return (code.len == 0 || text_is(code, s->code)) &&
	    (description.len == 0 || text_is(description, s->description)) &&
	    !member_is_yes(in, "inativo");
}

static void
servico_listar(struct call *c)
{
	struct buf *b = &c->answer->body;
	const struct service_record *found[RECORDS];
	struct value in;
	struct page page;
	size_t count = 0;

	if (!tags_read(c, &servico_list_request, c->param, &in))
		return;
	for (size_t i = 0; i < RECORDS; i++)
		if (is_asked(&records[i], in))
			found[count++] = &records[i];
	if (!page_open(c, &dialect_n_pagina, in, count, &page))
		return;
	build_name(b, "cadastros");
	build_open(b, '[');
	for (size_t i = page.first; i < page.first + page.count; i++)
		build_service(b, found[i]);
	build_close(b, ']');
	build_close(b, '}');
}

/* 3 [R C1]: the text for an unknown integration code. */
static void
servico_consultar(struct call *c)
{
	const struct service_record *s;
	struct value in;
	int64_t id;

	if (!tags_read(c, &servico_chave, c->param, &in))
		return;
	id = member_integer(in, "nCodServ");
	if ((s = service_by_id(id)) != NULL)
		build_service(&c->answer->body, s);
	else if (id != 0)
		call_fault(c, 5002,
		    "ERROR: Serviço não cadastrado para o Código [%lld] ! Tag "
		    "[nCodServ]!",
		    (long long)id); /* by analogy [I] */
	else
		call_fault(c, 5002,
		    "ERROR: Serviço não cadastrado para o Código de integração "
		    "do Serviço [%.*s] ! Tag [cCodIntServ]!",
		    TEXT_ARGS(member_text(in, "cCodIntServ")));
}

/* A listing whose rows never change. */
static void
list_fixed(struct call *c, const char *array, const char *const *rows)
{
	struct buf *b = &c->answer->body;
	struct value in;
	struct page page;
	size_t count = 0;

	while (rows[count] != NULL)
		count++;
	if (!tags_read(c, &paged_request, c->param, &in) ||
	    !page_open(c, &dialect_pagina, in, count, &page))
		return;
	build_name(b, array);
	build_open(b, '[');
	for (size_t i = page.first; i < page.first + page.count; i++)
		build_raw(b, text_of(rows[i]));
	build_close(b, ']');
	build_close(b, '}');
}

/* A totalizer and an inactive one are there on purpose (6 [I]). */
static void
departamentos_listar(struct call *c)
{
	static const char *const rows[] = {
		"{\"codigo\":\"900000001\",\"descricao\":\"Comercial\","
		"\"estrutura\":\"001.001\",\"inativo\":\"N\","
		"\"nivel_totalizador\":\"N\"}",
		"{\"codigo\":\"900000002\",\"descricao\":\"Operação\","
		"\"estrutura\":\"001.002\",\"inativo\":\"N\","
		"\"nivel_totalizador\":\"N\"}",
		"{\"codigo\":\"900000003\",\"descricao\":\"Geral\","
		"\"estrutura\":\"001\",\"inativo\":\"N\","
		"\"nivel_totalizador\":\"S\"}",
		"{\"codigo\":\"900000004\",\"descricao\":\"Antigo\","
		"\"estrutura\":\"002\",\"inativo\":\"S\","
		"\"nivel_totalizador\":\"N\"}",
		NULL,
	};

	list_fixed(c, "departamentos", rows);
}

static void
categorias_listar(struct call *c)
{
	static const char *const rows[] = {
		"{\"codigo\":\"1.01\",\"conta_despesa\":\"N\","
		"\"conta_inativa\":\"N\",\"conta_receita\":\"S\","
		"\"descricao\":\"Receitas Diretas\",\"nao_exibir\":\"N\","
		"\"totalizadora\":\"S\"}",
		"{\"codigo\":\"1.01.02\",\"conta_despesa\":\"N\","
		"\"conta_inativa\":\"N\",\"conta_receita\":\"S\","
		"\"descricao\":\"Clientes - Serviços Prestados\","
		"\"nao_exibir\":\"N\",\"totalizadora\":\"N\"}",
		"{\"codigo\":\"1.01.03\",\"conta_despesa\":\"N\","
		"\"conta_inativa\":\"N\",\"conta_receita\":\"S\","
		"\"descricao\":\"Clientes - Licenças\","
		"\"nao_exibir\":\"N\",\"totalizadora\":\"N\"}",
		NULL,
	};

	list_fixed(c, "categoria_cadastro", rows);
}

/* 5.2: 01, 02, 03, 06, 12 [D O1]; the names of the members and of the array
 * are invented, only their lengths are known. */
static void
tipos_listar(struct call *c)
{
	static const char *const rows[] = {
		"{\"cCodigo\":\"01\",\"cDescricao\":\"Mensal\"}",
		"{\"cCodigo\":\"02\",\"cDescricao\":\"Bimestral\"}",
		"{\"cCodigo\":\"03\",\"cDescricao\":\"Trimestral\"}",
		"{\"cCodigo\":\"06\",\"cDescricao\":\"Semestral\"}",
		"{\"cCodigo\":\"12\",\"cDescricao\":\"Anual\"}",
		NULL,
	};

	list_fixed(c, "cadastros", rows);
}

const struct method servico_methods[] = {
	{ "ListarCadastroServico", false, &servico_list_request,
	    servico_listar },
	{ "ConsultarCadastroServico", false, &servico_chave,
	    servico_consultar },
	{ NULL, false, NULL, NULL },
};
const struct method departamentos_methods[] = {
	{ "ListarDepartamentos", false, &paged_request, departamentos_listar },
	{ NULL, false, NULL, NULL },
};
const struct method categorias_methods[] = {
	{ "ListarCategorias", false, &paged_request, categorias_listar },
	{ NULL, false, NULL, NULL },
};
const struct method contratotpfat_methods[] = {
	{ "ListarTipoFatContrato", false, &paged_request, tipos_listar },
	{ NULL, false, NULL, NULL },
};
