/* What an operator forbids: closed months, and totals that jump. */
#include "store/keep_internal.h"

bool
keep_is_closed(const struct keeper *k, competencia month)
{
	return k->reopen == NULL && month <= k->closed;
}

enum status
keep_refuse_closed(
    const struct keeper *k, const struct billing_key *key, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	if (!keep_is_closed(k, key->month))
		return DONE;
	competencia_format(key->month, month);
	reject(err, "competencia_fechada",
	    "consolidation %s/%.*s/%.*s: the month is closed since its "
	    "--dia-corte",
	    month, (int)key->empresa_id.len, key->empresa_id.at,
	    (int)key->proposta.len, key->proposta.at);
	error_advise(err,
	    "bill the difference in the next month, or say why it must "
	    "change: --reopen REASON");
	return SOME_REJECTED;
}

static enum status
refuse_change(const struct keeper *k, competencia before,
    struct text empresa_id, int64_t was, wide is, struct error *err)
{
	struct buf b = BUF_INIT;
	char month[COMPETENCIA_TEXT];

	competencia_format(before, month);
	buf_add_str(&b, "the total is ");
	/* Beyond all reason: cut, it only has to be another. */
	money_add(&b, is > INT64_MAX ? INT64_MAX : (int64_t)is);
	buf_printf(&b, ", that of %s is ", month);
	money_add(&b, was);
	reject(err, "variacao", "empresaId %.*s: %s: more than %lld %% apart",
	    (int)empresa_id.len, empresa_id.at, buf_cstr(&b),
	    (long long)k->max_change);
	error_advise(
	    err, "if it is right, feed this line in without --max-change");
	buf_clear(&b);
	return SOME_REJECTED;
}

enum status
keep_check_change(struct keeper *k, competencia month, struct text empresa_id,
    wide cents, struct error *err)
{
	int64_t was;
	wide moved;
	bool found;
	enum status s;

	if (k->max_change < 0 || k->store == NULL)
		return DONE;
	s = store_company_total(
	    k->store, month - 1, empresa_id, &was, &found, err);
	if (s != DONE || !found)
		return s;
	moved = cents > was ? cents - was : was - cents;
	if (moved * 100 <= (wide)was * k->max_change)
		return DONE;
	return refuse_change(k, month - 1, empresa_id, was, cents, err);
}
