#!/usr/bin/env bats
# What volum-store promises: sections 3 and 5 of the design, input and output
# side by side.

load helper

CONSOLIDATION='{"consolidacaoData":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","valorTotal":20000.00,"produtos":[{"nome":"Cobrança Bancária","quantidade":150,"valor":15000.00},{"nome":"PIX Pay","quantidade":50,"valor":5000.00}],"status":"completed"},"trigger":"data-processed"}'
SENT=${CONSOLIDATION/completed/sent}
CONTRACT='{"contrato":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","acao":"incluido","cCodIntCtr":"2401-HRZYZC6DHQ4CQBK","nCodCtr":7700000001,"valorTotal":20000.00,"status":"sent"},"trigger":"contract-created"}'
# The same month with 151 titles for 15100.00.
CHANGED='{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":151,"valorTotal":15100.00},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}}],"competencia":"2024-01","trigger":"volumetria-fetch"}'
REVISED='{"consolidacaoData":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","valorTotal":20100.00,"produtos":[{"nome":"Cobrança Bancária","quantidade":151,"valor":15100.00},{"nome":"PIX Pay","quantidade":50,"valor":5000.00}],"status":"ready_to_send","revisao":2},"trigger":"data-processed"}'

# The company and its proposal are stored.
catalog()
{
	store <"$EVENTS/proposta-informado.ndjson" >catalog.out
}

# ... and its month, sent as a contract.
sent()
{
	catalog
	store <"$EVENTS/process.ndjson" >sent.out
	echo "$CONTRACT" | store >sent.out
}

# Companies 1 to $1: `empresa`, `proposta` and `volumetriaData`, a file each.
generate()
{
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++) {
			printf "{\"empresa\":{\"empresaId\":\"%d\",\"codigoClienteOmie\":%d}}\n", i, 4477000000 + i >"empresas"
			printf "{\"proposta\":{\"esquema\":1,\"empresaId\":\"%d\",\"numeroProposta\":\"P-%d\",\"vigencia\":{\"inicio\":\"2024-01-01\"},\"produtos\":[{\"produto\":\"cobranca\",\"metrica\":\"qtde_titulos\"}]}}\n", i, i >"propostas"
			printf "{\"volumetriaData\":[{\"idEmpresa\":%d,\"cobranca\":{\"qtdeTitulos\":%d,\"valorTotal\":%d.%02d}}],\"competencia\":\"2024-01\"}\n", i, i, i, i % 100 >"volumes"
		}
	}'
}

# wait_for COMMAND...: until it holds, ten seconds at most.
wait_for()
{
	local tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || return 1
		sleep 0.02
	done
}

lines()
{
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# --- one month ---

@test "volumes of a company with a proposal become its consolidation" {
	want=$(cat "$EVENTS/proposta-informado.ndjson") \
		expect 'the catalogue is passed on as it came' 0 store <"$EVENTS/proposta-informado.ndjson"
	want=$(cat "$EVENTS/contracts.ndjson") \
		expect 'one consolidation' 0 store <"$EVENTS/process.ndjson"
	cmp out "$EVENTS/contracts.ndjson"
	[ ! -e "$REJECTED" ]
	want=$CONSOLIDATION expect 'and it is stored' 0 store --list consolidacoes
}

@test "the catalogue and the volumes in one batch, or one record each" {
	cat "$EVENTS/proposta-informado.ndjson" "$EVENTS/process.ndjson" >all
	store <all >together
	in_other alone store --batch 1 <all >alone
	cmp together alone
	[ "$(tail -n 1 alone)" = "$CONSOLIDATION" ]
}

@test "the same again: same output, not a byte of the database changed" {
	cat "$EVENTS/proposta-informado.ndjson" "$EVENTS/process.ndjson" "$EVENTS/contracts.ndjson" >all
	store <all >first
	echo "$CONTRACT" | store >>first
	everything >before
	store <all >second
	echo "$CONTRACT" | store >>second
	everything | cmp before -
	[ -n "${STORE:-}" ] || [ "$(ls "$VOLUM_STATE_DIR")" = volum.db ]
	# What was sent in between says so now.
	sed 's/completed/sent/' first | diff - second
}

@test "sent stays sent" {
	sent
	want=$SENT expect 'volumes again' 0 store <"$EVENTS/process.ndjson"
	want=$SENT expect 'the consolidation again' 0 store <"$EVENTS/contracts.ndjson"
	want=$SENT expect 'stored' 0 store --list consolidacoes
}

@test "a status only moves forward" {
	for status in processing error completed ready_to_send; do
		want=${CONSOLIDATION/completed/$status} \
			expect "to $status" 0 store <<<"${CONSOLIDATION/completed/$status}"
	done
	for status in processing completed; do
		want=${CONSOLIDATION/completed/ready_to_send} \
			expect "not back to $status" 0 store <<<"${CONSOLIDATION/completed/$status}"
	done
	want='processing error
error completed
completed ready_to_send' expect 'each change is in the history' 0 \
		sh -c 'volum-store --list historico | jq -r ".historico|.de + \" \" + .para"'
}

@test "a line of the history has the requestId of the record that made it" {
	catalog
	store --request-id run >out <<-!
		${CONSOLIDATION%\}},"requestId":"first"}
		${CONSOLIDATION/completed/error}
		${CONSOLIDATION/completed/ready_to_send}
		${CONTRACT%\}},"requestId":17}
	!
	want='error run
ready_to_send run
sent 17' expect 'history' 0 sh -c \
		'volum-store --list historico | jq -r ".historico | .para + \" \" + .requestId"'
	# Many in one batch: each its own.
	for i in 1 2 3; do
		echo "${CONSOLIDATION//2024-01/2024-0$i}" | sed "s/completed/processing/; s/}\$/,\"requestId\":\"a$i\"}/"
		echo "${CONSOLIDATION//2024-01/2024-0$i}" | sed "s/}\$/,\"requestId\":\"b$i\"}/"
	done | in_other many store >out
	[ "$(in_other many store --list historico | jq -r .historico.requestId | paste -sd' ')" = 'b1 b2 b3' ]
}

@test "amounts that were sent don't change: ja_enviada, with both totals" {
	sent
	store --list consolidacoes >before
	want_err='line 1: .*20000\.00.*20100\.00.*\(ja_enviada\)' \
		expect 'refused' 1 store <<<"$CHANGED"
	[ "$(rejected_codes)" = ja_enviada ]
	[ "$(jq -c .registro "$REJECTED")" = "$(jq -c . <<<"$CHANGED")" ]
	jq -r .rejeitado.conselho "$REJECTED" | grep -q -- --revise
	store --list consolidacoes | cmp - before
}

@test "the same total made of other lines is a change too" {
	sent
	want_err='20000\.00.*20000\.00.*produtos.*ja_enviada' expect 'refused' 1 store \
		<<<"${CHANGED/15100.00/15000.00}"
	want=$SENT expect 'kept' 0 store --list consolidacoes
}

@test "--revise: revision 2 is ready to send, once, and the history says so" {
	sent
	want=$REVISED expect 'revised' 0 store --revise <<<"$CHANGED"
	want=$REVISED expect 'again' 0 store --revise <<<"$CHANGED"
	want=$REVISED expect 'without --revise' 0 store <<<"$CHANGED"
	want='{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","de":"completed","para":"sent","revisao":1,"motivo":"contrato"}
{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","de":"sent","para":"ready_to_send","revisao":2,"motivo":"revisao"}' \
		expect 'history' 0 sh -c \
		'volum-store --list historico | jq -c ".historico | del(.quando, .requestId)"'
	changed=${CONTRACT/20000.00/20100.00}
	want=${changed/incluido/alterado} expect 'sent once more' 0 store <<<"${changed/incluido/alterado}"
	want=${REVISED/ready_to_send/sent} expect 'sent' 0 store --list consolidacoes
	want_err='20100\.00.*20000\.00.*ja_enviada' expect 'no way back but --revise' 1 \
		store <"$EVENTS/process.ndjson"
}

@test "--revise of what was not sent is a plain change" {
	catalog
	store <"$EVENTS/process.ndjson" >out
	revised=${REVISED/ready_to_send/completed}
	want=${revised/,\"revisao\":2/} expect 'revision 1' 0 store --revise <<<"$CHANGED"
}

@test "no proposal in force: proposta_desconhecida, never a default" {
	catalog
	sed 's/2024-01/2023-12/' "$EVENTS/process.ndjson" >early
	want_err='line 1: empresaId 1: no proposal in force in 2023-12 \(proposta_desconhecida\)' \
		expect 'before the proposal' 1 store <early
	want_err='empresaId 2: .*proposta_desconhecida' \
		expect 'another company' 1 store <<<"${CHANGED/:1,/:2,}"
	[ "$(rejected_codes)" = $'proposta_desconhecida\nproposta_desconhecida' ]
	want='' expect 'nothing priced' 0 store --list consolidacoes
	want='2023-12 1
2024-01 2' expect 'the volumes are kept raw' 0 \
		sh -c 'volum-store --list volumetria | jq -r "\"\(.competencia) \(.volumetriaData[0].idEmpresa)\""'
}

@test "money and big ids keep every digit" {
	line='{"consolidacaoData":{"competencia":"2024-01","empresaId":"12345678901234567890","numeroProposta":"9007199254740993","valorTotal":999999999999.99,"produtos":[{"nome":"a","quantidade":0.000001,"valor":999999999999.99}],"obs":1e400,"status":"completed"}}'
	want=$line expect 'as text' 0 store <<<"$line"
	sed 's/"\([0-9]\{16,\}\)"/\1/g' <<<"$line" >as-numbers
	want=$line expect 'as numbers' 0 store <as-numbers
	want=$line expect 'stored' 0 store --list consolidacoes --empresa 12345678901234567890
}

# --- lists ---

# Two companies, two months, every kind, unknown members in all of them.
fill()
{
	catalog
	sed 's/"empresaId":"1"/"empresaId":"2"/; s/PROP-2024-001/PROP-2/' "$EVENTS/proposta-informado.ndjson" | store >out
	for month in 2024-01 2024-02; do
		sed "s/2024-01/$month/; s/\"trigger\"/\"lote\":7,\"trigger\"/" "$EVENTS/process.ndjson"
		sed "s/2024-01/$month/; s/\"idEmpresa\":1/\"idEmpresa\":2/" "$EVENTS/process.ndjson"
	done | store >out
	echo "$CONTRACT" | store >out
	store --revise <<<"$CHANGED" >out
	sed 's/"trigger"/"lote":8,"trigger"/' <<<"${CONTRACT/20000.00/20100.00}" | store >out
}

@test "--list writes what is stored, sorted, of the month, company and status asked for" {
	fill
	keys='(.consolidacaoData // .contrato // .) as $r | [$r.competencia, ($r.empresaId // $r.volumetriaData[0].idEmpresa)] | join(" ")'
	list()
	{
		want=$1
		shift
		want=$want expect "$*" 0 sh -c "volum-store --list $* | jq -r '$keys'"
	}
	list $'2024-01 1\n2024-01 2\n2024-02 1\n2024-02 2' volumetria
	list $'2024-01 1\n2024-01 2\n2024-02 1\n2024-02 2' consolidacoes
	list $'2024-02 1\n2024-02 2' volumetria --competencia 2024-02
	list $'2024-01 2\n2024-02 2' volumetria --empresa 2
	list '2024-02 2' consolidacoes -c 2024-02 -e 2
	list '2024-01 1' consolidacoes --status sent
	list $'2024-01 2\n2024-02 1\n2024-02 2' consolidacoes --status completed
	list '' consolidacoes --status sent --competencia 2024-02
	list '2024-01 1' contratos
	list '' contratos --competencia 2024-02
	list $'2024-01 1\n2024-01 2' consolidacoes --competencia fechada --as-of 2024-02-10T12:00:00Z
	list $'2024-02 1\n2024-02 2' consolidacoes --competencia corrente --as-of 2024-02-10T12:00:00Z
	want=$(sed -n 1p "$EVENTS/proposta-informado.ndjson") expect 'a company' 0 store --list empresas -e 1
	want=$(sed -n 2p "$EVENTS/proposta-informado.ndjson") expect 'a proposal' 0 store --list propostas -e 1
	[ "$(store --list empresas | wc -l) $(store --list propostas | wc -l)" = '2 2' ]
}

@test "keys are sorted as bytes, months first" {
	for id in 10 9 a B 'ç' 100; do
		printf '%s\n' "{\"empresa\":{\"empresaId\":\"$id\"}}"
	done | store >out
	want=$'10\n100\n9\nB\na\nç' expect 'sorted' 0 \
		sh -c 'volum-store --list empresas | jq -r .empresa.empresaId'
	for key in 2024-02/1/A 2024-01/9/A 2024-01/10/B 2024-01/10/A 2023-12/z/A; do
		IFS=/ read -r month id number <<<"$key"
		printf '%s\n' "{\"consolidacaoData\":{\"competencia\":\"$month\",\"empresaId\":\"$id\",\"numeroProposta\":\"$number\",\"valorTotal\":0,\"produtos\":[],\"status\":\"completed\"}}"
		printf '%s\n' "{\"contrato\":{\"competencia\":\"$month\",\"empresaId\":\"$id\",\"numeroProposta\":\"$number\",\"acao\":\"dispensado\",\"cCodIntCtr\":\"$(code "$month" "$id" "$number")\",\"valorTotal\":0,\"status\":\"completed\"}}"
		printf '%s\n' "{\"proposta\":{\"esquema\":1,\"empresaId\":\"$id\",\"numeroProposta\":\"$number\",\"vigencia\":{\"inicio\":\"$month-01\",\"fim\":\"$month-28\"},\"produtos\":[{\"produto\":\"a\",\"metrica\":\"b\"}]}}"
	done | store >out
	for kind in consolidacoes contratos; do
		want=$'2023-12 z A\n2024-01 10 A\n2024-01 10 B\n2024-01 9 A\n2024-02 1 A' expect "$kind" 0 \
			sh -c "volum-store --list $kind | jq -r '.[] | objects | \"\(.competencia) \(.empresaId) \(.numeroProposta)\"'"
	done
	want=$'1 A\n10 A\n10 B\n9 A\nz A' expect 'propostas' 0 \
		sh -c 'volum-store --list propostas | jq -r ".proposta | .empresaId + \" \" + .numeroProposta"'
}

@test "all lists fed into an empty store make the same store" {
	fill
	dump >want
	n=0
	for order in \
		'empresas propostas volumetria consolidacoes contratos' \
		'empresas propostas consolidacoes contratos volumetria' \
		'contratos consolidacoes propostas volumetria empresas'; do
		n=$((n + 1))
		for kind in $order; do
			store --list "$kind"
		done | in_other copy$n store >out
		in_other copy$n dump | diff want -
		# Also one kind in a process, as people do it.
		for kind in $order; do
			store --list "$kind" | in_other step$n store >out
		done
		in_other step$n dump | diff want -
	done
}

@test "the lists in the order of --help: the volumes wait for their proposals" {
	fill
	dump >want
	for kind in volumetria consolidacoes contratos empresas propostas memorias; do
		store --list "$kind"
	done >all
	in_other copy store <all >out 2>err || [ $? = 1 ]
	grep -q '4 of 17 records rejected' err
	[ "$(rejected_codes | sort | uniq -c | tr -s ' ')" = ' 4 proposta_desconhecida' ]
	in_other copy dump | diff want -
	# Refused once more, each counts its attempts: alone and of an event.
	in_other empty store --rejected twice <"$REJECTED" >out 2>err || [ $? = 1 ]
	[ "$(jq -c .rejeitado.tentativas twice | sort | uniq -c | tr -s ' ')" = ' 4 2' ]
	# And the dead letters are their own redrive.
	in_other copy store <"$REJECTED" >out
	in_other copy dump | diff want -
}

@test "a list of a store that is not there is empty, and makes none" {
	for kind in volumetria consolidacoes contratos empresas propostas memorias historico; do
		want='' expect "$kind" 0 store --list $kind
	done
	no_store
	[ ! -e "$VOLUM_STATE_DIR" ]
}

# --- what a record carries ---

@test "unknown members are kept at every level, numbers as they were written" {
	catalog
	cat >in <<-'!'
		{"empresa":{"empresaId":"3","x":{"y":[1.50,1E2,"\u00e7"]},"configuracao":{"z":null}},"lote":1.0}
		{"consolidacaoData":{"competencia":"2024-01","empresaId":"3","numeroProposta":"P","valorTotal":1.00,"produtos":[{"nome":"a","quantidade":1,"valor":1.00,"memoria":[{"q":1.0}]}],"nota":{"a":0.10},"status":"completed"},"trigger":"t","lote":1.0,"z":[]}
		{"contrato":{"competencia":"2024-01","empresaId":"3","numeroProposta":"P","acao":"incluido","cCodIntCtr":"2401-FY63KCFQ4AW8XX9","nCodCtr":7700000002,"valorTotal":1.00,"status":"sent","hash":"ab"},"trigger":"t","lote":1.0}
	!
	want=$(cat in) expect 'passed on' 0 store <in
	want=$(sed -n 1p in) expect 'company' 0 store --list empresas -e 3
	want=$(sed -n '2s/completed/sent/p' in) expect 'consolidation' 0 store --list consolidacoes
	want=$(sed -n 3p in) expect 'contract' 0 store --list contratos
	line='{"volumetriaData":[{"idEmpresa":1,"x":1.0,"cobranca":{"qtdeTitulos":150,"valorTotal":15000.00,"y":[2.50]},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}}],"competencia":"2024-01","lote":{"n":1.0}}'
	want="${CONSOLIDATION%\}},\"lote\":{\"n\":1.0}}" expect 'of the event' 0 store <<<"$line"
	want=$line expect 'volumes' 0 store --list volumetria
}

@test "requestId and test are carried, never stored" {
	catalog
	with() { echo "${1%\}},$2}"; }
	volumes=$(cat "$EVENTS/process.ndjson")
	want=$(with "$CONSOLIDATION" '"requestId":"req-abc"') \
		expect 'its own' 0 store <<<"$(with "$volumes" '"requestId":"req-abc"')"
	want=$(with "$CONSOLIDATION" '"requestId":"req-opt"') \
		expect 'of the run' 0 store --request-id req-opt <<<"$volumes"
	want=$(with "$CONSOLIDATION" '"requestId":"req-abc"') \
		expect 'its own wins' 0 store --request-id req-opt <<<"$(with "$volumes" '"requestId":"req-abc"')"
	want=$(with "$CONTRACT" '"requestId":"req-abc"') \
		expect 'of a contract' 0 store <<<"$(with "$CONTRACT" '"requestId":"req-abc"')"
	want=$CONTRACT expect 'not stored' 0 store --list contratos
	want=$SENT expect 'not stored' 0 store --list consolidacoes
	want=$volumes expect 'not stored' 0 store --list volumetria
	want=$(with "$SENT" '"test":true,"requestId":"r"') \
		expect 'both' 0 store <<<"$(with "$volumes" '"requestId":"r","test":true')"
}

@test "a requestId that is a number becomes its text, anything else is named" {
	line='{"empresa":{"empresaId":"3"},"requestId":'
	want="${line}\"123\"}" expect 'number' 0 store <<<"${line}123}"
	want="${line%,*}}" expect 'null' 0 store <<<"${line}null}"
	want_err='line 1: requestId: .*campo_invalido' expect 'object' 1 store <<<"${line}{}}"
}

@test "parcial is carried, and gone when the month is complete" {
	catalog
	sed 's/"trigger"/"parcial":true,"trigger"/' "$EVENTS/process.ndjson" >partial
	want="${CONSOLIDATION%\}},\"parcial\":true}" expect 'marked' 0 store <partial
	want="${CONSOLIDATION%\}},\"parcial\":true}" expect 'stored' 0 store --list consolidacoes
	want=$CONSOLIDATION expect 'the whole month, same amounts' 0 store <"$EVENTS/process.ndjson"
	want=$CONSOLIDATION expect 'stored' 0 store --list consolidacoes
}

# month_of MONTH EVENTS: the same in another month.
month_of()
{
	sed "s/2024-01/$1/g" "$2"
}

@test "a month that has not begun is refused, by the clock of VOLUM_TZ" {
	catalog
	now=(store --as-of 2026-12-01T02:59:59Z) # still November in São Paulo
	for kind in process contracts; do
		month_of 2026-12 "$EVENTS/$kind.ndjson" |
			want_err='line 1: .*competencia 2026-12 is in the future: today is 2026-11-30 .competencia_invalida' \
				expect "$kind" 1 "${now[@]}"
		month_of 2026-12 "$EVENTS/$kind.ndjson" |
			VOLUM_TZ=UTC "${now[@]}" --dry-run | grep -q '"parcial":true'
	done
	[ "$(store --list volumetria | wc -l)" = 0 ]
	[ "$(rejected_codes | uniq -c | tr -s ' ')" = ' 2 competencia_invalida' ]
	# A catalogue alone looks at the clock, too.
	month_of 2026-12 "$EVENTS/process.ndjson" |
		want_err=competencia_invalida expect 'no store' 1 "${now[@]}" \
			--dry-run --catalog "$EVENTS/proposta-informado.ndjson"
	# A record of what is in Omie is a fact.
	sed "s/2024-01/2026-12/; s/2401-[A-Z0-9]*/$(code 2026-12 1 PROP-2024-001)/" \
		<<<"$CONTRACT" >contract
	want=$(<contract) expect 'a contract' 0 "${now[@]}" <contract
}

@test "the month that is not over is partial, whatever its events say" {
	catalog
	now=(store --as-of 2026-11-24T15:00:00Z)
	month_of 2026-11 "$EVENTS/process.ndjson" >bare
	sed 's/"trigger"/"parcial":false,"trigger"/' bare >denied
	sed 's/"trigger"/"parcial":true,"trigger"/' bare >marked
	partial=${CONSOLIDATION/2024-01/2026-11}
	for event in bare denied marked; do
		want="${partial%\}},\"parcial\":true}" expect "$event" 0 "${now[@]}" <$event
		[ "$(store --list volumetria | jq -c '[.parcial, keys]')" = \
			'[true,["competencia","parcial","trigger","volumetriaData"]]' ]
	done
	for event in "$partial" "${partial%\}},\"parcial\":false}" \
		"${partial%\}},\"parcial\":null}" "${partial%\}},\"parcial\":true}"; do
		want="${partial%\}},\"parcial\":true}" expect "$event" 0 "${now[@]}" <<<"$event"
	done
	want_err='line 1: parcial: true or false expected.*campo_invalido' \
		expect 'no flag' 1 "${now[@]}" <<<"${partial%\}},\"parcial\":\"sim\"}"
	# A dump is the same again, then and when the month is over.
	dump >before
	dump | in_other copy "${now[@]}" >out
	dump | in_other later store --as-of 2027-03-01T00:00:00Z >out
	in_other copy dump | diff before -
	in_other later dump | diff before -
	# Over: the mark goes.
	want=$partial expect 'whole' 0 store --as-of 2026-12-01T03:00:00Z <bare
}

@test "a partial month never takes the place of a whole one" {
	catalog
	partial() { sed 's/"trigger"/"parcial":true,"trigger"/'; }
	store <"$EVENTS/process.ndjson" >out
	dump >before
	partial <<<"$CHANGED" >volumes
	partial <"$EVENTS/process.ndjson" >same
	partial <<<"${CONSOLIDATION/:150,/:151,}" >consolidation
	for event in volumes same consolidation; do
		for how in --batch=10000 --dry-run --revise; do
			want_err='line 1: .*2024-01/1.* whole month.*\(parcial\)' \
				expect "$event $how" 1 store $how <$event
		done
	done
	[ "$(rejected_codes | sort -u)" = parcial ]
	dump | diff before -
	# Nor behind it in one batch, nor where nothing could be priced.
	{
		month_of 2024-02 "$EVENTS/process.ndjson"
		month_of 2024-02 volumes
		echo '{"volumetriaData":[{"idEmpresa":8},{"idEmpresa":9}],"competencia":"2024-01"}'
		echo '{"volumetriaData":[{"idEmpresa":9,"x":1},{"idEmpresa":7}],"competencia":"2024-01","parcial":true}'
	} >batch
	: >"$REJECTED"
	store <batch >out 2>err || [ $? = 1 ]
	[ "$(rejected_codes | paste -sd' ')" = \
		'parcial proposta_desconhecida proposta_desconhecida parcial proposta_desconhecida' ]
	[ "$(store --list volumetria | jq -c '[.competencia, .volumetriaData[0].idEmpresa, .parcial]' | paste -sd' ')" = \
		'["2024-01",1,null] ["2024-01",7,true] ["2024-01",8,null] ["2024-01",9,null] ["2024-02",1,null]' ]
	# A sent month is a whole one; partial replaces partial, whole replaces both.
	echo "$CONTRACT" | store >out
	want_err='(parcial)' expect 'sent' 1 store <volumes
	month_of 2024-03 volumes >march
	store <march >out
	[ "$(month_of 2024-03 same | store | jq .consolidacaoData.valorTotal)" = 20000 ]
	month_of 2024-03 - <<<"$CHANGED" | store >out
	[ "$(jq -c '[.parcial, .consolidacaoData.valorTotal]' out)" = '[null,20100]' ]
}

# --- rejected ---

@test "a bad line is named and kept, its neighbours are stored" {
	catalog
	{
		cat "$EVENTS/process.ndjson"
		echo '{"volumetriaData":['
		sed 's/2024-01/2024-02/' "$EVENTS/process.ndjson"
	} >in
	want="$CONSOLIDATION
${CONSOLIDATION/2024-01/2024-02}" want_err='^volum-store: line 2: column 20: ' \
		expect 'one of three' 1 store <in
	grep -qxF "volum-store: 1 of 3 records rejected, kept in $REJECTED" err
	jq -e '.rejeitado | .comando == "volum-store" and .classe == "dados" and .linha == 2 and .tentativas == 1' "$REJECTED"
	[ "$(jq -r .registro "$REJECTED")" = '{"volumetriaData":[' ]
	[ "$(stat -c %a "$REJECTED")" = 600 ]
}

@test "two companies in one event, one of them bad: it alone is rejected" {
	catalog
	cat >in <<-'!'
		{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":null},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}},{"idEmpresa":2,"cobranca":{"qtdeTitulos":1}}],"competencia":"2024-01","lote":7,"trigger":"volumetria-fetch"}
		{"volumetriaData":[{"idEmpresa":9},{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":15000.00},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}}],"competencia":"2024-01","trigger":"volumetria-fetch"}
	!
	want=$CONSOLIDATION want_err='line 1: volumetriaData\[0\]\.cobranca\.valorTotal: null is not zero \(dados_incompletos\)' \
		expect 'the good one goes on' 1 store <in
	grep -qF '3 of 4 records rejected' err
	want='dados_incompletos {"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":null},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}}],"competencia":"2024-01","lote":7,"trigger":"volumetria-fetch"}
proposta_desconhecida {"volumetriaData":[{"idEmpresa":2,"cobranca":{"qtdeTitulos":1}}],"competencia":"2024-01","lote":7,"trigger":"volumetria-fetch"}
proposta_desconhecida {"volumetriaData":[{"idEmpresa":9}],"competencia":"2024-01","trigger":"volumetria-fetch"}' \
		expect 'each alone' 0 sed 's/^{"rejeitado":{.*"codigo":"\([a-z_]*\)".*"quando":"[^"]*"},"registro":\(.*\)}$/\1 \2/' "$REJECTED"
}

@test "a company twice in one event: both are refused" {
	catalog
	line='{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":150,"valorTotal":15000.00},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00}},{"idEmpresa":"1"}],"competencia":"2024-01"}'
	want_err='1 stands twice .*dados_incompletos' expect 'refused' 1 store <<<"$line"
	[ "$(rejected_codes)" = $'dados_incompletos\ndados_incompletos' ]
	want='' expect 'nothing kept' 0 store --list volumetria
}

@test "30,000 companies in one event are read in a second or two" {
	awk 'BEGIN { printf "{\"volumetriaData\":["
		for (i = 0; i < 30000; i++) printf "%s{\"idEmpresa\":%d}", i ? "," : "", i
		print "],\"competencia\":\"2024-01\"}" }' >in
	code=0
	timeout 20 volum-store --dry-run --quiet --catalog "$EVENTS/proposta-informado.ndjson" <in || code=$?
	[ $code = 1 ]
	[ "$(wc -l <"$REJECTED")" = 30000 ]
}

@test "rejected lines are input: as they are, edited, and refused again" {
	store <"$EVENTS/process.ndjson" >out 2>err || true
	[ "$(rejected_codes)" = proposta_desconhecida ]
	mv "$REJECTED" letters
	want_err=proposta_desconhecida expect 'refused again' 1 store <letters
	[ "$(jq -c .registro letters)" = "$(jq -c .registro "$REJECTED")" ]
	catalog
	want=$CONSOLIDATION expect 'as it is' 0 store <letters
	echo '{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":null}}],"competencia":"2024-02"}' |
		store --rejected letter2 >out 2>err || true
	# Somebody fills in what was missing.
	jq -c '.registro.volumetriaData[0] += {cobranca: {qtdeTitulos: 1, valorTotal: 0.5}, pixpay: {qtdeMotoristas: 0, valorTotal: 0}}' letter2 >edited
	want='{"consolidacaoData":{"competencia":"2024-02","empresaId":"1","numeroProposta":"PROP-2024-001","valorTotal":0.50,"produtos":[{"nome":"Cobrança Bancária","quantidade":1,"valor":0.50},{"nome":"PIX Pay","quantidade":0,"valor":0.00}],"status":"completed"},"trigger":"data-processed"}' \
		expect 'edited' 0 store <edited
}

@test "a trigger, or two kinds in one record, is nothing to store" {
	want_err='tipo_desconhecido' expect 'a trigger' 1 store <"$EVENTS/fetch.ndjson"
	want_err='line 1: .*empresa.*proposta.*tipo_desconhecido' expect 'two kinds' 1 \
		store <<<'{"empresa":{"empresaId":"1"},"proposta":{"esquema":1}}'
	want='' expect 'nothing kept' 0 store --list empresas
}

# --- dry run ---

@test "--dry-run and \"test\":true decide all and write nothing" {
	sent
	mkdir -p "$VOLUM_STATE_DIR"
	everything >before
	names=$(ls -a "$VOLUM_STATE_DIR")
	sed 's/2024-01/2024-02/' "$EVENTS/process.ndjson" >new
	want=${CONSOLIDATION/2024-01/2024-02} expect 'dry' 0 store --dry-run <new
	sed 's/}$/,"test":true}/' new >test
	planned=${CONSOLIDATION/2024-01/2024-02}
	want="${planned%\}},\"test\":true}" expect 'test' 0 store <test
	want=$REVISED expect 'a revision' 0 store --dry-run --revise <<<"$CHANGED"
	want=$CONTRACT expect 'a result' 0 store -n <<<"$CONTRACT"
	want='{"test":true}
{"competencia":"2024-01","test":true}' expect 'triggers run through' 0 store <"$EVENTS/test.ndjson"
	want_err=ja_enviada expect 'refusals too' 1 store --dry-run --rejected letters <<<"$CHANGED"
	everything | cmp before -
	[ "$(ls -a "$VOLUM_STATE_DIR")" = "$names" ]
}

@test "--dry-run and tests don't create a store" {
	want=$CONSOLIDATION expect 'dry' 0 store --dry-run <<<"$CONSOLIDATION"
	want='{"test":true}
{"competencia":"2024-01","test":true}' expect 'tests' 0 store <"$EVENTS/test.ndjson"
	want='' expect 'no input' 0 store </dev/null
	no_store
	[ ! -e "$VOLUM_STATE_DIR" ]
}

@test "a test among real records stays out of the store" {
	with='{"empresa":{"empresaId":"2"},"test":true}'
	printf '%s\n' "$with" '{"empresa":{"empresaId":"1"}}' "$with" >in
	want=$(cat in) expect 'passed on' 0 store <in
	want='{"empresa":{"empresaId":"1"}}' expect 'stored' 0 store --list empresas
}

# --- without a store ---

@test "--dry-run --catalog prices without a store" {
	want=$CONSOLIDATION expect 'priced' 0 \
		store --dry-run --catalog "$EVENTS/proposta-informado.ndjson" <"$EVENTS/process.ndjson"
	MONGODB_URI=mongodb://db VOLUM_DB=mongodb://db want=$CONSOLIDATION expect 'whatever the store' 0 \
		store --dry-run --catalog "$EVENTS/proposta-informado.ndjson" <"$EVENTS/process.ndjson"
	want_err=proposta_desconhecida expect 'empty' 1 store --dry-run --catalog /dev/null <"$EVENTS/process.ndjson"
	no_store
}

@test "a catalogue with a fault: 78, and its line is named" {
	bad()
	{
		want_err=$1 expect "$1" 78 store --dry-run --catalog cat <"$EVENTS/process.ndjson"
	}
	cp "$EVENTS/proposta-informado.ndjson" cat
	echo '{"proposta":{"esquema":2}}' >>cat
	bad '^volum-store: --catalog cat, line 3: proposta\.esquema'
	{
		cat "$EVENTS/proposta-informado.ndjson"
		echo '{"proposta":'
	} >cat
	bad '--catalog cat, line 3: column'
	echo '{"volumetriaData":[]}' >cat
	bad '--catalog cat, line 1: proposta'
	sed 2p "$EVENTS/proposta-informado.ndjson" | sed '3s/2024-01-01/2024-01-15/' >cat
	bad '--catalog cat, line 3: '
	# All of them at once, each by its first fault.
	{
		echo '{"proposta":{"esquema":2}}'
		cat "$EVENTS/proposta-informado.ndjson"
		sed -n '2s/"informado"/"fixo"/p; 2s/2024-01-01/2024-02-30/p' "$EVENTS/proposta-informado.ndjson"
		yes '{}' | head -n 30
	} >cat
	bad '^volum-store: --catalog cat: 33 lines are refused$'
	[ "$(wc -l <err)" = 21 ]
	sed -n 1p err | grep -q 'line 1: proposta\.esquema'
	sed -n 2p err | grep -q 'line 4: proposta\.produtos\[0\]\.metrica: no member of modelo `fixo`'
	sed -n 3p err | grep -q 'line 5: proposta\.vigencia\.inicio: must be a day'
	rm cat
	bad '--catalog cat: No such file'
	mkdir cat
	bad '--catalog cat: Is a directory'
	no_store
}

# --- options ---

@test "options that contradict each other, or say nothing: 64" {
	usage()
	{
		local pattern=$1
		shift
		want_err="^volum-store: .*$pattern" expect "$*" 64 store "$@" </dev/null
		grep -qF "try 'volum-store --help'" err || true
	}
	usage 'give --dry-run too' --catalog x
	usage '--list reads the store' --dry-run --catalog x --list empresas
	usage '--revise' --list empresas --revise
	usage 'go with --list' --competencia 2024-01
	usage 'go with --list' --empresa 1
	usage 'go with --list' --status sent
	usage '--list: ' --list tudo
	usage '--list: ' --list ''
	usage '--status: ' --list consolidacoes --status done
	usage '--status' --list contratos --status sent
	usage '--competencia' --list empresas --competencia 2024-01
	usage '--competencia' --list propostas --competencia 2024-01
	usage '--competencia: ' --list volumetria --competencia 2024-13
	usage '--competencia: ' --list volumetria --competencia ''
	usage '--empresa: ' --list volumetria --empresa ''
	usage '--empresa: identifier: begins or ends' --list volumetria --empresa ' 1'
	usage batch --batch 0
	usage batch --batch x
	usage nada --nada
	usage ndjson volumes.ndjson
	usage stdout --rejected -
	no_store
	[ ! -e "$VOLUM_STATE_DIR" ]
}

@test "--help and --version go to stdout" {
	store --help >help
	grep -q -- '--revise' help
	want='volum-store 0.1.0' expect 'version' 0 store --version
}

# --- results of the next commands ---

@test "a contract marks its consolidation as sent" {
	catalog
	store <"$EVENTS/process.ndjson" >out
	want=$CONTRACT expect 'kept' 0 store <<<"$CONTRACT"
	want=$SENT expect 'sent' 0 store --list consolidacoes
	want=$CONTRACT expect 'listed' 0 store --list contratos
	unchanged=${CONTRACT/incluido/inalterado}
	everything >before
	want=$unchanged expect 'inalterado is passed on' 0 store <<<"$unchanged"
	everything | cmp before -
}

@test "inalterado marks what an earlier run could not" {
	catalog
	store <"$EVENTS/process.ndjson" >out
	store <<<"${CONTRACT/incluido/inalterado}" >out
	want=$SENT expect 'sent' 0 store --list consolidacoes
}

@test "planejado and dispensado mark nothing, planejado is not even kept" {
	catalog
	store <"$EVENTS/process.ndjson" >out
	planned='{"contrato":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-2024-001","acao":"planejado","cCodIntCtr":"2401-HRZYZC6DHQ4CQBK","valorTotal":20000.00,"status":"completed"}}'
	want=$planned expect 'planned' 0 store <<<"$planned"
	want='' expect 'not kept' 0 store --list contratos
	want=${planned/planejado/dispensado} expect 'dispensed' 0 store <<<"${planned/planejado/dispensado}"
	want=$CONSOLIDATION expect 'not sent' 0 store --list consolidacoes
}

@test "a contract over another total: total_divergente, with both" {
	catalog
	store <"$EVENTS/process.ndjson" >out
	want_err='line 1: .*20000\.01.*20000\.00.*total_divergente' expect 'a cent' 1 store <<<"${CONTRACT/20000.00/20000.01}"
	want=$CONSOLIDATION expect 'not sent' 0 store --list consolidacoes
	want='' expect 'not kept' 0 store --list contratos
}

@test "divergente marks nothing as sent" {
	catalog
	store <"$EVENTS/process.ndjson" >out
	store <<<"${CONTRACT/incluido/divergente}" >out
	want=$CONSOLIDATION expect 'not sent' 0 store --list consolidacoes
}

@test "a sync result links the company, and importing it again keeps the link" {
	company='{"empresa":{"empresaId":"1","cnpj":"11222333000181"},"lote":1}'
	linked='{"empresa":{"empresaId":"1","cnpj":"11222333000181","codigoClienteOmie":4477000009},"lote":1}'
	sync='{"sync":{"cnpj":"11222333000181","empresaId":"1","acao":"incluido","codigoClienteOmie":4477000009,"campos":[]},"requestId":"r"}'
	want_err='empresa_desconhecida' expect 'no such company' 1 store <<<"$sync"
	store <<<"$company" >out
	want=$sync expect 'passed on' 0 store <<<"$sync"
	want=$linked expect 'linked' 0 store --list empresas
	everything >before
	want=$sync expect 'again' 0 store <<<"$sync"
	want="${linked%\}},\"requestId\":\"q\"}" expect 'imported again' 0 \
		store <<<"${company%\}},\"requestId\":\"q\"}"
	everything | cmp before -
	want='{"empresa":{"empresaId":"1","codigoClienteOmie":null}}' expect 'null unlinks' 0 \
		store <<<'{"empresa":{"empresaId":"1","codigoClienteOmie":null}}'
}

# --- settings ---

@test "a store that this build can't use, or that is not ours: 78" {
	sqlite_only 'files, and which address goes before which'
	bad()
	{
		want_err=$2 expect "$1" 78 store --db "$1" <"$EVENTS/contracts.ndjson"
		want_err=$2 expect "--list of $1" 78 store --db "$1" --list empresas
	}
	bad oracle://user:secret@host/db 'sqlite:PATH'
	[ "$(grep -c secret err)" = 0 ]
	bad volum.db 'sqlite:PATH'
	bad sqlite: 'PATH is missing'
	# On the first day, not on the first day with data.
	want_err=sqlite:PATH expect 'no input' 78 store --db oracle://host </dev/null
	sqlite3 foreign.db 'CREATE TABLE t(a); INSERT INTO t VALUES(1)'
	bad sqlite:foreign.db foreign.db
	head -c 4096 /dev/urandom >noise.db
	bad sqlite:noise.db noise.db
	mkdir folder.db
	bad sqlite:folder.db folder.db
	MONGODB_URI=mongodb://host want_err=MONGODB_DATABASE expect 'MONGODB_URI' 78 store <"$EVENTS/contracts.ndjson"
	MONGODB_URI=mongodb://host want_err=MONGODB_DATABASE expect 'MONGODB_URI' 78 store --list empresas
	MONGODB_URI=mongodb://host VOLUM_DB=sqlite:mine.db want=$CONSOLIDATION \
		expect 'VOLUM_DB wins' 0 store <"$EVENTS/contracts.ndjson"
	VOLUM_DB=sqlite:mine.db want='' expect '--db wins' 0 store --db sqlite:other.db --list consolidacoes
}

@test "a store of a newer version of this program: 78, and it is left alone" {
	store >out <"$EVENTS/contracts.ndjson"
	set_version 99
	everything >before
	for how in '--list empresas' '' --dry-run; do
		# shellcheck disable=SC2086 # two words, or none
		want_err='has schema version 99, this program knows version 1' \
			expect "$how" 78 store $how <"$EVENTS/contracts.ndjson"
	done
	everything | cmp before -
}

@test "a rejected file that can't be written: 78 before anything is read" {
	mkdir letters
	want_err='letters' expect 'a folder' 78 store --rejected letters <"$EVENTS/contracts.ndjson"
	touch plain
	want_err='plain/letters' expect 'a file as folder' 78 store --rejected plain/letters <"$EVENTS/contracts.ndjson"
	if [ "$(id -u)" != 0 ]; then
		mkdir -m 500 closed
		want_err='closed/letters' expect 'no right' 78 store --rejected closed/letters <"$EVENTS/contracts.ndjson"
	fi
	no_store
}

@test "the dead letters that can't be kept end the run with 74" {
	printf '{\n%s\n' "$CONSOLIDATION" >in
	want_err='/dev/full' expect 'full disk' 74 store --rejected /dev/full <in
}

@test "--log tells the run, without payloads" {
	catalog
	store --log log --request-id req-1 <"$EVENTS/process.ndjson" >out
	jq -es '(.[0].message | startswith("Iniciando")) and (.[-1].message | startswith("Finalizando"))
		and (.[-1].data | .read == 1 and .done == 1 and .rejected == 0 and .cents == 2000000)
		and all(.requestId == "req-1" and .service == "volum-store")' log
	[ "$(grep -c Cobran log)" = 0 ]
}

# --- side by side with others ---

@test "a proposal that another process changes holds from the next batch on" {
	catalog
	mkfifo pipe
	volum-store <pipe >got 2>err 3>&- &
	pid=$!
	exec 7>pipe
	cat "$EVENTS/process.ndjson" >&7
	wait_for lines got 1
	sed '2!d; s/"metrica":"qtde_titulos","modelo":"informado"/"metrica":"qtde_titulos","modelo":"unitario","preco_unitario":"2.00"/' \
		"$EVENTS/proposta-informado.ndjson" | store >out
	cat "$EVENTS/process.ndjson" >&7
	exec 7>&-
	wait $pid
	[ ! -s err ]
	changed=${CONSOLIDATION/15000.00/300.00}
	want="$CONSOLIDATION
${changed/20000.00/5300.00}" expect 'both prices' 0 cat got
}

@test "two processes store the same 2,000 events at once: as one would" {
	generate "$(fewer 2000)"
	cat propostas volumes >in
	in_other one store <in >one
	volum-store --batch 50 <in >first 2>err1 3>&- &
	pid=$!
	store --batch 50 <in >second 2>err2
	wait $pid
	[ ! -s err1 ] && [ ! -s err2 ]
	cmp one first
	cmp one second
	in_other one dump >want
	dump | cmp - want
	intact
}

# --- bad ends ---

@test "stdin that can't be read: 65" {
	want_err='stdin: Is a directory' expect 'a folder' 65 store <.
	want_err='stdin: Bad file descriptor' expect 'closed' 65 sh -c 'volum-store <&-'
	no_store
}

@test "stdout that can't be written: 74, stored, and told again by the next run" {
	want_err='stdout: No space left' expect 'full' 74 sh -c "volum-store <$EVENTS/contracts.ndjson >/dev/full"
	want_err='stdout: ' expect 'closed' 74 sh -c "volum-store <$EVENTS/contracts.ndjson >&-"
	want_err='stdout: No space left' expect 'list' 74 sh -c 'volum-store --list consolidacoes >/dev/full'
	want=$CONSOLIDATION expect 'again' 0 store <"$EVENTS/contracts.ndjson"
}

@test "what a full stdout could not tell is not counted as done" {
	sh -c "volum-store --log log <$EVENTS/contracts.ndjson >/dev/full" 2>err || true
	jq -es '.[-1].data | .status == 74' log
}

@test "a reader that goes away: 74" {
	generate 3000
	(
		set +o pipefail
		store <empresas 2>err | head -n 1 >first
		echo "${PIPESTATUS[0]}" >code
	)
	[ "$(cat code)" = 74 ]
	grep -q 'the reader went away' err
	[ "$(cat first)" = "$(head -n 1 empresas)" ]
	# The line is as it was; the next run stores the rest.
	store <empresas | cmp - empresas
	store --list empresas >list
	(
		set +o pipefail
		store --list empresas 2>err | head -n 1 >first
		echo "${PIPESTATUS[0]}" >code
	)
	[ "$(cat code)" = 74 ]
}

# lock: another process has the write lock of the file until unlock; of a server
# nobody has one.
lock()
{
	[ -z "${STORE:-}" ] || return 0
	mkfifo hold
	sqlite3 "$DB" <hold >locked 3>&- &
	LOCKER=$!
	exec 8>hold
	echo "BEGIN IMMEDIATE; SELECT 'locked';" >&8
	wait_for lines locked 1
}

unlock()
{
	[ -z "${STORE:-}" ] || return 0
	exec 8>&-
	wait "$LOCKER"
}

@test "half a line holds back nothing that came before it" {
	generate 10
	store <volumes >out 2>err || [ $? = 1 ]
	lock
	mkfifo pipe
	volum-store <pipe >got 2>err 3>&- 8>&- &
	pid=$!
	exec 7>pipe
	head -n 7 empresas >&7
	sleep 0.3
	# It has read seven lines and waits for the lock; the half comes alone.
	printf '{"empresa":' >&7
	unlock
	wait_for lines got 7
	want='{"empresa":{"empresaId":"x"}}' expect 'nor does it lock the store' 0 \
		store <<<'{"empresa":{"empresaId":"x"}}'
	echo '{"empresaId":"8"}}' >&7
	exec 7>&-
	wait $pid
	[ "$(wc -l <got)" = 8 ]
}

@test "SIGTERM while waiting: 75, and all that was read is stored and told" {
	generate 10
	mkfifo pipe
	volum-store <pipe >got 2>err 3>&- &
	pid=$!
	exec 7>pipe
	head -n 7 empresas >&7
	printf '{"empresa":{"empr' >&7
	wait_for lines got 7
	kill -TERM $pid
	code=0
	wait $pid || code=$?
	exec 7>&-
	[ $code = 75 ]
	grep -q 'stopped by a signal after line 7' err
	head -n 7 empresas | cmp - got
	store --list empresas | sort >stored
	sort got | cmp - stored
}

@test "SIGTERM and SIGINT in the middle of a stream: what is told is what is stored" {
	generate 3000
	for signal in TERM INT; do
		new_store
		rm -f got
		mkfifo pipe.$signal
		# An end that does not come: batches are cut by size alone.
		(while cat empresas; do :; done >pipe.$signal 2>/dev/null 3>&-) &
		feeder=$!
		# A shell's background job ignores SIGINT, and so would we.
		env --default-signal=INT volum-store --batch 7 <pipe.$signal >got 2>err 3>&- &
		pid=$!
		wait_for lines got 200
		kill -$signal $pid
		code=0
		wait $pid || code=$?
		kill $feeder 2>/dev/null || true
		wait $feeder || true
		[ $code = 75 ]
		sort -u got >told
		store --list empresas | sort >stored
		cmp told stored
	done
}

@test "SIGTERM ends a list that nobody reads" {
	generate 3000
	store <empresas >out
	mkfifo pipe
	sleep 10 <pipe 3>&- &
	reader=$!
	volum-store --list empresas >pipe 2>err 3>&- &
	pid=$!
	exec 7<pipe
	wait_for sh -c "grep -q '^State:.*S' /proc/$pid/status"
	sleep 0.1
	kill -TERM $pid
	sleep 0.1
	cat <&7 >got
	code=0
	wait $pid || code=$?
	exec 7<&-
	kill $reader
	[ $code = 75 ]
}

@test "a database that another process keeps locked: 75, nothing claimed" {
	sqlite_only 'a batch takes no lock on a server'
	catalog
	lock
	want_err='line 1: .*database is locked' expect 'busy' 75 store <"$EVENTS/process.ndjson"
	want='' expect 'reading goes on' 0 store --list consolidacoes
	unlock
	want=$CONSOLIDATION expect 'later' 0 store <"$EVENTS/process.ndjson"
}

@test "kill -9 in the middle: the next run completes the same store" {
	local many=20000 batch=10000
	[ -z "${STORE:-}" ] || many=$(fewer 2000) batch=50
	generate "$many"
	cat propostas volumes >in
	in_other calm store <in >calm
	volum-store --batch $batch <in >got 2>err 3>&- &
	pid=$!
	wait_for lines got $((many / 4))
	kill -KILL $pid
	wait $pid || true
	told=$(wc -l <got)
	[ "$told" -lt $((many * 2)) ]
	# Nothing was told that is not stored.
	[ $(($(store --list propostas | wc -l) + $(store --list consolidacoes | wc -l))) -ge "$told" ]
	store <in | cmp - calm
	in_other calm dump | sha256sum >want
	dump | sha256sum | cmp - want
}

@test "a company with another CNPJ and no codigoClienteOmie loses the link" {
	store <"$EVENTS/proposta-informado.ndjson" >got
	want='{"empresa":{"empresaId":"1","cnpj":"10527452000180"}}'
	expect 'no link' 0 store <<<"$want"
	expect 'stored so' 0 store --list empresas
}

@test "a contract's nCodCtr is not replaced by none" {
	sent='{"contrato":{"competencia":"2024-01","empresaId":"1","numeroProposta":"P","acao":"incluido","cCodIntCtr":"2401-8MCKYBNRPXW58Y0","nCodCtr":7,"valorTotal":1.00,"status":"sent"}}'
	want=$sent expect 'kept' 0 store <<<"$sent"
	want='' want_err='nCodCtr is missing' expect 'none' 1 store <<<"${sent/\"nCodCtr\":7,/}"
	want=$sent expect 'still there' 0 store --list contratos
}
