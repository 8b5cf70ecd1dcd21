// A part of FerretDB's package for its build in setup.sh: the clock behind
// $currentDate, as test/faults/warp.c makes it run.
package common

import (
	"os"
	"strconv"
	"time"
)

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
