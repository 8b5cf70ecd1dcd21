# shellcheck shell=sh
# A Debian in a folder, as somebody has it who has never seen this toolkit, and
# commands that run in there. Root alone may make it. To be sourced.

# clean_debian ROOT RELEASE DEB [PACKAGE...]: with the package DEB and others.
clean_debian() {
	root=$1 release=$2 deb=$3
	shift 3
	mmdebstrap --quiet --variant=minbase "$release" "$root" &&
		cp "$deb" "$root/volum.deb" &&
		in_debian "$root" apt-get update -qq &&
		in_debian "$root" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq -y --no-install-recommends /volum.deb jq "$@"
}

# in_debian ROOT COMMAND...: with a /proc of its own, which is gone with it.
# shellcheck disable=SC2016 # for the inner shell
in_debian() {
	unshare -m sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$@"
}
