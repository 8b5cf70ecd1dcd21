#!/bin/sh
# The whole job on one machine: both services simulated on loopback, fifty
# companies (four of them with something wrong), the last closed month, twice.
# Everything that flowed stays in a folder that is named at the end.
set -eu

# Those of BUILD (build), else the installed ones.
: "${BUILD:=build}"
[ ! -d "$BUILD/bin" ] || PATH=$(cd "$BUILD/bin" && pwd):$PATH
me=demo
here=$(dirname "$(command -v volum-store)")
# shellcheck source=examples/run/words.sh
. "$(dirname "$0")/run/words.sh"
demo=$(mktemp -d "${TMPDIR:-/tmp}/volum-demo.XXXXXX")
cd "$demo"
sims=
calls=0
trap 'kill $sims 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM

start() { # start VARIABLE COMMAND...: runs a simulator, its address in VARIABLE
	variable=$1
	shift
	"$@" >"$1.address" 2>"$1.stderr" &
	sims="$sims $!"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		if [ -s "$1.address" ]; then
			read -r "${variable?}" <"$1.address"
			return
		fi
		sleep 0.1
	done
	say '%s does not start:' "$1"
	cat "$1.stderr" >&2
	exit 1
}

export VOLUMETRIA_API_TOKEN=demo-token OMIE_APP_KEY=1234567890123
export OMIE_APP_SECRET=0123456789abcdef0123456789abcdef
start VOLUMETRIA_API_URL volum-sim --companies 50 --blemishes
start OMIE_API_URL omie-sim --clients 50 --log omie-calls.ndjson
export VOLUMETRIA_API_URL OMIE_API_URL
export VOLUM_STATE_DIR=state VOLUM_LOG=log.ndjson
mkdir state

told 'volum demo: 50 companies, the last closed month, both services on loopback'
volum-sim --companies 50 --blemishes --catalog |
	volum-store >catalog.ndjson
volum-store --list empresas >empresas.ndjson

run() { # run N: the pipe of the README, with a copy of each stream
	out=run$1
	mkdir "$out"
	export VOLUM_REJECTED="$out/rejeitados.ndjson"
	echo
	told 'run %s: volum-fetch | volum-store | omie-contract | volum-store' "$1"
	# Refused records make a command end with 1; the table names them.
	set +e
	volum-fetch --competencia auto --empresas empresas.ndjson --quiet |
		tee "$out/volumetria.ndjson" |
		volum-store --quiet |
		tee "$out/consolidacoes.ndjson" |
		omie-contract |
		tee "$out/contratos.ndjson" |
		volum-store --quiet >"$out/guardado.ndjson"
	set -e
	for kind in volumetria consolidacoes contratos empresas propostas; do
		volum-store --list "$kind"
	done >"$out/store.ndjson"
	before=$calls
	calls=$(grep -c '"call":"IncluirContrato"' omie-calls.ndjson) || :
	echo $((calls - before)) >"$out/writes"
}

count() { # count FILE [JQ-CONDITION]
	jq -n "[inputs | select(${2:-true})] | length" <"$1"
}
reais() { # sum of the contracts of a run, as R$ 1.234,56
	jq -rn '[inputs.contrato | select(.acao != "dispensado")
		| .valorTotal * 100 | round] | add // 0' <"$1" |
		awk '{ c = sprintf("%03d", $1); n = length(c)
			whole = substr(c, 1, n - 2); out = ""
			while (length(whole) > 3) {
				out = "." substr(whole, length(whole) - 2) out
				whole = substr(whole, 1, length(whole) - 3)
			}
			print "R$ " whole out "," substr(c, n - 1) }'
}
row() { # row LABEL FIRST SECOND: an accent takes no column of its own
	accents=$(printf %s "$1" | LC_ALL=C tr -cd '\200-\277' | wc -c)
	printf "  %-$((34 + accents))s %16s %16s\n" "$1" "$2" "$3"
}
each() { # each LABEL COMMAND: the figure of both runs
	row "$1" "$(eval "$(echo "$2" | sed "s|RUN|run1|g")")" \
		"$(eval "$(echo "$2" | sed "s|RUN|run2|g")")"
}

run 1
run 2

echo
row '' "$(words 'first run')" "$(words 'second run')"
each "$(words 'companies asked')" "count empresas.ndjson"
each "$(words 'volumes fetched')" 'count RUN/volumetria.ndjson'
each "$(words 'consolidations')" 'count RUN/consolidacoes.ndjson'
each "$(words 'contracts created')" \
	"count RUN/contratos.ndjson '.contrato.acao == \"incluido\"'"
each "$(words 'contracts unchanged')" \
	"count RUN/contratos.ndjson '.contrato.acao == \"inalterado\"'"
each "$(words 'billed')" 'reais RUN/contratos.ndjson'
each "$(words 'create calls to Omie')" 'cat RUN/writes'
each "$(words 'rejected')" 'count RUN/rejeitados.ndjson'
jq -r '.rejeitado | "    \(.codigo) (\(.comando))\n\(.mensagem)"' \
	run1/rejeitados.ndjson | fold -s -w 71 |
	sed '/^ /!s/^/        /; s/ *$//'
echo

if cmp -s run1/store.ndjson run2/store.ndjson &&
    [ "$(cat run2/writes)" = 0 ]; then
	told 'The second run wrote nothing: same store, no further call.'
else
	give_up 1 'the second run changed something'
fi
told 'Everything that flowed is in %s' "$demo"
