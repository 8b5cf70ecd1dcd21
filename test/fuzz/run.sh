#!/bin/sh
# Runs every test/fuzz/fuzz_*.c with libFuzzer for FUZZ_SECONDS (60) each, from
# a copy of the seeds in test/data/fuzz/. `run.sh --replay` runs the seeds alone,
# once, with any compiler and without libFuzzer. TARGETS="ndjson omie" picks
# some. One line a target; a crash exits 1 and says where its input lies.
set -eu

fail() {
	echo "fuzz: $*" >&2
	exit 1
}

# The Makefile's own rules compile; a make around this script is not asked.
compile() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "${MAKE:-make}" -s -j2 \
		BUILD="$build" SAN=1 "$@" > "$work/log" 2>&1 || {
		cat "$work/log" >&2
		fail 'the targets do not compile'
	}
}

link() {
	# shellcheck disable=SC2086 # the libraries are words
	"$@" "$build/libvolum.a" $libs > "$work/log" 2>&1 || {
		cat "$work/log" >&2
		fail 'the targets do not link'
	}
}

run_replay() {
	link "$CC" -fsanitize=address,undefined -pie -o "$build/replay_$name" \
		"$objects/fuzz_$name.o" "$objects/replay.o"
	ASAN_OPTIONS=detect_leaks=$leaks "$build/replay_$name" \
		"test/data/fuzz/fuzz_$name" > "$work/log" 2>&1 || {
		cat "$work/log" >&2
		fail "$name: a seed in test/data/fuzz/fuzz_$name fails"
	}
	echo "fuzz_$name: $(tail -n 1 "$work/log")"
}

run_fuzz() {
	link "$CC" -fsanitize=fuzzer,address,undefined -o "$build/fuzz_$name" \
		"$objects/fuzz_$name.o"
	mkdir -p "$work/$name" "$build/found"
	cp "test/data/fuzz/fuzz_$name"/* "$work/$name"
	ASAN_OPTIONS=detect_leaks=$leaks "$build/fuzz_$name" \
		-detect_leaks="$leaks" -max_len=4096 -timeout=10 \
		-max_total_time="${FUZZ_SECONDS:-60}" \
		-artifact_prefix="$build/found/$name-" \
		"$work/$name" > "$work/log" 2>&1 || {
		grep -v '^#' "$work/log" >&2
		fail "$name: the input is in $build/found/"
	}
	echo "fuzz_$name: $(grep '^Done' "$work/log")"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
libs="-Wl,--as-needed $(pkg-config --libs libcurl sqlite3 libcrypto) -ljq -lm
	$(pkg-config --libs libmongoc-1.0 2> /dev/null || :)"

names=${TARGETS:-$(for f in test/fuzz/fuzz_*.c; do
	basename "$f" .c | sed 's/^fuzz_//'
done)}
if [ "${1:-}" = --replay ]; then
	build=${BUILD:-build/asan} run=run_replay CC=${CC:-cc}
	set -- "$build/obj/test/fuzz/replay.o"
else
	build=${BUILD:-build/fuzz} run=run_fuzz CC=${FUZZ_CC:-clang}
	command -v "$CC" > "$work/log" || fail "$CC is missing: make setup"
	set -- CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'
fi
objects=$build/obj/test/fuzz
for name in $names; do
	set -- "$@" "$objects/fuzz_$name.o"
done
compile CC="$CC" "$@" "$build/libvolum.a"

for name in $names; do
	# libjq 1.6 itself leaks when a text is no JSON.
	leaks=1
	! grep -q '<jv.h>' "test/fuzz/fuzz_$name.c" || leaks=0
	$run
done
