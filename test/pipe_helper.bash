# shellcheck shell=bash
# What the tests of the pipe share: both services on loopback.

load helper

SIMS=()

# launch NAME COMMAND...: starts a service in the background and waits for its
# address, which is then in $ADDRESS; its log is NAME.calls.
launch()
{
	local name=$1 tries=0
	shift
	: >"$name.address"
	"$@" >"$name.address" 2>"$name.stderr" 3>&- &
	SIMS+=("$!")
	until [ -s "$name.address" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 500 ] || ! kill -0 "${SIMS[-1]}" 2>/dev/null; then
			cat "$name.stderr" >&2
			return 1
		fi
		sleep 0.02
	done
	ADDRESS=$(head -n 1 "$name.address")
}

# start_usage [OPTION...]: volum-sim; a second one takes the place of the first.
start_usage()
{
	export VOLUMETRIA_API_TOKEN=${VOLUMETRIA_API_TOKEN-tok-3n-of-the-test}
	: >usage.calls
	launch usage volum-sim --log usage.calls "$@" || return
	export VOLUMETRIA_API_URL=$ADDRESS
}

# start_omie [OPTION...]: omie-sim.
start_omie()
{
	export OMIE_APP_KEY=k3y-of-the-test OMIE_APP_SECRET=s3cr3t-of-the-test
	: >omie.calls
	launch omie omie-sim --log omie.calls "$@" || return
	export OMIE_API_URL=$ADDRESS
	export OMIE_BASE=${ADDRESS%/api/*}
}

# start_double STATUS BODY [HEADER...]: one fixed answer to every question.
start_double()
{
	local status=$1
	printf '%s' "$2" >double.body
	shift 2
	export VOLUMETRIA_API_TOKEN=${VOLUMETRIA_API_TOKEN-tok-3n-of-the-test}
	: >double.calls
	launch double python3 "$BATS_TEST_DIRNAME/http_double.py" double.calls \
		"$status" double.body "$@" || return
	export VOLUMETRIA_API_URL=$ADDRESS
}

# A service that ends badly (a sanitizer's report, say) fails the test.
stop_all()
{
	local pid code=0 got
	for pid in "${SIMS[@]}"; do
		kill "$pid" 2>/dev/null || continue
		got=0
		wait "$pid" || got=$?
		[ "$got" -eq 0 ] || [ "$got" -eq 143 ] || code=$got
	done
	SIMS=()
	[ "$code" -eq 0 ] || cat ./*.stderr >&2
	return "$code"
}

# Nor may any of the programs have one.
teardown()
{
	stop_all || return
	! grep -lE 'Sanitizer|runtime error:' err ./*.err 2>/dev/null
}

# at_least COUNT FILE: it has so many lines.
at_least()
{
	[ "$(wc -l <"$2")" -ge "$1" ]
}

# end_of PID: its exit code in $CODE.
# shellcheck disable=SC2034 # for the tests
end_of()
{
	CODE=0
	wait "$1" || CODE=$?
}

# holds_no WORD FILE...: none of them holds it.
holds_no()
{
	local word=$1
	shift
	! grep -lF -- "$word" "$@" >&2
}

# stop_one NAME: the service that was launched last, to be started otherwise.
stop_one()
{
	kill "${SIMS[-1]}"
	wait "${SIMS[-1]}" || :
	unset 'SIMS[-1]'
	: >"$1.calls"
}

# It may be somebody else's by the time that it is wanted.
free_port()
{
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
