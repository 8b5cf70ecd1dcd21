#!/usr/bin/env bats
# What was fuzzed before is not broken again, and a million made-up documents
# are read and written. `make fuzz` looks for more.

load helper

ROOT=$BATS_TEST_DIRNAME/..
# The plain build where there is one: under a sanitizer a million takes minutes.
PLAIN=$(cd "${PLAIN:-$BUILD}" && pwd)

@test "each seed of each fuzz target, those that once crashed among them" {
	local build=$BUILD name
	grep -q __asan_init "$BUILD/bin/volum-store" || build=$BUILD/asan
	(cd "$ROOT" && BUILD=$build sh test/fuzz/run.sh --replay) >out
	cat out
	for name in "$ROOT"/test/fuzz/fuzz_*.c; do
		name=$(basename "$name" .c)
		grep -qx "$name: $(find "$ROOT/test/data/fuzz/$name" -type f |
			wc -l) files replayed" out
	done
}

@test "a million documents survive reading and writing, byte for byte" {
	want='1000000 documents survived' expect million 0 \
		"$PLAIN/tool/roundtrip" 1000000
}
