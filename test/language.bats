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
	grep -qx "volum-store: 1 de 1 registros rejeitados, guardados em $REJECTED" err
	grep -qE '^volum-store: 1 lidos, 0 feitos, 1 rejeitados, [0-9.]+ s$' err
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
	grep -aqE '^[0-9]+ ok, [0-9]+ avisos, [0-9]+ falhas, [0-9]+ puladas$' out
	volum-doctor --offline --json >en 2>>err || [ $? = 78 ]
	in_portuguese volum-doctor --offline --json >pt 2>>err || [ $? = 78 ]
	diff <(grep -v '"disk"' en) <(grep -v '"disk"' pt)
	[ ! -s err ]
}
