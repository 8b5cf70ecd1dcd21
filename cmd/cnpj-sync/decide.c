/* What is to be done with a company, and a hash that says it again. */
#include <stdio.h>
#include <string.h>

#include "cnpj-sync/step.h"
#include "core/ndjson.h"
#include "domain/plain.h"

static enum status
read_side(struct run *run, const struct entry *e, bool omie,
    struct cadastro *out, struct error *err)
{
	enum status s;

	*out = (struct cadastro){ 0 };
	if (e == NULL)
		return DONE;
	if ((s = ndjson_parse(run->doc, e->json, err)) != DONE)
		return s;
	if (omie)
		cadastro_of_omie(out, record_root(run->doc), &run->scratch);
	else
		cadastro_of_inanbetec(
		    out, record_root(run->doc), &run->scratch);
	return DONE;
}

/* Another name altogether is another company, whoever owns the field. */
static enum status
check_name(const struct run *run, const struct job *job, struct error *err)
{
	struct text here = job->source.value[RAZAO_SOCIAL];
	struct text there = job->target.value[RAZAO_SOCIAL];

	if (here.len == 0 && job->create)
		return reject(err, "campo_ausente",
		    "razao_social is missing in %s",
		    run->from == OMIE_OWNS ? "Omie" : "InAnbetec");
	if (here.len == 0 || there.len == 0 || plain_share_word(here, there))
		return DONE;
	reject(err, "nome_diferente",
	    "company %.*s and customer %lld have the same document, and names "
	    "without a word in common",
	    (int)job->empresa_id.len, job->empresa_id.at,
	    (long long)job->omie_code);
	error_advise(err,
	    "if it is the same company, put the new name into both by hand");
	return SOME_REJECTED;
}

static enum status
read_base(struct run *run, const struct job *job, struct cadastro *base,
    struct error *err)
{
	enum status s = DONE;

	*base = (struct cadastro){ 0 };
	if (job->create || !job->state.known || job->state.base.len == 0)
		return DONE;
	if ((s = ndjson_parse(run->base, job->state.base, err)) != DONE)
		return fail_at(err, BAD_CONFIG,
		    "the store has no base for company %.*s",
		    (int)job->empresa_id.len, job->empresa_id.at);
	cadastro_of_base(base, record_root(run->base));
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		base->value[i] = arena_text(&run->scratch, base->value[i]);
	return DONE;
}

/* All that the decision rests on: what is written, and over what. */
static void
hash_decision(struct run *run, struct job *job)
{
	struct buf *b = &run->line;
	struct cadastro written = { 0 };

	buf_reset(b);
	buf_printf(b, "%d\n%.*s\n%lld\n%d%d\n", run->from,
	    (int)job->empresa_id.len, job->empresa_id.at,
	    (long long)job->omie_code, job->create, job->associate);
	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		written.known[i] = (job->r.written >> i & 1) != 0;
		written.value[i] = job->source.value[i];
	}
	cadastro_write_base(b, &written);
	buf_add_byte(b, '\n');
	cadastro_write_base(b, &job->target);
	hash_text(buf_text(b), job->hash);
}

enum status
decide(struct run *run, struct job *job, struct error *err)
{
	bool omie = run->from == OMIE_OWNS;
	const struct entry *source = omie ? job->customer : job->company;
	const struct entry *target = omie ? job->company : job->customer;
	struct cadastro base;
	enum status s;

	if ((s = read_side(run, source, omie, &job->source, err)) != DONE ||
	    (s = read_side(run, target, !omie, &job->target, err)) != DONE ||
	    (s = read_base(run, job, &base, err)) != DONE ||
	    (s = check_name(run, job, err)) != DONE)
		return s;
	cadastro_align_towns(&job->source, &job->target);
	three_way_compare(&job->r, &base, &job->source, &job->target,
	    &run->owners, run->from);
	hash_decision(run, job);
	return DONE;
}

static bool
is_unchanged(struct run *run, const struct job *job, const struct entry *now,
    unsigned fields)
{
	bool omie = run->from == INANBETEC_OWNS;
	const struct entry *then = omie ? job->customer : job->company;
	struct cadastro target, source = job->source;
	struct error ignored;

	if (now->inactive || now->blocked ||
	    strcmp(now->document, then->document) != 0 ||
	    read_side(run, now, omie, &target, &ignored) != DONE)
		return false;
	cadastro_align_towns(&source, &target);
	return cadastro_same(&target, &job->target, fields);
}

enum status
check_unchanged(struct run *run, const struct job *job, const struct entry *now,
    unsigned fields, struct error *err)
{
	if (now != NULL && is_unchanged(run, job, now, fields))
		return DONE;
	reject(err, "mudou",
	    "company %.*s, customer %lld: changed in %s since it was listed",
	    (int)job->empresa_id.len, job->empresa_id.at,
	    (long long)job->omie_code,
	    run->from == INANBETEC_OWNS ? "Omie" : "InAnbetec");
	snprintf(err->class_, sizeof(err->class_), "servico");
	error_advise(err, "nothing to do: the next run compares again");
	return SOME_REJECTED;
}
