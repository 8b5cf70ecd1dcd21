/*
 * Reads the cases that test/pricing_reference.py writes and prices each: exit 1
 * and the case at the first difference, else how many there were. An operand
 * says how many must come, since a pipe hides that its writer failed. What the
 * memo of each says is multiplied and added up, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "domain/pricing.h"

#include "tool/memo_sums.h"

enum { MAX_PROPOSALS = 8 };

struct check {
	struct record *rec;
	struct arena scratch;
	struct proposal *proposals[MAX_PROPOSALS];
	size_t count;
	struct buf got;
	uint64_t refused; /* cases */
};

static enum status
add_consolidation(const struct consolidation *c, void *ctx, struct error *err)
{
	struct buf *b = ctx;

	if (!memo_adds_up(c))
		return fail(err, BAD_CONFIG, "the memo does not add up");
	build_open(b, '{');
	build_text_member(b, "proposta", c->key.proposta);
	build_name(b, "valorTotal");
	money_add(b, c->total_cents);
	build_name(b, "produtos");
	build_open(b, '[');
	for (size_t i = 0; i < c->line_count; i++) {
		build_open(b, '{');
		build_text_member(b, "nome", c->lines[i].name);
		build_name(b, "quantidade");
		decimal_add_micro(b, c->lines[i].quantity_micro);
		build_name(b, "valor");
		money_add(b, c->lines[i].cents);
		build_close(b, '}');
	}
	build_close(b, ']');
	build_close(b, '}');
	return DONE;
}

static enum status
read_proposals(struct check *c, struct value list, struct error *err)
{
	struct each it = value_each(list);
	enum status s;

	while (c->count < MAX_PROPOSALS && each_next(&it)) {
		s = proposal_read(it.at, &c->proposals[c->count], err);
		if (s != DONE)
			return s;
		c->count++;
	}
	return DONE;
}

static enum status
price_case(struct check *c, struct value root, struct error *err)
{
	struct text month = value_text(value_member(root, "competencia"));
	enum status s;

	s = read_proposals(c, value_member(root, "propostas"), err);
	if (s != DONE)
		return s;
	build_open(&c->got, '[');
	s = price_element(value_member(root, "elemento"),
	    competencia_read(month), c->proposals, c->count, &c->scratch,
	    add_consolidation, NULL, &c->got, err);
	build_close(&c->got, ']');
	return s;
}

/* False: it came out another way than expected. */
static bool
check_case(struct check *c, struct text line)
{
	struct error err = { 0 };
	struct text want, got;

	buf_reset(&c->got);
	if (ndjson_parse(c->rec, line, &err) != DONE)
		return false;
	if (price_case(c, record_root(c->rec), &err) != DONE) {
		buf_reset(&c->got);
		buf_printf(&c->got, "{\"codigo\":\"%s\"}", err.code);
		c->refused++;
	}
	while (c->count > 0)
		proposal_free(c->proposals[--c->count]);
	arena_reset(&c->scratch);
	want = value_raw(value_member(record_root(c->rec), "espera"));
	got = buf_text(&c->got);
	if (text_same(want, got))
		return true;
	printf("%.*s\ngot %.*s %s\n", (int)line.len, line.at, (int)got.len,
	    got.at, err.text);
	return false;
}

int
main(int argc, char **argv)
{
	uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	struct check c = { .rec = record_new() };
	struct ndjson_reader *in = ndjson_open(STDIN_FILENO);
	struct ndjson_line line;
	uint64_t cases = 0;
	bool same = true;

	while (same && ndjson_next(in, &line) == 1) {
		same = check_case(&c, line.text);
		cases += same;
	}
	if (same)
		printf("%llu cases (%llu refused), no difference\n",
		    (unsigned long long)cases, (unsigned long long)c.refused);
	ndjson_close(in);
	record_free(c.rec);
	arena_clear(&c.scratch);
	buf_clear(&c.got);
	return same && cases > 0 && (argc < 2 || cases == wanted) ? 0 : 1;
}
