#!/bin/sh
# How much of lib/domain the tests reach, by gcov: `make coverage`. Prints each
# file and the whole, and fails below MIN (95) per cent of the branches. BUILD
# is a build with --coverage; all units run, the random prices, and the .bats
# files that are about prices.
set -u

: "${BUILD:=build/coverage}" "${MIN:=95}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT INT TERM
failed=0

find "$BUILD" -name '*.gcda' -delete
for unit in "$BUILD"/unit/test_*; do
	case $unit in *.d | *.o) continue ;; esac
	"$unit" >"$out/log" 2>&1 || {
		echo "FAILED: ${unit##*/}" && failed=1
	}
done
sh test/pricing_random.sh 20000 >"$out/log" || failed=1
for file in explain guards pricing volum-store; do
	bats "test/$file.bats" >"$out/log" 2>&1 || {
		grep '^not ok' "$out/log" && failed=1
	}
done

# Of each file: lines, then branches that were taken, in all.
for source in lib/domain/*.c; do
	name=${source##*/}
	object=$BUILD/obj/lib/domain/${name%.c}.o
	gcov -b -n -o "$object" "$source" 2>/dev/null |
		awk -v name="$name" -v file="File '$source'" '
			/^File/ { mine = $0 == file }
			mine && /^Lines executed/ { split($2, l, /[:%]/); ln = $4; lp = l[2] }
			mine && /^Taken at least once/ { split($4, b, /[:%]/); bn = $6; bp = b[2] }
			END { printf "%s %d %d %d %d\n", name, lp * ln / 100 + 0.5, ln, bp * bn / 100 + 0.5, bn }'
done >"$out/all"

awk -v min="$MIN" '
	function row(name, l, ln, b, bn) {
		printf "%-26s lines %5.1f %% of %4d, branches %5.1f %% of %4d\n",
		    name, ln ? 100 * l / ln : 100, ln, bn ? 100 * b / bn : 100, bn
	}
	{ row($1, $2, $3, $4, $5); l += $2; ln += $3; b += $4; bn += $5 }
	END {
		row("lib/domain", l, ln, b, bn)
		exit bn == 0 || 100 * b / bn < min
	}' "$out/all" || failed=1
exit "$failed"
