#!/usr/bin/env bats
# Omie's limits, shared by all processes of an account. Simulated time runs TEN
# times as fast as ours unless a test says otherwise: all limits are the real
# ones, a minute is six seconds. MANY contracts and FLOOR percent of the
# permitted rate are asked for; `make check-limits` asks for more.

bats_require_minimum_version 1.5.0
load pipe_helper
load omie_helper

MANY=${MANY:-260}
FLOOR=${FLOOR:-90}

# fast: the documented limits, ten times as fast.
fast()
{
	export OMIE_RATE_PER_MIN=2400 OMIE_IP_RATE_PER_MIN=9600
	export OMIE_RATE_WINDOW_S=6 OMIE_SAME_CALL_WINDOW_S=6 OMIE_BLOCK_S=180
	start_omie --time-scale 10 --clients "$1" "${@:2}"
	volum-sim --companies "$1" --catalog | volum-store >catalog
	know_account
}

# slow CLIENTS [OPTION...]: our time, no rate but the one given.
slow()
{
	export OMIE_RATE_PER_MIN=6000 OMIE_RATE_WINDOW_S=1
	start_omie --rate 0 --ip-rate 0 --clients "$1" "${@:2}"
	volum-sim --companies "$1" --catalog | volum-store >catalog
	know_account
}

# share PROCESSES CONTRACTS: each process has its part of the bills, its exit
# code in $CODES, its output in out.N and err.N.
share()
{
	local i pids=()
	bills "$2" >in
	for i in $(seq "$1"); do
		awk "NR % $1 == $i - 1" in >"in.$i"
		contract <"in.$i" >"out.$i" 2>"err.$i" 3>&- &
		pids+=("$!")
	done
	CODES=
	for i in "${pids[@]}"; do
		end_of "$i"
		CODES+="$CODE "
	done
	cat err.* >err
}

# used: the part of 240 calls a simulated minute that was used, in percent.
used()
{
	jq -s '[.[] | select(.call) | .time | sub("\\.(?<ms>\\d+)Z"; "Z \(.ms)")
		| split(" ") | (.[0] | fromdate) + ((.[1] // "0") | tonumber) / 1000]
		| ((length - 1) / 4 / ((max - min)) * 100) | floor' omie.calls
}

faults()
{
	jq -r 'select(.status != 200 and .call) | "\(.status) \(.fault)"' omie.calls
}

# by_hand N: somebody else's call of the same method, refused by Omie.
by_hand()
{
	curl -s -d "{\"call\":\"IncluirContrato\",\"app_key\":\"$OMIE_APP_KEY\",\"app_secret\":\"$OMIE_APP_SECRET\",\"param\":[{\"n\":$1}]}" \
		"${OMIE_API_URL}servicos/contrato/" >answer
}

@test "two processes use one rate, in turn, and Omie refuses nothing" {
	fast "$MANY"
	share 2 "$MANY"
	same '0 0 ' "$CODES"
	same '' "$(cat err)"
	same '' "$(faults)"
	once "$MANY"
	same "$MANY" "$(grep -c '"IncluirContrato"' omie.calls)"
	echo "# $(used) % of the permitted rate" >&3
	[ "$(used)" -ge "$FLOOR" ]
	[ "$(used)" -le 100 ]
	# While both have work, each gets a fair part of the calls.
	first=$(jq -r 'select(.call).body.param[0].cabecalho.nCodCli % 2' omie.calls |
		sed -n "1,$((MANY / 2))p" | grep -c 1)
	[ "$first" -ge $((MANY / 8)) ] && [ "$first" -le $((MANY * 3 / 8)) ]
}

@test "four processes do, too" {
	fast 160
	share 4 160
	same '0 0 0 0 ' "$CODES"
	same '' "$(faults)"
	once 160
	[ "$(used)" -ge "$FLOOR" ]
}

@test "slow answers: the next call leaves when one is back, whoever waits" {
	fast 30 --latency 100
	began=$(date +%s%N)
	share 2 30
	took=$((($(date +%s%N) - began) / 1000000))
	same '0 0 ' "$CODES"
	same '' "$(faults)"
	once 30
	echo "# $took ms for 30 calls of 100 ms" >&3
	[ "$took" -le $((3000 * 100 / FLOOR + 1000)) ]
}

@test "a foreign client spends the errors: one refusal, known to all, until it ends" {
	slow 12 --block-seconds 3 --block-extend 0
	for i in $(seq 10); do by_hand "$i"; done
	by_hand 11
	grep -q 'bloqueada por consumo indevido' answer
	: >omie.calls
	began=$(date +%s)
	share 2 12
	same '69 69 ' "$CODES"
	same '425 MISUSE_API_PROCESS' "$(faults)"
	same 1 "$(grep -c '"IncluirContrato"' omie.calls)"
	# Both say until when, as a time of day and in seconds.
	for i in 1 2; do
		grep -qE '(for|in) [0-9]+ (s|seconds), (until|at) 20[0-9-]+T[0-9:]+Z' err.$i
	done
	same 12 "$(rejected_codes | grep -c bloqueado)"
	# So does the next run, without a call.
	rm "$REJECTED"
	try 69 contract <in
	grep -qE 'ends in [0-9]+ seconds, at 20' err
	same 1 "$(wc -l <omie.calls)"
	until [ $(($(date +%s) - began)) -ge 7 ]; do sleep 0.1; done
	try 0 contract <in
	once 12
	same 13 "$(grep -c '"IncluirContrato"' omie.calls)"
}

@test "errors of two processes add up: both stop two before Omie would" {
	slow 1
	for i in $(seq 30 49); do
		printf '{"empresa":{"empresaId":"%s","cnpj":"11222333000181","razaoSocial":"X","codigoClienteOmie":99%s}}\n' "$i" "$i"
	done | volum-store >>catalog
	for i in $(seq 30 2 49); do bill "$i" 5.00; done >one
	for i in $(seq 31 2 49); do bill "$i" 5.00; done >two
	contract <one >out.1 2>err.1 3>&- &
	pid=$!
	try 69 contract <two
	end_of $pid
	same 69 "$CODE"
	same 8 "$(grep -c '"IncluirContrato"' omie.calls)"
	same '12 bloqueado 8 recusado' "$(rejected_codes | sort | uniq -c | xargs)"
}

@test "a foreign client spends the rate: one refusal, then a minute's rest" {
	fast 12 --rate 40 --error-budget 0
	export OMIE_RATE_PER_MIN=400
	for i in $(seq 35); do by_hand "$i"; done
	: >omie.calls
	share 2 12
	same '0 0 ' "$CODES"
	same '429 null' "$(faults)"
	once 12
}

@test "OMIE_RESERVE: what is left to others is there for them" {
	slow 16
	export OMIE_RATE_PER_MIN=600 OMIE_RATE_WINDOW_S=60 OMIE_RESERVE=50
	began=$(date +%s%N)
	share 2 16
	[ $((($(date +%s%N) - began) / 1000000)) -ge 3000 ]
	same '0 0 ' "$CODES"
	once 16
	# Percent of a rate too low to share is one call at least.
	bill 1 1.10 | OMIE_RATE_PER_MIN=1 OMIE_RESERVE=90 try 0 contract
}

@test "the rate of the address holds for all methods and processes" {
	slow 10
	export OMIE_IP_RATE_PER_MIN=300
	began=$(date +%s%N)
	share 2 10
	# Five a second.
	[ $((($(date +%s%N) - began) / 1000000)) -ge 1000 ]
	same '0 0 ' "$CODES"
	once 10
}

@test "an identical call waits for the window of another process" {
	slow 1 --same-call-window 3 --fault soft-refusal:IncluirContrato:1
	export OMIE_SAME_CALL_WINDOW_S=3
	bill 1 1.10 >in
	try 1 contract <in
	same recusado "$(rejected_codes)"
	try 0 contract --verbose --log log <in
	same incluido "$(actions)"
	same '' "$(faults)"
	grep -q 'waiting .*IncluirContrato: the same call left a while ago' err
	grep -q 'the same call left a while ago' log
	once 1
}

@test "who waits for another's call says so, and hears SIGTERM at once" {
	slow 2 --fault hang-after=4000:IncluirContrato:1
	bill 1 1.10 | omie-contract --as-of 2026-11-24T15:00:00Z >one 2>err.1 3>&- &
	first=$!
	wait_for 20 at_least 1 omie.calls || sleep 1
	bill 2 2.10 >in
	omie-contract -v --as-of 2026-11-24T15:00:00Z <in >two 2>err 3>&- &
	second=$!
	wait_for 20 grep -q 'another process has its call' err
	began=$(date +%s%N)
	kill $second
	end_of $second
	[ $((($(date +%s%N) - began) / 1000000)) -le 600 ] # its end included
	same 75 "$CODE"
	same '' "$(cat two)"
	end_of $first
	same 0 "$CODE"
	try 0 contract <in
	once 2
}

@test "kill -9 with a call in flight: the next process goes on at once" {
	slow 2 --concurrency 4 --fault hang=20000:IncluirContrato:1
	bill 1 1.10 | omie-contract --as-of 2026-11-24T15:00:00Z >one 2>err.1 3>&- &
	first=$!
	wait_for 20 intent_of 1
	sleep 0.5
	kill -9 $first
	end_of $first
	began=$(date +%s)
	bill 2 2.10 | try 0 contract
	[ $(($(date +%s) - began)) -le 3 ]
	same '' "$(cat err)"
}

intent_of()
{
	[ "$(ledger "$1")" = intencao ]
}

@test "a damaged state is waited out, said, and mended" {
	sqlite_only 'on a server the limits are not in a file'
	slow 4
	export OMIE_RATE_WINDOW_S=2 OMIE_SAME_CALL_WINDOW_S=2
	bill 1 1.10 | try 0 contract
	state=$(echo "$VOLUM_STATE_DIR"/omie-limits-*)
	same 600 "$(stat -c %a "$state")"
	n=2
	for damage in 'truncate -s 100' 'cp catalog'; do
		$damage "$state"
		began=$(date +%s%N)
		bill $n $n.10 | try 0 contract --log log.$n
		[ $((($(date +%s%N) - began) / 1000000)) -ge 2000 ]
		jq -r .message log.$n |
			grep -q 'what left before is not known: .*omie-limits.* is damaged'
		n=$((n + 1))
	done
	began=$(date +%s%N)
	bill 4 4.10 | try 0 contract
	[ $((($(date +%s%N) - began) / 1000000)) -le 1900 ]
	once 4
}

@test "limits that can't be kept are 78, and nothing is sent" {
	sqlite_only 'on a server the limits are not in a file'
	slow 1
	bill 1 1.10 >in
	cp "$DB" elsewhere.db
	VOLUM_STATE_DIR=/proc/none want_err='state folder /proc/none' \
		expect folder 78 contract --db sqlite:elsewhere.db --rejected r <in
	bill 1 1.10 | try 0 contract --db sqlite:elsewhere.db
	state=$(echo "$VOLUM_STATE_DIR"/omie-limits-*)
	rm "$state"
	mkdir "$state"
	want_err="limits of Omie: .*: open it: Is a directory" \
		expect directory 78 contract --db sqlite:elsewhere.db <in
	same 1 "$(wc -l <omie.calls)"
	# A rehearsal needs none.
	try 0 contract --dry-run <in
	rmdir "$state"
	try 0 contract --dry-run <in
	[ ! -e "$state" ]
}
