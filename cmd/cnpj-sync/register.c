#include "cnpj-sync/register.h"

#include <stdlib.h>

#include "net/inanbetec.h"
#include "net/omie.h"

void
register_clear(struct register_ *r)
{
	free(r->items);
	free(r->by_id);
	free(r->by_document);
	free(r->by_omie_code);
	arena_clear(&r->texts);
	*r = (struct register_){ 0 };
}

void
register_add(struct register_ *r, const struct entry *e)
{
	struct entry kept = *e;

	kept.id = arena_text(&r->texts, e->id);
	kept.typed_document = arena_text(&r->texts, e->typed_document);
	kept.json = arena_text(&r->texts, e->json);
	if (r->count == r->room) {
		r->room = r->room ? r->room * 2 : 256;
		r->items = mem_realloc(r->items, r->room * sizeof(kept));
	}
	r->items[r->count++] = kept;
}

/* By omie_code in the end, so that messages name ids in one order. */
static int
by_code(const void *x, const void *y)
{
	const struct entry *a = *(const struct entry *const *)x;
	const struct entry *b = *(const struct entry *const *)y;

	if (a->omie_code != b->omie_code)
		return a->omie_code < b->omie_code ? -1 : 1;
	return text_order(a->id, b->id);
}

static int
by_id(const void *x, const void *y)
{
	const struct entry *a = *(const struct entry *const *)x;
	const struct entry *b = *(const struct entry *const *)y;
	int order = text_order(a->id, b->id);

	return order != 0 ? order : by_code(x, y);
}

static int
by_document(const void *x, const void *y)
{
	const struct entry *a = *(const struct entry *const *)x;
	const struct entry *b = *(const struct entry *const *)y;
	int order = strcmp(a->document, b->document);

	return order != 0 ? order : by_code(x, y);
}

static const struct entry **
sorted(const struct register_ *r, int (*order)(const void *, const void *))
{
	const struct entry **list =
	    mem_alloc((r->count + 1) * sizeof(struct entry *));

	for (size_t i = 0; i < r->count; i++)
		list[i] = &r->items[i];
	qsort(list, r->count, sizeof(*list), order);
	return list;
}

void
register_sort(struct register_ *r)
{
	free(r->by_id);
	free(r->by_document);
	free(r->by_omie_code);
	r->by_id = sorted(r, by_id);
	r->by_document = sorted(r, by_document);
	r->by_omie_code = sorted(r, by_code);
}

typedef int (*compare_fn)(const struct entry *e, const void *key);

/* Where the first entry that is not before the key stands. */
static size_t
find(const struct register_ *r, const struct entry **list, compare_fn compare,
    const void *key)
{
	size_t low = 0, high = r->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(list[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
compare_id(const struct entry *e, const void *key)
{
	return text_order(e->id, *(const struct text *)key);
}

static int
compare_code(const struct entry *e, const void *key)
{
	int64_t code = *(const int64_t *)key;

	return e->omie_code < code ? -1 : e->omie_code > code;
}

static int
compare_document(const struct entry *e, const void *key)
{
	return strcmp(e->document, key);
}

const struct entry *
register_by_id(const struct register_ *r, struct text id)
{
	size_t at = find(r, r->by_id, compare_id, &id);

	return at < r->count && text_same(r->by_id[at]->id, id) ? r->by_id[at]
								: NULL;
}

const struct entry *
register_by_omie_code(const struct register_ *r, int64_t omie_code)
{
	size_t at = find(r, r->by_omie_code, compare_code, &omie_code);

	return at < r->count && r->by_omie_code[at]->omie_code == omie_code
	    ? r->by_omie_code[at]
	    : NULL;
}

const struct entry *const *
register_by_document(
    const struct register_ *r, const char *document, size_t *count)
{
	size_t at = find(r, r->by_document, compare_document, document);

	*count = 0;
	while (at + *count < r->count &&
	    strcmp(r->by_document[at + *count]->document, document) == 0)
		++*count;
	return r->by_document + at;
}

/* --------------------------------------------------------------- entries */

static void
read_document(struct entry *e, struct value document)
{
	e->typed_document = value_text(document);
	if (cnpj_read(e->typed_document, e->document) != CNPJ_OK)
		e->document[0] = '\0';
}

void
entry_of_customer(struct entry *out, struct value customer)
{
	*out = (struct entry){
		.id = value_text(
		    value_member(customer, "codigo_cliente_integracao")),
		.omie_code =
		    omie_id(value_member(customer, "codigo_cliente_omie")),
		.inactive =
		    value_is_text(value_member(customer, "inativo"), "S"),
		.blocked = value_is_text(
		    value_member(customer, "bloquear_faturamento"), "S"),
		.json = value_raw(customer),
	};
	read_document(out, value_member(customer, "cnpj_cpf"));
}

void
entry_of_company(struct entry *out, struct value company)
{
	struct value active = value_member(company, "ativo");

	*out = (struct entry){
		.id = inanbetec_id(company),
		.omie_code = omie_id(value_member(company, "codigoOmie")),
		.inactive =
		    value_kind(active) == IS_BOOL && !value_is_true(active),
		.json = value_raw(company),
	};
	read_document(out, value_member(company, "cnpj"));
}
