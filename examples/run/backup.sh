# shellcheck shell=bash disable=SC2154
# The copies of the store, one for each weekday, for volum-run, whose are job,
# state, backups, zone, now, dry_run, common, setting, give_up, is_installed and
# worst.

run_backup() {
	local copy whose code
	copy=$backups/volum-$(LC_ALL=C TZ=$zone date -d "@$now" +%a)
	# Of a store on a server it says whose the lock is, of a file nothing.
	whose=$(volum-lock "${common[@]}" --dry-run backup) || code=$?
	if [ -n "$whose" ]; then
		copy_records "$copy.ndjson"
	elif [ -n "${code:-}" ]; then
		worst "$code"
	else
		copy_file "$copy.db"
	fi
}

# copy_file COPY: of SQLite's file, and whether it is whole.
copy_file() {
	local db file
	file=$(setting VOLUM_DB_FILE '')
	db=$(setting VOLUM_DB '')
	[ -z "$file" ] || db=$(<"$file")
	: "${db:=sqlite:$state/volum.db}"
	db=${db#sqlite:}
	is_installed sqlite3 || exit 78
	[ -s "$db" ] || give_up 78 '%s: %s: there is no store' "$job" "$db"
	[ "$dry_run" -eq 0 ] || { echo "$db -> $1" && return 0; }
	rm -f "$1.new"
	sqlite3 -bail "$db" ".timeout 60000" ".backup '$1.new'" || return 74
	[ "$(sqlite3 "$1.new" 'PRAGMA quick_check')" = ok ] ||
		give_up 74 '%s: %s is damaged' "$job" "$1.new"
	mv "$1.new" "$1" || return 74
}

# copy_records COPY: of a server, as text that volum-store takes back. Ledger and
# history are left to the server's own copies.
copy_records() {
	local kind
	[ "$dry_run" -eq 0 ] || { echo "MongoDB -> $1" && return 0; }
	for kind in empresas propostas volumetria consolidacoes contratos memorias; do
		volum-store "${common[@]}" --list "$kind" || return
	done >"$1.new" || return
	mv "$1.new" "$1" || return 74
}
