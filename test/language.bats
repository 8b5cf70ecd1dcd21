#!/usr/bin/env bats
# A person reads Portuguese where the environment says so; a machine reads the
# same bytes everywhere.

load helper
bats_require_minimum_version 1.5.0

# A locale of its own, since few machines have pt_BR's.
setup_file()
{
	export LOCPATH=$BATS_FILE_TMPDIR/locale
	mkdir "$LOCPATH"
	# glibc keeps what it made of LOCPATH.
	export LSAN_OPTIONS=suppressions=$PWD/test/lsan.supp:print_suppressions=0
	localedef -i pt_BR -f UTF-8 "$LOCPATH/pt_BR.UTF-8"
}

in_portuguese()
{
	local -x LC_ALL=pt_BR.UTF-8
	"$@"
}

commands()
{
	find "$BUILD/bin" -name '*-*' -type f -executable |
		sed 's|.*/||' | grep -vE '^(omie-sim|volum-sim|volum-run|volum-setup)$'
}

options_of()
{
	grep -aoE '^ {2,6}(-., )?--[a-z-]+' | grep -aoE '\--[a-z-]+'
}

@test 'each command helps in Portuguese, with the same options' {
	local command
	[ "$(commands | wc -l)" -ge 8 ]
	for command in $(commands); do
		$command --help >en
		in_portuguese $command --help >pt
		diff <(options_of <en) <(options_of <pt)
		grep -q '^Uso: ' pt
		grep -q '^Código de saída:$' pt
		# Words that no Portuguese sentence has.
		run ! grep -anE '(^|[ (])(the|of|is|are|with|what|and|or|this|at)( |$)' pt
		run ! grep -anE '^.{81}' <(LC_ALL=C.UTF-8 sed 's/[^ -~]/x/g' pt)
	done
}

@test 'a wrong option, a refusal and the summary are told in Portuguese' {
	want_err='^volum-store: opção desconhecida --nada$' \
		in_portuguese expect 'unknown option' 64 volum-store --nada
	grep -qx "volum-store: veja 'volum-store --help'" err
	want_err='^volum-store: linha 1: falta consolidacaoData \(campo_ausente\)$|^volum-store: linha 1: ' \
		in_portuguese expect 'a refusal' 1 volum-store -v <<<'{"consolidacaoData":1}'
	grep -qx "volum-store: registros rejeitados: 1 de 1, guardados em $REJECTED" err
	grep -qE '^volum-store: lidos: 1, feitos: 0, rejeitados: 1, [0-9.]+ s$' err
}

@test "the system's reason comes in the same language as the message" {
	want_err='^volum-store: --log /nowhere/log: Arquivo ou diretório inexistente$' \
		in_portuguese expect 'no log' 78 volum-store --log /nowhere/log
	want_err='^volum-store: --log /nowhere/log: No such file or directory$' \
		expect 'no log' 78 volum-store --log /nowhere/log
}

@test 'without a language, or without its locale, it is English' {
	local setting
	for setting in LANG=C LC_ALL=POSIX LC_ALL=C.UTF-8 LANG=xx_YY.UTF-8 \
		LC_ALL=en_US.UTF-8; do
		env LC_MESSAGES= "$setting" volum-store --help | grep -q '^Usage: '
	done
	# gettext's rules: "C" is English whatever LANGUAGE says, C.UTF-8 isn't.
	LC_ALL=C LANGUAGE=pt_BR volum-store --help | grep -q '^Usage: '
	LC_ALL=C.UTF-8 LANGUAGE=pt_BR volum-store --help | grep -q '^Uso: '
	LC_ALL=pt_BR.UTF-8 LANGUAGE=en volum-store --help | grep -q '^Usage: '
	LOCPATH=/nowhere LC_ALL=pt_BR.UTF-8 volum-store --help |
		grep -q '^Usage: '
}

# Good records, bad ones of many kinds, and an end that has words of its own.
everything()
{
	mkdir "$1"
	(
		cd "$1"
		export VOLUM_STATE_DIR=$PWD/state
		mkdir state
		run_of()
		{
			"$@" --as-of 2026-11-24T05:00:03Z --request-id r \
				--log log --rejected rejected </dev/stdin
		}
		cat "$EXAMPLES"/sample/*.ndjson "$EXAMPLES"/propostas/*.ndjson \
			- <<-'!' | run_of volum-store >out 2>err || echo $? >>codes
		{"empresa":{"empresaId":"1","cnpj":"1"}}
		{"empresa":[]}
		{"x":"\ud800"}
		{"volumetriaData":{}}
		nope
		!
		run_of volum-store --metrics /nowhere/x --list volumetria \
			>list 2>>err || echo $? >>codes
		run_of volum-store --explain -c 2026-09 -e nobody \
			>explain 2>>err || echo $? >>codes
		run_of omie-contract --show 2026-09/1/1 >show 2>>err ||
			echo $? >>codes
		run_of cnpj-sync --from omie --to inanbetec --all >sync 2>>err ||
			echo $? >>codes
		sed -i 's/"pid":[0-9]*/"pid":0/; s/"ms":[0-9]*/"ms":0/' log
		rm -r state
	)
}

@test 'what a machine keeps is the same bytes in every language' {
	EXAMPLES=$BUILD/share/volum/examples
	everything en
	in_portuguese everything pt
	grep -q '"mensagem"' en/rejected
	grep -q 'No such file or directory' en/log
	grep -q 'Arquivo ou diretório inexistente' pt/err
	run ! cmp -s en/err pt/err
	rm en/err pt/err
	diff -r en pt
}

@test 'numbers stay as they are: no decimal comma comes with the language' {
	in_portuguese volum-store -v </dev/null 2>err
	grep -qE ' [0-9]+\.[0-9] s$' err
}

@test 'the progress line fits the screen in Portuguese too' {
	yes '{}' | head -3 | in_portuguese volum-store -n --progress always 2>err || :
	tr '\r' '\n' <err | grep -aqE '^volum-store: [0-9]+.*, [0-9]+ rejeitados'
}

# A flaw comes from the store, and is told by the doctor.
@test 'a store that lacks an index: by the doctor in both languages' {
	export VOLUM_STATE_DIR=$PWD/state
	volum-sim --companies 1 --catalog | volum-store --db sqlite:lacking.db >/dev/null
	sqlite3 lacking.db 'DROP INDEX lancamentos_conta'
	in_portuguese volum-doctor --offline --db sqlite:lacking.db >pt || [ $? = 78 ]
	grep -a -A1 '^fail  store ' pt | tr -s ' \n' ' ' |
		grep -aq 'store falta index lancamentos_conta; pare os agendamentos'
	in_portuguese volum-doctor --offline --json --db sqlite:lacking.db >json || [ $? = 78 ]
	grep -q '"what":"the index lancamentos_conta is missing","advice":"stop the' json
}

@test 'refused records that wait, and a migration of what is none, in Portuguese' {
	mkdir -m 700 state
	export VOLUM_STATE_DIR=$PWD/state
	printf '%s\n' '{"rejeitado":{"classe":"dados"}}' nope >rejected
	in_portuguese volum-doctor --offline --rejected rejected >pt || [ $? = 78 ]
	tr -s ' \n' ' ' <pt | grep -aq \
		'dead letters 2 à espera: 1 dados, 0 servico, 0 incerto, e linhas que não são nada disso; volum-redrive'
	want_err='^volum-store: --migrate: as funções anteriores nada guardaram neste tipo de base$' \
		in_portuguese expect 'no MongoDB' 64 volum-store --migrate
}

@test 'what the doctor says is Portuguese for people, and English as JSON' {
	in_portuguese volum-doctor --offline >out 2>err || [ $? = 78 ]
	grep -aq '^fail  OMIE_APP_KEY  *não definida; p. ex. OMIE_APP_KEY_FILE=' out
	grep -aqE '^ok: [0-9]+, avisos: [0-9]+, falhas: [0-9]+, puladas: [0-9]+$' out
	volum-doctor --offline --json >en 2>>err || [ $? = 78 ]
	in_portuguese volum-doctor --offline --json >pt 2>>err || [ $? = 78 ]
	diff <(grep -v ' MB free' en) <(grep -v ' MB free' pt)
	[ ! -s err ]
}

@test 'the scripts help in Portuguese, with the same options' {
	local script
	for script in volum-run volum-setup; do
		$script --help >en
		in_portuguese $script --help >pt
		[ "$(options_of <en | wc -l)" -ge 8 ]
		diff <(options_of <en) <(options_of <pt)
		grep -q '^Uso: ' pt
		grep -q '^Código de saída: ' pt
		run ! grep -anE '(^|[ (])(the|of|is|are|with|what|and|or|this|at)( |$)' pt
	done
	for script in run setup; do
		want_err="^volum-$script: 'nada' não é " \
			in_portuguese expect 'a wrong word' 64 volum-$script nada
		grep -qx "volum-$script: veja 'volum-$script --help'" err
		want_err='' in_portuguese expect 'a wrong option' 64 volum-$script --nada
		[ "$(wc -l <err)" = 2 ]
	done
	want_err="^volum-run: --wait: '' não é " \
		in_portuguese expect 'a message that begins with --' 64 volum-run --wait '' sync
}

@test 'what the scripts find is told in Portuguese, and what is parsed is not' {
	export VOLUM_STATE_DIR=$PWD/state
	want_err='^volum-run: check: defina OMIE_APP_KEY$' \
		in_portuguese expect 'no settings' 78 volum-run check
	mkdir -p state/done
	echo '2026-11-24T05:00:03Z 0' >state/done/sync
	volum-run status >en
	in_portuguese volum-run status | diff en -
	grep -qx 'sync       2026-11-24T05:00:03Z exit 0' en
	grep -qx 'verify     never' en
}

@test 'without gettext(1) the scripts speak English, and say no more' {
	local command
	mkdir only
	for command in bash env cat id readlink dirname getopt; do
		ln -s "$(command -v $command)" only
	done
	volum-run --help >en
	PATH=$PWD/only in_portuguese "$BUILD/bin/volum-run" --help >out 2>err
	diff en out
	[ ! -s err ]
	volum-run nada 2>en || [ $? = 64 ]
	PATH=$PWD/only in_portuguese "$BUILD/bin/volum-run" nada 2>err || [ $? = 64 ]
	diff en err
}

@test 'the demo in Portuguese: the same figures, in the same columns' {
	TMPDIR=$PWD in_portuguese sh "$BUILD/share/volum/examples/demo.sh" >out 2>err
	grep -qx '  consolidações                                    47               47' out
	grep -qx '  rejeitados                                        3                3' out
	grep -qx 'A segunda execução não gravou nada: mesma base, nenhuma chamada a mais.' out
}

@test "what is wrong with a line's JSON is told in both languages" {
	want_err='^volum-store: linha 1: coluna 6: `}` inesperado; esperado um valor \(json_invalido\)$' \
		in_portuguese expect 'wrong JSON' 1 volum-store -n <<-'!'
		{"a":}
		{"a":1,"a":2}
		{"a":"x
		!
	grep -qx 'volum-store: linha 2: coluna 8: nome repetido no seu objeto (json_invalido)' err
	grep -qx 'volum-store: linha 3: coluna 8: fim inesperado; esperadas as aspas que fecham (json_invalido)' err
	jq -r .rejeitado.mensagem "$REJECTED" | diff - <(
		cat <<-'!'
		column 6: unexpected `}`, a value expected
		column 8: name repeated in its object
		column 8: unexpected end, the closing quote expected
		!
	)
}

@test "volum-ping speaks the reader's language, and its log English" {
	in_portuguese volum-ping --log log nada 2>err || [ $? = 127 ]
	diff err - <<-'!'
	volum-ping: ninguém foi avisado: defina VOLUM_PING_URL
	volum-ping: nada: Arquivo ou diretório inexistente
	!
	VOLUM_PING_URL=ftp://x in_portuguese volum-ping --log log true 2>err
	grep -qx 'volum-ping: ninguém foi avisado: VOLUM_PING_URL: não é uma URL http nem https' err
	jq -r .message log | diff - <(
		cat <<-'!'
		ping: not told: VOLUM_PING_URL must be set
		ping: not told: VOLUM_PING_URL: not an http or https URL
		!
	)
}
