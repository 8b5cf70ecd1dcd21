#!/usr/bin/env bats
# Each line of data/hostile.tsv between two good neighbours: these are handled,
# it is refused with its reason and kept as it came (or taken, as the table
# says). All rows with one exit code go through one process.

load helper

TABLE=$BATS_TEST_DIRNAME/data/hostile.tsv

teardown()
{
	stop_sim
}

# The bytes that a line of the table stands for.
bytes()
{
	local rest=$1 spec
	while [[ $rest == *'<<'*x*'>>'* ]]; do
		printf %b "${rest%%<<*}"
		rest=${rest#*<<}
		spec=${rest%%>>*}
		rest=${rest#*>>}
		head -c "${spec%x*}" /dev/zero | tr '\0' "${spec#*x}"
	done
	printf %b "$rest"
}

# neighbour COMMAND N: a good line, known by its requestId.
neighbour()
{
	local line
	case $1 in
	store) line=$(cat "$EVENTS/process.ndjson") ;;
	contract) line=$(cat "$EVENTS/contracts.ndjson") ;;
	fetch) line='{"competencia":"2024-01","empresaId":1}' ;;
	esac
	printf '%s,"requestId":"n-%d"}\n' "${line%\}}" "$2"
}

# prepare COMMAND EXIT: `in`, and `rows` with line number, code, message, name.
prepare()
{
	local n=0 name command code reason message line
	neighbour "$1" 0 >in
	: >rows
	while IFS=$'\t' read -r name command code reason message line; do
		[ "$command" = "$1" ] || [ "$command" = all ] || continue
		[ "$code" = "$2" ] || continue
		n=$((n + 1))
		printf '%d\t%s\t%s\t%s\n' $((2 * n)) "$reason" "$message" "$name" >>rows
		bytes "$line" >line.$((2 * n))
		{
			cat line.$((2 * n))
			echo
			neighbour "$1" $n
		} >>in
	done <"$TABLE"
	ROWS=$n
	[ $n -gt 0 ]
}

# The neighbours came through, in order and all alike.
neighbours_are_good()
{
	seq -f 'n-%g' 0 "$ROWS" >want
	jq -r '.requestId // "" | select(startswith("n-"))' out | diff want - &&
		[ "$(jq -c 'select(.requestId // "" | startswith("n-")) | del(.requestId)' out | sort -u | wc -l)" = 1 ]
}

# Each row was refused under its number, with its code and message, on stderr
# and in the rejected file.
rows_are_refused()
{
	jq -r '.rejeitado | [.linha, .codigo, .mensagem] | join("\t")' "$REJECTED" >refused
	awk -F '\t' '
	FILENAME == "refused" { code[$1] = $2; message[$1] = $3; next }
	FILENAME == "err" {
		if (match($0, /: line [0-9]+: /))
			said[substr($0, RSTART + 7, RLENGTH - 9)] = $0
		next
	}
	code[$1] != $2 || !index(message[$1], $3) || !index(said[$1], $3) {
		printf "%s: want %s: %s\n  got %s: %s\n  said %s\n", $4, $2, $3, code[$1], message[$1], said[$1]
		bad = 1
	}
	{ known[$1] = 1 }
	END {
		for (line in code)
			if (!known[line]) {
				printf "line %s refused: %s\n", line, message[line]
				bad = 1
			}
		exit bad
	}' refused err rows
}

# What was no JSON is in the rejected file byte for byte.
bytes_are_kept()
{
	local number text
	jq -r 'select(.rejeitado.codigo == "json_invalido")
		| [.rejeitado.linha, (.registroBase64 // (.registro | @base64))]
		| join(" ")' "$REJECTED" >kept
	while read -r number text; do
		base64 -d <<<"$text" | cmp - line."$number" || return
	done <kept
	[ "$(wc -l <kept)" = "$(grep -c json_invalido rows)" ]
}

# The output of each row, between those of its neighbours, holds its text.
rows_are_taken()
{
	local number text name bad=0
	while IFS=$'\t' read -r number _ text name; do
		sed -n "/\"requestId\":\"n-$((number / 2 - 1))\"/,/\"requestId\":\"n-$((number / 2))\"/p" out |
			grep -v '"requestId":"n-' | grep -qF -- "$(printf %b "${text%<<}")" && continue
		echo "$name: not in the output"
		bad=1
	done <rows
	return $bad
}

# What was refused, without the reasons.
records()
{
	sed 's/^{"rejeitado":{.*"quando":"[^"]*"\(,"proxima":"[^"]*"\)\{0,1\}},//' "$1"
}

# refused COMMAND PROGRAM [OPTION...]
refused()
{
	local command=$1 code=0
	shift
	prepare "$command" 1
	"$@" --verbose <in >out 2>err || code=$?
	[ $code = 1 ] || {
		echo "exit $code"
		tail -n 5 err
		return 1
	}
	neighbours_are_good
	rows_are_refused
	bytes_are_kept
	# Fed back in, all of it is refused again and kept as it was before.
	mv "$REJECTED" letters
	"$@" --quiet <letters >out 2>err || code=$?
	[ $code = 1 ]
	records letters >want
	records "$REJECTED" | cmp - want
}

# taken COMMAND PROGRAM [OPTION...]
taken()
{
	local command=$1 code=0
	shift
	prepare "$command" 0
	"$@" <in >out 2>err || code=$?
	[ $code = 0 ]
	[ ! -s err ]
	neighbours_are_good
	rows_are_taken
}

catalog()
{
	store <"$EVENTS/proposta-informado.ndjson" >out
}

@test "volum-store refuses, and says why" {
	catalog
	refused store volum-store
}

@test "volum-store takes what is only strange" {
	catalog
	taken store volum-store
	# And all of it can be listed and fed back in.
	dump >first
	in_other copy store <first >again
	in_other copy dump | cmp - first
}

start_usage()
{
	export VOLUMETRIA_API_TOKEN=tok-3n-of-the-test
	start_sim volum-sim --companies 3
	export VOLUMETRIA_API_URL=$SIM_URL
}

@test "volum-fetch refuses, and says why" {
	start_usage
	refused fetch volum-fetch --as-of 2026-11-24T15:00:00Z
}

@test "volum-fetch takes what is only strange" {
	start_usage
	taken fetch volum-fetch --as-of 2026-11-24T15:00:00Z
}

@test "omie-contract refuses, and says why" {
	catalog
	refused contract omie-contract --dry-run
}

@test "omie-contract takes what is only strange" {
	catalog
	taken contract omie-contract --dry-run
}
