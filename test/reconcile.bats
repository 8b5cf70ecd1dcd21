#!/usr/bin/env bats
# omie-contract --reconcile: a month as store, ledger and Omie tell it.

bats_require_minimum_version 1.5.0
load omie_helper

reconcile()
{
	contract --reconcile --competencia 2024-01 "$@"
}

# What the lines about contracts say.
lines()
{
	jq -r "select(.reconciliacao).reconciliacao | $1" out
}

# What the closing line says.
sum()
{
	jq -c "select(.resumo).resumo | $1" out
}

@test "all sides agree: 0, silence, one listing, and not a byte changed" {
	start_new --page-cap 3
	made 7
	bill 8 0.00 | volum-store >stored
	sleep 1.1
	: >omie.calls
	unmoved >before
	try 0 reconcile
	[ ! -s err ]
	same 1 "$(wc -l <out)"
	same '[true,8,{"ok":7,"dispensado":1},{"esperado":28.70,"omie":28.70,"diferenca":0.00}]' \
		"$(sed 's/.*"confere":\([a-z]*\),"consolidacoes":\([0-9]*\),"situacoes":\({[^}]*}\),"valores":\({[^}]*}\).*/[\1,\2,\3,\4]/' out)"
	same 'ListarContratos ListarContratos ListarContratos' "$(calls)"
	same '' "$(jq -r 'select(.status >= 400).call' omie.calls)"
	unmoved | cmp - before
	[ ! -e "$REJECTED" ]
	sleep 1.1
	try 0 reconcile --all
	same 'ok ok ok ok ok ok ok dispensado' "$(lines .situacao | paste -sd' ')"
	same '2024-01 1 PROP-1 2401-BJGG46V4TZXXMTC ok 7700000001 sent 7700000001 confirmado' \
		"$(lines '[.competencia, .empresaId, .numeroProposta, .cCodIntCtr,
			.situacao, .nCodCtr, .status, .nCodCtrConfirmado, .evento] |
			join(" ")' | head -n 1)"
	grep -qF '"valores":{"esperado":1.10,"omie":1.10}' out
}

@test "whatever does not agree is named, with both sides, and nothing else" {
	start_new --duplicate-code accept
	made 16
	edit_contract 2 '"cCodSit":"99"'
	edit_contract 3 '"nCodCli":4477000009'
	control contract-edit '{"nCodCtr":7700000004,"set":{"itensContrato":[
		{"itemCabecalho":{"codIntItem":"1","valorUnit":4.09}}]}}'
	type_contract "$(code 2024-01 5 PROP-5)" 4477000005 5.10
	edit_contract 6 '"cCodIntCtr":"X-6"'
	edit_contract 7 '"cCodIntCtr":"X-7"'
	type_contract "$(code 2024-01 7 PROP-7)" 4477000007 7.10
	bill 8 18.20 | volum-store --revise >stored
	# By its document: none has that of 9, one that of 11.
	cnpj=$(curl -s "$OMIE_BASE/sim/clients" |
		jq -r 'select(.codigo_cliente_omie == 4477000011).cnpj_cpf')
	volum-store >stored <<-!
		{"empresa":{"empresaId":"9","cnpj":"11.222.333/0001-81","codigoClienteOmie":null}}
		{"empresa":{"empresaId":"11","cnpj":"$cnpj","codigoClienteOmie":null}}
	!
	# A second one that was cancelled is no trouble, nor is one of another
	# month, or one cancelled that nothing bills.
	type_contract "$(code 2024-01 10 PROP-10)" 4477000010 99 '"cCodSit":"99"'
	type_contract 2402-000000000000000 4477000001 1
	type_contract 2401-000000000000000 4477000001 1 '"cCodSit":"99"'
	type_contract 2401-X 4477000001 1234.5
	bill 17 17.10 | contract >unstored
	{
		bill 18 18.10
		bill 19 19.10 | sed s/completed/processing/
		bill 20 20.10 '"parcial":true'
	} | volum-store >stored
	echo '{"volumetriaData":[{"idEmpresa":99}],"competencia":"2024-01"}' |
		try 1 volum-store
	sleep 1.1
	: >omie.calls
	try 1 reconcile
	cat >want <<-!
		sobrando null 0.00 1234.50 7700000022
		cancelado 2 2.10 0.00 7700000002
		cliente 3 3.10 3.10 7700000003
		cliente 9 9.10 9.10 7700000009
		duplicado 5 5.10 10.20 7700000005
		faltando 6 6.10 0.00 null
		nao_enviado 18 18.10 0.00 null
		nao_enviado 8 18.20 8.10 7700000008
		nao_pronta 19 19.10 0.00 null
		outro_contrato 7 7.10 7.10 7700000018
		parcial 20 20.10 0.00 null
		sem_consolidacao 99 0.00 0.00 null
		sobrando 17 0.00 17.10 7700000023
		valor 4 4.10 4.09 7700000004
	!
	sed -nE 's/.*"valores":\{"esperado":([0-9.]*),"omie":([0-9.]*)\}.*/\1 \2/p' out >amounts
	lines '"\(.situacao) \(.empresaId)"' | paste -d' ' - amounts \
		<(lines .nCodCtr) | sort | diff <(sort want) -
	same '{"esperado":4477000003,"omie":4477000009} {"esperado":null,"omie":4477000009}' \
		"$(lines '.clientes // empty | tojson' | paste -sd' ')"
	same '{"vigentes":0,"cancelados":1} {"vigentes":2,"cancelados":0}' \
		"$(lines '.contratos // empty | tojson' | paste -sd' ')"
	same 7700000007 "$(lines 'select(.situacao == "outro_contrato").nCodCtrConfirmado')"
	same '[false,19]' "$(sum '[.confere, .consolidacoes]')"
	same '{"ok":8,"descartado":1,"duplicado":1,"cliente":2,"valor":1,"cancelado":1,"faltando":1,"sobrando":2,"nao_enviado":2,"nao_pronta":1,"parcial":1,"outro_contrato":1,"sem_consolidacao":1}' \
		"$(sum .situacoes | jq -c .)"
	# Of Omie all that are not cancelled, of ours all that is to be billed.
	grep -qF '"valores":{"esperado":205.00,"omie":1386.09,"diferenca":1181.09}}}' out
	grep -q '2024-01 does not agree: 8 ok, 1 descartado, .*expected R\$ 205,00, in Omie R\$ 1\.386,09' err
	same 1 "$(wc -l <err)"
	same 'ListarClientes ListarContratos' "$(calls | tr ' ' '\n' | sort -u | paste -sd' ')"
}

@test "calls without an outcome are open, and settled by the next run" {
	start_new
	made 1
	control fault '{"rule":"hang=2500:IncluirContrato:1"}'
	control fault '{"rule":"hang-after=2500:IncluirContrato:2"}'
	for i in 2 3; do
		bill $i $i.10 | volum-store >todo
		omie-contract --timeout 3 <todo >part 2>part.err 3>&- &
		pid=$!
		if [ $i = 2 ]; then
			wait_for 20 eval '[ "$(ledger 2)" = intencao ]'
		else
			wait_for 20 eval '[ "$(contracts | wc -l)" = 2 ]'
		fi
		kill -9 "$pid"
		end_of "$pid"
		time_passes
		sleep 2.7
	done
	try 1 reconcile
	same 'aberto 2 intencao null aberto 3 intencao 7700000002' \
		"$(lines '"\(.situacao) \(.empresaId) \(.evento) \(.nCodCtr)"' | paste -sd' ')"
	same '{"ok":1,"aberto":2}' "$(sum .situacoes)"
	control fault '{"rule":null}'
	volum-store --list consolidacoes | try 0 contract
	volum-store <out >stored
	sleep 1.1
	try 0 reconcile
}

@test "a lost ledger, a lost result, a store of another account" {
	start_new
	made 3
	bill 4 4.10 | volum-store >todo
	contract <todo >unstored
	sleep 1.1
	try 1 reconcile
	same 'sem_registro 4 completed confirmado' \
		"$(lines '"\(.situacao) \(.empresaId) \(.status) \(.evento)"')"
	volum-store <unstored >stored
	sleep 1.1
	try 0 reconcile
	for kind in empresas propostas consolidacoes contratos; do
		volum-store --list $kind
	done >backup
	in_other new volum-store <backup >stored
	sleep 1.1
	in_other new try 1 reconcile
	same 'sem_registro sem_registro sem_registro sem_registro' "$(lines .situacao | paste -sd' ')"
	same 'null null null null' "$(lines .evento | paste -sd' ')"
	# Another account: what was sent elsewhere is not there.
	stop_all
	start_omie --time-scale 60 --clients 20
	try 1 reconcile
	same 'faltando faltando faltando faltando' "$(lines .situacao | paste -sd' ')"
}

@test "what ledger or results alone remember has no consolidation" {
	start_new
	made 1
	bill 2 2.10 | contract >unstored
	bill 3 3.10 | contract | volum-store >stored
	edit_contract 2 '"cCodIntCtr":"X-2"'
	edit_contract 3 '"cCodIntCtr":"X-3"'
	sleep 1.1
	try 1 reconcile
	same 'sem_consolidacao 2 PROP-2 confirmado sem_consolidacao 3 PROP-3 confirmado' \
		"$(lines '"\(.situacao) \(.empresaId) \(.numeroProposta) \(.evento)"' | paste -sd' ')"
	# The ledger is lost: the result of 3 is left.
	for kind in empresas propostas consolidacoes contratos; do
		volum-store --list $kind
	done >backup
	in_other new volum-store <backup >stored
	sleep 1.1
	in_other new try 1 reconcile
	same 'sem_registro 1 sem_consolidacao 3' "$(lines '"\(.situacao) \(.empresaId)"' | paste -sd' ')"
}

@test "no store, no month: nothing is expected, and nothing may be there" {
	start_new
	made 2
	sleep 1.1
	try 0 contract --reconcile -c 2024-02
	same '{"confere":true,"consolidacoes":0,"situacoes":{}}' \
		"$(sum '{confere, consolidacoes, situacoes}')"
	sleep 1.1
	try 0 omie-contract --reconcile -c auto --as-of 2024-03-01T00:00:00Z
	same '"2024-01"' "$(sum .competencia)" # the zone is Sao Paulo's
	sleep 1.1
	in_other none try 1 reconcile
	same 'sobrando sobrando' "$(lines .situacao | paste -sd' ')"
	in_other none no_store
	# Volumes that a consolidation came of are no line of their own.
	echo '{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":3,"valorTotal":30.00},"pixpay":{"qtdeMotoristas":2,"valorTotal":5.00},"bolepix":{"qtdeTitulos":1,"valorTotal":1},"webcheckout":{"qtdeTitulos":1,"valorTotal":1},"pagamentos":{"qtdeTitulos":1,"valorTotal":1}}],"competencia":"2024-02"}' |
		volum-store >stored
	sleep 1.1
	try 1 contract --reconcile -c 2024-02
	same nao_enviado "$(lines .situacao | paste -sd' ')"
}

@test "a table of 80 columns for a person, whatever the names" {
	start_new
	made 3
	{
		echo '{"empresa":{"empresaId":"1","razaoSocial":"Café São João da Conceição Ltda Com Nome Longo"}}'
		echo '{"empresa":{"empresaId":"2","razaoSocial":"東京サービス株式会社東京サービス株式会社"}}'
		printf '%s\n' '{"empresa":{"empresaId":"3","razaoSocial":"Esc\u001b[31mape\u0085\u202edois\u0301"}}'
	} | volum-store >stored
	edit_contract 1 '"cCodSit":"99"'
	edit_contract 2 '"nCodCli":4477000009'
	type_contract 2401-69WFNXB7BZ0M0DB 4477000003 123456789.01
	control contract-edit '{"nCodCtr":7700000003,"set":{"itensContrato":[
		{"itemCabecalho":{"codIntItem":"1","valorUnit":4000.09}}]}}'
	sleep 1.1
	try 1 on_terminal omie-contract --reconcile -c 2024-01
	cat >want <<-!
		situacao         empresa                               esperado             omie
		cancelado        Café São João da Conceição L…             1,10             0,00
		                 2401-BJGG46V4TZXXMTC  7700000001  1/PROP-1
		cliente          東京サービス株式会社東京サー…             2,10             2,10
		                 2401-PQ6W70AM50Q35YF  7700000002  2/PROP-2
		                 nCodCli: expected 4477000002, in Omie 4477000009
		valor            Esc?[31mape??doiś                         3,10         4.000,09
		                 2401-69WFNXB7BZ0M0DA  7700000003  3/PROP-3
		sobrando                                                   0,00   123.456.789,01
		                 2401-69WFNXB7BZ0M0DB  7700000004

		total, R$ (3 consolidations)                               6,30   123.460.791,20
		diferenca                                                         123.460.784,90

		cliente              1  another customer, or none known: correct the wrong one
		valor                1  another amount: correct the one that is wrong
		cancelado            1  cancelled in Omie: undo that, or revise it to 0.00
		sobrando             1  no consolidation bills it: cancel it, or store one

		2024-01 does not agree
	!
	diff -u want out
	# The table has said it all.
	[ ! -s err ]
	sleep 1.1
	try 1 on_terminal omie-contract --reconcile -c 2024-01 --json
	same 'cancelado cliente valor sobrando' "$(lines .situacao | paste -sd' ')"
}

@test "options that have no meaning together: 64, and nothing is called" {
	start_new
	link=$(printf '%064d' 0)
	while IFS='|' read -r options why; do
		# shellcheck disable=SC2086 # words of a line
		want='' want_err=$why expect "$options" 64 contract $options
	done <<-!
		--reconcile|--reconcile compares one month: give --competencia
		-c 2024-01|--competencia goes with --reconcile
		--all|--all goes with --reconcile
		--verify --all|--all goes with --reconcile
		--json|--json goes with
		--expect $link|--expect goes with --verify
		--verify --expect 12|--expect: the link of a line, 64
		--verify --expect ${link}0|--expect: the link of a line, 64
		--verify --expect ${link/0/G}|--expect: the link of a line, 64
		--verify --show 2401-X|one at a time
		--verify --reconcile -c 2024-01|one at a time
		--reconcile -c 2024-01 --dry-run|no --dry-run with them
		--reconcile -c 2024-01 --template x.jq|no --template, --plan
		--reconcile -c 2024-01 --plan|no --template, --plan
		--verify --max-total 1.00|--max-contracts or --max-total
		--verify --dry-run|no --dry-run with them
		--reconcile -c 2024-13|--competencia: neither YYYY-MM
		--reconcile -c 2027-01|--competencia 2027-01 is in the future
		--reconcile -c 2026-11|--competencia: the month is not over
		--reconcile -c corrente|--competencia: the month is not over
		--show 2024-01/1|COMPETENCIA/EMPRESA/PROPOSTA expected
		--show 2401-X/1/P|COMPETENCIA/EMPRESA/PROPOSTA expected
	!
	[ ! -s omie.calls ]
	[ ! -e "$REJECTED" ]
}

@test "Omie does not answer, or shuts us out: no word about the month" {
	start_new
	made 1
	want_err=OMIE_APP_KEY expect credentials 78 env -u OMIE_APP_KEY \
		omie-contract --reconcile -c 2024-01
	control fault '{"rule":"html-502:ListarContratos"}'
	want='' want_err='ListarContratos, page 1' expect broken 75 reconcile
	control fault '{"rule":null}'
	control fault '{"rule":"block-425:ListarContratos"}'
	sleep 1.1
	want='' want_err='until' expect blocked 69 reconcile
	time_passes
	control fault '{"rule":null}'
	sleep 1.1
	want_err=stdout expect full 74 sh -c \
		'omie-contract --reconcile -c 2024-01 >/dev/full'
	[ ! -e "$REJECTED" ]
}
