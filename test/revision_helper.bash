# shellcheck shell=bash
# What the tests of revisions and plans share: `load revision_helper`.

load omie_helper

# Two products, so that lines can come and go.
two()
{
	printf '{"consolidacaoData":{"competencia":"2024-01","empresaId":"%s","numeroProposta":"PROP-%s","valorTotal":%s,"produtos":[{"nome":"Cobrança Bancária","quantidade":3,"valor":%s},{"nome":"PIX Pay","quantidade":2,"valor":%s}],"status":"completed"},"trigger":"data-processed"}\n' \
		"$1" "$1" "$2" "$3" "$4"
}

# bill_all: what stdin holds through the store, Omie and the store again.
bill_all()
{
	volum-store "$@" >stored || return
	contract <stored >out 2>err || return
	volum-store <out >/dev/null
}

# held ID: the items' amounts and the total of a company's contract.
held()
{
	contracts | jq -c "select(.nCodCli == $((4477000000 + $1))) |
		[[.itensContrato[]?.itemCabecalho.valorUnit], .nValTotMes]"
}

# contract_of ID: all of it, as ConsultarContrato tells.
contract_of()
{
	curl -s -d "{\"call\":\"ConsultarContrato\",\"app_key\":\"$OMIE_APP_KEY\",\"app_secret\":\"$OMIE_APP_SECRET\",\"param\":[{\"contratoChave\":{\"nCodCtr\":$((7700000000 + $1))}}]}" \
		"${OMIE_API_URL}servicos/contrato/" | jq -cS .contratoCadastro
}

items()
{
	contract_of "$1" | jq -c '[.itensContrato[].itemCabecalho | [.codIntItem, .valorUnit]]'
}

begin()
{
	start --redundancy off "$@"
	two 1 30.00 20.00 10.00 | bill_all
	same incluido "$(actions)"
	: >omie.calls
}

plan_words()
{
	jq -r '.plano.acao' "$1" | paste -sd' '
}

# The calls that changed something of a contract.
changes()
{
	jq -r 'select(.call == "AlterarContrato" or .call == "ExcluirItem").call' omie.calls | paste -sd' '
}

# revised REVISION TOTAL FIRST [SECOND]: company 1's, as a file would bring it.
revised()
{
	if [ $# = 4 ]; then
		two 1 "$2" "$3" "$4"
	else
		bill 1 "$3"
	fi | jq -c ".consolidacaoData.revisao = $1"
}

# killed_at METHOD NUMBER FILE: kills the command, fed with FILE, when Omie has
# that call and hangs.
killed_at()
{
	omie-contract --as-of 2026-11-24T15:00:00Z --timeout 2 <"$3" >killed 2>&1 &
	local pid=$!
	wait_for 20 has_calls "$1" "$2" || return
	kill -9 "$pid" || :
	end_of "$pid" 2>/dev/null
}

has_calls()
{
	[ "$(grep -c "\"$1\"" omie.calls)" -ge "$2" ]
}
