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
			same 'intencao confirmado' "$(ledger 1)" ;;
		*) same 'intencao nao_enviado intencao confirmado' "$(ledger 1)" ;;
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
		same 'intencao nao_enviado intencao nao_enviado intencao nao_enviado' \
			"$(ledger 1)"
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
		local known='intencao incerto'
		export OMIE_SAME_CALL_WINDOW_S=0 OMIE_ERROR_BUDGET=100
		if [ "$1" = lag ]; then
			# Omie's five minutes are five seconds here: absent, taken,
			# absent again.
			lookup='--contract-lag 300'
			known='intencao nao_enviado intencao nao_enviado incerto'
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
		omie-contract <in >killed 2>&1 &
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
		rm "$DB"
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
	rm -f "$DB" "$DB"-*
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
	same 'intencao confirmado' "$(ledger 1)"
}

# --- side by side ---

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
	same 20 "$(sqlite3 "$DB" "SELECT count(DISTINCT cCodIntCtr) FROM lancamentos
		WHERE evento = 'confirmado'")"
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
	same 20 "$(sqlite3 "$DB" "SELECT count(DISTINCT nCodCtr) FROM lancamentos
		WHERE evento = 'confirmado'")"
	try 0 contract <in
	same 20 "$(grep -c inalterado out)"
}
