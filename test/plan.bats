#!/usr/bin/env bats
# omie-contract: plan lines that were edited, are tests, or meet a lock-out; ceilings.

bats_require_minimum_version 1.5.0
load revision_helper

@test "a test of a plan line asks nobody" {
	start
	bills 2 | volum-store >stored
	try 0 contract --plan <stored
	mv out plan
	: >omie.calls
	try 0 contract --dry-run <plan
	same 'planejado planejado' "$(actions)"
	jq -c '.test = true' plan >tests
	try 0 contract <tests
	same 'planejado planejado' "$(actions)"
	same '' "$(calls)"
}

@test "a plan whose action was edited is no other action" {
	start --duplicate-code accept
	bills 2 | volum-store >stored
	try 0 contract --plan <stored
	mv out plan
	for word in adotar nada dispensar resolver divergente alterar xyz; do
		jq -c ".plano.acao = \"$word\"" plan >edited
		try 1 contract <edited
		same '' "$(cat out)"
	done
	jq -c 'del(.plano.acao)' plan >edited
	try 1 contract <edited
	jq -c '.plano.acao = 1' plan >edited
	try 1 contract <edited
	same '' "$(contracts)"
	try 0 contract <plan
	same 'incluido incluido' "$(actions)"
}

@test "what was planned to be adopted is not created when it is gone" {
	start --duplicate-code accept
	bills 1 | volum-store >stored
	kept lancamentos >before
	try 0 contract <stored
	write_ledger <before # of the day before
	try 0 contract --plan <stored
	same adotar "$(plan_words out)"
	mv out plan
	try 0 contract <plan
	same incluido "$(actions)"
	same 1 "$(contracts | wc -l)"
	write_ledger <before
	control contract-edit '{"nCodCtr":7700000001,"set":{"cabecalho":{"cCodIntCtr":"X"}}}'
	try 1 contract <plan
	same plano_vencido "$(jq -r .rejeitado.codigo "$REJECTED")"
	same 1 "$(contracts | wc -l)"
}

@test "an unknown member named plano is no plan" {
	start
	bill 1 1.10 '"plano":"ouro"' | try 0 contract
	same incluido "$(actions)"
}

@test "a lock-out under a plan leaves no line without an answer" {
	start --fault block-425:ListarContratos:1-9
	bills 3 | volum-store >stored
	control fault '{"rule":null}'
	try 0 contract --plan <stored
	mv out plan
	control fault '{"rule":"block-425:ListarContratos:1-9"}'
	try 69 contract <plan
	same 'bloqueado bloqueado bloqueado' "$(jq -r .rejeitado.codigo "$REJECTED" | paste -sd' ')"
}

@test "what may have been made counts for the ceilings" {
	start --redundancy off --fault hang-after=9000:IncluirContrato:1 --fault html-502:ConsultarContrato:1-9
	bills 2 | try 1 contract --max-contracts 1 --timeout 1
	same 'incerto limite_atingido' "$(jq -r .rejeitado.codigo "$REJECTED" | paste -sd' ')"
	same 1 "$(contracts | wc -l)"
	try 64 contract --max-total=-1 </dev/null
	try 64 contract --max-total=-0.01 </dev/null
}

