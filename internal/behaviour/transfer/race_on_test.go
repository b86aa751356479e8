//go:build race

package transfer_test

// raceEnabled says that the race detector is on, which needs more memory.
const raceEnabled = true
