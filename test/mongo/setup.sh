#!/bin/sh
# Builds the MongoDB servers that the tests use, once for all checkouts (see
# README.md beside this file), and on Debian installs what that needs. A second
# run finds both there. Ends with 1 when one can't be had, and says why.
set -eu

MONGO=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/mongo/place.sh
. "$MONGO/place.sh"

say() {
	echo "setup-mongo: $*"
}

# need COMMAND PACKAGE: installs the package unless the command is there.
need() {
	command -v "$1" >/dev/null 2>&1 && return
	if ! command -v apt-get >/dev/null 2>&1; then
		say "please install $1 ($2 on Debian)"
		return 1
	fi
	say "installing $2"
	sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	$sudo apt-get update -qq || return
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq \
		--no-install-recommends "$2" >/dev/null
}

# The class path: the libraries by Maven, our main by javac.
build_java() {
	need java default-jre-headless || return
	need javac default-jdk-headless || return
	need mvn maven || return
	mvn -B -q -f "$MONGO/java/pom.xml" dependency:copy-dependencies \
		-DoutputDirectory="$1/lib" -DincludeScope=runtime </dev/null || return
	javac -cp "$1/lib/*" -d "$1" "$MONGO/java/Serve.java"
}

# new_enough COMMAND: Go 1.22 or newer. One of 1.21 fetches a newer by itself
# where the module proxy gives it; older ones, as Debian 12's, can't.
new_enough() {
	version=$("$1" env GOVERSION 2>/dev/null) || return
	minor=${version#go1.}
	minor=${minor%%[!0-9]*}
	[ "${minor:-0}" -ge 21 ]
}

# Any Go that will do, in $go; one in Debian's packages if need be.
find_go() {
	for go in go /usr/local/go/bin/go /usr/lib/go-1.*/bin/go; do
		new_enough "$go" && return
	done
	for minor in 24 23 22; do
		apt-cache show "golang-1.$minor-go" >/dev/null 2>&1 || continue
		go=/usr/lib/go-1.$minor/bin/go
		need "$go" "golang-1.$minor-go" && return
	done
	say 'FerretDB needs Go 1.22 or newer, and there is none: not on PATH, not in
  /usr/local/go, not in the package lists (Debian 12 has it in backports)'
	return 1
}

build_ferret() {
	find_go || return
	(cd "$MONGO/ferret" && CGO_ENABLED=0 "$go" build -trimpath -mod=readonly \
		-tags ferretdb_no_postgresql -o "$1/ferret" .)
}

# once NAME: builds it beside its place and moves it there whole, so that an
# interrupted run, or two at a time, leave no half of it.
once() {
	at=$(place "$1")
	if [ -d "$at" ]; then
		say "$1 is built"
		return
	fi
	say "building $1"
	mkdir -p "$(dirname "$at")"
	half=$(mktemp -d "$at.XXXXXX")
	trap 'rm -rf "$half"' EXIT
	trap 'exit 1' INT TERM
	if "build_$1" "$half"; then
		chmod 755 "$half"
		mv -T "$half" "$at" 2>/dev/null || [ -d "$at" ] || return
		rm -rf "$half"
		say "$1 is built"
	else
		rm -rf "$half"
		say "$1 could not be built"
		return 1
	fi
}

status=0
once java || status=1
once ferret || status=1
exit $status
