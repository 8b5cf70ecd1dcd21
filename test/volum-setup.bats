#!/usr/bin/env bats
# volum-setup: the schedules go into cron or systemd and out again, done twice is
# done once, and not a byte of what is somebody else's changes.

bats_require_minimum_version 1.5.0
load helper
load setup_helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	configured_home
	fake_crontab
	fake_systemctl
	by_cron=(volum-setup --by cron --user)
}

# In a namespace in which FOLDER is empty and the test's own.
own() # own FOLDER COMMAND...
{
	local folder=$1 flags=-m
	shift
	[ "$(id -u)" -eq 0 ] || flags=-rm
	unshare $flags true 2>/dev/null || skip 'no mount namespace'
	# shellcheck disable=SC2016 # for the inner shell
	unshare $flags sh -c 'mount -t tmpfs none "$0" && exec "$@"' "$folder" "$@"
}

@test 'by cron: in, once more, and out, and the lines of others stay as they are' {
	printf '# my own  \nMAILTO=me\n5 4 * * 0\t/bin/true %%x\n\n' >table.me
	cp table.me before
	expect 'install' 0 "${by_cron[@]}" install
	head -c "$(wc -c <before)" table.me | cmp - before
	[ "$(grep -c "^[0-9*].*$BUILD/bin/volum-run" table.me)" = 7 ]
	grep -xF "0 * * * * $BUILD/bin/volum-run --at 'Sun 01:00' --wait 3000 sync" table.me
	cp table.me once
	: >crontab.calls
	expect 'once more' 0 "${by_cron[@]}" install
	cmp once table.me
	[ "$(cat crontab.calls)" = 'me -l' ] # nothing was written
	want=$(sed -n '/BEGIN/,$p' once) expect 'list' 0 "${by_cron[@]}" list
	expect 'remove' 0 "${by_cron[@]}" remove
	cmp before table.me
	expect 'remove once more' 0 "${by_cron[@]}" remove
	cmp before table.me
	want_err='nothing is scheduled by cron' expect 'list' 0 "${by_cron[@]}" list
}

@test 'by cron: a changed schedule takes the place of the old one, in a table of its own too' {
	expect 'install' 0 "${by_cron[@]}" install
	echo '1 1 * * * mine' >>table.me
	cp "$HOME/.config/volum/volum.env" other.env
	expect 'with settings' 0 "${by_cron[@]}" --env-file other.env \
		--mailto billing@example.com install
	[ "$(head -n 1 table.me)" = '1 1 * * * mine' ]
	[ "$(sed -n 3p table.me)" = MAILTO=billing@example.com ] # for ours alone
	[ "$(grep -c "volum-run --env-file $PWD/other.env " table.me)" = 7 ]
	[ "$(grep -c '# BEGIN volum-setup' table.me)" = 1 ]
	sed -i 1d table.me
	expect 'remove' 0 "${by_cron[@]}" remove
	[ ! -e table.me ]
}

@test 'by cron: what is unreadable, or has lost its end, is not written over' {
	echo '1 1 * * * mine' >table.me
	cp table.me before
	touch broken
	want_err="can't be read: You are not allowed" expect 'unreadable' 74 "${by_cron[@]}" install
	rm broken
	cmp before table.me
	"${by_cron[@]}" install
	for spoilt in '/^# END/d' 's/^# END/# BEGIN/; s/^# BEGIN/# END/' '1h; $G; $G' ; do
		"${by_cron[@]}" --unchecked remove
		"${by_cron[@]}" --unchecked install
		case $spoilt in
		1h*) sed -n '/BEGIN/,$p' table.me >again && cat again >>table.me ;;
		*) sed -i "$spoilt" table.me ;;
		esac
		cp table.me spoilt
		for action in install remove list; do
			want_err='mend it by hand' expect "$action" 74 "${by_cron[@]}" $action
		done
		cmp spoilt table.me
		cp before table.me
	done
	touch full
	want_err="can't be written" expect 'full' 74 "${by_cron[@]}" install
	rm full
	touch lossy
	want_err='is not what was written' expect 'lossy' 74 "${by_cron[@]}" install
}

@test 'a dry run shows the schedule, and touches nothing' {
	echo '1 1 * * * mine' >table.me
	cp table.me before
	"${by_cron[@]}" --dry-run install >out
	[ "$(grep -c '^+[0-9*].*volum-run' out)" = 7 ]
	cmp before table.me
	[ ! -e state ]
	volum-setup --by systemd --user --dry-run install >out
	[ "$(grep -c '^volum-.*timer .*America/Sao_Paulo$' out)" = 6 ]
	grep '^systemctl --user --quiet enable --now volum-backup.timer' out
	run -1 grep -vE 'list-unit-files|cat volum@' systemctl.calls
	[ ! -e "$HOME/.config/systemd" ]
}

@test 'without a whole configuration nothing is scheduled, and it says why' {
	sed -i '/^INANBETEC_API_URL/d' "$HOME/.config/volum/volum.env"
	want_err='^fail +INANBETEC_API_URL +not set' expect 'refused' 78 "${by_cron[@]}" install
	grep "not complete, in $HOME/.config/volum/volum.env" err
	[ ! -e table.me ]
	code=0
	"${by_cron[@]}" --dry-run install >out 2>err || code=$?
	[ "$code" = 78 ] && grep 'volum-run retry' out && grep 'not complete' err
	expect 'all the same' 0 "${by_cron[@]}" --unchecked install
	[ -s table.me ]
}

@test "by cron: busybox's own way to say that there is no crontab" {
	sed -i "s|echo \"no crontab for \$user\"|echo \"crontab: can't open '$(id -un)': No such file or directory\"|" fake/crontab
	grep -q "can't open" fake/crontab
	expect 'install' 0 "${by_cron[@]}" install
	[ "$(grep -c '/volum-run ' table.me)" = 7 ]
	sed -i "s|$(id -un)': No|somebody': No|" fake/crontab
	rm table.me
	want_err="can't be read" expect 'of another' 74 "${by_cron[@]}" install
	[ ! -e table.me ]
}

@test 'by systemd, of a user: units without what only the machine may do' {
	expect 'install' 0 volum-setup --by systemd --user install
	units=$HOME/.config/systemd/user
	[ "$(tail -n 1 systemctl.calls)" = "--user --quiet enable --now $(cd "$units" && echo *.timer)" ]
	run -1 grep -E '^(User|StateDirectory|Protect|CapabilityBounding)' "$units/volum@.service"
	grep -xF "ExecStart=$BUILD/bin/volum-run --wait 3000 %i" "$units/volum@.service"
	if [ -x /usr/bin/systemd-analyze ]; then
		XDG_RUNTIME_DIR=$PWD systemd-analyze --user verify --man=no "$units/volum@billing.service" \
			"$units"/*.timer >said 2>&1
		[ ! -s said ]
	fi
	touch "$units/mine.timer"
	volum-setup --by systemd --user install
	want=$(cat enabled) expect 'list' 0 volum-setup --by systemd --user list
	# Each job would run twice.
	want_err='scheduled by systemd already: volum-setup --by systemd --user remove' \
		expect 'the other one' 78 "${by_cron[@]}" install
	touch no-bus
	for action in install list remove; do
		want_err='Failed to connect to bus' expect "$action" 74 \
			volum-setup --by systemd --user $action
	done
	rm no-bus
	expect 'remove' 0 volum-setup --by systemd --user remove
	[ "$(ls "$units")" = mine.timer ]
	"${by_cron[@]}" install
	want_err='scheduled by cron already' expect 'the other way round' 78 \
		volum-setup --by systemd --user install
}

@test 'of the machine: units that are installed, or a table for a user of its own' {
	[ "$(id -u)" -eq 0 ] || skip 'only root may'
	# Who runs the jobs is there in any Debian; volum in the package's own test.
	volum-setup --by systemd --system --unchecked --dry-run install >out 2>err || [ $? = 78 ]
	getent passwd volum >/dev/null || grep "there is no user 'volum'" err
	cat >machine.sh <<-'END'
		set -e
		volum-setup --by cron --system --for daemon --unchecked install
		cp /etc/cron.d/volum made && stat -c '%a %U' /etc/cron.d/volum
		volum-setup --by cron --system --for daemon --unchecked install
		cmp made /etc/cron.d/volum
		volum-setup --by cron --system --for daemon list | cmp made -
		ls -A /etc/cron.d
		volum-setup --by cron --system --for daemon remove
		ls -A /etc/cron.d
		echo '# of somebody else' >/etc/cron.d/volum
		! volum-setup --by cron --system --for daemon --unchecked install
		cat /etc/cron.d/volum
	END
	own /etc/cron.d sh machine.sh >said 2>err
	[ "$(cat said)" = '644 root
volum
# of somebody else' ]
	grep 'is none of volum-setup' err
	grep -xF "*/15 * * * * daemon $BUILD/bin/volum-run retry" made
	# The ledger that the units of systemd have.
	grep -xF VOLUM_STATE_DIR=/var/lib/volum made
}

@test 'by systemd, of the machine: what is to be written where the units may not is named' {
	[ "$(id -u)" -eq 0 ] || skip 'only root may'
	printf '#!/bin/sh\nshift 3\nexec "$@"\n' >fake/runuser
	chmod +x fake/runuser
	echo "volum:x:65533:65533::$PWD:/bin/sh" | cat /etc/passwd - >passwd
	mkdir metrics
	sed "s|^VOLUM_STATE_DIR=.*|VOLUM_STATE_DIR=/var/lib/volum|
		\$aVOLUM_LOG='$PWD/log'\nVOLUM_METRICS=$PWD/metrics\nVOLUM_REJECTED=/var/log/volum/r" \
		home/.config/volum/volum.env >settings
	cat >machine.sh <<-'END'
		cp passwd /etc && mkdir /etc/volum && cp settings /etc/volum/volum.env
		chmod 600 /etc/volum/volum.env
		volum-setup --by systemd --system --dry-run install
	END
	run -78 own /etc sh machine.sh
	printf '%s\n' "$output" >err
	grep "VOLUM_LOG: the units can't write there; .* ReadWritePaths=$PWD\$" err
	grep -F "VOLUM_METRICS: the units can't write there; systemctl edit volum@.service: [Service] ReadWritePaths=$PWD/metrics" err
	[ "$(grep -c ReadWritePaths= err)" = 2 ]
	echo "-/srv -$PWD /opt" >may # as a drop-in says
	run -0 own /etc sh machine.sh
	# A folder that only begins like one of those.
	echo "${PWD%?}" >may
	run -78 own /etc sh machine.sh
}

@test 'with the real crontab(1)' {
	rm fake/crontab
	hash -r
	command -v crontab >/dev/null || skip 'no cron'
	cat >real.sh <<-'END'
		set -e
		mkdir -m 1730 /var/spool/cron/crontabs
		chgrp crontab /var/spool/cron/crontabs 2>/dev/null || :
		volum-setup --by cron --user install
		crontab -l | grep -c volum-run
		printf '1 1 * * * mine\n' | crontab -
		volum-setup --by cron --user install
		volum-setup --by cron --user remove
		crontab -l
	END
	own /var/spool/cron sh real.sh >said
	[ "$(cat said)" = '7
1 1 * * * mine' ]
}

@test 'what can be wrong with the options is said' {
	for wrong in '' 'frobnicate' 'install list' '--by at install' '--user --system install' \
		'--by systemd --for root install' '--by systemd --mailto a@b install' \
		'--by systemd --system --env-file x install' '--user --mailto a%b install' \
		'--user --env-file a;b install'; do
		# shellcheck disable=SC2086 # words
		run -64 volum-setup $wrong
	done
	want_err="there is no user 'nobody-of-the-test'" expect 'no user' 78 \
		volum-setup --by cron --for nobody-of-the-test list
	[ ! -e crontab.calls ] && [ ! -e systemctl.calls ]
}
