#include <string.h>

#include "domain/reconciliation.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

/* Sent, recorded, and there: 10.00 of customer 5 as contract 7. */
#define SENT \
	.billed = true, .status = CONSOLIDATION_SENT, .revision = 1, \
	.expected_cents = 1000, .customer = 5
#define LEDGER \
	.confirmed = true, .confirmed_id = 7, .confirmed_cents = 1000, \
	.confirmed_revision = 1
#define RESULT .result_id = 7
#define OMIE .live = 1, .nCodCtr = 7, .nCodCli = 5, .cents = 1000
#define ALL SENT, LEDGER, RESULT, OMIE

/* Later members win over those of the names above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Winitializer-overrides"

static const struct {
	const char *situation;
	const char *about;
	struct reconciliation r;
} ROWS[] = {
	{ "ok", "all sides agree", { ALL } },
	{ "ok", "a second one was cancelled", { ALL, .cancelled = 1 } },
	{ "ok", "revised, and altered in Omie by hand",
	    { ALL, .revision = 2, .expected_cents = 1200, .cents = 1200 } },
	{ "dispensado", "0.00 and nothing",
	    { .billed = true, .status = CONSOLIDATION_COMPLETED } },
	{ "dispensado", "0.00, its contract was cancelled",
	    { SENT, LEDGER, RESULT, .expected_cents = 0, .cancelled = 1 } },
	{ "dispensado", "0.00, sent and gone",
	    { SENT, LEDGER, RESULT, .expected_cents = 0 } },
	{ "descartado", "nothing bills it, cancelled", { .cancelled = 2 } },
	{ "duplicado", "two", { ALL, .live = 2, .cents = 2000 } },
	{ "duplicado", "before all else",
	    { ALL, .live = 2, .cents = 9, .customer = 6, .open = true } },
	{ "duplicado", "two, where nothing is due",
	    { SENT, .expected_cents = 0, .live = 2 } },
	{ "cliente", "another", { ALL, .nCodCli = 6 } },
	{ "cliente", "none known", { ALL, .customer = 0 } },
	{ "cliente", "none on either side",
	    { ALL, .customer = 0, .nCodCli = 0 } },
	{ "cliente", "before the amount", { ALL, .nCodCli = 6, .cents = 1 } },
	{ "valor", "a cent less", { ALL, .cents = 999 } },
	{ "valor", "can't be read", { ALL, .unreadable = true } },
	{ "valor", "can't be read, and nothing is due",
	    { ALL, .unreadable = true, .expected_cents = 0, .cents = 0 } },
	{ "valor", "nothing is due", { ALL, .expected_cents = 0 } },
	{ "valor", "before an open call", { ALL, .cents = 1, .open = true } },
	{ "valor", "a revision waits, and Omie has neither",
	    { ALL, .revision = 2, .status = CONSOLIDATION_READY_TO_SEND,
		.expected_cents = 1200, .cents = 1100 } },
	{ "valor", "the revision is said to be sent",
	    { ALL, .revision = 2, .expected_cents = 1200 } },
	{ "cancelado", "cancelled in Omie",
	    { SENT, LEDGER, RESULT, .cancelled = 1 } },
	{ "faltando", "sent and gone", { SENT, LEDGER, RESULT } },
	{ "faltando", "the status alone says that it was sent", { SENT } },
	{ "faltando", "the ledger alone",
	    { SENT, LEDGER, .status = CONSOLIDATION_COMPLETED } },
	{ "faltando", "the result alone",
	    { SENT, RESULT, .status = CONSOLIDATION_COMPLETED } },
	{ "faltando", "partial, but sent", { SENT, .partial = true } },
	{ "sobrando", "nothing bills it", { OMIE } },
	{ "sobrando", "the ledger knows it", { OMIE, LEDGER, .open = true } },
	{ "aberto", "in Omie, as it should be", { ALL, .open = true } },
	{ "aberto", "not in Omie", { SENT, .open = true } },
	{ "aberto", "cancelled", { SENT, .open = true, .cancelled = 1 } },
	{ "aberto", "nothing is due",
	    { SENT, .expected_cents = 0, .open = true } },
	{ "aberto", "nothing bills it", { .open = true } },
	{ "aberto", "a revision on its way",
	    { ALL, .open = true, .revision = 2, .expected_cents = 1200,
		.status = CONSOLIDATION_READY_TO_SEND } },
	{ "nao_enviado", "completed",
	    { SENT, .status = CONSOLIDATION_COMPLETED } },
	{ "nao_enviado", "a revision",
	    { ALL, .revision = 2, .expected_cents = 1200,
		.status = CONSOLIDATION_READY_TO_SEND } },
	{ "nao_enviado", "a revision with the same total",
	    { ALL, .revision = 2, .status = CONSOLIDATION_READY_TO_SEND } },
	{ "nao_pronta", "processing",
	    { SENT, .status = CONSOLIDATION_PROCESSING } },
	{ "nao_pronta", "error", { SENT, .status = CONSOLIDATION_ERROR } },
	{ "nao_pronta", "0.00 so far",
	    { SENT, .status = CONSOLIDATION_ERROR, .expected_cents = 0 } },
	{ "parcial", "the month was not over",
	    { SENT, .status = CONSOLIDATION_COMPLETED, .partial = true } },
	{ "parcial", "0.00 so far",
	    { .billed = true,
		.status = CONSOLIDATION_COMPLETED,
		.partial = true } },
	{ "parcial", "and in Omie", { ALL, .partial = true } },
	{ "sem_registro", "the ledger is lost", { SENT, RESULT, OMIE } },
	{ "sem_registro", "the result was not stored", { SENT, LEDGER, OMIE } },
	{ "sem_registro", "not marked as sent",
	    { ALL, .status = CONSOLIDATION_COMPLETED } },
	{ "outro_contrato", "not the ledger's", { ALL, .confirmed_id = 8 } },
	{ "outro_contrato", "not the result's", { ALL, .result_id = 8 } },
	{ "sem_consolidacao", "volumes alone", { 0 } },
	{ "sem_consolidacao", "a ledger alone", { LEDGER } },
	{ "sem_consolidacao", "a result alone", { RESULT } },
};

#pragma GCC diagnostic pop

static void
the_gravest_situation_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(ROWS); i++) {
		const char *got = situation_name(reconcile(&ROWS[i].r));

		if (strcmp(got, ROWS[i].situation) != 0)
			fail_msg("%s: %s, not %s", ROWS[i].about, got,
			    ROWS[i].situation);
	}
}

static void
each_situation_has_a_row(void **state)
{
	bool met[SITUATION_COUNT] = { false };

	(void)state;
	for (size_t i = 0; i < LENGTH(ROWS); i++)
		met[reconcile(&ROWS[i].r)] = true;
	for (int s = 0; s < SITUATION_COUNT; s++)
		if (!met[s])
			fail_msg(
			    "no row: %s", situation_name((enum situation)s));
}

static void
three_of_them_agree(void **state)
{
	struct reconciled_month all = { 0 };

	(void)state;
	assert_true(reconciled_agrees(&all));
	for (int i = 0; i < SITUATION_COUNT; i++) {
		enum situation s = (enum situation)i;
		const char *name = situation_name(s);
		struct reconciled_month one = { 0 };
		const struct reconciliation r = { 0 };
		bool agrees = strcmp(name, "ok") == 0 ||
		    strcmp(name, "dispensado") == 0 ||
		    strcmp(name, "descartado") == 0;

		assert_int_equal(situation_agrees(s), agrees);
		assert_true(reconciled_add(&one, &r, s));
		assert_int_equal(reconciled_agrees(&one), agrees);
	}
}

/* They stand in a table of 80 columns, behind the word and its number. */
static void
words_and_advice_fit(void **state)
{
	(void)state;
	for (int i = 0; i < SITUATION_COUNT; i++) {
		assert_true(strlen(situation_name((enum situation)i)) <= 16);
		assert_true(strlen(situation_advice((enum situation)i)) <= 56);
	}
}

static void
sums_are_exact_or_refused(void **state)
{
	struct reconciled_month m = { 0 };
	struct reconciliation r = {
		.expected_cents = INT64_MAX - 1, .cents = 2, .unreadable = true
	};

	(void)state;
	assert_true(reconciled_add(&m, &r, SITUATION_AMOUNT));
	r = (struct reconciliation){ .expected_cents = 1, .cents = 3 };
	assert_true(reconciled_add(&m, &r, SITUATION_OK));
	assert_true(m.expected_cents == INT64_MAX && m.cents == 5);
	assert_true(m.unreadable);
	assert_false(reconciled_add(&m, &r, SITUATION_OK));
	r = (struct reconciliation){ .cents = INT64_MAX };
	assert_false(reconciled_add(&m, &r, SITUATION_OK));
	assert_true(m.expected_cents == INT64_MAX && m.cents == 5);
	assert_int_equal(m.count[SITUATION_OK], 1);
	assert_int_equal(m.count[SITUATION_AMOUNT], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gravest_situation_is_named),
		cmocka_unit_test(each_situation_has_a_row),
		cmocka_unit_test(three_of_them_agree),
		cmocka_unit_test(words_and_advice_fit),
		cmocka_unit_test(sums_are_exact_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
