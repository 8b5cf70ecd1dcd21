#!/usr/bin/env bats
# volum-trigger killed, or held up, at its system calls: what was answered with
# 202 is run, once and whole, and nobody is left waiting.

bats_require_minimum_version 1.5.0
load trigger_helper

UNKNOWN=req-0123456789abcdef0123456789abcdef

# One request, it was run, and nothing is left over.
is_well()
{
	local room=$VOLUM_STATE_DIR/trigger
	[ -z "$(find "$room/waiting" "$room/running" -type f ! -name '.*')" ] &&
		[ "$(jq -r '"\(.requestId) \(.saida)"' "$room"/ended/*)" = "$ID 0" ] &&
		[ "$(jq -r .requestId "$RUNS" | sort -u)" = "$ID" ]
}

# ends_well CALL: with --resume, or by a worker that came before it.
ends_well()
{
	(unset GATEWAY_INTERFACE REQUEST_METHOD && volum-trigger --resume 2>err) &&
		wait_for 20 is_well &&
		wait_for 20 is_idle && return
	echo "killed at call $1"
	cat err "$RUNS"
	find "$VOLUM_STATE_DIR"
	return 1
}

# fresh CALL: a state folder of its own, since a worker may still be about.
fresh()
{
	export VOLUM_STATE_DIR=$PWD/state.$1 RUNS=$PWD/runs.$1
	: >"$RUNS"
}

told_id()
{
	sed -n 's/^{"requestId":"\([^"]*\)",.*}$/\1/p' answer
}

@test 'killed at a call, and all that it started: what was answered is run' {
	of_plain
	runner <<<'echo "{}"; cat >>"$RUNS"'
	printf '%s' "$RECORD" >question
	export GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST HTTP_IDEMPOTENCY_KEY=k \
		CONTENT_TYPE=application/json CONTENT_LENGTH=${#RECORD} \
		HTTP_AUTHORIZATION="Bearer $TOKEN"
	"$PLAIN/tool/killat" -l calls 0 volum-trigger <question >answer
	read -r all _ <calls
	[ "$all" -gt 50 ]
	answered=0
	for ((n = 1; n <= all; n += ${STEP:-4})); do
		fresh "$n"
		"$PLAIN/tool/killat" "$n" volum-trigger <question >answer 2>err || :
		ID=$(told_id)
		if [ -n "$ID" ]; then
			answered=$((answered + 1))
		else # so the caller asks again
			volum-trigger <question >answer
			ID=$(told_id)
		fi
		ends_well "$n"
	done
	[ "$answered" -ge 1 ]
	[ "$answered" -lt $((all / ${STEP:-4})) ]
}

@test 'the one who runs it killed at a call: it is run again' {
	of_plain
	runner <<<'exit 75'
	post
	wait_for 20 is_idle
	cp -R state taken
	runner <<<'echo "{}"; cat >>"$RUNS"'
	"$PLAIN/tool/killat" -l calls 0 volum-trigger --resume
	read -r all _ <calls
	broken=0
	for ((n = 60; n <= all; n += ${STEP:-8})); do
		fresh "$n"
		cp -R taken "$VOLUM_STATE_DIR"
		"$PLAIN/tool/killat" "$n" volum-trigger --resume 2>err || :
		[ ! -e "$VOLUM_STATE_DIR/trigger/running/$ID" ] || broken=$((broken + 1))
		ends_well "$n"
	done
	[ "$broken" -ge 1 ]
}

# are_left COUNT: those of the one that is held.
are_left()
{
	[ "$(workers)" = "$1" ]
}

# is_done ID
is_done()
{
	[ "$(jq .saida "$VOLUM_STATE_DIR/trigger/ended/$1")" = 0 ] ||
		{ ls -R "$VOLUM_STATE_DIR"; return 1; }
}

# comes_meanwhile FIRST EXIT: with --resume of what is in `taken` held at its last
# calls, in turn, another one comes; in $MISSED how often it left it to the other.
comes_meanwhile()
{
	local all n held resumed
	fresh "$2"
	cp -R taken "$VOLUM_STATE_DIR"
	run "-$2" "$PLAIN/tool/killat" -l calls 0 volum-trigger --resume
	read -r all _ <calls
	MISSED=0
	for ((n = all - 100; n < all; n += ${STEP:-8})); do
		fresh "$n"
		cp -R taken "$VOLUM_STATE_DIR"
		"$PLAIN/tool/killat" -h held "$n" volum-trigger --resume 2>err 3>&- &
		resumed=$!
		wait_for 20 test -e held
		held=$(workers)
		post
		wait_for 20 are_left "$held"
		[ -s "$VOLUM_STATE_DIR/trigger/ended/$ID" ] || MISSED=$((MISSED + 1))
		rm held
		wait "$resumed" || [ $? = "$2" ]
		is_done "$1" && is_done "$ID" || { echo "held at call $n of $all"; return 1; }
		rm -r "$VOLUM_STATE_DIR"
	done
	[ "$MISSED" -ge 3 ]
}

@test 'the one who runs it held at a call, while another comes: neither is left waiting' {
	of_plain
	runner <<<'exit 75'
	post
	wait_for 20 is_idle
	first=$ID
	mv state taken
	runner <<<'echo "{}"; cat >>"$RUNS"'
	comes_meanwhile "$first" 0
	# A damaged file is there to stay, and holds nobody up.
	printf '{' >"taken/trigger/waiting/00000000000000000001.$UNKNOWN"
	comes_meanwhile "$first" 65
}
