# The stub of a MongoDB server, asked by the driver itself.

load pipe_helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	[ -x "$BUILD/tool/mongo-stub" ] || skip "MongoDB's C driver is not installed"
	: >log
}

# stub [OPTION...]: starts it.
stub()
{
	launch stub "$BUILD/tool/mongo-stub" --log log "$@"
	case $ADDRESS in
	*\?*) ADDRESS=$ADDRESS\& ;;
	*) ADDRESS=$ADDRESS/\? ;;
	esac
	ADDRESS+='socketTimeoutMS=1000&serverSelectionTryOnce=false&serverSelectionTimeoutMS=3000'
}

# say: the answers to the lines of stdin, compact, without the time.
say()
{
	"$BUILD/tool/mongo_say" "$ADDRESS" t | jq -c "${1:-.}"
}

# sent COMMAND: how often it came.
sent()
{
	jq -s --arg c "$1" 'map(select(.command == $c)) | length' log
}

INSERT='{"bulk":"c","ops":[{"_id":"a","s":"c4nary"}]}'

@test 'a document is kept, found, changed and deleted' {
	stub
	say '[.n, .nModified, .cursor.firstBatch]' >out <<!
{"insert":"c","documents":[{"_id":"a","n":1},{"_id":"b","n":2}]}
{"update":"c","updates":[{"q":{"_id":"a","n":1},"u":{"\$set":{"n":5},"\$setOnInsert":{"new":true}}}]}
{"find":"c","filter":{"n":{"\$gt":1}},"sort":{"n":-1}}
{"count":"c","query":{"n":{"\$lte":5,"\$ne":2}}}
{"delete":"c","deletes":[{"q":{"_id":"a"},"limit":1}]}
{"find":"c","filter":{}}
!
	diff - out <<'!'
[2,null,null]
[1,1,null]
[null,null,[{"_id":"a","n":5},{"_id":"b","n":2}]]
[1,null,null]
[1,null,null]
[null,null,[{"_id":"b","n":2}]]
!
}

@test 'what is unique stays so' {
	stub
	say '[.n, .writeErrors[0].index, .writeErrors[0].code, .upserted]' >out <<!
{"createIndexes":"c","indexes":[{"key":{"x":1,"y":1},"name":"u","unique":true}]}
{"insert":"c","documents":[{"_id":1,"x":1,"y":1},{"_id":2,"x":1,"y":1},{"_id":3,"x":1,"y":2}],"ordered":false}
{"update":"c","updates":[{"q":{"_id":1,"v":{"\$lt":3}},"u":{"\$set":{"v":3}},"upsert":true}]}
{"update":"c","updates":[{"q":{"_id":9},"u":{"\$set":{"x":7}},"upsert":true}]}
!
	diff - out <<'!'
[null,null,null,null]
[2,1,11000,null]
[0,0,11000,null]
[1,null,null,[{"index":0,"_id":9}]]
!
}

@test 'findAndModify gives the old or the new, and makes one' {
	stub
	say '[.code, .value // .reply.value]' >out <<!
{"findAndModify":"c","query":{"_id":"l"},"update":{"\$set":{"by":"x"}},"upsert":true,"new":true}
{"findAndModify":"c","query":{"_id":"l","by":"x"},"update":{"\$set":{"by":"y"}}}
{"findAndModify":"c","query":{"_id":"l","by":"x"},"update":{"\$set":{"by":"z"}},"upsert":true}
{"findAndModify":"c","query":{"_id":"l","by":"x"},"update":{"\$set":{"by":"z"}}}
!
	diff - out <<'!'
[null,{"_id":"l","by":"x"}]
[null,{"_id":"l","by":"x"}]
[11000,null]
[null,null]
!
}

@test 'a cursor gives all, in order, batch by batch' {
	stub
	{
		seq 1 250 | jq -sc '{insert: "c", documents: map({_id: (. * 7 % 251)})}'
		echo '{"find":"c","sort":{"_id":1},"batchSize":100}'
		echo '{"getMore":{"$numberLong":"1"},"collection":"c","batchSize":100}'
		echo '{"getMore":{"$numberLong":"1"},"collection":"c","batchSize":100}'
		echo '{"getMore":{"$numberLong":"1"},"collection":"c","batchSize":100}'
	} | say 'if .cursor then [.cursor.id, (.cursor | .firstBatch // .nextBatch) |
		if type == "array" then length, .[0]._id else . end] else .code end' >out
	diff - out <<'!'
null
[1,100,1]
[1,100,101]
[0,50,201]
43
!
}

@test 'a write cut off before it was done is sent again and done once' {
	stub --fault insert:1:hangup-before
	[ "$(say .nInserted <<<"$INSERT")" = 1 ]
	[ "$(sent insert)" = 2 ]
	[ "$(jq -s 'map(select(.command == "insert") | .txnNumber) | unique | length' log)" = 1 ]
}

@test 'a write cut off after it was done is sent again and answered, not done' {
	stub --fault insert:1:hangup-after
	[ "$(say '[.nInserted, .writeErrors]' <<<"$INSERT")" = '[1,[]]' ]
	[ "$(jq -c 'select(.command == "insert") | .again' log)" = $'null\ntrue' ]
}

@test 'a standalone gets no number and no second try' {
	stub --standalone --fault insert:1:hangup-after
	[ "$(say .domain <<<"$INSERT")" = 2 ]
	[ "$(sent insert)" = 1 ]
	[ "$(jq -s 'map(.txnNumber) | add' log)" = null ]
}

@test 'no answer within the time of the socket, though it was done' {
	stub --fault 'insert:1:timeout-after' --hang-ms 3000
	[ "$(say .nInserted <<<"$INSERT")" = 1 ]
	[ "$(sent insert)" = 2 ]
}

@test 'each refusal has its code' {
	stub --fault insert:*:not-primary --fault update:1:auth-failed \
		--fault update:2:unauthorised --fault update:3:full-disk \
		--fault update:4:duplicate --fault update:5:write-concern-error
	local u='{"update":"c","updates":[{"q":{"_id":"a"},"u":{"$set":{"n":1}},"upsert":true}]}'
	say '[.code // .reply.writeConcernError.code // .writeConcernError.code,
		.writeErrors[0].code]' >out <<!
$INSERT
$u
$u
$u
$u
$u
!
	diff - out <<'!'
[10107,null]
[18,null]
[13,null]
[14031,null]
[null,11000]
[64,null]
!
}

@test 'the log tells what came and holds nothing of it' {
	stub
	say . >out <<<"$INSERT"
	[ "$(jq -c 'select(.command == "insert") | [.database, .collection, .count, .txnNumber]' log)" = '["t","c",1,1]' ]
	holds_no c4nary log
}

@test 'a command that it does not know, and a fault that is none' {
	stub
	[ "$(say .code <<<'{"mapReduce":"c"}')" = 59 ]
	run "$BUILD/tool/mongo-stub" --fault insert:0:hangup-after
	[ "$status" = 64 ]
	run "$BUILD/tool/mongo-stub" --fault insert:1:thunder
	[ "$status" = 64 ]
}

@test 'what is no message of the protocol ends that connection alone' {
	stub
	python3 - "$ADDRESS" <<'!'
import random, re, socket, sys
port = int(re.search(r"127\.0\.0\.1:(\d+)", sys.argv[1])[1])
random.seed(1)
checksum_without_room = (b"\1\0\0\0", 2013)
for body, opcode in [checksum_without_room] + [
        (bytes(random.choice((0, 0, random.randrange(256)))
            for _ in range(random.randrange(60))),
         random.choice((2013, 2004, 1))) for _ in range(300)]:
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall((len(body) + 16).to_bytes(4, "little") + bytes(8) +
            opcode.to_bytes(4, "little") + body)
!
	[ "$(say .nInserted <<<"$INSERT")" = 1 ]
}
