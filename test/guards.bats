#!/usr/bin/env bats
# What an operator can forbid: totals that jump, and months that are closed.

bats_require_minimum_version 1.5.0
load helper

# Company 1 with two proposals of one real a unit, and its January: 100 and 10.
priced()
{
	for proposal in 'A cobranca' 'B pixpay'; do
		echo "{\"proposta\":{\"esquema\":1,\"empresaId\":\"1\",\"numeroProposta\":\"${proposal% *}\",\"vigencia\":{\"inicio\":\"2025-01-01\"},\"produtos\":[{\"produto\":\"${proposal#* }\",\"metrica\":\"q\",\"modelo\":\"unitario\",\"preco_unitario\":\"1\"}]}}"
	done | store >catalog.out
	month 2026-01 100 10 | store >january.out
}

month() # MONTH COBRANCA PIXPAY [MEMBERS]
{
	echo "{\"volumetriaData\":[{\"idEmpresa\":1,\"cobranca\":{\"q\":$2},\"pixpay\":{\"q\":$3}}],\"competencia\":\"$1\"${4:-}}"
}

totals() # MONTH
{
	store --list consolidacoes --competencia "$1" |
		jq -r '.consolidacaoData | "\(.numeroProposta) \(.valorTotal)"'
}

fails() # CODE COMMAND...
{
	local code=$1
	shift
	rm -f "$REJECTED"
	"$@" >out 2>err || [ $? = 1 ]
	[ ! -s out ] && [ "$(rejected_codes)" = "$code" ]
}

# --- --max-change ---

@test 'a total that moved too far is refused, with both, and nothing kept' {
	priced
	month 2026-02 111 10.01 >february
	want_err='line 1: empresaId 1: the total is 121\.01, that of 2026-01 is 110\.00: more than 10 % apart \(variacao\)' \
		expect up 1 store --max-change 10 <february
	[ "$(jq -c .registro "$REJECTED")" = "$(jq -c . february)" ]
	jq -r .rejeitado.conselho "$REJECTED" | grep -q -- 'without --max-change'
	month 2026-02 90 8.99 >fallen
	fails variacao store --max-change 10 <fallen
	[ "$(totals 2026-02)" = '' ]
	want='' expect 'no volumes either' 0 store --list volumetria -c 2026-02
	# To the cent, both ways.
	month 2026-02 111 10 | store --max-change 10 >out
	month 2026-02 89 10 | store --max-change 10 >out
	[ "$(totals 2026-02)" = $'A 89\nB 10' ]
}

@test 'all proposals count together' {
	priced
	month 2026-02 50 60 | store --max-change 0 >out
	[ "$(totals 2026-02)" = $'A 50\nB 60' ]
	fails variacao store --max-change 0 < <(month 2026-02 50 60.01)
	fails variacao store --dry-run --max-change 0 < <(month 2026-02 50 60.01)
}

@test 'no month before, a month that is not over, or zero before' {
	priced
	month 2025-12 100000 0 | store --max-change 1 >out
	month 2026-02 1 0 ',"parcial":true' | store --max-change 1 >out
	[ "$(totals 2026-02)" = $'A 1\nB 0' ]
	month 2026-03 0 0 | store >out
	month 2026-04 0 0 | store --max-change 1 >out
	# Not over by the clock, whatever it says.
	month 2026-05 7 0 | store --max-change 1 --as-of 2026-05-10T12:00:00Z >out
	fails variacao store --max-change 100000 < <(month 2026-05 0.01 0)
}

@test 'what was let through once is not held up again' {
	priced
	month 2026-02 500 0 >february
	fails variacao store --max-change 10 <february
	store <"$REJECTED" >let
	store --max-change 10 <february >again
	cmp let again
	fails variacao store --max-change 10 < <(month 2026-02 500.01 0)
}

# --- --dia-corte ---

# Noon of the 6th of March.
AS_OF='--as-of 2026-03-06T15:00:00Z'

@test 'a month is closed behind its day, on the clock of VOLUM_TZ' {
	priced
	at() # INSTANT MONTH
	{
		month "$2" 7 7 | store --dia-corte 5 --as-of "$1" --revise
	}
	at 2026-03-06T02:59:59Z 2026-02 >out # still the 5th in Sao Paulo
	fails competencia_fechada at 2026-03-06T03:00:00Z 2026-01
	at 2026-03-06T03:00:00Z 2026-03 >out
	fails competencia_fechada at 2026-03-05T12:00:00Z 2026-01
	fails competencia_fechada at 2026-03-06T03:00:00Z 2025-06
	VOLUM_TZ=UTC fails competencia_fechada at 2026-03-06T00:00:00Z 2026-01
	at 2026-01-01T12:00:00Z 2025-12 >out # over the turn of the year
	fails competencia_fechada at 2026-01-06T12:00:00Z 2025-11
}

@test 'in a closed month nothing changes: new, replaced, revised, or its volumes' {
	priced
	store --list volumetria >volumes
	store --list consolidacoes >before
	want_err='consolidation 2026-01/1/A: .*closed.*\(competencia_fechada\)' \
		expect 'replaced' 1 store --dia-corte 5 $AS_OF < <(month 2026-01 101 10)
	jq -r .rejeitado.conselho "$REJECTED" | grep -q -- '--reopen'
	# One of two lines differs: neither is touched.
	fails competencia_fechada store --dia-corte 5 $AS_OF < <(month 2026-01 100 11)
	fails competencia_fechada store --dia-corte 5 $AS_OF < <(month 2025-11 1 1)
	fails competencia_fechada store --dia-corte 5 $AS_OF --dry-run < <(month 2025-11 1 1)
	sed -n 1p before | sed 's/100/101/g' >record
	fails competencia_fechada store --dia-corte 5 $AS_OF <record
	sed 's/completed/sent/' before | store --dia-corte 5 $AS_OF >out
	fails competencia_fechada store --dia-corte 5 $AS_OF --revise < <(month 2026-01 101 10)
	fails competencia_fechada store --dia-corte 5 $AS_OF < <(month 2026-01 101 10)
	store --list volumetria | cmp - volumes
	store --list consolidacoes | sed 's/sent/completed/' | cmp - before
}

@test 'the same again, and its contracts, pass in a closed month' {
	priced
	month 2026-01 100 10 | store --dia-corte 5 $AS_OF | cmp - january.out
	echo '{"contrato":{"competencia":"2026-01","empresaId":"1","numeroProposta":"A","acao":"incluido","cCodIntCtr":"2601-4N0JEGQP26XW5GX","nCodCtr":1,"valorTotal":100.00,"status":"sent"}}' |
		store --dia-corte 5 $AS_OF >out
	[ "$(store --list consolidacoes --status sent | wc -l)" = 1 ]
	store --list memorias | store --dia-corte 5 $AS_OF >out
}

@test '--reopen: the history says what changed, and why' {
	priced
	store --list consolidacoes | sed -n '1s/completed/sent/p' | store >out
	month 2026-01 101 11 |
		store --dia-corte 5 $AS_OF --revise --reopen 'títulos do dia 31' \
			--request-id req-1 >out
	month 2025-11 1 0 ',"requestId":"req-2"' |
		store --dia-corte 5 $AS_OF --reopen 'carga inicial' >out
	# An open month has nothing to explain.
	month 2026-02 1 0 | store --dia-corte 5 --as-of 2026-03-05T15:00:00Z --reopen x >out
	[ "$(totals 2026-01)" = $'A 101\nB 11' ]
	want='2025-11 A  completed 1 reabertura: carga inicial
2025-11 B  completed 1 reabertura: carga inicial
2026-01 A completed sent 1 status
2026-01 A sent ready_to_send 2 reabertura: títulos do dia 31
2026-01 B completed completed 1 reabertura: títulos do dia 31' \
		expect history 0 sh -c 'volum-store --list historico |
		jq -r ".historico | [.competencia, .numeroProposta, .de, .para, .revisao, .motivo] | join(\" \")"'
	[ "$(store --list historico | jq -r 'select(.historico.motivo | startswith("reab")).historico.requestId' | sort | uniq -c | tr -s ' ')" = $' 2 req-1\n 2 req-2' ]
	# It opens the month, and no more than that.
	store --list consolidacoes | sed 's/ready_to_send/sent/' | store >out
	fails ja_enviada store --dia-corte 5 $AS_OF --reopen y < <(month 2026-01 102 11)
}

@test 'guards that make no sense: 64' {
	while IFS='|' read -r options reason; do
		# shellcheck disable=SC2086 # a list of options
		want_err="$reason" expect "$options" 64 store $options </dev/null
	done <<-'!'
		--reopen x|--reopen: no month is closed without --dia-corte
		--dia-corte 0|dia-corte
		--dia-corte 29|dia-corte
		--max-change -1|max-change
		--max-change ten|max-change
		--max-change 5 --proposta A|not with --proposta
		--max-change 5 --list empresas|not with --list
		--dia-corte 5 --explain -e 1 -c 2026-01|not with --list, --explain
		--dry-run --catalog x --max-change 5|not with .*--catalog
	!
	want_err='--reopen' expect 'no reason' 64 store --dia-corte 5 --reopen '' </dev/null
	want_err='--reopen' expect 'two lines' 64 store --dia-corte 5 --reopen $'a\nb' </dev/null
	[ ! -e "$VOLUM_STATE_DIR" ]
}

# --- --proposta ---

@test 'one proposal alone is priced, the others stay as they are' {
	priced
	sed 's/"preco_unitario":"1"/"preco_unitario":"2"/' catalog.out | store >out
	month 2026-01 100 10 | store --proposta B >alone
	want='B 20' expect 'passed on' 0 \
		sh -c 'jq -r ".consolidacaoData | .numeroProposta + \" \" + (.valorTotal | tostring)" alone'
	[ "$(totals 2026-01)" = $'A 100\nB 20' ]
	fails proposta_desconhecida store --proposta C < <(month 2026-01 100 10)
	month 2026-01 1 1 | store --dry-run --catalog catalog.out --proposta A >out
	[ "$(jq -r .consolidacaoData.numeroProposta out)" = A ]
}
