/*
 * What a document holds, collection by collection. The record itself stays the
 * text it is: its numbers keep their digits, and its names may be anything,
 * `$`, dots and the words of Extended JSON too. What other readers want beside
 * it (amounts, dates, products) are members of their own.
 */
#include <stddef.h>

#include "core/ndjson.h"
#include "store/mongo.h"

#define COLUMN(name, kind, member) \
	{ \
		name, kind, offsetof(struct mongo_row, member) \
	}

static const struct mongo_column VOLUMETRIA[] = {
	COLUMN("registro", MONGO_TEXT, doc),
};

static const struct mongo_column CONSOLIDACOES[] = {
	COLUMN("status", MONGO_TEXT, status),
	COLUMN("revisao", MONGO_NUMBER, revision),
	COLUMN("valorTotalCentavos", MONGO_NUMBER, total_cents),
	COLUMN("conteudo", MONGO_TEXT, doc),
	COLUMN("extra", MONGO_TEXT, extra),
	COLUMN("memoria", MONGO_TEXT, memo),
};

static const struct mongo_column CONTRATOS[] = {
	COLUMN("cCodIntCtr", MONGO_TEXT, code),
	COLUMN("nCodCtr", MONGO_NUMBER, nCodCtr),
	COLUMN("valorTotalCentavos", MONGO_NUMBER, total_cents),
	COLUMN("registro", MONGO_TEXT, doc),
};

static const struct mongo_column EMPRESAS[] = {
	COLUMN("cnpj", MONGO_TEXT, cnpj),
	COLUMN("codigoClienteOmie", MONGO_NUMBER, omie_code),
	COLUMN("registro", MONGO_TEXT, doc),
};

static const struct mongo_column PROPOSTAS[] = {
	COLUMN("fim", MONGO_TEXT, until),
	COLUMN("registro", MONGO_TEXT, doc),
};

#define COLUMNS(of) \
	.columns = (of), .column_count = sizeof(of) / sizeof((of)[0])

const struct mongo_shape MONGO_SHAPES[MONGO_KEPT] = {
	[MONGO_VOLUMETRIA] = { { "competencia", "empresaId" }, 2, 2,
	    COLUMNS(VOLUMETRIA) },
	[MONGO_CONSOLIDACOES] = { { "competencia", "empresaId",
				      "numeroProposta" },
	    3, 2, COLUMNS(CONSOLIDACOES) },
	[MONGO_CONTRATOS] = { { "competencia", "empresaId", "numeroProposta" },
	    3, 2, COLUMNS(CONTRATOS) },
	[MONGO_EMPRESAS] = { { "empresaId" }, 1, 1, COLUMNS(EMPRESAS) },
	[MONGO_PROPOSTAS] = { { "empresaId", "numeroProposta", "inicio" }, 3, 1,
	    COLUMNS(PROPOSTAS) },
};

const char *const MONGO_NAMES[MONGO_PLACES] = {
	[MONGO_VOLUMETRIA] = "volumetria",
	[MONGO_CONSOLIDACOES] = "consolidacoes",
	[MONGO_CONTRATOS] = "contratos",
	[MONGO_EMPRESAS] = "empresas",
	[MONGO_PROPOSTAS] = "propostas",
	[MONGO_PROPOSTAS_ANTIGAS] = "propostas_antigas",
	[MONGO_LANCAMENTOS] = "lancamentos",
	[MONGO_SINCRONIZACOES] = "sincronizacoes",
	[MONGO_SITUACOES] = "situacoes",
	[MONGO_POSICOES] = "posicoes",
	[MONGO_COMUNS] = "comuns",
	[MONGO_ESQUEMA] = "esquema",
	[MONGO_CONSOLIDACOES_ANTIGAS] = "consolidacoes_antigas",
	[MONGO_EMPRESAS_ANTIGAS] = "empresas_antigas",
};

static struct text *
text_at(const struct mongo_row *row, const struct mongo_column *c)
{
	return (struct text *)((char *)(uintptr_t)row + c->offset);
}

static int64_t *
number_at(const struct mongo_row *row, const struct mongo_column *c)
{
	return (int64_t *)(void *)((char *)(uintptr_t)row + c->offset);
}

/* ----------------------------------------------------------------- keys */

static size_t
escaped_length(struct text t)
{
	size_t i, len = t.len;

	for (i = 0; i < t.len; i++)
		if (t.at[i] == '/' || t.at[i] == '%')
			len += 2;
	return len;
}

static char *
escape(char *to, struct text t)
{
	size_t i;

	for (i = 0; i < t.len; i++) {
		if (t.at[i] != '/' && t.at[i] != '%') {
			*to++ = t.at[i];
			continue;
		}
		*to++ = '%';
		*to++ = '2';
		*to++ = t.at[i] == '/' ? 'F' : '5';
	}
	return to;
}

struct text
mongo_id(struct arena *a, const struct text *parts, int count)
{
	size_t len = (size_t)count - 1;
	char *start, *to;
	int i;

	for (i = 0; i < count; i++)
		len += escaped_length(parts[i]);
	start = to = arena_alloc(a, len);
	for (i = 0; i < count; i++) {
		if (i > 0)
			*to++ = '/';
		to = escape(to, parts[i]);
	}
	return (struct text){ start, len };
}

/* ----------------------------------------------------------------- rows */

/* The member `name`, wherever it stands: mostly behind the one before. */
static bool
find_next(bson_iter_t *it, const bson_t *doc, const char *name)
{
	return bson_iter_find(it, name) || bson_iter_init_find(it, doc, name);
}

static bool
read_text(bson_iter_t *it, struct arena *a, struct text *out)
{
	struct text t;
	uint32_t len;

	if (!BSON_ITER_HOLDS_UTF8(it))
		return false;
	t.at = bson_iter_utf8(it, &len);
	t.len = len;
	*out = arena_text(a, t);
	return true;
}

bool
mongo_row_read(struct arena *a, const struct mongo_shape *shape,
    const bson_t *doc, struct mongo_row *row)
{
	const struct mongo_column *c = shape->columns;
	bson_iter_t it;
	int part;

	*row = (struct mongo_row){ 0 };
	if (!bson_iter_init(&it, doc))
		return false;
	for (part = 0; part < shape->parts; part++)
		if (!find_next(&it, doc, shape->part[part]) ||
		    !read_text(&it, a, &row->part[part]) ||
		    row->part[part].len == 0)
			return false;
	for (; c < shape->columns + shape->column_count; c++) {
		if (!find_next(&it, doc, c->name))
			return false;
		if (c->kind == MONGO_NUMBER && BSON_ITER_HOLDS_NUMBER(&it))
			*number_at(row, c) = bson_iter_as_int64(&it);
		else if (c->kind == MONGO_NUMBER ||
		    !read_text(&it, a, text_at(row, c)))
			return false;
	}
	return true;
}

bool
mongo_row_same(const struct mongo_shape *shape, const struct mongo_row *a,
    const struct mongo_row *b)
{
	size_t i;

	for (i = 0; i < shape->column_count; i++) {
		const struct mongo_column *c = &shape->columns[i];
		if (c->kind == MONGO_TEXT
			? !text_same(*text_at(a, c), *text_at(b, c))
			: *number_at(a, c) != *number_at(b, c))
			return false;
	}
	return true;
}

void
mongo_parts_write(
    const struct mongo_shape *shape, const struct text *parts, bson_t *doc)
{
	int part;

	for (part = 0; part < shape->parts; part++)
		mongo_add_text(doc, shape->part[part], parts[part]);
}

/* ---------------------------------------------------- for other readers */

/* {"nome":..., "quantidade":..., "valor":...}: as near as a double comes. */
static void
write_product(struct value product, bson_t *out)
{
	struct text name = value_text(value_member(product, "nome"));
	struct value quantity = value_member(product, "quantidade");
	struct value amount = value_member(product, "valor");

	mongo_add_text(out, "nome", name);
	if (value_kind(quantity) == IS_NUMBER)
		bson_append_double(out, "quantidade", -1,
		    strtod(value_raw(quantity).at, NULL));
	if (value_kind(amount) == IS_NUMBER)
		bson_append_double(
		    out, "valor", -1, strtod(value_raw(amount).at, NULL));
}

static void
write_products(struct mongo_store *s, struct text content, bson_t *doc)
{
	struct error ignored;
	bson_t list, product;
	char room[16];
	const char *index;
	struct each it;
	uint32_t i = 0;

	if (ndjson_parse(s->rec, content, &ignored) != DONE)
		return;
	bson_append_array_begin(doc, "produtos", -1, &list);
	for (it = value_each(value_member(record_root(s->rec), "produtos"));
	     each_next(&it); i++) {
		bson_uint32_to_string(i, &index, room, sizeof(room));
		bson_append_document_begin(&list, index, -1, &product);
		write_product(it.at, &product);
		bson_append_document_end(&list, &product);
	}
	bson_append_array_end(doc, &list);
}

void
mongo_row_write(struct mongo_store *s, enum mongo_place where,
    const struct mongo_row *row, bson_t *doc)
{
	const struct mongo_shape *shape = &MONGO_SHAPES[where];
	size_t i;

	for (i = 0; i < shape->column_count; i++) {
		const struct mongo_column *c = &shape->columns[i];
		if (c->kind == MONGO_TEXT)
			mongo_add_text(doc, c->name, *text_at(row, c));
		else
			mongo_add_number(doc, c->name, *number_at(row, c));
	}
	if (where == MONGO_CONSOLIDACOES || where == MONGO_CONTRATOS)
		bson_append_double(
		    doc, "valorTotal", -1, (double)row->total_cents / 100);
	if (where == MONGO_CONSOLIDACOES)
		write_products(s, row->doc, doc);
}
