/* The lines that leave: sync results, plans, and plans for people. */
#include "cnpj-sync/step.h"
#include "core/screen.h"

void
add_fields(struct buf *out, unsigned fields)
{
	bool first = true;

	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		if ((fields >> i & 1) == 0)
			continue;
		buf_printf(out, "%s%s", first ? "" : ", ",
		    cadastro_name((enum cadastro_field)i));
		first = false;
	}
}

static void
list_fields(struct buf *out, const char *name, unsigned fields)
{
	build_name(out, name);
	build_open(out, '[');
	for (int i = 0; i < CADASTRO_FIELDS; i++)
		if ((fields >> i & 1) != 0)
			build_text(out,
			    text_of(cadastro_name((enum cadastro_field)i)));
	build_close(out, ']');
}

static void
list_differences(struct buf *out, const struct job *job, unsigned fields)
{
	build_name(out, "diferencas");
	build_open(out, '[');
	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		if ((fields >> i & 1) == 0)
			continue;
		build_open(out, '{');
		build_text_member(out, "campo",
		    text_of(cadastro_name((enum cadastro_field)i)));
		build_text_member(out, "de", job->target.value[i]);
		build_text_member(out, "para", job->source.value[i]);
		build_close(out, '}');
	}
	build_close(out, ']');
}

static void
add_identity(struct buf *out, const struct job *job)
{
	build_text_member(out, "cnpj", job->cnpj);
	if (job->empresa_id.len > 0)
		build_text_member(out, "empresaId", job->empresa_id);
	if (job->omie_code != 0) {
		build_name(out, "codigoClienteOmie");
		build_integer(out, job->omie_code);
	}
}

static bool
has_plan(const struct job *job)
{
	return !job->idle &&
	    (job->create || job->associate || job->r.written != 0);
}

static const char *
action_word(const struct job *job, enum sync_action action)
{
	static const char *const words[] = { "incluido", "alterado",
		"inalterado", "dispensado" };

	if (job->test && has_plan(job))
		return "planejado";
	if (action == SYNC_UNCHANGED && job->r.conflicts != 0)
		return "divergente";
	return words[action];
}

static void
add_plan(struct buf *out, const struct run *run, const struct job *job)
{
	build_name(out, "plano");
	build_open(out, '{');
	build_text_member(out, "de",
	    run->from == OMIE_OWNS ? TEXT("omie") : TEXT("inanbetec"));
	build_text_member(out, "faz",
	    text_of(job->create		  ? "incluir"
		    : job->r.written != 0 ? "alterar"
					  : "associar"));
	build_text_member(out, "hash", text_of(job->hash));
	build_close(out, '}');
}

static void
put_sync(struct run *run, const struct job *job, enum sync_action action)
{
	struct buf *out = filter_out(run->filter);

	build_open(out, '{');
	build_name(out, "sync");
	build_open(out, '{');
	add_identity(out, job);
	build_text_member(out, "acao", text_of(action_word(job, action)));
	list_fields(out, "campos", job->r.written);
	if (job->r.conflicts != 0)
		list_fields(out, "conflitos", job->r.conflicts);
	if ((job->r.written | job->r.conflicts) != 0)
		list_differences(out, job, job->r.written | job->r.conflicts);
	if (job->source.cut != 0)
		list_fields(out, "cortados", job->source.cut);
	if (job->source.odd != 0)
		list_fields(out, "ilegiveis", job->source.odd);
	if (job->situation[0] != '\0')
		build_text_member(
		    out, "situacaoCadastral", text_of(job->situation));
	if (job->test && has_plan(job))
		add_plan(out, run, job);
	build_close(out, '}');
	if (job->marked_test) {
		build_name(out, "test");
		build_bool(out, true);
	}
	build_text_member(out, "requestId", run->filter->request_id);
	build_close(out, '}');
	filter_end_line(run->filter);
}

static void
put_empresa(struct run *run, const struct job *job)
{
	struct buf *out = filter_out(run->filter);

	write_empresa(run, out, job);
	filter_end_line(run->filter);
}

/* ------------------------------------------------------------ for people */

static void
put_side(struct buf *out, const char *name, char sign, const char *mark,
    struct text value)
{
	buf_printf(out, "  %-20s %c%s", name, sign, mark);
	if (value.len > 0)
		buf_add_byte(out, ' ');
	screen_text(out, value);
	buf_add_byte(out, '\n');
}

static void
put_lines(
    struct buf *out, const struct job *job, unsigned fields, const char *mark)
{
	for (int i = 0; i < CADASTRO_FIELDS; i++) {
		const char *name = cadastro_name((enum cadastro_field)i);

		if ((fields >> i & 1) == 0)
			continue;
		if (job->target.value[i].len > 0)
			put_side(out, name, '-', mark, job->target.value[i]);
		put_side(out, name, '+', mark, job->source.value[i]);
	}
}

static void
put_diff(struct run *run, const struct job *job, enum sync_action action)
{
	struct buf *out = filter_out(run->filter);

	if (!has_plan(job) && job->r.conflicts == 0)
		return;
	buf_printf(out, "%s %.*s", action_word(job, action), (int)job->cnpj.len,
	    job->cnpj.at);
	if (job->empresa_id.len > 0)
		buf_printf(out, ", empresa %.*s", (int)job->empresa_id.len,
		    job->empresa_id.at);
	if (job->omie_code != 0)
		buf_printf(out, ", cliente %lld", (long long)job->omie_code);
	buf_printf(out, "%s%s\n", job->create ? ", novo" : "",
	    job->associate ? ", associar" : "");
	put_lines(out, job, job->r.written, "");
	put_lines(out, job, job->r.conflicts, "?");
}

void
put_result(struct run *run, struct job *job, enum sync_action action)
{
	if (action == SYNC_UNCHANGED || action == SYNC_IDLE)
		run->filter->counters.unchanged++;
	if (job->empresa_id.len == 0 && job->idle)
		return; /* a supplier, a person: no company */
	if (run->options->diff) {
		put_diff(run, job, action);
		return;
	}
	if (run->options->records && job->empresa_id.len > 0 && !job->test)
		put_empresa(run, job);
	put_sync(run, job, action);
}

void
write_reference(struct buf *out, const struct job *job)
{
	build_open(out, '{');
	build_name(out, "empresa");
	build_open(out, '{');
	if (job->empresa_id.len > 0)
		build_text_member(out, "empresaId", job->empresa_id);
	if (job->omie_code != 0) {
		build_name(out, "codigoClienteOmie");
		build_integer(out, job->omie_code);
	}
	build_close(out, '}');
	build_close(out, '}');
}
