# shellcheck shell=bash
# What the tests of cnpj-sync share: both registers on loopback.
#
# Simulated time runs 60 times as fast as ours, as in omie_helper.bash.

load omie_helper

# start_companies [OPTION...]: volum-sim's company API.
start_companies()
{
	export INANBETEC_API_KEY=k3y-of-the-companies
	: >companies.calls
	launch companies volum-sim --log companies.calls "$@" || return
	export INANBETEC_API_URL=$ADDRESS
}

# start_both CUSTOMERS COMPANIES [OPTION...]: options are omie-sim's.
start_both()
{
	local customers=$1 companies=$2
	shift 2
	start_omie --time-scale 60 --clients "$customers" "$@" || return
	start_companies --companies "$companies"
}

# company MEMBERS...: a line of --company-data; members replace the defaults.
company()
{
	jq -nc --argjson over "{${1-}}" '{cnpj:"11222333000181",
		razaoSocial:"Transportes Exemplo Ltda",nomeFantasia:"Exemplo",
		endereco:{logradouro:"Rua da Concórdia",numero:"1",
		complemento:"",bairro:"Sé",cidade:"São Paulo",estado:"SP",
		cep:"01310100"},telefone:"11926130149",
		email:"fiscal@example.invalid",inscricaoEstadual:"",
		ativo:true} + $over'
}

# customer MEMBERS: somebody typed it into Omie; its id.
customer()
{
	jq -nc --argjson over "{${1-}}" '{cnpj_cpf:"11222333000181",
		razao_social:"Transportes Exemplo Ltda",nome_fantasia:"Exemplo",
		endereco:"Rua da Concórdia",endereco_numero:"1",
		complemento:"",bairro:"Sé",cidade:"SAO PAULO (SP)",estado:"SP",
		cep:"01310100",telefone1_ddd:"11",telefone1_numero:"926130149",
		email:"fiscal@example.invalid",inscricao_estadual:""} + $over' |
		curl -sf -d @- "$OMIE_BASE/sim/client" |
		jq -r .codigo_cliente_omie
}

# patch ID MEMBERS: somebody changed a company.
patch()
{
	curl -sf -X PATCH -H "Authorization: Bearer $INANBETEC_API_KEY" \
		-d "{$2}" "${INANBETEC_API_URL}empresas/$1" >/dev/null
}

# here ID: the company as InAnbetec has it.
here()
{
	curl -sf -H "Authorization: Bearer $INANBETEC_API_KEY" \
		"${INANBETEC_API_URL}empresas/$1"
}

# there ID: the customer as Omie has it; a call of its own each time.
there()
{
	jq -nc --arg key "$OMIE_APP_KEY" --arg secret "$OMIE_APP_SECRET" \
		--arg id "$1" --arg n "$((TALLY += 1))" '{call:"ListarClientes",
		app_key:$key,app_secret:$secret,param:[{pagina:1,
		registros_por_pagina:($n|tonumber),clientesPorCodigo:
		[{codigo_cliente_omie:($id|tonumber)}]}]}' |
		curl -s -d @- "${OMIE_API_URL}geral/clientes/" |
		jq -c '.clientes_cadastro[0]'
}
TALLY=0

# edit ID MEMBERS: somebody changed a customer, by an API of his own.
edit()
{
	jq -nc --arg key "$OMIE_APP_KEY" --arg secret "$OMIE_APP_SECRET" \
		--argjson set "{\"codigo_cliente_omie\":$1,$2}" '{call:
		"AlterarCliente",app_key:$key,app_secret:$secret,param:[$set]}' |
		curl -s -d @- "${OMIE_API_URL}geral/clientes/" |
		jq -e '.codigo_status == "0"' >/dev/null
}

to_omie()
{
	cnpj-sync --from inanbetec --to omie "$@"
}

to_inanbetec()
{
	cnpj-sync --from omie --to inanbetec "$@"
}

# new_lines FILE: those that came since this was last asked of it.
new_lines()
{
	tail -n "+$(($(cat "$1.seen" 2>/dev/null || echo 0) + 1))" "$1"
	wc -l <"$1" >"$1.seen"
}

# tally: each line once, with how often it came, on one line.
tally()
{
	sort | uniq -c | awk '{ print $2 "=" $1 }' | paste -sd' '
}

# The writes that Omie received since the last question.
writes()
{
	new_lines omie.calls | jq -r '.call // empty |
		select(test("Incluir|Alterar|Associar"))' | tally
}

# The writes that InAnbetec received since, too.
patches()
{
	new_lines companies.calls |
		jq -r 'select(.method != "GET") | .method' | tally
}

# The actions of the results, on one line.
acted()
{
	jq -r '.sync.acao // empty' out | paste -sd' '
}

customers()
{
	curl -s "$OMIE_BASE/sim/clients"
}
