/* What contrato.c, contrato_list.c and contratofat.c share. */
#ifndef VOLUM_OMIE_SIM_CONTRATO_H
#define VOLUM_OMIE_SIM_CONTRATO_H

#include "sim/omie-sim/tags.h"

/* By nCodCtr, or else by cCodIntCtr; NULL after a fault. */
struct contract *contract_find(struct call *c, int64_t id, struct text code);
void contratos_listar(struct call *c);

#endif
