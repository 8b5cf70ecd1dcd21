#!/usr/bin/env bats
# How a price came about: kept with its consolidation, told to people.

bats_require_minimum_version 1.5.0
load helper

ROOT=$BATS_TEST_DIRNAME/..
PROPOSTAS=$ROOT/examples/propostas

volumes() # MONTH ELEMENT
{
	echo "{\"volumetriaData\":[$2],\"competencia\":\"$1\"}"
}

# The catalogue of the examples, and a month of company 3.
priced()
{
	cat "$PROPOSTAS"/*.ndjson | store >catalog.out
	volumes 2026-02 '{"idEmpresa":3,"cobranca":{"qtdeTitulos":1600},"bolepix":{"qtdeTitulos":10.5}}' |
		store >priced.out
}

# told COMPANY MONTH: the rows of the page, blanks made one.
told()
{
	volum-store --explain --empresa "$1" --competencia "$2" >page || return
	[ "$(awk '{ gsub(/[\200-\277]/, ""); if (length > 80) print }' page | wc -l)" = 0 ]
	tr -s ' ' <page | sed 's/^ //' | grep -v '^$'
}

@test 'each model says how it came to its value' {
	cat "$PROPOSTAS"/*.ndjson | store >catalog.out
	{
		volumes 2026-02 '{"idEmpresa":1,"cobranca":{"qtdeTitulos":3,"valorTotal":1.005},"pixpay":{"qtdeMotoristas":1,"valorTotal":5}}'
		volumes 2026-07 '{"idEmpresa":2,"cobranca":{"qtdeTitulos":1003},"pixpay":{"qtdeMotoristas":300}}'
		volumes 2026-03 '{"idEmpresa":3,"cobranca":{"qtdeTitulos":10101},"bolepix":{"qtdeTitulos":0}}'
		volumes 2026-02 '{"idEmpresa":4,"bolepix":{"qtdeTitulos":50001}}'
		volumes 2026-02 '{"idEmpresa":5,"envio":{"qtdeMensagens":1501}}'
		volumes 2026-02 '{"idEmpresa":6,"pagamentos":{"valorTotal":10.00}}'
		volumes 2026-01 '{"idEmpresa":7}'
		volumes 2026-03 '{"idEmpresa":8,"cobranca":{"qtdeTitulos":100}}'
		volumes 2026-04 '{"idEmpresa":8,"cobranca":{"qtdeTitulos":100}}'
	} | store >out
	want='Empresa 1, competência 2026-02, proposta PROP-2026-001
vigente desde 01/01/2026; situação: calculada
Cobrança Bancária (valor informado)
quantidade no mês: 3
valor 1,01
total da linha 1,01
PIX Pay (valor informado)
quantidade no mês: 1
valor 5,00
total da linha 5,00
Complemento de mínimo - PIX Pay
mínimo 100,00
alcançado -5,00
total da linha 95,00
BolePix (valor informado)
valor 0,00
total da linha 0,00
Total da proposta (R$) 101,01' expect informado 0 told 1 2026-02
	want='Empresa 2, competência 2026-07, proposta PROP-2026-002
vigente desde 01/01/2026; situação: calculada
Cobrança Bancária (preço por unidade)
quantidade no mês: 1.003; franquia: 50; a cobrar: 953
953 x 1,3131 (era 1,255) 1.251,3843
arredondamento -0,0043
total da linha 1.251,38
PIX Pay (preço por unidade)
quantidade no mês: 300
300 x 10,3636 (era 9,905) 3.109,08
acima do teto de 2.500,00 -609,08
total da linha 2.500,00
Total da proposta (R$) 3.751,38' expect unitario 0 told 2 2026-07
	want='Empresa 3, competência 2026-03, proposta PROP-2026-003
vigente desde 01/01/2026; situação: calculada
Cobrança Bancária (preço por faixa)
quantidade no mês: 10.101; franquia: 100; a cobrar: 10.001
faixa até 1.000: 1.000 x 0,12 120,00
faixa acima de 1.000 até 10.000: 9.000 x 0,09 810,00
faixa acima de 10.000: 1 x 0,055 0,055
soma das faixas 930,055
desconto de 10 % -93,0055
arredondamento 0,0005
total da linha 837,05
BolePix (preço por faixa)
quantidade no mês: 0; franquia: 100; a cobrar: 0
a franquia ocupa as primeiras faixas
faixa até 1.000: 0 x 0,12 + fixo 19,90 19,90
desconto de 10 % -1,99
total da linha 17,91
Total da proposta (R$) 854,96' expect graduado 0 told 3 2026-03
	want='Empresa 4, competência 2026-02, proposta PROP-2026-004
vigente desde 01/01/2026; situação: calculada
BolePix (preço da faixa para todas as unidades)
quantidade no mês: 50.001
faixa acima de 10.000: 50.001 x 0,055 + fixo 100,00 2.850,055
acima do teto de 2.500,00 -350,055
total da linha 2.500,00
Total da proposta (R$) 2.500,00' expect volume 0 told 4 2026-02
	want='Empresa 5, competência 2026-02, proposta PROP-2026-005
vigente desde 01/01/2026; situação: calculada
envio (preço por pacote)
quantidade no mês: 1.501; franquia: 500; a cobrar: 1.001
2 pacote(s) de 1.000 x 25,00 50,00
total da linha 50,00
Total da proposta (R$) 50,00' expect pacote 0 told 5 2026-02
	want='Empresa 6, competência 2026-02, proposta PROP-2026-006
vigente desde 01/01/2026; situação: calculada
Pagamentos (percentual do valor)
valor no mês: 10,00
0,35 % de 10,00 0,035
arredondamento 0,005
total da linha 0,04
Complemento de mínimo - Pagamentos
mínimo 30,00
alcançado -0,04
total da linha 29,96
Total da proposta (R$) 30,00' expect percentual 0 told 6 2026-02
	want='Empresa 7, competência 2026-01, proposta PROP-2026-007
vigente desde 15/01/2026; situação: calculada
Web Checkout (valor fixo)
valor fixo 1.000,00 x 17/31 dias 548,387097
arredondamento 0,002903
total da linha 548,39
mensalidade (valor fixo)
valor fixo 1.000,00 x 17/30 dias 566,666667
arredondamento 0,003333
total da linha 566,67
suporte (valor fixo)
valor fixo 300,00 300,00
total da linha 300,00
Total da proposta (R$) 1.415,06' expect fixo 0 told 7 2026-01
	want='Empresa 8, competência 2026-03, proposta PROP-2026-008
vigente desde 01/01/2026; situação: calculada
Cobrança Bancária (gratuito)
quantidade no mês: 100
valor 0,00
total da linha 0,00
Total da proposta (R$) 0,00' expect gratuito 0 told 8 2026-03
	want='Empresa 8, competência 2026-04, proposta PROP-2026-008
vigente desde 01/04/2026; situação: calculada
Cobrança Bancária (preço por unidade)
quantidade no mês: 100
100 x 0,12 12,00
total da linha 12,00
Complemento de mínimo mensal
mínimo 50,00
alcançado -12,00
total da linha 38,00
Total da proposta (R$) 50,00' expect 'the least for the month' 0 told 8 2026-04
}

@test 'what the month takes off, a band alone, and two proposals of 10^11' {
	cat >catalog <<-'!'
		{"proposta":{"esquema":1,"empresaId":"9","numeroProposta":"A","vigencia":{"inicio":"2026-01-01"},"produtos":[{"produto":"cobranca","metrica":"qtde_titulos","modelo":"unitario","preco_unitario":"123.456785"}]}}
		{"proposta":{"esquema":1,"empresaId":"9","numeroProposta":"B","vigencia":{"inicio":"2026-01-01"},"produtos":[{"produto":"bolepix","metrica":"q","modelo":"graduado","faixas":[{"ate":null,"preco_unitario":"2"}]},{"produto":"x","metrica":"q","modelo":"graduado","franquia":"5","faixas":[{"ate":"1","preco_unitario":"2"},{"ate":null,"preco_unitario":"1"}]},{"produto":"y","modelo":"fixo","valor_fixo":"3","minimo":"5"}],"teto_mensal":"20"}}
	!
	store <catalog >out
	volumes 2026-01 '{"idEmpresa":9,"cobranca":{"qtdeTitulos":1000000000},"bolepix":{"q":9},"x":{"q":5}}' |
		store >out
	want='Empresa 9, competência 2026-01, proposta A
vigente desde 01/01/2026; situação: calculada
Cobrança Bancária (preço por unidade)
quantidade no mês: 1.000.000.000
1.000.000.000 x 123,456785 123.456.785.000,00
total da linha 123.456.785.000,00
Total da proposta (R$) 123.456.785.000,00
Empresa 9, competência 2026-01, proposta B
vigente desde 01/01/2026; situação: calculada
BolePix (preço por faixa)
quantidade no mês: 9
faixa única: 9 x 2,00 18,00
total da linha 18,00
x (preço por faixa)
quantidade no mês: 5; franquia: 5; a cobrar: 0
nada a cobrar 0,00
total da linha 0,00
y (valor fixo)
valor fixo 3,00 3,00
acima do teto mensal -1,00
total da linha 2,00
Complemento de mínimo - y
mínimo 5,00
alcançado -3,00
acima do teto mensal -2,00
total da linha 0,00
Total da proposta (R$) 20,00
Total da empresa (R$) 123.456.785.020,00' expect both 0 told 9 2026-01
	volum-store --explain -e 9 -c 2026-01 --proposta A >page
	run -1 grep -q 'proposta B' page
}

@test 'the page says what has become of it' {
	priced
	volum-store --list consolidacoes | sed 's/completed/sent/' | store >out
	told 3 2026-02 | grep 'situação: enviada$'
	volumes 2026-02 '{"idEmpresa":3,"cobranca":{"qtdeTitulos":1601},"bolepix":{"qtdeTitulos":1}}' |
		store --revise >out
	told 3 2026-02 | grep 'situação: pronta para envio, revisão 2$'
	told 3 2026-02 | grep 'quantidade no mês: 1.601;'
	volumes 2026-03 '{"idEmpresa":3,"cobranca":{"qtdeTitulos":1},"bolepix":{"qtdeTitulos":1}}' |
		sed 's/}$/,"parcial":true}/' | store >out
	told 3 2026-03 | grep 'situação: calculada; mês em curso$'
}

@test 'one that was not priced here has its lines alone' {
	store <"$EVENTS/contracts.ndjson" >out
	want='Empresa 1, competência 2024-01, proposta PROP-2024-001
sem memória de cálculo: não foi calculada aqui; situação: calculada
Cobrança Bancária
quantidade no mês: 150
total da linha 15.000,00
PIX Pay
quantidade no mês: 50
total da linha 5.000,00
Total da proposta (R$) 20.000,00' expect page 0 told 1 2024-01
	want='' expect 'none is kept' 0 store --list memorias
	want='{"memoria":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","valorTotal":20000.00,"linhas":[{"nome":"Cobrança Bancária","quantidade":150,"total":15000.00},{"nome":"PIX Pay","quantidade":50,"total":5000.00}]}}' \
		expect json 0 store --explain -e 1 -c 2024-01 --json
}

@test 'as records it is what is kept, and money as it is billed' {
	priced
	volum-store --list memorias >kept
	want=$(cat kept) expect '--json' 0 store --explain -c 2026-02 -e 3 --json
	want='{"produto":"cobranca","nome":"Cobrança Bancária","modelo":"graduado","quantidade":1600,"franquia":100,"cobrado":1500,"faixas":[{"acima_de":0,"ate":1000,"quantidade":1000,"preco_unitario":0.12,"subtotal":120.00},{"acima_de":1000,"ate":10000,"quantidade":500,"preco_unitario":0.09,"subtotal":45.00}],"valor":165.00,"desconto_percentual":10,"desconto":-16.50,"total":148.50}' \
		expect line 0 sh -c 'sed "s/.*\"linhas\":\[//; s/},{\"nome\".*/}/" kept'
	[ "$(jq -c '.memoria | [.valorTotal, ([.linhas[].total] | add)]' kept)" = '[167.91,167.91]' ]
	[ "$(jq -r .consolidacaoData.valorTotal priced.out)" = 167.91 ]
}

@test 'nothing there, or nothing to tell it of' {
	want_err='nothing is stored of empresa 3 in 2026-02' \
		expect 'no store' 1 store --explain -e 3 -c 2026-02
	[ ! -e "$VOLUM_STATE_DIR" ]
	priced
	want_err='nothing is stored of empresa 3 in 2026-03' \
		expect 'another month' 1 store --explain -e 3 -c 2026-03
	want_err='nothing is stored of empresa 3' \
		expect 'another proposal' 1 store --explain -e 3 -c 2026-02 --proposta X
	[ ! -e "$REJECTED" ]
	for wrong in '--explain' '--explain -e 3' '--explain -c 2026-02' '--json' \
		'--explain -e 3 -c 2026-02 --list empresas' \
		'--explain -e 3 -c 2026-02 --revise' \
		'--explain -e 3 -c 2026-02 --status sent' \
		'--explain -e 3 -c 2030-01' '--list empresas --proposta 1' \
		'--explain -e 3 -c 2026-02 --dry-run --catalog x'; do
		# shellcheck disable=SC2086 # each is a list of options
		want_err='^volum-store: ' expect "$wrong" 64 store $wrong
	done
	want_err=stdout expect 'a full disk' 74 sh -c 'volum-store --explain -e 3 -c 2026-02 >/dev/full'
}

# --- what is kept ---

@test 'the same money is the same, whatever explains it' {
	priced
	volum-store --list memorias >memo
	[ -s memo ]
	everything >before
	volum-store --list volumetria | store >again
	cmp priced.out again
	store <priced.out >again
	store <memo >again
	cmp memo again
	everything | cmp before -
	# Other prices, the same line: nothing to bill anew, nothing to explain anew.
	sed 's/"0.09"},{"ate":null,"preco_unitario":"0.055"/"0.09"},{"ate":null,"preco_unitario":"0.05"/' \
		"$PROPOSTAS/graduado.ndjson" | store >out
	volum-store --list volumetria | store >again
	cmp priced.out again
	volum-store --list memorias | cmp - memo
	# A status, an unknown member, a revision number: the money is the same.
	sed 's/completed/ready_to_send/' priced.out | store >out
	volum-store --list memorias | cmp - memo
	sed 's/"valorTotal"/"nota":1,"valorTotal"/' priced.out | store >out
	volum-store --list memorias | cmp - memo
	sed 's/"status":"completed"/"status":"completed","revisao":2/' priced.out | store >out
	volum-store --list memorias | cmp - memo
}

@test 'a proposal that is corrected later does not change what was' {
	priced
	volum-store --list memorias >memo
	told 3 2026-02 >before
	for price in 0.13 0.14 0.12; do
		sed "s/\"0.12\"/\"$price\"/g" "$PROPOSTAS/graduado.ndjson" | store >out
		volum-store --list memorias | cmp - memo
		told 3 2026-02 | cmp - before
	done
	sed 's/"0.12"/"0.13"/g' "$PROPOSTAS/graduado.ndjson" | store >out
	volum-store --list volumetria | store >out
	told 3 2026-02 | grep 'faixa até 1.000: 1.000 x 0,13'
	# In a store that knows none of the proposals it is kept word for word.
	volum-store --list consolidacoes | in_other copy store >out
	volum-store --list memorias | in_other copy store >out
	in_other copy store --list memorias | cmp - <(volum-store --list memorias)
	[ "$(kept consolidacoes | jq '.memoria | length')" -lt 20 ]
}

@test 'a kept memo that no version bears out is not told' {
	priced
	set_all consolidacoes memoria 00000000
	told 3 2026-02 | grep 'sem memória de cálculo'
	set_all consolidacoes memoria x
	told 3 2026-02 | grep 'sem memória de cálculo'
	want='' expect 'nor listed' 0 store --list memorias
}

@test 'other money from elsewhere is not explained by what is no longer true' {
	priced
	sed 's/167.91/167.92/; s/"valor":148.50/"valor":148.51/' priced.out | store >out
	want='' expect 'no memo' 0 store --list memorias
	told 3 2026-02 | grep 'sem memória de cálculo'
	# Priced here once more, it is explained again.
	volum-store --list volumetria | store >out
	[ "$(volum-store --list memorias | jq .memoria.valorTotal)" = 167.91 ]
}

@test 'memos survive a list fed back in, and fill in what is missing' {
	priced
	dump >all
	grep -c '"memoria"' all
	in_other copy store <all >out
	in_other copy dump | cmp - all
	# Without volumes and proposals nothing is priced, and nothing lost.
	grep -E '^{"(consolidacaoData|memoria)"' all >some
	in_other bare store <some >out
	in_other bare store --list memorias | cmp - <(grep '^{"memoria"' all)
	# A store whose memos were lost gets them with the next run, sent or not.
	grep -v '^{"memoria"' all | grep -v '^{"volumetriaData"' | sed 's/"completed"/"sent"/' |
		in_other lost store >out
	[ -z "$(in_other lost store --list memorias)" ]
	grep '^{"volumetriaData"' all | in_other lost store >out
	in_other lost store --list memorias | cmp - <(grep '^{"memoria"' all)
}

@test 'a memo of other money, or of nothing, is refused' {
	priced
	volum-store --list memorias >memo
	refused() # CODE SED
	{
		rm -f "$REJECTED"
		sed "$2" memo | store >out 2>err || [ $? = 1 ]
		[ "$(rejected_codes)" = "$1" ] && [ ! -s out ]
	}
	refused total_divergente 's/"valorTotal":167.91/"valorTotal":167.92/'
	refused total_divergente 's/"total":148.50/"total":148.51/'
	refused total_divergente 's/"nome":"BolePix"/"nome":"bolepix"/'
	refused total_divergente 's/,{"produto":"bolepix".*}\]/]/'
	refused consolidacao_desconhecida 's/2026-02/2026-03/'
	refused campo_ausente 's/"valorTotal":167.91,//'
	refused campo_ausente 's/"linhas"/"lines"/'
	refused campo_invalido 's/.*/{"memoria":1}/'
	refused campo_ausente 's/"nome":"BolePix",//'
	refused campo_ausente 's/"empresaId":"3",//'
	refused campo_invalido 's/"total":148.50/"total":"148.50"/'
	volum-store --list memorias | cmp - memo
	# What is not known of one stays.
	sed 's/"vigencia"/"nota":{"a":1.0},"vigencia"/' memo >noted
	want=$(cat noted) expect 'kept' 0 store <noted
	volum-store --list memorias | cmp - noted
	want=$(sed 's/}$/,"test":true}/; s/2026-02/2026-03/' noted) \
		expect 'a dry run asks for no store' 0 store < <(sed 's/}$/,"test":true}/; s/2026-02/2026-03/' noted)
}

# --- what volumes can say ---

@test 'each way in which a figure can be wrong has its code' {
	echo '{"proposta":{"esquema":1,"empresaId":"9","numeroProposta":"A","vigencia":{"inicio":"2026-01-15","fim":"2026-03-10"},"produtos":[{"produto":"a","metrica":"q","modelo":"unitario","preco_unitario":"0.005"}]}}' >catalog
	one() # WANT MONTH FIGURES
	{
		rm -f "$REJECTED"
		volumes "$2" "{\"idEmpresa\":9,$3}" | store --dry-run --catalog catalog >out 2>err || [ $? = 1 ]
		{
			sed 's/.*"quantidade":\([^,]*\),"valor":\([^}]*\)}.*/\1 \2/' out
			[ ! -e "$REJECTED" ] || rejected_codes
		} >got
		[ "$(cat got)" = "$1" ] || { echo "$3: $(cat got)"; false; }
	}
	one '1 0.01' 2026-02 '"a":{"q":1}'     # half a cent
	one '3 0.02' 2026-02 '"a":{"q":3}'
	one '0 0.00' 2026-02 '"a":{"q":0}'
	one '1 0.01' 2026-01 '"a":{"q":1}'     # its first day is in it
	one '1 0.01' 2026-03 '"a":{"q":1}'     # its last day is
	one proposta_desconhecida 2025-12 '"a":{"q":1}'
	one proposta_desconhecida 2026-04 '"a":{"q":1}'
	one dados_incompletos 2026-02 '"a":{"q":null}'
	one dados_incompletos 2026-02 '"a":null'
	one dados_incompletos 2026-02 '"b":{"q":1}'
	one dados_incompletos 2026-02 '"a":{}'
	one dados_incompletos 2026-02 '"a":{"q":1,"error":"timeout"}'
	one dados_incompletos 2026-02 '"a":{"q":"1"}'
	one dados_incompletos 2026-02 '"a":{"q":-1}'
	one dados_incompletos 2026-02 '"a":{"q":1e12}'
	one '1000000000 5000000.00' 2026-02 '"a":{"q":1000000000}'
	one '999999999999.999999 5000000000.00' 2026-02 '"a":{"q":999999999999.999999}'
	sed -i 's/"0.005"/"100.000001"/' catalog
	one '1000000000 100000001000.00' 2026-02 '"a":{"q":1e9}'
	sed -i 's/"100.000001"/"999999999999"/' catalog
	one proposta_invalida 2026-02 '"a":{"q":1001}'
	one proposta_invalida 2026-02 '"a":{"q":999999999999.999999}'
}

@test 'a name on the page does not steer the terminal' {
	echo '{"consolidacaoData":{"competencia":"2026-01","empresaId":"9","numeroProposta":"P","valorTotal":1.00,"produtos":[{"nome":"\u001b[2J\u009b\u202ecaf\u00e9","quantidade":1,"valor":1.00}],"status":"completed"}}' |
		store >out
	store --explain -c 2026-01 -e 9 >page
	grep -qxF '?[2J??café' page
	run ! grep -q '[[:cntrl:]]' page
}
