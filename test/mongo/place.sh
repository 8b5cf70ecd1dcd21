# shellcheck shell=sh
# Where the test servers are built: once for every checkout of the same
# sources, so a name holds a sum of what it is built from.

# place java|ferret: the directory.
place() {
	sum=$(cd "$MONGO/$1" && cat -- * ../setup.sh | cksum | cut -d' ' -f1)
	echo "${VOLUM_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/volum-test-mongo}/$1-$sum"
}
