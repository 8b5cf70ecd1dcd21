#!/usr/bin/env bats
# omie-contract: exactly one contract per consolidation, whatever happens.

bats_require_minimum_version 1.5.0
load omie_helper

# --- whatever Omie answers ---

@test "each failure of the call, once: one contract, settled by the same run" {
	one()
	{
		start --fault "$1:IncluirContrato:1" 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		bill 1 1.10 | try 0 contract --timeout 1
		same incluido "$(actions)"
		[ ! -s err ]
		[ ! -e "$REJECTED" ]
		once 1
		case $1 in
		rate-429) same 'intencao nao_enviado intencao confirmado' "$(ledger 1)" ;;
		*-after* | truncated | latin1 | partial-body | ok-without-id)
			same 'intencao incerto confirmado' "$(ledger 1)" ;;
		*) same 'intencao incerto nao_enviado intencao confirmado' "$(ledger 1)" ;;
		esac
		bill 1 1.10 | try 0 contract
		same inalterado "$(actions)"
		once 1
	}
	side_by_side broken-before broken-after byebye-after cut-before cut-after \
		hang=1500 hang-after=1500 html-502 rate-429 fault-500 \
		ok-without-id ok-with-fault truncated latin1 partial-body \
		running-1880
}

@test "each failure of every call: honest, and one contract in the end" {
	one()
	{
		local why=servico
		export OMIE_SAME_CALL_WINDOW_S=0
		start --fault "$1:IncluirContrato" --redundancy off 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		case $1 in
		*-after | truncated | latin1 | ok-without-id)
			# Each attempt is found, none is repeated.
			bills 2 | try 0 contract --timeout 1
			same 'incluido incluido' "$(actions)"
			once 2
			return
			;;
		esac
		bill 1 1.10 | try 1 contract --timeout 1
		[ ! -s out ]
		same "servico_indisponivel $why 1" "$(jq -r '.rejeitado |
			[.codigo, .classe, .linha] | join(" ")' "$REJECTED")"
		same "$(bill 1 1.10)" "$(jq -c .registro "$REJECTED" | sed s/1.1/1.10/g)"
		each='intencao incerto nao_enviado'
		[ "$1" != rate-429 ] || each='intencao nao_enviado'
		same "$each $each $each" "$(ledger 1)"
		same '' "$(contracts)"
		control fault '{"rule":null}'
		cp "$REJECTED" again
		try 0 contract <again
		same incluido "$(actions)"
		once 1
	}
	side_by_side broken-before broken-after cut-before html-502 rate-429 \
		running-1880 fault-500 byebye-after latin1 ok-without-id
}

@test "an answer that is lost, and a look-up that fails or lags: incerto until it is known" {
	one()
	{
		local lookup='--fault broken-before:ConsultarContrato'
		local known='intencao incerto incerto'
		export OMIE_SAME_CALL_WINDOW_S=0 OMIE_ERROR_BUDGET=100
		if [ "$1" = lag ]; then
			# Omie's five minutes are five seconds here: absent, taken,
			# absent again.
			lookup='--contract-lag 300'
			known='intencao incerto nao_enviado intencao incerto'
			set -- broken-after
		fi
		# shellcheck disable=SC2086 # option and value
		start --fault "$1:IncluirContrato:1" $lookup \
			--error-budget 0 --redundancy off 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		bill 1 1.10 | try 1 contract --timeout 1
		[ ! -s out ]
		same 'incerto incerto' "$(jq -r '.rejeitado | .codigo + " " + .classe' "$REJECTED")"
		same "$known" "$(ledger 1)"
		writes=$(grep -c '"IncluirContrato"' omie.calls)
		# Still not known: not sent again.
		[ "$lookup" = '--contract-lag 300' ] || bill 1 1.10 | try 1 contract
		same "$writes" "$(grep -c '"IncluirContrato"' omie.calls)"
		control fault '{"rule":null}'
		sleep 2
		try 0 contract <<<"$(tail -n 1 "$REJECTED")"
		same incluido "$(actions)"
		once 1
	}
	side_by_side broken-after broken-before cut-after lag
}

@test "kill -9 between intent and outcome: the next run settles it" {
	one()
	{
		start --fault "$1=1500:IncluirContrato:1" 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		bill 1 1.10 >in
		omie-contract --timeout 3 <in >killed 2>&1 &
		pid=$!
		wait_for 20 has_intent
		wait_for 20 grep -q IncluirContrato omie.calls || sleep 0.5
		kill -9 "$pid"
		end_of "$pid"
		same 137 "$CODE"
		[ ! -s killed ]
		same intencao "$(ledger 1)"
		# Nobody but that one may be sent, and it not before it is known.
		try 0 contract <in
		same incluido "$(actions)"
		once 1
		try 0 contract <in
		same inalterado "$(actions)"
		once 1
	}
	has_intent() { [ "$(ledger 1)" = intencao ]; }
	side_by_side hang hang-after
}

@test "texts altered, numbers as text, members added: judged the same" {
	one()
	{
		start "--$1" --fault broken-before:IncluirContrato:1 \
			--fault broken-after:IncluirContrato:3 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		bills 3 | try 0 contract
		same 'incluido incluido incluido' "$(actions)"
		same '7700000001 7700000002 7700000003' \
			"$(jq -r .contrato.nCodCtr out | paste -sd' ')"
		once 3
		bills 3 | try 0 contract
		same 'inalterado inalterado inalterado' "$(actions)"
		# The ledger is lost: all are taken, and found.
		sleep 1.1
		new_store
		volum-store <../catalog >/dev/null
		bills 3 | try 0 contract
		same 'incluido incluido incluido' "$(actions)"
		once 3
	}
	volum-sim --companies 20 --catalog >catalog
	side_by_side alter-texts numbers-as-strings extra-members
}

@test "a lost ledger: what is in Omie is adopted, or said to be divergente" {
	start
	bills 5 | try 0 contract
	new_store
	volum-store <catalog >stored
	control contract-edit '{"nCodCtr":7700000003,"set":{"cabecalho":{"cCodSit":"99"}}}'
	control contract-edit '{"nCodCtr":7700000004,"set":{"cabecalho":{"nCodCli":4477000009}}}'
	sleep 1.1
	{
		bill 1 1.10
		bill 2 2.11
		bills 5 | sed 1,2d
	} | try 1 contract
	same 'incluido incluido' "$(actions)"
	same '7700000001 7700000005' "$(jq -r .contrato.nCodCtr out | paste -sd' ')"
	same 'divergente 2 divergente 3 divergente 4' "$(jq -r \
		'.rejeitado.codigo, .registro.consolidacaoData.empresaId' \
		"$REJECTED" | paste -sd' ')"
	jq -r .rejeitado.mensagem "$REJECTED" >why
	grep -q 'total: ours 2.11, in Omie 2.10' why
	grep -q 'cancelled' why
	grep -q 'nCodCli: ours 4477000004, in Omie 4477000009' why
	same 5 "$(contracts | wc -l)"
	# All by one listing: nothing was asked for, nothing was refused.
	same confirmado "$(ledger 1)"
	same '' "$(jq -r 'select(.status >= 400).call' omie.calls)"
}

# --- side by side ---

# confirmed MEMBER: how many different ones of this month the ledger confirms.
confirmed()
{
	kept lancamentos | jq -r "select(.evento == \"confirmado\" and
		(.cCodIntCtr | startswith(\"24\"))) | $1" | sort -u | wc -l
}

@test "two processes over the same 20, from both ends: 20 contracts" {
	start --latency 20 --concurrency 4
	bills 20 >in
	tac in >ni
	for name in in ni; do
		contract <$name >$name.out 2>$name.err --rejected $name.rejected 3>&- &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		end_of "$pid"
		[ "$CODE" -eq 0 ] || [ "$CODE" -eq 1 ]
	done
	once 20
	# Whatever one of them left to the other is known afterwards.
	try 0 contract <in
	same 20 "$(grep -c inalterado out)"
	once 20
	same 20 "$(confirmed .cCodIntCtr)"
}

@test "two processes over the same 20 in the same order: 20 contracts" {
	# Without stated waits: they would be served in our time, not Omie's.
	start --latency 20 --redundancy off
	bills 20 >in
	for name in 1 2; do
		contract <in >$name.out 2>$name.err --rejected $name.rejected 3>&- &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		end_of "$pid"
		[ "$CODE" -eq 0 ] || [ "$CODE" -eq 1 ]
	done
	once 20
	same 20 "$(confirmed .nCodCtr)"
	try 0 contract <in
	same 20 "$(grep -c inalterado out)"
}

# --- what only time or another account can tell ---

@test "an answer later than the window: the second process lets the first finish" {
	one()
	{
		# Whether the first one lives (and hears the answer) or not.
		start --fault late=5000:IncluirContrato:1 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		bill 1 1.10 >in
		omie-contract --timeout 9 <in >first 2>first.err 3>&- &
		pid=$!
		wait_for 20 has_intent
		[ "$1" = lives ] || kill -9 "$pid"
		try 0 contract <in
		case $1 in
		lives)
			end_of "$pid"
			same 0 "$CODE"
			same incluido "$(jq -r .contrato.acao first)"
			same inalterado "$(actions)"
			same 'intencao confirmado' "$(ledger 1)"
			;;
		dies)
			same incluido "$(actions)"
			same 'intencao confirmado' "$(ledger 1)"
			;;
		esac
		once 1
		same 1 "$(grep -c '"IncluirContrato"' omie.calls)"
	}
	has_intent() { [ "$(ledger 1)" = intencao ]; }
	side_by_side lives dies
}

@test "another key or another host is another account: nothing is taken for sent" {
	start
	bill 1 1.10 | try 0 contract
	# The same store, an Omie that has never seen us.
	start_new
	bill 1 1.10 | try 0 contract
	same incluido "$(actions)"
	once 1
	# The key renewed, the contracts still there: found, not sent again.
	kept lancamentos | jq -r .conta | sort -u >accounts
	same 2 "$(wc -l <accounts)"
	not grep -q "$OMIE_APP_KEY" accounts
	bill 1 1.10 | try 0 contract
	same inalterado "$(actions)"
	same 1 "$(grep -c '"IncluirContrato"' omie.calls)"
}

@test "a restored store without its ledger: listed once, and no error spent" {
	start
	bills 3 | volum-store | contract | volum-store >stored
	for kind in empresas propostas consolidacoes contratos; do
		volum-store --list "$kind"
	done >dump
	new_store
	volum-store <dump >/dev/null
	sleep 1.1
	: >omie.calls
	volum-store --list consolidacoes | try 0 contract
	same 'incluido incluido incluido' "$(actions)"
	same ListarContratos "$(calls)"
	same '' "$(jq -r 'select(.status >= 400)' omie.calls)"
	once 3
}

@test "a line that waited while its consolidation was revised is not billed" {
	start
	bill 1 1.10 >old
	volum-store <old >/dev/null
	bill 1 2.20 | volum-store >new
	try 1 contract <old
	same desatualizada "$(jq -r .rejeitado.codigo "$REJECTED")"
	grep -q 'with 2.20 (revisao 1), this line says 1.10 (revisao 1)' err
	same '' "$(calls)"
	try 0 contract <new
	same incluido "$(actions)"
	volum-store <out >/dev/null
	# Sent, and revised: the old line is old, whatever the ledger says.
	bill 1 3.30 | volum-store --revise >/dev/null
	try 1 contract <new
	grep -q '3.30 (revisao 2)' err
}

@test "an answer about another contract is none: looked up before anything" {
	export OMIE_SAME_CALL_WINDOW_S=0
	start_omie --clients 20
	volum-sim --companies 20 --catalog | volum-store >catalog
	echo '{"pagina":1,"total_de_paginas":0,"registros":0,"total_de_registros":0,"contratoCadastro":[]}' \
		>double.body.ListarContratos
	start_double 200 '{"cCodIntCtr":"2401-AAAAAAAAAAAAAAA","nCodCtr":7700000077,"cCodStatus":"0","cDescStatus":"ok"}'
	export OMIE_API_URL=$ADDRESS
	bill 1 1.10 | try 1 contract
	same 'incerto incerto' "$(jq -r '.rejeitado | .codigo + " " + .classe' "$REJECTED")"
	same 'intencao incerto incerto' "$(ledger 1)"
	# "Not registered" said of a customer proves nothing about the contract.
	start_double 500 '{"faultstring":"ERROR: Cliente não cadastrado para o Código [0] !","faultcode":"SOAP-ENV:Client-105"}'
	OMIE_API_URL=$ADDRESS
	echo '{"faultstring":"PROTO_BYEBYE","faultcode":"SOAP-ENV:Server"}' >double.body.IncluirContrato
	bill 2 2.10 | try 1 contract
	same 'intencao incerto incerto' "$(ledger 2)"
	# Said of the contract, it does.
	echo '{"faultstring":"Contrato nao cadastrado (codigo de integracao)","faultcode":"SOAP-ENV:Client-103"}' >double.body.ConsultarContrato
	bill 3 3.10 | try 1 contract
	each='intencao incerto nao_enviado'
	same "$each $each $each" "$(ledger 3)"
}

# --- bulk instead of look-ups ---

# An account with 20,000 contracts of others takes long to make: 250 of them,
# in three pages, make the same point.
@test "an empty ledger: Omie is listed once, its contracts are adopted" {
	start_new --page-cap 100
	bills 3 | try 0 contract
	for i in $(seq 250); do
		echo "{\"set\":{\"cabecalho\":{\"cCodIntCtr\":\"X-$i\",\"nCodCli\":4477000001}}}"
	done | while read -r body; do control contract-edit "$body"; done
	new_store
	volum-store <catalog >/dev/null
	sleep 1.1
	: >omie.calls
	bills 5 | try 0 contract
	same 'incluido incluido incluido incluido incluido' "$(actions)"
	same 'ListarContratos ListarContratos ListarContratos IncluirContrato IncluirContrato' "$(calls)"
	same '[1,100] [2,100] [3,100]' "$(jq -c 'select(.call == "ListarContratos") |
		.body.param[0] | [.pagina, .registros_por_pagina]' omie.calls | paste -sd' ')"
	same '' "$(jq -r 'select(.status >= 400).call' omie.calls)"
	# Nothing is listed any more.
	: >omie.calls
	bills 6 | try 0 contract
	same IncluirContrato "$(calls)"
}

@test "a page that is capped, a list that grows or shrinks while it is read" {
	one()
	{
		start_new --page-cap 40 2>sim.err
		echo "${SIMS[0]}" >omie.pid
		bills 1 | try 0 contract
		for i in $(seq 100); do
			control contract-edit "{\"set\":{\"cabecalho\":{\"cCodIntCtr\":\"X-$i\",\"nCodCli\":4477000001}}}"
		done
		new_store
		volum-store <../catalog >/dev/null
		sleep 1.1
		: >omie.calls
		bills 2 | try 0 contract
		same 'ListarContratos ListarContratos ListarContratos IncluirContrato' "$(calls)"
		once_of_ours 2
	}
	once_of_ours() { same "$1" "$(contracts | jq -r .cCodIntCtr | grep -c ^2401)"; }
	volum-sim --companies 20 --catalog >catalog
	side_by_side capped
}

@test "a ledger that lacks one: the first refusal makes it list, no second one comes" {
	start
	bills 6 | try 0 contract
	# An older copy of the store comes back.
	volum-store --list consolidacoes >/dev/null
	kept lancamentos | head -n 3 | write_ledger
	sleep 1.1
	: >omie.calls
	bills 6 | try 0 contract
	same 1 "$(jq -r 'select(.status == 500).call' omie.calls | grep -c IncluirContrato)"
	same 1 "$(grep -c '"ListarContratos"' omie.calls)"
	once 6
}

@test "a company without its customer's code: by document, one and active" {
	start
	{
		echo '{"empresa":{"empresaId":"1","cnpj":"CNPJ1","codigoClienteOmie":null}}'
		echo '{"empresa":{"empresaId":"2","cnpj":"CNPJ2","codigoClienteOmie":null}}'
		echo '{"empresa":{"empresaId":"3","cnpj":"CNPJ3","codigoClienteOmie":null}}'
		echo '{"empresa":{"empresaId":"4","cnpj":"CNPJ4","codigoClienteOmie":null}}'
		echo '{"empresa":{"empresaId":"5","cnpj":"11.222.333/0001-81","codigoClienteOmie":null}}'
	} >companies
	for i in 1 2 3 4; do
		cnpj=$(curl -s "$OMIE_BASE/sim/clients" | jq -r "select(.codigo_cliente_omie == $((4477000000 + i))).cnpj_cpf")
		sed -i "s|CNPJ$i|$cnpj|" companies
		[ "$i" -ne 3 ] || third=$cnpj
	done
	volum-store <companies >/dev/null
	control client "{\"razao_social\":\"Outra\",\"cnpj_cpf\":\"$third\"}"
	bills 5 | try 1 contract
	same '1 2 4' "$(jq -r .contrato.empresaId out | paste -sd' ')"
	same 'cliente_ambiguo cliente_desconhecido' "$(jq -r .rejeitado.codigo "$REJECTED" | paste -sd' ')"
	grep -q '2 customers in Omie have the document of the company: 4477000003, 4477000021' err
	same 1 "$(grep -c '"ListarClientes"' omie.calls)"
	same '4477000001 4477000002 4477000004' "$(contracts | jq -r .nCodCli | sort | paste -sd' ')"
}
