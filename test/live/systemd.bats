#!/usr/bin/env bats
# The package under a systemd that is PID 1: volum-setup, the timers, the jobs
# behind all that the units forbid, the trigger, an upgrade, and a machine that
# was off. The tests are one story, in the order in which they stand.

bats_require_minimum_version 1.5.0
load ../sim_helper
load machine

EXAMPLES=$BATS_TEST_DIRNAME/../../examples

setup_file()
{
	can_make_machines
	export ROOT=$BATS_FILE_TMPDIR/machine
	make_machine bookworm systemd systemd-sysv dbus-user-session libpam-systemd \
		nginx-light fcgiwrap curl
	keep_machine
}

setup()
{
	find_machine
}

# What a test changes of it, the next one finds.
teardown()
{
	keep_machine
}

teardown_file()
{
	find_machine
	cut_off
}

# start JOB: by its unit, to the end.
start()
{
	within systemctl start "volum@$1.service"
}

# said_by UNIT: what the processes of its last start printed.
said_by()
{
	within journalctl -q -o cat \
		"_SYSTEMD_INVOCATION_ID=$(within systemctl show -P InvocationID "$1")"
}

# next_start TIMER FORMAT: when it elapses next, by the clock of Sao Paulo.
next_start()
{
	local next
	next=$(within systemctl list-timers --output=json "$1" | jq '.[0].next / 1000000 | floor')
	[ "$next" -gt "$(date +%s)" ]
	LC_ALL=C TZ=America/Sao_Paulo date -d "@$next" "+$2"
}

contracts_made()
{
	grep -c '"IncluirContrato"' "$ROOT/root/omie.calls"
}

@test 'volum-setup asks what the units may do, and says what they may not' {
	# Its user may write there; its units may not.
	within install -d -o volum /srv/volum
	sed -i 's|^VOLUM_BACKUP_DIR=.*|VOLUM_BACKUP_DIR=/srv/volum|' "$ROOT/etc/volum/volum.env"
	as_jobs volum-run check
	run -78 within volum-setup install
	grep -F "VOLUM_BACKUP_DIR: the units can't write there" <<<"$output"
	grep -F 'ReadWritePaths=/srv/volum' <<<"$output"
	[ -z "$(within volum-setup list 2>/dev/null)" ]
	sed -i 's|^VOLUM_BACKUP_DIR=.*|VOLUM_BACKUP_DIR=/var/backups/volum|' "$ROOT/etc/volum/volum.env"
	run -0 within volum-setup install
	[ -z "$output" ]
}

@test 'the timers run, and elapse at the hours of Sao Paulo' {
	[ "$(within systemctl list-timers --output=json 'volum-*' | jq length)" = 7 ]
	[ "$(within volum-setup list | wc -l)" = 7 ]
	same 02:00:00 "$(next_start volum-billing.timer %T)"
	same 03:30:00 "$(next_start volum-backup.timer %T)"
	same 03:45:00 "$(next_start volum-verify.timer %T)"
	same 'Sun 01:00:00' "$(next_start volum-sync.timer '%a %T')"
	same '05 08:00:00' "$(next_start volum-reconcile.timer '%d %T')"
	[[ "$(next_start volum-redrive.timer '%d %T')" =~ ^0[1-5]\ 14:00:00$ ]]
	[[ "$(next_start volum-retry.timer %T)" =~ :(00|15|30|45):00$ ]]
}

@test 'each job does its work behind the walls of its unit, and says nothing' {
	within volum-sim --companies 3 --catalog | as_jobs volum-store --env-file /etc/volum/volum.env >"$BATS_TEST_TMPDIR/out"
	for job in billing reconcile verify backup retry redrive; do
		start "$job"
		same '' "$(said_by "volum@$job.service")"
	done
	same 3 "$(contracts_made)"
	same 'incluido incluido incluido' \
		"$(jq -r .contrato.acao "$ROOT/var/lib/volum/contratos.ndjson" | paste -sd' ')"
	same '750 volum 750 volum' \
		"$(within stat -c '%a %U' /var/lib/volum /var/log/volum | paste -sd' ')"
	[ "$(jq -r .message "$ROOT/var/log/volum/volum.ndjson" | grep -c '^Finalizando omie-contract')" -ge 3 ]
	[ -s "$ROOT/var/lib/prometheus/node-exporter/omie-contract.prom" ]
	within sqlite3 "/var/backups/volum/volum-$(LC_ALL=C TZ=America/Sao_Paulo date +%a).db" \
		'SELECT count(*) FROM contratos' | grep -x 3
	same 6 "$(as_jobs volum-run status | grep -c 'exit 0$')"
	# Conflicts are a matter for somebody, and no failure of the unit's walls.
	start sync || :
	said_by volum@sync.service | grep -F 'kept in /var/lib/volum/sync-rejected.ndjson'
}

@test 'a second job by hand is refused, by its timer it waits; a stop is no loss' {
	services --latency 3000
	within systemctl start --no-block volum@reconcile.service
	wait_for 10 grep -q '^reconcile ' "$ROOT/var/lib/volum/lock"
	run -75 as_jobs volum-run billing
	grep -E "volum-run: billing: not started, 'reconcile' runs since 20.*Z \(process [0-9]+\)" <<<"$output"
	within systemctl start --no-block volum@billing.service
	sleep 1
	same 'activating activating' \
		"$(within systemctl is-active volum@reconcile.service volum@billing.service | paste -sd' ')"
	within systemctl stop volum@reconcile.service
	said_by volum@reconcile.service | grep -F 'a signal asked to stop'
	wait_for 60 grep -q '^billing ' "$ROOT/var/lib/volum/lock"
	within systemctl stop volum@billing.service
	services
	start billing
	same '' "$(said_by volum@billing.service)"
	same 3 "$(contracts_made)"
}

@test 'a service that is away is tried again, a wrong setting is not' {
	within systemctl stop usage
	start billing || :
	same 75 "$(within systemctl show -P ExecMainStatus volum@billing.service)"
	same auto-restart "$(within systemctl show -P SubState volum@billing.service)"
	within systemctl stop volum@billing.service
	within systemctl start usage
	sed -i 's/^OMIE_APP_KEY_FILE=/#&/' "$ROOT/etc/volum/volum.env"
	start billing || :
	same 78 "$(within systemctl show -P ExecMainStatus volum@billing.service)"
	same failed "$(within systemctl show -P SubState volum@billing.service)"
	sed -i 's/^#\(OMIE_APP_KEY_FILE=\)/\1/' "$ROOT/etc/volum/volum.env"
}

# ask PATH [CURL-OPTION...]: of the trigger, as its README does.
ask()
{
	local path=$1
	shift
	within curl -s -m 20 "http://127.0.0.1:8080/volumetria/process$path" -H @/root/auth "$@"
}

ask_for() # ask_for EMPRESA: its month; the answer's requestId is $ID.
{
	ID=$(ask '' -H 'Content-Type: application/json' \
		-d "{\"competencia\":\"2024-01\",\"empresaId\":\"$1\"}" | jq -r .requestId)
	[[ "$ID" = req-* ]]
}

stands() # stands STATUS
{
	[ "$(ask "/$ID" | jq -r .status)" = "$1" ]
}

trigger_has() # trigger_has N: processes
{
	[ "$(cat "$CGROUP/system.slice/volum-trigger.service/cgroup.procs" 2>/dev/null | wc -l)" = "$1" ]
}

@test 'the trigger, set up as its README says, and restarted in the middle of a run' {
	echo 'VOLUM_TRIGGER_TOKEN_FILE=/etc/volum/trigger-token' >>"$ROOT/etc/volum/volum.env"
	sed -n '/^## Set-up/,/^## First call/s/^    //p' "$EXAMPLES/http/README.md" >"$ROOT/root/set-up.sh"
	grep -qF 'systemctl enable --now volum-trigger.socket' "$ROOT/root/set-up.sh"
	within sh -ec 'cd /usr/share/volum/examples/http && . /root/set-up.sh' 2>&1
	within sh -ec "cd /root && $(sed -n 's/^    \((umask 077 && sed\)/\1/p' "$EXAMPLES/http/README.md")"
	same 401 "$(within curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/volumetria/process/x)"
	ask_for 1
	wait_for 30 stands done
	same 4 "$(contracts_made)"
	wait_for 10 trigger_has 5 # fcgiwrap and its four
	services --latency 3000
	ask_for 2
	wait_for 20 grep -q '^trigger ' "$ROOT/var/lib/volum/lock"
	within systemctl restart volum-trigger.service
	not trigger_has 5
	wait_for 60 stands done || { ask "/$ID"; cat "$ROOT/var/lib/volum/trigger/stderr/$ID"; false; }
	wait_for 10 trigger_has 5
	within systemctl stop volum-trigger.socket volum-trigger.service
	wait_for 10 trigger_has 0
	services
}

@test 'what the machine slept through is made up for when it wakes' {
	power_off
	rm "$ROOT/var/lib/volum/done/billing"
	touch -d '-2 days' "$ROOT"/var/lib/systemd/timers/stamp-volum-*.timer
	boot
	wait_for 20 test -e "$ROOT/var/lib/volum/done/billing"
	for job in billing backup verify; do
		[ "$(within systemctl show -P ExecMainStatus "volum@$job.service")" = 0 ]
		[ -n "$(within systemctl show -P InvocationID "volum@$job.service")" ]
	done
	# Not a Sunday's, unless one was slept through; and none twice.
	same 02:00:00 "$(next_start volum-billing.timer %T)"
}

@test 'an upgrade lets timers and jobs go on, and wakes nobody up' {
	within systemctl disable --now -q volum-sync.timer
	services --latency 8000
	within systemctl start --no-block volum@reconcile.service
	wait_for 10 grep -q '^reconcile ' "$ROOT/var/lib/volum/lock"
	within dpkg -i /volum.deb
	same activating "$(within systemctl is-active volum@reconcile.service)"
	same 6 "$(within systemctl list-timers --output=json 'volum-*' | jq length)"
	same disabled "$(within systemctl is-enabled volum-sync.timer)"
	same 02:00:00 "$(next_start volum-billing.timer %T)"
	services
}

@test 'removed, nothing is scheduled; purged, the ledger is left' {
	within dpkg -r volum
	same 0 "$(within systemctl list-timers --output=json 'volum-*' | jq length)"
	within dpkg -P volum
	[ ! -e "$ROOT/var/log/volum" ]
	same '' "$(find "$ROOT/etc/systemd/system" -name 'volum-*.timer')"
	[ -s "$ROOT/var/lib/volum/volum.db" ]
}
