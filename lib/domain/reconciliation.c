#include "domain/reconciliation.h"

#include "core/language.h"

static const struct {
	const char *name, *advice;
} WORDS[] = {
	[SITUATION_OK] = { "ok", "" },
	[SITUATION_NOTHING_DUE] = { "dispensado", N_("0.00, and no contract") },
	[SITUATION_DISCARDED] = { "descartado",
	    N_("cancelled, and no consolidation bills it") },
	[SITUATION_DUPLICATE] = { "duplicado",
	    N_("several in Omie: cancel those the ledger doesn't name") },
	[SITUATION_CUSTOMER] = { "cliente",
	    N_("another customer, or none known: correct the wrong one") },
	[SITUATION_AMOUNT] = { "valor",
	    N_("another amount: correct the one that is wrong") },
	[SITUATION_CANCELLED] = { "cancelado",
	    N_("cancelled in Omie: undo that, or revise it to 0.00") },
	[SITUATION_MISSING] = { "faltando",
	    N_("was sent and is gone: find out who deleted it") },
	[SITUATION_EXTRA] = { "sobrando",
	    N_("no consolidation bills it: cancel it, or store one") },
	[SITUATION_OPEN] = { "aberto",
	    N_("a call without outcome: omie-contract settles it") },
	[SITUATION_NOT_SENT] = { "nao_enviado",
	    N_("not sent yet: run omie-contract") },
	[SITUATION_NOT_READY] = { "nao_pronta",
	    N_("processing or error: complete the consolidation") },
	[SITUATION_PARTIAL] = { "parcial",
	    N_("volumes of a part of the month: fetch them again") },
	[SITUATION_UNRECORDED] = { "sem_registro",
	    N_("not recorded here: omie-contract | volum-store") },
	[SITUATION_OTHER_ID] = { "outro_contrato",
	    N_("not the contract that was made: who replaced it?") },
	[SITUATION_UNBILLED] = { "sem_consolidacao",
	    N_("volumes or a contract not billed: store them again") },
};

const char *
situation_name(enum situation s)
{
	return WORDS[s].name;
}

const char *
situation_advice(enum situation s)
{
	return WORDS[s].advice;
}

bool
situation_agrees(enum situation s)
{
	return s <= SITUATION_DISCARDED;
}

static enum situation
without_bill(const struct reconciliation *r)
{
	if (r->live > 0)
		return SITUATION_EXTRA;
	if (r->open)
		return SITUATION_OPEN;
	return r->cancelled > 0 ? SITUATION_DISCARDED : SITUATION_UNBILLED;
}

static enum situation
without_contract(const struct reconciliation *r)
{
	bool due = r->expected_cents != 0;

	if (r->open)
		return SITUATION_OPEN;
	if (due && r->cancelled > 0)
		return SITUATION_CANCELLED;
	if (due &&
	    (r->confirmed || r->result_id != 0 ||
		r->status == CONSOLIDATION_SENT))
		return SITUATION_MISSING;
	if (r->partial)
		return SITUATION_PARTIAL;
	if (r->status == CONSOLIDATION_PROCESSING ||
	    r->status == CONSOLIDATION_ERROR)
		return SITUATION_NOT_READY;
	return due ? SITUATION_NOT_SENT : SITUATION_NOTHING_DUE;
}

/* Omie has what was confirmed, and a revision of it was stored since. */
static bool
revision_waits(const struct reconciliation *r)
{
	return r->confirmed && r->revision > r->confirmed_revision &&
	    r->status != CONSOLIDATION_SENT && r->cents == r->confirmed_cents;
}

static enum situation
with_contract(const struct reconciliation *r)
{
	if (r->customer == 0 || r->customer != r->nCodCli)
		return SITUATION_CUSTOMER;
	if (r->unreadable)
		return SITUATION_AMOUNT;
	if (r->cents != r->expected_cents && !revision_waits(r))
		return SITUATION_AMOUNT;
	if (r->open)
		return SITUATION_OPEN;
	if (revision_waits(r))
		return SITUATION_NOT_SENT;
	if (r->partial)
		return SITUATION_PARTIAL;
	if (!r->confirmed || r->result_id == 0 ||
	    r->status != CONSOLIDATION_SENT)
		return SITUATION_UNRECORDED;
	if (r->confirmed_id != r->nCodCtr || r->result_id != r->nCodCtr)
		return SITUATION_OTHER_ID;
	return SITUATION_OK;
}

enum situation
reconcile(const struct reconciliation *r)
{
	if (!r->billed)
		return without_bill(r);
	if (r->live > 1)
		return SITUATION_DUPLICATE;
	return r->live == 0 ? without_contract(r) : with_contract(r);
}

bool
reconciled_add(struct reconciled_month *m, const struct reconciliation *r,
    enum situation s)
{
	int64_t expected, cents;

	if (__builtin_add_overflow(
		m->expected_cents, r->expected_cents, &expected) ||
	    __builtin_add_overflow(m->cents, r->cents, &cents))
		return false;
	m->expected_cents = expected;
	m->cents = cents;
	m->unreadable |= r->unreadable;
	m->count[s]++;
	return true;
}

size_t
reconciled_disagreements(const struct reconciled_month *m)
{
	size_t n = 0;

	for (int s = 0; s < SITUATION_COUNT; s++)
		if (!situation_agrees((enum situation)s))
			n += m->count[s];
	return n;
}

bool
reconciled_agrees(const struct reconciled_month *m)
{
	return reconciled_disagreements(m) == 0;
}
