#!/usr/bin/env bats
# Reprocessing, by the one-liners of examples/reprocess, in their order.

bats_require_minimum_version 1.5.0
load pipe_helper

EXAMPLES=$BATS_TEST_DIRNAME/../examples

# line NUMBER: runs that command.
line()
{
	grep -vE '^(#|$)' "$EXAMPLES/reprocess" | sed -n "$1p" >line.sh
	[ -s line.sh ]
	sh line.sh
}

# Three companies with two proposals each, and two months of them, all sent.
# Company 2 is billed by both for the same product.
sent()
{
	start_usage --companies 3
	for id in 1 2 3; do
		for proposal in A B; do
			echo "{\"proposta\":{\"esquema\":1,\"empresaId\":\"$id\",\"numeroProposta\":\"$proposal\",\"vigencia\":{\"inicio\":\"2020-01-01\"},\"produtos\":[{\"produto\":\"cobranca\",\"metrica\":\"qtde_titulos\",\"modelo\":\"graduado\",\"faixas\":[{\"ate\":\"100\",\"preco_unitario\":\"0.12\"},{\"ate\":null,\"preco_unitario\":\"0.09\"}]}]}}"
		done
	done | store >catalog
	for month in 2024-01 2024-02; do
		volum-fetch --competencia $month
	done | store >priced
	store --list consolidacoes | sed 's/completed/sent/' | store >sent
	[ "$(wc -l <sent)" = 12 ]
}

# The price that was wrong.
correct()
{
	sed 's/"0.09"/"0.10"/' catalog | store >corrected
}

# What is a revision now, and how many say that they are.
revised()
{
	store --list consolidacoes | jq -r '.consolidacaoData |
		select(.revisao == 2 and .status == "ready_to_send") |
		"\(.competencia) \(.empresaId) \(.numeroProposta)"' | tr '\n' ';'
}

export COMPETENCIA=2024-01 EMPRESA=2 PROPOSTA=B MOTIVO='preço corrigido'

@test 'a month from the usage API, and one company of it' {
	sent
	line 1 >out
	[ "$(revised)" = '' ] # nothing is new
	correct
	line 2 >out
	[ "$(revised)" = '2024-01 2 A;2024-01 2 B;' ]
	line 1 >out
	[ "$(revised)" = '2024-01 1 A;2024-01 1 B;2024-01 2 A;2024-01 2 B;2024-01 3 A;2024-01 3 B;' ]
	[ "$(wc -l <out)" = 6 ]
}

@test 'a month from the stored volumes' {
	sent
	correct
	stop_all # nobody is asked
	line 3 >out
	[ "$(revised)" = '2024-01 1 A;2024-01 1 B;2024-01 2 A;2024-01 2 B;2024-01 3 A;2024-01 3 B;' ]
}

@test 'a company, one proposal of it, and all of its months' {
	sent
	correct
	line 5 >out
	[ "$(revised)" = '2024-01 2 B;' ]
	line 4 >out
	[ "$(revised)" = '2024-01 2 A;2024-01 2 B;' ]
	line 6 >out
	[ "$(revised)" = '2024-01 2 A;2024-01 2 B;2024-02 2 A;2024-02 2 B;' ]
	store --explain -e 2 -c 2024-01 | grep -q ' x 0,10 '
	store --explain -e 1 -c 2024-01 | grep -q ' x 0,09 '
}

@test 'what it would come to' {
	sent
	correct
	store --list consolidacoes >before
	line 7 >planned
	[ "$(wc -l <planned)" = 6 ]
	[ "$(cut -f 4,5 planned | sort -u)" = $'ready_to_send\t2' ]
	store --list consolidacoes | cmp - before
	line 3 >out
	cut -f 3 planned >totals
	jq .consolidacaoData.valorTotal out | cmp - totals
}

@test 'a month that is closed' {
	sent
	correct
	store --list volumetria -c 2024-01 -e 2 | store --revise --dia-corte 5 >out 2>err || [ $? = 1 ]
	[ "$(rejected_codes)" = competencia_fechada ]
	line 8 >out
	[ "$(revised)" = '2024-01 2 A;2024-01 2 B;' ]
	[ "$(store --list historico -e 2 | jq -r .historico.motivo | grep -c 'reabertura: preço corrigido')" = 2 ]
}

@test 'twelve months back, the current one left alone' {
	start_usage --companies 2
	volum-sim --companies 2 --catalog | store >out
	now=$(TZ=America/Sao_Paulo date +%Y-%m)
	volum-fetch --competencia "$now" | store >current
	line 9 >out
	months=$(store --list volumetria | jq -r .competencia | sort -u)
	[ "$(wc -l <<<"$months")" = 13 ]
	[ "$(head -n 1 <<<"$months")" = "$(($(date -d "$now-15" +%Y) - 1))-${now#*-}" ]
	[ "$(tail -n 1 <<<"$months")" = "$now" ]
	[ "$(wc -l <out)" = 24 ]
	[ "$(grep -c "\"$now\"" out)" = 0 ]
	store --list consolidacoes -c "$now" | cmp - <(sed 's/,"requestId":"[^"]*"//' current)
	# Once more: nothing is new.
	store --list consolidacoes >before
	line 9 >out
	store --list consolidacoes | cmp - before
}

@test 'no line of the examples is left out here' {
	[ "$(grep -cvE '^(#|$)' "$EXAMPLES/reprocess")" = 9 ]
	grep -vE '^(#|$)' "$EXAMPLES/reprocess" | while IFS= read -r command; do
		bash -n <<<"$command"
	done
}
