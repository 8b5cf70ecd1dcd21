#!/bin/sh
# package.sh build FILE: the Debian package of what is committed.
# package.sh check: built twice it is the same; lintian finds nothing; and a
# clean Debian takes it, as somebody would who has never seen it: install, demo,
# what is missing, remove, purge. Root alone may make that Debian.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

build() { # build FOLDER FILE
	mkdir "$work/$1"
	git archive --prefix="$1/src/" HEAD | tar -x -C "$work"
	(cd "$work/$1/src" && dpkg-buildpackage -b -us -uc) >"$work/$1.log" 2>&1 || {
		tail -n 40 "$work/$1.log" >&2
		exit 1
	}
	cp "$work/$1"/volum_*.deb "$2"
}

# With a /proc of its own, which is gone with the command.
# shellcheck disable=SC2016 # for the inner shell
within() {
	unshare -m sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
		"$work/root" "$@"
}

# same WHAT WANTED GOT
same() {
	[ "$2" = "$3" ] && return
	printf 'package: %s: wanted %s, got %s\n' "$1" "$2" "$3" >&2
	exit 1
}

new_user() {
	mmdebstrap --quiet --variant=minbase bookworm "$work/root"
	cp "$work/first.deb" "$work/root/volum.deb"
	within apt-get update -qq
	within env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq -y --no-install-recommends /volum.deb jq >"$work/apt" 2>&1 ||
		{ cat "$work/apt" >&2 && exit 1; }
	same 'settings' '600 volum' "$(within stat -c '%a %U' /etc/volum/volum.env)"
	same 'state' '750 volum' "$(within stat -c '%a %U' /var/lib/volum)"
	# shellcheck disable=SC2016 # dpkg-query's own
	same 'conffile' ' /etc/volum/volum.env' \
		"$(within dpkg-query -W -f '${Conffiles}' volum | sed '/^$/d; s/ [0-9a-f]*$//')"
	grep -q ' /usr/bin/volum-trigger;' \
		"$work/root/usr/share/volum/examples/http/volum-trigger.nginx"
	within su volum -s /bin/sh -c 'BUILD=/nowhere sh /usr/share/volum/examples/demo.sh' \
		>"$work/demo" 2>&1
	grep -q '^ *create calls to Omie  *[1-9][0-9]* *0$' "$work/demo"
	within su volum -s /bin/sh -c 'volum-run check' >"$work/said" 2>&1 && exit 1
	grep -q 'VOLUMETRIA_API_URL must be set, in /etc/volum/volum.env' "$work/said"
	echo '# ours' >>"$work/root/etc/volum/volum.env"
	echo ledger >"$work/root/var/lib/volum/volum.db"
	within dpkg -r volum >/dev/null
	grep -q '^# ours' "$work/root/etc/volum/volum.env"
	within dpkg -P volum 2>"$work/said" >/dev/null
	grep -q 'it holds the ledger' "$work/said"
	[ -s "$work/root/var/lib/volum/volum.db" ] && [ ! -e "$work/root/etc/volum" ]
}

case $1 in
build) build first "$2" ;;
check)
	build first "$work/first.deb"
	build second "$work/second.deb"
	cmp "$work/first.deb" "$work/second.deb"
	lintian --allow-root --fail-on error,warning "$work/first.deb"
	new_user
	echo 'package: clean, the same twice, and a clean Debian takes it'
	;;
esac
