#!/bin/sh
# Random proposals and volumes, priced by the library and by the reference in
# Python: pricing_random.sh [CASES [SEED]]
set -eu
cases=${1:-100000}
seed=${2:-volum}

if ! command -v python3 >/dev/null; then
	echo "pricing_random: python3 is missing, skipped" >&2
	exit 0
fi
python3 test/pricing_reference.py "$cases" "$seed" |
	"${BUILD:-build}/tool/price_check" "$cases"
