#!/bin/sh
# What many write first: naive.sh FILE sends each line of FILE, a whole request,
# and sends it again until an id comes back or Omie says that the contract is
# there already. It keeps no ledger.
tries=3
status=0
while read -r request; do
	left=$tries
	while [ "$left" -gt 0 ]; do
		left=$((left - 1))
		printf '%s' "$request" |
			curl -s --max-time 90 --data-binary @- \
				-H 'Content-Type: application/json' \
				"${OMIE_API_URL}servicos/contrato/" |
			grep -Eqi 'nCodCtr":"?[1-9]|j(a|.u00e1) cadastrado' &&
			continue 2
	done
	status=75
done <"$1"
exit "$status"
