#!/bin/sh
# start.sh java|java-h2|ferret [DIR [PORT]]: becomes that server, on loopback.
# The first line of stdout is its address, once it accepts. DIR (made when it
# isn't there) keeps the data of java-h2 and ferret; PORT 0, the default, is any
# free one. Exit code 69: it isn't built, `make setup-mongo` does that.
# `start.sh --built java|ferret` only says by its exit code whether it is.
set -eu

MONGO=$(dirname "$0")
# shellcheck source=test/mongo/place.sh
. "$MONGO/place.sh"

if [ "${1:-}" = --built ]; then
	[ -d "$(place "${2:?}")" ]
	exit
fi

kind=${1:-}
dir=${2:-}
port=${3:-0}
case $kind in
java) ;;
java-h2 | ferret)
	if [ -z "$dir" ]; then
		echo "start.sh: $kind needs a directory" >&2
		exit 64
	fi
	mkdir -p "$dir"
	;;
*)
	echo 'usage: start.sh java|java-h2|ferret [DIR [PORT]]' >&2
	exit 64
	;;
esac

built=$(place "${kind%-h2}")
if [ ! -d "$built" ]; then
	echo "start.sh: $kind is not built; run: make setup-mongo" >&2
	exit 69
fi

# The heap is what a test needs, not a quarter of the machine.
java_server() {
	exec java -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
		-cp "$built:$built/lib/*" Serve "$@"
}
case $kind in
java) java_server "$port" ;;
java-h2) java_server "$port" "$dir/mongo.h2" ;;
ferret) exec "$built/ferret" "$dir" "$port" ;;
esac
