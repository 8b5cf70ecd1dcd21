# shellcheck shell=bash
# What the tests of omie-contract share: Omie on loopback, bills, the ledger.
#
# Simulated time runs 60 times as fast as ours, so a window of 60 s there is 1 s
# here: the rules are all in force, the waits are short. Only the waits that the
# simulator states ("Aguarde 58 segundos") are as long as they sound.

load pipe_helper

export OMIE_SAME_CALL_WINDOW_S=1 OMIE_BLOCK_S=30 OMIE_RATE_PER_MIN=6000
export OMIE_RATE_WINDOW_S=1 OMIE_IP_RATE_PER_MIN=24000

# start_new [OPTION...]: Omie with 20 customers, and a store that knows them.
start_new()
{
	start_omie --time-scale 60 --clients 20 "$@" || return
	volum-sim --companies 20 --catalog | volum-store >catalog
}

# start [OPTION...]: the same, with a known account.
start()
{
	start_new "$@" && know_account
}

# know_account: the ledger has a contract of last year, so that Omie need not be
# listed first.
know_account()
{
	local host=${OMIE_API_URL#*://}
	jq -nc --arg account "$(printf '%s\n%s' "${host%%/*}" "$OMIE_APP_KEY" |
		sha256sum | cut -c1-16)" '{seq: 1, conta: $account,
		cCodIntCtr: "2301-000000000000000", competencia: "2023-01",
		empresaId: "0", numeroProposta: "P", evento: "confirmado",
		chamada: "", conteudoHash: "", contratoHash: "", nCodCtr: 7,
		valorTotalCentavos: 100, revisao: 1, quando: 0, prazo: 0,
		requestId: "", detalhe: "", contrato: "", elo: ""}' | write_ledger
}

# bill ID TOTAL [MEMBERS]: a consolidation.
bill()
{
	printf '{"consolidacaoData":{"competencia":"2024-01","empresaId":"%s","numeroProposta":"PROP-%s","valorTotal":%s,"produtos":[{"nome":"Cobrança Bancária","quantidade":3,"valor":%s}],"status":"completed"},"trigger":"data-processed"%s}\n' \
		"$1" "$1" "$2" "$2" "${3:+,$3}"
}

# bills N: one each for the companies 1 to N.
bills()
{
	local i
	for i in $(seq "$1"); do
		bill "$i" "$i.10"
	done
}

contract()
{
	omie-contract --as-of 2026-11-24T15:00:00Z "$@"
}

# try WANT COMMAND...: its exit code is WANT; output in out and err.
try()
{
	local want=$1 code=0
	shift
	"$@" >out 2>err || code=$?
	[ "$want" = "$code" ] && return
	echo "exit $code, not $want: $(cat err)" >&2
	return 1
}

contracts()
{
	curl -s "$OMIE_BASE/sim/contracts"
}

# control PATH BODY: a request to the simulator itself.
control()
{
	curl -sf -d "$2" "$OMIE_BASE/sim/$1" >/dev/null
}

# The methods called, in their order, on one line.
calls()
{
	jq -r '.call // empty' omie.calls | paste -sd' '
}

actions()
{
	jq -r .contrato.acao out | paste -sd' '
}

# The ledger's events of company $1, on one line.
ledger()
{
	kept lancamentos | jq -r --arg id "$1" 'select(.empresaId == $id).evento' |
		paste -sd' '
}

# once N: Omie has one contract each of the companies 1 to N, with its total.
once()
{
	same "$(for i in $(seq "$1"); do echo "$((4477000000 + i)) $i.1"; done)" \
		"$(contracts | jq -r '[.nCodCli, .nValTotMes] | join(" ")' | sort)"
}

# side_by_side CASE...: runs `one CASE` in a folder and a subshell each.
side_by_side()
{
	local case pids=() bad=0 i=0
	for case in "$@"; do
		mkdir "$case"
		(
			set -e
			cd "$case"
			export VOLUM_STATE_DIR=$PWD/state
			DB=$VOLUM_STATE_DIR/volum.db
			REJECTED=$VOLUM_STATE_DIR/rejected.ndjson
			[ -z "${STORE:-}" ] || VOLUM_DB=$(other "${case//[^a-z0-9]/-}")
			one "$case"
			stop_all
		) >"$case.out" 2>"$case.err" 3>&- &
		pids+=("$!")
	done
	for case in "$@"; do
		if ! wait "${pids[$i]}"; then
			printf '%s:\n' "$case"
			cat "$case.out" "$case.err"
			bad=1
		fi
		i=$((i + 1))
	done >&2
	# What a failed one has left running.
	for case in "$@"; do
		[ "$bad" = 0 ] || kill "$(cat "$case/omie.pid")" 2>/dev/null || :
	done
	return "$bad"
}

# type_contract CODE CUSTOMER AMOUNT [HEAD]: somebody types one at the screen.
type_contract()
{
	control contract-edit "{\"set\":{\"cabecalho\":{\"cCodIntCtr\":\"$1\",
		\"nCodCli\":$2${4:+,$4}},\"itensContrato\":[{\"itemCabecalho\":{
		\"quant\":1,\"valorUnit\":$3,\"natOperacao\":\"01\",
		\"codServMunic\":\"0620\",\"codLC116\":\"1.06\"}}]}}"
}

# edit_contract NUMBER HEAD: and changes the NUMBER-th.
edit_contract()
{
	control contract-edit "{\"nCodCtr\":$((7700000000 + $1)),\"set\":{\"cabecalho\":{$2}}}"
}

# made N: N contracts, sent and stored.
made()
{
	bills "$1" | volum-store >todo && contract <todo >results &&
		volum-store <results >stored
}
