#!/bin/sh
# po/extract.sh > volum.pot: the words that a person is told, of the sources and
# the scripts. A message of fail() and its like is its own English.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

find_words() { # find_words LANGUAGE OUT ARGUMENT...
	language=$1 out=$2
	shift 2
	xgettext --language="$language" --from-code=UTF-8 --omit-header \
		--sort-by-file --no-location --exclude-file=po/english.po \
		--add-comments=TRANSLATORS -o "$folder/$out" "$@"
}

calls='fail:3 fail_at:3 reject:3 error_say:2 error_add:2 filter_warn:2 filter_say:2 filter_tell:2 tell:6'
set -- --keyword=_ --keyword=N_
for call in $calls; do
	set -- "--keyword=$call" "--flag=$call:c-format" "$@"
done
find_words C c.po "$@" lib/*/*.[ch] cmd/*.c cmd/*/*.[ch]

# A format of printf(1) is one of C, without %1$s.
find_words Shell shell.po --keyword --keyword=words --keyword=told --keyword=say \
	--keyword=give_up:2 --keyword=refuse_usage examples/volum-run \
	examples/volum-setup examples/integration-test.sh examples/demo.sh \
	examples/run/*.sh examples/setup/*.sh
awk -v RS= -v ORS='\n\n' '/%s/ { $0 = "#. printf(1): no %1$s\n#, c-format\n" $0 } 1' \
	"$folder/shell.po" >"$folder/formats.po"
msgcat --use-first "$folder/c.po" "$folder/formats.po"
