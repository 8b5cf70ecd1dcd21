# shellcheck shell=bash
# Starting and asking the simulators from a .bats file, and what every one needs.

# A sanitizer's report ends a program with 1 unless told otherwise, and 1 is what
# many a test expects: some records were refused.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
export UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99

# start_sim PROGRAM [OPTION...]: waits for the address, sets SIM_URL (the first
# line of its stdout), SIM_BASE (without the path), SIM_LOG and SIM_PID.
start_sim()
{
	local program=$1 out=$BATS_TEST_TMPDIR/sim.out tries=0
	shift
	SIM_LOG=$BATS_TEST_TMPDIR/sim.log
	: >"$out"
	rm -f "$SIM_LOG"
	"$program" --log "$SIM_LOG" "$@" >"$out" 2>"$BATS_TEST_TMPDIR/sim.err" 3>&- &
	SIM_PID=$!
	until [ -s "$out" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 500 ] || ! kill -0 "$SIM_PID" 2>/dev/null; then
			cat "$BATS_TEST_TMPDIR/sim.err" >&2
			return 1
		fi
		sleep 0.02
	done
	SIM_URL=$(head -n 1 "$out")
	SIM_BASE=$(expr "$SIM_URL" : '\(http://[^/]*\)')
	export SIM_URL SIM_BASE SIM_LOG SIM_PID
}

# Ends it and fails when it did not end well (a sanitizer's report, say).
stop_sim()
{
	local code=0
	[ -n "${SIM_PID:-}" ] || return 0
	kill "$SIM_PID" 2>/dev/null
	wait "$SIM_PID" || code=$?
	SIM_PID=
	[ "$code" -eq 0 ] || cat "$BATS_TEST_TMPDIR/sim.err" >&2
	return "$code"
}

# ask URL [CURL-OPTION...]: the body in $BODY, the headers in $HEAD, the status
# in $HTTP (000: none), curl's exit code in $CURL.
ask()
{
	local url=$1
	shift
	BODY=$BATS_TEST_TMPDIR/body
	HEAD=$BATS_TEST_TMPDIR/head
	: >"$BODY"
	CURL=0
	HTTP=$(curl -s -m 20 -o "$BODY" -D "$HEAD" -w '%{http_code}' "$@" \
		"$url") || CURL=$?
	export BODY HEAD HTTP CURL
}

# omie SERVICE METHOD PARAM: one call, as `ask`.
omie()
{
	ask "$SIM_URL$1/" -H 'Content-Type: application/json' --data-binary \
		"{\"call\":\"$2\",\"app_key\":\"APP_KEY\",\"app_secret\":\"APP_SECRET\",\"param\":[${3-{\}}]}"
}

# sim PATH [BODY]: one control request.
sim()
{
	if [ $# -gt 1 ]; then
		ask "$SIM_BASE/sim/$1" --data-binary "$2"
	else
		ask "$SIM_BASE/sim/$1"
	fi
}

# same WANT GOT
same()
{
	[ "$1" = "$2" ] && return
	printf 'want: %s\ngot:  %s\n' "$1" "$2" >&2
	return 1
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for()
{
	local tries=$(($1 * 20))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return
		sleep 0.05
	done
}

# not COMMAND...: it fails (a plain `!` is no check for bats).
not()
{
	! "$@"
}

# says FILTER WANT: what jq reads in the answer.
says()
{
	local got
	got=$(jq -rc "$1" "$BODY") || { cat "$BODY" >&2; return 1; }
	same "$2" "$got"
}

# fault HTTP CODE PATTERN: the answer is this fault (an extended regex).
fault()
{
	same "$1 SOAP-ENV:Client-$2" "$HTTP $(jq -r .faultcode "$BODY")" &&
		jq -r .faultstring "$BODY" | grep -qE "$3" && return
	cat "$BODY" >&2
	return 1
}
