# shellcheck shell=sh disable=SC2154,SC2034
# What the benchmarks share, to be sourced: who is there, and how long a command
# took. Theirs are BUILD and work; `failed` is set where something went wrong.
failed=0
peers=' ours '

skip()
{
	echo "skipped: $1: $2"
}

has()
{
	case $peers in *" $1 "*) return 0 ;; esac
	return 1
}

# timed NAME COMMAND...: a line in times/NAME; what the run before left to be
# written is written first.
timed()
{
	series=$1
	shift
	sync -f "$work"
	"$BUILD/tool/measure" "$work/times/$series" "$@" 2>"$work/err"
	if [ "$(tail -n 1 "$work/times/$series" | cut -d' ' -f4)" != 0 ]; then
		echo "FAILED: $series: $(head -n 3 "$work/err")"
		failed=1
	fi
}

# column FIELD NAME: the median.
column()
{
	cut -d' ' -f"$1" "$work/times/$2" | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# row NAME LABEL EVENTS NOTE
row()
{
	[ -s "$work/times/$1" ] || return 0
	awk -v label="$2" -v events="$3" -v note="$4" \
		-v wall="$(column 1 "$1")" -v cpu="$(column 2 "$1")" \
		-v kb="$(column 3 "$1")" 'BEGIN {
			printf "%-24s %9d %8.2f %8.2f %8.1f  %s\n", label,
			    events / wall, wall, cpu, kb / 1024, note }'
}

head_row()
{
	printf '\n%s\n%-24s %9s %8s %8s %8s\n' "$1" '' records/s seconds cpu MiB
}
