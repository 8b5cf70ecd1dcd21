/* --show: what the parts look like. */
#include "core/language.h"
#include "core/ndjson.h"
#include "core/screen.h"
#include "domain/money.h"
#include "omie-contract/show.h"

enum { INDENT = 2, LEDGER_INDENT = 5, LABEL = 9 };

static struct buf *
out_of(const struct shown *w)
{
	return filter_out(w->run->filter);
}

static void
end_line(struct shown *w)
{
	filter_end_line(w->run->filter);
}

static void
add_member_text(struct buf *b, struct value object, const char *name)
{
	struct value v = value_member(object, name);

	if (value_kind(v) == IS_TEXT)
		screen_text(b, value_text(v));
	else if (value_kind(v) != ABSENT)
		screen_text(b, value_raw(v));
}

/* Amounts come from the store, which took none that isn't one. */
static int64_t
cents_of(struct value object, const char *name)
{
	struct error ignored;
	int64_t cents = 0;

	record_money(object, name, &cents, &ignored);
	return cents;
}

static void
put_labelled(struct shown *w, const char *label, struct text t)
{
	struct buf *b = out_of(w);

	if (t.len == 0)
		return;
	screen_column(b, TEXT(""), LEDGER_INDENT, LEFT);
	screen_column(b, text_of(label), LABEL, LEFT);
	screen_text(b, t);
	end_line(w);
}

/* ------------------------------------------------------------ the store's */

void
show_head(struct shown *w)
{
	struct buf *b = out_of(w);
	char month[COMPETENCIA_TEXT];

	if (!w->for_person)
		return;
	competencia_format(w->key.month, month);
	buf_add_text(b, w->code);
	end_line(w);
	buf_printf(b, _("  %s, company "), month);
	screen_text(b, w->key.empresa_id);
	buf_add_str(b, _(", proposal "));
	screen_text(b, w->key.proposta);
	end_line(w);
}

void
show_volumes(struct shown *w, struct value root)
{
	struct buf *b = out_of(w);

	buf_add_str(b, _("\nvolumes, as they are stored\n"));
	buf_add_str(b, "  ");
	screen_json(b, value_member(root, "volumetriaData"), INDENT);
	end_line(w);
}

static void
put_line(struct shown *w, struct text name, struct value line,
    const char *quantity, struct value object, const char *amount)
{
	struct buf *b = out_of(w);
	struct value q = value_member(line, quantity);

	buf_add_str(b, "  ");
	screen_column(b, name, 42, LEFT);
	screen_column(b, value_raw(q), 18, RIGHT);
	money_add_column(b, cents_of(object, amount), 18);
	end_line(w);
}

void
show_consolidation(struct shown *w, struct value root)
{
	struct value c = value_member(root, "consolidacaoData"), revision;
	struct buf *b = out_of(w);
	struct each it;

	buf_add_str(b, _("\nconsolidation, as it is stored: "));
	add_member_text(b, c, "status");
	revision = value_member(c, "revisao");
	buf_add_str(b, _(", revision "));
	buf_add_text(
	    b, value_is_empty(revision) ? TEXT("1") : value_raw(revision));
	end_line(w);
	for (it = value_each(value_member(c, "produtos")); each_next(&it);)
		put_line(w, value_text(value_member(it.at, "nome")), it.at,
		    "quantidade", it.at, "valor");
	put_line(w, TEXT("valorTotal"), NO_VALUE, "", c, "valorTotal");
}

void
show_result(struct shown *w, struct value root)
{
	struct value c = value_member(root, "contrato");
	struct buf *b = out_of(w);

	buf_add_str(b, _("\nresult, as it is stored: "));
	add_member_text(b, c, "acao");
	if (!value_is_empty(value_member(c, "nCodCtr"))) {
		buf_add_str(b, ", nCodCtr ");
		add_member_text(b, c, "nCodCtr");
	}
	buf_add_str(b, ", R$ ");
	money_add_br(b, cents_of(c, "valorTotal"));
	end_line(w);
}

void
show_history(struct shown *w, struct value root)
{
	struct value h = value_member(root, "historico");
	struct buf *b = out_of(w);

	if (w->lines == 0)
		buf_add_str(b, _("\nhistory\n"));
	buf_add_str(b, "  ");
	add_member_text(b, h, "quando");
	buf_add_str(b, "  ");
	add_member_text(b, h, "de");
	buf_add_str(b, " > ");
	add_member_text(b, h, "para");
	buf_add_str(b, " (");
	add_member_text(b, h, "motivo");
	buf_add_str(b, _(", revision "));
	add_member_text(b, h, "revisao");
	buf_add_byte(b, ')');
	end_line(w);
	put_labelled(w, _("who"), value_text(value_member(h, "requestId")));
}

/* ----------------------------------------------------------- the ledger's */

static void
add_number(struct buf *b, const char *name, int64_t n)
{
	build_name(b, name);
	build_integer(b, n);
}

static void
add_instant(struct buf *b, const char *name, instant_ms at)
{
	char text[INSTANT_TEXT];

	instant_format_ms(at, text);
	build_text_member(b, name, text_of(text));
}

static void
add_when_there(struct buf *b, const char *name, struct text t)
{
	if (t.len > 0)
		build_text_member(b, name, t);
}

/* Text that is no JSON any more is shown as what it is. */
static void
add_payload(struct shown *w, struct buf *b, struct text payload)
{
	struct error ignored;

	build_name(b, "contrato");
	if (ndjson_parse(w->run->doc, payload, &ignored) == DONE)
		build_value(b, record_root(w->run->doc));
	else
		build_text(b, payload);
}

static void
write_ledger_line(struct shown *w, const struct ledger_line *line)
{
	struct buf *b = out_of(w);

	build_open(b, '{');
	build_name(b, "lancamento");
	build_open(b, '{');
	add_number(b, "seq", line->seq);
	add_instant(b, "quando", line->at);
	build_text_member(b, "conta", line->account);
	build_text_member(b, "cCodIntCtr", line->code);
	billing_key_write(b, &line->key);
	build_text_member(b, "evento", text_of(ledger_event_name(line->event)));
	add_when_there(b, "chamada", line->call);
	add_when_there(b, "requestId", line->request_id);
	build_name(b, "valorTotal");
	money_add(b, line->total_cents);
	add_number(b, "revisao", line->revision);
	if (line->nCodCtr != 0)
		add_number(b, "nCodCtr", line->nCodCtr);
	add_when_there(b, "detalhe", line->detail);
	if (line->deadline != 0)
		add_instant(b, "prazo", line->deadline);
	add_when_there(b, "conteudoHash", text_of(line->content_hash));
	add_when_there(b, "contratoHash", text_of(line->payload_hash));
	if (line->payload.len > 0)
		add_payload(w, b, line->payload);
	build_text_member(b, "elo", text_of(line->link));
	build_close(b, '}');
	build_close(b, '}');
	end_line(w);
}

static void
put_instant(struct shown *w, const char *label, instant_ms at)
{
	char text[INSTANT_TEXT];

	if (at == 0)
		return;
	instant_format_ms(at, text);
	put_labelled(w, label, text_of(text));
}

static void
put_amount(struct shown *w, const struct ledger_line *line)
{
	struct buf text = BUF_INIT;

	buf_add_str(&text, "R$ ");
	money_add_br(&text, line->total_cents);
	buf_printf(&text, _(", revision %lld"), (long long)line->revision);
	if (line->nCodCtr != 0)
		buf_printf(&text, ", nCodCtr %lld", (long long)line->nCodCtr);
	put_labelled(w, _("what"), buf_text(&text));
	buf_clear(&text);
}

static void
put_payload(struct shown *w, struct text payload)
{
	struct error ignored;
	struct buf *b = out_of(w);

	if (payload.len == 0)
		return;
	screen_column(b, TEXT(""), LEDGER_INDENT, LEFT);
	if (ndjson_parse(w->run->doc, payload, &ignored) == DONE)
		screen_json(b, record_root(w->run->doc), LEDGER_INDENT);
	else
		screen_text(b, payload);
	end_line(w);
}

static void
put_ledger_line(struct shown *w, const struct ledger_line *line)
{
	struct buf *b = out_of(w);
	char when[INSTANT_TEXT];

	if (w->lines == 0)
		buf_add_str(b, _("\nledger\n"));
	instant_format_ms(line->at, when);
	buf_printf(b, "%3lld  %s  %s  ", (long long)line->seq, when,
	    ledger_event_name(line->event));
	screen_text(b, line->call);
	end_line(w);
	put_labelled(w, _("who"), line->request_id);
	put_amount(w, line);
	put_labelled(w, _("answer"), line->detail);
	put_labelled(w, _("account"), line->account);
	put_instant(w, _("until"), line->deadline);
	put_labelled(w, _("payload"), text_of(line->payload_hash));
	put_payload(w, line->payload);
	put_labelled(w, _("link"), text_of(line->link));
}

void
show_ledger_line(struct shown *w, const struct ledger_line *line)
{
	if (w->for_person)
		put_ledger_line(w, line);
	else
		write_ledger_line(w, line);
}

void
show_no_ledger(struct shown *w)
{
	if (!w->for_person)
		return;
	buf_add_str(out_of(w), _("\nledger: no call was ever made"));
	end_line(w);
}
