#!/bin/sh
# package.sh build FILE: the Debian package of what is committed.
# package.sh lint: and whether lintian finds something in it.
# package.sh check: built twice it is the same, the second time of what the
# Containerfile lets in; lintian finds nothing; and a clean Debian takes it, as
# somebody would who has never seen it: install, demo, what is missing, schedule,
# remove, purge. Root alone may make that Debian.
set -eu
# shellcheck source=test/clean_debian.sh
. "$(dirname "$0")/clean_debian.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

build() { # build FOLDER FILE [PATH...]
	folder=$1 file=$2
	shift 2
	mkdir "$work/$folder"
	git archive --prefix="$folder/src/" HEAD "$@" | tar -x -C "$work"
	(cd "$work/$folder/src" && dpkg-buildpackage -b -us -uc) >"$work/$folder.log" 2>&1 || {
		tail -n 40 "$work/$folder.log" >&2
		exit 1
	}
	cp "$work/$folder"/volum_*.deb "$file"
}

within() {
	in_debian "$work/root" "$@"
}

# same WHAT WANTED GOT
same() {
	[ "$2" = "$3" ] && return
	printf 'package: %s: wanted %s, got %s\n' "$1" "$2" "$3" >&2
	exit 1
}

# says WHAT CODE REGEX COMMAND...: in the clean Debian it ends so, and says that.
says() {
	what=$1 code=$2 regex=$3 got=0
	shift 3
	within "$@" >"$work/said" 2>&1 || got=$?
	same "$what: exit" "$code" "$got"
	[ -z "$regex" ] || grep -qE -- "$regex" "$work/said" || complain "$what" "$regex"
}

complain() { # complain WHAT REGEX
	printf 'package: %s: /%s/ is not in\n' "$1" "$2" >&2
	cat "$work/said" >&2
	exit 1
}

whats_there() {
	same 'settings' '600 volum' "$(within stat -c '%a %U' /etc/volum/volum.env)"
	same 'state' '750 volum' "$(within stat -c '%a %U' /var/lib/volum)"
	same 'log' '750 volum' "$(within stat -c '%a %U' /var/log/volum)"
	# shellcheck disable=SC2016 # dpkg-query's own
	same 'conffile' ' /etc/volum/volum.env' \
		"$(within dpkg-query -W -f '${Conffiles}' volum | sed '/^$/d; s/ [0-9a-f]*$//')"
	grep -q ' /usr/bin/volum-trigger;' \
		"$work/root/usr/share/volum/examples/http/volum-trigger.nginx"
	for file in bash-completion/completions/volum-setup \
		zsh/vendor-completions/_volum-setup fish/vendor_completions.d/volum-setup.fish; do
		[ -s "$work/root/usr/share/$file" ] || same 'completion' "$file" nothing
	done
	says 'the driver of MongoDB' 0 'libmongoc' ldd /usr/lib/volum/mongo.so
	same 'what the driver lacks' '' "$(grep 'not found' "$work/said" || :)"
	# Nothing is scheduled before somebody says so.
	same 'timers' '' "$(find "$work/root/etc/systemd" -name 'volum*' -print)"
}

first_steps() {
	says 'demo' 0 '^ *create calls to Omie  *[1-9][0-9]* *0$' \
		su volum -s /bin/sh -c 'BUILD=/nowhere sh /usr/share/volum/examples/demo.sh'
	says 'doctor' 78 '^fail +VOLUMETRIA_API_URL +not set; e.g. VOLUMETRIA_API_URL=' \
		su volum -s /bin/sh -c 'volum-doctor --offline --env-file /etc/volum/volum.env'
	says 'check' 78 'VOLUMETRIA_API_URL must be set, in /etc/volum/volum.env' \
		su volum -s /bin/sh -c 'volum-run check'
	says 'schedule, not yet' 78 '^fail +OMIE_APP_KEY' volum-setup install
	says 'schedule, dry' 78 '^.0 \* \* \* \* volum /usr/bin/volum-run --at 02:00 --wait 3000 billing$' \
		volum-setup --dry-run install
	same 'schedule, after a dry run' '' "$(find "$work/root/etc/cron.d" -name volum)"
}

# What the doctor missed, and the schedule.
set_up() {
	for secret in usage-token company-key omie-key omie-secret; do
		echo of-the-test >"$work/root/etc/volum/$secret"
		within chown volum /etc/volum/$secret
		within chmod 600 /etc/volum/$secret
	done
	cat >>"$work/root/etc/volum/volum.env" <<-'END'
		VOLUMETRIA_API_URL=http://127.0.0.1:9/
		VOLUMETRIA_API_TOKEN_FILE=/etc/volum/usage-token
		INANBETEC_API_URL=http://127.0.0.1:9/
		INANBETEC_API_KEY_FILE=/etc/volum/company-key
		OMIE_APP_KEY_FILE=/etc/volum/omie-key
		OMIE_APP_SECRET_FILE=/etc/volum/omie-secret
	END
	says 'schedule' 0 '' volum-setup install
	says 'schedule, shown' 0 'volum /usr/bin/volum-run retry' volum-setup list
	same 'schedule' '644 root' "$(within stat -c '%a %U' /etc/cron.d/volum)"
	# By hand, by cron and by systemd: one ledger.
	says 'state of a job' 0 '^billing +never' su volum -s /bin/sh -c 'volum-run status'
	[ -d "$work/root/var/lib/volum/done" ]
}

take_away() {
	echo ledger >"$work/root/var/lib/volum/volum.db"
	within dpkg -r volum >/dev/null
	same 'schedule, the package removed' '' "$(find "$work/root/etc/cron.d" -name volum)"
	grep -q '^OMIE_APP_KEY_FILE' "$work/root/etc/volum/volum.env"
	rm "$work/root"/etc/volum/*-*
	within dpkg -P volum 2>"$work/said" >/dev/null
	grep -q 'it holds the ledger' "$work/said"
	[ -s "$work/root/var/lib/volum/volum.db" ] && [ ! -e "$work/root/etc/volum" ] &&
		[ ! -e "$work/root/var/log/volum" ]
}

new_user() {
	clean_debian "$work/root" bookworm "$work/first.deb" >"$work/said" 2>&1 ||
		complain installation ''
	whats_there
	first_steps
	set_up
	take_away
}

lint() {
	lintian --allow-root --fail-on error,warning "$work/first.deb"
}

case $1 in
build) build first "$2" ;;
lint)
	build first "$work/first.deb"
	lint
	;;
check)
	build first "$work/first.deb"
	# shellcheck disable=SC2046 # words
	build second "$work/second.deb" $(sed -n 's/^!//p' .containerignore)
	cmp "$work/first.deb" "$work/second.deb"
	lint
	new_user
	echo 'package: clean, the same twice, and a clean Debian takes it'
	;;
esac
