#!/usr/bin/env bats
# The Containerfile keeps what it promises, as far as can be told without an
# engine; that its context is enough for the package, `make check-package` shows.

bats_require_minimum_version 1.5.0
load helper

ROOT=$BATS_TEST_DIRNAME/..

judge() # judge FILE: from the top folder, where it is built
{
	(cd "$ROOT" && python3 -B test/containerfile.py "$1" "$BUILD/bin")
}

# spoilt EXPRESSION REGEX: so edited by sed, that is what is wrong.
spoilt()
{
	sed "$1" "$ROOT/Containerfile" >spoilt
	run -1 cmp -s "$ROOT/Containerfile" spoilt
	run -1 judge "$PWD/spoilt"
	grep -E "$2" <<<"$output"
}

@test 'the Containerfile is in order' {
	expect 'as it is' 0 judge Containerfile
	grep -F 'useradd --system --uid 970' "$ROOT/Containerfile"
	grep -xF 'USER 970:970' "$ROOT/Containerfile"
}

@test 'what would be wrong with it is seen' {
	spoilt 's/^FROM debian/FROM registry.example.com\/debian/' 'no plain name'
	spoilt 's/^USER.*/USER root/' 'runs as root'
	spoilt '/^USER/d' 'runs as root'
	spoilt 's/^ENV.*/&\nENV OMIE_APP_SECRET=x/' 'a secret'
	spoilt 's/^VOLUME.*/VOLUME \/data/' 'not in the volume'
	spoilt 's/--from=build/--from=builder/' 'no stage builder'
	spoilt 's/^COPY debian/COPY debain/' 'no debain'
	spoilt 's/^CMD.*/CMD ["volum"]/' 'no program'
	spoilt 's/ \/var\/lib\/apt.*//' 'lists stay'
	spoilt 's/^RUN dpkg.*/RUN dpkg-buildpackage $X/' shellcheck
	spoilt 's/^WORKDIR \/var.*/ADD x y/' 'ADD is not expected'
}

@test 'its context is a list of what is let in' {
	cd "$ROOT"
	[ "$(grep -v '^#' .containerignore | head -n 1)" = '*' ]
	grep '^!' .containerignore | cut -c2- | while read -r path; do
		[ -n "$(git ls-files "$path")" ] || { echo "$path" && false; }
	done
	run -1 grep -E '^!(\.|\*|.*env)' .containerignore
}

@test 'lintian finds nothing in the package' {
	command -v lintian >/dev/null && command -v dh >/dev/null ||
		skip 'lintian or debhelper is not installed'
	(cd "$ROOT" && env -i PATH="$PATH" HOME="$HOME" sh test/package.sh lint)
}
