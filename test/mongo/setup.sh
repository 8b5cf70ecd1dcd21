#!/bin/sh
# Builds the MongoDB servers that the tests use, once for all checkouts (see
# README.md beside this file), and on Debian installs what that needs. A second
# run finds both there. Ends with 1 when one can't be had, and says why.
# shellcheck disable=SC2317,SC2016 # called by `once`; text of Go
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

# Three faults of FerretDB 1.24.0 are mended for this build alone. An update keeps
# a database connection for each of its elements that fitted until all are done:
# a hundred of them use up the pool, and the server answers nobody ever again.
# What it asks for by _id is not the expression that its index is on. And of two
# changes that only one document fits, both may be done. Besides, $currentDate can
# be made to run faster: ferret/mend.go.
mend() { # mend DIRECTORY, of FerretDB's source
	update=$1/internal/handler/msg_update.go
	metadata=$1/internal/backends/sqlite/metadata/metadata.go
	change=$1/internal/handler/msg_findandmodify.go
	operators=$1/internal/handler/common/update.go
	sed -i -e '/^\t\tdefer closer\.Close()$/d' \
		-e '/result, err := common\.UpdateDocument(/a closer.Close()' \
		"$update" || return
	sed -i "s/\"->'\$\._id'\"/\`->\"_id\"\`/" "$metadata" || return
	sed -i 's/= time\.Now()/= warped(time.Now())/' "$operators" || return
	mv "$1/../mend.go" "${operators%/*}" || return
	sed -i '/^func (h \*Handler) Msg/a common.Changing.Lock(); defer common.Changing.Unlock()' \
		"$update" "$change" || return
	if grep -q 'defer closer' "$update" ||
	    ! grep -q 'now := warped(time' "$operators" ||
	    ! grep -q '^common\.Changing' "$update" ||
	    ! grep -q '^common\.Changing' "$change" ||
	    ! grep -q '^closer\.Close()$' "$update" ||
	    ! grep -q 'DefaultColumn + `->"_id"`' "$metadata"; then
		say 'what is mended in FerretDB is not there'
		return 1
	fi
}

# In $1/work, since Go builds nothing else than what a module holds.
build_ferret() {
	find_go || return
	cp -R "$MONGO/ferret" "$1/work" || return
	cd "$1/work" || return
	"$go" mod download || return
	cp -R "$("$go" list -m -f '{{.Dir}}' github.com/FerretDB/FerretDB)" \
		"$1/work/FerretDB" || return
	chmod -R u+w "$1/work" || return
	mend "$1/work/FerretDB" || return
	"$go" mod edit -replace github.com/FerretDB/FerretDB=./FerretDB || return
	CGO_ENABLED=0 "$go" build -trimpath -tags ferretdb_no_postgresql \
		-o "$1/ferret" . || return
	cd "$MONGO" || return
	rm -rf "$1/work"
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
