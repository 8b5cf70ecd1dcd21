/* A memo as a page that can be read out: what adds up stands in one column. */
#include "core/screen.h"
#include "domain/memo.h"
#include "domain/money.h"

/* The comma of every amount stands here; 18 decimals still fit. */
enum { COMMA_COLUMN = 61 };

static const struct {
	const char *modelo, *words;
} MODELS[] = {
	{ "informado", "valor informado" },
	{ "unitario", "preço por unidade" },
	{ "graduado", "preço por faixa" },
	{ "volume", "preço da faixa para todas as unidades" },
	{ "pacote", "preço por pacote" },
	{ "percentual", "percentual do valor" },
	{ "fixo", "valor fixo" },
	{ "gratuito", "gratuito" },
};

static const char *const STATUSES[] = {
	[CONSOLIDATION_PROCESSING] = "em processamento",
	[CONSOLIDATION_COMPLETED] = "calculada",
	[CONSOLIDATION_READY_TO_SEND] = "pronta para envio",
	[CONSOLIDATION_SENT] = "enviada",
	[CONSOLIDATION_ERROR] = "com erro",
};

/* A JSON number as people write it: 1600.5 is 1.600,5. */
static void
add_number(struct buf *b, struct text number)
{
	size_t whole = 0, i = 0;

	if (number.len > 0 && number.at[0] == '-') {
		buf_add_byte(b, '-');
		number.at++;
		number.len--;
	}
	while (whole < number.len && number.at[whole] != '.')
		whole++;
	for (; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			buf_add_byte(b, '.');
		buf_add_byte(b, number.at[i]);
	}
	if (whole == number.len)
		return;
	buf_add_byte(b, ',');
	buf_add(b, number.at + whole + 1, number.len - whole - 1);
}

static struct text
raw_member(struct value object, const char *name)
{
	struct value v = value_member(object, name);

	return value_kind(v) == IS_NUMBER ? value_raw(v) : (struct text){ 0 };
}

static bool
has(struct value object, const char *name)
{
	return raw_member(object, name).len > 0;
}

static void
add_member(struct buf *b, struct value object, const char *name)
{
	add_number(b, raw_member(object, name));
}

/* With two decimals at least, as prices are read. */
static void
add_price(struct buf *b, struct value object, const char *name)
{
	struct text number = raw_member(object, name);
	size_t point = 0, places;

	if (number.len == 0)
		return;
	while (point < number.len && number.at[point] != '.')
		point++;
	places = point < number.len ? number.len - point - 1 : 0;
	add_number(b, number);
	if (places == 0)
		buf_add_str(b, ",00");
	else if (places == 1)
		buf_add_byte(b, '0');
}

/* --------------------------------------------------------------- the page */

/* A line of the page: what, and in its column how much. */
struct page {
	struct buf *out;
	struct buf label, amount;
};

static void
pad(struct buf *b, size_t count)
{
	while (count-- > 0)
		buf_add_byte(b, ' ');
}

static void
end_row(struct page *p)
{
	struct text label = buf_text(&p->label), amount = buf_text(&p->amount);
	size_t used = screen_columns(label), whole = 0;

	while (whole < amount.len && amount.at[whole] != ',')
		whole++;
	buf_add_text(p->out, label);
	if (used + 2 + whole > COMMA_COLUMN) {
		buf_add_byte(p->out, '\n');
		used = 0;
	}
	if (amount.len > 0)
		pad(p->out, COMMA_COLUMN - used - whole);
	buf_add_text(p->out, amount);
	buf_add_byte(p->out, '\n');
	buf_reset(&p->label);
	buf_reset(&p->amount);
}

/* Ends the row whose label was built with a member's amount. */
static void
end_with(struct page *p, struct value object, const char *name)
{
	add_member(&p->amount, object, name);
	end_row(p);
}

/* ------------------------------------------------------------------ lines */

static void
tell_name(struct page *p, struct value line)
{
	struct value modelo = value_member(line, "modelo");

	buf_add_byte(p->out, '\n');
	screen_text(p->out, value_text(value_member(line, "nome")));
	for (size_t i = 0; i < sizeof(MODELS) / sizeof(*MODELS); i++)
		if (value_is_text(modelo, MODELS[i].modelo))
			buf_printf(p->out, " (%s)", MODELS[i].words);
	buf_add_byte(p->out, '\n');
}

static void
tell_use(struct page *p, struct value line)
{
	bool rate = has(line, "aliquota");

	if (!has(line, "quantidade"))
		return;
	buf_add_str(
	    p->out, rate ? "  valor no mês: " : "  quantidade no mês: ");
	if (rate)
		add_price(p->out, line, "quantidade");
	else
		add_member(p->out, line, "quantidade");
	if (has(line, "franquia")) {
		buf_add_str(p->out, "; franquia: ");
		add_member(p->out, line, "franquia");
		buf_add_str(p->out, "; a cobrar: ");
		add_member(p->out, line, "cobrado");
	}
	buf_add_byte(p->out, '\n');
	if (value_is_true(value_member(line, "franquia_consome_faixa")))
		buf_add_str(p->out, "  a franquia ocupa as primeiras faixas\n");
}

static void
add_adjusted(struct page *p, struct value object)
{
	if (!has(object, "antes_do_reajuste"))
		return;
	buf_add_str(&p->label, " (era ");
	add_price(&p->label, object, "antes_do_reajuste");
	buf_add_byte(&p->label, ')');
}

static void
tell_band(struct page *p, struct value band)
{
	bool first = value_is_empty(value_member(band, "acima_de")) ||
	    text_is(raw_member(band, "acima_de"), "0");

	buf_add_str(&p->label, first ? "  faixa" : "  faixa acima de ");
	if (!first)
		add_member(&p->label, band, "acima_de");
	if (has(band, "ate")) {
		buf_add_str(&p->label, " até ");
		add_member(&p->label, band, "ate");
	} else if (first) {
		buf_add_str(&p->label, " única");
	}
	buf_add_str(&p->label, ": ");
	add_member(&p->label, band, "quantidade");
	buf_add_str(&p->label, " x ");
	add_price(&p->label, band, "preco_unitario");
	add_adjusted(p, band);
	if (has(band, "valor_fixo")) {
		buf_add_str(&p->label, " + fixo ");
		add_price(&p->label, band, "valor_fixo");
	}
	end_with(p, band, "subtotal");
}

static void
tell_bands(struct page *p, struct value line, struct value bands)
{
	struct each it = value_each(bands);

	while (each_next(&it))
		tell_band(p, it.at);
	if (value_count(bands) == 1)
		return;
	buf_add_str(&p->label,
	    value_count(bands) ? "  soma das faixas" : "  nada a cobrar");
	end_with(p, line, "valor");
}

/* What is charged of the figure. */
static const char *
charged(struct value line)
{
	return has(line, "cobrado") ? "cobrado" : "quantidade";
}

static void
add_product(struct page *p, struct value line)
{
	struct buf *label = &p->label;

	if (has(line, "pacotes")) {
		add_member(label, line, "pacotes");
		buf_add_str(label, " pacote(s) de ");
		add_member(label, line, "tamanho");
		buf_add_str(label, " x ");
		add_price(label, line, "preco_pacote");
	} else if (has(line, "aliquota")) {
		add_member(label, line, "aliquota");
		buf_add_str(label, " % de ");
		add_price(label, line, charged(line));
	} else if (has(line, "preco_unitario")) {
		add_member(label, line, charged(line));
		buf_add_str(label, " x ");
		add_price(label, line, "preco_unitario");
	} else if (has(line, "valor_fixo")) {
		buf_add_str(label, "valor fixo ");
		add_price(label, line, "valor_fixo");
	} else {
		buf_add_str(label, "valor");
	}
	add_adjusted(p, line);
	if (has(line, "dias")) {
		buf_add_str(label, " x ");
		add_member(label, line, "dias");
		buf_add_str(label, "/");
		add_member(label, line, "dias_do_mes");
		buf_add_str(label, " dias");
	}
}

static void
tell_value(struct page *p, struct value line)
{
	struct value bands = value_member(line, "faixas");

	if (value_kind(bands) == IS_ARRAY) {
		tell_bands(p, line, bands);
		return;
	}
	if (!has(line, "valor"))
		return;
	buf_add_str(&p->label, "  ");
	add_product(p, line);
	end_with(p, line, "valor");
}

/* One that fills a minimum up. */
static void
tell_complement(struct page *p, struct value line, const char *name)
{
	if (!has(line, name))
		return;
	buf_add_str(&p->label, "  mínimo");
	end_with(p, line, name);
	buf_add_str(&p->label, "  alcançado");
	buf_add_byte(&p->amount, '-');
	end_with(p, line, "alcancado");
}

/* "  LABEL" with the member `of` behind it, and the amount `name`. */
static void
tell_step(struct page *p, struct value line, const char *label, const char *of,
    const char *unit, const char *name)
{
	if (!has(line, name))
		return;
	buf_add_str(&p->label, label);
	if (of != NULL)
		add_member(&p->label, line, of);
	buf_add_str(&p->label, unit);
	end_with(p, line, name);
}

static void
tell_line(struct page *p, struct value line)
{
	tell_name(p, line);
	tell_use(p, line);
	tell_value(p, line);
	tell_complement(p, line, "minimo");
	tell_complement(p, line, "minimo_mensal");
	tell_step(
	    p, line, "  desconto de ", "desconto_percentual", " %", "desconto");
	tell_step(p, line, "  acima do teto de ", "teto", "", "acima_do_teto");
	tell_step(p, line, "  arredondamento", NULL, "", "arredondamento");
	tell_step(p, line, "  acima do teto mensal", NULL, "", "teto_mensal");
	buf_add_str(&p->label, "  total da linha");
	end_with(p, line, "total");
}

/* ------------------------------------------------------------------- all */

static void
tell_head(struct page *p, struct value memoria, const struct memo_state *state)
{
	struct value from = value_member(memoria, "vigencia");
	struct text month = value_text(value_member(memoria, "competencia"));
	char day[DAY_TEXT];
	struct day d;

	buf_add_str(p->out, "Empresa ");
	screen_text(p->out, value_text(value_member(memoria, "empresaId")));
	buf_add_str(p->out, ", competência ");
	buf_add_text(p->out, month);
	buf_add_str(p->out, ", proposta ");
	screen_text(
	    p->out, value_text(value_member(memoria, "numeroProposta")));
	if (day_read(value_text(from), &d)) {
		day_format_br(d, day);
		buf_printf(p->out, "\nvigente desde %s", day);
	} else {
		buf_add_str(
		    p->out, "\nsem memória de cálculo: não foi calculada aqui");
	}
	buf_printf(p->out, "; situação: %s", STATUSES[state->status]);
	if (state->revision > 1)
		buf_printf(
		    p->out, ", revisão %lld", (long long)state->revision);
	if (state->partial)
		buf_add_str(p->out, "; mês em curso");
	buf_add_byte(p->out, '\n');
}

void
memo_tell_sum(struct buf *out, int64_t cents)
{
	struct page p = { .out = out };

	buf_add_str(&p.label, "Total da empresa (R$)");
	money_add_br(&p.amount, cents);
	end_row(&p);
	buf_clear(&p.label);
	buf_clear(&p.amount);
}

void
memo_tell(struct buf *out, struct value memoria, const struct memo_state *state)
{
	struct page p = { .out = out };
	struct each it = value_each(value_member(memoria, "linhas"));

	tell_head(&p, memoria, state);
	while (each_next(&it))
		tell_line(&p, it.at);
	buf_add_byte(out, '\n');
	buf_add_str(&p.label, "Total da proposta (R$)");
	end_with(&p, memoria, "valorTotal");
	buf_clear(&p.label);
	buf_clear(&p.amount);
}
