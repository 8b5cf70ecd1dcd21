# shellcheck shell=bash
# Starting a MongoDB server for the tests of a file, each of which has a database
# of its own there.

# mongo_servers: the names of those that can be tested here, a line each; where
# one must be there (VOLUM_REQUIRE_MONGO=1), those that are missing too.
mongo_servers()
{
	local kind
	for kind in java ferret; do
		if [ "${VOLUM_REQUIRE_MONGO:-}" = 1 ] || mongo_is_built $kind; then
			echo $kind
		fi
	done
	[ -z "${TEST_MONGODB_URI:-}" ] || echo real
}

mongo_is_built()
{
	sh "$BATS_TEST_DIRNAME/mongo/start.sh" --built "${1%-h2}" 2>/dev/null
}

# mongo_skip_or_fail java|java-h2|ferret|real: the test goes on where it can be started.
mongo_skip_or_fail()
{
	if [ "$1" = real ]; then
		[ -n "${TEST_MONGODB_URI:-}" ] || skip 'TEST_MONGODB_URI is not set'
		return
	fi
	mongo_is_built "$1" && return
	if [ "${VOLUM_REQUIRE_MONGO:-}" = 1 ]; then
		echo "the $1 server is not built: make setup-mongo" >&2
		return 1
	fi
	skip "the $1 server is not built: make setup-mongo"
}

# start_mongo java|java-h2|ferret|real: VOLUM_DB names a new database there. The server
# starts with the first test of a file that asks for it and serves the others.
start_mongo()
{
	local kind=$1 place=$BATS_FILE_TMPDIR/mongo-$1
	mongo_skip_or_fail "$kind" || return
	if [ "$kind" = real ]; then
		ADDRESS=$TEST_MONGODB_URI
	elif [ ! -s "$place.address" ]; then
		mongo_spawn "$kind" "$place" || return
	fi
	[ "$kind" = real ] || ADDRESS=$(head -n 1 "$place.address")
	mongo_database "$ADDRESS"
}

# mongo_database ADDRESS: VOLUM_DB is a database of that server that nobody had.
# Options of the address stay where they are.
mongo_database()
{
	local options= base=$1
	case $base in
	*\?*)
		options="?${base#*\?}"
		base=${base%%\?*}
		;;
	esac
	base=${base%/}
	local name=volum_$$_${BATS_TEST_NUMBER:-0}_$RANDOM
	echo "$name" >>"$BATS_FILE_TMPDIR/databases"
	export VOLUM_DB="$base/$name$options"
}

# mongo_spawn KIND PLACE [PORT]: in the background, beyond the end of a test.
mongo_spawn()
{
	local tries=0
	: >"$2.address"
	sh "$BATS_TEST_DIRNAME/mongo/start.sh" "$1" "$2.data" "${3:-0}" \
		>"$2.address" 2>"$2.stderr" 3>&- &
	echo $! >"$2.pid"
	disown
	until [ -s "$2.address" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 1000 ] || ! kill -0 "$(cat "$2.pid")" 2>/dev/null; then
			cat "$2.stderr" >&2
			rm -f "$2.address"
			return 1
		fi
		sleep 0.05
	done
}

# kill_mongo KIND: as a machine that loses its power; again_mongo KIND starts it
# on the same data and port (java forgets what it had).
kill_mongo()
{
	local place=$BATS_FILE_TMPDIR/mongo-$1
	kill -9 "$(cat "$place.pid")"
	wait_for 10 mongo_is_gone "$place"
}

mongo_is_gone()
{
	! kill -0 "$(cat "$1.pid")" 2>/dev/null
}

again_mongo()
{
	local place=$BATS_FILE_TMPDIR/mongo-$1 port
	port=$(head -n 1 "$place.address")
	mongo_spawn "$1" "$place" "${port##*:}"
}

# drop_databases: on somebody's own server, those of this file's tests.
drop_databases()
{
	local name
	"$BUILD/tool/mongo_say" "$TEST_MONGODB_URI" admin <<<'{"listDatabases":1}' |
		jq -r '.databases[].name' | grep -F -f "$BATS_FILE_TMPDIR/databases" |
		while read -r name; do
			"$BUILD/tool/mongo_say" "$TEST_MONGODB_URI" "$name" \
				<<<'{"dropDatabase":1}' >/dev/null
		done
}

# A file that has its own teardown_file calls this one.
teardown_file()
{
	local file
	[ -z "${TEST_MONGODB_URI:-}" ] || [ ! -e "$BATS_FILE_TMPDIR/databases" ] ||
		drop_databases || :
	for file in "$BATS_FILE_TMPDIR"/mongo-*.pid; do
		[ -e "$file" ] || continue
		kill "$(cat "$file")" 2>/dev/null || :
	done
}
