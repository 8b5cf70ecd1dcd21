#!/usr/bin/env bats
# omie-contract --verify and --show: the chain of the ledger, and one contract.

bats_require_minimum_version 1.5.0
load omie_helper

# forge FILTER: other hands make this of the lines that `whole` holds.
forge()
{
	jq -c "$1" whole | write_ledger
}

link()
{
	kept lancamentos | jq -r "select(.seq == $1).elo"
}

# --- the chain ---

@test "a ledger as it was written: its lines and its newest link" {
	start_new
	made 3
	stop_all
	unset OMIE_APP_KEY OMIE_APP_SECRET # not needed
	everything >before
	want="{\"cadeia\":{\"integra\":true,\"lancamentos\":6,\"elo\":\"$(link 6)\"}}" \
		expect whole 0 contract --verify
	want="{\"cadeia\":{\"integra\":true,\"lancamentos\":6,\"elo\":\"$(link 6)\",\"eloEsperado\":true}}" \
		expect expected 0 contract --verify --expect "$(link 4)"
	everything | cmp before -
	want="6 lines
newest link $(link 6)
the chain holds" expect person 0 on_terminal omie-contract --verify
	want='{"cadeia":{"integra":true,"lancamentos":0,"elo":""}}' \
		expect none 0 in_other none contract --verify
	in_other none no_store
	want='{"cadeia":{"integra":false,"lancamentos":0,"elo":"","eloEsperado":false}}' \
		want_err='no line has the expected link' \
		expect lost 1 in_other none contract --verify \
		--expect "$(link 4)"
}

@test "every member of every line is in the chain" {
	start_new
	made 2
	kept lancamentos >whole
	# But for who wrote it, which MongoDB's have besides.
	head -n 1 whole | jq -r 'del(.escrita) | keys[]' >members
	[ "$(wc -l <members)" = 19 ]
	for member in $(grep -vx seq members); do
		for seq in 1 4; do
			forge "if .seq == $seq then .$member |= (
				if \"$member\" == \"evento\" then \"recusado\"
				elif \"$member\" == \"competencia\" then \"2023-12\"
				elif type == \"number\" then . + 1
				elif test(\"^[0-9a-f]{64}\$\") then
					(if .[:1] == \"0\" then \"1\" else \"0\" end) + .[1:]
				else . + \"x\" end) else . end"
			try 1 contract --verify
			same "$seq $((seq - 1)) false" "$(jq -r \
				'.cadeia | "\(.quebra.seq) \(.quebra.depoisDe) \(.integra)"' out)"
			grep -q "line $seq does not follow line $((seq - 1)): its link is $(link $seq), by its content it would be" err
		done
	done
	write_ledger <whole
	try 0 contract --verify
}

@test "lines taken out, put in, moved, cut off: the first break is named" {
	start_new
	made 3
	kept lancamentos >whole
	kept=$(link 5)
	forge 'select(.seq != 3)'
	try 1 contract --verify
	grep -q 'line 4 stands where line 3 should follow line 2: lines were taken out' err
	same '4 2 1' "$(jq -r '.cadeia.quebra | "\(.seq) \(.depoisDe) \(.quebras)"' out)"
	forge 'select(.seq != 1)'
	try 1 contract --verify --expect "$kept"
	grep -q 'line 2 stands where line 1 should follow line 0' err
	grep -q "no line before the break has the expected link $kept" err
	# Two lines change places.
	forge '.seq |= if . == 2 then 4 elif . == 4 then 2 else . end'
	try 1 contract --verify
	same 2 "$(jq .cadeia.quebra.seq out)"
	# Each link is right again, but for the one that was kept elsewhere.
	forge 'select(.seq <= 4)'
	try 0 contract --verify
	same 4 "$(jq .cadeia.lancamentos out)"
	try 1 contract --verify --expect "$kept"
	grep -q 'was cut short, or written anew' err
	# A word that no line has.
	forge 'if .seq == 4 then .evento = "apagado" else . end'
	try 1 contract --verify
	grep -q "what follows line 3 can't be read" err
	same '[false,3,3]' "$(jq -c '.cadeia | [.integra, .lancamentos, .ilegivelDepoisDe]' out)"
}

@test "a forger who makes every link anew is met by one that was kept" {
	# Another program reckons the same links from what the lines say.
	cat >forge.py <<-'!'
		import hashlib, json, sys
		names = ["seq", "conta", "cCodIntCtr", "competencia", "empresaId",
		    "numeroProposta", "evento", "chamada", "conteudoHash",
		    "contratoHash", "nCodCtr", "valorTotalCentavos", "revisao",
		    "quando", "prazo", "requestId", "detalhe", "contrato"]
		link = ""
		for text in sys.stdin:
		    row = json.loads(text)
		    line = {"elo": link} | {name: row[name] for name in names}
		    link = hashlib.sha256(json.dumps(line, ensure_ascii=False,
		        separators=(",", ":")).encode()).hexdigest()
		    if link != row["elo"]:
		        print(row["seq"], file=sys.stderr)
		    print(json.dumps(row | {"elo": link}))
	!
	start_new
	made 3
	kept=$(link 6)
	kept lancamentos >whole
	python3 forge.py <whole >same 2>changed
	same '' "$(cat changed)"
	jq -c 'select(.seq != 3)' whole | python3 forge.py 2>changed | write_ledger
	same '4 5 6' "$(paste -sd' ' changed)"
	try 1 contract --verify
	grep -q 'line 4 stands where line 3 should follow line 2' err
	same 1 "$(jq .cadeia.quebra.quebras out)"
	kept lancamentos | jq -c 'if .seq > 3 then .seq -= 1 else . end' |
		python3 forge.py 2>changed | write_ledger
	same '3 4 5' "$(paste -sd' ' changed)"
	try 0 contract --verify
	try 1 contract --verify --expect "$kept"
	grep -q "no line has the expected link $kept: it was cut short, or written anew" err
}

# --- one contract ---

@test "who, when, from what, which call, which answer" {
	start_new
	echo '{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":3,"valorTotal":30.00},"pixpay":{"qtdeMotoristas":2,"valorTotal":5.00},"bolepix":{"qtdeTitulos":1,"valorTotal":1},"webcheckout":{"qtdeTitulos":1,"valorTotal":1},"pagamentos":{"qtdeTitulos":1,"valorTotal":1}}],"competencia":"2024-01","requestId":"req-volumes"}' |
		volum-store >todo
	control fault '{"rule":"cut-after:IncluirContrato:1"}'
	contract <todo --request-id req-run | volum-store >stored
	code=$(jq -r .contrato.cCodIntCtr stored)
	proposta=$(jq -r .contrato.numeroProposta stored)
	made 2 # of others
	everything >before
	try 0 contract --show "$code"
	[ ! -s err ]
	same 'volumetriaData consolidacaoData contrato historico lancamento lancamento lancamento' \
		"$(jq -r 'keys_unsorted[0]' out | paste -sd' ')"
	same '30.00' "$(grep -o '"valorTotal":30.00' out | cut -d: -f2)"
	same "intencao incerto confirmado" "$(jq -r '.lancamento.evento // empty' out | paste -sd' ')"
	same "$code req-volumes IncluirContrato 1 $proposta" "$(jq -r 'select(.lancamento).lancamento |
		[.cCodIntCtr, .requestId, .chamada, .revisao, .numeroProposta] | join(" ")' out | sort -u)"
	# The payload is the call's own, its hash the template's.
	jq -c 'select(.lancamento.contrato).lancamento.contrato' out >payload
	jq -c 'select(.call == "IncluirContrato").body.param[0]' omie.calls | head -n 1 |
		diff - payload
	same 7700000001 "$(jq 'select(.lancamento.evento == "confirmado").lancamento.nCodCtr' out)"
	for seq in 1 2 3; do
		same "$(link $seq)" "$(jq -r "select(.lancamento.seq == $seq).lancamento.elo" out)"
	done
	cp out by.code
	try 0 contract --show "2024-01/1/$proposta"
	cmp out by.code
	everything | cmp before -
	holds_no s3cr3t-of out
	holds_no k3y-of out
}

@test "the same for a person" {
	start_new
	bill 1 1.10 '"requestId":"req-b"' | volum-store >todo
	control fault '{"rule":"fault-500:IncluirContrato:1"}'
	contract <todo | volum-store >stored
	try 0 on_terminal omie-contract --show 2024-01/1/PROP-1
	sed -E 's/20[0-9-]{8}T[0-9:.]+Z/TIME/; s/[0-9a-f]{64}/HASH/; s/[0-9a-f]{16}/ACCOUNT/; /^     \{/,/^     \}/d' out >got
	cat >want <<-!
		2401-BJGG46V4TZXXMTC
		  2024-01, company 1, proposal PROP-1

		consolidation, as it is stored: sent, revision 1
		  Cobrança Bancária                                          3              1,10
		  valorTotal                                                                1,10

		result, as it is stored: incluido, nCodCtr 7700000001, R$ 1,10

		history
		  TIME  completed > sent (contrato, revision 1)
		     who      req-b

		ledger
		  1  TIME  intencao  IncluirContrato
		     who      req-b
		     what     R$ 1,10, revision 1
		     account  ACCOUNT
		     until    TIME
		     payload  HASH
		     link     HASH
		  2  TIME  incerto  IncluirContrato
		     who      req-b
		     what     R$ 1,10, revision 1
		     answer   ANSWER
		     account  ACCOUNT
		     payload  HASH
		     link     HASH
	!
	sed -E 's/^(     answer  ).*/\1 ANSWER/' got | head -n "$(wc -l <want)" | diff -u want -
	sed -n '/^     {/,/^     }/p' out | jq -c . >payloads
	same 2 "$(wc -l <payloads)"
	same 2401-BJGG46V4TZXXMTC "$(jq -r .cabecalho.cCodIntCtr payloads | sort -u)"
	try 0 on_terminal omie-contract --show 2024-01/1/PROP-1 --json
	same 1 "$(grep -c '^{"consolidacaoData"' out)"
	# In another language for a person, the same bytes for a program.
	LC_ALL=C.UTF-8 LANGUAGE=pt_BR try 0 on_terminal omie-contract --show 2024-01/1/PROP-1
	grep -q '^consolidação, como está guardada: sent, revisão 1$' out
	grep -q '^     o quê    R\$ 1,10, revisão 1$' out
	try 0 omie-contract --show 2024-01/1/PROP-1
	mv out english
	LC_ALL=C.UTF-8 LANGUAGE=pt_BR try 0 omie-contract --show 2024-01/1/PROP-1
	cmp english out
	# Stored alone, and with marks that would move the terminal.
	printf '%s\n' '{"consolidacaoData":{"competencia":"2024-01","empresaId":"a/b","numeroProposta":"P/1","valorTotal":1.00,"produtos":[{"nome":"\u001b[2J\u009b\u202e","quantidade":1,"valor":1.00}],"status":"completed"}}' |
		volum-store >stored
	try 0 on_terminal omie-contract --show 2024-01/a/b/P/1
	grep -qF '  ?[2J??  ' out
	grep -q '^ledger: no call was ever made$' out
	[ "$(grep -c . out)" -gt 4 ]
}

@test "found by its code without a ledger; what nobody knows is 1" {
	start_new
	bill 1 1.10 | volum-store >todo
	try 0 contract --show 2401-BJGG46V4TZXXMTC
	same consolidacaoData "$(jq -r 'keys_unsorted[0]' out)"
	contract <todo >results
	for code in 2401-000000000000000 2402-BJGG46V4TZXXMTC X 0000-X \
		2024-01/2/PROP-1 2024-02/1/PROP-1; do
		want='' want_err="neither store nor ledger knows $code" \
			expect "$code" 1 contract --show "$code"
	done
	# A result alone.
	in_other new volum-store <results >stored
	in_other new try 0 contract --show 2401-BJGG46V4TZXXMTC
	same 'contrato' "$(jq -r 'keys_unsorted[0]' out)"
	want='' want_err='neither store nor ledger' expect empty 1 \
		in_other none contract --show 2401-BJGG46V4TZXXMTC
	want_err=stdout expect full 74 sh -c \
		'omie-contract --show 2401-BJGG46V4TZXXMTC >/dev/full'
	want_err=stdout expect full 74 sh -c 'omie-contract --verify >/dev/full'
	want='' want_err='database' expect foreign 78 \
		contract --verify --db "sqlite:$PWD/results"
}
