# shellcheck shell=bash disable=SC2154
# The schedule in cron, for volum-setup, whose are here, examples, scope, owner,
# for_user, env_file, mailto, state_dir, dry_run, say and give_up.

CRON_D=/etc/cron.d/volum
BEGIN='# BEGIN volum-setup: what stands from here to END is its own'
END='# END volum-setup'

# cron_lines: the lines of the crontab that ships, for this owner.
cron_lines() {
	local run=$here/volum-run${env_file:+ --env-file $env_file} user=''
	[ "$scope" = user ] || user="$owner "
	echo "$BEGIN"
	[ -z "$mailto" ] || echo "MAILTO=$mailto"
	[ -z "$state_dir" ] || echo "VOLUM_STATE_DIR=$state_dir"
	grep -vE '^(#|$|[A-Z_]+=)' "$examples/cron/volum.crontab" |
		sed -E "s|^(([^ ]+ ){5})[^ ]+|\\1$user$run|"
	echo "$END"
}

# crontab_of ARGUMENT...: of the owner's.
crontab_of() {
	if [ -n "$for_user" ]; then
		crontab -u "$for_user" "$@"
	else
		crontab "$@"
	fi
}

# read_table FILE: the table as it is. One that can't be read is not taken for
# an empty one, since writing it would lose what is in it.
read_table() {
	local said
	: >"$1"
	if [ "$scope" = system ]; then
		[ ! -e "$CRON_D" ] || cat "$CRON_D" >"$1" || exit 74
		[ ! -s "$1" ] || grep -qxF "$BEGIN" "$1" ||
			give_up 74 "%s is none of volum-setup's: move it out of the way" "$CRON_D"
		return
	fi
	command -v crontab >/dev/null || give_up 78 'crontab is not installed: install cron'
	said=$({ LC_ALL=C crontab_of -l >"$1"; } 2>&1) && return
	case $said in
	# The second is that of busybox.
	'no crontab for '* | "crontab: can't open '$owner': No such file or directory") : >"$1" ;;
	*) give_up 74 "the crontab of %s can't be read: %s" "$owner" "$said" ;;
	esac
}

# block_of FILE, rest_of FILE: what is ours, and what isn't.
block_of() {
	awk -v begin="$BEGIN" -v end="$END" '$0 == begin { ours = 1 } ours; $0 == end { ours = 0 }' "$1"
}

rest_of() {
	awk -v begin="$BEGIN" -v end="$END" '$0 == begin { ours = 1 } !ours; $0 == end { ours = 0 }' "$1"
}

# Without its end, everything behind the beginning would be taken for ours.
refuse_broken_block() {
	awk -v begin="$BEGIN" -v end="$END" '
		$0 == begin { if (ours || seen++) bad = 1; ours = 1 }
		$0 == end { if (!ours) bad = 1; ours = 0 }
		END { exit bad || ours }' "$1" ||
		give_up 74 "the crontab of %s: '%s' and '%s' don't stand there once, in this order: mend it by hand" "$owner" "$BEGIN" "$END"
}

# write_table FILE: and what was written is read again.
write_table() {
	local again
	if [ "$scope" = system ]; then
		write_cron_d "$1" || give_up 74 "%s can't be written" "$CRON_D"
		return
	fi
	if [ -s "$1" ]; then
		# busybox's would open a file as its owner, who can't.
		crontab_of - <"$1"
	else
		crontab_of -r
	fi || give_up 74 "the crontab of %s can't be written" "$owner"
	again=$(mktemp -p "$scratch") || exit 74
	read_table "$again"
	cmp -s "$1" "$again" || give_up 74 'the crontab of %s is not what was written' "$owner"
}

# cron passes over a name with a dot in it, so it never sees half a table.
write_cron_d() {
	[ -s "$1" ] || { rm -f "$CRON_D" && return; }
	install -o root -g root -m 644 "$1" "${CRON_D%/*}/.volum.new" &&
		mv "${CRON_D%/*}/.volum.new" "$CRON_D"
}

# change_table NEW-BLOCK: in place of the old one, behind what is not ours,
# whose settings it thereby keeps.
change_table() {
	block_of "$scratch/table" | cmp -s - "$1" && {
		[ "$dry_run" -eq 0 ] || cat "$1"
		return
	}
	{ rest_of "$scratch/table" && cat "$1"; } >"$scratch/new" || exit 74
	if [ "$dry_run" -eq 1 ]; then
		diff -U 0 --label "$(words 'as it is')" --label "$(words 'as it would be')" \
			"$scratch/table" "$scratch/new"
	else
		write_table "$scratch/new"
	fi
	return 0
}

open_table() {
	scratch=$(mktemp -d) || exit 74
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 75' INT TERM HUP
	read_table "$scratch/table"
	refuse_broken_block "$scratch/table"
}

install_cron() {
	open_table
	cron_lines >"$scratch/block"
	change_table "$scratch/block"
}

remove_cron() {
	open_table
	change_table /dev/null
}

scheduled_by_cron() (
	open_table
	block_of "$scratch/table"
)
