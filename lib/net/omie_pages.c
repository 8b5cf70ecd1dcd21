/* Listings: pages are counted by what Omie says, records by what came. */
#include "net/omie_pages.h"

#include <stdlib.h>

enum { PAGE_SIZE = 100, PASSES = 3, LAST_PAGE = 1000000 };

/* Ids that came, by open addressing; 0 is a free place. */
struct ids {
	int64_t *slots;
	size_t count, size;
};

/* One listing on its way. */
struct reading {
	struct omie *omie;
	const struct omie_listing *listing;
	const char *filter;
	omie_listed_fn each;
	void *ctx;
	struct record *answer;
	int64_t pages, total; /* as last said; 0: not said */
	struct ids seen;      /* in all passes */
};

static size_t
place_of(const struct ids *s, int64_t id)
{
	size_t i =
	    (size_t)((uint64_t)id * UINT64_C(11400714819323198485) >> 20);

	for (i &= s->size - 1; s->slots[i] != 0 && s->slots[i] != id;)
		i = (i + 1) & (s->size - 1);
	return i;
}

static void
grow(struct ids *s)
{
	struct ids grown = { .count = s->count,
		.size = s->size ? s->size * 2 : 1024 };
	size_t i;

	grown.slots = mem_zalloc(grown.size * sizeof(*grown.slots));
	for (i = 0; i < s->size; i++)
		if (s->slots[i] != 0)
			grown.slots[place_of(&grown, s->slots[i])] =
			    s->slots[i];
	free(s->slots);
	*s = grown;
}

/* False: it came before. */
static bool
is_new(struct ids *s, int64_t id)
{
	size_t i;

	if (s->count * 2 >= s->size)
		grow(s);
	i = place_of(s, id);
	if (s->slots[i] == id)
		return false;
	s->slots[i] = id;
	s->count++;
	return true;
}

static enum status
refuse_page(const struct reading *r, int64_t page,
    const struct omie_fault *fault, struct error *err)
{
	return fail(err, TRY_LATER, "Omie %s, page %lld: HTTP %ld %s%s%s",
	    r->listing->method, (long long)page, fault->http_status,
	    fault->code, fault->code[0] != '\0' ? ": " : "", fault->text);
}

static enum status
take_record(struct reading *r, struct value record, struct error *err)
{
	int64_t id = r->listing->id(record);

	if (id == 0)
		return fail(err, TRY_LATER, "Omie %s: a record without its id",
		    r->listing->method);
	return is_new(&r->seen, id) ? r->each(record, r->ctx, err) : DONE;
}

static enum status
take_page(struct reading *r, int64_t page, struct error *err)
{
	struct value root = record_root(r->answer);
	struct value records = value_member(root, r->listing->array);
	struct each it;
	enum status s;

	if (value_kind(records) != IS_ARRAY)
		return fail(err, TRY_LATER,
		    "Omie %s, page %lld: the answer has no %s",
		    r->listing->method, (long long)page, r->listing->array);
	r->pages = omie_id(value_member(root, "total_de_paginas"));
	r->total = omie_id(value_member(root, "total_de_registros"));
	/* Half a listing must not pass for a whole one. */
	if (value_count(records) > 0 && (r->pages == 0 || r->total == 0))
		return fail(err, TRY_LATER,
		    "Omie %s, page %lld: the answer says not how many there "
		    "are",
		    r->listing->method, (long long)page);
	for (it = value_each(records); each_next(&it);)
		if ((s = take_record(r, it.at, err)) != DONE)
			return s;
	return DONE;
}

static enum status
ask_page(struct reading *r, int64_t page, bool *more, struct error *err)
{
	struct omie_fault fault = { 0 };
	struct buf params = BUF_INIT;
	enum status s;

	build_open(&params, '{');
	build_name(&params, "pagina");
	build_integer(&params, page);
	build_name(&params, "registros_por_pagina");
	build_integer(&params, PAGE_SIZE);
	if (r->filter != NULL) {
		buf_add_byte(&params, ',');
		buf_add_str(&params, r->filter);
	}
	build_close(&params, '}');
	s = omie_call(r->omie, r->listing->service, r->listing->method, false,
	    buf_text(&params), r->answer, &fault, err);
	buf_clear(&params);
	*more = false;
	if (s != DONE)
		return s;
	/* No page, or none any more: the list has become shorter. */
	if (fault.verdict == OMIE_NOTHING) {
		r->total = page == 1 ? 0 : r->total;
		return DONE;
	}
	if (fault.verdict != OMIE_OK)
		return refuse_page(r, page, &fault, err);
	s = take_page(r, page, err);
	*more = page < r->pages && page < LAST_PAGE;
	return s;
}

static enum status
read_pages(struct reading *r, struct error *err)
{
	bool more = true;
	enum status s = DONE;
	int64_t page;

	for (page = 1; s == DONE && more; page++)
		s = ask_page(r, page, &more, err);
	return s;
}

enum status
omie_list(struct omie *o, const struct omie_listing *listing,
    const char *filter, omie_listed_fn each, void *ctx, struct error *err)
{
	struct reading r = { .omie = o,
		.listing = listing,
		.filter = filter,
		.each = each,
		.ctx = ctx,
		.answer = record_new() };
	enum status s = DONE;
	int pass;

	/* A record that moves to a page already read is found again, or more
	 * are seen than there are any more: both are good. */
	for (pass = 1; s == DONE; pass++) {
		if ((s = read_pages(&r, err)) != DONE ||
		    (int64_t)r.seen.count >= r.total)
			break;
		if (pass == PASSES)
			s = fail(err, TRY_LATER,
			    "Omie %s: %zu of %lld records seen in %d passes, "
			    "they move while they are listed",
			    listing->method, r.seen.count, (long long)r.total,
			    PASSES);
	}
	record_free(r.answer);
	free(r.seen.slots);
	return s;
}
