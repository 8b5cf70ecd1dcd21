#!/usr/bin/env bats
# The store in MongoDB: what holds in SQLite holds on each server that is here.

bats_require_minimum_version 1.5.0

load mongo_helper

# on_each FUNCTION: for each server, a database of its own and a folder.
on_each()
{
	local kind
	for kind in java ferret ${TEST_MONGODB_URI:+real}; do
		mkdir "$kind" && cd "$kind" || return
		export VOLUM_STATE_DIR=$PWD/state
		REJECTED=$VOLUM_STATE_DIR/rejected.ndjson
		start_mongo "$kind" || return
		"$1" || { echo "on $kind" >&2; return 1; }
		cd ..
	done
}

event()
{
	printf '{"volumetriaData":[{"idEmpresa":%s,"cobranca":{"qtdeTitulos":%s,"valorTotal":15000.00},"pixpay":{"qtdeMotoristas":50,"valorTotal":5000.00},"bolepix":{"qtdeTitulos":3,"valorTotal":9.00}}],"competencia":"2024-01","trigger":"volumetria-fetch"}\n' "$1" "$2"
}

same_again()
{
	volum-sim --companies 20 --catalog >catalog
	volum-store <catalog >first && volum-store <catalog >again || return
	cmp first again && cmp first catalog || return
	for i in $(seq 20); do event "$i" 10; done >events
	volum-store <events >priced && volum-store <events >priced2 || return
	cmp priced priced2 || return
	[ "$(volum-store --list consolidacoes | wc -l)" = 20 ] || return
	[ -z "$(volum-store --list historico)" ]
}

@test 'the same again changes nothing' {
	on_each same_again
}

there_and_back()
{
	volum-sim --companies 20 --catalog | volum-store >/dev/null || return
	for i in $(seq 20); do event "$i" "$i"; done | volum-store >bills || return
	# Names that a query language would read, and digits that a double loses.
	printf '%s\n' '{"empresa":{"empresaId":"007","$set":{"a.b":1},"x":{"$oid":"1","$date":2},"n":12345678901234567890.10,"cnpj":"00012345000100"}}' \
		>>odd
	printf '%s\n' '{"consolidacaoData":{"competencia":"2024-02","empresaId":"1-A","numeroProposta":"P/1%","valorTotal":0.10,"produtos":[{"nome":"X","quantidade":1,"valor":0.10}],"status":"completed"}}' \
		'{"consolidacaoData":{"competencia":"2024-02","empresaId":"1","numeroProposta":"P","valorTotal":9007199254740.93,"produtos":[{"nome":"X","quantidade":1,"valor":9007199254740.93}],"status":"completed"}}' >>odd
	volum-store <odd >/dev/null || return
	dump >there || return
	VOLUM_DB=sqlite:$PWD/copy.db volum-store <there >/dev/null || return
	(export VOLUM_DB=sqlite:$PWD/copy.db && dump) >copy || return
	cmp there copy || return
	mongo_database "${VOLUM_DB%/*}"
	volum-store <copy >/dev/null && dump >back && cmp copy back
}

@test 'to SQLite and back: equal dumps' {
	on_each there_and_back
}

revised()
{
	volum-sim --companies 3 --catalog | volum-store >/dev/null || return
	event 1 10 | volum-store >bill || return
	jq -c '.consolidacaoData.status = "sent"' bill | volum-store >/dev/null || return
	event 1 99 | try_store 1 || return
	[ "$(rejected_codes)" = ja_enviada ] || return
	event 1 99 | volum-store --revise >/dev/null || return
	[ "$(volum-store --list consolidacoes | jq -c '.consolidacaoData | [.status, .revisao]')" = '["ready_to_send",2]' ] || return
	[ "$(volum-store --list historico | jq -c '.historico | [.de, .para, .revisao]' | paste -sd' ')" = \
		'["completed","sent",1] ["sent","ready_to_send",2]' ]
}

try_store()
{
	local code=0
	volum-store >/dev/null 2>err || code=$?
	[ "$code" = "$1" ]
}

# by_hand UPDATE: of the one bill that is there.
by_hand()
{
	"$BUILD/tool/mongo_say" "$VOLUM_DB" "${VOLUM_DB##*/}" >said \
		<<<'{"bulk":"consolidacoes","ops":[{"q":{"empresaId":"1"},"u":'"$1"'}]}' &&
		[ "$(jq .nMatched said)" = 1 ]
}

changed_by_hand()
{
	printf '{"consolidacaoData":{"competencia":"2024-02","empresaId":"1","numeroProposta":"P","valorTotal":0.10,"produtos":[{"nome":"X","quantidade":1,"valor":0.10}],"status":"completed"}}\n' >bill
	volum-store <bill >/dev/null || return
	# Numbers as a shell writes them are numbers all the same.
	by_hand '{"$set":{"revisao":1.0,"valorTotalCentavos":10}}' || return
	volum-store <bill | cmp bill - || return
	by_hand '{"$set":{"conteudo":"{\"competencia\":\"2024-02\",\"empresaId\":\"1\",\"numeroProposta\":\"P\",\"valorTotal\":0.20,\"produtos\":[{\"nome\":\"X\",\"quantidade\":1,\"valor\":0.20}]}"}}' || return
	volum-store --list consolidacoes | grep -q 0.20 || return
	volum-store <bill | cmp bill - || return
	volum-store --list consolidacoes | cmp bill - || return
	by_hand '{"$set":{"revisao":"1"}}' || return
	want_err='consolidacoes holds a document that this program' \
		expect 'a number that is none' 78 volum-store <bill
}

@test 'what was changed by hand is seen: put right, or refused' {
	on_each changed_by_hand
}

@test 'what was sent needs --revise, and the history says so' {
	on_each revised
}

two_at_once()
{
	volum-sim --companies 200 --catalog | volum-store >/dev/null || return
	for i in $(seq 200); do event "$i" 10; done >events
	local pids=() pid
	for i in 1 2 3; do
		volum-store --rejected "r$i" <events >"o$i" 2>"e$i" &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || { cat e1 e2 e3 >&2; return 1; }
	done
	cmp o1 o2 && cmp o1 o3 || return
	[ "$(volum-store --list consolidacoes | wc -l)" = 200 ]
}

@test 'three at once store the same' {
	on_each two_at_once
}

contracts()
{
	curl -s "$OMIE_BASE/sim/contracts"
}

sent_once()
{
	start_omie --time-scale 60 --clients 20 || return
	export OMIE_SAME_CALL_WINDOW_S=1 OMIE_RATE_PER_MIN=6000 OMIE_RATE_WINDOW_S=1 OMIE_BLOCK_S=30
	volum-sim --companies 8 --catalog | volum-store >/dev/null || return
	for i in $(seq 8); do event "$i" 10; done | volum-store >bills || return
	local a b one two
	omie-contract <bills >c1 2>e1 & a=$!
	omie-contract --rejected r2 <bills >c2 2>e2 & b=$!
	one=0 two=0
	wait "$a" || one=$?
	wait "$b" || two=$?
	omie-contract <bills >c3 || return
	# Judged by Omie: who finds another's call unsettled tells its end too.
	[ "$(contracts | jq -r .nCodCli | sort)" = "$(seq 4477000001 4477000008)" ] || return
	stop_one omie
	[ "$(jq -r .contrato.acao c3 | sort -u)" = inalterado ] || return
	cat c1 c2 c3 | volum-store >/dev/null || return
	[ "$(volum-store --list consolidacoes --status sent | wc -l)" = 8 ] || return
	[ "$(volum-store --list contratos | wc -l)" = 8 ] || return
	omie-contract --verify >chain && jq -e . chain >/dev/null
}

@test 'two at once on one ledger: each contract once, the chain whole' {
	on_each sent_once
}

@test 'credentials, address and options that are wrong' {
	want_err='password does not belong on the command line' \
		expect 'argv' 64 volum-store --db 'mongodb://u:s3cr3t@127.0.0.1:1/x' --list empresas
	run ! grep -r s3cr3t err
	want_err='no database' expect 'no database' 78 \
		env VOLUM_DB=mongodb://127.0.0.1:1 volum-store --list empresas
	want_err='an option that the driver' expect 'option' 78 \
		env 'VOLUM_DB=mongodb://127.0.0.1:1/x?bogus=1' volum-store --list empresas
	want_err='127.0.0.1:1/x: can.t read' expect 'away' 75 \
		env 'VOLUM_DB=mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=200' \
		volum-store --list empresas
	printf 'mongodb://u:s3cr3t@127.0.0.1:1/x?serverSelectionTimeoutMS=200' >uri
	want_err='127.0.0.1:1/x: can.t read' expect 'from a file' 75 \
		env MONGODB_URI_FILE=uri volum-store --list empresas
	run ! grep s3cr3t err
}

@test 'a process that is killed leaves nothing of the driver behind, and it is quiet' {
	start_mongo "$(mongo_servers | head -n 1)"
	mkfifo in
	volum-store <in >out 2>err 3>&- &
	pid=$!
	exec 4>in
	volum-sim --companies 1 --catalog | head -n 1 >&4
	wait_for 20 [ -s out ]
	[ ! -e "/dev/shm/mongoc-$pid" ]
	same '' "$(cat err)"
	kill -9 "$pid"
	exec 4>&-
}
