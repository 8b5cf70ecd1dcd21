#include "volum-trigger/schema.h"

#include "domain/competencia.h"

/* The commands unpack envelopes, and know a record by the member it carries:
 * with one of these the line would be something that nobody checked. */
static const char *const OTHER_KINDS[] = { "volumetriaData", "consolidacaoData",
	"contrato", "empresa", "proposta", "sync", "plano", "memoria",
	"historico", "rejeitado", "registro", "registroBase64", "httpMethod",
	"body", "isBase64Encoded", "Rules" };

static enum status
check_kind(struct value trigger, struct error *err)
{
	size_t count = sizeof(OTHER_KINDS) / sizeof(OTHER_KINDS[0]);
	struct value v;

	for (size_t i = 0; i < count; i++) {
		v = value_member(trigger, OTHER_KINDS[i]);
		if (value_kind(v) != ABSENT)
			return value_reject(
			    v, err, "belongs to another kind of record");
	}
	v = value_member(trigger, "requestId");
	if (value_kind(v) != ABSENT)
		return value_reject(v, err,
		    "is given by the answer; send an Idempotency-Key instead");
	return DONE;
}

static enum status
check_month(
    struct value trigger, bool test, struct day today, struct error *err)
{
	struct text word;
	competencia month;
	bool partial;
	enum status s;

	if (test && value_is_empty(value_member(trigger, "competencia")))
		return DONE;
	if ((s = record_text(trigger, "competencia", &word, err)) != DONE)
		return s;
	return competencia_resolve(word, today, &month, &partial, err);
}

static enum status
check_list(struct value ids, struct error *err)
{
	struct each it = value_each(ids);
	struct text id;
	enum status s = DONE;

	if (value_kind(ids) != IS_ARRAY)
		return value_reject(ids, err, "array expected");
	if (value_count(ids) == 0)
		return value_reject(ids, err, "holds no company");
	while (s == DONE && each_next(&it))
		s = value_identifier(it.at, &id, err);
	return s;
}

/* Elsewhere a trigger without companies means all of them; from outside that
 * would be what a forgotten member does. */
static enum status
check_companies(struct value trigger, struct error *err)
{
	struct value ids = value_member(trigger, "empresaIds");
	bool one = !value_is_empty(value_member(trigger, "empresaId"));
	struct text id;
	enum status s;

	if ((one || value_is_empty(ids)) &&
	    (s = record_identifier(trigger, "empresaId", &id, err)) != DONE)
		return s;
	return value_is_empty(ids) ? DONE : check_list(ids, err);
}

enum status
schema_check(struct value trigger, struct day today, struct error *err)
{
	bool test, partial;
	struct text word;
	enum status s;

	if ((s = check_kind(trigger, err)) != DONE ||
	    (s = record_flag(trigger, "test", &test, err)) != DONE ||
	    (s = record_flag(trigger, "parcial", &partial, err)) != DONE ||
	    (s = record_optional_text(trigger, "trigger", &word, err)) !=
		DONE ||
	    (s = check_month(trigger, test, today, err)) != DONE)
		return s;
	return check_companies(trigger, err);
}

void
schema_build(struct buf *out, struct value trigger, const char *id)
{
	static const char *const ours[] = { "trigger", NULL };
	struct value given = value_member(trigger, "trigger");

	build_open(out, '{');
	build_members_but(out, trigger, ours);
	build_name(out, "trigger");
	if (value_is_empty(given))
		build_text(out, TEXT("manual"));
	else
		build_value(out, given);
	build_text_member(out, "requestId", text_of(id));
	build_close(out, '}');
}
