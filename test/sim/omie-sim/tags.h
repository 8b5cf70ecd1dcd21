/* The tags that each structure knows (4.2, 4.4, 5.2, 5.3 [D O1,O2]). */
#ifndef VOLUM_OMIE_SIM_TAGS_H
#define VOLUM_OMIE_SIM_TAGS_H

#include "sim/omie-sim/sim.h"

enum tag_kind {
	TAG_TEXT,
	TAG_DATE,
	TAG_DECIMAL,
	TAG_INTEGER,
	TAG_BOOL,
	TAG_OBJECT,
	TAG_LIST,
	TAG_OUTPUT /* Omie fills it: tolerated and ignored when sent */
};

struct tag {
	const char *name; /* NULL ends the list */
	enum tag_kind kind;
	size_t length; /* TAG_TEXT: in characters, 0 for no limit */
	const struct structure *inner;
};

struct structure {
	const char *name; /* as fault 5001 calls it */
	const struct tag *tags;
};

extern const struct structure clientes_cadastro, clientes_cadastro_chave,
    clientes_list_request;
extern const struct structure contratoCadastro, cabecalho, itensContrato,
    itemCabecalho, csConsultarRequest, csListarRequest, csExcluirItemRequest,
    contratofatChave, contratofatObter;

/* Fault 5001 for the first tag that the structure does not know. */
bool tags_known(struct call *c, const struct structure *s, struct value v);
/*
 * The object as documented: names in their own spelling, each value in its own
 * kind, what Omie computes left out. Faults over-long text and wrong kinds.
 */
bool tags_read(struct call *c, const struct structure *s, struct value v,
    struct value *out);
/* Appends the members of `old` with those of `sent` in their place; `deep`
 * looks into objects, otherwise they are replaced whole. */
void tags_merge(struct buf *b, const struct structure *s, struct value old,
    struct value sent, bool deep);

#endif
