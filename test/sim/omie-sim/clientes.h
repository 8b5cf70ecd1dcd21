/* What clientes.c and clientes_list.c share. */
#ifndef VOLUM_OMIE_SIM_CLIENTES_H
#define VOLUM_OMIE_SIM_CLIENTES_H

#include "sim/omie-sim/tags.h"

/* The whole record, clientes_cadastro (4.2). */
void client_build(struct buf *b, const struct client *client,
    bool with_caracteristicas, bool with_obs);
void clientes_listar(struct call *c);
void clientes_listar_resumido(struct call *c);

#endif
