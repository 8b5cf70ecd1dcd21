#!/usr/bin/env bats
# The four commands in their pipe, and the exit codes of all of them.

bats_require_minimum_version 1.5.0
load omie_helper

COMPANIES=20
MONTH=2024-01

# The companies in the catalogue, both services running.
start_all()
{
	start_usage --companies "$COMPANIES" --latency "${LATENCY:-0}" || return
	start_omie --time-scale 60 --clients "$COMPANIES" --error-budget 0 "$@" ||
		return
	export VOLUM_LOG=$PWD/log
	volum-sim --companies "$COMPANIES" --catalog | volum-store >catalog
	volum-store --list empresas >empresas
}

# pipe [OPTION...]: of every command; the exit codes are then in $CODES.
pipe()
{
	local status
	set +e
	volum-fetch --competencia "$MONTH" --empresas empresas "$@" 2>1.err |
		tee volumes |
		volum-store "$@" 2>2.err |
		tee consolidations |
		omie-contract "$@" 2>3.err |
		tee results |
		volum-store "$@" >kept 2>4.err
	status=("${PIPESTATUS[@]}")
	set -e
	# shellcheck disable=SC2034 # for the tests
	CODES="${status[0]} ${status[2]} ${status[4]} ${status[6]}"
}

writes()
{
	grep -cE '"call":"(Incluir|Alterar|Upsert|Excluir)' omie.calls || :
}

# Whole cents, summed by jq as whole numbers.
cents_of()
{
	jq -n "[inputs | $1 | . * 100 | round] | add // 0"
}

# sums FILE: of every file that is the store's.
sums()
{
	find "$VOLUM_STATE_DIR" -type f ! -name '*-wal' ! -name '*-shm' \
		-exec sha256sum {} + | sort -k 2
}

# all_once [MONTHS]: one contract per consolidation, and the same money.
all_once()
{
	local all=$((COMPANIES * ${1:-1}))
	volum-store --list consolidacoes >stored
	same "$all" "$(wc -l <stored)"
	same "$all" "$(contracts | wc -l)"
	same "$(jq -r '.consolidacaoData.empresaId | tonumber + 4477000000' stored | sort)" \
		"$(contracts | jq -r .nCodCli | sort)"
	same "$(cents_of .consolidacaoData.valorTotal <stored)" \
		"$(contracts | cents_of .nValTotMes)"
}

@test "20 companies through the pipe: volumes, bills, contracts, kept results" {
	start_all
	# For this one, every value is what the usage API reports.
	volum-fetch --competencia "$MONTH" --empresas empresas | jq -c '
		.volumetriaData[0] | {proposta: {esquema: 1,
		empresaId: (.idEmpresa | tostring),
		numeroProposta: "PROP-\(.idEmpresa + 100000 | tostring[1:])",
		vigencia: {inicio: "2020-01-01"},
		produtos: [keys[] | select(. != "idEmpresa") | {produto: .,
			metrica: (if . == "pixpay" then "qtde_motoristas"
				else "qtde_titulos" end), modelo: "informado"}]}}' |
		volum-store >again
	pipe
	same '0 0 0 0' "$CODES"
	for file in volumes consolidations results kept; do
		same "$file $COMPANIES" "$file $(wc -l <$file)"
	done
	same '' "$(cat ./*.err)"
	[ ! -e "$REJECTED" ]
	all_once
	cmp results kept
	same "$COMPANIES" "$(volum-store --list contratos | wc -l)"
	same sent "$(volum-store --list consolidacoes | jq -r .consolidacaoData.status | sort -u)"
	same "$(cents_of .contrato.valorTotal <results)" "$(contracts | cents_of .nValTotMes)"
	# Company by company: what the usage API said is what Omie will bill.
	same "$(jq -r '.volumetriaData[0] | [.idEmpresa + 4477000000,
		([.[] | objects | .valorTotal * 100 | round] | add)] | join(" ")' \
		volumes | sort)" \
		"$(contracts | jq -r '[.nCodCli, (.nValTotMes * 100 | round)] |
		join(" ")' | sort)"
}

@test "the pipe again: no write call, the same store to the byte" {
	start_all
	pipe
	dump >first.dump
	before=$(wc -l <omie.calls)
	history=$(volum-store --list historico | wc -l)
	pipe
	same '0 0 0 0' "$CODES"
	same inalterado "$(jq -r .contrato.acao results | sort -u)"
	dump >second.dump
	cmp first.dump second.dump
	same "$before" "$(wc -l <omie.calls)"
	same "$history" "$(volum-store --list historico | wc -l)"
	# Fed into an empty store it gives the same store.
	in_other copy volum-store <first.dump >again
	in_other copy dump >third.dump
	cmp first.dump third.dump
	all_once
}

@test "a test through the whole pipe writes nothing" {
	start_all
	pipe
	mkdir -p "$VOLUM_STATE_DIR"
	everything >stored
	files=$(find . -type f ! -name '*.err' | sort)
	sums >before
	calls=$(wc -l <omie.calls)
	for trigger in '{"test":true}' '{"competencia":"2023-12","test":true,"requestId":"t"}'; do
		volum-fetch <<<"$trigger" 2>1.err | volum-store 2>2.err |
			omie-contract 2>3.err | volum-store 2>4.err >kept
		same '' "$(cat ./*.err)"
		same "$COMPANIES" "$(grep -c planejado kept)"
		same "$COMPANIES" "$(grep -c '"test":true' kept)"
	done
	pipe --dry-run
	same '0 0 0 0' "$CODES"
	same planejado "$(jq -r .contrato.acao kept | sort -u)"
	# Another month, never seen: nothing that could be found there.
	volum-fetch --competencia 2023-11 --dry-run | volum-store --dry-run |
		omie-contract --dry-run | volum-store --dry-run >kept
	same "$COMPANIES" "$(grep -c planejado kept)"
	sums >after
	diff before after
	everything | cmp stored -
	same "$files" "$(find . -type f ! -name '*.err' ! -name before ! -name after |
		sort | grep -vE -- '-(wal|shm)$')"
	same "$calls" "$(wc -l <omie.calls)"
}

@test "a test on a machine where nothing is yet makes nothing" {
	start_usage --companies 2
	unset VOLUM_LOG
	export OMIE_APP_KEY=k OMIE_APP_SECRET=s OMIE_API_URL=http://127.0.0.1:9/
	volum-fetch --dry-run --competencia 2024-01 2>1.err |
		volum-store --dry-run --rejected 2.rejected 2>2.err |
		omie-contract --dry-run 2>3.err >out || :
	no_store
	[ ! -e "$VOLUM_STATE_DIR" ]
	same '2 proposta_desconhecida' "$(rejected_codes 2.rejected | uniq -c | xargs)"
}

@test "partial months never become contracts" {
	start_all
	volum-fetch --as-of 2026-11-24T15:00:00Z --competencia corrente >volumes
	same "$COMPANIES" "$(grep -c '"parcial":true' volumes)"
	volum-store --as-of 2026-11-24T15:00:00Z <volumes >consolidations
	try 1 omie-contract <consolidations
	[ ! -s out ]
	same parcial "$(rejected_codes | sort -u)"
	same 0 "$(writes)"
	# Nor do they under a later clock, out of the store.
	volum-store --list consolidacoes | try 1 omie-contract
	[ ! -s out ]
	same 0 "$(writes)"
}

@test "one requestId through the chain and in every log line" {
	start_all
	rm log
	volum-fetch <<<'{"competencia":"2024-01","empresaIds":[1,2,99],"requestId":"req-chain"}' \
		2>err | volum-store | omie-contract | volum-store >kept
	same req-chain "$(jq -r .requestId kept | sort -u)"
	same 2 "$(wc -l <kept)"
	same req-chain "$(jq -r .rejeitado.requestId "$REJECTED")"
	# A run of many records has an id of its own for what is of no record.
	jq -r 'select(.level == "WARN").requestId' log >ids
	same req-chain "$(sort -u ids)"
	same 4 "$(jq -r 'select(.message | test("^Finalizando")).service' log | wc -l)"
	rm log
	pipe --request-id req-run
	same req-run "$(jq -r .requestId volumes consolidations results kept log | sort -u)"
}

@test "a refused record stops nobody, and comes through when it is mended" {
	start_all
	# No proposal for 3, no customer in Omie for 5.
	take_out propostas empresaId 3
	sed -n '/^{"empresa":.*4477000005/s/4477000005/4477999999/p' catalog |
		volum-store >again
	sed '/"empresaId":"9"/s/"empresaId":"9"/"empresaId":"900"/' empresas >some
	mv some empresas
	pipe
	same '1 1 1 0' "$CODES"
	same 'omie-contract recusado volum-fetch sem_dados volum-store proposta_desconhecida' \
		"$(jq -r '.rejeitado | .comando + " " + .codigo' "$REJECTED" | sort | paste -sd' ')"
	same 17 "$(wc -l <kept)"
	volum-store <catalog >again
	mv "$REJECTED" dead
	sleep 1.1 # the window of the identical call
	grep '"comando":"volum-fetch"' dead | sed 's/"900"/"9"/' | volum-fetch >more
	{ cat more; grep '"comando":"volum-store"' dead; } | volum-store >more2
	{ cat more2; grep '"comando":"omie-contract"' dead; } | omie-contract |
		volum-store >kept2
	same 'incluido incluido incluido' "$(jq -r .contrato.acao kept2 | paste -sd' ')"
	[ ! -e "$REJECTED" ]
	all_once
}

# killed_pipe SEED: the pipe, in which one stage is killed at some moment: when
# so much has been asked of the service before it, however slow the machine is.
killed_pipe()
{
	local stage log calls pids
	RANDOM=${1#0}
	stage=$((10#$1 % 4))
	if [ "$stage" -lt 2 ]; then
		log=usage.calls calls=$((RANDOM % 5)) # of five
	else
		log=omie.calls calls=$((5 + RANDOM % 10)) # of twenty
	fi
	calls=$((calls + $(wc -l <$log)))
	rm -f a b c
	mkfifo a b c
	volum-fetch --competencia "$MONTH" --empresas empresas --batch 4 \
		>a 2>1.err 3>&- &
	pids=("$!")
	volum-store --batch 3 <a >b 2>2.err 3>&- &
	pids+=("$!")
	omie-contract --timeout 2 <b >c 2>3.err 3>&- &
	pids+=("$!")
	volum-store --batch 3 <c >kept 2>4.err 3>&- &
	pids+=("$!")
	until at_least "$calls" $log || ! kill -0 "${pids[$stage]}"; do
		sleep 0.01
	done
	sleep 0.0$((RANDOM % 4))
	kill -9 "${pids[$stage]}" || :
	for pid in "${pids[@]}"; do
		end_of "$pid"
	done
	# Whole lines only, whoever died.
	[ ! -s kept ] || jq -e .contrato kept >parsed
	same "$(contracts | jq -r .cCodIntCtr | sort)" \
		"$(contracts | jq -r .cCodIntCtr | sort -u)"
	intact
}

@test "kill -9 of each stage at any moment: exactly one contract in the end" {
	LATENCY=30 start_all --latency 10
	# Each round has a month of its own, so that there is work to be killed.
	for seed in 01 02 03 04 05 06 07 08 09 10; do
		MONTH=2025-$seed
		echo "seed $seed" # shown when it fails
		killed_pipe "$seed" 2>&1
	done
	before=$(writes)
	echo "$before contracts before the last round"
	[ "$before" -gt 0 ] # some work was done, and some was left
	[ "$before" -lt $((COMPANIES * 10)) ]
	for seed in 01 02 03 04 05 06 07 08 09 10; do
		MONTH=2025-$seed
		pipe
		same "$MONTH 0 0 0 0" "$MONTH $CODES"
	done
	all_once 10
	# Each has been told downstream, with its own id.
	same "$(contracts | jq -r '.cCodIntCtr + " " + (.nCodCtr | tostring)' | sort)" \
		"$(volum-store --list contratos | jq -r '.contrato.cCodIntCtr + " " +
		(.contrato.nCodCtr | tostring)' | sort)"
	before=$(writes)
	pipe
	same "$before" "$(writes)"
	same "$COMPANIES" "$(grep -c inalterado kept)"
}

# shown FILE: what is on the screen's last line after all that was drawn.
shown()
{
	tr '\r' '\n' <"$1" | grep . | tail -n 1
}

@test "the progress line stays while the next record is on its way" {
	volum-sim --companies 3 --catalog >catalog
	mkfifo never
	volum-store --batch 1 --progress always <never >out 2>err 3>&- &
	pid=$!
	exec 4>never
	cat catalog >&4
	wait_for 10 at_least "$(wc -l <catalog)" out
	[[ $(shown err) == 'volum-store: '[0-9]* ]]
	exec 4>&-
	end_of "$pid"
	same 0 "$CODE"
	# And is gone in the end.
	same '' "$(shown err | tr -d ' ')"
}

@test "the demo runs, and fits into 80 columns" {
	# As an installed one: the programs are in PATH.
	run -0 env -u BUILD TMPDIR="$PWD" sh "$BATS_TEST_DIRNAME/../examples/demo.sh"
	grep -q 'The second run wrote nothing' <<<"$output"
	run -1 grep -nE '.{81}' <<<"$output"
}

# --- exit codes ---

# test_of FILE WORDS: the lines of the test whose name holds the words.
test_of()
{
	WORDS=$2 awk 'index($0, "@test ") == 1 { on = index($0, ENVIRON["WORDS"]) }
		on' "$BATS_TEST_DIRNAME/$1"
}

@test "every exit code of every command has a test that produces it" {
	while IFS='|' read -r code command file words; do
		test_of "$file" "$words" | tail -n +2 |
			grep -qE "(^|[^0-9])$code([^0-9]|$)" ||
			same "$command $code" "not produced in $file: $words"
	done <<-'!'
		0|volum-fetch|volum-fetch.bats|fetch.ndjson: the companies asked for
		1|volum-fetch|volum-fetch.bats|sem_dados: refused with the trigger
		64|volum-fetch|volum-fetch.bats|options of companies that do not go together
		65|volum-fetch|volum-fetch.bats|an input that can't be read is 65
		74|volum-fetch|volum-fetch.bats|a full disk is 74
		74|volum-fetch|volum-fetch.bats|a reader that goes away is 74
		75|volum-fetch|volum-fetch.bats|a failure that stays
		75|volum-fetch|volum-fetch.bats|SIGTERM: whole lines, in order, and 75
		77|volum-fetch|volum-fetch.bats|401 ends the run with 77
		78|volum-fetch|volum-fetch.bats|what must be set, and what must not be set twice
		0|omie-contract|omie-contract.bats|contracts.ndjson: one contract
		1|omie-contract|omie-contract.bats|what is no bill, or nobody's
		64|omie-contract|omie-contract.bats|wrong options are 64
		65|omie-contract|omie-contract.bats|an input that can't be read is 65
		69|omie-contract|omie-contract.bats|425: 69 and the time
		74|omie-contract|omie-contract.bats|a full disk is 74, a reader that went away
		75|omie-contract|omie-contract.bats|SIGTERM mid-run is 75
		75|omie-contract|omie-contract.bats|nobody listens: rejected, 75
		77|omie-contract|omie-contract.bats|a wrong key ends the calls: 77
		78|omie-contract|omie-contract.bats|what must be set, and where credentials
		0|volum-store|pipe.bats|20 companies through the pipe
		1|volum-store|pipe.bats|volum-store ends with every code it has
		64|volum-store|pipe.bats|volum-store ends with every code it has
		65|volum-store|pipe.bats|volum-store ends with every code it has
		74|volum-store|pipe.bats|volum-store ends with every code it has
		75|volum-store|pipe.bats|volum-store ends with every code it has
		78|volum-store|pipe.bats|volum-store ends with every code it has
	!
}

@test "volum-store ends with every code it has" {
	# 69 and 77 are for those that talk to a service.
	volum-sim --companies 3 --catalog >catalog
	try 0 volum-store <catalog
	try 1 volum-store <<<'not json'
	try 64 volum-store --list nothing
	try 65 volum-store <.
	want_err=stdout expect full 74 sh -c 'volum-store <catalog >/dev/full'
	seq -f '{"empresa":{"empresaId":"%.0f","cnpj":"11222333000181","razaoSocial":"X"}}' \
		5000 >many
	code=0
	{ volum-store 2>err <many || echo $? >code; } | head -n 1 >first
	same 74 "$(cat code)"
	try 78 volum-store --db sqlite:/nowhere/at/all/x.db <catalog
	mkfifo never
	volum-store <never >out 2>err 3>&- &
	pid=$!
	exec 4>never
	sed 1q catalog >&4
	wait_for 10 at_least 1 out
	kill "$pid"
	end_of "$pid"
	exec 4>&-
	same 75 "$CODE"
	same 1 "$(wc -l <out)"
}

@test "the worst code wins" {
	start_usage --companies 4 --fault status-500:2
	# A company without data (1), then a batch that is not had (75).
	code=0
	volum-fetch --competencia 2024-01 --empresa 99 --empresa 1 --batch 1 \
		--jobs 1 --retries 0 >out 2>err || code=$?
	same 75 "$code"
	# Refused records (1) and a disk that is full (74).
	try 74 sh -c '{ echo no; cat; } | volum-store >/dev/full' \
		< <(volum-sim --companies 1 --catalog)
	[ -s "$REJECTED" ]
	# Refused records (1) and a denied key (77).
	start_omie --clients 1
	volum-sim --companies 1 --catalog | volum-store >catalog
	{ echo no; bill 1 1.00; } | OMIE_APP_KEY=other try 77 omie-contract
}
