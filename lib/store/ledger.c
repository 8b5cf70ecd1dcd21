/* The ledger: its words, and the rules that hold for every backend. */
#include "store/ledger.h"

#include <assert.h>

#include "store/backend.h"

/* Kept in stores: never change one. */
static const char *const NAMES[] = {
	[LEDGER_INTENT] = "intencao",
	[LEDGER_CONFIRMED] = "confirmado",
	[LEDGER_REFUSED] = "recusado",
	[LEDGER_NOT_SENT] = "nao_enviado",
	[LEDGER_UNCLEAR] = "incerto",
};

const char *
ledger_event_name(enum ledger_event e)
{
	return NAMES[e];
}

int
ledger_event_read(struct text name)
{
	int i;

	for (i = LEDGER_INTENT; i <= LEDGER_UNCLEAR; i++)
		if (text_is(name, NAMES[i]))
			return i;
	return -1;
}

enum status
ledger_last(struct store *s, struct text code, struct ledger_line *out,
    bool *found, struct error *err)
{
	return s->ops->ledger_last(s, code, out, found, err);
}

enum status
ledger_add(struct store *s, struct ledger_line *line, struct error *err)
{
	/* In a batch the line would be durable only after the call it is to
	 * announce. */
	assert(s->mode == STORE_WRITE && !s->in_batch);
	line->at = clock_now(s->clock);
	return s->ops->ledger_add(s, line, err);
}
