#!/usr/bin/env bats
# The dead man's switch: told of start, success and failure, and never in the way.

bats_require_minimum_version 1.5.0
load omie_helper

CHECK=5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278

# switch STATUS [SECONDS]: the service, and where it is.
switch()
{
	: >told
	launch switch python3 "$BATS_TEST_DIRNAME/ping_double.py" told "$@" || return
	export VOLUM_PING_URL=$ADDRESS$CHECK
}

# events: what it was told, on one line.
events()
{
	jq -r .path told | sed "s|^/$CHECK||; s|^\$|success|" | paste -sd' '
}

@test 'start and success; stdin, stdout, stderr and exit code are those of the command' {
	switch 200
	head -c 300000 /dev/urandom >bytes
	volum-ping sh -c 'cat; echo said >&2' <bytes >out 2>err
	cmp bytes out
	same said "$(cat err)"
	same '/start success' "$(events)"
	same 'said' "$(tail -n 1 told | jq -r .body | head -n 1)"
	tail -n 1 told | jq -r .body | grep -qE '^exit 0 after [0-9]+\.[0-9]{3} s$'
	same '' "$(head -n 1 told | jq -r .body)"
	# At once or after a while, the start is told first; / at the end is none.
	VOLUM_PING_URL=$VOLUM_PING_URL/ volum-ping true
	volum-ping --ping "$VOLUM_PING_URL" sleep 0.3
	same '/start success /start success /start success' "$(events)"
}

@test 'failure, with the last lines, masked' {
	switch 200
	want='' want_err=. expect 'exit code' 75 volum-ping sh -c '
		for i in $(seq 500); do echo "line $i"; done >&2
		echo "12ABC34501DE35 of fulano@example.com" >&2
		printf "no newline" >&2
		exit 75'
	same '/start /fail' "$(events)"
	tail -n 1 told | jq -j .body >body
	same 21 "$(wc -l <body)"
	same 'line 483' "$(head -n 1 body)"
	same '12.***.***/01DE-** of f***@example.com
no newline' "$(tail -n 3 body | head -n 2)"
	tail -n 1 body | grep -q '^exit 75 after'
	[ "$(wc -l <err)" = 501 ]
	: >told
	want='' want_err='nowhere: No such file' expect 'no such command' 127 volum-ping nowhere
	want='' want_err='Permission denied' expect 'no program' 126 volum-ping /etc/passwd
	try 137 volum-ping sh -c 'kill -9 $$'
	same '/start /fail /start /fail /start /fail' "$(events)"
}

@test 'refused records are no failure, unless --strict' {
	switch 200
	echo '{}' >in
	try 1 volum-ping volum-store <in
	try 1 volum-ping --strict volum-store <in
	same '/start success /start /fail' "$(events)"
	tail -n 1 told | jq -r .body | grep -q '1 of 1 records rejected'
}

@test 'a switch that is away, slow or broken fails nothing and is one line in the log' {
	local began
	switch 500
	want=done expect 'broken' 0 volum-ping --log log echo done
	same '/start success' "$(events)"
	same 2 "$(wc -l <log)"
	stop_all
	rm log
	want=done expect 'away' 0 volum-ping --log log echo done
	same 2 "$(wc -l <log)"
	same 'WARN volum-ping' "$(jq -r '.level + " " + .service' log | sort -u)"
	holds_no $CHECK log
	want=done want_err='not told: ' expect 'verbose' 3 volum-ping -v sh -c 'echo done; exit 3'
	holds_no $CHECK err
	switch 200 60
	began=$SECONDS
	want=done expect 'slow' 0 volum-ping --log log echo done
	[ $((SECONDS - began)) -lt 15 ]
	# The command does not wait for it.
	volum-ping sh -c 'date +%s.%N >started'
	[ "$(awk "BEGIN { print ($(date +%s.%N) - $(cat started) > 2) }")" = 1 ]
}

@test 'whatever the switch does, the command ends as it would, and no one learns the URL' {
	local began fault
	for fault in close garbage cut drip endless redirect; do
		switch "$fault"
		rm -f log
		began=$SECONDS
		want=done want_err='not told: ' expect "$fault" 3 \
			volum-ping -v --log log sh -c 'echo done; exit 3'
		[ $((SECONDS - began)) -lt 15 ]
		same 2 "$(grep -c 'not told: ' log)"
		holds_no $CHECK log err
		same '/start /fail' "$(events)"
		stop_one switch
	done
	# Nor is one that can't be used ever shown.
	for url in "nowhere/$CHECK" "http://example.com/$CHECK" "$ADDRESS?key=$CHECK" \
		"http://u:$CHECK@127.0.0.1/" "http://127.0.0.1:99999/$CHECK" "ftp://h/$CHECK" \
		"https://h/$CHECK"$'\n' "http://127.0.0.1 /$CHECK"; do
		rm -f log
		VOLUM_PING_URL=$url volum-ping -v --log log echo done >out 2>err
		same done "$(cat out)"
		grep -q '^volum-ping: not told: ' err
		holds_no $CHECK log err
		(umask 077 && echo "VOLUM_PING_URL=$url" >env)
		env -u VOLUM_PING_URL volum-ping -v --log log --env-file env echo done >out 2>err || :
		holds_no $CHECK log err
	done
}

@test 'without a usable URL it says so, and the command runs' {
	unset VOLUM_PING_URL
	want=done want_err='not told: VOLUM_PING_URL must be set' expect 'none' 0 volum-ping echo done
	want=done want_err='not told: VOLUM_PING_URL: ' expect 'wrong' 0 volum-ping --ping nowhere echo done
	want=done want_err='not told: VOLUM_PING_URL: ' expect 'plain' 0 volum-ping --ping http://example.com/x echo done
	want=done expect 'a rehearsal' 0 volum-ping --dry-run echo done
	(umask 077 && echo 'VOLUM_PING_URL=nowhere' >env)
	want=done want_err='not told: VOLUM_PING_URL: ' expect 'env-file' 0 volum-ping --env-file env echo done
	want='' want_err='a command is expected' expect 'no command' 64 volum-ping
	want='' want_err='unknown option --nope' expect 'usage' 64 volum-ping --nope true
}

@test 'what it is told to do, the command is told' {
	switch 200
	volum-ping sh -c 'trap "echo ends >&2; exit 75" TERM; echo up >up; while :; do sleep 0.1; done' 2>err 3>&- &
	pid=$!
	wait_for 20 [ -s up ]
	kill $pid
	end_of $pid
	same 75 "$CODE"
	same ends "$(cat err)"
	same '/start /fail' "$(events)"
	# What holds stderr when the command is gone is not waited for.
	began=$SECONDS
	volum-ping sh -c 'sleep 20 & echo $! >left' 2>err
	[ $((SECONDS - began)) -lt 15 ]
	kill "$(cat left)"
}
