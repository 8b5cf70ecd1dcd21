#!/usr/bin/env bats
# Dead letters: what is due goes back to the command that refused it, what is not
# stays, and no kill and no rename loses or doubles a line.

bats_require_minimum_version 1.5.0
load omie_helper

NOW=2026-11-24T05:00:00Z
PLAIN=$(cd "${PLAIN:-$BUILD}" && pwd)

# letter COMMAND CLASS ATTEMPTS NEXT RECORD [MEMBERS]: a rejected line.
letter()
{
	printf '{"rejeitado":{"comando":"%s","codigo":"%s","classe":"%s","mensagem":"m","tentativas":%s%s,"quando":"2026-11-24T00:00:00Z"%s},"registro":%s}\n' \
		"$1" "teste_$2" "$2" "$3" "${6:+,$6}" "${4:+,\"proxima\":\"$4\"}" "$5"
}

redrive()
{
	volum-redrive --as-of "$NOW" "$@"
}

# fake COMMAND...: stand-ins first in the PATH. Each notes its arguments and the
# lines that it gets, passes them on, and refuses those with "ruim".
fake()
{
	local command
	mkdir -p fake state
	for command; do
		cat >"fake/$command" <<-'END'
			#!/bin/sh
			# --rejected FILE comes first.
			name=${0##*/} rejected=$2 code=0
			shift 2
			echo "$*" >>"$name.args"
			while IFS= read -r line; do
				case $line in
				*ruim*) printf '%s\n' "$line" >>"$rejected" && code=1 ;;
				*) printf '%s\n' "$line" >>"$name.got" && printf '%s\n' "$line" ;;
				esac
			done
			exit $code
		END
		chmod +x "fake/$command"
	done
	PATH=$PWD/fake:$PATH
}

# broken COMMAND CODE: reads one line, refuses it, and ends with CODE.
broken()
{
	printf '#!/bin/sh\nread -r line\nprintf "%%s\\n" "$line" >>"$2"\nexit %s\n' "$2" >"fake/$1"
	chmod +x "fake/$1"
}

@test 'what is due goes, what is not stays, and so does what a person must mend' {
	fake volum-store omie-contract
	letter omie-contract servico 1 2026-11-24T04:59:59Z '{"id":"due"}' >due
	letter omie-contract servico 1 2026-11-24T05:00:00Z '{"id":"now"}' >>due
	letter omie-contract incerto 2 '' '{"id":"of an older version"}' >>due
	{
		letter omie-contract servico 2 2026-11-24T05:00:01Z '{"id":"later"}'
		letter omie-contract dados 1 '' '{"valor":15000.00,"n":1e2}'
		echo 'no rejected line'
		letter nobody servico 1 '' '{"id":"whose?"}'
	} >stay
	cat stay due >"$REJECTED"
	want=$(cat due) expect 'what leaves' 0 redrive
	cmp due omie-contract.got
	cmp due volum-store.got
	cmp stay "$REJECTED"
	want='' expect 'once more' 0 redrive
	cmp stay "$REJECTED"
	want=$(sed -n 1,2p stay) want_err='2 lines of .* stay: no rejected line' \
		expect 'all' 0 redrive --all
	sed -n 3,4p stay | cmp - "$REJECTED"
}

@test 'a dry run shows what is due, and touches nothing' {
	mkdir state
	letter omie-contract servico 1 2026-11-24T05:00:00Z '{"v":1.50}' >"$REJECTED"
	letter omie-contract dados 1 '' '{"id":2}' >>"$REJECTED"
	cp "$REJECTED" before
	want=$(head -n 1 before) expect 'due' 0 redrive --dry-run
	want=$(cat before) expect 'all' 0 redrive --dry-run --all
	want=$(tail -n 1 before) expect 'by reason' 0 redrive -n --codigo teste_dados
	cmp before "$REJECTED"
	[ "$(ls state)" = rejected.ndjson ]
}

@test 'each line goes to the command that refused it, and on down the pipe' {
	fake volum-fetch volum-store omie-contract cnpj-sync
	{
		letter omie-contract servico 1 '' '{"id":"bill"}'
		letter volum-store servico 1 '' '{"volumetriaData":[]}'
		letter volum-fetch servico 1 '' '{"competencia":"2024-01"}'
		letter cnpj-sync servico 1 '' '{"empresa":{}}' '"de":"inanbetec","para":"omie"'
		letter cnpj-sync servico 1 '' '{"empresa":{}}' '"de":"omie","para":"inanbetec"'
		letter volum-store servico 1 '' '{"proposta":{}}'
	} >"$REJECTED"
	redrive --quiet --with cnpj-sync:--owner=o.json --with volum-store:--max-change=30 \
		--with volum-store:--dia-corte=5 --request-id R --db sqlite:x.db >out
	same '--request-id R --db sqlite:x.db --as-of 2026-11-24T05:00:00.000Z --quiet --from inanbetec --to omie --owner=o.json
--request-id R --db sqlite:x.db --as-of 2026-11-24T05:00:00.000Z --quiet --from omie --to inanbetec --owner=o.json' \
		"$(cat cnpj-sync.args)"
	[ "$(grep -c -- '--quiet --max-change=30 --dia-corte=5$' volum-store.args)" = 6 ]
	# Six routes: the catalogue once, and twice or once of what is billed.
	[ "$(wc -l <volum-store.got) $(wc -l <omie-contract.got) $(wc -l <volum-fetch.got)" = '6 3 1' ]
	[ "$(head -n 1 volum-store.got | jq -c .registro)" = '{"proposta":{}}' ]
	[ "$(wc -l <out)" = 6 ]
	[ ! -e "$REJECTED" ]
}

@test 'what was refused too often becomes poison, unless somebody asks for it' {
	fake omie-contract volum-store
	letter omie-contract servico 2 '' '{"id":"often"}' >poison
	letter omie-contract servico 3 '' '{"id":"oftener"}' >>poison
	letter omie-contract servico 1 '' '{"id":"good"}' >good
	letter omie-contract servico 9 2026-11-24T06:00:00Z '{"id":"not yet"}' >stays
	cat poison good stays >"$REJECTED"
	want=$(cat good) \
		want_err="2 lines refused 2 times or more: moved to $REJECTED.poison; correct and feed with --rejected $REJECTED.poison --all" \
		expect 'poison' 1 redrive --max-attempts 2
	cmp poison "$REJECTED.poison"
	cmp stays "$REJECTED"
	cat poison >>"$REJECTED"
	want='' want_err='moved to' expect 'more of it' 1 redrive --max-attempts 2
	cat poison poison | cmp - "$REJECTED.poison"
	want=$(cat poison poison) expect 'mended' 0 \
		redrive --max-attempts 2 --all --rejected "$REJECTED.poison"
	[ ! -e "$REJECTED.poison" ]
}

@test 'what a command leaves undone stays as it was' {
	fake volum-store omie-contract
	broken omie-contract 69
	letter omie-contract servico 4 '' '{"id":1,"v":1.00}' >"$REJECTED"
	letter omie-contract servico 4 '' '{"id":2}' >>"$REJECTED"
	cp "$REJECTED" before
	letter volum-store servico 1 '' '{"proposta":{}}' >good
	cat good >>"$REJECTED"
	want=$(cat good) want_err='2 lines for omie-contract to be fed again: exit 69' \
		expect 'blocked' 69 redrive
	cmp before "$REJECTED"
	broken omie-contract 2
	want='' want_err='exit 75' expect 'none of our codes' 75 redrive
	cmp before "$REJECTED"
	printf '#!/bin/sh\nkill -9 $$\n' >fake/omie-contract
	want='' want_err='omie-contract: ended by signal 9' expect 'killed' 75 redrive
	cmp before "$REJECTED"
	rm fake/omie-contract
	want='' want_err='omie-contract: No such file' expect 'not installed' 78 \
		env PATH="$PWD/fake:/usr/bin:/bin" "$BUILD/bin/volum-redrive" --as-of "$NOW"
	cmp before "$REJECTED"
}

@test 'two at once: the second is refused, also by what a killed one left' {
	fake volum-store omie-contract
	mkfifo gate
	printf '#!/bin/sh\nread -r _ <gate\ncat >/dev/null\n' >fake/omie-contract
	letter omie-contract servico 1 '' '{"id":1}' >"$REJECTED"
	cp "$REJECTED" before
	volum-redrive --as-of "$NOW" >first.out 2>first.err 3>&- &
	first=$!
	wait_for 20 [ -e "$REJECTED.redrive/feed" ]
	want='' want_err='another redrive of .* is at work' expect 'second' 75 redrive
	kill -9 $first
	wait $first || :
	want='' want_err='another redrive of .* is at work' expect 'its command' 75 redrive
	cmp before "$REJECTED.redrive/taken"
	echo go >gate
	fake omie-contract
	wait_for 20 redrive >out
	cmp before omie-contract.got
	[ ! -e "$REJECTED" ]
	[ -z "$(ls "$REJECTED.redrive")" ]
}

@test 'a record refused while redrive is at work is not lost' {
	fake volum-store omie-contract
	cat >fake/omie-contract <<-'END'
		#!/bin/sh
		cat
		echo nope | PATH=$REAL volum-store 2>/dev/null
		exit 0
	END
	letter omie-contract servico 1 '' '{"id":1}' >"$REJECTED"
	letter omie-contract dados 1 '' '{"id":2}' >stays
	cat stays >>"$REJECTED"
	REAL=$BUILD/bin:/usr/bin:/bin redrive >out
	[ "$(rejected_codes)" = 'json_invalido
teste_dados' ]
	tail -n 1 "$REJECTED" | cmp - stays
}

# finished: it ran, and was not refused.
finished()
{
	local code=0
	volum-redrive --as-of "$NOW" --max-attempts 5 >/dev/null 2>&1 || code=$?
	[ "$code" -le 1 ]
}

# killed N: killed at its Nth system call, everything that it started with it.
killed()
{
	rm -rf work
	mkdir -p work/state
	cp -r fake work
	cp lines work/state/rejected.ndjson
	(
		cd work || exit
		export VOLUM_STATE_DIR=$PWD/state PATH=$PWD/fake:$PLAIN/bin:/usr/bin:/bin
		"$TOOL" -l ../calls "$1" volum-redrive --as-of "$NOW" --max-attempts 5 >/dev/null 2>&1 || :
		# Perhaps once more, in the midst of mending.
		[ "${2:-0}" = 0 ] ||
			"$TOOL" "$2" volum-redrive --as-of "$NOW" --max-attempts 5 >/dev/null 2>&1 || :
		# What was killed may hold the lock a little longer.
		wait_for 20 finished
		sort state/rejected.ndjson >../left
		sort state/rejected.ndjson.poison >../poison
		sort -u omie-contract.got volum-store.got >../got
		ls state/rejected.ndjson.redrive >../desk
	)
}

@test 'kill -9 at any system call loses no line and doubles none' {
	TOOL=$BUILD/tool/killat
	! grep -q __asan_init "$PLAIN/bin/volum-redrive" ||
		skip "only the sanitizer's programs are built: give PLAIN=DIRECTORY"
	fake volum-store omie-contract
	{
		letter omie-contract servico 1 '' '{"id":"good"}'
		letter omie-contract servico 1 '' '{"id":"ruim"}'
		letter omie-contract dados 1 '' '{"id":"stays"}'
		letter volum-store servico 1 '' '{"proposta":"good"}'
		letter volum-store servico 1 '' '{"proposta":"ruim"}'
		letter volum-store servico 5 '' '{"proposta":"poison"}'
	} >lines
	killed 0
	read -r last _ <calls
	[ "$last" -gt 200 ]
	[ "$(wc -l <left) $(wc -l <poison) $(wc -l <got)" = '3 1 2' ]
	[ ! -s desk ]
	for f in left poison got; do cp $f $f.want; done
	for at in $(seq 1 "${STEP:-9}" "$last"); do
		killed "$at" $((at * 7 % last))
		for f in left poison got; do
			cmp $f $f.want || { echo "killed at $at"; false; }
		done
		[ ! -s desk ]
	done
}

# ------------------------------------------------------- of the real commands

# month ID...: the closed month of these companies, from the usage API to Omie.
month()
{
	local id ids=()
	for id; do ids+=(--empresa "$id"); done
	volum-fetch --request-id R --competencia 2024-01 "${ids[@]}" |
		volum-store --request-id R | omie-contract --request-id R "${EXTRA[@]}" |
		volum-store --request-id R >>results
}

# without ID...: the catalogue, but not the proposals of these, and no customer
# number for company 9.
without()
{
	local id not=()
	for id; do not+=(-e "\"proposta\":.*\"empresaId\":\"$id\""); done
	volum-sim --companies 12 --catalog | grep -v "${not[@]}" |
		sed '/"empresaId":"9"/s/,"codigoClienteOmie":[0-9]*//; /"empresaId":"9"/s/"cnpj":"[^"]*"/"cnpj":"11222333000181"/'
}

@test 'k that are refused of n: k in the file, and mended all is as if it never was' {
	EXTRA=()
	start_usage --companies 12
	start_omie --time-scale 60 --clients 12
	mkdir clean
	(
		# In the order in which the others are done, so that Omie counts alike.
		VOLUM_STATE_DIR=$PWD/clean VOLUM_DB=$(other clean)
		export VOLUM_STATE_DIR VOLUM_DB
		volum-sim --companies 12 --catalog | volum-store >/dev/null
		month 1 2 4 5 6 8 10 12
		for id in 3 7 9 11; do month $id; done
		dump >clean.dump
		contracts | sort >clean.contracts
		[ ! -e clean/rejected.ndjson ]
	)
	[ "$(wc -l <clean.contracts)" = 12 ]
	stop_one omie
	start_omie --time-scale 60 --clients 12 --fault html-502:IncluirContrato:9-40
	mkdir state
	without 3 7 | volum-store >/dev/null
	month 1 2 4 5 6 8 10 12 2>err
	[ ! -s err ]
	for id in 3 7 9 11; do
		month $id 2>>err || :
	done
	want='proposta_desconhecida
proposta_desconhecida
cliente_desconhecido
servico_indisponivel' expect 'what was refused' 0 rejected_codes
	cp "$REJECTED" first
	# Nobody has mended anything, and the time has not come.
	want='' expect 'too early' 0 volum-redrive
	cmp first "$REJECTED"
	control fault '{"rule":null}'
	volum-sim --companies 12 --catalog | volum-store >/dev/null
	volum-redrive --request-id R --all >>results
	[ ! -s "$REJECTED" ]
	dump >dumped
	cmp clean.dump dumped
	contracts | sort | cmp clean.contracts -
}

@test 'which way a company was to go stands in its line' {
	start_usage --companies 2
	start_omie --clients 2 --same-call-window 1
	export OMIE_SAME_CALL_WINDOW_S=1
	export INANBETEC_API_URL=$VOLUMETRIA_API_URL INANBETEC_API_KEY=KEY
	echo '{"empresa":{"empresaId":"99"}}' | try 1 cnpj-sync --from inanbetec --to omie
	echo '{"empresa":{"empresaId":"98"}}' | try 1 cnpj-sync --from omie --to inanbetec
	ways='inanbetec omie 99
omie inanbetec 98'
	same "$ways" "$(jq -r '[.rejeitado.de, .rejeitado.para, .registro.empresa.empresaId] | join(" ")' "$REJECTED")"
	try 1 volum-redrive --all
	grep -q 'Omie knows no such company' err
	grep -q 'InAnbetec knows no such company' err
	same "$ways" "$(jq -r '[.rejeitado.de, .rejeitado.para, .registro.empresa.empresaId] | join(" ")' "$REJECTED")"
	same '2 2' "$(jq -r .rejeitado.tentativas "$REJECTED" | paste -sd' ')"
}

# ------------------------------------------------------------ the one-liners

# line NUMBER: that command of examples/deadletters.
line()
{
	grep -vE '^(#|$)' "$BATS_TEST_DIRNAME/../examples/deadletters" | sed -n "$1p" >line.sh
	[ -s line.sh ]
	sh line.sh
}

@test 'counted, looked at, mended, fed again, discarded: no number changes its text' {
	local wrong='"competencia":"2024-13"' right='"competencia":"2024-01"'
	export R=$REJECTED USER=fulana
	# An exponent, two decimals, more digits than a double has, an escape.
	start_omie --clients 1
	local record='{"volumetriaData":[{"idEmpresa":12345678901234567890,"cobranca":{"qtdeTitulos":1e1,"valorTotal":15000.00,"x":"\u00e7\/"}}],'
	mkdir state
	echo 'not JSON' | volum-store 2>err || :
	for n in 1 2; do echo "$record$wrong}"; done | volum-store 2>err || :
	same '2 volum-store competencia_invalida dados;1 volum-store json_invalido dados;' \
		"$(line 1 | tr -s ' \t' ' ' | sed 's/^ //' | tr '\n' ';')"
	line 2 >seen
	same '1 - competencia_invalida' "$(tail -n 1 seen | cut -f 2-4 | tr '\t' ' ')"
	CODIGO=json_invalido line 3 | jq -r .registro | grep -qx 'not JSON'
	head -n 1 "$R" >first
	export CODIGO=competencia_invalida DE=$wrong PARA=$right
	line 4
	head -n 1 "$R" | cmp - first
	[ "$(grep -cF "$record$right}" "$R")" = 2 ]
	[ "$(stat -c %a "$R")" = 600 ]
	line 5 >out 2>err || [ $? = 1 ] # by now the company has no proposal
	same 'json_invalido;proposta_desconhecida;proposta_desconhecida;' "$(rejected_codes | tr '\n' ';')"
	[ "$(grep -cF "$record$right" "$R")" = 2 ]
	CODIGO=proposta_desconhecida MOTIVO='contrato "encerrado"' line 6
	cmp first "$R"
	[ "$(grep -cF "$record$right" "$R.discarded")" = 2 ]
	same 'contrato "encerrado" fulana volum-store' \
		"$(jq -r '[.descartado.motivo, .descartado.quem, .rejeitado.comando] | join(" ")' "$R.discarded" | sort -u)"
	line 7 2>err || [ $? = 1 ]
	[ "$(rejected_codes | tail -n 1)" = proposta_desconhecida ]
	[ "$(tail -n 1 "$R" | jq .rejeitado.tentativas)" = 3 ]
	[ "$(grep -cvE '^(#|$)' "$BATS_TEST_DIRNAME/../examples/deadletters")" = 7 ]
	# A line that is torn stops the mending before anything is replaced.
	printf '{"rej' >>"$R"
	cp "$R" before
	not line 4 2>err
	CODIGO=json_invalido not line 6 2>err
	cmp before "$R"
}

# --------------------------------------------------------------- logrotate

# writes NAME COUNT: one process that refuses so many lines, some each moment.
writes()
{
	local i
	for i in $(seq "$2"); do
		echo "{\"$1\":$i}"
		[ $((i % 5)) != 0 ] || sleep 0.01
	done | volum-store --quiet || :
}

@test 'logrotate under two writers: no line is lost, none is torn' {
	mkdir state
	PATH=$PATH:/usr/sbin
	# Packed at once, and by the second: worse than what the example does.
	sed "s|/var/lib/volum|$PWD/state|g; s|/var/log/volum|$PWD|
		s/su volum volum/su $(id -un) $(id -gn)/
		s/minsize 16M/compress\ndelaycompress\ndateformat -%s/" \
		"$BATS_TEST_DIRNAME/../examples/logrotate" >conf
	local pids=()
	for w in a b; do
		writes $w 400 3>&- &
		pids+=($!)
	done
	for _ in 1 2 3; do
		sleep 1.1
		logrotate -f -s status conf 2>>rotated
	done
	wait "${pids[@]}"
	[ "$(grep -c 'was rotated; its lines wait for volum-redrive' rotated)" -ge 1 ]
	set -- state/rejected.ndjson-*
	[ $# -ge 2 ]
	zcat -f state/rejected.ndjson* | jq -c .registro | sort >got
	for w in a b; do seq -f "{\"$w\":%g}" 400; done | sort | diff - got
}
