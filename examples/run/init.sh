# shellcheck shell=bash disable=SC2154
# volum-run as process 1 of a container, whose `here` it is. A container is
# stopped by a signal to that process alone, where systemd and a terminal signal
# all of a job; and bash has no ear for it while a pipe runs in its foreground.

# as_init ARGUMENT...: it is done by another volum-run, in a group of its own,
# which each signal goes on to.
as_init() {
	local child again code
	set -m
	"$here/volum-run" "$@" &
	child=$!
	trap 'again=1; kill -- "-$child"' TERM INT HUP
	while
		again=0 code=0
		wait "$child" || code=$?
		[ "$again" -eq 1 ]
	do :; done
	exit "$code"
}
