#!/bin/sh
# How fast volum-store prices and keeps events, beside others that do the same
# work, and what pricing adds: `make bench`. BUILD is where the programs are;
# BENCH_EVENTS (500000), BENCH_ROUNDS (3) and BENCH_COMPANIES (1000000, for the
# memory) may be less.
# All take turns, what counts is the median. A result that differs from that of
# volum-store is WRONG and fails the run; who is not installed is skipped.
set -u

: "${BUILD:=build}" "${BENCH_EVENTS:=500000}" "${BENCH_ROUNDS:=3}"
: "${BENCH_COMPANIES:=1000000}"
BUILD=$(cd "$BUILD" && pwd)
here=$(cd "${0%/*}" && pwd)
work=$BUILD/bench
data=$work/data-$BENCH_EVENTS
venv=$work/venv
python=$venv/bin/python
LC_ALL=C
export LC_ALL
# shellcheck source=test/bench/timing.sh
. "$here/timing.sh"

# No setting of the machine counts.
for name in $(env | sed -n 's/^\(\(VOLUM\|MONGODB\)_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
export VOLUM_STATE_DIR="$work/state" PYTHONDONTWRITEBYTECODE=1

# ------------------------------------------------------------ who is there

find_peers()
{
	for program in jq node sqlite3; do
		if command -v "$program" >/dev/null; then
			peers="$peers$program "
		else
			skip "$program" 'not installed'
		fi
	done
	if ! [ -x "$python" ] && ! python3 -m venv "$venv" >"$work/venv.log" 2>&1; then
		skip 'python orjson, duckdb' "no venv, see $work/venv.log"
		return
	fi
	for package in orjson duckdb; do
		if "$python" -c "import $package" 2>/dev/null ||
		    timeout 120 "$python" -m pip install -q \
			--disable-pip-version-check "$package" \
			>"$work/pip.log" 2>&1; then
			peers="$peers$package "
		else
			skip "$package" "pip can't install it, see $work/pip.log"
		fi
	done
}

say_machine()
{
	echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' \
		/proc/cpuinfo | head -n 1), $(uname -sr)"
	printf 'versions: %s' "$("$BUILD/bin/volum-store" --version)"
	if has jq; then printf ', %s' "$(jq --version)"; fi
	if has node; then printf ', node %s' "$(node --version)"; fi
	if has sqlite3; then
		printf ', sqlite3 %s' "$(sqlite3 --version | cut -d' ' -f1)"
	fi
	if [ -x "$python" ]; then
		printf ', %s' "$("$python" --version 2>&1)"
	fi
	for package in orjson duckdb; do
		has "$package" && printf ', %s' "$("$python" -c \
			"import $package; print('$package', $package.__version__)")"
	done
	printf '\ninput: %s events, %s bytes\n' "$BENCH_EVENTS" \
		"$(wc -c <"$data/volumes.ndjson")"
}

# same NAME KIND FILE OURS: equal to our result in its common form.
same()
{
	python3 "$here/check.py" "$2" "$3" 2>"$work/err" |
		sort -S 256M >"$work/$1.norm"
	[ "$4" != "$1" ] || return 0
	if [ -s "$work/$1.norm" ] && cmp -s "$work/$4.norm" "$work/$1.norm"; then
		rm "$work/$1.norm"
		return
	fi
	echo "WRONG: $1 differs from volum-store's result:"
	tail -n 1 "$work/err"
	diff "$work/$4.norm" "$work/$1.norm" | head -n 4
	failed=1
}

# --------------------------------------------------------------- transform

transform_ours()
{
	timed t-ours "$BUILD/bin/volum-store" --dry-run --catalog \
		"$data/catalog.ndjson" <"$data/volumes.ndjson" >"$work/t-ours"
}

# The slowest: all of it once, when a tenth promises less than two minutes.
transform_jq()
{
	[ "$1" = 1 ] || return 0
	jq_events=$((BENCH_EVENTS / 10))
	head -n $jq_events "$data/volumes.ndjson" >"$work/tenth"
	timed t-jq jq -cn --slurpfile catalog "$data/catalog.ndjson" \
		-f "$here/peers/transform.jq" "$work/tenth" >"$work/t-jq"
	column 1 t-jq | awk '{ exit !($1 < 12) }' || return 0
	rm "$work/times/t-jq"
	jq_events=$BENCH_EVENTS
	timed t-jq jq -cn --slurpfile catalog "$data/catalog.ndjson" \
		-f "$here/peers/transform.jq" "$data/volumes.ndjson" >"$work/t-jq"
}

transform_peer()
{
	peer=$1
	shift
	timed "t-$peer" "$@" "$data/catalog.ndjson" "$data/volumes.ndjson" \
		"$work/t-$peer"
}

transforms()
{
	for round in $(seq "$BENCH_ROUNDS"); do
		transform_ours
		has node && transform_peer node node "$here/peers/transform.js"
		has orjson && transform_peer orjson "$python" \
			"$here/peers/transform.py"
		has duckdb && transform_peer duckdb "$python" \
			"$here/peers/transform_duckdb.py"
		has jq && transform_jq "$round"
	done
	same t-ours lines "$work/t-ours" t-ours
	for name in node orjson duckdb; do
		has $name && same t-$name lines "$work/t-$name" t-ours
	done
	if has jq; then
		head -n "$jq_events" "$work/t-ours" >"$work/t-tenth"
		same t-tenth lines "$work/t-tenth" t-tenth
		same t-jq lines "$work/t-jq" t-tenth
	fi
	head_row 'transform: volumes to priced consolidations, file to file'
	row t-ours 'volum-store --dry-run' "$BENCH_EVENTS" ''
	row t-duckdb 'duckdb' "$BENCH_EVENTS" 'one thread, order not kept'
	row t-orjson 'python orjson' "$BENCH_EVENTS" ''
	row t-node 'node' "$BENCH_EVENTS" ''
	row t-jq 'jq' "${jq_events:-1}" "one run of ${jq_events:-no} events"
	rm -f "$work"/t-*
	echo 'floor: reading, parsing and writing the same file alone'
	"$BUILD/tool/ndjson_bench" "$data/volumes.ndjson" 3
}

# ----------------------------------------------------------------- pricing

# kept NAME CATALOG: the volumes into a store that has these proposals.
kept()
{
	rm -f "$work/p.db"*
	"$BUILD/bin/volum-store" --db "sqlite:$work/p.db" <"$data/$2" >/dev/null
	timed "$1" "$BUILD/bin/volum-store" --db "sqlite:$work/p.db" \
		<"$data/volumes.ndjson" >"$work/out"
}

# adds WHAT WITHOUT WITH [MOST]: by how much of the processor's time; MOST percent
# at most, but for so few events that the catalogue is what takes it.
adds()
{
	awk -v what="$1" -v without="$(column 2 "$2")" \
		-v with="$(column 2 "$3")" -v events="$BENCH_EVENTS" \
		-v most="${4-1000}" 'BEGIN {
			more = 100 * (with - without) / without
			printf "pricing adds %.1f %% of processor time: %s\n", more, what
			exit more > most && events >= 500000 }' || {
		echo "FAILED: that is more than $4 %"
		failed=1
	}
}

# Without: the consolidations, as many events, read and written by the same
# command and not priced; or volumes whose value is what was reported.
pricing()
{
	for round in $(seq "$BENCH_ROUNDS"); do
		timed p-models "$BUILD/bin/volum-store" --dry-run --catalog \
			"$data/models.ndjson" <"$data/volumes.ndjson" >"$work/priced"
		timed p-none "$BUILD/bin/volum-store" --dry-run --db \
			"sqlite:$work/none.db" <"$work/priced" >"$work/out"
		cmp -s "$work/priced" "$work/out" || {
			echo 'WRONG: consolidations are not passed on as they are'
			failed=1
		}
		timed p-reported "$BUILD/bin/volum-store" --dry-run --catalog \
			"$data/reported.ndjson" <"$data/volumes.ndjson" >"$work/out"
		kept p-kept-reported reported.ndjson
		kept p-kept-models models.ndjson
	done
	head_row 'pricing: the same events, without and with'
	row p-none 'filter, not priced' "$BENCH_EVENTS" 'consolidations'
	row p-reported 'filter, as reported' "$BENCH_EVENTS" 'informado alone'
	row p-models 'filter, every model' "$BENCH_EVENTS" \
		'bands, limits, discount, adjustment'
	row p-kept-reported 'SQLite, as reported' "$BENCH_EVENTS" 'with memos'
	row p-kept-models 'SQLite, every model' "$BENCH_EVENTS" 'with memos'
	adds 'filter, against consolidations that are not priced' p-none \
		p-models 15
	adds 'SQLite, against values as reported' p-kept-reported \
		p-kept-models 15
	# One model against another, and no measure of reading and writing.
	adds 'filter, against values as reported' p-reported p-models
	rm -f "$work/p.db"* "$work/priced"
}

# ----------------------------------------------------------------- upserts

# upsert NAME ORDER RUN: into the peer's own copy of the store.
upsert()
{
	db=$work/u-$1.db
	volumes=$data/$2.ndjson
	set -- "$1" "$1-$2-$3"
	case $1 in
	ours)
		timed "$2" "$BUILD/bin/volum-store" --db "sqlite:$db" \
			<"$volumes" >"$work/out"
		;;
	sqlite3)
		ln -sf "$volumes" "$work/volumes"
		# The script names its input, which the shell knows no variable for.
		(cd "$work" && timed "$2" sqlite3 "$db" \
			<"$here/peers/upsert.sql" && exit "$failed") || failed=1
		;;
	orjson)
		timed "$2" "$python" "$here/peers/upsert.py" "$db" "$volumes"
		;;
	esac
}

upserts_in()
{
	for round in $(seq "$BENCH_ROUNDS"); do
		for name in ours sqlite3 orjson; do
			has $name || continue
			rm -f "$work/u-$name".db*
			cp "$work/empty.db" "$work/u-$name.db"
			upsert "$name" "$1" first
			upsert "$name" "$1" again
		done
	done
	for name in ours sqlite3 orjson; do
		has $name && same u-$name db "$work/u-$name.db" u-ours
		rm -f "$work/u-$name".db*
	done
	for run in first again; do
		head_row "upsert into SQLite, $2, $run"
		row "ours-$1-$run" 'volum-store' "$BENCH_EVENTS" \
			'10000 a commit, WAL, FULL; passes all on'
		row "sqlite3-$1-$run" 'sqlite3 shell' "$BENCH_EVENTS" \
			'all in one transaction, WAL, FULL'
		row "orjson-$1-$run" 'python sqlite3 orjson' "$BENCH_EVENTS" \
			'500 a commit, WAL, FULL'
	done
}

upserts()
{
	rm -f "$work/empty.db"*
	"$BUILD/bin/volum-store" --db "sqlite:$work/empty.db" \
		<"$data/catalog.ndjson" >/dev/null || exit 1
	upserts_in volumes 'in order'
	upserts_in shuffled 'companies and months in random order'
}

# --------------------------------------------------------------------- run

mkdir -p "$work" || exit 1
rm -rf "$work/times" && mkdir "$work/times"
if ! [ -s "$data/shuffled.ndjson" ] || ! [ -s "$data/models.ndjson" ]; then
	mkdir -p "$data" &&
		python3 "$here/generate.py" "$data" "$BENCH_EVENTS" || exit 1
fi
find_peers
say_machine
transforms
pricing
upserts
printf '\nmemory and start, with up to %s companies\n' "$BENCH_COMPANIES"
if command -v bats >/dev/null; then
	MANY=$BENCH_COMPANIES BUILD=$BUILD bats --tap test/limits.bats || failed=1
else
	skip 'memory and start' 'bats is not installed'
fi
rm -f "$work"/*.norm "$work"/*.db* "$work/out" "$work/tenth"
exit "$failed"
