/* One register in memory: what was listed, found by code, id or document. */
#ifndef VOLUM_CNPJ_SYNC_REGISTER_H
#define VOLUM_CNPJ_SYNC_REGISTER_H

#include "core/record.h"
#include "domain/cnpj.h"

struct entry {
	struct text id;	   /* empresaId, or codigo_cliente_integracao */
	int64_t omie_code; /* codigoOmie, or codigo_cliente_omie; 0: none */
	char document[CNPJ_TEXT];   /* bare; "": none that is valid */
	struct text typed_document; /* as it stands there */
	bool inactive, blocked;
	struct text json;
};

struct register_ {
	struct entry *items;
	size_t count, room;
	struct arena texts;
	/* Sorted once register_sort() was called. */
	const struct entry **by_id, **by_document, **by_omie_code;
};

void register_clear(struct register_ *r);
/* `e` with its texts copied; one whose key (`id` for companies, omie_code for
 * customers) came before is the caller's to leave out. */
void register_add(struct register_ *r, const struct entry *e);
void register_sort(struct register_ *r);

/* NULL: none. The first of those with the same key, which stand in a row. */
const struct entry *register_by_id(const struct register_ *r, struct text id);
const struct entry *
register_by_omie_code(const struct register_ *r, int64_t omie_code);
const struct entry *const *register_by_document(
    const struct register_ *r, const char *document, size_t *count);

/* From an object of either service; texts are those of the object. */
void entry_of_customer(struct entry *out, struct value customer);
void entry_of_company(struct entry *out, struct value company);

#endif
