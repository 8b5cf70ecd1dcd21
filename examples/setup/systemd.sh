# shellcheck shell=bash disable=SC2154
# The schedule in systemd, for volum-setup, whose are here, examples, scope,
# env_file, dry_run, say and give_up.

# The units of the machine come with the installation; a user's are made here.
units_folder() {
	echo "${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"
}

manager() {
	if [ "$scope" = user ]; then
		systemctl --user "$@"
	else
		systemctl "$@"
	fi
}

do_manage() {
	if [ "$dry_run" -eq 1 ]; then
		echo "systemctl$([ "$scope" = user ] && echo ' --user') $*"
	else
		manager "$@" || give_up 74 'systemctl %s failed' "$1"
	fi
}

timers() {
	local timer
	for timer in "$examples"/systemd/*.timer; do
		basename "$timer"
	done
}

# user_service: without what only the manager of the machine can do, or what
# would shut a user's job off from its own home.
user_service() {
	sed -E "/^#/d
		/^(User|(State|Logs)Directory(Mode)?|ReadWritePaths|Environment|Wants|After)=/d
		/^(CapabilityBoundingSet|AmbientCapabilities|Private[A-Za-z]*|Protect[A-Za-z]*|RemoveIPC)=/d
		s|^ExecStart=[^ ]*|ExecStart=$here/volum-run${env_file:+ --env-file $env_file}|" \
		"$examples/systemd/volum@.service"
}

make_user_units() {
	local folder
	folder=$(units_folder)
	if [ "$dry_run" -eq 1 ]; then
		printf '%s\n' "$folder: volum@.service $(timers | paste -sd' ')"
		return
	fi
	{
		mkdir -p "$folder" &&
			user_service >"$folder/volum@.service" &&
			cp -R "$examples"/systemd/*.timer "$examples"/systemd/*.d "$folder"
	} || give_up 74 "%s can't be written" "$folder"
	do_manage daemon-reload
}

show_hours() {
	(cd "$examples/systemd" && sed -n 's/^OnCalendar=//p' -s -- *.timer | paste -d' ' <(timers) -)
}

# is_below PATH FOLDER...: in one of them; what is no path is nowhere else.
is_below() {
	local path=$1 folder
	[[ $path == /* ]] || return 0
	for folder in "${@:2}"; do
		[[ $path/ != "${folder#-}"/* ]] || return 0
	done
	return 1
}

# check_units FILE: the units may write where they say alone (and a drop-in says
# more), wherever the settings send the jobs.
check_units() {
	local may name path code=0
	mapfile -t may < <(manager show --value --property=ReadWritePaths volum@billing.service |
		tr ' ' '\n')
	for name in VOLUM_STATE_DIR VOLUM_DB VOLUM_REJECTED VOLUM_LOG VOLUM_METRICS \
		VOLUM_OUTCOME VOLUM_BACKUP_DIR; do
		path=$(env_file=$1 && unset "$name" && setting "$name" '')
		path=${path#sqlite:}
		is_below "$path" /var/lib/volum /var/log/volum "${may[@]}" && continue
		[ -d "$path" ] || path=${path%/*}
		say "%s: the units can't write there; systemctl edit volum@.service: [Service] ReadWritePaths=%s" \
			"$name" "$path"
		code=78
	done
	return "$code"
}

install_systemd() {
	local names
	mapfile -t names < <(timers)
	if [ "$scope" = user ]; then
		make_user_units
	elif ! manager cat volum@.service >/dev/null 2>&1; then
		[ "$dry_run" -eq 1 ] || give_up 78 'systemd knows no volum@.service: make install, or install the package'
		say 'systemd knows no volum@.service here'
	fi
	[ "$dry_run" -eq 0 ] || show_hours
	do_manage --quiet enable --now "${names[@]}"
}

remove_systemd() {
	local names folder unit scheduled
	mapfile -t names < <(timers)
	scheduled=$(scheduled_by_systemd) || exit
	[ -n "$scheduled" ] || return 0
	do_manage --quiet disable --now "${names[@]}"
	[ "$scope" = user ] || return 0
	folder=$(units_folder)
	for unit in "$examples"/systemd/*; do
		[ "$dry_run" -eq 1 ] || rm -rf "${folder:?}/$(basename "$unit")"
	done
	do_manage daemon-reload
}

scheduled_by_systemd() {
	local wrong
	command -v systemctl >/dev/null || return 0
	# Its exit code says, in some versions, that there is none.
	{ wrong=$(manager list-unit-files --state=enabled --no-legend \
		'volum-*.timer' 2>&1 >&3); } 3>&1
	[ -z "$wrong" ] || give_up 74 'systemctl: %s' "$wrong"
}
