# zsh -f completion.zsh FOLDER FILE: what zsh offers for each line of FILE when
# the tab key is pressed behind it, after the line itself; completions are those
# of FOLDER. A terminal and an interactive zsh of its own do it.
zmodload zsh/zpty zsh/datetime
offers=$(mktemp)
trap 'rm -f $offers' EXIT
zpty -b inner zsh -f -i

# What would be shown is written down instead.
zpty -w inner "fpath=($1 \$fpath) offers=$offers; autoload -Uz compinit; compinit -D -u
compadd() {
	local -a hits
	if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd \"\$@\"
		return
	fi
	builtin compadd -A hits \"\$@\"
	print -rl -- \$hits >>\$offers
}
tab() { zle complete-word; echo END >>\$offers }
zle -N tab; bindkey '^I' tab; setopt no_beep; echo END >\$offers"

wait_for_end() {
	local -F until=$((EPOCHREALTIME + 20))
	until [[ $(tail -n 1 $offers) == END ]]; do
		((EPOCHREALTIME < until)) || { echo 'zsh does not answer' && exit 1 }
		zpty -r -t inner ignored '*' || sleep 0.02
	done
}

wait_for_end
while IFS= read -r line; do
	: >$offers
	print -r -- $line
	zpty -w -n inner "$line"$'\t'
	wait_for_end
	sed '/^END$/d; s/^/	/' $offers
	zpty -w -n inner $'\C-u'
done <$2
zpty -d inner
