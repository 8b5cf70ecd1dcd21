#!/usr/bin/env bats
# The queue of volum-trigger: who may come, in which order it is run, and what is
# left after kills and on full disks. test/trigger-calls.bats kills it at each call.

bats_require_minimum_version 1.5.0
load trigger_helper

UNKNOWN=req-0123456789abcdef0123456789abcdef

# set_ledger CREDIT MS: as if so much had been left, so much later than it was.
set_ledger()
{
	local order credit at
	read -r order credit at <state/trigger/intake
	printf '%020d %020d %020d\n' "$((10#$order))" "$1" \
		"$((10#$at + $2))" >ledger
	cat ledger >state/trigger/intake
}

# A run that a crash broke off, as it lies in its folder then.
broken_off()
{
	jq -c --argjson attempts "$1" '.tentativas = $attempts | del(.terminado)' \
		"state/trigger/ended/$ID" >"state/trigger/running/$ID"
}

@test 'more than the rate is told to wait' {
	export VOLUM_TRIGGER_RATE_PER_MIN=2
	post
	post
	refused 429 limite POST '' "$RECORD"
	[ "$(sed -n 's/^Retry-After: //p' headers)" -le 30 ]
	[ "$(sed -n 's/^Retry-After: //p' headers)" -ge 20 ]
	# A minute is over; and a clock that was set back locks nobody out.
	set_ledger 0 -30000
	post
	set_ledger 60000 9999999
	post
	refused 429 limite POST '' "$RECORD"
	echo rubbish >state/trigger/intake
	post
}

@test 'twenty at once are one after the other, each once' {
	export VOLUM_TRIGGER_RATE_PER_MIN=100
	runner <<-'!'
		mkdir alone || exit 1
		echo '{}'
		cat >>"$RUNS"
		rmdir alone
	!
	for i in {1..20}; do
		# Every other one is the same call again.
		key=same
		[ $((i % 2)) = 0 ] || key=$i
		printf '%s' "$RECORD" | env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST \
			CONTENT_LENGTH="${#RECORD}" CONTENT_TYPE=application/json \
			HTTP_AUTHORIZATION="Bearer $TOKEN" HTTP_IDEMPOTENCY_KEY="$key" \
			volum-trigger >"answer.$i" 2>>err 3>&- &
		callers+=("$!")
	done
	wait "${callers[@]}"
	[ "$(grep -l 'Status: 202' answer.* | wc -l)" = 20 ]
	[ "$(grep -ho '"requestId":"[^"]*' answer.* | sort -u | wc -l)" = 11 ]
	wait_for 20 at_least 11 runs
	wait_for 20 is_idle
	[ "$(wc -l <runs)" = 11 ]
	[ "$(find state/trigger/ended -type f | wc -l)" = 11 ]
	[ "$(cat state/trigger/ended/* | jq .saida | sort -u)" = 0 ]
}

@test 'twenty at once count as twenty' {
	export VOLUM_TRIGGER_RATE_PER_MIN=5 # one more in twelve seconds
	runner <<<'exit 75'
	for i in {1..20}; do
		printf '%s' "$RECORD" | env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST \
			CONTENT_LENGTH="${#RECORD}" CONTENT_TYPE=application/json \
			HTTP_AUTHORIZATION="Bearer $TOKEN" \
			volum-trigger >"answer.$i" 2>>err 3>&- &
		callers+=("$!")
	done
	wait "${callers[@]}"
	taken=$(grep -l 'Status: 202' answer.* | wc -l)
	[ "$taken" -ge 5 ]
	[ "$taken" -le 7 ]
	[ "$(grep -l 'Status: 429' answer.* | wc -l)" = $((20 - taken)) ]
	[ "$(find state/trigger/waiting -type f | wc -l)" = "$taken" ]
}

@test 'one caller is taken after the other' {
	post
	flock state/trigger/intake sh -c 'until [ -e go ]; do sleep 0.05; done' 3>&- &
	held=$!
	wait_for 10 sh -c '! flock -n state/trigger/intake true'
	rm answer
	ask POST '' "$RECORD" 3>&- &
	asked=$!
	sleep 1
	[ ! -s answer ]
	touch go
	wait "$held" "$asked"
	grep -q 'Status: 202' answer
}

@test 'what waits is run in the order in which it came' {
	runner <<-'!'
		while [ ! -e go ]; do sleep 0.05; done
		echo '{"comecou":true}'
		cat >>"$RUNS"
		while [ ! -e on ]; do sleep 0.05; done
	!
	for company in 5 3 9 1 7; do
		post "{\"competencia\":\"2024-01\",\"empresaId\":\"$company\"}"
		ids+=("$ID")
	done
	[ "$(state_of "${ids[0]}")" = queued ]
	want=null expect 'nothing has begun' 0 jq .iniciado body
	touch go
	wait_until running "${ids[0]}"
	[ "$(state_of "${ids[1]}")" = queued ]
	touch on
	wait_until done "${ids[4]}"
	[ "$(jq -r .empresaId runs | paste -sd' ')" = '5 3 9 1 7' ]
}

@test 'more than may wait are told to come later' {
	export VOLUM_TRIGGER_QUEUE=2
	runner <<<'exit 75'
	post
	post
	refused 503 fila_cheia POST '' "$RECORD"
	grep -qx 'Retry-After: 60' headers
}

@test 'a run that goes wrong is told, stage by stage' {
	runner <<-'!'
		echo '{"comando":"volum-fetch","saida":0,"lidos":3}'
		echo '{"comando":"omie-contract","saida":69,"razaoSocial":"Fulana"}'
		echo '{"comando":"volum-store","saida":1,"rejeitados":1}'
		echo 'no JSON'
		echo '{"comando":"Fulana de Tal","saida":0}'
		echo '{"comando":"x","saida":"Fulana"}'
		echo 'omie-contract: shut out' >&2
	!
	post
	wait_until failed "$ID"
	want='[69,[{"comando":"volum-fetch","saida":0,"lidos":3},{"comando":"omie-contract","saida":69},{"comando":"volum-store","saida":1,"rejeitados":1}]]' \
		expect 'the worst of them' 0 jq -c '[.saida, .etapas]' body
	[ "$(cat "state/trigger/stderr/$ID")" = 'omie-contract: shut out' ]
	runner <<<'exit 127'
	post
	wait_until failed "$ID"
	[ "$(jq -c '[.saida, .motivo]' body)" = '[78,"nao_iniciado"]' ]
	runner <<<'echo "{}"; kill -9 $$'
	post
	wait_until failed "$ID"
	[ "$(jq -c '[.saida, .motivo]' body)" = '[75,"sinal"]' ]
}

@test 'a run that could not start is told, and can be had again' {
	rm runner
	post
	wait_until failed "$ID"
	[ "$(jq -c '[.saida, .motivo, .tentativas]' body)" = '[78,"nao_iniciado",0]' ]
	grep -q 'No such file' "state/trigger/stderr/$ID"
	runner <<<'echo "{}"; cat >>"$RUNS"'
	want_err='has not ended|is not known' expect 'unknown' 64 volum-trigger --again "$UNKNOWN"
	want_err='no requestId of ours' expect 'no id' 64 volum-trigger --again ../x
	expect 'a trial' 0 volum-trigger --again "$ID" --dry-run
	[ "$(state_of "$ID")" = failed ]
	expect 'again' 0 volum-trigger --again "$ID"
	[ "$(state_of "$ID")" = queued ]
	expect 'run' 0 volum-trigger --resume
	[ "$(state_of "$ID")" = done ]
	[ "$(wc -l <runs)" = 1 ]
}

@test 'a request that no run was there for is run by --resume, or by the next' {
	runner <<<'exit 75'
	post
	first=$ID
	wait_for 20 is_idle
	[ "$(state_of "$first")" = queued ]
	volum-trigger --resume --dry-run >out
	[ "$(jq -r '.requestId + .status' out)" = "${first}queued" ]
	runner <<<'echo "{}"; cat >>"$RUNS"; exit 1'
	want_err="$first: failed, 1; see stderr/$first" expect 'told to cron' 1 \
		volum-trigger --resume
	expect 'nothing is left' 0 volum-trigger --resume
	runner <<<'exit 75'
	post
	second=$ID
	wait_for 20 is_idle
	runner <<<'echo "{}"; cat >>"$RUNS"'
	post
	wait_until done "$ID"
	[ "$(state_of "$second")" = done ]
	[ "$(jq -r .requestId runs | paste -sd' ')" = "$first $second $ID" ]
}

@test 'a run that was killed is taken up again, first in the queue' {
	runner <<-'!'
		echo '{"comecou":true}'
		cat >>"$RUNS"
		[ -e well ] || { echo $$ >sleeper; echo $PPID >worker; exec sleep 60; }
	!
	post
	killed=$ID
	wait_until running "$killed"
	wait_for 20 test -s worker
	kill -9 "$(cat worker)" "$(cat sleeper)"
	wait_for 20 is_idle
	[ "$(state_of "$killed")" = running ] # nobody knows better yet
	touch well
	post
	wait_until done "$ID"
	[ "$(state_of "$killed")" = done ]
	[ "$(jq .tentativas body)" = 2 ]
	[ "$(jq -r .requestId runs | paste -sd' ')" = "$killed $killed $ID" ]
}

@test 'what a kill left between two places' {
	post
	wait_until done "$ID"
	wait_for 20 is_idle
	# Ended, and still where it ran; ended, and still in the queue.
	broken_off 1
	cp "state/trigger/ended/$ID" "state/trigger/waiting/00000000000000000001.$ID"
	sed -i 's/"ordem":[0-9]*/"ordem":1/' state/trigger/waiting/*
	[ "$(state_of "$ID")" = done ]
	expect 'cleared up' 0 volum-trigger --resume
	[ "$(find state/trigger/waiting state/trigger/running -type f)" = '' ]
	[ "$(wc -l <runs)" = 1 ]
	# Five times broken off: it may be what breaks it.
	broken_off 5
	rm "state/trigger/ended/$ID"
	want_err="$ID: failed, 75 interrompido" expect 'given up' 1 volum-trigger --resume
	[ "$(state_of "$ID")" = failed ]
	[ "$(wc -l <runs)" = 1 ]
}

@test 'a damaged file is named, and stops nothing' {
	runner <<<'exit 75'
	post
	wait_for 20 is_idle
	truncate -s 40 state/trigger/waiting/*
	runner <<<'echo "{}"; cat >>"$RUNS"'
	post
	wait_until done "$ID"
	want_err='a request on file: ' expect 'named' 65 volum-trigger --resume
	[ "$(find state/trigger/waiting -type f | wc -l)" = 1 ]
}

@test 'a full disk: nothing is claimed that is not kept' {
	printf -v long '{"competencia":"2024-01","empresaId":"1","x":"%02000d"}' 0
	post
	wait_until done "$ID"
	for blocks in 0 1; do # of 1024 bytes: not even the ledger, not the request
		printf '%s' "$long" | env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST \
			CONTENT_TYPE=application/json CONTENT_LENGTH="${#long}" \
			HTTP_AUTHORIZATION="Bearer $TOKEN" \
			bash -c "ulimit -f $blocks; exec volum-trigger 2>&1" | cat >answer
		grep -q 'File too large' answer
		grep -q '^Status: 503' answer
	done
	[ "$(find state/trigger/waiting -type f)" = '' ]
	[ "$(wc -l <runs)" = 1 ]
}

# elsewhere SCRIPT: in bash, where what it mounts is gone when it ends.
elsewhere()
{
	unshare -m true 2>/dev/null || skip 'only root can mount'
	export TOKEN RECORD
	export -f ask take_apart post refused state_of is wait_until wait_for
	unshare -m bash -euc "$1"
}

@test 'a state folder that is full, until there is room' {
	runner <<<'exit 75'
	mkdir state
	elsewhere '
		mount -t tmpfs -o size=64k,mode=700 none state
		fill() { ! cat /dev/zero >state/fill 2>nowhere; }
		fill
		refused 503 indisponivel POST "" "$RECORD" HTTP_IDEMPOTENCY_KEY=k
		grep -q "No space left" err
		rm state/fill
		echo >state/trigger/intake # room for this one
		fill
		refused 503 indisponivel POST "" "$RECORD" HTTP_IDEMPOTENCY_KEY=k
		grep -q "No space left" err
		[ -z "$(find state/trigger/waiting -type f)" ]
		rm state/fill
		post "$RECORD" HTTP_IDEMPOTENCY_KEY=k
		[ "$(state_of "$ID")" = queued ]
		[ "$(find state/trigger/waiting -type f | wc -l)" = 1 ]'
}

@test 'a state folder that nobody may write' {
	post
	wait_until done "$ID"
	wait_for 20 is_idle
	export ID
	elsewhere '
		mount --bind state state
		mount -o remount,ro,bind state
		refused 503 indisponivel POST "" "$RECORD"
		grep -q "Read-only file system" err
		[ "$(state_of "$ID")" = done ]
		export VOLUM_LOG=$PWD/state/log
		[ "$(state_of "$ID")" = done ]
		refused 503 indisponivel POST "" "$RECORD"
		grep -q "state/log: Read-only file system" err'
	[ "$(state_of "$ID")" = done ]
	[ "$(wc -l <runs)" = 1 ]
}

@test 'old requests are deleted, what waits is not' {
	runner <<<'exit 75'
	post
	old=$ID
	wait_for 20 is_idle
	find state/trigger/waiting -type f -exec touch -d '40 days ago' {} +
	touch -d '2 days ago' state/trigger/waiting/.new-1
	expect 'still no run' 0 volum-trigger --resume
	[ "$(state_of "$old")" = queued ]
	runner <<<'echo "{}"'
	post "$RECORD" HTTP_IDEMPOTENCY_KEY=k
	wait_until done "$ID"
	[ "$(state_of "$old")" = done ]
	[ ! -e state/trigger/waiting/.new-1 ]
	wait_for 20 is_idle
	touch -d '29 days ago' "state/trigger/ended/$old" "state/trigger/stderr/$old"
	touch -d '31 days ago' "state/trigger/ended/$ID" "state/trigger/stderr/$ID"
	expect 'kept' 0 volum-trigger --resume
	[ "$(state_of "$old")" = done ]
	refused 404 desconhecido GET "/$ID" ''
	[ ! -e "state/trigger/stderr/$ID" ]
}
