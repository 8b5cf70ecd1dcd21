# The servers that test/mongo starts are fit to test a store with: what the
# backend stands on, and that the data are there after a kill.

load mongo_helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	[ -x "$BUILD/tool/mongo_say" ] || skip "MongoDB's C driver is not installed"
}

# say KIND FILTER: the answers to the lines of stdin, in this test's database.
say()
{
	"$BUILD/tool/mongo_say" "$ADDRESS" "$(basename "${VOLUM_DB%%\?*}")" | jq -c "$1"
}

# races: what a stale writer is told, and that it changed nothing.
races()
{
	start_mongo "$1" || return
	say '[.n, .code // .writeErrors[0].code, .cursor.firstBatch]' >out <<!
{"insert":"c","documents":[{"_id":"k","v":5}]}
{"update":"c","updates":[{"q":{"_id":"k","v":{"\$lt":5}},"u":{"\$set":{"v":4}},"upsert":true}]}
{"findAndModify":"c","query":{"_id":"k","v":{"\$lt":5}},"update":{"\$set":{"v":4}},"upsert":true}
{"find":"c"}
!
	sed 's/^\[[01],11000/[0,11000/; s/^\[null,11000/[0,11000/' out | diff - <(cat <<'!'
[1,null,null]
[0,11000,null]
[0,11000,null]
[null,null,[{"_id":"k","v":5}]]
!
	)
}

# many: one command with 500 changes of what is there.
many()
{
	start_mongo "$1" || return
	{
		seq 500 | jq -sc '{insert: "c", documents: map({_id: "k\(.)", v: 1})}'
		seq 500 | jq -sc '{update: "c", updates: map({q: {_id: "k\(.)"}, u: {"$set": {v: 2}}})}'
		echo '{"count":"c","query":{"v":2}}'
	} | say .n >out
	[ "$(tr '\n' ' ' <out)" = '500 500 500 ' ]
}

# steps: three clients count to 500, each step of which only one may do.
steps()
{
	local i pids=()
	start_mongo "$1" || return
	say .n <<<'{"insert":"c","documents":[{"_id":"k","v":0}]}' >/dev/null
	seq 0 499 | jq -c '{findAndModify: "c", query: {_id: "k", v: .},
		update: {"$set": {v: (. + 1)}}, new: true}' >in
	for i in 1 2 3; do
		say '.value != null' <in >"out.$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	# In each row one of the three.
	[ "$(paste out.1 out.2 out.3 | grep -cE '^(false.)*true(.false)*$')" = 500 ]
}

@test 'a stale writer is told so: mongo-java-server' { races java; }
@test 'a stale writer is told so: mongo-java-server in H2' { races java-h2; }
@test 'a stale writer is told so: FerretDB' { races ferret; }
@test 'a stale writer is told so: a real one' { races real; }
@test 'of two changes that one document fits, one is done: mongo-java-server' { steps java; }
@test 'of two changes that one document fits, one is done: FerretDB' { steps ferret; }
@test 'of two changes that one document fits, one is done: a real one' { steps real; }
@test 'five hundred changes at once: mongo-java-server' { many java; }
@test 'five hundred changes at once: FerretDB' { many ferret; }
@test 'five hundred changes at once: a real one' { many real; }

@test 'what FerretDB confirmed is there after a kill, on the same port' {
	start_mongo ferret
	say .n <<<'{"insert":"c","documents":[{"_id":"a"}]}'
	before=$(head -n 1 "$BATS_FILE_TMPDIR/mongo-ferret.address")
	kill_mongo ferret
	again_mongo ferret
	[ "$(head -n 1 "$BATS_FILE_TMPDIR/mongo-ferret.address")" = "$before" ]
	[ "$(say .n <<<'{"count":"c"}')" = 1 ]
}

@test 'each test has a database of its own' {
	start_mongo java
	first=$VOLUM_DB
	start_mongo java
	[ "$first" != "$VOLUM_DB" ]
	[ "${first%/*}" = "${VOLUM_DB%/*}" ]
}

@test 'a server that is missing is skipped out loud, or fails where it is required' {
	VOLUM_TEST_CACHE=$PWD/none
	export VOLUM_TEST_CACHE
	run env -u VOLUM_REQUIRE_MONGO bats --filter 'told so: FerretDB' "$BATS_TEST_FILENAME"
	[ "$status" = 0 ]
	[[ $output == *'skip'*'make setup-mongo'* ]]
	VOLUM_REQUIRE_MONGO=1 run bats --filter 'told so: FerretDB' "$BATS_TEST_FILENAME"
	[ "$status" != 0 ]
	[[ $output == *'not built: make setup-mongo'* ]]
}
