#!/bin/sh
# How much of the processor volum-store takes to keep consolidations in MongoDB,
# first and again, beside pymongo and the node driver that keep the same ones:
# `make bench-mongo`. The server (mongo-java-server, in memory) sets the wall
# time, so what counts is the client's CPU, and its memory. BENCH_RECORDS
# (100000), BENCH_ROUNDS (3).
set -u

: "${BUILD:=build}" "${BENCH_RECORDS:=100000}" "${BENCH_ROUNDS:=3}"
BUILD=$(cd "$BUILD" && pwd)
here=$(cd "${0%/*}" && pwd)
work=$BUILD/bench-mongo
python=$work/venv/bin/python
# shellcheck source=test/bench/timing.sh
. "$here/timing.sh"
# What this server still speaks with.
PYMONGO=4.13.2 DRIVER=6.12.0

for name in $(env | sed -n 's/^\(\(VOLUM\|MONGODB\)_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
rm -rf "$work/times"
mkdir -p "$work/times" "$work/state"
export VOLUM_STATE_DIR="$work/state" PYTHONDONTWRITEBYTECODE=1

find_peers()
{
	[ -x "$python" ] || python3 -m venv "$work/venv" >"$work/venv.log" 2>&1
	if "$python" -c 'import pymongo' 2>/dev/null ||
	    timeout 120 "$python" -m pip install -q --disable-pip-version-check \
		"pymongo==$PYMONGO" >"$work/pip.log" 2>&1; then
		peers="$peers pymongo "
	else
		skip pymongo "see $work/pip.log"
	fi
	if [ -d "$work/node_modules/mongodb" ] || (cd "$work" &&
	    timeout 120 npm install --silent "mongodb@$DRIVER" >npm.log 2>&1); then
		peers="$peers node "
	else
		skip node "see $work/npm.log"
	fi
}

# A new one for each: what it keeps is in memory.
start_server()
{
	: >"$work/address"
	sh "$here/../mongo/start.sh" java >"$work/address" 2>"$work/server.err" &
	server=$!
	trap 'kill "$server" 2>/dev/null' EXIT
	tries=0
	until [ -s "$work/address" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ]; then
			cat "$work/server.err" >&2
			exit 1
		fi
		sleep 0.1
	done
	address=$(head -n 1 "$work/address")
}

make_input()
{
	[ -s "$work/in.ndjson" ] && return
	awk -v n="$BENCH_RECORDS" 'BEGIN { for (i = 1; i <= n; i++)
		printf "{\"consolidacaoData\":{\"competencia\":\"2024-01\",\"empresaId\":\"%d\",\"numeroProposta\":\"PROP-%d\",\"valorTotal\":%d.50,\"produtos\":[{\"nome\":\"Cobrança Bancária\",\"quantidade\":%d,\"valor\":%d.50}],\"status\":\"completed\"},\"trigger\":\"data-processed\"}\n", i, i, i % 5000 + 1, i % 900 + 1, i % 5000 + 1 }' >"$work/in.ndjson"
}

# twice NAME COMMAND...: on a server of its own, first and again; the command
# takes the database's address as its last argument.
twice()
{
	name=$1
	shift
	start_server
	for time in first again; do
		timed "$name-$time" "$@" "${address%/}/bench" \
			<"$work/in.ndjson" >"$work/out"
	done
	kill "$server"
	wait "$server"
}

round()
{
	twice ours "$BUILD/bin/volum-store" --db
	has pymongo && twice pymongo "$python" "$here/peers/mongo.py"
	has node && twice node env NODE_PATH="$work/node_modules" \
		node "$here/peers/mongo.js"
}

find_peers
make_input
for _ in $(seq "$BENCH_ROUNDS"); do
	round
done
for time in first again; do
	head_row "consolidations into MongoDB, $time"
	row "ours-$time" volum-store "$BENCH_RECORDS" ''
	has pymongo && row "pymongo-$time" "pymongo $PYMONGO" "$BENCH_RECORDS" ''
	has node && row "node-$time" "node driver $DRIVER" "$BENCH_RECORDS" ''
done
exit "$failed"
