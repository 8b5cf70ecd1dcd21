# shellcheck shell=bash
# A machine of its own on this kernel: systemd as PID 1 of a Debian, in
# namespaces of its own, with a loopback and nothing else of a network. Of it are
# the folder $ROOT and, once booted, the process $INIT.

# shellcheck source=test/clean_debian.sh
. "$BATS_TEST_DIRNAME/../clean_debian.sh"

# can_make_machines: or the file's tests are skipped.
can_make_machines()
{
	[ "$(id -u)" -eq 0 ] || skip 'only root may make a Debian'
	command -v mmdebstrap >/dev/null || skip 'no mmdebstrap'
	[ -s "${DEB:-}" ] || skip 'DEB names no package: make check-live'
	unshare --mount --pid --fork --cgroup --uts --ipc --net true 2>/dev/null ||
		skip 'no namespaces'
}

# make_machine RELEASE PACKAGE...: booted, with all settings, and both services on
# its loopback.
make_machine()
{
	clean_debian "$ROOT" "$1" "$DEB" "${@:2}" >"$ROOT.said" 2>&1 || {
		tail -n 30 "$ROOT.said"
		return 1
	}
	mkdir -p "$ROOT/var/log/journal"
	# There is no console to log in at.
	ln -s /dev/null "$ROOT/etc/systemd/system/console-getty.service"
	boot && configure && services
}

# keep_machine, find_machine: it is the file's, and each test is a shell.
keep_machine()
{
	echo "MACHINE=$MACHINE INIT=$INIT CGROUP=$CGROUP" >"$ROOT.env"
}

find_machine()
{
	# shellcheck source=/dev/null
	. "$ROOT.env"
}

# boot: returns when it is up, and everything that it starts has started.
boot()
{
	CGROUP=$ROOT.cgroup
	mkdir -p "$CGROUP"
	mount -t cgroup2 none "$CGROUP"
	CGROUP=$CGROUP/volum-live.$$
	mkdir "$CGROUP"
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec unshare --mount --pid --fork \
		--kill-child --cgroup --uts --ipc --net sh "$@"' \
		"$CGROUP" "$BATS_TEST_DIRNAME/init.sh" "$ROOT" \
		>"$ROOT.console" 2>&1 </dev/null 3>&- &
	MACHINE=$!
	wait_for 20 started || { cat "$ROOT.console"; return 1; }
	# Some units of Debian's may fail here; none of them is ours.
	within systemctl is-system-running --wait || :
}

# started: is there an init, with its manager's bus?
started()
{
	INIT=$(cat "/proc/$MACHINE/task/$MACHINE/children") && INIT=${INIT%% *}
	[ -n "$INIT" ] && within systemctl is-system-running 2>/dev/null |
		grep -qE 'starting|running|degraded'
}

# within COMMAND...: in it, as root at login.
within()
{
	nsenter --target "$INIT" --all env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
}

# as_jobs COMMAND...: in it, as the user of the jobs by hand.
as_jobs()
{
	within runuser -u volum -- "$@"
}

# power_off, as a person does it.
power_off()
{
	within systemctl poweroff 2>/dev/null || : # the connection goes with it
	wait_for 60 is_off
	clear_away
}

# cut_off: whatever it does.
cut_off()
{
	kill -9 "$MACHINE" 2>/dev/null || :
	wait_for 10 is_off
	clear_away
}

# is_off: it may be another shell's child, and nobody's yet.
is_off()
{
	[ -z "$(cat "/proc/$MACHINE/cmdline" 2>/dev/null | tr -d '\0')" ]
}

clear_away()
{
	wait_for 10 rmdir_all "$CGROUP"
	umount "$ROOT.cgroup"
}

rmdir_all()
{
	find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
}

# configure: what volum.env proposes, and both services on the machine's loopback.
configure()
{
	local secret
	for secret in usage-token company-key omie-key omie-secret; do
		echo of-the-test >"$ROOT/etc/volum/$secret"
		within chown volum "/etc/volum/$secret"
		within chmod 600 "/etc/volum/$secret"
	done
	for name in VOLUM_LOG VOLUM_METRICS VOLUM_BACKUP_DIR VOLUMETRIA_API_TOKEN_FILE \
		INANBETEC_API_KEY_FILE OMIE_APP_KEY_FILE OMIE_APP_SECRET_FILE; do
		sed -i "s/^#$name=/$name=/" "$ROOT/etc/volum/volum.env"
	done
	cat >>"$ROOT/etc/volum/volum.env" <<-'END'
		VOLUMETRIA_API_URL=http://127.0.0.1:9001/
		INANBETEC_API_URL=http://127.0.0.1:9001/
		OMIE_API_URL=http://127.0.0.1:9002/api/v1/
		OMIE_SAME_CALL_WINDOW_S=1
	END
	within install -d -o volum -m 750 /var/backups/volum
	within install -d -g volum -m 2775 /var/lib/prometheus/node-exporter
}

# services [OPTION...]: of omie-sim; both are there at each boot, too.
services()
{
	service usage volum-sim --port 9001 --companies 3
	service omie omie-sim --port 9002 --clients 3 --same-call-window 1 \
		--log /root/omie.calls "$@"
	within systemctl daemon-reload
	within systemctl restart usage omie
	wait_for 10 within curl -s -o /dev/null http://127.0.0.1:9001/
	wait_for 10 within curl -s -o /dev/null http://127.0.0.1:9002/
}

# service NAME COMMAND...: a unit of it, which takes the keys that the jobs have.
service()
{
	local name=$1
	shift
	cat >"$ROOT/etc/systemd/system/$name.service" <<-END
		[Unit]
		Before=timers.target
		[Service]
		ExecStart=/usr/bin/$*
		Environment=VOLUMETRIA_API_TOKEN=of-the-test INANBETEC_API_KEY=of-the-test
		Environment=OMIE_APP_KEY=of-the-test OMIE_APP_SECRET=of-the-test
	END
	ln -sf "../$name.service" "$ROOT/etc/systemd/system/multi-user.target.wants"
}
