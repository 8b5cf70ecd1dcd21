# shellcheck shell=bash
# What the tests see and do in the store behind the commands' back, in SQLite's
# file or, with STORE=java|ferret|real, in a database of that MongoDB server.

# sqlite_only REASON: the first line of a test that is of SQLite's file alone.
sqlite_only()
{
	[ -z "${STORE:-}" ] || skip "SQLite alone: $1"
}

# fewer N: a tenth of it on FerretDB, which reads whole collections.
fewer()
{
	if [ "${STORE:-}" = ferret ]; then
		echo $(($1 / 10))
	else
		echo "$1"
	fi
}

# other NAME: the address of another store of this test, for VOLUM_DB.
other()
{
	local base=${VOLUM_DB:-}
	base=${base%%\?*}
	if [ -z "${STORE:-}" ]; then
		echo "sqlite:$PWD/$1.db"
	else
		echo "${base}_$1${VOLUM_DB#"$base"}"
	fi
}

# in_other NAME COMMAND...: on that one.
in_other()
{
	VOLUM_DB=$(other "$1") "${@:2}"
}

# new_store: the one that there was is lost.
new_store()
{
	if [ -z "${STORE:-}" ]; then
		rm -f "$(store_file)"{,-wal,-shm}
	else
		VOLUM_DB=$(other "n$RANDOM")
	fi
}

# sql STATEMENT [OPTION...]: asked of SQLite's file.
sql()
{
	sqlite3 "${@:2}" "$(store_file)" "$1"
}

store_file()
{
	local uri=${VOLUM_DB:-sqlite:$DB}
	echo "${uri#sqlite:}"
}

# mongo COMMAND...: the server's answers, a line each; an error is a failure.
mongo()
{
	local base=${VOLUM_DB%%\?*}
	printf '%s\n' "$@" |
		"$BUILD/tool/mongo_say" "${base%/*}/${VOLUM_DB#"$base"}" "${base##*/}" |
		jq -c 'if .domain or .writeErrors then error(tostring) else . end'
}

# collections: their names, a line each.
collections()
{
	mongo '{"listCollections":1,"nameOnly":true}' |
		jq -r '.cursor.firstBatch[].name' | sort
}

# documents NAME: all of a collection, a line each, by key. Instants are
# milliseconds, and yes and no 1 and 0, as in SQLite.
documents()
{
	mongo "{\"find\":\"$1\",\"sort\":{\"_id\":1},\"batchSize\":100000}" |
		jq -c 'def ms: capture("^(?<s>[^.Z]+)(\\.(?<ms>[0-9]+))?Z$") |
			(.s + "Z" | fromdate) * 1000 + (.ms // "0" | tonumber);
		.cursor.firstBatch[] | map_values(
			if type == "boolean" then (if . then 1 else 0 end)
			elif type == "object" and has("$date") then .["$date"] | ms
			else . end)'
}

# kept NAME: the rows of a table or the documents of a collection, a line each;
# nothing where there is no store.
kept()
{
	if [ -n "${STORE:-}" ]; then
		documents "$1" | jq -c 'if ._id | type == "number" then
			{seq: ._id} + del(._id) else . end'
	elif [ -e "$(store_file)" ]; then
		sql "SELECT * FROM $1" -json | jq -c '.[]'
	fi
}

# everything: all that is in the store, so that any change shows.
everything()
{
	local name
	if [ -z "${STORE:-}" ]; then
		sql 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
		cat "$(store_file)"
		return
	fi
	for name in $(collections); do
		echo "$name"
		documents "$name"
	done
}

# unmoved: the same without the turns of calls to Omie, which a server keeps too.
unmoved()
{
	everything | grep -av '"dono"'
}

# no_store: nobody has made one yet; on a server there may be the limits of calls.
no_store()
{
	if [ -z "${STORE:-}" ]; then
		[ ! -e "$(store_file)" ]
	else
		[ -z "$(unmoved | grep -vx comuns)" ]
	fi
}

# intact: as far as can be seen from outside.
intact()
{
	[ -n "${STORE:-}" ] ||
		[ "$(sql 'PRAGMA integrity_check')" = ok ]
}

# set_all NAME FIELD TEXT: in each row or document.
set_all()
{
	if [ -z "${STORE:-}" ]; then
		sql "UPDATE $1 SET $2 = '$3'"
	else
		mongo "{\"update\":\"$1\",\"updates\":[{\"q\":{},\"u\":{\"\$set\":{\"$2\":\"$3\"}},\"multi\":true}]}" >/dev/null
	fi
}

# time_passes: as if all that Omie's limits remember were long ago.
time_passes()
{
	if [ -z "${STORE:-}" ]; then
		rm "$VOLUM_STATE_DIR"/omie-limits-*
	else
		mongo '{"delete":"comuns","deletes":[{"q":{"dono":{"$exists":true}},"limit":0}]}' >/dev/null
	fi
}

# drop_index: that of the ledger's accounts.
drop_index()
{
	if [ -z "${STORE:-}" ]; then
		sql 'DROP INDEX lancamentos_conta'
	else
		mongo '{"dropIndexes":"lancamentos","index":"conta"}' >/dev/null
	fi
}

# set_version N: of what is in the store, as a later program would.
set_version()
{
	if [ -z "${STORE:-}" ]; then
		sql "PRAGMA user_version = $1"
	else
		mongo "{\"update\":\"esquema\",\"updates\":[{\"q\":{\"_id\":\"volum\"},\"u\":{\"\$set\":{\"versao\":$1}}}]}" >/dev/null
	fi
}

# take_out NAME FIELD TEXT: those rows or documents.
take_out()
{
	if [ -z "${STORE:-}" ]; then
		sql "DELETE FROM $1 WHERE $2 = '$3'"
	else
		mongo "{\"delete\":\"$1\",\"deletes\":[{\"q\":{\"$2\":\"$3\"},\"limit\":0}]}" >/dev/null
	fi
}

# write_ledger: its lines are those of stdin, as `kept lancamentos` gives them;
# as other hands would do it, or somebody who brings an older copy back.
write_ledger()
{
	local lines
	lines=$(cat)
	if [ -z "${STORE:-}" ]; then
		ledger_to_sqlite <<<"$lines"
	else
		ledger_to_mongo <<<"$lines"
	fi
}

# Past the guards, which are there again afterwards.
ledger_to_sqlite()
{
	local of="type = 'trigger' AND tbl_name = 'lancamentos'"
	{
		echo 'BEGIN;'
		sql "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE $of"
		echo "DELETE FROM lancamentos;
			DELETE FROM sqlite_sequence WHERE name = 'lancamentos';"
		jq -r '"INSERT INTO lancamentos(\(keys_unsorted | join(",")))
			VALUES(\(map(if type == "string" then
				"\u0027" + gsub("\u0027"; "\u0027\u0027") + "\u0027"
				else tostring end) | join(",")));"'
		sql "SELECT sql || ';' FROM sqlite_schema WHERE $of"
		echo 'COMMIT;'
	} >ledger.sql
	sqlite3 -bail "$(store_file)" <ledger.sql
}

# One command each, since a server may refuse one of many megabytes.
ledger_to_mongo()
{
	{
		echo '{"delete":"lancamentos","deletes":[{"q":{},"limit":0}]}'
		jq -c 'def long: {"$numberLong": tostring};
			{insert: "lancamentos", documents: [
			with_entries(if .key == "quando" or .key == "prazo" then
				.value |= {"$date": long}
				elif .value | type == "number" then .value |= long
				else . end) | {_id: .seq} + del(.seq)]}'
	} >ledger.json
	mapfile -t <ledger.json
	mongo "${MAPFILE[@]}" >/dev/null
}
