# shellcheck shell=bash
# What the tests of volum-trigger share: questions without and with nginx, and a
# program in the place of the pipe.

load pipe_helper

TOKEN=t0ken-of-the-trigger
RECORD='{"competencia":"2024-01","empresaId":"1"}'
HTTP=$BATS_TEST_DIRNAME/../examples/http

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	export VOLUM_STATE_DIR=$PWD/state RUNS=$PWD/runs
	export VOLUM_TRIGGER_TOKEN=$TOKEN VOLUM_TRIGGER_RUN=$PWD/runner
	# Nobody else sees what the sanitizers say of those who work detached.
	export ASAN_OPTIONS=log_path=$PWD/sanitizer UBSAN_OPTIONS=log_path=$PWD/sanitizer
	: >runs
	runner <<-'!'
		echo '{"comecou":true}'
		cat >>"$RUNS"
		echo '{"comando":"volum-fetch","saida":0,"lidos":1,"feitos":1}'
	!
}

teardown()
{
	local said
	[ -z "${NGINX:-}" ] || stop_server
	[ ! -d state/trigger ] || wait_for 20 is_idle
	rm -rf "${MEMORY:-nothing}"
	stop_all || return
	for said in sanitizer.*; do
		[ ! -e "$said" ] || { cat "$said"; return 1; }
	done
	! grep -lE 'Sanitizer|runtime error:' err ./*.err 2>/dev/null
}

# runner <SCRIPT: what runs in the place of the pipe.
runner()
{
	{ echo '#!/bin/sh'; cat; } >runner.new
	chmod 755 runner.new
	mv runner.new runner
}

# take_apart: the answer of a CGI program or of curl --include.
take_apart()
{
	tr -d '\r' <answer | sed '/^$/,$d' >headers
	tr -d '\r' <answer | sed '1,/^$/d' >body
}

# ask METHOD PATH BODY [NAME=VALUE...]: as a CGI server asks; variables that are
# given last win. Then $STATUS, `headers` and `body` are the answer.
ask()
{
	local method=$1 path=$2 body=$3
	shift 3
	printf '%s' "$body" >question
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD="$method" PATH_INFO="$path" \
		CONTENT_LENGTH="$(wc -c <question)" CONTENT_TYPE=application/json \
		HTTP_AUTHORIZATION="Bearer $TOKEN" "$@" \
		volum-trigger >answer 2>err <question
	take_apart
	STATUS=$(sed -n 's/^Status: \([0-9]*\) .*/\1/p' headers)
}

# post [BODY [NAME=VALUE...]]: a trigger that is taken; its id is in $ID.
post()
{
	ask POST '' "${1:-$RECORD}" "${@:2}"
	[ "$STATUS" = 202 ] || { cat answer; return 1; }
	ID=$(jq -r .requestId body)
}

# refused STATUS CODIGO METHOD PATH BODY [NAME=VALUE...]
refused()
{
	local status=$1 word=$2
	shift 2
	ask "$@"
	[ "$STATUS $(jq -r .erro.codigo body)" = "$status $word" ] ||
		{ echo "expected $status $word: $*"; cat answer err; return 1; }
	jq -e '.erro.mensagem | length > 5' body >/dev/null
	! grep -rqF -- "$TOKEN" answer err || return
}

# state_of ID: its status, for which `body` then has the whole of it.
state_of()
{
	ask GET "/$1" ''
	jq -r .status body
}

is()
{
	[ "$(state_of "$2")" = "$1" ]
}

# wait_until STATUS ID
wait_until()
{
	wait_for 20 is "$1" "$2" || { cat body; return 1; }
}

# workers: how many of volum-trigger there are of this test. Whoever tried their
# lock instead would keep one away that is about to take it.
workers()
{
	local process count=0
	for process in $(grep -lsx volum-trigger /proc/[0-9]*/comm); do
		! grep -qszxF "BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR" "${process%comm}environ" ||
			count=$((count + 1))
	done
	echo "$count"
}

# is_idle: nobody works in the background any more.
is_idle()
{
	[ "$(workers)" = 0 ]
}

# of_plain: the programs without the sanitizers, whose calls are their own.
of_plain()
{
	PLAIN=$(cd "$BATS_TEST_DIRNAME/.." && cd "${PLAIN:-$BUILD}" && pwd)
	! grep -q __asan_init "$PLAIN/bin/volum-trigger" ||
		skip "only the sanitizer's programs are built: give PLAIN=DIRECTORY"
	PATH=$PLAIN/bin:$PATH
}

# start_server: nginx with the example's settings, and fcgiwrap; $URL. The port
# may be somebody else's by the time that nginx wants it, so a few are tried.
start_server()
{
	local port user=''
	printf '%s' "$TOKEN" >token
	cat >trigger.env <<-!
		VOLUM_TRIGGER_TOKEN_FILE=$PWD/token
		VOLUM_TRIGGER_RATE_PER_MIN=500
		VOLUM_LOG=$PWD/log.ndjson
	!
	chmod 600 trigger.env token
	unset VOLUM_TRIGGER_TOKEN
	[ "$(id -u)" -ne 0 ] || user="user $(id -un);"
	# A group of its own: those that it forks outlive it otherwise.
	setsid fcgiwrap -c 4 -s "unix:$PWD/s" 2>fcgiwrap.err 3>&- &
	SERVERS=$!
	wait_for 10 test -S s
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		URL=http://127.0.0.1:$port/volumetria/process
		write_nginx "$port" "$user"
		nginx -p "$PWD" -c "$PWD/nginx.conf" -e "$PWD/nginx.err" 3>&- &
		NGINX=$!
		wait_for 10 answers "$NGINX" && return
	done
	return 1
}

answers()
{
	kill -0 "$1" 2>/dev/null && curl -s -o nowhere "$URL"
}

# write_nginx PORT USER: nginx.conf, around the example.
write_nginx()
{
	mkdir -p tmp
	sed "s|listen .*;|listen 127.0.0.1:$1;|
		s|/usr/local/bin/volum-trigger|$BUILD/bin/volum-trigger|
		s|/etc/volum/volum.env|$PWD/trigger.env|
		s|unix:/run/volum-trigger.sock|unix:$PWD/s|
		s|rate=10r/s|rate=1000r/s|" "$HTTP/volum-trigger.nginx" >site
	cat >nginx.conf <<-!
		$2 daemon off; pid $PWD/nginx.pid; error_log $PWD/nginx.err;
		events {}
		http {
			access_log $PWD/access.log;
			client_body_temp_path tmp/body; fastcgi_temp_path tmp/fastcgi;
			proxy_temp_path tmp/proxy; uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
			include $PWD/site;
		}
	!
}

stop_server()
{
	kill "$NGINX" 2>/dev/null || :
	wait "$NGINX" 2>/dev/null || :
	stop_cgi
}

stop_cgi()
{
	kill -- "-$SERVERS" 2>/dev/null || :
	wait "$SERVERS" 2>/dev/null || :
}

# call PATH [CURL-OPTION...]: through nginx; answer as of ask(). $AUTH takes the
# place of the right header.
call()
{
	curl -s --include --path-as-is --max-time 30 \
		-H "${AUTH-Authorization: Bearer $TOKEN}" "$URL$1" "${@:2}" >answer
	take_apart
	STATUS=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' headers)
}

# send [CURL-OPTION...]: RECORD, through nginx.
send()
{
	call '' -H 'Content-Type: application/json' -d "$RECORD" "$@"
	ID=$(jq -r '.requestId // empty' body)
}

# ends STATUS ID: as is(), through nginx.
ends()
{
	call "/$2"
	[ "$(jq -r .status body)" = "$1" ]
}
