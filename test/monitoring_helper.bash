# shellcheck shell=bash
# What is watched: a night with its metrics and its log, and what asks about it.

load omie_helper

MONITORING=$BATS_TEST_DIRNAME/../examples/monitoring

# night: companies 1 to 3, of which 3 has no proposal; metrics in m, log in log.
night()
{
	export VOLUM_LOG=$PWD/log VOLUM_METRICS=$PWD/m
	mkdir m
	start_usage --companies 3
	start_omie --time-scale 60 --clients 3
	volum-sim --companies 3 --catalog | grep -v '"empresaId":"3".*vigencia' |
		volum-store >catalog
	volum-fetch --request-id NIGHT --competencia 2024-01 --empresas <(seq 3) |
		volum-store --request-id NIGHT 2>err |
		omie-contract --request-id NIGHT >contracts
	volum-store --request-id NIGHT <contracts >stored
}

# everything: each command that keeps metrics, and each job that counts apart.
everything()
{
	export INANBETEC_API_URL=$VOLUMETRIA_API_URL INANBETEC_API_KEY=KEY
	volum-redrive --all >out 2>err || [ $? = 1 ]
	cnpj-sync --from inanbetec --to omie --all >out 2>err || [ $? = 1 ]
	volum-store --list empresas >out
	omie-contract --plan <catalog >out 2>err || [ $? = 1 ]
	# The third company has volumes and no consolidation.
	omie-contract --reconcile --competencia 2024-01 >out || [ $? = 1 ]
	omie-contract --verify --json >out
	volum-doctor --offline >out 2>err || [ $? = 78 ]
	cat m/*.prom >all.prom
	sed -nE 's/^(volum_[a-z_]+)\{.*/\1/p' all.prom | sort -u >names
	sed -nE 's/^volum_.*\{command="([^"]*)".*/\1/p' all.prom | sort -u >commands
}

# expressions FILE: what it asks Prometheus, one a line.
expressions()
{
	case $1 in
	*.json) jq -r '.. | .expr? // empty' "$1" ;;
	*.yml) grep -v '^ *#' "$1" | grep volum_ ;;
	esac
}
