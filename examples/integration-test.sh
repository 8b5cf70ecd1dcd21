#!/bin/sh
# The three steps of the chain against what is configured, as a test: the
# services are read, nothing is written. usage: integration-test.sh [EMPRESA-ID]
# (1). Ends with the worst code of the steps.
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
code=0

step() { # step NUMBER IN OUT COMMAND...
	number=$1 in=$2 out=$3
	shift 3
	began=$(date +%s%N)
	got=0
	"$@" <"$work/$in" >"$work/$out" 2>"$work/err" || got=$?
	ms=$((($(date +%s%N) - began) / 1000000))
	printf '%s  %-14s exit %-3s %4s records %7s ms\n' "$number" "$1" "$got" \
		"$(wc -l <"$work/$out" | tr -d ' ')" "$ms"
	sed 's/^/   /' "$work/err"
	if [ "$got" -eq 0 ] && [ ! -s "$work/$out" ]; then
		echo "   nothing came out"
		got=1
	fi
	[ "$got" -eq 0 ] || { code=$got; exit "$code"; }
}

printf '{"competencia":"fechada","empresaIds":["%s"],"test":true}\n' \
	"$company" >"$work/trigger"
step 1/3 trigger volumes volum-fetch --dry-run
step 2/3 volumes consolidations volum-store --dry-run
step 3/3 consolidations contracts omie-contract --dry-run
echo 'all three steps were reached; nothing was written'
