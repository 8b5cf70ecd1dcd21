#!/usr/bin/env bats
# One job at a time of all hosts that share a database: hosts are state folders,
# and where it matters numbers of processes of their own.

bats_require_minimum_version 1.5.0
load mongo_helper
load omie_helper

EXAMPLES=$BATS_TEST_DIRNAME/../examples

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	export VOLUM_LOCK_LIFE_S=3
	mkdir -p bin share/volum
	ln -s "$EXAMPLES" share/volum/examples
	cp "$BUILD/bin/volum-run" bin
	for name in volum-fetch volum-store omie-contract cnpj-sync volum-redrive; do
		printf '#!/bin/sh\necho %s >>"$VOLUM_STATE_DIR/started"\ncase "$*" in *--list*) echo {};; *) cat >/dev/null;; esac\n' \
			"$name" >"bin/$name"
	done
	# It runs for as long as nobody says `go`.
	printf '#!/bin/sh\ntouch "$VOLUM_STATE_DIR/works"\nuntil [ -e go ]; do sleep 0.05; done\n' >bin/cnpj-sync
	chmod +x bin/*
	install -m 600 /dev/null env
}

# a_server [KIND]: one of those that are there.
a_server()
{
	local kind=${1:-$(mongo_servers | head -n 1)}
	[ -n "$kind" ] || skip 'no MongoDB server is built: make setup-mongo'
	start_mongo "$kind"
}

# on N ARGUMENT...: volum-run on that host.
on()
{
	env VOLUM_STATE_DIR="$PWD/host$1" bin/volum-run --env-file env "${@:2}"
}

# sync_begins N [COMMAND...]: and is at work; its number is in PID.
sync_begins()
{
	rm -f go "host$1/works"
	env VOLUM_STATE_DIR="$PWD/host$1" "${@:2}" bin/volum-run --env-file env sync \
		>"out.$1" 2>"err.$1" 3>&- &
	PID=$!
	wait_for 20 test -e "host$1/works"
}

# holder N: the process that holds the lock for volum-run on host N.
holder()
{
	pgrep -f "^volum-lock .*--request-id sync-" -P "$1"
}

say() # say COMMAND: to the database
{
	local database=${VOLUM_DB##*/}
	printf '%s\n' "$1" | "$BUILD/tool/mongo_say" "$VOLUM_DB" "${database%%\?*}" >said
}

common()
{
	say '{"find":"comuns","filter":{},"sort":{"_id":1}}'
	jq -cS '.cursor.firstBatch[]' said
}

refused_elsewhere()
{
	sync_begins 1
	want_err="^volum-run: billing: not started, 'sync' runs since 20[0-9T:-]+Z on host $(hostname) \(process $PID\)$" \
		expect 'refused' 75 on 2 billing || return
	[ ! -e host2/started ] && [ ! -e host2/done/billing ] || return
	expect 'skipped in silence' 0 on 2 retry || return
	[ ! -e host2/started ] || return
	want_err="'sync' runs" expect 'the same, tried out' 75 on 2 --dry-run billing || return
	on 2 --wait 20 billing >out 2>err 3>&- &
	local waits=$!
	sleep 0.5
	touch go
	wait "$PID" && wait "$waits" || return
	[ ! -s err ] && [ ! -s err.1 ] && grep -q omie-contract host2/started || return
	[[ $(cat host2/done/billing) == *' 0' ]]
}

@test 'a job of another host is named, waited for, and by retry passed over' {
	local kind start=$PWD
	for kind in $(mongo_servers); do
		mkdir "$start/$kind" && cp -R "$start"/bin "$start"/share "$start"/env "$start/$kind"
		cd "$start/$kind"
		a_server "$kind"
		refused_elsewhere || { echo "on $kind" >&2; return 1; }
	done
}

@test 'a runner that is killed keeps the lock to the end of its last stage' {
	a_server
	sync_begins 1
	kill -9 "$PID"
	wait "$PID" || :
	want_err="'sync' runs since" expect 'still at work' 75 on 2 billing
	touch go
	expect 'over' 0 on 2 --wait 10 billing
}

@test 'a host that dies loses it when its life is over' {
	unshare --pid --fork true 2>/dev/null || skip 'needs the right to a namespace'
	a_server
	sync_begins 1 unshare --pid --fork --kill-child --mount-proc
	# Who doesn't wait asks for a sign of life all the same.
	want_err="'sync' runs since" expect 'alive' 75 on 2 billing
	kill -9 "$PID"
	wait "$PID" || :
	expect 'taken over' 0 on 2 billing
}

@test 'one that is killed is free at once; the job goes on, and ends with 75' {
	a_server
	sync_begins 1
	kill -9 "$(holder "$PID")"
	SECONDS=0
	expect 'free' 0 on 2 billing
	[ "$SECONDS" -lt 3 ]
	touch go
	end_of "$PID"
	same 75 "$CODE"
	[ ! -e host1/done/sync ]
	# Nobody's pipe is broken by that.
	[ ! -s out.1 ]
}

@test 'one that was lost is told at once; the job goes on, and is not done' {
	a_server
	sync_begins 1
	say '{"update":"comuns","updates":[{"q":{"_id":"trava"},"u":{"$set":{"dono":{"$oid":"65a000000000000000000001"}}}}]}'
	wait_for 10 grep -q 'volum-lock: mongodb:.*trava: this process was held up, and another one went on' err.1
	kill -0 "$PID"
	touch go
	end_of "$PID"
	same 75 "$CODE"
	same 1 "$(wc -l <err.1)"
	[ ! -e host1/done/sync ]
	run ! grep -q '"_id":"trava/sync"' <(common)
}

@test 'without the server nothing is started' {
	export VOLUM_DB='mongodb://127.0.0.1:9/t?serverSelectionTimeoutMS=200'
	[ -d "$BUILD/lib/volum" ] || skip "MongoDB's C driver is not installed"
	want_err='^volum-lock: mongodb:127.0.0.1:9/t: ' expect 'away' 75 on 1 billing
	[ ! -e host1/started ] && [ ! -e host1/done/billing ]
	expect 'a copy of its own' 0 on 1 verify
}

@test 'what one host has done is done, and the other takes its place' {
	a_server
	touch go
	for day in 24 25; do
		first=$((day - 23)) second=$((26 - day))
		rm -f host?/started
		on $first --as-of "2026-11-${day}T05:00:00Z" --at 02:00 billing
		on $second --as-of "2026-11-${day}T05:10:00Z" --at 02:00 billing
		[ -e host$first/started ] && [ ! -e host$second/started ]
		same "2026-11-${day}T05:00:00Z 0" "$(cat host$second/done/billing)"
	done
	# The first one of the day fails: it is left to the other.
	printf '#!/bin/sh\nexit 69\n' >bin/volum-fetch
	run -69 on 1 --as-of 2026-11-26T05:00:00Z --at 02:00 billing
	printf '#!/bin/sh\nexit 1\n' >bin/volum-fetch
	run -1 on 2 --as-of 2026-11-26T05:10:00Z --at 02:00 billing
	on 1 --as-of 2026-11-26T06:00:00Z --at 02:00 billing
	same '2026-11-26T05:10:00Z 1' "$(cat host1/done/billing)"
	# What was refused is in each one's own file.
	for host in 1 2; do
		on $host --as-of 2026-11-03T17:00:00Z --at '*-*-01..05 14:00' redrive
		grep -qx volum-redrive host$host/started
	done
	# A company, or a trial, is not what the others wait for.
	on 1 --as-of 2026-11-27T05:00:00Z -e 7 billing || [ $? = 1 ]
	on 1 --as-of 2026-11-27T05:00:00Z --dry-run billing || [ $? = 1 ]
	common | grep '"_id":"trava/billing"' >noted
	same '2026-11-26T05:10:00Z 1' "$(jq -r '.estado."$binary" |
		if type == "object" then .base64 else . end' noted | base64 -d)"
}

@test 'knocking again while the job that was due works elsewhere is no overlap' {
	a_server
	export VOLUM_LOCK_LIFE_S=60
	rm -f go
	on 1 --at 02:00 --as-of 2026-11-22T05:00:00Z sync >out 2>err 3>&- &
	wait_for 20 test -e host1/works
	expect 'the same' 0 on 2 --at 02:00 --as-of 2026-11-22T05:30:00Z sync
	want_err="'sync' runs since" expect 'another' 75 \
		on 2 --at 02:00 --as-of 2026-11-22T05:30:00Z billing
	touch go
	wait $!
}

@test 'a trigger waits for the jobs of other hosts' {
	a_server
	sync_begins 1
	ln -s "$EXAMPLES/http" share/http
	mkdir host2
	env VOLUM_STATE_DIR="$PWD/host2" PATH="$PWD/bin:$PATH" \
		"$EXAMPLES/http/volum-trigger-run" <<<'{}' >said.2 2>err.2 3>&- &
	local waits=$!
	sleep 1
	[ ! -s said.2 ]
	touch go
	wait "$PID"
	wait "$waits"
	same '{"comecou":true}' "$(head -n 1 said.2)"
	[ ! -s err.2 ]
}

@test 'a dry run changes nothing in the database' {
	a_server
	on 1 --dry-run billing
	same '' "$(common)"
	want=mine expect 'free' 0 volum-lock --dry-run billing
	echo '2026-11-24T05:00:00Z 0' | volum-lock billing >out
	common >before
	want='mine 2026-11-24T05:00:00Z 0' expect 'as it was left' 0 volum-lock -n billing
	on 1 --dry-run billing
	common | cmp before -
	# A line without its end is of somebody who was killed.
	printf '2026-12-24T05:00:00Z' | volum-lock billing >out
	want='mine 2026-11-24T05:00:00Z 0' expect 'not kept' 0 volum-lock -n billing
}

@test 'signals do not take it away from a job; who waits for it ends' {
	a_server
	mkfifo in
	volum-lock billing <in >out 3>&- &
	local holds=$!
	exec 8>in
	wait_for 10 grep -qx mine out
	kill -TERM "$holds"
	kill -INT "$holds"
	volum-lock sync </dev/null >out.2 2>err.2 8>&- 3>&- &
	local waits=$!
	sleep 1.5
	kill "$waits"
	end_of "$waits"
	same 75 "$CODE"
	grep -q 'a signal asked to stop' err.2
	[ ! -s out.2 ]
	exec 8>&-
	wait "$holds"
	want=mine expect 'free' 0 volum-lock --wait 0 sync </dev/null
}

@test 'of a store on one host there is no such lock; wrong words' {
	export VOLUM_STATE_DIR=$PWD/state
	expect 'sqlite' 0 volum-lock billing </dev/zero
	[ ! -e state ]
	want_err='one job is expected' expect 'none' 64 volum-lock
	want_err='one job is expected' expect 'two' 64 volum-lock a b
	want_err='a job is a word' expect 'no word' 64 volum-lock 'a b'
	want_err='--life: ' expect 'too short' 64 volum-lock --life 1 a
	VOLUM_LOCK_LIFE_S=x want_err='VOLUM_LOCK_LIFE_S' expect 'wrong' 78 volum-lock a
}

@test 'the copy of a store on a server is text that gives it back' {
	a_server
	rm bin/volum-* && cp "$BUILD/bin/volum-run" bin
	volum-sim --companies 3 --catalog | volum-store >out
	start_usage --companies 3
	volum-fetch --competencia 2026-09 | volum-store >out
	# Whoever has the lock doesn't keep it from being copied.
	volum-lock sync < <(sleep 5) >lock.out 3>&- &
	wait_for 10 grep -q mine lock.out
	expect 'a copy' 0 on 1 --as-of 2026-10-05T12:00:00Z backup
	kill %1 2>/dev/null || :
	dump >before
	[ "$(wc -l <before)" -gt 12 ]
	cmp before host1/backup/volum-Mon.ndjson
	VOLUM_DB=sqlite:$PWD/other.db volum-store <host1/backup/volum-Mon.ndjson >out
	VOLUM_DB=sqlite:$PWD/other.db dump | cmp - before
	# What is not whole takes no one's place.
	want_err='.' expect 'no server' 75 env VOLUM_DB='mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=100' \
		VOLUM_STATE_DIR="$PWD/host1" bin/volum-run --as-of 2026-10-05T13:00:00Z backup
	cmp before host1/backup/volum-Mon.ndjson
}

@test 'without volum-lock nobody knows what to copy' {
	printf '#!/bin/sh\nexit 127\n' >bin/volum-lock
	chmod +x bin/volum-lock
	expect 'not installed' 78 on 1 backup
	[ -z "$(ls host1/backup)" ]
}
