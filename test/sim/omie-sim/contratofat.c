/* servicos/contratofat/ (6 [D O1,O2]): billing and the states of a contract.
 * That refusals come as HTTP 200 with cCodStatus "1" is [I], after the service
 * orders [R R1]; their texts are invented unless marked. */
#include <stdio.h>
#include <string.h>

#include "sim/omie-sim/contrato.h"

static void
answer(struct call *c, const struct contract *contract, const char *status,
    const char *text, int64_t order)
{
	struct buf *b = &c->answer->body;

	build_open(b, '{');
	build_integer_member(b, "nCodCtr", contract->id);
	build_str_member(b, "cCodStatus", status);
	build_str_member(b, "cDescStatus", text);
	if (order > 0)
		build_integer_member(b, "nCodOS", order);
	build_close(b, '}');
	call_warning(c, contract->id, text);
	call_note(c, "contrato %lld", (long long)contract->id);
}

static struct contract *
find(struct call *c)
{
	struct value in;
	int64_t id;

	if (!tags_read(c, &contratofatChave, c->param, &in))
		return NULL;
	id = member_integer(in, "nCodCtr");
	if (id == 0) {
		call_missing(c, "nCodCtr");
		return NULL;
	}
	return contract_find(c, id, TEXT(""));
}

/* Why it can't be billed, or NULL. */
static const char *
obstacle(struct call *c, const struct contract *contract)
{
	const struct client *client =
	    client_by_id(&c->sim->state, contract->client);
	struct sim_date today;

	date_of(c->now, &today);
	if (strcmp(contract->situation, "10") != 0)
		return "O contrato não está ativo.";
	if (contract->cents <= 0)
		return "O contrato não tem valor a faturar.";
	if (strcmp(contract->billed, today.month) == 0)
		return "O contrato já foi faturado neste mês.";
	/* 4.5: the text is recorded [R R1]. */
	if (client == NULL || !document_valid(client->document))
		return "O \"CNPJ/CPF\" deste cliente está inválido.";
	return NULL;
}

static void
faturar(struct call *c)
{
	struct contract *contract = find(c);
	struct sim_date today;
	const char *why;

	if (contract == NULL)
		return;
	if ((why = obstacle(c, contract)) != NULL) {
		answer(c, contract, "1", why, 0);
		return;
	}
	date_of(c->now, &today);
	snprintf(contract->billed, sizeof(contract->billed), "%s", today.month);
	/* Billing creates a service order [D]. */
	answer(c, contract, "0", "Contrato de Serviço faturado com sucesso!",
	    c->sim->state.next_order++);
}

/* The dry check [D]. */
static void
validar(struct call *c)
{
	const struct contract *contract = find(c);
	const char *why;

	if (contract == NULL)
		return;
	why = obstacle(c, contract);
	answer(c, contract, why == NULL ? "0" : "1",
	    why == NULL ? "Contrato de Serviço validado com sucesso!" : why, 0);
}

static void
move_to(struct call *c, const char *situation, const char *text)
{
	struct contract *contract = find(c);
	char patch[64];

	if (contract == NULL)
		return;
	if (strcmp(contract->situation, situation) == 0) {
		answer(
		    c, contract, "1", "O contrato já está nesta situação.", 0);
		return;
	}
	snprintf(patch, sizeof(patch), "{\"cabecalho\":{\"cCodSit\":\"%s\"}}",
	    situation);
	if (contract_write(
		c, &contract, call_parse(c, text_of(patch)), BY_SERVICE))
		answer(c, contract, "0", text, 0);
}

/* 5.2: 10 active, 90 suspended, 99 cancelled [D]. */
static void
ativar(struct call *c)
{
	move_to(c, "10", "Contrato de Serviço ativado com sucesso!");
}

static void
reativar(struct call *c)
{
	move_to(c, "10", "Contrato de Serviço reativado com sucesso!");
}

static void
suspender(struct call *c)
{
	move_to(c, "90", "Contrato de Serviço suspenso com sucesso!");
}

static void
cancelar(struct call *c)
{
	move_to(c, "99", "Contrato de Serviço cancelado com sucesso!");
}

/* 20 due up to today, 30 billed this month, 40 to be renewed in 90 days; 10
 * and anything else: all (6 [D]). */
static bool
is_in(const struct contract *contract, struct value head, struct text stage,
    const struct sim_date *today)
{
	bool active = strcmp(contract->situation, "10") == 0;
	bool billed = strcmp(contract->billed, today->month) == 0;
	int64_t last = INT64_MAX, day = today->day;
	int64_t of_month = (today->date[0] - '0') * 10 + today->date[1] - '0';

	date_read(member_text(head, "dVigFinal"), &last);
	if (text_is(stage, "20"))
		return active && !billed && last >= day &&
		    member_integer(head, "nDiaFat") <= of_month;
	if (text_is(stage, "30"))
		return billed;
	if (text_is(stage, "40"))
		return active && last >= day && last <= day + 90;
	return true;
}

static void
obter(struct call *c)
{
	const struct state *s = &c->sim->state;
	struct buf *b = &c->answer->body;
	struct sim_date today;
	struct value in;

	if (!tags_read(c, &contratofatObter, c->param, &in))
		return;
	date_of(c->now, &today);
	build_open(b, '{');
	build_name(b, "listaContratos");
	build_open(b, '[');
	for (size_t i = 0; i < s->contract_count; i++) {
		struct value head = value_member(
		    call_parse(c, text_of(s->contracts[i]->json)), "cabecalho");

		if (!is_in(s->contracts[i], head, member_text(in, "cEtapa"),
			&today))
			continue;
		build_open(b, '{');
		build_text_member(b, "cNumCtr", member_text(head, "cNumCtr"));
		build_integer_member(b, "nCodCtr", s->contracts[i]->id);
		build_close(b, '}');
	}
	build_close(b, ']');
	build_close(b, '}');
}

const struct method contratofat_methods[] = {
	{ "FaturarContrato", true, &contratofatChave, faturar },
	{ "ValidarContrato", false, &contratofatChave, validar },
	{ "AtivarContrato", true, &contratofatChave, ativar },
	{ "ReativarContrato", true, &contratofatChave, reativar },
	{ "SuspenderContrato", true, &contratofatChave, suspender },
	{ "CancelarContrato", true, &contratofatChave, cancelar },
	{ "ObterContratos", false, &contratofatObter, obter },
	{ NULL, false, NULL, NULL },
};
