#!/usr/bin/env bats
# omie-contract: a change or a bill that was left half way, and what came after.

bats_require_minimum_version 1.5.0
load revision_helper

@test "a change that was made and not confirmed, a later one that failed, and again" {
	# Revision 2 is made and its answer lost; revision 3 finds it so, and its
	# own change is lost on its way: Omie holds what only the ledger knows of.
	begin --fault cut-after:AlterarContrato:1 --fault hang=3000:AlterarContrato:2
	two 1 33.00 20.00 13.00 | volum-store --revise >stored
	killed_at AlterarContrato 1 stored
	revised 3 36.00 20.00 16.00 | volum-store --revise >stored
	killed_at AlterarContrato 2 stored
	same '[["1",20],["2",13]]' "$(items 1)"
	try 0 contract <stored
	same alterado "$(actions)"
	same '[["1",20],["2",16]]' "$(items 1)"
}

@test "lines of a change that was cut short are taken out by the next revision" {
	begin --fault fault-500:ExcluirItem:1-9
	bill 1 25.00 | volum-store --revise >stored
	try 1 contract <stored || :
	same '[["1",25],["2",10]]' "$(items 1)"
	control fault '{"rule":null}'
	revised 3 26.00 26.00 | volum-store --revise >stored
	sleep 1.1
	try 0 contract <stored
	same alterado "$(actions)"
	same '[["1",26]]' "$(items 1)"
}

@test "back to what was confirmed, after a change that was made in part: read, not believed" {
	begin --fault fault-500:ExcluirItem:1-9
	bill 1 25.00 | volum-store --revise >stored
	try 1 contract <stored || :
	control fault '{"rule":null}'
	revised 3 30.00 20.00 10.00 | volum-store --revise >stored
	sleep 1.1
	try 0 contract <stored
	same '[["1",20],["2",10]]' "$(items 1)"
	same '30.00' "$(contracts | jq -r .nValTotMes | awk '{printf "%.2f", $1}')"
}

@test "a discount that somebody gave in Omie is no reason to change the rest" {
	begin
	curl -s -d "{\"call\":\"AlterarContrato\",\"app_key\":\"$OMIE_APP_KEY\",\"app_secret\":\"$OMIE_APP_SECRET\",\"param\":[{\"cabecalho\":{\"nCodCtr\":7700000001},\"itensContrato\":[{\"itemCabecalho\":{\"codIntItem\":\"1\",\"cTpDesconto\":\"V\",\"valorDesconto\":5}}]}]}" \
		"${OMIE_API_URL}servicos/contrato/" >answer
	grep -q '"cCodStatus":"0"' answer
	: >omie.calls
	two 1 33.00 20.00 13.00 | volum-store --revise >stored
	try 1 contract <stored
	same divergente "$(jq -r .rejeitado.codigo "$REJECTED")"
	grep -q 'Desconto' err
	same '' "$(changes)"
}

@test "ExcluirItem whose answer is lost, or that is seen late, is done once" {
	one()
	{
		case $1 in
		late) start --redundancy off --contract-lag 30 ;;
		*) start --redundancy off --fault "$1:ExcluirItem:1" ;;
		esac 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		two 1 30.00 20.00 10.00 | bill_all
		sleep 0.6
		bill 1 20.00 | volum-store --revise >stored
		try 0 contract --timeout 1 <stored
		same alterado "$(actions)"
		same '[["1",20]]' "$(items 1)"
		same 1 "$(grep -c '"ExcluirItem"' omie.calls)"
	}
	side_by_side late cut-after hang-after=1500 ok-without-id
}

@test "a create that is open while its bill changes: settled as what was sent" {
	start --redundancy off --fault hang-after=3000:IncluirContrato:1
	two 1 30.00 20.00 10.00 | volum-store >stored
	killed_at IncluirContrato 1 stored
	# Before anybody knows, other volumes come: it was never sent, says the store.
	two 1 33.00 20.00 13.00 | volum-store >stored
	try 1 contract --timeout 1 <stored
	same divergente "$(jq -r .rejeitado.codigo "$REJECTED")"
	same '' "$(cat out)"
	same 'intencao confirmado' "$(ledger 1)"
	same '3000 1' "$(kept lancamentos | jq -r 'select(.empresaId == "1" and
		.evento == "confirmado") | "\(.valorTotalCentavos) \(.revisao)"')"
	grep -q '30.00 then, 33.00 now' err
	jq -r .rejeitado.conselho "$REJECTED" | grep -q '"revisao":2'
	# The advice leads on.
	jq -c '.registro | .consolidacaoData.revisao = 2' "$REJECTED" | volum-store --revise >stored
	try 0 contract <stored
	same alterado "$(actions)"
	same '[["1",20],["2",13]]' "$(items 1)"
	same 1 "$(contracts | wc -l)"
}

@test "a line of an earlier revision doesn't undo a later one that is open" {
	start --redundancy off --fault hang=3000:AlterarContrato:1
	two 1 30.00 20.00 10.00 >first
	revised 2 33.00 20.00 13.00 >second
	try 0 contract <first # the store knows of no consolidation
	killed_at AlterarContrato 1 second
	: >omie.calls
	try 1 contract <first
	same desatualizada "$(jq -r .rejeitado.codigo "$REJECTED")"
	same '' "$(calls)"
	try 0 contract <second
	same alterado "$(actions)"
	same '[["1",20],["2",13]]' "$(items 1)"
	try 1 contract <first
}

@test "a store that stays locked ends the run, not the record" {
	sqlite_only 'the ledger takes no lock on a server'
	start
	bills 1 | volum-store >stored
	sqlite3 "$DB" '.shell true' 'BEGIN IMMEDIATE;' '.shell sleep 45' &
	lock=$!
	sleep 0.5
	code=0
	contract <stored >out 2>err || code=$?
	kill "$lock" || :
	cat err
	same 75 "$code"
	same '' "$(calls | grep Incluir || :)"
}

@test "a change with what Omie answers and doesn't take back, with numbers as text" {
	one()
	{
		case $1 in
		text) start --redundancy off --numbers-as-strings ;;
		more) start --redundancy off --extra-members ;;
		*) start --redundancy off --extra-members --numbers-as-strings --alter-texts --alter-both-keys accept ;;
		esac 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		two 1 30.00 20.00 10.00 | bill_all
		two 2 30.00 20.00 10.00 | bill_all
		{
			bill 1 25.00
			two 2 33.00 20.00 13.00
		} | volum-store --revise >stored
		try 0 contract <stored
		same 'alterado alterado' "$(actions)"
		same '25 33' "$(contracts | jq -r .nValTotMes | paste -sd' ')"
		# What it doesn't take is found out once.
		[ "$(grep -c '"AlterarContrato"' omie.calls)" -le 3 ]
	}
	side_by_side text more all
}

at()
{
	local day=$1
	shift
	omie-contract --as-of "${day}T15:00:00Z" "$@"
}

@test "what may have been billed is not moved to the next billing" {
	begin # valid in December, billed on the 5th
	two 1 33.00 20.00 13.00 | volum-store --revise >stored
	: >omie.calls
	try 1 at 2026-12-10 <stored
	same ja_faturado "$(jq -r .rejeitado.codigo "$REJECTED")"
	grep -q '05/12/2026' err
	same '' "$(changes)"
	same 'intencao confirmado' "$(ledger 1)"
	# Up to that day it is still to be billed.
	sleep 1.1
	try 0 at 2026-12-05 <stored
	same alterado "$(actions)"
	same '[["1",20],["2",13]]' "$(items 1)"
}

@test "a change that is found made, after its month: confirmed, not made anew" {
	begin --fault hang-after=3000:AlterarContrato:1
	two 1 33.00 20.00 13.00 | volum-store --revise >stored
	killed_at AlterarContrato 1 stored
	contract_of 1 >before
	: >omie.calls
	try 0 at 2027-01-10 <stored
	same alterado "$(actions)"
	same '' "$(changes)"
	contract_of 1 | diff before -
	# What somebody changes after that is seen all the same.
	control contract-edit '{"nCodCtr":7700000001,"set":{"cabecalho":{"nDiaFat":22}}}'
	revised 3 36.00 20.00 16.00 | volum-store --revise >stored
	try 1 at 2027-01-10 <stored
	grep -q 'nDiaFat: sent 5, in Omie 22' err
}

@test "a listing that doesn't say how much there is proves no absence" {
	export OMIE_SAME_CALL_WINDOW_S=0
	start_new
	start_double 200 '{"cCodIntCtr":"","nCodCtr":7700000077,"cCodStatus":"0","cDescStatus":"ok"}'
	OMIE_API_URL=$ADDRESS
	for said in '' '"total_de_paginas":1,' '"total_de_registros":1,' '"total_de_paginas":"","total_de_registros":null,'; do
		echo "{\"pagina\":1,$said\"registros\":1,\"contratoCadastro\":[{\"cabecalho\":{\"nCodCtr\":5,\"cCodIntCtr\":\"X\"}}]}" >double.body.ListarContratos
		bill 1 1.10 | try 1 contract
		same '' "$(ledger 1)"
	done
	same servico_indisponivel "$(jq -r .rejeitado.codigo "$REJECTED" | sort -u)"
	# Nor is an empty one that says there is something.
	echo '{"pagina":1,"total_de_paginas":"1","total_de_registros":"1","contratoCadastro":[]}' >double.body.ListarContratos
	bill 1 1.10 | try 1 contract
	same '' "$(ledger 1)"
}
