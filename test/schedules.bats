#!/usr/bin/env bats
# The night shift: the lines of the crontab as cron's sh runs them, the timers of
# systemd, what is due and what was missed, and one job at a time.

bats_require_minimum_version 1.5.0
load pipe_helper

EXAMPLES=$BATS_TEST_DIRNAME/../examples
CRONTAB=$EXAMPLES/cron/volum.crontab

# The settings that the comment of the crontab proposes, for the simulators.
settings()
{
	mkdir -p state
	printf '%s' "$VOLUMETRIA_API_TOKEN" >usage-token
	printf KEY >company-key
	printf '%s' "$OMIE_APP_KEY" >omie-key
	printf '%s' "$OMIE_APP_SECRET" >omie-secret
	sed -n 's/^#   \([A-Z_]*=\)/\1/p' "$CRONTAB" |
		sed "s|https://usage.example.com/|$VOLUMETRIA_API_URL|
			s|https://companies.example.com/|$VOLUMETRIA_API_URL|
			s|/var/lib/volum|$PWD/state|
			s|/etc/volum|$PWD|" >env
	[ "$(wc -l <env)" = 7 ]
	chmod 600 env
	printf '%s\n' "OMIE_API_URL=$OMIE_API_URL" OMIE_SAME_CALL_WINDOW_S=1 >>env
	chmod 600 env
	unset VOLUMETRIA_API_URL VOLUMETRIA_API_TOKEN OMIE_API_URL OMIE_APP_KEY \
		OMIE_APP_SECRET VOLUM_STATE_DIR
}

# line JOB INSTANT: the crontab's line of the job, as cron would run it then.
line()
{
	grep -vE '^(#|$|[A-Z_]+=)' "$CRONTAB" | sed -E 's/^([^ ]+ ){5}//' |
		grep -- " $1\$" |
		sed "s|/usr/local/bin/volum-run|& --env-file $PWD/env --as-of $2|
			s|/usr/local/bin|$BUILD/bin|" >line.sh
	[ "$(wc -l <line.sh)" = 1 ]
	env -i HOME="$PWD" PATH=/usr/bin:/bin SHELL=/bin/sh \
		/bin/sh -c "$(cat line.sh)" >out 2>err
}

# stubs: commands that say what they were started for, without a service.
stubs()
{
	mkdir -p bin share/volum state
	ln -s "$EXAMPLES" share/volum/examples
	cp "$BUILD/bin/volum-run" bin
	ln -s "$BUILD/bin/volum-lock" bin
	for name in volum-fetch volum-store omie-contract cnpj-sync; do
		printf '#!/bin/sh\ncase "$*" in *--list*) echo {};; *) cat >/dev/null;; esac\n[ ! -e %s.code ] || exit "$(cat %s.code)"\n' \
			"$PWD/$name" "$PWD/$name" >"bin/$name"
	done
	chmod +x bin/*
	install -m 600 /dev/null env
}

# next_starts COUNT TIMER: when it starts its job after noon of 2026-11-25.
next_starts()
{
	TZ=UTC LC_ALL=C systemd-analyze calendar --iterations="$1" \
		--base-time='2026-11-25 12:00:00 UTC' \
		"$(sed -n 's/^OnCalendar=//p' "$2")" |
		sed -nE 's/.*(Next elapse|Iter.*): [A-Z][a-z]+ ([0-9-]+) ([0-9:]+) UTC/\2T\3Z/p'
}

run_at() # run_at INSTANT ARGUMENT...
{
	local now=$1
	shift
	bin/volum-run --env-file env --as-of "$now" "$@"
}

@test 'the night shift closes a month, takes up what was mended, saves and proves it' {
	start_usage --companies 3
	start_omie --clients 3 --same-call-window 1
	volum-sim --companies 3 --catalog | grep -v '"empresaId":"3".*vigencia' |
		volum-store >catalog.out
	settings
	line billing 2026-10-02T05:00:10Z || [ $? = 1 ]
	grep 'proposta_desconhecida' err
	[ "$(jq -r .contrato.acao state/contratos.ndjson)" = 'incluido
incluido' ]
	# Time doesn't mend it.
	line retry 2026-10-02T16:45:10Z
	[ ! -s err ] && [ "$(rejected_codes)" = proposta_desconhecida ]
	volum-sim --companies 3 --catalog | VOLUM_STATE_DIR=$PWD/state volum-store >catalog.out
	line redrive 2026-10-02T17:00:10Z
	[ ! -s err ]
	[ "$(jq -r .contrato.empresaId state/contratos.ndjson | tail -n 1)" = 3 ]
	line billing 2026-10-03T05:00:10Z
	[ ! -s err ] && [ ! -s out ]
	[ "$(jq -r .contrato.acao state/contratos.ndjson | tail -n 3 | sort -u)" = inalterado ]
	[ "$(jq -r .call omie.calls | grep -c IncluirContrato)" = 3 ]
	line sync 2026-10-04T04:00:10Z || [ $? = 1 ]
	[ "$(jq -r .sync.acao state/sync.ndjson | sort | uniq -c |
		awk '{ print $2 $1 }' | paste -sd' ')" = 'alterado3 divergente3' ]
	[ "$(rejected_codes state/sync-rejected.ndjson | sort -u)" = divergente ]
	line backup 2026-10-05T06:30:10Z
	VOLUM_DB=sqlite:$PWD/state/volum.db dump >before
	VOLUM_DB=sqlite:$PWD/state/backup/volum-Mon.db dump | cmp - before
	line reconcile 2026-10-05T11:00:10Z
	[ "$(jq -c '.resumo | [.confere, .consolidacoes, .valores.diferenca]' \
		state/reconciliacao.ndjson)" = '[true,3,0]' ]
	line verify 2026-10-05T06:45:10Z
	[ "$(jq -c '.cadeia | [.integra, .lancamentos]' state/backup/cadeia.ndjson)" = '[true,6]' ]
	[ "$(volum-run --env-file env status | grep -c 'exit [01]$')" = 7 ]
}

@test 'the hour is that of Sao Paulo, in whatever zone cron runs' {
	stubs
	for TZ in UTC Asia/Tokyo America/New_York; do
		export TZ
		rm -rf state/done
		run_at 2026-11-25T12:00:00Z --at 02:00 billing # begins the schedule
		for hour in $(seq -w 0 23); do
			run_at "2026-11-26T$hour:00:00Z" --at 02:00 billing
			read -r last _ <state/done/billing
			[ "${last%%T*}" = 2026-11-25 ] || break
		done
		[ "$last" = 2026-11-26T05:00:00Z ]
	done
}

@test 'a missed run is named and made up for, once' {
	stubs
	run_at 2026-11-20T05:00:00Z --at 02:00 billing
	run_at 2026-11-23T14:00:00Z --at 02:00 billing 2>err
	grep -F 'billing was due at 2026-11-23 02:00 (America/Sao_Paulo), last done at 2026-11-20T05:00:00Z' err
	run_at 2026-11-23T15:00:00Z --at 02:00 billing 2>err
	[ ! -s err ]
	[ "$(cat state/done/billing)" = '2026-11-23T14:00:00Z 0' ]
	# Sunday's, on a Tuesday; and a month's fifth that is still to come.
	run_at 2026-11-15T04:00:00Z --at 'Sun 01:00' sync
	run_at 2026-11-24T12:00:00Z --at 'Sun 01:00' sync 2>err
	grep -F 'sync was due at 2026-11-22 01:00' err
	run_at 2026-11-05T11:00:00Z --at '*-*-05 08:00' reconcile
	run_at 2026-12-05T10:59:59Z --at '*-*-05 08:00' reconcile 2>err
	[ "$(cat state/done/reconcile)" = '2026-11-05T11:00:00Z 0' ]
	# A clock that was wrong for a night doesn't silence the next ones.
	echo '2031-01-01T00:00:00Z 0' >state/done/billing
	run_at 2026-11-24T05:00:00Z --at 02:00 billing 2>err
	grep 'was the clock wrong' err
	[ "$(cat state/done/billing)" = '2026-11-24T05:00:00Z 0' ]
}

@test 'what failed is tried again, and the worst stage is the exit code' {
	stubs
	echo 75 >volum-fetch.code
	echo 1 >omie-contract.code
	run -75 run_at 2026-11-24T05:00:00Z --at 02:00 billing
	[ ! -e state/done/billing ]
	echo 78 >omie-contract.code
	run -78 run_at 2026-11-24T05:00:00Z --at 02:00 billing
	rm volum-fetch.code
	echo 1 >omie-contract.code
	run -1 run_at 2026-11-24T05:40:00Z --at 02:00 billing
	[ "$(cat state/done/billing)" = '2026-11-24T05:40:00Z 1' ]
	rm state/done/billing omie-contract.code
	# Results that there is no room for are no record that was refused.
	sed -i 's|cat >/dev/null|& \&\& echo {}|' bin/volum-store
	ln -sf /dev/full state/contratos.ndjson
	run -74 run_at 2026-11-24T05:40:00Z --at 02:00 billing
	[ ! -e state/done/billing ]
	rm state/contratos.ndjson
	# Neither a trial nor one company is the night's work.
	run_at 2026-11-24T05:40:00Z --dry-run billing
	run_at 2026-11-24T05:40:00Z --empresa 7 billing
	[ ! -e state/done/billing ]
}

@test 'a help that nobody can read is no help' {
	for script in volum-run volum-setup; do
		for option in --help --version; do
			code=0
			"$script" $option >/dev/full 2>err || code=$?
			[ "$code" = 74 ]
			run -1 grep -v 'No space left' err
		done
	done
}

@test 'a second job is refused, and told who runs' {
	stubs
	printf '#!/bin/sh\ntouch started\nuntil [ -e go ]; do sleep 0.1; done\n' >bin/cnpj-sync
	bin/volum-run --env-file env sync 3>&- &
	wait_for 10 test -e started
	want_err="billing: not started, 'sync' runs since 20.*Z \(process $!\)" \
		expect 'refused' 75 bin/volum-run --env-file env billing
	want_err="not started" expect 'the same again' 75 bin/volum-run --env-file env sync
	touch go
	bin/volum-run --env-file env --wait 20 billing
	wait $!
}

@test 'process 1 of a container passes on what stops it' {
	unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no namespace of processes'
	stubs
	printf '#!/bin/sh\ntrap "exit 75" TERM\ntouch started\nwhile :; do sleep 0.1; done\n' >bin/cnpj-sync
	unshare --pid --fork --mount-proc bin/volum-run --env-file env sync 3>&- &
	wait_for 10 test -e started
	kill "$(cat "/proc/$!/task/$!/children")"
	end_of $!
	same 75 "$CODE"
	# What is not stopped ends as it does elsewhere.
	echo 1 >omie-contract.code
	run -1 unshare --pid --fork --mount-proc bin/volum-run --env-file env \
		--as-of 2026-11-24T05:00:00Z billing
	[ "$(cat state/done/billing)" = '2026-11-24T05:00:00Z 1' ]
}

@test 'a job that is stopped halfway is not done' {
	stubs
	printf '#!/bin/sh\necho >>started\nuntil [ -e go ]; do sleep 0.1; done\n' >bin/cnpj-sync
	# The runner alone is told, as by a container's init: the way ends as it is.
	bin/volum-run --env-file env sync 3>&- &
	wait_for 10 test -s started
	kill $!
	touch go
	end_of $!
	same 75 "$CODE"
	same 1 "$(wc -l <started)"
	[ ! -e state/done/sync ]
	# Nor is one begun that was told while it waited.
	exec 7>>state/lock
	flock 7
	bin/volum-run --env-file env --wait 20 billing 3>&- 7>&- &
	wait_for 10 pgrep -x flock -P $!
	kill $!
	flock -u 7
	end_of $!
	same 75 "$CODE"
	[ ! -e state/empresas.ndjson ] && [ ! -e state/done/billing ]
}

@test 'what the stages say after a signal to all of them is kept' {
	stubs
	printf '#!/bin/sh\ntrap "sleep 0.5; echo last; exit 75" TERM\ntouch started\nwhile :; do sleep 0.1; done\n' >bin/omie-contract
	printf '#!/bin/sh\ncase "$*" in *--list*) echo {}; exit;; esac\ntrap "" TERM\ncat\n' >bin/volum-store
	setsid bin/volum-run --env-file env billing 3>&- 2>err &
	wait_for 10 test -e started
	kill -- -$!
	end_of $!
	same 75 "$CODE"
	same last "$(cat state/contratos.ndjson)"
}

@test 'what is due is tried again; while another job runs that is skipped in silence' {
	stubs
	echo '{"rejeitado":{"comando":"omie-contract","codigo":"teste","classe":"servico","mensagem":"m","tentativas":1,"quando":"2026-11-24T05:00:00Z","proxima":"2026-11-24T05:05:00Z"},"registro":{"id":1}}' >"$REJECTED"
	cp "$REJECTED" before
	printf '#!/bin/sh\ntee -a billed\n' >bin/omie-contract
	expect 'not due' 0 run_at 2026-11-24T05:00:00Z retry
	exec 7>>state/lock
	flock 7
	# The wait of the systemd unit would only put off the next one.
	expect 'another job' 0 timeout 10 bin/volum-run --env-file env \
		--as-of 2026-11-24T05:15:00Z --wait 3000 retry
	cmp before "$REJECTED"
	flock -u 7
	expect 'due' 0 run_at 2026-11-24T05:15:00Z retry
	cmp before billed
	[ ! -e "$REJECTED" ]
	[ "$(cat state/done/retry)" = '2026-11-24T05:15:00Z 0' ]
}

@test 'the store that a file names is the one that is copied' {
	stubs
	sqlite3 state/volum.db 'create table wrong(x)'
	sqlite3 other.db 'create table right(x)'
	echo "sqlite:$PWD/other.db" >uri
	echo "VOLUM_DB_FILE=$PWD/uri" >env
	expect 'a copy' 0 bin/volum-run --env-file env --as-of 2026-10-05T12:00:00Z backup
	[ "$(sqlite3 state/backup/volum-Mon.db .tables)" = right ]
}

@test 'the timers keep the hours of the crontab, and verify' {
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	cp -R "$EXAMPLES"/systemd/* .
	sed -i "s|/usr/local/bin|$BUILD/bin|" volum@.service
	systemd-analyze verify --man=no ./volum@billing.service ./volum@retry.service \
		./volum-*.timer >out 2>&1
	[ ! -s out ]
	systemd-analyze security --offline=yes ./volum@.service 2>&1 |
		sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p' >exposure
	awk '{ print; exit !($1 < 2.0) }' exposure
	# More often than the limit of starts allows, so without it.
	grep -xF 'StartLimitIntervalSec=0' volum@retry.service.d/often.conf
	grep -xF '*/15 * * * * /usr/local/bin/volum-run retry' "$CRONTAB"
	[ "$(next_starts 4 volum-retry.timer | sed 's/.*T..://')" = '15:00Z
30:00Z
45:00Z
00:00Z' ]
	stubs
	for timer in volum-*.timer; do
		[ "$timer" != volum-retry.timer ] || continue
		job=${timer#volum-} job=${job%.timer}
		at=$(sed -nE "s/.*--at ('([^']*)'|([0-9:]+)).* $job\$/\2\3/p" "$CRONTAB")
		next=$(next_starts 1 "$timer")
		[ -n "$at" ] && [ -n "$next" ]
		# By volum-run's reckoning: due then, and not a second before.
		echo '2026-11-25T12:00:00Z 0' >"state/done.$job"
		for ago in 1 0; do
			mkdir -p state/done
			cp "state/done.$job" "state/done/$job"
			run_at "$(date -u -d "$next -$ago sec" +%FT%TZ)" --at "$at" "$job" >out 2>err || :
			[ "$ago" = 0 ] || cmp "state/done.$job" "state/done/$job"
		done
		case $job in
		billing | sync | reconcile) [ "$(cut -d' ' -f1 "state/done/$job")" = "$next" ] ;;
		esac
	done
}

@test 'where volum.env proposes to write, the units may' {
	sed -nE 's/^#?VOLUM_(STATE_DIR|DB|REJECTED|LOG|METRICS|OUTCOME|BACKUP_DIR)=(sqlite:)?(.+)/\3/p' \
		"$EXAMPLES/volum.env" >written
	[ "$(wc -l <written)" = 6 ]
	for unit in systemd/volum@.service http/volum-trigger.service; do
		sed -nE 's|^StateDirectory=([^ ]+).*|/var/lib/\1|p; s|^LogsDirectory=|/var/log/|p
			s/^ReadWritePaths=//p' "$EXAMPLES/$unit" | tr ' ' '\n' |
			sed -E 's/^-?(.*)/^\1(\/|$)/' >may
		[ "$(wc -l <may)" = 4 ]
		run -1 grep -vEf may written
	done
}

@test 'check says what is missing, and calls nobody' {
	start_usage --companies 1
	start_omie --clients 1
	settings
	volum-run --env-file env check
	sed -i '/^INANBETEC_API_URL/d; s|^OMIE_APP_KEY_FILE=.*|OMIE_APP_KEY_FILE=/nowhere|' env
	want_err="check: OMIE_APP_KEY_FILE: .* can't read /nowhere" \
		expect 'missing' 78 volum-run --env-file env check
	grep 'INANBETEC_API_URL must be set' err
	[ ! -s omie.calls ] && [ ! -s usage.calls ]
}

# ------------------------------------------------------ the dead man's switch

# told_by PATH: a switch, and its URL in the settings.
told_by()
{
	stubs
	: >told
	launch switch python3 "$BATS_TEST_DIRNAME/ping_double.py" told 200
	echo "VOLUM_PING_URL='$ADDRESS$1'" >env
	chmod 600 env
}

# events: what it was told, on one line.
events()
{
	jq -r .path told | paste -sd' '
	: >told
}

@test 'the switch hears of each job that is done, and of no other' {
	told_by 's3cret/volum-{job}'
	echo "VOLUM_LOG=$PWD/log" >>env
	run_at 2026-11-24T05:00:00Z --at 02:00 billing
	same '/s3cret/volum-billing/start /s3cret/volum-billing' "$(events)"
	same '2026-11-24T05:00:00Z 0' "$(cat state/done/billing)"
	run_at 2026-11-24T06:00:00Z --at 02:00 billing # not due
	run_at 2026-11-24T06:00:00Z --dry-run billing
	bin/volum-run --env-file env status >out
	same '' "$(events)"
	echo 1 >omie-contract.code
	run -1 run_at 2026-11-24T05:00:00Z -e 7 billing
	same '/s3cret/volum-billing/start /s3cret/volum-billing' "$(events)"
	# Each argument goes on as it is, and so does what is said.
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >args\ncat /proc/[0-9]*/cmdline >argv 2>argv.err\necho broken >&2\nexit 75\n' >bin/volum-fetch
	run -75 --separate-stderr run_at 2026-11-24T05:00:00Z -e 'a b' billing
	same broken "$stderr"
	grep -qx 'a b' args
	same '/s3cret/volum-billing/fail broken
exit 75' "$(tail -n 1 told | jq -r '.path + " " + .body' | sed 's/ after .*//')"
	# Whoever has the URL can silence it.
	[ -s argv ]
	holds_no s3cret argv
	# A job that was killed can be run again.
	printf '#!/bin/sh\nkill -9 $PPID\n' >bin/volum-fetch
	run -75 run_at 2026-11-24T05:00:00Z billing
	[ ! -e log ] || holds_no s3cret log
}

@test 'a URL for all is that of the billing alone; one that is away stops nothing' {
	told_by s3cret
	bin/volum-run --env-file env sync
	bin/volum-run --env-file env redrive
	same '' "$(events)"
	bin/volum-run --env-file env billing
	same '/s3cret/start /s3cret' "$(events)"
	stop_all
	echo "VOLUM_LOG=$PWD/log" >>env
	bin/volum-run --env-file env billing 2>err
	[ ! -s err ]
	same 2 "$(grep -c 'ping: not told' log)"
	holds_no s3cret log err
	# Without volum-ping it says so, and the work is done.
	rm state/done/billing
	env -i PATH=/usr/bin:/bin VOLUM_STATE_DIR="$PWD/state" bin/volum-run --env-file env billing 2>err
	same 'volum-run: billing: volum-ping is not installed, nobody is told' "$(cat err)"
	[ -s state/done/billing ]
}

@test 'under the switch there is one job at a time, as without' {
	told_by 'volum-{job}'
	printf '#!/bin/sh\ntouch started\nuntil [ -e go ]; do sleep 0.1; done\n' >bin/cnpj-sync
	bin/volum-run --env-file env sync 3>&- &
	wait_for 10 test -e started
	want_err="billing: not started, 'sync' runs since" \
		expect 'refused' 75 bin/volum-run --env-file env billing
	# A variable that was left behind opens nothing.
	want_err="not started" expect 'left behind' 75 \
		env VOLUM_RUN_TOLD=billing bin/volum-run --env-file env billing
	touch go
	wait $!
	same '/volum-sync/start /volum-sync' "$(events)"
}
