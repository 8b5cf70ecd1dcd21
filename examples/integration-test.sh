#!/bin/sh
# The three steps of the chain against what is configured, as a test: the
# services are read, nothing is written. usage: integration-test.sh [EMPRESA-ID]
# (1). Stops at the first step that fails, with its code. The third step has two
# halves: a contract is made of the test record, which calls nobody, and Omie is
# asked what it holds of the month; that store and Omie disagree is no failure.
set -u

me=integration-test
here=$(dirname "$(command -v volum-store)")
# shellcheck source=examples/run/words.sh
. "$(dirname "$0")/run/words.sh"

company=${1:-1}
case $company in
'' | *[!A-Za-z0-9_-]*) give_up 64 'EMPRESA-ID: letters and digits expected' ;;
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
	told '%s  %-14s exit %-3s %4s records %7s ms' "$number" "$1" "$got" \
		"$(wc -l <"$work/$out" | tr -d ' ')" "$ms"
	sed 's/^/   /' "$work/err"
	if [ "$got" -eq 0 ] && [ "${fine:-0}" -eq 0 ] && [ ! -s "$work/$out" ]; then
		told '   nothing came out'
		got=1
	fi
	[ "$got" -le "${fine:-0}" ] || {
		told 'stopped at step %s, after %s ms' "$number" "$(since "$start")"
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
told 'all three steps were reached in %s ms; nothing was written' "$(since "$start")"
