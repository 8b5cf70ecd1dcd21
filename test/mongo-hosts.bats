#!/usr/bin/env bats
# Several hosts on one account of Omie: processes that have nothing in common
# but the database (a state folder each, and where it matters numbers of
# processes of their own) share its limits, and a host that dies loses its turn.

bats_require_minimum_version 1.5.0
load mongo_helper
load omie_helper

MANY=${MANY:-120}

# on_each FUNCTION: on each server, in a folder of its own.
on_each()
{
	local kind start=$PWD
	for kind in $(mongo_servers); do
		mkdir "$start/$kind" && cd "$start/$kind" || return
		start_mongo "$kind"
		"$@" || { echo "on $kind" >&2; return 1; }
		stop_all
		cd "$start" || return
	done
}

# host N COMMAND...: on a host of its own, as far as files go.
host()
{
	env VOLUM_STATE_DIR="$PWD/host$1" "${@:2}"
}

start_account() # CLIENTS [OPTION...]
{
	start_omie --clients "$1" "${@:2}" || return
	volum-sim --companies "$1" --catalog | volum-store >catalog
}

# Refusals; that a new account holds nothing yet is none.
faults()
{
	jq -r 'select(.status != 200 and .call and .call != "ListarContratos") |
		"\(.status) \(.fault)"' omie.calls
}

one_rate()
{
	local i pids=() code
	# The documented limits, ten times as fast.
	export OMIE_RATE_PER_MIN=2400 OMIE_IP_RATE_PER_MIN=9600
	export OMIE_RATE_WINDOW_S=6 OMIE_SAME_CALL_WINDOW_S=6 OMIE_BLOCK_S=180
	start_account "$MANY" --time-scale 10 || return
	bills "$MANY" >in
	for i in 1 2; do
		# Each has all of them: whoever is first makes the contract.
		host "$i" omie-contract --as-of 2026-11-24T15:00:00Z <in \
			>"out.$i" 2>"err.$i" 3>&- &
		pids+=("$!")
	done
	for i in 1 2; do
		code=0
		wait "${pids[i - 1]}" || code=$?
		# On a busy machine one may lose its turn; the other goes on.
		[ "$code" -le 1 ] || grep -q 'was held up' "err.$i" ||
			{ cat "err.$i" >&2; return 1; }
	done
	same '' "$(faults)" && once "$MANY" || return
	same "$MANY" "$(grep -c '"IncluirContrato"' omie.calls)"
	# Their limits are in no file.
	! ls host1/omie-limits-* host2/omie-limits-* 2>/dev/null || return
	host 3 omie-contract --as-of 2026-11-24T15:00:00Z <in >out 2>err || return
	same inalterado "$(jq -r .contrato.acao out | sort -u)"
}

@test 'two hosts with the same bills: one rate, no refusal, each contract once' {
	on_each one_rate
}

# in_flight [COMMAND...]: a call hangs, of a process that COMMAND starts; its
# number is in $PID.
in_flight()
{
	bill 1 1.10 >first
	env VOLUM_STATE_DIR="$PWD/host1" "$@" omie-contract --timeout 2 \
		--as-of 2026-11-24T15:00:00Z <first >o 2>e 3>&- &
	PID=$!
	wait_for 20 grep -q '"IncluirContrato"' omie.calls
}

# Its processes can't be seen from here.
ELSEWHERE='unshare --pid --fork --kill-child'

end_now()
{
	kill -9 "$1"
	wait "$1" 2>/dev/null || :
}

# second: how many seconds another company's contract takes.
second()
{
	local began=$SECONDS
	bill 2 2.10 >other
	host 2 omie-contract --timeout 2 --as-of 2026-11-24T15:00:00Z <other >out 2>err ||
		{ cat err >&2; return 1; }
	TOOK=$((SECONDS - began))
}

killed_here()
{
	start_account 2 --rate 0 --ip-rate 0 --same-call-window 1 --concurrency 9 --fault hang:IncluirContrato:1 || return
	in_flight || return
	end_now "$PID"
	second && [ "$TOOK" -le 6 ]
}

@test 'a process of this host that is killed loses its turn at once' {
	on_each killed_here
}

killed_elsewhere()
{
	start_account 2 --rate 0 --ip-rate 0 --same-call-window 1 --concurrency 9 \
		--fault hang:IncluirContrato:1 || return
	in_flight $ELSEWHERE || return
	end_now "$PID"
	second || return
	# Two seconds for the call, two to leave, ten to spare; then it is over.
	[ "$TOOK" -ge 12 ] && [ "$TOOK" -le 25 ]
}

one_server()
{
	unshare --pid --fork true 2>/dev/null || skip 'needs the right to a namespace'
	start_mongo "$(mongo_servers | head -n 1)"
}

@test 'a host that dies with a call in flight loses it, when nobody can know otherwise' {
	one_server
	killed_elsewhere
}

@test 'one that was held up loses it too, and does no harm when it goes on' {
	one_server
	start_account 2 --rate 0 --ip-rate 0 --same-call-window 1 --concurrency 9 \
		--fault hang:IncluirContrato:1
	in_flight $ELSEWHERE
	inner=$(pgrep -P "$PID")
	kill -STOP "$inner"
	second || kill -CONT "$inner"
	[ "$TOOK" -ge 12 ]
	kill -CONT "$inner"
	end_of "$PID"
	[ "$CODE" = 75 ] || [ "$CODE" = 1 ] || [ "$CODE" = 0 ]
	# Whatever it left open, the next run settles.
	sleep 2
	host 3 omie-contract --timeout 1 --as-of 2026-11-24T15:00:00Z <first >out 2>err || cat err
	once 2
}

# to_the_end: other hosts go on until all is done.
to_the_end()
{
	local i
	for i in $(seq 2 9); do
		host "$i" omie-contract --timeout 1 --as-of 2026-11-24T15:00:00Z \
			<in >out 2>err && return
	done
	cat err >&2
	return 1
}

# one PLACE: killed at that system call of a run.
one()
{
	local kind=${1%-*}
	start_mongo "$kind"
	start_account 3 --rate 0 --ip-rate 0 --same-call-window 1 --concurrency 9
	bills 3 >in
	VOLUM_STATE_DIR=$PWD/host1 "$BUILD/tool/killat" -l seen "${1#*-}" \
		omie-contract --timeout 1 --as-of 2026-11-24T15:00:00Z \
		<in >out 2>err || :
	to_the_end
	once 3
	host 2 omie-contract --verify >chain
}

@test 'a host that is killed anywhere: others go on, each contract once' {
	local kind all
	for kind in $(mongo_servers); do
		start_mongo "$kind"
		mkdir "count-$kind" && cd "count-$kind"
		one "$kind-1000000"
		all=$(cut -d' ' -f1 seen)
		stop_all
		cd ..
		echo "# $kind: $all system calls" >&3
		for at in $(seq 1 $((all / ${KILLS:-12})) "$all"); do
			echo "$kind-$at"
		done | shuf --random-source=/dev/zero >places
		while mapfile -t -n 4 few && [ ${#few[@]} -gt 0 ]; do
			side_by_side "${few[@]}"
		done <places
	done
}

@test 'the store is the same one after a record that is a test' {
	start_mongo "$(mongo_servers | head -n 1)"
	start_account 2 --rate 0 --ip-rate 0 --same-call-window 1
	export MONGODB_URI=$VOLUM_DB
	unset VOLUM_DB
	{
		bill 1 1.10 '"test":true'
		bill 2 2.10
	} >in
	try 0 omie-contract <in
	[ ! -e "$VOLUM_STATE_DIR/volum.db" ]
	omie-contract --verify --json >chain
	same 2 "$(jq .cadeia.lancamentos chain)"
}

# connections: how many there are to the server, seen from its clients.
connections()
{
	local port=${VOLUM_DB%/*}
	printf -v port %04X "${port##*:}"
	awk -v to=":$port" 'substr($3, 9) == to && $4 == "01"' /proc/net/tcp | wc -l
}

@test 'a run has one connection, for its store and the limits' {
	start_mongo java
	start_account 1
	[ "$(connections)" = 0 ]
	mkfifo in
	omie-contract --as-of 2026-11-24T15:00:00Z <in >out 2>err 3>&- &
	local pid=$!
	exec 7>in
	bills 1 >&7
	wait_for 20 grep -q incluido out
	[ "$(connections)" = 1 ]
	exec 7>&-
	wait $pid
	[ "$(connections)" = 0 ]
}
