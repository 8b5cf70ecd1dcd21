#!/usr/bin/env bats
# The HTTP trigger as it is run: nginx by the example's settings, fcgiwrap, and
# the pipe with both services on loopback.

bats_require_minimum_version 1.5.0
load trigger_helper

# The catalogue and the services, as volum-trigger-run finds them.
start_pipe()
{
	start_usage --companies 3
	start_omie --clients 3 --same-call-window 1
	export OMIE_SAME_CALL_WINDOW_S=1
	volum-sim --companies 3 --catalog | volum-store >catalog.out
	export VOLUM_TRIGGER_RUN=$HTTP/volum-trigger-run
}

created()
{
	jq -r .call omie.calls | grep -c IncluirContrato
}

refuses() # STATUS CODIGO PATH [CURL-OPTION...]
{
	call "$3" "${@:4}"
	[ "$STATUS $(jq -r .erro.codigo body)" = "$1 $2" ] || { cat answer; return 1; }
	grep -qix 'content-type: application/json' headers
}

@test 'a trigger becomes a contract, once' {
	start_pipe
	start_server
	mkdir metrics
	echo "VOLUM_METRICS=$PWD/metrics" >>trigger.env
	send -H 'Idempotency-Key: janeiro'
	[ "$STATUS" = 202 ]
	cp body first
	wait_for 30 ends done "$ID"
	want='[0,["volum-fetch","volum-store","omie-contract","volum-store"],[0,0,0,0],[1,1,1]]' \
		expect 'how it went' 0 jq -c '[.saida, [.etapas[].comando],
			[.etapas[].saida], [.etapas[1:][].feitos]]' body
	[ "$(jq -r .contrato.acao state/contratos.ndjson)" = incluido ]
	[ "$(jq -r .requestId state/contratos.ndjson)" = "$ID" ]
	[ "$(created)" = 1 ]
	# The same call again, and the same month by another.
	send -H 'Idempotency-Key: janeiro'
	cmp first body
	sleep 1.1 # Omie's window for an identical call
	send
	wait_for 30 ends done "$ID"
	[ "$(jq -r .contrato.acao state/contratos.ndjson | paste -sd' ')" = 'incluido inalterado' ]
	# Prometheus has seen both, beside whatever the night shift tells it.
	[ "$(grep -h '^volum_contracts_total{.*} 1$' metrics/*.prom | sort)" = \
		'volum_contracts_total{command="omie-contract",acao="inalterado"} 1
volum_contracts_total{command="omie-contract",acao="incluido"} 1' ]
	[ "$(created)" = 1 ]
	[ ! -s "state/trigger/stderr/$ID" ]
	holds_no "$TOKEN" log.ndjson access.log nginx.err fcgiwrap.err \
		state/contratos.ndjson state/trigger/*/*
}

@test 'a test writes nothing, and what is refused is told' {
	start_pipe
	start_server
	send -d '' --data-binary '{"competencia":"2024-01","empresaId":"2","test":true}'
	[ "$STATUS" = 400 ] # curl joins both by an &
	call '' -H 'Content-Type: application/json' \
		-d '{"competencia":"2024-01","empresaId":"2","test":true}'
	ID=$(jq -r .requestId body)
	wait_for 30 ends done "$ID"
	[ ! -e state/contratos.ndjson ]
	[ "$(volum-store --list consolidacoes)" = '' ]
	[ "$(created)" = 0 ]
	call '' -H 'Content-Type: application/json' \
		-d '{"competencia":"2024-01","empresaIds":["1","99"]}'
	ID=$(jq -r .requestId body)
	wait_for 30 ends failed "$ID"
	[ "$(jq -c '[.saida, .etapas[0].saida, .etapas[0].rejeitados]' body)" = '[1,1,1]' ]
	[ "$(rejected_codes state/rejected.ndjson)" = sem_dados ]
	[ "$(jq -r .rejeitado.requestId state/rejected.ndjson)" = "$ID" ]
	[ "$(jq -r .contrato.empresaId state/contratos.ndjson)" = 1 ]
}

@test 'a stage that is killed, and results that can not be kept' {
	start_pipe
	mkdir bin
	printf '#!/bin/sh\ncat >one\nkill -9 $$\n' >bin/omie-contract
	chmod +x bin/omie-contract
	# In the place of the one beside volum-trigger, which comes first in PATH.
	for name in "$BUILD"/bin/*; do
		[ -e "bin/${name##*/}" ] || ln "$name" bin || cp "$name" bin
	done
	PATH=$PWD/bin:$PATH
	post
	wait_until failed "$ID"
	want='[75,[0,0,137,0],[1,1,null,0]]' expect 'the killed one' 0 \
		jq -c '[.saida, [.etapas[].saida], [.etapas[].lidos]]' body
	rm bin/omie-contract
	cp "$BUILD/bin/omie-contract" bin
	rm -f state/contratos.ndjson
	ln -s /dev/full state/contratos.ndjson
	post
	wait_until failed "$ID"
	want='[74,[0,0,0,0]]' expect 'a full disk' 0 \
		jq -c '[.saida, [.etapas[].saida]]' body
	[ "$(created)" = 1 ] # and kept in the store
	[ -n "$(volum-store --list contratos)" ]
}

@test 'it waits for the lock of the other jobs' {
	start_pipe
	start_server
	mkdir -p state
	flock state/lock sh -c 'until [ -e go ]; do sleep 0.05; done' 3>&- &
	held=$!
	wait_for 10 sh -c '! flock -n state/lock true'
	for company in 3 1 2; do
		call '' -H 'Content-Type: application/json' \
			-d "{\"competencia\":\"2024-01\",\"empresaId\":\"$company\"}"
		[ "$STATUS" = 202 ]
		ids+=("$(jq -r .requestId body)")
	done
	sleep 0.5
	for id in "${ids[@]}"; do
		call "/$id"
		[ "$(jq -r .status body)" = queued ]
	done
	[ "$(created)" = 0 ]
	touch go
	wait "$held"
	wait_for 40 ends done "${ids[2]}"
	[ "$(jq -r .contrato.empresaId state/contratos.ndjson | paste -sd' ')" = '3 1 2' ]
	[[ "$(cat state/lock)" == 'trigger '* ]]
}

@test 'twenty at once through the server' {
	start_server
	export URL TOKEN RECORD
	for i in {1..20}; do
		echo "$((i % 2 ? i : 0))"
	done | xargs -P 20 -I{} sh -c 'curl -s -w "%{http_code}\n" -X POST \
		-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
		-H "Idempotency-Key: key-{}" -d "$RECORD" "$URL" >answer.{}.$$'
	[ "$(cat answer.* | grep -cx 202)" = 20 ]
	[ "$(grep -ho '"requestId":"[^"]*' answer.* | sort -u | wc -l)" = 11 ]
	wait_for 30 at_least 11 runs
	wait_for 20 is_idle
	[ "$(wc -l <runs)" = 11 ]
}

@test 'what is put wrong is refused, by nginx in the same form' {
	start_server
	json='Content-Type: application/json'
	AUTH='Authorization: Bearer wrong' refuses 401 token_invalido '' -H "$json" -d "$RECORD"
	grep -qix 'www-authenticate: Bearer realm="volum", error="invalid_token"' headers
	AUTH='Authorization:' refuses 401 token_invalido '' -H "$json" -d "$RECORD"
	refuses 400 json_invalido '' -H "$json" -d '{'
	refuses 422 campo_ausente '' -H "$json" -d '{"competencia":"2024-01"}'
	refuses 415 tipo_invalido '' -d "$RECORD"
	refuses 405 metodo_invalido '' -X PUT -H "$json" -d "$RECORD"
	grep -qix 'allow: POST' headers
	head -c 100000 /dev/zero >long
	refuses 413 corpo_longo '' -H "$json" --data-binary @long
	head -c 2000000 /dev/zero >longer
	refuses 413 corpo_longo '' -H "$json" --data-binary @longer
	# Without a Content-Length: nginx counts it.
	printf '%s' "$RECORD" >piece
	call '' -X POST -H Expect: -H "$json" -H 'Transfer-Encoding: chunked' -T - <piece
	[ "$STATUS" = 202 ]
	wait_for 20 ends done "$(jq -r .requestId body)"
	call "/$(jq -r .requestId body)" --head
	[ "$STATUS" = 200 ]
	refuses 404 desconhecido /../../x
	[ "$(wc -l <runs)" = 1 ]
	stop_cgi
	refuses 503 indisponivel '' -H "$json" -d "$RECORD"
	grep -qix 'retry-after: 60' headers
}

# raw FORMAT: what curl would not send; the status of the answer. In one write,
# since nginx hangs up on whoever goes on after its answer.
raw()
{
	local port=${URL#http://127.0.0.1:}
	# shellcheck disable=SC2059
	printf "$1" >raw.question
	exec 7<>"/dev/tcp/127.0.0.1/${port%%/*}"
	cat raw.question >&7
	timeout 10 head -n 1 <&7 | tr -d '\r' | cut -d' ' -f2
	exec 7<&-
}

@test 'whoever asks too often is slowed down by nginx' {
	start_server
	# By its own rate: 40 at once, ten a second.
	sed -i 's|rate=1000r/s|rate=10r/s|' site
	nginx -p "$PWD" -c "$PWD/nginx.conf" -e "$PWD/nginx.err" -s reload
	wait_for 10 is_limited
	[ "$(jq -r .erro.codigo body)" = limite ]
	grep -qix 'content-type: application/json' headers
	grep -qix 'retry-after: 1' headers
	[ ! -s runs ]
}

# is_limited: of eighty without a token some are, and the rest are told 401.
is_limited()
{
	curl -s -o nowhere -w '%{http_code}\n' "$URL/req-[1-80]" | sort -u >codes
	[ "$(paste -sd' ' codes)" = '401 429' ] || return
	call ''
	[ "$STATUS" = 429 ]
}

@test 'nothing of a question is carried out' {
	start_server
	json='Content-Type: application/json'
	for word in '$(touch pwned)' '`touch pwned`' '; touch pwned' '| touch pwned' \
		'../../../pwned' '-e pwned' '--help' "'; touch pwned; '" '%s%n' '*'; do
		jq -nc --arg w "$word" '{competencia: "2024-01", empresaId: $w, nota: $w}' >asked
		call '' -H "$json" -H "Idempotency-Key: $word" -H "X-Forwarded-For: $word" \
			--data-binary @asked
		[ "$STATUS" = 202 ]
		sent+=("$(jq -r .empresaId asked)")
	done
	wait_for 20 at_least "${#sent[@]}" runs
	# Each came through as it was, on a line of its own.
	[ "$(jq -r .empresaId runs)" = "$(printf '%s\n' "${sent[@]}")" ]
	refuses 422 campo_invalido '' -H "$json" -d '{"competencia":"2024-01","empresaId":"1\n2"}'
	refuses 400 json_invalido '' -H "$json" -d $'{"competencia":"2024-01","empresaId":"1\n2"}'
	for path in /../../../../etc/passwd /%2e%2e%2f%2e%2e%2fetc%2fpasswd \
		/req-%2e%2e%2f%2e%2e '/$(touch%20pwned)' '/x?--resume' '/;touch%20pwned' \
		/.git /req-0123456789abcdef0123456789abcdef%0a; do
		call "$path"
		[ "$STATUS" = 404 ] || [ "$STATUS" = 400 ] || { echo "$path"; cat answer; false; }
	done
	rest='Host: x\r\nConnection: close\r\n\r\n'
	auth="Authorization: Bearer $TOKEN\r\n${rest%????}"
	[ "$(raw "GET /volumetria/process/%%00 HTTP/1.1\r\n$auth\r\n")" = 400 ]
	[ "$(raw "GET /volumetria/process/req-\0 HTTP/1.1\r\n$auth\r\n")" = 400 ]
	[ "$(raw "POST /volumetria/process HTTP/1.1\r\n${auth}Idempotency-Key: a\0b\r\n\r\n")" = 400 ]
	[ "$(raw "POST /volumetria/process HTTP/1.1\r\n${auth}Content-Type: application/json\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nnope")" = 400 ]
	# Headers twice, and longer than anybody's.
	wrong='Authorization: Bearer wrong-token-here\r\n'
	unknown='GET /volumetria/process/req-0 HTTP/1.1\r\n'
	[[ "$(raw "$unknown$wrong$wrong$rest")" =~ ^40[01]$ ]]
	[[ "$(raw "$unknown$wrong$auth\r\n")" =~ ^40[014]$ ]]
	[[ "$(raw "$unknown$auth$wrong\r\n")" =~ ^40[014]$ ]]
	printf -v long '%020000d' 0
	for name in Authorization Idempotency-Key X-Other; do
		[ "$(raw "POST /volumetria/process HTTP/1.1\r\n$auth$name: $long\r\n\r\n")" = 400 ]
	done
	wait_for 20 is_idle
	[ -z "$(find . -name '*pwned*')" ]
	[ "$(wc -l <runs)" = "${#sent[@]}" ]
}

@test 'the example is what nginx and systemd take' {
	write_nginx 8080 ''
	sed -i "s|listen .*;|listen unix:$PWD/n;|" site # -t binds it
	nginx -t -p "$PWD" -c "$PWD/nginx.conf" -e "$PWD/nginx.err" 2>said || { cat said; false; }
	run ! grep -iE 'warn|emerg' said
	cp "$HTTP"/*.service "$HTTP"/*.socket .
	systemd-analyze verify --man=no ./volum-trigger.service ./volum-trigger.socket >said 2>&1 || { cat said; false; }
	[ ! -s said ] || { cat said; false; }
	systemd-analyze security --offline=yes ./volum-trigger.service 2>&1 |
		sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p' >exposure
	awk '{ print; exit !($1 < 2.0) }' exposure
	# Under ProtectSystem=strict nobody could make a temporary file otherwise.
	grep -qx PrivateTmp=yes volum-trigger.service
}
