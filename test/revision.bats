#!/usr/bin/env bats
# omie-contract: what was revised is changed, what somebody else changed is not;
# plans, and doing exactly what was planned.

bats_require_minimum_version 1.5.0
load revision_helper

@test "a revision is read, changed whole, and read again" {
	begin
	contract_of 1 >before
	two 1 33.00 20.00 13.00 | bill_all --revise
	same 'ConsultarContrato AlterarContrato ConsultarContrato' "$(calls | cut -d' ' -f2-)"
	same alterado "$(actions)"
	same '7700000001 33.00 sent' "$(jq -r '.contrato | [.nCodCtr, .valorTotal, .status] | join(" ")' out | sed 's/ 33 / 33.00 /')"
	same '[["1",20],["2",13]]' "$(items 1)"
	same 'intencao confirmado intencao confirmado' "$(ledger 1)"
	# By nCodCtr alone, with all that Omie had and nothing that it computes.
	jq -c 'select(.call == "AlterarContrato") | .body.param[0]' omie.calls >sent
	same '7700000001 null null' "$(jq -r '[.cabecalho.nCodCtr, .cabecalho.cCodIntCtr, .cabecalho.nValTotMes] | map(tostring) | join(" ")' sent)"
	same 'true' "$(jq -c '[.itensContrato[].itemCabecalho.codItem > 0] | all' sent)"
	# The same again is nothing to do.
	: >omie.calls
	volum-store --list consolidacoes | try 0 contract
	same inalterado "$(actions)"
	same '' "$(calls)"
	same 'sent 2' "$(volum-store --list consolidacoes |
		jq -r '.consolidacaoData | "\(.status) \(.revisao)"')"
}

@test "lines that come and go: items are added, and taken out" {
	begin
	bill 1 20.00 | bill_all --revise
	same '[["1",20]]' "$(items 1)"
	grep -q '"ExcluirItem"' omie.calls
	two 1 45.00 20.00 25.00 | bill_all --revise
	same '[["1",20],["2",25]]' "$(items 1)"
	same 'alterado' "$(actions)"
}

@test "what somebody changed in Omie is divergente, field by field, and stays" {
	begin
	contract_of 1 >before
	control contract-edit '{"nCodCtr":7700000001,"set":{"cabecalho":{"nDiaFat":22}}}'
	two 1 33.00 20.00 13.00 | volum-store --revise >stored
	try 1 contract <stored
	same divergente "$(jq -r .rejeitado.codigo "$REJECTED")"
	grep -q 'cabecalho.nDiaFat: sent 5, in Omie 22' err
	same '' "$(grep AlterarContrato omie.calls || :)"
	# Cancelled is never revived.
	control contract-edit '{"nCodCtr":7700000001,"set":{"cabecalho":{"nDiaFat":5,"cCodSit":"99"}}}'
	try 1 contract <stored
	grep -q 'it is cancelled in Omie' err
	same '' "$(grep AlterarContrato omie.calls || :)"
	# Put back as it was, it goes on.
	control contract-edit '{"nCodCtr":7700000001,"set":{"cabecalho":{"cCodSit":"10"}}}'
	try 0 contract <stored
	same alterado "$(actions)"
	same '[["1",20],["2",13]]' "$(items 1)"
}

@test "other content that is no later revision is refused, and so is 0.00" {
	begin
	two 1 33.00 20.00 13.00 >other
	try 1 contract <other || :
	same desatualizada "$(jq -r .rejeitado.codigo "$REJECTED")"
	rm "$REJECTED"
	# A store that has forgotten it is not asked: the ledger has not.
	two 1 33.00 20.00 13.00 | in_other copy try 1 contract || :
	two 1 0.00 0.00 0.00 | volum-store --revise >stored
	try 1 contract <stored
	grep -q 'cancel\|no later revision' err
	same '[["1",20],["2",10]]' "$(items 1)"
}

@test "each failure of a change: settled by reading, one change in the end" {
	one()
	{
		start --redundancy off --fault "$1:AlterarContrato:1" 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		two 1 30.00 20.00 10.00 | bill_all
		two 1 33.00 20.00 13.00 | volum-store --revise >stored
		try 0 contract --timeout 1 <stored
		same alterado "$(actions)"
		same '[["1",20],["2",13]]' "$(items 1)"
		volum-store <out >/dev/null
		volum-store --list consolidacoes | try 0 contract
		same inalterado "$(actions)"
	}
	side_by_side broken-before broken-after byebye-after cut-before cut-after \
		hang=1500 hang-after=1500 html-502 ok-without-id ok-with-fault \
		truncated latin1 running-1880 fault-500
}

@test "a change that is seen late is waited for, not sent twice" {
	begin --contract-lag 30
	sleep 0.6 # by then the contract itself is seen
	two 1 33.00 20.00 13.00 | bill_all --revise
	same alterado "$(actions)"
	same 1 "$(grep -c '"AlterarContrato"' omie.calls)"
}

@test "kill -9 in a change: the next run settles it" {
	one()
	{
		start --redundancy off --fault "$1=1500:AlterarContrato:1" 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		two 1 30.00 20.00 10.00 | bill_all
		two 1 33.00 20.00 13.00 | volum-store --revise >stored
		omie-contract --as-of 2026-11-24T15:00:00Z --timeout 3 <stored >killed 2>&1 &
		pid=$!
		wait_for 20 grep -q AlterarContrato omie.calls || sleep 0.5
		wait_for 20 has_intent
		kill -9 "$pid"
		end_of "$pid"
		try 0 contract <stored
		same alterado "$(actions)"
		same '[["1",20],["2",13]]' "$(items 1)"
	}
	has_intent() { [ "$(ledger 1)" = 'intencao confirmado intencao' ]; }
	side_by_side hang hang-after
}

# --- plans ---

@test "--plan says what would be done, and does nothing" {
	start_new --page-cap 2
	bills 3 | volum-store >stored
	contract <stored >out
	volum-store <out >/dev/null
	bill 1 9.90 | volum-store --revise >new
	control contract-edit '{"nCodCtr":7700000002,"set":{"cabecalho":{"cCodSit":"99"}}}'
	sleep 1.1
	: >omie.calls
	kept lancamentos >before
	{
		cat new
		sed -n 2,3p stored
		bill 4 4.10
		bill 5 0.00
	} >in
	try 1 contract --plan <in
	same 'alterar divergente nada incluir dispensar' "$(plan_words out)"
	grep -q '1 to create, 1 to change, R\$ 14,00; 0 to adopt, 0 open, 1 as they are, 1 without a bill, 1 divergent; 4 calls' err
	same 'ListarContratos ListarContratos' "$(calls)"
	kept lancamentos | cmp - before
	same '["itensContrato[0].itemCabecalho.valorUnit: sent 9.9, in Omie 1.1"]' \
		"$(jq -c 'select(.plano.acao == "alterar").plano.diferenca' out)"
	# Fed back in, it is done exactly; downstream it is no news.
	grep -v divergente out >plan
	volum-store --dry-run <plan >/dev/null
	: >omie.calls
	try 0 contract <plan
	same 'alterado inalterado incluido dispensado' "$(actions)"
	same '1' "$(grep -c '"IncluirContrato"' omie.calls)"
	same '1' "$(grep -c '"AlterarContrato"' omie.calls)"
	same '9.9 2.1 3.1 4.1' "$(contracts | jq -r .nValTotMes | paste -sd' ')"
	# What was applied is not planned for any more.
	try 1 contract <plan
	same 'plano_vencido' "$(jq -r .rejeitado.codigo "$REJECTED" | tail -n 4 | sort -u)"
}

@test "a plan is refused when store, ledger or Omie have moved on, or it was touched" {
	start
	bills 4 | volum-store >stored
	try 0 contract --plan <stored
	mv out plan
	# The store: another amount of company 1. Omie: company 2 has one by now.
	# The plan: company 3's amount was changed by hand.
	bill 1 7.70 | volum-store >/dev/null
	code=$(jq -r 'select(.contrato.empresaId == "2").contrato.cCodIntCtr' plan)
	control contract-edit "{\"set\":{\"cabecalho\":{\"cCodIntCtr\":\"$code\",\"nCodCli\":4477000002}}}"
	sed -i '3s/"valorUnit":3.1,/"valorUnit":3.2,/' plan
	sleep 1.1
	try 1 contract <plan
	same '4' "$(jq -r .contrato.empresaId out)"
	same 'plano_vencido plano_vencido plano_invalido' "$(jq -r .rejeitado.codigo "$REJECTED" | paste -sd' ')"
	grep -q 'the store holds another consolidation' err
	grep -q 'the contract exists in Omie' err
}

@test "an account full of contracts, an empty ledger: a plan costs pages, no look-up" {
	start_new
	for i in $(seq 210); do
		echo "{\"set\":{\"cabecalho\":{\"cCodIntCtr\":\"X-$i\",\"nCodCli\":4477000001}}}"
	done | while read -r body; do control contract-edit "$body"; done
	bills 20 | try 0 contract --plan
	same 20 "$(grep -c incluir out)"
	same 'ListarContratos ListarContratos ListarContratos' "$(calls)"
}

@test "--max-contracts and --max-total end the sending, and lose nothing" {
	start
	bills 4 | try 1 contract --max-contracts 2
	same 'incluido incluido' "$(actions)"
	same 'limite_atingido limite_atingido' "$(jq -r .rejeitado.codigo "$REJECTED" | paste -sd' ')"
	mv "$REJECTED" again
	try 1 contract --max-total 3.10 <again
	same '3' "$(jq -r .contrato.empresaId out)"
	same 'limite_atingido' "$(jq -r .rejeitado.codigo "$REJECTED")"
	grep -q '1 created, 0 changed, R\$ 3,10; 0 unchanged, 1 rejected, 0 of them open' err
	try 64 contract --max-total 1,50 </dev/null
	try 64 contract --plan --max-contracts 1 </dev/null
	try 64 contract --plan --dry-run </dev/null
}
