//go:build race

package sqlite3

import "time"

// latest is how late a statement may end. The race detector makes one instruction of SQLite's many times as long.
const latest = time.Second

// leakRoom is by how much the memory of the process may vary, leaks aside, with that of the race detector.
const leakRoom = 64 << 20
