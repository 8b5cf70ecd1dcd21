# shellcheck shell=bash
# What every .bats file of a command shares: `load helper`.

load sim_helper
load store_helper
[ -z "${STORE:-}" ] || load mongo_server

BUILD=$(cd "${BUILD:-build}" && pwd)
PATH=$BUILD/bin:$PATH
EVENTS=$PWD/test/data/events

# Messages are tested in English, whatever whoever runs the tests reads.
unset LANGUAGE LC_ALL
export LC_MESSAGES=C

# Scratch for each test; a file with its own setup() calls this one.
setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	export VOLUM_STATE_DIR=$PWD/state
	DB=$VOLUM_STATE_DIR/volum.db
	REJECTED=$VOLUM_STATE_DIR/rejected.ndjson
	[ -z "${STORE:-}" ] || start_mongo "$STORE"
}

# code COMPETENCIA EMPRESA PROPOSTA: the cCodIntCtr of a key.
code()
{
	python3 -c '
import hashlib, sys
key = hashlib.sha256("\n".join(sys.argv[1:]).encode()).digest()
bits = "".join(f"{byte:08b}" for byte in key)
digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
print(sys.argv[1][2:4] + sys.argv[1][5:] + "-" +
    "".join(digits[int(bits[i:i + 5], 2)] for i in range(0, 75, 5)))' "$@"
}

store()
{
	volum-store "$@"
}

# want=STDOUT [want_err=REGEX] expect NAME EXIT COMMAND...: stdout is exactly
# `want`, the exit code is EXIT, stderr matches (silence when all went well).
expect()
{
	local name=$1 code=$2 got=0 good=1
	shift 2
	"$@" >out 2>err || got=$?
	printf '%s' "${want:+$want$'\n'}" | diff -u --label want --label got - out || good=0
	[ "$got" = "$code" ] || good=0
	if [ -n "${want_err:-}" ]; then
		grep -qE -- "$want_err" err || good=0
	elif [ "$code" = 0 ] && [ -s err ]; then
		good=0
	fi
	[ $good = 1 ] && return
	printf '%s: exit %s, expected %s; stderr:\n' "$name" "$got" "$code"
	head -c 4000 err
	[ -z "${want_err:-}" ] || printf 'expected on stderr: %s\n' "$want_err"
	return 1
}

# The reasons in the rejected file, one a line, in order.
rejected_codes()
{
	jq -r .rejeitado.codigo "${1:-$REJECTED}"
}

# Everything that is in the store, in an order that can be fed back.
dump()
{
	local kind
	for kind in empresas propostas volumetria consolidacoes contratos memorias; do
		store "$@" --list $kind || return
	done
}

# on_terminal COMMAND...: with a terminal of WIDTH (80) columns as its standard
# output, and as its stderr too where FDS=2.
on_terminal()
{
	python3 -c '
import fcntl, os, pty, struct, subprocess, sys, termios
width, fds = int(sys.argv[1]), int(sys.argv[2])
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, width, 0, 0))
child = subprocess.Popen(sys.argv[3:], stdout=theirs,
    stderr=theirs if fds == 2 else None)
os.close(theirs)
out = b""
while True:
    try:
        data = os.read(ours, 65536)
    except OSError:
        break
    if not data:
        break
    out += data
sys.stdout.buffer.write(out.replace(b"\r\n", b"\n"))
sys.exit(child.wait())' "${WIDTH:-80}" "${FDS:-1}" "$@"
}
