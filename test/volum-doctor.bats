# What volum-doctor finds, by service, setting and file.

load pipe_helper
load mongo_server

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
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	unmoved >before
	doctor 0
	[ -z "$(jq -r 'select(.status != "ok")' out)" ]
	[[ $(found omie) == 'ok answers, key accepted, '* ]]
	[ "$(wc -l <omie.calls)" -eq 1 ]
	[ "$(wc -l <usage.calls)" -eq 2 ]
	doctor 0
	[[ $(found libraries) == 'ok libcurl '*', OpenSSL'*', libjq.so.'* ]]
	[[ $(found store) =~ ^ok\ (SQLite\ 3|MongoDB\ [1-9])\..*,\ 3\ companies, ]]
	unmoved | cmp before -
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
	sqlite_only 'a file that is no database'
	mkdir -m 700 "$VOLUM_STATE_DIR"
	echo nonsense-that-is-no-database >"$DB"
	before=$(sha256sum "$DB")
	doctor 78 --offline
	[[ $(found store) == 'fail '* ]]
	[ "$before" = "$(sha256sum "$DB")" ]
}

@test "no store yet is a warning, and none is made" {
	mkdir -m 700 "$VOLUM_STATE_DIR"
	doctor 78 --offline
	[[ $(found store) == 'warn no store yet '* ]]
	no_store
}

# A ledger of two lines: an intent and its confirmation.
ledger_of_two()
{
	start_both
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	printf '%s\n' '{"consolidacaoData":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-1","valorTotal":20.00,"produtos":[{"nome":"PIX","quantidade":1,"valor":20.00}],"status":"completed"},"trigger":"data-processed"}' |
		omie-contract >/dev/null
}

@test "a ledger: whole, an intent without outcome, a broken chain" {
	ledger_of_two
	doctor 0 --offline
	[[ $(found ledger) == 'ok 2 lines, chain whole, head '* ]]
	[ "$(found 'open intents')" = 'ok 0' ]
	kept lancamentos >whole
	head -n 1 whole | write_ledger
	doctor 0 --offline
	[ "$(found 'open intents')" = 'warn 1' ]
	[[ $(found ledger) == 'ok 1 lines, '* ]]
	jq -c 'if .seq == 1 then .detalhe = "x" else . end' whole | write_ledger
	doctor 78 --offline
	[ "$(found ledger)" = 'fail its chain is broken at line 1' ]
}

@test "a store that lacks an index" {
	start_both
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	doctor 0 --offline
	drop_index
	doctor 78 --offline
	[[ $(found store) =~ ^fail\ the\ index\ (lancamentos_conta|conta\ of\ lancamentos)\ is\ missing$ ]]
}

@test "a store that lacks a guard, or is damaged inside" {
	sqlite_only 'triggers, and the pages of the file'
	start_both
	volum-sim --companies 300 --catalog | volum-store >/dev/null
	cp "$DB" whole.db
	sqlite3 "$DB" 'DROP TRIGGER lancamentos_indelevel'
	doctor 78 --offline
	[ "$(found store)" = 'fail the trigger lancamentos_indelevel is missing' ]
	cp whole.db "$DB"
	sqlite3 -cmd '.dbconfig defensive off' "$DB" 'PRAGMA writable_schema = ON;
		UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema
		WHERE name = '"'historico_chave'"') WHERE name = '"'lancamentos_codigo'"
	doctor 78 --offline
	[[ $(found store) == 'fail '*damage* ]] || [[ $(found store) == 'fail '*malformed* ]]
}

@test "limits: errors that were spent, and a lock-out, also without a call" {
	start_both
	stop_one omie
	start_omie --fault fault-500:ListarClientes:1-99
	doctor 69 --error-budget 3
	doctor 69 --offline --error-budget 3
	[ "$(found limits)" = 'fail 1 errors of 1 are spent: no call may leave' ]
	doctor 0 --offline
	[ "$(found limits)" = 'ok 7 of 8 errors left, not shut out' ]
	sleep 1.1 # so that it is over where a window lasts a second
	doctor 0 --offline --error-budget 3 --block 1
	[ "$(found limits)" = 'ok 1 of 1 errors left, not shut out' ]
	rm "$VOLUM_STATE_DIR"/omie-limits-*
	stop_one omie
	start_omie --fault block-425:ListarClientes:1
	doctor 69
	doctor 69 --offline
	[[ $(found limits) == 'fail Omie shut the account out until 20'* ]]
	printf x >"$(echo "$VOLUM_STATE_DIR"/omie-limits-*)"
	doctor 78 --offline
	[[ $(found limits) == 'fail '*damaged ]]
}

# on_mongo: what start_both does, with a store on the first server there is.
on_mongo()
{
	local kind
	kind=$(mongo_servers | head -n 1)
	[ -n "$kind" ] || skip 'no MongoDB server is built: make setup-mongo'
	start_both
	mkdir -m 700 "$VOLUM_STATE_DIR"
	start_mongo "$kind"
}

to_mongo() # to_mongo COMMAND: to the database itself
{
	"$BUILD/tool/mongo_say" "$VOLUM_DB" "${VOLUM_DB##*/}" <<<"$1" >said
}

@test "a store in MongoDB: there, not yet, and what it lacks" {
	on_mongo
	doctor 0 --offline
	[[ $(found store) == 'warn no store yet (MongoDB '*', driver '*')' ]]
	[ "$(found limits)" = 'ok none kept here yet' ]
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	printf '%s\n' '{"consolidacaoData":{"competencia":"2024-01","empresaId":"1","numeroProposta":"PROP-1","valorTotal":20.00,"produtos":[{"nome":"PIX","quantidade":1,"valor":20.00}],"status":"completed"}}' |
		omie-contract >/dev/null
	doctor 0
	[ -z "$(jq -r 'select(.status != "ok")' out)" ]
	[[ $(found store) == 'ok MongoDB '*', 3 companies, '* ]]
	[[ $(found ledger) == 'ok 2 lines, chain whole, head '* ]]
	to_mongo '{"dropIndexes":"lancamentos","index":"conta"}'
	doctor 78 --offline
	[ "$(found store)" = 'fail the index conta of lancamentos is missing' ]
}

@test "limits that hosts share in MongoDB, and its own call among them" {
	on_mongo
	stop_one omie
	start_omie --fault fault-500:ListarClientes:1-99
	doctor 69 --error-budget 3
	VOLUM_STATE_DIR=$PWD/other doctor 69 --offline --error-budget 3
	[ "$(found limits)" = 'fail 1 errors of 1 are spent: no call may leave' ]
	doctor 0 --offline
	[ "$(found limits)" = 'ok 7 of 8 errors left, not shut out' ]
	stop_one omie
	to_mongo '{"drop":"comuns"}'
	start_omie --fault block-425:ListarClientes:1
	doctor 69
	: >omie.calls
	VOLUM_STATE_DIR=$PWD/other doctor 69
	[[ $(found limits) == 'fail Omie shut the account out until 20'* ]]
	[[ $(found omie) == 'fail '*20[0-9][0-9]-* ]]
	[ ! -s omie.calls ]
	# No file of this host is one of them.
	! ls state/omie-limits-* other 2>/dev/null
	to_mongo '{"update":"comuns","updates":[{"q":{"_id":{"$gte":"limites/","$lt":"limites0"}},"u":{"$set":{"estado":{"$binary":{"base64":"eA==","subType":"00"}}}},"multi":true}]}'
	doctor 78 --offline
	[[ $(found limits) == 'fail limits of Omie: limites/'*': damaged' ]]
}

@test "MongoDB that is away, or refuses: the exit code, no secret, and no call to Omie" {
	[ -x "$BUILD/tool/mongo-stub" ] || skip "MongoDB's C driver is not installed"
	start_both
	mkdir -m 700 "$VOLUM_STATE_DIR"
	VOLUM_DB='mongodb://somebody:pa55word@127.0.0.1:9/t?serverSelectionTimeoutMS=200' \
		doctor 75
	[[ $(found store) == 'fail mongodb:127.0.0.1:9/t: '* ]]
	[ "$(found limits)" = 'skip they are in the store, see above' ]
	[ "$(found omie)" = 'skip its limits are in the store, see above' ]
	[[ $(found 'usage API') == 'ok '* ]]
	[ ! -s omie.calls ]
	holds_no pa55word out err
	launch stub "$BUILD/tool/mongo-stub" --log log --fault 'find:*:auth-failed'
	case $ADDRESS in
	*\?*) export VOLUM_DB=${ADDRESS%%\?*}t?${ADDRESS#*\?} ;;
	*) export VOLUM_DB=$ADDRESS/t ;;
	esac
	doctor 77 --offline
	[[ $(found store) == 'fail '*'user or password refused'* ]]
	[ "$(found limits)" = 'skip they are in the store, see above' ]
}

@test "refused records that wait are counted by class" {
	start_both
	mkdir -m 700 "$VOLUM_STATE_DIR"
	for class in dados dados servico incerto; do
		printf '{"rejeitado":{"classe":"%s"},"registro":{}}\n' $class
	done >"$REJECTED"
	doctor 0 --offline
	[ "$(found 'dead letters')" = \
		'warn 4 wait: 2 dados, 1 servico, 1 incerto' ]
	echo torn >>"$REJECTED"
	doctor 0 --offline
	[[ $(found 'dead letters') == 'warn 5 wait: '*', and lines that are none' ]]
	: >"$REJECTED"
	doctor 0 --offline
	[[ $(found 'dead letters') == 'ok none in '* ]]
}

# read_only PATH: doctor where nobody may write PATH.
read_only()
{
	local got=0
	unshare -rm sh -c 'mount --bind "$1" "$1" &&
		mount -o remount,bind,ro "$1" || exit 99
		exec volum-doctor --json --offline' - "$1" >out || got=$?
	cat out
	[ "$got" -eq 78 ]
}

@test "what this user may not write" {
	unshare -rm true 2>/dev/null || skip 'needs a name space of its own'
	start_both
	mkdir -m 700 "$VOLUM_STATE_DIR"
	: >"$REJECTED"
	read_only "$VOLUM_STATE_DIR"
	[[ $(found 'state folder') == 'fail '*"can't be written" ]]
	read_only "$REJECTED"
	[[ $(found 'dead letters') == 'fail '*'Read-only file system' ]]
	[[ $(found 'state folder') == 'ok '* ]]
}

@test "a full disk: 74" {
	unshare -rm true 2>/dev/null || skip 'needs a file system of its own'
	start_both
	mkdir -m 700 "$VOLUM_STATE_DIR"
	local got=0
	unshare -rm sh -c 'mount -t tmpfs -o size=1m,mode=700 none "$VOLUM_STATE_DIR" &&
		head -c 1048576 /dev/zero >"$VOLUM_STATE_DIR/zeros"
		exec volum-doctor --json --offline' >out || got=$?
	cat out
	[ "$got" -eq 74 ]
	[[ $(found disk) == 'fail '*'is on a full disk' ]]
	got=0
	unshare -rm sh -c 'mount -t tmpfs -o size=1m,mode=700 none "$VOLUM_STATE_DIR" &&
		exec volum-doctor --json --offline' >out || got=$?
	[ "$got" -eq 0 ]
	[ "$(found disk)" = 'warn 1 MB free' ]
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

@test "the service manager's credentials serve as secrets" {
	start_both
	mkdir -m 700 credentials
	printf '%s\n' "$OMIE_APP_SECRET" >credentials/OMIE_APP_SECRET
	unset OMIE_APP_SECRET
	CREDENTIALS_DIRECTORY=$PWD/credentials doctor 0
	[ "$(found OMIE_APP_SECRET)" = 'ok set' ]
	[[ $(found omie) == 'ok answers, key accepted, '* ]]
	echo wr0ng >credentials/OMIE_APP_SECRET
	CREDENTIALS_DIRECTORY=$PWD/credentials doctor 77
	doctor 78 --offline
	[ "$(found OMIE_APP_SECRET)" = 'fail not set' ]
}

@test "a file of settings that is another's, or that others can read" {
	: >env
	chmod 640 env
	want_err='mode 0640 lets others at it: chmod 600 env' \
		expect open 78 volum-doctor --offline --env-file env
	[ "$(id -u)" -eq 0 ] || return 0
	chmod 600 env
	chown 65534 env
	want_err='belongs to user 65534.*run this as that user.*or chown env' \
		expect other 78 volum-doctor --offline --env-file env
}

@test "the integration test stops where a step fails, and says so" {
	local root=$BATS_TEST_DIRNAME/.. got=0
	start_both
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	sh "$root/examples/integration-test.sh" 1 >out
	grep -qE '^all three steps were reached in [0-9]+ ms' out
	VOLUMETRIA_API_URL=http://127.0.0.1:1/ \
		timeout 50 sh "$root/examples/integration-test.sh" 1 >out || got=$?
	cat out
	[ "$got" -eq 75 ]
	grep -qE '^stopped at step 1/3, after [0-9]+ ms' out
	got=0
	VOLUM_DB=sqlite:/dev/null/none sh "$root/examples/integration-test.sh" 1 >out ||
		got=$?
	cat out
	grep -qE '^stopped at step 2/3, ' out
	[ "$got" -eq 1 ]
	got=0
	OMIE_APP_SECRET=wr0ng sh "$root/examples/integration-test.sh" 1 >out || got=$?
	cat out
	grep -qE '^stopped at step 3/3, ' out
	[ "$got" -eq 77 ]
}

@test "the integration test reaches all three steps and writes nothing" {
	local root=$BATS_TEST_DIRNAME/.. got=0
	start_both
	volum-sim --companies 3 --catalog | volum-store >/dev/null
	unmoved >before
	sh "$root/examples/integration-test.sh" 1 >out 2>err
	cat out
	[ "$(grep -cE ' exit [01] ' out)" -eq 4 ]
	unmoved | cmp before -
	[ ! -e "$REJECTED" ]
	! grep -qE 'Incluir|Alterar|Upsert' omie.calls
	[ "$(awk '{ if (length > 80) n++ } END { print n + 0 }' out)" -eq 0 ]
	VOLUMETRIA_API_TOKEN=wr0ng sh "$root/examples/integration-test.sh" 1 >out ||
		got=$?
	[ "$got" -eq 77 ]
}
