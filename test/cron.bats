#!/usr/bin/env bats
# A real cron daemon, with tables and a mailer of its own, starts what volum-setup
# put into the crontab, and the pipe bills: silence and no mail but for what is
# to be read.

bats_require_minimum_version 1.5.0
load pipe_helper

# settings: of all jobs, for the simulators.
settings()
{
	install -m 600 /dev/null env
	for name in VOLUMETRIA_API_URL VOLUMETRIA_API_TOKEN OMIE_API_URL OMIE_APP_KEY \
		OMIE_APP_SECRET VOLUM_STATE_DIR; do
		echo "$name=${!name}"
	done >>env
	printf '%s\n' "INANBETEC_API_URL=$VOLUMETRIA_API_URL" INANBETEC_API_KEY=KEY \
		OMIE_SAME_CALL_WINDOW_S=1 >>env
	unset VOLUMETRIA_API_URL VOLUMETRIA_API_TOKEN OMIE_API_URL OMIE_APP_KEY \
		OMIE_APP_SECRET VOLUM_STATE_DIR
}

# done_at TIME JOB...: when they were last done.
done_at()
{
	local at job
	at=$(date -u -d "$1" +%FT%TZ)
	shift
	mkdir -p state/done
	for job; do
		echo "$at 0" >"state/done/$job"
	done
}

# daemon EXPRESSION: with the crontab that volum-setup made, edited by sed. It is
# a machine of its own: /etc/cron.d, crontabs and /run are empty, and sendmail
# writes to a file. The daemon's clock, not that of the jobs, goes sixty times as
# fast, and stands at five minutes to twelve.
daemon()
{
	cat >daemon.sh <<-'END'
		set -e
		for folder in /etc/cron.d /var/spool/cron /run /dev/shm; do
			mount -t tmpfs none "$folder"
		done
		mount --bind /dev/null /etc/crontab
		mkdir -m 1730 /var/spool/cron/crontabs
		mkdir sbin
		mount --bind /usr/sbin sbin
		mount -t tmpfs none /usr/sbin
		for program in "$PWD"/sbin/*; do
			ln -s "$program" /usr/sbin
		done
		rm -f /usr/sbin/sendmail
		printf '#!/bin/sh\n{ cat; echo END; } >>%s/mail\n' "$PWD" >/usr/sbin/sendmail
		chmod 755 /usr/sbin/sendmail
		volum-setup --by cron --user --env-file env --mailto billing@example.com install
		crontab -l | sed "$1" | crontab -
		preload=$(echo /usr/lib/*/faketime/libfaketime.so.1)
		LD_PRELOAD=$preload FAKETIME='@2026-11-25 11:55:00 x60' exec cron -f
	END
	unshare --mount --pid --fork --kill-child --mount-proc \
		sh daemon.sh "$1" >daemon.said 2>&1 3>&- &
	DAEMON=$!
}

# unshare takes no other signal; what it started goes with it.
teardown()
{
	[ -z "${DAEMON:-}" ] || { kill -9 "$DAEMON" && wait "$DAEMON" 2>/dev/null || :; }
	stop_all || return
	! grep -lE 'Sanitizer|runtime error:' mail 2>/dev/null
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	[ "$(id -u)" -eq 0 ] || skip 'only root may run a cron daemon'
	compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null &&
		command -v cron >/dev/null || skip 'no cron daemon, or no faketime'
	unshare --mount --pid --fork --mount-proc true 2>/dev/null || skip 'no namespaces'
	export VOLUM_STATE_DIR=$PWD/state
	start_usage --companies 3
	start_omie --clients 3 --same-call-window 1
	volum-sim --companies 3 --catalog | volum-store >catalog.out
	settings
	done_at now sync redrive reconcile backup verify
}

# done_now JOB...: each was done since the daemon started.
done_now()
{
	local job
	for job; do
		grep -qs "^$(date -u +%F)" "state/done/$job" || return
	done
}

billed()
{
	[ "$(jq -r .contrato.acao state/contratos.ndjson | sort | uniq -c | xargs)" = '3 incluido' ]
	[ "$(jq -r .call omie.calls | grep -c IncluirContrato)" = 3 ]
}

@test 'the hour strikes, the month is billed, and there is no mail' {
	done_at '-1 day' billing
	# In time, as each night.
	daemon "s|--at 02:00|--at $(TZ=America/Sao_Paulo date -d '-2 min' +%H:%M)|"
	wait_for 30 done_now billing retry || { cat daemon.said mail; false; }
	billed
	sleep 1
	[ ! -e mail ]
}

@test 'what was missed is made up for, and what it says is mailed, once' {
	done_at '-3 days' billing
	daemon ''
	wait_for 30 done_now billing retry || { cat daemon.said mail; false; }
	billed
	wait_for 10 grep -qs END mail
	cat mail
	[ "$(grep -c END mail)" = 1 ]
	grep '^To: billing@example.com' mail
	grep 'volum-run: billing was due at .* (America/Sao_Paulo), last done at' mail
}
