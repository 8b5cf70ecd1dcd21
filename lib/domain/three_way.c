#include "domain/three_way.h"

static const char *const WORDS[] = {
	[INANBETEC_OWNS] = "inanbetec",
	[OMIE_OWNS] = "omie",
	[BOTH_OWN] = "ambos",
};

void
owners_default(struct owners *out)
{
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		out->of[i] = BOTH_OWN;
	out->of[RAZAO_SOCIAL] = out->of[NOME_FANTASIA] = INANBETEC_OWNS;
	out->of[INSCRICAO_ESTADUAL] = INANBETEC_OWNS;
	out->of[INSCRICAO_MUNICIPAL] = INANBETEC_OWNS;
}

enum status
owners_read(struct owners *out, struct value file, struct error *err)
{
	struct each it;

	for (it = value_each(file); each_next(&it);) {
		int field = cadastro_find(it.name), word;

		if (field < 0)
			return fail(err, BAD_CONFIG, "%.*s: no such field",
			    (int)it.name.len, it.name.at);
		for (word = BOTH_OWN; word >= 0; word--)
			if (value_is_text(it.at, WORDS[word]))
				break;
		if (word < 0)
			return fail(err, BAD_CONFIG,
			    "%s: inanbetec, omie or ambos expected",
			    cadastro_name((enum cadastro_field)field));
		out->of[field] = (enum owner)word;
	}
	return DONE;
}

/* Never agreed on. What only one side says is no conflict. */
static enum field_step
first_time(struct text source, struct text target, enum owner owner,
    enum owner source_is)
{
	if (source.len == 0)
		return FIELD_KEEP;
	if (target.len == 0 || owner == source_is)
		return FIELD_WRITE;
	return owner == BOTH_OWN ? FIELD_CONFLICT : FIELD_KEEP;
}

enum field_step
three_way_field(const struct text *base, struct text source,
    const struct text *target, enum owner owner, enum owner source_is)
{
	static const struct text nothing = { "", 0 };
	bool source_changed, target_changed;

	if (target != NULL && text_same(source, *target))
		return FIELD_SAME;
	if (base == NULL)
		return first_time(source, target != NULL ? *target : nothing,
		    owner, source_is);
	source_changed = !text_same(source, *base);
	/* A target that leaves a field out has not changed it. */
	target_changed = target != NULL && !text_same(*target, *base);
	if (source_changed && target_changed)
		return FIELD_CONFLICT;
	if (!source_changed && target == NULL)
		return FIELD_SAME;
	if (owner == BOTH_OWN)
		return source_changed ? FIELD_WRITE : FIELD_KEEP;
	return owner == source_is ? FIELD_WRITE : FIELD_KEEP;
}

/* Parts that each side changed on its own: what both own is nobody's then. */
static bool
address_is_mixed(const struct three_way *r, const struct cadastro *base,
    const struct owners *owners)
{
	bool written = false, kept = false;

	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		if (!cadastro_in_address((enum cadastro_field)i))
			continue;
		if (r->step[i] == FIELD_CONFLICT)
			return true;
		if (!base->known[i] || owners->of[i] != BOTH_OWN)
			continue;
		written |= r->step[i] == FIELD_WRITE;
		kept |= r->step[i] == FIELD_KEEP;
	}
	return written && kept;
}

static void
hold_address_together(struct three_way *r, const struct cadastro *base,
    const struct owners *owners)
{
	if (!address_is_mixed(r, base, owners))
		return;
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if (cadastro_in_address((enum cadastro_field)i) &&
		    r->step[i] != FIELD_SAME)
			r->step[i] = FIELD_CONFLICT;
}

static void
settle_field(struct three_way *out, int i, struct text source)
{
	enum field_step step = out->step[i];

	if (step == FIELD_WRITE)
		out->written |= 1u << i;
	else if (step == FIELD_KEEP)
		out->kept |= 1u << i;
	else if (step == FIELD_CONFLICT)
		out->conflicts |= 1u << i;
	if (step == FIELD_WRITE || step == FIELD_SAME) {
		out->base.known[i] = true;
		out->base.value[i] = source;
	}
}

void
three_way_compare(struct three_way *out, const struct cadastro *base,
    const struct cadastro *source, const struct cadastro *target,
    const struct owners *owners, enum owner source_is)
{
	*out = (struct three_way){ .base = *base };
	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		/* What the target says that has no sense is still said. */
		bool said = target->known[i] || (target->odd >> i & 1) != 0;

		if (source->known[i])
			out->step[i] = three_way_field(
			    base->known[i] ? &base->value[i] : NULL,
			    source->value[i], said ? &target->value[i] : NULL,
			    owners->of[i], source_is);
	}
	hold_address_together(out, base, owners);
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if (source->known[i])
			settle_field(out, i, source->value[i]);
}
