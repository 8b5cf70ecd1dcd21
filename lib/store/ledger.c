/* The ledger: its words, its chain, the rules that hold for every backend. */
#include "store/ledger.h"

#include <assert.h>
#include <string.h>

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
ledger_busy(const struct ledger_line *line, struct error *err)
{
	return fail(err, TRY_LATER, "another process is at work on %.*s",
	    (int)line->code.len, line->code.at);
}

enum status
ledger_look(struct store *s, struct text account, struct text code,
    struct ledger_state *out, struct error *err)
{
	memset(out, 0, sizeof(*out));
	return s->ops->ledger_look(s, account, code, out, err);
}

enum status
ledger_add(struct store *s, struct ledger_line *line, struct error *err)
{
	const struct clock real = { 0 };

	/* In a batch the line would be durable only after the call it is to
	 * announce. */
	assert(s->mode == STORE_WRITE && !s->in_batch);
	line->at = clock_now(&real); /* waits are counted from it */
	return s->ops->ledger_add(s, line, err);
}

enum status
ledger_has_confirmed(
    struct store *s, struct text account, bool *has, struct error *err)
{
	*has = false;
	return s->ops->ledger_has_confirmed(s, account, has, err);
}

enum status
ledger_each(struct store *s, struct text code, ledger_fn each, void *ctx,
    struct error *err)
{
	return s->ops->ledger_each(s, code, each, ctx, err);
}

/* Newest first: how one more line of the code changes the picture. */
void
ledger_state_add(struct ledger_state *state, struct text account,
    const struct ledger_line *line)
{
	if (account.len > 0 && !text_same(account, line->account)) {
		if (line->event == LEDGER_CONFIRMED)
			state->elsewhere = true;
		return;
	}
	if (!state->known)
		state->last = *line;
	state->known = true;
	if (line->event != LEDGER_CONFIRMED)
		return;
	if (!state->confirmed)
		state->contract = *line;
	else if (state->contract.nCodCtr != line->nCodCtr)
		state->doubled = true;
	state->confirmed = true;
}

static void
add_number(struct buf *b, const char *name, int64_t n)
{
	build_name(b, name);
	build_integer(b, n);
}

/* As JSON, since its escapes keep every member apart from the next. */
void
ledger_link(
    const struct ledger_line *line, const char *previous, char out[HASH_TEXT])
{
	struct buf b = BUF_INIT;

	build_open(&b, '{');
	build_text_member(&b, "elo", text_of(previous));
	add_number(&b, "seq", line->seq);
	build_text_member(&b, "conta", line->account);
	build_text_member(&b, "cCodIntCtr", line->code);
	billing_key_write(&b, &line->key);
	build_text_member(&b, "evento", text_of(NAMES[line->event]));
	build_text_member(&b, "chamada", line->call);
	build_text_member(&b, "conteudoHash", text_of(line->content_hash));
	build_text_member(&b, "contratoHash", text_of(line->payload_hash));
	add_number(&b, "nCodCtr", line->nCodCtr);
	add_number(&b, "valorTotalCentavos", line->total_cents);
	add_number(&b, "revisao", line->revision);
	add_number(&b, "quando", line->at);
	add_number(&b, "prazo", line->deadline);
	build_text_member(&b, "requestId", line->request_id);
	build_text_member(&b, "detalhe", line->detail);
	build_text_member(&b, "contrato", line->payload);
	build_close(&b, '}');
	hash_text(buf_text(&b), out);
	buf_clear(&b);
}
