package promcli

import "time"

// Tests do not wait long to be told that a step still runs.
func init() { stillEvery = 300 * time.Millisecond }
