#!/usr/bin/env bats
# W3C Trace Context: from the environment or a record, into log lines and
# requests, and on through the chain; never into the store.

bats_require_minimum_version 1.5.0
load pipe_helper

ID=4bf92f3577b34da6a3ce929d0e0e4736 OTHER=0af7651916cd43dd8448eb211c80319c
PARENT=00f067aa0ba902b7
export ID
TRACE=00-$ID-$PARENT-01

# ids FILE: the trace ids of its log lines, each with how often.
ids()
{
	jq -r '.traceId // "none"' "$1" | sort | uniq -c | awk '{ print $2 " " $1 }'
}

@test 'a trigger of a trace: in each event, log and request, not in the store' {
	start_double 200 @COMPANIES@
	printf '[{"idEmpresa":1,"cobranca":{"qtdeTitulos":3,"valorTotal":30.00},"pixpay":{"qtdeMotoristas":1,"valorTotal":5.00}}]' >double.body
	volum-sim --companies 1 --catalog | volum-store >catalog
	start_omie --clients 1
	echo "{\"competencia\":\"2024-01\",\"empresaId\":\"1\",\"traceparent\":\"$TRACE\"}" |
		volum-fetch --log fetch.log >volumes
	volum-store --log store.log <volumes >priced
	omie-contract --log omie.log <priced >sent
	volum-store <sent >stored
	for f in volumes priced sent stored; do
		same "$TRACE" "$(jq -r .traceparent $f)"
	done
	same "00-$ID 01" "$(jq -r .traceparent double.calls | sed -E 's/^(.{35})-[0-9a-f]{16}-/\1 /')"
	holds_no "$PARENT" double.calls
	dump >dumped
	holds_no "$ID" dumped
	holds_no traceparent dumped
	# The run's own lines belong to no trace.
	same 'none 2' "$(ids fetch.log)"
	# The same content of another trace is the same content.
	sed "s/$ID/$OTHER/" volumes | volum-store >again
	same "$OTHER" "$(jq -r .traceparent again | cut -d- -f 2)"
	dump | cmp dumped -
	# What is refused says of which trace it was.
	sed 's/2024-01/2024-13/' volumes | volum-store --log refused.log 2>err || :
	same "$ID 1
none 2" "$(ids refused.log)"
	same "$TRACE" "$(jq -r .registro.traceparent "$REJECTED")"
}

@test "TRACEPARENT is that of the run, and a record's own goes before it" {
	start_double 200 @COMPANIES@
	printf '{"idEmpresa":1}\n' | sed 's/.*/[&]/' >double.body
	TRACEPARENT=00-$OTHER-$PARENT-00 volum-fetch --log log --competencia 2024-01 --empresa 1 >out
	same "$OTHER 2" "$(ids log)"
	same "00-$OTHER 00" "$(jq -r .traceparent double.calls | sed -E 's/^(.{35})-[0-9a-f]{16}-/\1 /')"
	not grep traceparent out
	: >double.calls
	TRACEPARENT=00-$OTHER-$PARENT-00 volum-fetch --log log --competencia 2024-01 --empresa 1 >out2
	jq -r .traceparent double.calls >second
	rm log
	{
		echo "{\"a\":1,\"traceparent\":\"$TRACE\"}"
		echo '{"a":2}'
	} | TRACEPARENT=00-$OTHER-$PARENT-00 volum-store --log log 2>err || :
	same "$OTHER 3
$ID 1" "$(ids log | sort)"
}

@test 'what is no traceparent is ignored, and the log says so' {
	volum-sim --companies 1 --catalog >catalog
	for bad in "$TRACE-" "${TRACE^^}" '00-x y-ç-01' ''; do
		rm -f log
		want=$(cat catalog) expect "record: $bad" 0 volum-store --log log \
			< <(sed "s|}\$|,\"traceparent\":\"$bad\"}|" catalog)
		same "$(wc -l <catalog)" "$(grep -c 'WARN.*line .: traceparent is ignored' log)"
	done
	rm log
	want=$(cat catalog) expect 'a number' 0 volum-store --log log < <(sed 's|}$|,"traceparent":7}|' catalog)
	grep -q 'traceparent is ignored' log
	rm log
	want=$(cat catalog) expect 'environment' 0 env TRACEPARENT="$TRACE " volum-store --log log <catalog
	same 'TRACEPARENT is ignored, it is none' "$(jq -r 'select(.level == "WARN").message' log)"
	same 'none 3' "$(ids log)"
}
