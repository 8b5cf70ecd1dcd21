#!/usr/bin/env bats
# Completion: bash, zsh and fish themselves are asked what they offer, and offer
# each option that the help has, and no other.

bats_require_minimum_version 1.5.0
load helper

# options PROGRAM: its long options, as its help has them.
options()
{
	"$1" --help | grep -oE '^  (    |-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort
}

programs()
{
	basename -a "$BUILD"/bin/*
}

# offered LINE: what bash offers when the tab key is pressed behind it.
# shellcheck disable=SC2016 # for the inner bash
offered()
{
	bash --norc -c '
		COMP_LINE=$1 COMP_POINT=${#1}
		read -ra COMP_WORDS <<<"${COMP_LINE//=/ = }"
		[[ $COMP_LINE == *[\ =] ]] && COMP_WORDS+=("")
		[[ $COMP_LINE == *= ]] && unset "COMP_WORDS[-1]"
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		. "$2/completion/bash/${COMP_WORDS[0]}"
		spec=$(complete -p "${COMP_WORDS[0]}")
		spec=${spec#*-F }
		"${spec%% *}"
		printf "%s\n" "${COMPREPLY[@]}"' - "$1" "$BUILD" | sort
}

@test 'bash offers each option, the words of a choice, files and operands' {
	touch 'a file.env'
	for program in $(programs); do
		[ "$(offered "$program --")" = "$(options "$program")" ]
	done
	[ "$(offered 'volum-store --li')" = --list ]
	[ "$(offered 'volum-store -n --progress a' | paste -sd' ')" = 'always auto' ]
	[ "$(offered 'volum-store --progress=' | paste -sd' ')" = 'always auto never' ]
	[ "$(offered 'volum-store --progress=n')" = never ]
	[ "$(offered 'volum-run --env-file a')" = 'a file.env' ]
	[ -z "$(offered 'volum-fetch --competencia ')" ]
	[ "$(offered 'volum-run re' | paste -sd' ')" = 'reconcile redrive retry' ]
	offered 'volum-ping volum-f' | grep -xF volum-fetch
}

@test 'zsh offers the same' {
	command -v zsh >/dev/null || skip 'no zsh'
	touch 'a file.env'
	{
		programs | sed 's/$/ --/'
		cat <<-'END'
			volum-store --progress 
			volum-store --progress=n
			volum-run --env-file a
			volum-run 
			volum-ping volum-f
		END
	} >lines
	zsh -f "$BATS_TEST_DIRNAME/completion.zsh" "$BUILD/completion/zsh" lines 3>&- >got
	[ "$(grep -vc '^	' got)" = "$(wc -l <lines)" ]
	offers() { awk -v line="$1" '!/^\t/ { on = $0 == line; next } on && NF' got | tr -d '\t' | sort; }
	for program in $(programs); do
		[ "$(offers "$program --")" = "$(options "$program")" ]
	done
	[ "$(offers 'volum-store --progress ' | paste -sd' ')" = 'always auto never' ]
	offers 'volum-store --progress=n' | grep -xF never
	[ "$(offers 'volum-run --env-file a')" = 'a\ file.env' ]
	[ "$(offers 'volum-run ' | paste -sd' ')" = \
		'backup billing check reconcile redrive retry status sync verify' ]
	offers 'volum-ping volum-f' | grep -xF volum-fetch
}

@test 'fish offers the same, with a word about each' {
	command -v fish >/dev/null || skip 'no fish'
	touch 'a file.env'
	offers()
	{
		HOME=$PWD fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
			"$BUILD/completion/fish/${1%% *}.fish" "$1"
	}
	for program in $(programs); do
		[ "$(offers "$program --" | cut -f1 | sort)" = "$(options "$program")" ]
	done
	[ "$(offers 'volum-store --progress ' | cut -f1 | sort | paste -sd' ')" = 'always auto never' ]
	[ "$(offers 'volum-run --env-file a')" = 'a file.env' ]
	[ "$(offers 'volum-run sy')" = 'sync	companies and customers, both ways' ]
	[ -z "$(offers 'volum-run sync ')" ]
	offers 'volum-ping volum-f' | grep -w '^volum-fetch'
}

# What is installed serves everybody on the machine.
@test 'completion is English, whoever builds' {
	made=$BATS_TEST_TMPDIR/made
	[ -s "$BUILD/share/locale/pt_BR/LC_MESSAGES/volum.mo" ] || skip 'no msgfmt'
	LC_ALL=C.UTF-8 LANGUAGE=pt_BR volum-store --help | grep '^Uso: '
	env -u MAKEFLAGS -u MAKELEVEL LC_ALL=C.UTF-8 LANGUAGE=pt_BR make -s \
		-C "$BATS_TEST_DIRNAME/.." COMPLETION="$made" "$made/fish/volum-store.fish"
	cmp "$made/fish/volum-store.fish" "$BUILD/completion/fish/volum-store.fish"
}

@test 'a new option is offered without further ado' {
	printf '%s\n' 'Usage: new-one' '' 'Options:' \
		"      --brand-new A|B      what's [new]: \`this\$\`; default A" >help
	for shell in bash zsh fish; do
		awk -v shell=$shell -v name=new-one \
			-f "$BATS_TEST_DIRNAME/../completion/complete.awk" help >"$shell"
	done
	grep -F -- '--brand-new' bash
	grep -F "'--brand-new=[what'\\''s \\[new\\]\\: \`this\$\`]:word:(A B)'" zsh
	grep -F "complete -c new-one -l brand-new -x -a 'A B' -d 'what\\'s [new]: \`this\$\`'" fish
}
