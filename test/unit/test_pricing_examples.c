#include <stdlib.h>
#include <string.h>

#include "pricing_case.h"

/* An example while its lines are read. */
struct example {
	struct proposal *proposals[4];
	size_t count;
	struct buf got;	 /* of the event */
	struct buf want; /* the lines behind it */
};

static void
example_start(struct example *e)
{
	while (e->count > 0)
		proposal_free(e->proposals[--e->count]);
	buf_clear(&e->got);
	buf_clear(&e->want);
	*e = (struct example){ 0 };
}

static void
example_end(struct example *e)
{
	assert_string_equal(buf_cstr(&e->got), buf_cstr(&e->want));
	example_start(e);
}

static void
read_proposal(struct example *e, struct value proposal)
{
	struct error err = { 0 };

	assert_true(e->count < LENGTH(e->proposals));
	if (proposal_read(proposal, &e->proposals[e->count++], &err) != DONE)
		fail_msg("%s", err.text);
}

static enum status
write_line(const struct consolidation *c, void *ctx, struct error *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_add_str(out, "{\"consolidacaoData\":");
	consolidation_write(out, c);
	buf_add_str(out, ",\"trigger\":\"data-processed\"}\n");
	return DONE;
}

static void
price_event(struct example *e, struct value event)
{
	struct each it = value_each(value_member(event, "volumetriaData"));
	struct arena scratch = ARENA_INIT;
	struct error err = { 0 };
	competencia month =
	    competencia_read(value_text(value_member(event, "competencia")));

	assert_true(each_next(&it));
	if (price_element(it.at, month, e->proposals, e->count, &scratch,
		write_line, NULL, &e->got, &err) != DONE)
		buf_printf(
		    &e->got, "{\"rejeitado\":{\"codigo\":\"%s\"}}\n", err.code);
	arena_clear(&scratch);
}

static void
example_line(struct example *e, struct value root, struct text line)
{
	struct value note = value_member(root, "nota");
	struct value proposal = value_member(root, "proposta");

	if (value_kind(note) != ABSENT)
		example_end(e);
	if (value_kind(proposal) == IS_OBJECT) {
		read_proposal(e, proposal);
	} else if (value_kind(value_member(root, "volumetriaData")) ==
	    IS_ARRAY) {
		price_event(e, root);
	} else {
		buf_add_text(&e->want, line);
		buf_add_byte(&e->want, '\n');
	}
}

/* Byte for byte what the rules say. */
static void
examples_of_the_rules(void **state)
{
	FILE *in = fopen("test/data/pricing-examples.ndjson", "r");
	struct record *rec = record_new();
	struct example e = { 0 };
	char *line = NULL;
	size_t cap = 0, lines = 0;
	ssize_t len;

	(void)state;
	assert_non_null(in);
	for (; (len = getline(&line, &cap, in)) > 0; lines++) {
		struct text t = { line, (size_t)len - 1 };

		example_line(&e, parsed(rec, t), t);
	}
	example_end(&e);
	assert_int_equal(lines, 38);
	record_free(rec);
	free(line);
	fclose(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
