#!/usr/bin/env bats
# Each command line that the README, the READMEs of the examples and the pages
# show is run, and prints what stands there; each product and record is taken.
# test/pages.py finds them, so a new one is run too; test/pages.table says what
# can't be run as it stands, and why.

bats_require_minimum_version 1.5.0
load trigger_helper
load setup_helper

ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
PAGES=(python3 -B "$BATS_TEST_DIRNAME/pages.py")

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

teardown()
{
	[ -z "${NGINX:-}" ] || stop_server
	stop_all
}

# free_low_port: below those that the system gives to whoever asks for any.
free_low_port()
{
	python3 -c 'import random, socket
while True:
    port = random.randrange(20000, 32000)
    try:
        socket.socket().bind(("127.0.0.1", port))
    except OSError:
        continue
    print(port)
    break'
}

# What stands for the user's own machine: the services, of which the company API
# knows one company more, the trigger's server, and a crontab and another host to
# write to.
start_machine()
{
	# What the README's own simulators take as well.
	export VOLUMETRIA_API_TOKEN=TOKEN INANBETEC_API_KEY=KEY OMIE_APP_KEY=APP_KEY \
		OMIE_APP_SECRET=APP_SECRET
	launch company volum-sim --companies 9
	export INANBETEC_API_URL=$ADDRESS
	start_usage --companies 8
	launch switch python3 "$BATS_TEST_DIRNAME/ping_double.py" told 200
	export VOLUM_PING_URL=$ADDRESS
	start_trigger
	fake_crontab
	printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' >fake/ssh
	chmod +x fake/ssh
	PORT_8080=$(free_low_port) PORT_8081=$(free_low_port) PORT_8082=$(free_low_port)
	USER_NAME=$(id -un) GROUP_NAME=$(id -gn)
	export ROOT BUILD URL TOKEN PORT_8080 PORT_8081 PORT_8082 USER_NAME GROUP_NAME
	export WORLD=$PWD/world TMPDIR=$PWD
	unset MAKEFLAGS MAKELEVEL
}

# The server has a state folder of its own, and runs nothing.
start_trigger()
{
	mkdir server && cd server || return
	export VOLUM_STATE_DIR=$PWD/state VOLUM_TRIGGER_RUN=$PWD/runner RUNS=/dev/null
	runner <<<'echo "{}"; cat >/dev/null'
	start_server
	cd ..
}

# some_trigger: the id of one that the server has taken.
some_trigger()
{
	find "$WORLD/../server/state/trigger" -name '*req-*' -print -quit | sed 's/.*req-/req-/'
}

# seed: the state folder of somebody who has worked for a while, and the files
# that the pages name.
seed()
{
	export OMIE_SAME_CALL_WINDOW_S=0 OMIE_RATE_PER_MIN=60000 OMIE_IP_RATE_PER_MIN=60000
	export VOLUM_STATE_DIR=$PWD/seed HOME=$PWD/seed
	mkdir -p seed/done seed/backups seed/etc seed/prometheus/node-exporter
	cd seed || return
	ln -s "$ROOT/examples" examples
	cp -R examples/propostas/informado.ndjson examples/scale/part examples/scale/parallel.sh \
		examples/http/volum-trigger.* .
	cp examples/templates/contrato.jq nosso.jq
	volum-sim --companies 8 --catalog >catalog
	grep '"empresa":' catalog >empresas.ndjson
	grep '"proposta":' catalog | cat - examples/sample/proposta.ndjson >propostas.ndjson
	cat empresas.ndjson propostas.ndjson | volum-store >out
	for month in 2026-02 2026-10 auto; do
		volum-fetch --competencia "$month"
	done >volumes.ndjson
	volum-store <volumes.ndjson >stored
	grep 2026-02 stored >in.ndjson
	jq -c 'map_values("inanbetec")' examples/owner.json >owner.json
	printf 'silent\nshow-error\nfail\n' >.curlrc
	jq -c '.rejeitado.comando = "omie-contract" | .rejeitado.codigo = "cliente_desconhecido" |
		.registro = input' examples/sample/rejeitado.ndjson examples/sample/consolidacao.ndjson |
		cat - examples/sample/rejeitado.ndjson >rejected.ndjson
	install -m 600 /dev/null env
	cp -p env volum.env
	printf '#!/bin/sh\n' >billing.sh
	chmod +x billing.sh
	for job in billing sync reconcile; do # to be made up for
		echo '2026-01-01T05:00:00Z 0' >"done/$job"
	done
	cd ..
}

# sit FOLDER: the commands of a section, one after the other, in one shell.
sit()
(
	local run at code
	cd world || return
	set -o pipefail
	for run in "$1"/*.run; do
		at=${run%.run} code=0
		eval "$(cat "$run")" >"$at.out" 2>&1 || code=$?
		echo "$code" >"$at.got"
		# What stays in the background tells its address in a moment.
		[ ! -s "$at.want" ] || wait_for 20 at_least "$(wc -l <"$at.want")" "$at.out" || :
	done
	# shellcheck disable=SC2046 # numbers
	kill $(jobs -p) 2>/dev/null || :
	wait
)

# settle: the customers are as their companies are; the ninth is still to come.
settle()
{
	cnpj-sync --from inanbetec --to omie --owner world/owner.json \
		<world/empresas.ndjson >out
}

# run_document FOLDER: with a copy of the seed, and an account in Omie.
run_document()
{
	rm -rf world
	cp -R seed world
	launch omie omie-sim --clients 8 --same-call-window 0 --rate 0 --ip-rate 0
	export HOME=$WORLD VOLUM_STATE_DIR=$WORLD OMIE_API_URL=$ADDRESS
	TOKEN=$(cat server/token)
	if grep -qE '^cnpj-sync|sync\b' "$1"/*/*.run; then settle; fi
	for section in "$1"/*/; do
		sit "${section%/}"
	done
	stop_one omie
}

@test 'each command that a document shows does what stands there' {
	start_machine
	seed
	(cd "$ROOT" && "${PAGES[@]}" ready test/pages.table "$BATS_TEST_TMPDIR/ready" README.md \
		CONTRIBUTING.md examples/*/README.md man/*.[157])
	for document in ready/*/; do
		run_document "$PWD/${document%/}"
	done
	"${PAGES[@]}" judge ready
	[ "$(find ready -name '*.run' | wc -l)" -gt 90 ]
}

@test 'each product and each record that a page shows is taken' {
	export VOLUM_STATE_DIR=$PWD/state
	"${PAGES[@]}" data "$ROOT"/man/{proposta.5,volum.7} | jq -c '{proposta: {esquema: 1,
		empresaId: "1", numeroProposta: "P-\(input_line_number)",
		vigencia: {inicio: "2026-01-01", fim: null}, produtos: [.]}}' | volum-store --dry-run >out
	[ "$(wc -l <out)" -ge 15 ]
	# A plan's member is no line of its own.
	"${PAGES[@]}" data "$ROOT/man/volum-records.5" | sed '/^"plano"/,/hash/d' | jq -c . >records
	for kind in empresa proposta volumetriaData consolidacaoData contrato sync; do
		jq -c "select(.$kind)" records | volum-store >out
		[ "$(wc -l <out)" = 1 ]
	done
	jq -c 'select(.memoria)' records | volum-store --dry-run >out # of another month
	[ "$(wc -l <out)" = 1 ]
	start_usage --companies 3
	jq -c 'select(.empresaIds)' records | volum-fetch >out
	[ "$(wc -l <out)" = 3 ]
	jq -c 'select(.rejeitado)' records >state/rejected.ndjson
	volum-redrive --codigo cliente_desconhecido --dry-run >out
	[ "$(wc -l <out)" = 1 ]
}

@test 'the pages in Portuguese show the same' {
	cd "$ROOT"
	for page in man/*.[157]; do
		for what in list data; do
			"${PAGES[@]}" $what "$page" >"$BATS_TEST_TMPDIR/english"
			"${PAGES[@]}" $what "man/pt_BR/${page##*/}" |
				diff "$BATS_TEST_TMPDIR/english" - || { echo "$page"; false; }
		done
	done
}

@test 'each option that a text names behind its command is one' {
	cd "$ROOT"
	sed 's/\\-/-/g; s/ Fl -/ --/g' ./*.md examples/*.md examples/*/README.md man/*.[157] \
		man/pt_BR/* | grep -oE '\b(volum|omie|cnpj)-[a-z]+ --[a-z-]+' | sort -u >"$BATS_TEST_TMPDIR/named"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/named")" -gt 25 ]
	while read -r program option; do
		"$program" --help | grep -qE -- "(^|[^a-z-])$option([^a-z-]|\$)" || echo "$program $option"
	done <"$BATS_TEST_TMPDIR/named" >"$BATS_TEST_TMPDIR/wrong"
	cat "$BATS_TEST_TMPDIR/wrong"
	[ ! -s "$BATS_TEST_TMPDIR/wrong" ]
}
