# shellcheck shell=bash
# The settings as the commands see them: for bash scripts, to be sourced. Theirs
# are env_file ('' or a file that was asked for) and give_up(); set here are
# env_file, VOLUM_STATE_DIR (exported), state and zone.

# setting NAME DEFAULT: as the commands see it, the environment before the file,
# whose values stand bare or in quotes (core/env_file.h).
setting() {
	local value=${!1:-}
	if [ -z "$value" ] && [ -n "$env_file" ]; then
		value=$(sed -nE "s/^[[:blank:]]*(export[[:blank:]]+)?$1=//p" "$env_file" |
			tail -n 1 | sed -E "
				s/\r\$//
				/^'/{ s/^'([^']*)'.*/\1/; q; }
				/^\"/{ s/^\"(([^\"\\\\]|\\\\.)*)\".*/\1/
					s/\\\\([\\\\\"\$\`])/\1/g; q; }
				s/[[:blank:]].*//")
	fi
	printf '%s\n' "${value:-$2}"
}

find_env_file() {
	local config=${XDG_CONFIG_HOME:-${HOME:-/nonexistent}/.config}
	if [ -n "$env_file" ]; then
		env_file=$(readlink -m -- "$env_file")
	elif [ -e "$config/volum/volum.env" ]; then
		env_file=$config/volum/volum.env
	elif [ -e /etc/volum/volum.env ]; then
		env_file=/etc/volum/volum.env
	fi
	[ -z "$env_file" ] || [ -r "$env_file" ] ||
		give_up 78 "%s can't be read by %s" "$env_file" "$(id -un)"
}

find_state() {
	local default=/var/lib/volum
	[ "$(id -u)" -eq 0 ] ||
		default=${XDG_STATE_HOME:-${HOME:-}/.local/state}/volum
	VOLUM_STATE_DIR=$(setting VOLUM_STATE_DIR "$default")
	state=$VOLUM_STATE_DIR
	export VOLUM_STATE_DIR
	mkdir -p "$state/done" 2>/dev/null
	[ -w "$state/done" ] ||
		give_up 78 "%s: %s can't write there" "$state" "$(id -un)"
}

find_zone() {
	zone=$(setting VOLUM_TZ America/Sao_Paulo)
	[ -e "${TZDIR:-/usr/share/zoneinfo}/$zone" ] ||
		give_up 78 "VOLUM_TZ: there is no zone '%s'" "$zone"
}
