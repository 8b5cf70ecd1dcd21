# What volum-doctor finds, by service, setting and file.

load pipe_helper

# What the check NAME found: "status what".
found()
{
	jq -r --arg name "$1" 'select(.check == $name) | .status + " " + .what' out
}

start_both()
{
	export INANBETEC_API_KEY=k3y-of-the-companies
	start_usage --companies 3 "$@"
	export INANBETEC_API_URL=$ADDRESS
	start_omie --clients 3 --redundancy off
	export OMIE_SAME_CALL_WINDOW_S=0 # each test asks several times
}

# doctor EXIT OPTION...: records in `out`.
doctor()
{
	local want=$1 got=0
	shift
	volum-doctor --json "$@" >out 2>err || got=$?
	cat out err
	[ "$got" -eq "$want" ]
}

@test "nothing is set: every variable is named, nothing is made" {
	local name
	unset VOLUMETRIA_API_TOKEN VOLUMETRIA_API_URL
	doctor 78
	[ ! -s err ]
	for name in VOLUMETRIA_API_URL VOLUMETRIA_API_TOKEN INANBETEC_API_URL \
		INANBETEC_API_KEY OMIE_APP_KEY OMIE_APP_SECRET; do
		[ "$(found "$name")" = 'fail not set' ]
		jq -r --arg n "$name" 'select(.check == $n).advice' out |
			grep -q "^e\.g\. $name"
	done
	[ "$(found omie)" = 'skip not configured, see above' ]
	[ ! -e "$VOLUM_STATE_DIR" ]
}

@test "all fine: each service is asked once, no secret is shown" {
	start_both
	mkdir -m 700 "$VOLUM_STATE_DIR"
	doctor 0
	[ -z "$(jq -r 'select(.status != "ok")' out)" ]
	[[ $(found omie) == 'ok answers, key accepted, '* ]]
	[ "$(wc -l <omie.calls)" -eq 1 ]
	[ "$(wc -l <usage.calls)" -eq 2 ]
	doctor 0
	[ ! -e "$DB" ]
	volum-doctor >text
	grep -q '^ok    omie  *answers' text
	holds_no "$OMIE_APP_SECRET" out text err
	holds_no "$VOLUMETRIA_API_TOKEN" out text err
	holds_no "$INANBETEC_API_KEY" out text err
}

@test "--offline calls nothing" {
	start_both
	doctor 0 --offline
	[ "$(found omie)" = 'skip --offline' ]
	[ ! -s omie.calls ]
	[ ! -s usage.calls ]
}

@test "a wrong secret: 77; a service that is away: 75" {
	start_both
	OMIE_APP_SECRET=wr0ng doctor 77
	[[ $(found omie) == 'fail '* ]]
	holds_no wr0ng out err
	VOLUMETRIA_API_TOKEN=wr0ng doctor 77
	[[ $(found 'usage API') == 'fail answers, but refuses the key'* ]]
	VOLUMETRIA_API_URL=http://127.0.0.1:1/ doctor 75
	[[ $(found 'usage API') == 'fail no answer'* ]]
}

@test "locked out: 69, until when, and no call" {
	start_both
	stop_one omie
	start_omie --fault block-425:ListarClientes:1
	doctor 69
	: >omie.calls
	doctor 69
	[[ $(found omie) == 'fail '*20[0-9][0-9]-* ]]
	[ ! -s omie.calls ]
}

@test "modes of files, and --strict" {
	start_both
	mkdir -m 755 "$VOLUM_STATE_DIR"
	printf '%s\n' "$OMIE_APP_SECRET" >secret
	chmod 644 secret
	unset OMIE_APP_SECRET
	export OMIE_APP_SECRET_FILE=$PWD/secret
	doctor 0
	[[ $(found OMIE_APP_SECRET) == 'warn '*0644* ]]
	[[ $(found 'state folder') == 'warn '*0755* ]]
	doctor 1 --strict --offline
	OMIE_APP_SECRET_FILE=/nowhere doctor 78 --offline
	[[ $(found OMIE_APP_SECRET) == 'fail '*/nowhere* ]]
}

@test "a clock that is wrong, a zone that is none" {
	start_double 200 '[]' 'Date: Mon, 01 Jan 2024 00:00:00 GMT'
	doctor 78
	[[ $(found 'usage API clock') == 'warn '*'ahead of'* ]]
	VOLUM_TZ=Nowhere/AtAll doctor 78 --offline
	[[ $(found clock) == 'fail '* ]]
}

@test "a store that is none is named and left alone" {
	mkdir -m 700 "$VOLUM_STATE_DIR"
	echo nonsense-that-is-no-database >"$DB"
	before=$(sha256sum "$DB")
	doctor 78 --offline
	[[ $(found store) == 'fail '* ]]
	[ "$before" = "$(sha256sum "$DB")" ]
}

@test "the example of settings has each variable of the README, and no other" {
	local root=$BATS_TEST_DIRNAME/..
	sed -n '/^## Settings/,/^Messages and/p' "$root/README.md" |
		awk -F'|' '/^\| `/ { print $2 $3 }' |
		grep -oE '`[A-Z][A-Z_]+`' | tr -d '`' | sort -u >told
	grep -oE '^#?[A-Z_]+=' "$root/examples/volum.env" | tr -d '#=' |
		sort -u >shown
	[ "$(wc -l <told)" -gt 25 ]
	diff -u told shown
}

@test "the example of settings is read, once its services are uncommented" {
	sed -E 's/^#((VOLUMETRIA|INANBETEC)_API_URL|[A-Z_]+_FILE)=/\1=/; /^MONGODB/d
	    /^VOLUM_DB_FILE/d' "$BATS_TEST_DIRNAME/../examples/volum.env" >env
	chmod 644 env
	want_err='chmod 600' expect open 78 volum-doctor --offline --env-file env
	chmod 600 env
	unset VOLUMETRIA_API_TOKEN
	doctor 78 --offline --env-file env
	[ "$(found VOLUMETRIA_API_URL)" = 'ok set' ]
	[[ $(found OMIE_APP_SECRET) == 'fail '*/etc/volum/omie-secret* ]]
}

@test "the integration test reaches all three steps and writes nothing" {
	local root=$BATS_TEST_DIRNAME/.. got=0
	start_both
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	before=$(sha256sum "$DB")
	sh "$root/examples/integration-test.sh" 1 >out 2>err
	cat out
	[ "$(grep -c ' exit 0 ' out)" -eq 3 ]
	[ "$before" = "$(sha256sum "$DB")" ]
	[ ! -e "$REJECTED" ]
	! grep -qE 'Incluir|Alterar|Upsert' omie.calls
	[ "$(awk '{ if (length > 80) n++ } END { print n + 0 }' out)" -eq 0 ]
	VOLUMETRIA_API_TOKEN=wr0ng sh "$root/examples/integration-test.sh" 1 >out ||
		got=$?
	[ "$got" -eq 77 ]
}
