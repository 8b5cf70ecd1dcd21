#!/usr/bin/env bats
# Memory that does not grow with the number of companies, and starts that cost
# nothing. Of the plain programs: a sanitizer's shadow is all that would be
# measured. MANY is how many companies many are.

bats_require_minimum_version 1.5.0

MANY=${MANY:-1000000}
FEW=10000
MAX_KB=24576

setup_file()
{
	# Those of the build under test, unless it is a sanitizer's.
	local build=${BUILD:-build}
	if [ -z "${PLAIN:-}" ] && ! grep -q __asan_init "$build/bin/volum-store"; then
		PLAIN=$build
	fi
	export PLAIN
}

setup()
{
	[ -n "${PLAIN:-}" ] ||
		skip "only the sanitizer's programs are built: give PLAIN=DIRECTORY"
	PLAIN=$(cd "$PLAIN" && pwd)
	cd "$BATS_TEST_TMPDIR" || return
	export VOLUM_STATE_DIR=$PWD/state VOLUMETRIA_API_TOKEN=TOKEN
	SIM_PID=
}

teardown()
{
	[ -z "${SIM_PID:-}" ] || kill "$SIM_PID"
	# The databases of a million companies are large.
	rm -rf "${VOLUM_STATE_DIR:-state}" ./*.ndjson ./*.db*
}

# peak COMMAND...: sets KB, the most memory it held, after its success.
peak()
{
	local code
	rm -f report
	"$PLAIN/tool/measure" report "$@" || return
	read -r _ _ KB code <report
	[ "$code" = 0 ]
}

# steady WHAT HOW...: `HOW COMPANIES` sets KB, for few and for many.
steady()
{
	local what=$1 few
	shift
	"$1" $FEW "${@:2}"
	few=$KB
	"$1" "$MANY" "${@:2}"
	echo "# $what: $few KB with $FEW companies, $KB KB with $MANY" >&3
	[ "$KB" -le "$MAX_KB" ] && [ $((KB * 100)) -le $((few * 110)) ]
}

# serve COMPANIES: the usage API.
serve()
{
	[ -z "$SIM_PID" ] || kill "$SIM_PID"
	rm -f address
	"$PLAIN/bin/volum-sim" --companies "$1" >address 3>&- &
	SIM_PID=$!
	until [ -s address ]; do
		kill -0 $SIM_PID || return
		sleep 0.02
	done
	VOLUMETRIA_API_URL=$(head -n 1 address)
	export VOLUMETRIA_API_URL
}

# fetch COMPANIES [OPTION...]: one event for each.
fetch()
{
	local companies=$1
	shift
	serve "$companies"
	peak "$PLAIN/bin/volum-fetch" --competencia 2026-01 \
		--as-of 2026-03-01T00:00:00Z "$@" >events.ndjson
	[ "$(wc -l <events.ndjson)" = "$companies" ]
}

# As many as the sim has, asked for by name.
fetch_by_name()
{
	seq "$1" >ids
	fetch "$1" --empresas ids
}

# store COMPANIES: their volumes, priced by what is in the store.
store()
{
	local db=sqlite:$PWD/$1.db
	fetch "$1"
	"$PLAIN/bin/volum-sim" --companies "$1" --catalog |
		"$PLAIN/bin/volum-store" --db "$db" >/dev/null
	peak "$PLAIN/bin/volum-store" --db "$db" <events.ndjson >stored.ndjson
	[ "$(grep -c '"consolidacaoData"' stored.ndjson)" -ge "$1" ]
	rm "$1".db stored.ndjson
}

@test "volum-fetch: all companies in one answer" {
	steady 'volum-fetch, one answer' fetch
}

@test "volum-fetch: companies from a file, in batches" {
	steady 'volum-fetch, batches' fetch_by_name
}

@test "volum-store: volumes of all companies" {
	steady volum-store store
}

# median_ms COMMAND...: sets MS, of 21 runs that all ended well.
median_ms()
{
	rm -f report
	"$PLAIN/tool/measure" -n 21 report "$@" </dev/null >/dev/null
	MS=$(sort -n report | awk '$4 != 0 { bad = 1 }
		NR == 11 { ms = $1 * 1000 }
		END { if (bad) exit 1; printf "%.2f", ms }')
}

# starts NAME COMMAND...: how much longer it takes than `true`.
starts()
{
	local name=$1 idle
	shift
	median_ms true
	idle=$MS
	median_ms "$@"
	echo "# $name: $MS ms, true: $idle ms" >&3
	awk "BEGIN { exit !($MS - $idle < 10) }"
}

@test "volum-fetch starts at once" {
	: >none
	export VOLUMETRIA_API_URL=http://127.0.0.1:9/
	starts 'no trigger' "$PLAIN/bin/volum-fetch"
	starts 'no company' "$PLAIN/bin/volum-fetch" --competencia 2026-01 \
		--empresas none
}

@test "volum-store starts at once" {
	starts 'no record' "$PLAIN/bin/volum-store"
}

@test "omie-contract starts at once" {
	export OMIE_API_URL=http://127.0.0.1:9/ OMIE_APP_KEY=KEY \
		OMIE_APP_SECRET=SECRET
	starts 'no consolidation' "$PLAIN/bin/omie-contract"
}

@test "Omie's limits, kept for all processes, cost less than 100 us a call" {
	"$PLAIN/tool/pace_bench" >cost
	echo "# $(cat cost)" >&3
	awk '{ exit !($1 > 0 && $1 < 100) }' cost
}
