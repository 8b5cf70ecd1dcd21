/* What both registers hold, listed once and matched here. */
#include <stdio.h>
#include <stdlib.h>

#include "cnpj-sync/step.h"
#include "core/civil.h"
#include "core/ndjson.h"
#include "net/omie_pages.h"

enum { CODES_PER_CALL = 100, OVERLAP_MS = 300000 };

static int64_t
customer_id(struct value customer)
{
	return omie_id(value_member(customer, "codigo_cliente_omie"));
}

static enum status
take_customer(struct value customer, void *ctx, struct error *err)
{
	struct entry e;

	(void)err;
	entry_of_customer(&e, customer);
	register_add(ctx, &e);
	return DONE;
}

static enum status
list_customers(
    struct run *run, const char *also, struct register_ *out, struct error *err)
{
	const struct omie_listing listing = { OMIE_CLIENTES, "ListarClientes",
		"clientes_cadastro", customer_id };

	int64_t began = clock_monotonic_ms();
	enum status s =
	    omie_list(run->omie, &listing, also, take_customer, out, err);

	run->listing_ms = clock_monotonic_ms() - began;
	return s;
}

enum status
need_customers(struct run *run, struct error *err)
{
	const struct clock real = { 0 };
	enum status s;

	if (run->has_customers)
		return DONE;
	if ((s = commit(run, err)) != DONE ||
	    (s = wait_for_open(run, err)) != DONE)
		return s;
	run->listed_at = clock_now(&real);
	register_clear(&run->customers);
	if ((s = list_customers(run, NULL, &run->customers, err)) != DONE)
		return s;
	register_sort(&run->customers);
	run->has_customers = true;
	return DONE;
}

static enum status
take_company(struct value company, void *ctx, struct error *err)
{
	struct entry e;

	(void)err;
	entry_of_company(&e, company);
	register_add(ctx, &e);
	return DONE;
}

/* One that moved between pages while they were read came twice. */
static void
drop_repeated(struct register_ *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct entry *e = r->by_id[i];

		if (i == 0 || !text_same(e->id, r->by_id[i - 1]->id))
			r->by_id[kept++] = e;
	}
	if (kept == r->count)
		return;
	struct register_ once = { 0 };
	for (size_t i = 0; i < kept; i++)
		register_add(&once, r->by_id[i]);
	register_clear(r);
	*r = once;
	register_sort(r);
}

enum status
need_companies(struct run *run, struct error *err)
{
	enum status s;

	if (run->has_companies)
		return DONE;
	if ((s = commit(run, err)) != DONE)
		return s;
	register_clear(&run->companies);
	s = inanbetec_list(run->inanbetec, take_company, &run->companies, err);
	if (s != DONE)
		return s;
	register_sort(&run->companies);
	drop_repeated(&run->companies);
	run->has_companies = true;
	return DONE;
}

enum status
fetch_company(struct run *run, struct text id, struct entry *out, bool *found,
    struct error *err)
{
	struct value company;
	enum status s;

	if ((s = commit(run, err)) != DONE)
		return s;
	s = inanbetec_get(run->inanbetec, id, run->answer, &company, err);
	*found = s == DONE && value_kind(company) != ABSENT;
	if (!*found)
		return s;
	entry_of_company(out, company);
	out->id = arena_text(&run->scratch, out->id);
	out->typed_document = arena_text(&run->scratch, out->typed_document);
	out->json = arena_text(&run->scratch, out->json);
	return DONE;
}

struct counted {
	int64_t omie_code; /* 0: any */
	size_t count;
};

static enum status
count_company(struct value company, void *ctx, struct error *err)
{
	struct counted *c = ctx;
	struct entry e;

	(void)err;
	entry_of_company(&e, company);
	c->count += c->omie_code == 0 || c->omie_code == e.omie_code;
	return DONE;
}

enum status
companies_with(struct run *run, const char *cnpj, int64_t omie_code,
    size_t *count, struct error *err)
{
	struct counted c = { .omie_code = omie_code };
	const struct entry *const *found;
	size_t all;
	enum status s = DONE;

	if (run->has_companies) {
		found = register_by_document(&run->companies, cnpj, &all);
		for (size_t i = 0; i < all; i++)
			c.count +=
			    omie_code == 0 || found[i]->omie_code == omie_code;
	} else if ((s = commit(run, err)) == DONE) {
		s = inanbetec_search(
		    run->inanbetec, cnpj, count_company, &c, err);
	}
	*count = c.count;
	return s;
}

/* --------------------------------------------------------------- changes */

/* `dd/mm/aaaa` and `hh:mm:ss` as Omie's own clock shows them, as ms without a
 * zone: what is compared and asked for is always its clock. 0: none. */
static instant_ms
change_of(struct value customer)
{
	struct value info = value_member(customer, "info");
	struct text date = value_text(value_member(info, "dAlt"));
	struct text time = value_text(value_member(info, "hAlt"));
	int d, m, y, h = 0, min = 0, s = 0;
	char text[24];

	if (date.len != 10 || time.len > 8)
		return 0;
	snprintf(
	    text, sizeof(text), "%.10s %.*s", date.at, (int)time.len, time.at);
	if (sscanf(text, "%2d/%2d/%4d %2d:%2d:%2d", &d, &m, &y, &h, &min, &s) <
	    3)
		return 0;
	return days_since_epoch((struct day){ y, m, d }) * MS_PER_DAY +
	    ((h * 60 + min) * 60 + s) * INT64_C(1000);
}

/* The newest change that was told. */
static instant_ms
newest_change(const struct register_ *customers)
{
	struct record *rec = record_new();
	instant_ms newest = 0, at;
	struct error ignored;

	for (size_t i = 0; i < customers->count; i++) {
		if (ndjson_parse(rec, customers->items[i].json, &ignored) !=
		    DONE)
			continue;
		at = change_of(record_root(rec));
		newest = at > newest ? at : newest;
	}
	record_free(rec);
	return newest;
}

/* One that changed while the listing went on may have been on an earlier page,
 * by Omie's clock after the listing began. */
instant_ms
read_up_to(const struct run *run, const struct register_ *customers)
{
	instant_ms newest = newest_change(customers);

	return newest > run->listing_ms ? newest - run->listing_ms : 0;
}

/* Customers that are to be looked at although they did not change. */
struct codes {
	const struct register_ *changed;
	int64_t *items;
	size_t count, room;
};

static enum status
add_code(int64_t omie_code, void *ctx, struct error *err)
{
	struct codes *c = ctx;

	(void)err;
	if (register_by_omie_code(c->changed, omie_code) != NULL)
		return DONE;
	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : CODES_PER_CALL;
		c->items = mem_realloc(c->items, c->room * sizeof(*c->items));
	}
	c->items[c->count++] = omie_code;
	return DONE;
}

static enum status
list_codes(struct run *run, const int64_t *codes, size_t count,
    struct register_ *out, struct error *err)
{
	struct buf also = BUF_INIT;
	enum status s;

	buf_add_str(&also, "\"clientesPorCodigo\":");
	build_open(&also, '[');
	for (size_t i = 0; i < count; i++) {
		build_open(&also, '{');
		build_name(&also, "codigo_cliente_omie");
		build_integer(&also, codes[i]);
		build_close(&also, '}');
	}
	build_close(&also, ']');
	s = list_customers(run, buf_cstr(&also), out, err);
	buf_clear(&also);
	return s;
}

/* They may not have changed, and are reported all the same. */
static enum status
list_conflicts(struct run *run, struct register_ *out, struct error *err)
{
	struct codes c = { .changed = out };
	size_t done = 0, count;
	enum status s;

	register_sort(out);
	s = sync_each_conflict(
	    run->store, text_of(run->account), add_code, &c, err);
	for (; s == DONE && done < c.count; done += count) {
		count = c.count - done;
		if (count > CODES_PER_CALL)
			count = CODES_PER_CALL;
		s = list_codes(run, c.items + done, count, out, err);
	}
	free(c.items);
	return s;
}

static void
add_date(struct buf *b, const char *name, instant_ms at)
{
	struct day day = day_of_epoch(at / MS_PER_DAY);

	build_name(b, name);
	buf_printf(b, "\"%02d/%02d/%04d\"", day.day, day.month, day.year);
}

enum status
list_changed(struct run *run, struct register_ *out, instant_ms since,
    instant_ms *up_to, struct error *err)
{
	instant_ms from = since - OVERLAP_MS, hour = from % MS_PER_DAY / 1000;
	struct buf also = BUF_INIT;
	struct day today;
	enum status s;

	if ((s = wait_for_open(run, err)) != DONE ||
	    (s = clock_today(&run->filter->clock, &today, err)) != DONE)
		return s;
	buf_add_str(&also, "\"filtrar_apenas_alteracao\":\"S\"");
	add_date(&also, "filtrar_por_data_de", from);
	build_name(&also, "filtrar_por_hora_de");
	buf_printf(&also, "\"%02d:%02d:%02d\"", (int)(hour / 3600),
	    (int)(hour / 60 % 60), (int)(hour % 60));
	/* The whole of tomorrow: Omie's clock need not be ours. */
	add_date(&also, "filtrar_por_data_ate",
	    (days_since_epoch(today) + 1) * MS_PER_DAY);
	s = list_customers(run, buf_cstr(&also), out, err);
	buf_clear(&also);
	*up_to = read_up_to(run, out);
	if (*up_to < since)
		*up_to = since;
	return s == DONE ? list_conflicts(run, out, err) : s;
}
