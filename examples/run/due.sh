# shellcheck shell=bash disable=SC2154
# When a job is due, for volum-run, whose are at, now, zone, state, job, say and
# refuse_usage; set here are due, late and last.

instant() { # instant EPOCH: RFC 3339, UTC
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

local_time() { # local_time EPOCH
	TZ=$zone date -d "@$1" '+%Y-%m-%d %H:%M'
}

# split_at: the parts of --at, in day_name, first_day, last_day and time.
split_at() {
	local days='(Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
	[[ $at =~ ^($days\ )?(\*-\*-([0-9]{2})(\.\.([0-9]{2}))?\ )?(([01][0-9]|2[0-3]):[0-5][0-9])$ ]] ||
		refuse_usage "--at: '%s' is not like 02:00, 'Sun 01:00' or '*-*-01..05 14:00'" "$at"
	day_name=${BASH_REMATCH[2]}
	first_day=${BASH_REMATCH[4]:-01}
	last_day=${BASH_REMATCH[6]:-${BASH_REMATCH[4]:-31}}
	time=${BASH_REMATCH[7]}
}

# find_due: in `due`, the last moment of --at that has passed. Days are counted
# from noon, which every day of every zone has.
find_due() {
	local back day name epoch noon
	noon=$(TZ=$zone date -d "$(TZ=$zone date -d "@$now" +%F) 12:00" +%s)
	for back in {0..62}; do
		read -r day name < <(TZ=$zone LC_ALL=C date -d "@$((noon - back * 86400))" '+%F %a')
		[ "$name" = "${day_name:-$name}" ] || continue
		[[ ${day: -2} < $first_day || ${day: -2} > $last_day ]] && continue
		# Where the clock is put forward at that hour, the hour behind it.
		epoch=$(TZ=$zone date -d "$day $time" +%s 2>/dev/null) ||
			epoch=$(($(TZ=$zone date -d "$day 12:00" +%s) - (12 - 10#${time%:*} - 1) * 3600 + 10#${time#*:} * 60))
		due=$epoch
		[ "$due" -gt "$now" ] || return 0
	done
	refuse_usage "--at: '%s' never comes" "$at"
}

# is_due: has the job not been done since? Done means that what could be done
# was (exit 0 or 1); what failed is tried at the next start.
is_due() {
	local done_at='' note=$state/done/$job
	late=$((now - due > 45 * 60))
	if [ ! -e "$note" ]; then
		# A schedule that is new has missed nothing.
		[ "$late" -eq 1 ] || return 0
		note_done "$(instant "$now")" -
		return 1
	fi
	last=$(cut -d' ' -f1 "$note")
	done_at=$(date -d "${last:-?}" +%s 2>/dev/null) || return 0
	[ "$done_at" -le "$now" ] || {
		say '%s: last done at %s, which is still to come: was the clock wrong?' "$job" "$last"
		return 0
	}
	[ "$done_at" -lt "$due" ]
}

tell_late() {
	[ "$late" -eq 1 ] || return 0
	say '%s was due at %s (%s), last done at %s: starting it now' \
		"$job" "$(local_time "$due")" "$zone" "${last:-?}"
}

# is_for_all_hosts: what is done on one is done; refused records are each host's
# own, and so are copies of a store.
is_for_all_hosts() {
	case $job in
	billing | sync | reconcile) ;;
	*) return 1 ;;
	esac
}

# learn_done [INSTANT CODE]: what another host did last, where it is news.
learn_done() {
	local known=''
	[ ! -s "$state/done/$job" ] || read -r known _ <"$state/done/$job"
	[[ -z ${1:-} || ! $1 > $known ]] || note_done "$@"
}

note_done() { # note_done INSTANT CODE
	echo "$1 $2" >"$state/done/.$job" &&
		mv "$state/done/.$job" "$state/done/$job"
}
