#include <stdio.h>

#include "core/ndjson.h"
#include "domain/three_way.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

/* base, source, target (NULL: nothing was said), and what comes of it when the
 * field is the source's, the target's, or of both. */
static const struct row {
	const char *base, *source, *target;
	enum field_step ours, theirs, both;
} ROWS[] = {
	{ NULL, "a", "a", FIELD_SAME, FIELD_SAME, FIELD_SAME },
	{ NULL, "a", "", FIELD_WRITE, FIELD_WRITE, FIELD_WRITE },
	{ NULL, "a", NULL, FIELD_WRITE, FIELD_WRITE, FIELD_WRITE },
	{ NULL, "", "b", FIELD_KEEP, FIELD_KEEP, FIELD_KEEP },
	{ NULL, "", NULL, FIELD_KEEP, FIELD_KEEP, FIELD_KEEP },
	{ NULL, "a", "b", FIELD_WRITE, FIELD_KEEP, FIELD_CONFLICT },
	{ "a", "a", "a", FIELD_SAME, FIELD_SAME, FIELD_SAME },
	{ "a", "b", "b", FIELD_SAME, FIELD_SAME, FIELD_SAME },
	{ "a", "b", "a", FIELD_WRITE, FIELD_KEEP, FIELD_WRITE },
	{ "a", "", "a", FIELD_WRITE, FIELD_KEEP, FIELD_WRITE },
	{ "a", "a", "b", FIELD_WRITE, FIELD_KEEP, FIELD_KEEP },
	{ "a", "a", "", FIELD_WRITE, FIELD_KEEP, FIELD_KEEP },
	{ "a", "b", "c", FIELD_CONFLICT, FIELD_CONFLICT, FIELD_CONFLICT },
	{ "a", "", "c", FIELD_CONFLICT, FIELD_CONFLICT, FIELD_CONFLICT },
	{ "a", "a", NULL, FIELD_SAME, FIELD_SAME, FIELD_SAME },
	{ "a", "b", NULL, FIELD_WRITE, FIELD_KEEP, FIELD_WRITE },
};

static void
decides_by_base_and_owner(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct text base = text_of(r->base ? r->base : "");
		struct text target = text_of(r->target ? r->target : "");
		const enum field_step want[] = { r->ours, r->theirs, r->both };
		const enum owner owners[] = { OMIE_OWNS, INANBETEC_OWNS,
			BOTH_OWN };

		for (size_t o = 0; o < LENGTH(owners); o++) {
			enum field_step got = three_way_field(
			    r->base ? &base : NULL, text_of(r->source),
			    r->target ? &target : NULL, owners[o], OMIE_OWNS);

			if (got != want[o])
				fail_msg("row %zu, owner %zu: %d, not %d", i, o,
				    got, want[o]);
		}
	}
}

static void
agrees_on_what_is_written_and_what_is_the_same(void **state)
{
	struct cadastro base = { 0 }, source = { 0 }, target = { 0 };
	struct three_way r;
	struct owners owners;

	(void)state;
	owners_default(&owners);
	source.known[EMAIL] = target.known[EMAIL] = true;
	source.value[EMAIL] = target.value[EMAIL] = TEXT("a@x.example");
	source.known[INSCRICAO_ESTADUAL] = true;
	source.value[INSCRICAO_ESTADUAL] = TEXT("111222333");
	source.known[BAIRRO] = target.known[BAIRRO] = true;
	source.value[BAIRRO] = TEXT("Sé");
	target.value[BAIRRO] = TEXT("Lapa");
	/* Not known there, but something is: no field to be filled. */
	source.known[TELEFONE] = true;
	source.value[TELEFONE] = TEXT("1134567890");
	target.odd = 1u << TELEFONE;
	target.value[TELEFONE] = TEXT("falar com a secretaria");
	three_way_compare(&r, &base, &source, &target, &owners, INANBETEC_OWNS);
	assert_int_equal(r.written, 1u << INSCRICAO_ESTADUAL);
	assert_int_equal(r.conflicts, 1u << BAIRRO | 1u << TELEFONE);
	assert_int_equal(r.kept, 0);
	assert_true(r.base.known[INSCRICAO_ESTADUAL] && r.base.known[EMAIL]);
	assert_false(r.base.known[BAIRRO] || r.base.known[TELEFONE]);
}

/* One part of an address in conflict holds the others back. */
static void
holds_an_address_together(void **state)
{
	static const struct {
		const char *base, *source, *target; /* endereco */
		const char *cep_base, *cep_source, *cep_target;
		unsigned written, conflicts;
	} table[] = {
		/* a new street in another town: neither is written */
		{ NULL, "Rua A", "", NULL, "01310100", "25610000", 0,
		    1u << ENDERECO | 1u << CEP },
		/* a street that was missing in the same place */
		{ NULL, "Rua A", "", NULL, "01310100", "01310100",
		    1u << ENDERECO, 0 },
		/* each side changed a part */
		{ "Rua A", "Rua B", "Rua A", "01310100", "01310100", "25610000",
		    0, 1u << ENDERECO | 1u << CEP },
		/* one side changed both */
		{ "Rua A", "Rua B", "Rua A", "01310100", "25610000", "01310100",
		    1u << ENDERECO | 1u << CEP, 0 },
	};
	struct owners owners;
	struct three_way r;

	(void)state;
	owners_default(&owners);
	for (size_t i = 0; i < LENGTH(table); i++) {
		struct cadastro base = { 0 }, source = { 0 }, target = { 0 };

		base.known[ENDERECO] = base.known[CEP] = table[i].base != NULL;
		if (table[i].base != NULL) {
			base.value[ENDERECO] = text_of(table[i].base);
			base.value[CEP] = text_of(table[i].cep_base);
		}
		source.known[ENDERECO] = source.known[CEP] = true;
		target.known[ENDERECO] = target.known[CEP] = true;
		source.value[ENDERECO] = text_of(table[i].source);
		target.value[ENDERECO] = text_of(table[i].target);
		source.value[CEP] = text_of(table[i].cep_source);
		target.value[CEP] = text_of(table[i].cep_target);
		/* no address: not held back */
		source.known[EMAIL] = true;
		source.value[EMAIL] = TEXT("a@x.example");
		three_way_compare(
		    &r, &base, &source, &target, &owners, OMIE_OWNS);
		if (r.written != (table[i].written | 1u << EMAIL) ||
		    r.conflicts != table[i].conflicts)
			fail_msg("row %zu: written %x, conflicts %x", i,
			    r.written, r.conflicts);
		if (table[i].conflicts != 0 && table[i].base != NULL)
			assert_true(text_same(r.base.value[CEP],
			    base.value[CEP])); /* what was agreed on */
	}
}

static void
reads_owners(void **state)
{
	static const struct {
		const char *file, *why; /* NULL: it is good */
	} table[] = {
		{ "{}", NULL },
		{ "{\"email\":\"omie\",\"cep\":\"inanbetec\"}", NULL },
		{ "{\"e_mail\":\"omie\"}", "e_mail" },
		{ "{\"email\":\"Omie\"}", "email" },
		{ "{\"email\":null}", "email" },
	};
	struct record *rec = record_new();
	struct owners owners;
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		enum status want = table[i].why ? BAD_CONFIG : DONE;

		owners_default(&owners);
		assert_int_equal(
		    ndjson_parse(rec, text_of(table[i].file), &err), DONE);
		assert_int_equal(
		    owners_read(&owners, record_root(rec), &err), want);
		if (want != DONE)
			assert_non_null(strstr(err.text, table[i].why));
	}
	owners_default(&owners);
	ndjson_parse(rec, text_of(table[1].file), &err);
	assert_int_equal(owners_read(&owners, record_root(rec), &err), DONE);
	assert_int_equal(owners.of[EMAIL], OMIE_OWNS);
	assert_int_equal(owners.of[CEP], INANBETEC_OWNS);
	assert_int_equal(owners.of[RAZAO_SOCIAL], INANBETEC_OWNS);
	assert_int_equal(owners.of[BAIRRO], BOTH_OWN);
	record_free(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_by_base_and_owner),
		cmocka_unit_test(
		    agrees_on_what_is_written_and_what_is_the_same),
		cmocka_unit_test(holds_an_address_together),
		cmocka_unit_test(reads_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
