/* The catalogue that goes with the companies: for volum-store. */
#include <stdio.h>

#include "sim/seed.h"
#include "sim/volum-sim/sim.h"

static void
print_company(const struct sim_config *c, struct buf *b, uint64_t id)
{
	char cnpj[SEED_CNPJ], name[SEED_NAME];

	seed_cnpj(c->seed, id, cnpj);
	seed_name(c->seed, id, name);
	buf_printf(b, "{\"empresa\":{\"empresaId\":\"%llu\",\"cnpj\":\"%s\",",
	    (unsigned long long)id, cnpj);
	buf_printf(b, "\"razaoSocial\":\"%s\"", name);
	if (company_omie_code(c, id) != 0)
		buf_printf(b, ",\"codigoClienteOmie\":%lld",
		    (long long)company_omie_code(c, id));
	buf_printf(b,
	    ",\"configuracao\":{\"tipoFaturamento\":\"01\","
	    "\"diaFaturamento\":5}}}\n");
}

/* Cobrança as reported, drivers at a price; more products for some. */
static void
print_proposal(const struct sim_config *c, struct buf *b, uint64_t id)
{
	if (company_blemish(c, id) == BLEMISH_NO_PROPOSAL)
		return;
	buf_printf(b,
	    "{\"proposta\":{\"esquema\":1,\"empresaId\":\"%llu\","
	    "\"numeroProposta\":\"PROP-%05llu\",\"vigencia\":{\"inicio\":"
	    "\"2020-01-01\"},\"produtos\":[{\"produto\":\"cobranca\","
	    "\"metrica\":\"qtde_titulos\",\"modelo\":\"%s},"
	    "{\"produto\":\"pixpay\",\"metrica\":\"qtde_motoristas\","
	    "\"modelo\":\"unitario\",\"preco_unitario\":\"9.905\"}",
	    (unsigned long long)id, (unsigned long long)id,
	    id % 2 ? "informado\""
		   : "unitario\",\"preco_unitario\":\"1.255\","
		     "\"franquia\":\"50\"");
	if (id % 3 == 0)
		buf_add_str(b,
		    ",{\"produto\":\"bolepix\",\"metrica\":"
		    "\"qtde_titulos\",\"modelo\":\"informado\"}");
	buf_add_str(b, "]}}\n");
}

void
companies_print_catalog(const struct sim_config *c)
{
	struct buf b = BUF_INIT;
	uint64_t id;

	for (id = 1; id <= c->companies; id++) {
		print_company(c, &b, id);
		print_proposal(c, &b, id);
		fwrite(b.data, 1, b.len, stdout);
		buf_reset(&b);
	}
	buf_clear(&b);
}
