#!/usr/bin/env bats
# Prices beside the reference in Python, and of every model through the command.

bats_require_minimum_version 1.5.0
load helper

ROOT=$BATS_TEST_DIRNAME/..
PROPOSTAS=$ROOT/examples/propostas

# slip NAME: 20,000 cases by a reference that makes this mistake.
slip()
{
	python3 "$ROOT/test/pricing_reference.py" 20000 volum "$1" 2>/dev/null |
		"$BUILD/tool/price_check" 20000
}

@test '20,000 random prices are those of the reference' {
	cd "$ROOT"
	run -0 sh test/pricing_random.sh 20000
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == '10000 cases ('*' refused), no difference' ]]
	[[ ${lines[1]} == '10000 cases ('*' refused), no difference' ]]
}

@test 'a rounding to even would be seen' {
	run -1 slip half_even
	[[ $output == *'got [{"proposta"'* ]]
}

@test 'a double on the way would be seen' {
	run -1 slip double
	[[ $output == *'got [{"proposta"'* ]]
}

# priced MONTH ELEMENT: the lines, by the catalogue alone.
priced()
{
	cat "$PROPOSTAS"/*.ndjson >catalog
	echo "{\"volumetriaData\":[$2],\"competencia\":\"$1\"}" |
		volum-store --dry-run --catalog catalog \
			--as-of 2027-12-01T12:00:00Z |
		jq -r '.consolidacaoData | "total \(.valorTotal)",
			(.produtos[] | "\(.nome) \(.quantidade) \(.valor)")'
}

@test 'every model, without a store' {
	want='total 322.62
Cobrança Bancária 1600 148.5
Complemento de mínimo - Cobrança Bancária 1 1.5
BolePix 1600 172.62' expect graduado 0 priced 2026-02 \
		'{"idEmpresa":3,"cobranca":{"qtdeTitulos":1600},"bolepix":{"qtdeTitulos":1600}}'
	want='total 940.99
Cobrança Bancária 10001 921.09
BolePix 0 19.9' expect 'a fee without use' 0 priced 2026-04 \
		'{"idEmpresa":3,"cobranca":{"qtdeTitulos":10001},"bolepix":{"qtdeTitulos":0}}'
	want='total 120
BolePix 1000 120' expect volume 0 priced 2026-02 '{"idEmpresa":4,"bolepix":{"qtdeTitulos":1000}}'
	want='total 90.09
BolePix 1001 90.09' expect 'past the edge' 0 priced 2026-02 '{"idEmpresa":4,"bolepix":{"qtdeTitulos":1001}}'
	want='total 2500
BolePix 50000 2500' expect 'the most' 0 priced 2026-02 '{"idEmpresa":4,"bolepix":{"qtdeTitulos":50000}}'
	want='total 50
envio 1501 50' expect pacote 0 priced 2026-02 '{"idEmpresa":5,"envio":{"qtdeMensagens":1501}}'
	want='total 52.32
envio 1501 52.32' expect 'adjusted' 0 priced 2027-02 '{"idEmpresa":5,"envio":{"qtdeMensagens":1501}}'
	want='total 0
envio 0 0' expect 'absent' 0 priced 2026-02 '{"idEmpresa":5}'
	want='total 900
Pagamentos 5974258.47 900' expect percentual 0 priced 2026-02 \
		'{"idEmpresa":6,"pagamentos":{"valorTotal":5974258.470000001}}'
	want='total 30
Pagamentos 10 0.04
Complemento de mínimo - Pagamentos 1 29.96' expect 'the least' 0 priced 2026-02 \
		'{"idEmpresa":6,"pagamentos":{"valorTotal":10.00}}'
	want='total 1415.06
Web Checkout 1 548.39
mensalidade 1 566.67
suporte 1 300' expect 'fixo, from the 15th' 0 priced 2026-01 '{"idEmpresa":7}'
	want='total 2300
Web Checkout 1 1000
mensalidade 1 1000
suporte 1 300' expect 'a whole month' 0 priced 2026-02 '{"idEmpresa":7}'
	want='total 1218.28
Web Checkout 1 451.61
mensalidade 1 466.67
suporte 1 300' expect 'to the 14th' 0 priced 2027-01 '{"idEmpresa":7}'
	want='total 0
Cobrança Bancária 1000 0' expect 'gratuito, the last month' 0 priced 2026-03 \
		'{"idEmpresa":8,"cobranca":{"qtdeTitulos":1000}}'
	want='total 50
Cobrança Bancária 100 12
Complemento de mínimo mensal 1 38' expect 'the next version' 0 priced 2026-04 \
		'{"idEmpresa":8,"cobranca":{"qtdeTitulos":100}}'
	[ ! -e "$DB" ]
}

# products PAGE: those that it shows, one a line.
products()
{
	awk '/^{"produto":/ { product = ""; on = 1 }
		on { product = product $0 }
		on && /}$/ { print product; on = 0 }' "$ROOT/man/$1"
}

@test 'each model has an example in the pages, and each example is right' {
	for page in proposta.5 volum.7; do
		products $page >products
		sed 's/.*"modelo":"\([a-z]*\)".*/\1/; t; s/.*/informado/' products |
			sort -u >models
		[ "$(tr '\n' ' ' <models)" = 'fixo graduado gratuito informado pacote percentual unitario volume ' ]
		sed 's/^/{"proposta":{"esquema":1,"empresaId":"1","numeroProposta":"P","vigencia":{"inicio":"2026-01-01"},"produtos":[/; s/$/]}}/' products |
			volum-store --dry-run >out
		[ "$(wc -l <out)" = 8 ]
	done
}

@test 'parts of the volumes priced side by side are the whole' {
	cat "$PROPOSTAS"/*.ndjson >catalog
	for i in $(seq 3 3 3000); do
		echo "{\"volumetriaData\":[{\"idEmpresa\":3,\"cobranca\":{\"qtdeTitulos\":$i},\"bolepix\":{\"qtdeTitulos\":$((i % 1200))}}],\"competencia\":\"2026-02\"}"
	done >volumes
	volum-store --dry-run --catalog catalog <volumes >whole
	split -n r/4 volumes part.
	printf '%s\n' part.* | xargs -P 4 -I % sh -c \
		'volum-store --dry-run --catalog catalog <% >priced.%'
	sort whole >want
	sort priced.* | cmp - want
	[ "$(wc -l <want)" = 1000 ]
}
