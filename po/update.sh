#!/bin/sh
# po/update.sh: brings the translations in line with the sources.
set -eu
words=$(mktemp)
trap 'rm -f "$words"' EXIT
sh po/extract.sh >"$words"
for catalogue in po/??_??.po; do
	msgmerge --quiet --no-fuzzy-matching --update --backup=none \
		"$catalogue" "$words"
	msgattrib --no-obsolete -o "$catalogue" "$catalogue"
	printf '%s: ' "$catalogue"
	msgfmt --statistics -o /dev/null "$catalogue"
done
