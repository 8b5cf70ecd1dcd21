#!/usr/bin/env bats
# omie-contract: what becomes of a bill, what is refused, how a run ends.

bats_require_minimum_version 1.5.0
load omie_helper

CODE_1=2401-HRZYZC6DHQ4CQBK

# --- one contract ---

@test "contracts.ndjson: one contract, with the code that it has for ever" {
	start_omie --clients 1
	volum-store <"$EVENTS/proposta-informado.ndjson" >catalog
	want='{"contrato":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","acao":"incluido","cCodIntCtr":"2401-HRZYZC6DHQ4CQBK","nCodCtr":7700000001,"valorTotal":20000.00,"status":"sent"},"trigger":"contract-created"}' \
		expect created 0 contract <"$EVENTS/contracts.ndjson"
	# A ledger that knows of nothing: Omie is listed first.
	same 'ListarContratos IncluirContrato' "$(calls)"
	same "$(jq -cS . <<-!
		{"call":"IncluirContrato","param":[{
		"cabecalho":{"cCodIntCtr":"$CODE_1","cNumCtr":"$CODE_1",
			"nCodCli":4477000001,"cCodSit":"10","cTipoFat":"01",
			"dVigInicial":"01/12/2026","dVigFinal":"31/12/2026",
			"nDiaFat":5},
		"itensContrato":[
			{"itemCabecalho":{"codIntItem":"1","seq":1,"quant":1,
				"valorUnit":15000,"natOperacao":"01",
				"codServMunic":"0620","codLC116":"1.06",
				"cNaoGerarFinanceiro":"N"},
			 "itemDescrServ":{"descrCompleta":
				"Cobrança Bancária: 150 em 01/2024"},
			 "itemImpostos":{},"itemOutrasInf":{"nTipoItVigFinal":3}},
			{"itemCabecalho":{"codIntItem":"2","seq":2,"quant":1,
				"valorUnit":5000,"natOperacao":"01",
				"codServMunic":"0620","codLC116":"1.06",
				"cNaoGerarFinanceiro":"N"},
			 "itemDescrServ":{"descrCompleta":"PIX Pay: 50 em 01/2024"},
			 "itemImpostos":{},"itemOutrasInf":{"nTipoItVigFinal":3}}],
		"infAdic":{},"vencTextos":{"cAdPeriodo":"N"},
		"observacoes":{"cObsContrato":
			"Competência 01/2024, proposta PROP-2024-001"}}]}
	!
	)" "$(jq -cS 'select(.call == "IncluirContrato") | .body' omie.calls)"
	same '[7700000001,"2401-HRZYZC6DHQ4CQBK",4477000001,20000,"10"]' \
		"$(contracts | jq -c '[.nCodCtr,.cCodIntCtr,.nCodCli,.nValTotMes,.cCodSit]')"
	same 'intencao confirmado' "$(ledger 1)"
}

@test "the same again is inalterado, without any call, from every status" {
	start
	bills 3 | try 0 contract
	cp omie.calls before
	bills 3 | sed 's/"completed"/"sent"/' | try 0 contract
	same 'inalterado inalterado inalterado' "$(actions)"
	same '7700000001 7700000002 7700000003' \
		"$(jq -r .contrato.nCodCtr out | paste -sd' ')"
	bills 3 | sed 's/"completed"/"ready_to_send"/; s/"quantidade":3,/"quantidade":3.0,/; s/\.10/.1/g' |
		try 0 contract
	same 'inalterado inalterado inalterado' "$(actions)"
	cmp before omie.calls
	once 3
}

@test "other content under a code that was confirmed is divergente, no call" {
	start
	bills 2 | try 0 contract
	cp omie.calls before
	{
		bill 1 1.11
		bills 2 | sed '1d; s/"quantidade":3/"quantidade":4/'
		bill 1 1.10
	} | try 1 contract
	same inalterado "$(actions)"
	same 'divergente divergente' "$(rejected_codes | paste -sd' ')"
	jq -r .rejeitado.mensagem "$REJECTED" | head -1 | grep -q '1.10 then, 1.11 now'
	cmp before omie.calls
	once 2
}

@test "the invoice names the month before its billing only where that is the one billed" {
	start
	bill 1 1.10 >in
	omie-contract --as-of 2024-02-03T12:00:00Z <in >/dev/null
	same '{"cAdPeriodo":"S","cCodPerRef":"002"}' \
		"$(jq -cS 'select(.call == "IncluirContrato") | .body.param[0].vencTextos' omie.calls)"
	bill 2 2.10 | omie-contract --as-of 2024-02-06T12:00:00Z >/dev/null
	same '{"cAdPeriodo":"N"}' \
		"$(jq -cS 'select(.call == "IncluirContrato") | .body.param[0].vencTextos' omie.calls | tail -n 1)"
}

@test "0.00 is dispensado: no call, no customer, not even a store" {
	start_omie
	bill 9 0.00 | try 0 contract
	same '{"competencia":"2024-01","empresaId":"9","numeroProposta":"PROP-9","acao":"dispensado","valorTotal":0,"status":"completed"}' \
		"$(jq -c '.contrato | del(.cCodIntCtr)' out)"
	grep -q '"valorTotal":0.00' out
	[ ! -s omie.calls ]
	no_store
	[ ! -s err ]
}

@test "a line of 0.00 is left out of the items" {
	start
	bill 1 10.00 | sed 's/"produtos":\[/&{"nome":"BolePix","quantidade":5,"valor":0.00},/' |
		try 0 contract
	same '[["1",1,10,"Cobrança Bancária: 3 em 01/2024"]]' "$(jq -c \
		'[.body.param[0].itensContrato[] | [.itemCabecalho.codIntItem,
		.itemCabecalho.seq, .itemCabecalho.valorUnit,
		.itemDescrServ.descrCompleta]]' omie.calls)"
}

@test "amounts arrive to the cent" {
	start
	i=0
	for total in 0.01 0.10 1.15 4.35 1005.57 123456.78 1234567.89 99999999.99; do
		i=$((i + 1))
		bill $i $total
	done >in
	try 0 contract <in
	same "$(jq -r .consolidacaoData.valorTotal in)" \
		"$(contracts | jq -r .nValTotMes)"
	same "$(grep -o '"valorTotal":[0-9.]*' in)" "$(grep -o '"valorTotal":[0-9.]*' out)"
}

@test "unknown members and the requestId go on, a rejected line is its record" {
	start
	{
		bill 1 1.10 '"requestId":"abc","lote":{"n":1.50}'
		bill 2 2.10 | sed 's/.*/{"rejeitado":{"codigo":"x"},"registro":&}/'
	} >in
	try 0 contract --request-id r --log log <in
	same '{"contrato":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-1","acao":"incluido"},"trigger":"contract-created","requestId":"abc","lote":{"n":1.5}}' \
		"$(sed 1q out | jq -c 'del(.contrato.cCodIntCtr, .contrato.nCodCtr,
		.contrato.valorTotal, .contrato.status)')"
	grep -q '"lote":{"n":1.50}' out
	once 2
}

# --- refused before any call ---

@test "what is no bill, or nobody's, is refused without a call" {
	start
	volum-store <<-'!' >>catalog
		{"empresa":{"empresaId":"90","cnpj":"11222333000181","razaoSocial":"Sem Código"}}
	!
	{
		bill 1 1.10
		bill 77 5.00
		bill 90 5.00
		bill 3 5.00 '"parcial":true'
		bill 3 5.00 | sed 's/"completed"/"processing"/'
		bill 3 5.00 | sed 's/"completed"/"error"/'
		bill 3 5.00 | sed 's/"valor":5.00/"valor":5.01/'
		bill 3 5.00 | sed 's/"valorTotal":5.00/"valorTotal":-5.00/'
		bill 3 5.00 | sed 's/"valor":5.00/"valor":null/'
		bill 3 5.001
		bill 3 '"5.00"'
		bill 3 5.00 '"parcial":"sim"'
		bill '' 5.00
		bill 3 5.00 | sed 's/2024-01/2024-13/'
		echo '{"volumetriaData":[{"idEmpresa":1}],"competencia":"2024-01"}'
		echo '{"contrato":{"competencia":"2024-01"}}'
		echo '{"consolidacaoData":null}'
		echo '{"consolidacaoData":[1]}'
		echo 'not json'
		bill 2 2.10
	} >in
	try 1 contract <in
	same 'incluido incluido' "$(actions)"
	# A company without the customer's code is looked for by its document.
	same 'IncluirContrato ListarClientes IncluirContrato' "$(calls)"
	same "$(sed -n '2,18p' in | jq -c .)" \
		"$(jq -c .registro "$REJECTED" | sed '$d')"
	same 'cliente_desconhecido cliente_desconhecido parcial nao_pronta nao_pronta' \
		"$(rejected_codes | head -5 | paste -sd' ')"
	same "$(seq 2 19 | paste -sd' ')" \
		"$(jq -r .rejeitado.linha "$REJECTED" | paste -sd' ')"
	same dados "$(jq -r .rejeitado.classe "$REJECTED" | sort -u)"
	same '' "$(ledger 3)$(ledger 77)$(ledger 90)"
	once 2
}

# --- the template ---

@test "--template: what it makes is what is sent, from what the store knows" {
	start
	volum-store <"$EVENTS/proposta-informado.ndjson" >>catalog
	cat >own.jq <<-'!'
		{cabecalho: {cCodIntCtr, nCodCli: .empresa.codigoClienteOmie,
			cCodSit: "10", cTipoFat: "01", nDiaFat: 7,
			dVigInicial: "01/12/2026", dVigFinal: "31/12/2026",
			cNumCtr: (.proposta.numeroProposta // "nenhuma")},
		itensContrato: [.consolidacao.produtos[] | {itemCabecalho:
			{codIntItem: "1", natOperacao: "01", codServMunic: "0620",
			codLC116: "1.06", quant: .quantidade,
			valorUnit: (.valor / .quantidade)}}],
		observacoes: {cObsContrato: (.hoje + " " + (keys | join(",")))}}
	!
	{
		cat "$EVENTS/contracts.ndjson"
		bill 2 9.00 | sed 's/PROP-2/UNKNOWN/'
	} | try 0 contract --template own.jq
	same '["PROP-2024-001",7,[150,100],"2026-11-24 cCodIntCtr,consolidacao,empresa,hoje,proposta"]
["nenhuma",7,[3,3],"2026-11-24 cCodIntCtr,consolidacao,empresa,hoje,proposta"]' \
		"$(jq -c '.body.param[0] | [.cabecalho.cNumCtr, .cabecalho.nDiaFat,
		[.itensContrato[0].itemCabecalho | .quant, .valorUnit],
		.observacoes.cObsContrato]' omie.calls)"
}

@test "--template: one that can't be read or compiled, or looks around, is 78" {
	start
	for program in '.[' '$ENV' 'env' 'input' 'now' 'include "a"; .'; do
		echo "$program" >own.jq
		bill 1 1.10 | want_err=own.jq expect "$program" 78 \
			contract --template own.jq
	done
	bill 1 1.10 | want_err=none.jq expect missing 78 contract --template none.jq
	[ ! -s omie.calls ]
}

@test "--template: a contract that is not the bill is not sent" {
	start
	sed 's/^| {$/| ({/' "$BATS_TEST_DIRNAME/../examples/templates/contrato.jq" >base.jq
	while IFS='|' read -r why change; do
		{ cat base.jq && printf ') | %s\n' "$change"; } >own.jq
		rm -f "$REJECTED"
		bill 1 30.00 | try 1 contract --template own.jq ||
			same "$change" refused
		same "$change: $why" "$change: $(rejected_codes)"
	done <<-'!'
		programa_falhou|error("no")
		contrato_invalido|empty
		contrato_invalido|(., .)
		contrato_invalido|[.]
		contrato_invalido|"x"
		contrato_invalido|{}
		contrato_invalido|.itensContrato[0].itemCabecalho.valorUnit = 30.01
		contrato_invalido|.itensContrato[0].itemCabecalho.valorUnit = 29.99
		contrato_invalido|.itensContrato[0].itemCabecalho.quant = 2
		contrato_invalido|.itensContrato[0].itemCabecalho += {quant: 3, valorUnit: 10.001}
		contrato_invalido|.itensContrato[0].itemCabecalho.valorUnit = 0
		contrato_invalido|.itensContrato[0].itemCabecalho += {cTpDesconto: "V", valorDesconto: 1}
		contrato_invalido|.itensContrato += .itensContrato
		contrato_invalido|.itensContrato = []
		contrato_invalido|.cabecalho.nCodCli = 4477000002
		contrato_invalido|.cabecalho.nCodCli = null
		contrato_invalido|del(.cabecalho.nCodCli)
		contrato_invalido|.cabecalho.cCodIntCtr = "2401-AAAAAAAAAAAAAAA"
		contrato_invalido|.cabecalho.cCodIntCtr += "X"
		contrato_invalido|.cabecalho.dVigFinal = "30/11/2026"
		contrato_invalido|.cabecalho.dVigInicial = "2026-12-01"
		contrato_invalido|del(.cabecalho)
	!
	[ ! -s omie.calls ]
	same '' "$(ledger 1)"
}

# --- what Omie refuses ---

@test "a refusal by Omie is final, the next record goes on" {
	start --fault soft-refusal:IncluirContrato:1
	bills 2 | try 1 contract
	same 'incluido recusado' "$(actions) $(rejected_codes)"
	same 'intencao recusado' "$(ledger 1)"
	grep -q 'Operação recusada' err
	sleep 1.1 # the window of the identical call
	try 0 contract <"$REJECTED"
	same incluido "$(actions)"
	same 2 "$(contracts | wc -l)"
}

# --- shut out ---

@test "425: 69 and the time, the rest rejected, and done when fed back" {
	start --fault block-425:IncluirContrato:3
	bills 6 >in
	want_err='for 1800 s' try 69 contract <in
	same 'incluido incluido' "$(actions)"
	grep -q '1800 s' err
	same 3 "$(grep -c '"IncluirContrato"' omie.calls)"
	same "$(sed 1,2d in | jq -c .)" "$(jq -c .registro "$REJECTED")"
	same 'bloqueado servico' "$(jq -r '.rejeitado | .codigo + " " + .classe' \
		"$REJECTED" | sort -u)"
	mv "$REJECTED" again
	# The next run knows it too, and doesn't try.
	try 69 contract <again
	grep -qE 'ends in 1[78][0-9]{2} seconds, at 20[0-9]{2}-' err
	same 3 "$(grep -c '"IncluirContrato"' omie.calls)"
	rm "$REJECTED"
	time_passes
	try 0 contract <again
	same 'incluido incluido incluido incluido' "$(actions)"
	[ ! -e "$REJECTED" ]
	once 6
}

@test "425 while --quiet: the reason is said all the same" {
	start --fault block-425
	bills 2 | try 69 contract --quiet
	same 1 "$(wc -l <err)"
	grep -q '1800 s' err
}

@test "the error budget: we stop before Omie does" {
	start
	for i in $(seq 30 41); do
		printf '{"empresa":{"empresaId":"%s","cnpj":"11222333000181","razaoSocial":"X","codigoClienteOmie":99%s}}\n' "$i" "$i"
	done | volum-store >>catalog
	for i in $(seq 30 41); do bill "$i" 5.00; done >in
	bill 1 1.10 >>in
	try 69 contract <in
	same 8 "$(grep -c '"IncluirContrato"' omie.calls)"
	same '8 recusado 5 bloqueado' "$(rejected_codes | uniq -c | xargs)"
	same 0 "$(grep -c MISUSE omie.calls || :)"
	grep -qE 'ends in [0-9]+ seconds' err
	# Omie itself is not shut: somebody else's call is answered.
	curl -sf -d "{\"call\":\"IncluirContrato\",\"app_key\":\"$OMIE_APP_KEY\",\"app_secret\":\"$OMIE_APP_SECRET\",\"param\":[$(
		jq -c 'select(.call == "IncluirContrato").body.param[0] |
			.cabecalho += {nCodCli: 4477000002, cCodIntCtr: "BY-HAND"}' \
			omie.calls | head -1)]}" \
		"${OMIE_API_URL}servicos/contrato/" >answer
	same 0 "$(jq -r .cCodStatus answer)"
	# A smaller budget is a smaller number.
	control reset-limits '{}'
	time_passes
	rm "$REJECTED"
	OMIE_ERROR_BUDGET=5 try 69 contract <in
	same '3 recusado 10 bloqueado' "$(rejected_codes | uniq -c | xargs)"
}

@test "the rate: 30 contracts at 600 a minute, none refused by a service of 600" {
	start_omie --rate 600 --clients 30
	volum-sim --companies 30 --catalog | volum-store >catalog
	began=$(date +%s%N)
	bills 30 | OMIE_RATE_PER_MIN=600 try 0 contract
	[ $((($(date +%s%N) - began) / 1000000)) -ge 2900 ]
	same 30 "$(contracts | wc -l)"
	same 200 "$(jq -r 'select(.call == "IncluirContrato").status' omie.calls | sort -u)"
}

@test "a file has an end: the progress line says how much is left, and how long" {
	start
	bills 6 >in
	OMIE_RATE_PER_MIN=150 try 0 contract --progress always <in
	tr '\r' '\n' <err >lines
	grep -qE '^omie-contract: 3/6 \(50%\), [0-9]+/min, ready in [0-9]+s' lines || {
		cat -v lines
		false
	}
}

@test "an identical call keeps away from the window" {
	start_omie --clients 1 --same-call-window 2 --fault soft-refusal:IncluirContrato:1
	volum-sim --companies 1 --catalog | volum-store >catalog
	{
		bill 1 1.10
		bill 1 1.10
	} | OMIE_SAME_CALL_WINDOW_S=2 try 1 contract
	same 'recusado incluido' "$(rejected_codes) $(actions)"
	same 0 "$(grep -c 'Client-6"' omie.calls || :)"
	once 1
}

# --- credentials, addresses ---

@test "a wrong key ends the calls: 77, and every record is kept" {
	start
	bills 4 >in
	OMIE_APP_SECRET=wr0ng-secret try 77 contract --log log <in
	same 1 "$(grep -c '"IncluirContrato"' omie.calls)"
	[ ! -s out ]
	same "$(jq -c . in)" "$(jq -c .registro "$REJECTED")"
	same credenciais "$(rejected_codes | sort -u)"
	grep -q 'OMIE_APP_KEY or OMIE_APP_SECRET' err
	everything >stored
	holds_no wr0ng err log "$REJECTED" stored
	mv "$REJECTED" again
	try 0 contract <again
	once 4
}

@test "key and secret are in no file, no argument and no environment" {
	start --fault hang=1500:IncluirContrato:2 --fault block-425:IncluirContrato:3
	bills 4 >in
	omie-contract --timeout 3 --verbose --log log <in >out 2>err 3>&- &
	pid=$!
	wait_for 20 at_least 1 out
	tr '\0' '\n' <"/proc/$pid/environ" >environ
	tr '\0' '\n' <"/proc/$pid/cmdline" >cmdline
	kill -9 "$pid"
	end_of "$pid"
	try 69 contract --verbose --log log <in
	grep -q '^PATH=' environ
	grep -q omie-contract cmdline
	[ -s log ]
	everything >stored
	holds_no k3y-of environ cmdline out err log "$REJECTED" stored
	holds_no s3cr3t-of environ cmdline out err log "$REJECTED" stored
}

@test "what must be set, and where credentials may not travel to: 78" {
	start
	bill 1 1.10 >in
	want_err='neither OMIE_APP_KEY nor OMIE_APP_KEY_FILE' \
		expect key 78 env -u OMIE_APP_KEY omie-contract <in
	want_err='neither OMIE_APP_SECRET nor OMIE_APP_SECRET_FILE' \
		expect secret 78 env -u OMIE_APP_SECRET omie-contract <in
	OMIE_APP_KEY_FILE=x want_err='OMIE_APP_KEY and OMIE_APP_KEY_FILE' \
		expect both 78 contract <in
	OMIE_APP_SECRET='' want_err='OMIE_APP_SECRET: set, but empty' \
		expect empty 78 contract <in
	holds_no s3cr3t err
	while read -r url why; do
		OMIE_API_URL=$url want_err=$why expect "$url" 78 contract <in
	done <<-!
		http://192.0.2.1/api/v1/ plain http
		http://omie.invalid/api/v1/ VOLUM_ALLOW_HTTP=1
		ftp://127.0.0.1/ OMIE_API_URL
		https://a:b@127.0.0.1/ credentials
	!
	for name in OMIE_RATE_PER_MIN OMIE_SAME_CALL_WINDOW_S OMIE_ERROR_BUDGET \
		OMIE_BLOCK_S OMIE_IP_RATE_PER_MIN OMIE_RESERVE OMIE_RATE_WINDOW_S; do
		want_err=$name expect $name 78 env $name=x omie-contract <in
		want_err=$name expect $name 78 env $name=-1 omie-contract <in
	done
	want_err=--rate-per-min expect option 64 contract --rate-per-min 0 <in
	want_err=--reserve expect option 64 contract --reserve 91 <in
	[ ! -s omie.calls ]
	printf '%s\n' "$OMIE_APP_KEY" >key
	printf '%s\n' "$OMIE_APP_SECRET" >secret
	try 0 env -u OMIE_APP_KEY -u OMIE_APP_SECRET OMIE_APP_KEY_FILE=key \
		OMIE_APP_SECRET_FILE=secret omie-contract <in
	same incluido "$(actions)"
}

@test "nobody listens: rejected, 75, and nothing left open" {
	start
	address=$OMIE_API_URL
	stop_all
	bills 4 >in
	try 75 contract <in
	[ ! -s out ]
	same "$(jq -c . in)" "$(jq -c .registro "$REJECTED")"
	same servico_indisponivel "$(rejected_codes | sort -u)"
	for i in 1 2 3; do
		same nao_enviado "$(ledger $i | xargs -n1 | tail -n 1)"
	done
	same '' "$(ledger 4)"
	start_omie --time-scale 60 --clients 20 --port "$(grep -oE '[0-9]{4,}' <<<"$address")"
	mv "$REJECTED" again
	try 0 contract <again
	same 'IncluirContrato IncluirContrato IncluirContrato IncluirContrato' "$(calls)"
	once 4
}

# --- the end of a run ---

@test "a full disk is 74, a reader that went away too; nothing is billed twice" {
	start
	bills 20 >in
	want_err=stdout expect full 74 sh -c 'omie-contract <in >/dev/full'
	[ "$(contracts | wc -l)" -ge 1 ]
	mkfifo pipe
	head -n 1 <pipe >first &
	code=0
	{ sed 5q in; sleep 0.5; sed 1,5d in; } | contract >pipe 2>err || code=$?
	same 74 "$code"
	made=$(contracts | wc -l)
	[ "$made" -lt 20 ]
	try 0 contract <in
	same "$made" "$(grep -c inalterado out)"
	once 20
	same 20 "$(grep -c '"IncluirContrato"' omie.calls)"
}

@test "SIGTERM mid-run is 75, the next run completes it" {
	start --latency 100
	bills 20 >in
	omie-contract <in >part 2>err 3>&- &
	pid=$!
	wait_for 20 at_least 3 omie.calls
	kill "$pid"
	end_of "$pid"
	same 75 "$CODE"
	grep -q signal err
	made=$(contracts | wc -l)
	[ "$made" -lt 20 ]
	same "$made" "$(wc -l <part)" # what was done is told
	jq -e .contrato part >parsed # whole lines
	try 0 contract <in
	same "$made" "$(grep -c inalterado out)"
	once 20
	same 20 "$(grep -c '"IncluirContrato"' omie.calls)"
}

@test "SIGTERM during a wait and before the input are 75 at once" {
	start --fault broken-after:IncluirContrato:1
	export OMIE_SAME_CALL_WINDOW_S=600
	bills 2 >in
	began=$(date +%s)
	omie-contract <in >out 2>err 3>&- &
	pid=$!
	wait_for 20 at_least 1 omie.calls
	sleep 0.3
	kill "$pid"
	end_of "$pid"
	same 75 "$CODE"
	[ $(($(date +%s) - began)) -lt 20 ]
	same 'intencao incerto' "$(ledger 1)"
	grep -q "settled by the next run" err
	export OMIE_SAME_CALL_WINDOW_S=1
	try 0 contract <in
	once 2
}

# --- nothing but words ---

@test "test and --dry-run: planejado, no call, no byte of the store changed" {
	start
	bill 1 1.10 | try 0 contract
	cp omie.calls before
	mkdir -p "$VOLUM_STATE_DIR"
	everything >stored
	find "$VOLUM_STATE_DIR" -type f -exec sha256sum {} + | sort >sums
	{
		bills 3
		bill 4 0.00
	} >plain
	{
		bills 3
		bill 4 0.00
	} | sed 's/}$/,"test":true}/' >marked
	try 0 contract --dry-run <plain
	same 'planejado planejado planejado planejado' "$(actions)"
	cp out first
	try 0 contract <marked
	same "$(cat first)" "$(sed 's/,"test":true}/}/' out)"
	same 4 "$(grep -c '"test":true' out)"
	try 0 env -u OMIE_APP_KEY -u OMIE_APP_SECRET omie-contract --dry-run <plain
	same 'planejado planejado planejado planejado' "$(actions)"
	find "$VOLUM_STATE_DIR" -type f -exec sha256sum {} + | sort >sums.after
	diff sums sums.after
	everything | cmp stored -
	cmp before omie.calls
	# A test trigger passes through.
	want='{"test":true,"competencia":"auto"}' expect trigger 0 contract \
		<<<'{"test":true,"competencia":"auto"}'
	# It is checked as well as the real thing.
	bill 88 5.00 | try 1 contract --dry-run --rejected elsewhere
	same cliente_desconhecido "$(rejected_codes elsewhere)"
	# Where there is no store, none is made.
	rm -r "$VOLUM_STATE_DIR"
	new_store
	bill 1 1.10 | contract --dry-run --rejected elsewhere >out 2>err || :
	no_store
	[ ! -e "$VOLUM_STATE_DIR" ]
	cmp before omie.calls
}

# --- what every command shares ---

@test "--log: one beginning, one end with the counters, no name, no payload" {
	start
	{ bills 3; bill 1 1.10; bill 99 5.00; } | try 1 contract --log log --request-id r
	same '["Iniciando omie-contract","Finalizando omie-contract"]' \
		"$(jq -sc 'map(.message) | [first, last]' log)"
	same '[5,4,1,1,740,1]' "$(jq -c 'select(.data.ms != null).data | [.read, .done,
		.rejected, .unchanged, .cents, .status]' log)"
	same r "$(jq -r .requestId log | sort -u)"
	holds_no PROP-1 log
	holds_no cabecalho log
	holds_no razaoSocial log
}

@test "an input that can't be read is 65, wrong options are 64" {
	start
	want_err=stdin expect closed 65 sh -c 'exec omie-contract <&-'
	want_err=stdin expect folder 65 sh -c 'exec omie-contract <.'
	want_err=--timeout expect number 64 contract --timeout 0
	want_err='unknown option' expect unknown 64 contract --no-such
	want_err='only options' expect operand 64 contract file
	want='' expect empty 0 contract </dev/null
	[ ! -s omie.calls ]
}

@test "--help and --version" {
	run -0 omie-contract --help
	grep -q -- --template <<<"$output"
	run -0 omie-contract --version
	[[ $output == omie-contract\ * ]]
}

@test "a contract that was sent is not dispensed with by a revision to 0.00" {
	start
	bill 1 1.10 | try 0 contract
	bill 1 0.00 | try 1 contract
	same divergente "$(rejected_codes)"
	[ ! -s out ]
}
