#!/usr/bin/env bats
# The units of the store on a MongoDB server, mongo-java-server where STORE names
# none: what holds in SQLite's file holds there.

bats_require_minimum_version 1.5.0
load helper
load mongo_server

say()
{
	"$BUILD/tool/mongo_say" "$ADDRESS" "$1"
}

# The databases that they made, each test its own.
databases()
{
	say admin <<<'{"listDatabases":1}' |
		jq -r '.databases[].name | select(startswith("volum_unit_"))'
}

@test "the store's units on a server" {
	[ -x "$BUILD/tool/mongo_say" ] || skip "MongoDB's C driver is not installed"
	[ -n "${STORE:-}" ] || start_mongo java
	for unit in "$BUILD"/unit/test_store "$BUILD"/unit/test_store_* \
		"$BUILD"/unit/test_ledger; do
		TEST_STORE_URI=$ADDRESS run "$unit"
		[ "$status" -eq 0 ] || {
			echo "${unit##*/}: exit $status"
			echo "$output"
			return 1
		}
	done
	databases >made
	[ "$(wc -l <made)" -ge 30 ]
	while read -r name; do
		say "$name" <<<'{"dropDatabase":1}' | grep '"ok" : 1'
	done <made
	[ -z "$(databases)" ]
}
