// What setup.sh adds to a package of FerretDB for its build.
package common

import (
	"os"
	"strconv"
	"sync"
	"time"
)

// Changing is held by a command that changes what it has found: FerretDB reads
// and writes without anything that keeps others from doing so in between.
var Changing sync.Mutex

// The clock behind $currentDate, as test/faults/warp.c makes it run.

var (
	warpTimes = warpNumber("WARP", 1)
	warpSince = time.Unix(warpNumber("WARP_SINCE", 0), 0)
)

func warpNumber(name string, otherwise int64) int64 {
	number, err := strconv.ParseInt(os.Getenv(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return number
}

// warped is the time of day WARP times as fast, since WARP_SINCE.
func warped(now time.Time) time.Time {
	return warpSince.Add(now.Sub(warpSince) * time.Duration(warpTimes))
}
