/* servicos/contrato/: service contracts (5). */
#include "sim/omie-sim/contrato.h"

/* 5.1 [D]: csStatus. */
static void
answer_status(struct call *c, const struct contract *contract, const char *text)
{
	struct buf *b = &c->answer->body;

	build_open(b, '{');
	build_str_member(b, "cCodIntCtr", contract->code);
	build_integer_member(b, "nCodCtr", contract->id);
	build_str_member(b, "cCodStatus", "0");
	build_str_member(b, "cDescStatus", text);
	build_close(b, '}');
	call_warning(c, contract->id, text);
	call_note(c, "contrato %lld", (long long)contract->id);
}

/* 10.4: texts invented, codes by analogy with clients. */
struct contract *
contract_find(struct call *c, int64_t id, struct text code)
{
	const struct state *s = &c->sim->state;
	struct contract *contract =
	    id != 0 ? contract_by_id(s, id) : contract_by_code(s, code);

	if (contract != NULL)
		return contract;
	if (id == 0 && code.len == 0) /* 3: twin of the orders' text [1; I] */
		call_fault(
		    c, 9008, "ERROR: Informe a Tag [nCodCtr] ou [cCodIntCtr]!");
	else if (id != 0)
		call_fault(c, 105,
		    "ERROR: Contrato não cadastrado para o Código [%lld] !",
		    (long long)id);
	else
		call_fault(c, 103,
		    "ERROR: Contrato não cadastrado para o Código de "
		    "Integração [%.*s] !",
		    TEXT_ARGS(code));
	return NULL;
}

/* 10.4: text invented. The service dedupes by cCodIntCtr alone (5.4 [1]); told
 * once, so --duplicate-code shows what a client is worth where it doesn't. */
static bool
code_is_free(struct call *c, struct text code, const struct contract *contract)
{
	const struct contract *there = contract_by_code(&c->sim->state, code);

	if (there == NULL || there == contract ||
	    (contract == NULL && c->sim->set->duplicate_code != FIRST))
		return true;
	return call_fault(c, 102,
	    "ERROR: Contrato já cadastrado para o Código de Integração "
	    "[%.*s] com o nCod [%lld] !",
	    TEXT_ARGS(code), (long long)there->id);
}

static void
write_contract(struct call *c, struct contract *contract, struct value in,
    const char *done)
{
	struct text code =
	    member_text(value_member(in, "cabecalho"), "cCodIntCtr");

	if (code_is_free(c, code, contract) &&
	    contract_write(c, &contract, in, BY_API))
		answer_status(c, contract, done);
}

static void
include(struct call *c, struct value in)
{
	/* By analogy with the service orders' text [I]. */
	if (value_kind(value_member(in, "cabecalho")) == ABSENT)
		call_missing(c, "cabecalho");
	else
		write_contract(
		    c, NULL, in, "Contrato de Serviço cadastrado com sucesso!");
}

static void
alter(struct call *c, struct contract *contract, struct value in)
{
	/* 5.1 [1] */
	write_contract(
	    c, contract, in, "Contrato de Serviço alterado com sucesso!");
}

static void
incluir(struct call *c)
{
	struct value in;

	if (!tags_read(c, &contratoCadastro, c->param, &in))
		return;
	/* "Not on insert" (5.2 [D]): refused, text and code invented. */
	if (member_integer(value_member(in, "cabecalho"), "nCodCtr") != 0)
		call_fault(c, 9009,
		    "ERROR: A tag [nCodCtr] não deve ser informada na "
		    "inclusão!");
	else
		include(c, in);
}

/* Only one of the two keys (5.4 [1]); the text is the twin of the orders'
 * [1; I], its code invented. */
static void
alterar(struct call *c)
{
	struct value in, head;
	struct contract *contract;
	int64_t id;
	struct text code;

	if (!tags_read(c, &contratoCadastro, c->param, &in))
		return;
	head = value_member(in, "cabecalho");
	id = member_integer(head, "nCodCtr");
	code = member_text(head, "cCodIntCtr");
	if ((id == 0) == (code.len == 0) &&
	    (id == 0 || c->sim->set->alter_both_keys == FIRST))
		call_fault(c, 9008,
		    "ERROR: Informe a Tag [nCodCtr] ou [cCodIntCtr] na "
		    "alteração!");
	else if ((contract = contract_find(c, id, code)) != NULL)
		alter(c, contract, in);
}

/* 5.1: include or alter [D]; that it matches on cCodIntCtr is [I]. */
static void
upsert(struct call *c)
{
	struct value in, head;
	struct contract *contract;
	int64_t id;
	struct text code;

	if (!tags_read(c, &contratoCadastro, c->param, &in))
		return;
	head = value_member(in, "cabecalho");
	id = member_integer(head, "nCodCtr");
	code = member_text(head, "cCodIntCtr");
	if (id == 0 && contract_by_code(&c->sim->state, code) == NULL)
		include(c, in);
	else if ((contract = contract_find(c, id, code)) != NULL)
		alter(c, contract, in);
}

static void
consultar(struct call *c)
{
	struct value in, key;
	const struct contract *contract;
	const char *seen;
	int64_t id;
	struct text code;

	if (!tags_read(c, &csConsultarRequest, c->param, &in))
		return;
	key = value_member(in, "contratoChave");
	id = member_integer(key, "nCodCtr");
	code = member_text(key, "cCodIntCtr");
	if ((contract = contract_find(c, id, code)) == NULL)
		return;
	if ((seen = contract_seen(contract, c->now)) == NULL) {
		/* Included, and not to be seen yet: as if it were not. */
		call_fault(c, id != 0 ? 105 : 103,
		    "ERROR: Contrato não cadastrado para o Código%s [%.*s] !",
		    id != 0 ? "" : " de Integração",
		    TEXT_ARGS(id != 0 ? value_raw(value_member(key, "nCodCtr"))
				      : code));
		return;
	}
	build_open(&c->answer->body, '{');
	build_name(&c->answer->body, "contratoCadastro");
	build_raw(&c->answer->body, text_of(seen));
	build_close(&c->answer->body, '}');
}

static bool
is_excluded(struct value head, struct value list)
{
	struct each it;

	for (it = value_each(list); each_next(&it);) {
		int64_t id = member_integer(it.at, "codItem");
		struct text code = member_text(it.at, "codIntItem");

		if (id != 0 ? id == member_integer(head, "codItem")
			    : code.len > 0 &&
			    text_same(code, member_text(head, "codIntItem")))
			return true;
	}
	return false;
}

/* The contract without the items of `list`; counts those that go. */
static struct value
without_items(struct call *c, const struct contract *contract,
    struct value list, size_t *gone)
{
	static const char *const items[] = { "itensContrato", NULL };
	struct value old = call_parse(c, text_of(contract->json)), left;
	struct buf b = BUF_INIT;
	struct each it;

	build_open(&b, '{');
	build_members_but(&b, old, items);
	build_name(&b, "itensContrato");
	build_open(&b, '[');
	for (it = value_each(value_member(old, "itensContrato"));
	     each_next(&it);) {
		if (is_excluded(value_member(it.at, "itemCabecalho"), list))
			++*gone;
		else
			build_value(&b, it.at);
	}
	build_close(&b, ']');
	build_close(&b, '}');
	left = call_parse(c, buf_text(&b));
	buf_clear(&b);
	return left;
}

/* 5.1 [D]; an unknown item is refused with an invented text. */
static void
excluir_item(struct call *c)
{
	struct value in, key, list, left;
	struct contract *contract;
	size_t gone = 0;

	if (!tags_read(c, &csExcluirItemRequest, c->param, &in))
		return;
	key = value_member(in, "contratoChave");
	list = value_member(in, "ItensExclusao");
	contract = contract_find(
	    c, member_integer(key, "nCodCtr"), member_text(key, "cCodIntCtr"));
	if (contract == NULL)
		return;
	left = without_items(c, contract, list, &gone);
	if (value_count(list) == 0) {
		call_missing(c, "ItensExclusao");
	} else if (gone < value_count(list)) {
		call_fault(c, 5002,
		    "ERROR: Item não cadastrado ! Tag "
		    "[ItensExclusao]!");
	} else if (contract_replace(c, contract, left)) {
		answer_status(c, contract,
		    "Item do Contrato de Serviço excluído com sucesso!");
	}
}

/* 5.1 [D O1,O2]: there is none to delete a contract. */
const struct method contrato_methods[] = {
	{ "IncluirContrato", true, &contratoCadastro, incluir },
	{ "AlterarContrato", true, &contratoCadastro, alterar },
	{ "UpsertContrato", true, &contratoCadastro, upsert },
	{ "ConsultarContrato", false, &csConsultarRequest, consultar },
	{ "ListarContratos", false, &csListarRequest, contratos_listar },
	{ "ExcluirItem", true, &csExcluirItemRequest, excluir_item },
	{ NULL, false, NULL, NULL },
};
