# shellcheck shell=bash disable=SC2154,SC2034
# What the night shift and the trigger share: the locks, the pipe that bills, and
# the worst of its exit codes. For bash scripts, to be sourced. Theirs are
# `state`, the state folder, `common`, options of each command, and results(),
# which keeps what comes out.

lock_pid='' last_note='' holder=''

# take_lock WAIT WHO [SINCE]: WAIT in seconds, '' for as long as it takes. First
# that of this host, then that of all hosts, where the store is theirs; 1: another
# has it, and `holder` is who. Held by whatever is started afterwards too, so that
# a runner which is killed gives it up with the last stage of its pipe.
take_lock() {
	local began=$SECONDS left=$1
	exec 9>>"$state/lock" || exit 74
	flock ${1:+-w "$1"} 9 || { holder=$(<"$state/lock") && return 1; }
	echo "$2 ${3:-$(date -u +%Y-%m-%dT%H:%M:%SZ)} $$" >"$state/lock"
	[ -z "$left" ] || left=$((began + left > SECONDS ? began + left - SECONDS : 0))
	take_common_lock "$left" "$2"
}

# take_common_lock WAIT WHO: by volum-lock(1), which holds it while descriptor 8 is
# open; last_note is what WHO left when it last had it. It waits for a line first,
# since a coproc that has ended has no descriptors any more.
take_common_lock() {
	local answer='' code
	coproc COMMON {
		read -r && exec volum-lock "${common[@]}" ${1:+--wait "$1"} "$2" 9>&-
	}
	lock_pid=$COMMON_PID
	exec 7<&"${COMMON[0]}" 8>&"${COMMON[1]}"
	echo >&8
	read -r answer <&7
	exec 7<&-
	case $answer in mine*) last_note=${answer#mine} && return ;; esac
	give_lock ''
	code=$?
	[ "$code" -ne 75 ] || [ -z "$answer" ] || { holder=$answer && return 1; }
	[ "$code" -eq 0 ] || { worst "$code" || exit; }
}

# give_lock NOTE: NOTE, or '', is for the next holder on any host. 75: it was lost
# meanwhile, or the note could not be left.
give_lock() {
	local pid=$lock_pid
	lock_pid=''
	[ -n "$pid" ] || return 0
	(echo "$1" >&8) 2>/dev/null
	exec 8>&-
	wait "$pid"
}

# bill [ARGUMENT...]: of volum-fetch, which reads triggers without them.
bill() {
	stage 1 volum-fetch "$@" | stage 2 volum-store | stage 3 omie-contract |
		stage 4 volum-store | results
	codes=("${PIPESTATUS[@]}")
	worst "${codes[@]}"
}

# take_all: what comes down the pipe, to its end: after a signal to all of them the
# stages still have something to say.
take_all() {
	trap '' TERM INT HUP
	cat
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
