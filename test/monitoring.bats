#!/usr/bin/env bats
# What watches the night shift: questions to the log, metrics as Prometheus reads
# them, alert rules and a dashboard that name nothing that isn't there.

bats_require_minimum_version 1.5.0
load monitoring_helper

# ------------------------------------------------------------------ metrics

@test 'promtool finds nothing to say of the metrics of any command' {
	night
	everything
	same 'cnpj-sync
omie-contract
omie-contract --plan
omie-contract --reconcile
omie-contract --verify
volum-doctor
volum-fetch
volum-redrive
volum-store
volum-store --list' "$(cat commands)"
	for file in m/*.prom; do
		promtool check metrics <"$file" >said 2>&1
		[ ! -s said ]
	done
	# And all in one file, as commands that share one write it.
	export VOLUM_METRICS=$PWD/shared.prom
	everything
	promtool check metrics <shared.prom >said 2>&1
	[ ! -s said ]
	same 9 "$(grep -c '^volum_exit_status' shared.prom)"
}

@test 'rules and dashboard name metrics, commands and labels that there are' {
	night
	everything
	for file in alerts.yml grafana.json; do
		expressions "$MONITORING/$file" >asked
		[ "$(wc -l <asked)" -ge 15 ]
		grep -oE 'volum_[a-z_]+' asked | sort -u >used
		[ "$(wc -l <used)" -ge 8 ]
		comm -13 names used >invented
		cat invented
		[ ! -s invented ]
		# command="X" or command=~"X|Y"
		grep -oE 'command(=|=~|!~)"[^"]*"' asked | cut -d'"' -f2 | tr '|' '\n' |
			sort -u | comm -13 commands - >invented
		cat invented
		[ ! -s invented ]
		grep -oE '\b(state|acao|status)(=|!=|=~|!~)"[^"]*"' asked | sort -u |
			sed -E 's/[!=~]+"/ /; s/"$//' | while read -r label values; do
			for value in ${values//|/ }; do
				grep -qF -- ",$label=\"$value\"}" all.prom || echo "$label=$value"
			done
		done >invented
		cat invented
		[ ! -s invented ]
	done
	# Each metric of ours is in the dashboard, or there is no way to see it.
	expressions "$MONITORING/grafana.json" | grep -oE 'volum_[a-z_]+' | sort -u >shown
	same 'volum_amount_cents_total
volum_run_start_seconds' "$(comm -23 names shown)"
	# What the dashboard asks is PromQL.
	{
		printf 'groups: [{name: g, rules: [\n'
		jq -r '.. | .expr? // empty' "$MONITORING/grafana.json" |
			jq -Rc '{record: "a:b\(input_line_number)", expr: .}' | paste -sd, -
		printf ']}]\n'
	} >asked.yml
	promtool check rules asked.yml >said 2>&1 || { cat said; false; }
	same 18 "$(sed -n 's/.*SUCCESS: \([0-9]*\) rules found/\1/p' said)"
	jq -e '[.panels[].id] | length == (unique | length)' "$MONITORING/grafana.json"
}

@test 'each alert fires when it should, and not before' {
	promtool check rules "$MONITORING/alerts.yml" >said 2>&1 || { cat said; false; }
	grep -q 'SUCCESS: 17 rules' said
	promtool test rules "$MONITORING/alerts-test.yml" >said 2>&1 || { cat said; false; }
	# Each of them is seen to fire and seen to be quiet.
	sed -n 's/^      - alert: //p' "$MONITORING/alerts.yml" | sort >alerts
	[ "$(wc -l <alerts)" = 17 ]
	grep -A 2 '^      - alertname' "$MONITORING/alerts-test.yml" | grep -B 2 exp_alerts |
		sed -n 's/.*- alertname: //p' | sort -u | diff alerts -
	sed -n 's/^      - {alertname: \([A-Za-z]*\),.*/\1/p' "$MONITORING/alerts-test.yml" |
		sort -u | diff alerts -
}

@test 'a month that differs is told with its sign, and the first failure is an increase' {
	start_new
	made 3
	control contract-edit '{"nCodCtr":7700000002,"set":{"itensContrato":[
		{"itemCabecalho":{"codIntItem":"1","valorUnit":0.09}}]}}'
	try 1 contract --reconcile -c 2024-01 --metrics m
	grep -qxF 'volum_reconcile_difference_cents{command="omie-contract --reconcile"} -201' m
	grep -qxF 'volum_reconcile_disagreements{command="omie-contract --reconcile"} 1' m
	grep -qxF 'volum_runs_total{command="omie-contract --reconcile",status="69"} 0' m
	bills 3 | contract --metrics m >out
	grep -qxF 'volum_contracts_total{command="omie-contract",acao="inalterado"} 3' m
	grep -qxF 'volum_contracts_total{command="omie-contract",acao="divergente"} 0' m
}

@test 'ten thousand companies, and names that would break a label, make no series' {
	local hostile='x\"} 1\nvolum_evil{a=\"b\\'
	export VOLUM_METRICS=$PWD/one.prom
	echo "{\"volumetriaData\":[{\"idEmpresa\":\"1$hostile\"}],\"competencia\":\"2024-01\"}" >record
	volum-store --request-id 'r"}' <record >out 2>err || [ $? = 1 ]
	cp one.prom few.prom
	seq -f '{"volumetriaData":[{"idEmpresa":"%.0f'"$(sed 's/\\/\\\\/g' <<<"$hostile")"'"}],"competencia":"2024-01"}' 10000 >many
	same 10000 "$(wc -l <many)"
	volum-store --quiet <many >out 2>err || [ $? = 1 ]
	same "$(sed 's/ [0-9.]*$//' few.prom)" "$(sed 's/ [0-9.]*$//' one.prom)"
	same 10001 "$(sed -n 's/^volum_records_rejected_total{.*} //p' one.prom)"
	promtool check metrics <one.prom >said 2>&1
	[ ! -s said ]
	# A file that somebody else has filled: what is none of ours is left out.
	printf 'volum_runs_total{command="%s",status="0"} 1\n' \
		'a"} 1' 'a\n' "$(printf 'a%.0s' $(seq 40))" >>one.prom
	volum-store </dev/null >out
	same "$(sed 's/ [0-9.]*$//' few.prom)" "$(sed 's/ [0-9.]*$//' one.prom)"
}

@test 'commands that end at once on one file count all that they did' {
	export VOLUM_METRICS=$PWD/m.prom
	local pids=()
	volum-store --metrics first </dev/null
	for i in $(seq 12); do
		if [ $((i % 2)) = 0 ]; then
			volum-store </dev/null >/dev/null 2>&1 3>&- &
		else
			omie-contract --verify --json >/dev/null 2>&1 3>&- &
		fi
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid" || :; done
	promtool check metrics <m.prom >said 2>&1
	[ ! -s said ]
	same 6 "$(awk '/^volum_runs_total.*--verify/ { n += $NF } END { print n }' m.prom)"
	same 6 "$(awk '/^volum_runs_total.*"volum-store"/ { n += $NF } END { print n }' m.prom)"
	set -- m.prom.*
	[ ! -e "$1" ]
}

@test 'a folder of metrics that cannot be written is told, and the month is billed' {
	start_usage --companies 2
	start_omie --time-scale 60 --clients 2
	volum-sim --companies 2 --catalog | volum-store >catalog
	(umask 077 && : >env)
	# Read-only for root too.
	VOLUM_METRICS=/proc volum-run --env-file env billing -c 2024-01 2>err
	same 'incluido incluido' "$(jq -r .contrato.acao state/contratos.ndjson | paste -sd' ')"
	grep -q '^omie-contract: --metrics /proc: No such file or directory$' err
	[ "$(grep -vc -- '--metrics /proc' err)" = 0 ]
	VOLUM_METRICS=$PWD/none/at/all volum-run --env-file env billing -c 2024-01 2>err
	same 5 "$(grep -c -- '--metrics .*/none/at/all: No such' err)"
	# A device stays what it is.
	volum-store --metrics /dev/null </dev/null 2>err
	same 'volum-store: --metrics /dev/null: is no file' "$(cat err)"
	[ -c /dev/null ]
}

# ------------------------------------------------------------- the log

# ask NUMBER: that command of examples/monitoring/log-queries.
ask_log()
{
	grep -vE '^(#|$)' "$MONITORING/log-queries" | sed -n "$1p" >line.sh
	[ -s line.sh ]
	sh line.sh
}

# killed_run: one that began, and could not say that it ended.
killed_run()
{
	mkfifo gate
	volum-store --request-id KILLED <gate >out 3>&- &
	local pid=$!
	exec 8>gate
	wait_for 20 grep -q '"requestId":"KILLED"' log
	kill -9 $pid
	wait $pid || :
	exec 8>&-
}

@test 'the questions to the log' {
	export ID=NIGHT TRACE=4bf92f3577b34da6a3ce929d0e0e4736
	night
	volum-store --request-id BROKEN --db sqlite:/nowhere/x.db <catalog 2>err || :
	killed_run
	echo "{\"x\":1,\"traceparent\":\"00-$TRACE-00f067aa0ba902b7-01\"}" |
		volum-store --request-id TRACED 2>err || :
	TRACEPARENT=none volum-store --request-id ODD </dev/null
	printf '{"timestamp":"torn' >>log
	export L=log

	ask_log 1 | cut -f 2- >got
	same 'Iniciando volum-fetch NIGHT -
Finalizando volum-fetch NIGHT 0' "$(grep volum-fetch got | tr '\t' ' ')"
	same 'Finalizando volum-store NIGHT 1' "$(grep 'NIGHT	1$' got | tr '\t' ' ')"
	same 'Iniciando volum-store KILLED -' "$(grep KILLED got | tr '\t' ' ')"
	same 17 "$(wc -l <got)"

	ask_log 2 | cut -f 2- >got
	same 9 "$(wc -l <got)"
	grep -q '^WARN	volum-store	Rejeitado: empresaId 3: no proposal in force in 2024-01$' got
	ID=GHT ask_log 2 >got
	[ ! -s got ]

	same 'volum-store BROKEN' "$(ask_log 3 | cut -f 2,3 | tr '\t' ' ')"
	ask_log 3 | grep -q 'Erro: .*/nowhere/x.db'
	same '1 volum-store proposta_desconhecida dados
1 volum-store tipo_desconhecido dados' "$(ask_log 4 | tr -s ' \t' ' ' | sed 's/^ //' | sort)"
	same 'volum-store BROKEN 78 0
volum-store NIGHT 1 1
volum-store TRACED 1 1' "$(ask_log 5 | cut -f 2- | sort | tr '\t' ' ')"
	same 'volum-store KILLED' "$(ask_log 6 | cut -f 2- | tr '\t' ' ')"
	today=$(jq -Rr 'fromjson? | .timestamp[:10]' log | sort -u)
	same "$today omie-contract 1 2 0
$today volum-fetch 1 3 0
$today volum-store 6 9 2" "$(ask_log 7 | tr '\t' ' ')"
	ask_log 8 >got
	[ "$(wc -l <got)" -ge 5 ]
	sort -rnc got
	same 'volum-store ODD TRACEPARENT is ignored, it is none' "$(ask_log 9 | cut -f 2- | tr '\t' ' ')"
	same 'WARN volum-store TRACED' "$(ask_log 10 | cut -f 2-4 | tr '\t' ' ')"
	[ "$(grep -cvE '^(#|$)' "$MONITORING/log-queries")" = 10 ]
}
