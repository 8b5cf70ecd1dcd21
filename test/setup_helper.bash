# shellcheck shell=bash
# A crontab(1) of files, for the tests of volum-setup: table.USER is what a user
# has; `broken` makes reading fail as it does when a user may not.

fake_crontab()
{
	mkdir -p fake
	cat >fake/crontab <<-'END'
		#!/bin/sh
		user=me
		[ "$1" != -u ] || { user=$2 && shift 2; }
		cd "${0%/*}/.." || exit
		echo "$user $1" >>crontab.calls
		[ ! -e broken ] || { echo 'You are not allowed to use this program' >&2 && exit 1; }
		case $1 in
		-l) cat "table.$user" 2>/dev/null || { echo "no crontab for $user" >&2 && exit 1; } ;;
		-r) rm "table.$user" ;;
		*)
			[ ! -e full ] || { echo 'No space left on device' >&2 && exit 1; }
			cat "$1" >"table.$user"
			[ ! -e lossy ] || sed -i '$d' "table.$user"
			;;
		esac
	END
	chmod +x fake/crontab
	PATH=$PWD/fake:$PATH
}

# A systemctl(1) that notes what it is asked, and knows what is enabled.
fake_systemctl()
{
	mkdir -p fake
	cat >fake/systemctl <<-'END'
		#!/bin/sh
		cd "${0%/*}/.." || exit
		echo "$*" >>systemctl.calls
		[ ! -e no-bus ] || { echo 'Failed to connect to bus' >&2 && exit 1; }
		[ "$1" != --user ] || shift
		[ "$1" != --quiet ] || shift
		case $1 in
		enable) shift 2 && printf '%s enabled\n' "$@" >enabled ;;
		disable) rm enabled ;;
		list-unit-files) cat enabled 2>/dev/null ;;
		cat) [ ! -e unknown ] ;;
		show) cat may 2>/dev/null ;;
		esac
	END
	chmod +x fake/systemctl
	PATH=$PWD/fake:$PATH
}

# The settings of all jobs, in a home of the test's own.
configured_home()
{
	export HOME=$PWD/home
	unset VOLUM_STATE_DIR XDG_CONFIG_HOME
	mkdir -p home/.config/volum
	for name in usage-token company-key omie-key omie-secret; do
		install -m 600 /dev/null "$name" && echo "of-the-test-$name" >"$name"
	done
	install -m 600 /dev/null home/.config/volum/volum.env
	cat >home/.config/volum/volum.env <<-END
		VOLUM_STATE_DIR=$PWD/state
		VOLUMETRIA_API_URL=http://127.0.0.1:9/
		VOLUMETRIA_API_TOKEN_FILE=$PWD/usage-token
		INANBETEC_API_URL=http://127.0.0.1:9/
		INANBETEC_API_KEY_FILE=$PWD/company-key
		OMIE_APP_KEY_FILE=$PWD/omie-key
		OMIE_APP_SECRET_FILE=$PWD/omie-secret
	END
}
