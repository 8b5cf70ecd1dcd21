#!/bin/sh
# Runs every unit test and every .bats file, three at a time, and closes with one
# line: `N passed, N failed`. BUILD is where the programs are. With a file as
# its argument it runs that one, for itself.
set -u

: "${BUILD:=build}"

# One file: a line when it is fine, what failed when it isn't.
run() {
	name=${1##*/}
	log=$CHECK_OUT/$name
	case $name in
	*.bats) bats --tap "$1" ;;
	*) CMOCKA_MESSAGE_OUTPUT=TAP "$1" ;;
	esac >"$log.tap" 2>"$log.err" </dev/null
	status=$?
	passed=$(grep -c '^ok' "$log.tap")
	failed=$(grep -c '^not ok' "$log.tap")
	# A crash after the last test is a failure too, as is no test at all.
	if [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; then
		[ "$failed" -ne 0 ] || failed=1
	fi
	if [ "$failed" -ne 0 ]; then
		echo "FAILED $name (exit $status)"
		grep -A 25 '^not ok' "$log.tap"
		tail -n 40 "$log.err"
	else
		echo "ok $name: $passed"
		# What was measured, and what was not tested and why.
		case $name in
		*.bats) grep -E '^# |# skip' "$log.tap" | sed 's/^/    /' ;;
		esac
	fi >"$log.said"
	cat "$log.said" # at once, so that two don't mix
	echo "$passed $failed" >"$log.count"
}

if [ $# -eq 1 ]; then
	run "$1"
	exit
fi

BUILD=$(cd "$BUILD" && pwd)
CHECK_OUT=$(mktemp -d)
export BUILD CHECK_OUT
trap 'rm -rf "$CHECK_OUT"' EXIT INT TERM

# No setting of the machine leaks into a test, and nothing leaves loopback.
for name in $(env | sed -n 's/^\(\(VOLUM\|VOLUMETRIA\|OMIE\|INANBETEC\|MONGODB\)_[A-Z_]*\)=.*/\1/p' |
	grep -vxE 'VOLUM_(REQUIRE_MONGO|TEST_CACHE)'); do
	unset "$name"
done
unset LANGUAGE LC_ALL
LC_MESSAGES=C
export LC_MESSAGES
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
# libjq 1.6 leaks in its own parser when a text is refused.
LSAN_OPTIONS="suppressions=$PWD/test/lsan.supp:print_suppressions=0"
export LSAN_OPTIONS

# The largest first: the units, which take a second each, fill the gaps at the
# end. What measures time and memory runs alone.
{
	find test -maxdepth 1 -name '*.bats' ! -name limits.bats -printf '%s %p\n' |
		sort -rn | cut -d' ' -f2
	for unit in "$BUILD"/unit/test_*; do
		case $unit in *.d | *.o) ;; *) echo "$unit" ;; esac
	done
} >"$CHECK_OUT/list"
xargs -n 1 -P 3 sh "$0" <"$CHECK_OUT/list"
sh "$0" test/limits.bats

all=$(($(wc -l <"$CHECK_OUT/list") + 1))
awk -v all="$all" '{ passed += $1; failed += $2 }
	END {
		failed += all - NR # what ended without a word
		printf "%d passed, %d failed\n", passed, failed
		exit failed != 0
	}' "$CHECK_OUT"/*.count
