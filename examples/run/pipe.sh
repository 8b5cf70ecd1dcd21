# shellcheck shell=bash disable=SC2154
# What the night shift and the trigger share: the lock, the pipe that bills, and
# the worst of its exit codes. For bash scripts, to be sourced. Theirs are
# `state`, the state folder, `common`, options of each command, and results(),
# which keeps what comes out.

# take_lock WAIT WHO [SINCE]: WAIT in seconds, '' for as long as it takes. Held by
# whatever is started afterwards too, so that a runner which is killed gives it
# up with the last stage of its pipe. Who holds it stands in it.
take_lock() {
	exec 9>>"$state/lock" || exit 74
	flock ${1:+-w "$1"} 9 || return
	echo "$2 ${3:-$(date -u +%Y-%m-%dT%H:%M:%SZ)} $$" >"$state/lock"
}

# bill [ARGUMENT...]: of volum-fetch, which reads triggers without them.
bill() {
	stage 1 volum-fetch "$@" | stage 2 volum-store | stage 3 omie-contract |
		stage 4 volum-store | results
	codes=("${PIPESTATUS[@]}")
	worst "${codes[@]}"
}

# stage N COMMAND...: how it ended is told in $outcomes/N, where that is set.
stage() {
	[ -z "${outcomes:-}" ] || export VOLUM_OUTCOME="$outcomes/$1"
	exec "${@:2}" "${common[@]}"
}

# worst CODE...: in the order of volum(7). A stage that was killed can be run
# again (75); a command that is not there is a matter of setting up (78).
worst() {
	local code rank best=0 result=0
	for code; do
		case $code in
		0) rank=0 ;;
		1) rank=1 ;;
		65) rank=2 ;;
		74) rank=3 ;;
		69) rank=5 ;;
		77) rank=6 ;;
		78 | 126 | 127) rank=7 code=78 ;;
		64) rank=8 ;;
		*) rank=4 code=75 ;;
		esac
		[ "$rank" -le "$best" ] || { best=$rank result=$code; }
	done
	return "$result"
}
