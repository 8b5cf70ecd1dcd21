/*
 * Two registers of the same companies, compared field by field with what both
 * agreed on before (the base): who may write what, and what is a conflict.
 */
#ifndef VOLUM_DOMAIN_THREE_WAY_H
#define VOLUM_DOMAIN_THREE_WAY_H

#include "domain/cadastro.h"

/* Whose word counts where the two differ. */
enum owner { INANBETEC_OWNS, OMIE_OWNS, BOTH_OWN };

struct owners {
	enum owner of[CADASTRO_FIELDS];
};

/* The names and inscriptions are InAnbetec's, all else is of both. */
void owners_default(struct owners *out);
/*
 * {"razao_social":"inanbetec","email":"omie","cep":"ambos"}: fields that are
 * not named keep their owner. BAD_CONFIG: an unknown name or word, which is
 * named.
 */
enum status
owners_read(struct owners *out, struct value file, struct error *err);

enum field_step {
	FIELD_SAME,    /* both say it, or the source says nothing */
	FIELD_WRITE,   /* the target is to get the source's */
	FIELD_KEEP,    /* the target's stays: it is the other direction's */
	FIELD_CONFLICT /* both changed it, or nobody knows who did */
};

/*
 * One field. `base` NULL: never agreed on; `target` NULL: it says nothing. A
 * field that both changed since is a conflict whoever owns it; one that only
 * one side changed is its owner's, or of whoever changed it when both own it.
 */
enum field_step three_way_field(const struct text *base, struct text source,
    const struct text *target, enum owner owner, enum owner source_is);

struct three_way {
	enum field_step step[CADASTRO_FIELDS];
	unsigned written, kept, conflicts; /* bits of fields */
	/* What both will have agreed on once the writes are done. */
	struct cadastro base;
};

/*
 * All fields. An address is one thing: with a conflict in one part of it, or
 * parts of it changed on either side, all parts that differ are in conflict, so
 * that no street of one town ends up in another. Texts stay those of the three.
 */
void three_way_compare(struct three_way *out, const struct cadastro *base,
    const struct cadastro *source, const struct cadastro *target,
    const struct owners *owners, enum owner source_is);

#endif
