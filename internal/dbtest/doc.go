// Package dbtest gives tests real databases.
//
// A package whose tests use it has one TestMain:
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
// and tests that run on every engine, in parallel, each on a database of its own:
//
//	func TestRename(t *testing.T) {
//		t.Parallel()
//		dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
//			is := is.New(t)
//			db := open(t, e.DSN)
//			…
//		})
//	}
//
// # PostgreSQL
//
// The first test of a process that asks for PostgreSQL starts a server, on a free port of 127.0.0.1 with its data in a
// temporary folder; the others share it, each in a fresh schema. The environment variable PROM_TEST_POSTGRES, the URL
// of a running server, takes its place. Package servers finds the binaries, and the command setup installs or fetches
// them. Where there is neither, tests fail: a suite that skips half of itself in silence says nothing.
//
// The server never outlives the process. A small shell script keeps watch over it and reads from a pipe whose other end
// only the test process holds; whatever ends the process, kill -9 included, closes the pipe.
//
// [NewOwn] gives a test a server of its own, with settings of its own, which it may stop and damage.
//
// # SQLite
//
// A database is a file in the test's temporary folder, or lies in memory.
//
// # Child processes
//
// [Child] runs one test of the same binary as a process of its own, for tests that kill, race or lock across processes.
//
// # Suites
//
// The tests of docs/reliability.md have a short form and a full size, see [Size], and tell their figures by [Reportf].
//
// # Time
//
// Tests run beside others, on machines that may be busy. What says how long something takes is measured by a [Clock].
// What has to wait for something looks for it, in pg_stat_activity or pg_locks, rather than sleep.
//
// The package imports nothing of this module but package servers, so that every package's tests can use it.
package dbtest
