#!/usr/bin/env bats
# omie-sim against the rules for it: the sections are those of the reference
# on Omie's API, as in the sources.

bats_require_minimum_version 1.5.0
load sim_helper

OMIE_SIM=${BUILD:-build}/bin/omie-sim

setup()
{
	# A valid contract, and one with the members of $1 (jq) changed.
	CONTRACT='{"cabecalho":{"cCodIntCtr":"C-1","nCodCli":4477000001,"cCodSit":"10","cTipoFat":"01","dVigInicial":"01/11/2026","dVigFinal":"31/10/2027"},"itensContrato":[{"itemCabecalho":{"codIntItem":"1","natOperacao":"01","codServMunic":"0620","codLC116":"1.06","quant":1,"valorUnit":100}}]}'
}

teardown()
{
	stop_sim
}

start()
{
	start_sim "$OMIE_SIM" "$@"
}

clientes()
{
	omie geral/clientes "$@"
}

contrato()
{
	omie servicos/contrato "$@"
}

fat()
{
	omie servicos/contratofat "$@"
}

# contract_with JQ: $CONTRACT changed.
contract_with()
{
	jq -nc "$CONTRACT | $1"
}

include()
{
	contrato IncluirContrato "$(contract_with "${1:-.}")"
}

header()
{
	grep -i "^$1:" "$HEAD" | tr -d '\r' | cut -d' ' -f2-
}

# --- the program ---

@test "the first line is the address, SIGTERM ends it with 0" {
	start
	[[ $SIM_URL =~ ^http://127\.0\.0\.1:[0-9]+/api/v1/$ ]]
	stop_sim
}

@test "--help names every option and kind of fault, and so does the page" {
	run -0 "$OMIE_SIM" --help
	[ "${#lines[@]}" -gt 30 ]
	page=$(sed 's/\\-/-/g' man/omie-sim.1)
	for word in $(printf '%s\n' "$output" | grep -oE -- '--[a-z][a-z0-9-]+' | sort -u) \
		$(printf '%s\n' "$output" | sed -n '/Kinds of --fault/,/^OMIE/p' | sed '1d;$d'); do
		grep -qF -- "${word#-}" <<<"$page" || same "$word" "not in the page"
	done
	run -0 "$OMIE_SIM" --version
	[[ $output == omie-sim\ * ]]
}

@test "wrong options are usage errors that name themselves" {
	run -64 "$OMIE_SIM" --port x
	[[ $output == *--port* ]]
	run -64 "$OMIE_SIM" --redundancy fourth
	[[ $output == *second\|third* ]]
	run -64 "$OMIE_SIM" --time-scale 0
	run -64 "$OMIE_SIM" --fault no-such-kind
	run -64 "$OMIE_SIM" --fault cut-after:M:3-2
	run -64 "$OMIE_SIM" --fault cut-after=5
	run -64 "$OMIE_SIM" --unknown
	run -64 "$OMIE_SIM" operand
}

@test "a port in use is 78, a full disk under stdout is 74" {
	start
	run -78 "$OMIE_SIM" --port "${SIM_BASE##*:}"
	run -78 "$OMIE_SIM" --log /nowhere/at/all
	run -74 sh -c "$OMIE_SIM >/dev/full"
}

@test "the log has number, call, status, fault, and no credentials" {
	start --clients 1
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	ask "${SIM_URL}geral/clientes/" --data-binary '{"app_secret":"APP_SECRET",'
	not grep -q APP_ "$SIM_LOG"
	same '[1,"ConsultarCliente",200,null,"answered"] [2,"ConsultarCliente",500,"SOAP-ENV:Client-105","answered"] [3,null,500,"SOAP-ENV:Client-9002","answered"]' \
		"$(jq -c '[.number,.call,.status,.fault,.outcome]' "$SIM_LOG" | paste -sd' ')"
	same 4477000001 "$(jq -r 'select(.number==1).body.param[0].codigo_cliente_omie' "$SIM_LOG")"
}

@test "the log says when a call came, and how long it hangs" {
	start --clients 1 --latency 30 --fault hang=40:2
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000002}'
	same '[true,null] [true,40]' "$(jq -c '[.received < .time, .hangMs]' \
		"$SIM_LOG" | paste -sd' ')"
}

@test "control requests: state, clients, unknown ones, wrong bodies" {
	start --clients 3
	sim state
	says '[.clients,.contracts,.calls]' '[3,0,0]'
	sim clients
	same 3 "$(wc -l <"$BODY")"
	sim nothing
	same 404 "$HTTP"
	sim advance '{"seconds":-1}'
	same 400 "$HTTP"
	sim fault '{"rule":"nonsense"}'
	same 400 "$HTTP"
	sim client '{"no_such_tag":1}'
	fault 400 5001 NO_SUCH_TAG
}

# --- 10.1 surface ---

@test "10.1: GET is a page, a missing slash is 301, other paths are 404" {
	start
	ask "${SIM_URL}servicos/contrato/"
	same 200 "$HTTP"
	same 'text/html; charset=UTF-8' "$(header content-type)"
	grep -q IncluirContrato "$BODY"
	ask "${SIM_URL}servicos/contrato" -d '{}'
	same "301 /api/v1/servicos/contrato/" "$HTTP $(header location)"
	ask "${SIM_URL}contratos/contrato/" -d '{}'
	same 404 "$HTTP"
}

@test "10.1: headers of a successful write" {
	start --clients 1
	include
	same 200 "$HTTP"
	same 'application/json; encoding=UTF-8' "$(header content-type)"
	[[ $(header x-omie-request-id) =~ ^[0-9a-f]{8}-[0-9a-f-]{27}$ ]]
	same '7700000001 - Contrato de Serviço cadastrado com sucesso!' \
		"$(header omieapi-warning)"
}

@test "10.1: a fault is HTTP 500 with faultstring, faultcode and its header" {
	start
	clientes ConsultarCliente '{"codigo_cliente_omie":999999999}'
	same 500 "$HTTP"
	same '{"faultstring":"ERROR: Cliente n\u00e3o cadastrado para o C\u00f3digo [999999999] !","faultcode":"SOAP-ENV:Client-105"}' \
		"$(cat "$BODY")"
	same '105 - Cliente não cadastrado para o Código [999999999] !' \
		"$(header omieapi-error)"
}

@test "10.1: answers escape non-ASCII and the slash" {
	start
	clientes IncluirCliente '{"razao_social":"Ação 😀 a/b \"x\" \u00e7","cnpj_cpf":"11222333000181"}'
	same 200 "$HTTP"
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	grep -qF '"A\u00e7\u00e3o \ud83d\ude00 a\/b \"x\" \u00e7"' "$BODY"
	not env LC_ALL=C grep -q '[^ -~]' "$BODY"
	grep -qF '11.222.333\/0001-81' "$BODY"
}

@test "10.1: no JSON, and an envelope of another shape" {
	start
	ask "${SIM_URL}geral/clientes/" -d '{"call":'
	fault 500 9002 'JSON request with SyntaxError'
	for envelope in '[]' '{}' '{"call":"ListarClientes","param":{}}' \
		'{"call":"ListarClientes","param":[]}' \
		'{"call":"ListarClientes","param":[{},{}]}'; do
		ask "${SIM_URL}geral/clientes/" -d "$envelope"
		fault 500 9003 'Invalid JSON Object'
	done
}

@test "10.1: hostile names and params are faults like any other" {
	start --clients 1 --error-budget 0 --rate 0
	long=$(printf 'ção%.0s' {1..40})
	clientes "$long"
	fault 500 9001 not.exists
	clientes IncluirCliente "{\"$long\":1}"
	fault 500 5001 'não faz parte'
	for param in 1 null '"x"' '[1]' '[{}]'; do
		clientes IncluirCliente "$param"
		fault 500 9003 'Invalid JSON Object'
	done
	include '.itensContrato=1'
	fault 500 3102 itensContrato
	include '.itensContrato=[1]'
	fault 500 3102 itensContrato
	include '.cabecalho.nCodCli=1.5'
	fault 500 3102 nCodCli
	include '.cabecalho.nCodCli="99999999999999999999"'
	fault 500 3102 nCodCli
	include '.cabecalho="x"'
	fault 500 3102 cabecalho
	same 0 "$(curl -s "$SIM_BASE/sim/contracts" | wc -l)"
	jq -e . "$SIM_LOG" >/dev/null
	iconv -f UTF-8 -t UTF-8 "$SIM_LOG" >/dev/null
}

@test "10.1: a wrong key or secret is 403, the key may be a bare number" {
	OMIE_APP_KEY=38333295000 OMIE_APP_SECRET=s start --clients 1
	ask "${SIM_URL}geral/clientes/" -d '{"call":"ListarClientes","app_key":38333295000,"app_secret":"s","param":[{}]}'
	same 200 "$HTTP"
	ask "${SIM_URL}geral/clientes/" -d '{"call":"ListarClientes","app_key":"38333295000","app_secret":"s ","param":[{}]}'
	same 403 "$HTTP"
	ask "${SIM_URL}geral/clientes/" -d '{"call":"ListarClientes","app_key":"38333295001","app_secret":"s","param":[{}]}'
	same 403 "$HTTP"
	says .faultcode SOAP-ENV:Server
	grep -q 'chave de acesso est' "$BODY"
}

@test "10.1: an unknown method" {
	start
	clientes ListarTudo
	fault 500 9001 'Method "ListarTudo" not exists'
}

@test "10.1: order: key, block, rate, method, running, redundant, tag, required" {
	start --clients 1 --error-budget 1 --rate 1
	# A wrong key beats the block, the block beats the rate.
	clientes IncluirCliente '{"x":1}'
	fault 500 5001 X
	clientes IncluirCliente '{"x":2}'
	same 425 "$HTTP"
	ask "${SIM_URL}geral/clientes/" -d '{"call":"IncluirCliente","app_key":"no","app_secret":"no","param":[{}]}'
	same 403 "$HTTP"
	stop_sim
	# The rate beats the method's absence.
	start --rate 1
	clientes Nada
	fault 500 9001 Nada
	clientes Nada
	same 429 "$HTTP"
	stop_sim
	# Redundant beats the unknown tag, that beats what is required.
	start
	clientes IncluirCliente '{"x":1}'
	fault 500 5001 'Tag \[X\].*\[clientes_cadastro\]'
	clientes IncluirCliente '{"x":1}'
	fault 500 6 REDUNDANT
	clientes IncluirCliente '{"cnpj_cpf":"1"}'
	fault 500 71 razao_social
}

@test "10.1: running beats redundant" {
	start --clients 1 --latency 2000
	( clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}' ) 3>&- &
	until [ "$(curl -s "$SIM_BASE/sim/state" | jq .calls)" = 1 ]; do
		sleep 0.02
	done
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 1880 'existe uma requisi'
	wait $!
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 6 REDUNDANT
}

# --- 10.2 state ---

@test "10.2: ids beyond 32 bits, in sequence" {
	start
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11.222.333/0001-81","codigo_cliente_integracao":"A"}'
	says '[.codigo_cliente_omie,.codigo_cliente_integracao,.codigo_status]' '[4477000001,"A","0"]'
	include
	says '[.nCodCtr,.cCodIntCtr,.cCodStatus]' '[7700000001,"C-1","0"]'
	include '.cabecalho.cCodIntCtr="C-2"'
	says .nCodCtr 7700000002
	contrato ConsultarContrato '{"contratoChave":{"nCodCtr":7700000002}}'
	says '.contratoCadastro.itensContrato[0].itemCabecalho.codItem > 8800000000' true
}

@test "10.2: seeded companies: codes, valid documents, letters, same for a seed" {
	start --clients 14 --seed 7
	sim clients
	same '4477000001 EMP-1 4477000014 EMP-14' \
		"$(jq -rs '"\(.[0]|.codigo_cliente_omie) \(.[0].codigo_cliente_integracao) \(.[13].codigo_cliente_omie) \(.[13].codigo_cliente_integracao)"' "$BODY")"
	same 14 "$(jq -r .cnpj_cpf "$BODY" | sort -u | wc -l)"
	same 2 "$(jq -r .cnpj_cpf "$BODY" | grep -c '[A-Z]')"
	# Each is accepted where check digits are checked.
	for document in $(jq -r .cnpj_cpf "$BODY"); do
		clientes IncluirCliente "{\"razao_social\":\"X\",\"cnpj_cpf\":\"$document\"}"
		fault 500 102 'cadastrado para o CPF/CNPJ' || return 1
		sim reset-limits '{}'
	done
	sim clients
	cp "$BODY" "$BATS_TEST_TMPDIR/first"
	stop_sim
	start --clients 14 --seed 7
	sim clients
	cmp "$BODY" "$BATS_TEST_TMPDIR/first"
}

@test "10.2: the clock is advanced on request, or runs faster" {
	start --time-scale 1000
	sim state
	before=$(jq -r .now "$BODY")
	sim advance '{"seconds":86400}'
	sleep 0.1
	sim state
	after=$(jq -r .now "$BODY")
	[ $(($(date -d "$after" +%s) - $(date -d "$before" +%s))) -ge 86490 ]
}

# --- 10.3 switches ---

@test "10.3: pages are capped in silence, totals are for the cap" {
	start --clients 230
	clientes ListarClientes '{"pagina":1,"registros_por_pagina":500}'
	says '[.pagina,.total_de_paginas,.registros,.total_de_registros,(.clientes_cadastro|length)]' '[1,3,100,230,100]'
	clientes ListarClientes '{"pagina":3,"registros_por_pagina":500}'
	says '[.registros,.clientes_cadastro[29].codigo_cliente_omie]' '[30,4477000230]'
	clientes ListarClientes '{"pagina":4,"registros_por_pagina":500}'
	fault 500 5113 'existem registros para a página \[4\]!'
	clientes ListarClientes '{"pagina":0,"registros_por_pagina":7}'
	says '[.pagina,.total_de_paginas]' '[1,33]'
}

@test "10.3: another page cap, or none" {
	start --clients 230 --page-cap 0
	clientes ListarClientes '{"registros_por_pagina":500}'
	says '[.total_de_paginas,.registros]' '[1,230]'
}

@test "10.3: UpsertCliente with a new code and a known document" {
	start --clients 1
	document=$(curl -s "$SIM_BASE/sim/clients" | jq -r .cnpj_cpf)
	clientes UpsertCliente "{\"codigo_cliente_integracao\":\"N\",\"razao_social\":\"N\",\"cnpj_cpf\":\"$document\"}"
	fault 500 102 'Id \[4477000001\] e código de integração \[EMP-1\] ! \(add\)'
	stop_sim
	start --clients 1 --duplicate-cnpj-upsert allow
	clientes UpsertCliente "{\"codigo_cliente_integracao\":\"N\",\"razao_social\":\"N\",\"cnpj_cpf\":\"$document\"}"
	says .codigo_cliente_omie 4477000002
	# The lookup by document then gives both.
	clientes ListarClientes "{\"clientesFiltro\":{\"cnpj_cpf\":\"$document\"}}"
	says .total_de_registros 2
}

@test "a second contract with a known cCodIntCtr, where that is taken" {
	start --clients 1 --duplicate-code accept
	include
	include '.cabecalho.cNumCtr="2"'
	same '7700000002' "$(jq -r .nCodCtr "$BODY")"
	same 2 "$(contracts)"
}

@test "10.3: a missing document" {
	start
	clientes IncluirCliente '{"razao_social":"A"}'
	fault 500 71 'preenchimento da tag \[cnpj_cpf\] é obrigatório!'
	stop_sim
	start --missing-document allow
	clientes IncluirCliente '{"razao_social":"A"}'
	same 200 "$HTTP"
}

@test "10.3: an invalid document, refused at once or only when billed" {
	start
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11222333000182"}'
	fault 500 3102 'CNPJ/CPF informado está inválido \[11222333000182\]'
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11111111111"}'
	fault 500 3102 'inválido'
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"529.982.247-25"}'
	same 200 "$HTTP"
	stop_sim
	start --invalid-document accept
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11222333000182"}'
	same 200 "$HTTP"
	include
	fat FaturarContrato '{"nCodCtr":7700000001}'
	says '[.cCodStatus,.cDescStatus]' '["1","O \"CNPJ/CPF\" deste cliente está inválido."]'
	same 200 "$HTTP"
}

@test "10.3: an alphanumeric CNPJ" {
	start
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"12.abc.345/01de-35"}'
	same 200 "$HTTP"
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	says .cnpj_cpf 12.ABC.345/01DE-35
	stop_sim
	start --alphanumeric refuse
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"12.ABC.345/01DE-35"}'
	fault 500 3102 'inválido'
}

@test "10.3: ten errors block the method, each further call prolongs it" {
	start --clients 1 --redundancy off
	for i in 1 2 3 4 5 6 7 8 9 10; do
		clientes ConsultarCliente '{"codigo_cliente_omie":9}'
		same 500 "$HTTP"
	done
	sim advance '{"seconds":100}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same '425 MISUSE_API_PROCESS' "$HTTP $(jq -r .faultcode "$BODY")"
	grep -qE 'Tente novamente em 1710 segundos' "$BODY"
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	grep -qE 'Tente novamente em 17(20|19) segundos' "$BODY"
	clientes ListarClientes # another method goes on
	same 200 "$HTTP"
	sim advance '{"seconds":1721}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same 200 "$HTTP"
}

@test "10.3: errors outside the window don't block, other numbers do" {
	start --error-budget 2 --error-window 100 --block-seconds 7 --redundancy off
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	sim advance '{"seconds":101}'
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	same 500 "$HTTP"
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	same 425 "$HTTP"
	grep -q 'em 7 segundos' "$BODY"
	sim reset-limits '{}'
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	same 500 "$HTTP"
}

@test "10.3: the block of the whole key" {
	start --clients 1 --error-budget 1 --block-scope key
	clientes ConsultarCliente '{"codigo_cliente_omie":9}'
	contrato ListarContratos
	same 425 "$HTTP"
}

@test "10.3: redundancy: the second is refused, with the remaining seconds" {
	start --clients 1
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same 200 "$HTTP"
	sim advance '{"seconds":13}'
	# White space makes no other call; order and value would.
	clientes ConsultarCliente '{ "codigo_cliente_omie" : 4477000001 }'
	fault 500 6 'Aguarde 47 segundos para tentar novamente \(REDUNDANT\)\.'
	[[ $(header omieapi-error) == "6 - Consumo redundante"* ]]
	# Being refused doesn't restart it.
	sim advance '{"seconds":46}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 6 'Aguarde 1 segundos'
	sim advance '{"seconds":1}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same 200 "$HTTP"
}

@test "10.3: redundancy holds for writes and for read, write, read" {
	start --clients 1
	clientes AlterarCliente '{"codigo_cliente_omie":4477000001,"contato":"A"}'
	same 200 "$HTTP"
	clientes AlterarCliente '{"codigo_cliente_omie":4477000001,"contato":"A"}'
	fault 500 6 REDUNDANT
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same 200 "$HTTP"
	clientes ConsultarCliente '{"codigo_cliente_integracao":"EMP-1"}'
	same 200 "$HTTP"
	clientes AlterarCliente '{"codigo_cliente_omie":4477000001,"contato":"B"}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 6 REDUNDANT
}

@test "10.3: redundancy third: a stale second read, and writes pass once more" {
	start --clients 1 --redundancy third
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	clientes AlterarCliente '{"codigo_cliente_omie":4477000001,"contato":"B"}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same 200 "$HTTP"
	says .contato null
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 6 REDUNDANT
	contrato IncluirContrato '{}'
	fault 500 71 cabecalho
	contrato IncluirContrato '{}'
	fault 500 71 cabecalho
	contrato IncluirContrato '{}'
	fault 500 6 REDUNDANT
}

@test "10.3: redundancy off, for reads only, or with another window" {
	start --clients 1 --redundancy off
	for i in 1 2 3; do
		clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
		same 200 "$HTTP"
	done
	stop_sim
	start --clients 1 --redundancy reads
	for i in 1 2 3; do
		clientes AlterarCliente '{"codigo_cliente_omie":4477000001,"contato":"B"}'
		same 200 "$HTTP"
	done
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 6 REDUNDANT
	stop_sim
	start --clients 1 --same-call-window 5
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 6 'Aguarde [45] segundos'
}

@test "10.3: with a scaled clock the window passes in real time" {
	start --clients 1 --time-scale 1000
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	sleep 0.1
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	same 200 "$HTTP"
}

@test "10.3: the rate is per method and minute" {
	start --clients 3 --rate 2 --redundancy off
	clientes ListarClientes
	clientes ListarClientes
	same 200 "$HTTP"
	clientes ListarClientes
	same 429 "$HTTP"
	grep -q 'Too many Requests' "$BODY"
	clientes ListarClientesResumido
	same 200 "$HTTP"
	sim advance '{"seconds":61}'
	clientes ListarClientes
	same 200 "$HTTP"
}

@test "10.3: the rate of one address" {
	start --clients 3 --ip-rate 2
	clientes ListarClientes
	clientes ListarClientesResumido
	same 200 "$HTTP"
	contrato ListarContratos
	same 429 "$HTTP"
}

# concurrent N LATENCY-independent parameters: how many of 4 were answered.
four_at_once()
{
	for i in 1 2 3 4; do
		curl -s -o /dev/null -w '%{http_code}\n' "${SIM_URL}geral/clientes/" -d \
			"{\"call\":\"ListarClientes\",\"app_key\":\"APP_KEY\",\"app_secret\":\"APP_SECRET\",\"param\":[{\"registros_por_pagina\":$i}]}" \
			>"$BATS_TEST_TMPDIR/code$i" 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}"
	cat "$BATS_TEST_TMPDIR"/code? | grep -c 200
}

@test "10.3: one call per method in work, or four" {
	start --clients 9 --latency 2000
	same 1 "$(four_at_once)"
	stop_sim
	start --clients 9 --latency 2000 --concurrency 4
	same 4 "$(four_at_once)"
}

@test "10.3: a lag between writing and reading a contract" {
	start --clients 1 --redundancy off --contract-lag 5
	include
	contrato ConsultarContrato '{"contratoChave":{"cCodIntCtr":"C-1"}}'
	fault 500 103 'não cadastrado'
	include
	fault 500 102 'já cadastrado'
	sim advance '{"seconds":5}'
	contrato ConsultarContrato '{"contratoChave":{"cCodIntCtr":"C-1"}}'
	same 200 "$HTTP"
	contrato AlterarContrato '{"cabecalho":{"nCodCtr":7700000001},"observacoes":{"cObsContrato":"novo"}}'
	contrato ConsultarContrato '{"contratoChave":{"cCodIntCtr":"C-1"}}'
	says .contratoCadastro.observacoes.cObsContrato null
	contrato ListarContratos '{"cExibeObs":"S"}'
	says '.contratoCadastro[0].observacoes.cObsContrato' null
	sim advance '{"seconds":5}'
	contrato ConsultarContrato '{"contratoChave":{"cCodIntCtr":"C-1"}}'
	says .contratoCadastro.observacoes.cObsContrato novo
}

@test "10.3: AlterarContrato with both keys" {
	start --clients 1
	include
	contrato AlterarContrato '{"cabecalho":{"nCodCtr":7700000001,"cCodIntCtr":"C-1"}}'
	fault 500 9008 'Informe a Tag \[nCodCtr\] ou \[cCodIntCtr\]'
	contrato AlterarContrato '{"cabecalho":{}}'
	fault 500 9008 Informe
	stop_sim
	start --clients 1 --alter-both-keys accept
	include
	contrato AlterarContrato '{"cabecalho":{"nCodCtr":7700000001,"cCodIntCtr":"C-9"}}'
	says '[.nCodCtr,.cCodIntCtr]' '[7700000001,"C-9"]'
	contrato ConsultarContrato '{"contratoChave":{"cCodIntCtr":"C-1"}}'
	fault 500 103 'não cadastrado'
}

@test "10.3: over-long text, counted in characters" {
	start --clients 1
	sixty=$(printf 'ç%.0s' {1..60})
	clientes AlterarCliente "{\"codigo_cliente_omie\":4477000001,\"razao_social\":\"$sixty\"}"
	same 200 "$HTTP"
	clientes AlterarCliente "{\"codigo_cliente_omie\":4477000001,\"razao_social\":\"${sixty}x\"}"
	fault 500 3102 'razao_social.*60'
	stop_sim
	start --clients 1 --long-strings truncate
	clientes AlterarCliente "{\"codigo_cliente_omie\":4477000001,\"razao_social\":\"${sixty}x\"}"
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	says .razao_social "$sixty"
	include '.cabecalho.cCodIntCtr="123456789012345678901"'
	fault 500 3102 'cCodIntCtr.*20'
}

@test "10.3: the old wording of a duplicate" {
	start --duplicate-wording old
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11222333000181"}'
	clientes IncluirCliente '{"razao_social":"B","cnpj_cpf":"11222333000181"}'
	fault 500 102 'CPF/CNPJ \[11\.222\.333/0001-81\] com o Id \[4477000001\] ! \(add\)$'
}

@test "10.3: altered texts, whose patterns still hold" {
	start --alter-texts
	clientes ConsultarCliente '{"codigo_cliente_integracao":"Xçã"}'
	says .faultstring 'CLIENTE NAO CADASTRADO PARA O CODIGO DE INTEGRACAO [Xçã]'
	clientes ConsultarCliente '{"codigo_cliente_integracao":"Xçã"}'
	jq -r .faultstring "$BODY" | grep -qiE 'aguarde [0-9]+ segundos.*redundant'
}

@test "10.3: numbers as strings" {
	start --clients 1 --numbers-as-strings
	include '.itensContrato[0].itemCabecalho.valorUnit=1.5'
	says .nCodCtr 7700000001
	same string "$(jq -r '.nCodCtr|type' "$BODY")"
	contrato ConsultarContrato '{"contratoChave":{"nCodCtr":7700000001}}'
	says .contratoCadastro.cabecalho.nValTotMes 1.5
	same '[]' "$(jq -c '[..|numbers]' "$BODY")"
}

@test "10.3: unknown members in each object" {
	start --clients 1 --extra-members
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000001}'
	says '[(.membroNovo|type),(.info.membroNovo|type),.codigo_cliente_integracao]' '["object","object","EMP-1"]'
}

# --- faults on request ---

contracts()
{
	curl -s "$SIM_BASE/sim/contracts" | wc -l
}

# injected KIND: the first IncluirContrato meets it.
injected()
{
	start --clients 1 --fault "$1:IncluirContrato:1"
	include
}

@test "fault: broken answer before and after" {
	injected broken-before
	same '500 SOAP-ENV:Server' "$HTTP $(jq -r .faultcode "$BODY")"
	grep -q 'Broken response from Application Server (BG)' "$BODY"
	same 0 "$(contracts)"
	stop_sim
	injected broken-after
	grep -q 'Broken response' "$BODY"
	same 1 "$(contracts)"
}

@test "fault: PROTO_BYEBYE after" {
	injected byebye-after
	same '500 PROTO_BYEBYE' "$HTTP $(jq -r .faultstring "$BODY")"
	same 1 "$(contracts)"
}

@test "fault: the connection is cut before and after" {
	injected cut-before
	same '52 0' "$CURL $(contracts)"
	stop_sim
	injected cut-after
	same '52 1' "$CURL $(contracts)"
	same '["cut",0,"cut-after; contrato 7700000001"]' \
		"$(jq -c 'select(.call)|[.outcome,.status,.note]' "$SIM_LOG")"
}

@test "fault: a hang, during which the method is in work" {
	start --clients 1 --fault hang=2500:IncluirContrato:1 \
		--fault hang-after=300:IncluirContrato:2
	ask "${SIM_URL}servicos/contrato/" -m 0.5 -d \
		"{\"call\":\"IncluirContrato\",\"app_key\":\"APP_KEY\",\"app_secret\":\"APP_SECRET\",\"param\":[$CONTRACT]}"
	same '28 0' "$CURL $(contracts)"
	include '.cabecalho.cCodIntCtr="C-2"'
	fault 500 1880 'existe uma requisi'
	sleep 2.5
	include '.cabecalho.cCodIntCtr="C-3"'
	same '52 1' "$CURL $(contracts)"
}

@test "fault: HTML 502, 429, 425, 403" {
	injected html-502
	same '502 text/html; charset=UTF-8 0' "$HTTP $(header content-type) $(contracts)"
	stop_sim
	injected rate-429
	same '429 0' "$HTTP $(contracts)"
	stop_sim
	injected block-425
	same '425 MISUSE_API_PROCESS' "$HTTP $(jq -r .faultcode "$BODY")"
	stop_sim
	injected denied-403
	same '403 0' "$HTTP $(contracts)"
}

@test "fault: already running, and a fault that no catalogue has" {
	injected running-1880
	fault 500 1880 'existe uma requisi'
	stop_sim
	injected fault-500
	fault 500 9999 'Falha simulada'
	same 0 "$(contracts)"
}

@test "fault: 200 without the id, 200 with a fault, 200 that refuses" {
	injected ok-without-id
	same '200 1' "$HTTP $(contracts)"
	says '[has("nCodCtr"),.cCodStatus]' '[false,"0"]'
	stop_sim
	injected ok-with-fault
	same '200 0' "$HTTP $(contracts)"
	says .faultcode SOAP-ENV:Client-9999
	stop_sim
	injected soft-refusal
	same '200 0' "$HTTP $(contracts)"
	says .cCodStatus 1
}

@test "fault: truncated JSON, a body cut short, a Latin-1 byte" {
	injected truncated
	same '200 0' "$HTTP $CURL"
	not jq . "$BODY"
	same 1 "$(contracts)"
	stop_sim
	injected partial-body
	same '200 18 1' "$HTTP $CURL $(contracts)"
	stop_sim
	injected latin1
	same 200 "$HTTP"
	not iconv -f UTF-8 -t UTF-8 "$BODY"
	same 1 "$(contracts)"
}

@test "fault: rules by count, range, every and any method; added and cleared" {
	start --clients 1 --redundancy off --error-budget 0 \
		--fault fault-500:ListarClientes:2-3 --fault html-502:every=4
	got=
	for i in 1 2 3 4 5 6 7 8; do
		clientes ListarClientes
		got="$got $HTTP"
	done
	same ' 200 500 500 502 200 200 200 502' "$got"
	sim fault '{"rule":null}'
	sim fault '{"rule":"rate-429:*:1"}'
	contrato ListarContratos
	same 429 "$HTTP"
	contrato ListarContratos
	fault 500 5113 '\[1\]'
}

# --- clients (4) ---

@test "4.1: insert refuses a known code, a known document, and no name" {
	start --clients 1
	clientes IncluirCliente '{"codigo_cliente_integracao":"EMP-1","razao_social":"A","cnpj_cpf":"11222333000181"}'
	fault 500 102 'Código de Integração \[EMP-1\] com o nCod \[4477000001\] !'
	clientes IncluirCliente '{"cnpj_cpf":"11222333000181"}'
	fault 500 71 'razao_social'
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11222333000181"}'
	same 200 "$HTTP"
	clientes IncluirCliente '{"razao_social":"B","cnpj_cpf":"11.222.333/0001-81"}'
	fault 500 102 'CPF/CNPJ \[11\.222\.333/0001-81\] com o Id \[4477000002\] e código de integração \[\] ! \(add\)'
}

@test "4.5: a minimal alter leaves the rest, sub-objects are replaced whole" {
	start --clients 1
	clientes AlterarCliente '{"codigo_cliente_integracao":"EMP-1","recomendacoes":{"gerar_boletos":"S","numero_parcelas":"3"},"caracteristicas":[{"campo":"a","conteudo":"1"},{"campo":"b","conteudo":"2"}]}'
	says .descricao_status 'Cliente alterado com sucesso!'
	clientes AlterarCliente '{"codigo_cliente_integracao":"EMP-1","recomendacoes":{"email_fatura":"x@example.invalid"},"caracteristicas":[{"campo":"a","conteudo":""}]}'
	clientes ConsultarCliente '{"codigo_cliente_integracao":"EMP-1"}'
	says '[.codigo_cliente_integracao,.recomendacoes,.caracteristicas,.inativo]' \
		'["EMP-1",{"email_fatura":"x@example.invalid"},[{"campo":"b","conteudo":"2"}],"N"]'
	same 2 "$(jq '[.razao_social,.cnpj_cpf]|map(select(length>0))|length' "$BODY")"
}

@test "4.4: by id, a code that is not the stored one is refused" {
	start --clients 2
	clientes AlterarCliente '{"codigo_cliente_omie":4477000001,"codigo_cliente_integracao":"EMP-2","contato":"x"}'
	fault 500 103 'não cadastrado para o Código de Integração \[EMP-2\]'
	clientes AlterarCliente '{"contato":"x"}'
	fault 500 224 'codigo_cliente_omie\] ou \[codigo_cliente_integracao'
	clientes ConsultarCliente '{"cnpj_cpf":"11222333000181"}'
	fault 500 5001 'Tag \[CNPJ_CPF\] não faz parte da estrutura do tipo complexo \[clientes_cadastro_chave\]!'
}

@test "4.1: UpsertCliente, UpsertClienteCpfCnpj, AssociarCodIntCliente" {
	start
	clientes UpsertCliente '{"codigo_cliente_integracao":"U","razao_social":"A","cnpj_cpf":"11222333000181"}'
	says .codigo_cliente_omie 4477000001
	clientes UpsertCliente '{"codigo_cliente_integracao":"U","contato":"x"}'
	says '[.codigo_cliente_omie,.descricao_status]' '[4477000001,"Cliente alterado com sucesso!"]'
	clientes UpsertClienteCpfCnpj '{"razao_social":"Novo","cnpj_cpf":"11.222.333/0001-81"}'
	says '[.codigo_cliente_omie,.codigo_cliente_integracao]' '[4477000001,"U"]'
	clientes UpsertClienteCpfCnpj '{"codigo_cliente_integracao":"V","razao_social":"Novo","cnpj_cpf":"11.222.333/0001-81"}'
	fault 500 102 'Id \[4477000001\]'
	clientes UpsertClienteCpfCnpj '{"razao_social":"B","cnpj_cpf":"529.982.247-25"}'
	says .codigo_cliente_omie 4477000002
	clientes AssociarCodIntCliente '{"codigo_cliente_omie":4477000001,"codigo_cliente_integracao":"V"}'
	says '[.codigo_cliente_integracao,.descricao_status]' '["V","Código de Integração associado ao Cliente sucesso!"]'
	clientes AssociarCodIntCliente '{"codigo_cliente_omie":4477000002,"codigo_cliente_integracao":"V"}'
	fault 500 102 'já cadastrado'
	clientes ConsultarCliente '{"codigo_cliente_integracao":"U"}'
	fault 500 103 'não cadastrado'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000002}'
	says '[.pessoa_fisica,.cnpj_cpf]' '["S","529.982.247-25"]'
}

@test "4.1: ExcluirCliente, but not with contracts; lots are gone" {
	start --clients 2
	include
	clientes ExcluirCliente '{"codigo_cliente_omie":4477000001}'
	fault 500 9004 contratos
	clientes ExcluirCliente '{"codigo_cliente_integracao":"EMP-2"}'
	same 200 "$HTTP"
	clientes ListarClientes '{}'
	says .total_de_registros 1
	clientes UpsertClientesPorLote '{"lote":1}'
	fault 500 9005 UpsertClientesPorLote
}

@test "4.3: the two listings and their members" {
	start --clients 2
	clientes ListarClientesResumido '{"pagina":2,"registros_por_pagina":1}'
	says '[.pagina,.total_de_paginas,.registros,.total_de_registros]' '[2,2,1,2]'
	says '.clientes_cadastro_resumido[0]|keys|join(",")' \
		'cnpj_cpf,codigo_cliente,codigo_cliente_integracao,nome_fantasia,razao_social'
	says '.clientes_cadastro_resumido[0].codigo_cliente' 4477000002
	clientes ListarClientes '{"apenas_importado_api":"S"}'
	says '.clientes_cadastro[0]|[.info.cImpAPI,.info.uInc,.importado_api]' '["S","WEBSERVICE","S"]'
}

@test "4.4: filters by document, code, name, tag, and by list" {
	start --clients 12
	document=$(curl -s "$SIM_BASE/sim/clients" | jq -r 'select(.codigo_cliente_integracao=="EMP-3").cnpj_cpf')
	clientes ListarClientes "{\"clientesFiltro\":{\"cnpj_cpf\":\"$document\"}}"
	says '[.clientes_cadastro[].codigo_cliente_integracao]' '["EMP-3"]'
	sim client '{"razao_social":"Zeros","cnpj_cpf":"00000000000191","tags":[{"tag":"Loja"}],"inativo":"S"}'
	clientes ListarClientes '{"clientesFiltro":{"cnpj_cpf":"191"}}'
	says '[.clientes_cadastro[].razao_social]' '["Zeros"]'
	clientes ListarClientes '{"clientesFiltro":{"tags":[{"tag":"Loja"}]}}'
	says .total_de_registros 1
	clientes ListarClientes '{"clientesFiltro":{"inativo":"S","razao_social":"zer"}}'
	says .total_de_registros 1
	clientes ListarClientes '{"clientesFiltro":{"codigo_cliente_integracao":"EMP-1"}}'
	says .total_de_registros 1
	clientes ListarClientes '{"clientesPorCodigo":[{"codigo_cliente_omie":4477000002},{"codigo_cliente_integracao":"EMP-9"}],"ordem_decrescente":"S"}'
	says '[.clientes_cadastro[].codigo_cliente_integracao]' '["EMP-9","EMP-2"]'
	clientes ListarClientes '{"clientesFiltro":{"cnpj_cpf":"99999999999999"}}'
	fault 500 5113 'página \[1\]'
	clientes ListarClientes '{"filtro":{}}'
	fault 500 5001 'Tag \[FILTRO\].*\[clientes_list_request\]'
	clientes ListarClientes '{"nPagina":1}'
	fault 500 5001 'Tag \[NPAGINA\]'
}

@test "4.4: only what was changed since" {
	start --clients 3
	sim advance '{"seconds":172800}'
	clientes AlterarCliente '{"codigo_cliente_omie":4477000002,"contato":"x"}'
	clientes IncluirCliente '{"razao_social":"A","cnpj_cpf":"11222333000181"}'
	clientes ConsultarCliente '{"codigo_cliente_omie":4477000002}'
	today=$(jq -r .info.dAlt "$BODY")
	clientes ListarClientes "{\"filtrar_por_data_de\":\"$today\",\"filtrar_apenas_alteracao\":\"S\"}"
	says '[.clientes_cadastro[].codigo_cliente_omie]' '[4477000002,4477000004]'
	clientes ListarClientes "{\"filtrar_por_data_de\":\"$today\",\"filtrar_apenas_inclusao\":\"S\"}"
	says '[.clientes_cadastro[].codigo_cliente_omie]' '[4477000004]'
	clientes ListarClientes "{\"filtrar_por_data_de\":\"32/01/2026\"}"
	fault 500 3102 filtrar_por_data_de
}

@test "4.5: two companies may share a document when somebody typed them" {
	start
	sim client '{"razao_social":"A","cnpj_cpf":"11222333000181","codigo_cliente_integracao":"A"}'
	says .codigo_cliente_omie 4477000001
	sim client '{"razao_social":"B","cnpj_cpf":"11222333000181","codigo_cliente_omie":5000000000}'
	clientes ListarClientes '{"clientesFiltro":{"cnpj_cpf":"11222333000181"}}'
	says '[.clientes_cadastro[].codigo_cliente_omie]' '[4477000001,5000000000]'
}

# --- contracts (5) ---

@test "5.2: unknown tags, at every depth, name the type they are not in" {
	start --clients 1
	include '.foo=1'
	fault 500 5001 'Tag \[FOO\].*\[contratoCadastro\]'
	include '.itensContrato[0].itemCabecalho.valorunitario=1'
	fault 500 5001 'Tag \[VALORUNITARIO\].*\[itemCabecalho\]'
	include '.itensContrato[0].itemImpostos={cstIbsCbs:"000",aliqCbs:0.9,percReducaoIbsMun:0,classTrib:"000001",indOper:"1",lDeduzISS:false}|.infAdic={cUsoConsumo:"N",nIdDestinatario:0}|.infoCadastro={dInc:""}'
	same 200 "$HTTP"
}

@test "5.2: the case of a tag does not matter" {
	start --clients 1
	contrato IncluirContrato "$(contract_with '.' | sed 's/nCodCli/NCODCLI/; s/quant/QUANT/')"
	same 200 "$HTTP"
}

@test "5.2: what an item needs" {
	start --clients 1 --error-budget 0
	for tag in natOperacao codServMunic codLC116 quant; do
		include "del(.itensContrato[0].itemCabecalho.$tag)"
		fault 500 71 "preenchimento da tag \[$tag\] é obrigatório!"
	done
	include '.itensContrato[0].itemCabecalho.valorUnit=0'
	fault 500 71 'informar o valor unitário do item, tag \[valorUnit\]'
	include 'del(.itensContrato[0].itemCabecalho.valorUnit)'
	fault 500 71 valorUnit
	include 'del(.itensContrato[0].itemCabecalho)|.itensContrato[0].itemDescrServ={descrCompleta:"x"}'
	fault 500 71 itemCabecalho
	include '.itensContrato[0].itemCabecalho.quant="x"'
	fault 500 3102 quant
	same 0 "$(contracts)"
}

@test "5.2: with codServico the five default from the service" {
	start --clients 1
	include '.itensContrato[0].itemCabecalho={codServico:5500000001}'
	contrato ConsultarContrato '{"contratoChave":{"nCodCtr":7700000001}}'
	says '.contratoCadastro.itensContrato[0].itemCabecalho|[.natOperacao,.codLC116,.quant,.valorUnit,.valorTotal]' \
		'["01","17.23",1,150,150]'
	include '.cabecalho.cCodIntCtr="C-2"|.itensContrato[0].itemCabecalho={codServico:1}'
	fault 500 5002 'Serviço não cadastrado para o Código \[1\].*codServico'
	include '.cabecalho.cCodIntCtr="C-2"|.itensContrato[0].itemCabecalho={codServico:5500000001,valorUnit:0}'
	fault 500 71 valorUnit
}

@test "10.4: unknown customer, known key, unknown contract" {
	start --clients 1
	include '.cabecalho.nCodCli=123'
	fault 500 5002 'Cliente não cadastrado para o Código \[123\] ! Tag \[nCodCli\]!'
	include 'del(.cabecalho.nCodCli)'
	fault 500 71 nCodCli
	include
	include '.cabecalho.cNumCtr="2"'
	fault 500 102 'Contrato já cadastrado para o Código de Integração \[C-1\] com o nCod \[7700000001\] !'
	contrato ConsultarContrato '{"contratoChave":{"nCodCtr":99}}'
	fault 500 105 'Contrato não cadastrado para o Código \[99\] !'
	contrato ConsultarContrato '{"contratoChave":{"cCodIntCtr":"Z"}}'
	fault 500 103 'Contrato não cadastrado para o Código de Integração \[Z\] !'
	same 1 "$(contracts)"
}

@test "5.4: the service does not dedupe by customer" {
	start --clients 1
	include
	include '.cabecalho.cCodIntCtr="C-2"'
	include 'del(.cabecalho.cCodIntCtr)'
	include 'del(.cabecalho.cCodIntCtr)|.cabecalho.cNumCtr="x"'
	same 200 "$HTTP"
	same 4 "$(contracts)"
}

@test "5.2: inverted validity, receipt with NFS-e, nCodCtr on insert" {
	start --clients 1
	include '.cabecalho.dVigFinal="31/10/2026"'
	fault 500 9006 'Vigência Inicial \[dVigInicial\] maior que a Data de Vigência Final \[dVigFinal\]!'
	include '.emailCliente={cEnviarRecibo:"S",cEnviarLinkNfse:"S"}'
	fault 500 9007 'cEnviarRecibo.*cEnviarLinkNfse'
	include '.cabecalho.nCodCtr=7700000001'
	fault 500 9009 nCodCtr
	include '.cabecalho.dVigFinal="31/02/2027"'
	fault 500 3102 dVigFinal
	include
	contrato AlterarContrato '{"cabecalho":{"cCodIntCtr":"C-1","dVigFinal":"01/10/2026"}}'
	fault 500 9006 dVigFinal
	contrato AlterarContrato '{"cabecalho":{"cCodIntCtr":"C-1"},"emailCliente":{"cEnviarRecibo":"S"}}'
	same 200 "$HTTP"
	contrato AlterarContrato '{"cabecalho":{"cCodIntCtr":"C-1"},"emailCliente":{"cEnviarLinkNfse":"S"}}'
	fault 500 9007 cEnviarRecibo
}

@test "5.4: alter merges members and items, and keeps what is not sent" {
	start --clients 1
	include '.observacoes={cObsContrato:"velho"}|.departamentos=[{cCodDep:"900000001",nPerDep:100}]'
	contrato AlterarContrato '{"cabecalho":{"nCodCtr":7700000001,"nDiaFat":5},"itensContrato":[{"itemCabecalho":{"codIntItem":"1","valorUnit":7.5}},{"itemCabecalho":{"codIntItem":"2","natOperacao":"01","codServMunic":"1","codLC116":"1.06","quant":2,"valorUnit":0.25}}],"departamentos":[]}'
	says .cDescStatus 'Contrato de Serviço alterado com sucesso!'
	contrato ConsultarContrato '{"contratoChave":{"nCodCtr":7700000001}}'
	says '.contratoCadastro|[.cabecalho.nDiaFat,.cabecalho.nValTotMes,.cabecalho.cCodIntCtr,.observacoes.cObsContrato,(.departamentos|length),[.itensContrato[].itemCabecalho|[.codItem,.codIntItem,.codLC116,.valorTotal]]]' \
		'[5,8,"C-1","velho",1,[[8800000001,"1","1.06",7.5],[8800000002,"2","1.06",0.5]]]'
	contrato AlterarContrato '{"cabecalho":{"nCodCtr":7700000001},"observacoes":{"cObsContrato":""},"itensContrato":[{"itemCabecalho":{"codItem":8800000002,"quant":4}}]}'
	contrato ListarContratos '{"cExibeObs":"S"}'
	says '.contratoCadastro[0]|[.cabecalho.nValTotMes,.observacoes.cObsContrato]' '[8.5,""]'
	contrato AlterarContrato '{"cabecalho":{"nCodCtr":7700000001},"itensContrato":[{"itemCabecalho":{"codItem":1}}]}'
	fault 500 5002 codItem
}

@test "5.1: UpsertContrato by the key, ExcluirItem" {
	start --clients 1
	contrato UpsertContrato "$CONTRACT"
	says .nCodCtr 7700000001
	contrato UpsertContrato "$(contract_with '.itensContrato[0].itemCabecalho.valorUnit=3|.itensContrato[1]=.itensContrato[0]|.itensContrato[1].itemCabecalho.codIntItem="2"')"
	says .nCodCtr 7700000001
	sim contracts
	says .nValTotMes 6
	contrato ExcluirItem '{"contratoChave":{"cCodIntCtr":"C-1"},"ItensExclusao":[{"codIntItem":"2"}]}'
	same 200 "$HTTP"
	sim contracts
	says .nValTotMes 3
	contrato ExcluirItem '{"contratoChave":{"cCodIntCtr":"C-1"},"ItensExclusao":[{"codItem":5}]}'
	fault 500 5002 ItensExclusao
}

@test "5.3: ListarContratos: filters, order, what is shown on request" {
	start --clients 3
	for i in 1 2 3; do
		include ".cabecalho.cCodIntCtr=\"C-$i\"|.cabecalho.nCodCli=447700000$i|.observacoes={cObsContrato:\"o\"}|.produtosUtilizados={cAcaoProdUtilizados:\"PED\"}"
	done
	contrato ListarContratos '{"filtrar_cliente":4477000002}'
	says '[.contratoCadastro[].cabecalho.cCodIntCtr]' '["C-2"]'
	says '.contratoCadastro[0]|keys|join(",")' 'cabecalho,departamentos,itensContrato,observacoes'
	says '.contratoCadastro[0].observacoes.cObsContrato' ''
	document=$(curl -s "$SIM_BASE/sim/clients" | jq -rs '.[2].cnpj_cpf')
	contrato ListarContratos "{\"filtrar_cnpj_cpf\":\"$document\",\"cExibeObs\":\"S\",\"cExibirProdutos\":\"S\",\"cExibirInfoCadastro\":\"S\"}"
	says '[.contratoCadastro[]|[.cabecalho.cCodIntCtr,.observacoes.cObsContrato,.produtosUtilizados.cAcaoProdUtilizados,.infoCadastro.uInc,.infoCadastro.cImpAPI]]' \
		'[["C-3","o","PED","WEBSERVICE","S"]]'
	contrato ListarContratos '{"ordem_descrescente":"S","registros_por_pagina":2}'
	says '[.total_de_paginas,[.contratoCadastro[].cabecalho.cCodIntCtr]]' '[2,["C-3","C-2"]]'
	contrato ListarContratos '{"ordem_decrescente":"S"}'
	fault 500 5001 ORDEM_DECRESCENTE
	contrato ListarContratos '{"pagina":9}'
	fault 500 5113 '\[9\]'
}

@test "6: billing, validation, suspension, cancelling, reactivation" {
	start --clients 1 --redundancy off
	include '.cabecalho.nDiaFat=1|.cabecalho.dVigInicial="01/01/2020"|.cabecalho.dVigFinal="31/12/2099"'
	fat ValidarContrato '{"nCodCtr":7700000001}'
	says .cCodStatus 0
	fat ObterContratos '{"cEtapa":"20"}'
	says '[.listaContratos[].nCodCtr]' '[7700000001]'
	fat FaturarContrato '{"nCodCtr":7700000001}'
	says '[.cCodStatus,.nCodOS > 4294967296]' '["0",true]'
	fat FaturarContrato '{"nCodCtr":7700000001}'
	says .cCodStatus 1
	fat ObterContratos '{"cEtapa":"30"}'
	says '.listaContratos|length' 1
	fat ObterContratos '{"cEtapa":"40"}'
	says '.listaContratos|length' 0
	for step in SuspenderContrato:90 AtivarContrato:10 CancelarContrato:99 ReativarContrato:10; do
		fat "${step%:*}" '{"nCodCtr":7700000001}'
		says .cCodStatus 0
		sim contracts
		says .cCodSit "${step#*:}"
	done
	fat CancelarContrato '{"nCodCtr":5}'
	fault 500 105 'não cadastrado'
	fat CancelarContrato '{"cCodIntCtr":"C-1"}'
	fault 500 5001 CCODINTCTR
}

@test "6: the neighbours list their fixed content in their own dialects" {
	start
	omie servicos/contratotpfat ListarTipoFatContrato
	says .total_de_registros 5
	omie geral/departamentos ListarDepartamentos '{"pagina":1,"registros_por_pagina":2}'
	says '[.total_de_paginas,(.departamentos|length)]' '[2,2]'
	omie geral/categorias ListarCategorias
	says '.categoria_cadastro|length > 1' true
	omie servicos/servico ListarCadastroServico '{"nPagina":1,"nRegPorPagina":1}'
	says '[.nPagina,.nTotPaginas,.nRegistros,.nTotRegistros,.cadastros[0].intListar.nCodServ]' '[1,3,1,3,5500000001]'
	omie servicos/servico ListarCadastroServico '{"pagina":1}'
	fault 500 5001 PAGINA
	omie servicos/servico ConsultarCadastroServico '{"cCodIntServ":"X"}'
	fault 500 5002 'Código de integração do Serviço \[X\] ! Tag \[cCodIntServ\]!'
}

# --- 10.5 computation ---

# total ITEM-MEMBERS: nValTotMes of a contract with that one item.
total()
{
	sim reset-limits '{}'
	include "del(.cabecalho.cCodIntCtr)|.itensContrato[0].itemCabecalho+=$1"
	same 200 "$HTTP" || { cat "$BODY"; return 1; }
	curl -s "$SIM_BASE/sim/contracts" | tail -n 1 | jq -r .nValTotMes
}

@test "10.5: totals are exact decimals, rounded half up once" {
	start --clients 1
	same 99.99 "$(total '{quant:3,valorUnit:33.33}')"
	same 0.3 "$(total '{quant:3,valorUnit:0.1}')"
	same 1.01 "$(total '{quant:1,valorUnit:1.005}')"
	same 1 "$(total '{quant:1,valorUnit:1.00499}')"
	same 0.01 "$(total '{quant:0.5,valorUnit:0.01}')"
	same 90 "$(total '{quant:1,valorUnit:100,valorDesconto:10}')"
	same 87.5 "$(total '{quant:1,valorUnit:100,cTpDesconto:"P",aliqDesconto:12.5,valorDesconto:1}')"
	same 0.67 "$(total '{quant:1,valorUnit:1,cTpDesconto:"P",aliqDesconto:33.333333}')"
	same 907199254740.99 "$(total '{quant:1,valorUnit:907199254740.99}')"
	# What was sent as a total is ignored.
	include 'del(.cabecalho.cCodIntCtr)|.cabecalho.nValTotMes=5|.itensContrato[0].itemCabecalho.valorTotal=6'
	same 100 "$(curl -s "$SIM_BASE/sim/contracts" | tail -n 1 | jq -r .nValTotMes)"
	include 'del(.cabecalho.cCodIntCtr)|.itensContrato[0].itemCabecalho+={quant:999999,valorUnit:999999999}'
	fault 500 3102 'maior que o permitido'
}

@test "10.5: foreign changes show another user" {
	start --clients 1
	include
	sim contract-edit '{"nCodCtr":7700000001,"set":{"itensContrato":[{"itemCabecalho":{"codIntItem":"1","valorUnit":50}}],"cabecalho":{"cCodSit":"99"}}}'
	same 200 "$HTTP"
	sim contracts
	says '[.nValTotMes,.cCodSit]' '[50,"99"]'
	contrato ConsultarContrato '{"contratoChave":{"nCodCtr":7700000001}}'
	says '.contratoCadastro.infoCadastro|[.uInc,.uAlt]' '["WEBSERVICE","USUARIO"]'
	sim contract-edit '{"set":{"cabecalho":{"nCodCli":4477000001}}}'
	says .nCodCtr 7700000002
	sim contract-edit '{"nCodCtr":1,"set":{}}'
	same 400 "$HTTP"
}

@test "thousands of companies and calls are no burden" {
	start --clients 20000 --rate 0 --ip-rate 0
	clientes ListarClientes '{"pagina":200,"registros_por_pagina":100}'
	says '.clientes_cadastro[99].codigo_cliente_omie' 4477020000
	for i in $(seq 1 1000); do
		printf 'url = "%sgeral/clientes/"\noutput = "/dev/null"\ndata = "{\\"call\\":\\"ConsultarCliente\\",\\"app_key\\":\\"APP_KEY\\",\\"app_secret\\":\\"APP_SECRET\\",\\"param\\":[{\\"codigo_cliente_integracao\\":\\"EMP-%d\\"}]}"\nnext\n' \
			"$SIM_URL" "$i"
	done | sed '$d' >"$BATS_TEST_TMPDIR/calls"
	curl -s -K "$BATS_TEST_TMPDIR/calls"
	same 1000 "$(grep -c '"call":"ConsultarCliente","outcome":"answered","status":200' "$SIM_LOG")"
}
