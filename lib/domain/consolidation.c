#include "domain/consolidation.h"

#include "domain/money.h"

enum { REVISION_MAX = 1000000 };

static const char *const status_names[] = {
	[CONSOLIDATION_PROCESSING] = "processing",
	[CONSOLIDATION_COMPLETED] = "completed",
	[CONSOLIDATION_READY_TO_SEND] = "ready_to_send",
	[CONSOLIDATION_SENT] = "sent",
	[CONSOLIDATION_ERROR] = "error",
};

enum { STATUS_COUNT = sizeof(status_names) / sizeof(status_names[0]) };

const char *
consolidation_status_name(enum consolidation_status s)
{
	return status_names[s];
}

int
consolidation_status_read(struct text name)
{
	for (int i = 0; i < STATUS_COUNT; i++)
		if (text_is(name, status_names[i]))
			return i;
	return -1;
}

enum status
record_status(
    struct value object, enum consolidation_status *out, struct error *err)
{
	struct text name;
	enum status s = record_text(object, "status", &name, err);
	int found;

	if (s != DONE)
		return s;
	if ((found = consolidation_status_read(name)) < 0)
		return value_reject(value_member(object, "status"), err,
		    "must be processing, completed, ready_to_send, sent or "
		    "error");
	*out = (enum consolidation_status)found;
	return DONE;
}

enum status
billing_key_read(
    struct value object, struct billing_key *out, struct error *err)
{
	struct text month;
	enum status s = record_text(object, "competencia", &month, err);

	if (s != DONE)
		return s;
	if ((out->month = competencia_read(month)) == 0)
		return value_reject(value_member(object, "competencia"), err,
		    "must be a month, like 2026-01");
	s = record_identifier(object, "empresaId", &out->empresa_id, err);
	if (s != DONE)
		return s;
	return record_identifier(object, "numeroProposta", &out->proposta, err);
}

void
billing_key_write(struct buf *b, const struct billing_key *key)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(key->month, month);
	build_text_member(b, "competencia", text_of(month));
	build_text_member(b, "empresaId", key->empresa_id);
	build_text_member(b, "numeroProposta", key->proposta);
}

static enum status
read_line(struct value v, struct billing_line *line, struct error *err)
{
	enum status s;

	if (value_kind(v) != IS_OBJECT)
		return value_reject(v, err, "must be an object");
	if ((s = record_text(v, "nome", &line->name, err)) != DONE)
		return s;
	s = record_quantity(v, "quantidade", &line->quantity_micro, err);
	if (s != DONE)
		return s;
	return record_money(v, "valor", &line->cents, err);
}

static enum status
refuse_sum(struct value data, wide sum, int64_t total, struct error *err)
{
	struct buf b = BUF_INIT;
	char path[80];

	value_path(data, path, sizeof(path));
	buf_add_str(&b, "the produtos add up to ");
	/* Beyond all reason: cut, it only has to differ from the total. */
	money_add(&b, sum > INT64_MAX ? INT64_MAX : (int64_t)sum);
	buf_add_str(&b, ", valorTotal is ");
	money_add(&b, total);
	reject(err, "soma_divergente", "%s: %s", path, buf_cstr(&b));
	buf_clear(&b);
	return SOME_REJECTED;
}

static enum status
read_lines(struct value data, struct consolidation *out, struct arena *arena,
    struct error *err)
{
	struct billing_line *lines;
	struct value produtos;
	struct each it;
	wide sum = 0;
	enum status s = record_array(data, "produtos", &produtos, err);

	if (s != DONE)
		return s;
	lines =
	    arena_alloc(arena, (value_count(produtos) + 1) * sizeof(*lines));
	out->lines = lines;
	out->line_count = 0;
	for (it = value_each(produtos); each_next(&it);) {
		if ((s = read_line(it.at, lines, err)) != DONE)
			return s;
		sum += lines++->cents;
		out->line_count++;
	}
	if (sum != out->total_cents)
		return refuse_sum(data, sum, out->total_cents, err);
	return DONE;
}

static enum status
read_revision(struct value data, int64_t *revision, struct error *err)
{
	*revision = 1;
	if (value_is_empty(value_member(data, "revisao")))
		return DONE;
	return record_integer(data, "revisao", 1, REVISION_MAX, revision, err);
}

enum status
consolidation_read(struct value consolidacao_data, struct consolidation *out,
    struct arena *arena, struct error *err)
{
	enum status s;

	if (value_is_empty(consolidacao_data))
		return reject(
		    err, "campo_ausente", "consolidacaoData is missing");
	if (value_kind(consolidacao_data) != IS_OBJECT)
		return value_reject(
		    consolidacao_data, err, "must be an object");
	out->source = consolidacao_data;
	out->memo = NULL;
	if ((s = billing_key_read(consolidacao_data, &out->key, err)) != DONE)
		return s;
	s = record_money(
	    consolidacao_data, "valorTotal", &out->total_cents, err);
	if (s != DONE)
		return s;
	if ((s = record_status(consolidacao_data, &out->status, err)) != DONE)
		return s;
	s = read_revision(consolidacao_data, &out->revision, err);
	if (s != DONE)
		return s;
	return read_lines(consolidacao_data, out, arena, err);
}

/* `source`: the same line as it was read, absent when it was priced. */
static void
write_line(struct buf *b, const struct billing_line *line, struct value source)
{
	static const char *const own[] = { "nome", "quantidade", "valor",
		NULL };

	build_open(b, '{');
	build_text_member(b, "nome", line->name);
	build_name(b, "quantidade");
	decimal_add_micro(b, line->quantity_micro);
	build_name(b, "valor");
	money_add(b, line->cents);
	build_members_but(b, source, own);
	build_close(b, '}');
}

static void
write_lines(struct buf *b, const struct consolidation *c)
{
	struct each it = value_each(value_member(c->source, "produtos"));

	build_name(b, "produtos");
	build_open(b, '[');
	for (size_t i = 0; i < c->line_count; i++)
		write_line(b, &c->lines[i], each_next(&it) ? it.at : NO_VALUE);
	build_close(b, ']');
}

void
consolidation_write_content(struct buf *b, const struct consolidation *c)
{
	static const char *const own[] = { "competencia", "empresaId",
		"numeroProposta", "valorTotal", "produtos", "status", "revisao",
		NULL };

	build_open(b, '{');
	billing_key_write(b, &c->key);
	build_name(b, "valorTotal");
	money_add(b, c->total_cents);
	write_lines(b, c);
	build_members_but(b, c->source, own);
	build_close(b, '}');
}

/* Reopens the object that was just closed, for the members at its end. */
static void
add_state(struct buf *b, enum consolidation_status status, int64_t revision)
{
	if (b->len > 0 && !b->overflown)
		b->len--;
	build_text_member(b, "status", text_of(status_names[status]));
	if (revision > 1) {
		build_name(b, "revisao");
		build_integer(b, revision);
	}
	build_close(b, '}');
}

void
consolidation_write(struct buf *b, const struct consolidation *c)
{
	consolidation_write_content(b, c);
	add_state(b, c->status, c->revision);
}

void
consolidation_write_stored(struct buf *b, struct text content,
    enum consolidation_status status, int64_t revision)
{
	build_raw(b, content);
	add_state(b, status, revision);
}

void
consolidation_write_event(struct buf *b, struct text content,
    enum consolidation_status status, int64_t revision, struct text extra)
{
	build_open(b, '{');
	build_name(b, "consolidacaoData");
	consolidation_write_stored(b, content, status, revision);
	if (extra.len > 2) {
		buf_add_byte(b, ',');
		buf_add(b, extra.at + 1, extra.len - 2);
	}
	build_close(b, '}');
}
