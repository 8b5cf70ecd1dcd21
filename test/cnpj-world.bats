# shellcheck shell=bash disable=SC2154,SC2034
# Many companies at once, and both sides edited for a long time.

load cnpj_helper

PLAIN=$(cd "${PLAIN:-$BUILD}" && pwd)
WORLD="python3 -B $BATS_TEST_DIRNAME/sync_world.py"

# MANY companies, 10,000 by make check-sync.
@test 'what becomes of many companies is what the generator says' {
	$WORLD make 20261126 "${MANY:-500}"
	start_companies --companies 0 --company-data data.ndjson
	start_omie --rate 0 --ip-rate 0 --time-scale 60
	$WORLD load "$OMIE_BASE"
	export OMIE_RATE_PER_MIN=60000 OMIE_IP_RATE_PER_MIN=60000
	: >omie.calls
	try 1 to_omie --all --quiet
	$WORLD judge out "$REJECTED"
	[ "$(grep -c '"call":"ListarClientes"' omie.calls)" -le \
		"$((${MANY:-500} / 120 + 2))" ]
	[ "$(jq -r '.fault // empty' omie.calls | wc -l)" = 0 ]
	writes >made
	cat made
	# Again, and the other way, right after: nothing is written.
	cp out first
	mv "$REJECTED" refused
	try 1 to_omie --all --quiet
	[ -z "$(writes)" ]
	[ "$(jq -r .rejeitado.codigo refused | sort | uniq -c)" = \
		"$(jq -r .rejeitado.codigo "$REJECTED" | sort | uniq -c)" ]
	try 1 to_inanbetec --all --quiet
	[ -z "$(writes)" ]
	[ -z "$(patches)" ]
	[ "$(jq -r '.fault // empty' omie.calls | wc -l)" = 0 ]
}

@test 'both sides edited at random, and runs that are killed' {
	export OMIE_SAME_CALL_WINDOW_S=0 OMIE_RATE_PER_MIN=60000
	export OMIE_IP_RATE_PER_MIN=60000
	start_both 0 0 --rate 0 --ip-rate 0 --same-call-window 0 --error-budget 0
	python3 -B "$BATS_TEST_DIRNAME/sync_rounds.py" "${SEED:-1}" \
		"${ROUNDS:-12}" 12
}

kill_everywhere()
{
	! grep -q __asan_init "$PLAIN/bin/cnpj-sync" ||
		skip "only the sanitizer's programs are built: give PLAIN=DIRECTORY"
	python3 -B "$BATS_TEST_DIRNAME/sync_kill.py" "$PLAIN" "${STEP:-60}" "$1"
}

# Each STEP-th call, the first and each other by make check-sync.
@test 'killed at any system call: no customer twice, none missing' {
	kill_everywhere omie
}

@test 'killed at any system call: no company twice, no change lost' {
	kill_everywhere inanbetec
}
