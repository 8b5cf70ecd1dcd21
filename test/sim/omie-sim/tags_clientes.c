/* Tags of geral/clientes/ with their lengths (4.2, 4.4 [D O1; newer 1]). */
#include "sim/omie-sim/tags.h"

#define TEXT_TAG(name, length) \
	{ \
		name, TAG_TEXT, length, NULL \
	}
#define TAG(name, kind) \
	{ \
		name, kind, 0, NULL \
	}
#define OBJECT(name, inner) \
	{ \
		name, TAG_OBJECT, 0, inner \
	}
#define LIST(name, inner) \
	{ \
		name, TAG_LIST, 0, inner \
	}
#define END \
	{ \
		NULL, TAG_TEXT, 0, NULL \
	}

static const struct structure tags = { "tags",
	(const struct tag[]){ TEXT_TAG("tag", 0), END } };

static const struct structure caracteristicas = { "caracteristicas",
	(const struct tag[]){
	    TEXT_TAG("campo", 30), TEXT_TAG("conteudo", 60), END } };

static const struct structure recomendacoes = { "recomendacoes",
	(const struct tag[]){ TAG("codigo_transportadora", TAG_INTEGER),
	    TAG("codigo_vendedor", TAG_INTEGER), TEXT_TAG("email_fatura", 200),
	    TEXT_TAG("gerar_boletos", 1), TEXT_TAG("numero_parcelas", 3),
	    TEXT_TAG("tipo_assinante", 1), END } };

/* entNumero grew from 10 to 60 in 2026 [1]; the larger one is accepted. */
static const struct structure entrega = { "enderecoEntrega",
	(const struct tag[]){ TEXT_TAG("entBairro", 60), TEXT_TAG("entCEP", 9),
	    TEXT_TAG("entCidade", 40), TEXT_TAG("entCnpjCpf", 20),
	    TEXT_TAG("entComplemento", 60), TEXT_TAG("entEndereco", 60),
	    TEXT_TAG("entEstado", 2), TEXT_TAG("entIE", 14),
	    TEXT_TAG("entNumero", 60), TEXT_TAG("entRazaoSocial", 60),
	    TEXT_TAG("entSepararEndereco", 1), TEXT_TAG("entTelefone", 15),
	    END } };

/* conta_corrente grew from 15 to 25 in 2026 [1]. */
static const struct structure bank = { "dadosBancarios",
	(const struct tag[]){ TEXT_TAG("agencia", 10),
	    TEXT_TAG("cChavePix", 60), TEXT_TAG("codigo_banco", 3),
	    TEXT_TAG("conta_corrente", 25), TEXT_TAG("doc_titular", 20),
	    TEXT_TAG("nome_titular", 60), TEXT_TAG("transf_padrao", 1), END } };

static const struct tag clientes_cadastro_tags[] = {
	TEXT_TAG("bairro", 60),
	TEXT_TAG("bloqueado", 1), /* DEPRECATED [D O2] */
	TEXT_TAG("bloquear_exclusao", 1),
	TEXT_TAG("bloquear_faturamento", 1),
	LIST("caracteristicas", &caracteristicas),
	TEXT_TAG("cep", 10),
	TEXT_TAG("cidade", 40),
	TEXT_TAG("cidade_ibge", 7),
	TEXT_TAG("cnae", 7),
	TEXT_TAG("cnpj_cpf", 20),
	TAG("codigo_cliente_omie", TAG_INTEGER),
	TEXT_TAG("codigo_cliente_integracao", 60),
	TEXT_TAG("codigo_pais", 4),
	TEXT_TAG("complemento", 60),
	TEXT_TAG("contato", 100),
	TEXT_TAG("contribuinte", 1),
	OBJECT("dadosBancarios", &bank),
	TEXT_TAG("documento_exterior", 20),
	TEXT_TAG("email", 500),
	TEXT_TAG("endereco", 60),
	OBJECT("enderecoEntrega", &entrega),
	TEXT_TAG("endereco_numero", 60), /* 10 in 2024 */
	TEXT_TAG("enviar_anexos", 1),
	TEXT_TAG("estado", 2),
	TAG("exterior", TAG_OUTPUT),
	TEXT_TAG("fax_ddd", 5),
	TEXT_TAG("fax_numero", 15),
	TEXT_TAG("homepage", 100),
	TAG("importado_api", TAG_OUTPUT),
	TEXT_TAG("inativo", 1),
	TAG("info", TAG_OUTPUT),
	TEXT_TAG("inscricao_estadual", 20),
	TEXT_TAG("inscricao_municipal", 20),
	TEXT_TAG("inscricao_suframa", 20),
	TEXT_TAG("logradouro", 60), /* DEPRECATED [D O2] */
	TEXT_TAG("nif", 100),
	TEXT_TAG("nome_fantasia", 100),
	TEXT_TAG("obs_detalhadas", 0),
	TEXT_TAG("observacao", 0),
	TEXT_TAG("optante_simples_nacional", 1),
	TEXT_TAG("pesquisar_cep", 1),
	TAG("pessoa_fisica", TAG_OUTPUT),
	TEXT_TAG("produtor_rural", 1),
	TEXT_TAG("razao_social", 60),
	TEXT_TAG("recomendacao_atraso", 2),
	OBJECT("recomendacoes", &recomendacoes),
	TEXT_TAG("separar_endereco", 1),
	LIST("tags", &tags),
	TEXT_TAG("telefone1_ddd", 5),
	TEXT_TAG("telefone1_numero", 15),
	TEXT_TAG("telefone2_ddd", 5),
	TEXT_TAG("telefone2_numero", 15),
	TEXT_TAG("tipo_atividade", 1),
	TAG("valor_limite_credito", TAG_DECIMAL),
	END,
};
const struct structure clientes_cadastro = { "clientes_cadastro",
	clientes_cadastro_tags };

/* Only the two codes: a document here is refused (4.4 [S]). */
const struct structure clientes_cadastro_chave = { "clientes_cadastro_chave",
	(const struct tag[]){ TAG("codigo_cliente_omie", TAG_INTEGER),
	    TEXT_TAG("codigo_cliente_integracao", 60), END } };

static const struct structure filter = { "clientesFiltro",
	(const struct tag[]){ TEXT_TAG("bairro", 0), TEXT_TAG("cep", 0),
	    TEXT_TAG("cidade", 0), TEXT_TAG("cnpj_cpf", 0),
	    TEXT_TAG("codigo_cliente_integracao", 0),
	    TAG("codigo_cliente_omie", TAG_INTEGER), TEXT_TAG("contato", 0),
	    TEXT_TAG("email", 0), TEXT_TAG("endereco", 0),
	    TEXT_TAG("estado", 0), TEXT_TAG("homepage", 0),
	    TEXT_TAG("inativo", 1), TEXT_TAG("inscricao_estadual", 0),
	    TEXT_TAG("inscricao_municipal", 0),
	    TEXT_TAG("inscricao_suframa", 0), TEXT_TAG("nome_fantasia", 0),
	    TEXT_TAG("optante_simples_nacional", 1),
	    TEXT_TAG("pessoa_fisica", 1), TEXT_TAG("razao_social", 0),
	    LIST("tags", &tags), END } };

/* The filter is called clientesFiltro; `filtro` is refused (4.4 [1]). */
const struct structure clientes_list_request = { "clientes_list_request",
	(const struct tag[]){ TEXT_TAG("apenas_importado_api", 1),
	    OBJECT("clientesFiltro", &filter),
	    LIST("clientesPorCodigo", &clientes_cadastro_chave),
	    TEXT_TAG("exibir_caracteristicas", 1), TEXT_TAG("exibir_obs", 1),
	    TEXT_TAG("filtrar_apenas_alteracao", 1),
	    TEXT_TAG("filtrar_apenas_inclusao", 1),
	    TAG("filtrar_por_data_ate", TAG_DATE),
	    TAG("filtrar_por_data_de", TAG_DATE),
	    TEXT_TAG("filtrar_por_hora_ate", 8),
	    TEXT_TAG("filtrar_por_hora_de", 8),
	    TEXT_TAG("ordem_decrescente", 1),
	    TEXT_TAG("ordem_descrescente", 1), /* the misspelling [D O1] */
	    TEXT_TAG("ordenar_por", 100), TAG("pagina", TAG_INTEGER),
	    TAG("registros_por_pagina", TAG_INTEGER), END } };
