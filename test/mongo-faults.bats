#!/usr/bin/env bats
# The store in MongoDB when the server fails: what left as stored is there, once.

bats_require_minimum_version 1.5.0

load mongo_helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	export VOLUM_STATE_DIR=$PWD/state
	REJECTED=$VOLUM_STATE_DIR/rejected.ndjson
}

# stub [OPTION...]: VOLUM_DB is a database of a server that fails on request.
stub()
{
	[ -x "$BUILD/tool/mongo-stub" ] || skip "MongoDB's C driver is not installed"
	launch stub "$BUILD/tool/mongo-stub" --log log "$@" || return
	local base=${ADDRESS%%\?*} options=
	case $ADDRESS in *\?*) options=${ADDRESS#*\?}'&' ;; esac
	export VOLUM_DB="${base%/}/t?${options}socketTimeoutMS=1000&serverSelectionTimeoutMS=3000"
}

# bills STATUS: of companies 1 to 3.
bills()
{
	local i
	for i in 1 2 3; do
		printf '{"consolidacaoData":{"competencia":"2024-01","empresaId":"%s","numeroProposta":"P","valorTotal":%s.10,"produtos":[{"nome":"X","quantidade":1,"valor":%s.10}],"status":"%s"}}\n' \
			$i $i $i "$1"
	done
}

# whole FAULT: with it, three bills are stored and then sent, each once, and the
# history says so once.
whole()
{
	mkdir "$1" && cd "$1" || return
	stub --fault "$2" ${3:+"$3"} || return
	bills completed >new && bills sent >sent
	volum-store <new >out && cmp new out || return
	volum-store <sent >out && cmp sent out || return
	volum-store --list consolidacoes >out && cmp sent out || return
	[ "$(volum-store --list historico | jq -c '[.historico | .empresaId, .de, .para]' | paste -sd' ')" = \
		'["1","completed","sent"] ["2","completed","sent"] ["3","completed","sent"]' ] || return
	stop_all && cd ..
}

@test 'an answer is lost, or the server is another: stored once' {
	local fault
	for fault in duplicate hangup-before hangup-after not-primary timeout-after \
		write-concern-error; do
		whole "insert-$fault" "insert:2:$fault" "insert:3:$fault" || { echo "insert $fault" >&2; return 1; }
		# A change that is refused as taken is no answer of a server.
		[ "$fault" != duplicate ] || continue
		# Twice: the driver itself asks once more.
		whole "update-$fault" "update:1:$fault" "update:2:$fault" ||
			{ echo "update $fault" >&2; return 1; }
	done
}

@test 'the server refuses: the exit code says why, nothing is claimed' {
	local row
	for row in 'auth-failed 77' 'unauthorised 77' 'full-disk 74'; do
		# shellcheck disable=SC2086 # two words
		set -- $row
		mkdir "$1" && cd "$1"
		stub --fault "insert:2:$1"
		want_err='line' expect "$1" "$2" volum-store <<<"$(bills completed)"
		run ! grep -E 'dup key|empresaId' err
		stop_all
		cd ..
	done
}

# asked LINES: what of the store is asked for, in order, when they come in.
asked()
{
	: >log
	volum-store <"$1" >out 2>err || return
	jq -r 'select(.command == "find" or .command == "getMore") | .collection' log |
		tail -n +3 | paste -sd' ' # behind what every run asks first
}

@test 'a batch asks once, and for nothing that it does not need' {
	stub
	seq 1500 | awk '{ printf "{\"consolidacaoData\":{\"competencia\":\"2024-01\",\"empresaId\":\"%d\",\"numeroProposta\":\"P\",\"valorTotal\":0.10,\"produtos\":[{\"nome\":\"Cobrança Bancária\",\"quantidade\":1,\"valor\":0.10}],\"status\":\"completed\"}}\n", $1 }' >bills
	volum-store <bills >first
	# Three batches, and the first line alone: with it the store is opened.
	[ "$(asked bills)" = 'consolidacoes consolidacoes consolidacoes consolidacoes' ]
	cmp first out
}

@test 'whether proposals have changed is asked before they are read' {
	stub
	volum-sim --companies 2 --catalog | volum-store >catalog
	printf '{"volumetriaData":[{"idEmpresa":1,"cobranca":{"qtdeTitulos":10,"valorTotal":15.00},"pixpay":{"qtdeMotoristas":50,"valorTotal":5.00},"bolepix":{"qtdeTitulos":3,"valorTotal":9.00}}],"competencia":"2024-01"}\n' >volumes
	volum-store <volumes >/dev/null
	volum-store --list memorias --competencia 2024-01 >memos
	[ -s memos ]
	grep '"proposta"' catalog >proposals
	[ "$(asked volumes)" = 'comuns propostas volumetria consolidacoes' ]
	[ "$(asked proposals)" = 'comuns propostas propostas' ]
	[ "$(asked memos)" = 'comuns consolidacoes propostas propostas_antigas' ]
}

# many N: so many bills of a month.
many()
{
	seq "$1" | awk '{
		printf "{\"consolidacaoData\":{\"competencia\":\"2024-01\",\"empresaId\":\"%03d\",\"numeroProposta\":\"P\",\"valorTotal\":0.10,\"produtos\":[{\"nome\":\"X\",\"quantidade\":1,\"valor\":0.10}],\"status\":\"completed\"}}\n", $1
	}'
}

@test 'the server goes away between two pages of a listing: it goes on behind the last' {
	stub --fault getMore:1:hangup-before --fault getMore:2:hangup-after \
		--fault find:9:not-primary
	many 700 >in
	volum-store <in >out
	cmp in out
	volum-store --list consolidacoes >listed
	cmp in listed
	[ "$(jq -s 'map(select(.command == "getMore" and .fault != null)) | length' log)" = 2 ]
}

# A ledger of 230 lines, made by omie-contract in SQLite, put into the stub.
a_ledger()
{
	local OMIE_SAME_CALL_WINDOW_S=1 OMIE_RATE_PER_MIN=60000 OMIE_IP_RATE_PER_MIN=60000
	export OMIE_SAME_CALL_WINDOW_S OMIE_RATE_PER_MIN OMIE_IP_RATE_PER_MIN
	export VOLUM_DB=sqlite:$PWD/made.db
	start_omie --clients 115 --time-scale 60 --rate 0 --ip-rate 0 || return
	volum-sim --companies 115 --catalog | volum-store >catalog
	many 115 | jq -c '.consolidacaoData.empresaId |= (tonumber | tostring)' |
		omie-contract --as-of 2026-11-24T15:00:00Z >made || return
	omie-contract --verify --json >chain
	sqlite3 -json made.db 'SELECT seq AS _id, * FROM lancamentos ORDER BY seq' |
		python3 -c '
import json, sys
for row in json.load(sys.stdin):
    del row["seq"]
    for name, value in row.items():
        if name in ("quando", "prazo"):
            row[name] = {"$date": {"$numberLong": str(value)}}
        elif isinstance(value, int):
            row[name] = {"$numberLong": str(value)}
    print(json.dumps({"insert": "lancamentos", "documents": [row]}))' >lines
	stop_all
}

@test 'the server goes away between two pages of the ledger: its chain is read whole' {
	local fault
	a_ledger
	same '[true,230]' "$(jq -c '.cadeia | [.integra, .lancamentos]' chain)"
	for fault in hangup-before hangup-after not-primary; do
		# The driver asks once more by itself.
		stub --fault 'getMore:*:hangup-before' --fault find:3:$fault --fault find:4:$fault
		"$BUILD/tool/mongo_say" "$VOLUM_DB" t <lines >said
		omie-contract --verify --json >out
		cmp chain out
		jq -es 'map(select(.command == "find" and .fault != null)) | length == 2' log
		stop_all
		rm log
	done
	# What is no line of ours is seen behind them all.
	stub
	echo '{"insert":"lancamentos","documents":[{"_id":{"$oid":"65a000000000000000000001"}}]}' >>lines
	"$BUILD/tool/mongo_say" "$VOLUM_DB" t <lines >said
	want=$(jq -c '.cadeia.integra = false | .cadeia.ilegivelDepoisDe = 230' chain) \
		want_err="lancamentos holds a document that this program didn't write" \
		expect 'a foreign one' 1 omie-contract --verify --json
}

@test 'FerretDB is killed in the middle of a load: all that left is there' {
	mongo_skip_or_fail ferret
	start_mongo ferret
	local i place=$BATS_FILE_TMPDIR/mongo-ferret code=0
	for i in $(seq "${LOAD:-600}"); do
		printf '{"consolidacaoData":{"competencia":"2024-01","empresaId":"%s","numeroProposta":"P","valorTotal":0.10,"produtos":[{"nome":"X","quantidade":1,"valor":0.10}],"status":"completed"}}\n' "$i"
	done >load
	volum-store --batch 20 <load >out 2>err &
	local pid=$!
	wait_for 20 at_least 100 out
	kill_mongo ferret
	cp out early
	again_mongo ferret
	wait $pid || code=$?
	[ "$code" = 0 ] || { cat err; return 1; }
	cmp load out
	[ "$(wc -l <early)" -lt "${LOAD:-600}" ]
	volum-store --list consolidacoes | sort >there
	sort load | cmp - there
}
