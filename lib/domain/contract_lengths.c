/* The longest texts that Omie takes (omie-api 5.2), in characters. */
#include <string.h>

#include "domain/contract_internal.h"

enum { STEPS = 4 };

/* `*` stands for each item of a list; steps end with NULL. */
struct limit {
	const char *steps[STEPS + 1];
	size_t characters;
};

#define ITEM(part, name) "itensContrato", "*", part, name

static const struct limit limits[] = {
	{ { "cabecalho", "cCodIntCtr" }, 20 },
	{ { "cabecalho", "cNumCtr" }, 20 },
	{ { "cabecalho", "cCodSit" }, 2 },
	{ { "cabecalho", "dVigInicial" }, 10 },
	{ { "cabecalho", "dVigFinal" }, 10 },
	{ { "cabecalho", "cTipoFat" }, 2 },
	{ { "departamentos", "*", "cCodDep" }, 40 },
	{ { "departamentos", "*", "cDesDep" }, 50 },
	{ { "infAdic", "cCodCateg" }, 20 },
	{ { "infAdic", "cContato" }, 100 },
	{ { "infAdic", "cCidPrestServ" }, 40 },
	{ { "infAdic", "cCodObra" }, 15 },
	{ { "infAdic", "cCodART" }, 20 },
	{ { "infAdic", "cNumEncap" }, 15 },
	{ { "vencTextos", "cTpVenc" }, 3 },
	{ { "vencTextos", "cCodPerRef" }, 3 },
	{ { "vencTextos", "cProxMes" }, 1 },
	{ { "vencTextos", "cAntecipar" }, 1 },
	{ { "vencTextos", "cPostergar" }, 1 },
	{ { "vencTextos", "cAdPeriodo" }, 1 },
	{ { "vencTextos", "cAdContrato" }, 1 },
	{ { "vencTextos", "cAdVenc" }, 1 },
	{ { ITEM("itemCabecalho", "codIntItem") }, 30 },
	{ { ITEM("itemCabecalho", "natOperacao") }, 2 },
	{ { ITEM("itemCabecalho", "codServMunic") }, 20 },
	{ { ITEM("itemCabecalho", "codLC116") }, 10 },
	{ { ITEM("itemCabecalho", "cTpDesconto") }, 1 },
	{ { ITEM("itemCabecalho", "codNBS") }, 9 },
	{ { ITEM("itemCabecalho", "cNaoGerarFinanceiro") }, 1 },
	{ { ITEM("itemCabecalho", "cCodCategItem") }, 20 },
	{ { ITEM("itemLeiTranspImp", "chave") }, 6 },
	{ { ITEM("itemLeiTranspImp", "fonte") }, 34 },
	{ { ITEM("itemOutrasInf", "dItVigInicial") }, 10 },
	{ { ITEM("itemOutrasInf", "dItVigFinal") }, 10 },
	{ { ITEM("itemViaUnica", "cModeloNF") }, 2 },
	{ { ITEM("itemViaUnica", "cCFOP") }, 10 },
	{ { ITEM("itemViaUnica", "cClassifServico") }, 4 },
	{ { ITEM("itemViaUnica", "cTipoReceita") }, 1 },
	{ { ITEM("itemViaUnica", "cTipoUtilizacao") }, 1 },
	{ { "despesasReembolsaveis", "cCodCategReemb" }, 20 },
	{ { "despesasReembolsaveis", "despesaReembolsavel", "*", "cDescReemb" },
	    200 },
	{ { "despesasReembolsaveis", "despesaReembolsavel", "*", "dDataReemb" },
	    10 },
	{ { "produtosUtilizados", "cAcaoProdUtilizados" }, 3 },
	{ { "produtosUtilizados", "cCodCategRem" }, 20 },
};

/* In valid UTF-8 each character has one byte that continues no other. */
static size_t
count_characters(struct text t)
{
	size_t count = 0;

	for (size_t i = 0; i < t.len; i++)
		count += ((unsigned char)t.at[i] & 0xc0) != 0x80;
	return count;
}

static enum status
check_from(
    struct value v, const char *const *steps, size_t most, struct error *err)
{
	struct each it;
	size_t count;
	enum status s = DONE;

	if (*steps == NULL) {
		count = count_characters(value_text(v));
		return count <= most
		    ? DONE
		    : value_reject(v, err,
			  "must be at most %zu characters, has %zu", most,
			  count);
	}
	if (strcmp(*steps, "*") != 0)
		return check_from(
		    value_member(v, *steps), steps + 1, most, err);
	for (it = value_each(v); s == DONE && each_next(&it);)
		s = check_from(it.at, steps + 1, most, err);
	return s;
}

enum status
contract_check_lengths(struct value contract, struct error *err)
{
	enum status s = DONE;

	for (size_t i = 0; s == DONE && i < sizeof(limits) / sizeof(limits[0]);
	     i++)
		s = check_from(
		    contract, limits[i].steps, limits[i].characters, err);
	return s;
}
