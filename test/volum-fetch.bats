#!/usr/bin/env bats
# volum-fetch: months, companies, requests, refusals.

bats_require_minimum_version 1.5.0
load pipe_helper

NOON=2026-11-24T15:00:00Z

# start_known [OPTION...]: the usage API knows the elements in KNOWN.
start_known()
{
	printf '%s\n' "${KNOWN[@]}" >known.ndjson
	start_usage --companies 0 --data known.ndjson "$@"
}

# event MONTH ELEMENT [MEMBERS]: one line of output.
event()
{
	printf '{"volumetriaData":[%s],"competencia":"%s","trigger":"volumetria-fetch",%s"requestId":"r"}\n' \
		"$2" "$1" "${3:+$3,}"
}

# fetch OPTION...: at a fixed moment, with a fixed requestId.
fetch()
{
	volum-fetch --as-of "$NOON" --request-id r "$@"
}

# The companies of events, in their order, on one line.
ids()
{
	jq -r '.volumetriaData[0].idEmpresa' out | paste -sd' '
}

# Code, class, company, attempts of each rejected line.
refused()
{
	jq -r '[.rejeitado.codigo, .rejeitado.classe, .registro.empresaId,
		.rejeitado.tentativas] | join(" ")' "$REJECTED"
}

months()
{
	jq -r '.competencia + " " + (.parcial // false | tostring)' out
}

# --- the events as they come ---

@test "fetch.ndjson: the companies asked for, in their order, requestId kept" {
	KNOWN=('{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":15000.00}}'
		'{"idEmpresa":2,"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}}'
		'{"idEmpresa":3}' '{"idEmpresa":4}')
	start_known
	want=$(event 2024-01 "${KNOWN[0]}"; event 2024-01 "${KNOWN[1]}"
		event 2024-01 "${KNOWN[2]}")
	want=${want//\"r\"/\"req-123456789\"} expect fetch 0 \
		volum-fetch <"$EVENTS/fetch.ndjson"
	[ ! -e "$REJECTED" ]
}

@test "api-gateway.ndjson: a body that is an object, and one that is text" {
	KNOWN=('{"idEmpresa":12345,"cobranca":{"qtdeTitulos":1,"valorTotal":1.00}}')
	start_known
	want=$(event 2024-01 "${KNOWN[0]}"; event 2024-01 "${KNOWN[0]}") \
		expect gateway 0 fetch <"$EVENTS/api-gateway.ndjson"
	same 2 "$(wc -l <usage.calls)"
}

@test "scheduled-input.ndjson: the month that is closed, all companies" {
	start_usage --companies 12
	fetch <"$EVENTS/scheduled-input.ndjson" >out 2>err
	same "$(seq -s' ' 12)" "$(ids)"
	same '2026-10 false' "$(months | sort -u)"
	same 1 "$(wc -l <usage.calls)"
}

@test "scheduled-rule.json: the input of the rule's target" {
	start_usage --companies 3
	jq -c . "$EVENTS/scheduled-rule.json" | fetch >out 2>err
	same '1 2 3' "$(ids)"
	same '2026-10 false' "$(months | sort -u)"
	[ ! -s err ]
}

@test "test.ndjson: what a test asks for is a test" {
	start_usage --companies 2
	fetch <"$EVENTS/test.ndjson" >out 2>err
	same '1 2 1 2' "$(ids)"
	same '2026-10 true 2026-10 true 2024-01 true 2024-01 true' \
		"$(jq -r '.competencia, .test' out | paste -sd' ')"
	[ ! -s err ]
}

# --- which month ---

# month AS-OF WORD WANT: what WORD is at that moment.
month()
{
	volum-fetch --as-of "$1" --request-id r --competencia "$2" --empresa 1 \
		>out 2>err
	same "$1 $2: $3" "$1 $2: $(months)"
}

@test "auto, fechada and corrente at both ends of months, on Sao Paulo's clock" {
	start_usage --companies 1
	while read -r instant open closed; do
		month "$instant" corrente "$open true"
		month "$instant" fechada "$closed false"
		month "$instant" auto "$closed false"
	done <<-!
		2026-11-30T02:00:00Z 2026-11 2026-10
		2026-12-01T02:00:00Z 2026-11 2026-10
		2026-12-02T02:00:00Z 2026-12 2026-11
		2027-01-01T02:00:00Z 2026-12 2026-11
		2026-12-01T02:59:59Z 2026-11 2026-10
		2026-12-01T03:00:00Z 2026-12 2026-11
		2027-01-01T02:59:59Z 2026-12 2026-11
		2027-01-01T03:00:00Z 2027-01 2026-12
		2026-03-01T02:59:59Z 2026-02 2026-01
		2026-03-01T03:00:00Z 2026-03 2026-02
		2024-03-01T02:59:59Z 2024-02 2024-01
		2024-03-01T03:00:00Z 2024-03 2024-02
		2024-02-29T03:00:00Z 2024-02 2024-01
		2018-11-01T02:59:59Z 2018-10 2018-09
		2019-01-01T01:59:59Z 2018-12 2018-11
		2019-01-01T02:00:00Z 2019-01 2018-12
	!
}

@test "VOLUM_TZ moves the clock, TZ does not" {
	start_usage --companies 1
	TZ=Asia/Tokyo month 2026-12-01T02:59:59Z corrente '2026-11 true'
	TZ=UTC month 2026-12-01T02:59:59Z fechada '2026-10 false'
	VOLUM_TZ=UTC month 2026-12-01T00:00:00Z corrente '2026-12 true'
	VOLUM_TZ=America/Rio_Branco month 2026-12-01T04:59:59Z corrente '2026-11 true'
	VOLUM_TZ=America/Rio_Branco month 2026-12-01T05:00:00Z corrente '2026-12 true'
	VOLUM_TZ=Asia/Tokyo month 2026-11-30T15:00:00Z fechada '2026-11 false'
	want_err=Mars/Olympus VOLUM_TZ=Mars/Olympus expect zone 78 \
		fetch --competencia auto
}

@test "a month by name: past ones as they are, the current one partial" {
	start_usage --companies 1
	month "$NOON" 2024-01 '2024-01 false'
	month "$NOON" 2026-10 '2026-10 false'
	month "$NOON" 2026-11 '2026-11 true'
	while read -r word; do
		want_err='--competencia: competencia' expect "$word" 64 \
			fetch --competencia "$word" --empresa 1
	done <<-!
		2026-12
		2027-01
		2026-13
		2026-00
		2026-1
		2026-01-01
		202601
		Auto
		-2026-01
	!
	want_err=--competencia expect empty 64 fetch --competencia ''
}

@test "a trigger's wrong month is refused, its neighbours are handled" {
	start_usage --companies 2
	cat >in <<-!
		{"competencia":"2026-09","empresaId":"1"}
		{"competencia":"2026-12","empresaId":"1"}
		{"competencia":"2026-13","empresaId":"1"}
		{"competencia":202601,"empresaId":"1"}
		{"empresaId":"1"}
		{"competencia":null,"empresaId":"1"}
		{"competencia":"2026-09","empresaId":"2"}
	!
	code=0
	fetch <in >out 2>err || code=$?
	same 1 "$code"
	same '1 2' "$(ids)"
	same '2 competencia_invalida 3 competencia_invalida 4 campo_invalido 5 campo_ausente 6 campo_ausente' \
		"$(jq -r '.rejeitado | .linha, .codigo' "$REJECTED" | paste -sd' ')"
	same "$(sed -n 2,6p in)" "$(jq -c .registro "$REJECTED")"
}

@test "the days asked for are the first and the last of the month" {
	start_double 200 '@COMPANIES@'
	for m in 2024-02 2025-02 2024-04 2024-12; do
		fetch --competencia "$m" --empresa 1 >out
	done
	fetch --competencia 2024-01 --empresa 7 --empresa 'a b&c=1' --empresa 8 \
		--path /volumetria/consultar >>out
	same "/volumetria?dataInicial=2024-02-01&dataFinal=2024-02-29&empresas=1
/volumetria?dataInicial=2025-02-01&dataFinal=2025-02-28&empresas=1
/volumetria?dataInicial=2024-04-01&dataFinal=2024-04-30&empresas=1
/volumetria?dataInicial=2024-12-01&dataFinal=2024-12-31&empresas=1
/volumetria/consultar?dataInicial=2024-01-01&dataFinal=2024-01-31&empresas=7,a%20b%26c%3D1,8" \
		"$(jq -r .target double.calls)"
	same 'GET Bearer tok-3n-of-the-test' \
		"$(jq -r '.method + " " + .authorization' double.calls | sort -u)"
	same '["7","a b&c=1","8"]' \
		"$(jq -sc 'map(.volumetriaData[0].idEmpresa)[-3:]' out)"
}

# --- which companies ---

@test "--empresas FILE and -: ids, records, blanks; bad lines are named" {
	start_usage --companies 30
	printf '%s\n' 7 '  9  ' '' '{"empresaId":5}' \
		'{"empresa":{"empresaId":"3","cnpj":"11222333000181"}}' \
		'{"empresa":{}}' '{"idEmpresa":1}' 'not an id?' '{"empresaId":' \
		'{"empresaId":1.5}' >list
	printf '11\r\n\xe7\n13' >>list
	for from in list -; do
		rm -f "$REJECTED"
		code=0
		fetch --competencia 2024-01 --empresas "$from" <list >out 2>err ||
			code=$?
		same 1 "$code"
		same '7 9 5 3 11 13' "$(ids)"
		same '6 7 9 10 12 sem_dados' "$(jq -r \
			'.rejeitado | .linha // .codigo' "$REJECTED" | paste -sd' ')"
		same ' e7' "$(jq -r 'select(.rejeitado.linha == 12)
			.registroBase64' "$REJECTED" | base64 -d | od -An -tx1)"
	done
}

@test "a list of no companies asks for none, never for all" {
	start_usage --companies 3
	: >empty
	printf '\n\n' >blank
	for list in empty blank; do
		want='' expect "$list" 0 fetch --competencia auto --empresas "$list"
	done
	for none in '[]' '""' '[""]' '[null]' '{}' 'true' '[[1]]'; do
		echo "{\"competencia\":\"2024-01\",\"empresaIds\":$none}"
	done >in
	echo '{"competencia":"2024-01","empresaId":""}' >>in
	echo '{"competencia":"2024-01","empresaId":[1]}' >>in
	want='' want_err='line 9' expect none 1 fetch --verbose <in
	same 9 "$(wc -l <"$REJECTED")"
	[ ! -s usage.calls ]
}

@test "options of companies that do not go together" {
	start_usage --companies 3
	want_err='either --empresa or --empresas' expect both 64 \
		fetch --competencia auto --empresa 1 --empresas list
	want_err='go with --competencia' expect alone 64 fetch --empresa 1
	want_err='go with --competencia' expect alone 64 fetch --empresas list
	want_err=no-such-list expect missing 78 \
		fetch --competencia auto --empresas no-such-list
	want_err=--batch expect batch 64 fetch --competencia auto --batch 0
	want_err=--jobs expect jobs 64 fetch --competencia auto --jobs 33
	want_err='--empresa: the value is empty' expect empty 64 \
		fetch --competencia auto --empresa 1 --empresa ''
	want_err='--empresa: identifier' expect control 64 \
		fetch --competencia auto --empresa $'1\n2'
	for id in ' 1' '1 ' $'1\xc2\xa0'; do
		want_err='--empresa: identifier: begins or ends with white space' \
			expect "blank $id" 64 fetch --competencia 2024-01 --empresa "$id"
	done
	want_err='--empresa: identifier: invalid UTF-8' expect latin1 64 \
		fetch --competencia auto --empresa $'a\xe7'
	want_err='unknown option --job' expect unknown 64 fetch --jobbs 3
	[ ! -s usage.calls ]
}

@test "the order asked, though answers come backwards and batches late" {
	start_usage --companies 100 --latency 20 --fault status-500:2 \
		--fault rate-429:5
	fetch --competencia 2024-01 --empresas <(seq 100 -1 1) --batch 7 --jobs 4 \
		--retry-wait 300 >out 2>err
	same "$(seq -s' ' 100 -1 1)" "$(ids)"
	same 17 "$(wc -l <usage.calls)" # 15 batches, two of them twice
	[ ! -s err ]
	fetch --competencia 2024-01 --empresas <(shuf -i 1-100 --random-source="$EVENTS/process.ndjson" |
		tee shuffled) --batch 7 --jobs 32 >out
	same "$(paste -sd' ' shuffled)" "$(ids)"
}

@test "requests side by side: as many as --jobs, no more" {
	DELAY=0.2 start_double 200 '@COMPANIES@'
	for jobs in 1 3; do
		: >double.calls
		fetch --competencia 2024-01 --empresas <(seq 1 12) --batch 1 \
			--jobs "$jobs" >out
		same "$jobs" "$(jq -s 'map(.beside) | max' double.calls)"
		same "$(seq -s' ' 12)" "$(ids)"
	done
	start_usage --companies 16 --latency 500
	began=$(date +%s%N)
	fetch --competencia 2024-01 --empresas <(seq 1 16) --batch 2 --jobs 8 >out
	took=$((($(date +%s%N) - began) / 1000000))
	[ "$took" -ge 500 ]
	[ "$took" -lt 4000 ] # what one after the other takes at least
}

@test "a company asked for twice is answered twice, with one question" {
	start_double 200 '@COMPANIES@'
	fetch --competencia 2024-01 --empresa 2 --empresa 1 --empresa 2 >out
	same '2 1 2' "$(ids)"
	same 2,1 "$(jq -r '.target | sub(".*empresas="; "")' double.calls)"
}

@test "answers inside {data:[...]}, from all companies and from a batch" {
	start_usage --companies 3 --envelope
	fetch --competencia 2024-01 >out
	same '1 2 3' "$(ids)"
	fetch --competencia 2024-01 --empresa 3 --empresa 2 >out
	same '3 2' "$(ids)"
}

# --- figures ---

@test "the text of numbers is what the API wrote" {
	KNOWN=('{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":15000.00}}'
		'{"idEmpresa":2,"cobranca":{"qtdeTitulos":1e3,"valorTotal":5974258.470000001}}'
		'{"idEmpresa":3,"x":12345678901234567890.10,"y":-0,"z":1E400}'
		'{"idEmpresa":"12345678901234567890","t":"a\u00e7\/\ud83d\ude00","n":null}')
	start_known
	want=$(for k in "${KNOWN[@]}"; do event 2024-01 "$k"; done)
	want=$want expect list 0 fetch --competencia 2024-01 --empresa 1 \
		--empresa 2 --empresa 3 --empresa 12345678901234567890
	want=$want expect all 0 fetch --competencia 2024-01
}

@test "quantidade counts where a product's own counter does not" {
	KNOWN=('{"idEmpresa":1,"cobranca":{"qtdeTitulos":null,"valorTotal":1.00,"quantidade":7,"error":null}}'
		'{"idEmpresa":2,"pixpay":{"valorTotal":1.00,"quantidade":8}}'
		'{"idEmpresa":3,"bolepix":{"qtdeTitulos":0,"valorTotal":1.00,"quantidade":9}}'
		'{"idEmpresa":4,"webcheckout":{"qtdeTitulos":3,"valorTotal":1.00,"quantidade":9}}'
		'{"idEmpresa":5,"pagamentos":{"qtdeTitulos":null,"valorTotal":1.00,"quantidade":null}}'
		'{"idEmpresa":6,"outro":{"qtdeTitulos":null,"quantidade":9}}')
	start_known
	fetch --competencia 2024-01 --empresas <(seq 6) >out
	same '{"idEmpresa":1,"cobranca":{"valorTotal":1.00,"quantidade":7,"error":null,"qtdeTitulos":7}}' \
		"$(sed -n 's/{"volumetriaData":\[\(.*\)\],"comp.*/\1/p' out | head -1)"
	same '8 0 3 null null' "$(jq -s -r '[.[1].volumetriaData[0].pixpay.qtdeMotoristas,
		.[2].volumetriaData[0].bolepix.qtdeTitulos,
		.[3].volumetriaData[0].webcheckout.qtdeTitulos,
		.[4].volumetriaData[0].pagamentos.qtdeTitulos,
		.[5].volumetriaData[0].outro.qtdeTitulos] | map(tostring) | join(" ")' out)"
}

# --- companies without an answer ---

@test "sem_dados: refused with the trigger that asks for that company again" {
	start_usage --companies 2
	echo '{"competencia":"2024-01","empresaIds":[2,"77",1],"requestId":"abc","lote":{"n":1.50},"trigger":"manual"}' >in
	code=0
	volum-fetch <in >out 2>err || code=$?
	same 1 "$code"
	same '2 1' "$(ids)"
	grep -q '(sem_dados)' err
	same '{"competencia":"2024-01","empresaId":"77","trigger":"manual","lote":{"n":1.50},"requestId":"abc"}' \
		"$(sed 's/.*"registro"://; s/}$//' "$REJECTED")"
	same 'abc 1' "$(jq -r '[.rejeitado.requestId, .rejeitado.linha] | join(" ")' "$REJECTED")"
	cp "$REJECTED" again
	: >"$REJECTED"
	stop_all
	KNOWN=('{"idEmpresa":77}')
	start_known
	want='{"volumetriaData":[{"idEmpresa":77}],"competencia":"2024-01","trigger":"volumetria-fetch","lote":{"n":1.50},"requestId":"abc"}' \
		expect again 0 volum-fetch <again
	[ ! -s "$REJECTED" ]
	same 1 "$(wc -l <usage.calls)"
}

@test "sem_dados of options and of corrente: the month is written out" {
	start_usage --companies 1
	code=0
	fetch --competencia corrente --empresa 5 --dry-run >out 2>err || code=$?
	same '1 0' "$code $(wc -c <out)"
	same '{"competencia":"2026-11","empresaId":"5","trigger":"manual","parcial":true,"test":true,"requestId":"r"}' \
		"$(jq -c .registro "$REJECTED")"
}

# --- services that fail ---

@test "a failure that passes: retried, and nobody is told" {
	for kind in status-500 html-502 html-200 close cut truncated latin1; do
		start_usage --companies 9 --fault "$kind:2"
		fetch --competencia 2024-01 --empresas <(seq 9) --batch 3 --jobs 2 \
			--retry-wait 5 >out 2>err || same "$kind" "$(cat err)"
		same "$kind: $(seq -s' ' 9)" "$kind: $(ids)"
		same "$kind: 4" "$kind: $(wc -l <usage.calls)"
		[ ! -s err ]
		stop_all
	done
	[ ! -e "$REJECTED" ]
}

@test "a failure that stays: its companies refused, neighbours fine, 75" {
	for kind in status-500 html-502 html-200 close cut truncated latin1; do
		rm -f "$REJECTED"
		# A connection that was kept and is closed is no attempt: libcurl
		# opens another.
		last=4
		[ $kind != close ] || last=5
		start_usage --companies 9 --fault "$kind:2-$last"
		code=0
		fetch --competencia 2024-01 --empresas <(seq 9) --batch 3 --jobs 1 \
			--retry-wait 0 --retries 2 >out 2>err || code=$?
		same "$kind 75 1 2 3 7 8 9" "$kind $code $(ids)"
		why=servico_indisponivel
		case $kind in
		html-200 | truncated | latin1) why=resposta_invalida ;;
		esac
		same "$kind $(for i in 4 5 6; do echo "$why servico $i 1"; done)" \
			"$kind $(refused)"
		same "$kind $((last + 1))" "$kind $(wc -l <usage.calls)"
		grep -q '1 of 3 requests failed' err
		stop_all
	done
	# What was refused is its own redrive, and knows how often it was asked.
	start_usage --companies 9 --fault close:1-2
	cp "$REJECTED" again
	: >"$REJECTED"
	fetch --retries 0 --retry-wait 0 <again >out 2>err || true
	same "servico_indisponivel servico 4 2
servico_indisponivel servico 5 2" "$(refused)"
	stop_all
	start_usage --companies 9
	cat again >"$REJECTED"
	cp "$REJECTED" again
	fetch <again >out 2>err
	same '4 5 6' "$(ids)"
}

@test "an answer that no retry mends is not asked for again" {
	start_usage --companies 4 --fault not-array:1
	code=0
	fetch --competencia 2024-01 --empresas <(seq 4) --batch 2 --jobs 1 \
		>out 2>err || code=$?
	same '1 3 4' "$code $(ids)"
	same 'resposta_invalida servico 1 1
resposta_invalida servico 2 1' "$(refused)"
	same 2 "$(wc -l <usage.calls)"
}

@test "a wrong address is a setting: 78, it is named, nobody is refused" {
	start_usage --companies 4
	for path in wrong/path /volumetria/nowhere; do
		want_err="HTTP 404: $VOLUMETRIA_API_URL${path#/}: correct" \
			expect "$path" 78 fetch --competencia 2024-01 --empresas <(seq 4) \
			--batch 1 --path "$path"
		want_err="HTTP 404: $VOLUMETRIA_API_URL${path#/}: correct" \
			expect "$path, all" 78 fetch --competencia 2024-01 --path "$path"
		want_err="line 1: .*HTTP 404: .*correct VOLUMETRIA_API_URL or --path" \
			expect "$path, trigger" 78 fetch --path "$path" \
			<<<'{"competencia":"2024-01","empresaId":1}'
	done
	[ ! -e "$REJECTED" ]
	[ "$(jq -r .status usage.calls | sort -u)" = 404 ] # none was repeated
	[ "$(wc -l <usage.calls)" -le 14 ]
}

@test "volum-sim --data: each company once, its element in the place of ours" {
	printf '%s\n' '{"idEmpresa":2,"x":1}' '{"idEmpresa":"4","x":2}' \
		'{"idEmpresa":1,"x":3}' '{"idEmpresa":70,"x":4}' >elements
	start_usage --companies 5 --data elements
	all="1 3,2 1,3 null,4 2,5 null,70 4"
	fetch --competencia 2024-01 >out
	same "$all" "$(jq -r '.volumetriaData[0] | "\(.idEmpresa) \(.x)"' out | sort -n | paste -sd,)"
	fetch --competencia 2024-01 --empresas <(printf '%s\n' 1 2 3 4 5 70) >out
	same "$all" "$(jq -r '.volumetriaData[0] | "\(.idEmpresa) \(.x)"' out | paste -sd,)"
}

@test "two answers for one company: it is refused, the others are not" {
	start_usage --companies 3 --fault twice
	code=0
	fetch --competencia 2024-01 --empresas <(seq 3) >out 2>err || code=$?
	same '1 1 2' "$code $(ids)" # answered backwards, the first is 3
	same 'resposta_invalida servico 3 1' "$(refused)"
}

@test "an answer for somebody else does not become anybody's" {
	start_double 200 '[{"idEmpresa":9},{"idEmpresa":1},{"idEmpresa":"2"}]'
	code=0
	fetch --competencia 2024-01 --empresas <(seq 3) >out 2>err || code=$?
	same '1 1 2' "$code $(ids)"
	same 'sem_dados servico 3 1' "$(refused)"
	for body in '[{}]' '[1]' '[{"idEmpresa":null}]' '[{"idEmpresa":1.5}]' \
		'{"data":{}}' 'null' '""' '[{"idEmpresa":1}' '[{"idEmpresa":1}]x' \
		'[{"idEmpresa":1,"idEmpresa":2}]' ''; do
		printf '%s' "$body" >double.body
		rm -f "$REJECTED"
		code=0
		fetch --competencia 2024-01 --empresa 1 --retries 0 >out 2>err || code=$?
		[ "$code" -ne 0 ] || same "$body" refused
		same "$body: resposta_invalida servico 1 1" "$body: $(refused)"
		[ ! -s out ]
	done
}

@test "Retry-After is waited for" {
	start_usage --companies 2 --fault rate-429:1
	began=$(date +%s%N)
	want=$(fetch --competencia 2024-01 --empresa 1 --retry-wait 0)
	[ $((($(date +%s%N) - began) / 1000000)) -ge 1000 ]
	same 2 "$(wc -l <usage.calls)"
	[ "$(jq -r .competencia <<<"$want")" = 2024-01 ]
}

@test "a 429 that stays is a failure like another" {
	start_usage --companies 2 --fault rate-429
	code=0
	fetch --competencia 2024-01 --empresa 1 --empresa 2 --retries 1 \
		--retry-wait 0 >out 2>err || code=$?
	same '75 0 2' "$code $(wc -c <out) $(wc -l <usage.calls)"
	same 'servico_indisponivel servico 1 1
servico_indisponivel servico 2 1' "$(refused)"
}

@test "no answer within --timeout is a failure like another" {
	start_usage --companies 4 --fault hang:1-2
	code=0
	fetch --competencia 2024-01 --empresas <(seq 4) --batch 2 --jobs 1 \
		--timeout 1 --retries 1 --retry-wait 0 >out 2>err || code=$?
	same '75 3 4' "$code $(ids)"
	same 'servico_indisponivel servico 1 1
servico_indisponivel servico 2 1' "$(refused)"
}

@test "nobody listens: refused after the retries, 75" {
	start_usage
	stop_all
	code=0
	fetch --competencia 2024-01 --empresa 1 --retry-wait 0 >out 2>err || code=$?
	same '75 servico_indisponivel servico 1 1' "$code $(refused)"
}

@test "all companies in one request: failures end the run, nothing is half told" {
	for kind in status-500 cut truncated latin1 close html-200; do
		start_usage --companies 20 --fault "$kind:1-2"
		want_err='volum-fetch: usage API' expect "$kind" 75 \
			fetch --competencia 2024-01 --retries 1 --retry-wait 0
		fetch --competencia 2024-01 >out 2>err # and the third is fine
		same "$(seq -s' ' 20)" "$(ids)"
		stop_all
	done
	start_usage --companies 20 --fault not-array
	want_err='without `data`' expect shape 65 fetch --competencia 2024-01
}

@test "a trigger whose request fails does not stop the triggers behind it" {
	start_usage --companies 3 --fault status-500:2-3
	for i in 1 2 3; do
		echo "{\"competencia\":\"2024-01\",\"empresaId\":$i}"
	done >in
	code=0
	fetch --retries 1 --retry-wait 0 <in >out 2>err || code=$?
	same '75 1 3' "$code $(ids)"
	same 'servico_indisponivel servico 2 1' "$(refused)"
	# The same without companies: it is the trigger that is refused.
	stop_all
	start_usage --companies 1 --fault status-500:2-3
	rm "$REJECTED"
	for m in 01 02 03; do echo "{\"competencia\":\"2024-$m\"}"; done >in
	code=0
	fetch --retries 1 --retry-wait 0 <in >out 2>err || code=$?
	same '75 2024-01 2024-03' "$code $(jq -r .competencia out | paste -sd' ')"
	same 'servico_indisponivel servico 2' "$(jq -r '.rejeitado |
		[.codigo, .classe, .linha] | join(" ")' "$REJECTED")"
	same '{"competencia":"2024-02"}' "$(jq -c .registro "$REJECTED")"
	stop_all
	start_usage --companies 1 --fault not-array:2
	rm "$REJECTED"
	code=0
	fetch <in >out 2>err || code=$?
	same '65 2024-01 2024-03' "$code $(jq -r .competencia out | paste -sd' ')"
	same 'resposta_invalida 2024-02' "$(jq -r \
		'.rejeitado.codigo + " " + .registro.competencia' "$REJECTED")"
}

@test "a redirect is not followed, and no credential goes anywhere else" {
	start_double 200 '@COMPANIES@'
	elsewhere=$VOLUMETRIA_API_URL
	mv double.calls elsewhere.calls
	start_double 302 '[]' "Location: ${elsewhere}volumetria?empresas=1"
	want_err="HTTP 302: ${VOLUMETRIA_API_URL}volumetria: correct VOLUMETRIA_API_URL" \
		expect redirect 78 fetch --competencia 2024-01 --empresa 1
	[ ! -e "$REJECTED" ]
	[ ! -s elsewhere.calls ]
}

# --- credentials ---

@test "401 ends the run with 77, and the token is nowhere" {
	start_usage --companies 9
	export VOLUM_LOG=$PWD/log
	VOLUMETRIA_API_TOKEN=wr0ng-token want_err='refuses VOLUMETRIA_API_TOKEN' \
		expect wrong 77 fetch --verbose --competencia 2024-01 \
		--empresas <(seq 9) --batch 2
	holds_no wr0ng err log
	VOLUMETRIA_API_TOKEN=wr0ng-token want_err='refuses VOLUMETRIA_API_TOKEN' \
		expect wrong 77 fetch --competencia 2024-01
	stop_all
	start_usage --companies 9 --fault unauthorized:2
	code=0
	fetch --competencia 2024-01 --empresas <(seq 9) --batch 3 --jobs 1 \
		>out 2>err || code=$?
	same '77 1 2 3' "$code $(ids)" # what was answered before is kept
	grep -q refuses err
	holds_no tok-3n err log
	[ -s log ]
}

@test "the token is in no file, no argument and no environment of the process" {
	start_usage --companies 2 --fault hang
	export VOLUM_LOG=$PWD/log
	fetch --verbose --competencia 2024-01 --empresa 1 --empresa 99 \
		>out 2>err 3>&- &
	pid=$!
	wait_for 5 at_least 1 usage.calls
	fetching=$(pgrep -P "$pid" -x volum-fetch || echo "$pid")
	tr '\0' '\n' <"/proc/$fetching/environ" >environ
	tr '\0' '\n' <"/proc/$fetching/cmdline" >cmdline
	kill "$fetching"
	end_of "$pid"
	same 75 "$CODE"
	grep -q volum-fetch cmdline
	grep -q '^PATH=' environ
	holds_no tok-3n environ cmdline out err log
}

@test "a service that quotes the token does not get it into our files" {
	start_double 200 '[{"idEmpresa":"tok-3n-of-the-test"}]'
	code=0
	VOLUM_LOG=$PWD/log fetch --competencia 2024-01 --empresa 1 >out 2>err ||
		code=$?
	same '1 sem_dados servico 1 1' "$code $(refused)"
	holds_no tok-3n out err log "$REJECTED"
}

@test "what must be set, and what must not be set twice: 78 names it" {
	start_usage --companies 1
	ask_one() { fetch --competencia 2024-01 --empresa 1; }
	want_err='VOLUMETRIA_API_URL' expect url 78 env -u VOLUMETRIA_API_URL \
		volum-fetch --competencia auto
	want_err='VOLUMETRIA_API_TOKEN or VOLUMETRIA_API_TOKEN_FILE must be set' \
		expect token 78 env -u VOLUMETRIA_API_TOKEN \
		volum-fetch --competencia auto
	VOLUMETRIA_API_KEY=tok-3n-too want_err='both VOLUMETRIA_API_TOKEN and VOLUMETRIA_API_KEY' \
		expect both 78 ask_one
	holds_no tok-3n err
	VOLUMETRIA_API_TOKEN_FILE=x want_err='VOLUMETRIA_API_TOKEN and VOLUMETRIA_API_TOKEN_FILE' \
		expect twice 78 ask_one
	VOLUMETRIA_API_TOKEN='' want_err='VOLUMETRIA_API_TOKEN: set, but empty' \
		expect empty 78 ask_one
	VOLUMETRIA_API_TOKEN=$'tok-3n\nX-Evil: 1' want_err='VOLUMETRIA_API_TOKEN' \
		expect newline 78 ask_one
	holds_no tok-3n err
	[ ! -s usage.calls ]
	token=$VOLUMETRIA_API_TOKEN
	unset VOLUMETRIA_API_TOKEN
	VOLUMETRIA_API_TOKEN_FILE=no-file want_err='VOLUMETRIA_API_TOKEN_FILE: no-file' \
		expect nofile 78 ask_one
	VOLUMETRIA_API_KEY=$token ask_one >out
	printf '%s\r\n' "$token" >secret
	VOLUMETRIA_API_TOKEN_FILE=secret ask_one >>out
	VOLUMETRIA_API_KEY_FILE=secret ask_one >>out
	printf 'VOLUMETRIA_API_TOKEN=%s\n' "$token" >env
	chmod 600 env
	fetch --env-file env --competencia 2024-01 --empresa 1 >>out
	same '1 1 1 1' "$(ids)"
}

@test "addresses that credentials may not travel to" {
	export VOLUMETRIA_API_TOKEN=tok-3n
	while read -r url why; do
		VOLUMETRIA_API_URL=$url want_err=$why expect "$url" 78 \
			fetch --competencia auto
		want_err=$why expect "$url" 78 fetch --competencia auto --api-url "$url"
	done <<-!
		http://192.0.2.1/ plain http to 192.0.2.1
		http://usage.invalid/v1 VOLUM_ALLOW_HTTP=1
		http://127.0.0.1.usage.invalid/ VOLUM_ALLOW_HTTP=1
		http://localhost@192.0.2.1/ credentials
		ftp://127.0.0.1/ not an http or https URL
		file:///etc/passwd not an http or https URL
		https://127.0.0.1/?a=1 no query
		nonsense:// VOLUMETRIA_API_URL
	!
	VOLUM_ALLOW_HTTP=0 VOLUMETRIA_API_URL=http://192.0.2.1/ \
		want_err='plain http' expect zero 78 fetch --competencia auto
}

# --- a jq program between ---

@test "--map makes the shape of another service ours" {
	KNOWN=('{"idEmpresa":1,"faturas":{"n":150,"total":"15000.00"}}'
		'{"idEmpresa":2,"faturas":{"n":50,"total":"5000.00"}}')
	start_known --envelope
	cat >map.jq <<-'!'
		.data | map({idEmpresa, cobranca: {qtdeTitulos: .faturas.n,
			valorTotal: (.faturas.total | tonumber)}})
	!
	want=$(event 2024-01 '{"idEmpresa":2,"cobranca":{"qtdeTitulos":50,"valorTotal":5000}}'
		event 2024-01 '{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":15000}}')
	want=$want expect list 0 fetch --map map.jq --competencia 2024-01 \
		--empresa 2 --empresa 1
	want=$(tac <<<"$want") expect all 0 fetch --map map.jq --competencia 2024-01
	# The elements one by one are as good as their array.
	echo '.data[] | {idEmpresa}' >each.jq
	fetch --map each.jq --competencia 2024-01 --empresa 1 --empresa 2 >out
	same '1 2' "$(ids)"
}

@test "--map: a program that fails refuses its batch only" {
	KNOWN=('{"idEmpresa":1}' '{"idEmpresa":2}' '{"idEmpresa":3}')
	start_known
	echo 'if any(.[]; .idEmpresa == 2) then error("not " + "two") else . end' >map.jq
	code=0
	fetch --map map.jq --competencia 2024-01 --empresas <(seq 3) --batch 1 \
		>out 2>err || code=$?
	same '1 1 3' "$code $(ids)"
	same 'resposta_invalida 2' "$(jq -r '[.rejeitado.codigo, .registro.empresaId] | join(" ")' "$REJECTED")"
	jq -r .rejeitado.mensagem "$REJECTED" | grep -q 'not two'
	for program in empty 1 null '"x"' '{}' '[[]]'; do
		rm -f "$REJECTED"
		echo "$program" >map.jq
		code=0
		fetch --map map.jq --competencia 2024-01 --empresa 1 >out 2>err || code=$?
		same "$program 1 0" "$program $code $(wc -c <out)"
		same 1 "$(wc -l <"$REJECTED")"
	done
}

@test "--map: a program that does not compile, or looks around, is 78" {
	start_usage --companies 1
	for program in '.[' '$ENV' 'env.VOLUMETRIA_API_TOKEN' 'input' \
		'include "x"; .' 'now' 'nosuch(1)'; do
		echo "$program" >map.jq
		want_err='map.jq' expect "$program" 78 fetch --map map.jq \
			--competencia 2024-01 --empresa 1
	done
	want_err='no-map.jq' expect missing 78 fetch --map no-map.jq --competencia auto
	[ ! -s usage.calls ]
}

# --- the end of a run ---

@test "a reader that goes away is 74" {
	start_usage --companies 3000
	code=0
	{ fetch --competencia 2024-01 2>err || echo $? >code; } | head -n 1 >out
	same 74 "$(cat code)"
	grep -q 'the reader went away' err
	{ fetch --competencia 2024-01 --empresas <(seq 3000) 2>err || echo $? >code; } |
		head -n 1 >out
	same 74 "$(cat code)"
}

@test "a full disk is 74, a closed stdout too" {
	start_usage --companies 2
	want_err='stdout' expect full 74 sh -c \
		'volum-fetch --competencia 2024-01 >/dev/full'
	want_err='stdout' expect closed 74 sh -c \
		'volum-fetch --competencia 2024-01 --empresa 1 >&-'
	VOLUM_REJECTED=/dev/full want_err='rejected' expect rejected 74 \
		fetch --competencia 2024-01 --empresa 9
}

@test "an input that can't be read is 65" {
	start_usage --companies 2
	want_err='stdin' expect closed 65 sh -c 'exec volum-fetch <&-'
	want_err='stdin' expect folder 65 sh -c 'exec volum-fetch <.'
	want_err='--empresas' expect list 65 fetch --competencia auto --empresas .
}

@test "SIGTERM: whole lines, in order, and 75" {
	start_usage --companies 40 --latency 100
	fetch --competencia 2024-01 --empresas <(seq 40) --batch 1 --jobs 2 \
		>out 2>err 3>&- &
	pid=$!
	wait_for 10 at_least 5 usage.calls
	kill "$(pgrep -P "$pid" -x volum-fetch || echo "$pid")"
	end_of "$pid"
	same 75 "$CODE"
	grep -q signal err
	jq -e . out >parsed
	same "$(seq 40 | head -n "$(wc -l <out)" | paste -sd' ')" "$(ids)"
	[ "$(wc -l <usage.calls)" -lt 40 ]
}

@test "SIGTERM between triggers and during a wait is 75, at once" {
	start_usage --companies 1 --fault status-500
	began=$(date +%s)
	fetch --competencia 2024-01 --retry-wait 60000 >out 2>err 3>&- &
	pid=$!
	wait_for 10 at_least 1 usage.calls
	kill "$(pgrep -P "$pid" -x volum-fetch || echo "$pid")"
	end_of "$pid"
	same 75 "$CODE"
	[ $(($(date +%s) - began)) -lt 20 ]
	mkfifo never
	fetch <never >out 2>err 3>&- &
	pid=$!
	exec 4>never
	sleep 0.3
	kill "$(pgrep -P "$pid" -x volum-fetch || echo "$pid")"
	end_of "$pid"
	exec 4>&-
	same 75 "$CODE"
}

# --- what every command shares ---

@test "requestId: given, made, one for all that the run says" {
	start_usage --companies 2
	export VOLUM_LOG=$PWD/log
	volum-fetch --competencia 2024-01 >out
	id=$(jq -r .requestId out | sort -u)
	[[ $id =~ ^req-[0-9a-f]{16}$ ]]
	same "$id" "$(jq -r .requestId log | sort -u)"
	volum-fetch --competencia 2024-01 >out
	[ "$(jq -r .requestId out | sort -u)" != "$id" ]
	rm log
	{
		echo '{"competencia":"2024-01","empresaId":1,"requestId":"mine"}'
		echo '{"competencia":"2024-01","empresaId":9,"requestId":"yours"}'
		echo '{"competencia":"2024-01","empresaId":2}'
	} >in
	volum-fetch --request-id run <in >out 2>err || :
	same 'mine run' "$(jq -r .requestId out | paste -sd' ')"
	same 'run yours run' "$(jq -r .requestId log | paste -sd' ')"
	same yours "$(jq -r .rejeitado.requestId "$REJECTED")"
	want_err=--request-id expect blank 64 fetch --request-id 'a b'
	want_err=--request-id expect long 64 fetch --request-id "$(seq -s- 200)"
}

@test "members that nobody knows are carried on, ours are not overwritten" {
	KNOWN=('{"idEmpresa":1}')
	start_known
	want='{"volumetriaData":[{"idEmpresa":1}],"competencia":"2024-01","trigger":"volumetria-fetch","lote":{"n":1.50,"a":["\u00e7",null]},"dono":"x","requestId":"r"}' \
		expect carried 0 fetch <<-'!'
			{"lote":{"n":1.50,"a":["\u00e7",null]},"competencia":"2024-01","empresaId":1,"trigger":"manual","dono":"x"}
		!
	# What the clock and the API say stands alone.
	want='{"volumetriaData":[{"idEmpresa":1}],"competencia":"2026-11","trigger":"volumetria-fetch","parcial":true,"requestId":"r"}' \
		expect ours 0 fetch <<-'!'
			{"competencia":"corrente","empresaId":1,"parcial":false,"volumetriaData":[7]}
		!
	# Whoever wants no contract of a closed month gets none.
	want='{"volumetriaData":[{"idEmpresa":1}],"competencia":"2024-01","trigger":"volumetria-fetch","parcial":true,"requestId":"r"}' \
		expect partial 0 fetch <<-'!'
			{"competencia":"2024-01","empresaId":1,"parcial":true}
		!
	want='' want_err=parcial expect flag 1 fetch <<-'!'
		{"competencia":"2024-01","empresaId":1,"parcial":"sim"}
	!
}

@test "--dry-run and {\"test\":true} mark everything, and leave no file" {
	start_usage --companies 2
	fetch --competencia 2024-01 --dry-run >out 2>err
	same 'true true' "$(jq -r .test out | paste -sd' ')"
	fetch <<<'{"competencia":"2024-01","empresaIds":[1,2],"test":true}' >out 2>>err
	same 'true true' "$(jq -r .test out | paste -sd' ')"
	fetch --dry-run <<<'{"competencia":"2024-01","test":false}' >out 2>>err
	same 'true true' "$(jq -r .test out | paste -sd' ')"
	fetch <<<'{"competencia":"2024-01","test":false}' >out 2>>err
	same 'null null' "$(jq -r .test out | paste -sd' ')"
	code=0
	fetch <<<'{"competencia":"2024-01","test":"yes"}' >out 2>other.err || code=$?
	same '1 0' "$code $(wc -c <out)"
	rm -r "$VOLUM_STATE_DIR"
	fetch --competencia 2024-01 --dry-run >out 2>>err
	[ ! -s err ]
	[ ! -e "$VOLUM_STATE_DIR" ]
}

@test "lines that are no trigger are refused, their neighbours are handled" {
	start_usage --companies 3
	{
		echo '{"competencia":"2024-01","empresaId":1}'
		echo 'not json'
		printf '{"competencia":"2024-01","empresaId":"\xe7"}\n'
		echo '{"competencia":"2024-01","competencia":"2024-02"}'
		echo '[]'
		echo '{"httpMethod":"POST","body":null}'
		echo '{"competencia":"2024-01","empresaIds":[2,{"a":1}]}'
		echo '{"competencia":"2024-01","empresaId":-1}'
		echo
		printf '{"competencia":"2024-01","empresaId":3}'
	} >in
	code=0
	fetch <in >out 2>err || code=$?
	same '1 1 3' "$code $(ids)"
	same '2 3 4 5 6 7 8' "$(jq -r .rejeitado.linha "$REJECTED" | paste -sd' ')"
	same 2 "$(wc -l <usage.calls)"
}

@test "--log, --metrics and --verbose tell the counters of the run" {
	start_usage --companies 2
	code=0
	fetch --competencia 2024-01 --empresas <(seq 3) --log log --metrics prom \
		--verbose >out 2>err || code=$?
	same 1 "$code"
	same '["Iniciando volum-fetch","Finalizando volum-fetch"]' \
		"$(jq -sc 'map(.message) | [first, last]' log)"
	same '{"read":3,"done":2,"rejected":1,"status":1}' \
		"$(jq -c 'select(.data.ms != null).data | {read, done, rejected, status}' log)"
	grep -q '3 read, 2 done, 1 rejected' err
	grep -qE '(done|rejected).* [12]$' prom
	holds_no tok-3n log prom err
}

@test "--help and --version" {
	run -0 volum-fetch --help
	for option in competencia empresa empresas batch jobs map; do
		grep -q -- "--$option" <<<"$output"
	done
	run -0 volum-fetch --version
	[[ $output == volum-fetch\ * ]]
}
