#!/bin/sh
# Layout, static checks, man pages, forbidden calls, and that each option of
# each command stands in its man page. Silent but for the closing line.
# shellcheck disable=SC2046,SC2086 # lists of files are meant to be split
set -u

: "${BUILD:=build}"
status=0
complain() {
	echo "lint: $*" >&2
	status=1
}

sources=$(git ls-files '*.c' '*.h')
clang-format --dry-run -Werror $sources || complain 'run clang-format -i'

cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
	--enable=warning,portability,performance \
	--suppress=missingIncludeSystem -Ilib -Icmd -Itest -I"$BUILD/gen" \
	$(git ls-files 'cmd/*.c' 'lib/*.c' 'test/sim/*.c') ||
	complain 'cppcheck'

shellcheck -x $(git ls-files '*.sh') .ci/run examples/volum-run examples/volum-setup \
	examples/scale/part \
	examples/http/volum-trigger-run || complain 'shellcheck'

# What a page says that has no language: options, variables, numbers, exit codes,
# other pages.
facts() {
	grep -oE '\bFl -[a-z-]+|\b[A-Z]+_[A-Z_]+\b|[0-9]+|^\.Xr .*' "$1" |
		sed 's/ [.,;:)]*$//' | sort -u
}
translated=$(mktemp)
for page in man/*.[0-9]; do
	for language in man/??_??; do
		facts "$language/${page##*/}" >"$translated"
		facts "$page" | diff - "$translated" ||
			complain "$language/${page##*/}: not what $page says"
	done
done
rm -f "$translated"

for page in man/*.[0-9] man/??_??/*.[0-9]; do
	mandoc -T lint -W warning "$page" || complain "$page"
done

# What a person reads is translated, all of it and nothing else.
words=$(mktemp)
sh po/extract.sh >"$words"
for catalogue in po/??_??.po; do
	msgfmt --check -c -o /dev/null "$catalogue" || complain "$catalogue"
	said=$(msgcmp "$catalogue" "$words" 2>&1) || complain "$said"
	[ -z "$(msgcomm --unique --omit-header "$words" "$catalogue")" ] ||
		complain "$catalogue: not the words of the sources: make words"
	awk -v RS= '/printf\(1\)/ && /\nmsgstr.*%[0-9]\$/ { bad = 1; print } END { exit bad }' \
		"$catalogue" || complain "$catalogue: the shell's printf knows no %1\$s"
done
scripts="examples/volum-run examples/volum-setup $(git ls-files 'examples/*.sh' |
	grep -v '/words\.sh$')"
grep -nE '(\{|then|do|else) +(words|told|say|give_up|refuse_usage) ' $scripts &&
	complain 'xgettext finds a message at the beginning of its line'
grep -nE '(words|told|say|give_up [0-9]+|refuse_usage) "([^"\$]|\\.)*\$|echo .*>&2' $scripts |
	grep -v '^examples/scale/' && complain 'a message that no catalogue can have'
rm -f "$words"

grep -nE '\b(sprintf|strcpy|strcat|strtok|atoi|atol|atof|gets|setlocale)\(' \
	$(git ls-files 'cmd/*.c' 'lib/*.c' 'test/*.c') &&
	complain 'a banned call'

# The rooms: core knows no other, domain only core, net and store not each
# other (style: arrows point one way).
arrow() { # arrow ROOM FORBIDDEN
	grep -nE "#include \"($2)/" "lib/$1"/*.[ch] &&
		complain "lib/$1 uses what it must not"
}
arrow core 'domain|net|store'
arrow domain 'net|store'
arrow net 'store'
arrow store 'net'
grep -lE '#include [<"]j[vq]\.h' cmd/*.c cmd/*/*.c lib/*/*.[ch] |
	grep -v '^lib/core/jqprog' && complain 'jv outside core/jqprog'
grep -nE '\b(printf|fprintf|puts|exit|perror|err|errx|warn|warnx)\(' \
	lib/domain/*.c lib/net/*.c lib/store/*.c && complain 'lib prints or exits'

for page in man/*.1; do
	command=$(basename "$page" .1)
	[ -x "$BUILD/bin/$command" ] || continue
	for option in $("$BUILD/bin/$command" --help |
		grep -oE '^ +(-., )?--[a-z-]+' | grep -oE '\--[a-z-]+' | sort -u); do
		grep -q -- "Fl -${option#--}" "$page" ||
			complain "$page says nothing of $option"
	done
done

[ "$status" -eq 0 ] && echo 'lint: clean'
exit "$status"
