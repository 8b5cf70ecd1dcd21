#!/usr/bin/env bats
# What a person sees: no line is wider than the terminal, amounts stand in one
# column, and nothing steers or colours it.

bats_require_minimum_version 1.5.0
load omie_helper

# neat WIDTH <TEXT: no line has more columns, a blank at its end, or a control
# character.
neat()
{
	python3 -c '
import sys, unicodedata
width, bad = int(sys.argv[1]), 0
def columns(c):
    return 0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
for line in sys.stdin.read().splitlines():
    if sum(map(columns, line)) > width or line != line.rstrip(" ") or any(c < " " for c in line):
        bad = 1
        print("not neat:", repr(line))
sys.exit(bad)' "$1"
}

in_portuguese()
{
	LC_ALL=C.UTF-8 LANGUAGE=pt_BR "$@"
}

@test 'each help is 80 columns of text, in both languages, and the same on a terminal' {
	local command
	for command in "$BUILD"/bin/*; do
		command=${command##*/}
		$command --help >en
		in_portuguese $command --help >pt
		neat 80 <en
		neat 80 <pt
		for term in xterm dumb; do
			TERM=$term WIDTH=60 on_terminal $command --help | diff en -
		done
	done
	[ "$(find "$BUILD/bin" -type f -executable | wc -l)" -ge 12 ]
}

@test 'the doctor breaks its lines between words, at every width' {
	mkdir -m 700 s
	export VOLUM_STATE_DIR=s
	in_portuguese volum-doctor --offline >plain || [ $? = 78 ]
	for width in 49 80 132; do
		WIDTH=$width in_portuguese on_terminal volum-doctor --offline >out ||
			[ $? = 78 ]
		# A word that is longer than what is left stands alone.
		grep -vE '^ {28}[^ ]+$' out | neat $width
		diff <(tr -s ' \n' '\n' <plain | grep -vE '^[0-9]+$') \
			<(tr -s ' \n' '\n' <out | grep -vE '^[0-9]+$')
	done
	# A word is broken for where it stands, not for what its bytes take.
	WIDTH=49 in_portuguese on_terminal volum-doctor --offline >out || [ $? = 78 ]
	grep -q '^fail  OMIE_APP_KEY          não definida; p. ex\.$' out
}

# frames <OUTPUT: what stood in the progress line, one after the other.
frames()
{
	tr '\r' '\n' | grep -aE '^volum-store: [0-9]+(,.*)? *$'
}

@test 'the progress line is never wider than the screen, and never half a number' {
	yes '{}' | head -2000 >many
	for width in 80 32 20; do
		FDS=2 WIDTH=$width on_terminal volum-store -n --progress always \
			--rejected /dev/null <many >out || [ $? = 1 ]
		frames <out | sed 's/ *$//' >seen
		[ -s seen ]
		run ! grep -E "^.{$width}" seen
		run ! grep -vE '^volum-store: [0-9]+(, [0-9]+ rejected(, [0-9]+/min)?)?$' seen
	done
	run ! grep rejected seen # of 20 columns
}

@test 'no progress line where nobody draws: a pipe, a terminal that can do nothing' {
	yes '{}' | head -20 >many
	FDS=2 TERM=xterm on_terminal volum-store -n --rejected /dev/null <many >out || [ $? = 1 ]
	[ -n "$(frames <out)" ]
	FDS=2 TERM=dumb on_terminal volum-store -n --rejected /dev/null <many >out || [ $? = 1 ]
	run ! frames <out
	volum-store -n --rejected /dev/null <many >out 2>&1 || [ $? = 1 ]
	run ! frames <out
}

@test 'all about one contract fits 80 columns, in Portuguese too' {
	start_new
	made 1
	in_portuguese try 0 on_terminal omie-contract --show 2024-01/1/PROP-1
	grep -q '^     quem     req-' out
	neat 80 <out
}

@test 'the table of a month takes the whole screen, and its amounts one column' {
	local name='Transportadora Irmãos Conceição do Interior Paulista Ltda'
	start_new
	made 2
	printf '{"empresa":{"empresaId":"1","razaoSocial":"%s"}}\n' "$name" |
		volum-store >stored
	for width in 60 80 132; do
		sleep 1.1
		WIDTH=$width try 0 on_terminal omie-contract --reconcile -c 2024-01 --all
		neat $((width < 111 ? width : 111)) <out
		# Of the lines with an amount, the last digit.
		same 1 "$(LC_ALL=C.UTF-8 awk '/,[0-9][0-9]$/' out |
			python3 -c 'import sys
for line in sys.stdin: print(len(line))' | sort -u | wc -l)"
	done
	grep -qF "$name" out
	sleep 1.1
	WIDTH=60 try 0 on_terminal omie-contract --reconcile -c 2024-01 --all
	grep -qE '^ok +Transpor… +1,10 +1,10$' out
}
