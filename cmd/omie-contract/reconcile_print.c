/* --reconcile: lines for a program, or a table for a person. */
#include <unistd.h>

#include "core/language.h"
#include "core/ndjson.h"
#include "core/screen.h"
#include "domain/money.h"
#include "omie-contract/reconcile.h"

/* Columns, one blank between them; the name takes what is left of the screen.
 */
enum { WORD = 16, AMOUNT = 16, OTHERS = WORD + 2 * AMOUNT + 3 };

/* ------------------------------------------------------------- as NDJSON */

static void
add_id(struct buf *b, const char *name, int64_t id)
{
	build_name(b, name);
	if (id != 0)
		build_integer(b, id);
	else
		build_null(b);
}

static void
add_amount(struct buf *b, const char *name, int64_t cents, bool known)
{
	build_name(b, name);
	if (known)
		money_add(b, cents);
	else
		build_null(b);
}

static void
add_key(struct buf *b, const struct billing_key *key)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(key->month, month);
	build_text_member(b, "competencia", text_of(month));
	if (key->empresa_id.len > 0)
		build_text_member(b, "empresaId", key->empresa_id);
	if (key->proposta.len > 0)
		build_text_member(b, "numeroProposta", key->proposta);
}

static void
add_customers(struct buf *b, const struct entry *e)
{
	build_name(b, "clientes");
	build_open(b, '{');
	add_id(b, "esperado", e->r.customer);
	add_id(b, "omie", e->r.nCodCli);
	build_close(b, '}');
}

static void
add_contracts(struct buf *b, const struct entry *e)
{
	build_name(b, "contratos");
	build_open(b, '{');
	build_name(b, "vigentes");
	build_integer(b, (int64_t)e->r.live);
	build_name(b, "cancelados");
	build_integer(b, (int64_t)e->r.cancelled);
	build_close(b, '}');
}

static void
add_sides(struct buf *b, const struct entry *e)
{
	build_name(b, "valores");
	build_open(b, '{');
	add_amount(b, "esperado", e->r.expected_cents, true);
	add_amount(b, "omie", e->r.cents, !e->r.unreadable);
	build_close(b, '}');
	if (e->situation == SITUATION_CUSTOMER)
		add_customers(b, e);
	if (e->r.live > 1 || e->r.cancelled > 0)
		add_contracts(b, e);
}

static void
write_entry(struct buf *b, const struct entry *e)
{
	build_open(b, '{');
	build_name(b, "reconciliacao");
	build_open(b, '{');
	add_key(b, &e->key);
	if (e->code[0] != '\0')
		build_text_member(b, "cCodIntCtr", text_of(e->code));
	build_text_member(b, "situacao", text_of(situation_name(e->situation)));
	add_sides(b, e);
	if (e->r.nCodCtr != 0)
		add_id(b, "nCodCtr", e->r.nCodCtr);
	if (e->r.billed)
		build_text_member(b, "status",
		    text_of(consolidation_status_name(e->r.status)));
	if (e->r.confirmed)
		add_id(b, "nCodCtrConfirmado", e->r.confirmed_id);
	if (e->event != NULL)
		build_text_member(b, "evento", text_of(e->event));
	build_close(b, '}');
	build_close(b, '}');
}

static void
add_counts(struct buf *b, const struct reconciled_month *m)
{
	int i;

	build_name(b, "situacoes");
	build_open(b, '{');
	for (i = 0; i < SITUATION_COUNT; i++)
		if (m->count[i] > 0) {
			build_name(b, situation_name((enum situation)i));
			build_integer(b, (int64_t)m->count[i]);
		}
	build_close(b, '}');
}

static void
add_sums(struct buf *b, const struct reconciled_month *m)
{
	build_name(b, "valores");
	build_open(b, '{');
	add_amount(b, "esperado", m->expected_cents, true);
	add_amount(b, "omie", m->cents, !m->unreadable);
	add_amount(
	    b, "diferenca", m->cents - m->expected_cents, !m->unreadable);
	build_close(b, '}');
}

static void
write_sum(struct buf *b, const struct reconciling *w)
{
	const struct billing_key month = { .month = w->month };

	build_open(b, '{');
	build_name(b, "resumo");
	build_open(b, '{');
	add_key(b, &month);
	build_text_member(b, "conta", text_of(w->run->account));
	build_name(b, "confere");
	build_bool(b, reconciled_agrees(&w->sum));
	build_name(b, "consolidacoes");
	build_integer(b, (int64_t)w->bills);
	add_counts(b, &w->sum);
	add_sums(b, &w->sum);
	build_close(b, '}');
	build_close(b, '}');
}

/* -------------------------------------------------------------- as a table */

/* Lives until the next call on the store. */
static struct text
company_name(struct reconciling *w, struct text empresa_id)
{
	struct company company;
	struct error ignored;
	bool found = false;

	if (empresa_id.len == 0 ||
	    store_get_company(w->run->store, empresa_id, &company, &found,
		&ignored) != DONE ||
	    !found ||
	    ndjson_parse(w->run->answer, company.doc, &ignored) != DONE)
		return TEXT("");
	return value_text(
	    value_member(value_member(record_root(w->run->answer), "empresa"),
		"razaoSocial"));
}

static void
end_line(struct reconciling *w)
{
	struct buf *b = filter_out(w->run->filter);

	while (b->len > 0 && b->data[b->len - 1] == ' ')
		b->len--;
	filter_end_line(w->run->filter);
}

/* A further line, under the name. */
static void
put_beside(struct reconciling *w, struct buf *text)
{
	struct buf *out = filter_out(w->run->filter);

	screen_column(out, TEXT(""), WORD + 1, LEFT);
	screen_column(out, buf_text(text), w->name + OTHERS - WORD - 1, LEFT);
	end_line(w);
	buf_reset(text);
}

static void
put_amount(struct buf *out, int64_t cents, bool known)
{
	buf_add_byte(out, ' ');
	if (known)
		money_add_column(out, cents, AMOUNT);
	else
		screen_column(out, TEXT("?"), AMOUNT, RIGHT);
}

static void
put_whose(struct reconciling *w, const struct entry *e)
{
	struct buf text = BUF_INIT;

	buf_add_str(&text, e->code);
	if (e->r.nCodCtr != 0)
		buf_printf(&text, "%s%lld", text.len > 0 ? "  " : "",
		    (long long)e->r.nCodCtr);
	if (e->key.empresa_id.len > 0) {
		buf_add_str(&text, text.len > 0 ? "  " : "");
		buf_add_text(&text, e->key.empresa_id);
		buf_add_str(&text, e->key.proposta.len > 0 ? "/" : "");
		buf_add_text(&text, e->key.proposta);
	}
	put_beside(w, &text);
	if (e->situation == SITUATION_CUSTOMER) {
		buf_printf(&text, _("nCodCli: expected %lld, in Omie %lld"),
		    (long long)e->r.customer, (long long)e->r.nCodCli);
		put_beside(w, &text);
	}
	buf_clear(&text);
}

static void
put_row(struct reconciling *w, const struct entry *e)
{
	struct buf *out = filter_out(w->run->filter);

	screen_column(out, text_of(situation_name(e->situation)), WORD, LEFT);
	buf_add_byte(out, ' ');
	screen_column(out, company_name(w, e->key.empresa_id), w->name, LEFT);
	put_amount(out, e->r.expected_cents, true);
	put_amount(out, e->r.cents, !e->r.unreadable);
	end_line(w);
	put_whose(w, e);
}

/* Under the columns of the amounts. */
static void
put_totals(struct reconciling *w)
{
	const struct reconciled_month *m = &w->sum;
	struct buf *out = filter_out(w->run->filter), text = BUF_INIT;

	buf_printf(&text, _("total, R$ (%llu consolidations)"),
	    (unsigned long long)w->bills);
	screen_column(out, buf_text(&text), WORD + 1 + w->name, LEFT);
	put_amount(out, m->expected_cents, true);
	put_amount(out, m->cents, !m->unreadable);
	end_line(w);
	screen_column(
	    out, TEXT("diferenca"), WORD + 1 + w->name + 1 + AMOUNT, LEFT);
	put_amount(out, m->cents - m->expected_cents, !m->unreadable);
	end_line(w);
	buf_clear(&text);
}

/* What each word that occurred asks for. */
static void
put_advice(struct reconciling *w)
{
	struct buf *out = filter_out(w->run->filter);
	int i;

	for (i = 0; i < SITUATION_COUNT; i++) {
		if (w->sum.count[i] == 0)
			continue;
		screen_column(out, text_of(situation_name((enum situation)i)),
		    WORD, LEFT);
		buf_printf(out, "%6zu  %s", w->sum.count[i],
		    _(situation_advice((enum situation)i)));
		end_line(w);
	}
}

static void
put_sum(struct reconciling *w)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(w->month, month);
	end_line(w);
	put_totals(w);
	end_line(w);
	put_advice(w);
	end_line(w);
	buf_printf(filter_out(w->run->filter),
	    reconciled_agrees(&w->sum) ? _("%s agrees")
				       : _("%s does not agree"),
	    month);
	end_line(w);
}

/* ----------------------------------------------------------------- either */

static size_t
name_columns(void)
{
	enum { LEAST = 8, MOST = 60 };
	size_t width = screen_width(STDOUT_FILENO);

	if (width < OTHERS + LEAST)
		return LEAST;
	return width > OTHERS + MOST ? MOST : width - OTHERS;
}

void
reconcile_print_head(struct reconciling *w)
{
	struct buf *out = filter_out(w->run->filter);

	if (!w->for_person)
		return;
	w->name = name_columns();
	screen_column(out, TEXT("situacao"), WORD + 1, LEFT);
	screen_column(out, TEXT("empresa"), w->name, LEFT);
	screen_column(out, TEXT("esperado"), AMOUNT + 1, RIGHT);
	screen_column(out, TEXT("omie"), AMOUNT + 1, RIGHT);
	end_line(w);
}

enum status
reconcile_print(struct reconciling *w, const struct entry *e, struct error *err)
{
	if (w->for_person) {
		put_row(w, e);
		return mode_flush(w->run, err);
	}
	write_entry(filter_out(w->run->filter), e);
	filter_end_line(w->run->filter);
	return mode_flush(w->run, err);
}

/* Whoever reads the mail of cron sees the figures without the lines. */
static void
warn(struct reconciling *w)
{
	const struct reconciled_month *m = &w->sum;
	struct buf text = BUF_INIT;
	char month[COMPETENCIA_TEXT];
	int i;

	competencia_format(w->month, month);
	buf_printf(&text, _("%s does not agree:"), month);
	for (i = 0; i < SITUATION_COUNT; i++)
		if (m->count[i] > 0)
			buf_printf(&text, "%s %zu %s",
			    text.data[text.len - 1] == ':' ? "" : ",",
			    m->count[i], situation_name((enum situation)i));
	buf_add_str(&text, _("; expected R$ "));
	money_add_br(&text, m->expected_cents);
	if (!m->unreadable) {
		buf_add_str(&text, _(", in Omie R$ "));
		money_add_br(&text, m->cents);
	}
	filter_warn(w->run->filter, "%s", buf_cstr(&text));
	buf_clear(&text);
}

enum status
reconcile_print_sum(struct reconciling *w, struct error *err)
{
	if (w->for_person) {
		put_sum(w);
		return mode_flush(w->run, err);
	}
	write_sum(filter_out(w->run->filter), w);
	filter_end_line(w->run->filter);
	if (!reconciled_agrees(&w->sum))
		warn(w);
	return mode_flush(w->run, err);
}

/* An amount that can't be read is a disagreement, and no difference. */
void
reconcile_measure(struct reconciling *w)
{
	const struct reconciled_month *m = &w->sum;
	struct metrics *to = w->run->filter->metrics;

	metrics_set(to, METRIC_DISAGREEMENTS, NULL,
	    (int64_t)reconciled_disagreements(m));
	if (!m->unreadable)
		metrics_set(to, METRIC_DIFFERENCE_CENTS, NULL,
		    m->cents - m->expected_cents);
}
