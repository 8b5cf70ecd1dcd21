#!/bin/sh
# Installs what building and testing need, on Debian and Ubuntu; elsewhere says
# what is needed. A second run finds everything there and does nothing.
set -eu

PACKAGES='gcc libc6-dev make pkg-config libcurl4-openssl-dev libjq-dev libsqlite3-dev
	libssl-dev libmongoc-dev libmicrohttpd-dev bats libcmocka-dev jq sqlite3 curl
	ca-certificates tzdata valgrind clang clang-format libclang-rt-14-dev
	cppcheck shellcheck mandoc python3 procps logrotate util-linux
	gettext locales nginx fcgiwrap systemd parallel zsh fish cron faketime debhelper
	lintian'

others() {
	cat <<'END'
This is no Debian or Ubuntu. Please install:
  a C11 compiler (gcc or clang), GNU make, pkg-config
  libraries (pkg-config name): libcurl 7.85 or newer (libcurl), SQLite 3.37 or
  newer (sqlite3), OpenSSL's libcrypto (libcrypto), jq's library 1.6 or newer
  (libjq; where it has no .pc file, -ljq is used), GNU libmicrohttpd
  (libmicrohttpd), cmocka (cmocka); for a store in MongoDB its C driver 1.23 or
  newer (libmongoc-1.0 or mongoc2)
  for tests: bats 1.5 or newer, jq, sqlite3, curl, valgrind, python3, tzdata,
  logrotate, flock (util-linux), gettext, localedef with the locales' sources,
  nginx, fcgiwrap, systemd-analyze, Prometheus 2.42 or newer with promtool and
  node_exporter, zsh, fish, Debian's cron, libfaketime, GNU parallel,
  debhelper, lintian
  for lint and fuzz: clang, clang-format 14, cppcheck, shellcheck, mandoc
END
	exit 1
}

command -v apt-get >/dev/null 2>&1 || others

missing=
for package in $PACKAGES; do
	# libclang-rt goes by the version of the release's clang.
	if [ "$package" = libclang-rt-14-dev ] &&
	    ! apt-cache show "$package" >/dev/null 2>&1; then
		continue
	fi
	status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || :)
	[ "$status" = 'install ok installed' ] || missing="$missing $package"
done
prometheus=
for program in promtool prometheus prometheus-node-exporter; do
	command -v "$program" >/dev/null 2>&1 || prometheus=prometheus
done
if [ -z "$missing$prometheus" ]; then
	echo 'setup: all packages are installed'
	exit 0
fi

echo "setup: installing$missing${prometheus:+ $prometheus}"
sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo='sudo'
fi
$sudo apt-get update -qq
if [ -n "$missing" ]; then
	# shellcheck disable=SC2086 # a list of names
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq \
		--no-install-recommends $missing >/dev/null
fi

# The programs of their packages alone: installing those would start servers.
get_prometheus() (
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	cd "$folder"
	apt-get download -qq prometheus prometheus-node-exporter 2>/dev/null
	for package in *.deb; do
		dpkg-deb -x "$package" .
	done
	$sudo install -m 755 usr/bin/promtool usr/bin/prometheus \
		usr/bin/prometheus-node-exporter /usr/local/bin
)
[ -z "$prometheus" ] || get_prometheus
echo 'setup: done'
