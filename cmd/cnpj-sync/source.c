/* Where companies come from: records on stdin, or all of the source. */
#include <string.h>

#include "cnpj-sync/step.h"

enum { FLUSH_BYTES = 65536, BATCH = 200 };

/* ---------------------------------------------------------------- stdin */

static enum status
refuse_unknown(const struct run *run, struct error *err)
{
	reject(err, "empresa_desconhecida", "%s knows no such company",
	    run->from == OMIE_OWNS ? "Omie" : "InAnbetec");
	return SOME_REJECTED;
}

/* Of the document the one company, as InAnbetec tells it. */
struct only {
	struct run *run;
	struct entry entry;
	size_t count;
};

static enum status
take_only(struct value company, void *ctx, struct error *err)
{
	struct only *only = ctx;

	(void)err;
	if (only->count++ > 0)
		return DONE;
	entry_of_company(&only->entry, company);
	only->entry.id = arena_text(&only->run->scratch, only->entry.id);
	return DONE;
}

static enum status
id_of_document(
    struct run *run, struct text typed, struct text *id, struct error *err)
{
	struct only only = { .run = run };
	char bare[CNPJ_TEXT];
	enum cnpj_fault fault = cnpj_read(typed, bare);
	enum status s;

	if (fault != CNPJ_OK)
		return reject(
		    err, "cnpj_invalido", "cnpj: %s", cnpj_fault_word(fault));
	if ((s = commit(run, err)) != DONE ||
	    (s = inanbetec_search(
		 run->inanbetec, bare, take_only, &only, err)) != DONE)
		return s;
	if (only.count == 0)
		return refuse_unknown(run, err);
	if (only.count > 1)
		return reject(err, "cnpj_compartilhado",
		    "%zu companies have this document: name one by empresaId",
		    only.count);
	*id = only.entry.id;
	return DONE;
}

static enum status
find_company(
    struct run *run, struct value ref, struct entry *company, struct error *err)
{
	struct text id, typed = { "", 0 };
	bool found;
	enum status s;

	if (value_is_empty(value_member(ref, "empresaId"))) {
		if ((s = record_text(ref, "cnpj", &typed, err)) != DONE ||
		    (s = id_of_document(run, typed, &id, err)) != DONE)
			return s;
	} else if ((s = record_identifier(ref, "empresaId", &id, err)) !=
	    DONE) {
		return s;
	}
	s = fetch_company(run, id, company, &found, err);
	return s != DONE || found ? s : refuse_unknown(run, err);
}

static const struct entry *
customer_of_id(struct run *run, struct text id)
{
	struct buf code = BUF_INIT;
	const struct entry *e;

	buf_add_str(&code, "EMP-");
	buf_add_text(&code, id);
	e = register_by_id(&run->customers, buf_text(&code));
	buf_clear(&code);
	return e;
}

static enum status
find_customer(struct run *run, struct value ref, const struct entry **out,
    struct error *err)
{
	int64_t code = omie_id(value_member(ref, "codigoClienteOmie"));
	struct text id, typed = { "", 0 };
	const struct entry *const *found;
	char bare[CNPJ_TEXT];
	size_t count;
	enum status s;

	if ((s = need_customers(run, err)) != DONE)
		return s;
	*out = code != 0 ? register_by_omie_code(&run->customers, code) : NULL;
	if (*out == NULL && !value_is_empty(value_member(ref, "empresaId"))) {
		if ((s = record_identifier(ref, "empresaId", &id, err)) != DONE)
			return s;
		*out = customer_of_id(run, id);
	}
	if (*out != NULL)
		return DONE;
	typed = value_text(value_member(ref, "cnpj"));
	if (cnpj_read(typed, bare) != CNPJ_OK)
		return refuse_unknown(run, err);
	found = register_by_document(&run->customers, bare, &count);
	if (count > 1)
		return reject(err, "cliente_ambiguo",
		    "%zu customers have this document: name one by "
		    "codigoClienteOmie",
		    count);
	*out = count == 1 ? found[0] : NULL;
	return count == 1 ? DONE : refuse_unknown(run, err);
}

static enum status
find_source(struct run *run, struct value ref, struct entry *company,
    struct job *job, struct error *err)
{
	enum status s;

	if (run->from == OMIE_OWNS)
		return find_customer(run, ref, &job->customer, err);
	s = find_company(run, ref, company, err);
	job->company = s == DONE ? company : NULL;
	return s;
}

static bool
was_written(const struct run *run, const struct job *job)
{
	const struct entry *e = job->company ? job->company : job->customer;

	for (size_t i = 0; i < run->written.count; i++) {
		const struct entry *w = &run->written.items[i];

		if (job->company != NULL ? text_same(w->id, e->id)
					 : w->omie_code == e->omie_code)
			return true;
	}
	return false;
}

static enum status
step_reference(
    struct run *run, struct value ref, struct job *job, struct error *err)
{
	struct entry company;
	enum status s = find_source(run, ref, &company, job, err);

	/* Named twice, and written in between: what was listed is old. */
	if (s == DONE && was_written(run, job)) {
		run->has_customers = run->has_companies = false;
		s = find_source(run, ref, &company, job, err);
	}
	if (s != DONE)
		return s;
	s = step(run, job, err);
	if (!job->test && !job->idle &&
	    (job->create || job->associate || job->r.written != 0))
		register_add(&run->written,
		    run->from == OMIE_OWNS ? job->customer : job->company);
	return s;
}

/* A plan line; others have been dealt with, and pass. */
static enum status
step_plan(struct run *run, struct value root, struct value sync,
    struct job *job, struct error *err)
{
	struct value plan = value_member(sync, "plano");
	struct text from;
	enum status s;

	if (!value_is_text(value_member(sync, "acao"), "planejado")) {
		build_value(filter_out(run->filter), root);
		filter_end_line(run->filter);
		return DONE;
	}
	if ((s = record_text(plan, "hash", &job->plan, err)) != DONE ||
	    (s = record_text(plan, "de", &from, err)) != DONE)
		return s;
	if (text_is(from, "omie") != (run->from == OMIE_OWNS))
		return reject(err, "plano_vencido", "planned from %.*s",
		    (int)from.len, from.at);
	job->plan = arena_text(&run->scratch, job->plan);
	return step_reference(run, sync, job, err);
}

enum status
from_record(
    struct filter *f, const struct record *rec, void *ctx, struct error *err)
{
	struct run *run = ctx;
	struct job job = { 0 };
	struct value root = record_root(rec), ref;
	enum status s;

	arena_reset(&run->scratch);
	if ((s = filter_is_test(f, rec, &job.marked_test, err)) != DONE)
		return s;
	job.test = job.marked_test || run->options->plan;
	ref = value_member(root, "sync");
	if (value_kind(ref) == IS_OBJECT)
		return step_plan(run, root, ref, &job, err);
	ref = value_member(root, "empresa");
	if (value_kind(ref) != IS_OBJECT)
		ref = root;
	if (value_is_empty(value_member(ref, "empresaId")) &&
	    value_is_empty(value_member(ref, "cnpj")) &&
	    value_is_empty(value_member(ref, "codigoClienteOmie")))
		return reject(err, "tipo_desconhecido",
		    "neither empresa nor empresaId in the record");
	return step_reference(run, ref, &job, err);
}

enum status
flush(struct filter *f, void *run, struct error *err)
{
	(void)f;
	return commit(run, err);
}

/* ---------------------------------------------------------------- --all */

static enum status
refuse_one(struct run *run, const struct job *job, struct error *err)
{
	struct buf record = BUF_INIT;
	struct error why = *err;
	enum status s;

	if (strcmp(why.class_, "dados") != 0)
		run->unfinished = true;
	write_reference(&record, job);
	s = filter_reject(run->filter, buf_text(&record), &why, err);
	buf_clear(&record);
	return s;
}

static enum status
step_entry(struct run *run, const struct entry *e, struct error *err)
{
	struct filter *f = run->filter;
	struct job job = { .test = run->options->plan,
		.marked_test = run->options->common.dry_run };
	uint64_t rejected = f->counters.rejected;
	enum status s;

	arena_reset(&run->scratch);
	if (run->from == INANBETEC_OWNS) {
		job.company = e;
		job.empresa_id = e->id;
	} else {
		job.customer = e;
		job.omie_code = e->omie_code;
	}
	f->counters.read++;
	if ((s = step(run, &job, err)) == SOME_REJECTED)
		s = refuse_one(run, &job, err);
	if (s == DONE && f->counters.rejected == rejected)
		f->counters.done++;
	f->shown.done++;
	f->shown.rejected = f->counters.rejected;
	progress_show(f->progress, &f->shown);
	return s;
}

/* What was decided is stored before it is told. */
static enum status
flush_both(struct run *run, struct error *err)
{
	enum status s = commit(run, err);

	return s == DONE ? filter_flush(run->filter, err) : s;
}

static enum status
step_all(struct run *run, const struct register_ *source, struct error *err)
{
	struct error why;
	enum status s = DONE, last;
	size_t i;

	run->filter->shown.total = source->count;
	for (i = 0; s == DONE && i < source->count; i++) {
		if (filter_stop)
			s = fail(err, TRY_LATER,
			    "stopped by a signal after %zu of %zu companies", i,
			    source->count);
		else
			s = step_entry(run, &source->items[i], err);
		/* The source stays where it is: nothing is lost. */
		if (s == DONE && run->shut != DONE)
			break;
		if (s == DONE &&
		    ((i + 1) % BATCH == 0 ||
			filter_out(run->filter)->len > FLUSH_BYTES))
			s = flush_both(run, err);
	}
	/* However it ended: what was done is kept, and told. */
	if ((last = flush_both(run, &why)) != DONE && s == DONE) {
		*err = why;
		s = last;
	}
	return s;
}

static enum status
all_customers(struct run *run, struct error *err)
{
	struct register_ changed = { 0 };
	instant_ms since = 0, up_to = 0;
	enum status s;

	s = sync_position(run->store, text_of(run->account), &since, err);
	if (s != DONE)
		return s;
	if (since == 0 || run->options->full) {
		if ((s = need_customers(run, err)) != DONE)
			return s;
		up_to = read_up_to(run, &run->customers);
		s = step_all(run, &run->customers, err);
	} else {
		s = list_changed(run, &changed, since, &up_to, err);
		if (s == DONE)
			s = step_all(run, &changed, err);
		register_clear(&changed);
	}
	/* What is to be tried again is to be found changed by the next run. */
	if (s == DONE && run->shut == DONE && !run->unfinished &&
	    !run->options->plan)
		s = remember_position(run, up_to, err);
	return s;
}

enum status
from_all(struct run *run, struct error *err)
{
	enum status s;

	*err = (struct error){ 0 };
	if (run->from == OMIE_OWNS)
		return all_customers(run, err);
	if ((s = need_companies(run, err)) != DONE)
		return s;
	return step_all(run, &run->companies, err);
}
