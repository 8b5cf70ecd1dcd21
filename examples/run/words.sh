# shellcheck shell=sh disable=SC2154
# What the scripts tell a person, in that person's language: by gettext(1), and
# in English where that is not installed. To be sourced; theirs are `me`, the
# name of the script, and `here`, the folder of the commands.
#
# A message is one whole format of printf(1), which knows no %1$s, and the call
# begins its line or stands behind || or &&: po/extract.sh finds it there.

catalogues=$here/../share/locale
[ -d "$catalogues" ] || catalogues=/usr/local/share/locale

# words ENGLISH: what the catalogue has for it.
words() {
	TEXTDOMAIN=volum TEXTDOMAINDIR=$catalogues OUTPUT_CHARSET=UTF-8 \
		gettext -- "$1" 2>/dev/null || printf '%s' "$1"
}

# told FORMAT [ARGUMENT]...: a line on stdout.
told() (
	format=$(words "$1")
	shift
	# shellcheck disable=SC2059
	printf -- "$format\n" "$@"
)

# say FORMAT [ARGUMENT]...: a line on stderr, after the name of the script.
say() {
	printf '%s: %s\n' "$me" "$(told "$@")" >&2
}

# give_up CODE FORMAT [ARGUMENT]...
give_up() {
	code=$1
	shift
	say "$@"
	exit "$code"
}

# refuse_usage [FORMAT [ARGUMENT]...]: without one, getopt(1) has said it.
refuse_usage() {
	[ $# -eq 0 ] || say "$@"
	give_up 64 "try '%s --help'" "$me"
}
