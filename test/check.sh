#!/bin/sh
# Runs every unit test and every .bats file, and closes with one line:
# `N passed, N failed`. BUILD is where the programs are.
set -u

: "${BUILD:=build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT INT TERM

# No setting of the machine leaks into a test, and nothing leaves loopback.
for name in $(env | sed -n 's/^\(\(VOLUM\|VOLUMETRIA\|OMIE\|INANBETEC\|MONGODB\)_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
# libjq 1.6 leaks in its own parser when a text is refused.
LSAN_OPTIONS="suppressions=$PWD/test/lsan.supp:print_suppressions=0"
export LSAN_OPTIONS

passed=0
failed=0

for unit in "$BUILD"/unit/test_*; do
	case $unit in *.d | *.o) continue ;; esac
	name=${unit##*/}
	CMOCKA_MESSAGE_OUTPUT=TAP "$unit" >"$out/tap" 2>"$out/err"
	status=$?
	p=$(grep -c '^ok' "$out/tap")
	f=$(grep -c '^not ok' "$out/tap")
	# A crash after the last test is a failure too.
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
	fi
	if [ "$f" -ne 0 ] || [ "$p" -eq 0 ]; then
		[ "$f" -ne 0 ] || f=1
		echo "FAILED $name (exit $status)"
		grep '^not ok' "$out/tap"
		tail -n 40 "$out/err"
	else
		echo "ok $name: $p"
	fi
	passed=$((passed + p))
	failed=$((failed + f))
done

for file in test/*.bats; do
	[ -e "$file" ] || continue
	bats --tap "$file" >"$out/tap" 2>"$out/err"
	status=$?
	p=$(grep -c '^ok' "$out/tap")
	f=$(grep -c '^not ok' "$out/tap")
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
	fi
	if [ "$f" -ne 0 ] || [ "$p" -eq 0 ]; then
		[ "$f" -ne 0 ] || f=1
		echo "FAILED $file"
		grep -A 25 '^not ok' "$out/tap"
		tail -n 20 "$out/err"
	else
		echo "ok $file: $p"
		# What was measured, and what was not tested and why.
		grep -E '^# |# skip' "$out/tap" | sed 's/^/    /'
	fi
	passed=$((passed + p))
	failed=$((failed + f))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
