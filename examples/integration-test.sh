#!/bin/sh
# The three steps of the chain against what is configured, as a test: the
# services are read, nothing is written. usage: integration-test.sh [EMPRESA-ID]
# (1). Stops at the first step that fails, with its code. The third step has two
# halves: a contract is made of the test record, which calls nobody, and Omie is
# asked what it holds of the month; that store and Omie disagree is no failure.
set -u

company=${1:-1}
case $company in
'' | *[!A-Za-z0-9_-]*)
	echo 'integration-test: EMPRESA-ID: letters and digits expected' >&2
	exit 64
	;;
esac
work=$(mktemp -d "${TMPDIR:-/tmp}/volum-integration.XXXXXX") || exit 74
trap 'rm -rf "$work"' EXIT
trap 'exit 75' INT TERM
export VOLUM_REJECTED="$work/rejected.ndjson"
start=$(date +%s%N)

since() { # since NANOSECONDS: milliseconds
	echo $((($(date +%s%N) - $1) / 1000000))
}

step() { # step NUMBER IN OUT COMMAND...
	number=$1 in=$2 out=$3
	shift 3
	began=$(date +%s%N)
	got=0
	"$@" <"$work/$in" >"$work/$out" 2>"$work/err" || got=$?
	ms=$(since "$began")
	printf '%s  %-14s exit %-3s %4s records %7s ms\n' "$number" "$1" "$got" \
		"$(wc -l <"$work/$out" | tr -d ' ')" "$ms"
	sed 's/^/   /' "$work/err"
	if [ "$got" -eq 0 ] && [ "${fine:-0}" -eq 0 ] && [ ! -s "$work/$out" ]; then
		echo "   nothing came out"
		got=1
	fi
	[ "$got" -le "${fine:-0}" ] || {
		echo "stopped at step $number, after $(since "$start") ms"
		exit "$got"
	}
}

printf '{"competencia":"fechada","empresaIds":["%s"],"test":true}\n' \
	"$company" >"$work/trigger"
step 1/3 trigger volumes volum-fetch --dry-run
step 2/3 volumes consolidations volum-store --dry-run
step 3/3 consolidations contracts omie-contract --dry-run
fine=1
step 3/3 contracts reconciled omie-contract --reconcile --competencia fechada
echo "all three steps were reached in $(since "$start") ms; nothing was written"
