#!/usr/bin/env bats
# The dashboard and the rules as they are used: the commands write their files,
# node_exporter reads them, Prometheus scrapes it, and each panel is asked of it.

bats_require_minimum_version 1.5.0
load monitoring_helper

# serve NAME PATH COMMAND...: on a free port, in $PORT, until PATH is answered.
serve()
{
	local name=$1 path=$2
	shift 2
	for _ in 1 2 3 4 5; do
		PORT=$(free_port)
		"${@//PORT/$PORT}" >"$name.said" 2>&1 3>&- &
		SIMS+=("$!")
		wait_for 10 curl -sf -o nowhere "http://127.0.0.1:$PORT$path" && return
	done
	cat "$name.said"
	return 1
}

start_prometheus()
{
	serve exporter /metrics prometheus-node-exporter --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory=m \
		--web.listen-address=127.0.0.1:PORT
	cat >prometheus.yml <<-END
		global: {scrape_interval: 500ms, evaluation_interval: 500ms}
		rule_files: [$(realpath "$MONITORING")/alerts.yml]
		scrape_configs:
		- {job_name: node, static_configs: [{targets: ["127.0.0.1:$PORT"]}]}
	END
	serve prometheus /-/ready prometheus --config.file=prometheus.yml \
		--storage.tsdb.path=tsdb --web.listen-address=127.0.0.1:PORT
	API=http://127.0.0.1:$PORT/api/v1
}

# query EXPRESSION: `labels value` of each series.
query()
{
	curl -sf "$API/query" --data-urlencode "query=$1" |
		jq -r '.data.result[] | "\(.metric | del(.instance, .job) | tojson) \(.value[1])"'
}

answers() # answers EXPRESSION
{
	[ -n "$(query "$1")" ]
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	command -v prometheus >/dev/null && command -v prometheus-node-exporter >/dev/null ||
		skip 'no prometheus, or no node_exporter'
	export VOLUM_STATE_DIR=$PWD/state
}

# value EXPRESSION: of its one series.
value()
{
	query "$1" | sed 's/.* //'
}

@test 'each panel shows something, and what it shows is so' {
	night
	everything
	start_prometheus
	wait_for 20 answers volum_runs_total
	# One more night, since an increase has two ends.
	volum-fetch --competencia 2024-02 --empresas <(seq 2) | volum-store |
		omie-contract | volum-store >stored
	wait_for 20 answers 'increase(volum_contracts_total{acao="incluido"}[1d]) > 0'
	expressions "$MONITORING/grafana.json" | sed 's/\$instance/.*/' >asked
	[ "$(wc -l <asked)" = 18 ]
	while IFS= read -r expression; do
		answers "$expression" || { echo "nothing: $expression" && false; }
	done <asked
	# What the list of hosts is made of.
	jq -r '.templating.list[] | select(.name == "instance").definition' \
		"$MONITORING/grafana.json" | grep -xF 'label_values(volum_runs_total, instance)'
	same 1 "$(curl -sf "$API/label/instance/values" -G \
		--data-urlencode 'match[]=volum_runs_total' | jq '.data | length')"
	panel() { jq -r --arg t "$1" '.panels[] | select(.title == $t).targets[0].expr' "$MONITORING/grafana.json" | sed 's/\$instance/.*/'; }
	same 0 "$(value "$(panel 'Chain of the ledger')")"
	same 0 "$(value "$(panel 'Open intents')")"
	same 1 "$(value "$(panel 'Contracts that disagree')")"
	awk '{ exit !($1 >= 0 && $1 < 120) }' <<<"$(value "$(panel 'Since the last good billing')")"
	query "$(panel 'Contracts a day')" | grep -vE ' 0$' | grep -F '{"acao":"incluido"}'
	# No rule stumbles over what it reads.
	curl -sf "$API/rules" | jq -r '.data.groups[].rules[] | .health' | sort -u >health
	same ok "$(cat health)"
	same 17 "$(curl -sf "$API/rules" | jq '[.data.groups[].rules[]] | length')"
	# Nor does node_exporter over any file.
	same 0 "$(value node_textfile_scrape_error)"
}
