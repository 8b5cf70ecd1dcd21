#!/bin/sh
# redrive.sh FILE [OPTION...]: feeds rejected lines back in, each to the command
# that refused it, and on from there. OPTIONs (--env-file, --db) go to every
# command. FILE is moved aside first, because what is refused again goes into a
# new one; the old one stays as FILE.TIME. Lines are taken as they are: jq would
# rewrite their numbers.
set -u

file=${1:?'usage: redrive.sh FILE [OPTION...]'}
shift
[ -s "$file" ] || exit 0
old=$file.$(date +%Y%m%dT%H%M%S)
mv "$file" "$old" || exit
VOLUM_REJECTED=$file
export VOLUM_REJECTED

of() { # of COMMAND: its lines
	grep "^{\"rejeitado\":{\"comando\":\"$1\"," "$old" || :
}
billed() { # billed [-v]: what omie-contract reads, or the rest
	grep "$@" -e '"volumetriaData":' -e '"consolidacaoData":' || :
}
bill() {
	omie-contract "$@" | volum-store "$@"
}

# The catalogue first: what waits for a company or a proposal finds it then.
of volum-store | billed -v | volum-store "$@"
of volum-fetch | volum-fetch "$@" | volum-store "$@" | bill "$@"
of volum-store | billed | volum-store "$@" | bill "$@"
of omie-contract | bill "$@"
# Which way a company was to go its line doesn't say: they stay for cnpj-sync.
of cnpj-sync >>"$file"
[ ! -s "$file" ]
