#!/bin/sh
# po/extract.sh FILE... > volum.pot: the words in these sources that a person
# is told. A message of fail() and its like is its own English.
set -eu
calls='fail:3 fail_at:3 reject:3 error_say:2 error_add:2 filter_warn:2 filter_say:2 tell:6'
set -- --keyword=_ --keyword=N_ "$@"
for call in $calls; do
	set -- "--keyword=$call" "--flag=$call:c-format" "$@"
done
xgettext --language=C --from-code=UTF-8 --omit-header --sort-by-file \
	--no-location --exclude-file=po/english.po --add-comments=TRANSLATORS -o - "$@"
