#!/usr/bin/env bats
# volum-trigger as a CGI server asks it: each answer that it can give.
# test/trigger-queue.bats has what comes after it, test/trigger-server.bats nginx
# and the pipe.

bats_require_minimum_version 1.5.0
load trigger_helper

UNKNOWN=req-0123456789abcdef0123456789abcdef

@test 'a trigger is taken, run once, and its end is told' {
	post
	want="{\"requestId\":\"$ID\",\"consulta\":\"/volumetria/process/$ID\"}" \
		expect 'the answer' 0 cat body
	grep -qx 'Content-Type: application/json' headers
	grep -qx 'Cache-Control: no-store' headers
	wait_until done "$ID"
	want='["requestId","status","recebido","iniciado","terminado","tentativas","saida","etapas"]
1
0
[{"comando":"volum-fetch","saida":0,"lidos":1,"feitos":1}]' expect 'how it stands' 0 \
		jq -c 'keys_unsorted, .tentativas, .saida, .etapas' body
	[ "$(cat runs)" = "{\"competencia\":\"2024-01\",\"empresaId\":\"1\",\"trigger\":\"manual\",\"requestId\":\"$ID\"}" ]
	ask HEAD "/$ID" ''
	[ "$STATUS" = 200 ]
	[ ! -s body ]
	[ "$(find state/trigger -type f ! -perm 600)" = '' ]
	[ "$(find state/trigger -type d ! -perm 700)" = '' ]
}

@test 'an answer is the same bytes in every language, what the log of the server has is not' {
	for body in '' '{' '{"competencia":"2024-13","empresaId":"1"}'; do
		ask POST '' "$body"
		mv body english
		[ "${STATUS:0:1}" = 4 ]
		ask POST '' "$body" LC_ALL=C.UTF-8 LANGUAGE=pt_BR
		diff english body
	done
	ask POST '' "$RECORD" VOLUM_TRIGGER_TOKEN=short LC_ALL=C.UTF-8 LANGUAGE=pt_BR
	[ "$STATUS" = 503 ]
	grep -qx 'volum-trigger: VOLUM_TRIGGER_TOKEN: tem menos de 16 caracteres' err
	jq -e '.erro.mensagem | startswith("the service")' body
}

@test 'members that it does not know go along, as they came' {
	post '{ "nota":"a \u00e7 \" ; $(x) \n",
		"empresaIds":[1,"2"], "valor":1.50, "competencia":"fechada", "trigger":"portal" }'
	wait_until done "$ID"
	[ "$(cat runs)" = '{"nota":"a \u00e7 \" ; $(x) \n","empresaIds":[1,"2"],"valor":1.50,"competencia":"fechada","trigger":"portal","requestId":"'"$ID"'"}' ]
}

@test 'who has not the token is told nothing' {
	for wrong in '' Bearer 'Bearer ' "Bearer ${TOKEN}x" "Bearer ${TOKEN%?}" \
		"Basic $TOKEN" "$TOKEN" "Bearer $TOKEN "; do
		for path in '' "/$UNKNOWN" /x; do
			refused 401 token_invalido POST "$path" "$RECORD" HTTP_AUTHORIZATION="$wrong"
			grep -q '^WWW-Authenticate: Bearer realm="volum"' headers
		done
		refused 401 token_invalido GET "/$UNKNOWN" '' HTTP_AUTHORIZATION="$wrong"
		refused 401 token_invalido OPTIONS '' '' HTTP_AUTHORIZATION="$wrong"
	done
	# Of a request that there is, too.
	post
	wait_until done "$ID"
	refused 401 token_invalido GET "/$ID" '' HTTP_AUTHORIZATION='Bearer wrong'
	: >runs
	ask POST '' "$RECORD" HTTP_AUTHORIZATION="bEaRER   $TOKEN"
	[ "$STATUS" = 202 ]
	wait_until done "$(jq -r .requestId body)"
	[ "$(wc -l <runs)" = 1 ]
}

@test 'what is no trigger is refused, with what is wrong' {
	refused 400 corpo_ausente POST '' ''
	refused 400 corpo_ausente POST '' "$RECORD" CONTENT_LENGTH=
	refused 400 corpo_ausente POST '' "$RECORD" CONTENT_LENGTH=-5
	refused 400 corpo_incompleto POST '' "$RECORD" CONTENT_LENGTH=1000
	for lie in 0 +59 ' 59' 59x 0x3b 5e1 ١; do
		refused 400 corpo_ausente POST '' "$RECORD" CONTENT_LENGTH="$lie"
	done
	refused 400 json_invalido POST '' "$RECORD" CONTENT_LENGTH=10
	printf -v two '%s\n%s' "$RECORD" "$RECORD"
	for body in nope '[]' '"x"' '{"a":1,"a":1}' '{"x":[{"a":1,"\u0061":1}]}' "$two" \
		"$(printf '{"a":"\377"}')" "$RECORD,"; do
		refused 400 json_invalido POST '' "$body"
	done
	for body in '{"competencia":null,"empresaId":"1"}' '{"competencia":"2024-01"}' \
		'{"empresaId":"1"}' '{"competencia":"2024-01","empresaId":null}'; do
		refused 422 campo_ausente POST '' "$body"
	done
	for body in '{"competencia":202401,"empresaId":"1"}' \
		'{"competencia":"2024-01","empresaId":""}' \
		'{"competencia":"2024-01","empresaId":"a\nb"}' \
		'{"competencia":"2024-01","empresaId":"1\u0000"}' \
		'{"competencia":"2024-01","empresaId":1.5}' \
		'{"competencia":"2024-01","empresaIds":[]}' \
		'{"competencia":"2024-01","empresaIds":"1"}' \
		'{"competencia":"2024-01","empresaIds":[1,{}]}' \
		'{"competencia":"2024-01","empresaId":"1","empresaIds":[null]}' \
		'{"competencia":"2024-01","empresaId":"1","test":"sim"}' \
		'{"competencia":"2024-01","empresaId":"1","requestId":"req-1"}'; do
		refused 422 campo_invalido POST '' "$body"
	done
	for month in 2024-13 2024-1 3024-01 '2024-01; rm' 'auto; rm -rf' '../x'; do
		refused 422 competencia_invalida POST '' \
			"{\"competencia\":\"$month\",\"empresaId\":\"1\"}"
	done
	[ ! -s runs ]
	[ -z "$(find state/trigger -name '*req-*')" ]
}

@test 'no trigger becomes another kind of record' {
	for name in volumetriaData consolidacaoData contrato empresa proposta sync \
		plano memoria historico rejeitado registro registroBase64 httpMethod \
		body isBase64Encoded Rules; do
		refused 422 campo_invalido POST '' \
			"{\"competencia\":\"2024-01\",\"empresaId\":\"1\",\"$name\":null}"
	done
	[ ! -s runs ]
}

@test 'a question that is put wrong' {
	refused 404 desconhecido GET "/$UNKNOWN" ''
	for path in / /x /../../etc/passwd "/$UNKNOWN/" "/$UNKNOWN.x" \
		/req-../../../../../../../../etc/passwd "/${UNKNOWN^^}" "/req-*" \
		"/.$UNKNOWN" $'/req-0123456789abcdef\n'; do
		refused 404 desconhecido GET "$path" ''
	done
	post
	wait_until done "$ID"
	for name in "req-${UNKNOWN//?/z}" req-0123456789ABCDEF0123456789ABCDEF; do
		cp "state/trigger/ended/$ID" "state/trigger/ended/${name:0:36}"
		refused 404 desconhecido GET "/${name:0:36}" ''
	done
	: >runs
	for method in GET PUT DELETE OPTIONS TRACE post '' 'POST ' $'POST\nX: y'; do
		refused 405 metodo_invalido "$method" '' "$RECORD"
		grep -qx 'Allow: POST' headers
	done
	ask HEAD '' ''
	[ "$STATUS" = 405 ]
	grep -qx 'Allow: POST' headers
	[ ! -s body ]
	for method in POST PUT OPTIONS; do
		refused 405 metodo_invalido "$method" "/$UNKNOWN" "$RECORD"
		grep -qx 'Allow: GET, HEAD' headers
	done
	for type in '' text/plain application/jsonx application/x-www-form-urlencoded; do
		refused 415 tipo_invalido POST '' "$RECORD" CONTENT_TYPE="$type"
	done
	for key in '' $'a\nSet-Cookie: x' $'a\r' 'ç' "$(printf 'k%.0s' {1..256})"; do
		refused 400 chave_invalida POST '' "$RECORD" HTTP_IDEMPOTENCY_KEY="$key"
		[ "$(grep -ci cookie headers)" = 0 ]
	done
	[ ! -s runs ]
}

@test 'a body that is too long, or does not come' {
	export VOLUM_TRIGGER_MAX_BYTES=100
	printf -v long '{"competencia":"2024-01","empresaId":"1","x":"%0*d"}' 53 0
	[ "${#long}" = 101 ]
	refused 413 corpo_longo POST '' "$long"
	refused 413 corpo_longo POST '' "$RECORD" CONTENT_LENGTH=99999999999999999999999
	post "${long/0000/000}"
}

# slow [NAME=VALUE...]: RECORD is to come by standard input; $STATUS is the answer's.
slow()
{
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST CONTENT_TYPE=application/json \
		CONTENT_LENGTH="${#RECORD}" HTTP_AUTHORIZATION="Bearer $TOKEN" "$@" \
		volum-trigger >answer 2>err
	take_apart
	STATUS=$(sed -n 's/^Status: \([0-9]*\) .*/\1/p' headers)
}

@test 'a body that comes slowly is waited for, half a minute in all' {
	of_plain
	mkfifo pipe
	{ printf '%.9s' "$RECORD" && sleep 0.3 && printf '%s' "${RECORD:9}"; } >pipe 3>&- &
	slow <pipe
	[ "$STATUS" = 202 ]
	wait_until done "$(jq -r .requestId body)"
	# A piece now and then is no reason to go on; ten of its seconds are one of ours.
	exec 8<>pipe
	(while printf '%s' '{' >&8; do sleep 0.2; done) 3>&- &
	SECONDS=0
	slow LD_PRELOAD="$PLAIN/tool/warp.so" WARP=10 CONTENT_LENGTH=1000 <pipe
	kill $!
	[ "$STATUS $(jq -r .erro.codigo body)" = '408 corpo_incompleto' ]
	grep -qx 'Status: 408 Request Timeout' headers
	[ "$SECONDS" -ge 2 ]
	[ "$SECONDS" -le 4 ]
	[ "$(wc -l <runs)" = 1 ]
}

# nested OPEN CLOSE COUNT: {"x":...}, so deep.
nested()
{
	python3 -c 'import sys
o, c, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
print(chr(123) + "\"competencia\":\"2024-01\",\"empresaId\":\"1\",\"x\":" + o * n + "1" + c * n + "}")' "$@"
}

@test 'a body as deep as it may be long' {
	for pair in '[ ]' '{"x": }'; do
		# shellcheck disable=SC2086 # two words
		refused 400 json_invalido POST '' "$(nested $pair 10000)"
		refused 400 json_invalido POST '' "$(nested "${pair% *}" '' 10000)"
	done
	post "$(nested '[' ']' 20)"
	wait_until done "$ID"
}

@test 'the same key is one run, and the same answer' {
	post "$RECORD" HTTP_IDEMPOTENCY_KEY='"k 1"'
	cp body first
	wait_until done "$ID"
	for body in "$RECORD" '{ "competencia" : "2024-01", "empresaId":"1" }'; do
		post "$body" HTTP_IDEMPOTENCY_KEY='"k 1"'
		cmp body first
	done
	refused 422 chave_repetida POST '' '{"competencia":"2024-02","empresaId":"1"}' \
		HTTP_IDEMPOTENCY_KEY='"k 1"'
	post "$RECORD" HTTP_IDEMPOTENCY_KEY='"k 2"'
	run ! cmp body first
	wait_until done "$ID"
	[ "$(wc -l <runs)" = 2 ]
}

@test 'the run sees nothing of the question but the record' {
	runner <<-'!'
		echo '{}'
		cat >/dev/null
		{ env; echo "$# $*"; ls -l "/proc/$$/fd"; tr -s '\0' '\n' <"/proc/$PPID/environ"; } >seen
	!
	export VOLUM_LOG=$PWD/log.ndjson
	post "$RECORD" HTTP_IDEMPOTENCY_KEY='() { :; }; echo hi' HTTP_PROXY=http://127.0.0.1:1 \
		REDIRECT_HTTP_AUTHORIZATION="Bearer $TOKEN" QUERY_STRING='--resume' REMOTE_USER=x
	wait_until done "$ID"
	holds_no "$TOKEN" seen log.ndjson answer err "state/trigger/ended/$ID"
	run ! grep -E '^(HTTP_|REDIRECT_|QUERY|REQUEST_|CONTENT_|REMOTE_|VOLUM_TRIGGER_TOKEN=.)' seen
	grep -qx '0 ' seen
	grep -qx "VOLUM_STATE_DIR=$(realpath state)" seen
	[ "$(grep -c -- '->' seen)" -le 5 ] # 0 to 2, the script, and that of ls
	want="Gatilho recebido $ID
Iniciando gatilho $ID
Finalizando gatilho $ID" expect 'the log' 0 \
		jq -r 'select(.requestId) | "\(.message) \(.requestId)"' log.ndjson
	post '{"competencia":"2024-01","empresaId":"1","test":true}'
	wait_until done "$ID"
	grep -qx '1 --test' seen
}

@test 'the trace of the caller goes along' {
	local trace=4bf92f3577b34da6a3ce929d0e0e4736
	runner <<<'echo "{}"; echo "${TRACEPARENT-none}" >>"$RUNS"'
	export VOLUM_LOG=$PWD/log.ndjson
	post "$RECORD" HTTP_IDEMPOTENCY_KEY=k HTTP_TRACEPARENT="00-$trace-00f067aa0ba902b7-01"
	wait_until done "$ID"
	jq -e 'has("traceparent") | not' body
	# The same call again is another span.
	cp body first
	post "$RECORD" HTTP_IDEMPOTENCY_KEY=k HTTP_TRACEPARENT="00-$trace-00f067aa0ba902b8-01"
	[ "$(state_of "$ID")" = done ]
	cmp first body
	[ "$(jq -r 'select(.message == "Gatilho recebido").traceId' log.ndjson | sort -u)" = "$trace" ]
	for wrong in '' x "00-$trace-0000000000000000-01" $'00-\nx' "01-$trace-00f067aa0ba902b7-01-$(printf '%0500d' 0)"; do
		post "$RECORD" HTTP_TRACEPARENT="$wrong"
		wait_until done "$ID"
	done
	[ "$(cat runs)" = "00-$trace-00f067aa0ba902b7-01
none
none
none
none
01-$trace-00f067aa0ba902b7-01" ]
	# One worker runs what has a trace and what has none.
	runner <<<'exit 75'
	post
	without=$ID
	wait_for 20 is_idle
	runner <<<'echo "{}"'
	: >log.ndjson
	post "$RECORD" HTTP_TRACEPARENT="00-$trace-00f067aa0ba902b7-01"
	wait_until done "$ID"
	wait_for 20 is_idle
	[ "$(jq -r --arg id "$ID" 'select(.requestId == $id).traceId' log.ndjson)" = "$trace
$trace
$trace" ]
	[ "$(jq -r --arg id "$without" 'select(.requestId == $id).traceId' log.ndjson)" = 'null
null' ]
}

@test 'arguments from a CGI server are words of the caller' {
	post
	wait_until done "$ID"
	printf '' | env REQUEST_METHOD=GET PATH_INFO="/$ID" HTTP_AUTHORIZATION='Bearer x' \
		volum-trigger --resume --run /bin/true >answer
	grep -q '^Status: 401' answer
}

@test 'settings that are wrong are not told to the caller' {
	unset VOLUM_TRIGGER_TOKEN
	want_err='^volum-trigger: neither VOLUM_TRIGGER_TOKEN nor VOLUM_TRIGGER_TOKEN_FILE is set$'
	refused 503 indisponivel POST '' "$RECORD"
	grep -qE "$want_err" err
	run ! grep VOLUM body
	refused 503 indisponivel POST '' "$RECORD" VOLUM_TRIGGER_TOKEN=short
	grep -q 'shorter than 16' err
	export VOLUM_TRIGGER_TOKEN=$TOKEN
	refused 503 indisponivel POST '' "$RECORD" VOLUM_TRIGGER_RATE_PER_MIN=0
	grep -q 'VOLUM_TRIGGER_RATE_PER_MIN' err
	refused 503 indisponivel POST '' "$RECORD" VOLUM_TRIGGER_ENV_FILE="$PWD/none"
	refused 503 indisponivel POST '' "$RECORD" VOLUM_STATE_DIR=/dev/null/x
	refused 503 indisponivel POST '' "$RECORD" VOLUM_LOG=/dev/null/x
}

@test 'settings from a file, the token too' {
	unset VOLUM_TRIGGER_TOKEN VOLUM_STATE_DIR
	printf 'VOLUM_TRIGGER_TOKEN=%s\nVOLUM_STATE_DIR=%s\n' "$TOKEN" "$PWD/state" >env
	chmod 600 env
	export VOLUM_TRIGGER_ENV_FILE=$PWD/env
	post
	wait_until done "$ID"
	holds_no "$TOKEN" "state/trigger/ended/$ID" runs
}

@test 'its exit codes, started by hand' {
	want_err='started by no CGI server' expect 'nothing to do' 64 volum-trigger
	want_err='either' expect 'both' 64 volum-trigger --resume --again "$UNKNOWN"
	want_err='unknown option' expect 'no such option' 64 volum-trigger --serve
	want_err='--rate' expect 'a number' 64 volum-trigger --resume --rate x
	expect 'no state yet' 0 volum-trigger --resume
	want_err=/dev/null/x expect 'no state folder' 78 \
		env VOLUM_STATE_DIR=/dev/null/x volum-trigger --resume
	runner <<<'exit 75'
	post
	wait_for 20 is_idle
	want_err=/dev/full expect 'no room for the list' 74 \
		sh -c 'volum-trigger --resume --dry-run >/dev/full' || [ -s err ]
	want_err='no temporary file' expect 'no room for a run' 74 \
		env TMPDIR=/nowhere volum-trigger --resume
	[ "$(state_of "$ID")" = queued ]
}
