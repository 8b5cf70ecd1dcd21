#!/bin/sh
# parallel.sh COMPETENCIA EMPRESAS PARTS [OPTION...]: PARTS parts at a time, by
# GNU parallel, whose options may follow ('--sshlogin' and '--env', to spread
# them over hosts). What was stored goes to stdout, by part. Exit code: 0 all
# done, 1 some refused, else that of a part that failed: run it again.
set -u
if [ $# -lt 3 ]; then
	echo 'usage: parallel.sh COMPETENCIA EMPRESAS PARTS [OPTION...]' >&2
	exit 64
fi
month=$1 companies=$2 parts=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
log=$(mktemp) || exit 74
trap 'rm -f "$log"' EXIT

# Small pieces, so that nobody waits for a slow one at the end; each is a pipe
# of its own, and its output stays together.
parallel --will-cite --pipe -N 1000 --jobs "$parts" --joblog "$log" "$@" \
	"$here/part" "$month" <"$companies"

# Columns: Seq Host Starttime JobRuntime Send Receive Exitval Signal Command
awk 'NR > 1 {
	code = $8 != 0 ? 75 : $7
	if (code > 1) failed = code
	else if (code == 1) some = 1
} END { exit failed ? failed : some }' "$log"
