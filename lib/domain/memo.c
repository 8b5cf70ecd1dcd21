/* The memo of a consolidation: what was multiplied, taken off and rounded. */
#include "domain/memo.h"

#include "domain/proposal.h"

enum { PATH_TEXT = 80 };

/* Exact amounts are written to 18 decimals, what has no end to 6. */
static const wide ATTO = (wide)1000000000 * 1000000000;
static const wide ATTO_PER_CENT = (wide)10000000000000000;

static wide
to_atto(const struct amount *a)
{
	wide whole = a->n / a->d, rest = a->n % a->d;
	wide exact = rest * ATTO;

	if (exact % a->d == 0)
		return whole * ATTO + exact / a->d;
	return whole * ATTO +
	    round_half_up(rest * MICRO, a->d) * (ATTO / MICRO);
}

/* At least two decimals, without further final zeros. */
static void
add_atto(struct buf *b, wide atto)
{
	uint64_t fraction;
	char digits[18];
	int len = 18;

	if (atto < 0) {
		buf_add_byte(b, '-');
		atto = -atto;
	}
	buf_printf(b, "%lld.", (long long)(atto / ATTO));
	fraction = (uint64_t)(atto % ATTO);
	for (int i = len; i-- > 0; fraction /= 10)
		digits[i] = (char)('0' + fraction % 10);
	while (len > 2 && digits[len - 1] == '0')
		len--;
	buf_add(b, digits, (size_t)len);
}

static void
atto_member(struct buf *b, const char *name, wide atto)
{
	build_name(b, name);
	add_atto(b, atto);
}

/* Left out when it is zero. */
static void
step_member(struct buf *b, const char *name, wide atto)
{
	if (atto != 0)
		atto_member(b, name, atto);
}

static void
cents_member(struct buf *b, const char *name, int64_t cents)
{
	build_name(b, name);
	money_add(b, cents);
}

static void
micro_member(struct buf *b, const char *name, int64_t micro)
{
	build_name(b, name);
	decimal_add_micro(b, micro);
}

/* A price of the month, and what the proposal says where that is another. */
static int64_t
price_member(struct buf *b, const struct tariff *t, const char *name,
    int64_t written, int places)
{
	int64_t price = written;

	tariff_price(t, &price, places);
	micro_member(b, name, price);
	if (price != written)
		micro_member(b, "antes_do_reajuste", written);
	return price;
}

/* --------------------------------------------------------------- models */

static void
write_band(struct buf *b, const struct tariff *t, const struct band *band,
    const struct band_part *part)
{
	struct amount subtotal = { (wide)part->units * part->price +
		    (wide)part->fee * MICRO,
		(wide)MICRO * MICRO };

	build_open(b, '{');
	micro_member(b, "acima_de", part->from);
	if (part->until != OPEN_BAND)
		micro_member(b, "ate", part->until);
	micro_member(b, "quantidade", part->units);
	price_member(b, t, "preco_unitario", band->price, band->price_places);
	if (part->fee != 0)
		micro_member(b, "valor_fixo", part->fee);
	atto_member(b, "subtotal", to_atto(&subtotal));
	build_close(b, '}');
}

static void
write_bands(struct buf *b, const struct tariff *t, const struct figures *f)
{
	uint32_t count;
	const struct band *bands =
	    product_bands(t->proposal, t->product, &count);
	struct band_part part;

	if (count == 0)
		return;

	build_name(b, "faixas");
	build_open(b, '[');
	for (uint32_t i = 0; i < count; i++) {
		tariff_band(t, f, i, &part);
		if (part.reached)
			write_band(b, t, &bands[i], &part);
	}
	build_close(b, ']');
}

static void
write_days(struct buf *b, const struct tariff *t)
{
	int days, of_days;

	tariff_days(t, &days, &of_days);
	if (of_days == 1)
		return;
	build_name(b, "dias");
	build_integer(b, days);
	build_name(b, "dias_do_mes");
	build_integer(b, of_days);
}

static void
write_packs(struct buf *b, const struct tariff *t, const struct figures *f)
{
	micro_member(b, "tamanho",
	    product_number(t->proposal, t->product, SLOT_SIZE, 1));
	build_name(b, "pacotes");
	build_integer(b, tariff_packs(t, f));
}

/* What the model multiplied. */
static void
write_factors(struct buf *b, const struct tariff *t, const struct figures *f)
{
	const struct model *model = model_at(t->product->model);
	int64_t price = product_number(t->proposal, t->product, SLOT_PRICE, -1);
	const char *name = "preco_unitario";

	write_bands(b, t, f);
	if (t->product->present >> SLOT_SIZE & 1) {
		write_packs(b, t, f);
		name = "preco_pacote";
	}
	if (model->is_fixed)
		name = "valor_fixo";
	if (model->is_rate)
		micro_member(b, "aliquota", price);
	else if (price >= 0)
		price_member(b, t, name, price, t->product->price_places);
	if (model->is_fixed)
		write_days(b, t);
}

/* ---------------------------------------------------------------- lines */

static void
write_use(struct buf *b, const struct tariff *t, const struct figures *f)
{
	int64_t free =
	    product_number(t->proposal, t->product, SLOT_ALLOWANCE, 0);

	if (t->product->figure == 0)
		return;
	micro_member(b, "quantidade", f->quantity_micro);
	if (free == 0)
		return;
	micro_member(b, "franquia", free);
	micro_member(b, "cobrado", tariff_charged(t, f));
	if (t->product->flags & ALLOWANCE_IN_BANDS) {
		build_name(b, "franquia_consome_faixa");
		build_bool(b, true);
	}
}

/* From the exact value to the cents of the line, step by step. */
static int64_t
write_steps(struct buf *b, const struct tariff *t, const struct amount *value,
    int64_t percent_left)
{
	struct amount left = amount_discounted(value, percent_left);
	int64_t cap = tariff_cap_cents(t);
	int64_t cents = amount_round(value, percent_left, cap);
	wide before = to_atto(value), after = to_atto(&left);

	atto_member(b, "valor", before);
	if (percent_left != PERCENT_CENTS) {
		micro_member(b, "desconto_percentual",
		    (PERCENT_CENTS - percent_left) * MICRO_PER_CENT);
		atto_member(b, "desconto", after - before);
	}
	if (cap >= 0 && after > cap * ATTO_PER_CENT) {
		cents_member(b, "teto", cap);
		atto_member(b, "acima_do_teto", cap * ATTO_PER_CENT - after);
		return cents;
	}
	step_member(b, "arredondamento", cents * ATTO_PER_CENT - after);
	return cents;
}

/* What the month's cap took, and what is left. */
static void
write_end(struct buf *b, int64_t cents, int64_t left)
{
	if (left != cents)
		cents_member(b, "teto_mensal", left - cents);
	cents_member(b, "total", left);
	build_close(b, '}');
}

static void
write_complement(struct buf *b, const struct billing_line *line,
    const char *name, int64_t least, int64_t reached)
{
	build_open(b, '{');
	build_text_member(b, "nome", line->name);
	cents_member(b, name, least);
	cents_member(b, "alcancado", reached);
	write_end(b, least - reached, line->cents);
}

/* Gives how many lines it was: the product's, and one for its minimum. */
static size_t
write_product(struct buf *b, const struct memo *m, size_t i,
    const struct billing_line *lines)
{
	const struct product *product = &proposal_products(m->proposal)[i];
	const struct tariff t = { m->proposal, product, m->month };
	const struct model *model = model_at(product->model);
	int64_t cents, least = tariff_minimum_cents(&t);
	struct amount value = { 0, 1 };

	model->value(&t, &m->figures[i], &value);
	build_open(b, '{');
	build_text_member(
	    b, "produto", text_of(proposal_text(m->proposal, product->name)));
	build_text_member(b, "nome", lines[0].name);
	build_text_member(b, "modelo", text_of(model->name));
	write_use(b, &t, &m->figures[i]);
	write_factors(b, &t, &m->figures[i]);
	cents = write_steps(b, &t, &value, m->percent_left);
	write_end(b, cents, lines[0].cents);
	if (cents >= least)
		return 1;
	write_complement(b, &lines[1], "minimo", least, cents);
	return 2;
}

void
memo_write(struct buf *b, const struct consolidation *c)
{
	const struct memo *m = c->memo;
	char day[DAY_TEXT];
	size_t at = 0;

	day_format(proposal_from(m->proposal), day);
	build_open(b, '{');
	build_text_member(b, "vigencia", text_of(day));
	build_name(b, "linhas");
	build_open(b, '[');
	for (uint32_t i = 0; i < m->proposal->product_count; i++)
		at += write_product(b, m, i, c->lines + at);
	if (at < c->line_count)
		write_complement(b, &c->lines[at], "minimo_mensal",
		    c->total_cents, c->total_cents - c->lines[at].cents);
	build_close(b, ']');
	build_close(b, '}');
}

void
memo_write_plain(struct buf *b, const struct consolidation *c)
{
	build_open(b, '{');
	build_name(b, "linhas");
	build_open(b, '[');
	for (size_t i = 0; i < c->line_count; i++) {
		build_open(b, '{');
		build_text_member(b, "nome", c->lines[i].name);
		micro_member(b, "quantidade", c->lines[i].quantity_micro);
		cents_member(b, "total", c->lines[i].cents);
		build_close(b, '}');
	}
	build_close(b, ']');
	build_close(b, '}');
}

/* -------------------------------------------------------------- records */

static const char *const KEY[] = { "competencia", "empresaId", "numeroProposta",
	"valorTotal", NULL };

void
memo_write_record(struct buf *b, const struct billing_key *key,
    int64_t total_cents, struct text memo)
{
	build_open(b, '{');
	build_name(b, "memoria");
	build_open(b, '{');
	billing_key_write(b, key);
	cents_member(b, "valorTotal", total_cents);
	if (memo.len > 2) {
		buf_add_byte(b, ',');
		buf_add(b, memo.at + 1, memo.len - 2);
	}
	build_close(b, '}');
	build_close(b, '}');
}

void
memo_keep(struct buf *memo, struct value memoria)
{
	build_open(memo, '{');
	build_members_but(memo, memoria, KEY);
	build_close(memo, '}');
}

static enum status
read_line(struct value item, const struct billing_line *line, struct error *err)
{
	char path[PATH_TEXT];
	struct text name;
	int64_t cents;
	enum status s;

	if ((s = record_text(item, "nome", &name, err)) != DONE ||
	    (s = record_money(item, "total", &cents, err)) != DONE)
		return s;
	if (text_same(name, line->name) && cents == line->cents)
		return DONE;
	value_path(item, path, sizeof(path));
	return reject(err, "total_divergente",
	    "%s: is not the line of the stored consolidation", path);
}

enum status
memo_read(
    struct value memoria, const struct consolidation *c, struct error *err)
{
	struct value lines;
	struct each it;
	int64_t total;
	size_t i = 0;
	enum status s;

	if ((s = record_money(memoria, "valorTotal", &total, err)) != DONE ||
	    (s = record_array(memoria, "linhas", &lines, err)) != DONE)
		return s;
	if (total != c->total_cents || value_count(lines) != c->line_count)
		return reject(err, "total_divergente",
		    "memoria: its total or number of lines is not that of the "
		    "stored consolidation");
	for (it = value_each(lines); each_next(&it); i++)
		if ((s = read_line(it.at, &c->lines[i], err)) != DONE)
			return s;
	return DONE;
}
