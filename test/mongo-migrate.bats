#!/usr/bin/env bats
# What the earlier functions stored: reported, taken over, and never billed a
# second time.

bats_require_minimum_version 1.5.0

load mongo_helper

export OMIE_SAME_CALL_WINDOW_S=1 OMIE_RATE_PER_MIN=6000 OMIE_RATE_WINDOW_S=1
export OMIE_BLOCK_S=30

# on_each FUNCTION: for each server, a database of its own and a folder.
on_each()
{
	local kind tried=0
	for kind in $(mongo_servers); do
		mkdir "$kind" && cd "$kind" || return
		export VOLUM_STATE_DIR=$PWD/state KIND=$kind
		REJECTED=$VOLUM_STATE_DIR/rejected.ndjson
		start_mongo "$kind" || return
		"$1" || { echo "on $kind" >&2; return 1; }
		cd ..
		tried=1
	done
	[ "$tried" = 1 ] || skip 'no MongoDB server is built: make setup-mongo'
}

# say COMMAND...: to the database of VOLUM_DB; fails where the server does.
say()
{
	local database=${VOLUM_DB##*/}
	printf '%s\n' "$@" | "$BUILD/tool/mongo_say" "$VOLUM_DB" "${database%%\?*}" >said ||
		return
	! grep -q '"domain"\|"writeErrors"' said || { cat said >&2; return 1; }
}

# old COLLECTION <DOCUMENTS: a line each, as the earlier functions stored them.
old()
{
	say "{\"insert\":\"$1\",\"documents\":[$(paste -sd,)]}"
}

# oid N: the N-th ObjectId.
oid()
{
	printf '65a00000000000000000%04x' "$1"
}

# old_bill N COMPANY TOTAL STATUS [MEMBERS]: as JSON that keeps doubles doubles.
old_bill()
{
	printf '{"_id":{"$oid":"%s"},"competencia":"2024-01","empresaId":"%s","numeroProposta":"PROP-%s","valorTotal":{"$numberDouble":"%s"},"produtos":[{"nome":"Cobrança Bancária","quantidade":3,"valor":{"$numberDouble":"%s"}}],"status":"%s"%s}\n' \
		"$(oid "$1")" "$2" "$2" "$3" "$3" "$4" "${5:+,$5}"
}

# found COLLECTION: how many documents it has.
found()
{
	say "{\"count\":\"$1\",\"query\":{}}" && jq .n said
}

# try WANT COMMAND...: its exit code is WANT; output in out and err.
try()
{
	local want=$1 code=0
	shift
	"$@" >out 2>err || code=$?
	[ "$want" = "$code" ] && return
	echo "exit $code, not $want: $(cat out err)" >&2
	return 1
}

faults()
{
	jq -r '.migracao | select(.faltas) | ._id[-4:] + ": " +
		([.faltas[] | .campo + " " + .motivo] | join("; "))' "${1:-out}"
}

# raw COLLECTION: its documents, as the server has them.
raw()
{
	say "{\"find\":\"$1\",\"filter\":{},\"sort\":{\"_id\":1},\"batchSize\":10000}" &&
		jq -cS '.cursor.firstBatch[]' said
}

refused()
{
	try 78 volum-store <<<'{"empresa":{"empresaId":"1"}}' &&
		grep -q 'volum-store --migrate' err
}

report_first()
{
	{
		old_bill 1 1 20000.0 sent '"nCodCtr":{"$numberLong":"7700000001"},"cCodIntCtr":"EMP1-2401-PROP-1","criadoEm":{"$date":"2024-02-01T05:00:00Z"}'
		old_bill 2 2 0.1 completed
	} | old consolidacoes || return
	raw consolidacoes >before && refused || return
	try 0 volum-store --migrate && [ ! -s err ] || return
	same 'migrar 1 20000 true 7700000001
migrar 2 0.1 false null' "$(shape)" || return
	raw consolidacoes | cmp before - && refused || return
	[ "$(found consolidacoes_antigas)" = 0 ] || return
	try 0 volum-store --migrate --apply && [ ! -s err ] || return
	same 'migrado 1 20000 true 7700000001
migrado 2 0.1 false null' "$(shape)" || return
	raw consolidacoes_antigas | cmp before - || return
	same '"2024-01/1/PROP-1" 20000 2000000
"2024-01/2/PROP-2" 0.1 10' "$(raw consolidacoes |
		jq -r '"\"\(._id)\" \(.valorTotal) \(.valorTotalCentavos)"')" || return
	same " sent migrado de $(oid 1)
 completed migrado de $(oid 2)" "$(volum-store --list historico |
		jq -r '.historico | [.de, .para, .motivo] | join(" ")')" || return
	raw consolidacoes >after
	try 0 volum-store --migrate --apply && [ ! -s out ] || return
	raw consolidacoes | cmp after - || return
	raw consolidacoes_antigas | cmp before - || return
	volum-store <<<'{"empresa":{"empresaId":"1"}}' >/dev/null
}

# shape: what the lines of a report say.
shape()
{
	jq -r '.migracao | [.acao, .empresaId, .valorTotal, .faturado, .nCodCtr] |
		map(tostring) | join(" ")' out
}

@test 'it reports first, keeps what was, and is done once' {
	on_each report_first
}

# In units of a cent, what a double stands for; and all that is none.
amount()
{
	printf '{"_id":{"$oid":"%s"},"competencia":"2024-01","empresaId":{"$numberInt":"%s"},"numeroProposta":"P","valorTotal":%s,"produtos":[{"nome":"X","quantidade":{"$numberDouble":"%s"},"valor":%s}],"status":"completed"}\n' \
		"$(oid "$1")" "$1" "$2" "${3:-1.0}" "$2"
}

amounts()
{
	{
		amount 1 '{"$numberDouble":"5974258.47"}'
		amount 2 '{"$numberDouble":"5974258.470000001"}'
		amount 3 '{"$numberDouble":"0.30000000000000004"}' 1.5
		amount 4 '{"$numberInt":"15000"}'
		amount 5 '{"$numberLong":"9007199254"}'
		amount 6 '{"$numberDouble":"-0.0"}'
		amount 7 '{"$numberDouble":"10.005"}'
		amount 8 '{"$numberDouble":"-5.0"}'
		# FerretDB hangs up at these.
		[ "$KIND" = ferret ] || amount 9 '{"$numberDouble":"NaN"}'
		[ "$KIND" = ferret ] || amount 10 '{"$numberDouble":"Infinity"}'
		amount 11 '"15000.00"'
		amount 12 null
		amount 13 '{"$numberDouble":"1.0"}' 0.1234567
		[ "$KIND" = ferret ] || amount 14 '{"$numberDecimal":"15000.10"}'
		[ "$KIND" = ferret ] || amount 15 '{"$numberDecimal":"0.105"}'
	} | old consolidacoes || return
	try 1 volum-store --migrate --apply || return
	same '1 5974258.47
2 5974258.47
3 0.30
4 15000.00
5 9007199254.00
6 0.00'"$([ "$KIND" = ferret ] || printf '\n14 15000.10')" "$(volum-store --list consolidacoes |
		sed 's/.*"empresaId":"\([0-9]*\)".*"valorTotal":\([0-9.]*\).*/\1 \2/' | sort -n)" || return
	jq -r '.migracao | select(.avisos) | ._id[-2:] + " " + .avisos[0].motivo' out >notices
	grep -q '^02 .*taken as 5974258.47$' notices &&
		grep -q '^03 .*taken as 0.30$' notices &&
		[ "$(wc -l <notices)" = 2 ] || { cat notices >&2; return 1; }
	local n
	for n in '0007:.*no whole number of cents' \
		'0008:.*is negative' '000b: valorTotal is no number' '000c: valorTotal is missing' \
		'000d: produtos\[0\].quantidade .*millionths'; do
		faults | grep -q "$n" ||
			{ echo "no $n" >&2; faults >&2; return 1; }
	done
	if [ "$KIND" != ferret ]; then
		for n in '0009:.*is NaN' '000a:.*is Infinity' \
			'000f:.*no whole number of cents'; do
			faults | grep -q "$n" || return
		done
	fi
	[ "$(found consolidacoes_antigas)" = "$([ "$KIND" = ferret ] && echo 6 || echo 7)" ] || return
	# What was refused is where it was, and keeps the door shut.
	refused
}

@test 'doubles become exact cents, or are refused with the reason' {
	on_each amounts
}

odd()
{
	printf '%s\n' "$@" | old consolidacoes
}

missing()
{
	odd "{\"_id\":{\"\$oid\":\"$(oid 1)\"}}" \
		"$(old_bill 2 2 1.0 enviado)" \
		"$(old_bill 3 3 1.0 completed '"contrato":{"enviadoEm":"2024-02-01"}')" \
		"$(old_bill 4 4 1.0 completed '"cCodIntCtr":"EMP4-2401-PROP-4"')" \
		"$(old_bill 5 5 1.0 sent '"nCodCtr":{"$numberInt":"7"},"contrato":{"nCodCtr":{"$numberInt":"8"}}')" \
		"$(old_bill 6 6 1.0 error '"nCodCtr":"abc"')" \
		"$(old_bill 7 7 1.0 completed '"enviado":false,"nCodCtr":null,"omieClienteId":5')" \
		"$(old_bill 8 8 1.0 completed | sed 's/2024-01/2099-01/')" \
		"$(old_bill 9 9 1.0 completed | sed 's/"_id":{[^}]*}/"_id":9/')" \
		"$(old_bill 10 10 1.0 completed | sed 's/"valor":{"$numberDouble":"1.0"}/"valor":0.5/')" || return
	try 1 volum-store --migrate || return
	same '0001: competencia is missing; empresaId is missing; numeroProposta is missing; valorTotal is missing; produtos is missing; status is missing
0002: status is none of processing, completed, ready_to_send, sent, error
0003: contrato may say that it was sent, and status says completed: look it up in Omie, then set status, or nCodCtr
0004: cCodIntCtr may say that it was sent, and status says completed: look it up in Omie, then set status, or nCodCtr
0005: contrato.nCodCtr is 8, and another nCodCtr is 7: two contracts bill this
0006: nCodCtr is no number of a contract
0008: competencia is a month to come
000a: valorTotal is 1.00, the produtos add up to 0.50
 9 }: _id is no ObjectId: the earlier functions wrote no such document' \
		"$(faults)" || return
	grep -q '1 can be taken over.*9 refused' err || return
	# Each by hand, as its reason says.
	say '{"delete":"consolidacoes","deletes":[{"q":{"_id":{"$ne":{"$oid":"'"$(oid 7)"'"}}},"limit":0}]}' || return
	# Its month is not over yet: not to be billed.
	try 0 volum-store --migrate --apply --as-of 2024-01-20T12:00:00Z || return
	volum-store --list consolidacoes >left && [ "$(wc -l <left)" = 1 ] || return
	jq -e '.parcial and .consolidacaoData.empresaId == "7"' left >/dev/null
}

@test 'what is missing or says two things is named, and left alone' {
	on_each missing
}

duplicates()
{
	volum-store >/dev/null <<<"{\"contrato\":{\"competencia\":\"2024-01\",\"empresaId\":\"3\",\"numeroProposta\":\"PROP-3\",\"acao\":\"incluido\",\"cCodIntCtr\":\"$(code 2024-01 3 PROP-3)\",\"nCodCtr\":5,\"valorTotal\":1.00,\"status\":\"sent\"}}" || return
	{
		old_bill 1 1 10.0 sent '"nCodCtr":{"$numberInt":"71"}'
		old_bill 2 2 20.0 completed
		old_bill 3 1 10.0 sent '"nCodCtr":{"$numberInt":"73"}'
		# A fault of its own, and it may be the one that was sent.
		old_bill 4 2 20.0 enviado
		# An id as a number is the same company.
		old_bill 5 1 10.0 completed | sed 's/"empresaId":"1"/"empresaId":{"$numberDouble":"1.0"}/'
	} | old consolidacoes || return
	raw consolidacoes >before
	try 1 volum-store --migrate --apply || return
	raw consolidacoes | cmp before - || return
	same "_id has the key of 2 more: $(oid 3), $(oid 5); move away all but the one that holds
_id has the key of 1 more: $(oid 4); move away all but the one that holds
_id has the key of 2 more: $(oid 1), $(oid 5); move away all but the one that holds
_id has the key of 1 more: $(oid 2); move away all but the one that holds
_id has the key of 2 more: $(oid 1), $(oid 3); move away all but the one that holds" \
		"$(faults | grep -o '_id has.*')" || return
	say '{"delete":"consolidacoes","deletes":['"$(printf '{"q":{"_id":{"$oid":"%s"}},"limit":1},' \
		"$(oid 3)" "$(oid 4)")"'{"q":{"_id":{"$oid":"'"$(oid 5)"'"}},"limit":1}]}' || return
	try 0 volum-store --migrate --apply || return
	# The earlier functions bill the same again, after that.
	{
		old_bill 6 1 10.0 sent '"nCodCtr":{"$numberInt":"71"}'
		# And one whose contract was made by us.
		old_bill 7 3 1.0 completed
		# The very same, but another document.
		old_bill 8 2 20.0 completed
	} | old consolidacoes || return
	try 1 volum-store --migrate --apply || return
	same '0006: _id what has its key is in the store already, from elsewhere
0007: _id what has its key is in the store already, from elsewhere
0008: _id what has its key is in the store already, from elsewhere' "$(faults)" || return
	[ "$(found consolidacoes_antigas)" = 2 ] && refused
}

@test 'two of one bill are both named, and neither is taken' {
	on_each duplicates
}

companies()
{
	old empresas <<! || return
{"_id":{"\$oid":"$(oid 1)"},"empresaId":{"\$numberDouble":"7.0"},"cnpj":"11222333000181","razaoSocial":"Sé","codigoClienteOmie":{"\$numberDouble":"4477000001.0"},"taxa":{"\$numberDouble":"0.1"},"desde":{"\$date":"2024-01-01T00:00:00Z"},"configuracao":{"diaFaturamento":5},"__v":0}
{"_id":{"\$oid":"$(oid 2)"},"empresaId":"8"}
{"_id":{"\$oid":"$(oid 3)"},"cnpj":"11222333000181"}
{"_id":{"\$oid":"$(oid 4)"},"empresaId":"9","codigoClienteOmie":"abc"}
{"_id":{"\$oid":"$(oid 5)"},"empresaId":"10","x":{"\$timestamp":{"t":1,"i":1}}}
!
	try 1 volum-store --migrate --apply || return
	same '{"empresa":{"empresaId":7,"cnpj":"11222333000181","razaoSocial":"Sé","codigoClienteOmie":4477000001,"taxa":0.1,"desde":"2024-01-01T00:00:00Z","configuracao":{"diaFaturamento":5}}}
{"empresa":{"empresaId":"8"}}' "$(volum-store --list empresas)" || return
	same '0003: empresa empresa.empresaId: missing
0004: empresa empresa.codigoClienteOmie: whole number expected, text found
0005: x has a type that no record has ($timestamp)' "$(faults)" || return
	jq -r '.migracao.avisos[0].campo // empty' out | grep -qx cnpj || return
	[ "$(found empresas_antigas)" = 2 ] && [ "$(found empresas)" = 5 ]
}

@test 'companies become records, with all they had' {
	on_each companies
}

contracts()
{
	curl -s "$OMIE_BASE/sim/contracts"
}

# bill_all [OPTION...]: all that is stored, to Omie; the results in out.
bill_all()
{
	volum-store --list consolidacoes >bills || return
	try 0 omie-contract "$@" <bills
}

actions()
{
	jq -r '.contrato | [.empresaId, .acao, .status, .nCodCtr] |
		map(tostring) | join(" ")' out
}

created()
{
	contracts | jq -r '.nCodCli - 4477000000' | sort -n | paste -sd' '
}

# The earlier functions sent 1, 3 and 4, and not 2 and 5.
before_us()
{
	{
		old_bill 1 1 10.0 sent '"nCodCtr":{"$numberLong":"7700000901"},"cCodIntCtr":"EMP1-2401-PROP-1"'
		old_bill 2 2 20.0 completed
		old_bill 3 3 30.0 sent
		old_bill 4 4 40.0 completed '"contrato":{"nCodCtr":"7700000904"}'
		old_bill 5 5 50.0 ready_to_send '"nCodCtr":null,"enviado":false'
	} | old consolidacoes || return
	volum-store --migrate --apply >report || return
	volum-sim --companies 20 --catalog | volum-store >catalog
}

never_twice()
{
	before_us && start_omie --time-scale 60 --clients 20 || return
	bill_all || return
	same '1 inalterado sent 7700000901
2 incluido sent 7700000001
3 inalterado sent null
4 inalterado sent 7700000904
5 incluido sent 7700000002' "$(actions)" || return
	same '2 5' "$(created)" || return
	volum-store <out >/dev/null && bill_all || return
	same 'inalterado' "$(jq -r .contrato.acao out | sort -u)" || return
	# A line that lost its mark, and was not read from the store.
	old_line 1 10.00 completed | try 0 omie-contract || return
	same '1 inalterado sent 7700000901' "$(actions)" || return
	# Another account, whose ledger knows of nothing.
	grep -E '"empresaId":"[134]"' bills >theirs
	OMIE_APP_KEY=an0ther-key try 0 omie-contract <theirs || return
	same 'inalterado inalterado inalterado' "$(jq -r .contrato.acao out | paste -sd' ')" || return
	bill_all --plan 2>plan.err || true
	same 'nada nada nada nada nada' "$(jq -r .plano.acao out | paste -sd' ')" || return
	cp out plan && try 0 omie-contract <plan || return
	same '2 5' "$(created)" || return
	elsewhere && revised || return
	same '2 5' "$(created)" || return
	stop_one omie
}

# Dumped into another kind of store, whose ledger is empty.
elsewhere()
{
	dump >dumped || return
	# Another store may keep the limits by itself: Omie's window of a listing.
	sleep 1.5
	(
		export VOLUM_DB=sqlite:$PWD/copy.db
		volum-store <dumped >/dev/null && bill_all || return
		same '1 3 4' "$(jq -r '.contrato | select(.acao == "inalterado") |
			.empresaId' out | paste -sd' ')"
	) || return
	# The bills alone, without the contracts.
	(
		export VOLUM_DB=sqlite:$PWD/bills.db
		grep -v '"contrato"' dumped | volum-store >/dev/null && bill_all || return
		same '1 inalterado 7700000901 3 inalterado null 4 inalterado 7700000904' \
			"$(jq -r '.contrato | select(.acao == "inalterado") |
			[.empresaId, .acao, .nCodCtr] | map(tostring) | join(" ")' out |
			paste -sd' ')"
	)
}

old_line()
{
	printf '{"consolidacaoData":{"competencia":"2024-01","empresaId":"%s","numeroProposta":"PROP-%s","valorTotal":%s,"produtos":[{"nome":"Cobrança Bancária","quantidade":3,"valor":%s}],"status":"%s"}}\n' \
		"$1" "$1" "$2" "$2" "$3"
}

# Who priced them otherwise, by the functions or by this program, is refused;
# and a revision changes no contract that isn't ours.
revised()
{
	local n
	for n in 1 3 4; do
		old_line $n 99.00 completed
	done >other
	try 1 volum-store <other || return
	same 'ja_enviada ja_enviada ja_enviada' "$(rejected_codes | paste -sd' ')" || return
	volum-store --revise <other >more || return
	same 'ready_to_send' "$(jq -r .consolidacaoData.status more | sort -u)" || return
	: >"$REJECTED"
	try 1 omie-contract <more || return
	same 'divergente divergente divergente' "$(rejected_codes | paste -sd' ')" || return
	grep -q 'billed before this program' err || return
	: >"$REJECTED"
	try 1 omie-contract --plan <more || return
	same 'divergente divergente divergente' "$(rejected_codes | paste -sd' ')"
}

@test 'what was billed before is never billed again, and nothing else is missed' {
	on_each never_twice
}

# result COMPANY TOTAL NCODCTR [MEMBERS]: of its contract, as somebody writes it.
result()
{
	printf '{"contrato":{"competencia":"2024-01","empresaId":"%s","numeroProposta":"PROP-%s","acao":"incluido","cCodIntCtr":"%s","nCodCtr":%s,"valorTotal":%s,"status":"sent"}%s}\n' \
		"$1" "$1" "$(code 2024-01 "$1" "PROP-$1")" "$3" "$2" "${4:+,$4}"
}

by_hand()
{
	before_us && start_omie --time-scale 60 --clients 20 || return
	{
		result 1 10.00 7700000901 '"trigger":"contract-created"'
		result 3 30.00 7700000903 '"migrado":null'
		result 4 40.00 7700000944
	} >hand
	# It leaves as it is stored: the mark in place, the numbers as they were fed.
	try 0 volum-store <hand && [ ! -s err ] || return
	same "$(oid 1) EMP1-2401-PROP-1 7700000901
$(oid 3) null 7700000903
$(oid 4) null 7700000944" "$(jq -r '[.migrado._id, .migrado.cCodIntCtr, .contrato.nCodCtr] |
		map(tostring) | join(" ")' out)" || return
	volum-store --list contratos | cmp - out || return
	for n in 1 3 4; do
		old_line $n ${n}0.00 completed
	done >unmarked
	try 0 omie-contract <unmarked || return
	same '1 inalterado sent 7700000901
3 inalterado sent 7700000903
4 inalterado sent 7700000944' "$(actions)" || return
	same '' "$(created)" || return
	# Other companies are none of that.
	old_line 2 20.00 completed | omie-contract | volum-store >out || return
	same false "$(jq 'has("migrado")' out)" || return
	same 2 "$(created)" || return
	bills_alone || return
	stop_one omie
}

# Of a store to which only the bills came, revised and priced anew there.
bills_alone()
{
	volum-store --list consolidacoes | grep migrado >marked
	(
		export VOLUM_DB=sqlite:$PWD/bills.db
		volum-store <marked >out || return
		old_line 1 11.00 completed | try 0 volum-store --revise || return
		same "2 ready_to_send $(oid 1)" "$(jq -r '[.consolidacaoData.revisao,
			.consolidacaoData.status, .migrado._id] | map(tostring) | join(" ")' out)" || return
		# What is not sent takes other members, and amounts, as they come.
		old_line 1 11.00 ready_to_send | sed 's/}$/,"migrado":false,"x":1}/' |
			try 0 volum-store || return
		same "1 $(oid 1)" "$(jq -r '"\(.x) \(.migrado._id)"' out)" || return
		old_line 1 12.00 completed | try 0 volum-store || return
		same "$(oid 1)" "$(jq -r .migrado._id out)" || return
		volum-store --list consolidacoes -e 1 >one && cmp one out || return
		try 1 omie-contract <one || return
		same divergente "$(rejected_codes | tail -n 1)"
	) && same 2 "$(created)"
}

@test 'a result or a bill that is fed by hand takes the mark of neither' {
	on_each by_hand
}

reconciled()
{
	before_us && start_omie --time-scale 60 --clients 20 || return
	bill_all && volum-store <out >/dev/null || return
	try 1 omie-contract --reconcile --competencia 2024-01 --progress never || return
	same '1 faltando
3 faltando
4 faltando' "$(jq -r 'select(.reconciliacao).reconciliacao | .empresaId + " " + .situacao' out | sort)" || return
	stop_one omie
}

@test "a contract under the earlier functions' code is told as missing, not made" {
	on_each reconciled
}

# many N: so many bills, each third of them sent.
many()
{
	seq "$1" | awk '{
		sent = $1 % 3 == 0
		printf "{\"_id\":{\"$oid\":\"65a00000000000000000%04x\"},\"competencia\":\"2024-01\",\"empresaId\":\"%d\",\"numeroProposta\":\"P\",\"valorTotal\":%d.25,\"produtos\":[{\"nome\":\"X\",\"quantidade\":3,\"valor\":%d.25}],\"status\":\"%s\"%s}\n", \
			$1, $1, $1, $1, sent ? "sent" : "completed", sent ? ",\"nCodCtr\":" $1 : ""
	}' | old consolidacoes && raw consolidacoes >before
}

# whole N: what so many bills must have become, whatever happened on the way.
whole()
{
	raw consolidacoes_antigas | cmp before - || return
	[ "$(raw consolidacoes | jq -r ._id | grep -c '^2024-01/')" = "$1" ] || return
	[ "$(found consolidacoes)" = "$1" ] && [ "$(found contratos)" = $(($1 / 3)) ] || return
	[ "$(volum-store --list historico | wc -l)" = "$1" ] || return
	volum-store --list consolidacoes | jq -c '.consolidacaoData |
		[.empresaId, .valorTotal, .status]' | sort >is
	seq "$1" | awk '{
		printf "[\"%d\",%d.25,\"%s\"]\n", $1, $1, $1 % 3 ? "completed" : "sent"
	}' | sort | cmp is - || return
	try 0 volum-store --migrate && [ ! -s out ]
}

# stalled HOOK: --apply with a reader that takes nothing, until it waits for it,
# in the middle of a page; then what HOOK says, and the reader goes on.
stalled()
{
	python3 - "$@" <<'!'
import fcntl, os, signal, struct, subprocess, sys, termios, time
ours, theirs = os.pipe()
fcntl.fcntl(theirs, 1031, 4096)  # F_SETPIPE_SZ
with open("err", "wb") as err:
    child = subprocess.Popen(["volum-store", "--migrate", "--apply"],
                             stdout=theirs, stderr=err)
os.close(theirs)
def waiting():
    return struct.unpack("i", fcntl.ioctl(ours, termios.FIONREAD, b"\0" * 4))[0]
def ended():
    return child.poll() is not None
while waiting() == 0 and not ended():
    time.sleep(0.02)
seen, since = waiting(), time.monotonic()
while time.monotonic() < since + 0.7 and not ended():
    if waiting() != seen:
        seen, since = waiting(), time.monotonic()
    time.sleep(0.05)
if sys.argv[1] == "kill":
    child.send_signal(signal.SIGKILL)
else:
    subprocess.run(sys.argv[1:], check=True)
with open("out", "wb") as out:
    while data := os.read(ours, 65536):
        out.write(data)
print(child.wait())
!
}

killed()
{
	many 220 && [ "$(stalled kill)" = -9 ] || return
	# Some are through, some are there twice, some were not looked at.
	[ "$(found consolidacoes)" -gt 220 ] || return
	[ "$(found consolidacoes_antigas)" = 100 ] || return
	refused || return
	[ "$(stalled kill)" = -9 ] && refused || return
	try 0 volum-store --migrate --apply && [ ! -s err ] && whole 220
}

@test 'killed in the middle and run again: each once, nothing lost' {
	on_each killed
}

# everyone N: each of so many bills is in consolidacoes, as it was or as ours.
everyone()
{
	same "$1" "$(raw consolidacoes | jq -r .empresaId | sort -u | wc -l)" &&
		same "$(($1 / 3))" "$(raw consolidacoes | jq -r 'select(.status == "sent") |
			.empresaId' | sort -u | wc -l)"
}

# apply_until CALL: killed at the entry of that system call.
apply_until()
{
	ASAN_OPTIONS=detect_leaks=0 "$BUILD/tool/killat" -l calls "$1" \
		volum-store --migrate --apply >/dev/null
}

# The calls behind the first half are those that talk to the server; STEP=1 looks
# at all of these.
killed_anywhere()
{
	start_mongo java || return
	many 4 && apply_until 0 || return
	local calls n at code kills=0
	read -r calls _ <calls
	for n in $(seq 1 "${STEP:-4}" 24); do
		at=$((calls / 2 + calls * n / 50))
		mongo_database "${VOLUM_DB%/*}"
		many 4 || return
		code=0
		apply_until "$at" || code=$?
		# It doesn't make as many calls each time.
		case $code in
		137) kills=$((kills + 1)) ;;
		0) ;;
		*) return 1 ;;
		esac
		everyone 4 || { echo "at $at of $calls: $code" >&2; return 1; }
		[ "$(raw consolidacoes | jq -c 'select(._id | type == "object")' | wc -l)" = 0 ] ||
			refused || return
		volum-store --migrate --apply >/dev/null && whole 4 || return
	done
	[ "$kills" -ge 3 ]
}

@test 'killed at any call: each bill is there, and known as sent where it was' {
	killed_anywhere
}

two_at_once()
{
	local a b
	many 150 || return
	volum-store --migrate --apply >one 2>err1 & a=$!
	volum-store --migrate --apply >two 2>err2 & b=$!
	wait "$a" || { cat err1 >&2; return 1; }
	wait "$b" || { cat err2 >&2; return 1; }
	[ ! -s err1 ] && [ ! -s err2 ] && whole 150
}

@test 'two at once: each once' {
	on_each two_at_once
}

# The earlier functions are still at work.
changed_meanwhile()
{
	many 120 || return
	cat >change <<!
#!/bin/sh
echo '{"update":"consolidacoes","updates":[{"q":{"_id":{"\$oid":"$(oid 100)"}},"u":{"\$set":{"status":"sent"}}}]}' |
	"$BUILD/tool/mongo_say" "$VOLUM_DB" "${VOLUM_DB##*/}"
!
	chmod +x change
	stalled ./change >code
	[ "$(tail -n 1 code)" = 75 ] || { cat code err >&2; return 1; }
	grep -q 'was changed while it was taken over' err || return
	refused || return
	try 1 volum-store --migrate --apply || return
	faults | grep -q '^0064: _id what has its key' || return
	[ "$(found consolidacoes)" = 121 ] && refused
}

@test 'one that is changed meanwhile is told, and keeps the store shut' {
	[ -z "${TEST_MONGODB_URI:-}" ] || skip 'for the servers of test/mongo'
	on_each changed_meanwhile
}

unique()
{
	old_bill 1 1 1.0 completed | old consolidacoes || return
	say '{"createIndexes":"consolidacoes","indexes":[{"key":{"empresaId":1,"competencia":1},"name":"uma","unique":true}]}' || return
	try 78 volum-store --migrate && grep -q 'index uma of consolidacoes is unique' err || return
	try 78 volum-store --migrate --apply && [ "$(found consolidacoes)" = 1 ] || return
	say '{"dropIndexes":"consolidacoes","index":"uma"}' || return
	old contratos <<<"{\"_id\":{\"\$oid\":\"$(oid 1)\"},\"nCodCtr\":1}" || return
	try 78 volum-store --migrate --apply &&
		grep -q 'contratos holds documents of the earlier functions' err || return
	[ "$(found consolidacoes)" = 1 ] && [ "$(found consolidacoes_antigas)" = 0 ]
}

@test 'a unique index and contracts of the earlier functions are named' {
	on_each unique
}

@test 'where there is nothing to take over, and options that contradict' {
	want_err='stored nothing in this kind of store' \
		expect 'SQLite' 64 volum-store --migrate
	want_err='stored nothing in this kind of store' \
		expect 'SQLite' 64 volum-store --migrate --apply
	[ ! -e "$DB" ]
	want_err='--apply goes with --migrate' expect 'alone' 64 volum-store --apply
	want_err='contradict' expect 'both' 64 volum-store --migrate --apply --dry-run
	want_err='alone' expect 'a listing' 64 volum-store --migrate --list empresas
}
