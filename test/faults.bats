#!/usr/bin/env bats
# omie-contract under faults, judged from outside (test/faults/README.md): a
# part of `make check-faults`. What is killed and preloaded are the plain
# programs: the sanitizers' would have to come first.

bats_require_minimum_version 1.5.0
load helper
load mongo_server

setup_file()
{
	PLAIN=$(cd "${PLAIN:-$BUILD}" && pwd)
	FAULTS=$PWD/test/faults
	# Its .pyc files would land beside the sources.
	export PLAIN FAULTS PYTHONDONTWRITEBYTECODE=1
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	! grep -q __asan_init "$PLAIN/bin/omie-contract" ||
		skip "only the sanitizer's programs are built: give PLAIN=DIRECTORY"
}

faults()
{
	python3 "$FAULTS/run.py" --build "$PLAIN" "$@" >out 2>err && return
	cat out err >&2
	return 1
}

# counted WORD FILE: the number before it in the closing line.
counted()
{
	tail -n 1 "$2" | grep -oE "[0-9]+ $1" | cut -d' ' -f1
}

@test "forged histories are refused: duplicate, missing, total, customer, overlap" {
	python3 "$FAULTS/forged.py" 2>err || { cat err >&2; return 1; }
	grep -q '^Ran 34 tests' err
}

@test "killat: at the entry of a call, when it is done, and not at all" {
	killat() { "$PLAIN/tool/killat" "$@"; }
	killat -l calls 0 sh -c 'echo one >a; exit 3' || same 3 "$?"
	read -r all _ <calls
	[ "$all" -gt 10 ]
	# Every call of it, from its start to its end: the file is there or not.
	seen=
	for n in $(seq "$all"); do
		rm -f a
		code=0
		killat "$n" sh -c 'echo one >a; exit 3' || code=$?
		same 137 "$code"
		if [ -s a ]; then seen="$seen+"; else seen="$seen-"; fi
	done
	# First not, then yes, for ever.
	[[ $seen =~ ^-+\++$ ]]
	# What it was to do at the last call before the file is done at its exit.
	first=$(expr "$seen" : '-*')
	rm -f a
	killat -x "$first" sh -c 'echo one >a; exit 3' || same 137 "$?"
	[ -s a ]
	killat -t 1 sh -c 'exit 3' || same 143 "$?"
}

@test "100 runs of omie-contract: 0 duplicates, 0 missing" {
	faults --seed 1 --runs 100
	same 100 "$(counted runs out)"
	# They were no walk in the park.
	[ "$(counted killed out)" -gt 100 ]
}

@test "40 runs with bills revised in between: one contract each, with the latest total" {
	faults --revised --seed 1 --runs 40
	same 40 "$(counted runs out)"
	[ "$(counted killed out)" -gt 40 ]
}

@test "kill -9 at every 20th system call of three contracts" {
	faults --every-call --step 20
	[ "$(counted runs out)" -gt 50 ]
	[ "$(counted killed out)" -gt 50 ]
}

# on_mongo KIND SEED RUNS: hosts that have nothing in common but the database.
on_mongo()
{
	python3 "$FAULTS/run.py" --build "$PLAIN" --store "$1" --seed "$2" \
		--runs "$3" >"$1.out" 2>&1 || return
	[ "$(counted runs "$1.out")" = "$3" ] && [ "$(counted killed "$1.out")" -gt 0 ]
}

@test "two hosts on one MongoDB: no call over a limit, 0 duplicates, 0 missing" {
	[ -x "$PLAIN/tool/mongo_say" ] || skip "MongoDB's C driver is not installed"
	local kind kinds pids=() pid failed=0
	# Without a common limiter 74 and 68 send two writes at a time.
	local -A seeds=([java]='71 4' [ferret]='68 1')
	# The clock of a real one can't be made to run faster.
	kinds=$(mongo_servers | grep -vx real) ||
		skip 'no MongoDB server is built: make setup-mongo'
	for kind in $kinds; do
		mongo_skip_or_fail "$kind"
		# shellcheck disable=SC2086 # two words
		on_mongo "$kind" ${seeds[$kind]} 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=1
	done
	[ "$failed" = 0 ] || { cat ./*.out >&2; return 1; }
}

@test "a client that retries and keeps no ledger is found out" {
	faults --naive --seed 1 --runs 60
	[ "$(counted duplicates out)" -gt 0 ]
	[ "$(counted missing out)" -gt 0 ]
}
