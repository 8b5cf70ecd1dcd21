#!/usr/bin/env bats
# The crons that test/cron.bats has not: cronie, busybox's crond and systemd-cron,
# of a later Debian than the one that the package is built on. Each one has the
# table that volum-setup made for it, but knocks every minute; there is one
# night to be made up for, and one mail about it.

bats_require_minimum_version 1.5.0
load ../sim_helper
load machine

setup_file()
{
	can_make_machines
	export ROOT=$BATS_FILE_TMPDIR/machine
	make_machine trixie systemd systemd-sysv dbus cronie busybox curl
	within systemctl stop cronie
	within volum-sim --companies 3 --catalog |
		as_jobs volum-store --env-file /etc/volum/volum.env >"$BATS_FILE_TMPDIR/catalog"
	mailer
	keep_machine
}

setup()
{
	find_machine
	rm -f "$ROOT/var/mail/sent"
	done_at now sync retry redrive reconcile backup verify
	done_at '-3 days' billing
}

teardown_file()
{
	find_machine
	cut_off
}

mailer()
{
	printf '#!/bin/sh\n{ cat; echo END; } >>/var/mail/sent\n' >"$ROOT/usr/sbin/sendmail"
	chmod 755 "$ROOT/usr/sbin/sendmail"
	chmod 1777 "$ROOT/var/mail"
}

# done_at TIME JOB...: when they were last done.
done_at()
{
	local at job
	at=$(date -u -d "$1" +%FT%TZ)
	shift
	within install -d -o volum /var/lib/volum/done
	for job; do
		echo "$at 0" >"$ROOT/var/lib/volum/done/$job"
		within chown volum "/var/lib/volum/done/$job"
	done
}

done_today()
{
	grep -q "^$(date -u +%F).* 0$" "$ROOT/var/lib/volum/done/billing"
}

# knocks_hourly TABLE: as it should, and from now on every minute.
knocks_hourly()
{
	[ "$(grep -cE '^(0|30|45|\*/15) \* \* \* \* .*/usr/bin/volum-run ' "$1")" = 7 ]
	sed -i 's|^[0-9*/]* \* |* * |' "$1"
}

# one_mail: whoever was asked for has it, and what it is about stands in it.
one_mail()
{
	wait_for 90 grep -qs '^END' "$ROOT/var/mail/sent"
	sleep 2
	cat "$ROOT/var/mail/sent"
	[ "$(grep -c '^END' "$ROOT/var/mail/sent")" = 1 ]
	grep '^To: billing@example.com' "$ROOT/var/mail/sent"
	grep 'volum-run: billing was due at .* (America/Sao_Paulo), last done at' "$ROOT/var/mail/sent"
}

for_volum() # for_volum ACTION: in the crontab of the user of the jobs
{
	within env PATH=/usr/local/bin:/usr/sbin:/usr/bin:/bin volum-setup --by cron --user \
		--for volum --mailto billing@example.com "$1"
}

TABLE=/var/spool/cron/crontabs/volum

@test 'cronie' {
	for_volum install
	knocks_hourly "$ROOT$TABLE"
	within systemctl start cronie
	wait_for 90 done_today
	one_mail
	within systemctl stop cronie
	for_volum remove
	[ ! -e "$ROOT$TABLE" ]
}

@test 'crond and crontab of busybox, which mails a minute later' {
	ln -s /usr/bin/busybox "$ROOT/usr/local/bin/crontab"
	for_volum install
	[ "$(for_volum list | wc -l)" = 10 ]
	knocks_hourly "$ROOT$TABLE"
	within systemd-run -q --unit busybox-cron busybox crond -f
	wait_for 90 done_today
	one_mail
	within systemctl stop busybox-cron
	for_volum remove
	[ ! -e "$ROOT$TABLE" ]
	rm "$ROOT/usr/local/bin/crontab"
}

@test 'systemd-cron' {
	in_debian "$ROOT" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq -y --no-install-recommends systemd-cron >"$BATS_TEST_TMPDIR/said" 2>&1
	within systemctl daemon-reload
	within volum-setup --by cron --system --mailto billing@example.com install
	knocks_hourly "$ROOT/etc/cron.d/volum"
	within systemctl daemon-reload
	within systemctl start cron.target
	wait_for 90 done_today
	one_mail
	within volum-setup --by cron --system remove
	[ ! -e "$ROOT/etc/cron.d/volum" ]
}
