#!/bin/sh
# Random proposals and volumes, priced by the library and by the reference in
# Python, in two halves side by side: pricing_random.sh [CASES [SEED]]
set -eu
cases=${1:-100000}
seed=${2:-volum}

if ! command -v python3 >/dev/null; then
	echo "pricing_random: python3 is missing, skipped" >&2
	exit 0
fi

half() # CASES SEED
{
	python3 test/pricing_reference.py "$1" "$2" |
		"${BUILD:-build}/tool/price_check" "$1"
}

half $((cases / 2)) "$seed 1" &
half $((cases - cases / 2)) "$seed 2"
wait $!
