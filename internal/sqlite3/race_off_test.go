//go:build !race

package sqlite3

import "time"

// latest is how late a statement may end.
const latest = 50 * time.Millisecond

// leakRoom is by how much the memory of the process may vary, leaks aside.
const leakRoom = 8 << 20
