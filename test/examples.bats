#!/usr/bin/env bats
# What the documents and the examples say is so: each example is run (the night
# shift in schedules.bats, the command lines of the documents in pages.bats), and
# nothing that the programs read from the environment or write as a reason is
# missing from the pages.

bats_require_minimum_version 1.5.0
load pipe_helper

ROOT=$BATS_TEST_DIRNAME/..
EXAMPLES=$ROOT/examples

# The catalogue of the samples.
catalog()
{
	cat "$EXAMPLES/sample/empresa.ndjson" "$EXAMPLES/sample/proposta.ndjson" |
		volum-store >catalog.out
}

# kept SAMPLE KIND: as a test, volum-store passes it on as a record of that kind.
kept()
{
	volum-store --dry-run <"$EXAMPLES/sample/$1.ndjson" >kept.out &&
		[ "$(jq -r "keys_unsorted[0]" kept.out)" = "$2" ]
}

# Every variable that the sources read.
variables()
(
	cd "$ROOT" || exit
	{
		cat cmd/*.c cmd/*/*.c lib/*/*.[ch] test/sim/*/*.c |
			grep -ohE '(getenv|variable|is_set)\("[A-Z_]+"'
		cat cmd/*.c cmd/*/*.c lib/*/*.[ch] test/sim/*/*.c |
			grep -ohE '"(VOLUM|VOLUMETRIA|OMIE|INANBETEC|MONGODB)_[A-Z_]+"'
		cat cmd/*.c lib/*/*.c | grep -ohE 'secret_(take|require)\("[A-Z_]+"' |
			sed 's/"$/_FILE"/'
	} | grep -oE '"[A-Z_]+"' | tr -d '"' | sort -u
)

# Every word that a refusal can have as its codigo.
codes()
(
	cd "$ROOT" || exit
	cat cmd/*.c cmd/*/*.c lib/*/*.c | tr -s ' \t\n' ' ' |
		grep -oE '\b(reject|refuse|usage_refuse|refuse_by_fault)\( ?[^"();]*"[a-z]+(_[a-z]+)*"' |
		grep -oE '"[a-z_]+"$' | tr -d '"'
	# Chosen by an expression.
	sed -n '/^refuse_shut/,/^}/p' cmd/omie-contract/bill.c |
		grep -oE '[?:][[:space:]]+"[a-z]+(_[a-z]+)*"' | grep -oE '[a-z_]{3,}'
)

@test 'each sample goes through its command' {
	catalog
	kept volumetria consolidacaoData
	[ "$(jq -c .consolidacaoData.valorTotal kept.out)" = 20000 ]
	kept consolidacao consolidacaoData
	kept contrato contrato
	kept empresa empresa
	kept proposta proposta
	kept sync sync
	kept rejeitado consolidacaoData
	start_usage --companies 3
	[ "$(volum-fetch <"$EXAMPLES/sample/gatilho.ndjson" | wc -l)" = 3 ]
	volum-fetch <"$EXAMPLES/sample/envelope.ndjson" >out 2>err || [ $? = 1 ]
	[ "$(rejected_codes | sort -u)" = sem_dados ] # company 12345 of the sample
	set -- "$EXAMPLES"/sample/*
	[ $# = 9 ] # none is forgotten here
}

@test 'each proposal is taken, and priced as its README says' {
	for file in "$EXAMPLES"/propostas/*.ndjson; do
		volum-store <"$file" >out
		[ "$(wc -l <out)" = "$(wc -l <"$file")" ]
	done
	want='["Cobrança Bancária",1073.03]
["PIX Pay",0]' expect 'allowance, then 10 % off in the first quarter' 0 \
		price 2026-02 '{"idEmpresa":2,"cobranca":{"qtdeTitulos":1000}}'
	want='["Cobrança Bancária",1]
["PIX Pay",5]
["Complemento de mínimo - PIX Pay",95]
["BolePix",0]' expect 'the least, and a product that is absent' 0 \
		price 2026-02 '{"idEmpresa":1,"cobranca":{"qtdeTitulos":3,"valorTotal":1.00},"pixpay":{"qtdeMotoristas":1,"valorTotal":5}}'
}

price() # MONTH ELEMENT: name and value of each line
{
	echo "{\"volumetriaData\":[$2],\"competencia\":\"$1\"}" |
		volum-store --dry-run |
		jq -c '.consolidacaoData.produtos[] | [.nome, .valor]'
}

@test 'the map reshapes the answer that it describes' {
	start_double 200 '{"resultado":[{"empresa":{"codigo":1},"dados":[
		{"servico":"COBRANCA","quantidade":150,"valor":15000.00},
		{"servico":"PIXPAY","quantidade":null,"valor":5000.00}]}]}'
	volum-fetch --competencia 2024-01 --empresa 1 \
		--map "$EXAMPLES/map-dados.jq" >mapped
	want='{"idEmpresa":1,"cobranca":{"quantidade":150,"valorTotal":15000,"qtdeTitulos":150},"pixpay":{"quantidade":null,"valorTotal":5000}}' \
		expect 'the element' 0 jq -c '.volumetriaData[0]' mapped
}

@test 'the owners that ship name every field that is compared' {
	start_usage --companies 1
	start_omie --clients 1
	export INANBETEC_API_URL=$VOLUMETRIA_API_URL INANBETEC_API_KEY=KEY
	cnpj-sync --from inanbetec --to omie --all --plan \
		--owner "$EXAMPLES/owner.json" >out 2>err || [ $? = 1 ]
	# Omie owns the e-mail here, so that it is no conflict.
	jq -ce '.sync.conflitos | index("estado") != null and
		index("email") == null' out
	[ "$(jq length "$EXAMPLES/owner.json")" = 13 ]
}

@test 'README and volum(7) name every variable that is read' {
	variables >names
	[ "$(wc -l <names)" -ge 25 ]
	while read -r name; do
		grep -qw -- "$name" "$ROOT/README.md" || echo "README.md: $name"
		grep -qw -- "$name" "$ROOT/man/volum.7" || echo "volum.7: $name"
	done <names >missing
	cat missing
	[ ! -s missing ]
}

@test 'volum-records(5) says what to do about every codigo' {
	codes | sort -u >names
	[ "$(wc -l <names)" -ge 25 ]
	sed -n '/^\.Li codigo ,/,$p' "$ROOT/man/volum-records.5" >page
	while read -r name; do
		grep -qE "^\.It Li .*\b$name\b" page || echo "$name"
	done <names >missing
	cat missing
	[ ! -s missing ]
	grep '^\.It Li' page | grep -oE '[a-z_]{3,}' | sort -u | comm -23 - names >invented
	cat invented
	[ ! -s invented ]
}

@test 'the pages say the defaults that the programs have' {
	for command in volum-fetch volum-store omie-contract; do
		"$command" --help | tr -s ' \n' ' ' |
			sed 's/ --/\n--/g' | grep -oE '^--[a-z-]+ .*default [0-9]+' |
			sed -E 's/^--([a-z-]+) .*default ([0-9]+)$/\1 \2/' >defaults
		while read -r option value; do
			sed -n "/^\.It Fl .*-$option /,/^\.It/p" "$ROOT/man/$command.1" |
				grep -qw -- "$value" || echo "$command --$option $value"
		done <defaults
	done >wrong
	cat wrong
	[ ! -s wrong ]
}

@test 'each program has a page, a version, and a help of 80 columns' {
	for program in "$BUILD"/bin/*; do
		name=${program##*/}
		[ -s "$ROOT/man/$name.1" ]
		want="$name $(sed -n 's/^VERSION = //p' "$ROOT/Makefile")" \
			expect "$name" 0 "$program" --version
		"$program" --help >help
		run -1 grep -nE '.{81}' help
	done
}

@test 'QUIRKS.md points at files that are there' {
	cd "$ROOT"
	for file in $(grep -oE '`(cmd|lib|test|examples)/[A-Za-z0-9_./-]+`' QUIRKS.md | tr -d '`' | sort -u); do
		[ -e "$file" ] || { echo "$file"; false; }
	done
}

@test "the template: the billing day is a number, and within a month" {
	cd "$BATS_TEST_DIRNAME/.." || return
	for day in null:5 1:1 5:5 28:28 31:28 '"5":5' '"31":28'; do
		jq -n -c --argjson day "${day%%:*}" '{hoje: "2024-02-01", cCodIntCtr: "x",
			empresa: {codigoClienteOmie: 1, configuracao: {diaFaturamento: $day}},
			consolidacao: {competencia: "2024-01", numeroProposta: "P",
				produtos: [{nome: "a", quantidade: 1, valor: 1.5}]}}' |
			jq -f examples/templates/contrato.jq >"$BATS_TEST_TMPDIR/made"
		[ "$(jq .cabecalho.nDiaFat "$BATS_TEST_TMPDIR/made")" = "${day##*:}" ]
	done
}
