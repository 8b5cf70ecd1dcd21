/* Pages (2.2, 5.3, 6) and date filters (4.4, 5.3). */
#include <stdio.h>
#include <string.h>

#include "sim/omie-sim/sim.h"

/* 6 [R,D]: two dialects, not interchangeable: wrong names give 5001. */
const struct dialect dialect_pagina = { "pagina", "registros_por_pagina",
	"pagina", "total_de_paginas", "registros", "total_de_registros" };
const struct dialect dialect_n_pagina = { "nPagina", "nRegPorPagina", "nPagina",
	"nTotPaginas", "nRegistros", "nTotRegistros" };

/* What a listing gives that doesn't say a size: [I]. */
enum { USUAL_SIZE = 50 };

/* 2.2: the cap is silent and the totals are recomputed for it [R]; how high it
 * is, is [?]: --page-cap. */
static int64_t
effective_size(const struct call *c, int64_t asked)
{
	int64_t cap = c->sim->set->page_cap;

	if (asked <= 0)
		asked = USUAL_SIZE;
	return cap > 0 && asked > cap ? cap : asked;
}

bool
page_open(struct call *c, const struct dialect *d, struct value asked,
    size_t matches, struct page *out)
{
	int64_t size = effective_size(c, member_integer(asked, d->size));
	int64_t number = member_integer(asked, d->page);
	int64_t pages = ((int64_t)matches + size - 1) / size;
	struct buf *b = &c->answer->body;

	if (number <= 0)
		number = 1; /* page 0 behaves as page 1 (2.2 [R]) */
	/* An empty result is this fault, not an empty array (4.4 [S]). */
	if (number > pages)
		return call_fault(c, 5113,
		    "ERROR: Não existem registros para a página [%lld]!",
		    (long long)number);
	out->number = number;
	out->first = (size_t)((number - 1) * size);
	out->count = matches - out->first < (size_t)size ? matches - out->first
							 : (size_t)size;
	build_open(b, '{');
	build_integer_member(b, d->number, number);
	build_integer_member(b, d->pages, pages);
	build_integer_member(b, d->here, (int64_t)out->count);
	build_integer_member(b, d->total, (int64_t)matches);
	return true;
}

/* hh:mm:ss of a filter in ms, or what the missing hour stands for. */
static bool
read_hour(struct text typed, int64_t missing, int64_t *ms)
{
	int h, m, s;
	char copy[9], end;

	*ms = missing;
	if (typed.len == 0)
		return true;
	snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGS(typed));
	if (typed.len != 8 ||
	    sscanf(copy, "%2d:%2d:%2d%c", &h, &m, &s, &end) != 3)
		return false;
	*ms = ((h * 60 + m) * 60 + s) * (int64_t)1000;
	return true;
}

bool
span_read(struct call *c, struct value asked, struct span *out)
{
	const int64_t day_ms = 86400000, zone_ms = 3 * 3600000;
	struct text from = member_text(asked, "filtrar_por_data_de");
	struct text to = member_text(asked, "filtrar_por_data_ate");
	int64_t day, hour;

	*out = (struct span){
		.any = from.len > 0 || to.len > 0,
		.only_included =
		    member_is_yes(asked, "filtrar_apenas_inclusao"),
		.only_altered =
		    member_is_yes(asked, "filtrar_apenas_alteracao"),
		.to = INT64_MAX,
	};
	if (!read_hour(member_text(asked, "filtrar_por_hora_de"), 0, &hour))
		return call_fault(c, 3102,
		    "ERROR: O conteúdo da tag [filtrar_por_hora_de] é "
		    "inválido!"); /* invented */
	if (from.len > 0 && date_read(from, &day))
		out->from = day * day_ms + zone_ms + hour;
	if (!read_hour(member_text(asked, "filtrar_por_hora_ate"),
		day_ms - 1000, &hour))
		return call_fault(c, 3102,
		    "ERROR: O conteúdo da tag [filtrar_por_hora_ate] é "
		    "inválido!"); /* invented */
	if (to.len > 0 && date_read(to, &day))
		out->to = day * day_ms + zone_ms + hour + 999;
	return true;
}

/* Exactly one of the flags is how it is meant [D]; without, or with both,
 * either moment will do: [I]. */
bool
span_holds(const struct span *span, int64_t included, int64_t altered)
{
	bool was_included = included >= span->from && included <= span->to;
	bool was_altered = altered >= span->from && altered <= span->to;

	if (!span->any)
		return true;
	if (span->only_included == span->only_altered)
		return was_included || was_altered;
	return span->only_included ? was_included : was_altered;
}
