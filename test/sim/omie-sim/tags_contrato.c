/* Tags of servicos/contrato/ and contratofat/ (5.2, 5.3, 6 [D O1,O2]), the
 * additions of 2026 included (7). */
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

/* nValTotMes is computed (10.5), sending it is tolerated. */
const struct structure cabecalho = { "cabecalho",
	(const struct tag[]){ TEXT_TAG("cCodIntCtr", 20),
	    TEXT_TAG("cCodSit", 2), TEXT_TAG("cNumCtr", 20),
	    TEXT_TAG("cTipoFat", 2), TAG("dVigFinal", TAG_DATE),
	    TAG("dVigInicial", TAG_DATE), TAG("nCodCli", TAG_INTEGER),
	    TAG("nCodCtr", TAG_INTEGER), TAG("nDiaFat", TAG_INTEGER),
	    TAG("nValTotMes", TAG_OUTPUT), END } };

static const struct structure departamentos = { "departamentos",
	(const struct tag[]){ TEXT_TAG("cCodDep", 40), TEXT_TAG("cDesDep", 50),
	    TAG("nPerDep", TAG_DECIMAL), TAG("nValDep", TAG_DECIMAL), END } };

static const struct structure inf_adic = { "infAdic",
	(const struct tag[]){ TEXT_TAG("cCidPrestServ", 40),
	    TEXT_TAG("cCodART", 20), TEXT_TAG("cCodCateg", 20),
	    TEXT_TAG("cCodObra", 15), TEXT_TAG("cContato", 100),
	    TEXT_TAG("cDadosAdicNF", 0), TEXT_TAG("cNumEncap", 15),
	    TEXT_TAG("cUsoConsumo", 1), TAG("nCodCC", TAG_INTEGER),
	    TAG("nCodProj", TAG_INTEGER), TAG("nCodVend", TAG_INTEGER),
	    TAG("nIdDestinatario", TAG_INTEGER), END } };

/* cDiaIni and cDiaFim are integers despite the prefix [D O1]. */
static const struct structure venc_textos = { "vencTextos",
	(const struct tag[]){ TEXT_TAG("cAdContrato", 1),
	    TEXT_TAG("cAdPeriodo", 1), TEXT_TAG("cAdVenc", 1),
	    TEXT_TAG("cAntecipar", 1), TEXT_TAG("cCodPerRef", 3),
	    TAG("cDiaFim", TAG_INTEGER), TAG("cDiaIni", TAG_INTEGER),
	    TEXT_TAG("cPostergar", 1), TEXT_TAG("cProxMes", 1),
	    TEXT_TAG("cTpVenc", 3), TAG("nDiaFixo", TAG_INTEGER),
	    TAG("nDias", TAG_INTEGER), END } };

/* valorTotal and valorDed are computed; sending them is tolerated. */
const struct structure itemCabecalho = { "itemCabecalho",
	(const struct tag[]){ TAG("aliqDesconto", TAG_DECIMAL),
	    TEXT_TAG("cCodCategItem", 20), TEXT_TAG("cNaoGerarFinanceiro", 1),
	    TEXT_TAG("cTpDesconto", 1), TAG("codItem", TAG_INTEGER),
	    TEXT_TAG("codIntItem", 30), TEXT_TAG("codLC116", 10),
	    TEXT_TAG("codNBS", 9), TEXT_TAG("codServMunic", 20),
	    TAG("codServico", TAG_INTEGER), TEXT_TAG("natOperacao", 2),
	    TAG("quant", TAG_DECIMAL), TAG("seq", TAG_INTEGER),
	    TAG("valorAcrescimo", TAG_DECIMAL), TAG("valorDed", TAG_OUTPUT),
	    TAG("valorDesconto", TAG_DECIMAL),
	    TAG("valorOutrasRetencoes", TAG_DECIMAL),
	    TAG("valorTotal", TAG_OUTPUT), TAG("valorUnit", TAG_DECIMAL),
	    END } };

static const struct structure descr_serv = { "itemDescrServ",
	(const struct tag[]){ TEXT_TAG("descrCompleta", 0), END } };

static const struct tag item_impostos_tags[] = {
	TEXT_TAG("cUtilizaValorImposto", 1),
	TAG("aliqCOFINS", TAG_DECIMAL),
	TAG("aliqCSLL", TAG_DECIMAL),
	TAG("aliqINSS", TAG_DECIMAL),
	TAG("aliqIR", TAG_DECIMAL),
	TAG("aliqISS", TAG_DECIMAL),
	TAG("aliqPIS", TAG_DECIMAL),
	TAG("lDeduzISS", TAG_BOOL),
	TAG("redBaseCOFINS", TAG_DECIMAL),
	TAG("redBaseINSS", TAG_DECIMAL),
	TAG("redBasePIS", TAG_DECIMAL),
	TEXT_TAG("retCOFINS", 1),
	TEXT_TAG("retCSLL", 1),
	TEXT_TAG("retINSS", 1),
	TEXT_TAG("retIR", 1),
	TEXT_TAG("retISS", 1),
	TEXT_TAG("retPIS", 1),
	TAG("valorCOFINS", TAG_DECIMAL),
	TAG("valorCSLL", TAG_DECIMAL),
	TAG("valorINSS", TAG_DECIMAL),
	TAG("valorIR", TAG_DECIMAL),
	TAG("valorISS", TAG_OUTPUT),
	TAG("valorPIS", TAG_DECIMAL),
	/* Reforma Tributaria, 2026 [D O2]. */
	TAG("aliqCbs", TAG_DECIMAL),
	TAG("aliqIbsMun", TAG_DECIMAL),
	TAG("aliqIbsUf", TAG_DECIMAL),
	TEXT_TAG("classTrib", 0),
	TEXT_TAG("cstIbsCbs", 0),
	TEXT_TAG("indOper", 0),
	TAG("manCbs", TAG_OUTPUT),
	TAG("manIbsMun", TAG_OUTPUT),
	TAG("manIbsUf", TAG_OUTPUT),
	TAG("percReducaoCbs", TAG_DECIMAL),
	TAG("percReducaoIbsMun", TAG_DECIMAL),
	TAG("percReducaoIbsUf", TAG_DECIMAL),
	TAG("valorCbs", TAG_OUTPUT),
	TAG("valorIbsMun", TAG_OUTPUT),
	TAG("valorIbsUf", TAG_OUTPUT),
	END,
};
static const struct structure item_impostos = { "itemImpostos",
	item_impostos_tags };

/* aliMunicipal: sic [D O1]. */
static const struct structure lei_transp_imp = { "itemLeiTranspImp",
	(const struct tag[]){ TAG("aliMunicipal", TAG_DECIMAL),
	    TAG("aliqEstadual", TAG_DECIMAL), TAG("aliqFederal", TAG_DECIMAL),
	    TEXT_TAG("chave", 6), TEXT_TAG("fonte", 34), END } };

static const struct structure outras_inf = { "itemOutrasInf",
	(const struct tag[]){ TAG("dItVigFinal", TAG_DATE),
	    TAG("dItVigInicial", TAG_DATE), TAG("nTipoItVigFinal", TAG_INTEGER),
	    END } };

static const struct structure via_unica = { "itemViaUnica",
	(const struct tag[]){ TEXT_TAG("cCFOP", 10),
	    TEXT_TAG("cClassifServico", 4), TEXT_TAG("cModeloNF", 2),
	    TEXT_TAG("cTipoReceita", 1), TEXT_TAG("cTipoUtilizacao", 1),
	    END } };

const struct structure itensContrato = { "itensContrato",
	(const struct tag[]){ OBJECT("itemCabecalho", &itemCabecalho),
	    OBJECT("itemDescrServ", &descr_serv),
	    OBJECT("itemImpostos", &item_impostos),
	    OBJECT("itemLeiTranspImp", &lei_transp_imp),
	    OBJECT("itemOutrasInf", &outras_inf),
	    OBJECT("itemViaUnica", &via_unica), END } };

static const struct structure email_cliente = { "emailCliente",
	(const struct tag[]){ TEXT_TAG("cEnvViaUnica", 1),
	    TEXT_TAG("cEnviarBoleto", 1), TEXT_TAG("cEnviarLinkNfse", 1),
	    TEXT_TAG("cEnviarPix", 1), TEXT_TAG("cEnviarRecibo", 1),
	    TEXT_TAG("cUtilizarEmails", 0), END } };

static const struct structure observacoes = { "observacoes",
	(const struct tag[]){ TEXT_TAG("cObsContrato", 0), END } };

static const struct structure despesa = { "despesaReembolsavel",
	(const struct tag[]){ TEXT_TAG("cAcaoReemb", 1),
	    TEXT_TAG("cDescReemb", 200), TEXT_TAG("cRecorrenteReemb", 1),
	    TAG("dDataReemb", TAG_DATE), TAG("nCodReemb", TAG_INTEGER),
	    TAG("nValorReemb", TAG_DECIMAL), END } };

static const struct structure despesas = { "despesasReembolsaveis",
	(const struct tag[]){ TEXT_TAG("cCodCategReemb", 20),
	    LIST("despesaReembolsavel", &despesa), END } };

static const struct structure lote = { "lote_validade",
	(const struct tag[]){
	    TAG("nIdLote", TAG_INTEGER), TAG("nQtdLote", TAG_DECIMAL), END } };

static const struct structure produto = { "produtoUtilizado",
	(const struct tag[]){ TEXT_TAG("cAcaoItemPU", 1),
	    TAG("codigo_local_estoque", TAG_INTEGER),
	    LIST("lote_validade", &lote), TAG("nCodProdutoPU", TAG_INTEGER),
	    TAG("nIdItemPU", TAG_INTEGER), TAG("nQtdePU", TAG_DECIMAL), END } };

static const struct structure produtos = { "produtosUtilizados",
	(const struct tag[]){ TEXT_TAG("cAcaoProdUtilizados", 3),
	    TEXT_TAG("cCodCategRem", 20), LIST("produtoUtilizado", &produto),
	    END } };

const struct structure contratoCadastro = { "contratoCadastro",
	(const struct tag[]){ OBJECT("cabecalho", &cabecalho),
	    LIST("departamentos", &departamentos),
	    OBJECT("despesasReembolsaveis", &despesas),
	    OBJECT("emailCliente", &email_cliente),
	    OBJECT("infAdic", &inf_adic), TAG("infoCadastro", TAG_OUTPUT),
	    LIST("itensContrato", &itensContrato),
	    OBJECT("observacoes", &observacoes),
	    OBJECT("produtosUtilizados", &produtos),
	    OBJECT("vencTextos", &venc_textos), END } };

static const struct structure contrato_chave = { "contratoChave",
	(const struct tag[]){
	    TEXT_TAG("cCodIntCtr", 20), TAG("nCodCtr", TAG_INTEGER), END } };

/* The names of the enclosing types are invented: only those of the objects
 * inside are in the reference. */
const struct structure csConsultarRequest = { "csConsultarRequest",
	(const struct tag[]){ OBJECT("contratoChave", &contrato_chave), END } };

static const struct structure itens_exclusao = { "ItensExclusao",
	(const struct tag[]){
	    TEXT_TAG("codIntItem", 30), TAG("codItem", TAG_INTEGER), END } };

const struct structure csExcluirItemRequest = { "csExcluirItemRequest",
	(const struct tag[]){ LIST("ItensExclusao", &itens_exclusao),
	    OBJECT("contratoChave", &contrato_chave), END } };

/* ordem_descrescente: this spelling here, and no hour filters (5.3 [D]). */
const struct structure csListarRequest = { "csListarRequest",
	(const struct tag[]){ TEXT_TAG("apenas_importado_api", 1),
	    TEXT_TAG("cExibeObs", 1), TEXT_TAG("cExibirInfoCadastro", 1),
	    TEXT_TAG("cExibirProdutos", 1),
	    TEXT_TAG("filtrar_apenas_alteracao", 1),
	    TEXT_TAG("filtrar_apenas_inclusao", 1),
	    TAG("filtrar_cliente", TAG_INTEGER),
	    TEXT_TAG("filtrar_cnpj_cpf", 20),
	    TAG("filtrar_por_data_ate", TAG_DATE),
	    TAG("filtrar_por_data_de", TAG_DATE),
	    TEXT_TAG("ordem_descrescente", 1), TEXT_TAG("ordenar_por", 100),
	    TAG("pagina", TAG_INTEGER),
	    TAG("registros_por_pagina", TAG_INTEGER), END } };

/* Key is nCodCtr only (6 [D]); the type names are invented. */
const struct structure contratofatChave = { "contratofatChave",
	(const struct tag[]){ TAG("nCodCtr", TAG_INTEGER), END } };
const struct structure contratofatObter = { "contratofatObter",
	(const struct tag[]){ TEXT_TAG("cEtapa", 2), END } };
