#!/bin/sh
# Runs every unit test under valgrind, of the plain build: reads of what was
# never written, which the sanitizers don't see, and every leak. One line a
# unit, then `N passed, N failed`. BUILD is where the units are.
set -u

: "${BUILD:=build}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT INT TERM
command -v valgrind >/dev/null || {
	echo 'valgrind is missing: make setup' >&2
	exit 1
}

passed=0
failed=0
for unit in "$BUILD"/unit/test_*; do
	case $unit in *.d | *.o) continue ;; esac
	# Children that a test kills have freed nothing.
	if valgrind --quiet --error-exitcode=9 --leak-check=full \
		--child-silent-after-fork=yes \
		--suppressions=test/valgrind.supp "$unit" >"$out/log" 2>&1; then
		echo "ok ${unit##*/}"
		passed=$((passed + 1))
	else
		echo "FAILED ${unit##*/}"
		tail -n 60 "$out/log"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
